//! Creating, changing, stepping, voiding.

use attestry_model::decide::{is_approving, steps_from};
use attestry_model::permit::{Wish, permit};
use attestry_model::{AnyRecord, AnyRef, Command, Kind};
use attestry_store::Receipt;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::answer;
use super::call::{Call, reason_of};
use super::json;
use super::once::{Done, fingerprint, key_of, once};
use super::value::{canonical_fields, plain_record, shown};
use crate::cx::{Cx, Entrance};
use crate::fault::Fault;

/// `POST /api/v1/{kind}`
pub async fn create(mut call: Call) -> Result<Response, Fault> {
    let kind = call.kind()?;
    call.is_json(false)?;
    let key = key_of(&call, true)?;
    if !call.cx.may_create(kind) {
        return Err(Fault::Denied(format!("to create {}", kind.words().plural.to_lowercase())));
    }
    let bytes = call.bytes().await?;
    let mark = fingerprint(&call, &bytes);
    let fields = canonical_fields(&call.cx, kind, None, json::object(&bytes)?).map_err(Fault::Invalid)?;
    let cx = call.cx.clone();
    once(call.cx.clone(), key, mark, async move {
        let receipt = cx.submit(Command::Create { kind, fields }).await?;
        let target = receipt.entries.iter().find_map(|entry| match &entry.subject {
            attestry_model::Subject::Record(target) if target.kind == kind => Some(*target),
            _ => None,
        });
        let target = target.ok_or_else(|| Fault::Broken("nothing was created".to_owned()))?;
        done(&cx, target, StatusCode::CREATED, true)
    })
    .await
}

/// `PATCH /api/v1/{kind}/{reference}`
pub async fn change(mut call: Call) -> Result<Response, Fault> {
    let target = call.target()?;
    call.is_json(true)?;
    let revision = based(&call, target)?;
    let (key, reason) = (key_of(&call, false)?, call.reason()?);
    let bytes = call.bytes().await?;
    let mark = fingerprint(&call, &bytes);
    let record = call.cx.record(target)?;
    let fields =
        canonical_fields(&call.cx, target.kind, Some(record), json::object(&bytes)?).map_err(Fault::Invalid)?;
    write(&call, key, mark, target, Command::Update { target, revision, fields, reason }).await
}

/// `POST /api/v1/{kind}/{reference}/steps/{name}`
pub async fn step(mut call: Call) -> Result<Response, Fault> {
    let target = call.target()?;
    let revision = based(&call, target)?;
    let key = key_of(&call, false)?;
    let bytes = call.bytes().await?;
    let mark = fingerprint(&call, &bytes);
    let mut given = if bytes.is_empty() {
        Map::new()
    } else {
        call.is_json(false)?;
        json::object(&bytes)?
    };
    let fields = match given.remove("fields") {
        None => Map::new(),
        Some(Value::Object(fields)) => fields,
        Some(_) => return Err(Fault::field("fields", "must be an object of fields")),
    };
    let reason = reason_in(&mut given, false)?;
    nothing_else(&given)?;
    let record = call.cx.record(target)?;
    let to = call.segment("name").to_owned();
    may_sign(&call.cx, record, &to)?;
    let fields = canonical_fields(&call.cx, target.kind, Some(record), fields).map_err(Fault::Invalid)?;
    write(&call, key, mark, target, Command::Step { target, to, revision, fields, reason }).await
}

/// `POST /api/v1/{kind}/{reference}/void`
pub async fn void(mut call: Call) -> Result<Response, Fault> {
    let target = call.target()?;
    call.is_json(false)?;
    let revision = based(&call, target)?;
    let key = key_of(&call, false)?;
    let bytes = call.bytes().await?;
    let mark = fingerprint(&call, &bytes);
    let mut given = json::object(&bytes)?;
    let reason = reason_in(&mut given, true)?.unwrap_or_default();
    nothing_else(&given)?;
    write(&call, key, mark, target, Command::Void { target, revision, reason }).await
}

/// The version that the call is made on, checked against the newest one.
fn based(call: &Call, target: AnyRef) -> Result<Option<u32>, Fault> {
    call.basis(call.cx.record(target)?)
}

async fn write(
    call: &Call,
    key: Option<String>,
    mark: [u8; 32],
    target: AnyRef,
    command: Command,
) -> Result<Response, Fault> {
    let cx = call.cx.clone();
    once(call.cx.clone(), key, mark, async move {
        let _: Receipt = cx.submit(command).await.map_err(|fault| match fault {
            // Somebody else wrote between the look at the condition and the decision.
            Fault::Stale(_) => Fault::Precondition,
            fault => fault,
        })?;
        done(&cx, target, StatusCode::OK, false)
    })
    .await
}

/// The record after a write; only its head, when the caller does not see it any more.
pub fn done(cx: &Cx, target: AnyRef, status: StatusCode, new: bool) -> Result<Done, Fault> {
    let isms = cx.organisation.isms();
    let record = isms.record(target).ok_or(Fault::Absent)?;
    let body = if permit(&isms, &cx.principal, Wish::Read, record) {
        Value::Object(plain_record(cx, record, &isms, None))
    } else {
        json!({
            "ref": target.to_string(),
            "kind": target.kind.words().name,
            "state": record.state(),
            "revision": record.revision(),
        })
    };
    Ok(Done { status, location: new.then(|| address(target)), etag: answer::etag_of(record), body })
}

/// Where a record is for programs.
pub fn address(target: AnyRef) -> String {
    format!("/api/v1/{}/{target}", target.kind.words().name)
}

fn reason_in(given: &mut Map<String, Value>, demanded: bool) -> Result<Option<String>, Fault> {
    match given.remove("reason") {
        None | Some(Value::Null) if demanded => Err(Fault::field("reason", "is required")),
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(reason)) => reason_of(&reason).map(Some),
        Some(_) => Err(Fault::field("reason", "must be a text")),
    }
}

fn nothing_else(given: &Map<String, Value>) -> Result<(), Fault> {
    match given.keys().next() {
        Some(name) => Err(Fault::field(&shown(name), "is not known here")),
        None => Ok(()),
    }
}

/// A signature is a person's own act: in a session that was confirmed a short time ago, and never by a token.
fn may_sign(cx: &Cx, record: &dyn AnyRecord, to: &str) -> Result<(), Fault> {
    let def = record.def();
    let mut steps = steps_from(def, record.flow_state()).filter(|step| step.name == Some(to) || step.to == to);
    let signs = steps.any(|step| is_approving(def, step)) || record.any_ref().kind == Kind::Approval;
    match &cx.entrance {
        Entrance::Token { .. } if signs => {
            Err(Fault::Denied("to sign with a token: a signature is given in a person's own session".to_owned()))
        }
        Entrance::Session { .. } if signs => crate::signin::session::fresh(cx),
        _ => Ok(()),
    }
}
