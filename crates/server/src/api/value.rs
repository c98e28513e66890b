//! Records and fields between their canonical form and the plain one that programs read and write, with the same rights to
//! single fields as on pages.

use attestry_model::field::{FieldDef, Type, Wrong};
use attestry_model::kind::KindDef;
use attestry_model::permit::sees_field;
use attestry_model::stored::common_fields;
use attestry_model::value::Currency;
use attestry_model::{AnyRecord, Isms, Kind, Problems, plain};
use serde_json::{Map, Value};

use crate::cx::Cx;

/// What every record is answered with, whatever fields were asked for.
pub const ALWAYS: [&str; 4] = ["ref", "kind", "state", "revision"];
/// What the program writes itself.
pub const WRITTEN_BY_PROGRAM: [&str; 6] = ["ref", "kind", "state", "revision", "updated_at", "updated_by"];

/// All fields of a kind, its own ones first.
pub fn all_fields(def: &'static KindDef) -> impl Iterator<Item = &'static FieldDef> {
    def.fields.iter().chain(common_fields(def.fields).map(|(_, field)| field))
}

/// A record in plain form, without the fields that the caller does not see.
pub fn plain_record(cx: &Cx, record: &dyn AnyRecord, isms: &Isms, fields: Option<&[String]>) -> Map<String, Value> {
    let mut map = plain::plain_record(record, isms);
    for field in all_fields(record.def()).filter(|field| field.private || field.guarded) {
        if !sees_field(&cx.isms, &cx.principal, record, field) {
            map.remove(field.name);
        }
    }
    if let Some(fields) = fields {
        map.retain(|name, _| ALWAYS.contains(&name.as_str()) || fields.contains(name));
    }
    map
}

/// The names in a list such as `title,owner`.
pub fn selection(def: &'static KindDef, list: Option<&str>) -> Result<Option<Vec<String>>, Problems> {
    let Some(list) = list else { return Ok(None) };
    let names: Vec<String> = list.split(',').map(str::to_owned).collect();
    let mut problems = Problems::default();
    for name in &names {
        let known = WRITTEN_BY_PROGRAM.contains(&name.as_str()) || def.field(name).is_some();
        if !known {
            problems.add("fields", format!("“{}” is not a field of {}", shown(name), def.words.plural.to_lowercase()));
        }
    }
    if problems.is_empty() { Ok(Some(names)) } else { Err(problems) }
}

/// Text from outside, for a message.
pub fn shown(text: &str) -> String {
    text.chars().filter(|sign| !sign.is_control()).take(60).collect()
}

/// Fields in plain form as canonical values. `record` is the one that they change, if it is there already.
///
/// # Errors
/// Every field that the caller does not see or whose value has the wrong form. Unknown and read-only ones are left to the
/// decision, which names them.
pub fn canonical_fields(
    cx: &Cx,
    kind: Kind,
    record: Option<&dyn AnyRecord>,
    given: Map<String, Value>,
) -> Result<Map<String, Value>, Problems> {
    let def = kind.def();
    let currency = plain::currency(&cx.current);
    let mut problems = Problems::default();
    let mut fields = Map::new();
    for (name, value) in given {
        let Some(field) = def.field(&name) else {
            if name.len() > 100 {
                problems.add(shown(&name), format!("is not a field of {}", def.words.plural.to_lowercase()));
            } else {
                fields.insert(name, value);
            }
            continue;
        };
        let sees = record.map_or_else(
            || field.guarded || cx.may_ask(field),
            |record| sees_field(&cx.isms, &cx.principal, record, field),
        );
        if !sees {
            problems.add(name, "is not shown to you and cannot be set by you");
            continue;
        }
        let value = match record {
            Some(record) => merged(field, record, value, currency),
            None => value,
        };
        match strict(field.ty, value).and_then(|value| plain::canonical(field.ty, value, currency)) {
            Ok(value) => {
                fields.insert(name, value);
            }
            Err(wrong) => problems.add(name, wrong.to_string()),
        }
    }
    if problems.is_empty() { Ok(fields) } else { Err(problems) }
}

/// A merge patch reaches into embedded structures (RFC 7396); own fields are merged by the decision.
fn merged(field: &FieldDef, record: &dyn AnyRecord, patch: Value, currency: Option<Currency>) -> Value {
    if !matches!(field.ty, Type::Struct(_) | Type::Matrix) || !patch.is_object() {
        return patch;
    }
    let held = plain::plain(field.ty, &record.field(field.name).unwrap_or_default(), currency);
    merge(held, patch)
}

fn merge(into: Value, patch: Value) -> Value {
    let Value::Object(patch) = patch else { return patch };
    let mut members = match into {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    for (name, value) in patch {
        if value.is_null() {
            members.remove(&name);
        } else {
            let held = members.remove(&name).unwrap_or_default();
            members.insert(name, merge(held, value));
        }
    }
    Value::Object(members)
}

/// The value, if it has the JSON type that the interface declares for it: a text is never a number.
fn strict(ty: Type, value: Value) -> Result<Value, Wrong> {
    Ok(match (ty, value) {
        (Type::Text | Type::LongText, Value::Number(_)) => return Err(Wrong::new("must be a text")),
        (Type::Int | Type::Level, Value::Number(number)) => whole(number),
        (Type::List(inner), Value::Array(items)) => {
            let item = |(at, item)| strict(*inner, item).map_err(|wrong| wrong.within(&format!("[{at}]")));
            Value::Array(items.into_iter().enumerate().map(item).collect::<Result<_, _>>()?)
        }
        (Type::Struct(fields), Value::Object(members)) => {
            let member = |(name, member): (String, Value)| {
                let field = fields.iter().find(|field| field.name == name);
                let value = match field {
                    Some(field) => strict(field.ty, member).map_err(|wrong| wrong.within(&format!(".{name}")))?,
                    None => member,
                };
                Ok((name, value))
            };
            Value::Object(members.into_iter().map(member).collect::<Result<_, Wrong>>()?)
        }
        (_, value) => value,
    })
}

/// A number without a fraction, however it was written: `3.0` is 3.
#[expect(clippy::cast_possible_truncation, reason = "checked to lie within what a double holds exactly")]
fn whole(number: serde_json::Number) -> Value {
    match number.as_f64() {
        Some(double) if number.is_f64() && double.fract() == 0.0 && double.abs() < 9_007_199_254_740_992.0 => {
            Value::from(double as i64)
        }
        _ => Value::Number(number),
    }
}
