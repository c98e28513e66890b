//! What the calendar brings: acceptances expire, approved versions of documents become effective on their day.

use attestry_model::{Command, Principal};

use crate::app::App;
use crate::fault::Fault;

/// Carries out what is due, in every organisation.
pub fn run(app: &App) -> Result<(), Fault> {
    for listed in app.store.organisations()? {
        let organisation = app.store.organisation(Some(&listed.slug))?;
        if attestry_model::due::due(&organisation.isms(), app.now()).is_empty() {
            continue;
        }
        if let Err(error) = organisation.submit(&Principal::system(), Command::Tick) {
            tracing::warn!(organisation = listed.slug, %error, "what is due could not be written");
        }
    }
    Ok(())
}
