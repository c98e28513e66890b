//! How wide the columns of a table become, and where a word that is too wide for its place may break.

use super::fonts::Fonts;
use crate::document::{Align, Cell, Table};
use crate::plain;
use crate::words::Words;

/// Width of a character of the monospaced face in em of the text around it (0.6 em, set at 90 %).
const CODE_ADVANCE: f64 = 0.54;
/// Room at both sides of a cell, in points.
pub(super) const CELL_INSET: f64 = 4.0;
/// Room after a cell set against the end of the line, so that it does not run into the next column.
const END_INSET: f64 = 11.0;
/// Runs of letters up to this length are left to hyphenation, with breaks of last resort.
const LONGEST_WORD: usize = 40;

/// What a column needs, in points: for its widest word, and for its widest cell on one line.
#[derive(Clone, Copy, Default)]
struct Need {
    word: f64,
    line: f64,
}

impl Need {
    fn widen(&mut self, other: Self) {
        self.word = self.word.max(other.word);
        self.line = self.line.max(other.line);
    }

    fn solid(width: f64) -> Self {
        Self { word: width, line: width }
    }
}

fn text_need(fonts: &Fonts, text: &str, bold: bool, size: f64) -> Need {
    let mut need = Need::default();
    for line in text.lines().take(50) {
        let mut whole = 0.0;
        // A single monstrous word must not cost a pass over all of it: it is capped far below this.
        for word in line.split(' ').take(400) {
            let width = if word.len() > 200 { 200.0 } else { fonts.width(word, bold) };
            need.word = need.word.max(width * size);
            whole += width + 0.28;
        }
        need.line = need.line.max((whole - 0.28).max(0.0) * size);
    }
    need
}

#[expect(clippy::cast_precision_loss, reason = "lengths of words are small")]
fn code_width(code: &str, size: f64) -> f64 {
    code.chars().take(400).count() as f64 * CODE_ADVANCE * size
}

fn cell_need(fonts: &Fonts, cell: &Cell, size: f64, words: &Words) -> Need {
    match cell {
        Cell::Empty => Need::default(),
        Cell::Text(text) => text_need(fonts, text, false, size),
        Cell::Strong(text) => text_need(fonts, text, true, size),
        Cell::Code(code) => Need::solid(code_width(code, size)),
        Cell::Refs(refs) => {
            let widths = refs.iter().take(100).map(|code| code_width(code, size) + 3.0);
            widths.fold(Need::default(), |need, w| Need { word: need.word.max(w), line: need.line + w })
        }
        Cell::Badges(badges) => {
            let widths = badges.iter().take(100).map(|badge| fonts.width(badge, false) * size * 0.94 + 9.0);
            widths.fold(Need::default(), |need, w| Need { word: need.word.max(w), line: need.line + w })
        }
        Cell::Mark { word, .. } => {
            let need = text_need(fonts, word, false, size);
            Need { word: need.word + size * 1.35, line: need.line + size * 1.35 }
        }
        Cell::Level { word, .. } => Need::solid(text_need(fonts, word, true, size).line + 9.0),
        Cell::Number { .. } | Cell::Money { .. } | Cell::Date(_) => {
            Need::solid(fonts.width(&plain::shown(cell, words), false) * size * 1.06)
        }
        Cell::Lines(cells) => cells.iter().fold(Need::default(), |mut need, cell| {
            need.widen(cell_need(fonts, cell, size, words));
            need
        }),
    }
}

/// Room at the end of the cells of a column in points.
pub(super) fn right_inset(table: &Table, column: usize) -> f64 {
    let last = column + 1 == table.columns.len();
    if table.columns[column].align == Align::End && !last { END_INSET } else { CELL_INSET }
}

/// Widths of the columns in points, adding up to `total`: the shares asked for, corrected so that ordinary words and
/// the cells of unwrapped columns fit.
pub(super) fn columns(fonts: &Fonts, table: &Table, size: f64, total: f64, words: &Words) -> Vec<f64> {
    let sum: f64 = table.columns.iter().map(|column| column.weight).sum();
    // No column may claim more than twice its share or a sixth of the width, whichever is more, for long words.
    let least: Vec<f64> = table
        .columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let mut need = text_need(fonts, &column.title, true, size * 0.94);
            need.line = need.word;
            for cell in table.groups.iter().flat_map(|group| &group.rows).filter_map(|row| row.get(at)) {
                need.widen(cell_need(fonts, cell, size, words));
            }
            if let Some(cell) = table.total.get(at) {
                need.widen(cell_need(fonts, cell, size * 1.06, words));
            }
            let wanted = if column.wrap { need.word } else { need.line };
            let most = (total / 6.0).max(2.0 * total * column.weight / sum);
            (wanted + CELL_INSET + right_inset(table, at) + 1.0).min(most)
        })
        .collect();
    let needed: f64 = least.iter().sum();
    if needed >= total {
        return least.iter().map(|width| width * total / needed).collect();
    }
    let mut widths = vec![0.0; least.len()];
    let mut fixed = vec![false; least.len()];
    loop {
        let taken: f64 = widths.iter().zip(&fixed).filter(|(_, fixed)| **fixed).map(|(width, _)| width).sum();
        let shares: f64 =
            table.columns.iter().zip(&fixed).filter(|(_, fixed)| !**fixed).map(|(column, _)| column.weight).sum();
        let mut settled = true;
        for at in 0..least.len() {
            if !fixed[at] {
                widths[at] = (total - taken) * table.columns[at].weight / shares;
                if widths[at] < least[at] {
                    widths[at] = least[at];
                    fixed[at] = true;
                    settled = false;
                }
            }
        }
        if settled {
            return widths;
        }
    }
}

/// True for scripts whose lines break between any two characters, or where the typesetter knows the words.
fn breaks_by_itself(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{2e80}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// True for marks that must not be parted from the character before them.
fn joins_previous(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}'
        | '\u{900}'..='\u{903}' | '\u{93a}'..='\u{94f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{200b}'..='\u{200f}' | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}')
}

/// The same text with invisible places to break inside words that do not fit into `room` points.
pub(super) fn breakable(fonts: &Fonts, text: &str, bold: bool, size: f64, room: f64) -> String {
    let room = (room / size).max(1.0);
    let mut out = String::with_capacity(text.len() + 8);
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        let short = word.len() <= 4 || (word.len() < 200 && fonts.width(word, bold) <= room);
        if short || word.chars().all(breaks_by_itself) {
            out.push_str(piece);
        } else {
            break_word(fonts, word, bold, room, &mut out);
            out.push_str(&piece[word.len()..]);
        }
    }
    out
}

fn break_word(fonts: &Fonts, word: &str, bold: bool, room: f64, out: &mut String) {
    let letters = word.chars().all(char::is_alphabetic) && word.chars().count() <= LONGEST_WORD;
    let mut since_break = 0.0;
    let mut previous = ' ';
    for c in word.chars() {
        let width = fonts.advance(c, bold);
        if previous != ' ' && !joins_previous(c) && previous != '\u{200d}' {
            if letters {
                // A hyphen appears here only when hyphenation by the rules of the language finds no better place.
                if since_break + width > room * 0.8 {
                    out.push('\u{ad}');
                    since_break = 0.0;
                }
            } else {
                out.push('\u{200b}');
            }
        }
        since_break += width;
        out.push(c);
        previous = c;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Column;

    fn table(rows: Vec<Vec<Cell>>) -> Table {
        Table::plain("t", vec![Column::new("Id", 1.0), Column::new("What", 9.0)], rows)
    }

    #[test]
    fn columns_fill_the_width_and_hold_their_words() {
        let fonts = &Fonts::built_in();
        let table = table(vec![vec![Cell::Code("ISMS-SOA-0001".into()), Cell::text("short words only")]]);
        let widths = columns(fonts, &table, 8.0, 300.0, &Words::default());
        assert!((widths.iter().sum::<f64>() - 300.0).abs() < 1e-9);
        assert!(widths[0] > 13.0 * CODE_ADVANCE * 8.0, "the identifier fits: {widths:?}");
    }

    #[test]
    fn a_monstrous_word_takes_no_more_than_its_part() {
        let fonts = &Fonts::built_in();
        let table = table(vec![vec![Cell::text("x".repeat(100_000)), Cell::text("y")]]);
        let widths = columns(fonts, &table, 8.0, 300.0, &Words::default());
        assert!(widths[0] <= 60.0 && widths[1] >= 200.0, "{widths:?}");
    }

    #[test]
    fn only_words_that_do_not_fit_get_places_to_break() {
        let fonts = &Fonts::built_in();
        assert_eq!(breakable(fonts, "short words stay", false, 8.0, 60.0), "short words stay");
        assert_eq!(breakable(fonts, "a 1234567890 b", false, 8.0, 20.0).matches('\u{200b}').count(), 9);
        assert!(breakable(fonts, "Gesundheitswesen", false, 8.0, 30.0).contains('\u{ad}'));
        assert_eq!(breakable(fonts, "王小明王小明王小明", false, 8.0, 10.0), "王小明王小明王小明");
    }
}
