//! A sign-in that the client offers where nobody has signed in: it opens Atlassian's page, where it can.
//!
//! The sign-in that is offered is the one of `auth login`, and is kept as that one is. It needs an app that is known:
//! from the environment, or from a profile whose grant has ended. Over HTTP nothing is offered, as the browser comes
//! back to the server's own machine.

pub(super) mod offers;

use std::sync::Arc;

use rmcp::RoleServer;
use rmcp::model::{
    CallToolRequestParams, ElicitRequestParams, ElicitationAction, ErrorCode, InputRequiredResult,
};
use rmcp::service::RequestContext;
use tokio::sync::{oneshot, watch};

use super::ask::{Mode, Question, QuestionOutcome, can_ask};
use super::guard::CallError;
use super::{Caller, JiraServer, hex, random_bytes};
use crate::auth::callback::{Callback, ConsentOutcome, ReceivedRedirect};
use crate::auth::login::{Atlassian, Login, redirect_uri};
use crate::auth::page::Page;
use crate::auth::{CloudSite, Credentials, Grant, Profile, choose_site, is_local};
use crate::config::SignInSettings;
use crate::error::{Error, Result, SignInProblem};
use crate::jira::Pool;
use offers::{Interest, Offer, Pending};

/// Id of this question among those of the same call.
const QUESTION_ID: &str = "sign_in";

impl JiraServer {
    /// Lets the user sign in where a call failed for want of it. `None`: that is done, and the call may be tried again.
    ///
    /// # Errors
    /// The failure itself, where no sign-in can be offered or the user declines; what the sign-in fails with.
    pub(super) async fn sign_in(
        &self,
        failure: Error,
        request: &CallToolRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> std::result::Result<Option<InputRequiredResult>, CallError> {
        let may_help = matches!(failure, Error::SignIn { .. } | Error::NotConfigured { .. })
            && Caller::of(&context.extensions).is_none()
            && can_ask(context, Mode::Url);
        let answered =
            request.input_responses.as_ref().is_some_and(|answers| answers.contains_key(QUESTION_ID));
        let offered = if may_help { self.offer(answered).await } else { None };
        let Some((pending, interest)) = offered else { return Err(failure.into()) };
        let params = ElicitRequestParams::UrlElicitationParams {
            meta: None,
            message: "Sign in to Jira: allow access on Atlassian's page, and what you asked for goes on."
                .into(),
            // Atlassian's own address, though it holds the state and a client may open it by a program whose arguments
            // others see: people are shown where they are led, and one of this machine would not tell.
            url: pending.url.to_string(),
            elicitation_id: hex(&random_bytes()?),
        };
        let caller = Caller::new(self.client()).sealed_with(self.shared.offers.keys()?, QUESTION_ID.into());
        let question = Question { id: QUESTION_ID, params, basis: String::new() };
        match self.shared.questions.ask(question, &caller, request, context).await {
            Ok(QuestionOutcome::Answer(answer)) if matches!(answer.action, ElicitationAction::Accept) => {
                self.shared.offers.keep(interest).await;
                pending.finished().await?;
                Ok(None)
            }
            Ok(QuestionOutcome::Deferred(question)) => {
                self.shared.offers.keep(interest).await;
                Ok(Some(question))
            }
            Ok(QuestionOutcome::Answer(_) | QuestionOutcome::Unable) => {
                pending.declined(interest).await;
                Err(failure.into())
            }
            Err(error) => {
                pending.declined(interest).await;
                if error.code == ErrorCode::INTERNAL_ERROR {
                    tracing::warn!("no sign-in could be offered: {}", error.message);
                    return Err(failure.into());
                }
                Err(error.into())
            }
        }
    }

    /// The sign-in that waits, or a new one; `None` where none can be had, or none is wanting. Who has `answered` is told
    /// what came of the latest one, even where that is over.
    async fn offer(&self, answered: bool) -> Option<(Pending, Option<Interest>)> {
        let config = &self.shared.config;
        let settings = config.sign_in.as_ref()?;
        if !matches!(config.account.as_ref().ok()?.credentials, Credentials::Stored { .. }) {
            return None;
        }
        let mut latest = self.shared.offers.latest.lock().await;
        if let Some(Offer { pending, kept }) = latest.as_mut() {
            let interest = kept.pop_if(|_| answered).or_else(|| pending.interest.upgrade());
            if answered || (interest.is_some() && pending.done.borrow().is_none()) {
                return Some((pending.clone(), interest));
            }
            // Its port is to be free before another one takes it.
            let _ = pending.done.wait_for(Option::is_some).await;
        }
        let (app, site) = match settings.store.load(&settings.profile).await.ok()? {
            None => (settings.app.clone()?, settings.site.clone()),
            Some(Profile { grant: Grant::OAuth(grant), site, .. }) if grant.tokens.is_none() => {
                (grant.app, Some(site.cloud_id))
            }
            Some(_) => return None,
        };
        let callback = Callback::bind(settings.callback_port).await.ok()?;
        let http = Pool::default().connect(is_local(&settings.api_url)).ok()?;
        let (auth_url, api_url) = (settings.auth_url.clone(), settings.api_url.clone());
        let atlassian = Atlassian { http, auth_url, api_url };
        let login =
            Login::begin(atlassian, app, redirect_uri(settings.callback_port).ok()?, &self.scopes()).ok()?;
        let (tell, done) = watch::channel(None);
        let (interest, ended) = oneshot::channel();
        let interest = Arc::new(interest);
        let pending = Pending { url: login.url().clone(), done, interest: Arc::downgrade(&interest) };
        let settings = settings.clone();
        tokio::spawn(async move {
            let arrival = tokio::select! {
                arrival = login.wait_for_redirect(callback) => arrival,
                _ = ended => Err(SignInProblem::Declined.into()),
            };
            let result = match arrival {
                // From here on it is kept whether or not a call waits for it.
                Ok(arrival) => complete(login, arrival, site.as_deref(), &settings).await,
                Err(error) => Err(error),
            };
            let _ = tell.send(Some(result));
        });
        *latest = Some(Offer { pending: pending.clone(), kept: Vec::new() });
        Some((pending, Some(interest)))
    }
}

/// Keeps what the browser brings, and then shows it how that went.
async fn complete(
    login: Login,
    ReceivedRedirect { outcome, browser }: ReceivedRedirect,
    site: Option<&str>,
    settings: &SignInSettings,
) -> Result<()> {
    let denied = matches!(outcome, ConsentOutcome::Denied);
    let result = save_profile(login, outcome, site, settings).await;
    browser.show(&Page::for_result(result.as_ref(), denied)).await;
    result.map(drop)
}

async fn save_profile(
    login: Login,
    outcome: ConsentOutcome,
    site: Option<&str>,
    settings: &SignInSettings,
) -> Result<Profile> {
    let granted = login.finish(outcome).await?;
    let site = chosen_site(&granted.sites, site)?;
    let profile = granted.profile(settings.profile.clone(), site).await?;
    let locked = settings.store.lock(&profile.name).await?;
    let saved = settings.store.save(&locked, &profile).await?;
    if let Some(reason) = saved.fallback_reason {
        tracing::warn!("the sign-in `{}` is kept in {}, as {reason}", profile.name, saved.location);
    }
    Ok(profile)
}

/// The site that is named, or the only one: nobody can be asked here.
fn chosen_site(sites: &[CloudSite], wanted: Option<&str>) -> Result<CloudSite> {
    if wanted.is_none() && sites.len() > 1 {
        let listed = sites.iter().map(|site| format!("{} ({})", site.name, site.url)).collect();
        return Err(SignInProblem::SeveralSites { sites: listed }.into());
    }
    choose_site(sites, wanted)
}
