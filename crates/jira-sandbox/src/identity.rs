//! Callers by their credentials: Basic with classic and scoped tokens (the tokens of apps are in `oauth`), and Jira's
//! habit of taking a bad token for no token.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;

use super::{reply::Reply, routes::RouteMatch, world::World};

/// Scopes of a scoped token.
const TOKEN_SCOPES: [&str; 3] = ["read:jira-work", "write:jira-work", "read:jira-user"];

/// The kinds of API token, which work at different addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// Works on the site. Whether the gateway takes it too is documented nowhere, so it does not.
    Classic,
    /// Works through the gateway only; the site takes it for a wrong token.
    Scoped,
}

/// The address at which a request came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Host {
    /// The site's own.
    Site,
    /// The gateway's, with the cloud id in the path.
    Gateway,
}

/// All API tokens of the site.
#[derive(Debug, Clone, Default)]
pub(super) struct ApiTokens {
    known: BTreeMap<String, (TokenKind, String)>,
    expired: BTreeSet<String>,
}

/// The user behind a request, if its credentials hold.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Caller {
    User(String),
    /// Nobody signed in; `failed` when somebody tried to.
    Anonymous {
        failed: bool,
    },
}

/// A caller, and how much of what that user may do.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Authentication {
    pub(super) caller: Caller,
    /// All that the token is for; nothing when it is for everything.
    pub(super) scopes: Option<Vec<String>>,
}

impl Authentication {
    /// Refuses what the scopes are not enough for. The gateway does not tell which one is missing, and takes a path
    /// that is nowhere for one that no scope allows.
    pub(super) fn check_scopes(&self, found: &RouteMatch) -> Result<(), Reply> {
        let enough = match (&self.scopes, found) {
            (None, _) => true,
            (Some(scopes), RouteMatch::Route(route, _)) => route.allows(scopes),
            (Some(_), _) => false,
        };
        let refusal = json!({ "code": 401, "message": "Unauthorized; scope does not match" });
        if enough { Ok(()) } else { Err(Reply::json(401, refusal)) }
    }
}

impl Caller {
    /// True where the site's Jira is open to the caller. Customers of a service desk see their requests without access.
    pub(super) fn may_use_jira(&self, world: &World) -> bool {
        let Self::User(account_id) = self else { return true };
        let customer = world.users.get(account_id).is_some_and(|user| user.account_type == "customer");
        customer || world.may_use_jira(account_id)
    }
}

impl ApiTokens {
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

    /// The caller. The gateway refuses at once what it does not know; the site lets it pass as anonymous.
    pub(super) fn identify(
        &self,
        authorization: Option<&str>,
        host: Host,
        world: &World,
        expired: bool,
    ) -> Result<Authentication, Reply> {
        let user = authorization.filter(|_| !expired).and_then(|header| self.user(header, host, world));
        let (caller, scopes) = match (user, host) {
            (Some(account_id), Host::Site) => (Caller::User(account_id), None),
            (Some(account_id), Host::Gateway) => {
                (Caller::User(account_id), Some(TOKEN_SCOPES.map(str::to_owned).to_vec()))
            }
            (None, Host::Site) => (Caller::Anonymous { failed: authorization.is_some() }, None),
            (None, Host::Gateway) => return Err(Reply::bad_token()),
        };
        Ok(Authentication { caller, scopes })
    }

    fn user(&self, authorization: &str, host: Host, world: &World) -> Option<String> {
        let (scheme, encoded) = authorization.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
        let (email, token) = decoded.split_once(':')?;
        let (kind, account_id) = self.known.get(token).filter(|_| !self.expired.contains(token))?;
        let fits = match kind {
            TokenKind::Classic => host == Host::Site,
            TokenKind::Scoped => host == Host::Gateway,
        };
        let user = world.users.get(account_id)?;
        (fits && user.active && user.email.eq_ignore_ascii_case(email)).then(|| account_id.clone())
    }
}
