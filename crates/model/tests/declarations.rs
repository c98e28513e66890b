//! The declarations as a whole: what the specification lists stands here, and every text can be read by people.
#![expect(clippy::disallowed_methods, reason = "the golden text is written anew when UPDATE_GOLDEN is set")]
#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use attestry_model::Kind;
use attestry_model::field::{FieldDef, Type};
use attestry_model::kind::Who;
use attestry_model::stored::Stamp;

/// The type of a field in the words of the specification.
fn type_words(ty: Type) -> String {
    match ty {
        Type::Text => "text".into(),
        Type::LongText => "longtext".into(),
        Type::Bool => "bool".into(),
        Type::Int => "int".into(),
        Type::Decimal => "decimal".into(),
        Type::Percent => "percent".into(),
        Type::Level => "level".into(),
        Type::Money => "money".into(),
        Type::Date => "date".into(),
        Type::DateTime => "datetime".into(),
        Type::Period => "dur".into(),
        Type::Matrix => "map".into(),
        Type::Custom => "custom".into(),
        Type::AnyRef => "ref(any)".into(),
        Type::Ref(kind) => format!("ref({kind})"),
        Type::Choice(options) => {
            format!("enum({})", options.iter().map(|option| option.name).collect::<Vec<_>>().join(","))
        }
        Type::List(Type::Ref(kind)) => format!("refs({kind})"),
        Type::List(Type::AnyRef) => "refs(any)".into(),
        Type::List(inner) => format!("list({})", type_words(*inner)),
        Type::Struct(fields) => {
            let members = fields.iter().map(|field| format!("{} {}", field.name, type_words(field.ty)));
            format!("struct{{{}}}", members.collect::<Vec<_>>().join("; "))
        }
    }
}

fn who_words(who: Who) -> String {
    match who {
        Who::Role(role) => format!("{role:?}"),
        other => format!("{other:?}"),
    }
}

/// Everything declared of all kinds, as text.
fn declared() -> String {
    let mut text = String::new();
    for kind in Kind::ALL {
        let def = kind.def();
        let words = def.words;
        let flags = [(words.core, "core"), (words.fact, "fact")];
        let flags: Vec<&str> = flags.iter().filter(|(set, _)| *set).map(|(_, word)| *word).collect();
        writeln!(text, "{kind} {} {} {}", words.prefix, words.retention, flags.join(" ")).unwrap();
        let states: Vec<&str> = def.states.iter().map(|state| state.name).collect();
        writeln!(text, "  states {}", states.join(" ")).unwrap();
        for step in &def.flow {
            let who: Vec<String> = step.who.iter().map(|who| who_words(*who)).collect();
            let name = step.name.map(|name| format!(" ({name})")).unwrap_or_default();
            writeln!(text, "  {} -> {}{name} by {}", step.from, step.to, who.join(", ")).unwrap();
        }
        for (right, whom) in [
            ("create", def.rights.create),
            ("read", def.rights.read),
            ("update", def.rights.update),
            ("approve", def.rights.approve),
        ] {
            let whom: Vec<String> = whom.iter().map(|who| who_words(*who)).collect();
            writeln!(text, "  {right} {}", whom.join(", ")).unwrap();
        }
        for field in def.fields {
            let flags = [
                (field.required, "required"),
                (field.own, "own"),
                (field.immaterial, "immaterial"),
                (field.private, "private"),
                (field.guarded, "guarded"),
                (field.signed, "signed"),
            ];
            let flags: Vec<&str> = flags.iter().filter(|(set, _)| *set).map(|(_, word)| *word).collect();
            writeln!(text, "  .{} {} {}", field.name, type_words(field.ty), flags.join(" ")).unwrap();
        }
    }
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}

#[test]
fn what_is_declared_is_what_was_agreed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/kinds.txt");
    let declared = declared();
    if std::env::var_os("UPDATE_GOLDEN").is_some() || !path.exists() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &declared).unwrap();
    }
    let agreed = std::fs::read_to_string(&path).unwrap();
    for (at, (agreed, declared)) in agreed.lines().zip(declared.lines()).enumerate() {
        assert_eq!(declared, agreed, "line {} of {}", at + 1, path.display());
    }
    assert_eq!(declared.lines().count(), agreed.lines().count());
}

#[test]
fn there_are_75_kinds_with_a_prefix_and_a_name_of_their_own() {
    let names: BTreeSet<&str> = Kind::ALL.iter().map(|kind| kind.words().name).collect();
    let prefixes: BTreeSet<&str> = Kind::ALL.iter().map(|kind| kind.words().prefix).collect();
    assert_eq!((Kind::ALL.len(), names.len(), prefixes.len()), (75, 75, 75));
    for kind in Kind::ALL {
        assert_eq!(Kind::named(kind.words().name), Some(*kind));
        assert_eq!(Kind::with_prefix(kind.words().prefix), Some(*kind));
        assert!(kind.words().prefix.bytes().all(|letter| letter.is_ascii_uppercase()), "{kind}");
    }
}

#[test]
fn every_sample_reads_back_equal_and_says_something() {
    for kind in Kind::ALL {
        let sample = kind.sample();
        let stamp = Stamp { number: 1, revision: 1, at: "2026-07-01T00:00:00Z".parse().unwrap(), by: None };
        let record = kind.read(stamp, sample.clone()).unwrap_or_else(|problems| panic!("{kind}: {problems}"));
        assert_eq!(record.fields(), sample, "{kind}");
        let required = kind.def().fields.iter().filter(|field| field.required);
        for field in required {
            assert!(sample.contains_key(field.name), "the sample of {kind} has no {}", field.name);
        }
    }
}

#[test]
fn every_help_text_is_a_sentence() {
    fn check(of: &str, field: &FieldDef) {
        let (help, name) = (field.help, field.name);
        let first = help.chars().next().unwrap_or(' ');
        assert!(first.is_uppercase() || first.is_numeric(), "{of}.{name}: “{help}” begins small");
        assert!(help.ends_with(['.', '?']), "{of}.{name}: “{help}” has no full stop");
        assert!(help.split_whitespace().count() >= 2, "{of}.{name}: “{help}” says too little");
        assert!(!help.contains('_'), "{of}.{name}: “{help}” speaks of identifiers, not to people");
        let members: &[FieldDef] = match field.ty {
            Type::Struct(members) => members,
            Type::List(Type::Struct(members)) => members,
            _ => &[],
        };
        for member in members {
            check(&format!("{of}.{name}"), member);
        }
    }
    for kind in Kind::ALL {
        assert!(kind.words().help.ends_with('.'), "{kind}: “{}”", kind.words().help);
        kind.def().fields.iter().for_each(|field| check(kind.words().name, field));
    }
}

#[test]
fn every_state_can_be_reached_and_every_step_has_somebody_who_takes_it() {
    for kind in Kind::ALL {
        let def = kind.def();
        let mut reached = vec![def.states[0].name];
        let mut at = 0;
        while at < reached.len() {
            let from = reached[at];
            for step in def.flow.iter().filter(|step| step.from == from) {
                if !reached.contains(&step.to) {
                    reached.push(step.to);
                }
            }
            at += 1;
        }
        for state in def.states {
            assert!(reached.contains(&state.name), "{kind}: nothing leads to {}", state.name);
        }
        for step in &def.flow {
            assert!(!step.who.is_empty(), "{kind}: nobody takes {} to {}", step.from, step.to);
            for who in step.who {
                if let Who::Field(field) | Who::Via { via: field, .. } | Who::Reader { of: field, .. } = who {
                    assert!(def.field(field).is_some(), "{kind} has no field {field}");
                }
            }
        }
    }
}
