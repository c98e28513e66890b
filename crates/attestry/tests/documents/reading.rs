//! Loads an ISMS, makes a document of it, and reads what the document says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use attestry_exchange::SourceFile;
use attestry_model::{Command, Isms, Principal, decide};
use attestry_report::documents::{self, Edition, Frame, Medium};
use attestry_report::{Block, Cell, Checkpoint, Document, Figure, Table};
use jiff::Timestamp;

pub const EDITIONS: [(Edition, Medium); 4] = [
    (Edition::Internal, Medium::Page),
    (Edition::Internal, Medium::Sheet),
    (Edition::External, Medium::Page),
    (Edition::External, Medium::Sheet),
];

/// A row of a source file by its column names.
pub type Source = BTreeMap<String, String>;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/demo")
}

/// The evening of 30 June 2026, when the clinic's records were taken.
fn now() -> Timestamp {
    "2026-06-30T20:00:00Z".parse().expect("a moment")
}

/// The records of a folder, as files.
pub fn files(folder: &Path) -> Vec<SourceFile> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let read = |path: PathBuf| {
        let name = path.file_name()?.to_str()?.to_owned();
        let wanted = ["csv", "yaml"].contains(&path.extension()?.to_str()?);
        wanted.then(|| SourceFile::new(name, std::fs::read(&path).expect("a readable file")))
    };
    entries.filter_map(read).collect()
}

/// The ISMS that an import of the files gives.
pub fn imported(files: &[SourceFile]) -> Isms {
    let isms = Isms::default();
    let plan = attestry_exchange::import(files, &isms, None, now()).expect("a plan");
    let command = Command::Import { records: plan.records, reason: None };
    let change = decide::decide(&isms, &Principal::operator(), command, now()).expect("a change");
    let mut isms = isms.apply(&change).expect("applied");
    isms.set_position(1, Some(now()));
    isms
}

/// The demonstration clinic.
pub fn clinic() -> Isms {
    imported(&files(&folder()))
}

/// The clinic with its files changed first.
pub fn changed_clinic(change: impl Fn(&str, String) -> String) -> Isms {
    let changed = files(&folder()).into_iter().map(|file| {
        let text = String::from_utf8(file.bytes).expect("text");
        let text = change(&file.name, text);
        SourceFile::new(file.name, text.into_bytes())
    });
    imported(&changed.collect::<Vec<_>>())
}

/// An organisation with the records that documents are about, and nothing else.
pub fn bare() -> Isms {
    imported(&[
        SourceFile::new("soa.csv", "ref,title,state\nSOA-0001,Statement,draft\n"),
        SourceFile::new("treatment_plan.csv", "ref,title,state\nRTP-0001,Plan,draft\n"),
        SourceFile::new("methodology.csv", "ref,title,state\nMET-0001,Method,draft\n"),
        SourceFile::new("risk_assessment.csv", "ref,title,state\nRA-0001,Assessment,planned\n"),
        SourceFile::new("risk.csv", "ref,title,state\nR-0001,Something happens,identified\n"),
        SourceFile::new("asset.csv", "ref,title,state\nAST-0001,Something,proposed\n"),
    ])
}

/// An organisation without any record.
pub fn nothing() -> Isms {
    Isms::default()
}

pub fn frame(edition: Edition, medium: Medium) -> Frame {
    let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=".to_owned();
    let checkpoint = Checkpoint { origin: "attestry.example/clinic".to_owned(), size: 2312, root };
    Frame { checkpoint: Some(checkpoint), edition, medium, ..Frame::new(now()) }
}

pub fn build(isms: &Isms, name: &str, edition: Edition, medium: Medium) -> Document {
    let definition = documents::find(name).expect("a document");
    (definition.build)(isms, &frame(edition, medium)).expect("it can be made")
}

/// A document that compares with an earlier state.
pub fn build_after(isms: &Isms, earlier: Isms, name: &str) -> Document {
    let definition = documents::find(name).expect("a document");
    let frame = Frame { earlier: Some(earlier), ..frame(Edition::Internal, Medium::Page) };
    (definition.build)(isms, &frame).expect("it can be made")
}

/// The rows of a file of the clinic.
pub fn file(name: &str) -> Vec<Source> {
    let mut reader = csv::Reader::from_path(folder().join(name)).expect("a file");
    reader.deserialize().map(|row| row.expect("a row")).collect()
}

/// The parts of a cell of a file of the clinic.
pub fn list(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(';').filter(|part| !part.is_empty())
}

pub fn headings(document: &Document) -> Vec<&str> {
    document.sections.iter().map(|section| section.heading.as_str()).collect()
}

pub fn blocks<'d>(document: &'d Document, heading: &str) -> &'d [Block] {
    let section = document.sections.iter().find(|section| section.heading == heading);
    &section.unwrap_or_else(|| panic!("no section {heading} in {:?}", headings(document))).blocks
}

pub fn table<'d>(document: &'d Document, caption: &str) -> &'d Table {
    let mut blocks = document.sections.iter().flat_map(|section| &section.blocks);
    let found = blocks.find_map(|block| match block {
        Block::Table(table) if table.caption == caption => Some(table),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no table {caption}"))
}

pub fn figures<'d>(document: &'d Document, heading: &str) -> Vec<&'d Figure> {
    let figures = blocks(document, heading)
        .iter()
        .map(|block| if let Block::Figure(figure) = block { Some(figure) } else { None });
    figures.flatten().collect()
}

/// The texts and notes of a section.
pub fn prose(document: &Document, heading: &str) -> String {
    let texts = blocks(document, heading).iter().filter_map(|block| match block {
        Block::Text(text) | Block::Note { text, .. } => Some(text.as_str()),
        _ => None,
    });
    texts.collect::<Vec<_>>().join("\n")
}

/// The facts of a section by their labels.
pub fn facts(document: &Document, heading: &str) -> BTreeMap<String, String> {
    let blocks = blocks(document, heading).iter();
    let facts = blocks.filter_map(|block| if let Block::Facts(facts) = block { Some(facts) } else { None }).flatten();
    facts.map(|fact| (fact.label.clone(), said(&fact.value))).collect()
}

pub fn rows(table: &Table) -> Vec<Vec<String>> {
    table.groups.iter().flat_map(|group| &group.rows).map(|row| row.iter().map(said).collect()).collect()
}

pub fn total(table: &Table) -> Vec<String> {
    table.total.iter().map(said).collect()
}

/// What a cell says, with amounts as plain digits.
fn said(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) | Cell::Strong(text) | Cell::Code(text) => text.clone(),
        Cell::Refs(list) | Cell::Badges(list) => list.join(" "),
        Cell::Mark { word, .. } | Cell::Level { word, .. } => word.clone(),
        Cell::Number { value, decimals, .. } => format!("{value:.*}", usize::from(*decimals)),
        Cell::Money { minor, .. } => {
            format!("{}{}.{:02}", if *minor < 0 { "-" } else { "" }, minor.abs() / 100, minor.abs() % 100)
        }
        Cell::Date(date) => date.to_string(),
        Cell::Lines(cells) => cells.iter().map(said).collect::<Vec<_>>().join("\n"),
    }
}
