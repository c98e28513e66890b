//! What is done about a risk: the option, the controls, the work with its costs; and what all of it would change, shown while
//! one chooses and before anything is stored.
//!
//! The page forks the value with the very command that saving sends, and reads from the fork. Saving is one change: the
//! decision, new controls, the actions, and what is linked with them, all or nothing.

mod choose;
pub(super) mod read;
mod weigh;

use askama::Template;
use attestry_model::permit::Wish;
use attestry_model::records::{Person, Risk, Treatment};
use attestry_model::{AnyRecord as _, Isms, Kind, Problems, Ref, Stored, Subject};
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

use super::Pick;
use super::one::{self, risk_of};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::Html;
use crate::pages::records::effect;
use crate::pages::records::typed::{Typed, fill};
use crate::pages::records::widget::{Widgets, id_of, sentence};
use crate::places::Frame;
use crate::shell::{Shell, page, to};
use crate::show;

use choose::Group;
use weigh::Weighed;

/// The most new controls and the most new actions that one decision brings along.
pub(super) const MOST_ROWS: usize = 20;
/// The options in the order in which they are offered.
const OPTIONS: [&str; 4] = ["treat", "transfer", "avoid", "accept"];
/// Most people whose names are offered while one types; others are found by their names all the same.
const MOST_PEOPLE: usize = 500;

/// The page.
#[derive(Template)]
#[template(path = "treat.html")]
struct Page {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    reference: String,
    title: String,
    href: String,
    state: Html,
    may_edit: bool,
    /// Whether the page came back from the server with what was typed.
    fresh: bool,
    editing: Option<(String, Html)>,
    summary: Vec<(String, String)>,
    hidden: Html,
    options: Vec<Pick>,
    rationale: Html,
    transfer: Html,
    avoid: Html,
    groups: Vec<Group>,
    bare: Vec<choose::Bare>,
    controls_error: Option<String>,
    news: Vec<choose::New>,
    likelihoods: Vec<Pick>,
    impacts: Vec<Pick>,
    residual: Option<bool>,
    known: Vec<choose::Known>,
    actions: Vec<choose::Action>,
    waiting: Vec<(String, String)>,
    plans: Vec<Pick>,
    people: Vec<String>,
    weighed: Option<Weighed>,
    currency: String,
    optimise: String,
    most_rows: usize,
}

impl Page {
    /// What is wrong with a field, as a sentence.
    fn error(&self, path: &str) -> Option<&str> {
        one::error(&self.summary, path)
    }

    /// Whether new controls can be made here.
    fn may_control(&self) -> bool {
        self.may_edit && self.cx.may_create(Kind::Control)
    }

    /// Whether work can be planned here.
    fn may_act(&self) -> bool {
        self.may_edit && self.cx.may_create(Kind::TreatmentAction)
    }

    /// Whether the owner has not been asked yet.
    fn proposable(&self) -> bool {
        self.editing.as_ref().is_none_or(|it| it.0 == "draft")
    }

    /// Where a field is found within the page.
    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn id(&self, path: &str) -> String {
        id_of(path)
    }

    /// What a field is called.
    fn label(&self, path: &str) -> String {
        choose::label(&self.cx, path.rsplit('.').next().unwrap_or(path))
    }
}

/// What the form holds, and what is wrong with it.
struct Sheet {
    typed: Typed,
    problems: Problems,
    /// Whether it came from a person.
    sent: bool,
}

/// The decision that is still being prepared, which the form changes, if the person may see it.
fn draft<'a>(cx: &Cx, isms: &'a Isms, risk: Ref<Risk>) -> Option<&'a Stored<Treatment>> {
    let live = isms.referring::<Treatment>(risk.any(), "risk").filter(|one| one.is_live() && cx.sees(*one));
    live.filter(|one| matches!(one.state_name(), "draft" | "proposed")).last()
}

/// Whether the person may decide about the risk here.
fn may_edit(cx: &Cx, risk: &Stored<Risk>) -> bool {
    match draft(cx, &cx.isms, risk.reference()) {
        Some(draft) => cx.may(Wish::Update, draft),
        None => cx.may_create(Kind::Treatment) && risk.is_live(),
    }
}

/// What the form holds at first: the decision that is being prepared, else the one in force.
fn begin(cx: &Cx, risk: &Stored<Risk>) -> Result<Typed, Fault> {
    let mut typed = Typed::default();
    let draft = draft(cx, &cx.isms, risk.reference());
    if let Some(decision) = draft.or_else(|| one::decision_of(cx, risk)) {
        for name in read::OWN {
            let value = decision.field(name).unwrap_or_default();
            fill(cx, &mut typed, name, read::type_of(Kind::Treatment, name), &value);
        }
        for control in &decision.controls {
            typed.push("controls", control.any().to_string());
        }
    }
    if let Some(draft) = draft {
        typed.push("_treatment", draft.reference().any().to_string());
        typed.push("_revision", draft.revision.to_string());
    }
    if risk.residual_value.is_none() {
        typed.push("residual", "1");
    }
    // What another page hands over, such as a set of controls that was worked out, stands in the address.
    let handed = Typed::of(cx.query.as_bytes())?;
    if handed.all("controls").next().is_some() || handed.rows("new") > 0 {
        typed.forget("controls");
        typed.forget("expected_likelihood");
        typed.forget("expected_impact");
        typed.set("option", "treat");
        for (name, value) in handed.own("").filter(|it| it.0 == "controls" || it.0.starts_with("new.")).take(300) {
            typed.push(name, value);
        }
    }
    Ok(typed)
}

/// `GET /risks/{reference}/treat`
pub async fn show(cx: Cx, Path(reference): Path<String>) -> Result<Response, Fault> {
    let risk = risk_of(&cx, &reference)?;
    let typed = begin(&cx, risk)?;
    let sheet = Sheet { typed, problems: Problems::default(), sent: false };
    let handed = crate::shell::parameter(&cx.query, "controls").is_some();
    let standing = one::decision_of(&cx, risk);
    let weighed = if may_edit(&cx, risk) && (handed || draft(&cx, &cx.isms, risk.reference()).is_some()) {
        // What is handed over may be wrong; the page then says what.
        match tried(&cx, risk, &sheet.typed).await {
            Ok((fork, wanted)) => Some(weigh::of_fork(&cx, risk, &sheet.typed, &fork, &wanted).await?),
            Err(Fault::Invalid(_)) => None,
            Err(fault) => return Err(fault),
        }
    } else if let Some(decision) = standing {
        Some(weigh::of_decision(&cx, risk, decision).await?)
    } else {
        None
    };
    respond(cx.clone(), risk, sheet, weighed)
}

/// `POST /risks/{reference}/treat`: shows the effect, adds and takes away rows, or saves.
pub async fn save(cx: Cx, Path(reference): Path<String>, body: Bytes) -> Result<Response, Fault> {
    let risk = risk_of(&cx, &reference)?;
    if cx.is_past() {
        return Err(Fault::Past);
    }
    if !may_edit(&cx, risk) {
        return Err(Fault::Denied(cx.say("treat-may-not").into_owned()));
    }
    let mut sheet = Sheet { typed: Typed::of(&body)?, problems: Problems::default(), sent: true };
    choose::press(&cx, &mut sheet.typed);
    let saves = sheet.typed.get("_save").is_some();
    let proposes = sheet.typed.get("_propose").is_some();
    let tried = tried(&cx, risk, &sheet.typed).await;
    let (fork, mut wanted) = match tried {
        Ok(found) => found,
        Err(Fault::Invalid(problems)) => {
            sheet.problems = problems;
            return respond(cx.clone(), risk, sheet, None);
        }
        Err(Fault::Stale(_)) => return raced(&cx, risk, sheet),
        Err(fault) => return Err(fault),
    };
    if !(saves || proposes) {
        let weighed = weigh::of_fork(&cx, risk, &sheet.typed, &fork, &wanted).await?;
        return respond(cx.clone(), risk, sheet, Some(weighed));
    }
    wanted.complete(&cx, risk, &fork);
    if proposes {
        wanted.propose();
    }
    let (command, names) = wanted.command();
    match cx.submit(command).await {
        Ok(receipt) => {
            let made = receipt.entries.iter().find_map(|entry| match entry.subject {
                Subject::Record(it) if it.kind == Kind::Treatment => Some(it),
                _ => None,
            });
            let at = risk.reference().any();
            let deed = if proposes { "asked-owner" } else { "saved" };
            Ok(to(&match made {
                Some(made) => format!("/risks/{at}/treat?done={deed}%20{made}"),
                None => format!("/risks/{at}/treat?done=unchanged%20{at}"),
            }))
        }
        Err(Fault::Invalid(problems)) => {
            sheet.problems = read::renamed(problems, &names);
            let weighed = weigh::of_fork(&cx, risk, &sheet.typed, &fork, &wanted).await?;
            respond(cx.clone(), risk, sheet, Some(weighed))
        }
        Err(Fault::Stale(_)) => raced(&cx, risk, sheet),
        Err(fault) => Err(fault),
    }
}

/// Somebody else saved meanwhile: what was typed stays, and saving again takes it.
fn raced(cx: &Cx, risk: &Stored<Risk>, mut sheet: Sheet) -> Result<Response, Fault> {
    if let Some(draft) = draft(cx, &cx.current, risk.reference()) {
        sheet.typed.set("_treatment", draft.reference().any().to_string());
        sheet.typed.set("_revision", draft.revision.to_string());
    }
    sheet.problems.add("", cx.say("treat-raced"));
    respond(cx.clone(), risk, sheet, None)
}

/// Reads the form, and forks the value with what it wants.
async fn tried(cx: &Cx, risk: &Stored<Risk>, typed: &Typed) -> Result<(effect::Fork, read::Wanted), Fault> {
    let mut wanted = read::read(cx, risk, typed)?;
    let fork = forked(cx, &wanted).await?;
    // The rows of the statement that follow are known once the controls are; those that are ticked are then part of it.
    if wanted.take_rows(cx, risk, typed, &fork) {
        let fork = forked(cx, &wanted).await?;
        return Ok((fork, wanted));
    }
    Ok((fork, wanted))
}

async fn forked(cx: &Cx, wanted: &read::Wanted) -> Result<effect::Fork, Fault> {
    let (command, names) = wanted.command();
    match effect::fork(cx, command, wanted.editing.map(Ref::any)).await {
        Err(Fault::Invalid(problems)) => Err(Fault::Invalid(read::renamed(problems, &names))),
        other => other,
    }
}

fn respond(cx: Cx, risk: &Stored<Risk>, sheet: Sheet, weighed: Option<Weighed>) -> Result<Response, Fault> {
    // Who only asks what would be is told what is wrong; nothing was refused.
    let saves = sheet.typed.get("_save").or_else(|| sheet.typed.get("_propose")).is_some();
    let wrong = saves && !sheet.problems.is_empty();
    let mut answer = page(&page_of(cx, risk, sheet, weighed))?;
    if wrong {
        *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(answer)
}

fn page_of(cx: Cx, risk: &Stored<Risk>, sheet: Sheet, weighed: Option<Weighed>) -> Page {
    let Sheet { typed, problems, sent } = sheet;
    let reference = risk.reference().any();
    let may_edit = may_edit(&cx, risk);
    let draft = draft(&cx, &cx.isms, risk.reference());
    let summary = one::summary(&cx, &problems, |path| choose::label(&cx, path));
    let mut widgets = Widgets::new(&cx, Kind::Treatment, &typed, &problems);
    let mut of = |names: &[&'static str]| {
        for name in names {
            let help = cx.words.find(&format!("treat-help-{}", name.replace('_', "-"))).unwrap_or_default();
            widgets.control(name, read::type_of(Kind::Treatment, name), &choose::label(&cx, name), &help, None);
        }
        widgets.take()
    };
    let (rationale, transfer, avoid) =
        (of(&["rationale"]), of(&["transfer_to", "transfer_contract"]), of(&["avoid_how"]));
    let option = typed.get("option").unwrap_or_default().to_owned();
    let options = OPTIONS.map(|it| Pick::new(it, cx.say(format!("treat-option-{it}")), &option));
    let (groups, bare) = choose::groups(&cx, risk, &typed);
    let kept = ["_treatment", "_revision"];
    let kept: Vec<(String, String)> =
        kept.iter().filter_map(|name| Some(((*name).to_owned(), typed.get(name)?.to_owned()))).collect();
    let known = choose::known(&cx, draft);
    let mut frame = Frame::of_kind(&cx, Kind::Risk, Some(&reference.to_string()))
        .then(cx.say("treat-title"), Some(cx.record_href(reference)));
    frame.problems = !problems.is_empty();
    let levels = |name: &str, scale: Vec<(i64, String)>| {
        let chosen = typed.get(name).unwrap_or_default();
        let none = Pick::new("", cx.say("treat-by-method"), chosen);
        let words =
            scale.into_iter().map(|(level, word)| Pick::new(level.to_string(), format!("{level} {word}"), chosen));
        std::iter::once(none).chain(words).collect::<Vec<_>>()
    };
    let method = risk.method(&cx.isms);
    let likelihoods = method.map(|it| &it.likelihood_scale).into_iter().flatten();
    let likelihoods = likelihoods.filter_map(|it| Some((it.level?, it.label.clone().unwrap_or_default()))).collect();
    let impacts = method.map(|it| &it.impact_scale).into_iter().flatten();
    let impacts = impacts.filter_map(|it| Some((it.level?, it.label.clone().unwrap_or_default()))).collect();
    let people = cx.isms.live::<Person>().filter(|it| it.state_name() == "active").take(MOST_PEOPLE);
    let people = people.map(|it| format!("{} · {}", it.reference().any(), it.title())).collect();
    Page {
        title: risk.title().to_owned(),
        href: cx.record_href(reference),
        state: show::state(&cx, risk),
        fresh: sent,
        editing: draft.map(|it| (it.state_name().to_owned(), show::rid(&cx, it.reference().any()))),
        hidden: crate::shell::hidden(&kept),
        options: options.into(),
        controls_error: problems.0.iter().find(|it| it.field == "controls").map(|it| sentence(&it.message)),
        news: choose::news(&cx, &typed),
        likelihoods: levels("expected_likelihood", likelihoods),
        impacts: levels("expected_impact", impacts),
        residual: cx.may(Wish::Update, risk).then(|| typed.get("residual").is_some()),
        waiting: choose::waiting(&cx, risk, &typed, &known),
        actions: choose::actions(&cx, &typed, &known),
        plans: choose::plans(&cx, &typed),
        currency: read::currency(&cx, risk).map(|it| it.to_string()).unwrap_or_default(),
        optimise: cx.href(&format!("/risks/{reference}/optimise")),
        most_rows: MOST_ROWS,
        reference: reference.to_string(),
        known,
        people,
        summary,
        rationale,
        transfer,
        avoid,
        groups,
        bare,
        weighed,
        may_edit,
        frame,
        shell: Shell::of(&cx),
        cx,
    }
}
