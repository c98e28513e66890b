//! The texts of the program, from message files in Fluent's format: a language is a folder of them.
//!
//! What has no message in a language is shown in English; a test finds keys that are used but not written, and the reverse.
//! Labels of kinds and fields come from their declarations and may be translated by messages named after them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use rust_embed::RustEmbed;
use unic_langid::LanguageIdentifier;

/// The message files.
#[derive(RustEmbed)]
#[folder = "messages"]
#[include = "*.ftl"]
struct Files;

/// The texts of one language.
pub struct Words {
    /// Its tag, such as `en`.
    pub tag: String,
    /// `ltr` or `rtl`.
    pub direction: &'static str,
    bundle: FluentBundle<FluentResource>,
    /// The texts that are the same whatever a page says: a page has hundreds of them, so they are written out once.
    plain: HashMap<&'static str, &'static str>,
    /// The texts in which parameters only stand at their places: they are put together without asking the bundle.
    simple: HashMap<&'static str, Vec<Piece>>,
}

/// A piece of a text.
enum Piece {
    Text(&'static str),
    Parameter(&'static str),
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Words").field(&self.tag).finish()
    }
}

static LANGUAGES: LazyLock<Vec<Words>> = LazyLock::new(load);

fn load() -> Vec<Words> {
    let mut files: HashMap<String, Vec<String>> = HashMap::new();
    for name in Files::iter() {
        let Some((tag, _)) = name.split_once('/') else { continue };
        let text = Files::get(&name).map(|file| String::from_utf8_lossy(&file.data).into_owned());
        files.entry(tag.to_owned()).or_default().extend(text);
    }
    if let Some(folder) = std::env::var_os(FOLDER) {
        for (tag, texts) in beside(Path::new(&folder)) {
            files.entry(tag).or_default().extend(texts);
        }
    }
    let mut languages: Vec<Words> = files.into_iter().filter_map(|(tag, texts)| Words::made(tag, texts)).collect();
    languages.sort_by(|a, b| a.tag.cmp(&b.tag));
    languages
}

/// The key of the message that begins in a line of a message file.
fn key_of(line: &str) -> Option<String> {
    let (key, _) = line.split_once('=')?;
    line.starts_with(|sign: char| sign.is_ascii_alphabetic()).then(|| key.trim_end().to_owned())
}

/// A message with its text, if the text needs no parameter. Languages are loaded once and stay, so that their texts may too.
fn plain(bundle: &FluentBundle<FluentResource>, key: String) -> Option<(&'static str, &'static str)> {
    let mut wants = Vec::new();
    let text = bundle.format_pattern(bundle.get_message(&key)?.value()?, None, &mut wants).into_owned();
    wants.is_empty().then(|| (&*Box::leak(key.into_boxed_str()), &*Box::leak(text.into_boxed_str())))
}

/// The messages of a file that stand in one line and hold nothing but text and parameters.
fn simple(text: &str) -> Vec<(&'static str, Vec<Piece>)> {
    let mut found = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        // A line that is set in goes on with the message before it.
        let goes_on = lines.peek().is_some_and(|next| next.starts_with(char::is_whitespace) && !next.trim().is_empty());
        let (Some(key), false) = (key_of(line), goes_on) else { continue };
        let value = line.split_once('=').map_or("", |(_, value)| value.trim());
        if let Some(pieces) = pieces(value) {
            found.push((&*Box::leak(key.into_boxed_str()), pieces));
        }
    }
    found
}

/// The pieces of a text; `None` where it holds more than text and parameters, or no parameter.
fn pieces(value: &str) -> Option<Vec<Piece>> {
    let leak = |text: &str| &*Box::leak(text.to_owned().into_boxed_str());
    let mut pieces = Vec::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('{') {
        let (inner, after) = after.split_once('}')?;
        let name = inner.trim().strip_prefix('$')?;
        if name.is_empty() || before.contains('}') || !name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-') {
            return None;
        }
        pieces.extend((!before.is_empty()).then(|| Piece::Text(leak(before))));
        pieces.push(Piece::Parameter(leak(name)));
        rest = after;
    }
    if pieces.is_empty() || rest.contains('}') {
        return None;
    }
    pieces.extend((!rest.is_empty()).then(|| Piece::Text(leak(rest))));
    Some(pieces)
}

/// A text put together from its pieces; `None` when a parameter is missing.
fn together(pieces: &[Piece], parameters: &[(&str, Argument<'_>)]) -> Option<String> {
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Parameter(name) => match parameters.iter().find(|(given, _)| given == name)?.1 {
                Argument::Text(text) => out.push_str(text),
                Argument::Number(number) => {
                    let _ = write!(out, "{number}");
                }
            },
        }
    }
    Some(out)
}

/// The variable that names a folder of further languages, for whoever writes one and wants to see it before it is compiled in.
pub const FOLDER: &str = "ATTESTRY_MESSAGES";
/// Largest message file that is taken from there, in bytes.
const LARGEST: u64 = 2 << 20;

/// The message files in the folders of a folder, by the tags that name them; what cannot be read is passed over.
fn beside(folder: &Path) -> HashMap<String, Vec<String>> {
    let entries = |folder: &Path| std::fs::read_dir(folder).into_iter().flatten().flatten().take(200);
    let mut files: HashMap<String, Vec<String>> = HashMap::new();
    for language in entries(folder) {
        let tag = language.file_name().to_string_lossy().into_owned();
        for file in entries(&language.path()) {
            let path = file.path();
            let small = file.metadata().is_ok_and(|meta| meta.is_file() && meta.len() <= LARGEST);
            if small && path.extension().is_some_and(|ending| ending == "ftl") {
                files.entry(tag.clone()).or_default().extend(std::fs::read_to_string(path));
            }
        }
    }
    files
}

/// The language that everything is written in first.
pub const FIRST: &str = "en";

impl Words {
    /// A language from the texts of its files; nothing where its tag is none.
    fn made(tag: String, texts: Vec<String>) -> Option<Self> {
        let id: LanguageIdentifier = tag.parse().ok()?;
        let rtl = id.character_direction() == unic_langid::CharacterDirection::RTL;
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // Marks around placeables would show in attributes and in copied text; `bdi` does their work in the pages.
        bundle.set_use_isolating(false);
        let keys: Vec<String> = texts.iter().flat_map(|text| text.lines().filter_map(key_of)).collect();
        let simple = texts.iter().flat_map(|text| simple(text)).collect();
        for text in texts {
            let resource = FluentResource::try_new(text).unwrap_or_else(|(resource, _)| resource);
            bundle.add_resource_overriding(resource);
        }
        let plain = keys.into_iter().filter_map(|key| plain(&bundle, key)).collect();
        Some(Self { tag, direction: if rtl { "rtl" } else { "ltr" }, bundle, plain, simple })
    }

    /// All languages by tag.
    pub fn all() -> &'static [Words] {
        &LANGUAGES
    }

    /// A language by its tag; English when it is not there.
    pub fn of(tag: &str) -> &'static Words {
        let find = |wanted: &str| LANGUAGES.iter().find(|words| words.tag == wanted);
        find(tag).or_else(|| find(FIRST)).unwrap_or_else(|| unreachable!("English is compiled in"))
    }

    /// The best language for an `Accept-Language` header.
    pub fn accepted(header: &str) -> &'static Words {
        let mut wanted: Vec<(f32, &str)> = header
            .split(',')
            .take(20)
            .filter_map(|part| {
                let mut pieces = part.trim().split(';');
                let tag = pieces.next()?.trim();
                let weight = pieces.find_map(|piece| piece.trim().strip_prefix("q=")?.parse().ok()).unwrap_or(1.0);
                Some((weight, tag))
            })
            .collect();
        wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
        for (_, tag) in wanted {
            let language = tag.split('-').next().unwrap_or_default();
            for candidate in [tag, language] {
                if let Some(words) = LANGUAGES.iter().find(|words| words.tag.eq_ignore_ascii_case(candidate)) {
                    return words;
                }
            }
        }
        Self::of(FIRST)
    }

    /// A text without parameters; the key itself when it is nowhere written.
    pub fn say(&self, key: &str) -> Cow<'static, str> {
        self.plain.get(key).map_or_else(|| self.format(key, None), |text| Cow::Borrowed(*text))
    }

    /// A text with parameters.
    pub fn with(&self, key: &str, parameters: &[(&str, Argument<'_>)]) -> Cow<'static, str> {
        if let Some(text) = self.simple.get(key).and_then(|pieces| together(pieces, parameters)) {
            return Cow::Owned(text);
        }
        self.format(key, Some(&arguments(parameters)))
    }

    /// A text that may be missing: translations of declared labels.
    pub fn find(&self, key: &str) -> Option<String> {
        if let Some(text) = self.plain.get(key) {
            return Some((*text).to_owned());
        }
        let pattern = self.bundle.get_message(key)?.value()?;
        Some(self.bundle.format_pattern(pattern, None, &mut Vec::new()).into_owned())
    }

    fn format(&self, key: &str, args: Option<&FluentArgs<'_>>) -> Cow<'static, str> {
        if let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) {
            return Cow::Owned(self.bundle.format_pattern(pattern, args, &mut Vec::new()).into_owned());
        }
        if self.tag == FIRST { Cow::Owned(key.to_owned()) } else { Self::of(FIRST).format(key, args) }
    }

    /// Whether a key is written in this language.
    pub fn has(&self, key: &str) -> bool {
        self.bundle.has_message(key)
    }
}

fn arguments(parameters: &[(&str, Argument<'_>)]) -> FluentArgs<'static> {
    let mut args = FluentArgs::with_capacity(parameters.len());
    for (name, value) in parameters {
        let value = match value {
            Argument::Text(text) => FluentValue::from((*text).to_owned()),
            Argument::Number(number) => FluentValue::from(*number),
        };
        args.set((*name).to_owned(), value);
    }
    args
}

/// A parameter of a text.
#[derive(Debug, Clone, Copy)]
pub enum Argument<'a> {
    /// Words.
    Text(&'a str),
    /// A number, which decides plural forms.
    Number(f64),
}

impl<'a> From<&'a str> for Argument<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Argument<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {
        $(impl From<$number> for Argument<'_> {
            #[expect(clippy::allow_attributes, reason = "which lint fires depends on the type")]
            #[allow(clippy::cast_precision_loss, clippy::cast_lossless, reason = "counts on a page are far below 2^52")]
            fn from(number: $number) -> Self {
                Self::Number(number as f64)
            }
        }

        impl From<&$number> for Argument<'_> {
            fn from(number: &$number) -> Self {
                Self::from(*number)
            }
        })*
    };
}
numbers!(usize, u8, u32, u64, i64, i32);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_without_parameters_are_written_out_once_and_no_others_are() {
        let words = Words::of(FIRST);
        assert!(matches!(words.say("shell-skip"), Cow::Borrowed(text) if !text.is_empty()));
        assert!(!words.plain.contains_key("list-select"), "it names a record");
        assert!(!words.plain.contains_key("ready-gaps"), "it chooses by a number");
        for text in words.plain.values() {
            assert!(!text.contains("{$") && !text.contains("{ $"), "{text}");
        }
    }

    #[test]
    fn texts_that_are_put_together_read_as_the_bundle_writes_them() {
        for words in Words::all() {
            assert!(words.simple.len() > 100 && !words.simple.contains_key("ready-gaps"), "it chooses by a number");
            for (key, pieces) in &words.simple {
                let names: Vec<&str> = pieces
                    .iter()
                    .filter_map(|piece| if let Piece::Parameter(name) = piece { Some(*name) } else { None })
                    .collect();
                let texts = ["a <b> & {c}", "", "ÄÖ 12"].map(Argument::Text);
                let numbers = [0.0, 1.0, 1_234.0, 0.5, -3.25].map(Argument::Number);
                for value in texts.into_iter().chain(numbers) {
                    let given: Vec<(&str, Argument<'_>)> = names.iter().map(|name| (*name, value)).collect();
                    assert_eq!(together(pieces, &given).unwrap(), words.format(key, Some(&arguments(&given))), "{key}");
                }
            }
        }
    }

    #[test]
    fn a_language_is_a_folder_of_files_and_knows_its_direction_and_its_plurals() {
        let folder = tempfile::tempdir().unwrap();
        for (tag, text) in [
            ("ar", "days = { $count ->\n    [one] one\n    [two] two\n    [few] few\n   *[other] other\n}\n"),
            ("de", "list-number = Nummer\n"),
            ("no tag at all", "days = x\n"),
        ] {
            std::fs::create_dir(folder.path().join(tag)).unwrap();
            std::fs::write(folder.path().join(tag).join("some.ftl"), text).unwrap();
        }
        std::fs::write(folder.path().join("de").join("notes.txt"), "list-count = no\n").unwrap();
        let mut found: Vec<Words> =
            beside(folder.path()).into_iter().filter_map(|(tag, texts)| Words::made(tag, texts)).collect();
        found.sort_by(|a, b| a.tag.cmp(&b.tag));
        let [arabic, german] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((arabic.direction, german.direction), ("rtl", "ltr"));
        let days = |count: u32| arabic.with("days", &[("count", count.into())]).into_owned();
        assert_eq!([days(1), days(2), days(3), days(100)], ["one", "two", "few", "other"]);
        assert_eq!(german.say("list-number"), "Nummer");
        // What nobody has translated is shown in the first language.
        assert_eq!(german.say("yes"), Words::of(FIRST).say("yes"));
        assert_eq!(crate::labels::member(german, "cause"), crate::labels::member(Words::of(FIRST), "cause"));
    }
}
