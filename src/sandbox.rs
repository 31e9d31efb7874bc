//! The embedded Jira: a strict, in-memory Jira Cloud on loopback, for trying the server and for every test.
//!
//! It has its own readers and validators for everything and uses nothing of the client's side. What it serves is in
//! `sandbox/routes.rs`; what it knows is [`world`]; its own controls are under `/__sandbox/`.

pub mod adf;
mod asked;
mod call;
mod cloud;
mod control;
mod exchange;
mod faults;
mod identity;
mod index;
pub mod jql;
mod limits;
mod oauth;
mod reply;
mod rest;
mod routes;
pub mod seed;
mod server;
mod view;
mod wire;
pub mod world;

use std::{io, net::Ipv4Addr, sync::Arc, time::Duration};

use axum::Router;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use tokio::{net::TcpListener, sync::watch};

pub use exchange::Exchange;
pub use faults::{Fault, Trouble};
pub use oauth::{End, FamilyState, OAuthChange, OAuthState};

use cloud::Cloud;
use identity::{TokenKind, Tokens};
use index::Index;
use oauth::Authority;
use server::{Front, Inner, Meanwhile, Site};
use wire::{Loopback, Wire};
use world::{Clock, ProjectKind, Value, World};

/// The id by which the gateway knows the first site.
const CLOUD_ID: &str = "1f5b0c5e-6a7d-4b39-9c0e-8d2f4a6b7c81";

/// The service account: account id, name, e-mail.
const ROBOT: (&str, &str, &str) = (
    "712020:a4b7e6d1-95f2-4c38-8d0b-27f36c1e9a50",
    "Release Robot",
    "release-robot@serviceaccount.atlassian.com",
);

/// How a sandbox is to be. The default: any free port, the real time, the seeded world, no trouble.
#[derive(Debug, Clone)]
pub struct Options {
    /// Port on loopback; 0 for any that is free.
    pub port: u16,
    /// The time at which the site starts; the real time when absent. The seed is laid relative to it.
    pub now: Option<Timestamp>,
    /// Whether the site starts with projects and issues; with users only when not.
    pub seed: bool,
    /// How long search does not know what was written.
    pub search_lag: Duration,
    /// Whether pages of search hold fewer issues than asked for, as Jira's may.
    pub short_pages: bool,
    /// How long each reply takes at least.
    pub latency: Duration,
    /// How many sites there are. Those after the first have the same people and one project, `LAB`.
    pub sites: usize,
    /// How long an access token works.
    pub access_token_ttl: Duration,
    /// How long a refresh token that was used can be used again.
    pub refresh_reuse_leeway: Duration,
    /// The address to which the app's users are sent back.
    pub redirect_uri: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            now: None,
            seed: true,
            search_lag: Duration::ZERO,
            short_pages: false,
            latency: Duration::ZERO,
            sites: 1,
            access_token_ttl: Duration::from_secs(3600),
            refresh_reuse_leeway: Duration::from_secs(600),
            redirect_uri: "http://localhost:8976/callback".into(),
        }
    }
}

/// What one needs to use a sandbox; serialized, the line that `mcp-server-jira sandbox` prints.
#[derive(Debug, Clone, Serialize)]
pub struct Info {
    /// The site, such as `http://127.0.0.1:4711`.
    pub url: String,
    /// What stands for `https://api.atlassian.com`.
    pub api_url: String,
    /// What stands for `https://auth.atlassian.com`.
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
pub struct SiteInfo {
    /// Its id at the gateway.
    pub cloud_id: String,
    /// Its name in an app's list of sites.
    pub name: String,
    /// Its own address.
    pub url: String,
}

impl SiteInfo {
    fn numbered(number: usize, url: String) -> Self {
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

/// A running sandbox. It stops when this is dropped.
#[derive(Debug)]
pub struct Sandbox {
    cloud: Arc<Cloud>,
    _stop: watch::Sender<()>,
}

impl Sandbox {
    /// Starts a sandbox on loopback.
    ///
    /// # Errors
    /// When the port cannot be had.
    pub async fn start(options: Options) -> io::Result<Self> {
        let mut listeners = Vec::new();
        let mut places = Vec::new();
        for number in 0..options.sites.max(1) {
            let port = if number == 0 { options.port } else { 0 };
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
            let media = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
            places.push(SiteInfo::numbered(number, format!("http://{}", listener.local_addr()?)));
            listeners.push((number, listener));
            listeners.push((number, media));
        }
        let first = build_world(&options);
        let (info, tokens) = introduce(&first, &options, places);
        let lag = SignedDuration::try_from(options.search_lag).unwrap_or(SignedDuration::MAX);
        let mut worlds = vec![first];
        worlds.extend(info.sites.iter().skip(1).map(|_| build_lab(&options)));
        let media = listeners.iter().skip(1).step_by(2).map(|(_, media)| media.local_addr());
        let mut sites = Vec::new();
        for ((place, world), media) in info.sites.iter().zip(worlds).zip(media) {
            let media = format!("http://{}", media?);
            let index = Index::new(&world, lag);
            sites.push(Site::new(place, media, &options, Inner::new(world, index, tokens.clone())));
        }
        let authority = Authority::new(&info, options.access_token_ttl, options.refresh_reuse_leeway);
        let cloud = Arc::new(Cloud::new(info, sites, authority));
        let (stop, _) = watch::channel(());
        for (site, listener) in listeners {
            let front = Front { cloud: Arc::clone(&cloud), site };
            let router = Router::new().fallback(server::serve).with_state(front);
            let mut stopped = stop.subscribe();
            let server =
                axum::serve(Loopback(listener), router.into_make_service_with_connect_info::<Wire>())
                    .with_graceful_shutdown(async move {
                        // Nothing is ever sent: the error tells that the sandbox is gone.
                        let _ = stopped.changed().await;
                    });
            tokio::spawn(server.into_future());
        }
        Ok(Self { cloud, _stop: stop })
    }

    /// Every operation of Jira's API that it serves: method and path template, as in Atlassian's documents.
    pub fn operations() -> impl Iterator<Item = (&'static str, &'static str)> {
        routes::all().map(|route| (route.method, route.path))
    }

    /// The scopes that an app needs for each of these operations, as in Atlassian's documents.
    pub fn scopes() -> impl Iterator<Item = (&'static str, &'static str, Vec<&'static str>)> {
        routes::all().map(|route| (route.method, route.path, route.scopes.split_whitespace().collect()))
    }

    /// How to reach it and as whom.
    #[must_use]
    pub fn info(&self) -> &Info {
        &self.cloud.info
    }

    /// The latest requests and replies, oldest first.
    #[must_use]
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.cloud.home().lock().exchanges.all()
    }

    /// Forgets the requests and replies so far.
    pub fn forget_exchanges(&self) {
        self.cloud.home().lock().exchanges.clear();
    }

    /// Makes trouble for requests to come.
    pub fn fail(&self, fault: Fault) {
        self.cloud.home().lock().faults.push(fault);
    }

    /// Changes the world right before the next request of a method to a path that contains a text, as somebody else
    /// may who works at the same time.
    pub fn meanwhile(&self, method: &str, path: &str, change: impl FnOnce(&mut World) + Send + 'static) {
        let (method, path) = (method.to_owned(), path.to_owned());
        self.cloud.home().lock().meanwhile.push(Meanwhile { method, path, change: Box::new(change) });
    }

    /// Lets a token run out.
    pub fn expire_token(&self, token: &str) {
        self.cloud.expire(token, true);
    }

    /// What time it is on the site.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.cloud.home().lock().world.clock.now()
    }

    /// Moves the clocks of all sites forward.
    pub fn advance_clock(&self, by: Duration) {
        let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
        self.cloud.advance(by);
    }

    /// What became of the sign-ins of apps.
    #[must_use]
    pub fn oauth(&self) -> OAuthState {
        oauth::state(&self.cloud)
    }

    /// Lets something happen to the sign-ins of apps.
    pub fn change_oauth(&self, change: OAuthChange) {
        oauth::change(&self.cloud, change);
    }

    /// Reads the world, or changes it without asking Jira's leave.
    pub fn with_world<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        let mut inner = self.cloud.home().lock();
        let inner = &mut *inner;
        let seen = look(&mut inner.world);
        inner.index.note(&mut inner.world);
        seen
    }
}

fn build_world(options: &Options) -> World {
    let now = options.now.unwrap_or_else(Timestamp::now);
    let mut world = if options.seed { seed::build(now) } else { seed::empty(now) };
    add_robot(&mut world);
    world.clock = Clock::running_from(options.now);
    world
}

/// Makes a site after the first.
fn build_lab(options: &Options) -> World {
    let mut world = seed::empty(options.now.unwrap_or_else(Timestamp::now));
    let lead = seed::PEOPLE[0].account_id;
    let project = world.create_project("LAB", "Laboratory", ProjectKind::Software, lead);
    if let Some(task) = world.type_named(project, "Task").map(|task| task.id) {
        let summary = Value::Text("Try the new label printer".into());
        world.create_issue(lead, project, task, vec![("summary", summary)]);
    }
    add_robot(&mut world);
    world.clock = Clock::running_from(options.now);
    world
}

/// Adds the service account, which works where developers do.
fn add_robot(world: &mut World) {
    let robot = world.add_user(ROBOT.0, ROBOT.1, ROBOT.2);
    world.add_to_group("developers", &robot);
    if let Some(user) = world.users.get_mut(&robot) {
        user.account_type = "app".into();
        user.email_visible = false;
    }
}

/// Makes tokens for everybody.
fn introduce(world: &World, options: &Options, sites: Vec<SiteInfo>) -> (Info, Tokens) {
    let mut tokens = Tokens::default();
    let mut users: Vec<Account> = Vec::new();
    for user in world.users.values().filter(|user| user.active && user.account_type != "app") {
        let nick: String =
            user.email.chars().take_while(|c| *c != '@').map(|c| if c == '.' { '_' } else { c }).collect();
        let api_token = format!("ATATT3xFfGF0classic_{nick}_0C1D2E3F");
        tokens.add(&api_token, TokenKind::Classic, &user.account_id);
        users.push(Account {
            account_id: user.account_id.clone(),
            name: user.name.clone(),
            email: user.email.clone(),
            api_token,
        });
    }
    let place = |account: &Account| seed::PEOPLE.iter().position(|p| p.account_id == account.account_id);
    users.sort_by_key(place);
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
            account_id: ROBOT.0.into(),
            name: ROBOT.1.into(),
            client_id: "Zx81sandboxRobotId5QwE2".into(),
            client_secret: "ATOAsandboxRobotSecret7Hn3Js9Pd1Kf".into(),
        },
        sites,
        users,
    };
    (info, tokens)
}
