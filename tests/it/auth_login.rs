//! `auth` and `doctor` as a person or a script uses them: the real binary, the embedded Jira as Atlassian, and a client
//! that does what a browser would.

use std::net::TcpListener;
use std::process::Stdio;

use jira_sandbox::{OAuthChange, Options};
use serde_json::Value;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::http;
use crate::support::machine::{Machine, Waiting};
use crate::support::oauth::decide;

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_by_browser_lasts_until_signing_out() {
    let machine = Machine::new().await;
    let waiting = machine.login(&[]);
    let back = machine.decide(&waiting, "accept").await;
    // A browser asks for more than it was sent to.
    let stray = http().get(format!("http://localhost:{}/favicon.ico", machine.port)).send().await.unwrap();
    assert_eq!(stray.status(), 404);
    let reply = http().get(&back).send().await.unwrap();
    let policy = reply.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    let page = reply.text().await.unwrap();
    assert!(page.contains("You are signed in") && page.contains("Ana Ribeiro"), "{page}");
    let (code, said) = waiting.end("");
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("as Ana Ribeiro") && said.contains("readable for you alone"), "{said}");
    assert!(!said.contains(&machine.jira.info().oauth.client_secret), "{said}");
    assert!(http().get(&back).send().await.is_err(), "the callback serves once");

    let status = machine.ok(&["auth", "status"], "");
    for part in ["default  (in use)", "Ana Ribeiro", "OAuth 2.0", "✓ Jira", "✓ Scopes", "read:jira-work"]
    {
        assert!(status.contains(part), "{part} in {status}");
    }
    assert!(machine.ok(&["call", "count_issues", r#"{"jql":"project = DEMO"}"#], "").starts_with("count: "));
    let doctor = machine.ok(&["doctor"], "");
    assert!(!doctor.contains('✗') && doctor.contains("as profile `default`"), "{doctor}");
    assert!(doctor.contains("read:sprint:jira-software"), "what the sign-in does not do is said: {doctor}");

    let goodbye = machine.ok(&["auth", "logout"], "");
    assert!(goodbye.contains("https://id.atlassian.com/manage-profile/apps"), "{goodbye}");
    assert!(machine.fails(1, &["auth", "status"], "").contains("mcp-server-jira auth login"));
    let told = machine.fails(1, &["call", "count_issues", r#"{"jql":"project = DEMO"}"#], "");
    assert!(told.contains("mcp-server-jira auth login"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_says_no_is_told_so_in_both_places() {
    let machine = Machine::new().await;
    let waiting = machine.login(&[]);
    let back = machine.decide(&waiting, "deny").await;
    let page = http().get(back).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("Nothing was allowed"), "{page}");
    let (code, said) = waiting.end("");
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("was not granted"), "{said}");
    assert_eq!(machine.status()["profiles"], Value::Array(Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_with_another_state_is_not_taken() {
    let machine = Machine::new().await;
    let waiting = machine.login(&[]);
    let back = machine.decide(&waiting, "accept").await;
    let forged = format!("http://localhost:{}/callback?code=stolen&state=guessed", machine.port);
    let reply = http().get(forged).send().await.unwrap();
    assert_eq!(reply.status(), 400);
    assert!(reply.text().await.unwrap().contains("out of date"));
    assert_eq!(http().get(back).send().await.unwrap().status(), 200);
    assert_eq!(waiting.end("").0, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_browser_the_address_is_pasted() {
    let machine = Machine::with(Options { sites: 2, ..Options::default() }).await;
    let waiting = machine.login(&["--no-browser", "--profile", "Work"]);
    let back = machine.decide(&waiting, "accept").await;
    let (code, said) = waiting.end(&back);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("Profile `work`") && said.contains("--profile work"), "{said}");
    let told = machine.fails(1, &["call", "count_issues", r#"{"jql":"project = DEMO"}"#], "");
    assert!(told.contains("auth login"), "{told}");
    machine.ok(&["--profile", "work", "call", "count_issues", r#"{"jql":"project = DEMO"}"#], "");

    let waiting = machine.login(&["--no-browser"]);
    let (code, said) = waiting.end("http://localhost:8976/callback?code=x&state=y");
    assert_eq!(code, Some(2), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_sites_one_is_picked_and_another_later() {
    let machine = Machine::with(Options { sites: 2, ..Options::default() }).await;
    let info = machine.jira.info().clone();
    machine.sign_in(&[]).await;
    let one = machine.ok(&["auth", "switch"], "");
    assert!(one.contains("opens one site"), "{one}");

    // Consent for the second site, too; then there are two to pick from.
    let consent = async |waiting: &Waiting| {
        let (account, site) = (&info.users[0].account_id, &info.sites[1].cloud_id);
        let reply = decide(&http(), &waiting.page, "accept", account, site).await;
        let back = reply.headers()["location"].to_str().unwrap();
        http().get(back).send().await.unwrap().text().await.unwrap()
    };
    let site = |machine: &Machine| machine.status()["profiles"][0]["details"]["site"]["name"].clone();
    // Nobody is there to be asked, so that nothing changes.
    let waiting = machine.login(&[]);
    let page = consent(&waiting).await;
    assert!(page.contains("did not work") && page.contains("sandbox-2"), "{page}");
    let (code, said) = waiting.end("");
    assert!(code == Some(2) && said.contains("--site"), "{said}");
    assert_eq!(site(&machine), "sandbox");

    let waiting = machine.login(&["--site", "sandbox-2"]);
    machine.jira.requests();
    let page = consent(&waiting).await;
    assert!(page.contains("You are signed in") && !page.contains("choose"), "{page}");
    // The page is shown when all is done.
    assert_eq!(site(&machine), "sandbox-2");
    let requests = machine.jira.requests();
    let asked = |site: usize| requests.iter().any(|request| request.contains(&info.sites[site].cloud_id));
    assert!(asked(1) && !asked(0), "the person is the one of the site: {requests:?}");
    assert_eq!(waiting.end("").0, Some(0));
    machine.ok(&["auth", "switch", &info.sites[0].url], "");
    assert_eq!(site(&machine), "sandbox");
    machine.ok(&["auth", "switch", "--site", &info.sites[1].cloud_id], "");
    assert_eq!(site(&machine), "sandbox-2");
    assert!(machine.fails(1, &["auth", "switch", "elsewhere"], "").contains("sandbox-2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cloud_id_of_the_environment_picks_the_site() {
    let mut machine = Machine::with(Options { sites: 2, ..Options::default() }).await;
    let info = machine.jira.info().clone();
    machine.variables.push(("JIRA_CLOUD_ID".into(), info.sites[1].cloud_id.clone()));
    // Consent for both sites, one after the other.
    for site in &info.sites {
        let waiting = machine.login(&["--no-browser"]);
        let account = &info.users[0].account_id;
        let reply = decide(&http(), &waiting.page, "accept", account, &site.cloud_id).await;
        let (code, said) = waiting.end(reply.headers()["location"].to_str().unwrap());
        assert_eq!(code, Some(i32::from(site.cloud_id == info.cloud_id)), "{said}");
        assert!(said.contains("sandbox-2") == (code == Some(0)), "{said}");
    }
    assert_eq!(machine.status()["profiles"][0]["details"]["site"]["cloud_id"], info.sites[1].cloud_id);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_scopes_are_asked_for_where_they_are_named() {
    let machine = Machine::new().await;
    let asked = |more: &[&str]| {
        let waiting = machine.login(&[&["--no-browser"], more].concat());
        let page: url::Url = waiting.page.parse().unwrap();
        assert!(!page.as_str().contains('+'), "a space is written as documented: {page}");
        waiting.end("");
        page.query_pairs().find(|(name, _)| name == "scope").unwrap().1.into_owned()
    };
    let usual = asked(&["--toolsets", "default"]);
    assert_eq!(usual, "read:jira-work write:jira-work read:jira-user offline_access");
    let more = asked(&["--read-only", "--scopes", "read:sprint:jira-software, read:jira-work"]);
    assert_eq!(more, "read:jira-work read:jira-user read:sprint:jira-software offline_access");
}

#[tokio::test(flavor = "multi_thread")]
async fn sites_that_are_listed_for_confluence_are_not_offered() {
    let machine = Machine::new().await;
    // Atlassian lists this site a second time then, and one that has no Jira.
    machine.sign_in(&["--scopes", "search:confluence"]).await;
    assert_eq!(machine.status()["profiles"][0]["details"]["site"]["name"], "sandbox");
    assert!(machine.ok(&["auth", "switch"], "").contains("opens one site"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_token_is_tried_before_it_is_kept() {
    let machine = Machine::new().await;
    let info = machine.jira.info().clone();
    let arguments = ["auth", "login", "--with-token", "--site", &info.url, "--email", &info.email];
    assert!(machine.fails(2, &arguments[..3], "token\n").contains("--site"));
    assert!(machine.fails(1, &arguments, "wrong\n").contains("refuses"));
    assert_eq!(machine.status()["profiles"], Value::Array(Vec::new()));
    for token in [&info.api_token, &info.scoped_api_token] {
        machine.ok(&arguments, token);
        machine.ok(&["call", "count_issues", r#"{"jql":"project = DEMO"}"#], "");
        let status = machine.ok(&["auth", "status"], "");
        assert!(status.contains("API token") && !status.contains(token.as_str()), "{status}");
    }
    let goodbye = machine.ok(&["auth", "logout"], "");
    assert!(goodbye.contains("still works until you revoke it"), "{goodbye}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_waits_for_an_answer_that_nobody_gives() {
    let machine = Machine::new().await;
    assert!(machine.fails(2, &["auth", "login"], "").contains("--oauth"));
    assert!(machine.fails(2, &["auth", "login", "--oauth"], "").contains("--client-id"));
    assert!(machine.fails(2, &["auth", "login", "--client-id", "x"], "").contains("stdin ended"));
    let _taken = TcpListener::bind(("127.0.0.1", machine.port)).unwrap();
    let busy = machine.fails(1, &["auth", "login", "--client-id", "x"], "secret\n");
    assert!(busy.contains("is not free") && busy.contains("JIRA_OAUTH_CALLBACK_PORT"), "{busy}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_has_ended_is_told_with_its_mending() {
    let machine = Machine::new().await;
    machine.sign_in(&[]).await;
    machine.jira.sandbox.change_oauth(OAuthChange::Revoke(machine.jira.info().users[0].account_id.clone()));
    for command in [&["auth", "status"][..], &["doctor"]] {
        let told = machine.fails(1, command, "");
        assert!(
            told.contains('✗') && told.contains("mcp-server-jira auth login --profile default"),
            "{told}"
        );
    }
    // The app is known by now: nothing of it is asked again.
    let mut again = machine.command(&["auth", "login", "--oauth", "--no-browser"]);
    let output = tokio::task::block_in_place(|| again.stdin(Stdio::null()).output().unwrap());
    assert!(String::from_utf8_lossy(&output.stderr).contains("/authorize?"), "{output:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_toolset_without_its_scopes_is_named() {
    let machine = Machine::new().await;
    let waiting = machine.login(&["--read-only"]);
    assert!(!waiting.page.contains("write"), "least privilege: {}", waiting.page);
    let back = machine.decide(&waiting, "accept").await;
    http().get(back).send().await.unwrap();
    assert_eq!(waiting.end("").0, Some(0));
    for command in ["auth", "doctor"] {
        let arguments = if command == "auth" { &["auth", "status"][..] } else { &["doctor"] };
        let told = machine.ok(arguments, "");
        assert!(told.contains("comments lacks write:jira-work"), "{told}");
        let told = machine.ok(&[arguments, &["--read-only"]].concat(), "");
        assert!(told.contains("enough for every enabled toolset"), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_finds_what_is_wrong_without_a_sign_in_too() {
    let machine = Machine::new().await;
    let site = MockServer::start().await;
    let reply = ResponseTemplate::new(404).insert_header("date", "Mon, 23 Nov 2020 20:00:00 GMT");
    Mock::given(any()).respond_with(reply).mount(&site).await;
    let mut command = machine.command(&["doctor", "--json"]);
    command
        .env("JIRA_URL", site.uri())
        .env("JIRA_EMAIL", "ana@example.com")
        .env("JIRA_API_TOKEN", "t0ken")
        .env("HTTPS_PROXY", "http://ana:s3cret@proxy.acme.com:3128");
    let output = tokio::task::block_in_place(|| command.output().unwrap());
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains("s3cret") && !text.contains("t0ken"), "{text}");
    let report: Value = serde_json::from_str(&text).unwrap();
    let state = |check: &str| {
        let findings = report["findings"].as_array().unwrap();
        let finding = findings.iter().find(|finding| finding["check"] == check);
        finding.unwrap_or_else(|| panic!("{check}: {report}"))["state"].clone()
    };
    for (check, expected) in [
        ("Configuration", "ok"),
        ("Keyring", "warning"),
        ("Sign-in", "problem"),
        ("Proxy", "ok"),
        ("TLS", "ok"),
        ("Clock", "problem"),
        ("Speed", "ok"),
    ] {
        assert_eq!(state(check), expected, "{check}: {report}");
    }
    for finding in report["findings"].as_array().unwrap() {
        assert_eq!(finding["state"] == "ok", finding.get("fix").is_none(), "{finding}");
    }
    let told = machine.fails(1, &["doctor", "--toolsets", "isues"], "");
    assert!(told.contains("✗ Configuration") && told.contains("issues"), "{told}");
}
