#![doc = include_str!("../README.md")]

pub mod adf;
mod call;
mod cloud;
mod connection;
mod control;
mod exchange;
mod faults;
mod identity;
mod index;
mod info;
pub mod jql;
mod limits;
mod oauth;
mod options;
mod reply;
mod request;
mod rest;
mod routes;
pub mod seed;
mod server;
mod site;
mod view;
pub mod world;

use std::{io, net::Ipv4Addr, sync::Arc, time::Duration};

use axum::Router;
use jiff::{SignedDuration, Timestamp};
use tokio::{net::TcpListener, sync::watch};

pub use exchange::Exchange;
pub use faults::{Fault, Trouble};
pub use info::{Account, Info, OAuthApp, ServiceAccount, SiteInfo};
pub use oauth::{EndReason, FamilyState, OAuthChange, OAuthState};
pub use options::Options;

use cloud::Cloud;
use connection::{ConnectionCutter, CuttableListener};
use index::Index;
use oauth::Authority;
use server::ListenerState;
use site::{ScheduledChange, Site, SiteState};
use world::{Clock, ProjectKind, Value, World};

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
    /// An error when the port cannot be had.
    pub async fn start(options: Options) -> io::Result<Self> {
        let mut listeners = Vec::new();
        let mut site_infos = Vec::new();
        for number in 0..options.sites.max(1) {
            let port = if number == 0 { options.port } else { 0 };
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
            let media = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
            site_infos.push(SiteInfo::numbered(number, format!("http://{}", listener.local_addr()?)));
            listeners.push((number, listener));
            listeners.push((number, media));
        }
        let first = build_world(&options);
        let (info, tokens) = info::create_accounts(&first, &options, site_infos);
        let lag = SignedDuration::try_from(options.search_lag).unwrap_or(SignedDuration::MAX);
        let mut worlds = vec![first];
        worlds.extend(info.sites.iter().skip(1).map(|_| build_lab(&options)));
        let media = listeners.iter().skip(1).step_by(2).map(|(_, media)| media.local_addr());
        let mut sites = Vec::new();
        for ((site_info, world), media) in info.sites.iter().zip(worlds).zip(media) {
            let media = format!("http://{}", media?);
            let index = Index::new(&world, lag);
            sites.push(Site::new(site_info, media, &options, SiteState::new(world, index, tokens.clone())));
        }
        let authority = Authority::new(&info, options.access_token_ttl, options.refresh_reuse_leeway);
        let cloud = Arc::new(Cloud::new(info, sites, authority));
        let (stop, _) = watch::channel(());
        for (site, listener) in listeners {
            let state = ListenerState { cloud: Arc::clone(&cloud), site };
            let router = Router::new().fallback(server::serve).with_state(state);
            let mut stopped = stop.subscribe();
            let server = axum::serve(
                CuttableListener(listener),
                router.into_make_service_with_connect_info::<ConnectionCutter>(),
            )
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

    /// Its addresses, accounts and tokens.
    #[must_use]
    pub fn info(&self) -> &Info {
        &self.cloud.info
    }

    /// The latest requests and replies, oldest first.
    #[must_use]
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.cloud.first_site().lock().exchanges.all()
    }

    /// Forgets the requests and replies so far.
    pub fn forget_exchanges(&self) {
        self.cloud.first_site().lock().exchanges.clear();
    }

    /// Makes trouble for requests to come.
    pub fn fail(&self, fault: Fault) {
        self.cloud.first_site().lock().faults.push(fault);
    }

    /// Changes the world right before the next request of a method to a path that contains a text, as somebody else
    /// may who works at the same time.
    pub fn meanwhile(&self, method: &str, path: &str, change: impl FnOnce(&mut World) + Send + 'static) {
        let (method, path) = (method.to_owned(), path.to_owned());
        self.cloud.first_site().lock().meanwhile.push(ScheduledChange {
            method,
            path,
            change: Box::new(change),
        });
    }

    /// Lets a token run out.
    pub fn expire_token(&self, token: &str) {
        self.cloud.expire(token, true);
    }

    /// The time on the site.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.cloud.first_site().lock().world.clock.now()
    }

    /// Moves the clocks of all sites forward.
    pub fn advance_clock(&self, by: Duration) {
        let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
        self.cloud.advance(by);
    }

    /// The state of the sign-ins of apps.
    #[must_use]
    pub fn oauth(&self) -> OAuthState {
        oauth::state(&self.cloud)
    }

    /// Makes a change to the sign-ins of apps.
    pub fn change_oauth(&self, change: OAuthChange) {
        oauth::change(&self.cloud, change);
    }

    /// Reads the world, or changes it without asking Jira's leave.
    pub fn with_world<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        let mut state = self.cloud.first_site().lock();
        let state = &mut *state;
        let seen = look(&mut state.world);
        state.index.record_changes(&mut state.world);
        seen
    }
}

fn build_world(options: &Options) -> World {
    let now = options.now.unwrap_or_else(Timestamp::now);
    let mut world = if options.seed { seed::build(now) } else { seed::empty(now) };
    info::add_service_account(&mut world);
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
    info::add_service_account(&mut world);
    world.clock = Clock::running_from(options.now);
    world
}
