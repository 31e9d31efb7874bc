//! Many server processes with one sign-in that has ended, some of them killed at any instant: one renewal for all, and
//! nobody is signed out. `.ci/signin/run` does the same for longer, and with a keyring.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use jira_sandbox::{Fault, OAuthChange, Trouble};
use serde_json::{Value, json};

use crate::support::signed_in::SignedIn;

const SERVERS: usize = 16;
const ROUNDS: usize = 4;
/// Of them, killed in each second round.
const VICTIMS: usize = 4;

/// A server as a client starts it.
struct Server {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Server {
    fn start(environment: &[(String, String)]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_mcp-server-jira"))
            .env_clear()
            .envs(environment.iter().cloned())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let input = process.stdin.take().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let mut server = Self { process, input, output };
        let about = json!({
            "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "race", "version": "1"},
        });
        server.ask("initialize", about);
        server.say(json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        server
    }

    fn say(&mut self, message: Value) {
        writeln!(self.input, "{message}").unwrap();
    }

    /// Asks; what comes back, nothing where the process ended before.
    fn ask(&mut self, method: &str, params: Value) -> Option<Value> {
        self.say(json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}));
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).ok()
    }

    fn call(&mut self) -> Option<Value> {
        let arguments = json!({"jql": "project = DEMO", "limit": 1});
        self.ask("tools/call", json!({"name": "search_issues", "arguments": arguments}))
    }

    /// A call that must succeed.
    fn work(&mut self) {
        let answer = self.call().expect("the server is still there");
        assert_ne!(answer["result"]["isError"], true, "{answer}");
        assert!(answer["result"]["structuredContent"]["issues"].is_array(), "{answer}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have been killed already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_processes_stay_signed_in_also_when_some_are_killed() {
    let signed_in = SignedIn::start().await;
    let environment = signed_in.environment();
    let start = || {
        let environment = environment.clone();
        async move { tokio::task::spawn_blocking(move || Server::start(&environment)).await.unwrap() }
    };
    let mut servers = Vec::new();
    for _ in 0..SERVERS {
        servers.push(start().await);
    }
    // Time to be killed in, between Atlassian's answer and the store.
    let slow = Fault::new("POST", "/oauth/token", Trouble::Latency { ms: 100 });
    signed_in.jira.sandbox.fail(slow.times(u32::MAX));
    for round in 0..ROUNDS {
        while servers.len() < SERVERS {
            servers.push(start().await);
        }
        signed_in.jira.sandbox.change_oauth(OAuthChange::ExpireAccess);
        signed_in.jira.sandbox.forget_exchanges();
        let before = signed_in.renewals();
        let victims = if round % 2 == 1 { VICTIMS } else { 0 };
        let working: Vec<_> = servers
            .drain(..)
            .enumerate()
            .map(|(index, mut server)| {
                tokio::task::spawn_blocking(move || {
                    if index >= victims {
                        server.work();
                        return Some(server);
                    }
                    let call = json!({
                        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
                        "params": {"name": "search_issues", "arguments": {"jql": "project = DEMO"}},
                    });
                    server.say(call);
                    std::thread::sleep(any_instant());
                    None
                })
            })
            .collect();
        for server in working {
            servers.extend(server.await.unwrap());
        }
        let after = signed_in.renewals();
        let times = usize::try_from(after.0 + after.1 - before.0 - before.1).unwrap();
        assert!((1..=1 + victims).contains(&times), "round {round}: {times} renewals, {victims} killed");
        let families = signed_in.jira.sandbox.oauth().families;
        assert!(families.iter().all(|family| family.ended.is_none()), "round {round}: {families:?}");
    }
}

/// Somewhere within the time that a renewal takes.
fn any_instant() -> Duration {
    Duration::from_micros(RandomState::new().hash_one(0) % 400_000)
}
