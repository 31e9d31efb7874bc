//! A call without a sign-in: the page to sign in on is offered where the client can open one.

use std::net::TcpListener;

use jira_sandbox::Options;
use mcp_server_jira::auth::{ProfileName, Store};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::oauth::decide;
use crate::support::signed_in::{SCOPES, consent};
use crate::support::wire::{ERAS, Era, Wire, text};
use crate::support::{Jira, free_port, http};

const TOOL: &str = "count_issues";

/// An Atlassian, a folder without any sign-in, and a client with these capabilities.
async fn nobody(era: Era, capabilities: Value, app: bool) -> (Jira, TempDir, Wire) {
    nobody_yet(era, capabilities, app, Options::default()).await
}

async fn nobody_yet(era: Era, capabilities: Value, app: bool, options: Options) -> (Jira, TempDir, Wire) {
    nobody_there(era, capabilities, app, options, false).await
}

/// The same where the environment may name the last site by its cloudId.
async fn nobody_there(
    era: Era,
    capabilities: Value,
    app: bool,
    options: Options,
    named: bool,
) -> (Jira, TempDir, Wire) {
    let port = free_port().to_string();
    let redirect_uri = format!("http://localhost:{port}/callback");
    let jira = Jira::with(Options { redirect_uri, ..options }).await;
    let folder = TempDir::new().unwrap();
    let info = jira.info();
    let (id, secret) = (info.oauth.client_id.clone(), info.oauth.client_secret.clone());
    let mut settings = vec![
        ("JIRA_URL", ""),
        ("JIRA_EMAIL", ""),
        ("JIRA_API_TOKEN", ""),
        ("JIRA_CONFIG_DIR", folder.path().to_str().unwrap()),
        ("ATLASSIAN_AUTH_URL", &info.auth_url),
        ("JIRA_OAUTH_CALLBACK_PORT", &port),
    ];
    if app {
        settings.extend([("JIRA_OAUTH_CLIENT_ID", id.as_str()), ("JIRA_OAUTH_CLIENT_SECRET", &secret)]);
    }
    if named {
        settings.push(("JIRA_CLOUD_ID", &info.sites.last().unwrap().cloud_id));
    }
    let wire = Wire::open(jira.config(&settings), era, capabilities).await;
    (jira, folder, wire)
}

fn request() -> Value {
    json!({"name": TOOL, "arguments": {"jql": "project = DEMO"}})
}

fn by_url() -> Value {
    json!({"elicitation": {"url": {}}})
}

/// Takes the user's decision on the page that was offered.
async fn on_the_page(jira: &Jira, page: &Value, decision: &str) -> String {
    let info = jira.info();
    let page = page.as_str().unwrap();
    let site = &info.sites.last().unwrap().cloud_id;
    let reply = decide(&http(), page, decision, &info.users[0].account_id, site).await;
    let back = reply.headers()["location"].to_str().unwrap().to_owned();
    http().get(back).send().await.unwrap().text().await.unwrap()
}

/// Calls the tool; the user agrees, and does this on the page. Gives what the call comes to, and the page at the end.
async fn call(jira: &Jira, wire: &mut Wire, decision: &str) -> (Value, String) {
    answered(wire, "accept", async |page| on_the_page(jira, page, decision).await).await
}

/// Calls the tool; the user does something about the page that is offered, and the client answers this.
async fn answered<T>(wire: &mut Wire, answer: &str, act: impl AsyncFnOnce(&Value) -> T) -> (Value, T) {
    match wire.era {
        Era::Handshake => {
            let id = wire.send("tools/call", request()).await;
            let question = wire.next("elicitation/create").await;
            assert_eq!(question["params"]["mode"], "url", "{question}");
            let done = act(&question["params"]["url"]).await;
            wire.answer(&question, json!({"action": answer})).await;
            (wire.reply(id).await["result"].clone(), done)
        }
        Era::Stateless => {
            let asked = wire.ask("tools/call", request()).await["result"].clone();
            assert_eq!(asked["resultType"], "input_required", "{asked}");
            let question = &asked["inputRequests"]["sign_in"]["params"];
            assert_eq!(question["mode"], "url", "{question}");
            let done = act(&question["url"]).await;
            let mut again = request();
            again["requestState"] = asked["requestState"].clone();
            again["inputResponses"] = json!({"sign_in": {"action": answer}});
            (wire.ask("tools/call", again).await["result"].clone(), done)
        }
    }
}

#[tokio::test]
async fn signing_in_is_offered_and_the_call_goes_on() {
    for era in ERAS {
        let (jira, _folder, mut wire) = nobody(era, by_url(), true).await;
        let (result, page) = call(&jira, &mut wire, "accept").await;
        assert!(page.contains("You are signed in") && page.contains("Ana Ribeiro"), "{page}");
        assert!(text(&result).starts_with("count: "), "{result}");
        let next = wire.call(TOOL, json!({"jql": "project = DEMO"})).await;
        assert!(text(&next).starts_with("count: "), "{next}");
    }
}

#[tokio::test]
async fn who_says_no_on_the_page_gets_an_answer() {
    for era in ERAS {
        let (jira, _folder, mut wire) = nobody(era, by_url(), true).await;
        let (result, page) = call(&jira, &mut wire, "deny").await;
        assert!(page.contains("Nothing was allowed"), "{page}");
        assert_eq!(result["isError"], true, "{result}");
        assert!(text(&result).contains("not granted"), "{result}");
    }
}

/// True where somebody waits for the browser.
fn listens(jira: &Jira) -> bool {
    let address = jira.info().oauth.redirect_uri.parse::<url::Url>().unwrap();
    TcpListener::bind(("127.0.0.1", address.port().unwrap())).is_err()
}

#[tokio::test]
async fn who_declines_is_left_alone_and_may_have_another() {
    for era in ERAS {
        for answer in ["decline", "cancel"] {
            let (jira, _folder, mut wire) = nobody(era, by_url(), true).await;
            let (result, listened) = answered(&mut wire, answer, async |_| listens(&jira)).await;
            assert!(text(&result).contains("mcp-server-jira auth login"), "{result}");
            assert!(listened, "there is a page to come back from");
            assert!(!listens(&jira), "{answer} in {era:?} leaves the port taken");
            let (result, _) = call(&jira, &mut wire, "accept").await;
            assert!(text(&result).starts_with("count: "), "{result}");
        }
    }
}

#[tokio::test]
async fn a_client_that_cannot_ask_after_all_is_told_the_command() {
    let (jira, _folder, mut wire) = nobody(Era::Handshake, by_url(), true).await;
    let id = wire.send("tools/call", request()).await;
    let question = wire.next("elicitation/create").await;
    wire.fail(&question).await;
    let result = wire.reply(id).await["result"].clone();
    assert!(text(&result).contains("mcp-server-jira auth login"), "{result}");
    assert!(!listens(&jira));
}

#[tokio::test]
async fn nobody_listens_for_a_call_that_is_cancelled() {
    let (jira, _folder, mut wire) = nobody(Era::Handshake, by_url(), true).await;
    let id = wire.send("tools/call", request()).await;
    wire.next("elicitation/create").await;
    assert!(listens(&jira));
    wire.notify("notifications/cancelled", json!({"requestId": id})).await;
    let ended = async {
        while listens(&jira) {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), ended).await.expect("the port is free again");
}

#[tokio::test]
async fn of_several_sites_none_is_guessed() {
    for era in ERAS {
        let options = Options { sites: 2, ..Options::default() };
        let (jira, folder, mut wire) = nobody_yet(era, by_url(), true, options).await;
        // Consent for the first site; that for the second comes on top.
        consent(&jira, &SCOPES).await;
        let (result, page) = call(&jira, &mut wire, "accept").await;
        assert_eq!(result["isError"], true, "{result}");
        for told in [text(&result), &page] {
            assert!(told.contains("auth login --site") && told.contains("sandbox-2"), "{told}");
        }
        assert!(!page.contains("signed in") && !page.contains("choose"), "{page}");
        assert!(Store::new(folder.path()).list().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn the_cloud_id_of_the_environment_picks_the_site() {
    for era in ERAS {
        let options = Options { sites: 2, ..Options::default() };
        let (jira, folder, mut wire) = nobody_there(era, by_url(), true, options, true).await;
        consent(&jira, &SCOPES).await;
        let (result, page) = call(&jira, &mut wire, "accept").await;
        // The second site has a project of its own, and not the one that is asked for.
        assert!(text(&result).contains("(LAB)") && page.contains("You are signed in"), "{result} {page}");
        let kept = Store::new(folder.path()).load(&ProfileName::default()).await.unwrap().unwrap();
        assert_eq!(kept.site.cloud_id, jira.info().sites[1].cloud_id);
    }
}

#[tokio::test]
async fn without_a_page_to_offer_the_command_is_told() {
    for era in ERAS {
        for (capabilities, app) in [(json!({}), true), (json!({"elicitation": {}}), true), (by_url(), false)]
        {
            let (_jira, _folder, mut wire) = nobody(era, capabilities, app).await;
            let result = wire.call(TOOL, json!({"jql": "project = DEMO"})).await;
            assert_eq!(result["isError"], true, "{result}");
            assert!(text(&result).contains("mcp-server-jira auth login"), "{result}");
        }
    }
}
