//! Where dependencies come from: crates.io, or this workspace. And every crate is under the workspace's lints.

use std::fs;

use crate::workspace::{dependencies, invented, manifests, root};

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// What is wrong with a dependency's origin.
fn foreign(entry: &toml::Value) -> Option<&'static str> {
    if entry.as_str().is_some_and(|version| !version.contains('*')) {
        return None;
    }
    let has = |key: &str| entry.get(key).is_some();
    let any_version = entry
        .as_str()
        .or_else(|| entry.get("version").and_then(toml::Value::as_str))
        .is_some_and(|it| it.contains('*'));
    if has("git") {
        Some("comes from git")
    } else if has("registry") || has("registry-index") {
        Some("comes from another registry")
    } else if any_version {
        Some("takes any version")
    } else if entry
        .get("path")
        .and_then(toml::Value::as_str)
        .is_some_and(|it| it.starts_with('/') || it.contains("../.."))
    {
        Some("lies outside the workspace")
    } else if has("version") || has("path") || has("workspace") {
        None
    } else {
        Some("has no version")
    }
}

/// Every dependency in a manifest that is not from crates.io or this workspace, and every replacement of one.
fn foreign_dependencies(manifest: &toml::Table) -> Vec<String> {
    let shared = manifest.get("workspace").and_then(|it| it.get("dependencies")).and_then(toml::Value::as_table);
    let entries = dependencies(manifest).into_iter().map(|(_, name, entry)| (name, entry));
    let mut found = shared
        .into_iter()
        .flatten()
        .map(|(name, entry)| (name.as_str(), entry))
        .chain(entries)
        .filter_map(|(name, entry)| foreign(entry).map(|how| format!("{name} {how}")))
        .collect::<Vec<_>>();
    found.extend(
        ["patch", "replace"].into_iter().filter(|it| manifest.contains_key(*it)).map(|it| format!("[{it}] is used")),
    );
    found
}

/// Every package of a lock file that was locked from elsewhere than crates.io.
fn foreign_packages(lock: &toml::Table) -> Vec<&str> {
    let packages = lock.get("package").and_then(toml::Value::as_array).into_iter().flatten();
    packages
        .filter(|it| it.get("source").and_then(toml::Value::as_str).is_some_and(|source| source != CRATES_IO))
        .filter_map(|it| it.get("name").and_then(toml::Value::as_str))
        .collect()
}

fn under_the_workspaces_lints(manifest: &toml::Table) -> bool {
    manifest.get("lints").and_then(|it| it.get("workspace")).and_then(toml::Value::as_bool) == Some(true)
}

#[test]
fn dependencies_come_from_crates_io_or_this_workspace() {
    let read = |name: &str| fs::read_to_string(root().join(name)).unwrap().parse::<toml::Table>().unwrap();
    assert_eq!(foreign_dependencies(&read("Cargo.toml")), [""; 0], "Cargo.toml");
    assert_eq!(foreign_packages(&read("Cargo.lock")), [""; 0], "Cargo.lock");
    for (name, manifest) in manifests() {
        assert_eq!(foreign_dependencies(&manifest), [""; 0], "crates/{name}/Cargo.toml");
    }
}

#[test]
fn every_crate_is_under_the_workspaces_lints() {
    for (name, manifest) in manifests() {
        assert!(under_the_workspaces_lints(&manifest), "crates/{name}/Cargo.toml");
    }
}

#[test]
fn a_foreign_origin_is_caught() {
    let manifest = "[workspace.dependencies]\na = { git = 'https://example.org/a' }\nb = '1'\n[dependencies]\n\
        c = { version = '1', registry = 'mine' }\nd = '*'\ne = { path = '../../../e' }\nf = { features = [] }\ng.workspace = true\n\
        h = { path = '../h' }\ni = { version = '1.*' }\n[patch.crates-io]\nb = { path = 'b' }";
    assert_eq!(
        foreign_dependencies(&manifest.parse().unwrap()),
        [
            "a comes from git",
            "c comes from another registry",
            "d takes any version",
            "e lies outside the workspace",
            "f has no version",
            "i takes any version",
            "[patch] is used"
        ]
    );
    let lock = format!(
        "[[package]]\nname = 'ours'\n[[package]]\nname = 'a'\nsource = 'git+https://example.org/a#1'\n\
        [[package]]\nname = 'b'\nsource = '{CRATES_IO}'"
    );
    assert_eq!(foreign_packages(&lock.parse().unwrap()), ["a"]);
}

#[test]
fn a_crate_without_the_workspaces_lints_is_caught() {
    for (name, manifest) in invented(&[
        ("none", "[package]"),
        ("own", "[lints.rust]\nunsafe_code = 'allow'"),
        ("off", "lints.workspace = false"),
    ]) {
        assert!(!under_the_workspaces_lints(&manifest), "{name}");
    }
}
