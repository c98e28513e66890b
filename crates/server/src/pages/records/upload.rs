//! Files coming in: streamed to the store while they arrive, hashed there, attached once they are whole.

use attestry_model::Command;
use attestry_model::change::FileFact;
use attestry_model::permit::Wish;
use axum::extract::{Multipart, Path};
use axum::response::Response;

use super::{at, files, form};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::transfer::{receive, safe_name, unread};

/// The largest body: several files at once. The store bounds each of them.
pub const LIMIT: usize = 1 << 30;
/// Most files at once.
const MOST: usize = 20;

/// `POST /{kind}/{reference}/files`
pub async fn take(cx: Cx, Path((slug, name)): Path<(String, String)>, mut body: Multipart) -> Result<Response, Fault> {
    let target = at(&slug, &name)?;
    let record = cx.record(target)?;
    if !cx.may(Wish::Update, record) {
        return Err(Fault::Denied(cx.say("file-may-not").into_owned()));
    }
    // Asked before anything is taken in, so that nobody fills the disk with files that belong to nothing.
    if !files::may_attach(&cx, record) {
        return Err(Fault::Conflict(cx.say("file-not-now").into_owned()));
    }
    let mut facts: Vec<FileFact> = Vec::new();
    let mut reason = None;
    while let Some(field) = body.next_field().await.map_err(|error| unread(&error))? {
        match field.name() {
            Some("_reason") => {
                let text = field.text().await.map_err(|error| unread(&error))?;
                reason = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
            }
            Some("file") => {
                if facts.len() >= MOST {
                    return Err(Fault::TooLarge(cx.say1("file-too-many", "most", MOST).into_owned()));
                }
                let mut field = field;
                let name = safe_name(field.file_name().unwrap_or_default());
                let fact = receive(&cx, name, &mut field).await?;
                // A file field that nobody used comes as an empty file without a name.
                if fact.size > 0 {
                    facts.push(fact);
                }
            }
            _ => {}
        }
    }
    if facts.is_empty() {
        return Err(Fault::field("file", cx.say("file-none").into_owned()));
    }
    let count = facts.len();
    for file in facts {
        cx.submit(Command::Attach { target, file, reason: reason.clone() }).await?;
    }
    Ok(form::done(None, Some(target), if count == 1 { "attached" } else { "attached-several" }, false))
}
