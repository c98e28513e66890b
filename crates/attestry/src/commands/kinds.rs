//! `kinds`: what can be recorded, and what a kind holds.

use std::process::ExitCode;

use attestry_model::field::{FieldDef, Type};
use attestry_model::kind::KindDef;
use attestry_model::{Kind, custom};
use serde_json::{Value, json};

use super::list::all_fields;
use super::step::who;
use crate::cli::Global;
use crate::failure::Failure;
use crate::input;
use crate::output::{json as print_json, say, table};
use crate::site::Site;

pub fn run(global: Global, kind: Option<&str>) -> Result<ExitCode, Failure> {
    let Some(kind) = kind else {
        if global.json {
            let all: Vec<Value> = Kind::ALL.iter().map(|kind| kind_json(kind.def())).collect();
            return print_json(&all).map(|()| ExitCode::SUCCESS);
        }
        let rows = Kind::ALL.iter().map(|kind| {
            let words = kind.words();
            let steps: Vec<String> = words.steps.iter().map(ToString::to_string).collect();
            let steps = if steps.len() == 12 { "all".to_owned() } else { steps.join(",") };
            vec![
                words.name.to_owned(),
                words.prefix.to_owned(),
                words.title.to_owned(),
                steps,
                words.clauses.to_owned(),
            ]
        });
        say(table(&["kind", "prefix", "title", "steps", "serves"], rows));
        return Ok(ExitCode::SUCCESS);
    };
    let kind = input::kind(kind)?;
    let def = kind.def();
    if global.json {
        return print_json(&kind_json(def)).map(|()| ExitCode::SUCCESS);
    }
    say(format!("{} ({}-0001): {}", def.words.title, def.words.prefix, def.words.help));
    say(format!("Serves {}. Kept: {}.", def.words.clauses, def.words.retention));
    say("");
    let rows = all_fields(def).map(|field| {
        let required = if field.required { "required" } else { "" };
        vec![field.name.to_owned(), type_name(field.ty), required.to_owned(), field.help.to_owned()]
    });
    say(table(&["field", "type", "", "meaning"], rows));
    say("");
    let states: Vec<&str> = def.states.iter().map(|state| state.name).collect();
    say(format!("States: {}", states.join(", ")));
    let rows = def.flow.iter().map(|step| {
        vec![step.from.to_owned(), step.to.to_owned(), step.name.unwrap_or_default().to_owned(), who(step.who)]
    });
    say(table(&["from", "to", "name", "who"], rows));
    if let Ok(site) = Site::open(global, false)
        && let Ok(organisation) = site.organisation()
    {
        let own = custom::fields(&organisation.isms(), kind);
        if !own.is_empty() {
            say("");
            say(table(
                &["own field", "label"],
                own.values().map(|field| vec![field.name.clone(), field.label.clone()]),
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn kind_json(def: &'static KindDef) -> Value {
    let field = |field: &FieldDef| json!({ "name": field.name, "type": type_name(field.ty), "required": field.required, "help": field.help });
    let steps: Vec<Value> = def
        .flow
        .iter()
        .map(|step| json!({ "from": step.from, "to": step.to, "name": step.name, "who": who(step.who) }))
        .collect();
    json!({
        "kind": def.words.name,
        "prefix": def.words.prefix,
        "title": def.words.title,
        "plural": def.words.plural,
        "help": def.words.help,
        "steps": def.words.steps,
        "serves": def.words.clauses,
        "retention": def.words.retention.to_string(),
        "core": def.words.core,
        "fields": all_fields(def).map(field).collect::<Vec<_>>(),
        "states": def.states.iter().map(|state| state.name).collect::<Vec<_>>(),
        "transitions": steps,
    })
}

/// A type as the domain specification writes it.
fn type_name(ty: Type) -> String {
    match ty {
        Type::Text => "text".to_owned(),
        Type::LongText => "longtext".to_owned(),
        Type::Bool => "bool".to_owned(),
        Type::Int => "int".to_owned(),
        Type::Decimal => "decimal".to_owned(),
        Type::Percent => "percent".to_owned(),
        Type::Level => "level".to_owned(),
        Type::Money => "money".to_owned(),
        Type::Date => "date".to_owned(),
        Type::DateTime => "datetime".to_owned(),
        Type::Period => "dur".to_owned(),
        Type::Matrix => "map".to_owned(),
        Type::Custom => "own fields".to_owned(),
        Type::Choice(options) => {
            let names: Vec<&str> = options.iter().map(|option| option.name).collect();
            format!("enum({})", names.join(","))
        }
        Type::Ref(kind) => format!("ref({kind})"),
        Type::AnyRef => "ref(any)".to_owned(),
        Type::List(Type::Ref(kind)) => format!("refs({kind})"),
        Type::List(Type::AnyRef) => "refs(any)".to_owned(),
        Type::List(inner) => format!("list({})", type_name(*inner)),
        Type::Struct(fields) => {
            let parts: Vec<String> =
                fields.iter().map(|field| format!("{} {}", field.name, type_name(field.ty))).collect();
            format!("struct{{{}}}", parts.join("; "))
        }
    }
}
