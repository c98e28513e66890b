//! Changing a table of more rows than a form shows: some rows at a time, the others stay as they are.
//!
//! The form holds a window of the table: where it begins, how many rows of the record it stands for, and the version it was
//! made from. What is saved is the table with the window's rows in their place.

use std::collections::BTreeSet;

use attestry_model::field::FieldDef;
use attestry_model::permit::Wish;
use attestry_model::{AnyRecord, AnyRef, Command, Problems};
use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use serde_json::{Map, Value};

use super::form::{Form, done, held, with_effect};
use super::typed::{MOST_ROWS, Reader, Typed, fill, is_table};
use super::{at, fields, merge};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::labels;
use crate::places::record_path;
use crate::shell::{parameter, to};

/// Rows at a time.
const AT_A_TIME: usize = 50;

/// The rows of a table that a form stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The table.
    pub field: &'static str,
    /// The first row, from 0.
    pub from: usize,
    /// How many rows of the record it stands for.
    pub count: usize,
    /// How many rows the table has.
    pub all: usize,
}

/// Another window of the same table.
#[derive(Debug)]
pub struct Other {
    /// Its rows in words.
    pub label: String,
    /// Where it is.
    pub href: String,
    /// Whether it is the one that is shown.
    pub here: bool,
}

impl Window {
    /// Tells problems of the whole table at their rows in the window.
    pub fn tell(&self, problems: &mut Problems) {
        problems.0.iter_mut().for_each(|one| one.field = in_window(&one.field, self.field, self.from));
    }

    /// The rows of the table, in windows.
    pub fn others(&self, target: AnyRef) -> Vec<Other> {
        let begins = (0..self.all.max(1)).step_by(AT_A_TIME);
        let other = |from: usize| Other {
            label: format!("{}–{}", from + 1, (from + AT_A_TIME).min(self.all)),
            href: path(target, self.field, from),
            here: from == self.from,
        };
        begins.map(other).collect()
    }
}

/// Where rows of a table are changed.
pub fn path(target: AnyRef, field: &str, from: usize) -> String {
    let beginning = if from == 0 { String::new() } else { format!("?from={from}") };
    format!("{}/rows/{field}{beginning}", record_path(target))
}

/// The table of a record that has more rows than a form shows, where the person may change it.
fn table_of(cx: &Cx, record: &dyn AnyRecord, field: &str) -> Result<&'static FieldDef, Fault> {
    let known = fields::all(record.any_ref().kind).into_iter().find(|def| def.name == field && is_table(def.ty));
    let def = known.filter(|def| fields::seen(cx, record).contains(def)).ok_or(Fault::Absent)?;
    if !cx.may(Wish::Update, record) {
        return Err(Fault::Denied(cx.say("form-may-not-change").into_owned()));
    }
    if !fields::changeable(cx, record.any_ref().kind, Some(record)).contains(&def) {
        return Err(Fault::Conflict(cx.say("form-nothing-to-change").into_owned()));
    }
    Ok(def)
}

fn rows_of(value: Option<&Value>) -> Vec<Value> {
    value.and_then(Value::as_array).cloned().unwrap_or_default()
}

/// The window that begins at a row, or the last one.
fn window(field: &'static str, from: usize, all: usize) -> Window {
    let last = all.saturating_sub(1) / AT_A_TIME * AT_A_TIME;
    let from = from.min(last);
    Window { field, from, count: AT_A_TIME.min(all - from), all }
}

/// A form that holds the rows of a window.
fn filled(cx: &Cx, def: &'static FieldDef, rows: &[Value], window: Window, typed: &mut Typed) {
    let some: Vec<Value> = rows.iter().skip(window.from).take(window.count).cloned().collect();
    typed.forget(def.name);
    fill(cx, typed, def.name, def.ty, &Value::Array(some));
}

/// `GET /{kind}/{reference}/rows/{field}`
pub async fn show(cx: Cx, Path((slug, name, field)): Path<(String, String, String)>) -> Result<Response, Fault> {
    let target = at(&slug, &name)?;
    let record = cx.record(target)?;
    if cx.is_past() {
        return Err(Fault::Past);
    }
    let def = table_of(&cx, record, &field)?;
    let rows = rows_of(record.field(def.name).as_ref());
    let from = parameter(&cx.query, "from").map_or(Ok(0), |from| from.parse());
    let from = from.map_err(|_| Fault::field("from", cx.say("list-bad-cursor").into_owned()))?;
    let window = window(def.name, from, rows.len());
    let mut typed = Typed::default();
    filled(&cx, def, &rows, window, &mut typed);
    typed.set("_revision", record.revision().to_string());
    Form::of_rows(target, def, window, typed).page(cx)
}

/// `POST /{kind}/{reference}/rows/{field}`
pub async fn save(
    cx: Cx,
    Path((slug, name, field)): Path<(String, String, String)>,
    body: Bytes,
) -> Result<Response, Fault> {
    let target = at(&slug, &name)?;
    let record = cx.record(target)?;
    let def = table_of(&cx, record, &field)?;
    let mut typed = Typed::of(&body)?;
    let number = |name: &str| typed.get(name).and_then(|text| text.parse::<usize>().ok());
    let seen: u32 = typed.get("_revision").and_then(|text| text.parse().ok()).ok_or(Fault::Unconditional)?;
    let (from, count) = number("_from").zip(number("_count")).ok_or(Fault::Unconditional)?;
    let now = rows_of(record.field(def.name).as_ref());
    if count > AT_A_TIME.max(MOST_ROWS) || from > now.len() + MOST_ROWS {
        return Err(Fault::field(&field, cx.say("list-bad-cursor").into_owned()));
    }
    // Where the table has become shorter meanwhile, the window ends where it ends.
    let within =
        |all: usize| Window { field: def.name, from: from.min(all), count: count.min(all - from.min(all)), all };
    let here = within(now.len());
    let chosen = typed.get(&format!("_take.{}", def.name)).map(ToOwned::to_owned);
    if chosen.as_deref() == Some("theirs") {
        filled(&cx, def, &now, here, &mut typed);
    }
    let mut form = Form::of_rows(target, def, here, typed);
    if form.button(&cx).await? {
        return form.page(cx);
    }
    form.typed.close(&[def]);
    let mut reader = Reader { cx: &cx, typed: &form.typed, had: held(record), problems: Problems::default() };
    let mine = rows_of(Some(&reader.field(def)));
    let problems = reader.problems;
    form.problems.extend(problems);
    if seen != record.revision() {
        let old = merge::base(&cx, target, seen).await?;
        let old = rows_of(old.get(def.name));
        let untouched = |rows: &[Value]| rows.iter().take(from + count).cloned().collect::<Vec<_>>();
        // What stands before the window and in it is as it was: changes behind it do not collide with these.
        if untouched(&old) != untouched(&now) && chosen.is_none() {
            form.collide(&cx, def, record, &now[here.from..here.from + here.count], &mine);
            form.typed.set("_revision", record.revision().to_string());
            return form.page(cx);
        }
        form.typed.set("_revision", record.revision().to_string());
    }
    let whole: Vec<Value> =
        now[..here.from].iter().chain(&mine).chain(&now[here.from + here.count..]).cloned().collect();
    let value = if whole.is_empty() { Value::Null } else { Value::Array(whole) };
    let reason = form.typed.get("_reason").map(str::trim).filter(|text| !text.is_empty()).map(ToOwned::to_owned);
    let fields: Map<String, Value> = Map::from_iter([(def.name.to_owned(), value)]);
    let command = Command::Update { target, revision: Some(record.revision()), fields, reason };
    if form.typed.get("_effect").is_some() {
        return with_effect(cx, form, command).await;
    }
    if !form.problems.is_empty() {
        return form.page(cx);
    }
    let next = form.typed.get("_next").is_some();
    match cx.submit(command).await {
        Ok(receipt) => {
            let wrote = !receipt.entries.is_empty();
            if next {
                let deed = if wrote { "saved" } else { "unchanged" };
                let from = here.from + mine.len();
                return Ok(to(&format!("{}/rows/{}?from={from}&done={deed}+{target}", record_path(target), def.name)));
            }
            let alone = receipt.entries.len() == 1;
            Ok(done(None, Some(target), if wrote { "saved" } else { "unchanged" }, wrote && alone))
        }
        Err(Fault::Invalid(problems)) => {
            form.problems = problems;
            here.tell(&mut form.problems);
            form.page(cx)
        }
        // Somebody saved in this very moment: what was typed stays, and saving again looks at it.
        Err(Fault::Stale(_)) => {
            form.problems.add("", cx.say("form-raced"));
            form.page(cx)
        }
        Err(fault) => Err(fault),
    }
}

/// A place in the whole table as one in the window: `questions[53].text` is `questions[3].text` from row 50 on.
fn in_window(field: &str, table: &str, from: usize) -> String {
    let parts = field.strip_prefix(table).and_then(|rest| rest.strip_prefix('[')?.split_once(']'));
    let shifted =
        parts.and_then(|(row, rest)| Some(format!("{table}[{}]{rest}", row.parse::<usize>().ok()?.checked_sub(from)?)));
    shifted.unwrap_or_else(|| field.to_owned())
}

/// The tables of a record that are changed here, with their labels.
pub fn offered(cx: &Cx, record: &dyn AnyRecord) -> Vec<(String, String)> {
    let target = record.any_ref();
    let long = fields::changeable(cx, target.kind, Some(record));
    let long: BTreeSet<&str> =
        long.into_iter().filter(|def| fields::is_too_long(record, def)).map(|def| def.name).collect();
    long.into_iter().map(|name| (labels::field(cx.words, target.kind, name), path(target, name, 0))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_whole_pages_and_the_last_one_holds_the_rest() {
        let at = |from, all| {
            let window = window("rows", from, all);
            (window.from, window.count)
        };
        assert_eq!(at(0, 250), (0, 50));
        assert_eq!(at(240, 250), (200, 50));
        assert_eq!(at(999, 251), (250, 1));
        assert_eq!(at(0, 0), (0, 0));
    }

    #[test]
    fn a_problem_in_the_whole_table_is_told_at_its_row_in_the_window() {
        assert_eq!(in_window("questions[53].text", "questions", 50), "questions[3].text");
        assert_eq!(in_window("questions[3].text", "questions", 50), "questions[3].text");
        assert_eq!(in_window("title", "questions", 50), "title");
    }
}
