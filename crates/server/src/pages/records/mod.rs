//! The page of a record and everything that is done with one.

use crate::routes::Route;

/// The routes.
pub fn routes() -> Vec<Route> {
    Vec::new()
}
