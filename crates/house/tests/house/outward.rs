//! Nothing goes out by itself: the product starts no program but itself and opens no connection but to its database. Whoever
//! writes the first client of the network writes the one that checks where it goes, and names it here.

use std::collections::BTreeMap;

use crate::purity::{without_comments, without_tests};
use crate::workspace::{root, sources};

/// What starts a program or opens a connection.
const WAYS_OUT: &[&str] =
    &["process::Command", "Command::new(", "TcpStream::connect", "TcpSocket", "UdpSocket", "UnixStream"];

/// The sources that may, each with its reason.
const ALLOWED: &[(&str, &str)] = &[
    ("crates/attestry/src/commands/bench/load.rs", "measures a server whose address somebody typed"),
    ("crates/attestry/src/commands/bench/pages.rs", "measures itself in a process of its own"),
    ("crates/attestry/src/commands/serve.rs", "begins once more with few arenas of memory"),
    ("crates/report/src/pdf/child.rs", "sets a PDF in a child of the same program"),
];

/// Libraries that speak to other machines or send mail.
const CLIENTS: &[&str] = &[
    "attohttpc",
    "awc",
    "curl",
    "hickory-resolver",
    "hyper-rustls",
    "hyper-tls",
    "isahc",
    "lettre",
    "minreq",
    "oauth2",
    "object_store",
    "openidconnect",
    "reqwest",
    "samael",
    "surf",
    "ureq",
];

/// Every source that goes out without being allowed to, and every allowance that is no longer needed.
fn going_out(sources: &BTreeMap<String, String>, allowed: &[(&str, &str)]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (path, text) in sources.iter().filter(|(path, _)| path.contains("/src/")) {
        let code = without_tests(&without_comments(text));
        let goes = WAYS_OUT.iter().find(|way| code.contains(*way));
        match (goes, allowed.iter().any(|(listed, _)| listed == path)) {
            (Some(way), false) => wrong.push(format!("{path} names {way}")),
            (None, true) => wrong.push(format!("{path} no longer goes out")),
            _ => {}
        }
    }
    wrong
}

/// The clients of the network among the packages of a lock file.
fn clients(lock: &str) -> Vec<String> {
    let lock: toml::Table = lock.parse().unwrap();
    let packages = lock["package"].as_array().unwrap().iter();
    let names = packages.filter_map(|package| package["name"].as_str());
    names.filter(|name| CLIENTS.contains(name)).map(str::to_owned).collect()
}

#[test]
fn no_program_is_started_and_no_connection_opened_but_those_listed() {
    assert_eq!(going_out(&sources("crates"), ALLOWED), [""; 0]);
}

#[test]
fn no_client_of_the_network_is_built_in() {
    assert_eq!(clients(&std::fs::read_to_string(root().join("Cargo.lock")).unwrap()), [""; 0]);
}

#[test]
fn a_way_out_is_caught_in_code_and_not_in_words_or_tests() {
    let sources = [
        ("crates/a/src/x.rs", "fn f() { std::process::Command::new(\"sendmail\"); }"),
        (
            "crates/a/src/y.rs",
            "// TcpStream::connect is for others\n#[cfg(test)]\nmod tests {\n    fn f() { TcpStream::connect(1); }\n}\n",
        ),
        ("crates/a/tests/z.rs", "fn f() { TcpStream::connect(1); }"),
        ("crates/a/src/z.rs", "fn f() {}"),
    ];
    let sources = sources.map(|(path, text)| (path.to_owned(), text.to_owned())).into();
    assert_eq!(
        going_out(&sources, &[("crates/a/src/z.rs", "once")]),
        ["crates/a/src/x.rs names process::Command", "crates/a/src/z.rs no longer goes out"]
    );
    assert_eq!(clients("[[package]]\nname = \"axum\"\n[[package]]\nname = \"reqwest\"\n"), ["reqwest"]);
}
