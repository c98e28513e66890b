//! Taking one's own last change back: a change that sets the fields as they were, with a reason. Nothing is taken out of
//! the history.

use attestry_model::decide::Problems;
use attestry_model::{AnyRecord, Command};
use attestry_store::Version;
use axum::extract::Path;
use axum::response::Response;
use jiff::SignedDuration;
use serde_json::{Map, Value};

use super::{at, form};
use crate::cx::Cx;
use crate::fault::Fault;

/// How long one's own last change can be taken back.
const DAYS: i64 = 30;

/// Whether a version, the newest of its record, can be taken back by this person now.
pub fn is_open(cx: &Cx, record: &dyn AnyRecord, newest: &Version) -> bool {
    !cx.is_past()
        && newest.version == u64::from(record.revision())
        && newest.version > 1
        && newest.action == "update"
        && newest.actor == cx.person.any().to_string()
        && newest.files.is_empty()
        && newest.erased.is_empty()
        && newest.at + SignedDuration::from_hours(24 * DAYS) > cx.now
        && cx.may(attestry_model::permit::Wish::Update, record)
}

/// `POST /{kind}/{reference}/undo`
pub async fn undo(cx: Cx, Path((slug, name)): Path<(String, String)>) -> Result<Response, Fault> {
    let target = at(&slug, &name)?;
    cx.record(target)?;
    let versions = cx.apart(move |cx| Ok(cx.organisation.latest(target, None, 2)?)).await?;
    let record = cx.record(target)?;
    let [newest, before] = versions.as_slice() else {
        return Err(Fault::Conflict(cx.say("undo-cannot").into_owned()));
    };
    if !is_open(&cx, record, newest) || !before.erased.is_empty() {
        return Err(Fault::Conflict(cx.say("undo-cannot").into_owned()));
    }
    let command = Command::Update {
        target,
        revision: Some(record.revision()),
        fields: back(&before.fields, &newest.fields),
        reason: Some(cx.say1("undo-reason", "version", newest.version).into_owned()),
    };
    match cx.submit(command).await {
        Ok(_) => Ok(form::done(None, Some(target), "undone", false)),
        Err(Fault::Invalid(problems)) => Err(Fault::Conflict(said(&problems))),
        Err(fault) => Err(fault),
    }
}

/// The fields that differ, as they were before.
fn back(before: &Map<String, Value>, after: &Map<String, Value>) -> Map<String, Value> {
    let names = before.keys().chain(after.keys().filter(|name| !before.contains_key(*name)));
    let differing = names.filter(|name| *name != "state" && before.get(*name) != after.get(*name));
    let mut fields = Map::new();
    for name in differing {
        let (old, new) = (before.get(name).cloned().unwrap_or_default(), after.get(name));
        let value = match (&old, new) {
            // The organisation's own fields are set one by one: what came newly is emptied.
            (old, Some(Value::Object(new))) if name == "custom" => {
                let mut members = old.as_object().cloned().unwrap_or_default();
                for added in new.keys() {
                    members.entry(added.clone()).or_insert(Value::Null);
                }
                Value::Object(members)
            }
            _ => old,
        };
        fields.insert(name.clone(), value);
    }
    fields
}

fn said(problems: &Problems) -> String {
    problems.to_string()
}
