//! Which fields a list of a kind shows, and which of them say when something is due.

use attestry_model::field::{FieldDef, Type};
use attestry_model::kind::{DEAD_STATES, KindDef};
use attestry_model::stored::{AnyRecord, FieldPlace, common_fields};
use attestry_model::{AnyRef, Kind};
use jiff::civil::Date;

use crate::cx::Cx;
use crate::html::Mark;
use crate::labels;
use crate::places::list_path;

/// Most columns of a list.
pub const MOST: usize = 20;
/// Most columns of a list for which nobody has chosen any.
const MOST_DEFAULT: usize = 8;

/// A column: one field.
#[derive(Debug, Clone)]
pub struct Column {
    /// The field's name.
    pub name: String,
    /// Its label.
    pub label: String,
    /// Its type.
    pub ty: Type,
    /// Where it is found; `None` for one of the organisation's own fields.
    pub place: Option<FieldPlace>,
    /// Its definition, where it has one.
    pub def: Option<&'static FieldDef>,
}

impl Column {
    /// Whether its cells stand at the end of the line.
    pub fn is_number(&self) -> bool {
        matches!(self.ty, Type::Int | Type::Decimal | Type::Percent | Type::Money) && !self.name.ends_with("_value")
    }

    /// Whether a list can be sorted by it.
    pub fn is_sortable(&self) -> bool {
        self.place.is_some() && attestry_model::query::is_sortable(self.ty)
    }
}

/// All fields of a kind that the person may ask for, in the order in which people see them, the organisation's own last.
pub fn all(cx: &Cx, kind: Kind) -> Vec<Column> {
    let def = kind.def();
    let mut names = vec!["ref", "title", "state"];
    names.extend(def.fields.iter().map(|field| field.name).filter(|name| *name != "title"));
    let common = common_fields(def.fields).map(|(_, field)| field.name);
    names.extend(common.filter(|name| !matches!(*name, "title" | "custom" | "void_reason")));
    names.extend(["updated_at", "updated_by", "revision"]);
    let mut columns: Vec<Column> = names.into_iter().filter_map(|name| named(cx, kind, name)).collect();
    columns.retain(|column| !matches!(column.ty, Type::Matrix | Type::Custom));
    let own = attestry_model::custom::fields(&cx.isms, kind);
    columns.extend(own.keys().filter_map(|name| named(cx, kind, &format!("custom.{name}"))));
    columns
}

/// The list of the records of a kind that name a record in one of their fields, if the list can be narrowed by that field.
pub fn naming(cx: &Cx, kind: Kind, field: &str, target: AnyRef) -> Option<String> {
    let refers = |ty: Type| matches!(ty, Type::Ref(_) | Type::AnyRef);
    let named = named(cx, kind, field)?;
    let narrows = refers(named.ty) || matches!(named.ty, Type::List(item) if refers(*item));
    narrows.then(|| cx.href(&format!("{}?view=all&{field}={target}", list_path(kind))))
}

/// A field by its name, if the kind has it and the person may ask for it.
pub fn named(cx: &Cx, kind: Kind, name: &str) -> Option<Column> {
    let def = kind.def();
    if let Some(own) = name.strip_prefix("custom.") {
        let field = attestry_model::custom::fields(&cx.isms, kind).remove(own)?;
        let label = if field.label.is_empty() { labels::sentence(own) } else { field.label };
        return Some(Column { name: name.to_owned(), label, ty: Type::Text, place: None, def: None });
    }
    let place = FieldPlace::find(def, name)?;
    let field = place.def(def);
    if field.is_some_and(|field| !cx.may_ask(field)) {
        return None;
    }
    let ty = match place {
        FieldPlace::Revision => Type::Int,
        FieldPlace::UpdatedAt => Type::DateTime,
        FieldPlace::UpdatedBy => Type::Ref(Kind::Person),
        _ => field.map_or(Type::Text, |field| field.ty),
    };
    let label = match name {
        "ref" => cx.say("list-number").into_owned(),
        "title" => labels::singular(cx.words, kind),
        name => labels::field(cx.words, kind, name),
    };
    Some(Column { name: name.to_owned(), label, ty, place: Some(place), def: field })
}

/// The fields that a list shows when nobody has chosen: reference, title, who answers, how much, the state, what is next.
pub fn default_names(def: &'static KindDef) -> Vec<&'static str> {
    let mut names = vec!["ref", "title"];
    let people = |field: &&FieldDef| matches!(field.ty, Type::Ref(Kind::Person));
    names.push(def.fields.iter().filter(people).find(|field| field.own).map_or("owner", |field| field.name));
    let measures = |field: &&FieldDef| match field.ty {
        Type::Level | Type::Percent | Type::Money | Type::Choice(_) => field.required,
        Type::Int => field.index,
        _ => false,
    };
    let indexed = def.fields.iter().filter(|field| field.index && field.ty == Type::Int);
    let others = def.fields.iter().filter(measures).filter(|field| !(field.index && field.ty == Type::Int));
    let number = def.fields.iter().find(|field| matches!(field.name, "annex_id" | "number") && field.ty == Type::Text);
    let mut measures: Vec<&'static str> =
        number.into_iter().chain(indexed).chain(others).map(|field| field.name).collect();
    measures.truncate(2);
    names.extend(measures);
    names.push("state");
    names.extend(due(def).first().copied());
    let mut seen = Vec::new();
    names.retain(|name| {
        !seen.contains(name) && {
            seen.push(*name);
            true
        }
    });
    names.truncate(MOST_DEFAULT);
    names
}

/// The fields that name the day by which something is to happen, the most telling first.
pub fn due(def: &'static KindDef) -> Vec<&'static str> {
    const KNOWN: [&str; 16] = [
        "due",
        "next_review",
        "next_due",
        "next_assessment",
        "next_test_due",
        "planned_for",
        "expires_on",
        "valid_until",
        "fix_due",
        "response_due",
        "gap_due",
        "next_planned",
        "next_exercise",
        "planned_date",
        "planned_to",
        "until_date",
    ];
    let has = |name: &&str| def.fields.iter().any(|field| field.name == *name && field.ty == Type::Date);
    KNOWN.into_iter().filter(has).collect()
}

/// Since when a record is overdue: the first day that has passed, of what is still to happen.
pub fn overdue(record: &dyn AnyRecord, due: &[(&'static str, FieldPlace)], today: Date) -> Option<Date> {
    let state = record.state();
    if DEAD_STATES.contains(&state) {
        return None;
    }
    let reached = Mark::of_state(state) == Mark::Fine;
    let limit = attestry_model::field::Scalar::key(&today);
    let days = due.iter().filter_map(|(name, place)| {
        // A review comes again whatever state the record is in; what was planned once is over when it is done.
        let again = name.starts_with("next_") || matches!(*name, "expires_on" | "valid_until");
        // Empty days come after every other in this order.
        if (reached && !again) || record.key(*place) >= limit {
            return None;
        }
        record.value_at(*place).as_str()?.parse::<Date>().ok()
    });
    days.min()
}

/// The due fields with their places.
pub fn due_places(def: &'static KindDef) -> Vec<(&'static str, FieldPlace)> {
    due(def).into_iter().filter_map(|name| Some((name, FieldPlace::find(def, name)?))).collect()
}

/// The field whose value stands as a second line under the title: what the record is about.
pub fn second_line(def: &'static KindDef) -> Option<&'static FieldDef> {
    const ABOUT: [&str; 14] = [
        "assets",
        "asset",
        "risk",
        "risks",
        "control",
        "controls",
        "document",
        "supplier",
        "person",
        "course",
        "metric",
        "incident",
        "nonconformity",
        "process",
    ];
    let about = ABOUT.iter().find_map(|name| def.fields.iter().find(|field| field.name == *name));
    let people = |field: &&FieldDef| matches!(field.ty, Type::Ref(Kind::Person | Kind::Methodology));
    let refs = |field: &&FieldDef| match field.ty {
        Type::Ref(_) | Type::AnyRef => true,
        Type::List(inner) => matches!(inner, Type::Ref(_)),
        _ => false,
    };
    let about =
        about.filter(refs).or_else(|| def.fields.iter().find(|field| field.required && refs(field) && !people(field)));
    let choice = || def.fields.iter().find(|field| field.required && matches!(field.ty, Type::Choice(_)));
    let text = || def.fields.iter().find(|field| field.required && field.ty == Type::Text && !field.private);
    about.or_else(choice).or_else(text).filter(|field| !field.private)
}

/// The order that shows first what needs somebody.
pub fn default_sort(def: &'static KindDef) -> String {
    let has = |name: &str| def.fields.iter().any(|field| field.name == name);
    if has("current_value") {
        return "-current_value".to_owned();
    }
    if has("annex_id") && def.fields.iter().any(|field| field.name == "annex_id" && field.index) {
        return "ref".to_owned();
    }
    due(def).first().map_or_else(|| "title".to_owned(), |name| (*name).to_owned())
}
