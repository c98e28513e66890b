//! The filter bar: a chip for each field that is useful to choose by, with its values and how often they occur; what is
//! chosen stands as a chip with a way to take it back.

use attestry_model::field::Type;
use attestry_model::query::Compare;
use attestry_model::{AnyRef, Kind};

use super::ask::{Ask, Condition};
use super::census::{Census, is_facet};
use super::columns::{self, Column};
use crate::cx::Cx;
use crate::html::Html;
use crate::{labels, shell, show};

/// Most chips that are shown before anybody asks for more.
const MOST: usize = 5;

/// A chip that opens the values of a field.
#[derive(Debug)]
pub struct Chip {
    /// The number of the chip on its page.
    pub at: usize,
    /// The field's label.
    pub label: String,
    /// What it offers.
    pub offer: Offer,
    /// The rest of the address, for the form.
    pub kept: Html,
}

/// What a chip offers.
#[derive(Debug)]
pub enum Offer {
    /// Values with their counts.
    Values {
        /// The values.
        values: Vec<Choice>,
        /// How many others there are.
        others: usize,
    },
    /// Two bounds.
    Range {
        /// The type of the fields: `date` or `text`.
        input: &'static str,
        /// The parameter of the lower one.
        from: (String, String),
        /// The parameter of the upper one.
        to: (String, String),
    },
    /// A part of a text.
    Text {
        /// The parameter with its value.
        has: (String, String),
    },
}

/// A value that can be chosen.
#[derive(Debug)]
pub struct Choice {
    /// What it says.
    pub label: String,
    /// How many records have it.
    pub count: usize,
    /// The list with it chosen, or no longer.
    pub href: String,
    /// Whether it is chosen.
    pub on: bool,
}

/// Something chosen, with the way back.
#[derive(Debug)]
pub struct Active {
    /// What it says.
    pub label: String,
    /// The list without it.
    pub href: String,
}

/// The filter bar.
#[derive(Debug)]
pub struct Bar {
    /// The chips.
    pub chips: Vec<Chip>,
    /// What is chosen.
    pub active: Vec<Active>,
    /// Other fields to choose by, each with the list that shows its chip.
    pub more: Vec<Active>,
    /// The rest of the address, for the field of words.
    pub kept: Html,
}

/// The bar of a list.
pub fn bar(cx: &Cx, ask: &Ask, census: &Census, all: &[Column]) -> Bar {
    let def = ask.kind.def();
    let mut useful: Vec<&Column> = all.iter().filter(|column| is_useful(column)).collect();
    let due = columns::due(def);
    let weight = |column: &Column| match column.name.as_str() {
        "state" => 0,
        name if due.first() == Some(&name) => 3,
        _ if column.ty == Type::Ref(Kind::Person) && column.def.is_some_and(|def| def.own) => 1,
        _ if !is_facet(column.ty) => 9,
        _ if column.def.is_some_and(|def| def.required) && matches!(column.ty, Type::Choice(_)) => 2,
        _ if column.def.is_some_and(|def| def.required) => 4,
        _ => 6,
    };
    useful.sort_by_key(|column| weight(column));
    // A field in which every record says the same tells nothing apart.
    let telling = |column: &Column| {
        !is_facet(column.ty) && due.contains(&column.name.as_str())
            || census.facet(&column.name).is_some_and(|facet| facet.values.len() + usize::from(facet.empty > 0) > 1)
    };
    let first: Vec<String> =
        useful.iter().filter(|column| telling(column)).take(MOST).map(|column| column.name.clone()).collect();
    let asked = |column: &Column| {
        ask.shown.contains(&column.name) || ask.conditions.iter().any(|condition| condition.field == column.name)
    };
    let (shown, rest): (Vec<&Column>, Vec<&Column>) =
        useful.into_iter().partition(|column| first.contains(&column.name) || asked(column));
    let chips = shown.iter().enumerate().map(|(at, column)| chip(cx, ask, census, column, at)).collect();
    let mut rest: Vec<&Column> = rest;
    rest.sort_by_key(|column| column.label.to_lowercase());
    let more = rest.iter().map(|column| Active {
        label: column.label.clone(),
        href: ask.link(cx, &|_, _| false, &[("filter", &column.name)]),
    });
    Bar { chips, active: active(cx, ask, all), more: more.collect(), kept: kept(cx, ask, &["q"]) }
}

fn is_useful(column: &Column) -> bool {
    let ty = column.ty;
    let known =
        !matches!(column.name.as_str(), "ref" | "title" | "revision" | "legal_hold" | "created_by" | "updated_by");
    let range = matches!(ty, Type::Date | Type::DateTime | Type::Int | Type::Decimal | Type::Percent | Type::Money);
    let text = ty == Type::Text || matches!(ty, Type::List(inner) if *inner == Type::Text);
    known && (is_facet(ty) || range || text)
}

fn kept(cx: &Cx, ask: &Ask, without: &[&str]) -> Html {
    let mut pairs = ask.with(&|name, _| without.contains(&name), &[]);
    pairs.extend(cx.moment.as_ref().map(|moment| ("asof".to_owned(), moment.written.clone())));
    shell::hidden(&pairs)
}

fn chip(cx: &Cx, ask: &Ask, census: &Census, column: &Column, at: usize) -> Chip {
    let name = column.name.as_str();
    let value_of = |parameter: &str| {
        ask.conditions.iter().find(|it| it.parameter == parameter).map(|it| it.value.clone()).unwrap_or_default()
    };
    let (offer, own) = if let Some(facet) = census.facet(name) {
        let chosen = |value: &str| ask.conditions.iter().any(|it| it.parameter == name && it.value == value);
        // A record that the person may not see is no value to choose; it is only counted among the others.
        let offered = |value: &str| value.parse().map_or(true, |reference| is_named(cx, reference));
        let hidden = facet.values.iter().filter(|(value, _)| !offered(value)).count();
        let mut values: Vec<Choice> = facet
            .values
            .iter()
            .filter(|(value, _)| offered(value))
            .map(|(value, count)| {
                let on = chosen(value);
                let href = if on {
                    ask.link(cx, &|n, v| n == name && v == value, &[])
                } else {
                    ask.link(cx, &|n, _| n == "filter", &[(name, value)])
                };
                Choice { label: value_words(cx, ask.kind, column, value), count: *count, href, on }
            })
            .collect();
        if facet.empty > 0 {
            let parameter = format!("{name}.none");
            let on = !value_of(&parameter).is_empty();
            let chosen = [(parameter.as_str(), "1")];
            let href = ask.link(cx, &|n, _| n == parameter, if on { &[] } else { &chosen });
            let label = cx.say("list-empty-value").into_owned();
            values.push(Choice { label, count: facet.empty, href, on });
        }
        (Offer::Values { values, others: facet.others + hidden }, Vec::new())
    } else if matches!(column.ty, Type::Text | Type::List(_)) {
        let parameter = format!("{name}.has");
        (Offer::Text { has: (parameter.clone(), value_of(&parameter)) }, vec![parameter])
    } else {
        let (from, to) = (format!("{name}.from"), format!("{name}.to"));
        let input = if matches!(column.ty, Type::Date | Type::DateTime) { "date" } else { "text" };
        let own = vec![from.clone(), to.clone()];
        let (low, high) = (value_of(&from), value_of(&to));
        (Offer::Range { input, from: (from, low), to: (to, high) }, own)
    };
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    Chip { at, label: column.label.clone(), offer, kept: kept(cx, ask, &own) }
}

/// A value of a field in words.
pub fn value_words(cx: &Cx, kind: Kind, column: &Column, value: &str) -> String {
    let inner = if let Type::List(inner) = column.ty { *inner } else { column.ty };
    match inner {
        _ if column.name == "state" => labels::state(cx.words, kind, value).into_owned(),
        Type::Choice(options) => options
            .iter()
            .find(|option| option.name == value)
            .map_or_else(|| value.to_owned(), |option| labels::word(cx.words, option.name, option.label).into_owned()),
        Type::Bool => cx.say(if value == "true" { "yes" } else { "no" }).into_owned(),
        Type::Ref(_) | Type::AnyRef => value.parse().map_or_else(|_| value.to_owned(), |it| record_words(cx, it)),
        Type::Date => value.parse().map_or_else(|_| value.to_owned(), |day| crate::dates::full_day(cx.words, day)),
        _ => value.to_owned(),
    }
}

/// Whether the person may know what a reference stands for: a colleague, or a record that they may see.
pub fn is_named(cx: &Cx, reference: AnyRef) -> bool {
    reference.kind == Kind::Person || cx.isms.record(reference).is_some_and(|record| cx.sees(record))
}

/// A record by its title, if the person may see it; a person by their name; else by its reference.
pub fn record_words(cx: &Cx, reference: AnyRef) -> String {
    if let Some(person) = reference.of::<attestry_model::records::Person>() {
        return cx.name_of(person);
    }
    let record = cx.isms.record(reference).filter(|record| cx.sees(*record));
    let title = record.and_then(|record| record.head().title.as_deref()).filter(|title| !title.is_empty());
    title.map_or_else(|| reference.to_string(), |title| show::shortened(title, 60))
}

fn active(cx: &Cx, ask: &Ask, all: &[Column]) -> Vec<Active> {
    let mut active = Vec::new();
    if !ask.q.is_empty() {
        let label = cx.say1("list-chip-words", "words", &ask.q).into_owned();
        active.push(Active { label, href: ask.link(cx, &|name, _| name == "q", &[]) });
    }
    if ask.void {
        let label = cx.say("list-chip-void").into_owned();
        active.push(Active { label, href: ask.link(cx, &|name, _| name == "void", &[]) });
    }
    for condition in &ask.conditions {
        let Some(column) = all.iter().find(|column| column.name == condition.field) else { continue };
        let label = condition_words(cx, ask.kind, column, condition);
        let href = ask.link(cx, &|name, value| name == condition.parameter && value == condition.value, &[]);
        active.push(Active { label, href });
    }
    for through in &ask.through {
        let Some(own) = all.iter().find(|column| column.name == through.field) else { continue };
        let field = format!("{}, {}", own.label, through.column.label);
        let value = value_words(cx, through.kind, &through.column, &through.value);
        let label = cx.with("list-chip-is", &[("field", (&field).into()), ("value", (&value).into())]).into_owned();
        let href = ask.link(cx, &|name, value| name == through.parameter && value == through.value, &[]);
        active.push(Active { label, href });
    }
    active
}

/// A condition in words: `State: Active`.
fn condition_words(cx: &Cx, kind: Kind, column: &Column, condition: &Condition) -> String {
    let key = match (condition.compare, condition.presence) {
        (Compare::Is, true) => "list-chip-none",
        (_, true) => "list-chip-some",
        (Compare::Is, _) => "list-chip-is",
        (Compare::IsNot, _) => "list-chip-not",
        (Compare::Contains, _) => "list-chip-has",
        (Compare::AtLeast | Compare::More, _) => "list-chip-from",
        (Compare::AtMost | Compare::Less, _) => "list-chip-to",
    };
    let value = value_words(cx, kind, column, &condition.value);
    cx.with(key, &[("field", (&column.label).into()), ("value", (&value).into())]).into_owned()
}
