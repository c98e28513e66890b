//! Where the columns of a register go: what was found is shown column by column and can be changed before anything is read. What
//! somebody chose is kept with the organisation and holds for its next import of the same register.

use askama::Template;
use attestry_exchange::choices::{IDENTIFIER, NOTES, fields_of, name_of, places_of};
use attestry_exchange::{Choices, Columns, RegisterChoice};
use attestry_model::{Command, Kind};
use axum::response::Response;
use serde_json::{Map, Value};

use super::import::{gone, plan, preview, waiting};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::labels;
use crate::places::Frame;
use crate::shell::{Shell, page, to};
use crate::signin::Fields;

/// The largest form.
pub const BODY: usize = 256 << 10;
/// Most columns of a register that can be changed.
const MOST: usize = 150;
/// Most registers for which choices are kept.
const MOST_REGISTERS: usize = 100;
/// Longest example, in letters.
const EXAMPLE: usize = 80;
/// The setting in which choices are kept.
const SETTING: &str = "import/columns";

/// The page.
#[derive(Template)]
#[template(path = "setup/columns.html")]
struct Page {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    waiting: String,
    file: String,
    /// The kinds to choose from, where nothing is known of the register yet.
    kinds: Vec<(&'static str, String)>,
    columns: Vec<Column>,
    groups: Vec<Group>,
    left: usize,
}

/// A column.
struct Column {
    heading: String,
    example: String,
    /// Where it goes: the first place is the one that can be changed.
    place: String,
    /// The other places that its cells go to as well.
    others: String,
}

/// The fields of a kind.
struct Group {
    label: String,
    fields: Vec<(String, String)>,
}

/// The choices that the organisation keeps.
pub fn kept(cx: &Cx) -> Choices {
    let fields = cx.current.setting(SETTING).cloned().unwrap_or_default();
    serde_json::from_value(Value::Object(fields)).unwrap_or_default()
}

/// Keeps choices for the next import.
pub async fn keep(cx: &Cx, chosen: Choices) -> Result<(), Fault> {
    let mut all = kept(cx);
    all.take(chosen);
    while all.registers.len() > MOST_REGISTERS {
        all.registers.pop_first();
    }
    let Ok(Value::Object(fields)) = serde_json::to_value(&all) else { return Ok(()) };
    cx.submit(Command::Set { name: SETTING.to_owned(), fields, reason: None }).await?;
    Ok(())
}

/// `POST /setup/import/columns/forget`: the next import finds places by itself again.
pub async fn forget(cx: Cx) -> Result<Response, Fault> {
    cx.submit(Command::Set { name: SETTING.to_owned(), fields: Map::new(), reason: None }).await?;
    Ok(to("/setup/import?done=columns-forgotten"))
}

/// `POST /setup/import/columns`: shows the columns of one register, or reads the upload anew by what was chosen for them.
pub async fn answer(cx: Cx, form: Fields) -> Result<Response, Fault> {
    let Some(mut upload) = waiting(&cx, &form) else { return gone(cx) };
    cx.apart(move |cx| {
        let (_, all) = plan(&upload, &cx.current, cx.now).map_err(Fault::Conflict)?;
        let wanted = form.get("register");
        let Some(columns) = all.iter().find(|one| one.file == wanted) else {
            return preview(cx, upload);
        };
        if form.has("apply") {
            let choice = chosen(cx, columns, &form)?;
            let choices = Choices { registers: [(name_of(&columns.rules).to_owned(), choice)].into() };
            upload.choices.take(choices);
            upload.chosen = true;
            // A register of which only the kind was said is shown again, with the fields of that kind.
            if !columns.rules.records.is_empty() {
                return preview(cx, upload);
            }
            let (_, all) = plan(&upload, &cx.current, cx.now).map_err(Fault::Conflict)?;
            let again = all.into_iter().find(|one| one.file == columns.file).unwrap_or_else(|| columns.clone());
            return shown(cx, &again, cx.app.signin.uploads.put(upload)?);
        }
        let columns = columns.clone();
        shown(cx, &columns, cx.app.signin.uploads.put(upload)?)
    })
    .await
}

/// What a form says about the columns of a register; only what differs from what was found.
fn chosen(cx: &Cx, columns: &Columns, form: &Fields) -> Result<RegisterChoice, Fault> {
    let mut choice = RegisterChoice::default();
    let kind = form.get("kind");
    if columns.rules.records.is_empty() {
        let known =
            Kind::named(kind).ok_or_else(|| Fault::field("kind", cx.say("columns-kind-needed").into_owned()))?;
        choice.kind = Some(known.words().name.to_owned());
    }
    let kinds = kinds_of(columns);
    for (at, (heading, _)) in columns.headings.iter().enumerate().take(MOST) {
        let name = format!("c.{at}");
        if !form.has(&name) {
            continue;
        }
        let to = form.get(&name);
        let known = [IDENTIFIER, NOTES].contains(&to)
            || to.split_once('.').is_some_and(|(kind, field)| {
                kinds.iter().any(|one| one.words().name == kind && fields_of(*one).any(|def| def.name == field))
            });
        if !known {
            return Err(Fault::field(&name, cx.say("columns-no-place").into_owned()));
        }
        if to != places_of(&columns.rules, heading).first().map_or(NOTES, String::as_str) {
            choice.columns.insert(heading.clone(), to.to_owned());
        }
    }
    Ok(choice)
}

/// The kinds of record that the rows of a register become.
fn kinds_of(columns: &Columns) -> Vec<Kind> {
    let mut kinds = Vec::new();
    for record in columns.rules.records.iter().filter(|record| record.into.is_none()) {
        kinds.extend(Kind::named(&record.kind).filter(|kind| !kinds.contains(kind)));
    }
    kinds
}

fn shown(cx: &Cx, columns: &Columns, waiting: String) -> Result<Response, Fault> {
    let kinds = kinds_of(columns);
    let said = |place: &str| match place.split_once('.') {
        Some((kind, field)) => Kind::named(kind).map(|kind| {
            let (kind, field) = (labels::singular(cx.words, kind), labels::field(cx.words, kind, field));
            cx.with("columns-field", &[("kind", (&kind).into()), ("field", (&field).into())]).into_owned()
        }),
        None => Some(cx.say("columns-identifier").into_owned()),
    };
    let rows = columns.headings.iter().take(MOST).map(|(heading, example)| {
        let mut places = places_of(&columns.rules, heading).into_iter();
        let place = places.next().unwrap_or_default();
        let others: Vec<String> = places.filter_map(|other| said(&other)).collect();
        let example = crate::show::shortened(example, EXAMPLE);
        Column { heading: heading.clone(), example, place, others: others.join(", ") }
    });
    let groups = kinds.iter().map(|kind| {
        let name = kind.words().name;
        let fields =
            fields_of(*kind).map(|def| (format!("{name}.{}", def.name), labels::field(cx.words, *kind, def.name)));
        let mut fields: Vec<(String, String)> = fields.collect();
        fields.sort_by(|a, b| a.1.cmp(&b.1));
        Group { label: labels::singular(cx.words, *kind), fields }
    });
    let mut all: Vec<(&'static str, String)> = if kinds.is_empty() {
        Kind::ALL.iter().map(|kind| (kind.words().name, labels::plural(cx.words, *kind))).collect()
    } else {
        Vec::new()
    };
    all.sort_by(|a, b| a.1.cmp(&b.1));
    let frame = Frame::bare(cx.say("setup-title")).then(cx.say("import-title"), Some("/setup".to_owned()));
    page(&Page {
        frame: frame.then(cx.say("columns-title"), Some("/setup/import".to_owned())),
        shell: Shell::of(cx),
        waiting,
        file: columns.file.clone(),
        kinds: all,
        columns: rows.collect(),
        groups: groups.collect(),
        left: columns.headings.len().saturating_sub(MOST),
        cx: cx.clone(),
    })
}
