//! Sign-ins in a real Secret Service. It must be there and nobody's own: `.ci/signin/keyring` starts one.

/// With a Secret Service that is open.
mod open {
    use mcp_server_jira::auth::{Grant, Place, ProfileName, Store};
    use mcp_server_jira::sandbox::OAuthChange;
    use secrecy::{ExposeSecret as _, SecretString};
    use serde_json::json;

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
        assert_eq!(signed_in.store.place(&ProfileName::default()).await.unwrap(), Some(Place::Keyring));
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
                    let held = store.hold(&profile.name).await.unwrap();
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

    #[tokio::test]
    #[ignore = "needs a Secret Service of its own"]
    async fn what_is_forgotten_is_gone() {
        let signed_in = SignedIn::start().await;
        signed_in.move_into_keyring().await;
        let store = Store::new(signed_in.folder.path());
        let name = ProfileName::default();
        let pointer = std::fs::read(store.folder().join("default.json")).unwrap();
        let held = store.hold(&name).await.unwrap();
        store.remove(&held).await.unwrap();
        assert!(store.load(&name).await.unwrap().is_none());
        assert!(store.list().await.unwrap().is_empty());
        std::fs::write(store.folder().join("default.json"), pointer).unwrap();
        let error = store.load(&name).await.unwrap_err().to_string();
        assert!(error.contains("no longer holds the sign-in"), "{error}");
    }
}

/// With one that is locked, and nobody there to unlock it.
mod locked {
    use std::time::{Duration, Instant};

    use mcp_server_jira::auth::{Place, Store};

    use crate::support::signed_in::SignedIn;

    #[tokio::test]
    #[ignore = "needs a locked Secret Service of its own"]
    async fn a_locked_keyring_hangs_nobody() {
        let signed_in = SignedIn::start().await;
        let profile = signed_in.profile().await;
        let store = Store::new(signed_in.folder.path());
        let held = store.hold(&profile.name).await.unwrap();
        let start = Instant::now();
        let stored = store.put(&held, &profile).await.unwrap();
        assert!(matches!(stored.place, Place::File(_)), "{stored:?}");
        assert!(stored.because.unwrap().contains("keyring"));
        // Three seconds at most, and what a busy machine adds.
        assert!(start.elapsed() < Duration::from_secs(10));
    }
}
