//! Text as data: characters that could deceive or break a file become visible, and long text falls into paragraphs.

use std::borrow::Cow;
use std::fmt::Write;

/// A paragraph or a simple list within a longer text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Passage<'a> {
    /// Lines of one paragraph.
    Paragraph(Vec<&'a str>),
    /// Points, each with the lines it spans.
    Bullets(Vec<Vec<&'a str>>),
    /// Numbered points with the numbers as they were written.
    Numbered(Vec<(u32, Vec<&'a str>)>),
}

/// True for characters that no output may carry: control characters other than tab and line feed, overrides of the
/// writing direction (a text could be shown in another order than it is stored), invisible tags and non-characters.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        | '\u{202a}'..='\u{202e}' | '\u{2066}' | '\u{2067}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{fdd0}'..='\u{fdef}' | '\u{e0000}'..='\u{e0fff}')
        || (c as u32) & 0xfffe == 0xfffe
}

/// Writes a character as its code point.
pub(crate) fn push_code_point(out: &mut String, c: char) {
    // Writing to a String cannot fail.
    let _ = write!(out, "[U+{:04X}]", c as u32);
}

/// The same text with line ends as line feeds and with hidden characters written as code points.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| is_hidden(c) || matches!(c, '\u{2028}' | '\u{2029}')) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                chars.next_if_eq(&'\n');
                out.push('\n');
            }
            '\u{2028}' | '\u{2029}' => out.push('\n'),
            c if is_hidden(c) => push_code_point(&mut out, c),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// A bullet's text, when the line is one.
fn bullet(line: &str) -> Option<&str> {
    ["- ", "* ", "\u{2022} ", "\u{2013} "].iter().find_map(|mark| line.strip_prefix(mark))
}

/// A numbered point's number and text, when the line is one.
fn numbered(line: &str) -> Option<(u32, &str)> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 || digits > 4 {
        return None;
    }
    let (number, rest) = line.split_at(digits);
    let rest = rest.strip_prefix(". ").or_else(|| rest.strip_prefix(") "))?;
    Some((number.parse().ok()?, rest))
}

/// Divides a text into paragraphs and simple lists. Empty lines part paragraphs; an indented line continues a point.
pub(crate) fn passages(text: &str) -> Vec<Passage<'_>> {
    let mut out: Vec<Passage<'_>> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        let words = line.trim();
        if words.is_empty() {
            open = false;
            continue;
        }
        let last = out.last_mut().filter(|_| open);
        if let Some(point) = bullet(words) {
            match last {
                Some(Passage::Bullets(points)) => points.push(vec![point]),
                _ => out.push(Passage::Bullets(vec![vec![point]])),
            }
        } else if let Some((number, point)) = numbered(words) {
            match last {
                Some(Passage::Numbered(points)) => points.push((number, vec![point])),
                _ => out.push(Passage::Numbered(vec![(number, vec![point])])),
            }
        } else {
            let indented = line.starts_with([' ', '\t']);
            match last {
                Some(Passage::Bullets(points)) if indented => {
                    if let Some(lines) = points.last_mut() {
                        lines.push(words);
                    }
                }
                Some(Passage::Numbered(points)) if indented => {
                    if let Some((_, lines)) = points.last_mut() {
                        lines.push(words);
                    }
                }
                Some(Passage::Paragraph(lines)) => lines.push(words),
                _ => out.push(Passage::Paragraph(vec![words])),
            }
        }
        open = true;
    }
    out
}

/// True when the first letter with a direction of its own runs from right to left.
pub(crate) fn starts_right_to_left(text: &str) -> bool {
    text.chars().find(|c| c.is_alphabetic()).is_some_and(is_right_to_left)
}

/// True for letters of the scripts written from right to left.
pub(crate) fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_written_as_code_points() {
        for (given, shown) in [
            ("plain", "plain"),
            ("nul\0", "nul[U+0000]"),
            ("bell\u{7}", "bell[U+0007]"),
            ("c1\u{9b}", "c1[U+009B]"),
            ("invoice\u{202e}fdp.exe", "invoice[U+202E]fdp.exe"),
            ("\u{2066}a\u{2067}", "[U+2066]a[U+2067]"),
            ("tag\u{e0041}", "tag[U+E0041]"),
            ("end\u{fffe}\u{1ffff}", "end[U+FFFE][U+1FFFF]"),
            ("a\r\nb\rc\u{2028}d", "a\nb\nc\nd"),
            ("tab\tstays", "tab\tstays"),
        ] {
            assert_eq!(visible(given), shown);
        }
    }

    #[test]
    fn text_falls_into_paragraphs_and_lists() {
        let text = "One\ntwo\n\nThree\n- a\n- b\n  more b\n1. first\n2) second\nrest\n2026 was a year";
        assert_eq!(
            passages(text),
            [
                Passage::Paragraph(vec!["One", "two"]),
                Passage::Paragraph(vec!["Three"]),
                Passage::Bullets(vec![vec!["a"], vec!["b", "more b"]]),
                Passage::Numbered(vec![(1, vec!["first"]), (2, vec!["second"])]),
                Passage::Paragraph(vec!["rest", "2026 was a year"]),
            ]
        );
    }

    #[test]
    fn markup_of_any_kind_stays_a_paragraph() {
        for text in ["#eval(\"x\")", "<script>", "= Heading", "+ plus", "$x$", "-no blank", "12345. long"] {
            assert_eq!(passages(text), [Passage::Paragraph(vec![text])]);
        }
    }
}
