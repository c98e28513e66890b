//! One rule: its manual, what it came to, what that rests on, and its waivers.

use std::collections::HashMap;

use askama::Template;
use attestry_check::{Item, Rule, Verdict, WAIVER_PREFIX, Waiver, rules};
use attestry_model::{Command, Problems};
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value};

use super::fix::{self, Row};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::Html;
use crate::places::Frame;
use crate::shell::{Shell, page, parameter, to};
use crate::{dates, labels, show as shown};

#[derive(Template)]
#[template(path = "home/rule.html")]
struct RulePage {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    rule: &'static Rule,
    reason: Vec<String>,
    mark: Html,
    verdict: String,
    severity: String,
    clauses: Vec<(String, String)>,
    step_href: String,
    rows: Vec<Row>,
    kinds: Vec<String>,
    basis: Vec<Basis>,
    more: bool,
    waivers: Vec<Lapsed>,
    form: Option<WaiverForm>,
}

/// A field that the verdict rests on.
struct Basis {
    record: Html,
    field: String,
    value: Html,
}

/// A waiver, in force or not.
struct Lapsed {
    item: String,
    about: String,
    in_force: bool,
    name: String,
}

/// What was typed into the form of a waiver.
#[derive(Debug, Default)]
struct WaiverForm {
    item: String,
    items: Vec<(String, bool)>,
    reason: String,
    expires: String,
    problems: Vec<(String, String)>,
}

impl WaiverForm {
    /// The problem of a field.
    fn problem(&self, field: &str) -> Option<&str> {
        self.problems.iter().find(|(name, _)| name == field).map(|(_, message)| message.as_str())
    }
}

/// `GET /rules/{rule}?item=R-0001`
pub async fn show(cx: Cx, Path(rule): Path<String>) -> Result<Response, Fault> {
    let rule = rules::named(&rule).ok_or(Fault::Absent)?;
    let item = parameter(&cx.query, "item").unwrap_or_default();
    render(cx, rule, WaiverForm { item, ..WaiverForm::default() })
}

fn render(cx: Cx, rule: &'static Rule, mut form: WaiverForm) -> Result<Response, Fault> {
    let report = cx.report();
    let outcome = report.outcome(rule.id).ok_or(Fault::Absent)?;
    let chosen: Option<Item> = outcome.items.iter().find(|item| item.to_string() == form.item).cloned();
    let explanation = report.explain(&cx.isms, rule, chosen.as_ref());
    let kinds = explanation.kinds.iter().map(|(kind, count)| crate::shell::counted(&cx, *kind, *count)).collect();
    let basis = explanation.basis.iter().filter_map(|one| {
        let record = cx.isms.record(one.record).filter(|record| cx.sees(*record))?;
        let def = record.def().field(one.field);
        let value = match def {
            Some(def) if attestry_model::permit::sees_field(&cx.isms, &cx.principal, record, def) => {
                shown::field(&cx, record, def, shown::Room::Cell)
            }
            Some(_) => return None,
            None if one.field == "state" => shown::state(&cx, record),
            None => Html::text(one.value.as_str().unwrap_or_default()),
        };
        Some(Basis {
            record: shown::rid(&cx, one.record),
            field: labels::field(cx.words, one.record.kind, one.field),
            value,
        })
    });
    let basis: Vec<Basis> = basis.collect();
    let rows = report.told().filter(|finding| finding.rule.id == rule.id && fix::visible(&cx, finding.item));
    let rows: Vec<Row> = rows.take(200).map(|finding| fix::row(&cx, &report, &finding)).collect();
    let waivers = report.waivers.iter().filter(|waiver| waiver.rule == rule.id).map(|waiver| {
        let (name, day) = (cx.name_of(waiver.approver), dates::full_day(cx.words, waiver.expires));
        let in_force = waiver.holds_on(report.today);
        let key = if in_force { "waived-by" } else { "waived-until" };
        let pairs = [("name", (&name).into()), ("day", (&day).into()), ("reason", (&waiver.reason).into())];
        Lapsed {
            item: waiver.item.clone().unwrap_or_else(|| cx.say("waive-all").into_owned()),
            about: cx.with(key, &pairs).into_owned(),
            in_force,
            name: waiver.item.clone().unwrap_or_default(),
        }
    });
    let waivers: Vec<Lapsed> = waivers.collect();
    let may = fix::steward(&cx) && !cx.is_past() && outcome.verdict == Verdict::Violated;
    let shown_items = outcome.items.iter().filter(|item| fix::visible(&cx, item));
    form.items = shown_items.take(200).map(|item| (item.to_string(), item.to_string() == form.item)).collect();
    let mark = match outcome.verdict {
        Verdict::Holds => crate::html::Mark::Fine,
        Verdict::Violated => fix::mark(rule.severity),
        Verdict::NotEnoughEvidence => crate::html::Mark::Todo,
    };
    let verdict = match outcome.verdict {
        Verdict::Violated => cx.say1("rule-violated", "count", outcome.items.len()),
        other => cx.say(format!("verdict-{}", other.name().replace('_', "-"))),
    };
    let mut frame = Frame::of_tab(&cx, "/findings").then(rule.id, Some(cx.href("/findings")));
    frame.problems = !form.problems.is_empty();
    let status = if form.problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let answer = page(&RulePage {
        frame,
        shell: Shell::of(&cx),
        reason: rule.reason().split("\n\n").map(|part| part.split_whitespace().collect::<Vec<_>>().join(" ")).collect(),
        mark: mark.svg(),
        verdict: verdict.into_owned(),
        severity: cx.say(format!("severity-{}", rule.severity.name())).into_owned(),
        clauses: rule
            .clauses()
            .map(|clause| {
                let section = clause.split(' ').next().unwrap_or_default();
                (clause.to_owned(), fix::clause_href(&cx, section))
            })
            .collect(),
        step_href: cx.href(&format!("/steps/{}", rule.step)),
        rows,
        kinds,
        basis,
        more: explanation.more,
        waivers,
        form: may.then_some(form),
        rule,
        cx,
    })?;
    Ok((status, answer).into_response())
}

/// The name of the setting that holds a waiver.
fn setting(rule: &Rule, item: &str) -> String {
    if item.is_empty() { format!("{WAIVER_PREFIX}{}", rule.id) } else { format!("{WAIVER_PREFIX}{}/{item}", rule.id) }
}

/// `POST /rules/{rule}/waive`: with a reason, the name of who waives it, and a day on which that ends.
pub async fn waive(
    cx: Cx,
    Path(rule): Path<String>,
    Form(fields): Form<HashMap<String, String>>,
) -> Result<Response, Fault> {
    let rule = rules::named(&rule).ok_or(Fault::Absent)?;
    let text = |name: &str| fields.get(name).map_or("", |value| value.trim());
    let form = WaiverForm {
        item: text("item").to_owned(),
        reason: text("reason").to_owned(),
        expires: text("expires").to_owned(),
        ..WaiverForm::default()
    };
    let mut problems: Vec<(String, String)> = Vec::new();
    let mut problem = |field: &str, message: String| problems.push((field.to_owned(), message));
    let known =
        |item: &str| cx.report().outcome(rule.id).is_some_and(|one| one.items.iter().any(|it| it.to_string() == item));
    if !form.item.is_empty() && !known(&form.item) {
        problem("item", cx.say("waive-no-item").into_owned());
    }
    if form.reason.chars().count() < 20 {
        problem("reason", cx.say("waive-no-reason").into_owned());
    }
    match form.expires.parse::<jiff::civil::Date>() {
        Err(_) => problem("expires", cx.say("waive-no-day").into_owned()),
        Ok(day) if day < cx.today => problem("expires", cx.say("waive-past-day").into_owned()),
        Ok(day) if day > cx.today.saturating_add(jiff::Span::new().years(3)) => {
            problem("expires", cx.say("waive-far-day").into_owned());
        }
        Ok(_) => {}
    }
    let name = setting(rule, &form.item);
    let values: Map<String, Value> =
        [("reason", form.reason.clone()), ("approver", cx.person.any().to_string()), ("expires", form.expires.clone())]
            .into_iter()
            .map(|(name, value)| (name.to_owned(), Value::from(value)))
            .collect();
    if problems.is_empty()
        && let Err(wrong) = Waiver::read(&cx.current, &name, &values)
    {
        problems.push(("reason".to_owned(), wrong));
    }
    if !problems.is_empty() {
        return render(cx, rule, WaiverForm { problems, ..form });
    }
    let reason = Some(form.reason.clone());
    match cx.submit(Command::Set { name, fields: values, reason }).await {
        Ok(_) => Ok(to(&format!("/rules/{}?done=waived", rule.id))),
        Err(Fault::Invalid(Problems(list))) => {
            let problems = list.into_iter().map(|one| (one.field, one.message)).collect();
            render(cx, rule, WaiverForm { problems, ..form })
        }
        Err(other) => Err(other),
    }
}

/// `POST /rules/{rule}/unwaive`
pub async fn unwaive(
    cx: Cx,
    Path(rule): Path<String>,
    Form(fields): Form<HashMap<String, String>>,
) -> Result<Response, Fault> {
    let rule = rules::named(&rule).ok_or(Fault::Absent)?;
    let name = setting(rule, fields.get("item").map_or("", |item| item.trim()));
    if cx.current.setting(&name).is_none() {
        return Err(Fault::Absent);
    }
    let reason = Some("the waiver was taken back".to_owned());
    cx.submit(Command::Set { name, fields: Map::new(), reason }).await?;
    Ok(to(&format!("/rules/{}?done=unwaived", rule.id)))
}
