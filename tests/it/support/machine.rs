//! A person's machine: the real binary there, the embedded Jira as Atlassian, and what a browser would do.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStderr, Command, Output, Stdio};

use jira_sandbox::Options;
use serde_json::Value;
use tempfile::TempDir;

use super::oauth::decide;
use super::{Jira, free_port, http};

/// An Atlassian, a configuration folder, and a port for the browser to come back to.
pub(crate) struct Machine {
    pub(crate) jira: Jira,
    pub(crate) folder: TempDir,
    /// To which the browser comes back.
    pub(crate) port: u16,
    /// Variables beside those of every command, and over them.
    pub(crate) variables: Vec<(String, String)>,
}

/// A sign-in that waits for the browser.
pub(crate) struct Waiting {
    pub(crate) child: Child,
    stderr: BufReader<ChildStderr>,
    /// Atlassian's page.
    pub(crate) page: String,
    /// The output on stderr so far.
    pub(crate) said: String,
}

impl Machine {
    pub(crate) async fn with(options: Options) -> Self {
        let port = free_port();
        let redirect_uri = format!("http://localhost:{port}/callback");
        let jira = Jira::with(Options { redirect_uri, ..options }).await;
        Self { jira, folder: TempDir::new().unwrap(), port, variables: Vec::new() }
    }

    pub(crate) async fn new() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("mcp-server-jira"));
        command.args(arguments).env_clear();
        // No keyring, no screen, no browser: what is left is the same on every machine.
        command
            .env("JIRA_CONFIG_DIR", self.folder.path())
            .env("ATLASSIAN_AUTH_URL", &self.jira.info().auth_url)
            .env("ATLASSIAN_API_URL", &self.jira.info().api_url)
            .env("JIRA_OAUTH_CALLBACK_PORT", self.port.to_string())
            .envs(self.variables.iter().cloned())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end, with this on stdin.
    pub(crate) fn run(&self, arguments: &[&str], stdin: &str) -> Output {
        tokio::task::block_in_place(|| {
            let mut child = self.command(arguments).spawn().unwrap();
            // Who needs no answer may be gone already.
            let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
            child.wait_with_output().unwrap()
        })
    }

    /// A command that must go well; its stdout.
    pub(crate) fn ok(&self, arguments: &[&str], stdin: &str) -> String {
        let output = self.run(arguments, stdin);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// A command that must end with this code; all that it says.
    pub(crate) fn fails(&self, code: i32, arguments: &[&str], stdin: &str) -> String {
        let output = self.run(arguments, stdin);
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        said
    }

    /// Begins a sign-in up to the address of Atlassian's page.
    #[expect(
        clippy::zombie_processes,
        reason = "`Waiting::end` waits; a test that fails before has other troubles"
    )]
    pub(crate) fn login(&self, more: &[&str]) -> Waiting {
        let app = &self.jira.info().oauth;
        let arguments = [&["auth", "login", "--client-id", &app.client_id], more].concat();
        tokio::task::block_in_place(|| {
            let mut child = self.command(&arguments).spawn().unwrap();
            writeln!(child.stdin.as_mut().unwrap(), "{}", app.client_secret).unwrap();
            let mut stderr = BufReader::new(child.stderr.take().unwrap());
            let mut said = String::new();
            loop {
                let mut line = String::new();
                assert_ne!(stderr.read_line(&mut line).unwrap(), 0, "{said}");
                said.push_str(&line);
                if line.contains("/authorize?") {
                    return Waiting { child, stderr, page: line.trim().to_owned(), said };
                }
            }
        })
    }

    /// Decides on Atlassian's page as the person does; gives the address to which the browser is sent.
    pub(crate) async fn decide(&self, waiting: &Waiting, decision: &str) -> String {
        let info = self.jira.info();
        let reply =
            decide(&http(), &waiting.page, decision, &info.users[0].account_id, &info.sites[0].cloud_id)
                .await;
        reply.headers()["location"].to_str().unwrap().to_owned()
    }

    /// Signs in by the browser, as the only profile or as another.
    pub(crate) async fn sign_in(&self, more: &[&str]) {
        let waiting = self.login(more);
        let back = self.decide(&waiting, "accept").await;
        assert_eq!(http().get(back).send().await.unwrap().status(), 200);
        let (code, said) = waiting.end("");
        assert_eq!(code, Some(0), "{said}");
    }

    pub(crate) fn status(&self) -> Value {
        serde_json::from_slice(&self.run(&["auth", "status", "--json"], "").stdout).unwrap()
    }
}

impl Waiting {
    /// Says a last thing, and waits for the end: the exit code and all that was said.
    pub(crate) fn end(mut self, stdin: &str) -> (Option<i32>, String) {
        tokio::task::block_in_place(|| {
            let _ = writeln!(self.child.stdin.take().unwrap(), "{stdin}");
            self.stderr.read_to_string(&mut self.said).unwrap();
            (self.child.wait().unwrap().code(), self.said)
        })
    }
}
