//! Nor is a secret in what a value looks like, which is what stands in the message of a panic over it.

use std::panic::catch_unwind;

use mcp_server_jira::auth::callback::{AwaitedConsent, ConsentOutcome};
use mcp_server_jira::auth::login::{Atlassian, Login};
use mcp_server_jira::auth::{App, ConsentRequest, Credentials, Grant, ProfileName, Session};
use mcp_server_jira::config::{Config, Flags, SignInSettings};
use mcp_server_jira::server::StateKeys;
use secrecy::{ExposeSecret as _, SecretString};

use super::secrets;
use crate::support::http;
use crate::support::signed_in::SignedIn;

/// The message of a panic over this value, which shows the value as any other message would.
fn panicking(value: impl std::fmt::Debug) -> String {
    fn fail<T>(value: T) -> Result<(), T> {
        Err(value)
    }
    let panic = catch_unwind(std::panic::AssertUnwindSafe(|| fail(value).unwrap())).unwrap_err();
    panic.downcast_ref::<String>().unwrap().clone()
}

#[tokio::test]
async fn no_secret_is_in_the_message_of_a_panic() {
    let signed_in = SignedIn::start().await;
    let mut known = secrets(&signed_in).await;
    let profile = signed_in.profile().await;
    let info = signed_in.jira.info();
    let (secret, token) = (known[0].clone(), known[1].clone());
    let settings = [
        ("JIRA_URL", "acme"),
        ("JIRA_OAUTH_CLIENT_ID", "id"),
        ("JIRA_OAUTH_CLIENT_SECRET", secret.as_str()),
        ("JIRA_CONFIG_DIR", signed_in.folder.path().to_str().unwrap()),
    ];
    let env = |more: &'static [(&'static str, &'static str)], own: &'static [&'static str]| {
        let (settings, token) = (settings, token.clone());
        move |name: &str| {
            let given = more.iter().chain(&settings).find(|(key, _)| *key == name);
            own.contains(&name).then(|| token.clone()).or_else(|| given.map(|(_, value)| (*value).to_owned()))
        }
    };
    let mut said = String::new();
    for (more, own) in [
        (&[][..], &["JIRA_ACCESS_TOKEN"][..]),
        (&[("JIRA_EMAIL", "ana@example.com")], &["JIRA_API_TOKEN"]),
        (&[("JIRA_AUTH", "client-credentials")], &[]),
        (&[("JIRA_AUTH", "oauth")], &[]),
    ] {
        let config = Config::load(&Flags::default(), env(more, own)).unwrap();
        let account = config.account.clone().unwrap();
        said += &panicking(&account);
        said += &panicking(Session::new(Ok(account), http()));
        said += &panicking(&config);
        said += &panicking(SignInSettings::load(&Flags::default(), env(more, own)).unwrap());
    }
    let (auth_url, api_url) = (info.auth_url.parse().unwrap(), info.api_url.parse().unwrap());
    let redirect_uri: url::Url = info.oauth.redirect_uri.parse().unwrap();
    let Grant::OAuth(grant) = &profile.grant else { unreachable!() };
    let request = ConsentRequest::new(&auth_url, "id", &redirect_uri, ["read:jira-work"]).unwrap();
    known.extend([&request.state, &request.verifier].map(|secret| secret.expose_secret().to_owned()));
    let code = SecretString::from("the-code-that-came-back");
    known.push(code.expose_secret().to_owned());
    let awaited = AwaitedConsent {
        state: request.state.clone(),
        start: "/start/x".into(),
        page: SecretString::from(request.url.as_str()),
    };
    said += &panicking((awaited, request, ConsentOutcome::Code(code)));
    let atlassian = Atlassian { http: http(), auth_url, api_url };
    let login = Login::begin(atlassian, grant.app.clone(), redirect_uri, &["read:jira-work"]).unwrap();
    let (_, state) = login.url().query_pairs().find(|(name, _)| name == "state").unwrap();
    known.push(state.into_owned());
    said += &panicking(&login);
    said += &panicking((&profile, &grant.app, &grant.tokens, &signed_in.store));
    said += &panicking(App { client_id: "id".into(), client_secret: secret.clone().into() });
    said += &panicking(Credentials::Bearer { token: token.clone().into() });
    let keys = signed_in.folder.path().join("keys");
    let sealing = "0123456789-key-of-all-replicas-0123456789";
    std::fs::write(&keys, sealing).unwrap();
    known.push(sealing.to_owned());
    said += &panicking(StateKeys::read(&keys).unwrap());
    let held = signed_in.store.lock(&ProfileName::default()).await.unwrap();
    said += &panicking(&held);
    assert!(known.iter().all(|secret| !said.contains(secret)), "{said}");
}
