//! Files as they come in, and their bytes as text.

use crate::error::ImportError;

/// Largest accepted file, in bytes.
pub const FILE_LIMIT: usize = 50 * 1024 * 1024;

/// A file: its name without folders, and its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// The name, as messages and tags show it.
    pub name: String,
    /// The content.
    pub bytes: Vec<u8>,
}

impl SourceFile {
    /// A file by its name and content.
    pub fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), bytes: bytes.into() }
    }

    /// The name without its last extension.
    pub fn stem(&self) -> &str {
        self.name.rsplit_once('.').map_or(self.name.as_str(), |(stem, _)| stem)
    }

    /// The extension in lower case, without the dot.
    pub fn extension(&self) -> String {
        self.name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase()).unwrap_or_default()
    }

    /// Whether it is no larger than [`FILE_LIMIT`].
    pub(crate) fn check_size(&self) -> Result<(), ImportError> {
        if self.bytes.len() <= FILE_LIMIT {
            return Ok(());
        }
        let (size, most) = (self.bytes.len() / 1_048_576, FILE_LIMIT / 1_048_576);
        Err(ImportError::file(&self.name, format!("is {size} MB large; at most {most} MB are accepted")))
    }
}

/// The text of a file, and how it was read when that was a guess.
pub(crate) struct Text {
    /// The text, without a byte order mark.
    pub text: String,
    /// What to tell about the encoding.
    pub remark: Option<&'static str>,
}

/// Reads bytes as UTF-8, as UTF-16 when a mark says so, and else as Windows-1252, which is what old spreadsheet programs
/// write. NUL is refused: no table of text contains it.
pub(crate) fn text(file: &SourceFile) -> Result<Text, ImportError> {
    file.check_size()?;
    let bytes = file.bytes.as_slice();
    let (text, remark) = match bytes {
        [0xFF, 0xFE, ..] => (utf16(file, encoding_rs::UTF_16LE)?, None),
        [0xFE, 0xFF, ..] => (utf16(file, encoding_rs::UTF_16BE)?, None),
        _ => {
            if let Ok(text) = std::str::from_utf8(bytes) {
                (text.strip_prefix('\u{feff}').unwrap_or(text).to_owned(), None)
            } else {
                let remark = "is not UTF-8 and was read as Windows-1252; look at names with accents";
                (encoding_rs::WINDOWS_1252.decode(bytes).0.into_owned(), Some(remark))
            }
        }
    };
    match text.find('\0') {
        Some(at) => Err(ImportError::line(&file.name, line_of(&text, at), "contains a NUL character")),
        None => Ok(Text { text, remark }),
    }
}

/// Reads bytes as UTF-8 and nothing else.
pub(crate) fn utf8(file: &SourceFile) -> Result<&str, ImportError> {
    file.check_size()?;
    let text = std::str::from_utf8(&file.bytes).map_err(|wrong| {
        let before = String::from_utf8_lossy(&file.bytes[..wrong.valid_up_to()]);
        ImportError::line(&file.name, line_of(&before, before.len()), "is not valid UTF-8")
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match text.find('\0') {
        Some(at) => Err(ImportError::line(&file.name, line_of(text, at), "contains a NUL character")),
        None => Ok(text),
    }
}

fn utf16(file: &SourceFile, encoding: &'static encoding_rs::Encoding) -> Result<String, ImportError> {
    let (text, _, broken) = encoding.decode(&file.bytes);
    if broken { Err(ImportError::file(&file.name, "is not valid UTF-16")) } else { Ok(text.into_owned()) }
}

fn line_of(text: &str, at: usize) -> u64 {
    text[..at].bytes().filter(|byte| *byte == b'\n').count() as u64 + 1
}

/// Whether a spreadsheet program would run this text as a formula, or would but for apostrophes in front of it.
fn is_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// An apostrophe in front of a text that a spreadsheet program would run as a formula. [`unguard`] undoes it exactly.
pub(crate) fn guard(cell: String) -> String {
    if is_formula(&cell) { format!("'{cell}") } else { cell }
}

/// Undoes the apostrophe with which our own exports keep spreadsheet programs from running a text as a formula.
pub(crate) fn unguard(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(cell)
}
