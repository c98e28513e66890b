//! One record: as it stands, its history, what it is linked with, its proof.

use attestry_model::permit::{sees_field, sees_field_then};
use attestry_model::{AnyRecord, AnyRef, Subject, plain};
use attestry_store::Version;
use axum::response::Response;
use data_encoding::BASE64;
use serde_json::{Map, Value, json};

use super::answer;
use super::call::Call;
use super::list::MOST;
use super::value::{all_fields, plain_record, selection};
use crate::cx::Cx;
use crate::fault::Fault;

/// `GET /api/v1/{kind}/{reference}`
pub fn read(call: &Call) -> Result<Response, Fault> {
    let target = call.target()?;
    let record = call.cx.record(target)?;
    let fields = selection(record.def(), call.parameter("fields")).map_err(Fault::Invalid)?;
    let etag = answer::etag_of(record);
    if call.has(&etag)? {
        return Ok(answer::unchanged(&etag));
    }
    let value = plain_record(&call.cx, record, &call.cx.isms, fields.as_deref());
    Ok(answer::tagged(answer::json(&Value::Object(value)), &etag))
}

/// Whether the caller sees this field of the record, by its name in the ledger.
fn sees(cx: &Cx, record: &dyn AnyRecord, name: &str) -> bool {
    record.def().field(name).is_none_or(|field| sees_field(&cx.isms, &cx.principal, record, field))
}

/// `GET /api/v1/{kind}/{reference}/history`
pub async fn history(call: Call) -> Result<Response, Fault> {
    let target = call.target()?;
    call.cx.record(target)?;
    let limit = call.number("limit", 100, 1, MOST)?;
    let before = call.number("before", u64::from(u32::MAX), 1, u64::from(u32::MAX))?;
    let body = call
        .cx
        .apart(move |cx| {
            let until = cx.moment.as_ref().map_or(u64::MAX, |moment| moment.past.seq);
            let versions = cx.organisation.history(target)?;
            let record = cx.record(target)?;
            let known = versions.iter().filter(|version| version.seq <= until && version.version < before);
            let known: Vec<&Version> = known.collect();
            let first = known.len().saturating_sub(limit);
            let items = known[first..].iter().enumerate().rev().map(|(at, version)| {
                let older = (first + at).checked_sub(1).map(|at| known[at]);
                version_value(cx, record, version, older)
            });
            let items: Vec<Value> = items.collect();
            let next = known.get(first).filter(|_| first > 0).map(|version| version.version);
            Ok(json!({ "items": items, "next": next }))
        })
        .await?;
    Ok(answer::json(&body))
}

fn version_value(cx: &Cx, record: &dyn AnyRecord, version: &Version, older: Option<&Version>) -> Value {
    let currency = plain::currency(&cx.isms);
    let mut fields = Map::new();
    let told = |version: &Map<String, Value>, name: &str| {
        let def = record.def().field(name);
        def.is_none_or(|field| sees_field_then(&cx.isms, &cx.principal, record, version, field))
    };
    for (name, value) in version.fields.iter().filter(|(name, _)| told(&version.fields, name)) {
        let value = match record.def().field(name) {
            Some(field) => plain::plain(field.ty, value, currency),
            None => value.clone(),
        };
        fields.insert(name.clone(), value);
    }
    let empty = Map::new();
    let was = older.map_or(&empty, |older| &older.fields);
    let names = version.fields.keys().chain(was.keys().filter(|name| !version.fields.contains_key(*name)));
    let changed = names.filter(|name| version.fields.get(*name) != was.get(*name));
    let changed: Vec<&String> = changed.filter(|name| told(&version.fields, name) && told(was, name)).collect();
    json!({
        "seq": version.seq,
        "at": version.at.to_string(),
        "actor": version.actor,
        "via": version.via,
        "action": version.action,
        "version": version.version,
        "reason": version.reason,
        "approval": version.approval,
        "files": version.files,
        "erased": version.erased,
        "changed": changed,
        "fields": fields,
    })
}

/// `GET /api/v1/{kind}/{reference}/links`
pub fn links(call: &Call) -> Result<Response, Fault> {
    let cx = &call.cx;
    let record = cx.record(call.target()?)?;
    let mut to = Vec::new();
    record.each_ref(&mut |field, target| {
        if sees(cx, record, field) && cx.record(target).is_ok() {
            to.push(link_value(cx, field, target));
        }
    });
    let from = cx
        .isms
        .links_to(record.any_ref())
        .filter(|link| cx.record(link.source).is_ok_and(|source| sees(cx, source, link.field)));
    let from: Vec<Value> = from.map(|link| link_value(cx, link.field, link.source)).collect();
    Ok(answer::json(&json!({ "to": to, "from": from })))
}

fn link_value(cx: &Cx, field: &str, target: AnyRef) -> Value {
    let record = cx.isms.record(target);
    json!({
        "field": field,
        "ref": target.to_string(),
        "kind": target.kind.words().name,
        "title": record.and_then(|record| record.head().title.clone()),
        "state": record.map(AnyRecord::state),
    })
}

/// `GET /api/v1/{kind}/{reference}/proof`
pub async fn proof(call: Call) -> Result<Response, Fault> {
    let target = call.target()?;
    let record = call.cx.record(target)?;
    // A proof discloses every value that the entry commits to, so that it is for who may see all of them.
    let hidden =
        |field: &&attestry_model::field::FieldDef| !sees_field(&call.cx.isms, &call.cx.principal, record, field);
    if let Some(field) = all_fields(record.def()).find(hidden) {
        return Err(Fault::Denied(format!("to a proof, which discloses {}", field.name)));
    }
    let version = call.number("version", u64::from(record.revision()), 1, u64::from(u32::MAX))?;
    let body = call
        .cx
        .apart(move |cx| {
            let versions = cx.organisation.history(target)?;
            let wanted = versions.iter().find(|one| one.version == version && one.subject == Subject::Record(target));
            let wanted = wanted.ok_or_else(|| Fault::field("version", "is not a version of this record"))?;
            let record = cx.record(target)?;
            let sees = |field: &&attestry_model::field::FieldDef| {
                sees_field_then(&cx.isms, &cx.principal, record, &wanted.fields, field)
            };
            if let Some(field) = all_fields(record.def()).find(|field| !sees(field)) {
                return Err(Fault::Denied(format!("to a proof, which discloses {}", field.name)));
            }
            let found = cx.organisation.proof(wanted.seq)?;
            let disclosure: Value =
                serde_json::from_str(&found.disclosure).map_err(|error| Fault::Broken(error.to_string()))?;
            Ok(json!({
                "ref": target.to_string(),
                "version": version,
                "seq": wanted.seq,
                "proof": found.proof,
                "leaf": BASE64.encode(&found.leaf),
                "disclosure": disclosure,
                "key": found.vkey,
            }))
        })
        .await?;
    Ok(answer::json(&body))
}
