//! Authentication of requests.
//!
//! [`Authenticator`] is the place for further ways: what comes out of each is a [`Principal`], and nothing behind it
//! knows which way it was. A server with OAuth tokens of its own would be a third variant, beside its own metadata
//! routes.

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode};

use super::client_tokens::ClientTokens;
use super::credential::{authorization, bearer_token, single_header};
use super::principal::{Principal, Quota};
use super::principal_cache::PrincipalCache;
use super::refusal::{Reason, Refusal};
use crate::error::Result;
use crate::jira::Client;

/// The header that names the site, where there is more than one.
const SITE_HEADER: &str = "jira-site";

/// The way in which this server finds out whose request it is.
#[derive(Debug)]
pub(super) enum Authenticator {
    /// Every request is for the settings' account; with tokens, only one that brings one of them.
    Server { tokens: Option<ClientTokens>, principal: Arc<Principal> },
    /// Each request brings its own account.
    Request(Box<PrincipalCache>),
}

impl Authenticator {
    /// An authenticator that answers every request as one account.
    pub(super) fn server(client: Result<Client>, tokens: Option<ClientTokens>) -> Self {
        let quota = Arc::new(Quota::of_shared_account());
        Self::Server { tokens, principal: Arc::new(Principal { name: "server".into(), client, quota }) }
    }

    /// Finds out whose request has these headers.
    pub(super) async fn authenticate(
        &self,
        headers: &HeaderMap,
    ) -> std::result::Result<Arc<Principal>, Refusal> {
        match self {
            Self::Server { tokens: None, principal } => Ok(Arc::clone(principal)),
            Self::Server { tokens: Some(tokens), principal } => {
                let given = authorization(headers)?.and_then(bearer_token);
                if given.is_some_and(|token| tokens.contains(token)) {
                    return Ok(Arc::clone(principal));
                }
                let text = "Send one of this server's tokens as `Authorization: Bearer ...`.";
                Err(Refusal::new(StatusCode::UNAUTHORIZED, Reason::Identity, text).challenging("Bearer"))
            }
            Self::Request(cache) => {
                let site = single_header(headers, SITE_HEADER)?;
                let (site, credential) = cache.requested_account(site, authorization(headers)?)?;
                cache.verify(&site, credential).await
            }
        }
    }

    /// The number of principals that count as verified at this moment.
    pub(super) fn verified(&self) -> usize {
        match self {
            Self::Server { .. } => 1,
            Self::Request(cache) => cache.verified(),
        }
    }
}
