//! Taking one's own last change back: a change that sets the fields as they were, with a reason. Nothing is taken out of
//! the history. What several records were given in one step goes back in one step too, or not at all.

use std::collections::BTreeMap;

use attestry_model::decide::{Part, Problems};
use attestry_model::{AnyRecord, AnyRef, Command, Subject};
use attestry_store::{Receipt, Version};
use axum::extract::Path;
use axum::response::Response;
use jiff::SignedDuration;
use serde_json::{Map, Value};

use super::{at, form};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::places::list_path;
use crate::shell::to;

/// Most entries of a step that is taken back at once.
const MOST_ENTRIES: u64 = 50_000;
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

/// How one step that changed several records is named in addresses: its first and its last entry.
pub fn span(receipt: &Receipt) -> String {
    format!("{}-{}", receipt.first_seq, receipt.last_seq)
}

/// Where the step that a span names is taken back; none where it names none.
pub fn path_of(span: &str) -> Option<String> {
    entries_of(span).map(|(first, last)| format!("/activity/undo/{first}-{last}"))
}

fn entries_of(span: &str) -> Option<(u64, u64)> {
    let (first, last) = span.split_once('-')?;
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (first <= last && last - first < MOST_ENTRIES).then_some((first, last))
}

/// `POST /activity/undo/{span}`: takes one's own step back, as one change: what it created is voided, what it changed is set
/// as it was. Refused as a whole once anything else has happened to one of its records.
pub async fn undo_step(cx: Cx, Path(span): Path<String>) -> Result<Response, Fault> {
    let (first, last) = entries_of(&span).ok_or(Fault::Absent)?;
    let parts = cx.apart(move |cx| parts_of(cx, first, last)).await?;
    let count = parts.len();
    let kind = match &parts[0].command {
        Command::Update { target, .. } | Command::Void { target, .. } => target.kind,
        _ => return Err(Fault::Absent),
    };
    match cx.submit(Command::Together { parts, expecting: Vec::new() }).await {
        Ok(_) => Ok(to(&format!("{}?done=step-undone%20{count}", list_path(kind)))),
        Err(Fault::Invalid(problems)) => Err(Fault::Conflict(said(&problems))),
        Err(Fault::Stale(_)) => Err(Fault::Conflict(cx.say("undo-step-cannot").into_owned())),
        Err(fault) => Err(fault),
    }
}

/// What takes the entries of a step back, the last first: what was made of others goes before them.
fn parts_of(cx: &Cx, first: u64, last: u64) -> Result<Vec<Part>, Fault> {
    let cannot = || Fault::Conflict(cx.say("undo-step-cannot").into_owned());
    let entries = cx.organisation.entries(first, last - first + 1)?;
    let me = cx.person.any().to_string();
    let Some(step) = entries.first().map(|it| it.at) else { return Err(Fault::Absent) };
    let own = |it: &Version| it.actor == me && it.at == step && it.files.is_empty() && it.erased.is_empty();
    if !entries.iter().all(own) || step + SignedDuration::from_hours(24 * DAYS) <= cx.now {
        return Err(cannot());
    }
    // What followed by itself, such as an approval that no longer covers its record, follows from taking it back too.
    let mut versions: BTreeMap<AnyRef, (&Version, &Version)> = BTreeMap::new();
    let mut order = Vec::new();
    for entry in entries.iter().filter(|it| it.action != "follow") {
        let Subject::Record(target) = entry.subject else { return Err(cannot()) };
        if !matches!(entry.action.as_str(), "create" | "update") {
            return Err(cannot());
        }
        versions.entry(target).and_modify(|it| it.1 = entry).or_insert_with(|| {
            order.push(target);
            (entry, entry)
        });
    }
    let mut parts = Vec::new();
    for target in order.into_iter().rev() {
        let (oldest, newest) = versions[&target];
        let record = cx.record(target)?;
        if u64::from(record.revision()) != newest.version {
            return Err(cannot());
        }
        let revision = Some(record.revision());
        let command = if oldest.action == "create" {
            Command::Void { target, revision, reason: cx.say("undo-step-reason").into_owned() }
        } else {
            let before = cx.organisation.latest(target, oldest.seq.checked_sub(1), 1)?;
            let [before] = before.as_slice() else { return Err(cannot()) };
            let fields = back(&before.fields, &newest.fields);
            if fields.is_empty() {
                continue;
            }
            Command::Update { target, revision, fields, reason: Some(cx.say("undo-step-reason").into_owned()) }
        };
        parts.push(Part::alone(command));
    }
    if parts.is_empty() { Err(cannot()) } else { Ok(parts) }
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
