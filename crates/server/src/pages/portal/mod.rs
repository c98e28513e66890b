//! What every employee sees: tasks, documents to read, courses, reporting.

use crate::routes::Route;

/// The routes.
pub fn routes() -> Vec<Route> {
    Vec::new()
}
