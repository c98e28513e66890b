//! The words for kinds, fields, states and choices. Labels of fields stand in message files in every language, the first one
//! among them; those of kinds, states and choices come from the declarations where a language has no others.

use std::borrow::Cow;

use attestry_model::Kind;
use attestry_model::field::{Choice, FieldDef};

use crate::words::{FIRST, Words};

fn translated(words: &Words, key: impl FnOnce() -> String) -> Option<String> {
    if words.tag == FIRST { None } else { words.find(&key()) }
}

/// One of the kind: `Risk`.
pub fn singular(words: &Words, kind: Kind) -> String {
    let declared = kind.words();
    translated(words, || format!("kind-{}", hyphens(declared.name))).unwrap_or_else(|| declared.title.to_owned())
}

/// Many of the kind: `Risks`.
pub fn plural(words: &Words, kind: Kind) -> String {
    let declared = kind.words();
    translated(words, || format!("kinds-{}", hyphens(declared.name))).unwrap_or_else(|| declared.plural.to_owned())
}

/// What the kind is.
pub fn help(words: &Words, kind: Kind) -> String {
    let declared = kind.words();
    translated(words, || format!("help-{}", hyphens(declared.name))).unwrap_or_else(|| declared.help.to_owned())
}

/// A field's label: what a message says of it for this kind of record, else for every kind that has it.
pub fn field(words: &Words, kind: Kind, field: &str) -> String {
    let own = format!("field-{}--{}", hyphens(kind.words().name), hyphens(field));
    written(words, &own).unwrap_or_else(|| member(words, field))
}

/// The label of a field of an embedded row or structure, and of any field whatever its kind.
pub fn member(words: &Words, name: &str) -> String {
    written(words, &format!("field-{}", hyphens(name))).unwrap_or_else(|| sentence(name))
}

/// A message that need not be there, in a language or else in the first one.
fn written(words: &Words, key: &str) -> Option<String> {
    words.find(key).or_else(|| if words.tag == FIRST { None } else { Words::of(FIRST).find(key) })
}

/// What a field is for.
pub fn field_help(words: &Words, kind: Kind, field: &FieldDef) -> String {
    let key = || format!("field-help-{}-{}", hyphens(kind.words().name), hyphens(field.name));
    translated(words, key).unwrap_or_else(|| field.help.to_owned())
}

/// A state or an option by its wire name.
pub fn word(words: &Words, name: &str, label: &'static str) -> Cow<'static, str> {
    translated(words, || format!("word-{}", hyphens(name))).map_or(Cow::Borrowed(label), Cow::Owned)
}

/// A choice.
pub fn choice(words: &Words, choice: impl Choice) -> Cow<'static, str> {
    word(words, choice.name(), choice.label())
}

/// A state of a kind.
pub fn state(words: &Words, kind: Kind, state: &str) -> Cow<'static, str> {
    if state == "void" {
        return words.say("state-void");
    }
    let known = kind.def().states.iter().find(|one| one.name == state);
    known.map_or_else(|| Cow::Owned(sentence(state)), |one| word(words, one.name, one.label))
}

/// A label in the middle of a sentence: `ISMS role` stays as it is, `Risk owner` becomes `risk owner`. Other languages keep
/// their own capitals.
pub fn within(words: &Words, label: &str) -> String {
    if words.tag != FIRST {
        return label.to_owned();
    }
    let is_abbreviation = |word: &str| word.chars().filter(|it| it.is_uppercase()).count() > 1;
    let lower = |word: &str| if is_abbreviation(word) { word.to_owned() } else { word.to_lowercase() };
    label.split(' ').map(lower).collect::<Vec<_>>().join(" ")
}

/// A name of the declarations as words: `next_review` becomes `Next review`.
pub fn sentence(name: &str) -> String {
    let mut text = name.replace('_', " ");
    if let Some(first) = text.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    text
}

fn hyphens(name: &str) -> String {
    name.replace('_', "-")
}
