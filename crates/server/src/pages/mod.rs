//! The pages for people, a file each.

pub mod fault;
pub mod list;
pub mod work;

use attestry_model::records::Methodology;

use crate::cx::Cx;

/// The limit: the highest risk value that an owner may accept without special approval, by the effective methodology.
pub fn limit(cx: &Cx) -> Option<i64> {
    let effective = cx.isms.live::<Methodology>().find(|one| one.state_name() == "effective");
    effective.and_then(|method| method.acceptance_max)
}

/// The routes of the pages.
pub fn routes() -> Vec<crate::routes::Route> {
    use crate::gate::Gate::SignedIn;
    use crate::routes::get;
    vec![get("/{kind}", SignedIn, list::show)]
}
