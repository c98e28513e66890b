//! The escaping writer: markup goes in through [`Html::raw`], everything else is escaped.

use std::fmt::Write;

use crate::text::{Passage, passages, visible};
use crate::words::Words;

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

    /// Lines of one passage.
    fn lines(&mut self, lines: &[&str]) -> &mut Self {
        for (at, line) in lines.iter().enumerate() {
            if at > 0 {
                self.raw("<br>");
            }
            self.text(line);
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
