//! Spreadsheets: each sheet a table. A workbook is measured before it is read, since a small file can unfold to gigabytes.

use std::io::{Cursor, Read};

use calamine::{DataRef, Reader, Xlsx};
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

use super::sheet::{CELL_LIMIT, COLUMN_LIMIT, ROW_LIMIT, Row, Sheet};
use crate::error::ImportError;
use crate::plain_name;
use crate::report::Report;
use crate::source::SourceFile;

/// Most bytes that a workbook may unfold to.
const UNFOLDED_LIMIT: u64 = 256 * 1024 * 1024;
/// Most parts of a workbook.
const PART_LIMIT: usize = 2_000;
/// Most filled cells of a workbook.
const FILLED_LIMIT: usize = 5_000_000;
/// Most sheets of a workbook.
const SHEET_LIMIT: usize = 200;

/// Reads all sheets of a workbook that are not empty. Formulas count with the values that were stored for them.
///
/// # Errors
/// When it is no workbook, unfolds too far, or a sheet is too large.
pub(crate) fn read_xlsx(file: &SourceFile, report: &mut Report) -> Result<Vec<Sheet>, ImportError> {
    file.check_size()?;
    measure(file)?;
    let broken = |wrong: calamine::XlsxError| {
        let message = format!("cannot be read as a spreadsheet: {wrong}");
        ImportError::file(&file.name, message)
    };
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file.bytes.as_slice())).map_err(broken)?;
    let names = book.sheet_names();
    if names.len() > SHEET_LIMIT {
        return Err(ImportError::file(&file.name, format!("has more than {SHEET_LIMIT} sheets")));
    }
    let mut sheets = Vec::new();
    let mut filled = 0;
    for name in names {
        let shown = format!("{}#{name}", plain_name(&file.name));
        let mut cells = match book.worksheet_cells_reader(&name) {
            Ok(cells) => cells,
            // A sheet of charts has no cells.
            Err(calamine::XlsxError::WorksheetNotFound(_)) => continue,
            Err(wrong) => return Err(ImportError::file(&shown, format!("cannot be read: {wrong}"))),
        };
        let mut rows: Vec<Row> = Vec::new();
        loop {
            let cell =
                cells.next_cell().map_err(|wrong| ImportError::file(&shown, format!("cannot be read: {wrong}")))?;
            let Some(cell) = cell else { break };
            let (row, column) = cell.get_position();
            let (line, column) = (u64::from(row) + 1, column as usize);
            let place = |message: String| ImportError::line(&shown, line, message).in_column((column + 1).to_string());
            let text = match value(cell.get_value()) {
                Ok(text) => text,
                Err(fault) => {
                    report.warn(&shown, Some(line), format!("column {} holds the error {fault}", column + 1));
                    fault
                }
            };
            if text.trim().is_empty() {
                continue;
            }
            filled += 1;
            if text.len() > CELL_LIMIT || text.contains('\0') {
                return Err(place(format!("is longer than {CELL_LIMIT} bytes or holds a NUL character")));
            }
            if column >= COLUMN_LIMIT || filled > FILLED_LIMIT {
                return Err(place(format!("is beyond {COLUMN_LIMIT} columns or {FILLED_LIMIT} cells")));
            }
            if rows.last().is_none_or(|last| last.line != line) {
                if rows.len() >= ROW_LIMIT {
                    return Err(ImportError::line(&shown, line, format!("has more than {ROW_LIMIT} rows")));
                }
                rows.push(Row { line, cells: Vec::new() });
            }
            if let Some(last) = rows.last_mut() {
                last.cells.resize(last.cells.len().max(column + 1), String::new());
                last.cells[column] = text;
            }
        }
        if !rows.is_empty() {
            sheets.push(Sheet { file: shown, name, rows });
        }
    }
    Ok(sheets)
}

/// Unfolds every part into nothing, counting: what a part declares about its size need not be true.
fn measure(file: &SourceFile) -> Result<(), ImportError> {
    let broken = |wrong: String| ImportError::file(&file.name, format!("cannot be read as a spreadsheet: {wrong}"));
    let mut parts =
        zip::ZipArchive::new(Cursor::new(file.bytes.as_slice())).map_err(|wrong| broken(wrong.to_string()))?;
    if parts.len() > PART_LIMIT {
        return Err(ImportError::file(&file.name, format!("has more than {PART_LIMIT} parts")));
    }
    let mut left = UNFOLDED_LIMIT;
    for at in 0..parts.len() {
        let part = parts.by_index(at).map_err(|wrong| broken(wrong.to_string()))?;
        let read = std::io::copy(&mut part.take(left + 1), &mut std::io::sink());
        let read = read.map_err(|wrong| broken(wrong.to_string()))?;
        left = left.checked_sub(read).ok_or_else(|| {
            ImportError::file(&file.name, format!("unfolds to more than {} MB", UNFOLDED_LIMIT / 1_048_576))
        })?;
    }
    Ok(())
}

/// A cell as text: numbers without the noise of floating point, dates in ISO form.
fn value(data: &DataRef<'_>) -> Result<String, String> {
    Ok(match data {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => short(*number),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(truth) => truth.to_string(),
        DataRef::DateTime(moment) => {
            if moment.is_duration() {
                return Ok(short(moment.as_f64() * 24.0) + "h");
            }
            let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
            if (hour, minute, second) == (0, 0, 0) {
                format!("{year:04}-{month:02}-{day:02}")
            } else {
                format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
            }
        }
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.trim().to_owned(),
        DataRef::Error(fault) => return Err(fault.to_string()),
        DataRef::Empty => String::new(),
    })
}

fn short(number: f64) -> String {
    // Spreadsheets hold 15 digits; what lies beyond is an accident of binary.
    Decimal::from_f64(number)
        .map_or_else(|| number.to_string(), |exact| exact.round_sf(15).unwrap_or(exact).normalize().to_string())
}
