//! Access tokens of OAuth 2.0 as what a request brings.

use jira_sandbox::{OAuthChange, Options};
use mcp_server_jira::http::IdentityFrom;
use serde_json::json;

use super::{Ask, Team};
use crate::support::oauth::{SCOPES, sign_in_as};
use crate::support::{Jira, http};

/// A team of two sites, of which requests name one.
async fn team() -> Team {
    let jira = Jira::with(Options { sites: 2, ..Options::default() }).await;
    // An app that is not shared lets in its owner only.
    jira.sandbox.change_oauth(OAuthChange::Share(true));
    let sites = jira.info().sites.iter().map(|site| site.url.clone()).collect();
    Team::with(jira, |settings| {
        settings.identity = IdentityFrom::Request;
        settings.sites = sites;
    })
    .await
}

/// An access token of somebody for the site with this place among the sandbox's.
async fn token(team: &Team, name: &str, site: usize) -> String {
    let info = team.jira.info();
    let account = team.account(name).account_id;
    let tokens = sign_in_as(&http(), info, SCOPES, &account, &info.sites[site].cloud_id).await;
    tokens["access_token"].as_str().unwrap().to_owned()
}

impl Team {
    fn ask_with<'a>(&'a self, token: &str, site: usize) -> Ask<'a> {
        let bearer = format!("Bearer {token}");
        self.ask().header("authorization", &bearer).header("jira-site", &self.jira.info().sites[site].url)
    }
}

#[tokio::test]
async fn an_access_token_is_its_person_on_the_site_that_is_named() {
    let team = team().await;
    let [ana, lars] = [token(&team, "Ana", 0).await, token(&team, "Lars", 0).await];
    for (token, name) in [(&ana, "Ana"), (&lars, "Lars"), (&ana, "Ana")] {
        let me = team.ask_with(token, 0).call("get_myself", json!({})).send().await.data();
        assert!(me["name"].as_str().unwrap().starts_with(name), "{me}");
    }
    let issue = team.ask_with(&ana, 0).call("get_issue", json!({"issue": "DEMO-1"})).send().await.data();
    assert_eq!(issue["key"], "DEMO-1");
    // Through the gateway, and only there: the site itself never sees the token.
    let requests = team.jira.requests();
    assert!(requests.iter().any(|request| request.contains("/ex/jira/")), "{requests:?}");
    assert!(!requests.iter().any(|request| request.starts_with("GET /rest/api/3/issue/")), "{requests:?}");
}

#[tokio::test]
async fn an_access_token_opens_no_other_site() {
    let team = team().await;
    let ana = token(&team, "Ana", 0).await;
    let elsewhere = team.ask_with(&ana, 1).modern("tools/list", json!({})).send().await;
    assert!([401, 403].contains(&elsewhere.status.as_u16()), "{elsewhere:?}");
    assert!(!format!("{elsewhere:?}").contains(&ana));
    let foreign = team
        .ask()
        .header("authorization", &format!("Bearer {ana}"))
        .header("jira-site", "https://evil.example.com")
        .modern("tools/list", json!({}));
    assert_eq!(foreign.send().await.status, 403);
    // A session of hers on one site is none of hers on the other.
    let both = token(&team, "Ana", 1).await;
    let id = team.ask_with(&ana, 0).session_of().await;
    let stolen = team.ask_with(&both, 1).session(&id).legacy("tools/list", json!({})).send().await;
    assert_eq!(stolen.status, 404, "{}", stolen.text);
}

#[tokio::test]
async fn an_access_token_that_ended_is_told_so_and_shown_to_nobody() {
    let team = team().await;
    let ana = token(&team, "Ana", 0).await;
    for unknown in ["no-such-token", "a\tb", "eyJhbGciOiJub25lIn0.e30."] {
        let refused = team.ask_with(unknown, 0).modern("tools/list", json!({})).send().await;
        assert_eq!(refused.status, 401, "{unknown}: {}", refused.text);
        assert!(refused.headers.contains_key("www-authenticate"));
    }
    team.ask_with(&ana, 0).call("get_myself", json!({})).send().await.data();
    team.jira.sandbox.change_oauth(OAuthChange::ExpireAccess);
    let late = team.ask_with(&ana, 0).call("get_issue", json!({"issue": "DEMO-1"})).send().await;
    assert_eq!(late.message()["result"]["isError"], true, "{}", late.text);
    assert!(!format!("{late:?}").contains(&ana));
}
