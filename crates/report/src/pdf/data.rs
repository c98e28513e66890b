//! The document as the data that the template reads: every text made settable, every width worked out.

use serde_json::{Value, json};

use super::fonts::{self, Coverage, Fonts};
use super::widths::{self, CELL_INSET};
use crate::document::{Align, Block, Cell, Document, Fact, Figure, NoteTone, Table, Tone};
use crate::marks::SEAL;
use crate::plain;
use crate::text::{Passage, passages, push_code_point, starts_right_to_left, visible};
use crate::words::fill;

/// Width of the text on an upright A4 page in points: 210 mm less 2 × 20 mm.
const UPRIGHT: f64 = 170.0 * 72.0 / 25.4;
/// Width of the text on an A4 page lying across in points: 297 mm less 2 × 15 mm.
const ACROSS: f64 = 267.0 * 72.0 / 25.4;
/// Size of running text in points.
const BODY: f64 = 9.5;
/// Longest heading, caption or title in characters; bookmarks and properties of a PDF have a limit of their own.
const LONGEST_HEADING: usize = 2000;
/// Longest text in the head and foot of a page.
const LONGEST_RUNNING: usize = 48;
/// Longest text alternative of a figure in characters.
const LONGEST_ALT: usize = 6000;
/// Rows of more lines than this may break across pages.
const TALL_ROW: f64 = 20.0;

/// Turns a document into template data.
pub(super) struct Setter<'a> {
    fonts: &'a Fonts,
    coverage: Coverage,
    document: &'a Document,
    replaced: usize,
}

fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}\u{2026}", &text[..at]),
    }
}

impl<'a> Setter<'a> {
    pub(super) fn new(document: &'a Document, fonts: &'a Fonts, coverage: Coverage) -> Self {
        Self { fonts, coverage, document, replaced: 0 }
    }

    /// A text whose every character can be set.
    fn plain(&mut self, text: &str) -> String {
        let text = visible(text);
        if text.chars().all(|c| self.fonts.covers(c, self.coverage)) {
            return text.into_owned();
        }
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            if self.fonts.covers(c, self.coverage) {
                out.push(c);
            } else {
                push_code_point(&mut out, c);
                self.replaced += 1;
            }
        }
        out
    }

    /// A text on one line, as in headings.
    fn line(&mut self, text: &str, size: f64, room: f64) -> String {
        let text = self.plain(text).split_whitespace().collect::<Vec<_>>().join(" ");
        widths::breakable(self.fonts, &shortened(&text, LONGEST_HEADING), true, size, room)
    }

    fn running(&mut self, text: &str) -> String {
        self.running_within(text, LONGEST_RUNNING)
    }

    fn running_within(&mut self, text: &str, most: usize) -> String {
        let text = self.plain(text).split_whitespace().collect::<Vec<_>>().join(" ");
        shortened(&text, most)
    }

    /// A text of any length as passages; a single line as a plain string.
    fn text(&mut self, text: &str, size: f64, room: f64) -> Value {
        let text = self.plain(text);
        let text = widths::breakable(self.fonts, &text, false, size, room);
        let right = |lines: &[&str]| lines.first().is_some_and(|line| starts_right_to_left(line));
        let parts: Vec<Value> = passages(&text)
            .into_iter()
            .map(|passage| match passage {
                Passage::Paragraph(lines) => json!({"t": "p", "r": right(&lines), "v": lines}),
                Passage::Bullets(points) => json!({"t": "b", "v": points}),
                Passage::Numbered(points) => json!({"t": "n", "v": points}),
            })
            .collect();
        match parts.as_slice() {
            [one] if one["t"] == "p" && one["r"] == false && one["v"].as_array().is_some_and(|v| v.len() == 1) => {
                one["v"][0].clone()
            }
            _ => json!({"k": "p", "v": parts}),
        }
    }

    fn cell(&mut self, cell: &Cell, size: f64, room: f64, wrap: bool) -> Value {
        match cell {
            Cell::Empty => Value::Null,
            Cell::Text(text) => {
                let value = self.text(text, size, room);
                match value {
                    Value::String(text) if !wrap && self.fonts.width(&text, false) * size <= room => {
                        json!({"k": "x", "v": text})
                    }
                    value => value,
                }
            }
            Cell::Strong(text) => {
                let text = self.plain(text);
                json!({"k": "s", "v": widths::breakable(self.fonts, &text, true, size, room)})
            }
            Cell::Code(text) => json!({"k": "c", "v": self.code(text, size, room)}),
            Cell::Refs(refs) => {
                let refs: Vec<_> = refs.iter().map(|code| self.code(code, size, room)).collect();
                json!({"k": "r", "v": refs})
            }
            Cell::Badges(badges) => {
                let badges: Vec<_> =
                    badges.iter().map(|badge| self.fitted(badge, false, size * 0.94, room - 8.0)).collect();
                json!({"k": "b", "v": badges})
            }
            Cell::Mark { tone, word } => {
                let word = self.plain(word);
                json!({"k": "m", "t": tone.name(), "v": widths::breakable(self.fonts, &word, false, size, room - size * 1.35)})
            }
            Cell::Level { step, word } => json!({"k": "l", "n": step, "v": self.fitted(word, true, size, room - 8.0)}),
            Cell::Number { .. } | Cell::Money { .. } | Cell::Date(_) => {
                let text = plain::shown(cell, &self.document.words);
                let text = self.plain(&text);
                if self.fonts.width(&text, false) * size > room {
                    Value::String(widths::breakable(self.fonts, &text, false, size, room))
                } else {
                    json!({"k": "x", "v": text})
                }
            }
            Cell::Lines(cells) => {
                let cells: Vec<_> = cells.iter().map(|cell| self.cell(cell, size, room, wrap)).collect();
                json!({"k": "lines", "v": cells})
            }
        }
    }

    /// A short word in a frame with whether it must be allowed to break.
    fn fitted(&mut self, text: &str, bold: bool, size: f64, room: f64) -> Value {
        let text = self.plain(text);
        let fits = self.fonts.width(&text, bold) * size <= room && !text.contains('\n');
        json!({"v": widths::breakable(self.fonts, &text, bold, size, room), "fits": fits})
    }

    /// An identifier with whether it must be allowed to break.
    fn code(&mut self, text: &str, size: f64, room: f64) -> Value {
        let text = self.plain(text);
        // The monospaced face is wider than the text face for narrow letters: judge it by its own advance.
        #[expect(clippy::cast_precision_loss, reason = "lengths of identifiers are small")]
        let fits = text.chars().count() as f64 * 0.54 * size <= room && !text.contains('\n');
        let text = if fits { text } else { widths::breakable(self.fonts, &text, false, size, room * 0.9) };
        json!({"v": text, "fits": fits})
    }

    /// About how many lines a cell takes, judged from its length alone.
    #[expect(clippy::cast_precision_loss, reason = "an estimate of lines")]
    fn lines(&self, cell: &Cell, size: f64, room: f64) -> f64 {
        let text = plain::shown(cell, &self.document.words);
        text.lines().map(|line| (line.len() as f64 * 0.6 * size / room).ceil().max(1.0)).sum()
    }

    /// A table; its caption is left out where the heading above it already says the same.
    fn table(&mut self, table: &Table, room: f64, above: &str) -> Value {
        let size = match table.columns.len() {
            0..=6 => 8.4,
            7..=9 => 7.8,
            _ => 7.1,
        };
        let widths = widths::columns(self.fonts, table, size, room, &self.document.words);
        let right: Vec<f64> = (0..widths.len()).map(|at| widths::right_inset(table, at)).collect();
        let inner: Vec<f64> =
            widths.iter().zip(&right).map(|(width, right)| (width - CELL_INSET - right).max(4.0)).collect();
        let head: Vec<_> = table
            .columns
            .iter()
            .zip(&inner)
            .map(|(column, room)| self.line(&column.title, size * 0.94, *room))
            .collect();
        let align: Vec<_> = table
            .columns
            .iter()
            .map(|column| match column.align {
                Align::Start => "start",
                Align::Centre => "center",
                Align::End => "end",
            })
            .collect();
        let names: Vec<_> = table.columns.iter().map(|column| column.names_row).collect();
        let mut groups = Vec::with_capacity(table.groups.len());
        for group in &table.groups {
            let mut rows = Vec::with_capacity(group.rows.len());
            for row in &group.rows {
                let tall = row.iter().zip(&inner).any(|(cell, room)| self.lines(cell, size, *room) > TALL_ROW);
                let cells: Vec<_> = row
                    .iter()
                    .enumerate()
                    .map(|(at, cell)| self.cell(cell, size, inner[at], table.columns[at].wrap))
                    .collect();
                rows.push(json!({"tall": tall, "c": cells}));
            }
            let heading = self.line(&group.heading, size, room * 0.6);
            let summary = self.line(&group.summary, size, room * 0.3);
            groups.push(json!({"heading": heading, "summary": summary, "rows": rows}));
        }
        let total: Vec<_> = table
            .total
            .iter()
            .enumerate()
            .map(|(at, cell)| self.cell(cell, size * 1.06, inner[at], table.columns[at].wrap))
            .collect();
        let empty = if table.empty.is_empty() { &self.document.words.no_rows } else { &table.empty };
        json!({
            "caption": self.line(&table.caption, BODY, room), "titled": table.caption != above,
            "size": size, "widths": widths, "right": right, "head": head, "align": align, "names": names,
            "groups": groups, "total": total, "count": table.row_count(),
            "empty": self.text(empty, size, room),
        })
    }

    /// Labels with values; the labels take as much of the width as they need within bounds.
    fn facts(&mut self, facts: &[Fact], size: f64, room: f64) -> Value {
        let widest = facts.iter().map(|fact| self.fonts.width(&fact.label, false) * size).fold(0.0, f64::max);
        let share = ((widest + 2.0) / room).clamp(0.26, 0.42);
        let facts: Vec<_> = facts
            .iter()
            .map(|fact| {
                let value = self.cell(&fact.value, size, room * (1.0 - share) - 12.0, true);
                json!({"l": self.line(&fact.label, size, room * share - 1.0), "v": value})
            })
            .collect();
        json!({"share": share * 100.0, "v": facts})
    }

    fn figure(&mut self, figure: &Figure, room: f64) -> Value {
        json!({
            "k": "figure",
            "caption": self.line(&figure.caption, BODY, room),
            "alt": shortened(&self.plain(&figure.alt), LONGEST_ALT),
            "svg": self.plain(&figure.svg),
            "width": figure.width * 100.0,
            "numbers": self.document.words.show_numbers,
            "data": self.table(&figure.data, room, ""),
        })
    }

    fn block(&mut self, block: &Block, room: f64, above: &str) -> Value {
        match block {
            Block::Heading(_) => Value::Null,
            Block::Text(text) => json!({"k": "text", "v": self.text(text, BODY, room)}),
            Block::List(points) => {
                let points: Vec<_> = points.iter().map(|point| self.text(point, BODY, room * 0.9)).collect();
                json!({"k": "list", "v": points})
            }
            Block::Facts(facts) => json!({"k": "facts", "v": self.facts(facts, BODY, room)}),
            Block::Tally(counts) => {
                let sum: u64 = counts.iter().map(|count| u64::from(count.count)).sum();
                let counts: Vec<_> = counts
                    .iter()
                    .map(|count| {
                        let word = self.line(&count.word, BODY, room * 0.4);
                        let number = plain::grouped(&count.count.to_string(), &self.document.words);
                        json!({"t": count.tone.name(), "w": word, "n": count.count, "s": number})
                    })
                    .collect();
                json!({"k": "tally", "v": counts, "sum": sum})
            }
            Block::Table(table) => json!({"k": "table", "v": self.table(table, room, above)}),
            Block::Note { tone, text } => {
                let tone = match tone {
                    NoteTone::Info => "info",
                    NoteTone::Warning => "warning",
                    NoteTone::Proposal => "proposal",
                };
                json!({"k": "note", "t": tone, "v": self.text(text, BODY, room - 30.0)})
            }
            Block::Figure(figure) => self.figure(figure, room),
            Block::Signatures(signatures) => {
                let table = plain::signature_table(signatures, &self.document.words);
                json!({"k": "table", "v": self.table(&table, room, "")})
            }
            Block::PageBreak => json!({"k": "break"}),
        }
    }

    fn sections(&mut self) -> Vec<Value> {
        let document = self.document;
        let mut sections = Vec::with_capacity(document.sections.len());
        for (at, section) in document.sections.iter().enumerate() {
            let room = if section.landscape { ACROSS } else { UPRIGHT };
            let mut below = 0;
            let mut above = section.heading.as_str();
            let mut blocks = Vec::with_capacity(section.blocks.len());
            for block in &section.blocks {
                if let Block::Heading(text) = block {
                    below += 1;
                    above = text;
                    let heading = self.line(text, 11.0, room - 40.0);
                    blocks.push(json!({"k": "heading", "n": format!("{}.{below}", at + 1), "v": heading}));
                } else {
                    blocks.push(self.block(block, room, above));
                }
            }
            let heading = self.line(&section.heading, 15.0, room - 40.0);
            sections.push(json!({
                "n": (at + 1).to_string(), "heading": heading, "across": section.landscape, "blocks": blocks,
            }));
        }
        sections
    }

    /// The last part: what a reader needs to compare this copy with the log.
    fn colophon(&mut self) -> Value {
        let document = self.document;
        let words = &document.words;
        let mut facts = vec![
            Fact { label: words.data_as_of.clone(), value: Cell::text(&document.snapshot.as_of) },
            Fact { label: words.record_set_hash.clone(), value: Cell::Code(document.snapshot.record_set_hash.clone()) },
        ];
        if let Some(checkpoint) = &document.checkpoint {
            facts.push(Fact { label: words.log_origin.clone(), value: Cell::Code(checkpoint.origin.clone()) });
            let size = plain::grouped(&checkpoint.size.to_string(), words);
            facts.push(Fact { label: words.log_size.clone(), value: Cell::text(size) });
            facts.push(Fact { label: words.log_root.clone(), value: Cell::Code(checkpoint.root.clone()) });
        }
        if let Some(clock) = &document.simulated_clock {
            facts.push(Fact { label: words.simulated_clock.clone(), value: Cell::text(clock) });
        }
        facts.push(Fact { label: words.made.clone(), value: Cell::text(document.made.to_string()) });
        let facts = self.facts(&facts, BODY, UPRIGHT);
        let compare = if document.checkpoint.is_some() { words.compare.as_str() } else { "" };
        let compare = self.text(compare, BODY, UPRIGHT);
        let replaced = match self.replaced {
            0 => Value::Null,
            count => {
                let count = plain::grouped(&count.to_string(), words);
                let said = fill(&words.replaced, &[&count]);
                self.text(&said, BODY, UPRIGHT)
            }
        };
        // The last part stays on one page as long as that is possible.
        let whole = facts.to_string().len() + compare.to_string().len() < 4000;
        json!({"heading": words.colophon, "facts": facts, "compare": compare, "replaced": replaced, "whole": whole})
    }

    /// The whole document.
    pub(super) fn document(mut self) -> Value {
        let document = self.document;
        let words = &document.words;
        let (lang, region) = document.language.split_once('-').unwrap_or((&document.language, ""));
        let region = region.rsplit('-').find(|part| part.len() == 2).map(str::to_ascii_lowercase);
        let title = self.line(&document.title, 26.0, UPRIGHT - 60.0);
        let subtitle = self.text(&document.subtitle, 12.0, UPRIGHT - 60.0);
        let cover = self.facts(&document.cover, BODY, UPRIGHT);
        let history = if document.history.is_empty() {
            Value::Null
        } else {
            self.table(&plain::history_table(document), UPRIGHT, "")
        };
        let sections = self.sections();
        let snapshot =
            fill(&words.snapshot, &[&document.snapshot.as_of, &shortened(&document.snapshot.record_set_hash, 16)]);
        let checkpoint = document.checkpoint.as_ref().map(|checkpoint| {
            let size = plain::grouped(&checkpoint.size.to_string(), words);
            let short = fill(&words.checkpoint_short, &[&size, checkpoint.short_root()]);
            self.running(&short)
        });
        let clock = document.simulated_clock.as_ref().map(|clock| {
            let clock = format!("{}: {clock}", words.simulated_clock);
            (self.text(&clock, BODY, UPRIGHT - 40.0), self.running_within(&clock, 90))
        });
        let (clock, clock_short) = clock.unzip();
        let page: Vec<_> = self.running(&words.page).splitn(3, "{}").map(str::to_owned).collect();
        let frame_words = json!({
            "draft": self.running(&words.draft), "draft_notice": self.text(&words.draft_notice, BODY, UPRIGHT - 40.0),
            "uncontrolled": self.running(&words.uncontrolled), "contents": self.line(&words.contents, 11.0, UPRIGHT),
            "page": page, "number": self.running(&words.number), "version": self.running(&words.version),
            "label": self.running(&words.label),
        });
        let running = json!({
            "number": self.running(&document.number), "version": self.running(&document.version),
            "label": self.running(&document.label), "title": self.running(&document.title),
            "organisation": self.running(&document.organisation),
        });
        let head = json!({
            "number": self.line(&document.number, 10.0, 140.0), "version": self.line(&document.version, 10.0, 140.0),
            "label": self.line(&document.label, 10.0, 140.0), "organisation": self.line(&document.organisation, 11.0, 400.0),
        });
        let subject = shortened(&self.plain(&document.subtitle), LONGEST_HEADING);
        let colophon = self.colophon();
        let marks: serde_json::Map<String, Value> = Tone::ALL
            .iter()
            .map(|tone| (tone.name().to_owned(), json!({"svg": tone.paper_svg(), "c": tone.paper_colour()})))
            .collect();
        json!({
            "lang": lang, "region": region, "title": title, "subtitle": subtitle, "subject": subject,
            "running": running, "head": head, "draft": document.draft, "clock": clock, "clock_short": clock_short,
            "cover": cover, "history": history, "sections": sections, "snapshot": self.text(&snapshot, BODY, UPRIGHT),
            "checkpoint": checkpoint, "colophon": colophon, "words": frame_words, "marks": marks, "seal": SEAL,
            "faces": self.fonts.families, "mono": fonts::MONO,
        })
    }
}
