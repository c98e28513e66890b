//! `init`: creates an organisation.

use std::process::ExitCode;

use attestry_model::{Command, Kind, Principal};
use attestry_store::{Listed, Organisation};
use serde_json::{Map, Value, json};

use crate::cli::Global;
use crate::config::Config;
use crate::failure::Failure;
use crate::output::{json as print_json, say};
use crate::site::{Site, open_store, store_config};

pub fn run(global: Global) -> Result<ExitCode, Failure> {
    let Some(name) = global.organisation.clone().filter(|name| !name.trim().is_empty()) else {
        return Err(Failure::input(
            "say the organisation's name: attestry init --organisation \"Cedar Hollow Clinic\"",
        ));
    };
    let site = create_site(global)?;
    let organisation = create(&site, name.trim())?;
    let fields = Map::from_iter([
        ("title".to_owned(), Value::from(name.trim())),
        ("legal_name".to_owned(), Value::from(name.trim())),
    ]);
    organisation.submit(&Principal::operator(), Command::Create { kind: Kind::Organization, fields })?;
    let info = organisation.info();
    if site.global.json {
        print_json(&json!({ "slug": info.slug, "name": info.name, "data": site.config.data.display().to_string() }))?;
    } else {
        say(format!("Created {} ({}) in {}.", info.name, info.slug, site.config.data.display()));
        say("");
        say("Next: `attestry set ORG-0001 purpose=… sector=… currency=EUR` says what the organisation is,");
        say("`attestry import registers/` brings existing registers in, `attestry kinds` lists what can be recorded.");
        if info.simulated {
            say("");
            say("The clock of this organisation is simulated: every page and report says so.");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Opens the place, which is created where it does not exist.
pub fn create_site(global: Global) -> Result<Site, Failure> {
    let config = Config::read(&global)?;
    let settings = store_config(&global, &config, true)?;
    let store = open_store(&settings)?;
    Ok(Site { global, config, store })
}

/// Creates an organisation; with `--now` its clock is simulated. One that a call created and could not fill, because it
/// was ended in between, is taken up.
pub fn create(site: &Site, name: &str) -> Result<Organisation, Failure> {
    for one in site.store.organisations()? {
        if let Some(organisation) = unfilled(site, &one, name)? {
            return Ok(organisation);
        }
    }
    Ok(site.store.create_organisation(name, None)?)
}

/// The organisation, if it has this name and clock and holds nothing at all.
pub fn unfilled(site: &Site, one: &Listed, name: &str) -> Result<Option<Organisation>, Failure> {
    if one.name != name || one.simulated != site.global.now.is_some() {
        return Ok(None);
    }
    let organisation = site.store.organisation(Some(&one.slug))?;
    Ok(Some(organisation).filter(|organisation| organisation.isms().total() == 0))
}
