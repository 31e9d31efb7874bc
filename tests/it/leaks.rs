//! No secret leaves: not in logs, errors, panics, arguments, the environment of others, or files but the one that is
//! for it. `keyring` does the same where that is in a keyring.

mod panics;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command};
use std::sync::mpsc;
use std::thread::JoinHandle;

use jira_sandbox::{Fault, OAuthChange, Trouble};
use mcp_server_jira::auth::{Grant, ProfileName};
use mcp_server_jira::config::SECRET_VARIABLES;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::catalog::every_entry;
use crate::support::http;
use crate::support::machine::Machine;
use crate::support::secret_recorder::{SecretRecorder, files};
use crate::support::signed_in::SignedIn;

/// A person's machine, where all is listened to and logged.
pub(crate) async fn watched() -> (Machine, SecretRecorder) {
    let mut machine = Machine::new().await;
    let recorder = SecretRecorder::between(&machine.jira.info().url).await;
    let folder = machine.folder.path().to_str().unwrap();
    let variables = [
        ("ATLASSIAN_AUTH_URL", recorder.url.as_str()),
        ("ATLASSIAN_API_URL", &recorder.url),
        ("JIRA_LOG", "trace"),
        ("RUST_LOG", "trace"),
        ("RUST_BACKTRACE", "1"),
        ("HOME", folder),
        ("TMPDIR", folder),
        ("PATH", "/usr/bin:/bin"),
    ];
    machine.variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    (machine, recorder)
}

/// A server that a client started.
pub(crate) struct Served {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    log: JoinHandle<String>,
    said: String,
}

impl Served {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut process = command.spawn().unwrap();
        let input = process.stdin.take().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let mut errors = process.stderr.take().unwrap();
        let log = std::thread::spawn(move || {
            let mut text = String::new();
            errors.read_to_string(&mut text).unwrap();
            text
        });
        let mut served = Self { process, input, output, log, said: String::new() };
        let about = json!({
            "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "leaks", "version": "1"},
        });
        served.ask("initialize", about);
        served
    }

    pub(crate) fn ask(&mut self, method: &str, params: Value) -> &str {
        writeln!(self.input, "{}", json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}))
            .unwrap();
        let start = self.said.len();
        self.output.read_line(&mut self.said).unwrap();
        &self.said[start..]
    }

    pub(crate) fn search(&mut self) -> &str {
        self.ask("tools/call", search())
    }

    fn is_refused(&mut self) {
        let answer = self.search();
        assert!(answer.contains("\"isError\":true"), "{answer}");
    }

    /// Ends it, and sees that there is no secret in what it said and logged.
    fn end(mut self, recorder: &SecretRecorder) {
        drop(self.input);
        self.process.wait().unwrap();
        let log = self.log.join().unwrap();
        assert!(log.contains("exchange with Jira"), "the log is at its highest level: {log}");
        recorder.assert_not_in("the log", &log);
        recorder.assert_not_in("an answer", &self.said);
    }
}

fn search() -> Value {
    json!({"name": "search_issues", "arguments": {"jql": "project = DEMO", "limit": 1}})
}

/// Replies of a server that is not itself, and quotes what it was sent.
fn quoting(secrets: &str) -> [Trouble; 5] {
    let answer =
        |status, body: String| Trouble::Answer { status, body, content_type: None, retry_after: Some(3_600) };
    [
        answer(503, secrets.to_owned()),
        answer(403, format!("{{\"error\": \"invalid_request\", \"error_description\": \"{secrets}\"}}")),
        answer(200, format!("{{\"access_token\": \"{secrets}\", \"expires_in\": \"soon\"}}")),
        answer(200, secrets.to_owned()),
        answer(429, secrets.to_owned()),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_in_the_environment_stays_there() {
    for scoped in [false, true] {
        let (machine, recorder) = watched().await;
        let info = machine.jira.info();
        let token = if scoped { &info.scoped_api_token } else { &info.api_token };
        let mut command = machine.command(&[]);
        command.env("JIRA_URL", &recorder.url).env("JIRA_EMAIL", &info.email).env("JIRA_API_TOKEN", token);
        let mut server = Served::start(command);
        assert!(server.search().contains("DEMO-"));
        recorder.assert_used(&["basic", "api_token"]);
        let secrets = format!("{token} {}", recorder.secrets()["basic"].first().unwrap());
        for trouble in quoting(&secrets) {
            machine.jira.sandbox.fail(Fault::new("POST", "search/jql", trouble).times(9));
            server.search();
            let faults = format!("{}/__sandbox/faults", info.url);
            assert!(http().delete(faults).send().await.unwrap().status().is_success());
        }
        machine.jira.sandbox.expire_token(token);
        server.is_refused();
        recorder.assert_not_shown_by(server.process.id());
        server.end(&recorder);
        recorder.assert_in_no_file(machine.folder.path(), &[]);
    }
}

/// Answers of every tool to its example, and its errors where Jira quotes what it was sent.
#[tokio::test(flavor = "multi_thread")]
async fn no_tool_tells_a_secret() {
    let (machine, recorder) = watched().await;
    let info = machine.jira.info();
    let mut command = machine.command(&[]);
    command.env("JIRA_URL", &recorder.url).env("JIRA_EMAIL", &info.email).env("JIRA_TOOLSETS", "all");
    command.env("JIRA_API_TOKEN", &info.api_token);
    let mut server = Served::start(command);
    for entry in every_entry() {
        let answer = server.ask("tools/call", json!({"name": entry.name, "arguments": entry.example}));
        assert!(answer.contains("\"isError\":false"), "{}: {answer}", entry.name);
    }
    recorder.assert_used(&["basic", "api_token"]);
    let secrets = format!("{} {}", info.api_token, recorder.secrets()["basic"].first().unwrap());
    let [_, refusal, ..] = quoting(&secrets);
    for method in ["GET", "POST", "PUT", "DELETE"] {
        machine.jira.sandbox.fail(Fault::new(method, "/rest/", refusal.clone()).times(999));
    }
    for entry in every_entry() {
        server.ask("tools/call", json!({"name": entry.name, "arguments": entry.example}));
    }
    server.end(&recorder);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_in_a_file_stays_there() {
    let (machine, recorder) = watched().await;
    machine.sign_in(&[]).await;
    let mut server = Served::start(machine.command(&[]));
    assert!(server.search().contains("DEMO-"));
    // A renewal, and each way in which one goes wrong.
    machine.jira.sandbox.change_oauth(OAuthChange::ExpireAccess);
    let secrets = recorder.secrets();
    let known = ["client_secret", "refresh_token"].map(|kind| secrets[kind].first().unwrap().as_str());
    for trouble in quoting(&known.join(" ")) {
        machine.jira.sandbox.fail(Fault::new("POST", "/oauth/token", trouble));
        server.is_refused();
    }
    assert!(server.search().contains("DEMO-"));
    assert!(recorder.secrets()["refresh_token"].len() > 1, "it was renewed");
    recorder.assert_not_shown_by(server.process.id());
    recorder.assert_in_no_file(machine.folder.path(), &["profiles/default.json"]);

    let user = machine.jira.info().users[0].account_id.clone();
    machine.jira.sandbox.change_oauth(OAuthChange::Revoke(user));
    machine.jira.sandbox.change_oauth(OAuthChange::ExpireAccess);
    assert!(server.search().contains("auth login"));
    server.end(&recorder);
    recorder.assert_in_no_file(machine.folder.path(), &["profiles/default.json"]);
}

/// Signs in with OAuth and goes through what there is to do with that, all of it watched.
pub(crate) async fn sign_in_and_out(machine: &Machine, recorder: &SecretRecorder, kept: &[&str]) {
    // A way back with another state, and an exchange that goes wrong.
    let waiting = machine.login(&["--no-browser"]);
    let stolen = "c0de-that-belongs-to-another-sign-in";
    let (code, said) =
        waiting.end(&format!("http://localhost:{}/callback?code={stolen}&state=guessed", machine.port));
    assert_eq!(code, Some(2), "{said}");
    assert!(!said.contains(stolen), "{said}");
    for which in 0..quoting("").len() {
        let waiting = machine.login(&[]);
        let back = machine.decide(&waiting, "accept").await;
        let query = back.split_once("code=").unwrap().1;
        let sent = [&machine.jira.info().oauth.client_secret, query.split('&').next().unwrap()];
        let [.., trouble] = &mut quoting(&sent.join(" "))[..=which] else { unreachable!() };
        machine.jira.sandbox.fail(Fault::new("POST", "/oauth/token", trouble.clone()));
        let page = http().get(back).send().await.unwrap().text().await.unwrap();
        recorder.assert_not_in("the page", &page);
        let shown = waiting.page.clone();
        let (code, said) = waiting.end("");
        assert_eq!(code, Some(1), "{said}");
        // The person at the terminal is shown the address of Atlassian's page, and may open it by hand.
        recorder.assert_not_in("auth login", &said.replace(&shown, ""));
    }
    recorder.assert_in_no_file(machine.folder.path(), &[]);

    let waiting = machine.login(&[]);
    recorder.assert_not_shown_by(waiting.child.id());
    let back = machine.decide(&waiting, "accept").await;
    let page = http().get(back).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("You are signed in"), "{page}");
    let shown = waiting.page.clone();
    let (code, said) = waiting.end("");
    assert_eq!(code, Some(0), "{said}");
    recorder.assert_used(&[
        "client_secret",
        "code",
        "code_verifier",
        "state",
        "access_token",
        "refresh_token",
        "bearer",
    ]);
    recorder.assert_not_in("the page", &page);
    recorder.assert_not_in("auth login", &said.replace(&shown, ""));
    machine.jira.sandbox.change_oauth(OAuthChange::ExpireAccess);
    for arguments in [
        &["auth", "status"][..],
        &["auth", "status", "--json"],
        &["auth", "switch"],
        &["doctor", "--json"],
        &["call", "search_issues", r#"{"jql":"project = DEMO"}"#, "--json"],
        &["call", "search_issues", r#"{"jql":"nonsense ="}"#],
    ] {
        let output = machine.run(arguments, "");
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        recorder.assert_not_in(arguments.join(" "), &said);
        recorder.assert_in_no_file(machine.folder.path(), kept);
    }
    recorder.assert_not_in("auth logout", &machine.ok(&["auth", "logout"], ""));
    recorder.assert_in_no_file(machine.folder.path(), &[]);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_tells_nobody() {
    let (machine, recorder) = watched().await;
    sign_in_and_out(&machine, &recorder, &["profiles/default.json"]).await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_browser_is_handed_an_address_and_no_secret() {
    use std::os::unix::fs::PermissionsExt as _;

    let (machine, mut recorder) = watched().await;
    let script = machine.folder.path().join("browser");
    // What it was given, and what `ps` shows meanwhile, come into place at once, when they are whole.
    let text = "#!/bin/sh\n{ export -p; echo \"$@\"; cat /proc/[0-9]*/cmdline; } > \"$0.new\" 2>/dev/null\n\
                mv \"$0.new\" \"$0.given\"\n";
    std::fs::write(&script, text).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o700)).unwrap();
    let app = machine.jira.info().oauth.clone();
    let mut command = machine.command(&["auth", "login", "--oauth"]);
    command.env("BROWSER", &script);
    command.env("JIRA_OAUTH_CLIENT_ID", &app.client_id).env("JIRA_OAUTH_CLIENT_SECRET", &app.client_secret);
    for secret in SECRET_VARIABLES {
        command.env(secret, &app.client_secret);
    }
    recorder.add("client_secret", &app.client_secret);
    let mut child = command.spawn().unwrap();
    let given = async {
        loop {
            if let Ok(given) = std::fs::read(script.with_extension("given")) {
                return String::from_utf8_lossy(&given).into_owned();
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    let given =
        tokio::time::timeout(std::time::Duration::from_secs(60), given).await.expect("the browser opens");
    assert!(given.contains("JIRA_OAUTH_CLIENT_ID"), "{given}");
    let start = given.split_whitespace().find(|word| word.starts_with("http://localhost:")).unwrap();
    let start = start.split('\0').next().unwrap();
    let reply = http().get(start).send().await.unwrap();
    let page: url::Url = reply.headers()["location"].to_str().unwrap().parse().unwrap();
    assert_eq!(page.path(), "/authorize");
    let (_, state) = page.query_pairs().find(|(name, _)| name == "state").unwrap();
    recorder.add("state", &state);
    recorder.assert_not_shown_by(child.id());
    recorder.assert_not_in("what the browser was given", &given);
    // Who comes after the browser learns nothing.
    let reply = http().get(start).send().await.unwrap();
    assert_eq!(reply.status(), 410);
    recorder.assert_not_in("the page", &reply.text().await.unwrap());
    child.kill().unwrap();
    child.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_token_from_stdin_goes_where_it_belongs() {
    let (machine, recorder) = watched().await;
    let info = machine.jira.info();
    let arguments = ["auth", "login", "--with-token", "--site", &recorder.url, "--email", &info.email];
    let said = machine.fails(1, &arguments, "an-api-token-that-is-wrong\n");
    recorder.assert_used(&["api_token"]);
    recorder.assert_not_in("auth login", &said);
    recorder.assert_in_no_file(machine.folder.path(), &[]);
    for token in [&info.api_token, &info.scoped_api_token] {
        let output = machine.run(&arguments, token);
        assert!(output.status.success());
        recorder.assert_not_in(
            "auth login",
            &String::from_utf8([output.stdout, output.stderr].concat()).unwrap(),
        );
        let mut server = Served::start(machine.command(&[]));
        assert!(server.search().contains("DEMO-"));
        recorder.assert_not_shown_by(server.process.id());
        server.end(&recorder);
        recorder.assert_in_no_file(machine.folder.path(), &["profiles/default.json"]);
    }
    for arguments in [&["auth", "status", "--json"][..], &["doctor"], &["auth", "logout"]] {
        recorder.assert_not_in(arguments.join(" "), &machine.ok(arguments, ""));
    }
    recorder.assert_in_no_file(machine.folder.path(), &[]);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn serving_over_http_tells_nobody() {
    let (machine, mut recorder) = watched().await;
    machine.sign_in(&[]).await;
    let (entry, sealing) =
        ("0123456789-token-of-a-client-0123456789", "0123456789-key-of-all-replicas-0123456789");
    let (entries, keys) = (machine.folder.path().join("entries"), machine.folder.path().join("keys"));
    std::fs::write(&entries, entry).unwrap();
    std::fs::write(&keys, sealing).unwrap();
    recorder.add("client's token", entry);
    recorder.add("state key", sealing);
    let info = machine.jira.info();
    let pair = format!("{}:{}", info.users[1].email, info.users[1].api_token);
    let basic = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, pair);
    let shared = ["serve", "--http", "127.0.0.1:0", "--state-key-file", keys.to_str().unwrap()];
    for (more, good, bad) in [
        (
            ["--http-token-file", entries.to_str().unwrap()],
            format!("Bearer {entry}"),
            "Bearer of-nobody-at-all",
        ),
        (
            ["--http-identity", "request"],
            format!("Basic {basic}"),
            "Basic bm9ib2R5OnRoZS1hcGktdG9rZW4tb2Ytbm9ib2R5",
        ),
    ] {
        let mut command = machine.command(&[&shared[..], &more].concat());
        if more[1] == "request" {
            command.env("JIRA_URL", &recorder.url);
        }
        let mut server = command.spawn().unwrap();
        let (tell, told) = mpsc::channel();
        let log = lines(server.stderr.take().unwrap(), tell);
        let url = tokio::task::block_in_place(|| {
            told.iter().find_map(|line| line.strip_prefix("serving MCP at ").map(str::to_owned))
        });
        let url = url.expect("it serves");
        let mut said = String::new();
        for (who, status) in [(good.as_str(), 200), (bad, 401), (&good, 200)] {
            let mut params = search();
            params["_meta"] = json!({
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities": {},
            });
            let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
            let request =
                http().post(&url).header("authorization", who).header("content-type", "application/json");
            let request = request.header("accept", "application/json, text/event-stream");
            let request =
                request.header("mcp-protocol-version", "2026-07-28").header("mcp-method", "tools/call");
            let reply =
                request.header("mcp-name", "search_issues").body(call.to_string()).send().await.unwrap();
            assert_eq!(reply.status(), status, "{who}");
            let headers = format!("{:?}", reply.headers());
            said += &headers;
            said += &reply.text().await.unwrap();
        }
        assert!(said.contains("DEMO-"), "{said}");
        said += &http().get(url.replace("/mcp", "/metrics")).send().await.unwrap().text().await.unwrap();
        recorder.assert_not_shown_by(server.id());
        let killed = Command::new("kill").arg(server.id().to_string()).status().unwrap();
        assert!(killed.success());
        assert!(server.wait().unwrap().success());
        let log = log.join().unwrap();
        assert!(log.contains("exchange with Jira"), "the log is at its highest level: {log}");
        recorder.assert_not_in("the log", &log);
        recorder.assert_not_in("an answer", &said);
        recorder.assert_not_in("a credential that is wrong, in the log", &log.replace(bad, ""));
        assert!(!log.contains(bad.split_once(' ').unwrap().1), "{log}");
    }
    recorder.assert_used(&["bearer", "api_token"]);
    recorder.assert_in_no_file(&machine.folder.path().join("profiles"), &["default.json"]);
}

/// Keeps all lines, and hands them on while somebody listens.
fn lines(from: impl std::io::Read + Send + 'static, tell: mpsc::Sender<String>) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut all = String::new();
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            all += &line;
            all.push('\n');
            let _ = tell.send(line);
        }
        all
    })
}

#[tokio::test]
async fn no_secret_stays_after_a_sign_out() {
    let signed_in = SignedIn::start().await;
    let known = secrets(&signed_in).await;
    // As a process leaves it that is killed while it stores a pair.
    let kept = signed_in.store.folder();
    std::fs::copy(kept.join("default.json"), kept.join("default.new")).unwrap();
    let held = signed_in.store.lock(&ProfileName::default()).await.unwrap();
    signed_in.store.remove(&held).await.unwrap();
    for path in files(signed_in.folder.path()) {
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        assert!(known.iter().all(|secret| !text.contains(secret)), "{}", path.display());
    }
}

/// All secrets of the stored profile.
async fn secrets(signed_in: &SignedIn) -> Vec<String> {
    let mut secrets = Vec::new();
    if let Grant::OAuth(grant) = signed_in.profile().await.grant {
        secrets.push(grant.app.client_secret.expose_secret().to_owned());
        if let Some(tokens) = grant.tokens {
            secrets.push(tokens.access.expose_secret().to_owned());
            secrets.extend(tokens.refresh.map(|token| token.expose_secret().to_owned()));
        }
    }
    secrets
}

#[test]
fn nothing_that_a_client_says_makes_a_line_of_the_log() {
    let id = format!("1\nFORGED \u{1b}[31m{}", "x".repeat(10_000));
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {},
    });
    let call = json!({"jsonrpc": "2.0", "id": id, "method": "tools/call",
        "params": {"name": "get_myself", "arguments": {}, "_meta": meta}});
    let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_mcp-server-jira"))
        .env_clear()
        .env("JIRA_LOG", "info")
        .arg("--sandbox")
        .write_stdin(format!("{call}\n"))
        .assert()
        .success();
    let log = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    let line = log.lines().find(|line| line.contains("FORGED")).unwrap_or_else(|| panic!("{log}"));
    assert!(line.contains("get_myself") && line.len() < 1_000 && !line.contains('\u{1b}'), "{line}");
}
