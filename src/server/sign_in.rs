//! Where nobody has signed in: Atlassian's page is offered in the client, where that can open one.
//!
//! The sign-in that is offered is the one of `auth login`, and is kept as that one is. It needs an app that is known:
//! from the environment, or from a profile whose grant has ended. Over HTTP nothing is offered, as the browser comes
//! back to the server's own machine.

use std::sync::OnceLock;

use rmcp::RoleServer;
use rmcp::model::{CallToolRequestParams, ElicitRequestParams, ElicitationAction, InputRequiredResult};
use rmcp::service::RequestContext;
use tokio::sync::{Mutex, watch};
use url::Url;

use super::ask::{Asked, Mode, Question, can_ask};
use super::run::Stop;
use super::{Caller, JiraServer, StateKeys, hex, random_bytes};
use crate::auth::callback::Callback;
use crate::auth::login::{Atlassian, Login, redirect_uri};
use crate::auth::{Credentials, Grant, Profile, choose, stays_here};
use crate::config::SignInSettings;
use crate::error::{Error, Result};
use crate::jira::Pool;

/// What tells this question from others of the same call.
const ID: &str = "sign_in";

/// The sign-in of a process, once it has offered one.
#[derive(Debug, Default)]
pub(super) struct Offers {
    /// Seal the question: there is no account yet that could.
    keys: OnceLock<StateKeys>,
    pending: Mutex<Option<Pending>>,
}

/// A sign-in that waits for the browser; calls at the same time share it.
#[derive(Debug, Clone)]
struct Pending {
    /// Atlassian's page.
    url: Url,
    /// What came of it, once something has.
    done: watch::Receiver<Option<Result<()>>>,
}

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
    ) -> std::result::Result<Option<InputRequiredResult>, Stop> {
        let may_help = matches!(failure, Error::SignIn { .. } | Error::NotConfigured { .. })
            && Caller::of(&context.extensions).is_none()
            && can_ask(context, Mode::Url);
        let answered = request.input_responses.as_ref().is_some_and(|answers| answers.contains_key(ID));
        let pending = if may_help { self.offer(answered).await } else { None };
        let Some(pending) = pending else { return Err(failure.into()) };
        let params = ElicitRequestParams::UrlElicitationParams {
            meta: None,
            message: "Sign in to Jira: allow access on Atlassian's page, and what you asked for goes on."
                .into(),
            url: pending.url.to_string(),
            elicitation_id: hex(&random_bytes()?),
        };
        let caller = Caller::new(self.client()).sealed_with(self.shared.offers.keys()?, ID.into());
        match self.shared.questions.ask(Question { id: ID, params }, &caller, request, context).await? {
            Asked::Answer(answer) if matches!(answer.action, ElicitationAction::Accept) => {
                pending.finished().await?;
                Ok(None)
            }
            Asked::Later(question) => Ok(Some(question)),
            Asked::Answer(_) | Asked::Unable => Err(failure.into()),
        }
    }

    /// The sign-in that waits, or a new one; `None` where none can be had, or none is wanting. Who has `answered` is told
    /// what came of the latest one, even where that is over.
    async fn offer(&self, answered: bool) -> Option<Pending> {
        let config = &self.shared.config;
        let settings = config.sign_in.as_ref()?;
        if !matches!(config.account.as_ref().ok()?.credentials, Credentials::Stored { .. }) {
            return None;
        }
        let mut pending = self.shared.offers.pending.lock().await;
        if let Some(waiting) = pending.as_ref().filter(|pending| answered || pending.done.borrow().is_none())
        {
            return Some(waiting.clone());
        }
        let (app, site) = match settings.store.load(&settings.profile).await.ok()? {
            None => (settings.app.clone()?, settings.site.clone()),
            Some(Profile { grant: Grant::OAuth(grant), site, .. }) if grant.tokens.is_none() => {
                (grant.app, Some(site.cloud_id))
            }
            Some(_) => return None,
        };
        let callback = Callback::bind(settings.callback_port).await.ok()?;
        let http = Pool::default().connect(stays_here(&settings.api_url)).ok()?;
        let (auth_url, api_url) = (settings.auth_url.clone(), settings.api_url.clone());
        let atlassian = Atlassian { http, auth_url, api_url };
        let login =
            Login::begin(atlassian, app, redirect_uri(settings.callback_port).ok()?, &self.scopes()).ok()?;
        let (tell, done) = watch::channel(None);
        let new = Pending { url: login.url().clone(), done };
        let settings = settings.clone();
        tokio::spawn(async move {
            // Nobody listens any more where the calls have gone; the sign-in is kept all the same.
            let _ = tell.send(Some(complete(login, callback, site.as_deref(), &settings).await));
        });
        Some(pending.insert(new).clone())
    }
}

impl Offers {
    fn keys(&self) -> Result<StateKeys> {
        if let Some(keys) = self.keys.get() {
            return Ok(keys.clone());
        }
        let keys = StateKeys::random()?;
        Ok(self.keys.get_or_init(|| keys).clone())
    }
}

impl Pending {
    async fn finished(mut self) -> Result<()> {
        match self.done.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(result)) => result.clone(),
            _ => Err(Error::Internal("the sign-in broke off".into())),
        }
    }
}

/// Waits for the browser, and keeps what it brings.
async fn complete(
    login: Login,
    callback: Callback,
    site: Option<&str>,
    settings: &SignInSettings,
) -> Result<()> {
    let signed_in = login.by_browser(callback).await?;
    let profile = Profile {
        name: settings.profile.clone(),
        site: choose(&signed_in.sites, site)?,
        grant: Grant::OAuth(signed_in.grant),
        person: signed_in.person,
    };
    let held = settings.store.hold(&profile.name).await?;
    settings.store.put(&held, &profile).await.map(drop)
}
