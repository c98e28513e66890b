//! Steps of the workflow: which lead on, what each will do, what it asks for, and taking it.

use std::collections::BTreeSet;

use askama::Template;
use attestry_model::decide::propose::Draft;
use attestry_model::decide::steps_from;
use attestry_model::field::FieldDef;
use attestry_model::kind::{KindDef, StepWords};
use attestry_model::permit::{Wish, any_of};
use attestry_model::records::proposal::NEVER_DRAFTED;
use attestry_model::{AnyRecord, AnyRef, Command, Kind, Problems};
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value};

use super::effect::{self, Effect};
use super::typed::{Reader, Typed, fill};
use super::widget::{Widgets, id_of, sentence};
use super::{at, fields, form};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::Html;
use crate::labels;
use crate::pages::proposals::{self, Choices};
use crate::places::{Frame, record_path};
use crate::shell::{Shell, own_path, page};
use crate::signin::{Visit, consent};

/// A step that the person may take.
#[derive(Debug)]
pub struct Next {
    /// Its page.
    pub href: String,
    /// What the button says.
    pub label: String,
}

/// States that are entered by a signature.
const SIGNING: [&str; 4] = ["approved", "signed", "accepted", "granted"];

/// The steps that the person may take now.
pub fn next(cx: &Cx, record: &dyn AnyRecord) -> Vec<Next> {
    if cx.is_past() || !cx.can_write() || record.head().void_reason.is_some() {
        return Vec::new();
    }
    let def = record.def();
    let path = record_path(record.any_ref());
    let may = steps_from(def, record.flow_state()).filter(|step| may_take(cx, record, step));
    may.map(|step| Next { href: format!("{path}/step/{}", name_of(step)), label: label(cx, def, step) }).collect()
}

/// Whether the person may take a step, whatever it demands. Who may change a record may also carry out what was signed.
fn may_take(cx: &Cx, record: &dyn AnyRecord, step: &StepWords) -> bool {
    any_of(&cx.isms, &cx.principal, step.who, record) || (signs(record.def(), step) && cx.may(Wish::Update, record))
}

fn name_of(step: &StepWords) -> &'static str {
    step.name.unwrap_or(step.to)
}

fn label(cx: &Cx, def: &KindDef, step: &StepWords) -> String {
    let own = format!("step-{}-{}", def.words.name.replace('_', "-"), name_of(step).replace('_', "-"));
    let common = format!("step-{}", name_of(step).replace('_', "-"));
    if let Some(words) = cx.words.find(&own).or_else(|| cx.words.find(&common)) {
        return words;
    }
    match step.name {
        Some(name) => labels::sentence(name),
        None => cx
            .say1("step-to", "state", labels::within(cx.words, &labels::state(cx.words, def.kind, step.to)).as_str())
            .into_owned(),
    }
}

/// Whether a step is taken by signing.
fn signs(def: &KindDef, step: &StepWords) -> bool {
    SIGNING.contains(&step.to) && (def.kind == Kind::Approval || def.field("approval").is_some())
}

/// Whether a step can be drafted: what is signed is signed as it stands.
fn drafts(def: &KindDef, step: &StepWords) -> bool {
    !signs(def, step) && !NEVER_DRAFTED.contains(&def.kind)
}

/// The page.
#[derive(Template)]
#[template(path = "record-step.html")]
struct Page {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    heading: String,
    lead: String,
    action: String,
    back: String,
    summary: Vec<(String, String)>,
    hidden: Html,
    controls: Html,
    effect: Option<Effect>,
    signs: bool,
    /// Where a passkey is asked for a signature; none where the person has no passkey, or nothing is signed.
    passkey: Option<String>,
    proposals: Choices,
    button: String,
    reason: String,
}

struct Step<'a> {
    record: &'a dyn AnyRecord,
    step: &'static StepWords,
}

fn find<'a>(cx: &'a Cx, slug: &str, name: &str, step: &str) -> Result<Step<'a>, Fault> {
    let target = at(slug, name)?;
    let record = cx.record(target)?;
    if cx.is_past() {
        return Err(Fault::Past);
    }
    let def = record.def();
    let known = || def.flow.iter().filter(|one| one.from == record.flow_state());
    let found = known().find(|one| one.name == Some(step)).or_else(|| known().find(|one| one.to == step));
    let found = found.ok_or_else(|| {
        let state = labels::state(cx.words, target.kind, record.state());
        if def.flow.iter().any(|one| name_of(one) == step || one.to == step) {
            Fault::Conflict(cx.say1("step-not-from-here", "state", &*state.to_lowercase()).into_owned())
        } else {
            Fault::Absent
        }
    })?;
    if !may_take(cx, record, found) {
        return Err(Fault::Denied(cx.say("step-may-not").into_owned()));
    }
    Ok(Step { record, step: found })
}

fn command(record: &dyn AnyRecord, name: &str, revision: u32, fields: Map<String, Value>, reason: &str) -> Command {
    let reason = Some(reason.trim().to_owned()).filter(|text| !text.is_empty());
    Command::Step { target: record.any_ref(), to: name.to_owned(), revision: Some(revision), fields, reason }
}

/// `GET /{kind}/{reference}/step/{name}`: what the step will do and what it asks for.
pub async fn show(
    cx: Cx,
    visit: Visit,
    Path((slug, name, step)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let found = find(&cx, &slug, &name, &step)?;
    let passkey = passkey_of(&cx, &visit, &found).await?;
    let revision = found.record.revision();
    let command = command(found.record, name_of(found.step), revision, Map::new(), "");
    let (mut asked, mut general, mut effect) = (Vec::new(), Problems::default(), None);
    match effect::of(&cx, command, Some(found.record.any_ref())).await {
        Ok(found) => effect = Some(found),
        Err(Fault::Invalid(problems)) => {
            asked = asked_by(&cx, found.record, &problems);
            general.0 = problems.0.into_iter().filter(|one| asked.iter().all(|def| !is_of(def, &one.field))).collect();
        }
        Err(fault) => return Err(fault),
    }
    let mut typed = Typed::default();
    for def in &asked {
        fill(&cx, &mut typed, def.name, def.ty, &found.record.field(def.name).unwrap_or_default());
    }
    typed.set("_revision", revision.to_string());
    if let Some(back) = crate::shell::parameter(&cx.query, "_back") {
        typed.set("_back", own_path(&back));
    }
    page_of(&cx, &found, &asked, &typed, &general, effect, passkey, StatusCode::OK)
}

/// The address at which a passkey is asked for the signature of a step.
async fn passkey_of(cx: &Cx, visit: &Visit, found: &Step<'_>) -> Result<Option<String>, Fault> {
    let offered = signs(found.record.def(), found.step) && consent::offered(cx, visit).await?;
    Ok(offered.then(|| format!("{}/step/{}/passkey", record_path(found.record.any_ref()), name_of(found.step))))
}

fn is_of(def: &FieldDef, field: &str) -> bool {
    field.split(['.', '[']).next() == Some(def.name)
}

/// The fields that problems name and that can be filled in here.
fn asked_by(cx: &Cx, record: &dyn AnyRecord, problems: &Problems) -> Vec<&'static FieldDef> {
    let mut all = fields::all(record.any_ref().kind);
    all.retain(|def| {
        problems.0.iter().any(|one| is_of(def, &one.field))
            && !fields::is_by_acts(def)
            && !fields::is_worked_out(cx, record.any_ref().kind, Some(record), def)
    });
    all
}

#[expect(clippy::too_many_arguments, reason = "what a page of a form shows, each from another place")]
fn page_of(
    cx: &Cx,
    found: &Step<'_>,
    asked: &[&'static FieldDef],
    typed: &Typed,
    problems: &Problems,
    effect: Option<Effect>,
    passkey: Option<String>,
    status: StatusCode,
) -> Result<Response, Fault> {
    let reference = found.record.any_ref();
    let path = record_path(reference);
    let def = found.record.def();
    let mut widgets = Widgets::new(cx, reference.kind, typed, problems);
    for def in asked {
        widgets.field(def);
    }
    let controls = widgets.take();
    let summary = problems.0.iter().map(|one| line(cx, reference, asked, &one.field, &one.message)).collect();
    let state = |name: &str| labels::within(cx.words, &labels::state(cx.words, reference.kind, name));
    let title = found.record.head().title.clone().unwrap_or_default();
    let label = label(cx, def, found.step);
    let kept = ["_revision", "_back"];
    let kept: Vec<(String, String)> =
        kept.iter().filter_map(|name| Some(((*name).to_owned(), typed.get(name)?.to_owned()))).collect();
    let frame = Frame::of_kind(cx, reference.kind, Some(&reference.to_string()));
    let frame = frame.then(label.clone(), Some(path.clone()));
    let mut answer = page(&Page {
        frame: Frame { problems: status != StatusCode::OK, ..frame },
        shell: Shell::of(cx),
        heading: cx.with("step-heading", &[("step", (&label).into()), ("title", (&title).into())]).into_owned(),
        lead: cx
            .with(
                "step-lead",
                &[
                    ("record", (&reference.to_string()).into()),
                    ("from", (&state(found.step.from)).into()),
                    ("to", (&state(found.step.to)).into()),
                ],
            )
            .into_owned(),
        action: format!("{path}/step/{}", name_of(found.step)),
        back: own_path(typed.get("_back").unwrap_or(&path)).to_owned(),
        summary,
        hidden: crate::shell::hidden(&kept),
        controls,
        effect,
        signs: signs(def, found.step),
        passkey,
        proposals: if drafts(def, found.step) { proposals::choices(cx) } else { None },
        button: label,
        reason: typed.get("_reason").unwrap_or_default().to_owned(),
        cx: cx.clone(),
    })?;
    *answer.status_mut() = status;
    Ok(answer)
}

fn line(cx: &Cx, reference: AnyRef, asked: &[&'static FieldDef], field: &str, message: &str) -> (String, String) {
    let name = field.split(['.', '[']).next().unwrap_or_default();
    if name.is_empty() || name == "state" {
        return (String::new(), sentence(message));
    }
    let label = labels::field(cx.words, reference.kind, name);
    let said = cx.with("form-problem", &[("field", (&label).into()), ("message", message.into())]).into_owned();
    let here = asked.iter().any(|def| def.name == name);
    let href =
        if here { format!("#{}", id_of(field)) } else { format!("{}/edit#{}", record_path(reference), id_of(name)) };
    (href, said)
}

/// What a form asks to be written with the step, and what is wrong with it.
struct Given {
    asked: Vec<&'static FieldDef>,
    fields: Map<String, Value>,
    problems: Problems,
}

fn given(cx: &Cx, found: &Step<'_>, typed: &mut Typed) -> Given {
    let mut asked = fields::all(found.record.any_ref().kind);
    asked.retain(|def| typed.shows(def.name));
    typed.close(&asked);
    let mut fields = Map::new();
    let mut reader = Reader { cx, typed, had: form::held(found.record), problems: Problems::default() };
    for def in &asked {
        let value = reader.field(def);
        if found.record.field(def.name).as_ref() != Some(&value) {
            fields.insert(def.name.to_owned(), value);
        }
    }
    Given { problems: reader.problems, asked, fields }
}

/// `POST /{kind}/{reference}/step/{name}/passkey`: asks for a signature over what the step would approve.
pub async fn passkey(
    cx: Cx,
    visit: Visit,
    Path((slug, name, step)): Path<(String, String, String)>,
    body: Bytes,
) -> Result<Response, Fault> {
    let found = find(&cx, &slug, &name, &step)?;
    if !signs(found.record.def(), found.step) {
        return Err(Fault::Absent);
    }
    let mut typed = Typed::of(&body)?;
    let seen: u32 = typed.get("_revision").and_then(|text| text.parse().ok()).ok_or(Fault::Unconditional)?;
    let given = given(&cx, &found, &mut typed);
    if !given.problems.is_empty() {
        return Err(Fault::Invalid(given.problems));
    }
    let reason = typed.get("_reason").unwrap_or_default();
    consent::begin(&cx, &visit, command(found.record, name_of(found.step), seen, given.fields, reason)).await
}

/// `POST /{kind}/{reference}/step/{name}`
pub async fn take(
    cx: Cx,
    visit: Visit,
    Path((slug, name, step)): Path<(String, String, String)>,
    body: Bytes,
) -> Result<Response, Fault> {
    let found = find(&cx, &slug, &name, &step)?;
    let mut typed = Typed::of(&body)?;
    let seen: u32 = typed.get("_revision").and_then(|text| text.parse().ok()).ok_or(Fault::Unconditional)?;
    let passkey = passkey_of(&cx, &visit, &found).await?;
    let Given { mut asked, fields: given, mut problems } = given(&cx, &found, &mut typed);
    let mut proof = None;
    if signs(found.record.def(), found.step) {
        match typed.get("_passkey").filter(|answer| !answer.is_empty()) {
            None => crate::signin::fresh(&cx)?,
            Some(answer) => match consent::end(&cx, answer).await {
                Ok(signed) => proof = Some(signed),
                Err(Fault::Denied(what) | Fault::Conflict(what)) => problems.add("", what),
                Err(fault) => return Err(fault),
            },
        }
    }
    let button = ["_find", "_add", "_drop", "_preview", "_create"].iter().any(|name| typed.get(name).is_some());
    if button || !problems.is_empty() {
        inner_button(&mut typed, &asked);
        let none = Problems::default();
        let (shown, status) =
            if button { (&none, StatusCode::OK) } else { (&problems, StatusCode::UNPROCESSABLE_ENTITY) };
        return page_of(&cx, &found, &asked, &typed, shown, None, passkey, status);
    }
    let reason = typed.get("_reason").unwrap_or_default().to_owned();
    let back = typed.get("_back").map(|back| own_path(back).to_owned());
    let reference = found.record.any_ref();
    let title = found.record.head().title.clone().unwrap_or_default();
    if let Some(into) = proposals::into_of(|name| typed.get(name), &title)
        && drafts(found.record.def(), found.step)
    {
        let draft = Draft::step(found.record, name_of(found.step), &given);
        return match proposals::add(&cx, into, vec![draft], Some(reason)).await {
            Ok(proposal) => Ok(form::done(None, Some(proposal), "proposal-added", false)),
            Err(Fault::Invalid(problems)) => {
                let problems = proposals::of_field(problems);
                page_of(&cx, &found, &asked, &typed, &problems, None, passkey, StatusCode::UNPROCESSABLE_ENTITY)
            }
            Err(fault) => Err(fault),
        };
    }
    let command = command(found.record, name_of(found.step), seen, given, &reason);
    let answer = match proof {
        Some(proof) => cx.submit_signed(command, proof).await,
        None => cx.submit(command).await,
    };
    match answer {
        Ok(_) => Ok(form::done(back, Some(reference), "stepped", false)),
        Err(Fault::Invalid(found_problems)) => {
            problems = found_problems;
            let had: BTreeSet<&str> = asked.iter().map(|def| def.name).collect();
            for def in asked_by(&cx, found.record, &problems).into_iter().filter(|def| !had.contains(def.name)) {
                fill(&cx, &mut typed, def.name, def.ty, &found.record.field(def.name).unwrap_or_default());
                asked.push(def);
            }
            page_of(&cx, &found, &asked, &typed, &problems, None, passkey, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(fault) => Err(fault),
    }
}

/// Rows come and go as in other forms.
fn inner_button(typed: &mut Typed, asked: &[&'static FieldDef]) {
    if let Some(path) = typed.get("_add").map(ToOwned::to_owned)
        && asked.iter().any(|def| def.name == path)
    {
        let row = typed.rows(&path);
        typed.push(format!("{path}.{row}"), "1");
    }
    if let Some((table, row)) = typed.get("_drop").and_then(|path| path.rsplit_once('.'))
        && let (table, Ok(row)) = (table.to_owned(), row.parse())
    {
        typed.drop_row(&table, row);
    }
}
