//! Every secret that a test uses, and whether one of them stands where it does not belong.
//!
//! A [`SecretRecorder`] listens between the server and Atlassian, so that it learns of each secret that is used, also
//! of those that only the server knows: the proof key of a sign-in, the code that a browser brought.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::{Url, form_urlencoded};

/// Members of JSON documents that hold secrets.
const SECRET_MEMBERS: [&str; 5] = ["client_secret", "code", "code_verifier", "access_token", "refresh_token"];

/// Bytes that went over the wire, one entry for each direction of a connection.
type Recorded = Arc<Mutex<Vec<Vec<u8>>>>;

/// The secrets of a test.
pub(crate) struct SecretRecorder {
    /// The address of Atlassian, and of Jira, while all is listened to.
    pub(crate) url: String,
    recorded: Recorded,
    added: BTreeMap<&'static str, BTreeSet<String>>,
}

impl SecretRecorder {
    /// Listens to all that is said to the server at this address.
    pub(crate) async fn between(url: &str) -> Self {
        let theirs: Url = url.parse().unwrap();
        let (host, port) = (theirs.host_str().unwrap().to_owned(), theirs.port().unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let recorded = Recorded::default();
        let record = Arc::clone(&recorded);
        tokio::spawn(async move {
            while let Ok((here, _)) = listener.accept().await {
                let there = TcpStream::connect((host.as_str(), port)).await.unwrap();
                let ((from, to), (back, away)) = (here.into_split(), there.into_split());
                tokio::spawn(copy(from, away, Arc::clone(&record)));
                tokio::spawn(copy(back, to, Arc::clone(&record)));
            }
        });
        Self { url, recorded, added: BTreeMap::new() }
    }

    /// A secret that does not go over this wire.
    pub(crate) fn add(&mut self, kind: &'static str, secret: &str) {
        self.added.entry(kind).or_default().insert(secret.to_owned());
    }

    /// All secrets up to now, by kind.
    pub(crate) fn secrets(&self) -> BTreeMap<&'static str, BTreeSet<String>> {
        let mut secrets = self.added.clone();
        for direction in self.recorded.lock().unwrap().iter() {
            listen(&String::from_utf8_lossy(direction), &mut |kind, secret| {
                secrets.entry(kind).or_default().insert(secret);
            });
        }
        secrets
    }

    /// Ends the test where a secret of these kinds was not used at all.
    pub(crate) fn assert_used(&self, kinds: &[&str]) {
        let secrets = self.secrets();
        for kind in kinds {
            assert!(secrets.contains_key(kind), "no {kind} was used, only {:?}", secrets.keys());
        }
    }

    /// The kind of a secret that stands in a text, as it is or as an address would have it.
    pub(crate) fn found_in(&self, text: &str) -> Option<&'static str> {
        let escaped = |secret: &str| form_urlencoded::byte_serialize(secret.as_bytes()).collect::<String>();
        self.secrets().into_iter().find_map(|(kind, secrets)| {
            secrets.iter().any(|s| text.contains(s) || text.contains(&escaped(s))).then_some(kind)
        })
    }

    /// Ends the test where a secret stands in what was said.
    pub(crate) fn assert_not_in(&self, place: impl fmt::Display, text: &str) {
        if let Some(kind) = self.found_in(text) {
            panic!("{place}: a secret ({kind}) is in\n{text}");
        }
    }

    /// Ends the test where a secret stands in a file below `folder`, but for private ones of these names.
    pub(crate) fn assert_in_no_file(&self, folder: &Path, but: &[&str]) {
        for path in files(folder) {
            let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
            let Some(kind) = self.found_in(&text) else { continue };
            assert!(but.iter().any(|name| path.ends_with(name)), "{kind} is in {}", path.display());
            // What ends with the sign-in is kept nowhere.
            let lasts = ["client_secret", "access_token", "refresh_token", "api_token"];
            for (kind, secrets) in self.secrets().iter().filter(|(kind, _)| !lasts.contains(kind)) {
                let kept = secrets.iter().any(|secret| text.contains(secret));
                assert!(!kept || *kind == "bearer", "{kind} is kept in {}", path.display());
            }
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt as _;
                let mode = path.metadata().unwrap().permissions().mode() & 0o777;
                assert_eq!(mode, 0o600, "{}", path.display());
            }
        }
    }

    /// Ends the test where a secret stands in the arguments of a process or of one that it started, or in the
    /// environment of the latter. Looks on Linux only.
    pub(crate) fn assert_not_shown_by(&self, process: u32) {
        for id in with_children(process) {
            for what in ["cmdline", "environ"] {
                // Its own environment is what it was given; a child may be gone already.
                if what == "environ" && id == process {
                    continue;
                }
                let text = fs::read(format!("/proc/{id}/{what}")).unwrap_or_default();
                self.assert_not_in(format_args!("{what} of {id}"), &String::from_utf8_lossy(&text));
            }
        }
    }
}

/// Hands on what is said, and keeps it.
async fn copy(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, recorded: Recorded) {
    let index = {
        let mut recorded = recorded.lock().unwrap();
        recorded.push(Vec::new());
        recorded.len() - 1
    };
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        recorded.lock().unwrap()[index].extend_from_slice(&buffer[..length]);
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
    let _ = to.shutdown().await;
}

/// Finds what is secret in one direction of a connection.
fn listen(said: &str, found: &mut impl FnMut(&'static str, String)) {
    for name in SECRET_MEMBERS {
        for (at, key) in said.match_indices(&format!("\"{name}\"")) {
            let value = said[at + key.len()..].trim_start().strip_prefix(':').map(str::trim_start);
            let value = value.and_then(|value| value.strip_prefix('"')?.split_once('"'));
            if let Some((value, _)) = value.filter(|(value, _)| !value.is_empty()) {
                found(name, value.to_owned());
            }
        }
    }
    for line in said.lines() {
        let Some((name, value)) = line.split_once(": ") else { continue };
        if name.eq_ignore_ascii_case("authorization") {
            let (scheme, value) = value.split_once(' ').unwrap();
            found(if scheme == "Basic" { "basic" } else { "bearer" }, value.to_owned());
            let pair = base64::engine::general_purpose::STANDARD.decode(value).unwrap_or_default();
            if let Some((_, token)) = String::from_utf8_lossy(&pair).split_once(':') {
                found("api_token", token.to_owned());
            }
        } else if name.eq_ignore_ascii_case("location")
            && let Ok(url) = value.parse::<Url>()
        {
            for (name, value) in url.query_pairs() {
                match &*name {
                    "code" => found("code", value.into_owned()),
                    "state" => found("state", value.into_owned()),
                    _ => {}
                }
            }
        }
    }
}

/// All files below a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// A process and all that descend from it.
fn with_children(process: u32) -> Vec<u32> {
    let parents: Vec<(u32, u32)> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let id = entry.ok()?.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
            // After the name, which may hold anything: state, parent.
            let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
            Some((id, parent))
        })
        .collect();
    let mut family = if parents.is_empty() { Vec::new() } else { vec![process] };
    let mut next = 0;
    while let Some(&parent) = family.get(next) {
        family.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(id, _)| *id));
        next += 1;
    }
    family
}
