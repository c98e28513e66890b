//! What differs between two versions of a record, field by field; long texts word by word.

use std::collections::BTreeSet;

use attestry_model::field::HasFields as _;
use attestry_model::field::{FieldDef, Type};
use attestry_model::stored::Head;
use attestry_model::{AnyRecord, permit};
use serde_json::{Map, Value};
use similar::{ChangeTag, TextDiff};

use super::merge::shown;
use crate::cx::Cx;
use crate::html::{Html, escape};
use crate::{labels, show};

/// The longest text that is compared word by word.
const LONGEST: usize = 40_000;

/// One field that differs.
#[derive(Debug, Clone)]
pub struct Difference {
    /// What people call the field.
    pub label: String,
    /// What stood there.
    pub old: Html,
    /// What stands there.
    pub new: Html,
    /// For a text: both in one, with what was taken out and put in.
    pub words: Option<Html>,
}

/// The fields that differ and that the person sees, in the order of the declaration.
pub fn between(cx: &Cx, record: &dyn AnyRecord, old: &Map<String, Value>, new: &Map<String, Value>) -> Vec<Difference> {
    let kind = record.any_ref().kind;
    let mut found = Vec::new();
    let state = |fields: &Map<String, Value>| fields.get("state").and_then(Value::as_str).map(ToOwned::to_owned);
    if let (was, Some(is)) = (state(old), state(new))
        && was.as_deref() != Some(&is)
        && !old.is_empty()
    {
        let word = |state: &str| Html::text(&labels::state(cx.words, kind, state));
        found.push(Difference {
            label: cx.say("record-state").into_owned(),
            old: was.map_or_else(Html::default, |was| word(&was)),
            new: word(&is),
            words: None,
        });
    }
    let none = Value::Null;
    for def in visible(cx, record) {
        let (was, is) = (old.get(def.name).unwrap_or(&none), new.get(def.name).unwrap_or(&none));
        if was == is {
            continue;
        }
        let told = |fields| permit::sees_field_then(&cx.isms, &cx.principal, record, fields, def);
        if !(told(old) && told(new)) {
            continue;
        }
        let words = match (def.ty, was, is) {
            (Type::LongText | Type::Text, Value::String(was), Value::String(is)) => by_words(was, is),
            _ => None,
        };
        found.push(Difference {
            label: labels::field(cx.words, kind, def.name),
            old: shown(cx, def, was),
            new: shown(cx, def, is),
            words,
        });
    }
    found
}

/// All fields that the person sees in a record's history, the program's own among them. Of a guarded one each version says
/// for itself whether they see it.
pub fn visible(cx: &Cx, record: &dyn AnyRecord) -> Vec<&'static FieldDef> {
    let own = record.def().fields;
    let mut names = BTreeSet::new();
    let all = own.iter().chain(Head::DEFS).filter(|def| names.insert(def.name));
    let shown = all.filter(|def| !["created_at", "created_by"].contains(&def.name));
    shown.filter(|def| def.guarded || permit::sees_field(&cx.isms, &cx.principal, record, def)).collect()
}

/// Two texts in one, where they have enough in common to be read so.
fn by_words(old: &str, new: &str) -> Option<Html> {
    if old.len() + new.len() > LONGEST {
        return None;
    }
    let diff = TextDiff::from_words(old, new);
    // Spaces are words of the comparison too, and two texts that share nothing else must not be woven into each other.
    let is_word = |text: &&str| !text.trim().is_empty();
    let all = diff.iter_old_slices().chain(diff.iter_new_slices()).filter(is_word).count();
    let same = diff.iter_all_changes().filter(|it| it.tag() == ChangeTag::Equal && is_word(&it.value())).count();
    if 2 * same * 10 < all * 3 {
        return None;
    }
    let mut out = String::from(r#"<div class="prose words">"#);
    let mut open: Option<ChangeTag> = None;
    for change in diff.iter_all_changes() {
        if open != Some(change.tag()) {
            close(open, &mut out);
            open = Some(change.tag());
            match change.tag() {
                ChangeTag::Delete => out.push_str("<del>"),
                ChangeTag::Insert => out.push_str("<ins>"),
                ChangeTag::Equal => {}
            }
        }
        escape(change.value(), &mut out);
    }
    close(open, &mut out);
    out.push_str("</div>");
    Some(Html(out))
}

fn close(open: Option<ChangeTag>, out: &mut String) {
    match open {
        Some(ChangeTag::Delete) => out.push_str("</del>"),
        Some(ChangeTag::Insert) => out.push_str("</ins>"),
        _ => {}
    }
}

/// In one line what a version changed: `State, Owner and 2 more`.
pub fn summary(cx: &Cx, differences: &[Difference]) -> String {
    let names: Vec<&str> = differences.iter().map(|one| one.label.as_str()).collect();
    match names.as_slice() {
        [] => cx.say("history-nothing").into_owned(),
        [first, second, third, rest @ ..] if !rest.is_empty() => cx
            .with(
                "history-fields-more",
                &[("fields", (&[*first, *second, *third].join(", ")).into()), ("count", rest.len().into())],
            )
            .into_owned(),
        names => cx.say1("history-fields", "fields", &names.join(", ")).into_owned(),
    }
}

/// A value of the history in one line.
pub fn short(cx: &Cx, html: &Html) -> String {
    let _ = cx;
    let mut text = String::new();
    let mut inside = false;
    for sign in html.as_str().chars() {
        match sign {
            '<' => inside = true,
            '>' => inside = false,
            sign if !inside => text.push(sign),
            _ => {}
        }
    }
    show::shortened(&text, 80)
}

#[cfg(test)]
mod tests {
    use super::by_words;

    #[test]
    fn texts_are_woven_only_where_they_share_words() {
        let woven = by_words("Seen once in this year.", "Seen twice in this year.").unwrap();
        assert!(woven.as_str().contains("<del>once</del><ins>twice</ins>"), "{}", woven.as_str());
        assert!(by_words("gateway replaced in 2025; weekly scan", "Seen twice this year.").is_none());
    }
}
