//! The interface for programs, under `/api/v1`.

/// The routes of the interface.
pub fn routes() -> Vec<crate::routes::Route> {
    Vec::new()
}
