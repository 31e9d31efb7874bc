//! The parts that the tests share: the embedded Jira, and the server as a client sees it.
//!
//! Every exchange with the embedded Jira is held to Atlassian's documents when a [`Jira`] goes out of scope, so that
//! no test can pass on a request or a reply that the real Jira would not know.

pub(crate) mod machine;
pub(crate) mod oauth;
#[cfg(feature = "contract")]
pub(crate) mod openapi;
pub(crate) mod secret_recorder;
pub(crate) mod signed_in;
pub(crate) mod wire;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener};
use std::sync::atomic::{AtomicU16, Ordering};

use jira_sandbox::{Exchange, Info, Options, Sandbox};
use mcp_server_jira::config::{Config, Flags};
use mcp_server_jira::jira::{Operation, operations};
use mcp_server_jira::server::JiraServer;
use mcp_server_jira::tools;
use rmcp::model::{CallToolRequestParams, CallToolResult};
use rmcp::service::RunningService;
use rmcp::{RoleClient, ServiceExt as _};
use serde_json::Value;

/// A plain HTTP client, for what no tool sends.
pub(crate) fn http() -> reqwest::Client {
    // reqwest builds no client without a TLS provider, even where no TLS is spoken; a second one is refused.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

/// A port that is free on both addresses of this machine. It lies below those that systems give to whoever connects, so
/// that nobody takes it before its owner does.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    loop {
        // Other processes of tests begin elsewhere.
        let offset = std::process::id() * 131 + u32::from(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = 20_000 + u16::try_from(offset % 12_000).unwrap();
        let is_free = |address: IpAddr| TcpListener::bind((address, port)).is_ok();
        if is_free(Ipv4Addr::LOCALHOST.into()) && (is_free(Ipv6Addr::LOCALHOST.into()) || !has_v6()) {
            return port;
        }
    }
}

fn has_v6() -> bool {
    TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok()
}

/// An embedded Jira whose traffic is checked at the end.
pub(crate) struct Jira {
    pub(crate) sandbox: Sandbox,
}

impl Jira {
    /// The seeded world, without trouble.
    pub(crate) async fn start() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        Self { sandbox: Sandbox::start(options).await.unwrap() }
    }

    pub(crate) fn info(&self) -> &Info {
        self.sandbox.info()
    }

    /// A client of a server that works here as the administrator, with the default settings.
    pub(crate) async fn agent(&self) -> Agent {
        self.agent_with(&[]).await
    }

    /// A client of a server with these variables set, over those of [`Jira::agent`]; an empty value unsets one.
    pub(crate) async fn agent_with(&self, settings: &[(&str, &str)]) -> Agent {
        Agent::of(tools::server(self.config(settings)).unwrap()).await
    }

    /// The settings of [`Jira::agent_with`].
    pub(crate) fn config(&self, settings: &[(&str, &str)]) -> Config {
        let look_up = |name: &str| {
            let set = settings.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            set.or_else(|| self.variable(name)).filter(|value| !value.is_empty())
        };
        Config::load(&Flags::default(), look_up).unwrap()
    }

    /// The variables with which a server works here as the administrator.
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        let Info { url, api_url, email, api_token, .. } = self.info();
        let account = [
            ("JIRA_URL", url),
            ("ATLASSIAN_API_URL", api_url),
            ("JIRA_EMAIL", email),
            ("JIRA_API_TOKEN", api_token),
        ];
        account.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).clone())
    }

    /// The server's requests to Jira since the last time, as `GET /rest/api/3/...`; checked like all other traffic.
    pub(crate) fn requests(&self) -> Vec<String> {
        let exchanges = self.sandbox.exchanges();
        check(&exchanges);
        self.sandbox.forget_exchanges();
        exchanges.iter().map(|exchange| format!("{} {}", exchange.method, exchange.path)).collect()
    }
}

impl Drop for Jira {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            check(&self.sandbox.exchanges());
        }
    }
}

/// Ends the test where an exchange differs from Atlassian's documents, or is not one that our side knows of.
fn check(exchanges: &[Exchange]) {
    check_documents(exchanges);
    for Exchange { method, path, .. } in exchanges {
        let path = path.find("/rest/").map_or(path.as_str(), |start| &path[start..]);
        let known = !path.starts_with("/rest/")
            || path == "/rest/api/3/serverInfo"
            || operations().any(|known| is_of(known, method, path));
        assert!(known, "no operation is declared for {method} {path}");
    }
}

/// True where a request is one of an operation.
pub(crate) fn is_of(operation: &Operation, method: &str, path: &str) -> bool {
    let template = operation.template();
    let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    let fits = |part: &str, given: &str| part.starts_with('{') || part == given;
    operation.method().as_str() == method
        && template.len() == path.len()
        && template.iter().zip(path).all(|(part, given)| fits(part, given))
}

#[cfg(not(feature = "contract"))]
fn check_documents(_: &[Exchange]) {}

#[cfg(feature = "contract")]
fn check_documents(exchanges: &[Exchange]) {
    let calls = exchanges.iter().filter_map(openapi::Call::of);
    let faults: Vec<_> =
        calls.flat_map(|call| openapi::unexcused(openapi::CONTRACT.differences(&call))).collect();
    assert!(
        faults.is_empty(),
        "these exchanges differ from Atlassian's documents:{}",
        openapi::report(&faults)
    );
}

/// An MCP client, connected in memory.
pub(crate) struct Agent {
    pub(crate) client: RunningService<RoleClient, ()>,
}

/// The answer of a tool.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The text block, as a model reads it.
    pub(crate) text: String,
    /// The structured content; null in errors.
    pub(crate) data: Value,
    pub(crate) is_error: bool,
}

impl Agent {
    async fn of(server: JiraServer) -> Self {
        let (ours, theirs) = tokio::io::duplex(64 * 1024);
        tokio::spawn(async move { Box::pin(server.serve(theirs)).await.unwrap().waiting().await });
        Self { client: ().serve(ours).await.unwrap() }
    }

    /// Calls a tool, whatever comes of it.
    pub(crate) async fn call(&self, tool: &str, arguments: Value) -> Answer {
        let Value::Object(arguments) = arguments else { panic!("arguments are an object") };
        let request = CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments);
        self.client.call_tool(request).await.unwrap().into()
    }

    /// Calls a tool that must succeed.
    pub(crate) async fn ok(&self, tool: &str, arguments: Value) -> Answer {
        let answer = self.call(tool, arguments.clone()).await;
        assert!(!answer.is_error, "{tool} {arguments}: {}", answer.text);
        answer
    }

    /// Calls a tool that must refuse, and gives what it says.
    pub(crate) async fn refused(&self, tool: &str, arguments: Value) -> String {
        let answer = self.call(tool, arguments.clone()).await;
        assert!(answer.is_error, "{tool} {arguments}: {}", answer.text);
        answer.text
    }
}

impl From<CallToolResult> for Answer {
    fn from(result: CallToolResult) -> Self {
        let blocks = result.content.iter().filter_map(|block| block.as_text());
        Self {
            text: blocks.map(|block| block.text.as_str()).collect::<Vec<_>>().join("\n"),
            data: result.structured_content.unwrap_or_default(),
            is_error: result.is_error == Some(true),
        }
    }
}

/// The number of tokens that a text costs a model.
pub(crate) fn tokens(text: &str) -> usize {
    tiktoken_rs::o200k_base_singleton().encode_ordinary(text).len()
}
