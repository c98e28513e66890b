//! Values as people see them: every type of field has one way to be shown, in a list's cell and on a record's page.

use std::fmt::Write as _;

use attestry_model::field::{FieldDef, Type};
use attestry_model::records::{Methodology, Person, Risk};
use attestry_model::stored::AnyRecord;
use attestry_model::value::{Money, Period};
use attestry_model::{AnyRef, Kind, Ref, Stored};
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::cx::Cx;
use crate::html::{Html, Mark, escape};
use crate::{dates, labels};

/// Where a value is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// A cell of a list: one line.
    Cell,
    /// A record's page: whole.
    Page,
}

/// Most entries of a list that a cell names.
const CELL_ENTRIES: usize = 3;
/// Most letters of a long text that a cell shows.
const CELL_LETTERS: usize = 120;

/// A field of a record that the person may see, as HTML; empty where nothing is there.
pub fn field(cx: &Cx, record: &dyn AnyRecord, def: &FieldDef, room: Room) -> Html {
    let mut out = String::new();
    write_field(cx, record, def, &record.field(def.name).unwrap_or_default(), room, &mut out);
    Html(out)
}

/// The same of a value that was read already, written out.
pub fn write_field(cx: &Cx, record: &dyn AnyRecord, def: &FieldDef, value: &Value, room: Room, out: &mut String) {
    if record.any_ref().kind == Kind::Risk
        && def.name.ends_with("_value")
        && let Some(level) = value.as_i64()
    {
        return risk_value(cx, record, level, out);
    }
    write(cx, def.ty, value, room, out);
}

/// A canonical value of a type as HTML.
pub fn value(cx: &Cx, ty: Type, value: &Value, room: Room) -> Html {
    let mut out = String::new();
    write(cx, ty, value, room, &mut out);
    Html(out)
}

fn write(cx: &Cx, ty: Type, value: &Value, room: Room, out: &mut String) {
    let text = value.as_str();
    match (ty, value) {
        (_, Value::Null) => {}
        (Type::Bool, _) => escape(&cx.say(if value.as_bool() == Some(true) { "yes" } else { "no" }), out),
        (Type::LongText, Value::String(text)) if room == Room::Page => {
            out.push_str(crate::markdown::to_html(cx, text).as_str());
        }
        (Type::LongText, Value::String(text)) => escape(&shortened(&crate::markdown::to_text(text), CELL_LETTERS), out),
        (Type::Text, Value::String(text)) if room == Room::Cell => escape(&shortened(text, CELL_LETTERS), out),
        (Type::Int | Type::Level, Value::Number(number)) => {
            let number = number.as_i64().map(Decimal::from).unwrap_or_default();
            escape(&dates::number(cx.words, number), out);
        }
        (Type::Decimal, _) => escape(
            &text.and_then(|text| text.parse().ok()).map_or_else(String::new, |it| dates::number(cx.words, it)),
            out,
        ),
        (Type::Percent, _) => {
            let number = text.and_then(|text| text.parse::<Decimal>().ok()).unwrap_or_default();
            escape(&dates::number(cx.words, number), out);
            out.push_str("\u{202f}%");
        }
        (Type::Money, _) => {
            if let Some(money) = text.and_then(|text| text.parse::<Money>().ok()) {
                let (short, full) = (dates::money_short(cx.words, money), dates::money(cx.words, money));
                let shown = if room == Room::Cell { &short } else { &full };
                let _ = write!(out, r#"<data value="{}" class="nowrap">"#, money.amount());
                escape(shown, out);
                out.push_str("</data>");
            }
        }
        (Type::Date, _) => {
            if let Some(day) = text.and_then(|text| text.parse::<Date>().ok()) {
                let _ = write!(out, r#"<time datetime="{day}" class="nowrap">"#);
                escape(&dates::day(cx.words, day, cx.today), out);
                out.push_str("</time>");
            }
        }
        (Type::DateTime, _) => {
            if let Some(at) = text.and_then(|text| text.parse::<Timestamp>().ok()) {
                let _ = write!(out, r#"<time datetime="{at}" class="nowrap">"#);
                escape(&dates::moment(cx.words, at, &cx.zone, cx.today), out);
                out.push_str("</time>");
            }
        }
        (Type::Period, _) => {
            let period = text.and_then(|text| text.parse::<Period>().ok());
            escape(&period.map_or_else(String::new, |it| dates::period(cx.words, it)), out);
        }
        (Type::Choice(options), Value::String(name)) => {
            let option = options.iter().find(|option| option.name == *name);
            escape(&option.map_or_else(|| name.clone().into(), |it| labels::word(cx.words, it.name, it.label)), out);
        }
        (Type::Ref(_) | Type::AnyRef, Value::String(name)) => match name.parse() {
            Ok(reference) => link(cx, reference, out),
            Err(_) => escape(name, out),
        },
        (Type::List(inner), Value::Array(items)) => list(cx, *inner, items, room, out),
        (Type::Struct(fields), Value::Object(members)) => {
            out.push_str(r#"<dl class="props">"#);
            for field in fields {
                let Some(member) = members.get(field.name) else { continue };
                out.push_str("<dt>");
                escape(&labels::member(cx.words, field.name), out);
                out.push_str("</dt><dd>");
                write(cx, field.ty, member, room, out);
                out.push_str("</dd>");
            }
            out.push_str("</dl>");
        }
        (Type::Matrix, _) => {
            if room == Room::Page {
                matrix(cx, value, out);
            }
        }
        (Type::Custom, Value::Object(members)) => {
            out.push_str(r#"<dl class="props">"#);
            for (name, member) in members {
                out.push_str("<dt>");
                escape(&labels::sentence(name), out);
                out.push_str("</dt><dd>");
                escape(&plain(member), out);
                out.push_str("</dd>");
            }
            out.push_str("</dl>");
        }
        (_, Value::String(text)) => escape(text, out),
        (_, other) => escape(&plain(other), out),
    }
}

/// A value as one line of text.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn list(cx: &Cx, inner: Type, items: &[Value], room: Room, out: &mut String) {
    if room == Room::Cell {
        if matches!(inner, Type::Struct(_)) {
            let _ = write!(out, "{}", items.len());
            return;
        }
        for (at, item) in items.iter().take(CELL_ENTRIES).enumerate() {
            if at > 0 {
                out.push_str(", ");
            }
            write(cx, inner, item, room, out);
        }
        if items.len() > CELL_ENTRIES {
            let _ = write!(out, r#" <span class="muted">+{}</span>"#, items.len() - CELL_ENTRIES);
        }
        return;
    }
    if let Type::Struct(fields) = inner {
        return table(cx, fields, items, out);
    }
    out.push_str(r#"<ul class="plain">"#);
    for item in items {
        out.push_str("<li>");
        write(cx, inner, item, room, out);
        out.push_str("</li>");
    }
    out.push_str("</ul>");
}

/// Embedded structures as rows; columns that are empty in all of them are left out.
fn table(cx: &Cx, fields: &[FieldDef], items: &[Value], out: &mut String) {
    let filled = |field: &&FieldDef| items.iter().any(|item| item.get(field.name).is_some_and(|it| !it.is_null()));
    let columns: Vec<&FieldDef> = fields.iter().filter(filled).collect();
    out.push_str(r#"<div class="tw"><table class="tbl tight"><thead><tr>"#);
    for column in &columns {
        out.push_str(r#"<th scope="col">"#);
        escape(&labels::member(cx.words, column.name), out);
        out.push_str("</th>");
    }
    out.push_str("</tr></thead><tbody>");
    for item in items {
        out.push_str("<tr>");
        for column in &columns {
            out.push_str("<td>");
            write(cx, column.ty, item.get(column.name).unwrap_or(&Value::Null), Room::Cell, out);
            out.push_str("</td>");
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table></div>");
}

fn matrix(cx: &Cx, value: &Value, out: &mut String) {
    let Some(cells) = value.as_object() else { return };
    let parse = |key: &str| key.split_once(',').and_then(|(l, i)| Some((l.parse::<u8>().ok()?, i.parse::<u8>().ok()?)));
    let known: std::collections::BTreeMap<(u8, u8), i64> =
        cells.iter().filter_map(|(key, cell)| Some((parse(key)?, cell.as_i64()?))).collect();
    let (rows, columns) =
        (known.keys().map(|it| it.0).max().unwrap_or_default(), known.keys().map(|it| it.1).max().unwrap_or_default());
    out.push_str(r#"<table class="tbl tight grid"><caption class="vh">"#);
    escape(&cx.say("matrix-caption"), out);
    out.push_str(r"</caption><thead><tr><td></td>");
    for impact in 1..=columns {
        let _ = write!(out, r#"<th scope="col">{impact}</th>"#);
    }
    out.push_str("</tr></thead><tbody>");
    for likelihood in (1..=rows).rev() {
        let _ = write!(out, r#"<tr><th scope="row">{likelihood}</th>"#);
        for impact in 1..=columns {
            match known.get(&(likelihood, impact)) {
                Some(cell) => {
                    let _ = write!(out, "<td>{cell}</td>");
                }
                None => out.push_str("<td></td>"),
            }
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table>");
}

/// A link to a record: its reference and its title. Of a record that the person may not see only the reference is shown,
/// which they see anyway.
pub fn link(cx: &Cx, reference: AnyRef, out: &mut String) {
    if let Some(person) = reference.of::<Person>() {
        return who_into(cx, person, out);
    }
    match cx.isms.record(reference).filter(|record| cx.sees(*record)) {
        Some(record) => {
            out.push_str(r#"<a class="ref" href=""#);
            escape(&cx.record_href(reference), out);
            let _ = write!(out, r#""><bdi class="rid">{reference}</bdi> "#);
            escape(record.head().title.as_deref().unwrap_or_default(), out);
            out.push_str("</a>");
        }
        None => {
            let _ = write!(out, r#"<bdi class="rid">{reference}</bdi>"#);
        }
    }
}

/// A record's reference as a small mark that leads to it.
pub fn rid(cx: &Cx, reference: AnyRef) -> Html {
    let mut out = String::from(r#"<a class="rid" href=""#);
    escape(&cx.record_href(reference), &mut out);
    let _ = write!(out, r#""><bdi>{reference}</bdi></a>"#);
    Html(out)
}

/// A person: initials in a colour of their own, and the name.
pub fn who(cx: &Cx, person: Ref<Person>) -> Html {
    let mut out = String::new();
    who_into(cx, person, &mut out);
    Html(out)
}

fn who_into(cx: &Cx, person: Ref<Person>, out: &mut String) {
    let name = cx.name_of(person);
    let colour = person.number() % 6 + 1;
    let _ = write!(out, r#"<span class="who"><span class="av av-{colour}" aria-hidden="true">"#);
    escape(&initials(&name), out);
    out.push_str("</span><span>");
    escape(&name, out);
    out.push_str("</span></span>");
}

/// The initials of a name: those of the first and the last word, titles left out.
pub fn initials(name: &str) -> String {
    let titles = ["Dr", "Dr.", "Prof", "Prof.", "Mr", "Ms", "Mrs"];
    let words: Vec<&str> = name.split_whitespace().filter(|word| !titles.contains(word)).collect();
    let first = words.first().and_then(|word| word.chars().next());
    let last = words.last().filter(|_| words.len() > 1).and_then(|word| word.chars().next());
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

/// The state of a record: a mark and a word.
pub fn state(cx: &Cx, record: &dyn AnyRecord) -> Html {
    let mut out = String::from(r#"<span class="state">"#);
    out.push_str(Mark::of_state(record.state()).svg().as_str());
    escape(&labels::state(cx.words, record.any_ref().kind, record.state()), &mut out);
    out.push_str("</span>");
    Html(out)
}

/// A risk value with its band: a number on the colour of the band, and the band's name.
fn risk_value(cx: &Cx, record: &dyn AnyRecord, value: i64, out: &mut String) {
    let method = record.as_any().downcast_ref::<Stored<Risk>>().and_then(|risk| risk.methodology);
    match level(cx, method, value) {
        Some((rank, name)) => {
            let _ = write!(out, r#"<span class="lv lv-{rank}"><i>{value}</i><span>"#);
            escape(&name, out);
            out.push_str("</span></span>");
        }
        None => {
            let _ = write!(out, "{value}");
        }
    }
}

/// The band of a risk value in a methodology (else in the effective one): its rank on the ramp of five, and its name.
pub fn level(cx: &Cx, method: Option<Ref<Methodology>>, value: i64) -> Option<(usize, String)> {
    let method = cx.isms.find(method).or_else(|| crate::pages::risks::method(&cx.isms))?;
    let bands = &method.bands;
    let at = bands
        .iter()
        .position(|band| band.min.is_none_or(|min| min <= value) && band.max.is_none_or(|max| value <= max))?;
    // Fewer or more bands than five are spread over the ramp, the highest always loudest.
    let rank = if bands.len() <= 1 { 3 } else { 1 + (at * 4 + (bands.len() - 1) / 2) / (bands.len() - 1) };
    Some((rank, bands[at].name.clone().unwrap_or_default()))
}

/// The first letters of a text, cut at a word.
pub fn shortened(text: &str, letters: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= letters {
        return line;
    }
    let cut: String = line.chars().take(letters).collect();
    let end = cut.rfind(' ').filter(|at| *at > letters / 2).unwrap_or(cut.len());
    format!("{}…", &cut[..end])
}
