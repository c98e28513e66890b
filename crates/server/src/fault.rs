//! What can go wrong while answering: one type, shown as a page to a person and as `application/problem+json` (RFC 9457) to
//! a program.

use std::sync::Arc;

use attestry_model::{Problems, Refusal};
use attestry_store::{AccountError, StoreError, SubmitError};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Why there is no answer.
#[derive(Debug, Clone)]
pub enum Fault {
    /// Nothing there, or nothing that this person may see: both are told alike, so that nobody can probe for records.
    Absent,
    /// Signed in, but without the right to this.
    Denied(String),
    /// Not signed in, or no longer.
    SignIn,
    /// Signing needs a sign-in that is fresh; see [`crate::signin`].
    StepUp,
    /// The request comes from another site.
    Forged,
    /// What was sent is wrong.
    Invalid(Problems),
    /// What was sent cannot be read.
    Malformed(String),
    /// The address does not take that method.
    Method,
    /// What was sent has another type than is taken in.
    Media(String),
    /// Somebody else saved first; the revision that the record has now.
    Stale(u32),
    /// A change without saying which version it is made on (428).
    Unconditional,
    /// The version named is not the newest (412).
    Precondition,
    /// Too many requests; seconds to wait.
    TooMany(u64),
    /// More than is taken in.
    TooLarge(String),
    /// It contradicts something else that is going on, such as a second use of one idempotency key.
    Conflict(String),
    /// Nothing can be written now, and why.
    ReadOnly(String),
    /// The past cannot be changed.
    Past,
    /// A page of the program failed; the cause is for the log, not for the reader.
    Broken(String),
}

impl Fault {
    /// One problem with one field.
    pub fn field(field: &str, message: impl Into<String>) -> Self {
        let mut problems = Problems::default();
        problems.add(field, message);
        Self::Invalid(problems)
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Absent => StatusCode::NOT_FOUND,
            Self::Denied(_) | Self::StepUp | Self::Forged | Self::Past => StatusCode::FORBIDDEN,
            Self::SignIn => StatusCode::UNAUTHORIZED,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Media(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Stale(_) | Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Unconditional => StatusCode::PRECONDITION_REQUIRED,
            Self::Precondition => StatusCode::PRECONDITION_FAILED,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::ReadOnly(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The name of the kind of fault: the last part of `type` in problem+json, and of the message key.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Denied(_) => "denied",
            Self::SignIn => "sign-in",
            Self::StepUp => "step-up",
            Self::Forged => "forged",
            Self::Invalid(_) => "invalid",
            Self::Malformed(_) => "malformed",
            Self::Method => "method",
            Self::Media(_) => "media",
            Self::Stale(_) => "stale",
            Self::Unconditional => "unconditional",
            Self::Precondition => "precondition",
            Self::TooMany(_) => "too-many",
            Self::TooLarge(_) => "too-large",
            Self::Conflict(_) => "conflict",
            Self::ReadOnly(_) => "read-only",
            Self::Past => "past",
            Self::Broken(_) => "broken",
        }
    }

    /// What the reader is told beyond the name.
    pub fn detail(&self) -> Option<String> {
        match self {
            Self::Denied(text)
            | Self::Malformed(text)
            | Self::Media(text)
            | Self::TooLarge(text)
            | Self::Conflict(text)
            | Self::ReadOnly(text) => Some(text.clone()),
            Self::TooMany(seconds) => Some(format!("try again in {seconds} seconds")),
            Self::Stale(revision) => Some(format!("the record is now at revision {revision}")),
            _ => None,
        }
    }

    /// As problem+json.
    pub fn problem(&self, request: &str) -> serde_json::Value {
        let status = self.status();
        let mut body = json!({
            "type": format!("urn:attestry:fault:{}", self.name()),
            "title": status.canonical_reason().unwrap_or("Error"),
            "status": status.as_u16(),
            "instance": format!("urn:attestry:request:{request}"),
        });
        if let Some(detail) = self.detail() {
            body["detail"] = detail.into();
        }
        if let Self::Invalid(problems) = self {
            let list = problems.0.iter().map(|one| json!({ "field": one.field, "message": one.message }));
            body["problems"] = list.collect();
        }
        body
    }
}

/// The fault of an answer, for whoever turns it into a page: see [`crate::edge`].
#[derive(Debug, Clone)]
pub struct Faulty(pub Arc<Fault>);

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut answer = self.status().into_response();
        if let Self::TooMany(seconds) = &self {
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
        }
        answer.extensions_mut().insert(Faulty(Arc::new(self)));
        answer
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Denied(text) => Self::Denied(text),
            Refusal::Absent(_) => Self::Absent,
            Refusal::Stale { actual, .. } => Self::Stale(actual),
            Refusal::Invalid(problems) => Self::Invalid(problems),
        }
    }
}

impl From<SubmitError> for Fault {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::Refused(refusal) => refusal.into(),
            SubmitError::ReadOnly { reason, .. } | SubmitError::Clock(reason) => Self::ReadOnly(reason),
            other => Self::Broken(other.to_string()),
        }
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Large { .. } => Self::TooLarge(error.to_string()),
            StoreError::ReadOnly(reason) => Self::ReadOnly(reason),
            other => Self::Broken(other.to_string()),
        }
    }
}

impl From<AccountError> for Fault {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Store(error) => error.into(),
            AccountError::NotThere(_) => Self::Absent,
            other => Self::Conflict(other.to_string()),
        }
    }
}

impl From<askama::Error> for Fault {
    fn from(error: askama::Error) -> Self {
        Self::Broken(format!("a page could not be written: {error}"))
    }
}
