//! Checkpoints: a tree's size and root as a signed note, by C2SP tlog-checkpoint, without extension lines.

use crate::hash::Hash;
use crate::note::{self, NoteError, SigningKey, VerifyingKey};
use crate::tree::{Frontier, MAX_SIZE};

/// A log's tree head.
///
/// Whoever signs one must first see that it follows from the newest one signed: this type can't know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name.
    pub origin: String,
    /// The number of leaves.
    pub size: u64,
    /// The tree's root.
    pub root: Hash,
}

/// A checkpoint that is malformed or not to be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The note around it.
    #[error("checkpoint: {0}")]
    Note(#[from] NoteError),
    /// A line of its text.
    #[error("checkpoint line {line}: {reason}")]
    Line {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A checkpoint of another log.
    #[error("checkpoint is of log {found:?}, not of {expected:?}")]
    Origin {
        /// The log asked for.
        expected: String,
        /// The log that the checkpoint names.
        found: String,
    },
}

impl Checkpoint {
    /// The head of a tree.
    pub fn of(origin: impl Into<String>, tree: &Frontier) -> Self {
        Self { origin: origin.into(), size: tree.size(), root: tree.root() }
    }

    /// The three lines that are signed.
    ///
    /// # Errors
    /// When the origin is empty or has a space, a plus or a control character, or the size is beyond [`MAX_SIZE`].
    pub fn text(&self) -> Result<String, CheckpointError> {
        check_origin(&self.origin)?;
        if self.size > MAX_SIZE {
            return Err(CheckpointError::Line { line: 2, reason: "the size is beyond 2^53 - 1" });
        }
        Ok(format!("{}\n{}\n{}\n", self.origin, self.size, self.root.to_base64()))
    }

    /// Reads the three lines, exactly as [`text`](Self::text) writes them.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let wrong = |line, reason| CheckpointError::Line { line, reason };
        let text = text.strip_suffix('\n').ok_or(wrong(3, "no newline at the end"))?;
        let mut lines = text.split('\n');
        let origin = lines.next().unwrap_or_default();
        check_origin(origin)?;
        let size = lines.next().ok_or(wrong(2, "missing"))?;
        let size = read_decimal(size).ok_or(wrong(2, "the size is not a decimal of at most 2^53 - 1"))?;
        let root = lines.next().ok_or(wrong(3, "missing"))?;
        let root = Hash::from_base64(root).map_err(|_| wrong(3, "the root is not base64 of 32 bytes"))?;
        if lines.next().is_some() {
            return Err(wrong(4, "extension lines are not allowed"));
        }
        Ok(Self { origin: origin.to_owned(), size, root })
    }

    /// Signs it with each of the keys in turn and returns the note.
    pub fn sign(&self, keys: &[&SigningKey]) -> Result<String, CheckpointError> {
        Ok(note::sign(&self.text()?, keys)?)
    }

    /// Opens a note that at least one of the keys signed.
    ///
    /// Which log it speaks of is for the caller to compare; [`open_of`](Self::open_of) does.
    pub fn open(note: &str, keys: &[VerifyingKey]) -> Result<Self, CheckpointError> {
        Self::parse(note::open(note, keys)?.text)
    }

    /// Opens a note that at least one of the keys signed and that speaks of the log asked for.
    pub fn open_of(origin: &str, note: &str, keys: &[VerifyingKey]) -> Result<Self, CheckpointError> {
        let checkpoint = Self::open(note, keys)?;
        if checkpoint.origin == origin {
            Ok(checkpoint)
        } else {
            Err(CheckpointError::Origin { expected: origin.to_owned(), found: checkpoint.origin })
        }
    }
}

fn check_origin(origin: &str) -> Result<(), CheckpointError> {
    let wrong = |letter: char| letter.is_whitespace() || letter.is_control() || letter == '+';
    if origin.is_empty() || origin.contains(wrong) {
        let reason = "the origin is empty or has a space, a plus or a control character";
        return Err(CheckpointError::Line { line: 1, reason });
    }
    Ok(())
}

/// Reads an ASCII decimal without leading zeros of at most [`MAX_SIZE`].
pub(crate) fn read_decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number <= MAX_SIZE && number.to_string() == text).then_some(number)
}
