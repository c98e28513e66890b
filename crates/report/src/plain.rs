//! Values as plain text, the same in every format, and the tables that the frame itself brings along.

use crate::document::{Cell, Column, Document, Signature, Table, Tone};
use crate::words::Words;

/// A number with signs between groups of three digits.
pub(crate) fn grouped(digits: &str, words: &Words) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("\u{2212}", rest));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
    let mut out = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            out.push_str(&words.group_sign);
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push_str(&words.decimal_sign);
        out.push_str(fraction);
    }
    out
}

/// An amount as decimal digits with a point, for example `-1234.50`.
pub(crate) fn decimal(minor: i64, decimals: u8) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    let digits = format!("{:0width$}", minor.unsigned_abs(), width = usize::from(decimals) + 1);
    let (whole, fraction) = digits.split_at(digits.len() - usize::from(decimals));
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// A measure as decimal digits with a point.
pub(crate) fn fixed(value: f64, decimals: u8) -> String {
    let text = format!("{value:.*}", usize::from(decimals));
    // A rounded negative number may come out as minus nothing.
    if text.bytes().all(|b| matches!(b, b'-' | b'0' | b'.')) { text.trim_start_matches('-').into() } else { text }
}

/// The value as a reader sees it, without shapes and colours.
pub(crate) fn shown(cell: &Cell, words: &Words) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) | Cell::Strong(text) | Cell::Code(text) => text.clone(),
        Cell::Refs(list) | Cell::Badges(list) => list.join(", "),
        Cell::Mark { word, .. } | Cell::Level { word, .. } => word.clone(),
        Cell::Number { value, decimals, unit } => {
            let number = grouped(&fixed(*value, *decimals), words);
            if unit.is_empty() { number } else { format!("{number}\u{a0}{unit}") }
        }
        Cell::Money { minor, decimals, currency } => {
            format!("{currency}\u{a0}{}", grouped(&decimal(*minor, *decimals), words))
        }
        Cell::Date(date) => date.to_string(),
        Cell::Lines(cells) => cells.iter().map(|cell| shown(cell, words)).collect::<Vec<_>>().join("\n"),
    }
}

/// A text for use between the tags of a drawing.
pub(crate) fn svg_text(text: &str) -> String {
    let text = crate::text::visible(text);
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The signatures as a table.
pub(crate) fn signature_table(signatures: &[Signature], words: &Words) -> Table {
    let columns = vec![
        Column::new(&words.role, 2.6).naming_row(),
        Column::new(&words.name, 2.6),
        Column::new(&words.signed, 3.8),
        Column::new(&words.signature_id, 2.0),
    ];
    let rows = signatures
        .iter()
        .map(|signature| {
            let (signed, id) = match &signature.given {
                Some(given) => (
                    Cell::Lines(vec![Cell::mark(Tone::Fine, &given.at), Cell::text(&given.method)]),
                    Cell::Code(given.id.clone()),
                ),
                None => (Cell::mark(Tone::Todo, &words.not_signed), Cell::Empty),
            };
            vec![Cell::Strong(signature.role.clone()), Cell::text(&signature.name), signed, id]
        })
        .collect();
    Table::plain("", columns, rows)
}

/// The change history as a table.
pub(crate) fn history_table(document: &Document) -> Table {
    let words = &document.words;
    let columns = vec![
        Column::new(&words.version, 1.0).naming_row(),
        Column::new(&words.date, 1.4).unwrapped(),
        Column::new(&words.author, 2.4),
        Column::new(&words.change, 7.0),
    ];
    let rows = document
        .history
        .iter()
        .map(|change| {
            vec![
                Cell::Strong(change.version.clone()),
                Cell::Date(change.date),
                Cell::text(&change.author),
                Cell::text(&change.text),
            ]
        })
        .collect();
    Table::plain(&words.history, columns, rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        for (minor, decimals, text) in [
            (0, 2, "0.00"),
            (5, 2, "0.05"),
            (-5, 2, "-0.05"),
            (123_450, 2, "1234.50"),
            (7, 0, "7"),
            (i64::MIN, 2, "-92233720368547758.08"),
        ] {
            assert_eq!(decimal(minor, decimals), text);
        }
    }

    #[test]
    fn numbers_are_grouped_by_three() {
        let words = Words::default();
        for (digits, text) in [("0", "0"), ("999", "999"), ("1000", "1,000"), ("-1234567.50", "\u{2212}1,234,567.50")] {
            assert_eq!(grouped(digits, &words), text);
        }
        let german = Words { decimal_sign: ",".into(), group_sign: ".".into(), ..Words::default() };
        assert_eq!(grouped("1234.5", &german), "1.234,5");
    }

    #[test]
    fn nothing_is_never_negative() {
        assert_eq!(fixed(-0.001, 2), "0.00");
        assert_eq!(fixed(-0.01, 2), "-0.01");
    }
}
