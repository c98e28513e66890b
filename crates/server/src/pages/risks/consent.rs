//! Consent: what is signed is shown exactly as it stands, with its hash; and which consents are due.

use askama::Template;
use attestry_model::decide::{covers, state_hash, steps_from};
use attestry_model::field::Choice as _;
use attestry_model::kind::{Record, Role};
use attestry_model::records::{Approval, Person, Risk, RiskAcceptance, Treatment, TreatmentPlan};
use attestry_model::stored::AnyRecord;
use attestry_model::{AnyRef, Command, Kind, Problems, Ref, Stored};
use axum::extract::{Path, RawForm};
use axum::response::{IntoResponse as _, Response};
use jiff::ToSpan as _;
use serde_json::Map;

use super::matrix::level;
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::{Html, Mark};
use crate::places::{Frame, record_path};
use crate::shell::{Shell, page, pairs, to};
use crate::show::Room;
use crate::signin::Visit;
use crate::signin::consent::{end, offered, said};
use crate::{dates, labels, show};

/// How far ahead an expiry is called due.
const AHEAD: i32 = 60;
/// Most entries of one list.
const MOST: usize = 500;

/// The kinds that are signed here, with the state that a signature leads to. An approval that was asked for is signed for
/// the record that it is about.
const SIGNED: [(Kind, &str); 4] = [
    (Kind::Treatment, "approved"),
    (Kind::RiskAcceptance, "accepted"),
    (Kind::TreatmentPlan, "approved"),
    (Kind::Approval, "signed"),
];

/// Where a record is signed; none for kinds that are not signed here.
pub fn sign_path(reference: AnyRef) -> Option<String> {
    SIGNED.iter().any(|(kind, _)| *kind == reference.kind).then(|| format!("{}/sign", record_path(reference)))
}

/// The page of a signature.
#[derive(Template)]
#[template(path = "sign.html")]
struct Page {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    reference: String,
    title: String,
    href: String,
    action: String,
    kind: String,
    revision: u32,
    hash: String,
    fields: Vec<(String, Html)>,
    parts: usize,
    owners: Vec<Owner>,
    ask: Option<String>,
    risk: Option<RiskLine>,
    authority: Option<String>,
    may_sign: bool,
    passkey: Option<String>,
    /// When and how it was signed as it stands.
    signed: Option<(String, String)>,
    state: Html,
    problems: Vec<String>,
}

/// A risk owner whose signature a plan needs.
struct Owner {
    who: Html,
    how: String,
    mark: Html,
}

struct RiskLine {
    rid: Html,
    title: String,
    now: Html,
    residual: Html,
}

/// What is signed, and how.
struct Case<'a> {
    /// The record that takes the step.
    record: &'a dyn AnyRecord,
    /// The record whose state is signed.
    shown: &'a dyn AnyRecord,
    to: &'static str,
}

fn subject<'a>(cx: &'a Cx, kind: Kind, reference: &str) -> Result<Case<'a>, Fault> {
    let (_, to) = SIGNED.iter().find(|(one, _)| *one == kind).ok_or(Fault::Absent)?;
    let reference: AnyRef = reference.parse().map_err(|_| Fault::Absent)?;
    if reference.kind != kind {
        return Err(Fault::Absent);
    }
    let record = cx.record(reference)?;
    let about = record.field("subject").filter(|_| kind == Kind::Approval);
    let about = about.and_then(|it| it.as_str()?.parse().ok());
    let shown = about.map_or(Ok(record), |about| cx.record(about))?;
    Ok(Case { record, shown, to })
}

/// The owners of the risks in a plan.
fn owners_of(cx: &Cx, plan: &Stored<TreatmentPlan>) -> Vec<Ref<Person>> {
    let risks = plan.treatments.iter().filter_map(|it| cx.isms.get(*it)?.risk);
    let mut owners: Vec<Ref<Person>> = risks.filter_map(|it| cx.isms.get(it)?.risk_owner).collect();
    owners.sort_unstable();
    owners.dedup();
    owners
}

/// How far the signature of an owner is: given for the plan as it stands, asked for, or neither.
fn asked_of<'a>(cx: &'a Cx, plan: &Stored<TreatmentPlan>, owner: Ref<Person>) -> (Option<&'a Stored<Approval>>, bool) {
    let hash = state_hash(plan, &cx.isms);
    let of = || {
        let all = cx.isms.referring::<Approval>(plan.any_ref(), "subject");
        all.filter(|it| it.signer == Some(owner) && !it.is_void())
    };
    let given = of().find(|it| covers(it, plan, &cx.isms));
    let asked = of().any(|it| it.state_name() == "requested" && it.subject_hash.as_deref() == Some(hash.as_str()));
    (given, asked)
}

fn risk_of<'a>(cx: &'a Cx, record: &dyn AnyRecord) -> Option<&'a Stored<Risk>> {
    let reference: AnyRef = record.field("risk")?.as_str()?.parse().ok()?;
    cx.get(reference.of::<Risk>()?).ok()
}

/// Whether the approval of the record as it stands was given, and how.
fn signed(cx: &Cx, record: &dyn AnyRecord) -> Option<(String, String)> {
    let all = cx.isms.referring::<Approval>(record.any_ref(), "subject");
    let approval = all.filter(|it| covers(it, record, &cx.isms)).max_by_key(|it| it.signed_at)?;
    let name = approval.signer.map(|it| cx.name_of(it)).unwrap_or_default();
    let at = dates::moment(cx.words, approval.signed_at?, &cx.zone, cx.today);
    let when = cx.with("sign-signed", &[("name", (&name).into()), ("date", (&at).into())]).into_owned();
    Some((when, said(cx, approval.reference()).unwrap_or_default()))
}

fn page_of(cx: Cx, passkey: bool, kind: Kind, reference: &str, problems: &Problems) -> Result<Page, Fault> {
    let Case { record, shown, to } = subject(&cx, kind, reference)?;
    let def = shown.def();
    let (target, about) = (record.any_ref(), shown.any_ref());
    let risk = risk_of(&cx, shown);
    let authority = risk.and_then(|risk| {
        let value = risk.current_value?;
        let band = risk.method(&cx.isms)?.band(value)?.authority?;
        Some(
            cx.say1("sign-authority", "who", &labels::word(cx.words, band.name(), band.label()).into_owned())
                .into_owned(),
        )
    });
    let filled = def.fields.iter().filter(|it| shown.field(it.name).is_some_and(|value| !value.is_null()));
    let seen = filled.filter(|it| attestry_model::permit::sees_field(&cx.isms, &cx.principal, shown, it));
    let fields = seen.map(|it| (labels::field(cx.words, about.kind, it.name), show::field(&cx, shown, it, Room::Page)));
    let open = steps_from(record.def(), record.state()).any(|step| step.to == to);
    let asked = cx.isms.find(target.of::<Approval>()).and_then(|it| it.signer);
    let may_sign = open && !cx.is_past() && cx.can_write() && asked.is_none_or(|it| it == cx.person);
    let plan = about.of::<TreatmentPlan>().and_then(|it| cx.isms.get(it));
    let plan = plan.filter(|it| matches!(it.state_name(), "in_review" | "approved" | "in_execution"));
    let owners = plan.map(|plan| owners_of(&cx, plan)).unwrap_or_default();
    let lacking = |owner: &Ref<Person>| plan.is_some_and(|plan| matches!(asked_of(&cx, plan, *owner), (None, false)));
    let ask = plan.filter(|it| it.state_name() == "in_review" && owners.iter().any(lacking));
    let ask = ask.filter(|_| cx.principal.has(Role::IsmsManager) && !cx.is_past() && cx.can_write());
    let ask = ask.map(|it| format!("{}/ask", record_path(it.any_ref())));
    let owners = owners.iter().filter_map(|owner| {
        let (given, asked) = asked_of(&cx, plan?, *owner);
        let (mark, how) = match (given, asked) {
            (Some(it), _) => {
                (Mark::Fine, said(&cx, it.reference()).unwrap_or_else(|| cx.say("sign-owner-given").into_owned()))
            }
            (None, true) => (Mark::Todo, cx.say("sign-owner-asked").into_owned()),
            (None, false) => (Mark::Gap, cx.say("sign-owner-not").into_owned()),
        };
        Some(Owner { who: show::who(&cx, *owner), mark: mark.svg(), how })
    });
    let owners: Vec<Owner> = owners.collect();
    let mut frame = Frame::of_kind(&cx, about.kind, Some(&about.to_string()))
        .then(cx.say("sign-title"), Some(cx.record_href(about)));
    frame.problems = !problems.is_empty();
    Ok(Page {
        title: shown.head().title.clone().unwrap_or_default(),
        href: cx.record_href(about),
        action: format!("{}/sign", record_path(target)),
        kind: labels::singular(cx.words, about.kind),
        revision: record.revision(),
        hash: state_hash(shown, &cx.isms),
        fields: fields.collect(),
        parts: shown.parts(&cx.isms).len(),
        owners,
        ask,
        risk: risk.map(|risk| RiskLine {
            rid: show::rid(&cx, risk.reference().any()),
            title: risk.title().to_owned(),
            now: level(&cx, risk, risk.current_value),
            residual: level(&cx, risk, risk.residual_value),
        }),
        state: show::state(&cx, shown),
        problems: problems.0.iter().map(|it| it.message.clone()).collect(),
        reference: about.to_string(),
        authority,
        may_sign,
        passkey: passkey.then(|| format!("{}/step/{to}/passkey", record_path(target))),
        signed: signed(&cx, shown),
        frame,
        shell: Shell::of(&cx),
        cx,
    })
}

async fn sign_as(cx: Cx, visit: Visit, kind: Kind, reference: &str, body: &[u8]) -> Result<Response, Fault> {
    let passkey = offered(&cx, &visit).await?;
    let Case { record, shown, to: state } = subject(&cx, kind, reference)?;
    let target = record.any_ref();
    let typed = pairs(&String::from_utf8_lossy(body));
    let one = |name: &str| typed.iter().find(|(key, _)| key == name).map(|(_, it)| it.trim().to_owned());
    let answer = one("_passkey").filter(|it| !it.is_empty());
    if answer.is_none() {
        crate::signin::fresh(&cx)?;
    }
    let mut problems = Problems::default();
    let revision = one("revision").and_then(|it| it.parse().ok()).ok_or(Fault::Unconditional)?;
    // What somebody signs is what they saw: the hash covers parts too, which the revision does not.
    if one("hash").as_deref() != Some(state_hash(shown, &cx.isms).as_str()) {
        return Err(Fault::Stale(record.revision()));
    }
    if one("confirm").is_none() {
        problems.add("confirm", cx.say("sign-confirm-needed"));
    }
    let mut proof = None;
    if let Some(answer) = answer.filter(|_| problems.is_empty()) {
        match end(&cx, &answer).await {
            Ok(signed) => proof = Some(signed),
            Err(Fault::Denied(what) | Fault::Conflict(what)) => problems.add("", what),
            Err(other) => return Err(other),
        }
    }
    if problems.is_empty() {
        let command =
            Command::Step { target, to: state.to_owned(), revision: Some(revision), fields: Map::new(), reason: None };
        let done = match proof {
            Some(proof) => cx.submit_signed(command, proof).await,
            None => cx.submit(command).await,
        };
        match done {
            Ok(_) => {
                let about = shown.any_ref();
                return Ok(to(&format!("{}?done=signed%20{about}", record_path(about))));
            }
            Err(Fault::Invalid(found)) => problems = found,
            Err(other) => return Err(other),
        }
    }
    let shown = page(&page_of(cx, passkey, kind, reference, &problems)?)?;
    Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
}

/// `GET /{kind}/{reference}/sign`
pub async fn show<K: Record>(cx: Cx, visit: Visit, Path(reference): Path<String>) -> Result<Response, Fault> {
    let passkey = offered(&cx, &visit).await?;
    page(&page_of(cx, passkey, K::KIND, &reference, &Problems::default())?)
}

/// `POST /{kind}/{reference}/sign`
pub async fn sign<K: Record>(
    cx: Cx,
    visit: Visit,
    Path(reference): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Fault> {
    sign_as(cx, visit, K::KIND, &reference, &body).await
}

/// `POST /risk-treatment-plans/{reference}/ask`: asks every owner of a risk in the plan for their signature under the plan as
/// it stands, if they have not signed and were not asked.
pub async fn ask(cx: Cx, Path(reference): Path<String>) -> Result<Response, Fault> {
    let reference: AnyRef = reference.parse().map_err(|_| Fault::Absent)?;
    let plan = cx.get(reference.of::<TreatmentPlan>().ok_or(Fault::Absent)?)?;
    if !cx.principal.has(Role::IsmsManager) {
        return Err(Fault::Denied(cx.say("sign-may-not-ask").into_owned()));
    }
    if plan.state_name() != "in_review" {
        return Err(Fault::Conflict(cx.say("sign-cannot").into_owned()));
    }
    for owner in owners_of(&cx, plan) {
        if !matches!(asked_of(&cx, plan, owner), (None, false)) {
            continue;
        }
        let fields = serde_json::json!({
            "title": cx.say1("sign-owner-title", "plan", &reference.to_string()),
            "subject": reference.to_string(),
            "capacity": "risk_owner",
            "signer": owner.to_string(),
            "statement": cx.say1("sign-owner-statement", "plan", &reference.to_string()),
        });
        let serde_json::Value::Object(fields) = fields else { continue };
        cx.submit(Command::Create { kind: Kind::Approval, fields }).await?;
    }
    Ok(to(&format!("{}/sign?done=asked%20{reference}", record_path(reference))))
}

/// The page of what is due.
#[derive(Template)]
#[template(path = "acceptances-due.html")]
struct Due {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    groups: Vec<Group>,
}

struct Group {
    title: String,
    none: String,
    lines: Vec<Line>,
}

struct Line {
    rid: Html,
    title: String,
    href: String,
    detail: String,
    who: Html,
    sign: Option<String>,
}

/// `GET /risks/acceptances-due`
pub async fn due(cx: Cx) -> Result<Response, Fault> {
    let sign = |record: &dyn AnyRecord| sign_path(record.any_ref()).filter(|_| !cx.is_past() && cx.can_write());
    let line = |record: &dyn AnyRecord,
                who: Option<attestry_model::Ref<attestry_model::records::Person>>,
                detail: String,
                open: bool| Line {
        rid: show::rid(&cx, record.any_ref()),
        title: record.head().title.clone().unwrap_or_default(),
        href: cx.record_href(record.any_ref()),
        detail,
        who: who.map(|it| show::who(&cx, it)).unwrap_or_default(),
        sign: open.then(|| sign(record)).flatten(),
    };
    let owner = |risk: Option<attestry_model::Ref<Risk>>| cx.isms.find(risk).and_then(|it| it.risk_owner);
    let risk_words = |risk: Option<attestry_model::Ref<Risk>>| {
        let found = cx.isms.find(risk).filter(|it| cx.sees(*it));
        found.map(|it| format!("{} {}", it.reference().any(), it.title())).unwrap_or_default()
    };
    let treatments = cx.isms.live::<Treatment>().filter(|it| it.state_name() == "proposed" && cx.sees(*it));
    let treatments = treatments.take(MOST).map(|it| line(it, owner(it.risk), risk_words(it.risk), true));
    let acceptances = || cx.isms.live::<RiskAcceptance>().filter(|it| cx.sees(*it));
    let requested = acceptances().filter(|it| it.state_name() == "requested").take(MOST);
    let requested = requested.map(|it| line(it, it.accepted_by, risk_words(it.risk), true));
    let horizon = cx.today.checked_add(AHEAD.days()).unwrap_or(cx.today);
    let mut expiring: Vec<&Stored<RiskAcceptance>> = acceptances()
        .filter(|it| it.state_name() == "accepted" && it.expires_on.is_some_and(|day| day <= horizon))
        .collect();
    expiring.sort_by_key(|it| it.expires_on);
    let expiring = expiring.into_iter().take(MOST).map(|it| {
        let day = it.expires_on.map(|day| dates::distance(cx.words, day, cx.today)).unwrap_or_default();
        line(it, it.accepted_by, day, false)
    });
    let signed = |approval: Option<attestry_model::Ref<Approval>>, record: &dyn AnyRecord| {
        cx.isms.find(approval).is_some_and(|it| !covers(it, record, &cx.isms))
    };
    let stale_decisions = cx.isms.live::<Treatment>().filter(|it| signed(it.approval, *it) && cx.sees(*it));
    let stale_decisions = stale_decisions
        .map(|it| line(it, owner(it.risk), cx.say("due-changed").into_owned(), it.state_name() == "proposed"));
    let stale_acceptances = acceptances().filter(|it| signed(it.approval, *it));
    let stale_acceptances =
        stale_acceptances.map(|it| line(it, it.accepted_by, cx.say("due-changed").into_owned(), false));
    let plans = cx.isms.live::<TreatmentPlan>().filter(|it| signed(it.approval, *it) && cx.sees(*it));
    let plans = plans.map(|it| line(it, None, cx.say("due-changed").into_owned(), it.state_name() == "in_review"));
    let stale: Vec<Line> = stale_decisions.chain(stale_acceptances).chain(plans).take(MOST).collect();
    let limit = crate::pages::limit(&cx);
    let accepted: std::collections::BTreeSet<u32> = acceptances()
        .filter(|it| it.state_name() == "accepted")
        .filter_map(|it| it.risk.map(attestry_model::Ref::number))
        .collect();
    let open = super::risks(&cx).filter(|it| {
        it.current_value.zip(limit).is_some_and(|(value, limit)| value > limit) && !accepted.contains(&it.number)
    });
    let open = open
        .take(MOST)
        .map(|it| line(it, it.risk_owner, crate::show::shortened(&it.event.clone().unwrap_or_default(), 100), false));
    let group = |key: &str, lines: Vec<Line>| Group {
        title: cx.say(format!("due-{key}")).into_owned(),
        none: cx.say(format!("due-{key}-none")).into_owned(),
        lines,
    };
    let groups = vec![
        group("decisions", treatments.collect()),
        group("requested", requested.collect()),
        group("expiring", expiring.collect()),
        group("stale", stale),
        group("open", open.collect()),
    ];
    let frame = Frame::of_kind(&cx, Kind::RiskAcceptance, Some(&cx.say("due-title")));
    page(&Due { groups, frame, shell: Shell::of(&cx), cx })
}
