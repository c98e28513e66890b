//! Imports go downwards only: each crate names here all that it may import.

use crate::workspace::{Manifests, dependencies, invented, manifests};

/// The rooms from the ground up, each with those beneath it that it may import.
pub const ROOMS: &[(&str, &[&str])] = &[
    ("ledger", &[]),
    ("derive", &[]),
    ("standards", &[]),
    ("model", &["derive", "standards"]),
    ("risk", &[]),
    ("check", &["risk", "standards", "model"]),
    ("store", &["ledger", "model"]),
    ("report", &["ledger", "standards", "model", "risk", "check", "store"]),
    ("exchange", &["ledger", "standards", "model", "risk", "check", "store", "report"]),
    ("server", &["ledger", "standards", "model", "risk", "check", "store", "report", "exchange"]),
    ("attestry", &["ledger", "standards", "model", "risk", "check", "store", "report", "exchange", "server"]),
    ("house", &[]),
];

/// Every import of one of our crates by another that the rooms do not permit, and every crate that has no room.
fn wrong_imports(manifests: &Manifests, rooms: &[(&str, &[&str])]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, manifest) in manifests {
        let Some((_, permitted)) = rooms.iter().find(|(room, _)| room == name) else {
            wrong.push(format!("{name} has no room"));
            continue;
        };
        for (_, dependency, entry) in dependencies(manifest) {
            // A dependency may be renamed: then its entry tells the true name.
            let package = entry.get("package").and_then(toml::Value::as_str).unwrap_or(dependency);
            let ours = package.strip_prefix("attestry-").or((package == "attestry").then_some("attestry"));
            if let Some(ours) = ours.filter(|it| !permitted.contains(it)) {
                wrong.push(format!("{name} imports {ours}"));
            }
        }
    }
    wrong
}

/// Every room that may import one that is not beneath it.
fn upward_rooms(rooms: &[(&str, &[&str])]) -> Vec<String> {
    let floor = |name: &str| rooms.iter().position(|(room, _)| *room == name);
    let mut upward = Vec::new();
    for (room, permitted) in rooms {
        for below in permitted.iter().filter(|below| floor(below).is_none_or(|at| Some(at) >= floor(room))) {
            upward.push(format!("{room} may import {below}"));
        }
    }
    upward
}

#[test]
fn no_crate_imports_upwards() {
    assert_eq!(upward_rooms(ROOMS), [""; 0]);
    assert_eq!(wrong_imports(&manifests(), ROOMS), [""; 0]);
}

#[test]
fn an_upward_import_is_caught_however_it_is_written() {
    for (manifest, caught) in [
        ("[dependencies]\nattestry-store.workspace = true", "model imports store"),
        ("[dev-dependencies]\nattestry-store = { path = '../store' }", "model imports store"),
        ("[dependencies]\nkept = { package = 'attestry-store', path = '../store' }", "model imports store"),
        ("[target.'cfg(unix)'.dependencies]\nattestry-ledger.workspace = true", "model imports ledger"),
        ("[dependencies]\nattestry = { path = '../attestry' }", "model imports attestry"),
    ] {
        assert_eq!(wrong_imports(&invented(&[("model", manifest)]), ROOMS), [caught]);
    }
    let fine = "[dependencies]\nattestry-derive.workspace = true\nserde = '1'";
    assert_eq!(wrong_imports(&invented(&[("model", fine)]), ROOMS), [""; 0]);
    assert_eq!(wrong_imports(&invented(&[("garage", fine)]), ROOMS), ["garage has no room"]);
    assert_eq!(upward_rooms(&[("low", &["high", "nowhere"]), ("high", &["low", "high"])]).len(), 3);
}
