//! What can be wrong with a document, and what can go wrong while rendering one.

use std::time::Duration;

/// Why a document is refused before any rendering starts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// More rows in all tables together than a document may hold.
    #[error("the document has {rows} rows; {limit} are allowed: filter it or split it")]
    TooManyRows {
        /// Rows found.
        rows: usize,
        /// Rows allowed.
        limit: usize,
    },
    /// More text than a document may hold.
    #[error("the document holds {bytes} bytes of text; {limit} are allowed: filter it or split it")]
    TooMuchText {
        /// Bytes of text found, as UTF-8.
        bytes: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// A table without columns, or with more than can be set.
    #[error("table \u{201c}{table}\u{201d} has {columns} columns; 1 to {limit} are allowed")]
    Columns {
        /// Caption of the table.
        table: String,
        /// Columns found.
        columns: usize,
        /// Columns allowed.
        limit: usize,
    },
    /// A row that does not fit the columns.
    #[error("table \u{201c}{table}\u{201d}: row {row} has {cells} cells for {columns} columns")]
    RowLength {
        /// Caption of the table.
        table: String,
        /// Row counted from 1 over all groups; 0 is the row of sums.
        row: usize,
        /// Cells found.
        cells: usize,
        /// Columns of the table.
        columns: usize,
    },
    /// A number, share or step outside of its range.
    #[error("{what} is out of range")]
    OutOfRange {
        /// Which value.
        what: String,
    },
    /// A drawing that says nothing to people who cannot see it.
    #[error("figure \u{201c}{caption}\u{201d} has no text alternative")]
    NoAlternative {
        /// Caption of the figure.
        caption: String,
    },
    /// A language tag that cannot be used.
    #[error("\u{201c}{0}\u{201d} is not a language tag such as en or de-AT")]
    Language(String),
    /// Cells nested deeper than a reader could follow.
    #[error("cells are nested deeper than {limit} levels")]
    Nesting {
        /// Levels allowed.
        limit: usize,
    },
}

/// Why a document could not be rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The document itself is refused.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The folder of further typefaces could not be read; the file and why.
    #[error("the typefaces could not be read: {0}")]
    Fonts(String),
    /// The typesetter refused; its messages, one a line.
    #[error("typesetting failed: {0}")]
    Typesetting(String),
    /// The spreadsheet could not be written.
    #[error("writing the spreadsheet failed: {0}")]
    Spreadsheet(String),
    /// The child process could not be started or spoken to.
    #[error("the rendering process could not be used: {0}")]
    Process(#[from] std::io::Error),
    /// The child took too long and was ended.
    #[error("rendering took longer than {0:?} and was stopped: filter the document or split it")]
    TimeLimit(Duration),
    /// The child needed more memory than it may have.
    #[error("rendering needed more than {0} bytes of memory and was stopped: filter the document or split it")]
    MemoryLimit(u64),
    /// The result is larger than allowed.
    #[error("the rendered file is larger than {0} bytes: filter the document or split it")]
    TooLarge(usize),
    /// The child ended without a result.
    #[error("the rendering process ended early ({status}): {said}")]
    Crash {
        /// How it ended.
        status: String,
        /// The end of what it wrote to its error output.
        said: String,
    },
}
