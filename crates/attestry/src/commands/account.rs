//! `account`: accounts for signing in, for the day when nobody can.

use std::process::ExitCode;

use attestry_model::records::Person;
use attestry_server::gate::hash_of;
use attestry_server::signin::{LINK_LIFE, invitation_path, secret};
use attestry_store::{AccountError, Invitation};
use serde_json::{Value, json};

use crate::cli::{AccountAction, Global};
use crate::failure::Failure;
use crate::input;
use crate::output::{json as print_json, say, table};
use crate::site::Site;

pub fn run(global: Global, action: AccountAction) -> Result<ExitCode, Failure> {
    match action {
        AccountAction::Invite { person, url } => invite(global, &person, &url),
        AccountAction::List => list(global),
        AccountAction::Off { login } => switch(global, &login, false),
        AccountAction::On { login } => switch(global, &login, true),
    }
}

fn refused(error: AccountError) -> Failure {
    match error {
        AccountError::Store(error) => error.into(),
        other => Failure::input(other.to_string()),
    }
}

fn invite(global: Global, person: &str, url: &str) -> Result<ExitCode, Failure> {
    let site = Site::open(global, true)?;
    let organisation = site.organisation()?;
    let reference = input::reference(person)?;
    let person = reference.of::<Person>().ok_or_else(|| Failure::input(format!("{reference} is not a person")))?;
    let isms = organisation.isms();
    let record = isms.get(person).ok_or_else(|| Failure::input(format!("there is no {reference}")))?;
    if !matches!(record.state_name(), "active" | "invited") {
        let state = record.state_name();
        return Err(Failure::input(format!(
            "{reference} is {state}; only who is invited or active can have an account"
        )));
    }
    let secret = secret::link().map_err(|fault| Failure::Surroundings(format!("no link can be made: {fault:?}")))?;
    let expires_at = site.now()? + LINK_LIFE;
    let invitation = Invitation { organisation: organisation.info().slug, person, created_by: None, expires_at };
    site.store.accounts().invite(&hash_of(&secret), &invitation).map_err(refused)?;
    let link = format!("{}{}", url.trim_end_matches('/'), invitation_path(&secret));
    if site.global.json {
        print_json(&json!({ "person": reference.to_string(), "link": link, "expires_at": expires_at.to_string() }))?;
    } else {
        say(format!("Hand this link to {}; it works once, within a week:", record.title()));
        say(link);
    }
    Ok(ExitCode::SUCCESS)
}

fn list(global: Global) -> Result<ExitCode, Failure> {
    let site = Site::open(global, false)?;
    let organisation = site.organisation()?;
    let (isms, slug) = (organisation.isms(), organisation.info().slug);
    let members = site.store.accounts().members(&slug).map_err(refused)?;
    let name = |person: attestry_model::Ref<Person>| {
        isms.get(person).map(|record| record.title().to_owned()).unwrap_or_default()
    };
    if site.global.json {
        let all: Vec<Value> = members
            .iter()
            .map(|(account, person)| {
                json!({
                    "login": account.login, "person": person.any().to_string(), "name": name(*person),
                    "active": account.active, "password": account.password.is_some(), "codes": account.totp.is_some(),
                })
            })
            .collect();
        print_json(&all)?;
    } else if members.is_empty() {
        say("Nobody has an account yet: attestry account invite PER-0001 makes a link.");
    } else {
        let rows = members.into_iter().map(|(account, person)| {
            let state = if account.active { "on" } else { "off" };
            vec![account.login, person.any().to_string(), name(person), state.to_owned()]
        });
        say(table(&["login", "person", "name", "account"], rows));
    }
    Ok(ExitCode::SUCCESS)
}

fn switch(global: Global, login: &str, on: bool) -> Result<ExitCode, Failure> {
    let site = Site::open(global, true)?;
    let accounts = site.store.accounts();
    let account = accounts.by_login(login).map_err(refused)?;
    let account = account.ok_or_else(|| Failure::input(format!("there is no account {login}")))?;
    accounts.set_active(account.id, on).map_err(refused)?;
    if site.global.json {
        print_json(&json!({ "login": account.login, "active": on }))?;
    } else {
        say(format!("{} is switched {}.", account.login, if on { "on" } else { "off" }));
    }
    Ok(ExitCode::SUCCESS)
}
