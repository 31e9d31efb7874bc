//! The steps of a browser and an app that sign in to the embedded Jira, over plain HTTP.

use jira_sandbox::Info;
use reqwest::{Client, Response};
use serde_json::{Value, json};

/// Scopes that most tests ask for.
pub(crate) const SCOPES: &str = "read:jira-work write:jira-work read:jira-user offline_access";

/// The address of the consent page for these scopes, with some parameters other than usual; an empty one is left out.
pub(crate) fn authorize_url(info: &Info, scopes: &str, other: &[(&str, &str)]) -> String {
    let usual = [
        ("audience", "api.atlassian.com"),
        ("client_id", &info.oauth.client_id),
        ("scope", scopes),
        ("redirect_uri", &info.oauth.redirect_uri),
        ("state", "state-of-the-test"),
        ("response_type", "code"),
        ("prompt", "consent"),
    ];
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in usual.iter().filter(|(name, _)| other.iter().all(|(changed, _)| changed != name)) {
        query.append_pair(name, value);
    }
    query.extend_pairs(other.iter().filter(|(_, value)| !value.is_empty()));
    format!("{}/authorize?{}", info.auth_url, query.finish())
}

/// Sends the consent page's form: `accept` or `deny`, by an account, for a site.
pub(crate) async fn decide(
    http: &Client,
    page: &str,
    decision: &str,
    account_id: &str,
    site: &str,
) -> Response {
    let form = [("account_id", account_id), ("site", site), ("decision", decision)];
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let request = http.post(page).header("content-type", "application/x-www-form-urlencoded");
    request.body(body).send().await.unwrap()
}

/// A parameter of the address to which a reply leads back.
pub(crate) fn returned(response: &Response, name: &str) -> Option<String> {
    let location = response.headers().get("location")?.to_str().unwrap();
    let location = url::Url::parse(location).unwrap();
    location.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// Asks the token endpoint, with the app's id and secret.
pub(crate) async fn token(http: &Client, info: &Info, fields: Value) -> Response {
    let mut body = json!({ "client_id": info.oauth.client_id, "client_secret": info.oauth.client_secret });
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    http.post(format!("{}/oauth/token", info.auth_url)).json(&body).send().await.unwrap()
}

/// Consent by the first user for the first site, and the exchange of its code: what the token endpoint answers.
pub(crate) async fn sign_in(http: &Client, info: &Info, scopes: &str) -> Value {
    sign_in_as(http, info, scopes, &info.users[0].account_id, &info.cloud_id).await
}

/// The same by another user, or for another site.
pub(crate) async fn sign_in_as(
    http: &Client,
    info: &Info,
    scopes: &str,
    account_id: &str,
    site: &str,
) -> Value {
    let consent = decide(http, &authorize_url(info, scopes, &[]), "accept", account_id, site).await;
    let code = returned(&consent, "code").expect("consent gives a code");
    let fields = json!({
        "grant_type": "authorization_code", "code": code, "redirect_uri": info.oauth.redirect_uri,
    });
    token(http, info, fields).await.json().await.unwrap()
}
