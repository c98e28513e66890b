//! `field`: the organisation's own fields.

use std::process::ExitCode;

use attestry_model::{Command, Kind, custom};
use serde_json::{Map, Value, json};

use super::set::tell;
use crate::cli::{FieldAction, Global};
use crate::failure::Failure;
use crate::input;
use crate::output::{json as print_json, say, table};
use crate::site::Site;

pub fn run(global: Global, action: FieldAction) -> Result<ExitCode, Failure> {
    match action {
        FieldAction::List => list(global),
        FieldAction::Add { kind, name, ty, label, meaning } => {
            let members = [("type", ty), ("label", label), ("help", meaning)];
            let filled = members.into_iter().filter(|(_, text)| !text.is_empty());
            let fields = filled.map(|(name, text)| (name.to_owned(), Value::from(text))).collect();
            set(global, &kind, &name, fields)
        }
        FieldAction::Remove { kind, name } => set(global, &kind, &name, Map::new()),
    }
}

fn set(global: Global, kind: &str, name: &str, fields: Map<String, Value>) -> Result<ExitCode, Failure> {
    let kind = input::kind(kind)?;
    let site = Site::open(global, true)?;
    let organisation = site.organisation()?;
    let name = format!("{}{kind}/{name}", custom::PREFIX);
    let receipt = site.submit(&organisation, Command::Set { name, fields, reason: None })?;
    tell(&site, &organisation, &receipt)
}

fn list(global: Global) -> Result<ExitCode, Failure> {
    let site = Site::open(global, false)?;
    let isms = site.organisation()?.isms();
    let own =
        Kind::ALL.iter().flat_map(|kind| custom::fields(&isms, *kind).into_values().map(move |field| (kind, field)));
    let own: Vec<_> = own.collect();
    if site.global.json {
        let one = |(kind, field): &(&Kind, custom::CustomField)| json!({ "kind": kind.to_string(), "name": field.name, "label": field.label, "help": field.help });
        let all: Vec<Value> = own.iter().map(one).collect();
        print_json(&all)?;
    } else if own.is_empty() {
        say("No own fields. `attestry field add risk region --type \"enum(north,south)\" --label Region` defines one.");
    } else {
        let rows = own.into_iter().map(|(kind, field)| vec![kind.to_string(), field.name, field.label, field.help]);
        say(table(&["kind", "name", "label", "help"], rows));
    }
    Ok(ExitCode::SUCCESS)
}
