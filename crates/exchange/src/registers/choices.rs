//! What somebody has said about the columns of their registers, where the mapping found no place for one or another than they
//! want: by the name of the file or sheet and the heading. It is kept and holds for the next import of the same registers.

use std::collections::BTreeMap;

use attestry_model::field::{FieldDef, Type};
use attestry_model::records::Kind;
use serde::{Deserialize, Serialize};

use super::mapping::{FieldRule, FieldRules, Mapping, RecordRules, RegisterRules, field_type, shipped};
use super::table::in_braces;
use super::words::{names, plain};

/// Where a column goes that is the row's own identifier.
pub const IDENTIFIER: &str = "id";
/// Where a column goes that has no field: into the notes of the record.
pub const NOTES: &str = "";
/// Most columns of one register for which something is kept.
const MOST_COLUMNS: usize = 300;

/// The choices for several registers, by the names of their files or sheets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    /// The registers.
    pub registers: BTreeMap<String, RegisterChoice>,
}

/// The choices for one register.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RegisterChoice {
    /// What its rows are, where the mapping does not know the register.
    pub kind: Option<String>,
    /// Where each column goes, by its heading: `risk.title`, [`IDENTIFIER`] or [`NOTES`].
    pub columns: BTreeMap<String, String>,
}

/// The name under which the choices for a register are kept.
pub fn name_of(register: &RegisterRules) -> &str {
    register.files.first().map_or(register.name.as_str(), String::as_str)
}

/// The fields of a kind that a column can fill.
pub fn fields_of(kind: Kind) -> impl Iterator<Item = &'static FieldDef> {
    let whole = |ty: Type| !matches!(ty, Type::Struct(_) | Type::Matrix | Type::Custom | Type::List(Type::Struct(_)));
    let common = attestry_model::stored::common_fields(kind.def().fields).map(|(_, field)| field);
    let all = common.chain(kind.def().fields);
    all.filter(move |field| whole(field.ty) && field_type(kind, field.name).is_some())
}

/// Where a column of a register goes: `risk.title` and the like, the first of them what its cells say most of.
pub fn places_of(register: &RegisterRules, heading: &str) -> Vec<String> {
    let mut places = Vec::new();
    if register.id.as_deref().is_some_and(|id| is(id, heading)) {
        places.push(IDENTIFIER.to_owned());
    }
    for record in &register.records {
        for (field, rules) in &record.fields {
            let reads = |rule: &FieldRule| {
                rule.from.as_deref().is_some_and(|from| is(from, heading))
                    || rule.template.as_deref().is_some_and(|text| in_braces(text).any(|name| is(name, heading)))
                    || rule.parts.values().any(|from| is(from, heading))
            };
            if rules.rules().iter().any(reads) {
                places.push(format!("{}.{field}", record.kind));
            }
        }
    }
    places
}

/// Whether a heading is one of the names in a list of names.
fn is(list: &str, heading: &str) -> bool {
    names(list).any(|name| plain(name) == plain(heading))
}

impl Choices {
    /// A mapping, narrowed to the registers at hand, with the choices in the place of what it found. What a choice can no
    /// longer mean is passed over.
    #[must_use]
    pub fn apply(&self, narrowed: &Mapping) -> Mapping {
        let mut mapping = narrowed.clone();
        for register in &mut mapping.registers {
            let name = plain(name_of(register));
            if let Some((_, choice)) = self.registers.iter().find(|(known, _)| plain(known) == name) {
                choice.apply(register);
            }
        }
        // Words that moved with a field come along.
        for (name, words) in &shipped().words {
            mapping.words.entry(name.clone()).or_insert_with(|| words.clone());
        }
        mapping
    }

    /// Puts the choices of another import beside these; where both say something, the other is right.
    pub fn take(&mut self, other: Self) {
        for (name, choice) in other.registers {
            let own = self.registers.entry(name).or_default();
            own.kind = choice.kind.or(own.kind.take());
            own.columns.extend(choice.columns);
            while own.columns.len() > MOST_COLUMNS {
                own.columns.pop_last();
            }
        }
    }
}

impl RegisterChoice {
    fn apply(&self, register: &mut RegisterRules) {
        if register.matrix.is_some() {
            return;
        }
        if register.records.is_empty()
            && let Some(kind) = self.kind.as_deref().filter(|kind| Kind::named(kind).is_some())
        {
            register.records.push(RecordRules { kind: kind.to_owned(), ..RecordRules::default() });
        }
        for (heading, to) in &self.columns {
            let there = places_of(register, heading);
            if there.first().map_or(NOTES, String::as_str) == to {
                continue;
            }
            let target = to.split_once('.').filter(|(kind, field)| {
                let known = Kind::named(kind).is_some_and(|kind| fields_of(kind).any(|one| one.name == *field));
                known && register.records.iter().any(|record| record.kind == *kind && record.into.is_none())
            });
            if to == IDENTIFIER {
                leave(register, heading);
                register.id = Some(heading.clone());
            } else if let Some((kind, field)) = target {
                leave(register, heading);
                enter(register, heading, kind, field);
            } else if to == NOTES {
                leave(register, heading);
            }
            register.unplaced.retain(|one| plain(one) != plain(heading));
            if to == NOTES {
                register.unplaced.push(heading.clone());
            }
        }
        // Headings that were needed only by rules which are no longer there are not missed.
        let left: Vec<String> = register.needs.clone();
        register.needs = left.into_iter().filter(|need| !places_of(register, need).is_empty()).collect();
    }
}

/// Takes a column out of every field that it fills by itself.
fn leave(register: &mut RegisterRules, heading: &str) {
    if register.id.as_deref().is_some_and(|id| is(id, heading)) {
        register.id = None;
    }
    for record in &mut register.records {
        for rules in record.fields.values_mut() {
            let without = |mut rule: FieldRule| {
                let had = !rule.parts.is_empty();
                rule.parts.retain(|_, from| !is(from, heading));
                // A structure without parts says nothing.
                let empty = had && rule.parts.is_empty();
                (!empty && rule.from.as_deref().is_none_or(|from| !is(from, heading))).then_some(rule)
            };
            *rules = FieldRules::First(rules.rules().into_iter().filter_map(without).collect());
        }
        record.fields.retain(|_, rules| !rules.rules().is_empty());
    }
}

/// Lets a column fill a field, read as the shipped mapping reads that field where it knows it.
fn enter(register: &mut RegisterRules, heading: &str, kind: &str, field: &str) {
    let known = shipped().registers.iter().flat_map(|register| &register.records).filter(|record| record.kind == kind);
    let known = known.filter_map(|record| record.fields.get(field)).flat_map(FieldRules::rules);
    let known = known.filter(|rule| rule.from.is_some()).max_by_key(|rule| usize::from(rule.words.is_some()));
    let rule = FieldRule { from: Some(heading.to_owned()), ..known.unwrap_or_default() };
    if let Some(record) = register.records.iter_mut().find(|record| record.kind == kind && record.into.is_none()) {
        let mut rules = vec![rule];
        rules.extend(record.fields.get(field).map(FieldRules::rules).unwrap_or_default());
        record.fields.insert(field.to_owned(), FieldRules::First(rules));
    }
}
