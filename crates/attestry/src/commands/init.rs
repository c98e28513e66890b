//! `init`: creates an organisation.

use std::process::ExitCode;

use attestry_model::{Command, Kind, Principal};
use attestry_store::{Organisation, Store};
use serde_json::{Map, Value, json};

use crate::cli::Global;
use crate::config::Config;
use crate::failure::Failure;
use crate::output::{json as print_json, say};
use crate::site::{Site, store_config};

pub fn run(global: Global) -> Result<ExitCode, Failure> {
    let Some(name) = global.organisation.clone().filter(|name| !name.trim().is_empty()) else {
        return Err(Failure::input("say the organisation's name: attestry init --organisation \"Cedar Hollow Clinic\""));
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
        print_json(&json!({ "slug": info.slug, "name": info.name, "data": site.config.data }))?;
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
    let store = Store::open(&settings)?;
    Ok(Site { global, config, store })
}

/// Creates an organisation; with `--now` its clock is simulated.
pub fn create(site: &Site, name: &str) -> Result<Organisation, Failure> {
    Ok(site.store.create_organisation(name, None)?)
}
