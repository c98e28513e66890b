//! What there is to check: the manifests and the text files of this checkout.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The folder of the workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

/// A crate's folder name with its manifest.
pub type Manifests = BTreeMap<String, toml::Table>;

/// The manifest of every crate of the workspace.
pub fn manifests() -> Manifests {
    let mut manifests = Manifests::new();
    for entry in fs::read_dir(root().join("crates")).unwrap() {
        let folder = entry.unwrap().path();
        if let Ok(text) = fs::read_to_string(folder.join("Cargo.toml")) {
            manifests.insert(name_of(&folder), text.parse().unwrap());
        }
    }
    manifests
}

/// Parses the manifests of an invented workspace.
pub fn invented(crates: &[(&str, &str)]) -> Manifests {
    crates.iter().map(|(name, text)| ((*name).to_owned(), text.parse().unwrap())).collect()
}

/// Every dependency that a manifest declares, of whatever sort and for whatever platform, with its entry.
pub fn dependencies(manifest: &toml::Table) -> Vec<(&'static str, &str, &toml::Value)> {
    let platforms = manifest.get("target").and_then(toml::Value::as_table).into_iter().flat_map(toml::Table::values);
    let holders = std::iter::once(manifest).chain(platforms.filter_map(toml::Value::as_table)).collect::<Vec<_>>();
    let mut found = Vec::new();
    for holder in holders {
        for sort in ["dependencies", "dev-dependencies", "build-dependencies"] {
            for (name, entry) in holder.get(sort).and_then(toml::Value::as_table).into_iter().flatten() {
                found.push((sort, name.as_str(), entry));
            }
        }
    }
    found
}

/// Every text file of the checkout that could be committed, by its path from the root.
pub fn texts() -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    walk(&root(), "", &mut texts);
    assert!(texts.contains_key("Cargo.toml"), "the walk found nothing");
    texts
}

/// The Rust sources beneath a folder, by their path from the root.
pub fn sources(beneath: &str) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    walk(&root().join(beneath), beneath, &mut texts);
    texts.retain(|path, _| Path::new(path).extension().is_some_and(|it| it == "rs"));
    texts
}

fn walk(folder: &Path, at: &str, texts: &mut BTreeMap<String, String>) {
    // What is built, downloaded or recorded, not written.
    const SKIPPED: [&str; 4] = [".git", "target", "node_modules", "attestry-data"];
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = name_of(&path);
        if SKIPPED.contains(&name.as_str()) || path.is_symlink() {
            continue;
        }
        let here = if at.is_empty() { name } else { format!("{at}/{name}") };
        if path.is_dir() {
            walk(&path, &here, texts);
        } else if let Ok(text) = fs::read_to_string(&path) {
            texts.insert(here, text);
        }
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}
