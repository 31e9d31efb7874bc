//! A load generator: what calls over HTTP take, what idle sessions cost, and whether memory stays flat.
//!
//! ```text
//! load SERVER calls [PEER]     calls a second and how long they take; beside mcp-atlassian, where PEER is its program
//! load SERVER idle             what an idle session holds, without and with an open stream
//! load SERVER flat [CALLS]     what the server holds after a tenth of so many calls (100,000), and after all of them
//! ```
//!
//! Everything runs on this machine and is started here: SERVER, PEER, and an embedded Jira whose replies are repeated
//! from memory, so that what is measured is not how fast that Jira is.

mod processes;
mod replies;
mod wire;

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use processes::{Jira, Server};
use wire::{Client, Era};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Clients that call at the same time, in each measurement.
const CLIENT_COUNTS: [usize; 3] = [1, 8, 64];
/// The time for which they call.
const MEASURED_TIME: Duration = Duration::from_secs(8);
/// Idle sessions that are opened.
const IDLE_SESSIONS: usize = 2_000;
/// Memory that an idle session may hold, in KiB: without a stream, with one.
const MAX_SESSION_KIB: [usize; 2] = [64, 90];
/// Clients that make the calls after which memory is measured.
const CALLERS: usize = 16;
/// Memory that a server may hold after all calls beyond what it held after the first tenth of them, in KiB.
const MAX_GROWTH_KIB: usize = 2_048;
/// Memory that a server may hold after all calls, in KiB.
const MAX_RESIDENT_KIB: usize = 20 * 1_024;
/// Growth that each thread of the server's runtime may add, in KiB: each warms up in its own time.
const MAX_THREAD_GROWTH_KIB: usize = 128;
/// Memory that each thread of the server's runtime may add, in KiB: each has a heap of its own.
const MAX_THREAD_RESIDENT_KIB: usize = 1_024;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [server, "calls"] => calls(server, None).await,
        [server, "calls", peer] => calls(server, Some(peer)).await,
        [server, "idle"] => idle(server).await,
        [server, "flat"] => flat(server, 100_000).await,
        [server, "flat", count] => flat(server, count.parse()?).await,
        _ => Err("load SERVER calls [PEER] | idle | flat [CALLS]".into()),
    }
}

async fn calls(server: &str, peer: Option<&str>) -> Outcome<()> {
    let jira = Jira::start(server).await?;
    let ours = Server::ours(server, &jira)?;
    let peer = match peer {
        Some(program) => Some(Server::peer(program, &jira).await?),
        None => None,
    };
    for clients in CLIENT_COUNTS {
        let rate = measure("this server, sessions", &ours, Era::Sessions, clients).await?;
        measure("this server, stateless", &ours, Era::Stateless, clients).await?;
        if let Some(peer) = &peer {
            let theirs = measure("mcp-atlassian, sessions", peer, Era::Sessions, clients).await?;
            println!("figure: {clients} clients: {:.1} times the calls of mcp-atlassian", rate / theirs);
        }
    }
    Ok(())
}

/// Lets so many clients call for a while, and tells how many calls a second that were.
async fn measure(who: &str, server: &Server, era: Era, clients: usize) -> Outcome<f64> {
    let mut open = Vec::new();
    for _ in 0..clients {
        let mut client = Client::open(&server.address, era).await?;
        client.call(server.tool, &server.arguments).await?;
        open.push(client);
    }
    let (start, worked) = (Instant::now(), server.process.cpu()?);
    let tasks: Vec<_> = open
        .into_iter()
        .map(|client| {
            tokio::spawn(call_until(client, server.tool, server.arguments.clone(), start + MEASURED_TIME))
        })
        .collect();
    let mut took = Vec::new();
    for task in tasks {
        took.extend(task.await??);
    }
    let (passed, worked) = (start.elapsed(), server.process.cpu()? - worked);
    took.sort();
    let at = |percent: usize| took[(took.len() - 1) * percent / 100].as_secs_f64() * 1e3;
    let rate = took.len() as f64 / passed.as_secs_f64();
    let each = worked.as_secs_f64() * 1e3 / took.len() as f64;
    let (half, most) = (at(50), at(99));
    println!(
        "figure: {who}, {clients} clients: {rate:.0} calls/s, p50 {half:.2} ms, p99 {most:.2} ms ({:.1} times), \
         {each:.2} ms of CPU a call",
        most / half
    );
    Ok(rate)
}

async fn call_until(
    mut client: Client,
    tool: &'static str,
    arguments: Value,
    end: Instant,
) -> Outcome<Vec<Duration>> {
    let mut took = Vec::new();
    while Instant::now() < end {
        let start = Instant::now();
        client.call(tool, &arguments).await?;
        took.push(start.elapsed());
    }
    Ok(took)
}

async fn idle(server: &str) -> Outcome<()> {
    let jira = Jira::start(server).await?;
    for (streaming, most) in [false, true].into_iter().zip(MAX_SESSION_KIB) {
        let server = Server::ours(server, &jira)?;
        // What a server needs once, it has after the first.
        let mut first = Client::open(&server.address, Era::Sessions).await?;
        first.call(server.tool, &server.arguments).await?;
        let (before, mut kept) = (server.process.resident()?, Vec::new());
        for _ in 0..IDLE_SESSIONS {
            let mut client = Client::open(&server.address, Era::Sessions).await?;
            if streaming {
                client.listen().await?;
                kept.push(client);
            }
        }
        // The server closes the connections of those that are gone.
        tokio::time::sleep(Duration::from_secs(1)).await;
        let each = server.process.resident()?.saturating_sub(before) / IDLE_SESSIONS;
        let what = if streaming { "with an open stream" } else { "without a stream" };
        println!("figure: {IDLE_SESSIONS} idle sessions {what}: {each} KiB each (at most {most})");
    }
    Ok(())
}

async fn flat(server: &str, count: usize) -> Outcome<()> {
    let jira = Jira::start(server).await?;
    for (name, era) in [("sessions", Era::Sessions), ("stateless", Era::Stateless)] {
        let server = Server::ours(server, &jira)?;
        let mut clients = Vec::new();
        for _ in 0..CALLERS {
            clients.push(Client::open(&server.address, era).await?);
        }
        let mut held = Vec::new();
        for tenth in 1..=10 {
            let left = Arc::new(AtomicUsize::new(count / 10));
            let tasks: Vec<_> = clients
                .into_iter()
                .map(|client| {
                    tokio::spawn(call_until_done(
                        client,
                        server.tool,
                        server.arguments.clone(),
                        Arc::clone(&left),
                    ))
                })
                .collect();
            clients = Vec::new();
            for task in tasks {
                clients.push(task.await??);
            }
            held.push(server.process.resident()?);
            eprintln!("{name}: {} KiB after {} calls", held[tenth - 1], count / 10 * tenth);
        }
        let (first, last) = (held[0], held[9]);
        println!(
            "figure: {name}: {:.1} MiB after {} calls, {:.1} MiB after {count}",
            first as f64 / 1024.0,
            count / 10,
            last as f64 / 1024.0
        );
        // The runtime has a thread for each core.
        let threads = std::thread::available_parallelism()?.get();
        let max_growth = MAX_GROWTH_KIB + threads * MAX_THREAD_GROWTH_KIB;
        if last > first + max_growth {
            return Err(
                format!("memory grew by {} KiB; at most {max_growth} are allowed", last - first).into()
            );
        }
        let max_resident = MAX_RESIDENT_KIB + threads * MAX_THREAD_RESIDENT_KIB;
        if last > max_resident {
            return Err(format!("{last} KiB are in memory; at most {max_resident} are allowed").into());
        }
    }
    Ok(())
}

/// Calls until none is left to make.
async fn call_until_done(
    mut client: Client,
    tool: &'static str,
    arguments: Value,
    left: Arc<AtomicUsize>,
) -> Outcome<Client> {
    let take = |left: usize| left.checked_sub(1);
    while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok() {
        client.call(tool, &arguments).await?;
    }
    Ok(client)
}
