//! The typefaces: which there are, which characters they cover and how wide those are.
//!
//! Noto Sans sets the text and `DejaVu` Sans Mono the identifiers. For signs and scripts that Noto Sans lacks, the faces
//! of a folder that the operator may fill step in, and then the others in the binary.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use typst::foundations::Bytes;
use typst::layout::Abs;
use typst::text::{Font, FontBook, FontInstance, FontVariant, FontVariations};
use typst::utils::LazyHash;

use crate::error::RenderError;

/// Most files that are read from the operator's folder.
const MOST_FILES: usize = 64;
/// Most bytes of all those files together: the largest free collection of Chinese, Japanese and Korean fits twice.
const MOST_BYTES: u64 = 64 << 20;
/// The family of the text, of the identifiers, and those that step in.
const TEXT: &str = "Noto Sans";
pub(super) const MONO: &str = "DejaVu Sans Mono";
const STEPPING_IN: [&str; 2] = ["Libertinus Serif", "New Computer Modern Math"];

/// The typefaces of a rendering.
pub(super) struct Fonts {
    /// One face for each style of each family; the first two are the regular and the bold text face.
    pub(super) faces: Vec<Font>,
    /// The same as the typesetter asks for them.
    pub(super) book: LazyHash<FontBook>,
    /// The families in the order in which they are asked for a character.
    pub(super) families: Vec<String>,
    /// The regular and the bold text face, for measuring.
    measures: Vec<FontInstance>,
    /// Bit n tells whether any face covers code point n.
    any: Vec<u64>,
    /// The same for the text face alone.
    text: Vec<u64>,
}

/// Which characters may be set as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coverage {
    /// All that any face covers.
    AnyFace,
    /// Only those of the text face: the way out when a mixture of scripts cannot be set.
    TextFace,
}

fn mark(bits: &mut [u64], face: &Font) {
    for code in face.info().coverage.iter() {
        bits[code as usize / 64] |= 1 << (code % 64);
    }
}

/// The faces of the binary in the order in which they are asked for a character.
fn built_in() -> Vec<Font> {
    let text = [ttf_noto_sans::REGULAR, ttf_noto_sans::BOLD].into_iter();
    let faces = text.chain(typst_assets::fonts()).flat_map(|file| Font::iter(Bytes::new(file)));
    let order: Vec<&str> = [TEXT, MONO].into_iter().chain(STEPPING_IN).collect();
    let mut faces: Vec<(usize, Font)> = faces
        .filter(|face| face.info().variant.style == typst::text::FontStyle::Normal)
        .filter_map(|face| Some((order.iter().position(|family| *family == face.info().family)?, face)))
        .collect();
    faces.sort_by_key(|(family, face)| (*family, face.info().variant.weight));
    faces.into_iter().map(|(_, face)| face).collect()
}

/// The font files of a folder in the order of their names.
fn files(folder: &Path) -> Result<Vec<PathBuf>, RenderError> {
    let fault = |said: String| RenderError::Fonts(format!("{}: {said}", folder.display()));
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| fault(error.to_string()))? {
        let path = entry.map_err(|error| fault(error.to_string()))?.path();
        let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
        if matches!(ending.as_deref(), Some("ttf" | "otf")) && path.is_file() {
            found.push(path);
        }
    }
    if found.len() > MOST_FILES {
        return Err(fault(format!("{} typefaces are too many; {MOST_FILES} are read", found.len())));
    }
    found.sort();
    Ok(found)
}

/// The faces of a folder's `.ttf` and `.otf` files.
fn further(folder: &Path) -> Result<Vec<Font>, RenderError> {
    let mut faces = Vec::new();
    let mut left = MOST_BYTES;
    for path in files(folder)? {
        let fault = |said: &str| RenderError::Fonts(format!("{}: {said}", path.display()));
        let size = std::fs::metadata(&path).map_err(|error| fault(&error.to_string()))?.len();
        left = left.checked_sub(size).ok_or_else(|| {
            fault(&format!("the typefaces of the folder are larger than {} MiB together", MOST_BYTES >> 20))
        })?;
        let bytes = std::fs::read(&path).map_err(|error| fault(&error.to_string()))?;
        let before = faces.len();
        faces.extend(Font::iter(Bytes::new(bytes)));
        if faces.len() == before {
            return Err(fault("this is no typeface that can be read"));
        }
    }
    Ok(faces)
}

impl Fonts {
    /// The typefaces of the binary, read once in a process, and those of the folder after them.
    pub(super) fn of(folder: Option<&Path>) -> Result<Arc<Self>, RenderError> {
        let built_in = Self::built_in();
        let Some(folder) = folder else { return Ok(built_in) };
        let further = further(folder)?;
        let first: Vec<&Font> =
            built_in.faces.iter().take(2).chain(&further).chain(built_in.faces.iter().skip(2)).collect();
        Ok(Arc::new(Self::new(first.into_iter().cloned().collect())))
    }

    /// The typefaces of the binary.
    pub(super) fn built_in() -> Arc<Self> {
        static FONTS: OnceLock<Arc<Fonts>> = OnceLock::new();
        FONTS.get_or_init(|| Arc::new(Self::new(built_in()))).clone()
    }

    fn new(faces: Vec<Font>) -> Self {
        let mut any = vec![0; 0x11_0000 / 64];
        let mut text = any.clone();
        for face in &faces {
            mark(&mut any, face);
        }
        if let Some(face) = faces.first() {
            mark(&mut text, face);
        }
        let measures = faces
            .iter()
            .take(2)
            .map(|face| face.clone().instantiate(FontVariant::default(), Abs::pt(10.0), &FontVariations::default()));
        let mut known = BTreeSet::new();
        let families =
            faces.iter().map(|face| face.info().family.clone()).filter(|family| known.insert(family.clone()));
        let families = families.collect();
        Self {
            measures: measures.collect(),
            book: LazyHash::new(FontBook::from_fonts(&faces)),
            families,
            faces,
            any,
            text,
        }
    }

    /// True when the character can be set. Characters that only steer the setting need no glyph.
    pub(super) fn covers(&self, c: char, coverage: Coverage) -> bool {
        let code = c as usize;
        let bits = match coverage {
            Coverage::AnyFace => &self.any,
            Coverage::TextFace => &self.text,
        };
        match c {
            '\n' | '\t' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{2068}' | '\u{2069}' => true,
            '\u{e000}'..='\u{f8ff}' | '\u{f0000}'.. => false,
            _ => bits[code / 64] >> (code % 64) & 1 == 1,
        }
    }

    /// Width of a text in em in the regular or bold text face; one em for each character of another face.
    pub(super) fn width(&self, text: &str, bold: bool) -> f64 {
        text.chars().map(|c| self.advance(c, bold)).sum()
    }

    /// Width of one character in em.
    pub(super) fn advance(&self, c: char, bold: bool) -> f64 {
        if matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{2068}' | '\u{2069}' | '\u{ad}') {
            return 0.0;
        }
        let face = self.measures[usize::from(bold)].ttf();
        face.glyph_index(c)
            .and_then(|glyph| face.glyph_hor_advance(glyph))
            .map_or(1.0, |units| f64::from(units) / f64::from(face.units_per_em()))
    }
}
