//! The embedded Jira: a strict, in-memory Jira Cloud on loopback, for trying the server and for every test.
//!
//! It has its own readers and validators for everything and uses nothing of the client's side. What it serves is in
//! `sandbox/routes.rs`; what it knows is [`world`]; its own controls are under `/__sandbox/`.

pub mod adf;
mod call;
mod control;
mod exchange;
mod faults;
mod identity;
mod index;
pub mod jql;
mod limits;
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

use identity::{TokenKind, Tokens};
use index::Index;
use server::{Inner, Meanwhile, Site};
use wire::{Loopback, Wire};
use world::{Clock, World};

/// The id by which the gateway knows the site.
const CLOUD_ID: &str = "1f5b0c5e-6a7d-4b39-9c0e-8d2f4a6b7c81";

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
    /// The app that is registered for OAuth.
    pub oauth: OAuthApp,
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
    site: Arc<Site>,
    _stop: watch::Sender<()>,
}

impl Sandbox {
    /// Starts a sandbox on loopback.
    ///
    /// # Errors
    /// When the port cannot be had.
    pub async fn start(options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
        let media = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let world = build_world(&options);
        let (info, tokens) = introduce(&world, listener.local_addr()?.port());
        let lag = SignedDuration::try_from(options.search_lag).unwrap_or(SignedDuration::MAX);
        let index = Index::new(&world, lag);
        let media_url = format!("http://{}", media.local_addr()?);
        let site = Site::new(info, media_url, &options, Inner::new(world, index, tokens));
        let (stop, _) = watch::channel(());
        for listener in [listener, media] {
            let router = Router::new().fallback(server::serve).with_state(Arc::clone(&site));
            let mut stopped = stop.subscribe();
            let server =
                axum::serve(Loopback(listener), router.into_make_service_with_connect_info::<Wire>())
                    .with_graceful_shutdown(async move {
                        // Nothing is ever sent: the error tells that the sandbox is gone.
                        let _ = stopped.changed().await;
                    });
            tokio::spawn(server.into_future());
        }
        Ok(Self { site, _stop: stop })
    }

    /// Every operation of Jira's API that it serves: method and path template, as in Atlassian's documents.
    pub fn operations() -> impl Iterator<Item = (&'static str, &'static str)> {
        routes::all()
    }

    /// How to reach it and as whom.
    #[must_use]
    pub fn info(&self) -> &Info {
        &self.site.info
    }

    /// The latest requests and replies, oldest first.
    #[must_use]
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.site.lock().exchanges.all()
    }

    /// Forgets the requests and replies so far.
    pub fn forget_exchanges(&self) {
        self.site.lock().exchanges.clear();
    }

    /// Makes trouble for requests to come.
    pub fn fail(&self, fault: Fault) {
        self.site.lock().faults.push(fault);
    }

    /// Changes the world right before the next request of a method to a path that contains a text, as somebody else
    /// may who works at the same time.
    pub fn meanwhile(&self, method: &str, path: &str, change: impl FnOnce(&mut World) + Send + 'static) {
        let (method, path) = (method.to_owned(), path.to_owned());
        self.site.lock().meanwhile.push(Meanwhile { method, path, change: Box::new(change) });
    }

    /// Lets a token run out.
    pub fn expire_token(&self, token: &str) {
        self.site.lock().tokens.set_expired(token, true);
    }

    /// What time it is on the site.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.site.lock().world.clock.now()
    }

    /// Moves the site's clock forward.
    pub fn advance_clock(&self, by: Duration) {
        let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
        self.site.lock().world.clock.advance(by);
    }

    /// Reads the world, or changes it without asking Jira's leave.
    pub fn with_world<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        let mut inner = self.site.lock();
        let inner = &mut *inner;
        let seen = look(&mut inner.world);
        inner.index.note(&mut inner.world);
        seen
    }
}

fn build_world(options: &Options) -> World {
    let now = options.now.unwrap_or_else(Timestamp::now);
    let mut world = if options.seed { seed::build(now) } else { seed::empty(now) };
    world.clock = Clock::running_from(options.now);
    world
}

/// Makes tokens for everybody.
fn introduce(world: &World, port: u16) -> (Info, Tokens) {
    let mut tokens = Tokens::default();
    let mut users: Vec<Account> = Vec::new();
    for user in world.users.values().filter(|user| user.active) {
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
    let url = format!("http://127.0.0.1:{port}");
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
            redirect_uri: "http://localhost:8976/callback".into(),
        },
        users,
    };
    (info, tokens)
}
