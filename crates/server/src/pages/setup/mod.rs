//! The first run: from nothing to a useful ISMS, by a guide, by import, or by looking at the demonstration.

pub mod assumed;
mod columns;
mod guide;
mod import;
mod proposal;

use askama::Template;
use attestry_model::{Command, Principal};
use axum::response::Response;

use crate::cx::Cx;
use crate::fault::Fault;
use crate::gate::Gate;
use crate::places::Frame;
use crate::routes::{Route, get, post};
use crate::shell::{Shell, page, to};
use crate::signin::{administrator, session};

/// The page of the choice.
#[derive(Template)]
#[template(path = "setup/choice.html")]
struct Choice {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    demo: bool,
    /// Whether answers of the guide are kept already.
    begun: bool,
}

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        get("/setup", Gate::Steward, choose),
        post("/setup/demo", Gate::Steward, demo).taking(1 << 10),
        get("/setup/import", Gate::Steward, import::ask),
        post("/setup/import", Gate::Steward, import::show).taking(import::BODY),
        post("/setup/import/write", Gate::Steward, import::write).taking(16 << 10),
        post("/setup/import/columns", Gate::Steward, columns::answer).taking(columns::BODY),
        post("/setup/import/columns/forget", Gate::Steward, columns::forget).taking(1 << 10),
        get("/setup/guide/{page}", Gate::Steward, guide::ask),
        post("/setup/guide/{page}", Gate::Steward, guide::answer).taking(64 << 10),
        get("/setup/guide", Gate::Steward, guide::overview),
        post("/setup/guide", Gate::Steward, guide::propose).taking(64 << 10),
        get("/setup/assumed", Gate::Isms, assumed::list),
        post("/setup/assumed", Gate::Isms, assumed::confirm).taking(16 << 10),
    ]
}

/// `GET /setup`
async fn choose(cx: Cx) -> Result<Response, Fault> {
    page(&Choice {
        frame: Frame::bare(cx.say("setup-title")),
        shell: Shell::of(&cx),
        demo: cx.app.settings.demo,
        begun: cx.preference(guide::DRAFT).is_some(),
        cx,
    })
}

/// The short name of the demonstration's organisation.
const DEMO: &str = "demo";
/// Its name.
const DEMO_NAME: &str = "Cedar Hollow Medical Clinic";

/// `POST /setup/demo`: the demonstration has an organisation of its own, in which whoever opens it is a person of their own.
async fn demo(cx: Cx) -> Result<Response, Fault> {
    if !cx.app.settings.demo {
        return Err(Fault::Absent);
    }
    let app = cx.app.clone();
    let _founding = app.signin.founding.lock().await;
    cx.apart(load).await
}

fn load(cx: &Cx) -> Result<Response, Fault> {
    let (app, accounts) = (&cx.app, cx.app.store.accounts());
    let member = accounts.memberships(cx.account)?.iter().any(|one| one.organisation == DEMO);
    if !member {
        let there = app.store.organisations()?.into_iter().any(|one| one.slug == DEMO);
        let organisation = if there {
            app.store.organisation(Some(DEMO))?
        } else {
            app.store.create_organisation(DEMO_NAME, Some(DEMO)).map_err(|error| Fault::Conflict(error.to_string()))?
        };
        // One that was begun and not filled is taken up; one that somebody fills is theirs to invite to.
        if organisation.isms().total() > 0 {
            return Err(Fault::Conflict(cx.say("setup-demo-there").into_owned()));
        }
        let files = (app.demo)();
        let plan = attestry_exchange::import(&files, &organisation.isms(), None, app.now());
        let plan = plan.map_err(|error| Fault::Broken(error.to_string()))?;
        let reason = Some(DEMO_NAME.to_owned());
        organisation.submit(&Principal::operator(), Command::Import { records: plan.records, reason })?;
        let login = accounts.get(cx.account)?.ok_or(Fault::SignIn)?.login;
        let email = if login.contains('@') { login } else { format!("{login}@demo.invalid") };
        let person = administrator(app, &organisation, &cx.name_of(cx.person), &email, &["isms_manager"])?;
        accounts.join(cx.account, DEMO, person)?;
    }
    let (hash, _) = session::of(cx)?;
    accounts.set_session_organisation(&hash, DEMO)?;
    let mut answer = to("/");
    session::rotate(app, &hash, &mut answer)?;
    Ok(answer)
}
