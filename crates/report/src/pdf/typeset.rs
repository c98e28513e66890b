//! One run of the typesetter: template and data in, bytes out.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use jiff::tz::TimeZone;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::ecow::EcoVec;
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt, World, WorldExt};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use super::data::Setter;
use super::fonts::{Coverage, Fonts};
use crate::document::Document;
use crate::error::RenderError;

const TEMPLATE: &str = include_str!("template.typ");

/// The standards a rendered file conforms to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conformance {
    /// PDF/UA-1 and PDF/A-2a.
    AccessibleArchive,
    /// PDF/UA-1 and PDF/A-2a, with every character outside the text face written as a code point, because the mixture
    /// of scripts could not be mapped back to characters otherwise.
    AccessibleArchiveInCodePoints,
}

/// What the typesetter may see: the template, the data and the typefaces; no file, no clock, no network.
struct Desk {
    library: LazyHash<Library>,
    fonts: Arc<Fonts>,
    template: Source,
    data_id: FileId,
    data: Bytes,
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts.book
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.template.id() { Ok(self.template.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.data_id { Ok(self.data.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.faces.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn file_id(path: &str) -> Result<FileId, RenderError> {
    let path = VirtualPath::new(path).map_err(|error| RenderError::Typesetting(format!("{path}: {error:?}")))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

fn failure(desk: &Desk, diagnostics: &EcoVec<SourceDiagnostic>) -> RenderError {
    let lines = diagnostics.iter().take(5).map(|diagnostic| {
        let line = desk
            .range(diagnostic.span)
            .and_then(|range| desk.template.lines().byte_to_line(range.start))
            .map_or(String::new(), |line| format!(" (template line {})", line + 1));
        let text: String = diagnostic.message.chars().take(500).collect();
        format!("{text}{line}")
    });
    RenderError::Typesetting(lines.collect::<Vec<_>>().join("\n"))
}

/// The moment the document was made, as the typesetter wants it.
fn made(document: &Document) -> Option<Timestamp> {
    let made = TimeZone::UTC.to_datetime(document.made);
    let part = |value: i8| u8::try_from(value).ok();
    let datetime = Datetime::from_ymd_hms(
        i32::from(made.year()),
        part(made.month())?,
        part(made.day())?,
        part(made.hour())?,
        part(made.minute())?,
        part(made.second())?,
    )?;
    Some(Timestamp::new_utc(datetime))
}

fn attempt(document: &Document, fonts: &Arc<Fonts>, coverage: Coverage) -> Result<Vec<u8>, RenderError> {
    static LIBRARY: OnceLock<LazyHash<Library>> = OnceLock::new();
    let library = LIBRARY.get_or_init(|| {
        LazyHash::new(Library::builder().with_features([Feature::A11yExtras].into_iter().collect()).build())
    });
    let data = serde_json::to_vec(&Setter::new(document, fonts, coverage).document())
        .map_err(|error| RenderError::Typesetting(error.to_string()))?;
    let desk = Desk {
        library: library.clone(),
        fonts: fonts.clone(),
        template: Source::new(file_id("/document.typ")?, TEMPLATE.into()),
        data_id: file_id("/document.json")?,
        data: Bytes::new(data),
    };
    let paged: PagedDocument = typst::compile(&desk).output.map_err(|errors| failure(&desk, &errors))?;
    let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1])
        .map_err(|error| RenderError::Typesetting(error.message().to_string()))?;
    let options = PdfOptions {
        ident: Smart::Custom(format!("{} {} {}", document.number, document.version, document.made)),
        creator: Smart::Custom(Some("Attestry".into())),
        timestamp: made(document),
        page_ranges: None,
        standards,
        tagged: true,
        pretty: false,
    };
    let pdf = typst_pdf::pdf(&paged, &options).map_err(|errors| failure(&desk, &errors));
    typst::comemo::evict(0);
    pdf
}

/// Typesets a document that has been checked, with the typefaces of the binary and of the folder.
pub(super) fn typeset(document: &Document, folder: Option<&Path>) -> Result<(Vec<u8>, Conformance), RenderError> {
    let fonts = Fonts::of(folder)?;
    match attempt(document, &fonts, Coverage::AnyFace) {
        Ok(pdf) => Ok((pdf, Conformance::AccessibleArchive)),
        // The standards refuse a file in which a glyph has no way back to its character. A mixture of scripts inside
        // one character can bring that about; a document must not become unprintable because of one such text.
        Err(first) => match attempt(document, &fonts, Coverage::TextFace) {
            Ok(pdf) => Ok((pdf, Conformance::AccessibleArchiveInCodePoints)),
            Err(_) => Err(first),
        },
    }
}
