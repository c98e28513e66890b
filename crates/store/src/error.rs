//! What can go wrong, each with the place where it did.

use std::path::{Path, PathBuf};

use attestry_model::{Refusal, decide::Problems};

/// A store that cannot be opened, read or written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// A file or folder that cannot be used.
    #[error("{path}: cannot {what}: {cause}")]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What was tried.
        what: &'static str,
        /// What the system said.
        cause: String,
    },
    /// Another process writes.
    #[error("another attestry process (pid {pid}) has this folder open: {path}")]
    Locked {
        /// The data folder.
        path: PathBuf,
        /// The other process, as far as it is known.
        pid: String,
    },
    /// Nothing is there yet.
    #[error("there is no Attestry database at {0}")]
    Absent(String),
    /// The database was made by a newer version of the program.
    #[error("{place} has schema version {found}, but this program knows only up to {known}: use a newer program")]
    Newer {
        /// The database.
        place: String,
        /// Its version.
        found: i64,
        /// The newest version known here.
        known: i64,
    },
    /// The disk, or the quota on it, is full.
    #[error("{place}: the disk is full; nothing of this was written")]
    Full {
        /// The database.
        place: String,
    },
    /// The database file is damaged or is no database.
    #[error("{place}: the database is damaged or is not an Attestry database: {cause}")]
    Damaged {
        /// The database.
        place: String,
        /// What is wrong.
        cause: String,
    },
    /// The database refused or could not be reached.
    #[error("{place}: {cause}")]
    Database {
        /// The database.
        place: String,
        /// What it said.
        cause: String,
    },
    /// The signing key cannot be used.
    #[error("signing key {path}: {cause}")]
    Key {
        /// The key file.
        path: PathBuf,
        /// What is wrong.
        cause: String,
    },
    /// No organisation can be chosen by what was said.
    #[error("{0}")]
    Organisation(String),
    /// A file larger than the bound.
    #[error("{name}: larger than the {limit} bytes allowed")]
    Large {
        /// The file.
        name: String,
        /// The bound, in bytes.
        limit: u64,
    },
    /// What is stored cannot be understood.
    #[error("{place}: {cause}; run `verify`")]
    Content {
        /// The entry or record.
        place: String,
        /// What is wrong.
        cause: String,
    },
    /// A backup that cannot be made or restored.
    #[error("{0}")]
    Backup(String),
    /// Asked to write where only reading is possible.
    #[error("{0}")]
    ReadOnly(String),
    /// A configuration that cannot work.
    #[error("{0}")]
    Config(String),
}

impl StoreError {
    pub(crate) fn file(path: &Path, what: &'static str, cause: &std::io::Error) -> Self {
        Self::File { path: path.to_owned(), what, cause: cause.to_string() }
    }

    #[expect(clippy::needless_pass_by_value, reason = "errors and texts alike are handed over to be written down")]
    pub(crate) fn content(place: impl Into<String>, cause: impl ToString) -> Self {
        Self::Content { place: place.into(), cause: cause.to_string() }
    }
}

/// Why nothing was written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SubmitError {
    /// The command was refused, with all reasons.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The organisation accepts no entries now.
    #[error("{slug} is read-only: {reason}")]
    ReadOnly {
        /// The organisation.
        slug: String,
        /// Why.
        reason: String,
    },
    /// The clock does not fit the organisation.
    #[error("{0}")]
    Clock(String),
    /// The store failed; nothing was acknowledged.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The writer has ended.
    #[error("the store is closed")]
    Closed,
}

pub(crate) fn refusal(field: impl Into<String>, message: impl Into<String>) -> Refusal {
    let mut problems = Problems::default();
    problems.add(field, message);
    Refusal::Invalid(problems)
}
