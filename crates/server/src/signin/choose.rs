//! Choosing the organisation, for accounts that are a person in several.

use askama::Template;
use attestry_store::Membership;
use axum::extract::State;
use axum::response::Response;

use super::visit::{Fields, Visit, onward};
use super::{apart, session};
use crate::app::App;
use crate::cx::Look;
use crate::fault::Fault;
use crate::shell::{page, to};
use crate::words::Words;

/// The page.
#[derive(Template)]
#[template(path = "signin/organisation.html")]
struct Choose {
    words: &'static Words,
    look: Look,
    next: String,
    memberships: Vec<Membership>,
}

/// `GET /organisation`
pub async fn ask(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let hash = visit.session(&app).ok_or(Fault::SignIn)?;
    let session = app.session(&hash)?.ok_or(Fault::SignIn)?;
    let memberships = apart(&app, move |app| session::usable(app, session.account)).await?;
    page(&Choose { words: visit.words, look: visit.look.clone(), next: visit.next(), memberships })
}

/// `POST /organisation`
pub async fn choose(State(app): State<App>, visit: Visit, form: Fields) -> Result<Response, Fault> {
    let hash = visit.session(&app).ok_or(Fault::SignIn)?;
    let session = app.session(&hash)?.ok_or(Fault::SignIn)?;
    let (next, wanted) = (onward(form.get("next")), form.get("organisation").to_owned());
    let rotated = apart(&app, move |app| {
        let usable = session::usable(app, session.account)?;
        if !usable.iter().any(|one| one.organisation == wanted) {
            return Err(Fault::Absent);
        }
        app.store.accounts().set_session_organisation(&hash, &wanted)?;
        let mut answer = to(&next);
        session::rotate(app, &hash, &mut answer)?;
        Ok(answer)
    });
    rotated.await
}
