//! Sign-ins in a real Secret Service. It must be there and nobody's own: `.ci/signin/keyring` starts one.

use crate::support::machine::Machine;

/// Lets the commands on a machine find the Secret Service.
fn with_keyring(machine: &mut Machine) {
    for name in ["DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"] {
        machine.variables.push((name.into(), std::env::var(name).unwrap()));
    }
}

/// With a Secret Service that is open.
mod open {
    use jira_sandbox::OAuthChange;
    use mcp_server_jira::auth::{Grant, ProfileName, StorageLocation, Store};
    use secrecy::{ExposeSecret as _, SecretString};
    use serde_json::json;

    use super::with_keyring;
    use crate::leaks::{sign_in_and_out, watched};
    use crate::support::signed_in::SignedIn;

    #[tokio::test]
    #[ignore = "needs a Secret Service of its own"]
    async fn a_sign_in_lives_in_the_keyring_and_serves_calls() {
        let signed_in = SignedIn::start().await;
        // Longer than one entry of Windows' keyring, which others are held to as well.
        signed_in
            .change_tokens(|tokens| tokens.scopes = (0..400).map(|n| format!("scope-{n}")).collect())
            .await;
        let before = signed_in.tokens().await.unwrap();
        signed_in.move_into_keyring().await;
        let file = std::fs::read_to_string(signed_in.store.folder().join("default.json")).unwrap();
        assert!(!file.contains(before.access.expose_secret()), "{file}");
        assert_eq!(signed_in.tokens().await.unwrap().scopes.len(), 400);

        signed_in.jira.sandbox.change_oauth(OAuthChange::ExpireAccess);
        signed_in.agent().await.ok("get_issue", json!({"issue": "DEMO-1"})).await;
        let after = signed_in.tokens().await.unwrap();
        assert_ne!(after.access.expose_secret(), before.access.expose_secret());
        assert_eq!(
            signed_in.store.location(&ProfileName::default()).await.unwrap(),
            Some(StorageLocation::Keyring)
        );
    }

    #[tokio::test]
    #[ignore = "needs a Secret Service of its own"]
    async fn who_reads_while_others_write_sees_one_document_or_the_other() {
        let signed_in = SignedIn::start().await;
        signed_in.move_into_keyring().await;
        let store = Store::new(signed_in.folder.path());
        let writer = {
            let (store, profile) = (store.clone(), signed_in.profile().await);
            tokio::spawn(async move {
                for round in 0..20 {
                    let mut profile = profile.clone();
                    let Grant::OAuth(grant) = &mut profile.grant else { unreachable!() };
                    // Of one to four parts.
                    let text = format!("{round} ").repeat(500 + 1_000 * (round % 4));
                    grant.tokens.as_mut().unwrap().access = SecretString::from(text);
                    let held = store.lock(&profile.name).await.unwrap();
                    store.update(&held, &profile).await.unwrap();
                }
            })
        };
        while !writer.is_finished() {
            let profile = store.load(&ProfileName::default()).await.unwrap().unwrap();
            assert_eq!(profile.person.account_id, signed_in.jira.info().users[0].account_id);
        }
        writer.await.unwrap();
    }

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "needs a Secret Service of its own"]
    async fn no_secret_is_outside_the_keyring() {
        let (mut machine, recorder) = watched().await;
        with_keyring(&mut machine);
        sign_in_and_out(&machine, &recorder, &[]).await;
        assert!(machine.fails(1, &["doctor"], "").contains("✓ Keyring"));
    }

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "needs a Secret Service of its own"]
    async fn signing_in_again_takes_a_sign_in_out_of_its_file() {
        let (mut machine, recorder) = watched().await;
        machine.sign_in(&[]).await;
        recorder.assert_in_no_file(machine.folder.path(), &["profiles/default.json"]);
        with_keyring(&mut machine);
        let doctor = machine.ok(&["doctor"], "");
        assert!(doctor.contains("! Keyring") && doctor.contains("auth login --profile default"), "{doctor}");
        machine.sign_in(&[]).await;
        recorder.assert_in_no_file(machine.folder.path(), &[]);
        machine.ok(&["call", "count_issues", r#"{"jql":"project = DEMO"}"#], "");
        machine.ok(&["auth", "logout"], "");
    }

    #[tokio::test]
    #[ignore = "needs a Secret Service of its own"]
    async fn what_is_forgotten_is_gone() {
        let signed_in = SignedIn::start().await;
        signed_in.move_into_keyring().await;
        let store = Store::new(signed_in.folder.path());
        let name = ProfileName::default();
        let pointer = std::fs::read(store.folder().join("default.json")).unwrap();
        let held = store.lock(&name).await.unwrap();
        store.remove(&held).await.unwrap();
        assert!(store.load(&name).await.unwrap().is_none());
        assert!(store.list().await.unwrap().is_empty());
        std::fs::write(store.folder().join("default.json"), pointer).unwrap();
        let error = store.load(&name).await.unwrap_err().to_string();
        assert!(error.contains("no longer holds the sign-in"), "{error}");
    }
}

/// With one that stops answering. A stopped process is what a keyring looks like that waits for its user.
mod hanging {
    use std::process::Command;
    use std::time::Duration;

    use mcp_server_jira::auth::{ProfileName, StorageLocation, Store};
    use secrecy::{ExposeSecret as _, SecretString};
    use serde_json::json;

    use super::with_keyring;
    use crate::leaks::Served;
    use crate::support::machine::Machine;
    use crate::support::signed_in::SignedIn;

    /// The Secret Service does nothing until this goes.
    struct Stopped;

    impl Stopped {
        fn now() -> Self {
            signal("-STOP");
            Self
        }
    }

    impl Drop for Stopped {
        fn drop(&mut self) {
            signal("-CONT");
        }
    }

    fn signal(which: &str) {
        let id = std::env::var("SECRET_SERVICE_PID").unwrap();
        assert!(Command::new("kill").args([which, &id]).status().unwrap().success());
    }

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "needs a Secret Service of its own"]
    async fn a_keyring_that_does_not_answer_hangs_nobody() {
        let mut machine = Machine::new().await;
        with_keyring(&mut machine);
        machine.sign_in(&[]).await;
        let call = ["call", "count_issues", r#"{"jql":"project = DEMO"}"#];
        let stopped = Stopped::now();
        let mut server = Served::start(machine.command(&[]));
        assert!(server.ask("tools/list", json!({})).contains("search_issues"), "it starts");
        let answer = server.search().to_owned();
        assert!(answer.contains("does not answer within 3 s") && answer.contains("Unlock"), "{answer}");
        for arguments in [&call[..], &["auth", "status"]] {
            let said = machine.fails(1, arguments, "");
            assert!(said.contains("does not answer within 3 s"), "{arguments:?}: {said}");
        }
        let doctor = machine.fails(1, &["doctor"], "");
        assert!(doctor.contains("✗ Keyring") && doctor.contains("holds the sign-in `default`"), "{doctor}");
        drop(stopped);
        assert!(server.search().contains("DEMO-"), "it goes on once the keyring does");
        machine.ok(&call, "");
        machine.ok(&["doctor"], "");
    }

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "needs a Secret Service of its own"]
    async fn a_write_that_is_broken_off_anywhere_leaves_a_sign_in_that_works() {
        let signed_in = SignedIn::start().await;
        let store = Store::new(signed_in.folder.path());
        let name = ProfileName::default();
        // Of several parts, so that there is much to break off.
        signed_in
            .change_tokens(|tokens| tokens.scopes.extend((0..2_000).map(|n| format!("scope-{n}"))))
            .await;
        let real = signed_in.tokens().await.unwrap().access;
        let mut broken = 0;
        for milliseconds in [0, 3, 8, 20] {
            signed_in.move_into_keyring().await;
            let mut profile = signed_in.profile().await;
            let mcp_server_jira::auth::Grant::OAuth(grant) = &mut profile.grant else { unreachable!() };
            let new = format!("the token after {milliseconds} ms");
            grant.tokens.as_mut().unwrap().access = SecretString::from(new.as_str());
            let update = {
                let (store, profile) = (store.clone(), profile.clone());
                tokio::spawn(async move {
                    let held = store.lock(&profile.name).await?;
                    store.update(&held, &profile).await
                })
            };
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            let stopped = Stopped::now();
            update.await.unwrap().unwrap();
            broken += usize::from(store.location(&name).await.unwrap() != Some(StorageLocation::Keyring));
            drop(stopped);
            let kept = signed_in.tokens().await.unwrap().access;
            assert_eq!(kept.expose_secret(), new);
        }
        assert!(broken > 0, "no write was broken off");
        signed_in.change_tokens(|tokens| tokens.access = real).await;
        signed_in.agent().await.ok("get_issue", json!({"issue": "DEMO-1"})).await;
    }
}

/// With one that was open when somebody signed in.
mod locked_later {
    use std::process::Command;

    use super::with_keyring;
    use crate::support::machine::Machine;

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "needs a Secret Service of its own"]
    async fn a_sign_in_behind_a_lock_is_told_as_such() {
        let mut machine = Machine::new().await;
        with_keyring(&mut machine);
        machine.sign_in(&[]).await;
        let service = "org.freedesktop.secrets";
        let lock = Command::new("dbus-send")
            .args(["--session", "--print-reply", &format!("--dest={service}"), "/org/freedesktop/secrets"])
            .args([
                "org.freedesktop.Secret.Service.Lock",
                "array:objpath:/org/freedesktop/secrets/aliases/default",
            ])
            .output()
            .unwrap();
        assert!(lock.status.success(), "{lock:?}");
        for arguments in [&["call", "get_myself"][..], &["auth", "status"], &["doctor"]] {
            let said = machine.fails(1, arguments, "");
            assert!(
                said.contains("the keyring is locked") && said.contains("Unlock"),
                "{arguments:?}: {said}"
            );
        }
        let doctor = machine.fails(1, &["doctor"], "");
        assert!(doctor.contains("✗ Keyring") && doctor.contains("holds the sign-in `default`"), "{doctor}");
    }
}

/// With one that is locked, and nobody there to unlock it.
mod locked {
    use std::time::{Duration, Instant};

    use mcp_server_jira::auth::{StorageLocation, Store};

    use super::with_keyring;
    use crate::support::machine::Machine;
    use crate::support::signed_in::SignedIn;

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "needs a locked Secret Service of its own"]
    async fn who_signs_in_is_told_that_it_is_locked() {
        let mut machine = Machine::new().await;
        with_keyring(&mut machine);
        let doctor = machine.fails(1, &["doctor"], "");
        assert!(doctor.contains("! Keyring") && doctor.contains("locked"), "{doctor}");
        let info = machine.jira.info();
        let arguments = ["auth", "login", "--with-token", "--site", &info.url, "--email", &info.email];
        let output = machine.run(&arguments, &info.api_token);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("readable for you alone") && said.contains("locked"), "{said}");
        machine.ok(&["call", "count_issues", r#"{"jql":"project = DEMO"}"#], "");
        let doctor = machine.ok(&["doctor"], "");
        assert!(doctor.contains("! Keyring") && doctor.contains("locked"), "{doctor}");
    }

    #[tokio::test]
    #[ignore = "needs a locked Secret Service of its own"]
    async fn a_locked_keyring_hangs_nobody() {
        let signed_in = SignedIn::start().await;
        let profile = signed_in.profile().await;
        let store = Store::new(signed_in.folder.path());
        let held = store.lock(&profile.name).await.unwrap();
        let start = Instant::now();
        let stored = store.save(&held, &profile).await.unwrap();
        assert!(matches!(stored.location, StorageLocation::File(_)), "{stored:?}");
        assert!(stored.fallback_reason.unwrap().contains("keyring"));
        // Three seconds at most, and what a busy machine adds.
        assert!(start.elapsed() < Duration::from_secs(10));
    }
}
