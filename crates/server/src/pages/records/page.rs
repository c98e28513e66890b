//! The page of a record: what it says, how it stands, what is wrong with it, what it is linked with, what happened to it.

use askama::Template;
use attestry_check::rules;
use attestry_model::decide::covers;
use attestry_model::kind::Role;
use attestry_model::permit::Wish;
use attestry_model::records::{Approval, Task};
use attestry_model::{AnyRecord, AnyRef, Kind, permit, plain};
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};

use super::fields::{self, Spot, spot};
use super::files::{self, Shown as File};
use super::history::{self, Line};
use super::linked::{self, Group, Row};
use super::place::{self, Place};
use super::widget::id_of;
use super::{comments, named, steps};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::{Html, Mark};
use crate::pages::home::fix;
use crate::pages::portal::readers::{self, Readers};
use crate::pages::risks::rated::{self, Drawn, MOMENTS};
use crate::pages::setup::assumed::is_assumed;
use crate::places::{Frame, PROCESSES, Process, kind_of, list_path, record_path};
use crate::shell::{Shell, page, pairs, to, with_query};
use crate::show::{self, Room};
use crate::{dates, labels};

/// What links say, and where they lead.
type Links = Vec<(String, String)>;
/// Moments of a risk by their names, each with its value, likelihood and impact.
type Moments = Vec<(String, [Option<Fact>; 3])>;
/// Most buttons beside editing: a page has at most three.
const MOST_ACTS: usize = 2;

/// The page.
#[derive(Template)]
#[template(path = "record.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is one independent button or sign of the page")]
struct Page {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    path: String,
    list: String,
    reference: AnyRef,
    kind: String,
    title: String,
    state: Html,
    revision: u32,
    changed: String,
    void: Option<String>,
    held: bool,
    over: bool,
    proposals: Vec<(Html, String)>,
    place: Option<Place>,
    edit: bool,
    /// The version to confirm, of a record that the set-up guide assumed.
    assumed: Option<String>,
    /// What is done most with such a record, the first of them before all; the rest is behind a menu.
    acts: Links,
    more_acts: Links,
    leads: bool,
    may_create: bool,
    new_version: bool,
    may_void: bool,
    may_hold: bool,
    may_attach: bool,
    may_task: bool,
    texts: Vec<Fact>,
    sections: Vec<Fact>,
    facts: Vec<Fact>,
    /// How serious it is: the drawing, and the moments with their value, likelihood and impact.
    rated: Option<(Drawn, Moments)>,
    /// Who has read or taken it.
    readers: Option<Readers>,
    findings: Vec<Finding>,
    tells_findings: bool,
    groups: Vec<Group>,
    files: Vec<File>,
    tasks: Vec<Row>,
    approvals: Vec<Signed>,
    comments: Vec<comments::Said>,
    may_comment: bool,
    may_share: bool,
    once: String,
    lines: Vec<Line>,
}

/// A field that is filled.
struct Fact {
    id: String,
    label: String,
    html: Html,
    edit: Option<String>,
    /// What is wrong with it.
    wrong: Vec<(Html, String)>,
}

/// What is wrong with the record.
struct Finding {
    message: String,
    clause: String,
    fix: String,
    mark: Html,
    waived: bool,
    contradicts: bool,
    /// The field that it is about.
    field: Option<&'static str>,
    href: Option<String>,
    rule_href: String,
}

/// A signature.
struct Signed {
    rid: Html,
    who: Html,
    decision: String,
    when: String,
    state: Html,
    how: String,
    covers: bool,
    given: bool,
}

/// A record that was not there yet.
#[derive(Template)]
#[template(path = "record-absent.html")]
struct NotYet {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    reference: AnyRef,
    title: String,
    when: String,
    first: String,
}

/// `GET /{kind}/{reference}`
pub async fn show(cx: Cx, Path((slug, name)): Path<(String, String)>) -> Result<Response, Fault> {
    let kind = kind_of(&slug);
    let reference = named(&name)?;
    if kind != Some(reference.kind) || name != reference.to_string() {
        // Only an address that could be one of a record leads on: another word under a kind is nothing.
        return Ok(to(&with_query(&record_path(reference), &pairs(&cx.query), None)));
    }
    if cx.is_past() && cx.isms.record(reference).is_none() {
        return not_yet(cx, reference).await;
    }
    cx.record(reference)?;
    if reference.kind == Kind::Proposal {
        return crate::pages::proposals::show(cx, &name).await;
    }
    let until = cx.moment.as_ref().map(|moment| moment.past.seq);
    let (latest, attached) = cx
        .apart(move |cx| {
            let latest = cx.organisation.latest(reference, until, 6)?;
            let mut attached = cx.organisation.files_of(reference)?;
            attached.retain(|file| until.is_none_or(|until| file.seq <= until));
            Ok((latest, attached))
        })
        .await?;
    let record = cx.record(reference)?;
    let lines = history::lines(&cx, record, &latest, 5);
    let files = files::shown(&cx, reference, &attached);
    let page_of = page_of(&cx, record, lines, files);
    page(&page_of)
}

async fn not_yet(cx: Cx, reference: AnyRef) -> Result<Response, Fault> {
    let now =
        cx.current.record(reference).filter(|record| permit::permit(&cx.current, &cx.principal, Wish::Read, *record));
    let title = now.ok_or(Fault::Absent)?.head().title.clone().unwrap_or_default();
    let versions = cx.apart(move |cx| Ok(cx.organisation.history(reference)?)).await?;
    let first = versions.first().ok_or(Fault::Absent)?;
    let when = dates::moment(cx.words, first.at, &cx.zone, cx.today);
    let first = format!("{}?asof={}", record_path(reference), first.seq);
    let frame = Frame::of_kind(&cx, reference.kind, Some(&reference.to_string()));
    page(&NotYet { frame, shell: Shell::of(&cx), reference, title, when, first, cx })
}

fn page_of(cx: &Cx, record: &dyn AnyRecord, lines: Vec<Line>, files: Vec<File>) -> Page {
    let reference = record.any_ref();
    let path = record_path(reference);
    let editable = if cx.is_past() { Vec::new() } else { fields::changeable(cx, reference.kind, Some(record)) };
    let (mut texts, mut sections, mut facts) = (Vec::new(), Vec::new(), Vec::new());
    let findings = findings(cx, record, &editable);
    let drawn = rated::of(cx, record);
    let mut levels: Vec<(&'static str, Fact)> = Vec::new();
    for def in fields::seen(cx, record) {
        let value = record.field(def.name).unwrap_or_default();
        let about = findings.iter().filter(|one| one.field == Some(def.name) && !one.waived);
        let wrong: Vec<(Html, String)> = about.map(|one| (one.mark.clone(), one.message.clone())).collect();
        // What is empty is shown where that is what is wrong.
        if value.is_null() && wrong.is_empty() || def.name == "title" {
            continue;
        }
        let edit = editable.iter().any(|one| one.name == def.name);
        let fact = Fact {
            id: id_of(def.name),
            label: labels::field(cx.words, reference.kind, def.name),
            html: show::field(cx, record, def, Room::Page),
            wrong,
            edit: edit.then(|| format!("{path}/edit?only={}#{}", def.name, id_of(def.name))),
        };
        let is_level = || MOMENTS.iter().any(|(_, names)| names.contains(&def.name));
        match spot(def, &value) {
            _ if drawn.is_some() && is_level() => levels.push((def.name, fact)),
            Spot::Section => sections.push(fact),
            Spot::Text => texts.push(fact),
            Spot::Fact => facts.push(fact),
            Spot::Linked => {}
        }
    }
    let void = record.head().void_reason.clone();
    let rows = |records: Vec<&dyn AnyRecord>| records.into_iter().map(|one| linked::row(cx, one)).collect();
    let tasks: Vec<&dyn AnyRecord> = cx
        .isms
        .referring::<Task>(reference, "subject")
        .map(|task| task as &dyn AnyRecord)
        .filter(|task| cx.sees(*task))
        .collect();
    let may_update = cx.may(Wish::Update, record);
    let present = !cx.is_past() && cx.can_write();
    let (acts, more_acts, leads) = acts(cx, record, present);
    let rated = drawn.map(|drawn| {
        let mut take = |name: &str| Some(levels.remove(levels.iter().position(|(known, _)| *known == name)?).1);
        let moments = MOMENTS.map(|(key, [likelihood, impact, value])| {
            (cx.say(key).into_owned(), [take(value), take(likelihood), take(impact)])
        });
        (drawn, moments.into_iter().filter(|(_, cells)| cells.iter().any(Option::is_some)).collect())
    });
    let by = record.updated_by().map_or_else(|| cx.say("system").into_owned(), |person| cx.name_of(person));
    let when = dates::moment(cx.words, record.updated_at(), &cx.zone, cx.today);
    let def = record.def();
    Page {
        frame: Frame::of_record(cx, record),
        shell: Shell::of(cx),
        kind: labels::singular(cx.words, reference.kind),
        title: record.head().title.clone().unwrap_or_default(),
        state: show::state(cx, record),
        revision: record.revision(),
        changed: cx.with("record-changed", &[("name", (&by).into()), ("when", (&when).into())]).into_owned(),
        held: record.head().legal_hold == Some(true),
        over: void.is_none() && permit::is_closed(record),
        proposals: crate::pages::proposals::about(cx, reference)
            .into_iter()
            .map(|one| (show::rid(cx, one.reference().any()), one.title().to_owned()))
            .collect(),
        place: place::of(cx, reference),
        edit: !editable.is_empty(),
        assumed: (!editable.is_empty() && is_assumed(record)).then(|| format!("{reference}.{}", record.revision())),
        acts,
        more_acts,
        leads,
        rated,
        readers: readers::of(cx, record),
        may_create: cx.may_create(reference.kind),
        new_version: !def.immutable_in.is_empty() && cx.may_create(reference.kind),
        may_void: may_update && void.is_none(),
        may_hold: present && (cx.principal.has(Role::IsmsManager) || cx.principal.has(Role::SystemAdmin)),
        may_attach: may_update
            && void.is_none()
            && crate::kept::attachable(cx, reference, || files::may_attach(cx, record)),
        may_task: cx.may_create(Kind::Task),
        texts,
        sections,
        facts,
        findings,
        tells_findings: cx.is_isms(),
        groups: linked::of(cx, record),
        files,
        tasks: rows(tasks),
        approvals: approvals(cx, record),
        comments: comments::of(cx, reference),
        may_comment: reference.kind != Kind::Comment && cx.may_create(Kind::Comment),
        may_share: cx.is_isms(),
        once: crate::once::secret(),
        lines,
        void,
        list: list_path(reference.kind),
        path,
        reference,
        cx: cx.clone(),
    }
}

fn findings(cx: &Cx, record: &dyn AnyRecord, editable: &[&'static attestry_model::field::FieldDef]) -> Vec<Finding> {
    if !cx.is_isms() {
        return Vec::new();
    }
    let report = cx.report();
    let reference = record.any_ref();
    let kind = reference.kind.words().name;
    let found = report.told_of(reference).map(|finding| {
        let may_edit = |name: &&str| editable.iter().any(|def| def.name == *name);
        let read = finding.rule.fields.iter().filter_map(|field| field.strip_prefix(kind)?.strip_prefix('.'));
        let field = fix::field_of(finding.rule, record);
        let form = field.filter(may_edit).or_else(|| read.into_iter().find(may_edit));
        let waived = finding.waiver.is_some();
        Finding {
            message: dates::within(cx.words, &report.message(&cx.isms, &finding), cx.today),
            clause: finding.rule.clause.to_owned(),
            fix: finding.rule.fix.to_owned(),
            mark: if waived { Mark::Excluded } else { fix::mark(finding.rule.severity) }.svg(),
            waived,
            contradicts: rules::is_contradiction(finding.rule),
            field,
            href: form.map(|name| format!("{}/edit#{}", record_path(reference), id_of(name))),
            rule_href: cx.href(&format!("/rules/{}?item={reference}", finding.rule.id)),
        }
    });
    found.collect()
}

fn approvals(cx: &Cx, record: &dyn AnyRecord) -> Vec<Signed> {
    let all = cx.isms.referring::<Approval>(record.any_ref(), "subject").filter(|approval| cx.sees(*approval));
    let mut signed: Vec<_> = all
        .map(|approval| {
            let decision = approval.decision.map(|decision| labels::choice(cx.words, decision).into_owned());
            let signed = Signed {
                rid: show::rid(cx, approval.reference().any()),
                who: approval.signer.map_or_else(Html::default, |person| show::who(cx, person)),
                decision: decision.unwrap_or_default(),
                when: approval.signed_at.map_or_else(String::new, |at| dates::moment(cx.words, at, &cx.zone, cx.today)),
                state: show::state(cx, approval),
                how: crate::signin::consent::said(cx, approval.reference()).unwrap_or_default(),
                covers: covers(approval, record, &cx.isms),
                given: approval.signed_at.is_some(),
            };
            (approval.signed_at, signed)
        })
        .collect();
    signed.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    signed.into_iter().map(|(_, signed)| signed).take(50).collect()
}

/// `GET /{kind}/{reference}/export`: the record as a program reads it, without fields that the person does not see.
pub async fn export(cx: Cx, Path((slug, name)): Path<(String, String)>) -> Result<Response, Fault> {
    let reference = super::at(&slug, &name)?;
    let record = cx.record(reference)?;
    let mut fields = plain::plain_record(record, &cx.isms);
    let own = record.def().fields.iter();
    let hidden = own.filter(|def| !permit::sees_field(&cx.isms, &cx.principal, record, def));
    for def in hidden {
        fields.remove(def.name);
    }
    let text = serde_json::to_string_pretty(&fields).map_err(|error| Fault::Broken(error.to_string()))?;
    let mut answer = text.into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let moment = cx.moment.as_ref().map_or_else(String::new, |moment| format!("-{}", moment.written));
    let name = format!("{reference}{moment}.json");
    headers.insert(header::CONTENT_DISPOSITION, crate::transfer::disposition(&name, true));
    Ok(answer)
}

/// The buttons of the page beside editing, at most two, what is behind the menu, and whether a step leads: the first step, then
/// the first process.
fn acts(cx: &Cx, record: &dyn AnyRecord, present: bool) -> (Links, Links, bool) {
    let mut steps: Vec<_> = steps::next(cx, record).into_iter().map(|step| (step.label, step.href)).collect();
    let mut processes = if present { process_links(cx, record) } else { Vec::new() };
    let leads = !steps.is_empty();
    let mut shown: Vec<(String, String)> = steps.drain(..steps.len().min(1)).collect();
    shown.extend(processes.drain(..processes.len().min(1)));
    let mut rest = steps.into_iter().chain(processes);
    while shown.len() < MOST_ACTS {
        let Some(one) = rest.next() else { break };
        shown.push(one);
    }
    (shown, rest.collect(), leads)
}

/// The pages on which the work on this record is a process.
fn process_links(cx: &Cx, record: &dyn AnyRecord) -> Vec<(String, String)> {
    let reference = record.any_ref();
    let offered = PROCESSES
        .iter()
        .filter(|one| cx.is_isms() && one.kind == reference.kind && one.wish.is_some_and(|wish| cx.may(wish, record)));
    let link = |one: &Process| {
        let label = cx.say(format!("process-{}", one.name)).into_owned();
        (label, cx.href(&format!("{}/{}", record_path(reference), one.path)))
    };
    offered.map(link).collect()
}
