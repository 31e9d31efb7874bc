//! The processes that the figures need: an embedded Jira, the server before it, and the one that it is compared with.

use std::io::{BufRead as _, BufReader, Read};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Outcome, replies};

const JQL: &str = "project = DEMO ORDER BY updated DESC";
/// The fields that this server asks for where nobody says more.
const FIELDS: &str = "summary,issuetype,status,priority,assignee,updated";

/// A process that ends with this.
pub(crate) struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Process {
    fn start(command: &mut Command) -> Outcome<Self> {
        Ok(Self(command.stdin(Stdio::null()).spawn()?))
    }

    /// Its resident memory, in KiB.
    pub(crate) fn resident(&self) -> Outcome<usize> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
        Ok(line.trim_end_matches("kB").trim().parse()?)
    }

    /// The CPU time of all its threads.
    pub(crate) fn cpu(&self) -> Outcome<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.0.id()))?;
        // After the name, which is in brackets: the 12th and 13th value, in hundredths of a second.
        let values: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |at: usize| values.get(at).and_then(|ticks| ticks.parse::<u64>().ok());
        let (user, system) = (ticks(11).ok_or("no times")?, ticks(12).ok_or("no times")?);
        Ok(Duration::from_millis((user + system) * 10))
    }
}

/// An embedded Jira, and what answers in its place.
pub(crate) struct Jira {
    info: Value,
    /// The address at which it is reached.
    url: String,
    _process: Process,
}

impl Jira {
    pub(crate) async fn start(server: &str) -> Outcome<Self> {
        let mut process = Process::start(clean(server).arg("sandbox").stdout(Stdio::piped()))?;
        let line = await_line(process.0.stdout.take().ok_or("no stdout")?, |_| true)?;
        let info: Value = serde_json::from_str(&line)?;
        let address = info["url"].as_str().and_then(|url| url.strip_prefix("http://")).ok_or("no address")?;
        let url = format!("http://{}", replies::repeat(address).await?);
        Ok(Self { info, url, _process: process })
    }

    fn get(&self, name: &str) -> &str {
        self.info[name].as_str().unwrap_or_default()
    }
}

/// A server of MCP over HTTP.
pub(crate) struct Server {
    pub(crate) process: Process,
    /// `127.0.0.1:8080`; the path is always `/mcp`.
    pub(crate) address: String,
    /// The tool that searches.
    pub(crate) tool: &'static str,
    /// The arguments: ten issues, with the same fields from everybody.
    pub(crate) arguments: Value,
}

impl Server {
    /// This server, with an account of that Jira.
    pub(crate) fn ours(server: &str, jira: &Jira) -> Outcome<Self> {
        let mut command = clean(server);
        command
            .args(["serve", "--http", "127.0.0.1:0"])
            .env("ATLASSIAN_API_URL", &jira.url)
            .env("JIRA_URL", &jira.url)
            .env("JIRA_EMAIL", jira.get("email"))
            .env("JIRA_API_TOKEN", jira.get("api_token"))
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut process = Process::start(&mut command)?;
        let mark = "serving MCP at http://";
        let line = await_line(process.0.stderr.take().ok_or("no stderr")?, |line| line.contains(mark))?;
        let address = line.split(mark).nth(1).and_then(|rest| rest.split('/').next()).ok_or("no address")?;
        Ok(Self {
            address: address.into(),
            process,
            tool: "search_issues",
            arguments: json!({"jql": JQL, "limit": 10}),
        })
    }

    /// mcp-atlassian, with the same account. Only a site of Atlassian's is Jira Cloud to it, so that it is given such a
    /// name, and the embedded Jira as the proxy that leads there.
    pub(crate) async fn peer(program: &str, jira: &Jira) -> Outcome<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let port = address.rsplit(':').next().unwrap_or_default();
        let mut command = clean(program);
        command
            .args(["--transport", "streamable-http", "--host", "127.0.0.1", "--path", "/mcp", "--port", port])
            .env("HTTP_PROXY", &jira.url)
            .env_remove("NO_PROXY")
            .env_remove("no_proxy")
            .env("ALLOW_GLOBAL_CRED_FALLBACK", "true")
            .env("JIRA_URL", "http://load.atlassian.net")
            .env("JIRA_USERNAME", jira.get("email"))
            .env("JIRA_API_TOKEN", jira.get("api_token"))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let process = Process::start(&mut command)?;
        for _ in 0..600 {
            if tokio::net::TcpStream::connect(&address).await.is_ok() {
                let arguments = json!({"jql": JQL, "limit": 10, "fields": FIELDS});
                return Ok(Self { process, address, tool: "jira_search", arguments });
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Err("the other server does not listen".into())
    }
}

/// A command that hears nothing of what the caller's environment says of Jira.
fn clean(program: &str) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars() {
        if name.starts_with("JIRA_") || name.starts_with("ATLASSIAN_") {
            command.env_remove(name);
        }
    }
    command
}

/// The first line that is meant; whatever follows is read away.
fn await_line(output: impl Read + Send + 'static, meant: impl Fn(&str) -> bool) -> Outcome<String> {
    let mut lines = BufReader::new(output).lines();
    let line = lines.by_ref().map_while(Result::ok).find(|line| meant(line));
    thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
    line.ok_or_else(|| "the process ended at once".into())
}
