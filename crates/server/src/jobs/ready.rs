//! What the next request would have to work out in whole is worked out before it comes: the search index and the conformance
//! report of the newest value. After the first time only what has changed is taken in.

use crate::app::App;
use crate::cx::zone_of;
use crate::fault::Fault;

/// Most organisations that are made ready; the others pay at their first question.
const MOST: usize = 8;

/// Makes the first organisations ready.
pub fn run(app: &App) -> Result<(), Fault> {
    for listed in app.store.organisations()?.into_iter().take(MOST) {
        let isms = app.store.organisation(Some(&listed.slug))?.isms();
        let now = app.now();
        crate::pages::lists::prepare(app, &listed.slug, &isms);
        drop(app.report(&listed.slug, &isms, now, zone_of(&isms).to_datetime(now).date()));
    }
    Ok(())
}
