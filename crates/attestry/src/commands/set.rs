//! `add`, `set`, `void` and `hold`: creating and changing records.

use std::process::ExitCode;

use attestry_model::{Command, Subject, plain};
use attestry_store::{Organisation, Receipt};
use serde_json::{Value, json};

use crate::cli::Global;
use crate::failure::Failure;
use crate::input;
use crate::output::{json as print_json, say};
use crate::site::Site;

pub fn add(global: Global, kind: &str, pairs: &[String]) -> Result<ExitCode, Failure> {
    let kind = input::kind(kind)?;
    let site = Site::open(global, true)?;
    let organisation = site.organisation()?;
    let fields = input::fields(&organisation.isms(), kind, pairs)?;
    let receipt = site.submit(&organisation, Command::Create { kind, fields })?;
    tell(&site, &organisation, &receipt)
}

pub fn run(
    global: Global,
    record: &str,
    pairs: &[String],
    revision: Option<u32>,
    reason: Option<String>,
) -> Result<ExitCode, Failure> {
    let target = input::reference(record)?;
    let site = Site::open(global, true)?;
    let organisation = site.organisation()?;
    let fields = input::fields(&organisation.isms(), target.kind, pairs)?;
    let receipt = site.submit(&organisation, Command::Update { target, revision, fields, reason })?;
    tell(&site, &organisation, &receipt)
}

pub fn void(global: Global, record: &str, reason: String) -> Result<ExitCode, Failure> {
    let target = input::reference(record)?;
    let site = Site::open(global, true)?;
    let organisation = site.organisation()?;
    let receipt = site.submit(&organisation, Command::Void { target, revision: None, reason })?;
    tell(&site, &organisation, &receipt)
}

pub fn hold(global: Global, record: &str, reason: String, hold: bool) -> Result<ExitCode, Failure> {
    let target = input::reference(record)?;
    let site = Site::open(global, true)?;
    let organisation = site.organisation()?;
    let receipt = site.submit(&organisation, Command::Hold { target, hold, reason })?;
    tell(&site, &organisation, &receipt)
}

/// Says what was written: the record asked for, and what followed from it.
pub fn tell(site: &Site, organisation: &Organisation, receipt: &Receipt) -> Result<ExitCode, Failure> {
    let isms = organisation.isms();
    if site.global.json {
        let entry = |entry: &attestry_store::Written| {
            let record = match &entry.subject {
                Subject::Record(reference) => isms.record(*reference).map(|record| plain::plain_record(record, &isms)),
                _ => None,
            };
            json!({
                "ref": entry.subject.to_string(),
                "action": entry.action.word(),
                "version": entry.version,
                "record": record.map_or(Value::Null, Value::Object),
            })
        };
        let entries: Vec<Value> = receipt.entries.iter().map(entry).collect();
        print_json(&json!({ "size": receipt.size, "entries": entries }))?;
        return Ok(ExitCode::SUCCESS);
    }
    if receipt.entries.is_empty() {
        say("Nothing changed: the record already says so.");
    }
    for entry in &receipt.entries {
        let detail = match &entry.subject {
            Subject::Record(reference) => isms.record(*reference).map_or(String::new(), |record| {
                format!(" {} · {}", record.head().title.as_deref().unwrap_or_default(), record.state())
            }),
            _ => String::new(),
        };
        say(format!("{} version {} ({}){detail}", entry.subject, entry.version, entry.action.word()));
    }
    Ok(ExitCode::SUCCESS)
}
