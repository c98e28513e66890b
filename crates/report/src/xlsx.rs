//! A spreadsheet: a cover sheet and one sheet for each table.
//!
//! Numbers, amounts and days are typed values; text is always text, even when somebody edits the cell later.

use std::borrow::Cow;
use std::collections::HashSet;

use jiff::tz::TimeZone;
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use crate::document::{Align, Block, Cell, Column, Document, Table, Tone};
use crate::error::RenderError;
use crate::plain;
use crate::text::visible;
use crate::words::{Words, fill};

/// Characters a cell may hold (Excel specifications and limits), counted in UTF-16 units.
const MAX_CELL: usize = 32_767;
/// Widest column in characters of the default face.
const WIDEST: usize = 60;
const INK: u32 = 0x14_22_27;
const QUIET: u32 = 0x57_64_69;
const NOW: u32 = 0x00_5c_68;
const NOW_SOFT: u32 = 0xe9_f4_f5;
const LINE: u32 = 0xd3_dc_dd;
/// Ground and ink of the steps of the risk ramp.
const RAMP: [(u32, u32); 5] = [
    (0xdc_f2_f0, INK),
    (0xbb_e9_d3, INK),
    (0xea_d2_77, 0x33_23_05),
    (0xef_93_44, 0x2c_12_04),
    (0xae_2d_2f, 0xff_fa_fa),
];

impl From<XlsxError> for RenderError {
    fn from(error: XlsxError) -> Self {
        Self::Spreadsheet(error.to_string())
    }
}

/// Renders a document as an XLSX workbook.
pub fn render_xlsx(document: &Document) -> Result<Vec<u8>, RenderError> {
    document.check()?;
    let mut names = SheetNames::default();
    let cover_name = names.give(&document.words.cover_sheet);
    let mut book = Book { document, cut: 0 };

    let mut workbook = Workbook::new();
    let mut sheets = Vec::new();
    for table in sheet_tables(document) {
        let name = names.give(&table.caption);
        let sheet = book.table(row_by_row(&mut workbook), &name, &table)?;
        sheets.push((name, table.row_count(), sheet));
    }
    let cover = book.cover(&cover_name, &sheets)?;

    workbook.set_properties(&properties(document)?);
    workbook.push_worksheet(cover);
    for (_, _, sheet) in sheets {
        workbook.push_worksheet(sheet);
    }
    Ok(workbook.save_to_buffer()?)
}

/// A sheet of which a row is in memory only while it is written; a whole one where the system has no place for its file.
fn row_by_row(workbook: &mut Workbook) -> Worksheet {
    workbook.new_worksheet_with_low_memory().unwrap_or_else(|_| Worksheet::new())
}

/// The tables that become sheets, in reading order, with the signatures among them.
fn sheet_tables(document: &Document) -> Vec<Cow<'_, Table>> {
    let words = &document.words;
    let blocks = document.sections.iter().flat_map(|section| section.blocks.iter().map(move |block| (section, block)));
    blocks
        .filter_map(|(section, block)| match block {
            Block::Table(table) => Some(Cow::Borrowed(table)),
            Block::Figure(figure) => {
                let caption = if figure.data.caption.is_empty() { &figure.caption } else { &figure.data.caption };
                Some(Cow::Owned(Table { caption: caption.clone(), ..figure.data.clone() }))
            }
            Block::Signatures(signatures) => {
                let table = plain::signature_table(signatures, words);
                Some(Cow::Owned(Table { caption: section.heading.clone(), ..table }))
            }
            _ => None,
        })
        .collect()
}

/// Names of sheets: at most 31 characters, without `[]:*?/\`, unique without regard to case.
#[derive(Default)]
struct SheetNames(HashSet<String>);

impl SheetNames {
    fn give(&mut self, caption: &str) -> String {
        let plain: String = visible(caption)
            .chars()
            .map(|c| if matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\n' | '\t') { ' ' } else { c })
            .collect();
        let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
        let plain = plain.trim_matches('\'');
        let mut number = 1_usize;
        loop {
            let ending = if number == 1 { String::new() } else { format!(" {number}") };
            let mut name = within(plain, 31 - ending.len()).trim_matches(['\'', ' ']).to_owned();
            // Excel keeps this name for itself.
            if name.is_empty() || name.eq_ignore_ascii_case("history") {
                name.push('_');
            }
            name.push_str(&ending);
            if self.0.insert(name.to_lowercase()) {
                return name;
            }
            number += 1;
        }
    }
}

/// The beginning of a text that fits into so many UTF-16 units.
fn within(text: &str, most: usize) -> &str {
    let mut units = 0;
    for (at, c) in text.char_indices() {
        units += c.len_utf16();
        if units > most {
            return &text[..at];
        }
    }
    text
}

fn properties(document: &Document) -> Result<DocProperties, RenderError> {
    let made = TimeZone::UTC.to_datetime(document.made);
    let part = |value: i8| u8::try_from(value).unwrap_or_default();
    let moment =
        ExcelDateTime::from_ymd(u16::try_from(made.year()).unwrap_or(1900), part(made.month()), part(made.day()))?
            .and_hms(u16::from(part(made.hour())), part(made.minute()), f64::from(part(made.second())))?;
    let short = |text: &str| within(&visible(text), 255).to_owned();
    Ok(DocProperties::new()
        .set_title(short(&document.title))
        .set_subject(short(&format!("{} {}", document.number, document.version)))
        .set_author(short(&document.organisation))
        .set_company(short(&document.organisation))
        .set_category(short(&document.label))
        .set_comment(short(&snapshot(document)))
        .set_creation_datetime(&moment))
}

fn snapshot(document: &Document) -> String {
    fill(&document.words.snapshot, &[&document.snapshot.as_of, &document.snapshot.record_set_hash])
}

fn checkpoint(document: &Document) -> Option<String> {
    let words = &document.words;
    document.checkpoint.as_ref().map(|checkpoint| {
        let size = plain::grouped(&checkpoint.size.to_string(), words);
        format!("{}, {} {size}, {} {}", checkpoint.origin, words.log_size, words.log_root, checkpoint.root)
    })
}

/// Text for the head and foot of printed pages, where `&` starts a command.
fn running(text: &str) -> String {
    within(&visible(text).replace('\n', " "), 60).replace('&', "&&")
}

struct Book<'a> {
    document: &'a Document,
    /// Cells that had to be cut.
    cut: usize,
}

fn base() -> Format {
    Format::new().set_font_color(Color::RGB(INK)).set_align(FormatAlign::Top).set_text_wrap()
}

impl Book<'_> {
    fn words(&self) -> &Words {
        &self.document.words
    }

    /// The text as a cell can hold it.
    fn fitted(&mut self, text: &str) -> String {
        let text = visible(text);
        let units: usize = text.chars().map(char::len_utf16).sum();
        if units <= MAX_CELL {
            return text.into_owned();
        }
        self.cut += 1;
        let kept = within(&text, MAX_CELL - 100);
        let left_out = plain::grouped(&text[kept.len()..].chars().count().to_string(), self.words());
        format!("{kept}{}", fill(&self.words().cut_mark, &[&left_out]))
    }

    fn text(
        &mut self,
        sheet: &mut Worksheet,
        row: u32,
        column: u16,
        text: &str,
        format: &Format,
    ) -> Result<(), RenderError> {
        let text = self.fitted(text);
        let starts_like_formula =
            text.starts_with(['=', '+', '-', '@', '\t', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
        if starts_like_formula {
            sheet.write_string_with_format(row, column, &text, &format.clone().set_quote_prefix())?;
        } else {
            sheet.write_string_with_format(row, column, &text, format)?;
        }
        Ok(())
    }

    fn cell(&mut self, sheet: &mut Worksheet, at: (u32, u16), cell: &Cell, format: Format) -> Result<(), RenderError> {
        let (row, column) = at;
        match cell {
            Cell::Empty => {
                sheet.write_blank(row, column, &format)?;
            }
            Cell::Strong(text) => self.text(sheet, row, column, text, &format.set_bold())?,
            Cell::Code(text) => self.text(sheet, row, column, text, &format.set_font_name("Consolas"))?,
            Cell::Mark { tone, word } => {
                self.text(sheet, row, column, word, &format.set_font_color(Color::RGB(ink_of(*tone))))?;
            }
            Cell::Level { step, word } => {
                let (ground, ink) = RAMP[usize::from(*step).clamp(1, 5) - 1];
                let format = format.set_background_color(Color::RGB(ground)).set_font_color(Color::RGB(ink)).set_bold();
                self.text(sheet, row, column, word, &format)?;
            }
            Cell::Number { value, decimals, unit } => {
                let format = format.set_num_format(number_format(*decimals, unit)).set_align(FormatAlign::Right);
                sheet.write_number_with_format(row, column, *value, &format)?;
            }
            // A double holds 15 digits; a larger amount is written as text, so that no cent is lost.
            Cell::Money { minor, decimals, currency } if minor.unsigned_abs() < 1_000_000_000_000_000 => {
                let format = format.set_num_format(number_format(*decimals, currency)).set_align(FormatAlign::Right);
                let amount = plain::decimal(*minor, *decimals).parse().unwrap_or(f64::NAN);
                sheet.write_number_with_format(row, column, amount, &format)?;
            }
            Cell::Date(date) => {
                let part = |value: i8| u8::try_from(value).unwrap_or_default();
                // Excel counts days from 1900 on; an earlier day can only be text.
                let day = u16::try_from(date.year()).ok().filter(|year| *year >= 1900);
                match day.map(|year| ExcelDateTime::from_ymd(year, part(date.month()), part(date.day()))) {
                    Some(Ok(day)) => {
                        let format = format.set_num_format("yyyy-mm-dd").set_align(FormatAlign::Left);
                        sheet.write_datetime_with_format(row, column, &day, &format)?;
                    }
                    _ => self.text(sheet, row, column, &date.to_string(), &format)?,
                }
            }
            Cell::Text(_) | Cell::Refs(_) | Cell::Badges(_) | Cell::Money { .. } | Cell::Lines(_) => {
                let text = plain::shown(cell, self.words());
                self.text(sheet, row, column, &text, &format)?;
            }
        }
        Ok(())
    }

    fn table(&mut self, mut sheet: Worksheet, name: &str, table: &Table) -> Result<Worksheet, RenderError> {
        sheet.set_name(name)?.set_screen_gridlines(false);
        self.page(&mut sheet, table.columns.len() > 6);
        let grouped = table.is_grouped();
        let group_title =
            if table.group_title.is_empty() { self.words().group.clone() } else { table.group_title.clone() };
        let mut columns: Vec<Column> = table.columns.clone();
        if grouped {
            columns.insert(0, Column::new(&group_title, 1.0));
        }
        let header = base()
            .set_bold()
            .set_font_color(Color::RGB(NOW))
            .set_background_color(Color::RGB(NOW_SOFT))
            .set_border_bottom(FormatBorder::Medium)
            .set_border_bottom_color(Color::RGB(NOW))
            .set_align(FormatAlign::VerticalCenter);
        let mut widest = vec![0; columns.len()];
        for (at, column) in (0_u16..).zip(&columns) {
            self.text(&mut sheet, 0, at, &column.title, &header)?;
            // Room for the filter button.
            widest[usize::from(at)] = column.title.chars().count().min(WIDEST) + 4;
        }
        let line = base().set_border_bottom(FormatBorder::Thin).set_border_bottom_color(Color::RGB(LINE));
        let mut row = 0;
        for group in &table.groups {
            for cells in &group.rows {
                row += 1;
                let mut at = 0;
                if grouped {
                    self.text(&mut sheet, row, 0, &group.heading, &line)?;
                    widest[0] = widest[0].max(line_length(&group.heading));
                    at = 1;
                }
                for cell in cells {
                    let format = aligned(line.clone(), columns[usize::from(at)].align);
                    self.cell(&mut sheet, (row, at), cell, format)?;
                    let length = line_length(&plain::shown(cell, self.words()));
                    widest[usize::from(at)] = widest[usize::from(at)].max(length);
                    at += 1;
                }
            }
        }
        let last_column = u16::try_from(columns.len() - 1).unwrap_or(u16::MAX);
        sheet.autofilter(0, 0, row, last_column)?;
        if !table.total.is_empty() {
            let format = base().set_bold().set_border_top(FormatBorder::Medium).set_border_top_color(Color::RGB(QUIET));
            let from = u16::from(grouped);
            for (at, cell) in (from..).zip(&table.total) {
                let format = aligned(format.clone(), columns[usize::from(at)].align);
                self.cell(&mut sheet, (row + 1, at), cell, format)?;
            }
            if grouped {
                let word = self.words().total.clone();
                self.text(&mut sheet, row + 1, 0, &word, &format)?;
            }
        }
        for (at, characters) in (0_u16..).zip(&widest) {
            sheet.set_column_width(at, width(*characters))?;
        }
        let naming = columns.iter().position(|column| column.names_row).filter(|at| *at < 3);
        let frozen = naming.map_or(0, |at| u16::try_from(at + 1).unwrap_or(0));
        sheet.set_freeze_panes(1, frozen)?;
        sheet.set_repeat_rows(0, 0)?;
        Ok(sheet)
    }

    fn page(&self, sheet: &mut Worksheet, landscape: bool) {
        let document = self.document;
        let words = self.words();
        sheet.set_paper_size(9).set_print_fit_to_pages(1, 0).set_margins(0.5, 0.5, 0.75, 0.75, 0.3, 0.3);
        if landscape {
            sheet.set_landscape();
        }
        let draft = if document.draft { format!("{} ", words.draft) } else { String::new() };
        let number = running(&format!("{} {}", document.number, document.version));
        sheet.set_header(format!("&L&8{number}&R&8{draft}{}", running(&document.label)));
        let short = document.checkpoint.as_ref().map_or(String::new(), |checkpoint| {
            let size = plain::grouped(&checkpoint.size.to_string(), words);
            running(&fill(&words.checkpoint_short, &[&size, checkpoint.short_root()]))
        });
        let page = fill(&words.page.replace('&', "&&"), &["&P", "&N"]);
        sheet.set_footer(format!("&L&8{short}&C&8{}&R&8{page}", running(&words.uncontrolled)));
    }

    fn cover(&mut self, name: &str, sheets: &[(String, usize, Worksheet)]) -> Result<Worksheet, RenderError> {
        let document = self.document;
        let words = document.words.clone();
        let mut sheet = Worksheet::new();
        sheet.set_name(name)?.set_screen_gridlines(false);
        self.page(&mut sheet, false);
        sheet.set_column_width(0, 30)?;
        sheet.set_column_width(1, 90)?;
        let quiet = base().set_font_color(Color::RGB(QUIET));
        let plain_format = base();
        let title = base().set_bold().set_font_size(20).set_text_wrap();
        self.text(&mut sheet, 0, 1, &document.title, &title)?;
        self.text(&mut sheet, 0, 0, &document.organisation, &quiet)?;
        let mut row = 1;
        if !document.subtitle.is_empty() {
            self.text(&mut sheet, row, 1, &document.subtitle, &quiet)?;
            row += 1;
        }
        if document.draft {
            let format =
                base().set_bold().set_font_color(Color::RGB(0x3a_49_b5)).set_background_color(Color::RGB(0xec_f0_ff));
            self.text(&mut sheet, row, 1, &words.draft_notice, &format)?;
            row += 1;
        }
        let past =
            base().set_bold().set_font_color(Color::RGB(0x77_4e_23)).set_background_color(Color::RGB(0xf9_ef_de));
        if let Some(clock) = &document.simulated_clock {
            self.text(&mut sheet, row, 0, &words.simulated_clock, &past)?;
            self.text(&mut sheet, row, 1, clock, &past)?;
            row += 1;
        }
        row += 1;
        let frame =
            [(&words.number, &document.number), (&words.version, &document.version), (&words.label, &document.label)];
        for (label, value) in frame {
            self.text(&mut sheet, row, 0, label, &quiet)?;
            self.text(&mut sheet, row, 1, value, &plain_format.clone().set_bold())?;
            row += 1;
        }
        for fact in &document.cover {
            self.text(&mut sheet, row, 0, &fact.label, &quiet)?;
            self.cell(&mut sheet, (row, 1), &fact.value, base().set_align(FormatAlign::Left))?;
            row += 1;
        }
        row += 1;
        self.text(&mut sheet, row, 1, &snapshot(document), &plain_format)?;
        row += 1;
        if let Some(line) = checkpoint(document) {
            self.text(&mut sheet, row, 1, &line, &plain_format)?;
            row += 1;
        }
        self.text(&mut sheet, row, 0, &words.made, &quiet)?;
        self.text(&mut sheet, row, 1, &document.made.to_string(), &plain_format)?;
        row += 2;
        let heading = base().set_bold().set_font_color(Color::RGB(NOW));
        if !sheets.is_empty() {
            self.text(&mut sheet, row, 0, &words.sheet, &heading)?;
            self.text(&mut sheet, row, 1, &words.rows, &heading)?;
            for (name, rows, _) in sheets {
                row += 1;
                self.text(&mut sheet, row, 0, name, &plain_format)?;
                let format = base().set_align(FormatAlign::Left);
                self.cell(&mut sheet, (row, 1), &Cell::count(*rows as u64), format)?;
            }
            row += 2;
        }
        if !document.history.is_empty() {
            self.text(&mut sheet, row, 0, &words.history, &heading)?;
            for change in &document.history {
                row += 1;
                self.text(&mut sheet, row, 0, &format!("{}, {}", change.version, change.date), &plain_format)?;
                self.text(&mut sheet, row, 1, &format!("{}: {}", change.author, change.text), &plain_format)?;
            }
            row += 2;
        }
        if self.cut > 0 {
            let said = fill(&words.cut, &[&plain::grouped(&self.cut.to_string(), &words)]);
            self.text(&mut sheet, row, 1, &said, &past)?;
        }
        Ok(sheet)
    }
}

fn ink_of(tone: Tone) -> u32 {
    match tone {
        Tone::Fine => 0x0e_65_3f,
        Tone::Watch => 0x81_52_0a,
        Tone::Gap => 0xac_27_24,
        Tone::Moving => NOW,
        Tone::Planned => 0x3a_49_b5,
        Tone::Todo | Tone::Excluded => QUIET,
    }
}

fn aligned(format: Format, align: Align) -> Format {
    match align {
        Align::Start => format,
        Align::Centre => format.set_align(FormatAlign::Center),
        Align::End => format.set_align(FormatAlign::Right),
    }
}

/// A number format with the unit or currency as literal text.
fn number_format(decimals: u8, unit: &str) -> String {
    let fraction = if decimals == 0 { String::new() } else { format!(".{}", "0".repeat(usize::from(decimals))) };
    let unit: String = within(unit, 30).chars().filter(|c| !matches!(c, '"' | '\\') && !c.is_control()).collect();
    if unit.is_empty() { format!("#,##0{fraction}") } else { format!("#,##0{fraction}\" {unit}\"") }
}

fn line_length(text: &str) -> usize {
    text.lines().map(|line| line.chars().take(WIDEST).count()).max().unwrap_or(0)
}

fn width(characters: usize) -> f64 {
    f64::from(u32::try_from(characters.clamp(8, WIDEST)).unwrap_or(60)) + 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheet_names_are_short_allowed_and_unique() {
        let mut names = SheetNames::default();
        for (caption, name) in [
            ("Controls", "Controls"),
            ("controls", "controls 2"),
            ("a/b:c*d?e[f]\\g", "a b c d e f g"),
            ("", "_"),
            ("''", "_ 2"),
            ("History", "History_"),
            ("A caption that is much longer than a sheet name", "A caption that is much longer t"),
            ("A caption that is much longer than another", "A caption that is much longer 2"),
        ] {
            assert_eq!(names.give(caption), name);
        }
    }

    #[test]
    fn units_are_literal_text_in_number_formats() {
        assert_eq!(number_format(0, ""), "#,##0");
        assert_eq!(number_format(2, "EUR"), "#,##0.00\" EUR\"");
        assert_eq!(number_format(1, "\"h\\[Red]"), "#,##0.0\" h[Red]\"");
    }
}
