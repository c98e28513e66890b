//! Every dependency is under a licence that deny.toml permits.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use spdx::{Expression, Licensee, ParseMode};

use crate::workspace::root;

/// What deny.toml permits: for every package, and for single ones beyond that.
struct Permitted {
    everywhere: Vec<Licensee>,
    exceptions: BTreeMap<String, Vec<Licensee>>,
}

impl Permitted {
    fn of(deny: &toml::Table) -> Self {
        fn licences(holder: &toml::Value) -> Vec<Licensee> {
            let allowed = holder.get("allow").and_then(toml::Value::as_array).into_iter().flatten();
            allowed.map(|it| Licensee::parse(it.as_str().unwrap()).unwrap()).collect()
        }
        let exceptions = deny["licenses"].get("exceptions").and_then(toml::Value::as_array).into_iter().flatten();
        Self {
            everywhere: licences(&deny["licenses"]),
            exceptions: exceptions.map(|it| (it["crate"].as_str().unwrap().to_owned(), licences(it))).collect(),
        }
    }

    fn covers(&self, package: &str, wanted: &spdx::LicenseReq) -> bool {
        self.everywhere.iter().chain(self.exceptions.get(package).into_iter().flatten()).any(|it| it.satisfies(wanted))
    }
}

/// Every package, as `cargo metadata` tells them, that cannot be used under permitted licences alone.
fn unlicensed(metadata: &serde_json::Value, permitted: &Permitted) -> Vec<String> {
    let packages = metadata["packages"].as_array().into_iter().flatten();
    packages
        .filter_map(|package| {
            let name = package["name"].as_str()?;
            let licence = package["license"].as_str().unwrap_or("no licence");
            // Lax: old packages write MIT/Apache-2.0 for MIT OR Apache-2.0.
            let fine = Expression::parse_mode(licence, ParseMode::LAX)
                .is_ok_and(|it| it.evaluate(|wanted| permitted.covers(name, wanted)));
            (!fine).then(|| format!("{name}: {licence}"))
        })
        .collect()
}

#[test]
fn every_dependency_is_under_a_permitted_licence() {
    let host = Command::new("rustc").args(["--version", "--verbose"]).output().unwrap();
    let host = String::from_utf8(host.stdout).unwrap();
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked", "--filter-platform", host])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    let metadata = serde_json::from_slice::<serde_json::Value>(&metadata.stdout).unwrap();
    let deny = fs::read_to_string(root().join("deny.toml")).unwrap().parse().unwrap();
    assert!(metadata["packages"].as_array().is_some_and(|it| it.len() > 10), "cargo named no packages");
    assert_eq!(unlicensed(&metadata, &Permitted::of(&deny)), [""; 0]);
}

#[test]
fn a_licence_that_is_not_permitted_is_caught() {
    let deny = "[licenses]\nallow = ['MIT', 'Apache-2.0 WITH LLVM-exception']\n\
        exceptions = [{ crate = 'known', allow = ['MPL-2.0'] }]";
    let permitted = Permitted::of(&deny.parse().unwrap());
    let package = |name: &str, licence: Option<&str>| serde_json::json!({ "name": name, "license": licence });
    let metadata = serde_json::json!({ "packages": [
        package("fine", Some("MIT")),
        package("choice", Some("GPL-3.0-only OR MIT")),
        package("old", Some("GPL-3.0/MIT")),
        package("exception", Some("Apache-2.0 WITH LLVM-exception")),
        package("known", Some("MPL-2.0+")),
        package("unknown", Some("MPL-2.0+")),
        package("strict", Some("AGPL-3.0-only")),
        package("both", Some("MIT AND Apache-2.0")),
        package("silent", None),
        package("odd", Some("Whatever")),
    ] });
    assert_eq!(
        unlicensed(&metadata, &permitted),
        [
            "unknown: MPL-2.0+",
            "strict: AGPL-3.0-only",
            "both: MIT AND Apache-2.0",
            "silent: no licence",
            "odd: Whatever"
        ]
    );
}
