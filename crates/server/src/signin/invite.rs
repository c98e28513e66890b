//! Accepting an invitation: with a new account, or with the one that is signed in.

use askama::Template;
use attestry_model::Principal;
use attestry_model::change::Via;
use attestry_store::{Account, AccountError, Invitation};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use jiff::SignedDuration;

use super::visit::{Fields, Visit};
use super::{apart, session};
use crate::app::App;
use crate::cx::Look;
use crate::fault::Fault;
use crate::gate::hash_of;
use crate::shell::{page, to};
use crate::words::Words;

/// How long a link is good.
pub const LINK_LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The address of an invitation.
pub fn invitation_path(secret: &str) -> String {
    format!("/invitation?link={secret}")
}

/// The page.
#[derive(Template)]
#[template(path = "signin/invitation.html")]
struct Invited {
    words: &'static Words,
    look: Look,
    link: String,
    /// The organisation's name; none when the invitation is not good.
    organisation: Option<String>,
    name: String,
    login: String,
    /// The login of the account that is signed in.
    signed_in: Option<String>,
    problems: Vec<(&'static str, String)>,
}

impl Invited {
    fn problem(&self, field: &str) -> Option<&str> {
        self.problems.iter().find(|(of, _)| *of == field).map(|(_, said)| said.as_str())
    }
}

/// What is known of a link.
struct Known {
    invitation: Option<Invitation>,
    organisation: Option<String>,
    name: String,
    email: String,
    signed_in: Option<Account>,
}

fn look_up(app: &App, visit: &Visit, link: &str) -> Result<Known, Fault> {
    let accounts = app.store.accounts();
    let invitation = accounts.invitation(&hash_of(link), app.now())?;
    let mut known =
        Known { invitation: None, organisation: None, name: String::new(), email: String::new(), signed_in: None };
    if let Some(hash) = visit.session(app)
        && let Some(session) = app.session(&hash)?
    {
        known.signed_in = accounts.get(session.account)?;
    }
    if let Some(invitation) = invitation {
        let organisation = app.store.organisation(Some(&invitation.organisation))?;
        let isms = organisation.isms();
        let person = isms.get(invitation.person);
        // Whoever has left since is not let in by an old link.
        let welcome = person.is_some_and(|person| matches!(person.state_name(), "active" | "invited"));
        if let Some(person) = person.filter(|_| welcome) {
            known.organisation = Some(organisation.info().name);
            person.title().clone_into(&mut known.name);
            known.email = person.email.clone().unwrap_or_default();
            known.invitation = Some(invitation);
        }
    }
    Ok(known)
}

fn shown(
    visit: &Visit,
    known: Known,
    link: String,
    login: Option<String>,
    problems: Vec<(&'static str, String)>,
) -> Result<Response, Fault> {
    let status = match (&known.organisation, problems.is_empty()) {
        (None, _) => StatusCode::NOT_FOUND,
        (_, true) => StatusCode::OK,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let shown = page(&Invited {
        words: visit.words,
        look: visit.look.clone(),
        link,
        organisation: known.organisation,
        name: known.name,
        login: login.unwrap_or(known.email),
        signed_in: known.signed_in.map(|account| account.login),
        problems,
    })?;
    Ok((status, shown).into_response())
}

/// `GET /invitation`
pub async fn ask(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    app.signin.limits.address(visit.address)?;
    let link = visit.parameter("link");
    let (guest, secret) = (visit.clone(), link.clone());
    let known = apart(&app, move |app| look_up(app, &guest, &secret)).await?;
    shown(&visit, known, link, None, Vec::new())
}

/// `POST /invitation`
pub async fn accept(State(app): State<App>, visit: Visit, form: Fields) -> Result<Response, Fault> {
    app.signin.limits.address(visit.address)?;
    let link = form.get("link").to_owned();
    let (guest, secret) = (visit.clone(), link.clone());
    let known = apart(&app, move |app| look_up(app, &guest, &secret)).await?;
    if known.invitation.is_none() {
        return shown(&visit, known, link, None, Vec::new());
    }
    if form.get("with") == "own"
        && let Some(account) = known.signed_in.clone()
    {
        let (guest, secret) = (visit.clone(), link.clone());
        let joined = apart(&app, move |app| join(app, &guest, &account, &secret)).await;
        return refused(&visit, joined, known, link, None);
    }
    let (login, password) = (form.trimmed("login").to_owned(), form.get("password"));
    let mut problems = Vec::new();
    if let Err(error) = app.store.accounts().check_login(&login) {
        problems.push(("login", error.to_string()));
    }
    if let Some(weakness) = app.signin.passwords.weakness(password, &login).await? {
        problems.push(("password", visit.say(weakness.key())));
    }
    if !problems.is_empty() {
        return shown(&visit, known, link, Some(login), problems);
    }
    let phc = app.signin.passwords.hash(password).await?;
    let (guest, secret, name) = (visit.clone(), link.clone(), login.clone());
    let made = apart(&app, move |app| {
        let accounts = app.store.accounts();
        let id = accounts.create(&name, Some(&phc), app.now())?;
        let account = accounts.get(id)?.ok_or(Fault::Absent)?;
        let joined = join(app, &guest, &account, &secret);
        if joined.is_err() {
            // An account that came to nothing does not stay behind and hold the login.
            accounts.remove(id)?;
        }
        joined
    });
    let made = made.await;
    refused(&visit, made, known, link, Some(login))
}

/// Shows what the store refused beside the login.
fn refused(
    visit: &Visit,
    outcome: Result<Response, Fault>,
    known: Known,
    link: String,
    login: Option<String>,
) -> Result<Response, Fault> {
    match outcome {
        Err(Fault::Conflict(said)) => shown(visit, known, link, login, vec![("login", said)]),
        other => other,
    }
}

/// The account becomes the invited person, who is active from then on, and is signed in.
fn join(app: &App, visit: &Visit, account: &Account, link: &str) -> Result<Response, Fault> {
    let accounts = app.store.accounts();
    let membership = match accounts.accept_invitation(&hash_of(link), account.id, app.now()) {
        Err(error @ (AccountError::Used | AccountError::Expired)) => return Err(Fault::Conflict(error.to_string())),
        other => other?,
    };
    app.forget_sessions();
    let organisation = app.store.organisation(Some(&membership.organisation))?;
    let invited = organisation.isms().get(membership.person).is_some_and(|one| one.state_name() == "invited");
    if invited {
        let mut operator = Principal::operator();
        operator.via = Via::Session;
        let step = attestry_model::Command::Step {
            target: membership.person.any(),
            to: "active".to_owned(),
            revision: None,
            fields: serde_json::Map::new(),
            reason: Some("The invitation was accepted".to_owned()),
        };
        if let Err(error) = organisation.submit(&operator, step) {
            // They have their account; who looks after people completes the record and lets them in.
            tracing::warn!(%error, person = %membership.person, "an invited person cannot become active yet");
            return Ok(to("/sign-in"));
        }
    }
    // Who is signed in already has proved nothing new: the session goes on, in the new organisation.
    if let Some(hash) = visit.session(app)
        && app.session(&hash)?.is_some_and(|session| session.account == account.id)
    {
        accounts.set_session_organisation(&hash, &membership.organisation)?;
        let mut answer = to("/");
        session::rotate(app, &hash, &mut answer)?;
        return Ok(answer);
    }
    let Some(begun) = session::begin(app, visit, account, "password")? else { return Ok(to("/sign-in")) };
    let mut answer = to(if begun.to_choose { "/organisation" } else { "/" });
    begun.put_on(app, &mut answer);
    Ok(answer)
}
