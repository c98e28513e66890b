//! Floods in HTTP/2. The server does not speak it: the preface ends the connection, whatever comes after it, and nothing of the
//! flood is read as a request.

use std::io::Write;

use super::{ALONE, LIVE, connected, heard, listening, said};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A frame (RFC 9113, section 4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// The head of `GET /health/live` (RFC 7541): method and scheme from the table, path and host in letters.
fn head() -> Vec<u8> {
    let path = b"/health/live";
    [&[0x82, 0x86, 0x04, u8::try_from(path.len()).unwrap()], path.as_slice(), &[0x01, 1, b'x']].concat()
}

const HEADERS: u8 = 1;
const RESET: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

#[test]
fn a_flood_in_http_2_ends_with_its_first_line() {
    let _beside = ALONE.read();
    let address = listening(None);
    let streams = || (0..20_000_u32).map(|n| 2 * n + 1);
    let settings = frame(SETTINGS, 0, 0, &[]);
    let floods: [(&str, Vec<u8>); 5] = [
        (
            "streams that are opened and reset at once",
            streams()
                .flat_map(|id| {
                    let opened = frame(HEADERS, END_STREAM | END_HEADERS, id, &head());
                    [opened, frame(RESET, 0, id, &8_u32.to_be_bytes())].concat()
                })
                .collect(),
        ),
        ("many streams", streams().flat_map(|id| frame(HEADERS, END_HEADERS, id, &head())).collect()),
        (
            "a head without an end",
            std::iter::once(frame(HEADERS, END_STREAM, 1, &head()))
                .chain((0..20_000).map(|_| frame(CONTINUATION, 0, 1, b"\x00\x01a\x01b")))
                .flatten()
                .collect(),
        ),
        ("settings", (0..50_000).flat_map(|_| frame(SETTINGS, 0, 0, &[0, 4, 0, 0, 0, 0])).collect()),
        ("pings", (0..50_000).flat_map(|_| frame(PING, 0, 0, &[7; 8])).collect()),
    ];
    let mut open = Vec::new();
    for (what, flood) in &floods {
        for _ in 0..4 {
            let mut stream = connected(address);
            // The server may close before everything is written.
            let _ = stream.write_all(&[PREFACE, &settings, flood.as_slice()].concat());
            open.push((what, stream));
        }
        assert!(said(address, LIVE).starts_with("HTTP/1.1 200"), "{what}: others are answered");
    }
    for (what, mut stream) in open {
        let answer = heard(&mut stream);
        let text = String::from_utf8_lossy(&answer);
        assert!(answer.is_empty() || text.starts_with("HTTP/1.1 400"), "{what}: {}", &text[..text.len().min(100)]);
        assert!(text.matches("HTTP/1.1").count() <= 1, "{what}: {text}");
    }
    // Who asks to change the protocol goes on in the one that is spoken.
    let upgrade = b"GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: upgrade, http2-settings, close\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n";
    assert!(said(address, upgrade).starts_with("HTTP/1.1 200"));
}
