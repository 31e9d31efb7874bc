//! Accounts, addresses and tokens of a sandbox: the first line that `mcp-server-jira sandbox` prints.

use serde::Serialize;

use super::{
    identity::{ApiTokens, TokenKind},
    options::Options,
    seed,
    world::World,
};

/// The id by which the gateway knows the first site.
const CLOUD_ID: &str = "1f5b0c5e-6a7d-4b39-9c0e-8d2f4a6b7c81";

/// The service account: account id, name, e-mail.
const SERVICE_ACCOUNT: (&str, &str, &str) = (
    "712020:a4b7e6d1-95f2-4c38-8d0b-27f36c1e9a50",
    "Release Robot",
    "release-robot@serviceaccount.atlassian.com",
);

/// Addresses, accounts and tokens of a sandbox; serialized, the line that `mcp-server-jira sandbox` prints.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Info {
    /// The site, such as `http://127.0.0.1:4711`.
    pub url: String,
    /// Address that stands for `https://api.atlassian.com`.
    pub api_url: String,
    /// Address that stands for `https://auth.atlassian.com`.
    pub auth_url: String,
    /// The site's id at the gateway.
    pub cloud_id: String,
    /// The administrator.
    pub email: String,
    /// The administrator's token for the site.
    pub api_token: String,
    /// The administrator's token for the gateway.
    pub scoped_api_token: String,
    /// The app that is registered for OAuth. The administrator owns it, and only its owner may give it access until
    /// it is shared.
    pub oauth: OAuthApp,
    /// An account without a person, and its credential.
    pub service_account: ServiceAccount,
    /// Every site; the first is the one above.
    pub sites: Vec<SiteInfo>,
    /// Everybody; the first is the administrator, others hold fewer permissions.
    pub users: Vec<Account>,
}

/// An app that users can give access.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct OAuthApp {
    /// Its id.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// The one address to which consent leads back.
    pub redirect_uri: String,
}

/// A service account and its OAuth credential, for the grant type `client_credentials`.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct ServiceAccount {
    /// Jira's id.
    pub account_id: String,
    /// Display name.
    pub name: String,
    /// Id of the credential.
    pub client_id: String,
    /// Secret of the credential.
    pub client_secret: String,
}

/// A site.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct SiteInfo {
    /// Its id at the gateway.
    pub cloud_id: String,
    /// Its name in an app's list of sites.
    pub name: String,
    /// Its own address.
    pub url: String,
}

impl SiteInfo {
    pub(super) fn numbered(number: usize, url: String) -> Self {
        match number {
            0 => Self { cloud_id: CLOUD_ID.into(), name: "sandbox".into(), url },
            _ => Self {
                cloud_id: format!("9e0d4f27-c1a8-4b65-b3f0-{number:012x}"),
                name: format!("sandbox-{}", number + 1),
                url,
            },
        }
    }
}

/// A user of the sandbox and how to be that user.
#[derive(Debug, Clone, Serialize)]
pub struct Account {
    /// Jira's id.
    pub account_id: String,
    /// Display name.
    pub name: String,
    /// E-mail.
    pub email: String,
    /// Token for the site.
    pub api_token: String,
}

/// Adds the service account, which works where developers do.
pub(super) fn add_service_account(world: &mut World) {
    let account_id = world.add_user(SERVICE_ACCOUNT.0, SERVICE_ACCOUNT.1, SERVICE_ACCOUNT.2);
    world.add_to_group("developers", &account_id);
    if let Some(user) = world.users.get_mut(&account_id) {
        user.account_type = "app".into();
        user.email_visible = false;
    }
}

/// Makes API tokens for everybody, and describes the sandbox.
pub(super) fn create_accounts(world: &World, options: &Options, sites: Vec<SiteInfo>) -> (Info, ApiTokens) {
    let mut tokens = ApiTokens::default();
    let mut users: Vec<Account> = Vec::new();
    for user in world.users.values().filter(|user| user.active && user.account_type != "app") {
        let local_part: String =
            user.email.chars().take_while(|c| *c != '@').map(|c| if c == '.' { '_' } else { c }).collect();
        let api_token = format!("ATATT3xFfGF0classic_{local_part}_0C1D2E3F");
        tokens.add(&api_token, TokenKind::Classic, &user.account_id);
        users.push(Account {
            account_id: user.account_id.clone(),
            name: user.name.clone(),
            email: user.email.clone(),
            api_token,
        });
    }
    let seed_order = |account: &Account| seed::PEOPLE.iter().position(|p| p.account_id == account.account_id);
    users.sort_by_key(seed_order);
    let url = sites[0].url.clone();
    let scoped_api_token = "ATATT3xFfGF0scoped_4A5B6C7D8E9F".to_owned();
    let first = users.first();
    if let Some(first) = first {
        tokens.add(&scoped_api_token, TokenKind::Scoped, &first.account_id);
    }
    let info = Info {
        api_url: url.clone(),
        auth_url: url.clone(),
        url,
        cloud_id: CLOUD_ID.into(),
        email: first.map_or_else(String::new, |u| u.email.clone()),
        api_token: first.map_or_else(String::new, |u| u.api_token.clone()),
        scoped_api_token,
        oauth: OAuthApp {
            client_id: "Qm2vTnY7sandboxClientId0LkP4".into(),
            client_secret: "ATOAsandboxSecret9fKx2Lr7Vd5Bq1Zt8Wc3".into(),
            redirect_uri: options.redirect_uri.clone(),
        },
        service_account: ServiceAccount {
            account_id: SERVICE_ACCOUNT.0.into(),
            name: SERVICE_ACCOUNT.1.into(),
            client_id: "Zx81sandboxRobotId5QwE2".into(),
            client_secret: "ATOAsandboxRobotSecret7Hn3Js9Pd1Kf".into(),
        },
        sites,
        users,
    };
    (info, tokens)
}
