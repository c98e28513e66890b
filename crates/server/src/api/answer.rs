//! Answers: JSON with its type, revisions as entity tags, conditions of requests.

use attestry_model::AnyRecord;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;

use super::call::Call;
use crate::fault::Fault;

/// An answer in JSON.
pub fn json(value: &Value) -> Response {
    text("application/json", value.to_string())
}

/// An answer of another type.
pub fn text(media: &'static str, body: impl Into<axum::body::Body>) -> Response {
    let mut answer = Response::new(body.into());
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    answer
}

/// Sets a header to text of ours.
pub fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// The entity tag of a record's version.
pub fn etag_of(record: &dyn AnyRecord) -> String {
    format!("\"{}\"", record.revision())
}

/// The same answer with an entity tag.
pub fn tagged(mut answer: Response, etag: &str) -> Response {
    set(answer.headers_mut(), header::ETAG, etag);
    answer
}

/// The answer to one who has it already.
pub fn unchanged(etag: &str) -> Response {
    tagged(StatusCode::NOT_MODIFIED.into_response(), etag)
}

/// Whether a list of entity tags names this one. A weak tag counts as the same where only reading is spared.
fn names(list: &str, etag: &str, weak: bool) -> bool {
    list.split(',')
        .map(str::trim)
        .any(|one| one == "*" || one == etag || (weak && one.strip_prefix("W/") == Some(etag)))
}

/// Whether a header holds entity tags and nothing else.
fn well_formed(list: &str) -> bool {
    list.trim() == "*"
        || list.split(',').map(str::trim).all(|one| {
            let one = one.strip_prefix("W/").unwrap_or(one);
            one.len() >= 2
                && one.starts_with('"')
                && one.ends_with('"')
                && one[1..one.len() - 1].bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"')
        })
}

fn unreadable(header: &str) -> Fault {
    Fault::Malformed(format!("{header} is not a list of entity tags such as \"3\""))
}

impl Call {
    /// Whether the caller has this version already.
    ///
    /// # Errors
    /// When `If-None-Match` cannot be read.
    pub fn has(&self, etag: &str) -> Result<bool, Fault> {
        let Some(list) = self.header("if-none-match")? else { return Ok(false) };
        if well_formed(list) { Ok(names(list, etag, true)) } else { Err(unreadable("If-None-Match")) }
    }

    /// The version that a change is made on, as `If-Match` names it: `None` stands for any (`*`).
    ///
    /// # Errors
    /// When it is not said (428), cannot be read (400), or is not this version (412).
    pub fn basis(&self, record: &dyn AnyRecord) -> Result<Option<u32>, Fault> {
        let list = self.header("if-match")?.ok_or(Fault::Unconditional)?;
        if !well_formed(list) {
            return Err(unreadable("If-Match"));
        }
        if list.trim() == "*" {
            return Ok(None);
        }
        if names(list, &etag_of(record), false) { Ok(Some(record.revision())) } else { Err(Fault::Precondition) }
    }
}
