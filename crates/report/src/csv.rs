//! Tables as CSV (RFC 4180, UTF-8): one file for each table of the content.
//!
//! Spreadsheets run a cell that starts like a formula. Such text gets an apostrophe in front; numbers stay numbers.

use std::collections::HashSet;

use crate::document::{Block, Cell, Document, Table};
use crate::error::DocumentError;
use crate::plain;
use crate::text::visible;
use crate::words::Words;

/// A table as a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvFile {
    /// Name of the file in ASCII, ending in `.csv`; unique within the document.
    pub name: String,
    /// Caption of the table.
    pub caption: String,
    /// The content in UTF-8, lines ended by CR LF.
    pub text: String,
}

/// Renders each table of the content as a CSV file. Data behind drawings and the frame's own tables are left out.
pub fn render_csv(document: &Document) -> Result<Vec<CsvFile>, DocumentError> {
    document.check()?;
    let mut names = HashSet::new();
    let tables = document.sections.iter().flat_map(|section| &section.blocks).filter_map(|block| match block {
        Block::Table(table) => Some(table),
        _ => None,
    });
    Ok(tables
        .enumerate()
        .map(|(at, table)| {
            let mut stem = stem(&table.caption);
            if stem.is_empty() || !names.insert(stem.clone()) {
                stem = format!("{stem}{}{}", if stem.is_empty() { "table-" } else { "-" }, at + 1);
                names.insert(stem.clone());
            }
            let text = table_csv(table, &document.words);
            CsvFile { name: format!("{stem}.csv"), caption: table.caption.clone(), text }
        })
        .collect())
}

/// Renders one table as CSV. The first line holds the column titles; a grouped table gets its groups as first column.
pub fn table_csv(table: &Table, words: &Words) -> String {
    let grouped = table.is_grouped();
    let mut out = String::new();
    let group_title = if table.group_title.is_empty() { &words.group } else { &table.group_title };
    let first = grouped.then(|| guarded(group_title));
    record(&mut out, first.into_iter().chain(table.columns.iter().map(|column| guarded(&column.title))));
    for group in &table.groups {
        for row in &group.rows {
            let first = grouped.then(|| guarded(&group.heading));
            record(&mut out, first.into_iter().chain(row.iter().map(|cell| field(cell, words))));
        }
    }
    out
}

/// The caption in small letters, digits and hyphens, at most 60 of them.
fn stem(caption: &str) -> String {
    let mut out = String::new();
    for c in caption.chars().take(200) {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.truncate(60);
    out.trim_end_matches('-').to_owned()
}

/// Text with an apostrophe in front when a spreadsheet would take it for a formula.
fn guarded(text: &str) -> String {
    let text = visible(text);
    let risky =
        text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
    if risky { format!("'{text}") } else { text.into_owned() }
}

fn field(cell: &Cell, words: &Words) -> String {
    match cell {
        Cell::Number { value, decimals, unit } if unit.is_empty() => plain::fixed(*value, *decimals),
        Cell::Number { value, decimals, unit } => guarded(&format!("{} {unit}", plain::fixed(*value, *decimals))),
        // The currency stands first, so that a negative amount does not start like a formula.
        Cell::Money { minor, decimals, currency } => format!("{currency} {}", plain::decimal(*minor, *decimals)),
        other => guarded(&plain::shown(other, words)),
    }
}

fn record(out: &mut String, fields: impl Iterator<Item = String>) {
    for (at, field) in fields.enumerate() {
        if at > 0 {
            out.push(',');
        }
        let quoted = field.contains(['"', ',', '\n', '\r', ';']) || field.starts_with(' ') || field.ends_with(' ');
        if quoted {
            out.push('"');
            out.push_str(&field.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(&field);
        }
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Column;

    #[test]
    fn text_that_looks_like_a_formula_is_guarded_and_numbers_are_not() {
        let cells: [(Cell, &str); 10] = [
            (Cell::text("=1+1"), "'=1+1"),
            (Cell::text("+49 30 123"), "'+49 30 123"),
            (Cell::text("-5"), "'-5"),
            (Cell::text("@SUM(A1)"), "'@SUM(A1)"),
            (Cell::text("\tx"), "'\tx"),
            (Cell::text("\u{ff1d}1"), "'\u{ff1d}1"),
            (Cell::Number { value: -5.0, decimals: 1, unit: String::new() }, "-5.0"),
            (Cell::Number { value: -5.0, decimals: 0, unit: "h".into() }, "'-5 h"),
            (Cell::Money { minor: -12_345, decimals: 2, currency: "EUR".into() }, "EUR -123.45"),
            (Cell::Refs(vec!["-R".into(), "=S".into()]), "'-R, =S"),
        ];
        for (cell, text) in cells {
            assert_eq!(field(&cell, &Words::default()), text);
        }
    }

    #[test]
    fn names_of_files_are_plain_and_unique() {
        let table = |caption: &str| Table::plain(caption, vec![Column::new("a", 1.0)], vec![]);
        assert_eq!(stem("Statement of Applicability: Annex A (93)"), "statement-of-applicability-annex-a-93");
        assert_eq!(stem("../../etc/passwd"), "etc-passwd");
        assert_eq!(stem("声明"), "");
        assert_eq!(table_csv(&table("x"), &Words::default()), "a\r\n");
    }
}
