//! `list`: records of a kind, filtered, sorted, as a table or as JSON.

use std::process::ExitCode;

use attestry_model::field::Type;
use attestry_model::kind::KindDef;
use attestry_model::query::{self, Filter, Query};
use attestry_model::stored::{FieldPlace, common_fields};
use attestry_model::{AnyRecord, Isms, Problems, plain};
use serde_json::Value;

use crate::cli::{Global, List};
use crate::failure::Failure;
use crate::input;
use crate::output::{json as print_json, say, table};
use crate::site::Site;

/// How many records a table on a terminal shows unless asked for more.
const TABLE_LIMIT: usize = 200;

pub fn run(global: Global, args: List) -> Result<ExitCode, Failure> {
    let kind = input::kind(&args.kind)?;
    let filters = args.filters.iter().map(|text| Filter::parse(text)).collect::<Result<Vec<_>, _>>();
    let filters = filters.map_err(Failure::input)?;
    let site = Site::open(global, false)?;
    let organisation = site.organisation()?;
    let (isms, _) = Site::at(&organisation, args.as_of.as_deref())?;
    let limit = args.limit.unwrap_or(if site.global.json { query::PAGE_LIMIT } else { TABLE_LIMIT });
    // Who asks for void records wants to see them.
    let void = args.void || filters.iter().any(|filter| filter.field == "state" && filter.value == "void");
    let narrowed = !filters.is_empty() || args.offset > 0 || limit == 0;
    let query = Query { kind, filters, sort: args.sort, offset: args.offset, limit, void };
    let page = query::run(&isms, &query)?;
    if site.global.json {
        let records: Vec<_> = page.records.iter().map(|record| plain::plain_record(*record, &isms)).collect();
        print_json(&records)?;
        return Ok(ExitCode::SUCCESS);
    }
    let def = kind.def();
    let columns = if args.fields.is_empty() { default_columns(def) } else { args.fields };
    let unknown: Vec<&String> = columns.iter().filter(|name| !is_known(&isms, def, name)).collect();
    if !unknown.is_empty() {
        let mut problems = Problems::default();
        for name in unknown {
            problems.add(name.clone(), format!("is not a field of {}", def.words.plural.to_lowercase()));
        }
        return Err(problems.into());
    }
    let header: Vec<&str> = columns.iter().map(String::as_str).collect();
    let rows = page.records.iter().map(|record| columns.iter().map(|name| cell(&isms, *record, name)).collect());
    if page.records.is_empty() && narrowed {
        say(format!("Nothing to show; there are {} {} in all.", isms.count(kind), def.words.plural.to_lowercase()));
    } else if page.records.is_empty() {
        say(format!("No {} here. `attestry add {}` creates one.", def.words.plural.to_lowercase(), def.words.name));
    } else {
        say(table(&header, rows));
    }
    if page.more {
        say(format!("… and more; --limit and --offset show them, --json shows all of {}.", isms.count(kind)));
    }
    Ok(ExitCode::SUCCESS)
}

fn is_known(isms: &Isms, def: &'static KindDef, name: &str) -> bool {
    let own = name.strip_prefix("custom.").unwrap_or(name);
    FieldPlace::find(def, name).is_some() || attestry_model::custom::fields(isms, def.kind).contains_key(own)
}

/// The columns people want first: reference, title, state, owner, then what is short and telling.
fn default_columns(def: &KindDef) -> Vec<String> {
    let mut columns: Vec<String> = ["ref", "title", "state"].into_iter().map(str::to_owned).collect();
    let own_people = def.fields.iter().filter(|field| field.own).map(|field| field.name).next();
    columns.push(own_people.unwrap_or("owner").to_owned());
    let short = |ty: Type| {
        matches!(ty, Type::Choice(_) | Type::Int | Type::Level | Type::Percent | Type::Date | Type::Bool | Type::Money)
    };
    let indexed = def.fields.iter().filter(|field| field.index);
    let required = def.fields.iter().filter(|field| field.required && !field.index);
    let telling = indexed.chain(required).filter(|field| !field.own && short(field.ty));
    columns.extend(telling.take(4).map(|field| field.name.to_owned()));
    columns
}

/// A field of a record as one short text.
pub fn cell(isms: &Isms, record: &dyn AnyRecord, name: &str) -> String {
    let own = name.strip_prefix("custom.").unwrap_or(name);
    let text = match record.field(name) {
        Some(value) => {
            let ty = FieldPlace::find(record.def(), name).and_then(|place| place.def(record.def())).map(|def| def.ty);
            plain::text(ty.unwrap_or(Type::Text), &value, plain::currency(isms))
        }
        None => match record.head().custom.get(own) {
            Some(Value::String(text)) => text.clone(),
            Some(value) => value.to_string(),
            None => String::new(),
        },
    };
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() > 60 { line.chars().take(59).chain(['…']).collect() } else { line.to_owned() }
}

/// All fields of a kind in the order in which people see them.
pub fn all_fields(def: &'static KindDef) -> impl Iterator<Item = &'static attestry_model::field::FieldDef> {
    let common = common_fields(def.fields).map(|(_, field)| field);
    def.fields.iter().chain(common)
}
