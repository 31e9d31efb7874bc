//! `POST /oauth/token`: codes, refresh tokens and a service account's credential for access tokens.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

use super::{
    authority::Authority,
    grant::{Code, EndReason, Issued},
};
use crate::{
    cloud::Cloud,
    reply::Reply,
    request::{HttpRequest, parse_form},
};

type Fields = Vec<(String, String)>;

pub(super) fn answer(cloud: &Cloud, request: &HttpRequest) -> Reply {
    let now = cloud.now();
    let mut authority = cloud.authority();
    match exchange(&mut authority, request, now) {
        Ok(issued) => success(issued),
        Err(refusal) => refusal,
    }
}

fn exchange(authority: &mut Authority, request: &HttpRequest, now: jiff::Timestamp) -> Result<Issued, Reply> {
    let fields = read_fields(request)?;
    let grant_type = required_field(&fields, "grant_type")?;
    let client_id = field(&fields, "client_id").unwrap_or_default();
    let app = authority
        .app(client_id)
        .filter(|app| field(&fields, "client_secret") == Some(&app.client_secret))
        .ok_or_else(|| refuse(401, "access_denied", "Unauthorized"))?;
    let for_users = app.redirect_uri.is_some();
    match grant_type {
        "authorization_code" | "refresh_token" if !for_users => Err(not_allowed(grant_type)),
        "client_credentials" if for_users => Err(not_allowed(grant_type)),
        "authorization_code" => {
            let (code, redirect_uri) =
                (required_field(&fields, "code")?, required_field(&fields, "redirect_uri")?);
            let code = authority.grants.take_code(code, now).filter(|code| code.client_id == client_id);
            let code = code.ok_or_else(|| invalid_grant("Invalid authorization code"))?;
            check_code_binding(&code, redirect_uri, field(&fields, "code_verifier"))?;
            Ok(authority.grants.begin(code, now))
        }
        "refresh_token" => {
            let token = required_field(&fields, "refresh_token")?;
            authority.grants.refresh(client_id, token, now).map_err(|end| match end {
                // Not in the documents, and seen by apps in the field.
                Some(EndReason::Revoked) => refuse(403, "unauthorized_client", "refresh_token is invalid"),
                _ => invalid_grant("Unknown or invalid refresh token."),
            })
        }
        "client_credentials" => {
            let (owner, scopes) = (app.owner.clone(), app.enabled_scopes.clone());
            Ok(authority.grants.issue(client_id, &owner, scopes, now))
        }
        other => Err(refuse(403, "unsupported_grant_type", &format!("Unsupported grant type: {other}"))),
    }
}

/// Checks that whoever shows a code is the one who asked for it.
fn check_code_binding(code: &Code, redirect_uri: &str, verifier: Option<&str>) -> Result<(), Reply> {
    if redirect_uri != code.redirect_uri {
        return Err(invalid_grant("Invalid redirect_uri"));
    }
    let Some(challenge) = &code.challenge else { return Ok(()) };
    let shown = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.unwrap_or_default()));
    if shown == *challenge { Ok(()) } else { Err(invalid_grant("Failed to verify code verifier")) }
}

/// The fields of the body: JSON as the documents have it, or a form, which Atlassian takes too.
fn read_fields(request: &HttpRequest) -> Result<Fields, Reply> {
    let unreadable = || refuse(400, "invalid_request", "The request body could not be read.");
    match request.media().as_str() {
        "application/json" => {
            let Ok(Json::Object(body)) = serde_json::from_slice(&request.body) else {
                return Err(unreadable());
            };
            let text = |(name, value): (String, Json)| Some((name, value.as_str()?.to_owned()));
            body.into_iter().map(text).collect::<Option<_>>().ok_or_else(unreadable)
        }
        "application/x-www-form-urlencoded" => {
            std::str::from_utf8(&request.body).map(parse_form).map_err(|_| unreadable())
        }
        _ => Err(unreadable()),
    }
}

fn field<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

fn required_field<'a>(fields: &'a Fields, name: &str) -> Result<&'a str, Reply> {
    field(fields, name)
        .filter(|value| !value.is_empty())
        .ok_or_else(|| refuse(400, "invalid_request", &format!("Missing required parameter: {name}")))
}

fn success(issued: Issued) -> Reply {
    let mut body = json!({
        "access_token": issued.access_token,
        "expires_in": issued.expires_in,
        "token_type": "Bearer",
        "scope": issued.scopes.join(" "),
    });
    if let Some(token) = issued.refresh_token {
        body["refresh_token"] = token.into();
    }
    Reply::json(200, body)
}

fn refuse(status: u16, error: &str, description: &str) -> Reply {
    Reply::json(status, json!({ "error": error, "error_description": description }))
}

fn invalid_grant(description: &str) -> Reply {
    refuse(403, "invalid_grant", description)
}

fn not_allowed(grant_type: &str) -> Reply {
    let description = format!("Grant type '{grant_type}' not allowed for the client.");
    refuse(403, "unauthorized_client", &description)
}
