//! F15: bad certificates are refused, each by a code of its own, and nobody is asked in plain
//! instead. The authority is made here; the process under test trusts it as a system's.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, ExtendedKeyUsagePurpose,
    IsCa, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;

use super::source;
use crate::command_line::{lines, regwire, run};

type Issuer = CertifiedIssuer<'static, KeyPair>;

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn leaf(host: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, host);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.not_before = date_time_ymd(2024, 1, 1);
    params.not_after = date_time_ymd(2124, 1, 1);
    params
}

/// A chain as presented, and the key of its first certificate.
type Presented = (Vec<CertificateDer<'static>>, KeyPair);

fn signed(params: CertificateParams, by: &Issuer, chain: &[&Issuer]) -> Presented {
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, by).unwrap();
    let mut all = vec![certificate.der().clone()];
    all.extend(chain.iter().map(|link| link.der().clone()));
    (all, key)
}

/// Every bad certificate by the host that presents it, and the code it must be refused by.
fn cases(root: &Issuer) -> Vec<(&'static str, &'static str, Presented)> {
    let stranger =
        CertifiedIssuer::self_signed(authority("Stranger"), KeyPair::generate().unwrap()).unwrap();
    let middle =
        CertifiedIssuer::signed_by(authority("Middle"), KeyPair::generate().unwrap(), root)
            .unwrap();
    let expired = {
        let mut params = leaf("expired.localhost");
        params.not_after = date_time_ymd(2025, 1, 1);
        params
    };
    let early = {
        let mut params = leaf("early.localhost");
        params.not_before = date_time_ymd(2123, 1, 1);
        params
    };
    let purpose = {
        let mut params = leaf("purpose.localhost");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        params
    };
    let extension = {
        let mut params = leaf("extension.localhost");
        let mut odd = CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 99_999, 1], vec![5, 0]);
        odd.set_criticality(true);
        params.custom_extensions = vec![odd];
        params
    };
    let own = {
        let key = KeyPair::generate().unwrap();
        let certificate = leaf("own.localhost").self_signed(&key).unwrap();
        (vec![certificate.der().clone()], key)
    };
    let forged = {
        let (mut chain, key) = signed(leaf("forged.localhost"), root, &[]);
        let mut der = chain[0].to_vec();
        // The last bytes are the signature.
        let last = der.len() - 1;
        der[last] ^= 1;
        chain[0] = CertificateDer::from(der);
        (chain, key)
    };
    let noise = (
        vec![CertificateDer::from(vec![0x30, 0x03, 1, 2, 3])],
        KeyPair::generate().unwrap(),
    );
    vec![
        ("expired", "certificate-expired", signed(expired, root, &[])),
        (
            "early",
            "certificate-not-yet-valid",
            signed(early, root, &[]),
        ),
        (
            "wrong",
            "certificate-wrong-host",
            signed(leaf("another.localhost"), root, &[]),
        ),
        ("own", "certificate-self-signed", own),
        (
            "stranger",
            "certificate-untrusted",
            signed(leaf("stranger.localhost"), &stranger, &[&stranger]),
        ),
        (
            "incomplete",
            "certificate-incomplete",
            signed(leaf("incomplete.localhost"), &middle, &[]),
        ),
        (
            "purpose",
            "certificate-wrong-purpose",
            signed(purpose, root, &[]),
        ),
        ("forged", "certificate-bad-signature", forged),
        ("noise", "certificate-unreadable", noise),
        ("extension", "certificate", signed(extension, root, &[])),
        // The good ones: with its link, and without need of one.
        ("good", "", signed(leaf("good.localhost"), root, &[])),
        (
            "whole",
            "",
            signed(leaf("whole.localhost"), &middle, &[&middle]),
        ),
    ]
}

#[derive(Debug)]
struct ByName(HashMap<String, Arc<CertifiedKey>>);

impl ResolvesServerCert for ByName {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let host = hello.server_name()?.split('.').next()?;
        self.0.get(host).cloned()
    }
}

/// A server that presents by name, and counts those who speak plain http to it.
async fn server(presented: HashMap<String, Arc<CertifiedKey>>) -> (u16, Arc<AtomicUsize>) {
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(ByName(presented)));
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let plain = Arc::new(AtomicUsize::new(0));
    let heard = Arc::clone(&plain);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, heard) = (acceptor.clone(), Arc::clone(&heard));
            tokio::spawn(async move {
                let mut first = [0; 3];
                let _ = stream.peek(&mut first).await;
                if first == *b"GET" {
                    heard.fetch_add(1, Ordering::SeqCst);
                }
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    return;
                };
                let mut question = vec![0; 4_096];
                let length = stream.read(&mut question).await.unwrap_or(0);
                let body = super::rss(&super::item(1));
                let answer = if question[..length].starts_with(b"GET /robots.txt") {
                    "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                        .to_owned()
                } else {
                    format!(
                        "HTTP/1.1 200 OK\r\nset-cookie: id=1\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                        body.len()
                    )
                };
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    (port, plain)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_bad_certificate_is_refused_by_its_own_code_and_never_asked_in_plain() {
    let root =
        CertifiedIssuer::self_signed(authority("Root"), KeyPair::generate().unwrap()).unwrap();
    let cases = cases(&root);
    let provider = tokio_rustls::rustls::crypto::ring::default_provider();
    let presented = cases
        .iter()
        .map(|(host, _, (chain, key))| {
            let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
            let key = provider.key_provider.load_private_key(key).unwrap();
            (
                (*host).to_owned(),
                Arc::new(CertifiedKey::new(chain.clone(), key)),
            )
        })
        .collect();
    let (port, plain) = server(presented).await;

    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("root.pem"), root.pem()).unwrap();
    std::fs::write(
        at("regwire.toml"),
        "contact = \"ops@example.org\"\n[fetch]\nallow = [\"127.0.0.0/8\"]\ngap = \"0\"\n",
    )
    .unwrap();
    let sources: String = cases
        .iter()
        .map(|(host, ..)| {
            // A refused robots.txt would only say so; the page itself is what is asked for here.
            let more = "robots_override = \"a server of our own\"";
            source(
                host,
                "feed",
                &format!("https://{host}.localhost:{port}/feed"),
                more,
            )
        })
        .collect();
    std::fs::write(at("sources.toml"), sources).unwrap();
    let data = at("data");
    let config = at("regwire.toml");
    let out = tokio::task::spawn_blocking(move || {
        let mut command = regwire(&data);
        run(command
            .arg("--config")
            .arg(config)
            .env("SSL_CERT_FILE", data.with_file_name("root.pem"))
            .env_remove("SSL_CERT_DIR")
            .args(["collect", "--jsonl"]))
    })
    .await
    .unwrap();
    let mut told: HashMap<String, (String, Vec<Value>)> = lines(&out)
        .into_iter()
        .map(|line| {
            let text = |key: &str| line[key].as_str().unwrap().to_owned();
            (
                text("source"),
                (text("outcome"), line["faults"].as_array().unwrap().clone()),
            )
        })
        .collect();
    let mut codes = Vec::new();
    for (host, code, _) in &cases {
        let (outcome, faults) = told.remove(*host).unwrap();
        if code.is_empty() {
            assert_eq!(outcome, "new", "{host}: {faults:?}");
            continue;
        }
        println!("{host:<11} {} {}", faults[0]["code"], faults[0]["detail"]);
        assert_eq!(outcome, "failed", "{host}: {faults:?}");
        assert_eq!(faults[0]["code"], *code, "{host}: {faults:?}");
        codes.push(*code);
    }
    codes.sort_unstable();
    codes.dedup();
    assert!(codes.len() >= 8, "{codes:?}");
    assert_eq!(plain.load(Ordering::SeqCst), 0, "asked in plain");
}
