//! Proxies and private certificate authorities, as companies have them.

use std::process::Command;
use std::sync::Arc;

use jira_sandbox::{Options, Sandbox};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// A host that no name server knows: only the proxy can lead to it.
const HOST: &str = "acme.atlassian.net";

/// A certificate for [`HOST`] by an authority of its own, and that authority as PEM.
fn private_authority() -> (ServerConfig, String) {
    let ca_key = rcgen::KeyPair::generate().unwrap();
    let mut ca = rcgen::CertificateParams::new(vec![]).unwrap();
    ca.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let authority = ca.self_signed(&ca_key).unwrap().pem();
    let issuer = rcgen::Issuer::new(ca, ca_key);
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate =
        rcgen::CertificateParams::new(vec![HOST.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    (config, authority)
}

/// A proxy that leads CONNECT for [`HOST`] to the embedded Jira, behind TLS; gives its address.
async fn proxy(config: ServerConfig, jira: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        loop {
            let Ok((mut client, _)) = listener.accept().await else { return };
            let (acceptor, jira) = (acceptor.clone(), jira.clone());
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(client.read_u8().await.unwrap());
                }
                assert!(head.starts_with(format!("CONNECT {HOST}:443 ").as_bytes()));
                client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
                let Ok(mut inside) = acceptor.accept(client).await else { return };
                let mut jira = TcpStream::connect(jira).await.unwrap();
                let _ = copy_bidirectional(&mut inside, &mut jira).await;
            });
        }
    });
    format!("http://{address}")
}

fn call(environment: &[(&str, &str)]) -> std::process::Output {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("mcp-server-jira"));
    command.args(["call", "get_myself"]).env_clear().envs(environment.iter().copied());
    command.output().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_and_a_private_authority_lead_to_jira() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let info = sandbox.info();
    let (config, authority) = private_authority();
    let proxy = proxy(config, info.url.trim_start_matches("http://").to_owned()).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("authority.pem");
    std::fs::write(&file, authority).unwrap();
    let account = [
        ("JIRA_URL", HOST),
        ("JIRA_EMAIL", &info.email),
        ("JIRA_API_TOKEN", &info.api_token),
        ("HTTPS_PROXY", &proxy),
    ];
    let trusted = [("SSL_CERT_FILE", file.to_str().unwrap())];

    let with = tokio::task::block_in_place(|| call(&[&account[..], &trusted[..]].concat()));
    assert!(with.status.success(), "{}", String::from_utf8_lossy(&with.stderr));

    // The same site under an authority that this machine does not trust is no Jira to talk to.
    let without = tokio::task::block_in_place(|| call(&account));
    assert_eq!(without.status.code(), Some(1));
    let text = String::from_utf8(without.stderr).unwrap();
    assert!(text.contains("cannot be reached") && text.to_lowercase().contains("certificate"), "{text}");
}
