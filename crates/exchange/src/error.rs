//! Why files cannot be read.

use std::fmt;

/// A fault of a file that keeps the whole import from happening, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportError {
    /// The file, or the sheet of a workbook as `file.xlsx#Sheet`; empty when it is no single file's fault.
    pub file: String,
    /// The line, from 1.
    pub line: Option<u64>,
    /// The column by its heading.
    pub column: Option<String>,
    /// What is wrong and what would be right.
    pub message: String,
}

impl ImportError {
    /// A fault of a file as a whole.
    pub fn file(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self { file: file.into(), line: None, column: None, message: message.into() }
    }

    /// A fault in a line.
    pub fn line(file: impl Into<String>, line: u64, message: impl Into<String>) -> Self {
        Self { line: Some(line), ..Self::file(file, message) }
    }

    /// The same fault, with its column.
    #[must_use]
    pub fn in_column(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column “{column}”")?;
        }
        if self.file.is_empty() { f.write_str(&self.message) } else { write!(f, ": {}", self.message) }
    }
}

impl std::error::Error for ImportError {}
