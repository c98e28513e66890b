//! The treatment plan: its actions as a list, a board and a timeline, with costs and what is left to do.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use askama::Template;
use attestry_check::measure;
use attestry_model::decide::steps_from;
use attestry_model::permit::any_of;
use attestry_model::records::{TreatmentAction, TreatmentPlan};
use attestry_model::value::Money;
use attestry_model::{AnyRecord as _, AnyRef, Command, Kind, Ref, Stored};
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
/// Most months in the numbers beside a chart.
const MONTHS: usize = 36;

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
    nothing: bool,
    timeline: Html,
    burn: Html,
    money: Html,
    months: Vec<Month>,
    /// Actions that are due before another that they wait for.
    crossed: Vec<(Html, Html)>,
    plans: Vec<Pick>,
    open: usize,
    overdue: usize,
    left_out: usize,
    cost: Option<String>,
    spent: Option<String>,
}

impl Page {
    /// The address of a view.
    fn view_href(&self, pick: &Pick) -> String {
        let plan = self.plan();
        let of_plan = if plan.is_empty() { String::new() } else { format!("&plan={}", crate::html::encode(plan)) };
        self.cx.href(&format!("/risks/plan?view={}{of_plan}", pick.value))
    }

    /// The plan whose actions are shown; empty for all.
    fn plan(&self) -> &str {
        self.plans.iter().find(|it| it.on).map_or("", |it| it.value.as_str())
    }
}

struct Column {
    title: String,
    cards: Vec<Line>,
}

/// The end of a month in numbers.
struct Month {
    name: String,
    planned: String,
    left: String,
    money_planned: String,
    money_left: String,
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
    after: Vec<Html>,
}

/// `GET /risks/plan`
pub async fn show(cx: Cx) -> Result<Response, Fault> {
    let plan = parameter(&cx.query, "plan").unwrap_or_default();
    let plans = plans(&cx, &plan);
    let of_plan = plan.parse::<AnyRef>().ok().and_then(AnyRef::of::<TreatmentPlan>);
    let mut actions: Vec<&Stored<TreatmentAction>> = cx
        .isms
        .table::<TreatmentAction>()
        .iter()
        .filter(|it| !it.is_void() && cx.sees(*it) && (of_plan.is_none() || it.plan == of_plan))
        .collect();
    actions.sort_by_key(|it| (it.due.unwrap_or(Date::MAX), it.number));
    let left_out = actions.len().saturating_sub(MOST);
    actions.truncate(MOST);
    let open: Vec<&Stored<TreatmentAction>> = actions.iter().copied().filter(|it| it.is_open()).collect();
    let overdue = open.iter().filter(|it| it.due.is_some_and(|day| day < cx.today)).count();
    let view = parameter(&cx.query, "view").filter(|it| ["board", "timeline"].contains(&it.as_str()));
    let view = view.unwrap_or_else(|| "list".to_owned());
    let views = ["list", "board", "timeline"].map(|it| Pick::new(it, cx.say(format!("plan-{it}")), &view));
    let lines: Vec<Line> = actions.iter().map(|it| line(&cx, it, it.is_open())).collect();
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
    let by_count = Burn::of(&cx, &actions, |_| 1.0);
    let currency = open.iter().chain(&actions).find_map(|it| it.cost_once).map(|it| it.currency);
    let by_money = Burn::of(&cx, &actions, |it| {
        it.cost_once
            .filter(|it| Some(it.currency) == currency)
            .and_then(|it| measure::cost_of(Some(it)))
            .unwrap_or_default()
    });
    let page_of = Page {
        columns: columns.collect(),
        timeline: if view == "timeline" { timeline(&cx, &actions) } else { Html::default() },
        burn: by_count.draw(&cx, "plan-burn-label", &by_count.all.to_string()),
        money: if by_money.all > 0.0 {
            by_money.draw(&cx, "plan-money-label", &amount(&cx, by_money.all, currency))
        } else {
            Html::default()
        },
        months: months(&cx, &by_count, &by_money, currency),
        crossed: crossed(&cx, &actions),
        plans,
        open: open.len(),
        cost: sum(&cx, open.iter().filter_map(|it| it.cost_once)),
        spent: sum(&cx, actions.iter().filter_map(|it| it.cost_actual)),
        views: views.into(),
        lines,
        view,
        overdue,
        nothing: actions.is_empty(),
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
        after: action.after.iter().map(|it| show::rid(cx, it.any())).collect(),
        reference: reference.to_string(),
        moves,
    }
}

/// The plans whose actions can be shown alone.
fn plans(cx: &Cx, chosen: &str) -> Vec<Pick> {
    let known = cx.isms.table::<TreatmentPlan>().iter().filter(|it| !it.is_void() && cx.sees(*it));
    let mut plans = vec![Pick::new("", cx.say("plan-all"), chosen)];
    plans.extend(known.map(|it| {
        let reference = it.reference().any().to_string();
        let state = labels::state(cx.words, Kind::TreatmentPlan, it.state_name()).to_lowercase();
        let label = format!("{reference} {} ({state})", show::shortened(it.title(), 60));
        Pick::new(reference, label, chosen)
    }));
    plans
}

/// Open actions that are due before one that they wait for.
fn crossed(cx: &Cx, actions: &[&Stored<TreatmentAction>]) -> Vec<(Html, Html)> {
    let mut crossed = Vec::new();
    for action in actions.iter().filter(|it| it.is_open()) {
        for other in action.after.iter().filter_map(|it| cx.isms.get(*it)).filter(|it| it.is_open()) {
            if action.start.or(action.due).zip(other.due).is_some_and(|(begins, done)| begins < done) {
                crossed.push((show::rid(cx, action.reference().any()), show::rid(cx, other.reference().any())));
            }
        }
    }
    crossed
}

fn amount(cx: &Cx, amount: f64, currency: Option<attestry_model::value::Currency>) -> String {
    currency.map_or_else(|| format!("{amount:.0}"), |it| super::outlook::short(cx, amount, it))
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
    let mut bars: BTreeMap<Ref<TreatmentAction>, (i32, i32, i32)> = BTreeMap::new();
    for (row, action) in (0..).zip(actions) {
        let top = row * 26 + 6;
        let end = action.done_on.or(action.due).unwrap_or(days.1);
        let from = action.start.unwrap_or(end).min(end);
        let (x1, x2) = (place(from, days, 640) + 240, place(end, days, 640) + 240);
        bars.insert(action.reference(), (x1, x2.max(x1 + 4), top + 7));
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
    // From the end of what comes first to the beginning of what waits for it.
    for action in actions {
        let Some((begin, _, y)) = bars.get(&action.reference()) else { continue };
        for (_, end, from) in action.after.iter().filter_map(|it| bars.get(it)) {
            let _ = write!(out, r#"<path class="dep" d="M{end} {from}h6V{y}H{begin}"/>"#);
        }
    }
    out.push_str("</svg>");
    Html(out)
}

/// What was left to do on each day and what should have been, counted in actions or in money.
struct Burn {
    all: f64,
    days: Option<(Date, Date)>,
    /// When each is due and when it was done, with its weight.
    steps: Vec<(Option<Date>, Option<Date>, f64)>,
    today: Date,
}

impl Burn {
    fn of(cx: &Cx, actions: &[&Stored<TreatmentAction>], weight: impl Fn(&TreatmentAction) -> f64) -> Self {
        let counted: Vec<&Stored<TreatmentAction>> =
            actions.iter().copied().filter(|it| it.state_name() != "cancelled").collect();
        let steps: Vec<_> = counted.iter().map(|it| (it.due, it.done_on.or(it.verified_on), weight(it))).collect();
        Self { all: steps.iter().map(|it| it.2).sum(), days: span(&counted, cx.today), steps, today: cx.today }
    }

    /// What was to be left at the end of a day, and what was; none for a day that is still to come.
    fn left(&self, day: Date) -> (f64, Option<f64>) {
        #[expect(clippy::type_complexity, reason = "a step: to be done by, done on, weight")]
        let until = |done: fn(&(Option<Date>, Option<Date>, f64)) -> Option<Date>| {
            let gone = self.steps.iter().filter(|it| done(it).is_some_and(|it| it <= day)).map(|it| it.2).sum::<f64>();
            (self.all - gone).max(0.0)
        };
        (until(|it| it.0), (day <= self.today).then(|| until(|it| it.1)))
    }

    #[expect(clippy::cast_possible_truncation, reason = "a place in a drawing of 90 units")]
    fn height(&self, left: f64) -> i32 {
        10 + ((self.all - left) * 90.0 / self.all.max(1e-9)).round() as i32
    }

    fn draw(&self, cx: &Cx, label: &str, top: &str) -> Html {
        let Some(days) = self.days.filter(|_| self.all > 0.0) else { return Html::default() };
        let line = |ends: Vec<(Date, f64)>, until: Date| {
            let mut ends: Vec<(Date, f64)> = ends.into_iter().filter(|it| it.0 <= until).collect();
            ends.sort_by_key(|it| it.0);
            let mut left = self.all;
            let mut path = format!("M48 {}", self.height(left));
            for (day, weight) in ends {
                left -= weight;
                let _ = write!(path, "H{}V{}", place(day, days, 532) + 48, self.height(left));
            }
            let _ = write!(path, "H{}", place(until, days, 532) + 48);
            path
        };
        let planned = line(self.steps.iter().filter_map(|it| Some((it.0?, it.2))).collect(), days.1);
        let real = line(self.steps.iter().filter_map(|it| Some((it.1?, it.2))).collect(), self.today);
        let mut out = String::from(r#"<svg class="chart" viewBox="0 0 600 125" role="img" aria-label=""#);
        escape(&cx.say(label), &mut out);
        out.push_str(r#""><path class="ax" d="M48 100H580"/>"#);
        out.push_str(r#"<text x="42" y="14" text-anchor="end">"#);
        escape(top, &mut out);
        let _ = write!(
            out,
            r#"</text><text x="42" y="104" text-anchor="end">0</text><path class="lp" fill="none" d="{planned}"/><path class="ln" d="{real}"/><text x="48" y="118">"#
        );
        escape(&dates::full_day(cx.words, days.0), &mut out);
        out.push_str(r#"</text><text x="580" y="118" text-anchor="end">"#);
        escape(&dates::full_day(cx.words, days.1), &mut out);
        out.push_str("</text></svg>");
        Html(out)
    }
}

/// The charts in numbers: the end of each month, the last ones where there are many.
fn months(cx: &Cx, count: &Burn, money: &Burn, currency: Option<attestry_model::value::Currency>) -> Vec<Month> {
    let Some((first, last)) = count.days else { return Vec::new() };
    let mut ends = vec![first.last_of_month()];
    while let Some(end) = ends.last().copied().filter(|it| *it < last)
        && let Ok(next) = end.tomorrow()
        && ends.len() < 600
    {
        ends.push(next.last_of_month());
    }
    let skipped = ends.len().saturating_sub(MONTHS);
    let row = |end: &Date| {
        // The month that is going on stands as it stands today.
        let day = if end.first_of_month() <= cx.today && *end > cx.today { cx.today } else { *end };
        let ((planned, left), (money_planned, money_left)) = (count.left(day), money.left(day));
        let none = || "–".to_owned();
        Month {
            name: dates::full_day(cx.words, day),
            planned: format!("{planned:.0}"),
            left: left.map_or_else(none, |it| format!("{it:.0}")),
            money_planned: amount(cx, money_planned, currency),
            money_left: money_left.map_or_else(none, |it| amount(cx, it, currency)),
        }
    };
    ends.iter().skip(skipped).map(row).collect()
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
    let record = cx.get(action)?;
    let known = steps_from(record.def(), record.state()).any(|step| step.to == to_state);
    let wanted = to_state.clone();
    let command =
        Command::Step { target: reference, to: to_state, revision: Some(revision), fields: Map::new(), reason: None };
    match cx.submit(command).await {
        Ok(_) => Ok(to(&format!("/risks/plan?view=board&done=moved%20{reference}"))),
        // What the step asks for besides is asked on its own page.
        Err(Fault::Invalid(_)) if known => {
            let back = crate::html::encode("/risks/plan?view=board");
            Ok(to(&format!("{}/step/{}?_back={back}", crate::places::record_path(reference), wanted)))
        }
        Err(fault) => Err(fault),
    }
}
