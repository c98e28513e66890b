//! The feed of events as it grows, as server-sent events. A stream ends when the caller goes, when they may no longer enter,
//! when the server ends, or after an hour; `Last-Event-ID` goes on where it ended.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use attestry_model::Principal;
use axum::body::{Body, Bytes};
use axum::http::Method;
use axum::response::Response;
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use super::call::Call;
use super::events::batch;
use super::{answer, list};
use crate::cx::{Cx, Entrance};
use crate::fault::Fault;

/// How often the newest value is looked at: a read of memory.
const LOOK: Duration = Duration::from_millis(250);
/// How often something is sent when nothing happens, and the caller's right to be here is read again.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// The longest life of a stream.
const LONGEST: Duration = Duration::from_hours(1);

/// `GET /api/v1/events/stream`
pub fn stream(call: Call) -> Result<Response, Fault> {
    let newest = call.cx.organisation.isms().size();
    let most = u64::from(u32::MAX);
    let since = match call.header("last-event-id")? {
        Some(text) => {
            let last = text.parse::<u32>().map_err(|_| Fault::Malformed("Last-Event-ID is no number".to_owned()))?;
            u64::from(last) + 1
        }
        None => call.number("since", newest, 0, most)?,
    };
    if call.method == Method::HEAD {
        return Ok(answer::text("text/event-stream", Body::empty()));
    }
    let place = call.cx.app.api.stream()?;
    let (sender, receiver) = mpsc::channel::<Result<Bytes, std::convert::Infallible>>(4);
    tokio::spawn(follow(call.cx, since, sender, place));
    let body = Body::from_stream(tokio_stream::wrappers::ReceiverStream::new(receiver));
    Ok(answer::text("text/event-stream", body))
}

async fn follow(
    cx: Cx,
    mut since: u64,
    sender: mpsc::Sender<Result<Bytes, std::convert::Infallible>>,
    place: OwnedSemaphorePermit,
) {
    let _place = place;
    let mut ending = cx.app.ending.subscribe();
    let begun = Instant::now();
    let mut sent = Instant::now();
    let mut clock = tokio::time::interval(LOOK);
    clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    if sender.send(Ok(Bytes::from_static(b"retry: 2000\n\n"))).await.is_err() {
        return;
    }
    loop {
        tokio::select! {
            _ = clock.tick() => {}
            _ = ending.wait_for(|ending| *ending) => return,
            () = sender.closed() => return,
        }
        if begun.elapsed() > LONGEST {
            return;
        }
        let grown = cx.organisation.isms().size() > since;
        let due = sent.elapsed() >= HEARTBEAT;
        if !grown && !due {
            continue;
        }
        let from = since;
        let looked = cx.apart(move |cx| {
            let enters = still_enters(cx)?;
            Ok(if enters && grown { Some(batch(cx, from, list::MOST)?) } else { None }
                .map_or((enters, None), |found| (true, Some(found))))
        });
        let text = match looked.await {
            Ok((true, Some(found))) => {
                since = found.next;
                let mut text = String::new();
                for (seq, item) in &found.items {
                    let _ = write!(text, "id: {seq}\nevent: entry\ndata: {item}\n\n");
                }
                text
            }
            Ok((true, None)) => ": still here\n\n".to_owned(),
            Ok((false, _)) => return,
            Err(fault) => {
                tracing::warn!(?fault, "a stream of events ended");
                return;
            }
        };
        if text.is_empty() {
            continue;
        }
        sent = Instant::now();
        tokio::select! {
            gone = sender.send(Ok(Bytes::from(text))) => if gone.is_err() { return },
            _ = ending.wait_for(|ending| *ending) => return,
        }
    }
}

/// Whether the caller may still enter, with the roles that they came with.
pub(crate) fn still_enters(cx: &Cx) -> Result<bool, Fault> {
    let same = Principal::of(&cx.organisation.isms(), cx.person, cx.principal.via)
        .is_some_and(|principal| principal.roles == cx.principal.roles);
    let now = cx.app.now();
    let good = match &cx.entrance {
        Entrance::Session { hash, .. } => cx.app.session(hash)?.is_some(),
        Entrance::Token { id, .. } => {
            let accounts = cx.app.store.accounts();
            let active = accounts.get(cx.account)?.is_some_and(|account| account.active);
            let tokens = accounts.tokens(cx.account, &cx.slug)?;
            active && tokens.iter().any(|token| token.id == *id && token.expires_at > now)
        }
    };
    Ok(same && good)
}
