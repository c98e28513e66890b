//! The escaping writer: markup goes in through [`Html::raw`], everything else is escaped.

use std::fmt::Write;

use crate::text::{Passage, passages, visible};
use crate::words::Words;

/// What stands before, in and after the number of a record such as `R-0012` in a word.
fn numbered(word: &str) -> Option<(&str, &str, &str)> {
    let start = word.find(|c: char| c.is_ascii_alphanumeric())?;
    let end = word.rfind(|c: char| c.is_ascii_alphanumeric())? + 1;
    let (kind, number) = word[start..end].split_once('-')?;
    let fits = (1..=6).contains(&kind.len())
        && (1..=9).contains(&number.len())
        && kind.bytes().all(|byte| byte.is_ascii_uppercase())
        && number.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| (&word[..start], &word[start..end], &word[end..]))
}

/// HTML under construction.
pub(super) struct Html<'w> {
    out: String,
    pub(super) words: &'w Words,
    tables: usize,
}

impl<'w> Html<'w> {
    pub(super) fn new(words: &'w Words) -> Self {
        Self { out: String::with_capacity(64 * 1024), words, tables: 0 }
    }

    /// Markup written by this crate.
    pub(super) fn raw(&mut self, markup: &str) -> &mut Self {
        self.out.push_str(markup);
        self
    }

    /// Anybody's text, fit for elements and for attributes in double quotes.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        for c in visible(text).chars() {
            match c {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' => self.out.push_str("&quot;"),
                '\'' => self.out.push_str("&#39;"),
                c => self.out.push(c),
            }
        }
        self
    }

    /// Anybody's text inside an element, with the numbers of records kept on one line.
    pub(super) fn prose(&mut self, text: &str) -> &mut Self {
        for piece in text.split_inclusive(' ') {
            match numbered(piece) {
                Some((before, number, after)) => {
                    self.text(before).raw("<span class=\"ref\">").text(number).raw("</span>").text(after)
                }
                None => self.text(piece),
            };
        }
        self
    }

    /// Lines of one passage.
    fn lines(&mut self, lines: &[&str]) -> &mut Self {
        for (at, line) in lines.iter().enumerate() {
            if at > 0 {
                self.raw("<br>");
            }
            self.prose(line);
        }
        self
    }

    /// A text of any length as paragraphs and lists.
    pub(super) fn passages(&mut self, text: &str) -> &mut Self {
        let text = visible(text);
        for passage in passages(&text) {
            match passage {
                Passage::Paragraph(lines) => {
                    self.raw("<p dir=\"auto\">").lines(&lines).raw("</p>");
                }
                Passage::Bullets(points) => {
                    self.raw("<ul>");
                    for lines in points {
                        self.raw("<li dir=\"auto\">").lines(&lines).raw("</li>");
                    }
                    self.raw("</ul>");
                }
                Passage::Numbered(points) => {
                    self.raw("<ol>");
                    for (number, lines) in points {
                        self.raw(&format!("<li value=\"{number}\" dir=\"auto\">")).lines(&lines).raw("</li>");
                    }
                    self.raw("</ol>");
                }
            }
        }
        self
    }

    /// A number for the next table, for references inside the file.
    pub(super) fn next_table(&mut self) -> usize {
        self.tables += 1;
        self.tables
    }

    /// Bytes of an image as a data address; only unreserved characters stay as they are.
    pub(super) fn data_address(&mut self, media_type: &str, content: &str) -> &mut Self {
        let _ = write!(self.out, "data:{media_type},");
        for byte in content.bytes() {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
                self.out.push(char::from(byte));
            } else {
                // Writing to a String cannot fail.
                let _ = write!(self.out, "%{byte:02X}");
            }
        }
        self
    }

    pub(super) fn finish(self) -> String {
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_records_are_kept_on_one_line_and_nothing_else() {
        let words = Words::default();
        let html = |text: &str| {
            let mut html = Html::new(&words);
            html.prose(text);
            html.finish()
        };
        assert_eq!(html("after RA-0001"), "after <span class=\"ref\">RA-0001</span>");
        assert_eq!(html("(R-0012), <b>"), "(<span class=\"ref\">R-0012</span>), &lt;b&gt;");
        for same in ["a well-known word", "2026-06-30", "R-", "-1", "é-1é", "X-1-2", "ISMS-SOA-01", "  two  spaces "]
        {
            assert_eq!(html(same), same);
        }
    }
}
