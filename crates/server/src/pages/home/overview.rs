//! Information security on one page, for whoever leads the organisation: six statements, decisions asked for, objectives.

use askama::Template;
use attestry_model::records::{
    Acknowledgement, CorrectiveAction, Decision, Incident, Measurement, Objective, ResourceAllocation, Risk,
    RoleAssignment, TrainingAssignment,
};
use attestry_model::{Ref, Stored};
use axum::response::Response;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::duties::{self, days_between};
use super::readiness::next_audit;
use crate::cx::Cx;
use crate::dates;
use crate::fault::Fault;
use crate::html::{Html, Mark};
use crate::places::Frame;
use crate::shell::{Shell, page};

#[derive(Template)]
#[template(path = "home/overview.html")]
struct Overview {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    day: String,
    lead: String,
    statements: Vec<Statement>,
    decisions: Vec<(String, String)>,
    objectives: Vec<Goal>,
}

/// A sentence with a mark, and its evidence.
struct Statement {
    mark: Html,
    title: String,
    text: String,
    href: String,
}

/// An objective with its line.
struct Goal {
    title: String,
    href: String,
    line: Html,
    target: String,
    now: String,
    mark: Html,
    word: String,
}

/// `GET /overview`
pub async fn show(cx: Cx) -> Result<Response, Fault> {
    let report = cx.report();
    let score = report.summary(&cx.isms).all;
    let gaps = score.violated();
    let lead = match next_audit(&cx) {
        Some(day) => cx.with(
            "overview-lead-audit",
            &[
                ("gaps", gaps.into()),
                ("days", days_between(cx.today, day).into()),
                ("day", (&dates::full_day(cx.words, day)).into()),
            ],
        ),
        None => cx.say1("overview-lead", "gaps", gaps),
    };
    let mut statements = vec![incidents(&cx), risks(&cx), audit(&cx, &score), people(&cx), roles(&cx), money(&cx)];
    for one in &mut statements {
        one.href = cx.href(&one.href);
    }
    let decisions = duties::all(&cx)
        .into_iter()
        .filter(|todo| matches!(todo.verb, "approve" | "sign" | "sign-again" | "accept-again"));
    let decisions = decisions
        .take(8)
        .map(|todo| (cx.say1(&format!("work-do-{}", todo.verb), "what", &todo.title).into_owned(), todo.href));
    let decisions: Vec<_> = decisions.collect();
    page(&Overview {
        frame: Frame::bare(cx.say("overview-title")),
        shell: Shell::of(&cx),
        day: dates::full_day(cx.words, cx.today),
        lead: lead.into_owned(),
        statements,
        decisions,
        objectives: objectives(&cx),
        cx,
    })
}

fn statement(cx: &Cx, key: &str, mark: Mark, count: usize, text: String, href: &str) -> Statement {
    let tone = match mark {
        Mark::Fine => "fine",
        Mark::Watch => "watch",
        _ => "gap",
    };
    let title = cx.say1(&format!("overview-{key}-{tone}"), "count", count).into_owned();
    Statement { mark: mark.svg(), title, text, href: href.to_owned() }
}

/// No more than some is well, no more than others deserves a look.
fn tone(count: usize, watch: usize) -> Mark {
    match count {
        0 => Mark::Fine,
        count if count <= watch => Mark::Watch,
        _ => Mark::Gap,
    }
}

fn incidents(cx: &Cx) -> Statement {
    use attestry_model::records::shared::Criticality;
    let since = cx.now - jiff::SignedDuration::from_hours(24 * 182);
    let recent = cx.isms.table::<Incident>().iter().filter(|one| !one.is_void());
    let recent: Vec<_> = recent.filter(|one| one.detected_at.is_some_and(|at| at >= since)).collect();
    let grave =
        recent.iter().filter(|one| matches!(one.severity, Some(Criticality::High | Criticality::Critical))).count();
    let open = recent.iter().filter(|one| one.is_live()).count();
    let pairs = [("all", recent.len().into()), ("open", open.into())];
    let text = cx.with("overview-incidents-text", &pairs).into_owned();
    statement(cx, "incidents", tone(grave, 1), grave, text, "/security-incidents")
}

fn risks(cx: &Cx) -> Statement {
    let limit = crate::pages::limit(cx);
    let above: Vec<&Stored<Risk>> = cx
        .isms
        .live::<Risk>()
        .filter(|risk| risk.current_value.zip(limit).is_some_and(|(value, limit)| value > limit))
        .collect();
    let after = above.iter().filter(|risk| risk.residual_value.zip(limit).is_none_or(|(value, limit)| value > limit));
    let after = after.count();
    let mark = if above.is_empty() { Mark::Fine } else { tone(after, 0) };
    let mark = if mark == Mark::Fine && !above.is_empty() { Mark::Watch } else { mark };
    let text = cx.with("overview-risks-text", &[("above", above.len().into()), ("after", after.into())]).into_owned();
    statement(cx, "risks", mark, above.len(), text, "/risks")
}

fn audit(cx: &Cx, score: &attestry_check::Score) -> Statement {
    let late = cx.isms.live::<CorrectiveAction>().filter(|action| {
        matches!(action.state_name(), "planned" | "in_progress" | "reopened")
            && action.due.is_some_and(|day| day < cx.today)
    });
    let pairs = [("minor", score.minor.into()), ("late", late.count().into())];
    let text = cx.with("overview-audit-text", &pairs).into_owned();
    statement(cx, "audit", tone(score.major, 2), score.major, text, "/findings")
}

fn people(cx: &Cx) -> Statement {
    let asked = || cx.isms.table::<Acknowledgement>().iter().filter(|one| !one.is_void());
    let asked = || asked().filter(|one| matches!(one.state_name(), "pending" | "acknowledged"));
    let read = asked().filter(|one| one.state_name() == "acknowledged").count();
    let assigned = || cx.isms.table::<TrainingAssignment>().iter().filter(|one| !one.is_void());
    let trained = assigned().filter(|one| one.state_name() == "completed").count();
    let open = |state: &str, day: Option<Date>| {
        matches!(state, "pending" | "assigned" | "started") && day.is_some_and(|day| day < cx.today)
    };
    let late = asked().filter(|one| open(one.state_name(), one.due)).count()
        + assigned().filter(|one| open(one.state_name(), one.due)).count();
    let pairs = [
        ("read", read.into()),
        ("asked", asked().count().into()),
        ("trained", trained.into()),
        ("assigned", assigned().count().into()),
    ];
    let text = cx.with("overview-people-text", &pairs).into_owned();
    statement(cx, "people", tone(late, 5), late, text, "/acknowledgements")
}

fn roles(cx: &Cx) -> Statement {
    let held: Vec<&Stored<RoleAssignment>> =
        cx.isms.live::<RoleAssignment>().filter(|one| one.state_name() == "active").collect();
    let alone = held.iter().filter(|one| one.deputy.is_none()).count();
    let pairs = [("all", held.len().into()), ("alone", alone.into())];
    let text = cx.with("overview-roles-text", &pairs).into_owned();
    let mark = if held.is_empty() { Mark::Gap } else { tone(alone, 3) };
    statement(cx, "roles", mark, alone, text, "/role-assignments")
}

fn money(cx: &Cx) -> Statement {
    let granted = cx.isms.table::<ResourceAllocation>().iter().filter(|one| {
        !one.is_void()
            && one.state_name() == "granted"
            && one.period_from.is_none_or(|day| day <= cx.today)
            && one.period_to.is_none_or(|day| day >= cx.today)
    });
    let granted: Vec<_> = granted.collect();
    // Amounts of other currencies than the first cannot be added to it.
    let currency = granted.iter().find_map(|one| one.amount_granted).map(|money| money.currency);
    let sum = |of: fn(&ResourceAllocation) -> Option<attestry_model::value::Money>| {
        let same = granted.iter().filter_map(|one| of(one)).filter(|money| Some(money.currency) == currency);
        same.map(attestry_model::value::Money::amount).sum::<Decimal>()
    };
    let (given, spent) = (sum(|one| one.amount_granted), sum(|one| one.amount_spent));
    let over = granted.iter().filter(|one| {
        one.amount_spent.zip(one.amount_granted).is_some_and(|(spent, given)| spent.amount() > given.amount())
    });
    let over = over.count();
    let asked = cx.isms.live::<Decision>().filter(|one| matches!(one.state_name(), "open" | "in_progress")).count();
    let words = |amount: Decimal| match currency {
        Some(currency) => attestry_model::value::Money::new(amount, currency)
            .map_or_else(|_| dates::number(cx.words, amount), |money| dates::money_short(cx.words, money)),
        None => dates::number(cx.words, amount),
    };
    let (given_words, spent_words) = (words(given), words(spent));
    let pairs = [("given", (&given_words).into()), ("spent", (&spent_words).into()), ("decisions", asked.into())];
    let text = cx.with("overview-money-text", &pairs).into_owned();
    let mark = if granted.is_empty() { Mark::Watch } else { tone(over, 0) };
    statement(cx, "money", mark, over, text, "/resource-allocations")
}

fn objectives(cx: &Cx) -> Vec<Goal> {
    use attestry_model::records::objective::ObjectiveDirection;
    let live = cx.isms.live::<Objective>().filter(|one| matches!(one.state_name(), "active" | "approved"));
    live.take(12)
        .map(|objective| {
            let values = objective.metrics.first().map_or_else(Vec::new, |metric| values(cx, *metric));
            let now = objective.result_value.or_else(|| values.last().copied());
            let met = now.zip(objective.target).map(|(now, target)| match objective.direction {
                Some(ObjectiveDirection::AtMost) => now <= target,
                _ => now >= target,
            });
            let (mark, word) = match met {
                Some(true) => (Mark::Fine, "overview-met"),
                Some(false) if objective.due.is_some_and(|day| day < cx.today) => (Mark::Gap, "overview-missed"),
                Some(false) => (Mark::Watch, "overview-not-yet"),
                None => (Mark::Todo, "overview-no-value"),
            };
            let unit = objective.unit.clone().unwrap_or_default();
            let shown = |value: Option<Decimal>| {
                value.map_or_else(String::new, |value| {
                    format!("{} {unit}", dates::number(cx.words, value.round_dp(2))).trim_end().to_owned()
                })
            };
            Goal {
                title: objective.title().to_owned(),
                href: cx.record_href(objective.reference().any()),
                line: spark(&values),
                target: shown(objective.target),
                now: shown(now),
                mark: mark.svg(),
                word: cx.say(word).into_owned(),
            }
        })
        .collect()
}

/// The last values of a measure, in the order of their periods.
fn values(cx: &Cx, metric: Ref<attestry_model::records::Metric>) -> Vec<Decimal> {
    let all = cx.isms.referring::<Measurement>(metric.any(), "metric");
    let mut values: Vec<(Option<Date>, Decimal)> = all
        .filter(|one| !one.is_void() && one.state_name() != "void")
        .filter_map(|one| Some((one.period_end, one.value?)))
        .collect();
    values.sort_by_key(|(day, _)| *day);
    let from = values.len().saturating_sub(12);
    values.into_iter().skip(from).map(|(_, value)| value).collect()
}

/// A small line of values.
fn spark(values: &[Decimal]) -> Html {
    use std::fmt::Write as _;
    let numbers: Vec<f64> = values.iter().filter_map(rust_decimal::prelude::ToPrimitive::to_f64).collect();
    if numbers.len() < 2 {
        return Html::default();
    }
    let (low, high) = numbers.iter().fold((f64::MAX, f64::MIN), |(low, high), one| (low.min(*one), high.max(*one)));
    let span = if high > low { high - low } else { 1.0 };
    #[expect(clippy::cast_precision_loss, reason = "at most twelve points on 80 units")]
    let point = |(at, value): (usize, &f64)| {
        (2.0 + 78.0 * at as f64 / (numbers.len() - 1) as f64, 18.0 - 14.0 * (value - low) / span)
    };
    let mut out = String::from(r#"<svg class="chart" viewBox="0 0 84 22" width="84" height="22" aria-hidden="true">"#);
    out.push_str(r#"<path class="ln" stroke-width="1.5" d=""#);
    let mut last = (0.0, 0.0);
    for (at, value) in numbers.iter().enumerate() {
        last = point((at, value));
        let _ = write!(out, "{}{:.1} {:.1}", if at == 0 { 'M' } else { 'L' }, last.0, last.1);
    }
    let _ = write!(out, r#""/><circle class="pt" cx="{:.1}" cy="{:.1}" r="3"/></svg>"#, last.0, last.1);
    Html(out)
}
