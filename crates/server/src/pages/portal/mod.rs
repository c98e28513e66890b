//! What every employee sees: tasks, documents to read, courses, reporting.

mod course;
mod desk;
mod read;
pub mod readers;
mod report;
pub mod unread;

use attestry_model::{AnyRef, Command, Kind, Principal, Subject};
use attestry_store::Receipt;
use tokio::sync::oneshot;

use crate::cx::Cx;
use crate::fault::Fault;
use crate::gate::Gate::SignedIn;
use crate::routes::{Route, get, post};

/// The largest report with its files.
const REPORT_LIMIT: usize = 24 << 20;

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        get("/portal", SignedIn, desk::show),
        post("/portal/back", SignedIn, desk::back),
        get("/portal/read", SignedIn, read::list),
        get("/portal/read/{version}", SignedIn, read::show),
        post("/portal/read/{version}", SignedIn, read::acknowledge),
        get("/portal/read/{version}/file", SignedIn, read::file),
        get("/portal/course/{assignment}", SignedIn, course::show),
        post("/portal/course/{assignment}", SignedIn, course::finish),
        get("/portal/report", SignedIn, report::form),
        post("/portal/report", SignedIn, report::send).taking(REPORT_LIMIT),
        get("/portal/thanks", SignedIn, report::thanks),
    ]
}

/// Writes in the name of somebody else than the person who asks: the program, for what only it may create.
pub(super) async fn submit_as(cx: &Cx, principal: &Principal, command: Command) -> Result<Receipt, Fault> {
    if cx.is_past() {
        return Err(Fault::Past);
    }
    let (sender, receiver) = oneshot::channel();
    cx.organisation.submit_with(principal, command, move |answer| {
        // Who asked may have gone; what was written stays written.
        let _ = sender.send(answer);
    });
    let answer = receiver.await.map_err(|_| Fault::ReadOnly("the server is ending".to_owned()))?;
    Ok(answer?)
}

/// The record of a kind that a command has made.
pub(super) fn made(receipt: &Receipt, kind: Kind) -> Option<AnyRef> {
    receipt.entries.iter().find_map(|entry| match entry.subject {
        Subject::Record(reference) if reference.kind == kind => Some(reference),
        _ => None,
    })
}
