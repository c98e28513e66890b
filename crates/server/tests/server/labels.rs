//! What people call each field: a list that a reader can scan, and none of it made from the name of the field alone.

use std::fmt::Write as _;
use std::path::Path;

use attestry_model::Kind;
use attestry_model::field::{FieldDef, Type};
use attestry_model::stored::common_fields;
use attestry_server::labels;
use attestry_server::words::Words;

/// The embedded fields of a type.
fn members(ty: Type) -> &'static [FieldDef] {
    match ty {
        Type::Struct(fields) => fields,
        Type::List(inner) => members(*inner),
        _ => &[],
    }
}

/// The message that names a field.
fn is_written(words: &Words, kind: Option<Kind>, name: &str) -> bool {
    let name = name.replace('_', "-");
    let own = kind.map(|kind| format!("field-{}--{name}", kind.words().name.replace('_', "-")));
    own.is_some_and(|own| words.has(&own)) || words.has(&format!("field-{name}"))
}

#[test]
fn every_field_has_a_label_that_somebody_has_written_and_the_list_of_them_is_the_one_that_was_read() {
    let words = Words::of("en");
    let mut list = String::from(
        "# What people call each field, by kind. BLESS=1 writes this list anew: read it as its readers would.\n",
    );
    let mut missing = Vec::new();
    let common = |def| common_fields(def).map(|(_, field)| field);
    for kind in Kind::ALL {
        let _ = writeln!(list, "\n{} ({})", labels::singular(words, *kind), kind.words().name);
        let def = kind.def();
        let common: Vec<_> = if *kind == Kind::ALL[0] { common(def.fields).collect() } else { Vec::new() };
        for field in common.into_iter().chain(def.fields) {
            if !is_written(words, Some(*kind), field.name) {
                missing.push(format!("{}.{}", kind.words().name, field.name));
            }
            let _ = writeln!(list, "  {} = {}", field.name, labels::field(words, *kind, field.name));
            for member in members(field.ty) {
                if !is_written(words, None, member.name) {
                    missing.push(format!("{}.{}.{}", kind.words().name, field.name, member.name));
                }
                let _ = writeln!(list, "    {} = {}", member.name, labels::member(words, member.name));
            }
        }
    }
    assert_eq!(missing, [""; 0]);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/labels.txt");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &list).unwrap();
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(known == list, "labels have changed: look at them, then run with BLESS=1");
}

#[test]
fn no_two_fields_of_one_kind_have_the_same_label() {
    let words = Words::of("en");
    let mut twice = Vec::new();
    for kind in Kind::ALL {
        let mut seen = std::collections::BTreeMap::new();
        for field in common_fields(kind.def().fields).map(|(_, field)| field).chain(kind.def().fields) {
            if let Some(other) = seen.insert(labels::field(words, *kind, field.name), field.name)
                && other != field.name
            {
                twice.push(format!("{}: {other} and {}", kind.words().name, field.name));
            }
        }
    }
    assert_eq!(twice, [""; 0]);
}

#[test]
fn every_message_that_names_a_field_names_one_that_there_is() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("messages/en/fields.ftl");
    let text = std::fs::read_to_string(folder).unwrap();
    let mut known =
        std::collections::BTreeSet::from(["updated-at", "updated-by", "revision", "state"].map(str::to_owned));
    for kind in Kind::ALL {
        let name = kind.words().name.replace('_', "-");
        for field in common_fields(kind.def().fields).map(|(_, field)| field).chain(kind.def().fields) {
            let field_name = field.name.replace('_', "-");
            known.insert(format!("{name}--{field_name}"));
            known.insert(field_name);
            known.extend(members(field.ty).iter().map(|member| member.name.replace('_', "-")));
        }
    }
    let keys = text.lines().filter_map(|line| line.strip_prefix("field-")?.split_once(" =").map(|(key, _)| key));
    let idle: Vec<&str> = keys.filter(|key| !known.contains(*key)).collect();
    assert_eq!(idle, [""; 0]);
}
