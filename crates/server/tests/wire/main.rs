//! The server as the network meets it: what happens before a request is one, and encryption by files. In a process of its own,
//! because other tests tell theirs to end. How long something takes is asserted nowhere: a busy machine is no fault.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic, in its helpers too")]

#[path = "../common/mod.rs"]
#[expect(dead_code, reason = "people and sessions are for other tests")]
mod common;
mod crowd;
mod protocols;
mod tls;

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::RwLock;
use std::time::Duration;

use attestry_server::{Listen, Tls};

/// Who counts what the whole process holds is alone in it.
static ALONE: RwLock<()> = RwLock::new(());

/// How long the slowest of machines may take for anything.
const PATIENCE: Duration = Duration::from_mins(2);

const LIVE: &[u8] = b"GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

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

fn connected(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// What comes back until the end of the connection, or enough of it.
fn heard(stream: &mut TcpStream) -> Vec<u8> {
    let mut answer = Vec::new();
    let mut piece = [0; 4_096];
    while let Ok(read) = stream.read(&mut piece) {
        answer.extend_from_slice(&piece[..read]);
        if read == 0 || answer.len() > 1 << 20 {
            break;
        }
    }
    answer
}

fn said(address: SocketAddr, request: &[u8]) -> String {
    let mut stream = connected(address);
    // A server that has had enough may close before everything is written.
    let _ = stream.write_all(request);
    String::from_utf8_lossy(&heard(&mut stream)).into_owned()
}

/// Whether the other side has ended a connection on which nothing was answered; waits for it for as long as it takes.
fn is_ended(stream: &mut TcpStream) -> bool {
    match stream.read(&mut [0; 1]) {
        Ok(read) => read == 0,
        Err(error) => !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
    }
}

#[test]
fn requests_that_are_none_end_the_connection_and_nobody_elses() {
    let _beside = ALONE.read();
    let address = listening(None);
    assert!(said(address, LIVE).starts_with("HTTP/1.1 200"));
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
    assert!(said(address, LIVE).starts_with("HTTP/1.1 200"), "the server goes on");
}

#[test]
fn who_does_not_finish_a_request_is_not_waited_for() {
    let _beside = ALONE.read();
    let address = listening(None);
    let mut slow: Vec<TcpStream> = (0..200)
        .map(|_| {
            let mut stream = connected(address);
            stream.write_all(b"GET /health/live HTTP/1.1\r\nhost: x\r\nx-slow: ").unwrap();
            stream
        })
        .collect();
    assert!(said(address, LIVE).starts_with("HTTP/1.1 200"), "others are answered meanwhile");
    for stream in &mut slow {
        let answer = String::from_utf8_lossy(&heard(stream)).into_owned();
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
    }
}
