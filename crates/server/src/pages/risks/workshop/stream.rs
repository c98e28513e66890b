//! What happens in a workshop, as it happens: how many have voted, and when the screen must be drawn anew.

use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use crate::cx::Cx;
use crate::fault::Fault;

/// How often something is sent when nothing happens, and the caller's right to be here is read again.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// The longest life of a stream; browsers come again by themselves.
const LONGEST: Duration = Duration::from_hours(1);

/// `GET /risks/workshop/stream`
pub async fn stream(cx: Cx) -> Result<Response, Fault> {
    if cx.is_past() {
        return Err(Fault::Past);
    }
    let place = cx.app.api.stream()?;
    let (sender, receiver) = mpsc::channel::<Result<Bytes, std::convert::Infallible>>(4);
    tokio::spawn(follow(cx, sender, place));
    let mut answer = Response::new(Body::from_stream(tokio_stream::wrappers::ReceiverStream::new(receiver)));
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(answer)
}

/// What stands now, as an event.
fn event(cx: &Cx) -> String {
    let now = cx.app.workshops.of(&cx.slug);
    let said = json!({
        "key": now.as_ref().map_or_else(String::new, super::kept::Workshop::key),
        "votes": now.as_ref().map_or(0, |it| it.votes.len()),
    });
    format!("data: {said}\n\n")
}

async fn follow(cx: Cx, sender: mpsc::Sender<Result<Bytes, std::convert::Infallible>>, place: OwnedSemaphorePermit) {
    let _place = place;
    let mut changes = cx.app.workshops.changes();
    let mut ending = cx.app.ending.subscribe();
    let begun = Instant::now();
    let mut last = String::new();
    loop {
        changes.mark_unchanged();
        let now = event(&cx);
        // Other organisations make changes too; only what is different here is told.
        let text = if now == last { ": still here\n\n".to_owned() } else { now.clone() };
        last = now;
        if sender.send(Ok(Bytes::from(text))).await.is_err() {
            return;
        }
        let quiet = tokio::select! {
            told = changes.changed() => if told.is_err() { return } else { false },
            () = tokio::time::sleep(HEARTBEAT) => true,
            _ = ending.wait_for(|ending| *ending) => return,
            () = sender.closed() => return,
        };
        let enters = !quiet || matches!(cx.apart(crate::api::still_enters).await, Ok(true));
        if !enters || begun.elapsed() > LONGEST {
            return;
        }
    }
}
