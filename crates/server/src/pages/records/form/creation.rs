//! A new record: an empty form, one that a query fills in, or a copy of another record.

use std::collections::BTreeSet;

use attestry_model::decide::propose::Draft;
use attestry_model::field::FieldDef;
use attestry_model::{Command, Subject};
use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use serde_json::Map;

use super::{Form, both, drafted, drafted_into, onward, with_effect};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::once;
use crate::pages::records::typed::{Typed, fill};
use crate::pages::records::{at, fields};
use crate::places::kind_of;
use crate::shell::{own_path, pairs, to};

/// `GET /{kind}/new`: an empty form, or one that a query or another record fills in.
pub async fn new(cx: Cx, Path(slug): Path<String>) -> Result<Response, Fault> {
    let kind = kind_of(&slug).ok_or(Fault::Absent)?;
    if cx.is_past() {
        return Err(Fault::Past);
    }
    if !cx.may_create(kind) {
        return Err(Fault::Denied(cx.say("form-may-not-create").into_owned()));
    }
    let mut fields = fields::editable(&cx, kind, None);
    let query = pairs(&cx.query);
    let mut typed = Typed::default();
    if let Some((_, name)) = query.iter().find(|(name, _)| name == "copy") {
        let source = at(&slug, name)?;
        let record = cx.record(source)?;
        fields.retain(|def| !fields::is_too_long(record, def));
        for def in fields.iter().filter(|def| fields::seen(&cx, record).contains(def)) {
            let value = record.field(def.name).unwrap_or_default();
            fill(&cx, &mut typed, def.name, def.ty, &value);
        }
        let title = record.head().title.clone().unwrap_or_default();
        typed.set("title", cx.say1("form-copy", "title", &title));
        typed.set("_copy", source.to_string());
    }
    for (name, value) in query {
        let field = name.split(['.', '~']).next().unwrap_or_default();
        if name == "_back" || fields.iter().any(|def| def.name == field) {
            typed.set(&name, value);
        }
    }
    typed.set(once::FIELD, once::secret());
    Form::new(kind, None, fields, typed).page(cx)
}

/// `POST /{kind}/new`
pub async fn create(cx: Cx, Path(slug): Path<String>, body: Bytes) -> Result<Response, Fault> {
    let kind = kind_of(&slug).ok_or(Fault::Absent)?;
    if !cx.may_create(kind) {
        return Err(Fault::Denied(cx.say("form-may-not-create").into_owned()));
    }
    let mut form = Form::new(kind, None, fields::editable(&cx, kind, None), Typed::of(&body)?);
    // Tables that no form shows whole come over from the record that is copied as they stand there.
    let source = form.typed.get("_copy").and_then(|name| at(&slug, name).ok());
    let source = source.and_then(|source| cx.record(source).ok());
    let is_whole = |def: &FieldDef| source.is_none_or(|record| !fields::is_too_long(record, def));
    form.fields.retain(|def| is_whole(def));
    if form.button(&cx).await? {
        return form.page(cx);
    }
    form.typed.close(&form.fields.clone());
    let mut given = form.changed(&cx, &Map::new(), BTreeSet::new());
    given.retain(|_, value| !value.is_null());
    if let Some(record) = source {
        let long = fields::seen(&cx, record).into_iter().filter(|def| fields::is_too_long(record, def));
        given.extend(long.filter_map(|def| Some((def.name.to_owned(), record.field(def.name)?))));
    }
    if let Some(into) = drafted_into(&form, given.get("title")) {
        let draft = Draft::create(kind, None, &given);
        return drafted(cx, form, into, draft).await;
    }
    let command = Command::Create { kind, fields: given };
    if form.typed.get("_effect").is_some() {
        return with_effect(cx, form, command).await;
    }
    if !form.problems.is_empty() {
        return both(cx, form, command).await;
    }
    let back = form.typed.get("_back").map(|back| own_path(back).to_owned());
    let key = once::key_of(form.typed.get(once::FIELD), &[cx.path.as_bytes(), &body]);
    let writer = cx.clone();
    let written = once::once(&cx.app, key, async move {
        let receipt = writer.submit(command).await?;
        let created = receipt.entries.into_iter().find_map(|entry| match entry.subject {
            Subject::Record(reference) if reference.kind == kind => Some(reference),
            _ => None,
        });
        Ok(onward(back, created, "created", false))
    });
    match written.await {
        Ok(onward) => Ok(to(&onward)),
        Err(Fault::Invalid(problems)) => {
            form.problems = problems;
            form.page(cx)
        }
        Err(fault) => Err(fault),
    }
}
