//! Somebody who has signed in to an embedded Jira, and the folder in which that is kept.

use jira_sandbox::Options;
use mcp_server_jira::auth::{
    App, AuthServer, CloudSite, ConsentRequest, Grant, OAuthGrant, Profile, ProfileName, StorageLocation,
    Store, StoredPerson, Tokens,
};
use secrecy::SecretString;
use tempfile::TempDir;
use url::Url;

use super::oauth::{decide, returned};
use super::{Agent, Jira, http};

/// The scopes that the default toolsets need.
pub(crate) const SCOPES: [&str; 3] = ["read:jira-work", "write:jira-work", "read:jira-user"];

/// A sign-in, kept in a file.
pub(crate) struct SignedIn {
    pub(crate) jira: Jira,
    pub(crate) folder: TempDir,
    pub(crate) store: Store,
}

impl SignedIn {
    /// The administrator's, for the scopes of the default toolsets.
    pub(crate) async fn start() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let jira = Jira::with(options).await;
        let folder = TempDir::new().unwrap();
        let store = Store::new(folder.path()).without_keyring();
        let signed_in = Self { jira, folder, store };
        signed_in.sign_in(&SCOPES).await;
        signed_in
    }

    /// Signs in and keeps that in place of what was there.
    pub(crate) async fn sign_in(&self, scopes: &[&str]) {
        let info = self.jira.info();
        let tokens = consent(&self.jira, scopes).await;
        let grant = OAuthGrant {
            app: app(&self.jira),
            redirect_uri: info.oauth.redirect_uri.parse().unwrap(),
            signed_in_at: jiff::Timestamp::now(),
            tokens: Some(tokens),
        };
        self.keep(Grant::OAuth(grant)).await;
    }

    /// Keeps a way to sign in to the first site as the administrator.
    pub(crate) async fn keep(&self, grant: Grant) {
        let info = self.jira.info();
        let profile = Profile {
            name: ProfileName::default(),
            grant,
            site: CloudSite {
                cloud_id: info.cloud_id.clone(),
                name: "sandbox".into(),
                url: info.url.parse().unwrap(),
            },
            person: StoredPerson {
                account_id: info.users[0].account_id.clone(),
                name: info.users[0].name.clone(),
                email: None,
            },
        };
        let held = self.store.lock(&profile.name).await.unwrap();
        self.store.save(&held, &profile).await.unwrap();
    }

    /// The stored profile.
    pub(crate) async fn profile(&self) -> Profile {
        self.store.load(&ProfileName::default()).await.unwrap().unwrap()
    }

    /// The stored tokens.
    pub(crate) async fn tokens(&self) -> Option<Tokens> {
        let Grant::OAuth(grant) = self.profile().await.grant else { panic!("not OAuth") };
        grant.tokens
    }

    /// Changes the stored tokens.
    pub(crate) async fn change_tokens(&self, change: impl FnOnce(&mut Tokens)) {
        let mut profile = self.profile().await;
        let Grant::OAuth(grant) = &mut profile.grant else { panic!("not OAuth") };
        change(grant.tokens.as_mut().unwrap());
        let held = self.store.lock(&profile.name).await.unwrap();
        self.store.update(&held, &profile).await.unwrap();
    }

    /// A client of a server that signs in with what is stored.
    pub(crate) async fn agent(&self) -> Agent {
        self.agent_with(&[]).await
    }

    /// The same with these variables set.
    pub(crate) async fn agent_with(&self, settings: &[(&str, &str)]) -> Agent {
        let folder = self.folder.path().to_str().unwrap();
        let info = self.jira.info();
        let own = [
            ("JIRA_URL", ""),
            ("JIRA_EMAIL", ""),
            ("JIRA_API_TOKEN", ""),
            ("ATLASSIAN_AUTH_URL", &info.auth_url),
            ("JIRA_CONFIG_DIR", folder),
        ];
        let all: Vec<_> = settings.iter().copied().chain(own).collect();
        self.jira.agent_with(&all).await
    }

    /// The environment of a server process that signs in with what is stored, and no other variable.
    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        let info = self.jira.info();
        [
            ("ATLASSIAN_API_URL", info.api_url.as_str()),
            ("ATLASSIAN_AUTH_URL", &info.auth_url),
            ("JIRA_CONFIG_DIR", self.folder.path().to_str().unwrap()),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }

    /// Keeps the sign-in in the system's keyring, which must be there.
    pub(crate) async fn move_into_keyring(&self) {
        let profile = self.profile().await;
        let store = Store::new(self.folder.path());
        let held = store.lock(&profile.name).await.unwrap();
        let stored = store.save(&held, &profile).await.unwrap();
        assert_eq!(stored.location, StorageLocation::Keyring, "{:?}", stored.fallback_reason);
    }

    /// The number of exchanges of a new refresh token, and of a used one, over all sign-ins.
    pub(crate) fn renewals(&self) -> (u32, u32) {
        let families = self.jira.sandbox.oauth().families;
        (families.iter().map(|f| f.refreshes).sum(), families.iter().map(|f| f.reuses).sum())
    }
}

/// The app that the embedded Jira knows.
pub(crate) fn app(jira: &Jira) -> App {
    let oauth = &jira.info().oauth;
    App {
        client_id: oauth.client_id.clone(),
        client_secret: SecretString::from(oauth.client_secret.as_str()),
    }
}

/// Tokens for these scopes, as our own code asks for them and gets them.
pub(crate) async fn consent(jira: &Jira, scopes: &[&str]) -> Tokens {
    let info = jira.info();
    let (http, app) = (http(), app(jira));
    let auth_url: Url = info.auth_url.parse().unwrap();
    let api_url: Url = info.api_url.parse().unwrap();
    let redirect_uri: Url = info.oauth.redirect_uri.parse().unwrap();
    let request =
        ConsentRequest::new(&auth_url, &app.client_id, &redirect_uri, scopes.iter().copied()).unwrap();
    let user = &info.users[0].account_id;
    let response = decide(&http, request.url.as_str(), "accept", user, &info.cloud_id).await;
    let code = SecretString::from(returned(&response, "code").expect("consent gives a code"));
    AuthServer::new(&http, &auth_url, &api_url)
        .exchange_code(&app, &redirect_uri, &code, &request.verifier)
        .await
        .unwrap()
}
