//! The page of a proposal: why, what it would do, what it changes, whose consent it needs, and the decision.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use attestry_model::decide::propose::{self, Ground, Need, Weighed};
use attestry_model::decide::{Refusal, state_hash};
use attestry_model::records::{Approval, Person, Proposal};
use attestry_model::{AnyRef, Kind, Problems, Ref, Stored};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::ToSpan as _;

use super::drafts::{self, Clash, Row};
use super::strip::{self, Figure, Loss};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::{Html, Mark};
use crate::pages::records::effect::{self, Effect};
use crate::pages::records::{comments, history};
use crate::places::{Frame, record_path};
use crate::shell::{Shell, page, parameter};
use crate::{dates, markdown, show};

/// How long an approved proposal can be taken back as one step.
pub const DAYS: i64 = 30;
/// Most people whose names stand beside one consent.
const MOST_NAMED: usize = 5;
/// Most records that are named beside one consent.
const MOST_ABOUT: usize = 6;

/// The page.
#[derive(Template)]
#[template(path = "proposal.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is one independent button or sign of the page")]
pub struct Page {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    reference: AnyRef,
    path: String,
    title: String,
    state: String,
    mark: Html,
    planned: bool,
    who: Html,
    when: String,
    why: Html,
    count: String,
    reverses: Option<Html>,
    figures: Vec<Figure>,
    loss: Option<Loss>,
    loss_waits: bool,
    effect: Option<Effect>,
    rows: Vec<Row>,
    shown: usize,
    hidden: usize,
    before: Option<String>,
    after: Option<String>,
    clashes: Vec<Clash>,
    refused: Vec<String>,
    needs: Vec<Line>,
    safe: Vec<(Html, String)>,
    comments: Vec<comments::Said>,
    may_comment: bool,
    may_share: bool,
    once: String,
    lines: Vec<history::Line>,
    revision: u32,
    hash: String,
    problems: Vec<String>,
    reason: String,
    may_edit: bool,
    may_offer: bool,
    may_approve: bool,
    alone: bool,
    last: bool,
    may_return: bool,
    may_withdraw: bool,
    may_reverse: bool,
}

/// A consent that is needed.
struct Line {
    mark: Html,
    people: String,
    me: bool,
    detail: String,
}

impl Page {
    fn decides(&self) -> bool {
        self.may_offer || self.may_approve || self.may_return || self.may_withdraw || self.may_reverse
    }
}

/// A proposal that the person may see.
pub fn read<'a>(cx: &'a Cx, name: &str) -> Result<&'a Stored<Proposal>, Fault> {
    let reference: AnyRef = name.parse().map_err(|_| Fault::Absent)?;
    cx.get(reference.of::<Proposal>().ok_or(Fault::Absent)?)
}

/// `GET /proposals/{reference}`, in place of the page that other records have.
pub async fn show(cx: Cx, name: &str) -> Result<Response, Fault> {
    answer(cx, name, &Problems::default(), "").await
}

/// The page with what is wrong with an answer.
pub async fn answer(cx: Cx, name: &str, problems: &Problems, reason: &str) -> Result<Response, Fault> {
    let reference = read(&cx, name)?.reference().any();
    let until = cx.moment.as_ref().map(|moment| moment.past.seq);
    let (latest, weighed) = cx
        .apart(move |cx| {
            let latest = cx.organisation.latest(reference, until, 6)?;
            let proposal = reference.of::<Proposal>().and_then(|it| cx.isms.get(it)).ok_or(Fault::Absent)?;
            let now = cx.moment.as_ref().map_or(cx.now, |moment| moment.past.at);
            let weighed =
                (proposal.is_open() && !proposal.changes.is_empty()).then(|| propose::weigh(&cx.isms, proposal, now));
            let effect = weighed.as_ref().and_then(|weighed| weighed.as_ref().ok());
            let effect = effect.map(|weighed| effect::of_value(cx, &weighed.isms, &weighed.change, Some(reference)));
            Ok((latest, weighed.map(|weighed| (weighed, effect))))
        })
        .await?;
    let proposal = read(&cx, name)?;
    let lines = history::lines(&cx, proposal, &latest, 5);
    let seen = proposal.seen_by(&cx.isms, &cx.principal);
    let (weighed, effect) = match weighed {
        None => (None, None),
        Some((Ok(weighed), effect)) => (Some(Ok(weighed)), effect),
        Some((Err(refusal), _)) => (Some(Err(refused(&cx, proposal, &refusal, &seen))), None),
    };
    let (figures, loss, loss_waits) = match (&weighed, &effect) {
        (Some(Ok(weighed)), Some(effect)) => {
            let told = weighed.targets.iter().zip(&seen).filter(|(_, seen)| **seen).map(|(target, _)| *target);
            let told: Vec<AnyRef> = told.collect();
            let hidden = seen.contains(&false);
            strip::of(&cx, effect, &weighed.isms, &told, hidden).await
        }
        _ => (Vec::new(), None, false),
    };
    let bad = !problems.is_empty();
    let mut page_of = page_of(&cx, proposal, weighed, effect, lines);
    page_of.figures = figures;
    page_of.loss = loss;
    page_of.loss_waits = loss_waits;
    page_of.problems = problems.0.iter().map(|one| crate::pages::records::widget::sentence(&one.message)).collect();
    page_of.frame.problems = bad;
    reason.clone_into(&mut page_of.reason);
    let mut answer = page(&page_of)?;
    if bad {
        *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(answer)
}

/// Why it cannot be made as things are: of changes that the person may not see no more than that.
fn refused(cx: &Cx, proposal: &Stored<Proposal>, refusal: &Refusal, seen: &[bool]) -> Vec<String> {
    let Refusal::Invalid(problems) = refusal else { return vec![refusal.to_string()] };
    let place = |field: &str| {
        let (at, rest) = field.strip_prefix("changes[")?.split_once(']')?;
        Some((at.parse::<usize>().ok()?, rest.trim_start_matches('.').trim_start_matches("fields.").to_owned()))
    };
    let mut said = BTreeSet::new();
    for problem in &problems.0 {
        said.insert(match place(&problem.field) {
            Some((at, _)) if seen.get(at) != Some(&true) => cx.say("proposal-refused-hidden").into_owned(),
            Some((at, field)) => {
                let kind = proposal.changes.get(at).and_then(|draft| proposal.kind_of(draft));
                let field = match kind {
                    Some(kind) if !field.is_empty() => {
                        crate::labels::field(cx.words, kind, field.split(['.', '[']).next().unwrap_or_default())
                    }
                    _ => field,
                };
                let parts =
                    [("number", (at + 1).into()), ("field", (&field).into()), ("message", (&problem.message).into())];
                let key = if field.is_empty() { "proposal-refused" } else { "proposal-refused-field" };
                cx.with(key, &parts).into_owned()
            }
            None => problem.to_string(),
        });
    }
    said.into_iter().take(30).collect()
}

fn page_of(
    cx: &Cx,
    proposal: &Stored<Proposal>,
    weighed: Option<Result<Weighed, Vec<String>>>,
    effect: Option<Effect>,
    lines: Vec<history::Line>,
) -> Page {
    let reference = proposal.reference().any();
    let path = record_path(reference);
    let from = parameter(&cx.query, "from").and_then(|text| text.parse().ok()).unwrap_or(0usize);
    let (rows, shown, hidden) = drafts::rows(cx, proposal, from);
    let signed = propose::signatures(&cx.isms, proposal);
    let collisions = if proposal.is_open() { propose::collisions(&cx.isms, proposal) } else { Vec::new() };
    let (weighed, refused) = match weighed {
        Some(Ok(weighed)) => (Some(weighed), Vec::new()),
        Some(Err(refused)) => (None, refused),
        None => (None, Vec::new()),
    };
    let needs = weighed.as_ref().map(|weighed| weighed.needs.as_slice()).unwrap_or_default();
    let open: Vec<&Need> =
        needs.iter().filter(|need| need.people.iter().all(|person| !signed.contains_key(person))).collect();
    let me = cx.person;
    let mine = needs.iter().any(|need| need.people.contains(&me));
    let is_author = proposal.head.created_by == Some(me);
    let present = !cx.is_past() && cx.can_write() && proposal.is_open();
    let state = proposal.state_name();
    let (draft, offered) = (state == "draft", state == "offered");
    let alone = is_author && draft && !needs.is_empty() && needs.iter().all(|need| need.people.contains(&me));
    let manager = cx.principal.has(attestry_model::kind::Role::IsmsManager);
    let may_return = present && offered && (mine || manager || (weighed.is_none() && cx.principal.is_isms()));
    let within =
        proposal.approved_on.is_some_and(|day| day.checked_add(DAYS.days()).is_ok_and(|last| cx.today <= last));
    let step = |at: usize| cx.href(&format!("{path}?from={at}#changes"));
    let author = proposal.head.created_by;
    let at = proposal.head.created_at.unwrap_or(proposal.updated_at);
    Page {
        frame: Frame::of_record(cx, proposal),
        shell: Shell::of(cx),
        title: proposal.title().to_owned(),
        state: state_words(cx, proposal, &open, needs.len()),
        mark: if proposal.is_open() { Mark::Planned.svg() } else { Mark::of_state(state).svg() },
        planned: proposal.is_open(),
        who: author.map(|author| show::who(cx, author)).unwrap_or_default(),
        when: dates::moment(cx.words, at, &cx.zone, cx.today),
        why: proposal.why.as_ref().map(|why| markdown::to_html(cx, why)).unwrap_or_default(),
        count: cx.say1("proposal-count", "count", proposal.changes.len()).into_owned(),
        reverses: proposal.reverses.map(|other| show::rid(cx, other.any())),
        figures: Vec::new(),
        loss: None,
        loss_waits: false,
        safe: if proposal.is_open() { safe(cx, collisions.len(), &refused, hidden) } else { Vec::new() },
        clashes: if is_author && present { drafts::clashes(cx, proposal, &collisions) } else { Vec::new() },
        needs: if proposal.is_open() { need_lines(cx, needs, &signed) } else { given(cx, proposal) },
        effect,
        before: (from > 0).then(|| step(from.saturating_sub(drafts::PAGE))),
        after: (from + rows.len() < shown).then(|| step(from + drafts::PAGE)),
        rows,
        shown,
        hidden,
        refused,
        comments: comments::of(cx, reference),
        may_comment: cx.may_create(Kind::Comment),
        may_share: false,
        once: crate::once::secret(),
        lines,
        revision: proposal.revision,
        hash: state_hash(proposal, &cx.isms),
        problems: Vec::new(),
        reason: String::new(),
        may_edit: present && is_author,
        may_offer: present && is_author && draft && !proposal.changes.is_empty(),
        may_approve: present && hidden == 0 && mine && (alone || offered) && !signed.contains_key(&me),
        last: open.iter().all(|need| need.people.contains(&me)),
        alone: alone && present,
        may_return,
        may_withdraw: present && (is_author || manager),
        may_reverse: !cx.is_past() && state == "approved" && within && cx.may_create(Kind::Proposal),
        path,
        reference,
        cx: cx.clone(),
    }
}

fn state_words(cx: &Cx, proposal: &Stored<Proposal>, open: &[&Need], all: usize) -> String {
    if proposal.state_name() == "offered" && all > 0 && !proposal.is_void() {
        return cx.with("proposal-waits", &[("open", open.len().into()), ("all", all.into())]).into_owned();
    }
    crate::labels::state(cx.words, Kind::Proposal, proposal.state_name()).into_owned()
}

/// Why a consent is needed, in words.
fn ground(cx: &Cx, need: &Need) -> String {
    let seen = need.about.iter().filter(|record| cx.isms.record(**record).is_none_or(|record| cx.sees(record)));
    let names: Vec<String> = seen.take(MOST_ABOUT).map(ToString::to_string).collect();
    let about = match need.about.len().saturating_sub(names.len()) {
        0 => names.join(", "),
        more => cx
            .with("proposal-about-more", &[("names", (&names.join(", ")).into()), ("count", more.into())])
            .into_owned(),
    };
    let key = match need.ground {
        Ground::Approver => "proposal-ground-approver",
        Ground::RiskOwner => "proposal-ground-owner",
        Ground::Statement => "proposal-ground-statement",
        Ground::Limit => "proposal-ground-limit",
        Ground::Right => "proposal-ground-right",
        Ground::Anybody => "proposal-ground-anybody",
    };
    cx.say1(key, "records", &about).into_owned()
}

fn need_lines(cx: &Cx, needs: &[Need], signed: &BTreeMap<Ref<Person>, Ref<Approval>>) -> Vec<Line> {
    let line = |need: &Need| {
        let given = need.people.iter().find_map(|person| Some((*person, *signed.get(person)?)));
        let ground = ground(cx, need);
        if let Some((person, approval)) = given {
            let at = cx.isms.get(approval).and_then(|approval| approval.signed_at);
            let when = at.map(|at| dates::moment(cx.words, at, &cx.zone, cx.today)).unwrap_or_default();
            let said = cx.isms.get(approval).and_then(|approval| approval.head.notes.as_ref().map(|it| it.0.clone()));
            let detail =
                cx.with("proposal-signed", &[("ground", (&ground).into()), ("when", (&when).into())]).into_owned();
            let detail = said.map_or(detail.clone(), |said| format!("{detail}: {said}"));
            return Line { mark: Mark::Fine.svg(), people: cx.name_of(person), me: person == cx.person, detail };
        }
        let me = need.people.contains(&cx.person);
        let names: Vec<String> = need.people.iter().take(MOST_NAMED).map(|person| cx.name_of(*person)).collect();
        let people = match (names.len(), need.people.len()) {
            (0, _) => cx.say("proposal-nobody").into_owned(),
            (1, 1) if me => cx.say1("proposal-you", "name", &names[0]).into_owned(),
            (shown, all) if all > shown => cx
                .with("proposal-or-more", &[("names", (&names.join(", ")).into()), ("count", (all - shown).into())])
                .into_owned(),
            _ => names.join(&format!(" {} ", cx.say("proposal-or"))),
        };
        let mark = if need.people.is_empty() { Mark::Gap } else { Mark::Todo };
        Line { mark: mark.svg(), people, me, detail: ground }
    };
    needs.iter().map(line).collect()
}

/// The signatures under what is decided.
fn given(cx: &Cx, proposal: &Stored<Proposal>) -> Vec<Line> {
    let all = cx.isms.referring::<Approval>(proposal.reference().any(), "subject").filter(|one| cx.sees(*one));
    let signed = all.filter_map(|one| Some((one.signer?, one.signed_at?, one)));
    let line = |(person, at, approval): (Ref<Person>, jiff::Timestamp, &Stored<Approval>)| Line {
        mark: Mark::of_state(approval.state_name()).svg(),
        people: cx.name_of(person),
        me: false,
        detail: {
            let when = dates::moment(cx.words, at, &cx.zone, cx.today);
            approval.head.notes.as_ref().map_or(when.clone(), |said| format!("{when}: {}", said.0))
        },
    };
    signed.map(line).collect()
}

fn safe(cx: &Cx, collisions: usize, refused: &[String], hidden: usize) -> Vec<(Html, String)> {
    let line = |fine: bool, good: &str, bad: String| {
        if fine { (Mark::Fine.svg(), cx.say(good).into_owned()) } else { (Mark::Gap.svg(), bad) }
    };
    let mut lines = vec![
        line(collisions == 0, "safe-unchanged", cx.say1("safe-changed", "count", collisions).into_owned()),
        line(refused.is_empty(), "safe-possible", cx.say("safe-impossible").into_owned()),
        (Mark::Fine.svg(), cx.say1("safe-undo", "days", DAYS).into_owned()),
    ];
    if hidden > 0 {
        lines.push((Mark::Watch.svg(), cx.say1("safe-hidden", "count", hidden).into_owned()));
    }
    lines
}
