//! The feed of what happened: entries of the ledger since a number, of what the caller may see, without values.

use attestry_model::permit::{Wish, permit};
use attestry_model::{Isms, Subject};
use attestry_store::Version;
use axum::response::Response;
use serde_json::{Value, json};

use super::answer;
use super::call::Call;
use super::list::MOST;
use crate::cx::Cx;
use crate::fault::Fault;

/// `GET /api/v1/events`
pub async fn list(call: Call) -> Result<Response, Fault> {
    let since = call.number("since", 0, 0, u64::from(u32::MAX))?;
    let limit = call.number("limit", 100, 1, MOST)?;
    let batch = call.cx.apart(move |cx| batch(cx, since, limit)).await?;
    let items: Vec<&Value> = batch.items.iter().map(|(_, item)| item).collect();
    Ok(answer::json(&json!({ "items": items, "next": batch.next, "size": batch.size })))
}

/// Entries that were looked at.
pub struct Batch {
    /// Those that the caller may see, each with its number.
    pub items: Vec<(u64, Value)>,
    /// The number to go on from.
    pub next: u64,
    /// How many entries there are.
    pub size: u64,
}

/// Looks at up to `limit` entries from a number on. Reads the store.
pub fn batch(cx: &Cx, since: u64, limit: usize) -> Result<Batch, Fault> {
    let isms = cx.organisation.isms();
    let size = isms.size();
    let entries = cx.organisation.entries(since, limit as u64)?;
    // What was written after the value was taken comes with the next batch.
    let known: Vec<&Version> = entries.iter().filter(|entry| entry.seq < size).collect();
    let next = known.last().map_or(since, |entry| entry.seq + 1);
    let seen = known.into_iter().filter(|entry| sees(cx, &isms, entry));
    Ok(Batch { items: seen.map(|entry| (entry.seq, value(entry))).collect(), next, size })
}

fn sees(cx: &Cx, isms: &Isms, entry: &Version) -> bool {
    match &entry.subject {
        Subject::Record(reference) => {
            isms.record(*reference).is_some_and(|record| permit(isms, &cx.principal, Wish::Read, record))
        }
        Subject::Setting(_) | Subject::Ledger => cx.is_isms(),
    }
}

fn value(entry: &Version) -> Value {
    let (record, kind) = match &entry.subject {
        Subject::Record(reference) => (reference.to_string(), reference.kind.words().name),
        Subject::Setting(name) => (name.clone(), "setting"),
        Subject::Ledger => ("ledger".to_owned(), "ledger"),
    };
    json!({
        "seq": entry.seq,
        "at": entry.at.to_string(),
        "actor": entry.actor,
        "action": entry.action,
        "kind": kind,
        "record": record,
        "version": entry.version,
    })
}
