//! Rows pasted from a spreadsheet: shown as they will become records, with what is wrong told by row and column, and written as
//! one change. What was pasted stays in its field until it is written.

use std::collections::{BTreeMap, HashMap};

use askama::Template;
use attestry_model::field::Type;
use attestry_model::stored::common_fields;
use attestry_model::{AnyRef, Command, Kind, plain};
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value};

use super::columns::{self, Column};
use super::sheet::{Sheet, plain as letters};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::pages::records::pick;
use crate::pages::records::typed::Typed;
use crate::pages::risks::making::{self, Making};
use crate::places::{Frame, kind_of, list_path};
use crate::shell::{Shell, page, to};
use crate::{labels, show};

/// Most rows of one paste.
const MOST_ROWS: usize = 5_000;
/// Most columns.
const MOST_COLUMNS: usize = 60;
/// Rows that the preview shows beyond those with problems.
const SHOWN: usize = 30;
/// Most problems that are told.
const MOST_PROBLEMS: usize = 200;
/// The field that takes what has no place of its own.
const NOTES: &str = "notes";

/// The page.
#[derive(Template)]
#[template(path = "paste.html")]
struct Page {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    path: String,
    what: String,
    text: String,
    fields: Vec<(String, String, bool)>,
    heads: Vec<Head>,
    rows: Vec<Row>,
    all: usize,
    new: usize,
    changed: usize,
    problems: usize,
    fatal: Option<String>,
    named: bool,
}

/// A column of what was pasted.
struct Head {
    n: usize,
    heading: String,
    picks: Vec<super::super::risks::Pick>,
}

/// A row as it will become a record.
struct Row {
    line: usize,
    verdict: String,
    cells: Vec<Cell>,
    errors: Vec<String>,
}

struct Cell {
    text: String,
    error: Option<String>,
}

/// What is wrong: row, column where it is known, message.
type Wrong = (usize, Option<usize>, String);

/// The fields that a cell can fill.
fn fillable(cx: &Cx, kind: Kind) -> Vec<Column> {
    let def = kind.def();
    let own = def.fields.iter().map(|it| it.name).filter(|it| *it != "title");
    let common = common_fields(def.fields).map(|(_, field)| field.name);
    let common = common.filter(|it| matches!(*it, "owner" | "notes" | "tags"));
    let names = ["ref", "title"].into_iter().chain(own).chain(common);
    let mut found: Vec<Column> = names.filter_map(|name| columns::named(cx, kind, name)).collect();
    found.retain(|it| {
        let inner = if let Type::List(inner) = it.ty { *inner } else { it.ty };
        !matches!(inner, Type::Struct(_) | Type::Matrix | Type::Custom)
    });
    found
}

/// Other words for fields, as spreadsheets have them.
const SYNONYMS: &[(&str, &str)] = &[
    ("id", "ref"),
    ("number", "ref"),
    ("reference", "ref"),
    ("name", "title"),
    ("title", "title"),
    ("type", "category"),
    ("class", "asset_class"),
    ("confidentiality", "c_value"),
    ("c", "c_value"),
    ("integrity", "i_value"),
    ("i", "i_value"),
    ("availability", "a_value"),
    ("a", "a_value"),
    ("responsible", "owner"),
    ("dependencies", "depends_on"),
    ("needs", "depends_on"),
    ("location", "site"),
    ("unit", "org_unit"),
    ("department", "org_unit"),
    ("vendor", "supplier"),
    ("comment", "notes"),
    ("description", "notes"),
];

/// The field that a heading names.
fn recognised<'a>(heading: &str, fields: &'a [Column]) -> Option<&'a Column> {
    let wanted = letters(heading);
    if wanted.is_empty() {
        return None;
    }
    let named = |name: &str| fields.iter().find(|it| it.name == name);
    let exact = fields.iter().find(|it| letters(&it.name) == wanted || letters(&it.label) == wanted);
    exact.or_else(|| SYNONYMS.iter().find(|(word, _)| *word == wanted).and_then(|(_, name)| named(name)))
}

/// The rows with their fields, read but not yet decided.
struct Plan {
    columns: Vec<Option<Column>>,
    headings: Vec<String>,
    /// Line, cells, and the existing record that the row changes.
    rows: Vec<(usize, Vec<String>, Option<AnyRef>)>,
    /// Whether the first row holds names.
    named: bool,
    wrong: Vec<Wrong>,
    values: Vec<Map<String, Value>>,
    /// Rows in an order in which each comes after those that it names.
    order: Vec<usize>,
    /// For each row and column the rows that it names.
    names_rows: Vec<Vec<(usize, usize)>>,
}

/// `GET /{kind}/paste`
pub async fn show(cx: Cx, Path(slug): Path<String>) -> Result<Response, Fault> {
    let kind = kind_of(&slug).ok_or(Fault::Absent)?;
    allowed(&cx, kind)?;
    page(&page_of(cx, kind, String::new(), None, None))
}

fn allowed(cx: &Cx, kind: Kind) -> Result<(), Fault> {
    if cx.is_past() {
        return Err(Fault::Past);
    }
    let what = labels::within(cx.words, &labels::plural(cx.words, kind));
    if cx.may_create(kind) { Ok(()) } else { Err(Fault::Denied(cx.say1("paste-denied", "what", &what).into_owned())) }
}

fn page_of(cx: Cx, kind: Kind, text: String, plan: Option<&Plan>, fatal: Option<String>) -> Page {
    let fields = fillable(&cx, kind);
    let mut heads = Vec::new();
    let mut rows = Vec::new();
    let (mut all, mut new, mut changed, mut problems, mut named) = (0, 0, 0, 0, false);
    if let Some(plan) = plan {
        for (n, column) in plan.columns.iter().enumerate() {
            let chosen = column.as_ref().map_or("", |it| it.name.as_str());
            let mut picks = vec![super::super::risks::Pick::new("", cx.say("paste-leave"), chosen)];
            picks.extend(
                fields.iter().map(|it| super::super::risks::Pick::new(it.name.clone(), it.label.clone(), chosen)),
            );
            let heading = plan.headings.get(n).cloned().unwrap_or_default();
            heads.push(Head { n, heading, picks });
        }
        all = plan.rows.len();
        changed = plan.rows.iter().filter(|it| it.2.is_some()).count();
        new = all - changed;
        problems = plan.wrong.len();
        named = plan.named;
        let mut by_row: HashMap<usize, Vec<&Wrong>> = HashMap::new();
        for wrong in plan.wrong.iter().take(MOST_PROBLEMS) {
            by_row.entry(wrong.0).or_default().push(wrong);
        }
        for (at, (line, cells, existing)) in plan.rows.iter().enumerate() {
            let wrong = by_row.get(&at);
            if at >= SHOWN && wrong.is_none() {
                continue;
            }
            let error = |column: usize| {
                let told = wrong?.iter().filter(|it| it.1 == Some(column)).map(|it| it.2.as_str());
                let told = told.collect::<Vec<_>>().join("; ");
                (!told.is_empty()).then_some(told)
            };
            let whole = wrong.into_iter().flatten().filter(|it| it.1.is_none()).map(|it| it.2.clone());
            let verdict = match existing {
                Some(existing) => cx.say1("paste-changes", "record", &existing.to_string()).into_owned(),
                None => cx.say("paste-new").into_owned(),
            };
            let shown = (0..plan.columns.len()).map(|it| Cell {
                text: show::shortened(cells.get(it).map_or("", String::as_str), 80),
                error: error(it),
            });
            rows.push(Row { line: *line, verdict, cells: shown.collect(), errors: whole.collect() });
        }
    }
    let what = labels::plural(cx.words, kind);
    let mut frame = Frame::of_kind(&cx, kind, Some(&cx.say("paste-title")));
    frame.wide = plan.is_some();
    frame.problems = problems > 0 || fatal.is_some();
    Page {
        path: format!("{}/paste", list_path(kind)),
        what: what.to_lowercase(),
        fields: fields
            .iter()
            .map(|it| (it.label.clone(), it.name.clone(), it.def.is_some_and(|def| def.required) || it.name == "title"))
            .collect(),
        text,
        heads,
        rows,
        all,
        new,
        changed,
        problems,
        fatal,
        named,
        frame,
        shell: Shell::of(&cx),
        cx,
    }
}

/// `POST /{kind}/paste`: a preview, or with `act=write` the change.
pub async fn run(cx: Cx, Path(slug): Path<String>, body: Bytes) -> Result<Response, Fault> {
    let kind = kind_of(&slug).ok_or(Fault::Absent)?;
    allowed(&cx, kind)?;
    let typed = Typed::of(&body)?;
    let text = typed.get("text").unwrap_or_default().to_owned();
    let answer = |cx: Cx, plan: Option<&Plan>, fatal: Option<String>| {
        let bad = fatal.is_some() || plan.is_some_and(|it| !it.wrong.is_empty());
        let shown = page(&page_of(cx, kind, text.clone(), plan, fatal))?;
        Ok(if bad { (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response() } else { shown })
    };
    let sheet = Sheet::read(&text);
    let fatal = if sheet.rows.is_empty() {
        Some(cx.say("paste-nothing").into_owned())
    } else if let Some(line) = sheet.unclosed {
        Some(cx.say1("paste-unclosed", "line", line).into_owned())
    } else if sheet.rows.len() > MOST_ROWS + 1 || sheet.columns() > MOST_COLUMNS {
        Some(cx.with("paste-too-many", &[("rows", MOST_ROWS.into()), ("columns", MOST_COLUMNS.into())]).into_owned())
    } else {
        None
    };
    if fatal.is_some() {
        return answer(cx, None, fatal);
    }
    let chosen: BTreeMap<usize, String> =
        (0..MOST_COLUMNS).filter_map(|n| Some((n, typed.get(&format!("map.{n}"))?.to_owned()))).collect();
    // Deciding thousands of rows takes a while: beside the requests.
    let plan = cx.apart(move |cx| {
        let mut plan = plan_of(cx, kind, sheet, &chosen);
        if plan.wrong.is_empty() {
            let mut making = Making::on(&cx.current);
            make(&mut making, kind, &plan);
            plan.wrong = placed(&plan, making.preview(cx)?);
        }
        Ok(plan)
    });
    let mut plan = plan.await?;
    if plan.rows.is_empty() {
        let said = cx.say("paste-nothing").into_owned();
        return answer(cx, None, Some(said));
    }
    if typed.get("act") != Some("write") || !plan.wrong.is_empty() {
        return answer(cx, Some(&plan), None);
    }
    let made = making::write(&cx, |making| {
        make(making, kind, &plan);
        Ok(making.len())
    });
    match made.await? {
        Ok((count, step)) => Ok(to(&format!("{}?done=pasted%20{count}&undo={step}", list_path(kind)))),
        Err(wrong) => {
            plan.wrong = placed(&plan, wrong);
            answer(cx, Some(&plan), None)
        }
    }
}

/// Problems of rows and fields at their columns.
fn placed(plan: &Plan, wrong: Vec<(usize, String, String)>) -> Vec<Wrong> {
    let told = wrong.into_iter().map(|(row, field, message)| {
        let base = field.split(['[', '.', '~']).next().unwrap_or_default();
        let column = plan.columns.iter().position(|it| it.as_ref().is_some_and(|it| it.name == base));
        let message = if column.is_some() || base.is_empty() { message } else { format!("{base} {message}") };
        (row, column, message)
    });
    told.collect()
}

/// Records by their title in small letters, for each kind that a column refers to.
struct Titles<'a> {
    cx: &'a Cx,
    known: HashMap<Kind, HashMap<String, Vec<AnyRef>>>,
}

impl Titles<'_> {
    fn find(&mut self, kind: Kind, text: &str) -> Result<Option<AnyRef>, String> {
        let cx = self.cx;
        if kind == Kind::Person {
            return Ok(making::person_in(&cx.current, text).map(attestry_model::Ref::any));
        }
        if let Some(reference) = pick::reference_in(text) {
            return Ok(Some(reference).filter(|it| it.kind == kind && cx.record(*it).is_ok()));
        }
        let known = self.known.entry(kind).or_insert_with(|| {
            let mut known: HashMap<String, Vec<AnyRef>> = HashMap::new();
            for record in cx.records(kind).filter(|it| it.head().void_reason.is_none()) {
                let title = record.head().title.as_deref().unwrap_or_default().to_lowercase();
                known.entry(title).or_default().push(record.any_ref());
            }
            known
        });
        match known.get(&text.to_lowercase()).map(Vec::as_slice) {
            Some([one]) => Ok(Some(*one)),
            Some(several) => {
                let told: Vec<String> = several.iter().take(4).map(ToString::to_string).collect();
                Err(cx.say1("paste-several", "records", &told.join(", ")).into_owned())
            }
            None => Ok(None),
        }
    }
}

fn plan_of(cx: &Cx, kind: Kind, sheet: Sheet, chosen: &BTreeMap<usize, String>) -> Plan {
    let fields = fillable(cx, kind);
    let width = sheet.columns();
    let first = sheet.rows.first().map(|it| it.1.clone()).unwrap_or_default();
    // The first row holds names when at least one of its cells is one; a title alone in a list of titles is none.
    let named = first.iter().any(|it| recognised(it, &fields).is_some());
    let headings = if named { first.clone() } else { Vec::new() };
    let mut used: Vec<String> = Vec::new();
    let columns: Vec<Option<Column>> = (0..width)
        .map(|n| {
            let usual = || {
                let heading = headings.get(n).map(String::as_str).unwrap_or_default();
                let known = recognised(heading, &fields).map(|it| it.name.clone());
                // A column without a field keeps its content as notes; a first column without a name is the title.
                let rest = if !named && n == 0 {
                    Some("title")
                } else if heading.is_empty() {
                    None
                } else {
                    Some(NOTES)
                };
                known.or_else(|| rest.map(str::to_owned))
            };
            let name = chosen.get(&n).cloned().or_else(usual)?;
            // Two columns cannot fill the same field, except that notes take any number.
            if name != NOTES && used.contains(&name) {
                return None;
            }
            used.push(name.clone());
            fields.iter().find(|it| it.name == name).cloned()
        })
        .collect();
    let rows: Vec<(usize, Vec<String>)> = sheet.rows.into_iter().skip(usize::from(named)).collect();
    let mut plan = Plan {
        columns,
        headings,
        rows: rows.into_iter().map(|(line, cells)| (line, cells, None)).collect(),
        named,
        wrong: Vec::new(),
        values: Vec::new(),
        order: Vec::new(),
        names_rows: Vec::new(),
    };
    if plan.rows.is_empty() {
        return plan;
    }
    read_rows(cx, kind, &mut plan);
    order(cx, &mut plan);
    plan
}

fn read_rows(cx: &Cx, kind: Kind, plan: &mut Plan) {
    let column_of = |name: &str| plan.columns.iter().position(|it| it.as_ref().is_some_and(|it| it.name == name));
    let (titles_at, refs_at) = (column_of("title"), column_of("ref"));
    // Rows by their title, so that one row can name another.
    let mut by_title: HashMap<String, usize> = HashMap::new();
    let mut wrong: Vec<Wrong> = Vec::new();
    if let Some(at) = titles_at {
        for (row, (_, cells, _)) in plan.rows.iter().enumerate() {
            let title = cells.get(at).map(|it| it.to_lowercase()).unwrap_or_default();
            if title.is_empty() {
                continue;
            }
            if let Some(before) = by_title.insert(title, row) {
                wrong.push((row, Some(at), cx.say1("paste-twice", "line", plan.rows[before].0).into_owned()));
            }
        }
    }
    let mut titles = Titles { cx, known: HashMap::new() };
    let currency = plain::currency(&cx.current);
    for row in 0..plan.rows.len() {
        let cells = plan.rows[row].1.clone();
        if let Some(text) = refs_at.and_then(|at| cells.get(at)).filter(|it| !it.is_empty()) {
            let existing = text.parse::<AnyRef>().ok().filter(|it| it.kind == kind && cx.record(*it).is_ok());
            if existing.is_none() {
                wrong.push((row, refs_at, cx.say("paste-no-record").into_owned()));
            }
            plan.rows[row].2 = existing;
        }
        let mut fields = Map::new();
        let mut others = Vec::new();
        for (at, column) in plan.columns.iter().enumerate() {
            let Some(column) = column.as_ref().filter(|it| it.name != "ref") else { continue };
            let text = cells.get(at).map(|it| it.trim()).unwrap_or_default();
            if text.is_empty() {
                continue;
            }
            if column.name == NOTES {
                let heading = plan.headings.get(at).filter(|it| !it.is_empty() && letters(it) != letters(NOTES));
                let line = heading.map_or_else(|| text.to_owned(), |it| format!("{it}: {text}"));
                let notes =
                    fields.get(NOTES).and_then(Value::as_str).map_or(line.clone(), |had| format!("{had}\n\n{line}"));
                fields.insert(NOTES.to_owned(), Value::from(notes));
                continue;
            }
            let mut find = |of: Kind, text: &str| -> Result<Found, String> {
                match titles.find(of, text)? {
                    Some(found) => Ok(Found::Record(found)),
                    None if of == kind => match by_title.get(&text.to_lowercase()) {
                        Some(other) => Ok(Found::Row(*other)),
                        None => Err(cx.say1("paste-unknown", "text", text).into_owned()),
                    },
                    None => Err(cx.say1("paste-unknown", "text", text).into_owned()),
                }
            };
            match value_of(cx, column.ty, text, currency, &mut find) {
                Ok((value, named)) => {
                    others.extend(named.into_iter().map(|it| (at, it)));
                    if !value.is_null() {
                        fields.insert(column.name.clone(), value);
                    }
                }
                Err(message) => wrong.push((row, Some(at), message)),
            }
        }
        plan.values.push(fields);
        plan.names_rows.push(others);
    }
    if titles_at.is_none() && plan.rows.iter().any(|it| it.2.is_none()) {
        wrong.push((0, None, cx.say("paste-no-title").into_owned()));
    }
    plan.wrong = wrong;
}

/// What a cell names.
enum Found {
    Record(AnyRef),
    Row(usize),
}

/// A cell as a value, and the rows that it names, which get their references later.
fn value_of(
    cx: &Cx,
    ty: Type,
    text: &str,
    currency: Option<attestry_model::value::Currency>,
    find: &mut dyn FnMut(Kind, &str) -> Result<Found, String>,
) -> Result<(Value, Vec<usize>), String> {
    match ty {
        Type::List(inner) => {
            let signs: &[char] = if text.contains([';', '\n', '|']) { &[';', '\n', '|'] } else { &[','] };
            let (mut items, mut rows) = (Vec::new(), Vec::new());
            for one in text.split(signs).map(str::trim).filter(|it| !it.is_empty()) {
                let (value, named) = value_of(cx, *inner, one, currency, find)?;
                if !value.is_null() && !items.contains(&value) {
                    items.push(value);
                }
                rows.extend(named);
            }
            Ok((if items.is_empty() { Value::Null } else { Value::Array(items) }, rows))
        }
        Type::Ref(kind) => match find(kind, text)? {
            Found::Record(found) => Ok((Value::from(found.to_string()), Vec::new())),
            Found::Row(row) => Ok((Value::Null, vec![row])),
        },
        Type::Choice(options) => {
            let wanted = letters(text);
            let found = options.iter().find(|it| {
                letters(it.name) == wanted
                    || letters(it.label) == wanted
                    || letters(&labels::word(cx.words, it.name, it.label)) == wanted
            });
            let known = || options.iter().take(12).map(|it| it.label).collect::<Vec<_>>().join(", ");
            let found = found.ok_or_else(|| cx.say1("paste-choice", "known", &known()).into_owned())?;
            Ok((Value::from(found.name), Vec::new()))
        }
        Type::Bool if text.eq_ignore_ascii_case("x") => Ok((Value::Bool(true), Vec::new())),
        ty => plain::parse(ty, text, currency).map(|it| (it, Vec::new())).map_err(|it| it.to_string()),
    }
}

/// Rows after those that they name; rows that name each other in a circle are told.
fn order(cx: &Cx, plan: &mut Plan) {
    let count = plan.rows.len();
    let mut waits: Vec<usize> = vec![0; count];
    let mut named_by: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (row, others) in plan.names_rows.iter().enumerate() {
        // What exists already is named by its reference and need not be waited for.
        for (_, other) in others.iter().filter(|it| plan.rows[it.1].2.is_none()) {
            waits[row] += 1;
            named_by[*other].push(row);
        }
    }
    let mut ready: std::collections::VecDeque<usize> = (0..count).filter(|it| waits[*it] == 0).collect();
    while let Some(row) = ready.pop_front() {
        plan.order.push(row);
        for other in &named_by[row] {
            waits[*other] -= 1;
            if waits[*other] == 0 {
                ready.push_back(*other);
            }
        }
    }
    for row in (0..count).filter(|it| waits[*it] > 0) {
        let column = plan.names_rows[row].first().map(|it| it.0);
        plan.wrong.push((row, column, cx.say("paste-circle").into_owned()));
    }
}

/// The records of a plan.
fn make(making: &mut Making<'_>, kind: Kind, plan: &Plan) {
    let mut made: Vec<Option<AnyRef>> = plan.rows.iter().map(|it| it.2).collect();
    for row in plan.order.iter().copied() {
        let mut fields = plan.values[row].clone();
        for (column, other) in &plan.names_rows[row] {
            let (Some(column), Some(reference)) = (plan.columns[*column].as_ref(), made[*other]) else { continue };
            let value = Value::from(reference.to_string());
            if matches!(column.ty, Type::List(_)) {
                let list = fields.entry(column.name.clone()).or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(items) = list {
                    items.push(value);
                }
            } else {
                fields.insert(column.name.clone(), value);
            }
        }
        match plan.rows[row].2 {
            Some(target) => {
                let reason = None;
                making.change(row, Command::Update { target, revision: None, fields, reason });
            }
            None => made[row] = Some(making.add(row, kind, fields)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_other_word_stands_for_a_field_of_assets() {
        for (word, name) in SYNONYMS {
            let known = *name == "ref" || attestry_model::stored::FieldPlace::find(Kind::Asset.def(), name).is_some();
            assert!(known, "{word} {name}");
            assert_eq!(letters(word), *word);
        }
    }
}
