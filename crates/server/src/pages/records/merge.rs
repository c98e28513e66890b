//! Two people changed the same record: fields that do not collide are merged, the others are laid side by side.

use attestry_model::field::FieldDef;
use attestry_model::{AnyRecord, AnyRef};
use serde_json::{Map, Value};

use super::typed::{Typed, fill};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::Html;
use crate::labels;
use crate::show::{self, Room};

/// A field that both changed.
#[derive(Debug, Clone)]
pub struct Collision {
    /// Its name.
    pub field: &'static str,
    /// What people call it.
    pub label: String,
    /// What the other person saved.
    pub theirs: Html,
    /// What was typed here.
    pub mine: Html,
    /// Who the other person is.
    pub who: String,
}

/// What came of a merge.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Fields that both changed.
    pub collisions: Vec<Collision>,
    /// Fields that only the other person changed, as people call them.
    pub merged: Vec<String>,
}

/// The fields of a version.
pub async fn base(cx: &Cx, target: AnyRef, revision: u32) -> Result<Map<String, Value>, Fault> {
    cx.apart(move |cx| {
        let versions = cx.organisation.history(target)?;
        let found = versions.into_iter().find(|version| version.version == u64::from(revision));
        found.map(|version| version.fields).ok_or(Fault::Precondition)
    })
    .await
}

/// Which fields collide: changed here and there, to different values.
pub fn against(
    cx: &Cx,
    fields: &[&'static FieldDef],
    old: &Map<String, Value>,
    theirs: &Map<String, Value>,
    mine: &Map<String, Value>,
    record: &dyn AnyRecord,
) -> Outcome {
    let mut outcome = Outcome::default();
    let kind = record.any_ref().kind;
    let who = record.updated_by().map_or_else(|| cx.say("system").into_owned(), |person| cx.name_of(person));
    for def in fields {
        let (was, is) = (old.get(def.name), theirs.get(def.name));
        if was == is {
            continue;
        }
        let label = labels::field(cx.words, kind, def.name);
        match mine.get(def.name) {
            None => outcome.merged.push(label),
            Some(value) if value == is.unwrap_or(&Value::Null) => {}
            Some(value) => outcome.collisions.push(Collision {
                field: def.name,
                label,
                theirs: shown(cx, def, is.unwrap_or(&Value::Null)),
                mine: shown(cx, def, value),
                who: who.clone(),
            }),
        }
    }
    outcome
}

/// A value for comparing: an empty one says so.
pub fn shown(cx: &Cx, def: &FieldDef, value: &Value) -> Html {
    let html = show::value(cx, def.ty, value, Room::Page);
    if html.is_empty() { Html::text(&cx.say("empty")) } else { html }
}

/// Takes over the choices between both: where theirs was chosen, the form holds theirs.
pub fn take(cx: &Cx, typed: &mut Typed, fields: &[&'static FieldDef], record: &dyn AnyRecord) {
    for def in fields {
        let chosen = typed.get(&format!("_take.{}", def.name)).map(ToOwned::to_owned);
        if chosen.as_deref() == Some("theirs") {
            typed.forget(def.name);
            fill(cx, typed, def.name, def.ty, &record.field(def.name).unwrap_or_default());
        }
    }
}
