//! Consent: what is signed is shown exactly as it stands, with its hash; and which consents are due.

use askama::Template;
use attestry_model::decide::{covers, state_hash, steps_from};
use attestry_model::field::Choice as _;
use attestry_model::records::{Approval, Risk, RiskAcceptance, Treatment, TreatmentPlan};
use attestry_model::stored::AnyRecord;
use attestry_model::{AnyRef, Command, Kind, Problems, Stored};
use axum::extract::{Path, RawForm};
use axum::response::{IntoResponse as _, Response};
use jiff::ToSpan as _;
use serde_json::Map;

use super::matrix::level;
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::Html;
use crate::places::{Frame, kind_of, record_path};
use crate::shell::{Shell, page, pairs, to};
use crate::show::Room;
use crate::{dates, labels, show};

/// How far ahead an expiry is called due.
const AHEAD: i32 = 60;
/// Most entries of one list.
const MOST: usize = 500;

/// The kinds that are signed here, with the state that a signature leads to.
const SIGNED: [(Kind, &str); 3] =
    [(Kind::Treatment, "approved"), (Kind::RiskAcceptance, "accepted"), (Kind::TreatmentPlan, "approved")];

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
    risk: Option<RiskLine>,
    authority: Option<String>,
    may_sign: bool,
    state: Html,
    problems: Vec<String>,
}

struct RiskLine {
    rid: Html,
    title: String,
    now: Html,
    residual: Html,
}

fn subject<'a>(cx: &'a Cx, slug: &str, reference: &str) -> Result<(&'a dyn AnyRecord, &'static str), Fault> {
    let kind = kind_of(slug).ok_or(Fault::Absent)?;
    let (_, to) = SIGNED.iter().find(|(one, _)| *one == kind).ok_or(Fault::Absent)?;
    let reference: AnyRef = reference.parse().map_err(|_| Fault::Absent)?;
    if reference.kind != kind {
        return Err(Fault::Absent);
    }
    Ok((cx.record(reference)?, to))
}

fn risk_of<'a>(cx: &'a Cx, record: &dyn AnyRecord) -> Option<&'a Stored<Risk>> {
    let reference: AnyRef = record.field("risk")?.as_str()?.parse().ok()?;
    cx.get(reference.of::<Risk>()?).ok()
}

fn show_of(cx: Cx, slug: &str, reference: &str) -> Result<Response, Fault> {
    page(&page_of(cx, slug, reference, &Problems::default())?)
}

fn page_of(cx: Cx, slug: &str, reference: &str, problems: &Problems) -> Result<Page, Fault> {
    let (record, to) = subject(&cx, slug, reference)?;
    let def = record.def();
    let target = record.any_ref();
    let risk = risk_of(&cx, record);
    let authority = risk.and_then(|risk| {
        let value = risk.current_value?;
        let band = risk.method(&cx.isms)?.band(value)?.authority?;
        Some(
            cx.say1("sign-authority", "who", &labels::word(cx.words, band.name(), band.label()).into_owned())
                .into_owned(),
        )
    });
    let filled = def.fields.iter().filter(|it| record.field(it.name).is_some_and(|value| !value.is_null()));
    let seen = filled.filter(|it| attestry_model::permit::sees_field(&cx.isms, &cx.principal, record, it));
    let fields =
        seen.map(|it| (labels::field(cx.words, target.kind, it.name), show::field(&cx, record, it, Room::Page)));
    let open = steps_from(def, record.state()).any(|step| step.to == to);
    let may_sign = open && !cx.is_past() && cx.can_write();
    let mut frame = Frame::of_kind(&cx, target.kind, Some(&target.to_string()))
        .then(cx.say("sign-title"), Some(cx.record_href(target)));
    frame.problems = !problems.is_empty();
    Ok(Page {
        title: record.head().title.clone().unwrap_or_default(),
        href: cx.record_href(target),
        action: format!("{}/sign", record_path(target)),
        kind: labels::singular(cx.words, target.kind),
        revision: record.revision(),
        hash: state_hash(record, &cx.isms),
        fields: fields.collect(),
        parts: record.parts(&cx.isms).len(),
        risk: risk.map(|risk| RiskLine {
            rid: show::rid(&cx, risk.reference().any()),
            title: risk.title().to_owned(),
            now: level(&cx, risk, risk.current_value),
            residual: level(&cx, risk, risk.residual_value),
        }),
        state: show::state(&cx, record),
        problems: problems.0.iter().map(|it| it.message.clone()).collect(),
        reference: target.to_string(),
        authority,
        may_sign,
        frame,
        shell: Shell::of(&cx),
        cx,
    })
}

async fn sign(cx: Cx, slug: &str, reference: String, body: &[u8]) -> Result<Response, Fault> {
    let (record, state) = subject(&cx, slug, &reference)?;
    let target = record.any_ref();
    crate::signin::fresh(&cx)?;
    let typed = pairs(&String::from_utf8_lossy(body));
    let one = |name: &str| typed.iter().find(|(key, _)| key == name).map(|(_, it)| it.trim().to_owned());
    let mut problems = Problems::default();
    let revision = one("revision").and_then(|it| it.parse().ok()).ok_or(Fault::Unconditional)?;
    // What somebody signs is what they saw: the hash covers parts too, which the revision does not.
    if one("hash").as_deref() != Some(state_hash(record, &cx.isms).as_str()) {
        return Err(Fault::Stale(record.revision()));
    }
    if one("confirm").is_none() {
        problems.add("confirm", cx.say("sign-confirm-needed"));
    }
    if problems.is_empty() {
        let command =
            Command::Step { target, to: state.to_owned(), revision: Some(revision), fields: Map::new(), reason: None };
        match cx.submit(command).await {
            Ok(_) => return Ok(to(&format!("{}?done=signed%20{target}", record_path(target)))),
            Err(Fault::Invalid(found)) => problems = found,
            Err(other) => return Err(other),
        }
    }
    let shown = page(&page_of(cx, slug, &reference, &problems)?)?;
    Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
}

/// `GET /treatment-decisions/{reference}/sign`
pub async fn treatment(cx: Cx, Path(reference): Path<String>) -> Result<Response, Fault> {
    show_of(cx, "treatment-decisions", &reference)
}

/// `POST /treatment-decisions/{reference}/sign`
pub async fn sign_treatment(cx: Cx, Path(reference): Path<String>, RawForm(body): RawForm) -> Result<Response, Fault> {
    sign(cx, "treatment-decisions", reference, &body).await
}

/// `GET /residual-risk-acceptances/{reference}/sign`
pub async fn acceptance(cx: Cx, Path(reference): Path<String>) -> Result<Response, Fault> {
    show_of(cx, "residual-risk-acceptances", &reference)
}

/// `POST /residual-risk-acceptances/{reference}/sign`
pub async fn sign_acceptance(cx: Cx, Path(reference): Path<String>, RawForm(body): RawForm) -> Result<Response, Fault> {
    sign(cx, "residual-risk-acceptances", reference, &body).await
}

/// `GET /risk-treatment-plans/{reference}/sign`
pub async fn plan(cx: Cx, Path(reference): Path<String>) -> Result<Response, Fault> {
    show_of(cx, "risk-treatment-plans", &reference)
}

/// `POST /risk-treatment-plans/{reference}/sign`
pub async fn sign_plan(cx: Cx, Path(reference): Path<String>, RawForm(body): RawForm) -> Result<Response, Fault> {
    sign(cx, "risk-treatment-plans", reference, &body).await
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
    let sign = |record: &dyn AnyRecord| {
        (!cx.is_past() && cx.can_write()).then(|| format!("{}/sign", record_path(record.any_ref())))
    };
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
