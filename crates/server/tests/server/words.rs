//! Texts and drawings: what pages name is there, and what is there is named.

use std::collections::BTreeSet;
use std::path::Path;

use attestry_server::html::ICONS;
use attestry_server::words::Words;

/// The sources and templates, and the scripts, as one text each.
fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, into: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, into);
            } else if path.extension().is_some_and(|ending| ["rs", "html", "js"].iter().any(|one| ending == *one)) {
                into.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts = Vec::new();
    for folder in ["src", "templates", "assets"] {
        walk(&root.join(folder), &mut texts);
    }
    texts
}

/// The literals that stand directly behind an opening.
fn literals<'a>(text: &'a str, opening: &str) -> Vec<&'a str> {
    text.split(opening).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// Every text between quotation marks that could be a key.
fn quoted(text: &str) -> BTreeSet<&str> {
    let is_key = |text: &&str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-{}_".contains(&byte))
    };
    text.split('"').filter(is_key).collect()
}

/// The keys of the message files.
fn written() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("messages/en");
    let mut keys = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let lines = text.lines().filter(|line| line.starts_with(|sign: char| sign.is_ascii_alphabetic()));
        for key in lines.filter_map(|line| line.split_once(" =").map(|(key, _)| key.to_owned())) {
            assert!(keys.insert(key.clone()), "{key} is written twice");
        }
    }
    keys
}

#[test]
fn every_text_that_a_page_asks_for_is_written() {
    let words = Words::of("en");
    let mut missing = BTreeSet::new();
    for (file, text) in sources() {
        for opening in ["say(\"", "say1(\"", ".with(\"", "with(\n"] {
            for key in literals(&text, opening).into_iter().filter(|key| !key.contains('{') && key.contains('-')) {
                if !words.has(key) {
                    missing.insert(format!("{key} in {file}"));
                }
            }
        }
    }
    assert_eq!(missing, BTreeSet::new());
}

#[test]
fn every_text_that_is_written_can_be_read_and_is_asked_for() {
    let words = Words::of("en");
    let texts = sources();
    let asked: BTreeSet<&str> = texts.iter().flat_map(|(_, text)| quoted(text)).collect();
    let beginnings: BTreeSet<&str> =
        asked.iter().filter_map(|key| key.split_once('{').map(|(begin, _)| begin)).filter(|it| it.len() > 2).collect();
    // Also keys that are made by adding an ending to another key.
    let endings: BTreeSet<&str> = asked
        .iter()
        .filter(|key| key.starts_with('{'))
        .filter_map(|key| key.rsplit_once('}').map(|(_, end)| end))
        .filter(|end| end.len() > 2)
        .collect();
    let is_lengthened =
        |key: &str| endings.iter().any(|end| key.strip_suffix(end).is_some_and(|begin| asked.contains(begin)));
    let mut idle = Vec::new();
    for key in written() {
        assert!(words.has(&key), "{key} cannot be read");
        let made = ["done-", "field-", "fault-", "synonym-"].iter().any(|begin| key.starts_with(begin));
        if !made
            && !asked.contains(key.as_str())
            && !beginnings.iter().any(|begin| key.starts_with(begin))
            && !is_lengthened(&key)
        {
            idle.push(key);
        }
    }
    assert_eq!(idle, [""; 0]);
}

#[test]
fn every_drawing_that_a_page_names_is_there() {
    for (file, text) in sources() {
        for opening in ["icon(\"", "icon_small(\""] {
            for name in literals(&text, opening) {
                assert!(ICONS.iter().any(|(known, _)| *known == name), "{name} in {file}");
            }
        }
    }
}

#[test]
fn styles_name_no_side_that_turns_with_the_direction_of_writing() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/css");
    let sided = [
        "margin-left",
        "margin-right",
        "padding-left",
        "padding-right",
        "border-left",
        "border-right",
        "text-align: left",
        "text-align: right",
        "text-align:left",
        "text-align:right",
        "float: left",
        "float: right",
        "top-left-radius",
        "top-right-radius",
        "bottom-left-radius",
        "bottom-right-radius",
        " left:",
        " right:",
        ";left:",
        ";right:",
    ];
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        for (at, line) in text.lines().enumerate() {
            found.extend(
                sided
                    .iter()
                    .filter(|side| line.contains(**side))
                    .map(|side| format!("{}:{} {side}", path.display(), at + 1)),
            );
        }
    }
    assert_eq!(found, [""; 0]);
}
