//! Lists of every kind, search over all of them, the index of kinds, and what was done last.

pub mod activity;
mod ask;
mod bulk;
mod census;
mod columns;
mod everything;
mod export;
mod filters;
mod form;
mod goto;
mod index;
mod kept;
mod keys;
mod list;
mod paste;
mod rows;
mod search;
pub(crate) mod sheet;
mod views;

pub use ask::Ask;
pub use columns::naming;
pub use filters::record_words;
pub use kept::Kept;
pub use search::{near, prepare};

use crate::gate::Gate::SignedIn;
use crate::routes::{Route, get, post};

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        get("/{kind}", SignedIn, list::show),
        get("/{kind}/export", SignedIn, export::show),
        get("/{kind}/paste", SignedIn, paste::show),
        post("/{kind}/paste", SignedIn, paste::run),
        post("/{kind}/views", SignedIn, views::save),
        post("/{kind}/columns", SignedIn, views::choose),
        post("/{kind}/bulk", SignedIn, bulk::run),
        post("/{kind}/bulk/undo", SignedIn, bulk::undo),
        get("/search", SignedIn, search::show),
        get("/search.json", SignedIn, search::json),
        get("/everything", SignedIn, everything::show),
        get("/help/keys", SignedIn, keys::show),
        get("/activity", SignedIn, activity::show),
    ]
}
