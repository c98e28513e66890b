//! Files of a record: what there is, bringing one in, taking one out.

use attestry_model::permit::Wish;
use attestry_model::{AnyRef, Command, Problems};
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::{StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};
use tokio_stream::StreamExt as _;

use super::answer;
use super::call::Call;
use super::write::address;
use crate::cx::Cx;
use crate::fault::Fault;
use crate::transfer::{NOTHING, Outgoing, Pieces, disposition, misleads, receive};

/// Longest name of a file, in bytes.
const LONGEST_NAME: usize = 255;

/// `GET /api/v1/{kind}/{reference}/files`
pub async fn list(call: Call) -> Result<Response, Fault> {
    let target = call.target()?;
    call.cx.record(target)?;
    let items = call.cx.apart(move |cx| files(cx, target)).await?;
    Ok(answer::json(&json!({ "items": items })))
}

fn files(cx: &Cx, target: AnyRef) -> Result<Vec<Value>, Fault> {
    let until = cx.moment.as_ref().map_or(u64::MAX, |moment| moment.past.seq);
    let found = cx.organisation.files_of(target)?.into_iter().rev().filter(|one| one.seq <= until);
    let value = |one: attestry_store::Attached| {
        json!({
            "name": one.name,
            "sha256": one.sha256,
            "size": one.size,
            "version": one.version,
            "at": one.at.to_string(),
            "actor": one.actor,
            "content": format!("{}/files/{}", address(target), one.sha256),
        })
    };
    Ok(found.map(value).collect())
}

/// `GET /api/v1/{kind}/{reference}/files/{sha256}`: always as an attachment of no type, in a sandbox.
pub async fn content(call: Call) -> Result<Response, Fault> {
    let target = call.target()?;
    call.cx.record(target)?;
    let sha256 = call.segment("sha256").to_owned();
    let (name, size) = call
        .cx
        .apart({
            let sha256 = sha256.clone();
            move |cx| {
                let until = cx.moment.as_ref().map_or(u64::MAX, |moment| moment.past.seq);
                let mut all = cx.organisation.files_of(target)?.into_iter().rev().filter(|one| one.seq <= until);
                let found = all.find(|one| one.sha256 == sha256).ok_or(Fault::Absent)?;
                let size = cx.app.store.files().size(&sha256)?.ok_or(Fault::Absent)?;
                Ok((found.name, size))
            }
        })
        .await?;
    let mime = "application/octet-stream";
    let outgoing = Outgoing { sha256, size, mime, disposition: disposition(&name, true), policy: NOTHING };
    outgoing.send(&call.cx.app, &call.headers).await
}

/// A body as it arrives.
struct Arriving(axum::body::BodyDataStream);

impl Pieces for Arriving {
    async fn next(&mut self) -> Result<Option<Bytes>, Fault> {
        let broken = |_| Fault::Malformed("the file did not arrive whole".to_owned());
        self.0.next().await.transpose().map_err(broken)
    }
}

/// `POST /api/v1/{kind}/{reference}/files`
pub async fn attach(mut call: Call) -> Result<Response, Fault> {
    let target = call.target()?;
    let record = call.cx.record(target)?;
    if !call.cx.may(Wish::Update, record) {
        return Err(Fault::Denied(format!("to attach files to {target}")));
    }
    let reason = call.reason()?;
    let media = call.media_type().ok_or_else(|| Fault::Media("say the type of the file".to_owned()))?;
    let body = call.take_body();
    let file = if media == "multipart/form-data" {
        from_form(&call, body).await?
    } else {
        let name = named(call.parameter("name").ok_or_else(|| Fault::field("name", "is required"))?)?;
        receive(&call.cx, name, &mut Arriving(body.into_data_stream())).await?
    };
    let body = json!({ "name": file.name, "sha256": file.sha256, "size": file.size });
    let location = format!("{}/files/{}", address(target), file.sha256);
    let cx = call.cx.clone();
    // What has begun goes on to its end also when the caller has gone.
    let written = tokio::spawn(async move { cx.submit(Command::Attach { target, file, reason }).await });
    written.await.map_err(|error| Fault::Broken(error.to_string()))??;
    let mut answer = answer::json(&body);
    *answer.status_mut() = StatusCode::CREATED;
    answer::set(answer.headers_mut(), header::LOCATION, &location);
    Ok(answer)
}

/// The one file of a form.
async fn from_form(call: &Call, body: Body) -> Result<attestry_model::change::FileFact, Fault> {
    let mut request = Request::new(body);
    *request.headers_mut() = call.headers.clone();
    let unread = |error: &dyn std::fmt::Display| Fault::Malformed(format!("the form cannot be read: {error}"));
    let mut form = Multipart::from_request(request, &()).await.map_err(|error| unread(&error))?;
    let missing = || Fault::field("file", "is required: one part of this name, with a file name");
    let mut part = form.next_field().await.map_err(|error| unread(&error))?.ok_or_else(missing)?;
    if part.name() != Some("file") {
        return Err(missing());
    }
    let name = named(call.parameter("name").or(part.file_name()).ok_or_else(missing)?)?;
    let file = receive(&call.cx, name, &mut part).await?;
    drop(part);
    if form.next_field().await.map_err(|error| unread(&error))?.is_some() {
        return Err(Fault::field("file", "is one file; send others one by one"));
    }
    Ok(file)
}

/// A file's name as it is kept: its last part, without signs that mislead.
fn named(name: &str) -> Result<String, Fault> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    let mut problems = Problems::default();
    if name.is_empty() || name == "." || name == ".." {
        problems.add("name", "is required");
    }
    if name.len() > LONGEST_NAME {
        problems.add("name", format!("is longer than {LONGEST_NAME} bytes"));
    }
    if name.contains(misleads) {
        problems.add("name", "contains signs that cannot be seen");
    }
    if problems.is_empty() { Ok(name.to_owned()) } else { Err(Fault::Invalid(problems)) }
}
