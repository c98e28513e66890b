//! The first run: from nothing to a useful ISMS.

use crate::routes::Route;

/// The routes.
pub fn routes() -> Vec<Route> {
    Vec::new()
}
