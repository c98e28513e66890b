//! The server as the network meets it: what happens before a request is one, and encryption by files. In a process of its own,
//! because other tests tell theirs to end.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic, in its helpers too")]

#[path = "../common/mod.rs"]
#[expect(dead_code, reason = "people and sessions are for other tests")]
mod common;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use attestry_server::{Listen, Tls};

/// A server of its own that listens.
fn listening(tls: Option<Tls>) -> SocketAddr {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let folder = tempfile::tempdir().unwrap();
        let app = common::clinic(folder.path());
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let listen = Listen { address: ([127, 0, 0, 1], 0).into(), tls };
        runtime.block_on(attestry_server::serve(app, listen, |address| sender.send(address).unwrap())).unwrap();
    });
    receiver.recv().unwrap()
}

fn said(address: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    // A server that has had enough may close before everything is written.
    let _ = stream.write_all(request);
    let mut answer = Vec::new();
    let mut piece = [0; 4_096];
    while let Ok(read) = stream.read(&mut piece) {
        answer.extend_from_slice(&piece[..read]);
        if read == 0 || answer.len() > 1 << 20 {
            break;
        }
    }
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn requests_that_are_none_end_the_connection_and_nobody_elses() {
    let address = listening(None);
    let get = b"GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    assert!(said(address, get).starts_with("HTTP/1.1 200"));
    let large_header = format!("GET /health/live HTTP/1.1\r\nhost: x\r\nx-large: {}\r\n\r\n", "a".repeat(200_000));
    let large_cookie = format!("GET /health/live HTTP/1.1\r\nhost: x\r\ncookie: {}\r\n\r\n", "a=b; ".repeat(40_000));
    let large_url = format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(200_000));
    let many = format!("GET /health/live HTTP/1.1\r\nhost: x\r\n{}\r\n", "x-a: b\r\n".repeat(5_000));
    for (what, request) in [("header", large_header), ("cookie", large_cookie), ("url", large_url), ("headers", many)] {
        let answer = said(address, request.as_bytes());
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{what}: {}", &answer[..answer.len().min(100)]);
    }
    // Two lengths, or a length and pieces: one request never becomes two.
    for smuggled in [
        "POST /sign-in HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\nconnection: close\r\n\r\nhello!",
        "POST /sign-in HTTP/1.1\r\nhost: x\r\ncontent-length: 60\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n0\r\n\r\nGET /health/live HTTP/1.1\r\nhost: x\r\n\r\n",
        "POST /sign-in HTTP/1.1\r\nhost: x\r\ntransfer-encoding: xchunked\r\nconnection: close\r\n\r\n0\r\n\r\nGET /health/live HTTP/1.1\r\nhost: x\r\n\r\n",
        "POST /sign-in HTTP/1.1\r\nhost: x\r\ncontent-length : 0\r\nconnection: close\r\n\r\n",
        "GET /health/live HTTP/1.1\r\n host: x\r\n\r\n",
    ] {
        let answer = said(address, smuggled.as_bytes());
        assert!(answer.matches("HTTP/1.1 ").count() <= 1, "{smuggled}: {answer}");
        assert!(!answer.contains("HTTP/1.1 200"), "{smuggled}: {answer}");
    }
    assert!(said(address, get).starts_with("HTTP/1.1 200"), "the server goes on");
}

#[test]
fn who_does_not_finish_a_request_is_not_waited_for() {
    let address = listening(None);
    let begun = Instant::now();
    let mut slow: Vec<TcpStream> = (0..200)
        .map(|_| {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
            stream.write_all(b"GET /health/live HTTP/1.1\r\nhost: x\r\nx-slow: ").unwrap();
            stream
        })
        .collect();
    let others = Instant::now();
    let answer = said(address, b"GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    assert!(
        answer.starts_with("HTTP/1.1 200") && others.elapsed() < Duration::from_secs(5),
        "others are answered meanwhile"
    );
    let mut rest = Vec::new();
    let _ = slow[0].read_to_end(&mut rest);
    let waited = begun.elapsed();
    assert!((Duration::from_secs(5)..Duration::from_secs(25)).contains(&waited), "ended after {waited:?}");
}

#[test]
fn files_of_a_certificate_make_the_connection_an_encrypted_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wire/tls");
    let tls = Tls { certificate: folder.join("certificate.pem"), key: folder.join("key.pem") };
    let address = listening(Some(tls));
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut roots = rustls::RootCertStore::empty();
    let pem = std::fs::read(folder.join("authority.pem")).unwrap();
    let authority =
        <rustls::pki_types::CertificateDer<'_> as rustls::pki_types::pem::PemObject>::from_pem_slice(&pem).unwrap();
    roots.add(authority).unwrap();
    let config = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let name = rustls::pki_types::ServerName::try_from("localhost").unwrap();
    let mut session = rustls::ClientConnection::new(Arc::new(config), name).unwrap();
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut stream = rustls::Stream::new(&mut session, &mut socket);
    stream.write_all(b"GET /health/live HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    // Who closes without a last word has still answered.
    let _ = stream.read_to_end(&mut answer);
    assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
    // What comes in the clear is no request here.
    let plain = said(address, b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n");
    assert!(!plain.contains("HTTP/1.1 200"), "{plain}");
    // Files that are none are told before anything listens.
    let wrong = Tls { certificate: folder.join("key.pem"), key: folder.join("absent.pem") };
    let data = tempfile::tempdir().unwrap();
    let app = common::clinic(data.path());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let listen = Listen { address: ([127, 0, 0, 1], 0).into(), tls: Some(wrong) };
    assert!(runtime.block_on(attestry_server::serve(app, listen, |_| {})).is_err());
}
