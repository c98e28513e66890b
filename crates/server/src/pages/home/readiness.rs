//! Home of whoever looks after the ISMS: how ready it is in a sentence, where the gaps are, and what to do next.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use askama::Template;
use attestry_check::{Finding, Report, Verdict};
use attestry_model::kind::Role;
use attestry_model::records::{Certification, Proposal, Risk};
use attestry_model::{AnyRef, Stored, Subject};
use axum::response::Response;
use jiff::civil::Date;

use super::duties::{self, days_between};
use super::trend::{self, Trend};
use super::{calendar, fix, work};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::{Html, Mark, escape};
use crate::pages::proposals;
use crate::pages::setup::assumed::is_early;
use crate::places::{Frame, record_path};
use crate::shell::{Shell, to};
use crate::{dates, show};

/// How many things somebody is given to do at once.
const THINGS: usize = 3;

#[derive(Template)]
#[template(path = "home/readiness.html")]
struct Readiness {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    week: Vec<Thing>,
    sentence: Html,
    unknown: String,
    chart: Html,
    reading: String,
    points: Vec<(String, usize)>,
    clauses: Vec<Squares>,
    fixes: Vec<fix::Row>,
    findings: usize,
    contradictions: usize,
    waiting: Vec<work::Row>,
    latest: Vec<Latest>,
    levels: Vec<Level>,
    risk_sentence: String,
    weeks: Vec<calendar::Event>,
}

/// One of the few things to do next while an ISMS is being set up.
struct Thing {
    mark: Html,
    text: String,
    detail: String,
    href: String,
    button: String,
}

/// The checks of one clause as squares.
struct Squares {
    name: &'static str,
    title: String,
    href: String,
    cells: Html,
    words: String,
    gaps: usize,
}

/// One of the latest changes.
struct Latest {
    who: Html,
    text: Html,
    when: String,
}

/// How many risks are at one level.
struct Level {
    rank: usize,
    name: String,
    before: usize,
    now: usize,
    plan: usize,
    band: String,
}

/// `GET /`: the page that the person's roles need most.
pub async fn home(cx: Cx) -> Result<Response, Fault> {
    let has = |role| cx.principal.has(role);
    let pinned = if cx.portal { None } else { super::start::pinned(&cx).await? };
    let landing = if cx.portal {
        "/portal"
    } else if let Some(pinned) = pinned {
        pinned
    } else if has(Role::IsmsManager)
        || has(Role::SystemAdmin)
        || has(Role::InternalAuditor)
        || has(Role::ExternalAuditor)
    {
        return show(cx).await;
    } else if has(Role::TopManagement) {
        "/overview"
    } else {
        "/work"
    };
    Ok(to(&cx.href(landing)))
}

/// `GET /readiness`
pub async fn show(cx: Cx) -> Result<Response, Fault> {
    // What is read from the database below lies in the past, and follows from the value like all else.
    if let Some(again) = crate::kept::again(&cx, String::new()) {
        return Ok(again);
    }
    let report = cx.report();
    let score = report.summary(&cx.isms).all;
    let gaps = score.violated();
    let audit = next_audit(&cx);
    let (trend, latest) = cx.apart(move |cx| Ok((Trend::of(cx, gaps), latest(cx)?))).await?;
    let reading = reading(&cx, &trend, audit);
    let mut points: Vec<(String, usize)> =
        trend.points.iter().map(|point| (dates::day(cx.words, point.day, cx.today), point.gaps)).collect();
    if let Some(end) = trend.end {
        let day = dates::day(cx.words, end, cx.today);
        points.push((cx.say1("trend-expected", "day", &day).into_owned(), 0));
    }
    let chart = if trend.points.len() > 1 { trend::drawing(&cx, &trend, audit, &reading) } else { Html::default() };
    let todos = duties::all(&cx);
    let until = cx.today.saturating_add(jiff::Span::new().days(42));
    let mut weeks = calendar::events(&cx, cx.today, until);
    weeks.truncate(8);
    let shell = Shell::of(&cx);
    let week =
        if !cx.is_past() && is_early(shell.holds, shell.all) { week(&cx, &report, shell.assumed) } else { Vec::new() };
    let shown = Readiness {
        frame: Frame::of_tab(&cx, "/readiness"),
        shell,
        week,
        sentence: sentence(&cx, score.holds, report.outcomes.len(), gaps, audit),
        unknown: cx
            .with("ready-unknown", &[("count", score.unknown.into()), ("waived", score.waived.into())])
            .into_owned(),
        chart,
        reading,
        points,
        clauses: squares(&cx, &report),
        fixes: next(&cx, &report).iter().take(6).map(|finding| fix::row(&cx, &report, finding)).collect(),
        findings: report.open().count(),
        contradictions: report
            .contradicting()
            .filter(|one| one.waiver.is_none() && fix::visible(&cx, one.item))
            .count(),
        waiting: work::rows(&cx, &todos[..todos.len().min(5)]),
        latest,
        levels: levels(&cx),
        risk_sentence: risk_sentence(&cx),
        weeks,
        cx: cx.clone(),
    };
    crate::kept::page(&cx, String::new(), || Ok(shown))
}

/// The three things to do next: what waits for one's consent, what was assumed, then what closes most.
fn week(cx: &Cx, report: &Report, assumed: usize) -> Vec<Thing> {
    let mine = |one: &&Stored<Proposal>| one.state_name() == "draft" && one.head.created_by == Some(cx.person);
    let drafts = cx.isms.live::<Proposal>().filter(mine).map(|one| (one, "week-offer", "week-offer-why"));
    let offered = proposals::waiting_for(cx).into_iter().map(|one| (one, "week-approve", "week-approve-why"));
    let mut things: Vec<Thing> = offered
        .chain(drafts)
        .take(THINGS)
        .map(|(proposal, text, why)| Thing {
            mark: Mark::Planned.svg(),
            text: cx.say1(text, "title", proposal.title()).into_owned(),
            detail: cx.say(why).into_owned(),
            href: record_path(proposal.reference().any()),
            button: cx.say("week-look").into_owned(),
        })
        .collect();
    if assumed > 0 {
        things.push(Thing {
            mark: Mark::Todo.svg(),
            text: cx.say1("week-confirm", "count", assumed).into_owned(),
            detail: cx.say("week-confirm-why").into_owned(),
            href: "/setup/assumed".to_owned(),
            button: cx.say("week-look").into_owned(),
        });
    }
    for finding in next(cx, report) {
        if things.len() >= THINGS {
            break;
        }
        let Some(fix) = fix::of(cx, finding.rule, finding.item) else { continue };
        things.push(Thing {
            mark: fix::mark(finding.rule.severity).svg(),
            text: dates::within(cx.words, &report.message(&cx.isms, &finding), cx.today),
            detail: finding.rule.fix.to_owned(),
            href: fix.href,
            button: fix.label,
        });
    }
    things.truncate(THINGS);
    things
}

/// The next visit of the certification body that is planned.
pub fn next_audit(cx: &Cx) -> Option<Date> {
    let days = cx.isms.live::<Certification>().flat_map(|one| {
        let watched = one.surveillance.iter().filter(|visit| visit.performed_on.is_none()).map(|it| it.planned_for);
        // Stage 2 is the audit that people mean; where only stage 1 lies ahead, that one.
        let stages = if one.stage2_on.is_some_and(|day| day >= cx.today) { [one.stage2_on] } else { [one.stage1_on] };
        stages.into_iter().chain(watched).flatten().collect::<Vec<_>>()
    });
    days.filter(|day| *day >= cx.today).min()
}

/// `124 of 151 checks pass. 18 gaps are left before the audit on 23 November, 41 days from now.`
fn sentence(cx: &Cx, holds: usize, all: usize, gaps: usize, audit: Option<Date>) -> Html {
    let mut out = String::from("<b>");
    escape(&cx.with("ready-pass", &[("holds", holds.into()), ("all", all.into())]), &mut out);
    out.push_str("</b> ");
    escape(&cx.say("ready-pass-rest"), &mut out);
    let class = if gaps == 0 { "ok" } else { "g" };
    let _ = write!(out, r#" <span class="{class}">"#);
    escape(&cx.say1("ready-gaps", "gaps", gaps), &mut out);
    out.push_str("</span> ");
    match audit {
        Some(day) => {
            let words = dates::full_day(cx.words, day);
            escape(&cx.with("ready-audit", &[("gaps", gaps.into()), ("day", (&words).into())]), &mut out);
            out.push_str(" <b>");
            escape(&cx.say1("ready-days", "days", days_between(cx.today, day)), &mut out);
            out.push_str("</b>.");
        }
        None => escape(&cx.say1("ready-no-audit", "gaps", gaps), &mut out),
    }
    Html(out)
}

/// What the line says.
fn reading(cx: &Cx, trend: &Trend, audit: Option<Date>) -> String {
    let (Some(first), Some(last)) = (trend.points.first(), trend.points.last()) else { return String::new() };
    if trend.points.len() < 2 {
        return cx.say("trend-begins").into_owned();
    }
    let day = dates::day(cx.words, first.day, cx.today);
    let went = cx.with("trend-went", &[("then", first.gaps.into()), ("day", (&day).into()), ("now", last.gaps.into())]);
    let Some(end) = trend.end else { return went.into_owned() };
    let end_words = dates::day(cx.words, end, cx.today);
    let pace = match audit.map(|audit| days_between(end, audit)) {
        Some(days) if days >= 0 => cx.with("trend-before", &[("day", (&end_words).into()), ("days", days.into())]),
        Some(days) => cx.with("trend-after", &[("day", (&end_words).into()), ("days", days.abs().into())]),
        None => cx.say1("trend-pace", "day", &end_words),
    };
    format!("{went} {pace}")
}

/// The group of a rule: clauses 4 to 10, or Annex A.
pub fn group(section: &str) -> &str {
    section.split('.').next().unwrap_or_default()
}

/// The groups in the order of the standard.
pub const GROUPS: [&str; 8] = ["4", "5", "6", "7", "8", "9", "10", "A"];

fn squares(cx: &Cx, report: &Report) -> Vec<Squares> {
    let open: std::collections::HashSet<&str> = report.open().map(|finding| finding.rule.id).collect();
    let of = |name: &'static str| {
        let outcomes: Vec<_> = report.outcomes.iter().filter(|one| group(one.rule.section()) == name).collect();
        let class = |one: &attestry_check::Outcome| match one.verdict {
            Verdict::Holds => "",
            Verdict::NotEnoughEvidence => "u",
            Verdict::Violated if open.contains(one.rule.id) => "g",
            Verdict::Violated => "v",
        };
        let mut cells = String::new();
        for wanted in ["", "v", "u", "g"] {
            for _ in outcomes.iter().filter(|one| class(one) == wanted) {
                if wanted.is_empty() {
                    cells.push_str("<i></i>");
                } else {
                    let _ = write!(cells, r#"<i class="{wanted}"></i>"#);
                }
            }
        }
        let holds = outcomes.iter().filter(|one| class(one).is_empty()).count();
        let gaps = outcomes.iter().filter(|one| class(one) == "g").count();
        Squares {
            name,
            title: cx.say(format!("clause-{}", name.to_lowercase())).into_owned(),
            href: cx.href(&format!("/findings?clause={name}")),
            cells: Html(cells),
            words: cx.with("of", &[("count", holds.into()), ("all", outcomes.len().into())]).into_owned(),
            gaps,
        }
    };
    GROUPS.map(of).into()
}

/// What to fix next, one finding for each rule: majors first, then what closes most for the least work.
pub fn next<'r>(cx: &Cx, report: &'r Report) -> Vec<Finding<'r>> {
    let mut by_rule: BTreeMap<&str, (usize, Finding<'r>)> = BTreeMap::new();
    for finding in report.open().filter(|finding| fix::visible(cx, finding.item)) {
        by_rule.entry(finding.rule.id).or_insert((0, finding)).0 += 1;
    }
    let mut all: Vec<(u32, usize, Finding<'r>)> = by_rule
        .into_values()
        .map(|(count, finding)| {
            let effort = fix::of(cx, finding.rule, finding.item).map_or(8, |fix| fix.effort);
            let effort = effort.saturating_mul(u32::try_from(count).unwrap_or(u32::MAX));
            // Effect for each unit of work, in thousandths.
            (finding.rule.severity.weight() * 1_000 / effort.max(1), count, finding)
        })
        .collect();
    all.sort_by(|a, b| {
        let severity = b.2.rule.severity.cmp(&a.2.rule.severity);
        severity.then(b.0.cmp(&a.0)).then(a.1.cmp(&b.1)).then(a.2.rule.id.cmp(b.2.rule.id))
    });
    all.into_iter().map(|(_, _, finding)| finding).collect()
}

/// The latest changes of records that the person may see.
fn latest(cx: &Cx) -> Result<Vec<Latest>, Fault> {
    let size = cx.isms.size();
    let entries = cx.organisation.entries(size.saturating_sub(60), 60)?;
    let mut seen: Vec<AnyRef> = Vec::new();
    let mut list = Vec::new();
    for entry in entries.iter().rev().filter(|entry| entry.seq < size) {
        let Subject::Record(reference) = entry.subject else { continue };
        if seen.contains(&reference) || list.len() >= 6 {
            continue;
        }
        let Some(record) = cx.isms.record(reference).filter(|record| cx.sees(*record)) else { continue };
        seen.push(reference);
        let actor = entry.actor.parse::<AnyRef>().ok().and_then(AnyRef::of);
        let mut text = String::new();
        escape(&cx.say(format!("deed-{}", entry.action)), &mut text);
        text.push(' ');
        show::link(cx, record.any_ref(), &mut text);
        let who = actor.map_or_else(|| Html::text(&cx.say(entry.actor.as_str())), |person| show::who(cx, person));
        list.push(Latest { who, text: Html(text), when: dates::moment(cx.words, entry.at, &cx.zone, cx.today) });
    }
    Ok(list)
}

/// Risks by level: before treatment, now, with the plan. The highest level first.
fn levels(cx: &Cx) -> Vec<Level> {
    let Some(method) = crate::pages::risks::method(&cx.isms) else { return Vec::new() };
    let seen: Vec<[Option<i64>; 3]> = cx
        .isms
        .live::<Risk>()
        .filter(|risk| cx.sees(*risk))
        .map(|risk| [risk.inherent_value, risk.current_value, risk.residual_value])
        .collect();
    let count = |which: usize, min: i64, max: i64| {
        seen.iter().filter(|values| values[which].is_some_and(|value| (min..=max).contains(&value))).count()
    };
    let mut levels: Vec<Level> = Vec::new();
    for band in &method.bands {
        let (min, max) = (band.min.unwrap_or(i64::MIN), band.max.unwrap_or(i64::MAX));
        let rank = band.min.or(band.max).and_then(|value| show::level(cx, None, value)).map_or(1, |(rank, _)| rank);
        levels.push(Level {
            rank,
            name: band.name.clone().unwrap_or_default(),
            band: match (band.min, band.max) {
                (Some(min), Some(max)) if min == max => min.to_string(),
                (Some(min), Some(max)) => format!("{min}–{max}"),
                (Some(min), None) => format!("{min}+"),
                (None, Some(max)) => format!("–{max}"),
                (None, None) => String::new(),
            },
            before: count(0, min, max),
            now: count(1, min, max),
            plan: count(2, min, max),
        });
    }
    levels.reverse();
    levels
}

/// `11 of 24 are above the limit; with the plan, none.`
pub fn risk_sentence(cx: &Cx) -> String {
    let limit = crate::pages::limit(cx);
    let above = |value: Option<i64>| usize::from(value.zip(limit).is_some_and(|(value, limit)| value > limit));
    let (mut all, mut now, mut plan) = (0_usize, 0, 0);
    for risk in cx.isms.live::<Risk>() {
        all += 1;
        now += above(risk.current_value);
        plan += above(risk.residual_value);
    }
    cx.with("risk-above", &[("count", now.into()), ("all", all.into()), ("plan", plan.into())]).into_owned()
}
