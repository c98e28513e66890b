//! The cheapest set of controls that brings a risk to what is wished, within a budget, and why it is that set.
//!
//! Nothing is stored: the page works with what the form says, and hands the set over to the page on which it is decided.

use std::fmt::Write as _;

use askama::Template;
use attestry_check::measure::{self, Method};
use attestry_model::records::control::ControlState;
use attestry_model::records::{Control, Methodology, Risk};
use attestry_model::value::Currency;
use attestry_model::{Kind, Problems, Ref, Stored};
use attestry_risk::RunError;
use attestry_risk::qualitative::Cell;
use attestry_risk::quantitative::{Candidate, Effect, Goal, Proposal, exact, search};
use attestry_standards::SecurityProperty;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

use super::kept;
use super::matrix::band_name;
use super::one::{decision_of, risk_of};
use super::outlook::short;
use super::treat::read::currency;
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::{Html, encode};
use crate::pages::records::typed::Typed;
use crate::places::Frame;
use crate::shell::{Shell, page};
use crate::show;

/// Most candidates on the page.
const MOST: usize = 60;
/// Most candidates that are ticked at first.
const TICKED: usize = 12;
/// Rows for measures that are no record yet.
const IDEAS: usize = 4;
/// No bound on money.
const UNBOUNDED: f64 = 1e15;

/// The page.
#[derive(Template)]
#[template(path = "optimise.html")]
struct Page {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    reference: String,
    title: String,
    href: String,
    currency: String,
    goal: String,
    may_level: bool,
    may_money: bool,
    now_value: String,
    now_mean: String,
    value: String,
    residual: String,
    budget: String,
    rows: Vec<Row>,
    left_out: usize,
    ideas: Vec<Row>,
    summary: Vec<(String, String)>,
    result: Option<Answer>,
    past: bool,
}

impl Page {
    /// What is wrong with a field.
    fn error(&self, field: &str) -> Option<&str> {
        let to = format!("#{field}");
        self.summary.iter().find(|(at, _)| *at == to).map(|(_, said)| said.as_str())
    }

    /// What a figure of a candidate is called.
    fn figure(&self, name: &str, key: &str) -> String {
        let what = match name {
            "l" => self.cx.say("optimise-less-often"),
            "i" => self.cx.say("optimise-less-harm"),
            _ => self.cx.say("loss-cost"),
        };
        format!("{key}: {what}")
    }
}

/// A candidate on the form.
struct Row {
    /// The control's reference, or the place of an idea.
    key: String,
    title: String,
    state: Html,
    on: bool,
    likelihood: String,
    impact: String,
    cost: String,
}

/// What was worked out.
struct Answer {
    met: bool,
    sentence: String,
    further: Vec<String>,
    chosen: Vec<Chosen>,
    spared: Vec<Chosen>,
    take: Option<String>,
    proven: bool,
}

struct Chosen {
    title: String,
    cost: String,
    alone: String,
    why: String,
}

/// What is asked, as numbers.
struct Asked {
    goal: String,
    value: Option<u32>,
    residual: Option<f64>,
    budget: f64,
    taken: Vec<Taken>,
}

struct Taken {
    control: Option<Ref<Control>>,
    title: String,
    likelihood: f64,
    impact: f64,
    cost: f64,
}

/// What is known of the risk.
struct Base<'a> {
    risk: &'a Stored<Risk>,
    record: &'a Stored<Methodology>,
    method: Method,
    currency: Option<Currency>,
    /// The middles of its levels: events per year and money per event.
    middles: Option<(f64, f64)>,
    /// Its mean loss per year.
    mean: Option<f64>,
}

impl Base<'_> {
    fn amount(&self, cx: &Cx, amount: f64) -> String {
        self.currency.map_or_else(|| "–".to_owned(), |it| short(cx, amount, it))
    }

    /// The cell in which a frequency and a loss lie.
    fn cell(&self, left: &[f64]) -> Option<Cell> {
        let [frequency, loss] = left else { return None };
        Some(Cell {
            likelihood: self.method.likelihood.level_of(*frequency),
            impact: self.method.impact.level_of(*loss),
        })
    }

    /// What remains, in words: a cell with its band, or money.
    fn words(&self, cx: &Cx, level: bool, left: &[f64]) -> String {
        match self.cell(left).filter(|_| level) {
            Some(cell) => {
                let value = self.method.matrix.value(cell.likelihood, cell.impact).map(i64::from);
                let band = band_name(cx, self.risk, value);
                format!("{} × {} = {} ({band})", cell.likelihood, cell.impact, value.unwrap_or_default())
            }
            None => self.amount(cx, left.iter().sum()),
        }
    }

    /// What a candidate takes away of each amount.
    fn effects(level: bool, one: &Taken) -> Vec<Effect> {
        if level {
            vec![Effect { frequency: one.likelihood, magnitude: 0.0 }, Effect { frequency: 0.0, magnitude: one.impact }]
        } else {
            vec![Effect { frequency: one.likelihood, magnitude: one.impact }]
        }
    }

    /// The bounds of the cells whose value is not above the wish, without those that others contain.
    fn alternatives(&self, wished: u32) -> Vec<Vec<f64>> {
        // A band does not hold its upper bound.
        let bound = |bands: &[(f64, f64)], level: u8| match bands.get(usize::from(level)) {
            Some(_) => bands[usize::from(level) - 1].1 * (1.0 - 1e-9),
            None => f64::MAX,
        };
        let matrix = &self.method.matrix;
        let fits = |l: u8, i: u8| matrix.value(l, i).is_some_and(|it| it <= wished);
        let mut all = Vec::new();
        for l in 1..=matrix.likelihoods {
            for i in (1..=matrix.impacts).filter(|i| fits(l, *i)) {
                let contained = (l < matrix.likelihoods && fits(l + 1, i)) || (i < matrix.impacts && fits(l, i + 1));
                if !contained {
                    all.push(vec![bound(&self.method.likelihood.bands, l), bound(&self.method.impact.bands, i)]);
                }
            }
        }
        all
    }
}

fn base<'a>(cx: &'a Cx, risk: &'a Stored<Risk>) -> Result<Base<'a>, Fault> {
    let record = risk.method(&cx.isms).ok_or(Fault::Absent)?;
    let scenario = measure::scenario(risk).filter(|it| it.flaws("").is_empty());
    let middles = measure::middles(&cx.isms, risk);
    let mean = scenario.and_then(|it| exact(&it)).map(|it| it.mean).or(middles.map(|(f, c)| f * c));
    Ok(Base { risk, record, method: Method::of(&record.body), currency: currency(cx, risk), middles, mean })
}

/// `GET /risks/{reference}/optimise`
pub async fn show(cx: Cx, Path(reference): Path<String>) -> Result<Response, Fault> {
    let risk = risk_of(&cx, &reference)?;
    let base = base(&cx, risk)?;
    let typed = begin(&cx, &base);
    respond(&cx, &base, &typed).await
}

/// `POST /risks/{reference}/optimise`: works the set out; nothing is stored.
pub async fn work_out(cx: Cx, Path(reference): Path<String>, body: Bytes) -> Result<Response, Fault> {
    let risk = risk_of(&cx, &reference)?;
    if cx.is_past() {
        return Err(Fault::Past);
    }
    let base = base(&cx, risk)?;
    let mut typed = Typed::of(&body)?;
    if typed.get("goal").is_none() {
        typed = begin(&cx, &base);
    }
    respond(&cx, &base, &typed).await
}

/// The form as it is at first: the limit as the wish, and as candidates what is decided, what is being built, and what fits.
fn begin(cx: &Cx, base: &Base<'_>) -> Typed {
    let mut typed = Typed::default();
    let within = base.middles.is_some() && base.record.acceptance_max.is_some();
    typed.push("goal", if within { "level" } else { "money" });
    typed.push("value", base.method.bands.acceptance_max.to_string());
    if let Some(mean) = base.mean {
        typed.push("residual", format!("{:.0}", mean / 2.0));
    }
    // What is decided or being built comes first; only where there is nothing of that, what works elsewhere.
    let decided = decision_of(cx, base.risk).map(|it| it.controls.clone()).unwrap_or_default();
    let able = candidates(cx, base).into_iter().take(MOST);
    let able: Vec<_> = able.filter(|it| measure::at_work(it).effectiveness() > 0.0).collect();
    let near = |it: &&&Stored<Control>| it.state != ControlState::Implemented || decided.contains(&it.reference());
    let near: Vec<_> = able.iter().filter(near).take(TICKED).collect();
    let ticked = if near.is_empty() { able.iter().take(TICKED).collect() } else { near };
    for control in ticked {
        typed.push("take", control.reference().any().to_string());
    }
    typed
}

/// Controls that could be added, the likeliest first: those of the decision, those that are not in place yet, then those that
/// protect what the risk harms by their strength.
fn candidates<'a>(cx: &'a Cx, base: &Base<'_>) -> Vec<&'a Stored<Control>> {
    use attestry_model::field::Choice as _;
    let risk = base.risk;
    let harmed: Vec<SecurityProperty> =
        risk.effects.iter().filter_map(|it| SecurityProperty::of_letter(it.name())).collect();
    let protects = |id: &String| {
        attestry_standards::annex_control(id)
            .is_some_and(|it| !harmed.is_empty() && harmed.iter().all(|one| it.properties.contains(one)))
    };
    let decided = decision_of(cx, risk).map(|it| it.controls.clone()).unwrap_or_default();
    let counted = |it: &Stored<Control>| {
        it.state == ControlState::Implemented && risk.existing_controls.contains(&it.reference())
    };
    let mut all: Vec<&Stored<Control>> = cx
        .isms
        .live::<Control>()
        .filter(|it| !matches!(it.state, ControlState::Retired | ControlState::Cancelled))
        .filter(|it| cx.sees(*it) && !counted(it))
        .collect();
    let rank = |it: &Stored<Control>| {
        if decided.contains(&it.reference()) {
            0
        } else if it.state != ControlState::Implemented {
            1
        } else if it.annex_refs.iter().any(protects) {
            2
        } else {
            3
        }
    };
    all.sort_by(|a, b| {
        let strength = |it: &Stored<Control>| measure::effect_of(it).passes();
        rank(a).cmp(&rank(b)).then(strength(a).total_cmp(&strength(b))).then(a.number.cmp(&b.number))
    });
    all
}

/// A number from 0 on, or a problem at its field.
fn number(typed: &Typed, name: &str, id: &str, most: f64, cx: &Cx, problems: &mut Problems) -> Option<f64> {
    let text = typed.get(name)?.trim().replace([',', ' ', '\u{202f}'], "");
    if text.is_empty() {
        return None;
    }
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && (0.0..=most).contains(&number) => Some(number),
        _ => {
            let key = if most <= 100.0 { "optimise-no-share" } else { "optimise-no-amount" };
            problems.add(id, cx.say(key));
            None
        }
    }
}

fn read(cx: &Cx, base: &Base<'_>, typed: &Typed, problems: &mut Problems) -> Asked {
    let goal = if typed.get("goal") == Some("money") { "money" } else { "level" }.to_owned();
    let (mut value, mut residual) = (None, None);
    if goal == "level" {
        value = typed.get("value").and_then(|it| it.trim().parse::<u32>().ok());
        if value.is_none() {
            problems.add("value", cx.say("optimise-no-value"));
        } else if base.middles.is_none() {
            problems.add("goal", cx.say("optimise-not-rated"));
        }
    } else {
        residual = number(typed, "residual", "residual", UNBOUNDED, cx, problems);
        if residual.is_none() && problems.is_empty() {
            problems.add("residual", cx.say("optimise-no-amount"));
        }
        if base.mean.is_none() {
            problems.add("goal", cx.say("optimise-no-mean"));
        }
    }
    let budget = number(typed, "budget", "budget", UNBOUNDED, cx, problems).unwrap_or(UNBOUNDED);
    let mut taken = Vec::new();
    for control in candidates(cx, base).into_iter().take(MOST) {
        let key = control.reference().any().to_string();
        if !typed.all("take").any(|it| it == key) {
            continue;
        }
        let own = figures(base, control);
        let mut of = |name: &str, own: f64, most: f64| {
            let field = format!("{name}.{key}");
            if typed.get(&field).is_none_or(|it| it.trim().is_empty()) {
                return own;
            }
            number(typed, &field, &field.replace('.', "-"), most, cx, problems).unwrap_or(own)
        };
        taken.push(Taken {
            likelihood: of("l", own.0, 100.0) / 100.0,
            impact: of("i", own.1, 100.0) / 100.0,
            cost: of("cost", own.2, UNBOUNDED),
            title: format!("{key} {}", control.title()),
            control: Some(control.reference()),
        });
    }
    for row in 0..IDEAS {
        let title = typed.get(&format!("idea.{row}.title")).unwrap_or_default().trim().to_owned();
        if title.is_empty() {
            continue;
        }
        let mut of = |name: &str, most: f64| {
            let field = format!("idea.{row}.{name}");
            number(typed, &field, &field.replace('.', "-"), most, cx, problems).unwrap_or_default()
        };
        let (likelihood, impact) = (of("l", 100.0) / 100.0, of("i", 100.0) / 100.0);
        taken.push(Taken { control: None, likelihood, impact, cost: of("cost", UNBOUNDED), title });
    }
    if taken.is_empty() {
        problems.add("candidates", cx.say("optimise-no-candidates"));
    }
    Asked { goal, value, residual, budget, taken }
}

/// What is recorded of a control: percent less often, percent less harm, cost per year.
fn figures(base: &Base<'_>, control: &Stored<Control>) -> (f64, f64, f64) {
    let effect = measure::effect_of(control);
    let cost = measure::yearly_cost(control.cost_once, control.cost_year);
    let cost = cost.filter(|it| Some(it.1) == base.currency).map_or(0.0, |it| it.0);
    (effect.frequency * 100.0, effect.magnitude * 100.0, cost)
}

async fn respond(cx: &Cx, base: &Base<'_>, typed: &Typed) -> Result<Response, Fault> {
    let mut problems = Problems::default();
    let asked = read(cx, base, typed, &mut problems);
    let mut result = None;
    if problems.is_empty() {
        result = Some(answer(cx, base, &asked).await?);
    }
    let wrong = !problems.is_empty() && typed.get("_go").is_some();
    let reference = base.risk.reference().any();
    let list = candidates(cx, base);
    let rows = list.iter().take(MOST).map(|control| {
        let key = control.reference().any().to_string();
        let own = figures(base, control);
        let of = |name: &str, own: f64| {
            typed.get(&format!("{name}.{key}")).map_or_else(|| format!("{own:.0}"), ToOwned::to_owned)
        };
        Row {
            title: control.title().to_owned(),
            state: show::state(cx, *control),
            on: typed.all("take").any(|it| it == key),
            likelihood: of("l", own.0),
            impact: of("i", own.1),
            cost: of("cost", own.2),
            key,
        }
    });
    let ideas = (0..IDEAS).map(|row| {
        let of = |name: &str| typed.get(&format!("idea.{row}.{name}")).unwrap_or_default().to_owned();
        Row {
            key: row.to_string(),
            title: of("title"),
            state: Html::default(),
            on: false,
            likelihood: of("l"),
            impact: of("i"),
            cost: of("cost"),
        }
    });
    let mut frame = Frame::of_kind(cx, Kind::Risk, Some(&reference.to_string()))
        .then(cx.say("optimise-title"), Some(cx.record_href(reference)));
    frame.problems = wrong;
    let today = measure::cell(base.risk.current_likelihood, base.risk.current_impact);
    let line = |one: &attestry_model::decide::Problem| {
        let to = if one.field == "candidates" { "#candidates".to_owned() } else { format!("#{}", one.field) };
        (to, crate::pages::records::widget::sentence(&one.message))
    };
    let mut answer = page(&Page {
        title: base.risk.title().to_owned(),
        href: cx.record_href(reference),
        currency: base.currency.map(|it| it.to_string()).unwrap_or_default(),
        may_level: base.middles.is_some(),
        may_money: base.mean.is_some(),
        now_value: today.map_or_else(String::new, |it| {
            let value = base.method.matrix.value(it.likelihood, it.impact).map(i64::from);
            format!("{} × {} = {}", it.likelihood, it.impact, value.unwrap_or_default())
        }),
        now_mean: base.mean.map_or_else(String::new, |it| base.amount(cx, it)),
        value: typed.get("value").unwrap_or_default().to_owned(),
        residual: typed.get("residual").unwrap_or_default().to_owned(),
        budget: typed.get("budget").unwrap_or_default().to_owned(),
        left_out: list.len().saturating_sub(MOST),
        rows: rows.collect(),
        ideas: ideas.collect(),
        summary: problems.0.iter().map(line).collect(),
        past: cx.is_past(),
        reference: reference.to_string(),
        goal: asked.goal,
        result,
        frame,
        shell: Shell::of(cx),
        cx: cx.clone(),
    })?;
    if wrong {
        *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(answer)
}

async fn answer(cx: &Cx, base: &Base<'_>, asked: &Asked) -> Result<Answer, Fault> {
    let level = asked.goal == "level";
    let amounts = match (level, base.middles, base.mean) {
        (true, Some((frequency, loss)), _) => vec![frequency, loss],
        (false, _, Some(mean)) => vec![mean],
        _ => return Err(Fault::Absent),
    };
    let goal = match asked.value.filter(|_| level) {
        Some(value) => Goal::Within(base.alternatives(value)),
        None => Goal::Total(asked.residual.unwrap_or_default()),
    };
    let candidates: Vec<Candidate> =
        asked.taken.iter().map(|it| Candidate { cost: it.cost, effects: Base::effects(level, it) }).collect();
    let (numbers, budget) = (amounts.clone(), asked.budget);
    let (found, whatever) = kept::bounded(cx, move |cancel| {
        let found = search(&numbers, &candidates, &goal, budget, cancel)?;
        // Where the money does not suffice, what it would take is part of the answer.
        let whatever = if found.met || budget >= UNBOUNDED {
            None
        } else {
            Some(search(&numbers, &candidates, &goal, UNBOUNDED, cancel)?)
        };
        Ok::<_, RunError>((found, whatever))
    })
    .await?;
    Ok(told(cx, base, asked, &amounts, &found, whatever.as_ref()))
}

fn told(
    cx: &Cx,
    base: &Base<'_>,
    asked: &Asked,
    amounts: &[f64],
    found: &Proposal,
    whatever: Option<&Proposal>,
) -> Answer {
    let level = asked.goal == "level";
    let words = |left: &[f64]| base.words(cx, level, left);
    // What remains of the amounts with a set of candidates.
    let left = |set: &dyn Fn(usize) -> bool| {
        let mut left = amounts.to_vec();
        for (_, one) in asked.taken.iter().enumerate().filter(|(at, _)| set(*at)) {
            for (amount, effect) in left.iter_mut().zip(Base::effects(level, one)) {
                *amount *= effect.passes();
            }
        }
        left
    };
    let cost = base.amount(cx, found.cost);
    let (then, count) = (words(&found.left), found.chosen.len());
    let key = match (found.met, count) {
        (true, 0) => "optimise-nothing-needed",
        (true, _) => "optimise-met",
        (false, _) => "optimise-not-met",
    };
    let sentence = cx.with(key, &[("count", count.into()), ("cost", (&cost).into()), ("then", (&then).into())]);
    let mut further = Vec::new();
    if !found.met {
        match whatever {
            Some(other) if other.met => {
                further.push(cx.say1("optimise-would-cost", "cost", &base.amount(cx, other.cost)).into_owned());
            }
            _ => further.push(cx.say1("optimise-floor", "then", &words(&found.left_of_all)).into_owned()),
        }
    }
    let chosen = found.reasons.iter().map(|it| {
        let at = it.candidate;
        let without = words(&left(&|one| found.chosen.contains(&one) && one != at));
        Chosen {
            title: asked.taken[at].title.clone(),
            cost: base.amount(cx, it.cost),
            alone: words(&left(&|one| one == at)),
            why: cx.say1("optimise-why", "without", &without).into_owned(),
        }
    });
    let spared = found.spared.iter().map(|it| {
        let at = it.candidate;
        let with = words(&left(&|one| found.chosen.contains(&one) || one == at));
        let key = if (it.residual_with - found.residual).abs() <= 1e-9 * found.residual.max(1e-12) {
            "optimise-brings-nothing"
        } else if found.met {
            "optimise-not-needed"
        } else {
            "optimise-too-dear"
        };
        Chosen {
            title: asked.taken[at].title.clone(),
            cost: base.amount(cx, it.cost),
            alone: words(&left(&|one| one == at)),
            why: cx.say1(key, "with", &with).into_owned(),
        }
    });
    let (chosen, spared): (Vec<Chosen>, Vec<Chosen>) = (chosen.collect(), spared.collect());
    let may = !cx.is_past() && cx.may_create(Kind::Treatment);
    Answer {
        met: found.met,
        sentence: sentence.into_owned(),
        further,
        spared,
        take: (may && !chosen.is_empty()).then(|| handed_over(cx, base, asked, found)),
        chosen,
        proven: found.proven,
    }
}

/// The address at which the set is decided: controls by their references, ideas as new controls.
fn handed_over(cx: &Cx, base: &Base<'_>, asked: &Asked, found: &Proposal) -> String {
    let mut query = String::new();
    let mut add = |name: &str, value: &str| {
        let _ = write!(query, "{}{name}={}", if query.is_empty() { "" } else { "&" }, encode(value));
    };
    // What works today stays part of the decision.
    for control in measure::working_controls(&cx.isms, base.risk) {
        add("controls", &control.reference().any().to_string());
    }
    let mut row = 0;
    for one in found.chosen.iter().map(|at| &asked.taken[*at]) {
        if let Some(control) = one.control {
            add("controls", &control.any().to_string());
            continue;
        }
        add(&format!("new.{row}"), "1");
        add(&format!("new.{row}.title"), &one.title);
        for (share, name) in [(one.likelihood, "likelihood"), (one.impact, "impact")] {
            if share > 0.0 {
                add(&format!("new.{row}.acts_on"), name);
            }
        }
        add(&format!("new.{row}.design_effectiveness"), &format!("{:.0}", one.likelihood.max(one.impact) * 100.0));
        add(&format!("new.{row}.cost_year"), &format!("{:.0}", one.cost));
        row += 1;
    }
    format!("/risks/{}/treat?{query}", base.risk.reference().any())
}
