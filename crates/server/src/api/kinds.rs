//! The declarations of all kinds, as programs read them.

use attestry_model::field::{FieldDef, Type};
use attestry_model::kind::KindDef;
use attestry_model::{Kind, custom};
use axum::response::Response;
use serde_json::{Value, json};

use super::answer;
use super::call::Call;
use super::value::all_fields;
use crate::cx::Cx;

/// `GET /api/v1/kinds`
pub fn kinds(call: &Call) -> Response {
    let items: Vec<Value> = Kind::ALL.iter().map(|kind| declaration(&call.cx, kind.def())).collect();
    answer::json(&json!({ "items": items }))
}

fn declaration(cx: &Cx, def: &'static KindDef) -> Value {
    let field = |field: &FieldDef| {
        json!({
            "name": field.name,
            "type": type_name(field.ty),
            "required": field.required,
            "private": field.private,
            "help": field.help,
        })
    };
    let own = custom::fields(&cx.isms, def.kind);
    let own = own.values().map(|field| json!({ "name": field.name, "label": field.label, "help": field.help }));
    let steps = def.flow.iter().map(|step| json!({ "from": step.from, "to": step.to, "name": step.name }));
    let states = def.states.iter().map(|state| json!({ "name": state.name, "label": state.label }));
    json!({
        "kind": def.words.name,
        "prefix": def.words.prefix,
        "title": def.words.title,
        "plural": def.words.plural,
        "help": def.words.help,
        "life_cycle_steps": def.words.steps,
        "serves": def.words.clauses,
        "retention": def.words.retention.to_string(),
        "core": def.words.core,
        "may_create": cx.may_create(def.kind),
        "fields": all_fields(def).map(field).collect::<Vec<_>>(),
        "own_fields": own.collect::<Vec<_>>(),
        "states": states.collect::<Vec<_>>(),
        "steps": steps.collect::<Vec<_>>(),
    })
}

/// A type in one short word, with what it consists of in parentheses.
pub fn type_name(ty: Type) -> String {
    let list = |inner: Vec<String>| inner.join(", ");
    match ty {
        Type::Text => "text".to_owned(),
        Type::LongText => "long text".to_owned(),
        Type::Bool => "yes or no".to_owned(),
        Type::Int => "whole number".to_owned(),
        Type::Decimal => "number".to_owned(),
        Type::Percent => "percent".to_owned(),
        Type::Level => "level".to_owned(),
        Type::Money => "amount".to_owned(),
        Type::Date => "date".to_owned(),
        Type::DateTime => "moment".to_owned(),
        Type::Period => "period".to_owned(),
        Type::Matrix => "matrix".to_owned(),
        Type::Custom => "own fields".to_owned(),
        Type::Choice(options) => {
            format!("one of ({})", list(options.iter().map(|option| option.name.to_owned()).collect()))
        }
        Type::Ref(kind) => format!("reference ({kind})"),
        Type::AnyRef => "reference".to_owned(),
        Type::List(inner) => format!("list of {}", type_name(*inner)),
        Type::Struct(fields) => {
            let parts = fields.iter().map(|field| format!("{}: {}", field.name, type_name(field.ty)));
            format!("structure ({})", list(parts.collect()))
        }
    }
}
