//! Staying signed in: tokens that end are renewed once, whoever asks, and only Atlassian's word ends a sign-in.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use jira_sandbox::{Fault, OAuthChange, Options, Trouble};
use mcp_server_jira::auth::{App, AuthServer, Grant, Tokens};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use crate::support::http;
use crate::support::signed_in::{SCOPES, SignedIn, app, consent};

const SEARCH: &str = "search_issues";

fn query() -> serde_json::Value {
    json!({"jql": "project = DEMO", "limit": 1})
}

/// Makes a token one that was good for an hour and has so many seconds left.
fn leave(tokens: &mut Tokens, seconds: i64) {
    tokens.expires_at = Timestamp::now() + SignedDuration::from_secs(seconds);
    tokens.obtained_at = tokens.expires_at - SignedDuration::from_hours(1);
}

fn outage() -> Trouble {
    Trouble::Answer {
        status: 503,
        body: "upstream connect error".into(),
        content_type: Some("text/plain".into()),
        retry_after: None,
    }
}

#[tokio::test]
async fn a_stored_sign_in_goes_through_the_gateway_and_links_lead_to_the_site() {
    let signed_in = SignedIn::start().await;
    let agent = signed_in.agent().await;
    signed_in.jira.requests();
    let issue = agent.ok("get_issue", json!({"issue": "DEMO-1"})).await;
    assert_eq!(issue.data["url"], format!("{}/browse/DEMO-1", signed_in.jira.info().url));
    let gateway = format!(" /ex/jira/{}/", signed_in.jira.info().cloud_id);
    for request in signed_in.jira.requests() {
        assert!(request.contains(&gateway), "{request}");
    }
}

#[tokio::test]
async fn calls_at_the_same_time_share_one_renewal() {
    let signed_in = SignedIn::start().await;
    let agent = signed_in.agent().await;
    agent.ok(SEARCH, query()).await;
    signed_in.jira.sandbox.change_oauth(OAuthChange::ExpireAccess);
    let call = || agent.ok(SEARCH, query());
    tokio::join!(call(), call(), call(), call(), call(), call());
    assert_eq!(signed_in.renewals(), (1, 0));
}

#[tokio::test]
async fn what_one_server_renewed_the_others_use() {
    let signed_in = SignedIn::start().await;
    let (one, other) = (signed_in.agent().await, signed_in.agent().await);
    tokio::join!(one.ok(SEARCH, query()), other.ok(SEARCH, query()));
    signed_in.jira.sandbox.change_oauth(OAuthChange::ExpireAccess);
    tokio::join!(one.ok(SEARCH, query()), other.ok(SEARCH, query()));
    assert_eq!(signed_in.renewals(), (1, 0));
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends() {
    let signed_in = SignedIn::start().await;
    signed_in.change_tokens(|tokens| leave(tokens, 120)).await;
    let agent = signed_in.agent().await;
    agent.ok(SEARCH, query()).await;
    assert_eq!(signed_in.renewals(), (1, 0));
    let refused = signed_in.jira.sandbox.exchanges().iter().filter(|exchange| exchange.status == 401).count();
    assert_eq!(refused, 0);
}

#[tokio::test]
async fn a_clock_that_was_set_back_or_forward_signs_nobody_out() {
    for hours in [-100_000, -30, 30, 100_000] {
        let signed_in = SignedIn::start().await;
        signed_in
            .change_tokens(|tokens| {
                tokens.obtained_at += SignedDuration::from_hours(hours);
                tokens.expires_at += SignedDuration::from_hours(hours);
            })
            .await;
        signed_in.jira.sandbox.change_oauth(OAuthChange::ExpireAccess);
        let agent = signed_in.agent().await;
        agent.ok(SEARCH, query()).await;
        agent.ok(SEARCH, query()).await;
        assert_eq!(signed_in.renewals(), (1, 0), "{hours} hours");
    }
}

#[tokio::test]
async fn an_outage_of_the_sign_in_server_is_not_noticed_while_the_token_lasts() {
    let signed_in = SignedIn::start().await;
    signed_in.change_tokens(|tokens| leave(tokens, 120)).await;
    signed_in.jira.sandbox.fail(Fault::new("POST", "/oauth/token", outage()).times(99));
    signed_in.jira.sandbox.forget_exchanges();
    let agent = signed_in.agent().await;
    agent.ok(SEARCH, query()).await;
    agent.ok(SEARCH, query()).await;
    let asked = signed_in.jira.requests().iter().filter(|request| request.contains("/oauth/token")).count();
    assert_eq!(asked, 1, "who is not there is not asked for each call");
}

#[tokio::test]
async fn an_outage_signs_nobody_out() {
    let signed_in = SignedIn::start().await;
    let agent = signed_in.agent().await;
    agent.ok(SEARCH, query()).await;
    let before = signed_in.tokens().await.unwrap();
    signed_in.jira.sandbox.change_oauth(OAuthChange::ExpireAccess);
    let troubles = [
        outage(),
        Trouble::CutBefore,
        Trouble::Answer {
            status: 403,
            body: "<html>Blocked by the proxy</html>".into(),
            content_type: Some("text/html".into()),
            retry_after: None,
        },
        Trouble::Answer {
            status: 200,
            body: "{\"access_token\": ".into(),
            content_type: None,
            retry_after: None,
        },
    ];
    for trouble in troubles {
        signed_in.jira.sandbox.fail(Fault::new("POST", "/oauth/token", trouble));
        let text = agent.refused(SEARCH, query()).await;
        assert!(text.contains("did not answer"), "{text}");
        let kept = signed_in.tokens().await.unwrap();
        assert_eq!(kept.refresh.unwrap().expose_secret(), before.refresh.as_ref().unwrap().expose_secret());
    }
    agent.ok(SEARCH, query()).await;
}

#[tokio::test]
async fn a_pair_that_was_lost_on_its_way_is_made_again() {
    let signed_in = SignedIn::start().await;
    // As a process does that is killed between Atlassian's answer and the store.
    let (http, info) = (http(), signed_in.jira.info());
    let (auth_url, api_url) = (info.auth_url.parse().unwrap(), info.api_url.parse().unwrap());
    let tokens = signed_in.tokens().await.unwrap();
    AuthServer::new(&http, &auth_url, &api_url)
        .refresh(&app(&signed_in.jira), &tokens.refresh.unwrap())
        .await
        .unwrap();
    signed_in.jira.sandbox.change_oauth(OAuthChange::ExpireAccess);
    signed_in.agent().await.ok(SEARCH, query()).await;
    assert_eq!(signed_in.renewals(), (1, 1));
}

/// In the way of a file that is written beside the profile's, as a full disk or a scanner is.
struct Obstacle(std::path::PathBuf);

impl Obstacle {
    fn new(signed_in: &SignedIn) -> Self {
        let path = signed_in.store.folder().join("default.new");
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn clear(self) {
        std::fs::remove_dir(self.0).unwrap();
    }
}

#[tokio::test]
async fn a_pair_that_cannot_be_stored_yet_is_kept_until_it_can() {
    let signed_in = SignedIn::start().await;
    let agent = signed_in.agent().await;
    agent.ok(SEARCH, query()).await;
    let before = signed_in.tokens().await.unwrap();
    signed_in.jira.sandbox.change_oauth(OAuthChange::ExpireAccess);
    let obstacle = Obstacle::new(&signed_in);
    for _ in 0..3 {
        let text = agent.refused(SEARCH, query()).await;
        assert!(text.contains("the stored sign-in cannot be used"), "{text}");
    }
    assert_eq!(signed_in.renewals(), (1, 0), "a pair is made once");
    obstacle.clear();
    agent.ok(SEARCH, query()).await;
    assert_eq!(signed_in.renewals(), (1, 0));
    let after = signed_in.tokens().await.unwrap();
    assert_ne!(after.refresh.unwrap().expose_secret(), before.refresh.unwrap().expose_secret());
}

#[tokio::test]
async fn a_pair_that_waits_outlives_what_others_hear_of_the_old_one() {
    let signed_in = SignedIn::start().await;
    let agent = signed_in.agent().await;
    agent.ok(SEARCH, query()).await;
    signed_in.jira.sandbox.change_oauth(OAuthChange::ExpireAccess);
    let obstacle = Obstacle::new(&signed_in);
    agent.refused(SEARCH, query()).await;
    obstacle.clear();
    // After the ten minutes another server shows the old refresh token, and is told that it has ended.
    let mut profile = signed_in.profile().await;
    let Grant::OAuth(grant) = &mut profile.grant else { unreachable!() };
    grant.tokens = None;
    signed_in.keep(profile.grant).await;
    agent.ok(SEARCH, query()).await;
    assert_eq!(signed_in.renewals(), (1, 0));
    assert!(signed_in.tokens().await.is_some());
}

#[tokio::test]
async fn a_newer_sign_in_takes_the_place_of_a_pair_that_waits() {
    let signed_in = SignedIn::start().await;
    let agent = signed_in.agent().await;
    agent.ok(SEARCH, query()).await;
    signed_in.jira.sandbox.change_oauth(OAuthChange::ExpireAccess);
    let obstacle = Obstacle::new(&signed_in);
    agent.refused(SEARCH, query()).await;
    obstacle.clear();
    signed_in.sign_in(&SCOPES).await;
    let new = signed_in.tokens().await.unwrap();
    agent.ok(SEARCH, query()).await;
    let kept = signed_in.tokens().await.unwrap();
    assert_eq!(kept.refresh.unwrap().expose_secret(), new.refresh.unwrap().expose_secret());
}

#[tokio::test]
async fn a_token_that_works_is_used_whatever_keeps_it_from_being_renewed() {
    // The pair cannot be stored.
    let signed_in = SignedIn::start().await;
    signed_in.change_tokens(|tokens| leave(tokens, 120)).await;
    let _obstacle = Obstacle::new(&signed_in);
    let agent = signed_in.agent().await;
    agent.ok(SEARCH, query()).await;
    agent.ok(SEARCH, query()).await;
    assert_eq!(signed_in.renewals(), (1, 0));

    // The app's secret was replaced.
    let signed_in = SignedIn::start().await;
    signed_in.change_tokens(|tokens| leave(tokens, 120)).await;
    let refusal = Trouble::Answer {
        status: 401,
        body: json!({"error": "access_denied", "error_description": "Unauthorized"}).to_string(),
        content_type: Some("application/json".into()),
        retry_after: None,
    };
    signed_in.jira.sandbox.fail(Fault::new("POST", "/oauth/token", refusal).times(99));
    signed_in.agent().await.ok(SEARCH, query()).await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_request_to_end_lets_a_renewal_and_its_call_end() {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::process::{Command, Stdio};

    let signed_in = SignedIn::start().await;
    signed_in.jira.sandbox.change_oauth(OAuthChange::ExpireAccess);
    let slow = Trouble::Latency { ms: 1_500 };
    signed_in.jira.sandbox.fail(Fault::new("POST", "/oauth/token", slow));
    let mut server = Command::new(env!("CARGO_BIN_EXE_mcp-server-jira"))
        .env_clear()
        .envs(signed_in.environment())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = server.stdin.take().unwrap();
    let about = json!({
        "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "rotation", "version": "1"},
    });
    let messages = [
        json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": about}),
        json!({"jsonrpc": "2.0", "method": "notifications/initialized"}),
        json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": SEARCH, "arguments": query()}}),
    ];
    for message in messages {
        writeln!(input, "{message}").unwrap();
    }
    // The new pair is made before its answer is late.
    while signed_in.renewals() == (0, 0) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap().success());
    let replies: Vec<_> = BufReader::new(server.stdout.take().unwrap()).lines().map(Result::unwrap).collect();
    assert!(replies.iter().any(|reply| reply.contains("DEMO-")), "{replies:?}");
    assert!(server.wait().unwrap().success());
    signed_in.agent().await.ok(SEARCH, query()).await;
    assert_eq!(signed_in.renewals(), (1, 0), "the pair was stored");
}

#[tokio::test]
async fn only_atlassians_word_ends_a_sign_in_and_a_new_one_serves_the_running_server() {
    let signed_in = SignedIn::start().await;
    let user = signed_in.jira.info().users[0].account_id.clone();
    let agent = signed_in.agent().await;
    agent.ok(SEARCH, query()).await;
    for end in [OAuthChange::ChangePassword(user.clone()), OAuthChange::Revoke(user)] {
        signed_in.jira.sandbox.change_oauth(end);
        signed_in.jira.sandbox.change_oauth(OAuthChange::ExpireAccess);
        let text = agent.refused(SEARCH, query()).await;
        assert!(text.contains("has ended the sign-in `default`"), "{text}");
        assert!(text.contains("mcp-server-jira auth login --profile default"), "{text}");
        assert!(signed_in.tokens().await.is_none());
        // Nothing is asked of Atlassian any more, and what was said stays true for others.
        signed_in.jira.requests();
        let text = signed_in.agent().await.refused(SEARCH, query()).await;
        assert!(text.contains("has ended the sign-in `default`"), "{text}");
        assert!(signed_in.jira.requests().is_empty());

        signed_in.sign_in(&SCOPES).await;
        agent.ok(SEARCH, query()).await;
    }
}

#[tokio::test]
async fn a_newer_sign_in_that_somebody_stored_meanwhile_is_used_and_not_deleted() {
    let signed_in = SignedIn::start().await;
    let user = signed_in.jira.info().users[0].account_id.clone();
    let old = signed_in.tokens().await.unwrap();
    signed_in.jira.sandbox.change_oauth(OAuthChange::ChangePassword(user));
    signed_in.jira.sandbox.change_oauth(OAuthChange::ExpireAccess);
    let new = consent(&signed_in.jira, &SCOPES).await;
    // While the old pair is shown to Atlassian, another program, which knows no lock, stores the new one.
    let path = signed_in.store.folder().join("default.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let text = text
        .replace(old.refresh.unwrap().expose_secret(), new.refresh.as_ref().unwrap().expose_secret())
        .replace(old.access.expose_secret(), new.access.expose_secret());
    let auth = wiremock::MockServer::start().await;
    let refuse = move |_: &wiremock::Request| {
        std::fs::write(&path, &text).unwrap();
        wiremock::ResponseTemplate::new(403).set_body_json(json!({"error": "invalid_grant"}))
    };
    wiremock::Mock::given(wiremock::matchers::path("/oauth/token")).respond_with(refuse).mount(&auth).await;
    let agent = signed_in.agent_with(&[("ATLASSIAN_AUTH_URL", &auth.uri())]).await;
    agent.ok(SEARCH, query()).await;
    assert!(signed_in.tokens().await.is_some());
}

#[tokio::test]
async fn cursors_outlive_a_renewal() {
    let signed_in = SignedIn::start().await;
    let page = json!({"jql": "project = DEMO", "limit": 2});
    let first = signed_in.agent().await.ok(SEARCH, page.clone()).await;
    signed_in.jira.sandbox.change_oauth(OAuthChange::ExpireAccess);
    let mut next = page;
    next["cursor"] = first.data["next_cursor"].clone();
    let second = signed_in.agent().await.ok(SEARCH, next).await;
    assert_ne!(first.data["issues"], second.data["issues"]);
}

#[tokio::test]
async fn a_service_account_renews_itself() {
    let ttl = Duration::from_secs(3600);
    let signed_in = SignedIn::with(Options { access_token_ttl: ttl, ..Options::default() }).await;
    let robot = signed_in.jira.info().service_account.clone();
    let (id, secret) = (robot.client_id.as_str(), robot.client_secret.as_str());
    let settings = [
        ("JIRA_AUTH", "client-credentials"),
        ("JIRA_OAUTH_CLIENT_ID", id),
        ("JIRA_OAUTH_CLIENT_SECRET", secret),
    ];
    let agent = signed_in.agent_with(&settings).await;
    agent.ok(SEARCH, query()).await;
    signed_in.jira.sandbox.change_oauth(OAuthChange::ExpireAccess);
    agent.ok(SEARCH, query()).await;

    signed_in
        .keep(Grant::ClientCredentials(App {
            client_id: id.into(),
            client_secret: SecretString::from(secret),
        }))
        .await;
    let me = signed_in.agent().await.ok("get_myself", json!({})).await;
    assert_eq!(me.data["account_id"], robot.account_id);

    let wrong = [settings[0], settings[1], ("JIRA_OAUTH_CLIENT_SECRET", "wrong")];
    let text = signed_in.agent_with(&wrong).await.refused(SEARCH, query()).await;
    assert!(text.contains("client id and secret") && !text.contains("wrong"), "{text}");
}

#[tokio::test]
async fn a_token_that_the_operator_brings_is_shown_as_it_is() {
    let signed_in = SignedIn::start().await;
    let tokens = signed_in.tokens().await.unwrap();
    let agent = signed_in.agent_with(&[("JIRA_ACCESS_TOKEN", tokens.access.expose_secret())]).await;
    agent.ok(SEARCH, query()).await;
    signed_in.jira.sandbox.change_oauth(OAuthChange::ExpireAccess);
    let text = agent.refused(SEARCH, query()).await;
    assert!(text.contains("refuses the access token"), "{text}");
    assert_eq!(signed_in.renewals(), (0, 0));
}

#[tokio::test]
async fn what_keeps_a_good_token_out_is_said_in_its_own_words() {
    let signed_in = SignedIn::with(Options { sites: 2, ..Options::default() }).await;
    let text = signed_in.agent_with(&[("JIRA_SITE", "nowhere")]).await.refused(SEARCH, query()).await;
    assert!(text.contains("No site fits `nowhere`"), "{text}");
    let other = signed_in.jira.info().sites[1].clone();
    let elsewhere = [("JIRA_CLOUD_ID", other.cloud_id.as_str())];
    let text = signed_in.agent_with(&elsewhere).await.refused(SEARCH, query()).await;
    assert!(text.contains("auth switch"), "{text}");
    let text = signed_in.agent_with(&[("JIRA_URL", &other.url)]).await.refused(SEARCH, query()).await;
    assert!(text.contains("does not cover") && text.contains("auth login --profile default"), "{text}");
    let (email, token) =
        (signed_in.jira.info().email.clone(), signed_in.jira.info().api_token.clone().into());
    signed_in.keep(Grant::ApiToken { email, token }).await;
    signed_in.agent_with(&[("JIRA_SITE", "sandbox")]).await.ok(SEARCH, query()).await;
    for (variable, told) in [("JIRA_SITE", "the site's address"), ("JIRA_CLOUD_ID", "Remove JIRA_CLOUD_ID")] {
        let agent = signed_in.agent_with(&[(variable, other.cloud_id.as_str())]).await;
        let text = agent.refused(SEARCH, query()).await;
        assert!(text.contains(told), "{text}");
    }
    signed_in.sign_in(&SCOPES).await;

    let agent = signed_in.agent().await;
    agent.ok(SEARCH, query()).await;
    let user = signed_in.jira.info().users[0].account_id.clone();
    signed_in.jira.sandbox.change_oauth(OAuthChange::RemoveJira(user));
    let text = signed_in.agent().await.refused(SEARCH, query()).await;
    assert!(text.contains("access to Jira") && text.contains("administrator"), "{text}");
}
