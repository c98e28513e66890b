//! The project's own folder of records, there and back.

#![expect(clippy::unwrap_used, reason = "the helpers of tests fail by panicking, as tests do")]

use std::collections::BTreeMap;
use std::path::Path;

use attestry_exchange::{SourceFile, export, import, scenario};
use attestry_model::Isms;
use attestry_model::decide::ImportRecord;
use attestry_model::records::Kind;
use attestry_model::stored::Stamp;
use jiff::Timestamp;
use serde_json::Value;

fn now() -> Timestamp {
    "2026-06-30T20:00:00Z".parse().unwrap()
}

fn demo() -> Vec<SourceFile> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/demo");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        files.push(SourceFile::new(name, std::fs::read(path).unwrap()));
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}

fn isms_of(records: &[ImportRecord]) -> Isms {
    let mut isms = Isms::default();
    for record in records {
        let stamp = Stamp { number: record.reference.number, revision: 1, at: now(), by: None };
        let mut fields = record.fields.clone();
        fields.entry("created_at").or_insert_with(|| Value::from(now().to_string()));
        isms.put(record.reference.kind.read(stamp, fields).unwrap().as_ref());
    }
    isms
}

fn by_ref(records: &[ImportRecord]) -> BTreeMap<String, serde_json::Map<String, Value>> {
    records.iter().map(|record| (record.reference.to_string(), record.fields.clone())).collect()
}

fn files_of(exported: Vec<(String, Vec<u8>)>) -> Vec<SourceFile> {
    exported.into_iter().map(|(name, bytes)| SourceFile::new(name, bytes)).collect()
}

#[test]
fn the_clinic_is_read_completely() {
    let records = scenario::read_folder(&demo(), &Isms::default()).unwrap();
    assert_eq!(records.len(), 1411);
    let kinds: std::collections::BTreeSet<Kind> = records.iter().map(|record| record.reference.kind).collect();
    assert_eq!(kinds.len(), 73);
}

#[test]
fn the_clinic_comes_back_the_same_after_export() {
    let records = scenario::read_folder(&demo(), &Isms::default()).unwrap();
    let isms = isms_of(&records);
    let exported = export(&isms);
    assert_eq!(exported, export(&isms), "the same ISMS gives the same bytes");
    let again = scenario::read_folder(&files_of(exported), &Isms::default()).unwrap();
    assert_eq!(by_ref(&again), by_ref(&records));
}

/// The lines of a file, sorted, without members that are said to be nothing; a YAML record's order is that of its kind.
fn lines(name: &str, bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    // Whether a YAML scalar is quoted is a matter of taste where it cannot be taken for anything else.
    let table = name.strip_suffix(".csv").is_some();
    let plain = |line: &str| if table { line.to_owned() } else { line.replace('\'', "") };
    let mut lines: Vec<String> = text.lines().filter(|line| !line.ends_with(": null")).map(plain).collect();
    if table {
        // The heading stays first; the source has a few records out of their order.
        lines[1..].sort();
    }
    lines
}

#[test]
fn every_exported_file_equals_its_source_line_by_line() {
    let source = demo();
    let exported = export(&isms_of(&scenario::read_folder(&source, &Isms::default()).unwrap()));
    let mut different = Vec::new();
    for (name, bytes) in &exported {
        let Some(original) = source.iter().find(|file| file.name == *name) else {
            different.push(format!("{name} is not in the source"));
            continue;
        };
        let (a, b) = (lines(name, &original.bytes), lines(name, bytes));
        if a != b {
            let pairs: Vec<_> = a.iter().zip(&b).filter(|(a, b)| a != b).take(2).collect();
            different.push(format!("{name} ({} and {} lines): {pairs:?}", a.len(), b.len()));
        }
    }
    assert_eq!(different, [""; 0]);
    assert_eq!(exported.len(), 73);
}

#[test]
fn a_second_import_changes_nothing_and_an_edit_changes_one_record() {
    let isms = isms_of(&scenario::read_folder(&demo(), &Isms::default()).unwrap());
    let again = import(&demo(), &isms, None, now()).unwrap();
    assert_eq!((again.records.len(), again.report.total().unchanged), (0, 1411));
    let mut files = demo();
    let risks = files.iter_mut().find(|file| file.name == "risk.csv").unwrap();
    let text = String::from_utf8(risks.bytes.clone()).unwrap();
    risks.bytes = text.replace("Mailbox takeover by phishing", "Mailbox takeover").into_bytes();
    let edited = import(&files, &isms, None, now()).unwrap();
    assert_eq!(edited.records.len(), 1);
    assert_eq!(edited.records[0].source, "risk.csv:2");
    assert_eq!(edited.report.kinds["risk"].updated, 1);
}

#[test]
fn awkward_values_survive_the_way_out_and_back() {
    let files = [
        SourceFile::new("organization.yaml", "- ref: ORG-0001\n  title: X\n  currency: EUR\n  countries: [DE]\n"),
        SourceFile::new(
            "mandate.yaml",
            "- ref: MAN-0001\n  title: 'null'\n  state: draft\n  statement: |-\n    two\n    lines: \"x\" # no comment\n  \
             goals: ['yes', '1.0', ' a;b ', '[c]', \"- d\", '2026-01-01', \"it's\"]\n  business_case_cost: 12.5\n",
        ),
        SourceFile::new(
            "task.csv",
            "ref,title,state,what,tags,notes\nTSK-0001,\"=1+1, \"\"x\"\"\",open,''=a,\"[\"\"a;b\"\",\"\"[c\"\"]\",\" two\nlines \"\n",
        ),
    ];
    let records = scenario::read_folder(&files, &Isms::default()).unwrap();
    let field = |at: usize, name: &str| records[at].fields[name].clone();
    assert_eq!(field(1, "business_case_cost"), Value::from("12.50 EUR"));
    assert_eq!(field(1, "title"), Value::from("null"));
    assert_eq!(field(2, "what"), Value::from("'=a"), "one apostrophe guards against spreadsheets, the rest is text");
    assert_eq!(field(2, "tags"), serde_json::json!(["a;b", "[c"]));
    let exported = export(&isms_of(&records));
    let again = scenario::read_folder(&files_of(exported), &Isms::default()).unwrap();
    assert_eq!(by_ref(&again), by_ref(&isms_fields(&records)));
}

/// The records as the kinds hold them.
fn isms_fields(records: &[ImportRecord]) -> Vec<ImportRecord> {
    let isms = isms_of(records);
    let held = |record: &ImportRecord| {
        let mut fields = isms.record(record.reference).unwrap().fields();
        fields.remove("created_at");
        ImportRecord { fields, ..record.clone() }
    };
    records.iter().map(held).collect()
}

#[test]
fn what_is_not_the_format_is_refused_with_file_line_and_column() {
    let refused = |name: &str, text: &str| {
        scenario::read_folder(&[SourceFile::new(name, text)], &Isms::default()).unwrap_err().to_string()
    };
    for (name, text, expected) in [
        ("risk.csv", "ref,title,colour\n", "risk.csv:1, column “colour”: is not a field of risks"),
        ("risk.csv", "ref,title,title\n", "risk.csv:1, column “title”: stands twice"),
        ("risk.csv", "title\nx\n", "risk.csv:1: has no column “ref”"),
        (
            "risk.csv",
            "ref,title\nR-0001,a\nAST-0001,b\n",
            "risk.csv:3, column “ref”: AST-0001 is not a risk; it would begin with R-",
        ),
        // The change that rule X-18 is to find, as somebody would write it: a task with the identifier of a risk. No value can
        // hold it, so it is found where it would come in.
        (
            "task.csv",
            "ref,title,state,what,assignee,due\nR-0001,x,open,x,PER-0002,2026-12-01\n",
            "task.csv:2, column “ref”: R-0001 is not a task; it would begin with TSK-",
        ),
        ("task.yaml", "- ref: R-0001\n  title: x\n", "task.yaml:1: R-0001 is not a task"),
        ("risk.csv", "ref,title\nR-0001\n", "risk.csv:2: has 1 columns, the heading has 2"),
        ("risk.csv", "ref,title,priority\nR-0001,a,high\n", "risk.csv:2, column “priority”: must be a whole number"),
        ("risk.csv", "ref,title\nR-0001,\u{0}\n", "risk.csv:2: contains a NUL character"),
        (
            "colours.csv",
            "ref,title\n",
            "colours.csv: is not named after a kind of record, such as risk.csv or scope.yaml",
        ),
        ("site.yaml", "- ref: SITE-0001\n  colour: x\n", "site.yaml:1: “colour” is not a field of sites"),
        ("site.yaml", "- title: x\n", "site.yaml:1: a record has no “ref”"),
        ("site.yaml", "ref: x\n", "site.yaml:1: "),
        ("site.yaml", "- ref: &a SITE-0001\n  title: *a\n", "site.yaml"),
    ] {
        let message = refused(name, text);
        assert!(message.starts_with(expected), "{message}");
    }
    let bytes = scenario::read_folder(&[SourceFile::new("risk.csv", b"ref,title\nR-0001,\xff\n")], &Isms::default());
    assert_eq!(bytes.unwrap_err().to_string(), "risk.csv:2: is not valid UTF-8");
    let large = SourceFile::new("risk.csv", vec![b' '; attestry_exchange::FILE_LIMIT + 1]);
    assert!(scenario::read_folder(&[large], &Isms::default()).unwrap_err().to_string().contains("at most 50 MB"));
}
