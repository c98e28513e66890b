//! Home: readiness, what waits for me, the calendar, what happened; and the steps, clauses and findings behind them.

pub mod work;

use crate::routes::Route;

/// The routes.
pub fn routes() -> Vec<Route> {
    Vec::new()
}
