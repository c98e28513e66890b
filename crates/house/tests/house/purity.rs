//! The pure crates do no I/O, read no clock and draw no random numbers.
//!
//! Clippy holds them to it call by call (see their clippy.toml); what a list of calls cannot name is searched for here:
//! whole modules of the standard library, and dependencies that do such things.

use std::collections::BTreeSet;
use std::fs;

use crate::workspace::{dependencies, manifests, root, sources};

const PURE: &[&str] = &["ledger", "standards", "model", "risk", "check"];

/// What no pure crate may name.
const FORBIDDEN_PATHS: &[&str] = &[
    "std::env",
    "std::fs",
    "std::io::stdin",
    "std::net",
    "std::os",
    "std::process",
    "std::thread::scope",
    "std::thread::spawn",
    "std::time::Instant",
    "std::time::SystemTime",
];

/// What no pure crate may depend on, except in its tests. A crate that computes with random numbers takes a generator
/// seeded by its caller (`rand_xoshiro`, `rand_chacha`), never `rand`'s own.
const FORBIDDEN_CRATES: &[&str] = &[
    "async-std",
    "fastrand",
    "getrandom",
    "hyper",
    "rand",
    "reqwest",
    "rusqlite",
    "sqlx",
    "tempfile",
    "tokio",
    "ureq",
];

/// Features with which a permitted dependency would read a clock or draw random numbers.
const FORBIDDEN_FEATURES: &[(&str, &str)] = &[("uuid", "v1"), ("uuid", "v4"), ("uuid", "v6"), ("uuid", "v7")];

/// The forbidden paths that a source names outside its tests, also through grouped imports.
fn impure_paths(source: &str) -> BTreeSet<&'static str> {
    let code = without_tests(&without_comments(source));
    let imported = imports(&code);
    FORBIDDEN_PATHS
        .iter()
        .copied()
        .filter(|path| {
            let beneath = format!("{path}::");
            imported.iter().any(|it| it == path || it.starts_with(&beneath) || path.strip_prefix(it.trim_end_matches('*')).is_some_and(|rest| it.ends_with("::*") && !rest.contains("::")))
                || names(&code, path)
                // `use std::time;` and then `time::SystemTime`.
                || path.rsplit_once("::").is_some_and(|(module, item)| {
                    imported.iter().any(|it| it == module)
                        && module.rsplit("::").next().is_some_and(|last| names(&code, &format!("{last}::{item}")))
                })
        })
        .collect()
}

/// Whether the code names a path as whole words.
fn names(code: &str, path: &str) -> bool {
    let part_of_word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(path)
        .any(|(at, _)| !code[..at].ends_with(part_of_word) && !code[at + path.len()..].starts_with(part_of_word))
}

/// Cuts line comments; a `//` inside a string costs the rest of that line, which only an import could miss.
pub fn without_comments(source: &str) -> String {
    source.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Cuts every unindented item that stands under `#[cfg(test)]`: tests may read files.
pub fn without_tests(code: &str) -> String {
    let mut kept = Vec::new();
    let mut lines = code.lines();
    while let Some(line) = lines.next() {
        if line.trim_end() != "#[cfg(test)]" {
            kept.push(line);
            continue;
        }
        for skipped in lines.by_ref() {
            if skipped.starts_with('}')
                || (!skipped.starts_with([' ', '#']) && skipped.trim_end().ends_with([';', '}']))
            {
                break;
            }
        }
    }
    kept.join("\n")
}

/// All paths that the code imports, with groups written out.
fn imports(code: &str) -> Vec<String> {
    let mut paths = Vec::new();
    for (at, _) in code.match_indices("use ") {
        let begins = code[..at].chars().next_back().is_none_or(|c| c.is_whitespace() || c == ')');
        if let Some(end) = code[at..].find(';').filter(|_| begins) {
            write_out("", &code[at + 4..at + end], &mut paths);
        }
    }
    paths
}

fn write_out(prefix: &str, tree: &str, paths: &mut Vec<String>) {
    let tree = tree.trim();
    let Some((head, group)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or_default();
        paths.push(format!("{prefix}{}", path.trim_start_matches("::")).trim_end_matches("::self").to_owned());
        return;
    };
    let prefix = format!("{prefix}{}", head.trim().trim_start_matches("::"));
    let group = group.trim_end().strip_suffix('}').unwrap_or(group);
    let mut depth = 0_u32;
    for part in group.split(|c| {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    }) {
        if !part.trim().is_empty() {
            write_out(&prefix, part, paths);
        }
    }
}

/// The dependencies of a pure crate that would make it impure.
fn impure_dependencies(manifest: &toml::Table) -> Vec<String> {
    let mut impure = Vec::new();
    for (sort, name, entry) in dependencies(manifest).into_iter().filter(|(sort, ..)| *sort != "dev-dependencies") {
        let package = entry.get("package").and_then(toml::Value::as_str).unwrap_or(name);
        if FORBIDDEN_CRATES.contains(&package) {
            impure.push(format!("{package} in {sort}"));
        }
        for feature in entry.get("features").and_then(toml::Value::as_array).into_iter().flatten() {
            if let Some(feature) = feature.as_str().filter(|it| FORBIDDEN_FEATURES.contains(&(package, *it))) {
                impure.push(format!("{package} with {feature} in {sort}"));
            }
        }
    }
    impure
}

/// What the clippy.toml of pure crates lacks of the one at the root, which clippy does not read for them.
fn lost_settings(everywhere: &toml::Table, pure: &toml::Table) -> Vec<String> {
    everywhere.iter().filter(|(key, value)| pure.get(*key) != Some(value)).map(|(key, _)| key.clone()).collect()
}

fn pure_crates() -> Vec<(&'static str, toml::Table)> {
    let mut manifests = manifests();
    PURE.iter().filter_map(|name| Some((*name, manifests.remove(*name)?))).collect()
}

#[test]
fn the_pure_crates_name_nothing_impure() {
    for (name, manifest) in pure_crates() {
        assert_eq!(impure_dependencies(&manifest), [""; 0], "crates/{name}/Cargo.toml");
        let sources = sources(&format!("crates/{name}/src"));
        assert!(!sources.is_empty(), "{name} has no sources");
        for (path, source) in sources {
            assert_eq!(impure_paths(&source), BTreeSet::new(), "{path}");
        }
    }
}

#[test]
fn the_pure_crates_have_one_and_the_same_clippy_toml() {
    let read = |path: &str| fs::read_to_string(root().join(path)).unwrap_or_else(|_| panic!("{path} is missing"));
    let everywhere = read("clippy.toml").parse().unwrap();
    let first = read("crates/standards/clippy.toml");
    assert_eq!(lost_settings(&everywhere, &first.parse().unwrap()), [""; 0]);
    for (name, _) in pure_crates() {
        assert!(read(&format!("crates/{name}/clippy.toml")) == first, "crates/{name}/clippy.toml differs");
    }
}

#[test]
fn an_impure_path_is_caught_however_it_is_written() {
    for (source, caught) in [
        ("fn f() { std::fs::read(\"x\"); }", "std::fs"),
        ("use std::fs;", "std::fs"),
        ("use std::fs::File;", "std::fs"),
        ("use ::std::fs::File;", "std::fs"),
        ("pub(crate) use std::{collections::BTreeMap, env};", "std::env"),
        ("use std::{\n    fmt,\n    time::{Duration, SystemTime as Clock},\n};", "std::time::SystemTime"),
        ("use std::time;\nfn f() { time::Instant::now(); }", "std::time::Instant"),
        ("use std::time::*;", "std::time::Instant"),
        ("use std::net::{self, IpAddr};", "std::net"),
        ("#[cfg(test)]\nmod tests {\n    use x;\n}\nuse std::process::Command;", "std::process"),
        ("#[cfg(test)]\nmod tests;\nfn f() { std::thread::spawn(g); }", "std::thread::spawn"),
        ("#[cfg(test)]\nuse x::y;\nuse std::fs;", "std::fs"),
    ] {
        assert!(impure_paths(source).contains(caught), "{source}");
    }
}

#[test]
fn what_is_pure_is_let_pass() {
    for source in [
        "use std::time::Duration;\nuse std::{fmt, io::Write};",
        "//! Unlike std::fs this reads nothing.\nfn f() {} // std::env is not read",
        "#[cfg(test)]\nmod tests {\n    use std::fs;\n    fn f() { std::env::var(\"x\"); }\n}\n",
        "#[cfg(test)]\n#[path = \"x.rs\"]\nmod tests {\n    use std::fs;\n}\n",
        "use crate::fs;\nfn f(instant: Instant) { my_std::fs::read(); }",
    ] {
        assert_eq!(impure_paths(source), BTreeSet::new(), "{source}");
    }
}

#[test]
fn an_impure_dependency_and_a_lost_setting_are_caught() {
    let manifest = "[dependencies]\nrand = '0.9'\nserde = '1'\nuuid = { version = '1', features = ['v7', 'serde'] }\n\
        noise = { package = 'getrandom', version = '1' }\n[dev-dependencies]\nrand = '0.9'\n[build-dependencies]\nureq = '3'";
    assert_eq!(
        impure_dependencies(&manifest.parse().unwrap()),
        [
            "getrandom in dependencies",
            "rand in dependencies",
            "uuid with v7 in dependencies",
            "ureq in build-dependencies"
        ]
    );
    let (everywhere, pure) = ("a = true\nb = [1]".parse().unwrap(), "a = true\nb = [2]".parse().unwrap());
    assert_eq!(lost_settings(&everywhere, &pure), ["b"]);
}
