//! How much memory a spreadsheet takes while it is made: `cargo run --release -p attestry-server --example xlsx_memory -- 10000`.
//! Prints what the process held at most before and after, in kB (`VmHWM` of Linux), and the size of the file.

use attestry_report::{Block, Cell, Column, Document, Section, Snapshot, Table, Words, render_xlsx};

/// The most that the process has held so far, in kB; nothing where the system does not say.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

/// Rows as a register has them: a number, a title of its own, words that repeat, a figure, a day, a longer text.
fn table(rows: u32) -> Table {
    let columns = ["Reference", "Title", "State", "Owner", "Value", "Due", "Cause", "Consequence", "Tags", "Notes"];
    let row = |at: u32| {
        vec![
            Cell::Text(format!("R-{at:04}")),
            Cell::Text(format!("A risk of its own with number {at} and some words more")),
            Cell::Text(["identified", "analysed", "monitored"][at as usize % 3].to_owned()),
            Cell::Text(format!("PER-{:04}", at % 200)),
            Cell::Number { value: f64::from(at % 25), decimals: 0, unit: String::new() },
            Cell::Date(jiff::civil::date(2026, 1, 1).saturating_add(jiff::Span::new().days(i64::from(at % 700)))),
            Cell::Text(format!("Because of cause {at}, which takes a sentence to say, and another one to explain.")),
            Cell::Text(format!("So that consequence {at} follows, unless somebody does something about it in time.")),
            Cell::Text("backup, cloud".to_owned()),
            Cell::Text(format!("Note {at}: seen at the review of the quarter.")),
        ]
    };
    Table::plain("Risks", columns.map(|name| Column::new(name, 1.0)).to_vec(), (1..=rows).map(row).collect())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rows = std::env::args().nth(1).map_or(Ok(10_000), |text| text.parse())?;
    let document = Document {
        title: "Risks".to_owned(),
        subtitle: String::new(),
        number: String::new(),
        version: String::new(),
        organisation: "Example".to_owned(),
        label: String::new(),
        language: "en".to_owned(),
        cover: Vec::new(),
        draft: false,
        simulated_clock: None,
        snapshot: Snapshot { as_of: "2026-06-30".to_owned(), record_set_hash: String::new() },
        checkpoint: None,
        made: jiff::Timestamp::UNIX_EPOCH,
        history: Vec::new(),
        sections: vec![Section {
            heading: "Risks".to_owned(),
            landscape: true,
            blocks: vec![Block::Table(table(rows))],
        }],
        words: Words::default(),
    };
    let before = peak();
    let bytes = render_xlsx(&document)?;
    println!("{rows} rows: {before:?} kB before, {:?} kB at most, {} bytes", peak(), bytes.len());
    Ok(())
}
