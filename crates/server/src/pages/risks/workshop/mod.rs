//! A workshop: one risk on the screen, everybody votes on their own device, the voices are shown and talked about, and the
//! moderator takes over what was agreed.
//!
//! Where voices lie two levels or more apart, what was said about it is asked for and kept with the risk (ISO/IEC 27001, 6.1.2 b).

mod kept;
mod stream;

pub use kept::Kept;
pub use stream::stream;

use std::fmt::Write as _;

use askama::Template;
use attestry_check::measure::{self, Method};
use attestry_model::decide::Part;
use attestry_model::kind::Role;
use attestry_model::permit::Wish;
use attestry_model::records::{Methodology, Person, Risk, RiskAssessment};
use attestry_model::{AnyRef, Command, Kind, Problems, Ref, Stored};
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value};

use super::Pick;
use super::matrix::{band_name, level};
use super::rate::{self, Judged};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::{Html, escape};
use crate::pages::records::typed::Typed;
use crate::pages::records::undo::span;
use crate::places::Frame;
use crate::shell::{Shell, page, parameter, to};
use crate::show;
use kept::{No, Spread, Vote, Workshop};

/// The page where one begins.
#[derive(Template)]
#[template(path = "workshop-begin.html")]
struct Begin {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    runs: Vec<Pick>,
    mine: usize,
    all: usize,
    begins: bool,
}

/// The page of a running workshop.
#[derive(Template)]
#[template(path = "workshop.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that the page shows or not")]
struct Screen {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    key: String,
    reference: String,
    href: String,
    title: String,
    story: Vec<(String, String)>,
    now: Html,
    votes: usize,
    to_come: usize,
    moderator: String,
    leads: bool,
    votes_here: bool,
    own: Option<String>,
    shown: bool,
    likelihoods: Vec<Choice>,
    impacts: Vec<Choice>,
    spreads: Vec<Side>,
    wide: bool,
    proposal: Option<String>,
    agreed: Agreed,
    problems: Problems,
}

struct Choice {
    pick: Pick,
    small: String,
}

/// How the voices about one side lie.
struct Side {
    label: String,
    words: String,
    wide: bool,
    bars: Html,
    rows: Vec<(String, usize, String)>,
}

/// What the moderator takes over.
struct Agreed {
    revision: u32,
    likelihoods: Vec<Pick>,
    impacts: Vec<Pick>,
    discussion: String,
    why: String,
}

impl Screen {
    /// What is wrong with a field.
    fn error(&self, field: &str) -> Option<&str> {
        self.problems.0.iter().find(|it| it.field == field).map(|it| it.message.as_str())
    }
}

/// Whether somebody's voice counts: those who own, run or answer for something. Auditors look on.
fn may_vote(cx: &Cx) -> bool {
    let voices = [Role::IsmsManager, Role::TopManagement, Role::RiskOwner, Role::AssetOwner, Role::ControlOwner];
    !cx.is_past() && cx.can_write() && voices.iter().any(|role| cx.principal.has(*role))
}

/// Whether somebody leads: who began it, and the ISMS manager, who ends what was left open.
fn leads(cx: &Cx, workshop: &Workshop) -> bool {
    !cx.is_past() && cx.can_write() && (workshop.moderator == cx.person || cx.principal.has(Role::IsmsManager))
}

/// The risks that somebody may decide about, in the order of their numbers.
fn decidable(cx: &Cx) -> impl Iterator<Item = &Stored<Risk>> {
    super::risks(cx).filter(|it| cx.may(Wish::Update, *it))
}

/// `GET /risks/workshop`
pub async fn show(cx: Cx) -> Result<Response, Fault> {
    let running = cx.app.workshops.of(&cx.slug).filter(|_| !cx.is_past());
    let Some(workshop) = running else { return page(&begin_page(cx)) };
    match screen(cx, &workshop, None) {
        Some(shown) => page(&shown),
        None => Err(Fault::Absent),
    }
}

fn begin_page(cx: Cx) -> Begin {
    let open = |run: &&Stored<RiskAssessment>| matches!(run.state_name(), "planned" | "in_progress") && cx.sees(*run);
    let runs = cx.isms.live::<RiskAssessment>().filter(open).map(|run| {
        let reference = run.reference().any().to_string();
        let count = run.risks.len();
        let named = format!("{reference} {}", show::shortened(run.title(), 60));
        let words = [("run", (&named).into()), ("count", count.into())];
        Pick::new(reference, cx.with("workshop-run", &words), "")
    });
    let frame = Frame::of_kind(&cx, Kind::Risk, Some(&cx.say("workshop-title")));
    Begin {
        runs: runs.collect(),
        mine: decidable(&cx).filter(|it| it.risk_owner == Some(cx.person)).count(),
        all: decidable(&cx).count(),
        begins: !cx.is_past() && decidable(&cx).next().is_some(),
        frame,
        shell: Shell::of(&cx),
        cx,
    }
}

fn picks<'a>(levels: impl Iterator<Item = (Option<i64>, Option<&'a String>)>, chosen: &str) -> Vec<Pick> {
    let pick = |(number, label): (Option<i64>, Option<&String>)| {
        let number = number?;
        Some(Pick::new(number.to_string(), format!("{number} {}", label.map_or("", String::as_str)), chosen))
    };
    levels.filter_map(pick).collect()
}

fn likelihood_picks(method: &Methodology, chosen: &str) -> Vec<Pick> {
    picks(method.likelihood_scale.iter().map(|it| (it.level, it.label.as_ref())), chosen)
}

fn impact_picks(method: &Methodology, chosen: &str) -> Vec<Pick> {
    picks(method.impact_scale.iter().map(|it| (it.level, it.label.as_ref())), chosen)
}

/// The screen; nothing where the risk is gone.
fn screen(cx: Cx, workshop: &Workshop, failed: Option<(&Typed, Problems)>) -> Option<Screen> {
    let risk = cx.get(workshop.risk).ok()?;
    let method = risk.method(&cx.isms)?;
    let own = workshop.votes.get(&cx.person);
    let leads = leads(&cx, workshop);
    let asked = parameter(&cx.query, "as").unwrap_or_default();
    let votes_here = may_vote(&cx) && !workshop.shown && (asked == "vote" || (asked != "screen" && !leads));
    let chosen = |side: fn(&Vote) -> u8| own.map_or_else(String::new, |it| side(it).to_string());
    let smalls = |texts: [&Option<String>; 4]| texts.into_iter().flatten().cloned().collect::<Vec<_>>().join("; ");
    let likelihoods =
        likelihood_picks(&method.body, &chosen(|it| it.likelihood)).into_iter().zip(&method.likelihood_scale);
    let impacts = impact_picks(&method.body, &chosen(|it| it.impact)).into_iter().zip(&method.impact_scale);
    let spreads = workshop.spreads().filter(|_| workshop.shown);
    let side = |key: &str, spread: Spread, of: fn(&Vote) -> u8, top: Option<i64>| {
        side_of(&cx, key, spread, workshop, of, top.and_then(|it| u8::try_from(it).ok()).unwrap_or(5))
    };
    let sides = spreads.map(|(likelihood, impact)| {
        vec![
            side("rate-likelihood-short", likelihood, |it| it.likelihood, method.top_likelihood()),
            side("matrix-impact", impact, |it| it.impact, method.top_impact()),
        ]
    });
    let proposal = measure::proposals(&cx.isms, risk).map(|it| {
        let value = Method::of(&method.body).matrix.value(it.by_rate.likelihood, it.by_rate.impact).map(i64::from);
        format!("{} × {}, {}", it.by_rate.likelihood, it.by_rate.impact, band_name(&cx, risk, value))
    });
    let (typed, problems) = failed.map_or((None, Problems::default()), |(typed, problems)| (Some(typed), problems));
    let sent = |name: &str, usual: String| typed.and_then(|it| it.get(name)).map_or(usual, str::to_owned);
    let middle =
        |of: fn(&(Spread, Spread)) -> Spread| spreads.as_ref().map_or_else(String::new, |it| of(it).middle.to_string());
    let agreed = Agreed {
        revision: typed.and_then(|it| it.get("revision")).and_then(|it| it.parse().ok()).unwrap_or(risk.revision),
        likelihoods: likelihood_picks(&method.body, &sent("current_likelihood", middle(|it| it.0))),
        impacts: impact_picks(&method.body, &sent("current_impact", middle(|it| it.1))),
        discussion: sent("discussion", String::new()),
        why: sent("why", risk.override_reason.clone().unwrap_or_default()),
    };
    let story = [("cause", &risk.cause), ("event", &risk.event), ("consequence", &risk.consequence)];
    let story = story
        .into_iter()
        .filter_map(|(name, text)| Some((crate::labels::field(cx.words, Kind::Risk, name), text.clone()?)));
    let mut frame = Frame::of_kind(&cx, Kind::Risk, Some(&cx.say("workshop-title")));
    frame.problems = !problems.is_empty();
    Some(Screen {
        key: workshop.key(),
        reference: risk.reference().any().to_string(),
        href: cx.record_href(risk.reference().any()),
        title: risk.title().to_owned(),
        story: story.collect(),
        now: level(&cx, risk, risk.current_value),
        votes: workshop.votes.len(),
        to_come: workshop.queue.len(),
        moderator: cx.name_of(workshop.moderator),
        own: own.map(|it| format!("{} × {}", it.likelihood, it.impact)),
        likelihoods: likelihoods
            .map(|(pick, it)| Choice { pick, small: it.description.clone().unwrap_or_default() })
            .collect(),
        impacts: impacts
            .map(|(pick, it)| {
                let small = smalls([&it.operations, &it.patient_or_customer, &it.legal, &it.reputation]);
                Choice { pick, small }
            })
            .collect(),
        wide: spreads.is_some_and(|(likelihood, impact)| likelihood.is_wide() || impact.is_wide()),
        spreads: sides.unwrap_or_default(),
        shown: workshop.shown,
        leads,
        votes_here,
        proposal,
        agreed,
        problems,
        frame,
        shell: Shell::of(&cx),
        cx,
    })
}

/// The voices about one side: a bar for each level, and who said it.
fn side_of(cx: &Cx, key: &str, spread: Spread, workshop: &Workshop, of: fn(&Vote) -> u8, top: u8) -> Side {
    let most = workshop.votes.len().max(1);
    let mut bars = format!(r#"<svg class="voices" viewBox="0 0 {} 64" role="img" aria-label=""#, usize::from(top) * 60);
    let words = [
        ("low", u32::from(spread.low).into()),
        ("high", u32::from(spread.high).into()),
        ("middle", u32::from(spread.middle).into()),
    ];
    let said = if spread.low == spread.high {
        cx.say1("workshop-one", "level", u32::from(spread.low))
    } else {
        cx.with("workshop-spread", &words)
    };
    escape(&said, &mut bars);
    bars.push_str(r#"">"#);
    let mut rows = Vec::new();
    for level in 1..=top {
        let voices: Vec<Ref<Person>> =
            workshop.votes.iter().filter(|(_, vote)| of(vote) == level).map(|(person, _)| *person).collect();
        let (x, height) = (usize::from(level - 1) * 60, 44 * voices.len() / most);
        let _ = write!(
            bars,
            r#"<rect class="v{}" x="{}" y="{}" width="44" height="{}" rx="3"/><text x="{}" y="61">{level}</text>"#,
            if voices.is_empty() { " none" } else { "" },
            x + 8,
            46 - height.max(2),
            height.max(2),
            x + 30
        );
        if !voices.is_empty() {
            let names: Vec<String> = voices.iter().map(|it| cx.name_of(*it)).collect();
            rows.push((level.to_string(), voices.len(), names.join(", ")));
        }
    }
    bars.push_str("</svg>");
    Side { label: cx.say(key).into_owned(), words: said.into_owned(), wide: spread.is_wide(), bars: Html(bars), rows }
}

/// What a refusal of the workshop means to who asked: mostly that the screen has moved on, which the page then shows.
fn moved(no: No, cx: &Cx) -> Result<Response, Fault> {
    match no {
        No::None | No::Moved | No::Running => Ok(to("/risks/workshop?done=workshop-moved")),
        No::Full => Err(Fault::Conflict(cx.say("workshop-full").into_owned())),
    }
}

fn guard(cx: &Cx) -> Result<(), Fault> {
    if cx.is_past() {
        return Err(Fault::Past);
    }
    if cx.can_write() { Ok(()) } else { Err(Fault::Denied(cx.say("workshop-denied").into_owned())) }
}

/// `POST /risks/workshop`: begins one.
pub async fn begin(cx: Cx, body: Bytes) -> Result<Response, Fault> {
    guard(&cx)?;
    let typed = Typed::of(&body)?;
    let run = typed.get("run").and_then(|it| it.parse::<AnyRef>().ok()).and_then(AnyRef::of::<RiskAssessment>);
    let run = run.map(|it| cx.get(it)).transpose()?;
    let one = typed.get("risk").and_then(|it| it.parse::<AnyRef>().ok()).and_then(AnyRef::of::<Risk>);
    let mine = typed.get("which") == Some("mine");
    let wanted = |risk: &&Stored<Risk>| match (one, run) {
        (Some(one), _) => risk.reference() == one,
        (None, Some(run)) => run.risks.contains(&risk.reference()),
        (None, None) => !mine || risk.risk_owner == Some(cx.person),
    };
    if decidable(&cx).next().is_none() {
        return Err(Fault::Denied(cx.say("workshop-denied").into_owned()));
    }
    let risks: Vec<Ref<Risk>> = decidable(&cx).filter(wanted).map(Stored::reference).collect();
    match cx.app.workshops.begin(&cx.slug, cx.person, run.map(Stored::reference), risks) {
        Ok(()) => Ok(to("/risks/workshop")),
        Err(No::None) => Err(Fault::field("run", cx.say("workshop-no-risks"))),
        Err(no) => moved(no, &cx),
    }
}

/// `POST /risks/workshop/vote`
pub async fn vote(cx: Cx, body: Bytes) -> Result<Response, Fault> {
    guard(&cx)?;
    if !may_vote(&cx) {
        return Err(Fault::Denied(cx.say("workshop-no-voice").into_owned()));
    }
    let typed = Typed::of(&body)?;
    let Some(workshop) = cx.app.workshops.of(&cx.slug) else { return moved(No::None, &cx) };
    let risk = cx.get(workshop.risk)?;
    let method = risk.method(&cx.isms).ok_or(Fault::Absent)?;
    let level = |name: &str, top: Option<i64>| {
        let level = typed.get(name).and_then(|it| it.parse::<u8>().ok()).filter(|it| *it >= 1);
        level
            .filter(|it| top.is_some_and(|top| i64::from(*it) <= top))
            .ok_or_else(|| Fault::field(name, cx.say("rate-no-level")))
    };
    let vote = Vote {
        likelihood: level("likelihood", method.top_likelihood())?,
        impact: level("impact", method.top_impact())?,
    };
    match cx.app.workshops.vote(&cx.slug, typed.get("key").unwrap_or_default(), cx.person, vote) {
        Ok(()) => Ok(to("/risks/workshop?as=vote&done=voted")),
        Err(no) => moved(no, &cx),
    }
}

/// `POST /risks/workshop/lead`: what who leads does: show the voices, vote again, go on, end, take over.
pub async fn lead(cx: Cx, body: Bytes) -> Result<Response, Fault> {
    guard(&cx)?;
    let typed = Typed::of(&body)?;
    let Some(workshop) = cx.app.workshops.of(&cx.slug) else { return moved(No::None, &cx) };
    if !leads(&cx, &workshop) {
        return Err(Fault::Denied(cx.say("workshop-not-leading").into_owned()));
    }
    let workshops = &cx.app.workshops;
    let key = typed.get("key").unwrap_or_default();
    let done = match typed.get("act").unwrap_or_default() {
        "show" => workshops.show(&cx.slug, key).map(|()| None),
        "again" => workshops.again(&cx.slug, key).map(|()| None),
        "skip" => workshops.next(&cx.slug, key, false),
        "end" => Ok(Some(workshops.end(&cx.slug).unwrap_or_default())),
        "take" => return take(cx, &workshop, &typed).await,
        _ => return Err(Fault::field("act", cx.say("workshop-no-act"))),
    };
    ended(done, &cx)
}

fn ended(done: Result<Option<usize>, No>, cx: &Cx) -> Result<Response, Fault> {
    match done {
        Ok(None) => Ok(to("/risks/workshop?as=screen")),
        Ok(Some(decided)) => Ok(to(&format!("/risks/workshop?done=workshop%20{decided}"))),
        Err(no) => moved(no, cx),
    }
}

/// Takes over what was agreed: the levels, why they lie below the proposals, what was said where voices differed, and who took
/// part in the run. One change.
async fn take(cx: Cx, workshop: &Workshop, typed: &Typed) -> Result<Response, Fault> {
    if typed.get("key") != Some(&workshop.key()) || !workshop.shown {
        return moved(No::Moved, &cx);
    }
    let risk = cx.get(workshop.risk)?;
    let read = |name: &str| typed.get(name).unwrap_or_default().trim().to_owned();
    let judged = Judged {
        revision: read("revision").parse().ok(),
        likelihood: read("current_likelihood"),
        impact: read("current_impact"),
        why: read("why"),
        ..Judged::default()
    };
    if judged.revision.is_none() {
        return Err(Fault::Unconditional);
    }
    let spreads = workshop.spreads();
    let wide = spreads.is_some_and(|(likelihood, impact)| likelihood.is_wide() || impact.is_wide());
    let discussion = read("discussion");
    let mut problems = Problems::default();
    if wide && discussion.is_empty() {
        problems.add("discussion", cx.say("workshop-needs-discussion"));
    }
    let command = rate::command(&cx, risk, &judged);
    let wrong = match command {
        Ok(Command::Update { target, revision, mut fields, .. }) if problems.is_empty() => {
            let kept = if discussion.is_empty() { Value::Null } else { Value::from(discussion) };
            fields.insert("difference_reason".to_owned(), kept);
            let reason = spreads.map(|(likelihood, impact)| {
                let (l, i) = (likelihood, impact);
                let voices = workshop.votes.len();
                format!("Workshop, {voices} voices: likelihood {} to {}, impact {} to {}", l.low, l.high, i.low, i.high)
            });
            let mut commands = vec![Command::Update { target, revision, fields, reason }];
            commands.extend(took_part(&cx, workshop));
            let parts = commands.into_iter().map(Part::alone).collect();
            match cx.submit(Command::Together { parts, expecting: Vec::new() }).await {
                Ok(receipt) => {
                    let done = cx.app.workshops.next(&cx.slug, &workshop.key(), true);
                    if matches!(done, Ok(None)) {
                        let (risk, step) = (workshop.risk.any(), span(&receipt));
                        return Ok(to(&format!("/risks/workshop?as=screen&done=agreed%20{risk}&undo={step}")));
                    }
                    return ended(done, &cx);
                }
                Err(Fault::Invalid(found)) => found,
                Err(other) => return Err(other),
            }
        }
        Ok(_) => problems,
        Err(found) => {
            problems.extend(found);
            problems
        }
    };
    let shown = screen(cx, workshop, Some((typed, wrong))).ok_or(Fault::Absent)?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&shown)?).into_response())
}

/// The run with those who voted among its participants, and with the risk.
fn took_part(cx: &Cx, workshop: &Workshop) -> Option<Command> {
    let run = cx.current.find(workshop.run).filter(|run| cx.may(Wish::Update, *run))?;
    let mut participants = run.participants.clone();
    participants.extend(workshop.votes.keys().filter(|it| !run.participants.contains(it)));
    let mut risks = run.risks.clone();
    risks.extend(Some(workshop.risk).filter(|it| !run.risks.contains(it)));
    let open = matches!(run.state_name(), "planned" | "in_progress");
    if !open || (participants.len() == run.participants.len() && risks.len() == run.risks.len()) {
        return None;
    }
    let list = |of: Vec<AnyRef>| Value::from(of.iter().map(|it| Value::from(it.to_string())).collect::<Vec<_>>());
    let fields = Map::from_iter([
        ("participants".to_owned(), list(participants.into_iter().map(Ref::any).collect())),
        ("risks".to_owned(), list(risks.into_iter().map(Ref::any).collect())),
    ]);
    Some(Command::Update { target: run.reference().any(), revision: None, fields, reason: None })
}
