//! Which fields of a record a person sees, may change, and finds where.

use std::sync::Arc;

use attestry_model::field::{FieldDef, Type};
use attestry_model::kind::Who;
use attestry_model::permit::{Wish, any_of, is_closed, sees_field};
use attestry_model::stored::{Stamp, common_fields};
use attestry_model::{AnyRecord, Kind};
use serde_json::{Map, Value};

use super::typed::MOST_ROWS;
use crate::cx::Cx;

/// Common fields that the program or an act of its own writes.
const KEPT: [&str; 4] = ["legal_hold", "void_reason", "created_at", "created_by"];
/// Common fields that come after the kind's own.
const LAST: [&str; 3] = ["notes", "tags", "custom"];
/// Most fields of a form before the fold.
const FIRST: usize = 6;

/// All fields in the order in which people read them: title, owner, the kind's own, notes, tags, own fields.
pub fn all(kind: Kind) -> Vec<&'static FieldDef> {
    let own = kind.def().fields;
    let common: Vec<&'static FieldDef> =
        common_fields(own).map(|(_, field)| field).filter(|field| !KEPT.contains(&field.name)).collect();
    let (last, first): (Vec<&'static FieldDef>, Vec<_>) =
        common.into_iter().partition(|field| LAST.contains(&field.name));
    first.into_iter().chain(own).chain(last).collect()
}

/// The fields of a record that the person sees.
pub fn seen(cx: &Cx, record: &dyn AnyRecord) -> Vec<&'static FieldDef> {
    let mut fields = all(record.any_ref().kind);
    fields.retain(|field| sees_field(&cx.isms, &cx.principal, record, field));
    fields
}

/// The fields that the person may change in a form; of a new record, those that they may fill in.
pub fn editable(cx: &Cx, kind: Kind, record: Option<&dyn AnyRecord>) -> Vec<&'static FieldDef> {
    let mut fields = changeable(cx, kind, record);
    fields.retain(|field| record.is_none_or(|record| !is_too_long(record, field)));
    fields
}

/// The fields that the person may change, those that no form shows whole among them.
pub fn changeable(cx: &Cx, kind: Kind, record: Option<&dyn AnyRecord>) -> Vec<&'static FieldDef> {
    let mut fields = all(kind);
    fields.retain(|field| !is_by_acts(field) && !is_worked_out(cx, kind, record, field));
    // What a proposal drafts is put together where it is drafted, and what was decided is noted by the program.
    let kept = ["approval", "approved_on", "offered_on", "reverses"];
    fields.retain(|field| !field.guarded && (kind != Kind::Proposal || !kept.contains(&field.name)));
    let Some(record) = record else { return fields };
    if !cx.may(Wish::Update, record) || record.head().void_reason.is_some() {
        return Vec::new();
    }
    let def = record.def();
    let others: Vec<Who> = def.rights.update.iter().copied().filter(|who| *who != Who::Own).collect();
    let only_own = !def.own_fields.is_empty() && !any_of(&cx.isms, &cx.principal, &others, record);
    let frozen = is_closed(record) || def.immutable_in.contains(&record.flow_state());
    fields.retain(|field| {
        sees_field(&cx.isms, &cx.principal, record, field)
            && (!only_own || field.immaterial || def.own_fields.contains(&field.name))
            && (!frozen || field.immaterial)
    });
    fields
}

/// Whether a field is filled by an act of its own and not in forms: by attaching a file, or by signing.
pub fn is_by_acts(field: &FieldDef) -> bool {
    field.name.ends_with("_hash") || field.signed
}

/// Whether a field holds as many rows as a form shows, or more. It is left out of the form whole, so that saving takes no row
/// away, and is changed some rows at a time.
pub fn is_too_long(record: &dyn AnyRecord, field: &FieldDef) -> bool {
    super::typed::is_table(field.ty)
        && record.field(field.name).is_some_and(|value| value.as_array().is_some_and(|rows| rows.len() >= MOST_ROWS))
}

/// Whether the kind works this field out from others: taken away from an example or from the record itself, it comes back.
pub fn is_worked_out(cx: &Cx, kind: Kind, record: Option<&dyn AnyRecord>, field: &FieldDef) -> bool {
    if !is_figure(field.ty) {
        return false;
    }
    let comes_back = |name: &str, fields: &Map<String, Value>, number| {
        if !fields.contains_key(name) {
            return false;
        }
        let others = fields.iter().filter(|(other, _)| *other != name && *other != "methodology");
        let others = others.map(|(name, value)| (name.clone(), value.clone())).collect();
        let stamp = Stamp { number, revision: 1, at: cx.now, by: None };
        let Ok(without) = kind.read(stamp, others) else { return false };
        without.derive(&cx.isms).is_some_and(|derived| derived.contains_key(name))
    };
    let those_of = |fields: Map<String, Value>, number| -> Arc<[&'static str]> {
        def_fields(kind).filter(|name| comes_back(name, &fields, number)).collect()
    };
    if crate::kept::worked_out(cx, kind, || those_of(kind.sample(), u32::MAX)).contains(&field.name) {
        return true;
    }
    let Some(record) = record else { return false };
    let reference = record.any_ref();
    // A record that is not the one of the value shown, such as one that is typed, has figures of its own.
    let shown = cx.isms.record(reference).is_some_and(|known| std::ptr::addr_eq(known, record));
    if !shown {
        return comes_back(field.name, &record.fields(), reference.number);
    }
    crate::kept::worked_out_of(cx, reference, || those_of(record.fields(), reference.number)).contains(&field.name)
}

/// The fields of a kind that may be worked out, by their type.
fn def_fields(kind: Kind) -> impl Iterator<Item = &'static str> {
    all(kind).into_iter().filter(|field| is_figure(field.ty)).map(|field| field.name)
}

fn is_figure(ty: Type) -> bool {
    matches!(ty, Type::Int | Type::Decimal | Type::Money | Type::Level | Type::Choice(_))
}

/// The fields that come first in a form, at most six, and the others.
pub fn folded(kind: Kind, fields: &[&'static FieldDef]) -> (Vec<&'static FieldDef>, Vec<&'static FieldDef>) {
    let required = |field: &&&'static FieldDef| field.required || field.name == "title";
    let mut first: Vec<&'static FieldDef> = fields.iter().filter(required).take(FIRST).copied().collect();
    if !kind.words().fact {
        let optional = fields.iter().filter(|field| !required(field) && !LAST.contains(&field.name));
        let room = FIRST - first.len();
        let more: Vec<&'static FieldDef> = optional.take(room).copied().collect();
        first = fields.iter().filter(|field| first.contains(field) || more.contains(field)).copied().collect();
    }
    let rest = fields.iter().filter(|field| !first.contains(field)).copied().collect();
    (first, rest)
}

/// Where a field of a record is read: texts and tables in the middle, short facts at the side, lists of records among the
/// links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    /// A section of its own.
    Section,
    /// One of the texts of the first section.
    Text,
    /// A fact at the side.
    Fact,
    /// Among the links.
    Linked,
}

/// Letters from which on a line of text is read in the middle.
const LONG_LINE: usize = 30;

/// Where a filled field is read.
pub fn spot(field: &FieldDef, value: &Value) -> Spot {
    match (field.ty, value) {
        // A fingerprint says nothing to read.
        _ if is_by_acts(field) => Spot::Fact,
        (Type::LongText | Type::Matrix | Type::Struct(_) | Type::List(Type::Struct(_)), _) => Spot::Section,
        (Type::List(Type::Ref(_) | Type::AnyRef), _) => Spot::Linked,
        (Type::Text, Value::String(text)) if text.chars().count() > LONG_LINE => Spot::Text,
        (Type::List(Type::Text), Value::Array(items)) => {
            let letters = |item: &Value| item.as_str().map_or(0, |text| text.chars().count());
            if items.iter().map(letters).sum::<usize>() > LONG_LINE { Spot::Text } else { Spot::Fact }
        }
        _ => Spot::Fact,
    }
}
