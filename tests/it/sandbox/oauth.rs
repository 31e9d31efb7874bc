//! Consent, tokens and their rotation, as Atlassian does them.

use std::time::Duration;

use base64::Engine as _;
use jira_sandbox::{EndReason, Fault, Info, OAuthChange, Options, Trouble};
use serde_json::{Value, json};
use sha2::Digest as _;

use super::{Answer, Site};
use crate::support::oauth::{SCOPES, authorize_url, decide, returned, sign_in, sign_in_as, token};

const DAY: Duration = Duration::from_secs(24 * 3600);
const STALE: &str = "Unknown or invalid refresh token.";

impl Site {
    fn info(&self) -> &Info {
        self.sandbox.info()
    }

    async fn token(&self, fields: Value) -> Answer {
        Answer::of(token(&self.http, self.info(), fields).await).await
    }

    async fn refresh(&self, token: &Value) -> Answer {
        self.token(json!({ "grant_type": "refresh_token", "refresh_token": token })).await
    }

    async fn accept(&self, other: &[(&str, &str)]) -> String {
        let info = self.info();
        let page = authorize_url(info, SCOPES, other);
        let back = decide(&self.http, &page, "accept", &info.users[0].account_id, &info.cloud_id).await;
        returned(&back, "code").unwrap()
    }

    async fn exchange(&self, code: &str) -> Answer {
        let redirect_uri = &self.info().oauth.redirect_uri;
        self.token(json!({ "grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri }))
            .await
    }

    async fn myself(&self, bearer: &Value) -> Answer {
        let info = self.info();
        let url = format!("{}/ex/jira/{}/rest/api/3/myself", info.api_url, info.cloud_id);
        Answer::of(self.http.get(url).bearer_auth(bearer.as_str().unwrap()).send().await.unwrap()).await
    }
}

fn invalid_grant(answer: Answer, description: &str) {
    assert_eq!(answer.refused(403), json!({ "error": "invalid_grant", "error_description": description }));
}

#[tokio::test]
async fn consent_leads_back_with_a_code_that_is_good_for_one_pair() {
    let site = Site::start().await;
    let page = authorize_url(site.info(), SCOPES, &[("state", "a b&c=d")]);
    let shown = site.http.get(&page).send().await.unwrap();
    assert!(shown.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    let text = shown.text().await.unwrap();
    for part in ["read:jira-work", "Ana Ribeiro", &site.info().cloud_id, "value=\"accept\"", "value=\"deny\""]
    {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let back = decide(&site.http, &page, "accept", &site.user("Ana").account_id, &site.info().cloud_id).await;
    assert_eq!(back.status(), 302);
    assert!(back.headers()["location"].to_str().unwrap().starts_with("http://localhost:8976/callback?"));
    assert_eq!(returned(&back, "state").as_deref(), Some("a b&c=d"));
    let code = returned(&back, "code").unwrap();

    let pair = site.exchange(&code).await.ok();
    assert_eq!(
        (&pair["expires_in"], &pair["token_type"], &pair["scope"]),
        (&json!(3600), &json!("Bearer"), &json!(SCOPES))
    );
    assert_eq!(site.myself(&pair["access_token"]).await.ok()["displayName"], "Ana Ribeiro");
    invalid_grant(site.exchange(&code).await, "Invalid authorization code");
}

#[tokio::test]
async fn without_offline_access_there_is_no_refresh_token() {
    let site = Site::start().await;
    let tokens = sign_in(&site.http, site.info(), "read:jira-work").await;
    assert!(tokens["access_token"].is_string() && tokens.get("refresh_token").is_none(), "{tokens}");
    assert_eq!(site.sandbox.oauth().families, []);
}

#[tokio::test]
async fn denial_leads_back_with_the_reason_and_the_state() {
    let site = Site::start().await;
    let page = authorize_url(site.info(), SCOPES, &[]);
    let back = decide(&site.http, &page, "deny", &site.user("Ana").account_id, &site.info().cloud_id).await;
    assert_eq!(returned(&back, "error").as_deref(), Some("access_denied"));
    assert_eq!(returned(&back, "state").as_deref(), Some("state-of-the-test"));
    assert_eq!(returned(&back, "code"), None);
}

#[tokio::test]
async fn a_request_that_is_not_in_order_stays_in_the_browser() {
    let site = Site::start().await;
    let cases = [
        ("client_id", "somebody", "unauthorized_client"),
        ("redirect_uri", "http://localhost:8976/callback/", "unauthorized_client"),
        ("redirect_uri", "http://127.0.0.1:8976/callback", "unauthorized_client"),
        ("redirect_uri", "", "invalid_request"),
        ("response_type", "token", "invalid_request"),
        ("audience", "", "invalid_request"),
        ("audience", "api.atlassian.com/", "invalid_request"),
        ("state", "", "invalid_request"),
        ("prompt", "none", "invalid_request"),
        ("scope", "", "invalid_request"),
        ("scope", "offline_access", "invalid_scope"),
        ("scope", "read:jira-work read:jira-works", "invalid_scope"),
        ("scope", "read:jira-work manage:jira-webhook", "invalid_scope"),
        ("code_challenge", "abc", "invalid_request"),
    ];
    for (name, value, error) in cases {
        let page = authorize_url(site.info(), SCOPES, &[(name, value)]);
        let shown = Answer::of(site.http.get(&page).send().await.unwrap()).await;
        assert_eq!((shown.status, shown.header("location")), (400, None), "{name}={value}");
        assert!(
            shown.body.as_str().unwrap().contains(&format!("<code id=\"error\">{error}<")),
            "{name}: {}",
            shown.body
        );
        let sent =
            decide(&site.http, &page, "accept", &site.user("Ana").account_id, &site.info().cloud_id).await;
        assert_eq!(sent.status(), 400, "{name}={value}");
    }
    let page = authorize_url(site.info(), SCOPES, &[("client_id", "<script>")]);
    let text = site.http.get(&page).send().await.unwrap().text().await.unwrap();
    assert!(text.contains("&lt;script&gt;") && !text.contains("<script>"));
}

#[tokio::test]
async fn a_private_app_is_for_its_owner_until_it_is_shared() {
    let site = Site::start().await;
    let page = authorize_url(site.info(), SCOPES, &[]);
    let lars = site.user("Lars").account_id.clone();
    let by_lars = async || decide(&site.http, &page, "accept", &lars, &site.info().cloud_id).await;
    let refused = by_lars().await;
    assert_eq!((refused.status().as_u16(), returned(&refused, "code")), (403, None));
    assert!(refused.text().await.unwrap().contains("This app is in development"));
    site.sandbox.change_oauth(OAuthChange::Share(true));
    assert!(returned(&by_lars().await, "code").is_some());
    // A customer of the service desk has no Jira to open.
    let wanjiru = &site.user("Wanjiru").account_id;
    let refused = decide(&site.http, &page, "accept", wanjiru, &site.info().cloud_id).await;
    assert_eq!(refused.status(), 403);
}

#[tokio::test]
async fn scopes_that_the_owner_does_not_tick_cannot_be_asked_for() {
    let site = Site::start().await;
    site.sandbox.change_oauth(OAuthChange::Tick(vec!["read:jira-work".into()]));
    let status = async |scopes: &str| {
        site.http.get(authorize_url(site.info(), scopes, &[])).send().await.unwrap().status()
    };
    assert_eq!(status("read:jira-work offline_access").await, 200);
    assert_eq!(status(SCOPES).await, 400);
}

#[tokio::test]
async fn the_token_endpoint_reads_forms_too_and_the_secret_only_in_the_body() {
    let site = Site::start().await;
    let url = format!("{}/oauth/token", site.info().auth_url);
    let app = &site.info().oauth;
    let code = site.accept(&[]).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", &app.client_id),
        ("client_secret", &app.client_secret),
        ("code", &code),
        ("redirect_uri", &app.redirect_uri),
    ];
    let encode = |fields: &[(&str, &str)]| {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
    };
    let post = |body: String, media: &str| site.http.post(&url).header("content-type", media).body(body);
    let answer = post(encode(&form), "application/x-www-form-urlencoded").send().await.unwrap();
    Answer::of(answer).await.ok();
    let secretless: Vec<_> = form.into_iter().filter(|(name, _)| !name.starts_with("client_")).collect();
    let request = post(encode(&secretless), "application/x-www-form-urlencoded");
    let answer =
        Answer::of(request.basic_auth(&app.client_id, Some(&app.client_secret)).send().await.unwrap()).await;
    assert_eq!(answer.refused(401), json!({ "error": "access_denied", "error_description": "Unauthorized" }));
    let answer = post("grant_type".into(), "text/plain").send().await.unwrap();
    assert_eq!(Answer::of(answer).await.refused(400)["error"], "invalid_request");
}

#[tokio::test]
async fn an_exchange_is_refused_with_the_reason() {
    let site = Site::start().await;
    let redirect_uri = &site.info().oauth.redirect_uri;
    let unauthorized = json!({ "error": "access_denied", "error_description": "Unauthorized" });
    for wrong in [json!({ "client_secret": "wrong" }), json!({ "client_id": "wrong" })] {
        let mut fields = wrong;
        fields["grant_type"] = "refresh_token".into();
        assert_eq!(site.token(fields).await.refused(401), unauthorized);
    }
    let missing =
        site.token(json!({ "grant_type": "authorization_code", "redirect_uri": redirect_uri })).await;
    assert_eq!(missing.refused(400)["error_description"], "Missing required parameter: code");
    let other = site.token(json!({ "grant_type": "password" })).await;
    assert_eq!(other.refused(403)["error"], "unsupported_grant_type");
    let robots = site.token(json!({ "grant_type": "client_credentials" })).await;
    assert_eq!(robots.refused(403)["error"], "unauthorized_client");
    invalid_grant(site.exchange("never-given").await, "Invalid authorization code");

    let code = site.accept(&[]).await;
    let fields =
        json!({ "grant_type": "authorization_code", "code": code, "redirect_uri": "http://localhost:1/" });
    invalid_grant(site.token(fields).await, "Invalid redirect_uri");

    site.freeze();
    let code = site.accept(&[]).await;
    site.sandbox.advance_clock(Duration::from_secs(300));
    invalid_grant(site.exchange(&code).await, "Invalid authorization code");
}

#[tokio::test]
async fn a_challenge_that_was_sent_must_be_met() {
    let site = Site::start().await;
    let verifier = "a-verifier-that-is-long-enough-to-be-one-1234567890";
    let challenge = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(verifier));
    let sent = [("code_challenge", challenge.as_str()), ("code_challenge_method", "S256")];
    for (shown, met) in [(json!("another"), false), (Value::Null, false), (json!(verifier), true)] {
        let mut fields = json!({
            "grant_type": "authorization_code", "code": site.accept(&sent).await,
            "redirect_uri": site.info().oauth.redirect_uri,
        });
        if shown.is_string() {
            fields["code_verifier"] = shown;
        }
        let answer = site.token(fields).await;
        if met {
            answer.ok();
        } else {
            invalid_grant(answer, "Failed to verify code verifier");
        }
    }
}

#[tokio::test]
async fn refresh_tokens_rotate_with_a_leeway_and_a_late_one_ends_the_family() {
    let site = Site::start().await;
    site.freeze();
    let first = sign_in(&site.http, site.info(), SCOPES).await;
    let second = site.refresh(&first["refresh_token"]).await.ok();
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    // A crash between the reply and its storing: the old token is tried again.
    site.sandbox.advance_clock(Duration::from_secs(600));
    let again = site.refresh(&first["refresh_token"]).await.ok();
    let family = &site.sandbox.oauth().families[0];
    assert_eq!((family.refreshes, family.reuses, family.ended), (1, 1, None));
    site.refresh(&second["refresh_token"]).await.ok();

    site.sandbox.advance_clock(Duration::from_secs(1));
    invalid_grant(site.refresh(&first["refresh_token"]).await, STALE);
    invalid_grant(site.refresh(&again["refresh_token"]).await, STALE);
    assert_eq!(site.sandbox.oauth().families[0].ended, Some(EndReason::Reused));
    // Another sign-in is another family.
    let anew = sign_in(&site.http, site.info(), SCOPES).await;
    site.refresh(&anew["refresh_token"]).await.ok();
}

#[tokio::test]
async fn refresh_tokens_end_after_90_days_unused_and_365_days_in_all() {
    let site = Site::start().await;
    site.freeze();
    let mut pair = sign_in(&site.http, site.info(), SCOPES).await;
    for _ in 0..4 {
        site.sandbox.advance_clock(DAY * 89);
        pair = site.refresh(&pair["refresh_token"]).await.ok();
    }
    site.sandbox.advance_clock(DAY * 9);
    invalid_grant(site.refresh(&pair["refresh_token"]).await, STALE);

    let pair = sign_in(&site.http, site.info(), SCOPES).await;
    site.sandbox.advance_clock(DAY * 90);
    invalid_grant(site.refresh(&pair["refresh_token"]).await, STALE);
}

#[tokio::test]
async fn access_tokens_run_out_and_the_durations_can_be_set() {
    let options = Options {
        access_token_ttl: Duration::from_secs(30),
        refresh_reuse_leeway: Duration::from_secs(5),
        ..Options::default()
    };
    let site = Site::with(options).await;
    site.freeze();
    let first = sign_in(&site.http, site.info(), SCOPES).await;
    assert_eq!(first["expires_in"], 30);
    site.sandbox.advance_clock(Duration::from_secs(29));
    site.myself(&first["access_token"]).await.ok();
    site.sandbox.advance_clock(Duration::from_secs(1));
    let refused = site.myself(&first["access_token"]).await.refused(401);
    assert_eq!(refused, json!({ "code": 401, "message": "Unauthorized" }));
    let second = site.refresh(&first["refresh_token"]).await.ok();
    site.myself(&second["access_token"]).await.ok();
    site.sandbox.change_oauth(OAuthChange::ExpireAccess);
    site.myself(&second["access_token"]).await.refused(401);
    site.sandbox.advance_clock(Duration::from_secs(6));
    invalid_grant(site.refresh(&first["refresh_token"]).await, STALE);
}

#[tokio::test]
async fn a_user_takes_the_grant_back_or_changes_the_password() {
    let site = Site::start().await;
    let ana = site.user("Ana").account_id.clone();
    let pair = sign_in(&site.http, site.info(), SCOPES).await;
    site.sandbox.change_oauth(OAuthChange::ChangePassword(ana.clone()));
    site.myself(&pair["access_token"]).await.ok();
    invalid_grant(site.refresh(&pair["refresh_token"]).await, STALE);
    let pair = sign_in(&site.http, site.info(), SCOPES).await;
    site.sandbox.change_oauth(OAuthChange::Revoke(ana));
    site.myself(&pair["access_token"]).await.refused(401);
    let refused = site.refresh(&pair["refresh_token"]).await.refused(403);
    let seen_in_the_field =
        json!({ "error": "unauthorized_client", "error_description": "refresh_token is invalid" });
    assert_eq!(refused, seen_in_the_field);
    let ended: Vec<_> = site.sandbox.oauth().families.iter().map(|family| family.ended).collect();
    assert_eq!(ended, [Some(EndReason::Password), Some(EndReason::Revoked)]);
}

#[tokio::test]
async fn the_sites_of_a_grant_add_up_and_stand_twice_with_two_products() {
    let site = Site::with(Options { sites: 2, ..Options::default() }).await;
    let info = site.info().clone();
    let list = async |tokens: &Value| {
        let url = format!("{}/oauth/token/accessible-resources", info.api_url);
        let request = site.http.get(url).bearer_auth(tokens["access_token"].as_str().unwrap());
        Answer::of(request.send().await.unwrap()).await.ok()
    };
    let ids = |list: &Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|entry| entry["id"].as_str().unwrap().to_owned()).collect()
    };
    let first = sign_in(&site.http, &info, SCOPES).await;
    let listed = list(&first).await;
    let entry = &listed[0];
    assert_eq!(ids(&listed), std::slice::from_ref(&info.cloud_id));
    assert_eq!((&entry["name"], &entry["url"]), (&json!("sandbox"), &json!(info.url)));
    assert_eq!(entry["scopes"], json!(["read:jira-work", "write:jira-work", "read:jira-user"]));
    assert!(entry["avatarUrl"].is_string());

    let (ana, second_site) = (&info.users[0].account_id, &info.sites[1].cloud_id);
    sign_in_as(&site.http, &info, SCOPES, ana, second_site).await;
    assert_eq!(ids(&list(&first).await), [info.cloud_id.clone(), second_site.clone()]);

    let both = sign_in(&site.http, &info, "read:jira-work search:confluence").await;
    let listed = list(&both).await;
    assert_eq!(ids(&listed).iter().filter(|id| **id == info.cloud_id).count(), 2);
    let wiki = listed.as_array().unwrap().last().unwrap();
    assert_eq!((&wiki["name"], &wiki["scopes"]), (&json!("sandbox-wiki"), &json!(["search:confluence"])));
}

#[tokio::test]
async fn a_service_account_gets_tokens_without_consent_and_none_to_refresh() {
    let site = Site::start().await;
    let robot = site.info().service_account.clone();
    let fields = json!({
        "grant_type": "client_credentials",
        "client_id": robot.client_id, "client_secret": robot.client_secret,
    });
    let tokens = site.token(fields.clone()).await.ok();
    assert_eq!((&tokens["expires_in"], tokens.get("refresh_token")), (&json!(3600), None));
    let me = site.myself(&tokens["access_token"]).await.ok();
    assert_eq!((&me["accountId"], &me["accountType"]), (&json!(robot.account_id), &json!("app")));
    let mut code = fields;
    code["grant_type"] = "authorization_code".into();
    assert_eq!(site.token(code).await.refused(403)["error"], "unauthorized_client");
}

#[tokio::test]
async fn trouble_strikes_the_token_endpoint_too() {
    let site = Site::start().await;
    let pair = sign_in(&site.http, site.info(), SCOPES).await;
    let down = Trouble::Answer {
        status: 503,
        body: "Down".into(),
        content_type: Some("text/html".into()),
        retry_after: None,
    };
    site.sandbox.fail(Fault::new("POST", "/oauth/token", down));
    site.refresh(&pair["refresh_token"]).await.refused(503);
    assert_eq!(site.sandbox.oauth().families[0].refreshes, 0);
    for (trouble, refreshes) in [(Trouble::CutBefore, 0), (Trouble::CutAfter, 1)] {
        site.sandbox.fail(Fault::new("POST", "/oauth/token", trouble));
        let fields = json!({
            "grant_type": "refresh_token", "refresh_token": pair["refresh_token"],
            "client_id": site.info().oauth.client_id, "client_secret": site.info().oauth.client_secret,
        });
        let url = format!("{}/oauth/token", site.info().auth_url);
        assert!(site.http.post(url).json(&fields).send().await.is_err());
        assert_eq!(site.sandbox.oauth().families[0].refreshes, refreshes);
    }
    // The reply was lost: the old token still gives a pair.
    site.refresh(&pair["refresh_token"]).await.ok();
}

#[tokio::test]
async fn codes_and_tokens_are_not_recorded() {
    let site = Site::start().await;
    let pair = sign_in(&site.http, site.info(), SCOPES).await;
    site.refresh(&pair["refresh_token"]).await.ok();
    let exchanges = site.sandbox.exchanges();
    let seen: Vec<_> = exchanges.iter().filter(|exchange| exchange.path == "/oauth/token").collect();
    assert_eq!(seen[1].request_body["grant_type"], "refresh_token");
    let text = serde_json::to_string(&seen).unwrap();
    for secret in [&pair["access_token"], &pair["refresh_token"], &json!(site.info().oauth.client_secret)] {
        assert!(!text.contains(secret.as_str().unwrap()));
    }
}

#[tokio::test]
async fn sign_ins_can_be_seen_and_changed_over_http() {
    let site = Site::start().await;
    let url = format!("{}/__sandbox/oauth", site.info().url);
    let pair = sign_in(&site.http, site.info(), SCOPES).await;
    site.refresh(&pair["refresh_token"]).await.ok();
    let state = Answer::of(site.http.get(&url).send().await.unwrap()).await.ok();
    assert_eq!((&state["access_tokens"], &state["families"][0]["refreshes"]), (&json!(2), &json!(1)));
    for change in
        [json!({ "share": true }), json!("expire_access"), json!({ "revoke": site.user("Ana").account_id })]
    {
        Answer::of(site.http.post(&url).json(&change).send().await.unwrap()).await.ok();
    }
    let state = Answer::of(site.http.get(&url).send().await.unwrap()).await.ok();
    assert_eq!((&state["access_tokens"], &state["families"][0]["ended"]), (&json!(0), &json!("revoked")));
    Answer::of(site.http.post(&url).json(&json!("nonsense")).send().await.unwrap()).await.refused(400);
}
