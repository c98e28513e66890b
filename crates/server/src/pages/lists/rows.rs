//! The rows of a list. They are written straight into the page: a list has a hundred of them, and this is what it takes time
//! for.

use std::fmt::Write as _;

use attestry_model::Kind;
use attestry_model::field::Type;
use attestry_model::stored::{AnyRecord, FieldPlace};
use attestry_model::value::Money;
use jiff::civil::Date;
use serde_json::Value;

use super::columns::{self, Column};
use super::filters::{is_named, record_words};
use super::kept::Findings;
use crate::cx::Cx;
use crate::html::{Html, escape};
use crate::show::{self, Room};
use crate::{dates, labels};

/// What the rows are written with.
pub struct Rows<'a> {
    /// The request.
    pub cx: &'a Cx,
    /// The kind.
    pub kind: Kind,
    /// The columns.
    pub columns: &'a [Column],
    /// The open findings by record.
    pub findings: &'a Findings,
    /// Whether rows can be selected.
    pub selectable: bool,
    /// The query that leads back to this list, to be handed on to the record's page; empty for none.
    pub from: &'a str,
}

impl Rows<'_> {
    /// The rows of these records.
    pub fn html(&self, records: &[&dyn AnyRecord]) -> Html {
        let due = columns::due_places(self.kind.def());
        let def = self.kind.def();
        let second = columns::second_line(def).and_then(|field| Some((field.ty, FieldPlace::find(def, field.name)?)));
        let mut out = String::with_capacity(records.len() * 1024);
        for record in records {
            self.row(*record, &due, second, &mut out);
        }
        Html(out)
    }

    fn row(
        &self,
        record: &dyn AnyRecord,
        due: &[(&'static str, FieldPlace)],
        second: Option<(Type, FieldPlace)>,
        out: &mut String,
    ) {
        let cx = self.cx;
        let reference = record.any_ref();
        let overdue = columns::overdue(record, due, cx.today);
        let href = self.href(reference);
        out.push_str(r#"<tr role="row">"#);
        if self.selectable {
            let _ = write!(
                out,
                r#"<td role="cell" class="c-x"><label><input type="checkbox" name="ref" value="{reference}.{}" form="bulk" aria-label=""#,
                record.revision()
            );
            escape(&cx.say1("list-select", "record", &reference.to_string()), out);
            out.push_str(r#""></label></td>"#);
        }
        for (at, column) in self.columns.iter().enumerate() {
            match column.name.as_str() {
                "ref" => {
                    out.push_str(r#"<td role="cell" class="c-id"><a class="rid" href=""#);
                    escape(&href, out);
                    let _ = write!(out, r#""><bdi>{reference}</bdi></a></td>"#);
                }
                "title" => {
                    out.push_str(r#"<th role="rowheader" scope="row" class="c-t"><a class="t" href=""#);
                    escape(&href, out);
                    out.push_str(r#"">"#);
                    match record.head().title.as_deref().filter(|title| !title.is_empty()) {
                        Some(title) => escape(title, out),
                        None => {
                            let _ = write!(out, "{reference}");
                        }
                    }
                    out.push_str("</a>");
                    self.second(record, second, overdue, out);
                    out.push_str("</th>");
                }
                name => {
                    let hidden = if at > 5 { " c-hide" } else { "" };
                    let number = if column.is_number() { " num" } else { "" };
                    let late = overdue.is_some() && due.iter().any(|(due, _)| *due == name);
                    let late = if late { " gap" } else { "" };
                    let _ =
                        write!(out, r#"<td role="cell" class="{}" data-l=""#, [number, late, hidden].concat().trim());
                    escape(&column.label, out);
                    out.push_str(r#"">"#);
                    self.cell(record, column, overdue, out);
                    out.push_str("</td>");
                }
            }
        }
        out.push_str("</tr>\n");
    }

    fn href(&self, reference: attestry_model::AnyRef) -> String {
        let mut path = crate::places::record_path(reference);
        path.push_str("?from=");
        path.push_str(&crate::html::encode(if self.from.is_empty() { "view=all" } else { self.from }));
        self.cx.href(&path)
    }

    fn second(
        &self,
        record: &dyn AnyRecord,
        field: Option<(Type, FieldPlace)>,
        overdue: Option<Date>,
        out: &mut String,
    ) {
        let cx = self.cx;
        let gaps = self.findings.get(&record.any_ref()).map_or(0, |(count, _)| *count);
        let mut line = String::new();
        if let Some((ty, place)) = field {
            second_words(cx, ty, &record.value_at(place), &mut line);
        }
        let drafted = crate::pages::proposals::about(cx, record.any_ref());
        if line.is_empty() && gaps == 0 && overdue.is_none() && drafted.is_empty() {
            return;
        }
        out.push_str(r#"<span class="d">"#);
        escape(&line, out);
        if gaps > 0 {
            out.push_str(if line.is_empty() { r#"<span class="gap">"# } else { r#" · <span class="gap">"# });
            escape(&cx.say1("list-gaps", "count", gaps), out);
            out.push_str("</span>");
        }
        for one in drafted.iter().take(3) {
            out.push_str(r#" <span class="tag plan">"#);
            escape(&cx.say1("marked-in", "record", &one.reference().any().to_string()), out);
            out.push_str("</span>");
        }
        out.push_str("</span>");
    }

    fn cell(&self, record: &dyn AnyRecord, column: &Column, overdue: Option<Date>, out: &mut String) {
        let cx = self.cx;
        match (column.name.as_str(), column.def) {
            ("state", _) => out.push_str(show::state(cx, record).as_str()),
            (_, Some(def)) if def.ty == Type::Date => {
                let value = column.place.map(|place| record.value_at(place)).unwrap_or_default();
                let Some(day) = value.as_str().and_then(|it| it.parse::<Date>().ok()) else { return };
                let _ = write!(out, r#"<time datetime="{day}" class="nowrap">"#);
                let words = if overdue == Some(day) {
                    dates::distance(cx.words, day, cx.today)
                } else {
                    dates::day(cx.words, day, cx.today)
                };
                escape(&words, out);
                out.push_str("</time>");
            }
            (_, Some(def)) => {
                let value = column.place.map(|place| record.value_at(place)).unwrap_or_default();
                show::write_field(cx, record, def, &value, Room::Cell, out);
            }
            (name, None) => {
                let own = name.strip_prefix("custom.").and_then(|own| record.head().custom.get(own)).cloned();
                let value = own.or_else(|| Some(record.value_at(column.place?))).unwrap_or_default();
                out.push_str(own_value(cx, column.ty, &value).as_str());
            }
        }
    }
}

/// A value of one of the organisation's own fields, or of what the program notes.
fn own_value(cx: &Cx, ty: Type, value: &Value) -> Html {
    match value {
        Value::Bool(_) => show::value(cx, Type::Bool, value, Room::Cell),
        Value::String(text) if ty == Type::Text && text.parse::<Money>().is_ok() => {
            show::value(cx, Type::Money, value, Room::Cell)
        }
        Value::String(text) if ty == Type::Text && text.parse::<attestry_model::AnyRef>().is_ok() => {
            show::value(cx, Type::AnyRef, value, Room::Cell)
        }
        _ => show::value(cx, ty, value, Room::Cell),
    }
}

/// The second line: what the record is about, in words and without links.
fn second_words(cx: &Cx, ty: Type, value: &Value, out: &mut String) {
    match (ty, value) {
        (Type::Ref(_) | Type::AnyRef, Value::String(text)) => {
            if let Some(reference) = text.parse().ok().filter(|reference| is_named(cx, *reference)) {
                out.push_str(&record_words(cx, reference));
            }
        }
        (Type::Choice(options), Value::String(name)) => {
            let option = options.iter().find(|option| option.name == *name);
            out.push_str(&option.map_or_else(String::new, |it| labels::word(cx.words, it.name, it.label).into_owned()));
        }
        (Type::List(inner), Value::Array(items)) => {
            let is_shown = |item: &&Value| {
                let reference = item.as_str().and_then(|text| text.parse().ok());
                reference.is_none_or(|reference| is_named(cx, reference))
            };
            let shown: Vec<&Value> = items.iter().filter(is_shown).collect();
            for (at, item) in shown.iter().take(2).enumerate() {
                if at > 0 {
                    out.push_str(", ");
                }
                second_words(cx, *inner, item, out);
            }
            if shown.len() > 2 {
                let _ = write!(out, " +{}", shown.len() - 2);
            }
        }
        (_, Value::String(text)) => out.push_str(&show::shortened(text, 90)),
        _ => {}
    }
}
