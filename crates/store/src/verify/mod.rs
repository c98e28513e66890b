//! Verification: everything is recomputed from the rows and files as they are, and compared with what was signed.
//!
//! Each problem names the record and what happened to it. That there is none means: this ledger is the one that was
//! signed, and what the screens show is what the ledger says.

mod chain;
mod consents;
mod files;
mod leaves;
mod marks;
mod replay;

use std::path::Path;

use attestry_ledger::{Checkpoint, Hash};
use attestry_model::Isms;
use serde_json::{Value, json};

use crate::backend::Db;
use crate::error::StoreError;
use crate::files::Files;
use crate::head::{Epoch, Head, epochs};
use crate::organisation::{Organisation, verifying_keys};

pub use consents::verify as verify_assertion;
pub(crate) use marks::against_mark;

/// How much is verified; each level includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The newest checkpoint against the high-water mark and the key: milliseconds.
    Mark,
    /// All leaves to the root at every checkpoint, all signatures, no gaps, each version on its predecessor.
    Leaves,
    /// Values against their commitments, the newest state against the ledger, and what passkeys signed.
    Replay,
    /// Evidence files hashed again.
    Files,
}

impl Level {
    /// By its number, 0 to 3.
    pub fn numbered(number: u8) -> Option<Self> {
        [Self::Mark, Self::Leaves, Self::Replay, Self::Files].get(usize::from(number)).copied()
    }

    /// Its number, 0 to 3.
    pub fn number(self) -> u8 {
        self as u8
    }
}

/// Something that is not as it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The record's reference, the setting's name, or `ledger`.
    pub record: String,
    /// What happened.
    pub what: String,
}

impl Problem {
    pub(crate) fn new(record: impl Into<String>, what: impl Into<String>) -> Self {
        Self { record: record.into(), what: what.into() }
    }

    pub(crate) fn ledger(what: impl Into<String>) -> Self {
        Self::new("ledger", what)
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.record, self.what)
    }
}

/// What verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// Whether all is as it was signed.
    pub ok: bool,
    /// How much was verified.
    pub level: Level,
    /// How many entries the ledger has, over all epochs.
    pub size: u64,
    /// The root of the newest epoch's tree.
    pub root: Hash,
    /// What is not as it was signed, in the order in which it was found; at most [`MOST_PROBLEMS`] and a last one that
    /// says how many more there are.
    pub problems: Vec<Problem>,
}

impl Verification {
    /// As JSON: `{"ok", "size", "root", "problems": [{"record", "what"}]}` with the root in standard base64.
    pub fn to_json(&self) -> Value {
        let problems = self.problems.iter().map(|one| json!({"record": one.record, "what": one.what}));
        json!({
            "ok": self.ok,
            "size": self.size,
            "root": self.root.to_base64(),
            "problems": problems.collect::<Vec<_>>(),
        })
    }
}

/// The most problems listed.
pub const MOST_PROBLEMS: usize = 1_000;

/// Is told how many rows of how many have been dealt with.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64);

/// What to verify against, besides the database itself.
pub(crate) struct Against<'a> {
    pub slug: &'a str,
    /// The data folder with the high-water mark; none while a backup is looked at.
    pub data: Option<&'a Path>,
    pub files: &'a dyn Files,
    /// The value that readers see.
    pub isms: Option<&'a Isms>,
    /// Checkpoints that others kept.
    pub anchors: &'a [String],
}

/// A checkpoint that the ledger must agree with.
#[derive(Debug, Clone)]
pub(crate) struct Anchor {
    pub epoch: u64,
    pub size: u64,
    pub root: Hash,
    pub whence: &'static str,
}

impl Organisation {
    /// Verifies the ledger and all that follows from it.
    ///
    /// # Errors
    /// Only when the database cannot be read at all; whatever is wrong in it is a problem in the answer.
    pub fn verify(&self, level: Level, progress: Progress<'_>) -> Result<Verification, StoreError> {
        self.verify_against(level, &[], progress)
    }

    /// The same, and also against checkpoints that were kept elsewhere: in a report, a mail, by an auditor.
    pub fn verify_against(
        &self,
        level: Level,
        anchors: &[String],
        progress: Progress<'_>,
    ) -> Result<Verification, StoreError> {
        let core = &self.shared().core;
        self.read(|db| {
            let isms = self.isms();
            let against = Against {
                slug: &self.shared().slug,
                data: Some(&core.config.data),
                files: core.files.as_ref(),
                isms: Some(&isms),
                anchors,
            };
            verify(db, &against, level, progress)
        })
    }
}

/// Verifies one organisation within a transaction that sees one moment.
pub(crate) fn verify(
    db: &mut Db,
    against: &Against<'_>,
    level: Level,
    progress: Progress<'_>,
) -> Result<Verification, StoreError> {
    let mut problems = Vec::new();
    let (head, root) = Head::read_as_is(db, against.slug, false)?
        .ok_or_else(|| StoreError::Organisation(format!("there is no organisation {}", against.slug)))?;
    if let Some(cause) = head.contradiction(&root) {
        problems.push(Problem::ledger(format!("the organisation's row was changed: {cause}")));
    }
    let epochs = epochs(db, head.id)?;
    let mut anchors = read_anchors(against.anchors, &epochs, &mut problems);
    if let Some(data) = against.data {
        let marks = against_mark(db, &head, &epochs, data)?;
        problems.extend(marks.problems);
        problems.extend(marks.missing);
        anchors.extend(marks.mark.map(|mark| Anchor {
            epoch: mark.epoch,
            size: mark.checkpoint.size,
            root: mark.checkpoint.root,
            whence: "the high-water mark",
        }));
    }
    if level >= Level::Leaves {
        let ledger = leaves::verify(db, &head, &epochs, anchors, level, &mut problems, progress)?;
        if level >= Level::Replay {
            replay::verify(db, &head, against.slug, ledger, against.isms, &mut problems)?;
        }
    }
    if level >= Level::Files {
        files::verify(db, &head, against.files, &mut problems)?;
    }
    let ok = problems.is_empty();
    if problems.len() > MOST_PROBLEMS {
        let more = problems.len() - MOST_PROBLEMS;
        problems.truncate(MOST_PROBLEMS);
        problems.push(Problem::ledger(format!("and {more} more problems")));
    }
    Ok(Verification { ok, level, size: head.size, root: head.frontier.root(), problems })
}

/// Opens the checkpoints that others kept; one that does not open is a problem of its own.
fn read_anchors(notes: &[String], epochs: &[Epoch], problems: &mut Vec<Problem>) -> Vec<Anchor> {
    let mut anchors = Vec::new();
    for note in notes {
        let keys = verifying_keys(epochs);
        let opened = Checkpoint::open(note, &keys);
        let epoch = opened.as_ref().ok().and_then(|point| epochs.iter().find(|epoch| epoch.origin == point.origin));
        match (&opened, epoch) {
            (Ok(point), Some(epoch)) => anchors.push(Anchor {
                epoch: epoch.number,
                size: point.size,
                root: point.root,
                whence: "a checkpoint kept elsewhere",
            }),
            (Ok(point), None) => {
                problems.push(Problem::ledger(format!(
                    "a checkpoint kept elsewhere is of {}, not of this ledger",
                    point.origin
                )));
            }
            (Err(error), _) => problems.push(Problem::ledger(format!("a checkpoint kept elsewhere: {error}"))),
        }
    }
    anchors
}
