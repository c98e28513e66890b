//! PDF: typesetting by Typst with our own template, in this process or in a child with limits.
//!
//! The template reads the document as data, so no text of a user is parsed as markup. The file is tagged and conforms
//! to PDF/UA-1 (ISO 14289-1) and PDF/A-2a (ISO 19005-2) at once. Equal documents give equal bytes.

mod child;
mod data;
mod fonts;
mod typeset;
mod widths;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

pub use child::{Limits, child_main};
pub use typeset::Conformance;

use crate::document::Document;
use crate::error::RenderError;

/// Where PDF files are typeset.
#[derive(Debug, Clone)]
pub struct Renderer {
    place: Place,
    fonts: Option<PathBuf>,
}

#[derive(Debug, Clone)]
enum Place {
    Here,
    Child { program: PathBuf, args: Vec<OsString>, limits: Limits },
}

impl Renderer {
    /// Typesets in this process: for tests and one-shot programs. The typesetter keeps memory between documents.
    pub fn in_process() -> Self {
        Self { place: Place::Here, fonts: None }
    }

    /// Typesets in a process of its own that ends afterwards: `program` with `args` must call [`child_main`].
    pub fn child(
        program: impl Into<PathBuf>,
        args: impl IntoIterator<Item = impl Into<OsString>>,
        limits: Limits,
    ) -> Self {
        let args = args.into_iter().map(Into::into).collect();
        Self { place: Place::Child { program: program.into(), args, limits }, fonts: None }
    }

    /// Uses the `.ttf` and `.otf` files of a folder as well, in the order of their names, for characters that the text
    /// face in the binary lacks: at most 64 files with at most 64 MiB. The path must be absolute or mean the same to the
    /// child; a folder that cannot be read, or a file in it that is no typeface, makes every rendering fail.
    #[must_use]
    pub fn with_fonts(mut self, folder: impl Into<PathBuf>) -> Self {
        self.fonts = Some(folder.into());
        self
    }
}

/// Renders a document as PDF. The call blocks until the file is complete; call it off the threads that serve requests.
pub fn render_pdf(document: &Document, renderer: &Renderer) -> Result<Vec<u8>, RenderError> {
    document.check()?;
    let fonts = renderer.fonts.as_deref();
    match &renderer.place {
        Place::Here => Ok(typeset::typeset(document, fonts)?.0),
        Place::Child { program, args, limits } => child::render(document, program, args, limits, fonts),
    }
}

/// Renders a document in this process, with further typefaces from a folder if there is one, and says which standards
/// the file conforms to.
pub fn render_pdf_here(document: &Document, fonts: Option<&Path>) -> Result<(Vec<u8>, Conformance), RenderError> {
    document.check()?;
    typeset::typeset(document, fonts)
}
