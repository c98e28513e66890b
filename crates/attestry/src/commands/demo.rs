//! `demo`: loads the demonstration clinic.

use std::process::ExitCode;

use attestry_exchange::SourceFile;
use attestry_model::{Command, Principal};
use rust_embed::RustEmbed;
use serde_json::json;

use super::init;
use crate::cli::Global;
use crate::failure::Failure;
use crate::output::{Progress, json as print_json, say};

/// The clinic: one file per kind.
#[derive(RustEmbed)]
#[folder = "../../content/demo"]
#[include = "*.csv"]
#[include = "*.yaml"]
struct Clinic;

/// The files of the clinic.
pub fn files() -> Vec<SourceFile> {
    let names = Clinic::iter();
    let file = |name: std::borrow::Cow<'static, str>| {
        let data = Clinic::get(&name)?.data;
        Some(SourceFile { name: name.into_owned(), bytes: data.into_owned() })
    };
    names.filter_map(file).collect()
}

pub fn run(mut global: Global) -> Result<ExitCode, Failure> {
    global.organisation = None;
    let site = init::create_site(global)?;
    let name = "Cedar Hollow Medical Clinic";
    if let Some(other) = site.store.organisations()?.first()
        && init::unfilled(&site, other, name)?.is_none()
    {
        return Err(Failure::input(format!(
            "{} already holds {}; the demonstration wants an empty place: attestry --data demo-data demo",
            site.config.data.display(),
            other.name
        )));
    }
    let progress = Progress::begin("Loading the clinic");
    let organisation = init::create(&site, name)?;
    let plan = attestry_exchange::import(&files(), &organisation.isms(), None, site.now()?)?;
    let count = plan.records.len();
    let reason = Some("The demonstration clinic".to_owned());
    let receipt = organisation.submit(&Principal::operator(), Command::Import { records: plan.records, reason })?;
    drop(progress);
    if site.global.json {
        print_json(&json!({ "slug": organisation.info().slug, "records": count, "entries": receipt.size }))?;
    } else {
        say(format!("Loaded {name}: {count} records, as a complete ISMS shortly before certification."));
        say("");
        say("Try: attestry list risk --sort -current_value · attestry show R-0001 · attestry report soa -o soa.pdf");
    }
    Ok(ExitCode::SUCCESS)
}
