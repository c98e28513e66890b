//! Sections, blocks, tables and values as HTML.

use super::write::Html;
use crate::document::{Align, Block, Cell, Column, Count, Fact, Figure, NoteTone, Section, Table};
use crate::plain;
use crate::words::Words;

/// Words longer than this may break anywhere; shorter ones keep the column wide enough for them.
const LONG_WORD: usize = 24;

fn align(column: &Column) -> &'static str {
    match column.align {
        Align::Start => "",
        Align::Centre => " class=\"centre\"",
        Align::End => " class=\"end\"",
    }
}

/// The class of a cell: where its text stands, and whether its words must be allowed to break.
fn class(column: &Column, cell: &Cell, words: &Words) -> &'static str {
    let long = plain::shown(cell, words)
        .split_whitespace()
        .any(|word| word.len() > LONG_WORD && word.chars().count() > LONG_WORD);
    match (column.align, long) {
        (_, false) => align(column),
        (Align::Start, true) => " class=\"long\"",
        (Align::Centre, true) => " class=\"centre long\"",
        (Align::End, true) => " class=\"end long\"",
    }
}

impl Html<'_> {
    pub(super) fn section(&mut self, number: usize, section: &Section) {
        let across = if section.landscape { " class=\"across\"" } else { "" };
        self.raw(&format!("<section{across} aria-labelledby=\"s{number}\">\n<h2 id=\"s{number}\" dir=\"auto\"><span class=\"no\">{number}</span> "));
        self.text(&section.heading).raw("</h2>\n");
        let mut below = 0;
        let mut above = &section.heading;
        for block in &section.blocks {
            if let Block::Heading(text) = block {
                below += 1;
                above = text;
                self.raw(&format!("<h3 dir=\"auto\"><span class=\"no\">{number}.{below}</span> "))
                    .text(text)
                    .raw("</h3>\n");
            } else {
                self.block(block, above);
            }
        }
        self.raw("</section>\n");
    }

    fn block(&mut self, block: &Block, above: &str) {
        match block {
            Block::Heading(_) => {}
            Block::Text(text) => {
                self.raw("<div class=\"prose\">").passages(text).raw("</div>\n");
            }
            Block::List(points) => {
                self.raw("<ul class=\"prose\">");
                for point in points {
                    self.raw("<li>").passages(point).raw("</li>");
                }
                self.raw("</ul>\n");
            }
            Block::Facts(facts) => self.facts(facts),
            Block::Tally(counts) => self.tally(counts),
            Block::Table(table) => {
                self.table(table, above);
            }
            Block::Note { tone, text } => {
                let class = match tone {
                    NoteTone::Info => "info",
                    NoteTone::Warning => "warning",
                    NoteTone::Proposal => "plan",
                };
                self.raw("<div class=\"note ").raw(class).raw("\" role=\"note\">").passages(text).raw("</div>\n");
            }
            Block::Figure(figure) => self.figure(figure),
            Block::Signatures(signatures) => {
                let table = plain::signature_table(signatures, self.words);
                self.table(&table, "");
            }
            Block::PageBreak => {
                self.raw("<div class=\"break\"></div>\n");
            }
        }
    }

    pub(super) fn facts(&mut self, facts: &[Fact]) {
        if facts.is_empty() {
            return;
        }
        self.raw("<dl class=\"facts\">");
        for fact in facts {
            self.raw("<div><dt>").text(&fact.label).raw("</dt><dd dir=\"auto\">");
            self.value(&fact.value);
            self.raw("</dd></div>");
        }
        self.raw("</dl>\n");
    }

    fn tally(&mut self, counts: &[Count]) {
        let sum: u64 = counts.iter().map(|count| u64::from(count.count)).sum();
        if sum > 0 {
            self.raw(&format!(
                "<svg class=\"bar\" viewBox=\"0 0 {sum} 1\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
            ));
            let mut from = 0;
            for count in counts {
                let (width, tone) = (u64::from(count.count), count.tone.name());
                self.raw(&format!("<rect class=\"t-{tone}\" x=\"{from}\" width=\"{width}\" height=\"1\"/>"));
                from += width;
            }
            self.raw("</svg>\n");
        }
        self.raw("<ul class=\"tally\">");
        for count in counts {
            self.raw("<li>");
            self.shape(count.tone.name());
            let number = plain::grouped(&count.count.to_string(), self.words);
            self.raw("<strong>").text(&number).raw("</strong> ");
            self.text(&count.word).raw("</li>");
        }
        self.raw("</ul>\n");
    }

    fn shape(&mut self, tone: &str) {
        self.raw(&format!("<svg class=\"m t-{tone}\" aria-hidden=\"true\"><use href=\"#m-{tone}\"/></svg>"));
    }

    fn figure(&mut self, figure: &Figure) {
        self.raw("<figure>\n<img alt=\"").text(&figure.alt).raw("\" src=\"").data_address("image/svg+xml", &figure.svg);
        self.raw("\">\n<figcaption dir=\"auto\">").text(&figure.caption).raw("</figcaption>\n<details><summary>");
        let words = self.words;
        self.text(&words.show_numbers).raw("</summary>\n").table(&figure.data, "").raw("</details>\n</figure>\n");
    }

    /// A table; its caption is not shown where the heading above it already says the same.
    pub(super) fn table(&mut self, table: &Table, above: &str) -> &mut Self {
        let number = self.next_table();
        let words = self.words;
        if table.caption.is_empty() {
            self.raw("<div class=\"scroll\">\n<table>\n");
        } else {
            // A region that scrolls must be reachable by keyboard and have a name.
            self.raw(&format!(
                "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-labelledby=\"t{number}\">\n<table>\n"
            ));
            let unseen = if table.caption == above { " class=\"unseen\"" } else { "" };
            self.raw(&format!("<caption id=\"t{number}\"{unseen} dir=\"auto\">"))
                .text(&table.caption)
                .raw("</caption>\n");
        }
        self.raw("<thead><tr>");
        for column in &table.columns {
            self.raw("<th scope=\"col\"").raw(align(column)).raw(">").text(&column.title).raw("</th>");
        }
        self.raw("</tr></thead>\n");
        let columns = table.columns.len();
        if table.row_count() == 0 {
            let said = if table.empty.is_empty() { &words.no_rows } else { &table.empty };
            self.raw(&format!("<tbody><tr><td class=\"none\" colspan=\"{columns}\">"))
                .text(said)
                .raw("</td></tr></tbody>\n");
        }
        for group in &table.groups {
            self.raw("<tbody>");
            if !group.heading.is_empty() {
                self.raw(&format!("<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"{columns}\" dir=\"auto\">"));
                self.text(&group.heading);
                if !group.summary.is_empty() {
                    self.raw(" <span>").text(&group.summary).raw("</span>");
                }
                self.raw("</th></tr>\n");
            }
            for row in &group.rows {
                self.row(table, row);
            }
            self.raw("</tbody>\n");
        }
        if !table.total.is_empty() {
            self.raw("<tfoot>");
            self.row(table, &table.total);
            self.raw("</tfoot>\n");
        }
        self.raw("</table>\n</div>\n")
    }

    fn row(&mut self, table: &Table, row: &[Cell]) {
        let words = self.words;
        self.raw("<tr>");
        for (column, cell) in table.columns.iter().zip(row) {
            let (open, close) = if column.names_row { ("<th scope=\"row\"", "</th>") } else { ("<td", "</td>") };
            self.raw(open).raw(class(column, cell, words)).raw(" dir=\"auto\">");
            self.value(cell);
            self.raw(close);
        }
        self.raw("</tr>\n");
    }

    fn value(&mut self, cell: &Cell) {
        match cell {
            Cell::Empty => {}
            Cell::Text(text) if text.contains('\n') => {
                self.passages(text);
            }
            Cell::Text(text) => {
                self.prose(text);
            }
            Cell::Strong(text) => {
                self.raw("<strong>").text(text).raw("</strong>");
            }
            Cell::Code(text) => {
                self.raw("<bdi class=\"code\">").text(text).raw("</bdi>");
            }
            Cell::Refs(refs) => {
                for (at, code) in refs.iter().enumerate() {
                    self.raw(if at > 0 { " <bdi class=\"code\">" } else { "<bdi class=\"code\">" })
                        .text(code)
                        .raw("</bdi>");
                }
            }
            Cell::Badges(badges) => {
                for (at, badge) in badges.iter().enumerate() {
                    self.raw(if at > 0 { " <span class=\"badge\">" } else { "<span class=\"badge\">" });
                    self.text(badge).raw("</span>");
                }
            }
            Cell::Mark { tone, word } => {
                self.raw("<span class=\"state\">");
                self.shape(tone.name());
                self.raw("<bdi>").text(word).raw("</bdi></span>");
            }
            Cell::Level { step, word } => {
                self.raw(&format!("<bdi class=\"level l{step}\">")).text(word).raw("</bdi>");
            }
            Cell::Number { .. } | Cell::Money { .. } => {
                let text = plain::shown(cell, self.words);
                self.raw("<span class=\"num\" dir=\"ltr\">").text(&text).raw("</span>");
            }
            Cell::Date(date) => {
                let date = date.to_string();
                self.raw("<time datetime=\"").text(&date).raw("\">").text(&date).raw("</time>");
            }
            Cell::Lines(cells) => {
                for cell in cells.iter().filter(|cell| !matches!(cell, Cell::Empty)) {
                    self.raw("<div class=\"line\">");
                    self.value(cell);
                    self.raw("</div>");
                }
            }
        }
    }
}
