//! The first start: with a link that only whoever runs the program sees, the first organisation and its administrator.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use askama::Template;
use attestry_model::records::Person;
use attestry_model::{AnyRecord as _, AnyRef, Command, Kind, Principal, Ref, Subject};
use attestry_store::{AccountError, Listed, Organisation, Receipt};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value, json};

use super::visit::{Fields, Visit};
use super::{apart, session};
use crate::app::{App, held};
use crate::cx::Look;
use crate::fault::Fault;
use crate::gate::hash_of;
use crate::shell::{page, to};
use crate::words::Words;

/// How long the link is good.
const LIFE: Duration = Duration::from_hours(24);

/// The link: its hash and since when it is there.
#[derive(Debug, Default)]
pub struct First {
    link: Mutex<Option<([u8; 32], Instant)>>,
    over: AtomicBool,
}

impl First {
    /// Makes a new link; the one before is worth nothing any more.
    pub fn renew(&self) -> Result<String, Fault> {
        let secret = super::secret::link()?;
        *held(self.link.lock()) = Some((hash_of(&secret), Instant::now()));
        Ok(secret)
    }

    fn fits(&self, secret: &str) -> bool {
        let kept = *held(self.link.lock());
        // The hashes of secrets are compared, so how long it takes says nothing of the secret.
        kept.is_some_and(|(hash, since)| hash == hash_of(secret) && since.elapsed() < LIFE)
    }

    /// Whether there is an account.
    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// There is an account.
    pub fn end(&self) {
        self.over.store(true, Ordering::Relaxed);
        *held(self.link.lock()) = None;
    }
}

/// The page.
#[derive(Template)]
#[template(path = "signin/first-start.html")]
struct FirstStart {
    words: &'static Words,
    look: Look,
    /// Empty when the link is not, or no longer, good.
    link: String,
    organisations: Vec<Listed>,
    organisation: String,
    name: String,
    login: String,
    problems: Vec<(&'static str, String)>,
}

impl FirstStart {
    fn problem(&self, field: &str) -> Option<&str> {
        self.problems.iter().find(|(of, _)| *of == field).map(|(_, said)| said.as_str())
    }
}

/// The page for those who come before anybody has an account, without the link.
pub fn closed(visit: &Visit) -> Result<Response, Fault> {
    let shown = page(&FirstStart {
        words: visit.words,
        look: visit.look.clone(),
        link: String::new(),
        organisations: Vec::new(),
        organisation: String::new(),
        name: String::new(),
        login: String::new(),
        problems: Vec::new(),
    })?;
    Ok((StatusCode::FORBIDDEN, shown).into_response())
}

/// `GET /first-start`
pub async fn ask(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    app.signin.limits.address(visit.address)?;
    let link = visit.parameter("link");
    if !app.signin.waits_for_first(&app)? {
        return Ok(to("/sign-in"));
    }
    if !app.signin.first.fits(&link) {
        return closed(&visit);
    }
    let organisations = apart(&app, |app| Ok(app.store.organisations()?)).await?;
    page(&FirstStart {
        words: visit.words,
        look: visit.look.clone(),
        link,
        organisations,
        organisation: String::new(),
        name: String::new(),
        login: String::new(),
        problems: Vec::new(),
    })
}

/// What the form says.
struct Wanted {
    organisation: String,
    name: String,
    login: String,
}

/// `POST /first-start`
pub async fn found(State(app): State<App>, visit: Visit, form: Fields) -> Result<Response, Fault> {
    app.signin.limits.address(visit.address)?;
    let link = form.get("link").to_owned();
    if !app.signin.first.fits(&link) {
        return closed(&visit);
    }
    let wanted = Wanted {
        organisation: form.trimmed("organisation").to_owned(),
        name: form.trimmed("name").to_owned(),
        login: form.trimmed("login").to_owned(),
    };
    let password = form.get("password");
    let mut problems = Vec::new();
    let mut need = |holds: bool, field: &'static str, key: &str| {
        if !holds {
            problems.push((field, visit.say(key)));
        }
    };
    need((1..=200).contains(&wanted.organisation.chars().count()), "organisation", "first-need-organisation");
    need((1..=200).contains(&wanted.name.chars().count()), "name", "first-need-name");
    need(wanted.login.contains('@'), "login", "first-need-login");
    if let Some(weakness) = app.signin.passwords.weakness(password, &wanted.login).await? {
        problems.push(("password", visit.say(weakness.key())));
    }
    if wanted.login.contains('@')
        && let Err(error) = app.store.accounts().check_login(&wanted.login)
    {
        problems.push(("login", error.to_string()));
    }
    if problems.is_empty() {
        let phc = app.signin.passwords.hash(password).await?;
        // One at a time from here on: the second of two that come together finds the link used.
        let _founding = app.signin.founding.lock().await;
        if !app.signin.first.fits(&link) {
            return closed(&visit);
        }
        let (guest, wanted) = (visit.clone(), Wanted { ..wanted });
        return apart(&app, move |app| create(app, &guest, &wanted, &phc)).await;
    }
    let organisations = apart(&app, |app| Ok(app.store.organisations()?)).await?;
    let shown = page(&FirstStart {
        words: visit.words,
        look: visit.look.clone(),
        link,
        organisations,
        organisation: wanted.organisation,
        name: wanted.name,
        login: wanted.login,
        problems,
    })?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
}

fn create(app: &App, visit: &Visit, wanted: &Wanted, phc: &str) -> Result<Response, Fault> {
    let listed = app.store.organisations()?;
    let organisation = match listed.iter().find(|one| one.slug == wanted.organisation) {
        Some(one) => app.store.organisation(Some(&one.slug))?,
        None if listed.is_empty() => new_organisation(app, &wanted.organisation)?,
        None => return Err(Fault::Absent),
    };
    let person = administrator(app, &organisation, &wanted.name, &wanted.login, &["isms_manager", "system_admin"])?;
    let slug = organisation.info().slug;
    let accounts = app.store.accounts();
    let id = match accounts.found_first(&wanted.login, phc, &slug, person, app.now()) {
        Err(AccountError::Used) => {
            app.signin.first.end();
            return closed(visit);
        }
        other => other?,
    };
    app.signin.first.end();
    let account = accounts.get(id)?.ok_or(Fault::SignIn)?;
    let begun = session::begin(app, visit, &account, "password")?.ok_or(Fault::SignIn)?;
    let mut answer = to("/setup");
    begun.put_on(app, &mut answer);
    Ok(answer)
}

/// Creates an organisation with its record.
pub fn new_organisation(app: &App, name: &str) -> Result<Organisation, Fault> {
    let organisation = app.store.create_organisation(name, None)?;
    let fields =
        Map::from_iter([("title".to_owned(), Value::from(name)), ("legal_name".to_owned(), Value::from(name))]);
    organisation.submit(&Principal::operator(), Command::Create { kind: Kind::Organization, fields })?;
    Ok(organisation)
}

/// Makes somebody an active person of an organisation with these roles: the person with that address, or a new one.
pub fn administrator(
    app: &App,
    organisation: &Organisation,
    name: &str,
    email: &str,
    roles: &[&str],
) -> Result<Ref<Person>, Fault> {
    let isms = organisation.isms();
    let operator = Principal::operator();
    let known = isms.live::<Person>().find(|one| one.email.as_deref().is_some_and(|it| it.eq_ignore_ascii_case(email)));
    let target = if let Some(person) = known {
        let mut all = match person.field("app_roles") {
            Some(Value::Array(all)) => all,
            _ => Vec::new(),
        };
        for role in roles {
            if !all.contains(&json!(role)) {
                all.push(json!(role));
            }
        }
        let fields = Map::from_iter([("app_roles".to_owned(), Value::from(all))]);
        let target = person.any_ref();
        organisation.submit(&operator, Command::Update { target, revision: None, fields, reason: None })?;
        target
    } else {
        let today = crate::cx::zone_of(&isms).to_datetime(app.now()).date();
        let fields = json!({
            "title": name, "name": name, "email": email, "employment": "other",
            "joined_on": today.to_string(), "app_roles": roles,
        });
        let Value::Object(fields) = fields else { return Err(Fault::Broken("no fields".to_owned())) };
        let receipt = organisation.submit(&operator, Command::Create { kind: Kind::Person, fields })?;
        created(&receipt).ok_or_else(|| Fault::Broken("the person was not created".to_owned()))?
    };
    let state = organisation.isms().record(target).map(|record| record.state().to_owned());
    if state.as_deref() != Some("active") {
        let step = Command::Step { target, to: "active".to_owned(), revision: None, fields: Map::new(), reason: None };
        organisation.submit(&operator, step)?;
    }
    target.of::<Person>().ok_or_else(|| Fault::Broken("no person".to_owned()))
}

/// The record that a receipt tells of first.
pub fn created(receipt: &Receipt) -> Option<AnyRef> {
    receipt.entries.iter().find_map(|entry| match &entry.subject {
        Subject::Record(reference) => Some(*reference),
        _ => None,
    })
}
