//! Every explicit ordered list names each file of its folder: a forgotten line would silently leave a kind out.

use std::fs;

use crate::workspace::root;

/// A folder with one file per thing, and the file that lists the things in the order people see.
struct Listing {
    folder: &'static str,
    list: &'static str,
    /// Files of the folder that are not such a thing.
    others: &'static [&'static str],
}

const LISTINGS: &[Listing] = &[
    Listing {
        folder: "crates/model/src/records",
        list: "crates/model/src/records/mod.rs",
        others: &["mod", "prelude", "shared"],
    },
    Listing {
        folder: "crates/report/src/documents",
        list: "crates/report/src/documents/mod.rs",
        others: &["mod", "frame", "gaps", "heat_map", "trend"],
    },
    Listing { folder: "crates/exchange/src/formats", list: "crates/exchange/src/formats/mod.rs", others: &["mod"] },
    Listing {
        folder: "crates/check/src/rules",
        list: "crates/check/src/rules/mod.rs",
        others: &["mod", "prelude", "populations", "human"],
    },
    Listing { folder: "crates/attestry/src/commands", list: "crates/attestry/src/commands/mod.rs", others: &["mod"] },
    Listing { folder: "crates/server/src/jobs", list: "crates/server/src/jobs/mod.rs", others: &["mod"] },
];

/// The stems that the list does not name, by module (`risk`) or by type (`Risk`); a mere declaration or import is no listing.
fn unlisted<'a>(stems: &[&'a str], list: &str) -> Vec<&'a str> {
    let code = list.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
    let listing = code.split_inclusive(';').filter(|it| !declares(it)).collect::<String>();
    let words = listing.split(|c: char| !c.is_alphanumeric() && c != '_').collect::<Vec<_>>();
    stems.iter().copied().filter(|stem| !words.contains(stem) && !words.contains(&type_name(stem).as_str())).collect()
}

fn declares(statement: &str) -> bool {
    let item = statement.trim_start().trim_start_matches("pub ").trim_start_matches("pub(crate) ");
    item.starts_with("mod ") || item.starts_with("use ")
}

fn type_name(stem: &str) -> String {
    stem.split('_')
        .flat_map(|word| word[..1].to_uppercase().chars().chain(word[1..].chars()).collect::<Vec<_>>())
        .collect()
}

#[test]
fn every_list_agrees_with_its_folder() {
    let mut checked = 0;
    for Listing { folder, list, others } in LISTINGS {
        let Ok(entries) = fs::read_dir(root().join(folder)) else {
            println!("{folder} does not exist: nothing to compare");
            continue;
        };
        let names = entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>();
        let stems =
            names.iter().map(|it| it.trim_end_matches(".rs")).filter(|it| !others.contains(it)).collect::<Vec<_>>();
        let text = fs::read_to_string(root().join(list)).unwrap_or_else(|_| panic!("{list} is missing"));
        assert_eq!(unlisted(&stems, &text), [""; 0], "{list} forgets them");
        checked += stems.len();
    }
    assert!(checked >= 75, "the record kinds were not compared");
}

#[test]
fn a_forgotten_line_is_caught_though_the_module_is_declared() {
    let list = "mod risk;\npub mod audit_check;\npub use audit_check::AuditCheck;\npub use {asset::Asset, risk::Risk};\n\
        pub const KINDS: &[Kind] = &[Kind::of::<risk::Risk>()]; // asset";
    assert_eq!(unlisted(&["risk", "audit_check", "asset"], list), ["audit_check", "asset"]);
    assert_eq!(unlisted(&["risk", "audit_check"], "mod risk;\nkinds! { Risk, AuditCheck }"), [""; 0]);
    assert_eq!(unlisted(&["audit"], "kinds! { AuditCheck }"), ["audit"]);
}
