//! No secret leaves: not in logs, errors, arguments, the environment of others, or files but the one that is for it.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use mcp_server_jira::auth::{Account, Credentials, Grant, ProfileName};
use mcp_server_jira::config::{Config, Flags, SignInSettings};
use mcp_server_jira::sandbox::{Fault, OAuthChange, Trouble};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::support::signed_in::SignedIn;

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

fn files(folder: &Path, out: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, out) } else { out.push(path) }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_logs_errors_arguments_environments_or_other_files() {
    let signed_in = SignedIn::start().await;
    let mut known = secrets(&signed_in).await;
    let mut server = Command::new(env!("CARGO_BIN_EXE_mcp-server-jira"))
        .env_clear()
        .envs(signed_in.environment())
        .env("JIRA_LOG", "trace")
        .env("RUST_LOG", "trace")
        .env("RUST_BACKTRACE", "1")
        .current_dir(signed_in.folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = server.stdin.take().unwrap();
    let mut output = BufReader::new(server.stdout.take().unwrap());
    let mut errors = server.stderr.take().unwrap();
    let log = std::thread::spawn(move || {
        let mut text = String::new();
        errors.read_to_string(&mut text).unwrap();
        text
    });
    let mut said = String::new();
    let mut ask = |method: &str, params: Value| {
        writeln!(input, "{}", json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}))
            .unwrap();
        let start = said.len();
        output.read_line(&mut said).unwrap();
        said[start..].to_owned()
    };
    let about = json!({
        "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "leaks", "version": "1"},
    });
    ask("initialize", about);
    let search = || json!({"name": "search_issues", "arguments": {"jql": "project = DEMO", "limit": 1}});
    assert!(ask("tools/call", search()).contains("DEMO-"));
    // A renewal, and each way in which one goes wrong; replies that quote what they were sent among them.
    signed_in.jira.sandbox.change_oauth(OAuthChange::ExpireAccess);
    let quoting = known.join(" ");
    let answers = [
        (503, quoting.clone()),
        (403, format!("{{\"error\": \"invalid_request\", \"error_description\": \"{}\"", known[1])),
        (200, format!("{{\"access_token\": \"{}\", \"expires_in\": \"soon\"}}", known[1])),
        (200, quoting.clone()),
        (429, quoting),
    ];
    for (status, body) in answers {
        let answer = Trouble::Answer { status, body, content_type: None, retry_after: Some(3_600) };
        signed_in.jira.sandbox.fail(Fault::new("POST", "/oauth/token", answer));
        assert!(ask("tools/call", search()).contains("\"isError\":true"));
    }
    assert!(ask("tools/call", search()).contains("DEMO-"));
    known.extend(secrets(&signed_in).await);
    let user = signed_in.jira.info().users[0].account_id.clone();

    if cfg!(target_os = "linux") {
        for what in ["cmdline", "environ"] {
            let text = fs::read(format!("/proc/{}/{what}", server.id())).unwrap();
            let text = String::from_utf8_lossy(&text);
            assert!(known.iter().all(|secret| !text.contains(secret)), "a secret is in {what}");
        }
    }
    let mut found = Vec::new();
    files(signed_in.folder.path(), &mut found);
    for path in found {
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        let holds = known.iter().any(|secret| text.contains(secret));
        assert_eq!(holds, path.ends_with("profiles/default.json"), "{}", path.display());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = path.metadata().unwrap().permissions().mode() & 0o777;
            assert!(!holds || mode == 0o600, "{} has mode {mode:o}", path.display());
        }
    }

    signed_in.jira.sandbox.change_oauth(OAuthChange::Revoke(user));
    signed_in.jira.sandbox.change_oauth(OAuthChange::ExpireAccess);
    assert!(ask("tools/call", search()).contains("auth login"));
    drop(input);
    server.wait().unwrap();
    let log = log.join().unwrap();
    assert!(log.contains("exchange with Jira"), "the log is at its highest level: {log}");
    for secret in &known {
        assert!(!log.contains(secret), "the log holds a secret:\n{log}");
        assert!(!said.contains(secret), "an answer holds a secret:\n{said}");
    }
}

#[tokio::test]
async fn no_secret_stays_after_a_sign_out() {
    let signed_in = SignedIn::start().await;
    let known = secrets(&signed_in).await;
    // As a process leaves it that is killed while it stores a pair.
    let kept = signed_in.store.folder();
    fs::copy(kept.join("default.json"), kept.join("default.new")).unwrap();
    let held = signed_in.store.hold(&ProfileName::default()).await.unwrap();
    signed_in.store.remove(&held).await.unwrap();
    let mut found = Vec::new();
    files(signed_in.folder.path(), &mut found);
    for path in found {
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        assert!(known.iter().all(|secret| !text.contains(secret)), "{}", path.display());
    }
}

#[tokio::test]
async fn no_secret_is_in_what_is_shown_of_settings_and_profiles() {
    let signed_in = SignedIn::start().await;
    let known = secrets(&signed_in).await;
    let settings = [
        ("JIRA_URL", "acme"),
        ("JIRA_OAUTH_CLIENT_ID", "id"),
        ("JIRA_OAUTH_CLIENT_SECRET", known[0].as_str()),
        ("JIRA_CONFIG_DIR", signed_in.folder.path().to_str().unwrap()),
    ];
    let env = |more: &'static str, value: String| {
        move |name: &str| {
            let own = (name == more).then(|| value.clone());
            own.or_else(|| {
                settings.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
            })
        }
    };
    let bearer = Config::load(&Flags::default(), env("JIRA_ACCESS_TOKEN", known[1].clone())).unwrap();
    let account = bearer.account.clone().unwrap();
    assert!(matches!(account, Account { credentials: Credentials::Bearer { .. }, .. }));
    let robot = Config::load(&Flags::default(), env("JIRA_AUTH", "client-credentials".into()))
        .unwrap()
        .account
        .unwrap();
    assert!(matches!(robot.credentials, Credentials::ClientCredentials(_)));
    let sign_in = SignInSettings::load(&Flags::default(), env("JIRA_AUTH", "oauth".into())).unwrap();
    let profile = signed_in.profile().await;
    let shown = format!("{bearer:?} {robot:?} {sign_in:?} {profile:?} {:?}", signed_in.store);
    assert!(known.iter().all(|secret| !shown.contains(secret)), "{shown}");
}
