//! People and their accounts: inviting, switching off and on, ending a membership. For those who look after the ISMS.

use askama::Template;
use attestry_model::kind::Role;
use attestry_model::records::Person;
use attestry_model::{Isms, Principal, Ref};
use attestry_store::{Account, Invitation};
use axum::response::Response;

use super::invite::{LINK_LIFE, invitation_path};
use super::session::{fresh, usable};
use super::visit::{Fields, Visit};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::gate::hash_of;
use crate::places::Frame;
use crate::shell::{Shell, page, role_key, to};

/// A person in the list.
struct Row {
    reference: Ref<Person>,
    name: String,
    email: String,
    roles: String,
    state: String,
    account: Option<Account>,
    may_invite: bool,
    own: bool,
}

/// The page.
#[derive(Template)]
#[template(path = "signin/people.html")]
struct People {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    rows: Vec<Row>,
    /// A link that was just made: for whom, and the address.
    link: Option<(String, String)>,
}

/// Whether somebody may open a way in to a person: not to roles that lie above their own. Whoever holds the link could use
/// it; so a system administrator cannot make one for the ISMS manager or for top management, nor the other way round.
pub fn may_open(principal: &Principal, isms: &Isms, person: Ref<Person>) -> bool {
    let Some(record) = isms.get(person) else { return false };
    record.app_roles.iter().all(|role| match role {
        Role::IsmsManager | Role::TopManagement | Role::InternalAuditor => principal.has(Role::IsmsManager),
        Role::SystemAdmin => principal.has(Role::SystemAdmin),
        _ => true,
    })
}

async fn shown(cx: Cx, link: Option<(String, String)>) -> Result<Response, Fault> {
    let made = cx.apart(move |cx| {
        let members = cx.app.store.accounts().members(&cx.slug)?;
        let account = |person: Ref<Person>| members.iter().find(|(_, of)| *of == person).map(|(it, _)| it.clone());
        let people = cx.current.live::<Person>().filter(|person| person.state_name() != "left").take(2_000);
        let rows = people.map(|person| Row {
            reference: person.reference(),
            name: person.title().to_owned(),
            email: person.email.clone().unwrap_or_default(),
            roles: person
                .app_roles
                .iter()
                .map(|role| cx.say(format!("role-{}", role_key(*role))).into_owned())
                .collect::<Vec<_>>()
                .join(", "),
            state: crate::labels::state(cx.words, attestry_model::Kind::Person, person.state_name()).into_owned(),
            account: account(person.reference()),
            may_invite: may_open(&cx.principal, &cx.current, person.reference()),
            own: person.reference() == cx.person,
        });
        Ok(People {
            rows: rows.collect(),
            frame: Frame::bare(cx.say("settings-title")).then(cx.say("people-title"), Some("/settings".to_owned())),
            shell: Shell::of(cx),
            link,
            cx: cx.clone(),
        })
    });
    page(&made.await?)
}

/// `GET /settings/people`
pub async fn show(cx: Cx) -> Result<Response, Fault> {
    shown(cx, None).await
}

/// The person that a form names, to whom this person may open a way in.
fn subject(cx: &Cx, form: &Fields) -> Result<Ref<Person>, Fault> {
    let reference: attestry_model::AnyRef = form.get("person").parse().map_err(|_| Fault::Absent)?;
    let person = reference.of::<Person>().ok_or(Fault::Absent)?;
    cx.current.get(person).ok_or(Fault::Absent)?;
    if may_open(&cx.principal, &cx.current, person) {
        Ok(person)
    } else {
        Err(Fault::Denied(cx.say("people-above").into_owned()))
    }
}

/// `POST /settings/people/invite`: the link is shown once, to be handed on.
pub async fn invite(cx: Cx, visit: Visit, form: Fields) -> Result<Response, Fault> {
    fresh(&cx)?;
    let person = subject(&cx, &form)?;
    let state = cx.current.get(person).map(|one| one.state_name().to_owned()).unwrap_or_default();
    if !matches!(state.as_str(), "active" | "invited") {
        return Err(Fault::Conflict(cx.say("people-not-active").into_owned()));
    }
    let secret = super::secret::link()?;
    let invitation = Invitation {
        organisation: cx.slug.clone(),
        person,
        created_by: Some(cx.person),
        expires_at: cx.now + LINK_LIFE,
    };
    let hash = hash_of(&secret);
    cx.apart(move |cx| Ok(cx.app.store.accounts().invite(&hash, &invitation)?)).await?;
    let link = (cx.name_of(person), format!("{}{}", visit.origin, invitation_path(&secret)));
    shown(cx, Some(link)).await
}

/// `POST /settings/people/withdraw`
pub async fn withdraw(cx: Cx, form: Fields) -> Result<Response, Fault> {
    let person = subject(&cx, &form)?;
    cx.apart(move |cx| Ok(cx.app.store.accounts().withdraw_invitations(&cx.slug, person)?)).await?;
    Ok(to("/settings/people?done=withdrawn"))
}

fn account_of(cx: &Cx, person: Ref<Person>) -> Result<Account, Fault> {
    if person == cx.person {
        return Err(Fault::Conflict(cx.say("people-own").into_owned()));
    }
    cx.app.store.accounts().member(&cx.slug, person)?.ok_or(Fault::Absent)
}

/// `POST /settings/people/switch`: an account that is also in other organisations is not this one's to switch off.
pub async fn switch(cx: Cx, form: Fields) -> Result<Response, Fault> {
    fresh(&cx)?;
    let (person, on) = (subject(&cx, &form)?, form.get("to") == "on");
    let done = cx.apart(move |cx| {
        let account = account_of(cx, person)?;
        let elsewhere = cx.app.store.accounts().memberships(account.id)?.len() > 1;
        if elsewhere {
            return Err(Fault::Conflict(cx.say("people-elsewhere").into_owned()));
        }
        cx.app.store.accounts().set_active(account.id, on)?;
        cx.app.forget_sessions();
        Ok(to(if on { "/settings/people?done=account-on" } else { "/settings/people?done=account-off" }))
    });
    done.await
}

/// `POST /settings/people/leave`: the account is no longer this person.
pub async fn leave(cx: Cx, form: Fields) -> Result<Response, Fault> {
    fresh(&cx)?;
    let person = subject(&cx, &form)?;
    let done = cx.apart(move |cx| {
        let account = account_of(cx, person)?;
        cx.app.store.accounts().leave(account.id, &cx.slug)?;
        cx.app.forget_sessions();
        // Whoever is left without any organisation has nothing to sign in to.
        if usable(&cx.app, account.id)?.is_empty() {
            cx.app.store.accounts().end_sessions(account.id, None)?;
        }
        Ok(to("/settings/people?done=left"))
    });
    done.await
}
