//! The page of a record and everything that is done with one: for every kind from its declaration.

mod acts;
pub mod comments;
mod compare;
pub mod difference;
mod download;
pub mod effect;
pub(in crate::pages) mod fields;
mod files;
pub mod form;
pub mod history;
mod linked;
pub mod merge;
mod page;
pub(crate) mod pick;
mod place;
mod proof;
mod rows;
mod steps;
pub mod typed;
pub(crate) mod undo;
mod upload;
pub mod widget;

pub use history::is_long;
pub use steps::{Next, next as next_steps};

use attestry_model::AnyRef;
use axum::extract::Path;
use axum::response::Response;

use crate::cx::Cx;
use crate::fault::Fault;
use crate::gate::Gate::SignedIn;
use crate::places::kind_of;
use crate::routes::{Route, get, post};
use crate::shell::to;

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        get("/go/{reference}", SignedIn, go),
        get("/pick", SignedIn, pick::answer),
        post("/preview", SignedIn, pick::preview),
        get("/{kind}/new", SignedIn, form::new),
        post("/{kind}/new", SignedIn, form::create),
        post("/{kind}/new/effect", SignedIn, form::effect_of_new),
        get("/{kind}/{reference}", SignedIn, page::show),
        get("/{kind}/{reference}/edit", SignedIn, form::edit),
        post("/{kind}/{reference}/edit", SignedIn, form::save),
        post("/{kind}/{reference}/effect", SignedIn, form::effect_of_edit),
        get("/{kind}/{reference}/rows/{field}", SignedIn, rows::show),
        post("/{kind}/{reference}/rows/{field}", SignedIn, rows::save),
        get("/{kind}/{reference}/step/{name}", SignedIn, steps::show),
        post("/{kind}/{reference}/step/{name}", SignedIn, steps::take),
        post("/{kind}/{reference}/step/{name}/passkey", SignedIn, steps::passkey),
        get("/{kind}/{reference}/void", SignedIn, acts::void_page),
        post("/{kind}/{reference}/void", SignedIn, acts::void),
        get("/{kind}/{reference}/hold", SignedIn, acts::hold_page),
        post("/{kind}/{reference}/hold", SignedIn, acts::hold),
        post("/{kind}/{reference}/undo", SignedIn, undo::undo),
        post("/activity/undo/{span}", SignedIn, undo::undo_step),
        post("/{kind}/{reference}/comments", SignedIn, comments::post),
        get("/{kind}/{reference}/history", SignedIn, history::show),
        post("/{kind}/{reference}/verify", SignedIn, proof::verify),
        get("/{kind}/{reference}/compare", SignedIn, compare::show),
        get("/{kind}/{reference}/proof/{version}", SignedIn, proof::download),
        get("/{kind}/{reference}/export", SignedIn, page::export),
        post("/{kind}/{reference}/files", SignedIn, upload::take).taking(upload::LIMIT),
        get("/files/{reference}/{sha256}", SignedIn, download::send),
        get("/files/{reference}/{sha256}/raw", SignedIn, download::raw),
        get("/files/{reference}/{sha256}/view", SignedIn, download::view),
    ]
}

/// The reference in an address of a kind.
pub(super) fn at(slug: &str, name: &str) -> Result<AnyRef, Fault> {
    let reference = named(name)?;
    if kind_of(slug) == Some(reference.kind) { Ok(reference) } else { Err(Fault::Absent) }
}

/// A reference as people write it: `r-14` as well as `R-0014`.
fn named(name: &str) -> Result<AnyRef, Fault> {
    if let Ok(reference) = name.parse() {
        return Ok(reference);
    }
    let (prefix, number) = name.rsplit_once('-').ok_or(Fault::Absent)?;
    let number: u32 = number.parse().map_err(|_| Fault::Absent)?;
    format!("{}-{number:04}", prefix.to_uppercase()).parse().map_err(|_| Fault::Absent)
}

/// `GET /go/{reference}`: the page of any record.
async fn go(cx: Cx, Path(name): Path<String>) -> Result<Response, Fault> {
    Ok(to(&cx.record_href(named(&name)?)))
}
