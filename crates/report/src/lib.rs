//! Documents of the ISMS: one neutral description, rendered as PDF, HTML, spreadsheet and CSV.
//!
//! A [`Document`] says what a document holds. [`render_pdf`], [`render_html`], [`render_xlsx`] and [`render_csv`] make
//! files of it; equal documents give equal files. All text in it is data: no renderer reads it as markup or formula.

pub mod check;
mod csv;
mod document;
pub mod documents;
mod error;
mod html;
mod marks;
mod pdf;
mod plain;
mod text;
mod words;
mod xlsx;

pub use csv::{CsvFile, render_csv, table_csv};
pub use document::*;
pub use error::{DocumentError, RenderError};
pub use html::{HTML_CONTENT_SECURITY_POLICY, render_html};
pub use pdf::{Conformance, Limits, Renderer, child_main, render_pdf, render_pdf_here};
pub use words::Words;
pub use xlsx::render_xlsx;
