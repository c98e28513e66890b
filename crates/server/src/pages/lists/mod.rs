//! Lists of every kind, search over all of them, and the index.

mod list;

use crate::gate::Gate::SignedIn;
use crate::routes::{Route, get};

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![get("/{kind}", SignedIn, list::show)]
}
