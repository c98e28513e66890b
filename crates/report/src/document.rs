//! The neutral description of a document: what it says, not how it looks.
//!
//! Everything in it is data. No text is ever read as markup, as HTML or as a formula by a renderer, whoever wrote it.
//! Paragraphs of a text are separated by an empty line; lines that start with `- `, `* `, `• ` or `1. ` form simple lists.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::words::Words;

/// A controlled document, ready to be rendered in any of the formats.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// What the document is called, for example `Statement of Applicability`.
    pub title: String,
    /// One sentence under the title; empty when there is none.
    pub subtitle: String,
    /// Document number, for example `ISMS-SOA`.
    pub number: String,
    /// Version as people write it, for example `3.1`.
    pub version: String,
    /// Who issues it: the name of the organisation.
    pub organisation: String,
    /// Classification label, for example `Internal`.
    pub label: String,
    /// Language of the frame and of most of the text, as a BCP 47 tag such as `en` or `de-AT`.
    pub language: String,
    /// Facts of the cover block in the order of printing: author, approver, next review and so on.
    pub cover: Vec<Fact>,
    /// True until the document has been approved; every page then says so.
    pub draft: bool,
    /// What to say about a simulated clock; every page repeats it. `None` when the clock is the real one.
    pub simulated_clock: Option<String>,
    /// The moment and the set of records this document was made from.
    pub snapshot: Snapshot,
    /// The newest checkpoint of the log when the document was made; `None` when there is no log.
    pub checkpoint: Option<Checkpoint>,
    /// When the document was made: the only time a renderer writes into the file's properties.
    pub made: Timestamp,
    /// Earlier versions, oldest first.
    pub history: Vec<Change>,
    /// The content.
    pub sections: Vec<Section>,
    /// The words of the frame in the language of the document.
    pub words: Words,
}

/// A label with its value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// What the value is, for example `Approved by`.
    pub label: String,
    /// The value.
    pub value: Cell,
}

/// The moment and the set of records a document was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// The moment as the reader shall see it, with its time zone.
    pub as_of: String,
    /// SHA-256 over the set of records, in hexadecimal digits.
    pub record_set_hash: String,
}

/// Size and root of the tamper-evident log, printed so that a paper can be compared with the log later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// Name of the log.
    pub origin: String,
    /// Number of entries.
    pub size: u64,
    /// Root hash in standard base64.
    pub root: String,
}

impl Checkpoint {
    /// The beginning of the root that is printed on each page: 12 characters carry 72 bits.
    pub fn short_root(&self) -> &str {
        let end = self.root.char_indices().nth(12).map_or(self.root.len(), |(at, _)| at);
        &self.root[..end]
    }
}

/// A row of the change history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Version that came into force.
    pub version: String,
    /// Its date.
    pub date: Date,
    /// Who wrote it.
    pub author: String,
    /// What changed.
    pub text: String,
}

/// A numbered part of the document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Heading without its number; numbers are given by position.
    pub heading: String,
    /// True when its pages lie across, for wide tables.
    pub landscape: bool,
    /// The content in reading order.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// A heading below that of the section, numbered by position.
    Heading(String),
    /// Text of any length, in paragraphs and simple lists.
    Text(String),
    /// Points, one paragraph each.
    List(Vec<String>),
    /// Labels with values.
    Facts(Vec<Fact>),
    /// How many of each state, as a bar and in words.
    Tally(Vec<Count>),
    /// Rows and columns.
    Table(Table),
    /// A remark set apart from the text.
    Note {
        /// How urgent it is.
        tone: NoteTone,
        /// What it says.
        text: String,
    },
    /// A drawing.
    Figure(Figure),
    /// Who has signed and who has still to sign.
    Signatures(Vec<Signature>),
    /// What follows starts a new page in paged formats.
    PageBreak,
}

/// How many records are in one state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// Shape and colour.
    pub tone: Tone,
    /// The state in a word or two.
    pub word: String,
    /// Number of records.
    pub count: u32,
}

/// Rows and columns under a caption.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// What the table shows; also the name of the sheet and of the CSV file made from it.
    pub caption: String,
    /// The columns in order.
    pub columns: Vec<Column>,
    /// What a group of rows is, for example `Theme`: the heading of the extra column in spreadsheets.
    pub group_title: String,
    /// The rows, in groups; a table without groups has one group without heading.
    pub groups: Vec<RowGroup>,
    /// A last row of sums; empty when there is none, otherwise one cell for each column.
    pub total: Vec<Cell>,
    /// What to say when there is no row.
    pub empty: String,
}

impl Table {
    /// A table without groups and without sums.
    pub fn plain(caption: &str, columns: Vec<Column>, rows: Vec<Vec<Cell>>) -> Self {
        Self {
            caption: caption.into(),
            columns,
            group_title: String::new(),
            groups: vec![RowGroup { heading: String::new(), summary: String::new(), rows }],
            total: Vec::new(),
            empty: String::new(),
        }
    }

    /// Number of rows in all groups, without headings and sums.
    pub fn row_count(&self) -> usize {
        self.groups.iter().map(|group| group.rows.len()).sum()
    }

    /// True when at least one group carries a heading.
    pub fn is_grouped(&self) -> bool {
        self.groups.iter().any(|group| !group.heading.is_empty())
    }
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// The heading.
    pub title: String,
    /// Share of the width compared with the other columns; greater than 0.
    pub weight: f64,
    /// Where its text stands.
    pub align: Align,
    /// True when its cells may break into lines at spaces. Where even one word is too wide it breaks all the same.
    pub wrap: bool,
    /// True when its cell names the row; assistive technology reads it with every other cell of the row.
    pub names_row: bool,
}

impl Column {
    /// A column whose text starts at the start of the line and wraps.
    pub fn new(title: &str, weight: f64) -> Self {
        Self { title: title.into(), weight, align: Align::Start, wrap: true, names_row: false }
    }

    /// The same column as the name of the row.
    #[must_use]
    pub fn naming_row(mut self) -> Self {
        self.names_row = true;
        self
    }

    /// The same column kept on one line where it fits.
    #[must_use]
    pub fn unwrapped(mut self) -> Self {
        self.wrap = false;
        self
    }

    /// The same column set against the end of the line, for numbers.
    #[must_use]
    pub fn at_end(mut self) -> Self {
        self.align = Align::End;
        self
    }

    /// The same column set in the middle.
    #[must_use]
    pub fn centred(mut self) -> Self {
        self.align = Align::Centre;
        self
    }
}

/// Where the text of a column stands; start and end follow the writing direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    /// At the start of the line.
    Start,
    /// In the middle.
    Centre,
    /// At the end of the line.
    End,
}

/// Rows that belong together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowGroup {
    /// Heading of the group; empty when it has none.
    pub heading: String,
    /// A short count beside the heading, for example `27 of 37 in place`; may be empty.
    pub summary: String,
    /// The rows: one cell for each column.
    pub rows: Vec<Vec<Cell>>,
}

/// One value in a table or in a list of facts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cell {
    /// Nothing to say.
    Empty,
    /// Text as it was entered.
    Text(String),
    /// A heading within the row: text that stands out.
    Strong(String),
    /// An identifier or fingerprint, set in a monospaced face.
    Code(String),
    /// Records by their numbers.
    Refs(Vec<String>),
    /// Short words in frames, such as the reasons of a control.
    Badges(Vec<String>),
    /// A state: a shape, a colour and a word, so that the colour is never alone.
    Mark {
        /// Shape and colour.
        tone: Tone,
        /// The state in words.
        word: String,
    },
    /// A level on the risk ramp: a number or name printed on its colour.
    Level {
        /// Step on the ramp, 1 (lowest) to 5 (highest).
        step: u8,
        /// What is printed, for example `16 high`.
        word: String,
    },
    /// A count or measure.
    Number {
        /// The value; must be finite.
        value: f64,
        /// Digits after the point, at most 9.
        decimals: u8,
        /// Unit after the number; empty when it has none.
        unit: String,
    },
    /// An amount of money.
    Money {
        /// The amount in the smallest unit of the currency.
        minor: i64,
        /// Digits of the smallest unit, 2 for the euro; at most 6.
        decimals: u8,
        /// Three letters of ISO 4217.
        currency: String,
    },
    /// A day.
    Date(Date),
    /// Several values under each other.
    Lines(Vec<Cell>),
}

impl Cell {
    /// A text cell.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A state with its word.
    pub fn mark(tone: Tone, word: impl Into<String>) -> Self {
        Self::Mark { tone, word: word.into() }
    }

    /// A whole number.
    #[expect(clippy::cast_precision_loss, reason = "counts of records stay far below 2^53")]
    pub fn count(value: u64) -> Self {
        Self::Number { value: value as f64, decimals: 0, unit: String::new() }
    }
}

/// Shape and colour of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Fine: a filled circle with a tick.
    Fine,
    /// Care soon: a triangle.
    Watch,
    /// A gap: a diamond.
    Gap,
    /// Moving: a half circle.
    Moving,
    /// To do: a dashed circle.
    Todo,
    /// Planned: a dashed circle with a dot.
    Planned,
    /// Excluded: a circle with a bar.
    Excluded,
}

/// How urgent a note is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteTone {
    /// Good to know.
    Info,
    /// Needs care.
    Warning,
    /// Not in force yet: a proposal.
    Proposal,
}

/// A drawing with the same content in words and numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// What the drawing shows, printed under it.
    pub caption: String,
    /// The finding in words for those who cannot see it; must not be empty.
    pub alt: String,
    /// The drawing as SVG 1.1.
    pub svg: String,
    /// Width as a share of the text width, above 0 and at most 1.
    pub width: f64,
    /// The figures behind the drawing.
    pub data: Table,
}

/// A person who approves, and whether that has happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// In which role, for example `Top management`.
    pub role: String,
    /// Who; may be empty while the person is not known.
    pub name: String,
    /// The signature, or `None` while it is open.
    pub given: Option<GivenSignature>,
}

/// A signature that has been given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GivenSignature {
    /// When, as the reader shall see it, with its time zone.
    pub at: String,
    /// Number of the approval record.
    pub id: String,
    /// How the person proved who they are, for example `passkey`.
    pub method: String,
}
