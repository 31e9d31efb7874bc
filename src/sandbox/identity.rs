//! Who calls: Basic with classic and scoped tokens, and Jira's habit of taking a bad token for no token.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{reply::Reply, world::World};

/// The kinds of API token, which work at different addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// Works on the site. Whether the gateway takes it too is documented nowhere, so it does not.
    Classic,
    /// Works through the gateway only; the site takes it for a wrong token.
    Scoped,
}

/// By which address a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    /// The site's own.
    Site,
    /// The gateway's, with the cloud id in the path.
    Gateway,
}

/// All API tokens of the site.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    known: BTreeMap<String, (TokenKind, String)>,
    expired: BTreeSet<String>,
}

/// What came of a request's credentials.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Caller {
    User(String),
    /// Nobody signed in; `failed` when somebody tried to.
    Anonymous {
        failed: bool,
    },
}

impl Tokens {
    /// Makes an account's token known.
    pub(super) fn add(&mut self, token: &str, kind: TokenKind, account_id: &str) {
        self.known.insert(token.into(), (kind, account_id.into()));
    }

    /// Lets a token run out, or work again.
    pub(super) fn set_expired(&mut self, token: &str, expired: bool) {
        if expired {
            self.expired.insert(token.into());
        } else {
            self.expired.remove(token);
        }
    }

    /// Who calls. The gateway refuses at once what it does not know; the site lets it pass as anonymous.
    pub(super) fn identify(
        &self,
        authorization: Option<&str>,
        door: Door,
        world: &World,
        expired: bool,
    ) -> Result<Caller, Reply> {
        let user = authorization.filter(|_| !expired).and_then(|header| self.user(header, door, world));
        match (user, door) {
            (Some(account_id), _) => Ok(Caller::User(account_id)),
            (None, Door::Site) => Ok(Caller::Anonymous { failed: authorization.is_some() }),
            (None, Door::Gateway) => {
                Err(Reply::json(401, serde_json::json!({ "code": 401, "message": "Unauthorized" })))
            }
        }
    }

    fn user(&self, authorization: &str, door: Door, world: &World) -> Option<String> {
        let (scheme, encoded) = authorization.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
        let (email, token) = decoded.split_once(':')?;
        let (kind, account_id) = self.known.get(token).filter(|_| !self.expired.contains(token))?;
        let fits = match kind {
            TokenKind::Classic => door == Door::Site,
            TokenKind::Scoped => door == Door::Gateway,
        };
        let user = world.users.get(account_id)?;
        (fits && user.active && user.email.eq_ignore_ascii_case(email)).then(|| account_id.clone())
    }
}
