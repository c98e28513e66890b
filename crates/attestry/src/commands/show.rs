//! `show`: one record with its links, or every version of it.

use std::collections::BTreeMap;
use std::process::ExitCode;

use attestry_model::decide::steps_from;
use attestry_model::field::Type;
use attestry_model::{AnyRecord, AnyRef, Isms, custom, plain};
use attestry_store::{Organisation, Version};
use serde_json::{Map, Value, json};

use super::list::all_fields;
use crate::cli::{Global, Show};
use crate::failure::Failure;
use crate::input;
use crate::output::{json as print_json, say};
use crate::site::Site;

pub fn run(global: Global, args: &Show) -> Result<ExitCode, Failure> {
    let reference = input::reference(&args.record)?;
    let site = Site::open(global, false)?;
    let organisation = site.organisation()?;
    if args.history {
        return history(&site, &organisation, reference);
    }
    let (isms, past) = Site::at(&organisation, args.as_of.as_deref())?;
    let Some(record) = isms.record(reference) else {
        let when = past.map_or(String::new(), |past| format!(" as of entry {}", past.seq));
        return Err(attestry_model::Refusal::Absent(format!("{reference}{when}")).into());
    };
    if site.global.json {
        let mut map = plain::plain_record(record, &isms);
        map.insert("linked_from".to_owned(), Value::from(linked_from(&isms, reference)));
        return print_json(&map).map(|()| ExitCode::SUCCESS);
    }
    for line in describe(&isms, record) {
        say(line);
    }
    if past.is_none() {
        let attached = organisation.history(reference)?;
        let attached = attached.iter().flat_map(|version| version.files.iter().map(|name| (name, version.version)));
        for (name, version) in attached {
            say(format!("File: {name} (version {version})"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn linked_from(isms: &Isms, reference: AnyRef) -> Vec<Value> {
    let links = isms.links_to(reference);
    links.map(|link| json!({ "ref": link.source.to_string(), "field": link.field })).collect()
}

fn describe(isms: &Isms, record: &dyn AnyRecord) -> Vec<String> {
    let def = record.def();
    let currency = plain::currency(isms);
    let mut lines = vec![
        format!("{} · {} · {}", record.any_ref(), def.words.title, record.state()),
        record.head().title.clone().unwrap_or_default(),
        String::new(),
    ];
    let width = all_fields(def).map(|field| field.name.len()).max().unwrap_or(10);
    for field in all_fields(def).filter(|field| !["title", "custom"].contains(&field.name)) {
        let value = record.field(field.name).unwrap_or(Value::Null);
        if value.is_null() {
            continue;
        }
        let text = match field.ty {
            Type::Ref(_) | Type::AnyRef | Type::List(Type::Ref(_) | Type::AnyRef) => named(isms, &value),
            ty => plain::text(ty, &value, currency),
        };
        let mut parts = text.lines();
        lines.push(format!("{:width$}  {}", field.name, parts.next().unwrap_or_default()));
        lines.extend(parts.map(|part| format!("{:width$}  {part}", "")));
    }
    let own = custom::fields(isms, def.kind);
    for (name, value) in record.head().custom.iter() {
        let label = own.get(name).map_or(name.as_str(), |field| field.label.as_str());
        let text = named(isms, value).replace('\n', " ");
        lines.push(format!("{name:width$}  {text} ({label})"));
    }
    let mut back: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    for link in isms.links_to(record.any_ref()) {
        let key = (link.source.kind.words().plural, link.field);
        back.entry(key).or_default().push(link.source.to_string());
    }
    if !back.is_empty() {
        lines.push(String::new());
        lines.push("Linked from".to_owned());
        for ((plural, field), sources) in back {
            let shown: Vec<String> = sources.iter().take(20).cloned().collect();
            let more = if sources.len() > 20 { format!(" and {} more", sources.len() - 20) } else { String::new() };
            lines.push(format!("  {plural} ({field}): {}{more}", shown.join(" ")));
        }
    }
    let steps: Vec<&str> = steps_from(def, record.flow_state()).map(|step| step.name.unwrap_or(step.to)).collect();
    lines.push(String::new());
    lines.push(format!(
        "Version {} of {}{}",
        record.revision(),
        record.updated_at(),
        record.updated_by().map_or(String::new(), |person| format!(" by {person}"))
    ));
    if !steps.is_empty() && record.head().void_reason.is_none() {
        lines.push(format!("Next steps: {}", steps.join(", ")));
    }
    lines
}

/// References with the titles of what they name.
fn named(isms: &Isms, value: &Value) -> String {
    let one = |text: &str| {
        let title = text.parse::<AnyRef>().ok().and_then(|target| isms.record(target)?.head().title.clone());
        title.map_or_else(|| text.to_owned(), |title| format!("{text} {title}"))
    };
    match value {
        Value::Array(items) => items.iter().filter_map(Value::as_str).map(one).collect::<Vec<_>>().join("\n"),
        Value::String(text) => one(text),
        other => other.to_string(),
    }
}

fn history(site: &Site, organisation: &Organisation, reference: AnyRef) -> Result<ExitCode, Failure> {
    let versions = organisation.history(reference)?;
    if versions.is_empty() {
        return Err(attestry_model::Refusal::Absent(reference.to_string()).into());
    }
    if site.global.json {
        let all: Vec<Value> = versions.iter().map(version_json).collect();
        return print_json(&all).map(|()| ExitCode::SUCCESS);
    }
    let mut before: Map<String, Value> = Map::new();
    for version in &versions {
        let who = &version.actor;
        let reason = version.reason.as_ref().map_or(String::new(), |reason| format!(" · {reason}"));
        let head = format!("version {} · entry {} · {}", version.version, version.seq, version.at);
        say(format!("{head} · {} by {who} via {}{reason}", version.action, version.via));
        for (name, from, to) in differences(&before, &version.fields) {
            say(format!("    {name}: {from} → {to}"));
        }
        for field in &version.erased {
            say(format!("    {field}: erased"));
        }
        for file in &version.files {
            say(format!("    file: {file}"));
        }
        before.clone_from(&version.fields);
    }
    Ok(ExitCode::SUCCESS)
}

fn version_json(version: &Version) -> Value {
    json!({
        "version": version.version,
        "seq": version.seq,
        "at": version.at.to_string(),
        "actor": version.actor,
        "via": version.via,
        "action": version.action,
        "reason": version.reason,
        "leaf_hash": version.leaf_hash.to_string(),
        "fields": version.fields,
        "files": version.files,
        "approval": version.approval,
        "erased": version.erased,
    })
}

/// The fields that differ, with short texts of before and after.
fn differences(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<(String, String, String)> {
    let names = before.keys().chain(after.keys().filter(|name| !before.contains_key(*name)));
    let changed = names.filter(|name| before.get(*name) != after.get(*name));
    changed.map(|name| (name.clone(), short(before.get(name)), short(after.get(name)))).collect()
}

fn short(value: Option<&Value>) -> String {
    let text = match value {
        None | Some(Value::Null) => return "–".to_owned(),
        Some(Value::String(text)) => text.replace('\n', " "),
        Some(other) => other.to_string(),
    };
    if text.chars().count() > 80 { text.chars().take(79).chain(['…']).collect() } else { text }
}
