//! The treatment plan: its actions as a list, a board and a timeline, with costs and what is left to do.

use std::fmt::Write as _;

use askama::Template;
use attestry_model::decide::steps_from;
use attestry_model::permit::any_of;
use attestry_model::records::TreatmentAction;
use attestry_model::value::Money;
use attestry_model::{AnyRecord as _, AnyRef, Command, Kind, Stored};
use axum::extract::{Path, RawForm};
use axum::response::Response;
use jiff::civil::Date;
use serde_json::Map;

use super::Pick;
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::{Html, escape};
use crate::places::Frame;
use crate::shell::{Shell, page, pairs, parameter, to};
use crate::{dates, labels, show};

/// Most actions of one page.
const MOST: usize = 400;

/// The page.
#[derive(Template)]
#[template(path = "plan.html")]
struct Page {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    views: Vec<Pick>,
    view: String,
    columns: Vec<Column>,
    lines: Vec<Line>,
    timeline: Html,
    burn: Html,
    open: usize,
    overdue: usize,
    left_out: usize,
    cost: Option<String>,
    spent: Option<String>,
}

impl Page {
    /// The address of a view.
    fn view_href(&self, pick: &Pick) -> String {
        self.cx.href(&format!("/risks/plan?view={}", pick.value))
    }
}

struct Column {
    title: String,
    cards: Vec<Line>,
}

#[derive(Clone)]
struct Line {
    rid: Html,
    reference: String,
    title: String,
    href: String,
    state: Html,
    who: Html,
    due: String,
    late: bool,
    cost: String,
    progress: String,
    revision: u32,
    moves: Vec<Pick>,
}

/// `GET /risks/plan`
pub async fn show(cx: Cx) -> Result<Response, Fault> {
    let mut actions: Vec<&Stored<TreatmentAction>> =
        cx.isms.table::<TreatmentAction>().iter().filter(|it| !it.is_void() && cx.sees(*it)).collect();
    actions.sort_by_key(|it| (it.due.unwrap_or(Date::MAX), it.number));
    let left_out = actions.len().saturating_sub(MOST);
    actions.truncate(MOST);
    let is_open = |it: &Stored<TreatmentAction>| matches!(it.state_name(), "planned" | "in_progress" | "blocked");
    let open: Vec<&Stored<TreatmentAction>> = actions.iter().copied().filter(|it| is_open(it)).collect();
    let overdue = open.iter().filter(|it| it.due.is_some_and(|day| day < cx.today)).count();
    let view = parameter(&cx.query, "view").filter(|it| ["board", "timeline"].contains(&it.as_str()));
    let view = view.unwrap_or_else(|| "list".to_owned());
    let views = ["list", "board", "timeline"].map(|it| Pick::new(it, cx.say(format!("plan-{it}")), &view));
    let lines: Vec<Line> = actions.iter().map(|it| line(&cx, it, is_open(it))).collect();
    let def = Kind::TreatmentAction.def();
    let columns = def.states.iter().map(|state| Column {
        title: labels::word(cx.words, state.name, state.label).into_owned(),
        cards: actions
            .iter()
            .zip(&lines)
            .filter(|(it, _)| it.state_name() == state.name)
            .map(|(_, line)| line.clone())
            .collect(),
    });
    let page_of = Page {
        columns: columns.collect(),
        timeline: if view == "timeline" { timeline(&cx, &actions) } else { Html::default() },
        burn: burn(&cx, &actions),
        open: open.len(),
        cost: sum(&cx, open.iter().filter_map(|it| it.cost_once)),
        spent: sum(&cx, actions.iter().filter_map(|it| it.cost_actual)),
        views: views.into(),
        lines,
        view,
        overdue,
        left_out,
        frame: Frame::of_kind(&cx, Kind::TreatmentAction, Some(&cx.say("plan-title"))),
        shell: Shell::of(&cx),
        cx,
    };
    page(&page_of)
}

/// The sum of amounts; none where there are none or where currencies are mixed.
fn sum(cx: &Cx, amounts: impl Iterator<Item = Money>) -> Option<String> {
    let mut total: Option<Money> = None;
    for money in amounts {
        total = Some(match total {
            None => money,
            Some(sum) if sum.currency == money.currency => Money { minor: sum.minor.checked_add(money.minor)?, ..sum },
            Some(_) => return None,
        });
    }
    total.map(|it| dates::money_short(cx.words, it))
}

fn line(cx: &Cx, action: &Stored<TreatmentAction>, open: bool) -> Line {
    let reference = action.reference().any();
    let def = action.def();
    let mut moves = Vec::new();
    if !cx.is_past() && cx.can_write() {
        let steps = steps_from(def, action.state());
        let mine = steps.filter(|step| any_of(&cx.isms, &cx.principal, step.who, action));
        moves =
            mine.map(|step| Pick::new(step.to, labels::state(cx.words, Kind::TreatmentAction, step.to), "")).collect();
    }
    Line {
        rid: show::rid(cx, reference),
        title: action.title().to_owned(),
        href: cx.record_href(reference),
        state: show::state(cx, action),
        who: action.responsible.map(|it| show::who(cx, it)).unwrap_or_default(),
        due: action.due.map(|day| dates::day(cx.words, day, cx.today)).unwrap_or_default(),
        late: open && action.due.is_some_and(|day| day < cx.today),
        cost: action.cost_once.map(|it| dates::money_short(cx.words, it)).unwrap_or_default(),
        progress: action.progress.map(|it| format!("{}\u{202f}%", it.0.normalize())).unwrap_or_default(),
        revision: action.revision,
        reference: reference.to_string(),
        moves,
    }
}

/// The span of days that a drawing shows.
fn span(actions: &[&Stored<TreatmentAction>], today: Date) -> Option<(Date, Date)> {
    let days = || actions.iter().flat_map(|it| [it.start, it.due, it.done_on]).flatten().chain([today]);
    let (first, last) = (days().min()?, days().max()?);
    (first < last).then_some((first, last))
}

/// Where a day lies in a drawing of that width.
fn place(day: Date, (first, last): (Date, Date), width: i32) -> i32 {
    let days = |from: Date, to: Date| from.until(to).map_or(0, |span| span.get_days());
    let all = days(first, last).max(1);
    i32::try_from(i64::from(days(first, day)) * i64::from(width) / i64::from(all)).unwrap_or_default()
}

/// Actions as bars from their beginning to their due day.
fn timeline(cx: &Cx, actions: &[&Stored<TreatmentAction>]) -> Html {
    let Some(days) = span(actions, cx.today) else { return Html::default() };
    let height = i32::try_from(actions.len()).unwrap_or(i32::MAX / 40) * 26 + 8;
    let mut out = format!(r#"<svg class="chart gantt" viewBox="0 0 900 {height}" role="img" aria-label=""#);
    escape(&cx.say("plan-timeline-label"), &mut out);
    out.push_str(r#"">"#);
    let now = place(cx.today, days, 640) + 240;
    let _ = write!(out, r#"<path class="lim" d="M{now} 0V{height}"/>"#);
    for (row, action) in (0..).zip(actions) {
        let top = row * 26 + 6;
        let end = action.done_on.or(action.due).unwrap_or(days.1);
        let from = action.start.unwrap_or(end).min(end);
        let (x1, x2) = (place(from, days, 640) + 240, place(end, days, 640) + 240);
        let class = match action.state_name() {
            "done" | "verified" => "g-done",
            "cancelled" => "g-off",
            _ if action.due.is_some_and(|day| day < cx.today) => "g-late",
            _ => "g-open",
        };
        let _ = write!(out, r#"<text class="tx" x="0" y="{}">{} "#, top + 12, action.reference().any());
        escape(&show::shortened(action.title(), 26), &mut out);
        let _ = write!(
            out,
            r#"</text><rect class="{class}" x="{x1}" y="{top}" width="{}" height="14" rx="3"/>"#,
            (x2 - x1).max(4)
        );
    }
    out.push_str("</svg>");
    Html(out)
}

/// How many actions were open on each day, and how many should have been.
fn burn(cx: &Cx, actions: &[&Stored<TreatmentAction>]) -> Html {
    let counted: Vec<&Stored<TreatmentAction>> =
        actions.iter().copied().filter(|it| it.state_name() != "cancelled").collect();
    let Some(days) = span(&counted, cx.today) else { return Html::default() };
    let all = i32::try_from(counted.len()).unwrap_or(1).max(1);
    let y = |left: i32| 10 + (all - left) * 90 / all;
    let line = |ends: Vec<Date>, until: Date| {
        let mut ends: Vec<Date> = ends.into_iter().filter(|day| *day <= until).collect();
        ends.sort_unstable();
        let mut path = format!("M40 {}", y(all));
        for (left, day) in (0..all).rev().zip(ends.iter()) {
            let _ = write!(path, "H{}V{}", place(*day, days, 540) + 40, y(left));
        }
        let _ = write!(path, "H{}", place(until, days, 540) + 40);
        path
    };
    let planned = line(counted.iter().filter_map(|it| it.due).collect(), days.1);
    let real = line(counted.iter().filter_map(|it| it.done_on.or(it.verified_on)).collect(), cx.today);
    let mut out = String::from(r#"<svg class="chart" viewBox="0 0 600 125" role="img" aria-label=""#);
    escape(&cx.say("plan-burn-label"), &mut out);
    let _ = write!(
        out,
        r#""><path class="ax" d="M40 100H580"/><text x="34" y="14" text-anchor="end">{all}</text><text x="34" y="104" text-anchor="end">0</text><path class="lp" fill="none" d="{planned}"/><path class="ln" d="{real}"/><text x="40" y="118">"#
    );
    escape(&dates::full_day(cx.words, days.0), &mut out);
    out.push_str(r#"</text><text x="580" y="118" text-anchor="end">"#);
    escape(&dates::full_day(cx.words, days.1), &mut out);
    out.push_str("</text></svg>");
    Html(out)
}

/// `POST /risks/plan/{reference}`: moves an action to another state.
pub async fn step(cx: Cx, Path(reference): Path<String>, RawForm(body): RawForm) -> Result<Response, Fault> {
    let reference: AnyRef = reference.parse().map_err(|_| Fault::Absent)?;
    let action = reference.of::<TreatmentAction>().ok_or(Fault::Absent)?;
    cx.get(action)?;
    let typed = pairs(&String::from_utf8_lossy(&body));
    let one = |name: &str| typed.iter().find(|(key, _)| key == name).map(|(_, it)| it.clone());
    let revision = one("revision").and_then(|it| it.parse().ok()).ok_or(Fault::Unconditional)?;
    let to_state = one("to").unwrap_or_default();
    let command =
        Command::Step { target: reference, to: to_state, revision: Some(revision), fields: Map::new(), reason: None };
    cx.submit(command).await?;
    Ok(to(&format!("/risks/plan?view=board&done=moved%20{reference}")))
}
