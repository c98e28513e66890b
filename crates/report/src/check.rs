//! What a document must satisfy before any renderer starts: bounds of size and the sense of its numbers.

use crate::document::{Block, Cell, Document, Fact, Table};
use crate::error::DocumentError;

/// Rows that all tables of one document may hold together.
pub const MAX_ROWS: usize = 20_000;
/// Bytes of text that one document may hold, as UTF-8; drawings count as text.
pub const MAX_TEXT: usize = 10 * 1024 * 1024;
/// Columns of one table.
pub const MAX_COLUMNS: usize = 40;
/// How deep cells may be nested in each other.
pub const MAX_NESTING: usize = 4;

impl Document {
    /// Says whether the document can be rendered. Every renderer asks this first.
    pub fn check(&self) -> Result<(), DocumentError> {
        if !is_language(&self.language) {
            return Err(DocumentError::Language(self.language.clone()));
        }
        let mut size = Size::default();
        let frame = [&self.title, &self.subtitle, &self.number, &self.version, &self.organisation, &self.label];
        size.texts(frame.map(String::as_str))?;
        size.facts(&self.cover)?;
        for change in &self.history {
            size.rows(1)?;
            size.texts([change.version.as_str(), &change.author, &change.text])?;
        }
        for section in &self.sections {
            size.text(&section.heading)?;
            for block in &section.blocks {
                size.block(block)?;
            }
        }
        Ok(())
    }

    /// All tables in reading order, including those behind drawings.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.sections.iter().flat_map(|section| &section.blocks).filter_map(|block| match block {
            Block::Table(table) => Some(table),
            Block::Figure(figure) => Some(&figure.data),
            _ => None,
        })
    }
}

/// A primary language of two or three letters, then parts of up to eight letters or digits (BCP 47, without rare forms).
fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let primary = parts.next().is_some_and(|p| (2..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_lowercase()));
    primary && parts.all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
}

fn out_of_range(what: impl Into<String>) -> DocumentError {
    DocumentError::OutOfRange { what: what.into() }
}

/// What has been counted so far.
#[derive(Default)]
struct Size {
    rows: usize,
    text: usize,
}

impl Size {
    fn rows(&mut self, rows: usize) -> Result<(), DocumentError> {
        self.rows += rows;
        if self.rows > MAX_ROWS {
            return Err(DocumentError::TooManyRows { rows: self.rows, limit: MAX_ROWS });
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), DocumentError> {
        self.text += text.len();
        if self.text > MAX_TEXT {
            return Err(DocumentError::TooMuchText { bytes: self.text, limit: MAX_TEXT });
        }
        Ok(())
    }

    fn texts<'a>(&mut self, texts: impl IntoIterator<Item = &'a str>) -> Result<(), DocumentError> {
        texts.into_iter().try_for_each(|text| self.text(text))
    }

    fn facts(&mut self, facts: &[Fact]) -> Result<(), DocumentError> {
        self.rows(facts.len())?;
        for fact in facts {
            self.text(&fact.label)?;
            self.cell(&fact.value, MAX_NESTING)?;
        }
        Ok(())
    }

    fn block(&mut self, block: &Block) -> Result<(), DocumentError> {
        match block {
            Block::Heading(text) | Block::Text(text) | Block::Note { text, .. } => self.text(text),
            Block::List(points) => {
                self.rows(points.len())?;
                self.texts(points.iter().map(String::as_str))
            }
            Block::Facts(facts) => self.facts(facts),
            Block::Tally(counts) => {
                self.rows(counts.len())?;
                self.texts(counts.iter().map(|count| count.word.as_str()))
            }
            Block::Table(table) => self.table(table),
            Block::Figure(figure) => {
                if figure.alt.trim().is_empty() {
                    return Err(DocumentError::NoAlternative { caption: figure.caption.clone() });
                }
                if !(figure.width > 0.0 && figure.width <= 1.0) {
                    return Err(out_of_range(format!("the width of figure \u{201c}{}\u{201d}", figure.caption)));
                }
                self.texts([figure.caption.as_str(), &figure.alt, &figure.svg])?;
                self.table(&figure.data)
            }
            Block::Signatures(signatures) => {
                self.rows(signatures.len())?;
                for signature in signatures {
                    self.texts([signature.role.as_str(), &signature.name])?;
                    if let Some(given) = &signature.given {
                        self.texts([given.at.as_str(), &given.id, &given.method])?;
                    }
                }
                Ok(())
            }
            Block::PageBreak => self.rows(1),
        }
    }

    fn table(&mut self, table: &Table) -> Result<(), DocumentError> {
        let columns = table.columns.len();
        if columns == 0 || columns > MAX_COLUMNS {
            return Err(DocumentError::Columns { table: table.caption.clone(), columns, limit: MAX_COLUMNS });
        }
        self.texts([table.caption.as_str(), &table.group_title, &table.empty])?;
        for column in &table.columns {
            self.text(&column.title)?;
            if !(column.weight > 0.0 && column.weight.is_finite()) {
                return Err(out_of_range(format!("the weight of column \u{201c}{}\u{201d}", column.title)));
            }
        }
        let mut number = 0;
        let wrong =
            |row: usize, cells: usize| DocumentError::RowLength { table: table.caption.clone(), row, cells, columns };
        for group in &table.groups {
            self.rows(group.rows.len() + 1)?;
            self.texts([group.heading.as_str(), &group.summary])?;
            for row in &group.rows {
                number += 1;
                if row.len() != columns {
                    return Err(wrong(number, row.len()));
                }
                row.iter().try_for_each(|cell| self.cell(cell, MAX_NESTING))?;
            }
        }
        if !table.total.is_empty() && table.total.len() != columns {
            return Err(wrong(0, table.total.len()));
        }
        table.total.iter().try_for_each(|cell| self.cell(cell, MAX_NESTING))
    }

    fn cell(&mut self, cell: &Cell, depth: usize) -> Result<(), DocumentError> {
        match cell {
            Cell::Empty | Cell::Date(_) => Ok(()),
            Cell::Text(text) | Cell::Strong(text) | Cell::Code(text) => self.text(text),
            Cell::Refs(words) | Cell::Badges(words) => self.texts(words.iter().map(String::as_str)),
            Cell::Mark { word, .. } => self.text(word),
            Cell::Level { step, word } => {
                if !(1..=5).contains(step) {
                    return Err(out_of_range(format!("level \u{201c}{word}\u{201d}")));
                }
                self.text(word)
            }
            Cell::Number { value, decimals, unit } => {
                if !value.is_finite() || *decimals > 9 {
                    return Err(out_of_range(format!("the number {value}")));
                }
                self.text(unit)
            }
            Cell::Money { minor, decimals, currency } => {
                if *decimals > 6 || currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_uppercase()) {
                    return Err(out_of_range(format!("the amount {minor} {currency}")));
                }
                Ok(())
            }
            Cell::Lines(cells) => {
                if depth == 0 {
                    return Err(DocumentError::Nesting { limit: MAX_NESTING });
                }
                cells.iter().try_for_each(|cell| self.cell(cell, depth - 1))
            }
        }
    }
}
