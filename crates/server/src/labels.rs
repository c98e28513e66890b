//! The words for kinds, fields, states and choices: from a message file where a language has them, else from the
//! declarations.

use std::borrow::Cow;

use attestry_model::Kind;
use attestry_model::field::FieldDef;

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

/// A field's label: its name in words, unless a message says better.
pub fn field(words: &Words, kind: Kind, field: &str) -> String {
    let own = format!("field-{}-{}", hyphens(kind.words().name), hyphens(field));
    let common = || words.find(&format!("field-{}", hyphens(field)));
    words.find(&own).or_else(common).unwrap_or_else(|| sentence(field))
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

/// A state of a kind.
pub fn state(words: &Words, kind: Kind, state: &str) -> Cow<'static, str> {
    if state == "void" {
        return words.say("state-void");
    }
    let known = kind.def().states.iter().find(|one| one.name == state);
    known.map_or_else(|| Cow::Owned(sentence(state)), |one| word(words, one.name, one.label))
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
