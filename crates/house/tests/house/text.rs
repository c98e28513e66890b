//! Files that a person can read whole, and that mean the same on every machine.

use std::collections::BTreeMap;

use crate::workspace::texts;

/// More lines than this in a source file want a reason.
const MANY_LINES: usize = 700;

/// The source files that may be longer, each with its reason.
const LONG: &[(&str, &str)] = &[];

/// Places that exist on one machine only. Written in halves, so that this file does not name them.
const MACHINE_PLACES: &[&str] =
    &[concat!("/wo", "rk/"), concat!("/tmp/", "target"), concat!("/home", "/"), concat!("/Use", "rs/")];

/// Every source file that is too long without a reason, and every reason that is no longer needed.
fn too_long(texts: &BTreeMap<String, String>, long: &[(&str, &str)], many: usize) -> Vec<String> {
    let source = |path: &str| [".rs", ".sh", ".js", ".css", ".sql"].iter().any(|end| path.ends_with(end));
    let mut wrong = Vec::new();
    for (path, text) in texts.iter().filter(|(path, _)| source(path)) {
        let lines = text.lines().count();
        match (lines > many, long.iter().any(|(listed, _)| listed == path)) {
            (true, false) => wrong.push(format!("{path} has {lines} lines")),
            (false, true) => wrong.push(format!("{path} is no longer long")),
            _ => {}
        }
    }
    wrong.extend(
        long.iter().filter(|(path, _)| !texts.contains_key(*path)).map(|(path, _)| format!("{path} does not exist")),
    );
    wrong.extend(
        long.iter().filter(|(_, why)| why.trim().is_empty()).map(|(path, _)| format!("{path} is long for no reason")),
    );
    wrong
}

/// Every place in a text, by line, that names a folder of one machine; an address on the web is no such place.
fn machine_places(text: &str) -> Vec<(usize, &'static str)> {
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        for place in MACHINE_PLACES {
            let begins = |before: &str| !before.ends_with(|c: char| c.is_alphanumeric() || "._-~)}/".contains(c));
            if line.match_indices(place).any(|(start, _)| begins(&line[..start])) {
                found.push((at + 1, *place));
            }
        }
    }
    found
}

#[test]
fn no_source_file_is_longer_than_can_be_read() {
    assert_eq!(too_long(&texts(), LONG, MANY_LINES), [""; 0]);
}

#[test]
fn no_text_names_a_place_on_one_machine() {
    for (path, text) in texts() {
        assert_eq!(machine_places(&text), [], "{path}");
    }
}

#[test]
fn a_long_file_and_a_needless_reason_are_caught() {
    let texts = [("a.rs", "1\n2\n3\n"), ("b.rs", "1\n2\n"), ("c.rs", "1\n2\n3\n"), ("d.md", "1\n2\n3\n")];
    let texts = texts.map(|(path, text)| (path.to_owned(), text.to_owned())).into();
    assert_eq!(
        too_long(&texts, &[("b.rs", "was long"), ("c.rs", " "), ("e.rs", "gone")], 2),
        ["a.rs has 3 lines", "b.rs is no longer long", "e.rs does not exist", "c.rs is long for no reason"]
    );
    assert_eq!(too_long(&texts, &[("a.rs", "a table"), ("c.rs", "a table")], 2), [""; 0]);
}

#[test]
fn a_place_on_one_machine_is_caught_and_an_address_is_not() {
    for place in MACHINE_PLACES {
        assert_eq!(machine_places(&format!("fine\nopen(\"{place}x\")\n")), [(2, *place)]);
        assert_eq!(machine_places(&format!("{place}x")), [(1, *place)]);
        assert_eq!(machine_places(&format!("https://example.org{place}x and frame{place}")), []);
    }
}
