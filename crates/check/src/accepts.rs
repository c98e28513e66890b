//! Looking at a setting of the rules before it is saved: one that is wrong would otherwise only be told afterwards.

use serde_json::{Map, Value};

use attestry_model::Isms;
use attestry_model::decide::Problems;
use attestry_model::reference::AnyRef;

use crate::config::{Config, SETTING};
use crate::waiver::{PREFIX, Waiver};

/// Whether the rules could work with this setting; settings that are not theirs, and removing one, are always fine.
///
/// # Errors
/// Everything that is wrong, by value; a waiver that is wrong as a whole by the name of the setting.
pub fn accepts(name: &str, fields: &Map<String, Value>, isms: &Isms) -> Result<(), Problems> {
    let mut problems = Problems::default();
    if fields.is_empty() {
        return Ok(());
    }
    if name == SETTING {
        let mut config = Config::default();
        for (value, given) in fields {
            if let Err(wrong) = config.set(value, given) {
                problems.add(value, wrong);
            }
        }
    } else if let Some(rest) = name.strip_prefix(PREFIX) {
        const KNOWN: [&str; 3] = ["reason", "approver", "expires"];
        for unknown in fields.keys().filter(|field| !KNOWN.contains(&field.as_str())) {
            problems.add(unknown, "is no part of a waiver: it has reason, approver and expires");
        }
        if let Err(wrong) = Waiver::read(isms, name, fields) {
            problems.add(name, wrong);
        }
        let item = rest.split_once('/').map(|(_, item)| item);
        let absent = |item: &&str| item.parse::<AnyRef>().is_ok_and(|record| isms.record(record).is_none());
        if let Some(item) = item.filter(absent) {
            problems.add(name, format!("names {item}, which does not exist"));
        }
        if item.is_some_and(|item| item.trim().is_empty()) {
            problems.add(name, "names no item after the rule");
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}
