//! Files in and out, as pure functions over bytes and an [`Isms`].
//!
//! Two ways in: the project's own folder of records ([`scenario`]: `<kind>.csv|yaml`, exact in both directions) and the
//! registers that organisations keep ([`registers`]: CSV and XLSX, read through a [`Mapping`] that people can change).
//! Either gives a [`Plan`]: the records of one import command and a [`Report`]. Nothing here opens a file, reads a clock
//! or writes to a store, so a dry run is the same call.

mod error;
pub mod foreign;
pub mod registers;
mod report;
pub mod scenario;
mod source;

use attestry_model::Isms;
use attestry_model::decide::ImportRecord;
use jiff::Timestamp;

pub use error::ImportError;
pub use registers::Columns;
pub use registers::choices::{self, Choices, RegisterChoice};
pub use registers::mapping::{Mapping, RegisterRules};
pub use registers::sheet::Sheet;
pub use report::{Counts, Kept, PlacedCell, Register, Report, Unplaced, Unread, Warning};
pub use source::{FILE_LIMIT, SourceFile, guard as guarded};

/// What an import would write, and what it says about it.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The records that are new or changed, for one import command: all of them or none.
    pub records: Vec<ImportRecord>,
    /// What was made of the files.
    pub report: Report,
    /// The mapping through which registers were read, narrowed to the files at hand, to be kept beside them and
    /// changed; `None` for the project's own format, which needs none.
    pub mapping: Option<Mapping>,
}

/// Reads files into records. A folder of `<kind>.csv|yaml` files is the project's own format; everything else are
/// registers, read through `mapping` or else through the one that ships with the program.
///
/// `now` is the moment of the import, for the report.
///
/// # Errors
/// When a file cannot be read as what it is, with file, line and column; then nothing is to be written.
pub fn import(
    files: &[SourceFile],
    isms: &Isms,
    mapping: Option<&Mapping>,
    now: Timestamp,
) -> Result<Plan, ImportError> {
    if mapping.is_none() && scenario::is_scenario(files) {
        return scenario::import(files, isms, now);
    }
    registers::import(files, isms, mapping, now)
}

/// The mapping through which [`import`] would read these registers: the shipped one, narrowed to their files and
/// columns, with the columns that have no place named.
///
/// # Errors
/// When a file cannot be read.
pub fn propose(files: &[SourceFile]) -> Result<Mapping, ImportError> {
    registers::propose(files)
}

/// The columns of the registers in files, as a mapping reads them that was narrowed to them: see [`propose`] and
/// [`Choices::apply`]. Nothing for the project's own format, which knows its columns.
///
/// # Errors
/// When a file cannot be read.
pub fn columns(files: &[SourceFile], narrowed: &Mapping) -> Result<Vec<Columns>, ImportError> {
    if scenario::is_scenario(files) { Ok(Vec::new()) } else { registers::columns(files, narrowed) }
}

/// Reads CSV files and spreadsheets into tables, with the bounds of an import; what is neither is passed over.
///
/// # Errors
/// When a file cannot be read as what it is, or is too large.
pub fn read_sheets(files: &[SourceFile]) -> Result<Vec<Sheet>, ImportError> {
    registers::sheets(files, &mut Report::default())
}

/// Writes the whole ISMS as the project's own folder: file names and contents, in the order of the kinds.
pub fn export(isms: &Isms) -> Vec<(String, Vec<u8>)> {
    scenario::write_folder(isms)
}

/// A file's name without the folders before it.
pub(crate) fn plain_name(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}
