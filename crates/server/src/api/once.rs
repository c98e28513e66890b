//! Requests that arrive twice are carried out once: the answer is kept under the caller's key for a day.

use std::time::Duration;

use attestry_store::Idempotent;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::answer;
use super::call::Call;
use crate::cx::Cx;
use crate::fault::Fault;

/// How long the second of two waits for the first.
const PATIENCE: Duration = Duration::from_secs(5);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(20);
/// Longest answer that is kept whole; of a longer one the address is kept.
const LONGEST_KEPT: usize = 900_000;

/// What a write came to.
#[derive(Debug, Clone)]
pub struct Done {
    /// The status.
    pub status: StatusCode,
    /// Where the record is, when it is new.
    pub location: Option<String>,
    /// The record's version as an entity tag.
    pub etag: String,
    /// The body.
    pub body: Value,
}

impl Done {
    /// As an answer.
    pub fn answer(&self) -> Response {
        let mut found = answer::tagged((self.status, answer::json(&self.body)).into_response(), &self.etag);
        if let Some(location) = &self.location {
            answer::set(found.headers_mut(), header::LOCATION, location);
        }
        found
    }

    fn kept(&self) -> String {
        let keep = |body: &Value| json!([self.location, self.etag, body]).to_string();
        let whole = keep(&self.body);
        if whole.len() <= LONGEST_KEPT {
            whole
        } else {
            keep(
                &json!({ "ref": self.body["ref"], "kind": self.body["kind"], "state": self.body["state"], "revision": self.body["revision"] }),
            )
        }
    }

    fn again(status: u16, kept: &str) -> Result<Self, Fault> {
        let wrong = || Fault::Broken("a kept answer cannot be read".to_owned());
        let mut value: Value = serde_json::from_str(kept).map_err(|_| wrong())?;
        Ok(Self {
            status: StatusCode::from_u16(status).map_err(|_| wrong())?,
            location: value[0].as_str().map(str::to_owned),
            etag: value[1].as_str().ok_or_else(wrong)?.to_owned(),
            body: value[2].take(),
        })
    }
}

/// The key of a call, if it brings one.
///
/// # Errors
/// When it is demanded and not there, or has another form than 1 to 255 visible letters.
pub fn key_of(call: &Call, demanded: bool) -> Result<Option<String>, Fault> {
    let Some(key) = call.header("idempotency-key")? else {
        let missing =
            Fault::Malformed("the header Idempotency-Key is required: a fresh value for each request".to_owned());
        return if demanded { Err(missing) } else { Ok(None) };
    };
    if key.len() > 255 || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Fault::Malformed("Idempotency-Key must be 1 to 255 visible ASCII letters".to_owned()));
    }
    Ok(Some(key.to_owned()))
}

/// The hash of all that makes a request this request.
pub fn fingerprint(call: &Call, bytes: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in [call.method.as_str().as_bytes(), call.cx.path.as_bytes(), call.cx.query.as_bytes()] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let basis = call.headers.get("if-match").map_or(&b""[..], |value| value.as_bytes());
    hash.update((basis.len() as u64).to_be_bytes());
    hash.update(basis);
    hash.update(bytes);
    hash.finalize().into()
}

/// Carries `work` out, under the key if there is one. It goes on to its end also when the caller has gone.
pub async fn once<F>(cx: Cx, key: Option<String>, fingerprint: [u8; 32], work: F) -> Result<Response, Fault>
where
    F: Future<Output = Result<Done, Fault>> + Send + 'static,
{
    let task = tokio::spawn(async move {
        let Some(key) = key else { return work.await };
        let begun = std::time::Instant::now();
        loop {
            let asked = key.clone();
            let found = cx.apart(move |cx| {
                let accounts = cx.app.store.accounts();
                Ok(accounts.begin_idempotent(&cx.slug, cx.account, &asked, &fingerprint, cx.now)?)
            });
            match found.await? {
                Idempotent::First => break,
                Idempotent::Again { status, body } => return Done::again(status, &body),
                Idempotent::Different => {
                    return Err(Fault::Conflict("this Idempotency-Key was used for another request".to_owned()));
                }
                Idempotent::Running if begun.elapsed() < PATIENCE => tokio::time::sleep(PAUSE).await,
                Idempotent::Running => {
                    return Err(Fault::Conflict("a request with this Idempotency-Key is still under way".to_owned()));
                }
            }
        }
        let outcome = work.await;
        let kept = outcome.as_ref().ok().map(|done| (done.status.as_u16(), done.kept()));
        let ended = cx.apart(move |cx| {
            let accounts = cx.app.store.accounts();
            match kept {
                Some((status, body)) => {
                    accounts.finish_idempotent(&cx.slug, cx.account, &key, status, &body, cx.now)?;
                }
                None => accounts.forget_idempotent(&cx.slug, cx.account, &key)?,
            }
            Ok(())
        });
        // What was written stays written, and is answered, also when its answer could not be kept.
        if let Err(fault) = ended.await {
            tracing::error!(?fault, "the answer to a request with an idempotency key could not be kept");
        }
        outcome
    });
    let done = task.await.map_err(|error| Fault::Broken(error.to_string()))??;
    Ok(done.answer())
}
