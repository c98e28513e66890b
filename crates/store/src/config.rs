//! What a store is opened with.

use std::path::PathBuf;

use jiff::Timestamp;

/// Where the time of an entry comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    Real,
    /// Always this moment. Only an organisation created with such a clock accepts entries by it.
    Fixed(Timestamp),
}

impl Clock {
    /// The time now, in whole milliseconds.
    pub fn now(self) -> Timestamp {
        let now = match self {
            Self::Real => Timestamp::now(),
            Self::Fixed(at) => at,
        };
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    /// The word in the database and in an organisation's first entry: `real` or `simulated`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::Fixed(_) => "simulated",
        }
    }
}

/// What the store is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Access {
    /// Reading and writing: one process at a time per folder.
    #[default]
    Write,
    /// Reading only, also while another process writes.
    Read,
}

/// What a store is opened with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The data folder: key, files, high-water marks and, without a `database`, the SQLite database.
    pub data: PathBuf,
    /// A `postgres://` URL; none for `attestry.db` in the data folder.
    pub database: Option<String>,
    /// The first part of the ledgers' names, best the name of the host that people know.
    pub host: String,
    /// Where the time of an entry comes from.
    pub clock: Clock,
    /// What it is opened for.
    pub access: Access,
    /// The largest file accepted, in bytes.
    pub file_limit: u64,
}

impl Config {
    /// The defaults for a data folder: SQLite, host `localhost`, the machine's clock, for writing, files up to 200 MB.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            database: None,
            host: "localhost".to_owned(),
            clock: Clock::Real,
            access: Access::Write,
            file_limit: 200_000_000,
        }
    }

    /// The same, for reading only.
    #[must_use]
    pub fn reading(mut self) -> Self {
        self.access = Access::Read;
        self
    }

    /// The same, with another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// The same, with the database at this URL.
    #[must_use]
    pub fn with_database(mut self, url: Option<String>) -> Self {
        self.database = url;
        self
    }
}
