//! The pages for people: a folder for each place, a file for each page.

pub mod fault;
pub mod home;
pub mod lists;
pub mod portal;
pub mod proposals;
pub mod records;
pub mod risks;
pub mod setup;

use crate::cx::Cx;
use crate::routes::Route;

/// The limit: the highest risk value that an owner may accept without special approval, by the effective methodology.
pub fn limit(cx: &Cx) -> Option<i64> {
    risks::method(&cx.isms).and_then(|method| method.acceptance_max)
}

/// The routes of the pages.
pub fn routes() -> Vec<Route> {
    let places =
        [home::routes, risks::routes, portal::routes, proposals::routes, setup::routes, lists::routes, records::routes];
    places.into_iter().flat_map(|routes| routes()).collect()
}
