//! Tables as people keep them: CSV of any delimiter, read into rows of cells with their lines.

use crate::error::ImportError;
use crate::plain_name;
use crate::report::Report;
use crate::source::{SourceFile, text, unguard_foreign};

/// Most rows of one table.
pub const ROW_LIMIT: usize = 200_000;
/// Most columns of one table.
pub const COLUMN_LIMIT: usize = 2_000;
/// Longest cell, in bytes.
pub const CELL_LIMIT: usize = 1_048_576;

/// A table: the rows of a file or sheet, the heading among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The file, or `file.xlsx#Sheet`, as messages show it.
    pub file: String,
    /// The name by which it is recognised: of the sheet, or of the file without its extension.
    pub name: String,
    /// The rows that are not empty.
    pub rows: Vec<Row>,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line, from 1.
    pub line: u64,
    /// Its cells; with the space around them until they are tidied, since a space behind a comma tells where a row is torn.
    pub cells: Vec<String>,
}

/// Reads a CSV file.
///
/// # Errors
/// When it is too large, no text, or has too many rows, columns or too long cells.
pub(crate) fn read_csv(file: &SourceFile, report: &mut Report) -> Result<Sheet, ImportError> {
    let read = text(file)?;
    if let Some(remark) = read.remark {
        report.warn(&file.name, None, remark);
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(&read.text))
        .from_reader(read.text.as_bytes());
    let mut rows = Vec::new();
    let mut record = csv::StringRecord::new();
    loop {
        let more = reader.read_record(&mut record).map_err(|wrong| {
            let line = wrong.position().map(csv::Position::line);
            ImportError { line, ..ImportError::file(&file.name, wrong.to_string()) }
        })?;
        if !more {
            break;
        }
        let line = record.position().map_or(0, csv::Position::line);
        check(&file.name, line, rows.len(), &record)?;
        let cells: Vec<String> = record.iter().map(str::to_owned).collect();
        if cells.iter().any(|cell| !cell.trim().is_empty()) {
            rows.push(Row { line, cells });
        }
    }
    let name = plain_name(file.stem()).to_owned();
    Ok(Sheet { file: file.name.clone(), name, rows })
}

/// Refuses a row that is one too many, too wide, or has too long a cell.
fn check(file: &str, line: u64, rows: usize, record: &csv::StringRecord) -> Result<(), ImportError> {
    if rows >= ROW_LIMIT {
        return Err(ImportError::line(file, line, format!("has more than {ROW_LIMIT} rows")));
    }
    if record.len() > COLUMN_LIMIT {
        return Err(ImportError::line(file, line, format!("has more than {COLUMN_LIMIT} columns")));
    }
    match record.iter().position(|cell| cell.len() > CELL_LIMIT) {
        Some(at) => {
            let message = format!("is longer than {CELL_LIMIT} bytes; is a quotation mark missing?");
            Err(ImportError::line(file, line, message).in_column((at + 1).to_string()))
        }
        None => Ok(()),
    }
}

/// The delimiter that the first line has most of outside quotation marks; a comma when it has none.
fn delimiter(text: &str) -> u8 {
    let mut counts = [(b',', 0_u32), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in text.trim_start().bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if quoted => {}
            _ => counts.iter_mut().filter(|(delimiter, _)| *delimiter == byte).for_each(|(_, count)| *count += 1),
        }
    }
    // Of equal counts the earlier delimiter wins.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(delimiter, _)| *delimiter)
}

/// What became of a row that is wider than its heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    /// It is no wider, or only by empty cells, or by remarks beside the table.
    Fits,
    /// Its cells were put together again.
    Repaired,
    /// Nobody can say which cell stands under which heading.
    Torn,
}

/// Puts cells together again that were torn apart by commas without quotation marks: a comma inside a text is followed by
/// a space, one between cells is not. Only rows that are too wide are touched, and only when one way of reading is left.
pub(crate) fn repair(headings: &[String], row: &mut Row) -> Fit {
    let wide = headings.len();
    if row.cells.len() <= wide {
        return Fit::Fits;
    }
    let blank = |cells: &[String]| cells.iter().all(|cell| cell.trim().is_empty());
    let led = |cell: &String| cell.starts_with(' ') && !cell.trim().is_empty();
    // Where headings begin with a space too, it says nothing.
    let torn = row.cells.iter().skip(1).any(led) && !headings.iter().any(led);
    if !torn {
        if blank(&row.cells[wide..]) {
            row.cells.truncate(wide);
            return Fit::Fits;
        }
        // An empty column parts remarks from the table.
        return if row.cells[wide].trim().is_empty() { Fit::Fits } else { Fit::Torn };
    }
    let mut joined: Vec<String> = Vec::with_capacity(wide);
    for cell in &row.cells {
        match joined.last_mut() {
            Some(last) if led(cell) => {
                last.push(',');
                last.push_str(cell);
            }
            _ => joined.push(cell.clone()),
        }
    }
    if joined.len() < wide || !blank(&joined[wide..]) || blank(&row.cells[wide..]) {
        return Fit::Torn;
    }
    joined.truncate(wide);
    row.cells = joined;
    Fit::Repaired
}

/// Takes the space around the cells away, and the apostrophe that guards our own exports.
pub(crate) fn tidy(cells: &mut [String]) {
    for cell in cells {
        *cell = unguard_foreign(cell.trim()).to_owned();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Vec<String>> {
        let sheet = read_csv(&SourceFile::new("x.csv", text), &mut Report::default()).unwrap();
        let headings = sheet.rows[0].cells.clone();
        let read = |mut row: Row| {
            let fit = repair(&headings, &mut row);
            tidy(&mut row.cells);
            if fit == Fit::Torn { vec!["torn".to_owned()] } else { row.cells }
        };
        sheet.rows.into_iter().map(read).collect()
    }

    #[test]
    fn the_delimiter_is_found() {
        for text in ["a,b\n1,2\n", "a;b\n1;2\n", "a\tb\n1\t2\n", "\u{feff}a;b\r\n1;2\r\n", "\"a\";\"b\"\n1;2"] {
            assert_eq!(rows(text), [["a", "b"], ["1", "2"]], "{text:?}");
        }
        assert_eq!(rows("\"a;x\",b\n1,2"), [["a;x", "b"], ["1", "2"]]);
    }

    #[test]
    fn old_encodings_are_read() {
        let read = |bytes: &[u8]| {
            let mut report = Report::default();
            let sheet = read_csv(&SourceFile::new("x.csv", bytes), &mut report).unwrap();
            (sheet.rows[0].cells[0].clone(), report.warnings.len())
        };
        assert_eq!(read("Krüger".as_bytes()), ("Krüger".to_owned(), 0));
        assert_eq!(read(b"Kr\xfcger"), ("Krüger".to_owned(), 1));
        assert_eq!(read(b"\xff\xfeK\x00\xfc\x00"), ("Kü".to_owned(), 0));
        assert_eq!(read(b"\xfe\xff\x00K\x00\xfc"), ("Kü".to_owned(), 0));
    }

    #[test]
    fn a_torn_row_is_put_together_only_where_that_is_certain() {
        assert_eq!(rows("a,b,c\n1,x, y,3")[1], ["1", "x, y", "3"]);
        assert_eq!(rows("a,b,c\n1,x,y,3")[1], ["torn"], "nobody knows which comma is one too many");
        assert_eq!(rows("a,b,c,d\n1, x,y, z,4")[1], ["torn"], "one of two, but which?");
        assert_eq!(rows("a,b,c\n1, x,3,")[1], ["torn"], "a comma at the end, or one in the text");
        assert_eq!(rows("a,b,c\n1,x, y,")[1], ["torn"]);
        assert_eq!(rows("a, b\n1, 2,")[1], ["1", "2"], "where every comma has a space it says nothing");
        assert_eq!(rows("a,b\n1,2,,see there")[1], ["1", "2", "", "see there"], "a remark beside the table");
        assert_eq!(rows("a,b,c\n1, x,3")[1], ["1", "x", "3"], "a row that fits is left alone");
        assert_eq!(rows("a,b\n1,2,,")[1], ["1", "2"]);
    }

    #[test]
    fn what_is_no_table_is_refused_with_its_place() {
        let refused =
            |bytes: &[u8]| read_csv(&SourceFile::new("x.csv", bytes), &mut Report::default()).unwrap_err().to_string();
        assert_eq!(refused(b"a\nb\0"), "x.csv:2: contains a NUL character");
        assert!(refused("a,".repeat(COLUMN_LIMIT + 1).as_bytes()).starts_with("x.csv:1: has more than 2000 columns"));
        let long = format!("a,b\n1,{}\n", "x".repeat(CELL_LIMIT + 1));
        assert!(refused(long.as_bytes()).starts_with("x.csv:2, column “2”: is longer than"));
        assert!(refused("x\n".repeat(ROW_LIMIT + 1).as_bytes()).starts_with("x.csv:200001: has more than 200000 rows"));
        assert_eq!(refused(b"\xff\xfeK"), "x.csv: is not valid UTF-16");
    }

    #[test]
    fn the_apostrophe_of_our_own_exports_is_undone() {
        assert_eq!(rows("'=1+1,'-x,'tis,'")[0], ["=1+1", "-x", "'tis", "'"]);
    }
}
