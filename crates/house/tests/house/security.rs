//! `docs/security-tests.md` says which test holds which line: every test that it names is there.

use std::collections::BTreeMap;

use crate::workspace::{root, sources};

const TABLE: &str = "docs/security-tests.md";

/// The names of tests in a text, as `file::test` or `folder/file::test`, each in marks of code.
fn named(text: &str) -> Vec<(&str, &str)> {
    let spans = text.split('`').skip(1).step_by(2);
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || b"_/".contains(&it))
    };
    spans.filter_map(|span| span.split_once("::")).filter(|(file, test)| is_name(file) && is_name(test)).collect()
}

/// Whether a source has a test of this name.
fn has_test(text: &str, name: &str) -> bool {
    let head = format!("fn {name}(");
    text.match_indices(&head).any(|(at, _)| {
        let above = text[..at].rfind('\n').map_or("", |end| &text[..end]);
        let mut marks = above.lines().rev().map(str::trim).take_while(|line| line.starts_with(['#', '/']));
        marks.any(|line| line == "#[test]" || line.starts_with("#[tokio::test"))
    })
}

/// The names that stand for no test, or for more than one.
fn missing(table: &str, sources: &BTreeMap<String, String>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (file, test) in named(table) {
        let ending = format!("/{file}.rs");
        let files = sources.iter().filter(|(path, _)| path.ends_with(&ending));
        match files.filter(|(_, text)| has_test(text, test)).count() {
            1 => {}
            0 => wrong.push(format!("`{file}::{test}` is no test")),
            _ => wrong.push(format!("`{file}::{test}` is more than one")),
        }
    }
    wrong
}

/// The rows of the tables that name neither a test nor a reason why there is none.
fn unheld(table: &str) -> Vec<&str> {
    let rows = table.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| Line"));
    rows.filter(|row| named(row).is_empty() && !row.contains("Does not apply: ")).collect()
}

#[test]
fn every_test_that_the_table_names_is_there_and_every_row_is_held() {
    let table = std::fs::read_to_string(root().join(TABLE)).unwrap();
    assert!(named(&table).len() > 100, "the table names only {} tests", named(&table).len());
    assert_eq!(missing(&table, &sources("crates")), [""; 0]);
    assert_eq!(unheld(&table), [""; 0]);
}

#[test]
fn a_name_that_has_gone_and_a_row_without_a_test_are_caught() {
    let sources = [
        (
            "crates/a/tests/a/access.rs",
            "#[test]\nfn here() {}\n#[test]\n#[ignore = \"slow\"]\nfn slow() {}\nfn helper() {}\n",
        ),
        ("crates/b/tests/b/access.rs", "#[test]\nfn here() {}\n"),
    ];
    let sources = sources.map(|(path, text)| (path.to_owned(), text.to_owned())).into();
    let table = "| Line | Held by |\n|---|---|\n| one | `a/access::here`, `access::slow` |\n| two | `access::here` |\n\
        | three | `a/access::helper`, `a/access::gone` |\n| four | nothing |\n| five | Does not apply: none |\n";
    assert_eq!(
        missing(table, &sources),
        ["`access::here` is more than one", "`a/access::helper` is no test", "`a/access::gone` is no test"]
    );
    assert_eq!(unheld(table), ["| four | nothing |"]);
}
