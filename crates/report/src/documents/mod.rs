//! The documents: each is built from the ISMS as it stands, now or at any earlier moment, and never typed in.
//!
//! To add a document: write its file here and add a line to [`DOCUMENTS`], whose order people see.

use attestry_model::{AnyRef, Isms};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::document::{Checkpoint, Document};

mod asset_inventory;
mod frame;
mod gaps;
mod heat_map;
mod methodology;
mod readiness;
mod risk_acceptance;
mod risk_report;
mod soa;
mod treatment_plan;
mod trend;

pub use trend::TrendPoint;

/// A document that can be made.
#[derive(Debug, Clone, Copy)]
pub struct Definition {
    /// Name on the command line and in addresses.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// The beginning of its document number.
    pub number: &'static str,
    /// Clauses and controls of ISO/IEC 27001:2022 that it serves.
    pub clause: &'static str,
    /// Whether it shows how the verdicts went over time: whoever makes it then fills [`Frame::trend`].
    pub trend: bool,
    /// Makes it. Says what is missing when the ISMS does not hold what the document is about.
    pub build: fn(&Isms, &Frame) -> Result<Document, String>,
}

/// All documents in order.
pub const DOCUMENTS: &[Definition] = &[
    methodology::DEFINITION,
    asset_inventory::DEFINITION,
    risk_report::DEFINITION,
    soa::DEFINITION,
    treatment_plan::DEFINITION,
    risk_acceptance::DEFINITION,
    readiness::DEFINITION,
];

/// The document with this name.
pub fn find(name: &str) -> Option<&'static Definition> {
    let name = name.to_lowercase().replace('_', "-");
    DOCUMENTS.iter().find(|document| document.name == name || document.number.to_lowercase() == name)
}

/// For whom a document is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edition {
    /// For the organisation and its auditors: everything.
    Internal,
    /// For customers and partners: without what only the organisation needs.
    External,
}

/// On what a document is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Medium {
    /// Pages: what belongs together stands together.
    Page,
    /// Sheets: one value to a cell.
    Sheet,
}

/// What a document needs to know besides the ISMS.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The signed state of the log that the document speaks of; `None` where nothing was signed yet.
    pub checkpoint: Option<Checkpoint>,
    /// The time at which it is made.
    pub now: Timestamp,
    /// The moment at which the rules judge: now, or the one that the ISMS stood at.
    pub judged_at: Timestamp,
    /// The day of that moment where the organisation is.
    pub today: Date,
    /// Whether the organisation's clock is simulated.
    pub simulated: bool,
    /// For whom.
    pub edition: Edition,
    /// On what.
    pub medium: Medium,
    /// How the verdicts went, the oldest first, for documents that say so; empty where nobody knows.
    pub trend: Vec<TrendPoint>,
    /// The ISMS at the end of the day that [`compared_with`] names; `None` where there is none or nobody knows.
    pub earlier: Option<Isms>,
    /// Whether it is asked only if the document can be made: then nothing that takes long is computed for it.
    pub outline: bool,
    /// The version that the document is of, where it is asked for another than the one in force.
    pub version: Option<AnyRef>,
}

/// The day with whose state a document compares: for the report of an assessment, that on which the one before was done.
pub fn compared_with(definition: &Definition, isms: &Isms) -> Option<Date> {
    if definition.name == risk_report::DEFINITION.name { risk_report::earlier_day(isms) } else { None }
}

impl Frame {
    /// For the organisation, on pages, judged at the time at which it is made, in UTC.
    pub fn new(now: Timestamp) -> Self {
        Self {
            checkpoint: None,
            now,
            judged_at: now,
            today: frame::day(now),
            simulated: false,
            edition: Edition::Internal,
            medium: Medium::Page,
            trend: Vec::new(),
            earlier: None,
            outline: false,
            version: None,
        }
    }
}
