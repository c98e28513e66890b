//! Risks, their treatment and the Statement of Applicability: the pages where work on them is a process.

use crate::routes::Route;

/// The routes.
pub fn routes() -> Vec<Route> {
    Vec::new()
}
