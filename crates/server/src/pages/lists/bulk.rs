//! Many records at once: what is to be done is chosen, its effect is shown with numbers, and only then it is done. Each record
//! is decided for itself; those that refuse are listed with the reason.

mod deed;

use askama::Template;
use attestry_check::Report;
use attestry_model::decide::propose::Draft;
use attestry_model::decide::{Problem, decide_next, is_approving, steps_from};
use attestry_model::field::{FieldDef, Type};
use attestry_model::permit::{Wish, any_of};
use attestry_model::records::Person;
use attestry_model::records::proposal::NEVER_DRAFTED;
use attestry_model::stored::{AnyRecord, FieldPlace, common_fields};
use attestry_model::{AnyRef, Command, Kind, Problems};
use axum::extract::{Path, RawForm};
use axum::response::Response;
use serde_json::{Map, Value};

use deed::{Chosen, Deed, step_words};

use super::ask::Ask;
use super::filters::record_words;
use super::form::Form;
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::Html;
use crate::pages::proposals::{self, Choices};
use crate::pages::records::widget::sentence;
use crate::places::{Frame, kind_of, list_path};
use crate::shell::{Shell, page};
use crate::{labels, shell};

/// Most records of one bulk edit.
pub const MOST: usize = 1_000;
/// Most people that a field of people offers.
const MOST_PEOPLE: usize = 500;
/// Most rows that a page names one by one.
const MOST_NAMED: usize = 12;
/// Longest reason, in bytes.
const LONGEST_REASON: usize = 2_000;

/// Something that can be done with many.
#[derive(Debug)]
pub struct Act {
    /// Its name in the form.
    pub name: &'static str,
    /// What the button says.
    pub label: String,
}

/// What the person can do with many records of this list.
pub fn acts(cx: &Cx, kind: Kind, records: &[&dyn AnyRecord]) -> Vec<Act> {
    if cx.is_past() || !records.iter().any(|record| cx.may(Wish::Update, *record)) {
        return Vec::new();
    }
    let act = |name: &'static str| Act { name, label: cx.say(format!("bulk-{name}")).into_owned() };
    let mut acts = Vec::new();
    let fields = || changeable(cx, kind);
    if fields().any(|field| field.ty == Type::Ref(Kind::Person)) {
        acts.push(act("owner"));
    }
    if fields().any(|field| field.ty == Type::Date) {
        acts.push(act("date"));
    }
    acts.push(act("field"));
    if kind.def().flow.iter().any(|step| is_plain(kind, step)) {
        acts.push(act("step"));
    }
    acts.push(act("void"));
    acts
}

/// Whether a step is taken without a signature: what is signed is looked at first, one by one.
fn is_plain(kind: Kind, step: &attestry_model::kind::StepWords) -> bool {
    kind != Kind::Approval && !is_approving(kind.def(), step)
}

/// The fields that can be set in many records.
fn changeable(cx: &Cx, kind: Kind) -> impl Iterator<Item = &'static FieldDef> {
    let def = kind.def();
    let common = common_fields(def.fields).map(|(_, field)| field);
    let fields = def.fields.iter().chain(common).filter(|field| cx.may_ask(field));
    fields
        .filter(|field| !matches!(field.name, "created_by" | "created_at" | "void_reason" | "legal_hold" | "app_roles"))
}

/// The page on which it is said what is to be done.
#[derive(Template)]
#[template(path = "bulk.html")]
struct Choose {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    heading: String,
    path: String,
    chosen: Html,
    back: String,
    act: String,
    problem: Option<(String, String)>,
    fields: Vec<(String, String)>,
    people: Vec<(String, String)>,
    groups: Vec<(String, Vec<(String, String)>)>,
    steps: Vec<(String, String)>,
    named: Vec<String>,
    more: usize,
    values: Form,
}

/// The page that shows what would happen, or what has happened.
#[derive(Template)]
#[template(path = "bulk_effect.html")]
struct Effect {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    heading: String,
    path: String,
    back: String,
    /// The form that does it; empty once it is done.
    form: Html,
    button: String,
    fits: usize,
    failed: Vec<(Html, String)>,
    more_failed: usize,
    solved: Vec<String>,
    more_solved: usize,
    caused: Vec<String>,
    more_caused: usize,
    /// The form that takes it back.
    undo: Html,
    done: bool,
    proposals: Choices,
}

/// What would come of it, or what came of it.
struct Outcome {
    fits: Vec<AnyRef>,
    failed: Vec<(AnyRef, String)>,
    solved: Vec<String>,
    caused: Vec<String>,
}

/// `POST /{kind}/bulk`
pub async fn run(cx: Cx, Path(slug): Path<String>, RawForm(body): RawForm) -> Result<Response, Fault> {
    let kind = kind_of(&slug).ok_or(Fault::Absent)?;
    let form = Form::read(&body)?;
    let chosen = Chosen::read(&cx, kind, &form)?;
    let stage = form.get("stage").unwrap_or_default().to_owned();
    if stage.is_empty() {
        return choose(cx, kind, &chosen, form, None);
    }
    let (deed, mut again) = match Deed::read(&cx, kind, &form) {
        Ok(read) => read,
        Err(Fault::Invalid(problems)) => {
            let problem = problems.0.into_iter().next().map(|problem| (problem.field, problem.message));
            return choose(cx, kind, &chosen, form, problem);
        }
        Err(fault) => return Err(fault),
    };
    let reason = form.get("reason").map(str::trim).filter(|reason| !reason.is_empty());
    if reason.is_some_and(|reason| reason.len() > LONGEST_REASON) {
        return Err(Fault::field("reason", cx.say("list-bad-text").into_owned()));
    }
    let reason = reason.map(ToOwned::to_owned);
    let back = form.get("query").unwrap_or_default().to_owned();
    again.push(("query".to_owned(), back.clone()));
    if stage == "draft" {
        return draft(cx, kind, &chosen, &deed, reason, &form).await;
    }
    if stage == "do" {
        return act(cx, kind, chosen, deed, reason, &back).await;
    }
    let rows = chosen.0.clone();
    let (wanted, why) = (deed.clone(), reason.clone());
    let outcome = cx.apart(move |cx| Ok(preview(cx, &rows, &wanted, why.as_deref()))).await?;
    let fitting = Chosen(chosen.0.iter().filter(|(it, _)| outcome.fits.contains(it)).copied().collect());
    let mut fields = fitting.hidden().as_str().to_owned();
    fields.push_str(shell::hidden(&again).as_str());
    let heading = deed.words(&cx, kind, outcome.fits.len());
    let button = cx.say1("bulk-do", "records", &shell::counted(&cx, kind, outcome.fits.len())).into_owned();
    show(cx, kind, outcome, heading, (Html(fields), button), &back, Html::default(), false)
}

/// Adds the changes to a proposal instead of making them.
async fn draft(
    cx: Cx,
    kind: Kind,
    chosen: &Chosen,
    deed: &Deed,
    reason: Option<String>,
    form: &Form,
) -> Result<Response, Fault> {
    let words = deed.words(&cx, kind, chosen.0.len());
    let get = |name: &str| if name == "_draft" { Some("1") } else { form.get(name) };
    let into = proposals::into_of(get, &words).ok_or(Fault::Absent)?;
    let mut drafts = Vec::new();
    for (target, revision) in &chosen.0 {
        let record = cx.record(*target)?;
        drafts.push(match deed.command(record, *revision, reason.as_deref()) {
            Command::Update { fields, .. } => Draft::set(record, &fields),
            Command::Step { to, fields, .. } => Draft::step(record, &to, &fields),
            _ => Draft::void(record, reason.as_deref().unwrap_or_default()),
        });
    }
    let proposal = proposals::add(&cx, into, drafts, reason).await?;
    Ok(crate::pages::records::form::done(None, Some(proposal), "proposal-added", false))
}

fn choose(
    cx: Cx,
    kind: Kind,
    chosen: &Chosen,
    values: Form,
    problem: Option<(String, String)>,
) -> Result<Response, Fault> {
    let act = values.get("act").unwrap_or_default().to_owned();
    if !["owner", "date", "field", "step", "void"].contains(&act.as_str()) {
        return Err(Fault::field("act", cx.say("bulk-no-act").into_owned()));
    }
    let label = |field: &FieldDef| (field.name.to_owned(), labels::field(cx.words, kind, field.name));
    let of_type = |ty: Type| changeable(&cx, kind).filter(move |field| field.ty == ty).map(label).collect();
    let fields: Vec<(String, String)> = match act.as_str() {
        "owner" => of_type(Type::Ref(Kind::Person)),
        "date" => of_type(Type::Date),
        _ => Vec::new(),
    };
    let mut people: Vec<(String, String)> = if act == "owner" {
        let active = cx.isms.live::<Person>().filter(|person| person.state_name() == "active");
        active.take(MOST_PEOPLE).map(|it| (it.reference().any().to_string(), it.title().to_owned())).collect()
    } else {
        Vec::new()
    };
    people.sort_by_key(|(_, name)| name.to_lowercase());
    let options = |field: &FieldDef| match field.ty {
        Type::Choice(options) => options
            .iter()
            .map(|it| (format!("{}={}", field.name, it.name), labels::word(cx.words, it.name, it.label).into_owned()))
            .collect(),
        Type::Bool => ["true", "false"]
            .iter()
            .zip(["yes", "no"])
            .map(|(value, word)| (format!("{}={value}", field.name), cx.say(word).into_owned()))
            .collect(),
        _ => Vec::new(),
    };
    let groups = changeable(&cx, kind).filter(|field| matches!(field.ty, Type::Choice(_) | Type::Bool));
    let groups = groups.map(|field| (labels::field(cx.words, kind, field.name), options(field))).collect();
    let back =
        crate::shell::own_path(&format!("{}?{}", list_path(kind), values.get("query").unwrap_or_default())).to_owned();
    let heading = cx
        .with(&format!("bulk-{act}-heading"), &[("records", (&shell::counted(&cx, kind, chosen.0.len())).into())])
        .into_owned();
    let named: Vec<String> =
        chosen.0.iter().take(MOST_NAMED).map(|(it, _)| format!("{it} {}", record_words(&cx, *it))).collect();
    let template = Choose {
        frame: Frame::of_kind(&cx, kind, Some(&heading)),
        shell: Shell::of(&cx),
        path: list_path(kind),
        chosen: chosen.hidden(),
        steps: if act == "step" { steps(&cx, kind, chosen) } else { Vec::new() },
        more: chosen.0.len() - named.len(),
        heading,
        back,
        act,
        problem,
        fields,
        people,
        groups,
        named,
        values,
        cx,
    };
    page(&template)
}

/// The steps that at least one of the records can take by this person's hand, without a signature.
fn steps(cx: &Cx, kind: Kind, chosen: &Chosen) -> Vec<(String, String)> {
    let def = kind.def();
    let mut steps: Vec<(String, String)> = Vec::new();
    for (target, _) in &chosen.0 {
        let Ok(record) = cx.record(*target) else { continue };
        for step in steps_from(def, record.flow_state()).filter(|step| is_plain(kind, step)) {
            let name = step.name.unwrap_or(step.to);
            let known = steps.iter().any(|(known, _)| known == name);
            if !known && any_of(&cx.isms, &cx.principal, step.who, record) {
                steps.push((name.to_owned(), step_words(cx, kind, name)));
            }
        }
    }
    steps
}

/// What would come of it: each command is decided on the value that the ones before it lead to, and the rules are judged
/// on the last.
fn preview(cx: &Cx, rows: &[(AnyRef, u32)], deed: &Deed, reason: Option<&str>) -> Outcome {
    let mut isms = cx.current.clone();
    let (mut fits, mut failed) = (Vec::new(), Vec::new());
    for (target, revision) in rows {
        let Ok(record) = cx.record(*target) else {
            failed.push((*target, cx.say("bulk-absent").into_owned()));
            continue;
        };
        match decide_next(&isms, &cx.principal, deed.command(record, *revision, reason), cx.now) {
            Ok((_, next)) => {
                isms = next;
                fits.push(*target);
            }
            Err(refusal) => failed.push((*target, fault_words(cx, target.kind, &refusal.into()))),
        }
    }
    let before = cx.report();
    let after = before.next(&isms, cx.now, cx.today, isms.kinds_since(cx.current.size()));
    let (solved, caused) = (gone(cx, &cx.current, &before, &after), gone(cx, &isms, &after, &before));
    Outcome { fits, failed, solved, caused }
}

/// What one report tells of a value and another does not, in words, as far as the person may see it.
fn gone(cx: &Cx, isms: &attestry_model::Isms, of: &Report, than: &Report) -> Vec<String> {
    let seen = |finding: &attestry_check::Finding<'_>| match finding.item.record() {
        Some(record) => isms.record(record).is_some_and(|record| cx.sees(record)),
        None => cx.is_isms(),
    };
    of.open_beyond(than).into_iter().filter(seen).map(|finding| of.message(isms, &finding)).collect()
}

/// What is wrong, each field by its label.
fn problem_words(cx: &Cx, kind: Kind, problems: &Problems) -> String {
    let one = |problem: &Problem| {
        let field = problem.field.split(['.', '[']).next().filter(|name| FieldPlace::find(kind.def(), name).is_some());
        match field {
            Some(name) => format!("{}: {}", labels::field(cx.words, kind, name), problem.message),
            None => sentence(&problem.message),
        }
    };
    problems.0.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// Why a record was left out, in words for whoever chose it.
fn fault_words(cx: &Cx, kind: Kind, fault: &Fault) -> String {
    match fault {
        Fault::Stale(_) => cx.say("bulk-stale").into_owned(),
        Fault::Denied(_) => cx.say("bulk-denied").into_owned(),
        Fault::Absent => cx.say("bulk-absent").into_owned(),
        Fault::Invalid(problems) => problem_words(cx, kind, problems),
        Fault::ReadOnly(reason) => reason.clone(),
        _ => cx.say("bulk-failed").into_owned(),
    }
}

/// Writes the commands, all on their way at once so that they are written in groups; answers in the order of the records.
async fn write(cx: &Cx, commands: Vec<(AnyRef, Command)>) -> Vec<(AnyRef, Result<(), Fault>)> {
    let mut set = tokio::task::JoinSet::new();
    for (at, (target, command)) in commands.into_iter().enumerate() {
        let cx = cx.clone();
        set.spawn(async move { (at, target, cx.submit(command).await.map(|_| ())) });
    }
    let mut answers = Vec::new();
    while let Some(answer) = set.join_next().await {
        answers.extend(answer.ok());
    }
    answers.sort_by_key(|(at, ..)| *at);
    answers.into_iter().map(|(_, target, answer)| (target, answer)).collect()
}

async fn act(
    cx: Cx,
    kind: Kind,
    chosen: Chosen,
    deed: Deed,
    reason: Option<String>,
    back: &str,
) -> Result<Response, Fault> {
    let mut commands = Vec::new();
    let mut outcome = Outcome { fits: Vec::new(), failed: Vec::new(), solved: Vec::new(), caused: Vec::new() };
    let mut before: Vec<(AnyRef, Map<String, Value>)> = Vec::new();
    for (target, revision) in &chosen.0 {
        let Ok(record) = cx.record(*target) else {
            outcome.failed.push((*target, cx.say("bulk-absent").into_owned()));
            continue;
        };
        let command = deed.command(record, *revision, reason.as_deref());
        if let Command::Update { fields, .. } = &command {
            let old = fields.keys().map(|name| (name.clone(), record.field(name).unwrap_or_default()));
            before.push((*target, old.collect()));
        }
        commands.push((*target, command));
    }
    for (target, answer) in write(&cx, commands).await {
        match answer {
            Ok(()) => outcome.fits.push(target),
            Err(fault) => outcome.failed.push((target, fault_words(&cx, target.kind, &fault))),
        }
    }
    let written = cx.organisation.isms();
    let mut undo: Vec<(String, String)> = Vec::new();
    for (target, old) in before.iter().filter(|(target, _)| outcome.fits.contains(target)) {
        let Some(record) = written.record(*target) else { continue };
        undo.push(("undo".to_owned(), format!("{target}.{} {}", record.revision(), Value::Object(old.clone()))));
    }
    let undo = if undo.is_empty() {
        Html::default()
    } else {
        undo.push(("query".to_owned(), back.to_owned()));
        shell::hidden(&undo)
    };
    let heading = cx.say1("bulk-done", "records", &shell::counted(&cx, kind, outcome.fits.len())).into_owned();
    show(cx, kind, outcome, heading, (Html::default(), String::new()), back, undo, true)
}

/// `POST /{kind}/bulk/undo`: puts the values back that a bulk edit had changed, as an ordinary change of each record that
/// nobody has changed since.
pub async fn undo(cx: Cx, Path(slug): Path<String>, RawForm(body): RawForm) -> Result<Response, Fault> {
    let kind = kind_of(&slug).ok_or(Fault::Absent)?;
    let form = Form::read(&body)?;
    let wrong = || Fault::Malformed("this is no bulk edit that can be taken back".to_owned());
    let allowed: Vec<&str> = changeable(&cx, kind).map(|field| field.name).collect();
    let mut commands = Vec::new();
    let mut outcome = Outcome { fits: Vec::new(), failed: Vec::new(), solved: Vec::new(), caused: Vec::new() };
    for text in form.all("undo").take(MOST) {
        let (version, old) = text.split_once(' ').ok_or_else(wrong)?;
        let (target, revision) = version.split_once('.').ok_or_else(wrong)?;
        let target: AnyRef = target.parse().map_err(|_| wrong())?;
        let revision: u32 = revision.parse().map_err(|_| wrong())?;
        let Ok(Value::Object(fields)) = serde_json::from_str(old) else { return Err(wrong()) };
        if target.kind != kind || fields.keys().any(|name| !allowed.contains(&name.as_str())) {
            return Err(wrong());
        }
        if cx.record(target).is_err() {
            outcome.failed.push((target, cx.say("bulk-absent").into_owned()));
            continue;
        }
        let reason = Some(cx.say("bulk-undo-reason").into_owned());
        commands.push((target, Command::Update { target, revision: Some(revision), fields, reason }));
    }
    for (target, answer) in write(&cx, commands).await {
        match answer {
            Ok(()) => outcome.fits.push(target),
            Err(fault) => outcome.failed.push((target, fault_words(&cx, target.kind, &fault))),
        }
    }
    let heading = cx.say1("bulk-undone", "records", &shell::counted(&cx, kind, outcome.fits.len())).into_owned();
    let back = form.get("query").unwrap_or_default().to_owned();
    show(cx, kind, outcome, heading, (Html::default(), String::new()), &back, Html::default(), true)
}

#[expect(clippy::too_many_arguments, reason = "the parts of one page")]
fn show(
    cx: Cx,
    kind: Kind,
    outcome: Outcome,
    heading: String,
    (form, button): (Html, String),
    back: &str,
    undo: Html,
    done: bool,
) -> Result<Response, Fault> {
    let rest = |count: usize| count.saturating_sub(MOST_NAMED);
    let cut = |mut list: Vec<String>| {
        list.truncate(MOST_NAMED);
        list
    };
    // Of a record that the person may not see nothing but what they typed is said.
    let failed = outcome.failed.iter().take(100).map(|(target, why)| (crate::show::rid(&cx, *target), why.clone()));
    let failed: Vec<(Html, String)> = failed.collect();
    let drafts = !done && !NEVER_DRAFTED.contains(&kind);
    let template = Effect {
        proposals: if drafts { proposals::choices(&cx) } else { None },
        frame: Frame::of_kind(&cx, kind, Some(&heading)),
        shell: Shell::of(&cx),
        path: list_path(kind),
        back: shell::own_path(&format!("{}?{back}", list_path(kind))).to_owned(),
        fits: outcome.fits.len(),
        more_failed: outcome.failed.len().saturating_sub(failed.len()),
        more_solved: rest(outcome.solved.len()),
        more_caused: rest(outcome.caused.len()),
        solved: cut(outcome.solved),
        caused: cut(outcome.caused),
        heading,
        form,
        button,
        failed,
        undo,
        done,
        cx,
    };
    page(&template)
}
