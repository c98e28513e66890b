//! Failures of a command: what went wrong, for a person on standard error, and the exit code for a program.

use std::fmt;
use std::io::Write;
use std::process::ExitCode;

use attestry_model::{Problems, Refusal};
use attestry_store::{StoreError, SubmitError};

use crate::output::harmless;

/// Why a command did not do what was asked.
#[derive(Debug)]
pub enum Failure {
    /// What was asked for is wrong, not permitted, not there, or was changed meanwhile. Exit code 3.
    Refused(Refusal),
    /// The surroundings do not allow it: files, database, network, disk. Exit code 4.
    Surroundings(String),
}

impl Failure {
    /// A wrong input that belongs to no field.
    pub fn input(message: impl Into<String>) -> Self {
        let mut problems = Problems::default();
        problems.add("", message);
        Self::Refused(Refusal::Invalid(problems))
    }

    /// A fault of a file, with its path.
    pub fn file(path: &std::path::Path, error: impl fmt::Display) -> Self {
        Self::Surroundings(format!("{}: {error}", path.display()))
    }

    /// Writes it to standard error.
    pub fn print(&self) {
        let text = match self {
            Self::Refused(Refusal::Invalid(problems)) if problems.0.len() > 1 => {
                let lines = problems.0.iter().map(|problem| format!("\n  {problem}"));
                format!("{} things are wrong:{}", problems.0.len(), lines.collect::<String>())
            }
            Self::Refused(refusal) => refusal.to_string(),
            Self::Surroundings(message) => message.clone(),
        };
        // Where not even this can be written, the exit code still tells.
        let _ = writeln!(std::io::stderr().lock(), "attestry: {}", harmless(text.trim_end()));
    }

    /// The exit code that the manual documents.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Refused(_) => ExitCode::from(3),
            Self::Surroundings(_) => ExitCode::from(4),
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        Self::Refused(Refusal::Invalid(problems))
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            // Not there, ambiguous, or too large: what was asked for, not the surroundings.
            StoreError::Organisation(_) | StoreError::Large { .. } => Self::input(error.to_string()),
            other => Self::Surroundings(other.to_string()),
        }
    }
}

impl From<SubmitError> for Failure {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::Refused(refusal) => Self::Refused(refusal),
            SubmitError::Clock(message) => Self::input(message),
            SubmitError::Store(error) => error.into(),
            other => Self::Surroundings(other.to_string()),
        }
    }
}

impl From<attestry_exchange::ImportError> for Failure {
    fn from(error: attestry_exchange::ImportError) -> Self {
        Self::input(error.to_string())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Surroundings(error.to_string())
    }
}
