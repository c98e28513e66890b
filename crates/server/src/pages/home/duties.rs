//! What waits for a person, whatever it comes from: found through the links that name them, so that counting costs as much
//! as they have records and not as much as the organisation has.

use attestry_model::decide::covers;
use attestry_model::permit::{Wish, is_closed};
use attestry_model::records::{Acknowledgement, Approval, Course, RiskAcceptance, TrainingAssignment};
use attestry_model::stored::AnyRecord;
use attestry_model::{AnyRef, Kind, Problems, Stored};
use jiff::civil::Date;

use crate::cx::Cx;
use crate::html::Mark;
use crate::pages::home::work;
use crate::pages::risks::sign_path;
use crate::places;

/// What a record of a kind in some states asks of the person whom a field names.
#[derive(Debug)]
struct Duty {
    kind: Kind,
    /// The field that names the person.
    field: &'static str,
    states: &'static [&'static str],
    /// The field with the day; empty where there is none.
    day: &'static str,
    /// How many days before its day it begins to wait.
    ahead: i64,
    /// What is to be done, as the key of a message.
    verb: &'static str,
    minutes: u32,
}

/// Waits from the moment on at which it is there.
const ALWAYS: i64 = i64::MAX;

const fn duty(
    kind: Kind,
    field: &'static str,
    states: &'static [&'static str],
    day: &'static str,
    ahead: i64,
    verb: &'static str,
    minutes: u32,
) -> Duty {
    Duty { kind, field, states, day, ahead, verb, minutes }
}

const DUTIES: &[Duty] = &[
    duty(Kind::Task, "assignee", &["open"], "due", ALWAYS, "do", 15),
    duty(Kind::Approval, "signer", &["requested"], "", ALWAYS, "sign", 5),
    duty(Kind::Acknowledgement, "person", &["pending"], "due", ALWAYS, "read", 10),
    duty(Kind::TrainingAssignment, "person", &["assigned", "started"], "due", ALWAYS, "take", 30),
    duty(
        Kind::CorrectiveAction,
        "responsible",
        &["planned", "in_progress", "reopened"],
        "due",
        ALWAYS,
        "carry-out",
        30,
    ),
    duty(Kind::TreatmentAction, "responsible", &["planned", "in_progress", "blocked"], "due", 60, "carry-out", 30),
    duty(Kind::Decision, "responsible", &["open", "in_progress"], "due", ALWAYS, "carry-out", 30),
    duty(Kind::Improvement, "responsible", &["accepted"], "due", ALWAYS, "carry-out", 30),
    duty(Kind::Finding, "responsible", &["issued"], "response_due", ALWAYS, "answer", 20),
    duty(
        Kind::Nonconformity,
        "owner",
        &["open", "corrected", "analysed", "action_planned", "action_done"],
        "due",
        ALWAYS,
        "handle",
        30,
    ),
    duty(
        Kind::Incident,
        "manager",
        &["reported", "triaged", "contained", "eradicated", "recovered", "reviewed"],
        "",
        ALWAYS,
        "handle",
        30,
    ),
    duty(Kind::EffectivenessVerification, "verifier", &["planned"], "planned_for", 30, "verify", 20),
    duty(
        Kind::Risk,
        "risk_owner",
        &["identified", "analysed", "evaluated", "treatment_decided", "monitored"],
        "next_review",
        30,
        "review",
        15,
    ),
    duty(Kind::Control, "owner", &["planned", "in_progress"], "planned_for", 60, "carry-out", 30),
    duty(Kind::Control, "owner", &["implemented", "ineffective"], "next_test_due", 30, "have-tested", 15),
    duty(Kind::ControlTest, "tester", &["planned"], "planned_for", 30, "test", 30),
    duty(Kind::AccessReview, "reviewer", &["planned"], "planned_for", 30, "review", 30),
    duty(Kind::Asset, "owner", &["active"], "next_review", 30, "review", 10),
    duty(Kind::Document, "owner", &["effective", "under_review"], "next_review", 30, "review", 20),
    duty(Kind::DocumentVersion, "reviewer", &["in_review"], "", ALWAYS, "review", 20),
    duty(Kind::Obligation, "responsible", &["active"], "next_review", 30, "review", 15),
    duty(Kind::ContextIssue, "owner", &["active"], "next_review", 30, "review", 10),
    duty(Kind::InterestedParty, "owner", &["active"], "next_review", 30, "review", 10),
    duty(Kind::Supplier, "owner", &["active"], "next_assessment", 30, "assess", 30),
    duty(Kind::CommunicationItem, "responsible", &["active"], "next_due", 30, "carry-out", 15),
    duty(Kind::Objective, "responsible", &["active"], "due", 30, "evaluate", 20),
    duty(Kind::Audit, "lead_auditor", &["planned", "prepared", "in_progress"], "planned_from", 30, "audit", 120),
    duty(Kind::ReviewInput, "presented_by", &["draft"], "", ALWAYS, "prepare", 20),
    duty(Kind::BcPlan, "owner", &["approved"], "next_exercise", 30, "exercise", 60),
    duty(Kind::Vulnerability, "owner", &["open"], "fix_due", ALWAYS, "fix", 30),
    duty(Kind::Exception, "requested_by", &["approved"], "expires_on", 30, "renew", 15),
    duty(Kind::RiskAcceptance, "accepted_by", &["accepted"], "expires_on", 30, "renew", 15),
];

/// The states in which records wait for a signature.
const SIGNATURES: &[(Kind, &str)] = &[
    (Kind::Mandate, "submitted"),
    (Kind::Scope, "in_review"),
    (Kind::Methodology, "in_review"),
    (Kind::DocumentVersion, "in_review"),
    (Kind::Soa, "in_review"),
    (Kind::Treatment, "proposed"),
    (Kind::TreatmentPlan, "in_review"),
    (Kind::RiskAcceptance, "requested"),
    (Kind::RiskAssessment, "completed"),
    (Kind::Exception, "requested"),
    (Kind::Change, "assessed"),
    (Kind::RoleAssignment, "proposed"),
    (Kind::ManagementReview, "minuted"),
];

/// One thing that waits.
#[derive(Debug, Clone)]
pub struct Todo {
    /// The record that asks for it.
    pub reference: AnyRef,
    /// What is to be done, as the key of a message: `work-do-sign`.
    pub verb: &'static str,
    /// What it is about.
    pub title: String,
    /// Why it is this person's, as the key of a message: `work-why-owner`.
    pub why: &'static str,
    /// The day by which it is to be done.
    pub day: Option<Date>,
    /// About how long it takes.
    pub minutes: u32,
    /// Where it is done.
    pub href: String,
    /// How it is done in the list, where it can be: a path, before the record's number, and the key of its words.
    pub quick: Option<&'static str>,
}

impl Todo {
    /// Whether its day has passed.
    pub fn overdue(&self, today: Date) -> bool {
        self.day.is_some_and(|day| day < today)
    }

    /// How it looks.
    pub fn mark(&self, today: Date) -> Mark {
        match self.day {
            Some(day) if day < today => Mark::Gap,
            Some(day) if day <= today.saturating_add(jiff::Span::new().days(7)) => Mark::Watch,
            _ => Mark::Todo,
        }
    }
}

/// A day in a field of a record.
pub fn day_of(record: &dyn AnyRecord, field: &str) -> Option<Date> {
    if field.is_empty() {
        return None;
    }
    record.field(field)?.as_str()?.get(..10)?.parse().ok()
}

/// Days from one day to another.
pub fn days_between(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

/// What is told of each thing that waits: the record, the field, the verb, the day, the minutes.
type Visit<'a> = dyn FnMut(&dyn AnyRecord, &'static str, &'static str, Option<Date>, u32) + 'a;

/// Visits what waits for the person: the record, why (the field that names them), the verb, the day, the minutes.
fn each(cx: &Cx, visit: &mut Visit<'_>) {
    for link in cx.isms.links_to(cx.person.any()) {
        let fits = |duty: &&Duty| duty.kind == link.source.kind && duty.field == link.field;
        for duty in DUTIES.iter().filter(fits) {
            let Some(record) = cx.isms.record(link.source) else { continue };
            if record.head().void_reason.is_some() || !duty.states.contains(&record.state()) {
                continue;
            }
            let day = day_of(record, duty.day);
            // What has a day begins to wait some time before it; without a day only what always waits does.
            let near = duty.ahead == ALWAYS || day.is_some_and(|day| days_between(cx.today, day) <= duty.ahead);
            if near && cx.sees(record) {
                visit(record, duty.field, duty.verb, day, duty.minutes);
            }
        }
        if link.field == "signer"
            && let Some(approval) = link.source.of::<Approval>().and_then(|it| cx.isms.get(it))
            && let Some(record) = lapsed(cx, approval).filter(|it| cx.sees(*it))
        {
            visit(record, "signer", "sign-again", None, 10);
        }
        if link.field == "accepted_by"
            && let Some(ended) = link.source.of::<RiskAcceptance>().and_then(|it| cx.isms.get(it))
            && ended_for_good(cx, ended)
            && cx.sees(ended)
        {
            visit(ended, "accepted_by", "accept-again", ended.expires_on, 10);
        }
    }
    if !cx.is_isms() {
        return;
    }
    for (kind, state) in SIGNATURES {
        let waiting = cx.isms.records(*kind).filter(|record| record.state() == *state);
        for record in waiting {
            if attestry_model::permit::permit(&cx.isms, &cx.principal, Wish::Approve, record) {
                let mut problems = Problems::default();
                record.signs(cx.person, &cx.isms, &mut problems);
                if problems.is_empty() {
                    visit(record, "approver", "approve", None, 10);
                }
            }
        }
    }
    for proposal in crate::pages::proposals::waiting_for(cx) {
        visit(proposal, "consent", "approve", None, 10);
    }
}

/// The record whose signature by this person has lapsed since it changed, while nobody has signed it anew: it asks again.
fn lapsed<'a>(cx: &'a Cx, approval: &Stored<Approval>) -> Option<&'a dyn AnyRecord> {
    if approval.state_name() != "invalidated" || approval.is_void() {
        return None;
    }
    let subject = cx.isms.record(approval.subject?)?;
    if subject.head().void_reason.is_some() || is_closed(subject) {
        return None;
    }
    // Where it waits for a signature it is asked for in the ordinary way.
    if SIGNATURES.iter().any(|(kind, state)| *kind == subject.any_ref().kind && *state == subject.state()) {
        return None;
    }
    let all = || cx.isms.referring::<Approval>(subject.any_ref(), "subject").filter(|it| !it.is_void());
    let newer = all().any(|it| it.number > approval.number && it.signer == approval.signer);
    (!newer && !all().any(|it| covers(it, subject, &cx.isms))).then_some(subject)
}

/// Whether an acceptance has ended, by its day or because the risk rose, and nothing has taken its place.
fn ended_for_good(cx: &Cx, ended: &Stored<RiskAcceptance>) -> bool {
    let Some(risk) = cx.isms.find(ended.risk) else { return false };
    let ended_so = matches!(ended.state_name(), "expired" | "invalidated") && !ended.is_void();
    let others = || cx.isms.referring::<RiskAcceptance>(risk.reference().any(), "risk").filter(|it| !it.is_void());
    let replaced = others().any(|it| {
        it.number != ended.number && (it.number > ended.number || matches!(it.state_name(), "accepted" | "requested"))
    });
    ended_so && !replaced && attestry_check::measure::counts(risk)
}

/// How many things wait for the person. Asked on each page, so nothing is made but the number.
pub fn count(cx: &Cx) -> usize {
    let mut count = 0;
    each(cx, &mut |_, _, _, _, _| count += 1);
    count + super::super::portal::unread::missing(cx).count()
}

/// What waits for the person: overdue first, then by day, what has no day last.
pub fn all(cx: &Cx) -> Vec<Todo> {
    let mut todos = Vec::new();
    each(cx, &mut |record, why, verb, day, minutes| {
        let reference = record.any_ref();
        let (title, minutes) = subject(cx, record, minutes);
        let href = match verb {
            "read" => reading(cx, record).unwrap_or_else(|| cx.record_href(reference)),
            "take" => cx.href(&format!("/portal/course/{reference}")),
            "accept-again" => again(cx, record),
            "sign" | "approve" => sign_path(reference).map_or_else(|| cx.record_href(reference), |path| cx.href(&path)),
            _ => cx.record_href(reference),
        };
        let quick = match verb {
            _ if cx.is_past() => None,
            "do" => Some("work-done"),
            "review" if work::may_say_true(cx, record) => Some("work-true"),
            _ => None,
        };
        todos.push(Todo { reference, verb, title, why, day, minutes, href, quick });
    });
    for (version, title, day) in super::super::portal::unread::missing(cx) {
        todos.push(Todo {
            reference: version.any(),
            verb: "read",
            title,
            why: "audience",
            day,
            minutes: 10,
            href: cx.href(&format!("/portal/read/{}", version.any())),
            quick: None,
        });
    }
    todos.sort_by_key(|todo| (todo.day.is_none(), todo.day, todo.reference));
    todos
}

fn reading(cx: &Cx, record: &dyn AnyRecord) -> Option<String> {
    let acknowledgement = cx.isms.get(record.any_ref().of::<Acknowledgement>()?)?;
    Some(cx.href(&format!("/portal/read/{}", acknowledgement.document_version?.any())))
}

/// Where an acceptance that has ended is asked for again.
fn again(cx: &Cx, record: &dyn AnyRecord) -> String {
    let value = |name: &str| record.field(name).and_then(|it| Some(it.as_str()?.to_owned())).unwrap_or_default();
    let pairs = ["title", "risk", "treatment", "accepted_by", "rationale"].map(|name| {
        (name.to_owned(), if name == "title" { record.head().title.clone().unwrap_or_default() } else { value(name) })
    });
    let pairs: Vec<(String, String)> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    cx.href(&crate::shell::with_query(&format!("{}/new", places::list_path(Kind::RiskAcceptance)), &pairs, None))
}

fn signed(record: &dyn AnyRecord) -> Option<AnyRef> {
    record.field("subject")?.as_str()?.parse().ok()
}

/// What a thing is about, and how long it takes where that is known better.
fn subject(cx: &Cx, record: &dyn AnyRecord, minutes: u32) -> (String, u32) {
    let own = || record.head().title.clone().unwrap_or_else(|| record.any_ref().to_string());
    let named = |reference: AnyRef| cx.isms.record(reference).and_then(|it| it.head().title.clone());
    let reference = record.any_ref();
    if let Some(acknowledgement) = reference.of::<Acknowledgement>().and_then(|it| cx.isms.get(it)) {
        let version = acknowledgement.document_version.and_then(|it| named(it.any()));
        return (version.unwrap_or_else(own), minutes);
    }
    if let Some(assignment) = reference.of::<TrainingAssignment>().and_then(|it| cx.isms.get(it)) {
        let course: Option<&attestry_model::Stored<Course>> = cx.isms.find(assignment.course);
        let minutes = course.and_then(|it| u32::try_from(it.duration_minutes?).ok()).unwrap_or(minutes);
        return (course.map_or_else(own, |it| it.title().to_owned()), minutes);
    }
    if reference.kind == Kind::Approval {
        return (signed(record).and_then(named).unwrap_or_else(own), minutes);
    }
    (own(), minutes)
}

/// Where a record's edit form is, at a field.
pub fn edit_path(reference: AnyRef, field: &str) -> String {
    format!("{}/edit#field-{field}", places::record_path(reference))
}
