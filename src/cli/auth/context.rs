//! The context of the commands around signing in.

use crate::auth::login::Atlassian;
use crate::auth::{Account, App, Credentials, Grant, ProfileName, Session, is_local};
use crate::cli::terminal::Terminal;
use crate::config::{Config, SignInSettings};
use crate::error::Result;
use crate::server::JiraServer;
use crate::tools;

/// Settings, connections and server that each of the commands works with.
pub(super) struct Context {
    pub(super) settings: SignInSettings,
    pub(super) atlassian: Atlassian,
    pub(super) server: JiraServer,
    pub(super) terminal: Terminal,
}

impl Context {
    pub(super) fn new(settings: SignInSettings, config: Config) -> Result<Self> {
        let (auth_url, api_url) = (settings.auth_url.clone(), settings.api_url.clone());
        let http = crate::jira::Pool::default().connect(is_local(&api_url))?;
        let atlassian = Atlassian { http, auth_url, api_url };
        Ok(Self { settings, atlassian, server: tools::server(config)?, terminal: Terminal::default() })
    }

    /// A stored profile's sign-in, as a server would use it.
    pub(super) fn session(&self, name: &ProfileName) -> Session {
        let account = Account {
            site: None,
            pick: None,
            credentials: Credentials::Stored {
                store: self.settings.store.clone(),
                name: name.clone(),
                only: None,
            },
            api_url: self.atlassian.api_url.clone(),
            auth_url: self.atlassian.auth_url.clone(),
            cloud_id: None,
        };
        Session::new(Ok(account), self.atlassian.http.clone())
    }

    /// The app of a stored profile, of the one to sign in to before others, with that profile's name.
    pub(super) async fn known_app(&self) -> Option<(ProfileName, App)> {
        let store = &self.settings.store;
        let mut names = vec![self.settings.profile.clone()];
        names.extend(store.list().await.unwrap_or_default());
        for name in names {
            // One that cannot be read has no app to offer.
            if let Ok(Some(profile)) = store.load(&name).await
                && let Grant::OAuth(grant) = profile.grant
            {
                return Some((name, grant.app));
            }
        }
        None
    }
}
