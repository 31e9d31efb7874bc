//! Codes and tokens that nobody can guess, as long as Atlassian's are: what is stored must have room for them.

use std::{
    collections::hash_map::RandomState,
    hash::{BuildHasher as _, Hasher as _},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest as _, Sha256};

/// 256 random bits, as 43 characters.
pub(super) fn random() -> String {
    let mut hash = Sha256::new();
    for _ in 0..4 {
        // Each state has random keys of its own.
        hash.update(RandomState::new().build_hasher().finish().to_be_bytes());
    }
    URL_SAFE_NO_PAD.encode(hash.finalize())
}

/// A token of three parts, as Atlassian's are. Nobody but Atlassian reads it.
pub(super) fn token(kind: &str, account_id: &str, scopes: &[String], issued: Timestamp) -> String {
    let head = json!({ "kid": "auth.atlassian.com-ACCESS-sandbox", "typ": "JWT", "alg": "RS256" });
    let claims = json!({
        "jti": random(),
        "sub": account_id,
        "iss": "https://auth.atlassian.com",
        "aud": "sandbox",
        "iat": issued.as_second(),
        "nbf": issued.as_second(),
        "scope": scopes.join(" "),
        "https://atlassian.com/systemAccountEmail": format!("{}@connect.atlassian.com", random()),
        "https://id.atlassian.com/atlassian_token_type": kind,
        "https://id.atlassian.com/session_id": random(),
        "https://id.atlassian.com/rti": random(),
        "verification": [random(), random(), random(), random(), random(), random()],
    });
    let signature: String = (0..8).map(|_| random()).collect();
    let part = |json: serde_json::Value| URL_SAFE_NO_PAD.encode(json.to_string());
    format!("{}.{}.{}", part(head), part(claims), &signature[..342])
}
