//! What a decision would change, read from the forked value: levels, losses, costs, rows of the statement, findings.

use std::collections::BTreeSet;

use attestry_check::measure::{self, Method};
use attestry_check::standing;
use attestry_model::field::Choice as _;
use attestry_model::permit::Wish;
use attestry_model::records::applicability::ApplicabilityReason;
use attestry_model::records::control::ControlState;
use attestry_model::records::treatment::TreatmentOption;
use attestry_model::records::{Applicability, Control, Risk, Treatment, TreatmentAction};
use attestry_model::value::{Level, Money};
use attestry_model::{AnyRef, Isms, Ref, Stored};
use attestry_risk::qualitative::{Decision, Formula};
use attestry_risk::quantitative::{Portfolio, Return, exact};
use serde_json::{Map, Value};

use super::super::kept::{self, Found};
use super::super::matrix::level;
use super::super::mini::Moments;
use super::super::outcome::{self, Worthwhile};
use super::super::outlook::{self, LEVELS, Question, at, short};
use super::read::{self, Wanted};
use crate::cx::Cx;
use crate::dates;
use crate::fault::Fault;
use crate::html::Html;
use crate::pages::records::effect::{Effect, Fork};
use crate::pages::records::typed::Typed;
use crate::show;

/// Most rows of the statement that are told.
const MOST_ROWS: usize = 40;

/// What a decision would change.
pub struct Weighed {
    /// In one sentence.
    pub sentence: String,
    /// The levels before, now and then.
    pub levels: [(String, Html); 3],
    /// Where the level then comes from.
    pub source: String,
    /// What the level then means.
    pub verdict: String,
    /// The three on the matrix.
    pub mini: Html,
    /// Losses, line by line: words, now, then.
    pub losses: Vec<(String, String, String)>,
    /// How they were worked out.
    pub computed: String,
    /// The mean per year now and then.
    pub mean: Option<(String, String)>,
    /// A bad year now and then.
    pub bad: Option<(String, String)>,
    /// What it costs once, per year, and spread over the years.
    pub cost: Option<(String, String, String)>,
    /// Whether it is worth it.
    pub worth: Option<Worthwhile>,
    /// Controls that count as nothing, for nobody has said how strong they are.
    pub unknown: Vec<Html>,
    /// Rows of the statement.
    pub rows: Vec<RowLine>,
    /// Findings; none where nothing is forked.
    pub effect: Option<Effect>,
}

/// A row of the statement, as it is told.
pub struct RowLine {
    /// The row.
    pub reference: String,
    /// Its place on the page of the statement.
    pub href: String,
    /// The control of Annex A.
    pub annex: String,
    /// Its title.
    pub title: String,
    /// What changes.
    pub what: String,
    /// Whether the change is taken along.
    pub ticked: bool,
    /// Whether the person may take it along.
    pub may: bool,
}

/// A row of the statement that a decision changes.
pub struct RowChange {
    /// The row.
    pub target: AnyRef,
    /// The version that was seen.
    pub revision: u32,
    /// Its control of Annex A.
    pub annex: String,
    /// What changes, in words.
    pub what: Vec<String>,
    /// The fields as they would be.
    pub fields: Map<String, Value>,
    /// Whether the person may change it.
    pub may: bool,
    /// Whether it is taken along.
    pub ticked: bool,
}

/// The decision with the levels that the method proposes where none were chosen.
pub fn completed(isms: &Isms, risk: &Stored<Risk>, decision: &Treatment) -> Treatment {
    let mut whole = decision.clone();
    let expects = matches!(decision.option, Some(TreatmentOption::Treat | TreatmentOption::Transfer));
    if expects && (whole.expected_likelihood.is_none() || whole.expected_impact.is_none()) {
        let proposed = measure::proposals_after(isms, risk, decision).map(|it| match formula(isms, risk) {
            Some(Formula::LevelReduction) => it.by_level,
            _ => it.by_rate,
        });
        whole.expected_likelihood = whole.expected_likelihood.or(proposed.map(|it| Level(it.likelihood)));
        whole.expected_impact = whole.expected_impact.or(proposed.map(|it| Level(it.impact)));
    }
    whole
}

fn formula(isms: &Isms, risk: &Stored<Risk>) -> Option<Formula> {
    risk.method(isms).map(|it| Method::of(&it.body).formula)
}

/// The levels that are left once the decision is carried out: as they are where the risk is accepted, none where it is avoided.
pub fn planned_levels(risk: &Risk, decision: &Treatment) -> (Option<Level>, Option<Level>) {
    match decision.option {
        Some(TreatmentOption::Accept) => (risk.current_likelihood, risk.current_impact),
        Some(TreatmentOption::Avoid) | None => (None, None),
        Some(TreatmentOption::Treat | TreatmentOption::Transfer) => {
            (decision.expected_likelihood, decision.expected_impact)
        }
    }
}

/// The mean loss per year now and after a decision, and whether it comes from ranges (else from the middles of the levels).
pub fn means(isms: &Isms, risk: &Stored<Risk>, decision: &Treatment) -> Option<(f64, f64, bool)> {
    let effect = measure::effect_of_decision(isms, risk, decision);
    if let Some(scenario) = measure::scenario(risk).filter(|it| it.flaws("").is_empty()) {
        let before = exact(&scenario).map(|it| it.mean)?;
        let after = exact(&scenario.treated(effect)).map(|it| it.mean)?;
        return Some((before, after, true));
    }
    let (frequency, loss) = measure::middles(isms, risk)?;
    Some((frequency * loss, frequency * loss * effect.passes(), false))
}

/// What a decision costs once and per year: its actions, else the controls that it still needs. Amounts in other currencies
/// than the first are left out.
pub fn costs(isms: &Isms, risk: &Stored<Risk>, decision: &Stored<Treatment>) -> (Option<Money>, Option<Money>) {
    let actions = isms.referring::<TreatmentAction>(decision.reference().any(), "treatments");
    let actions: Vec<_> = actions
        .filter(|it| !it.is_void() && it.state_name() != "cancelled")
        .map(|it| (it.cost_once, it.cost_year))
        .collect();
    let amounts = if actions.is_empty() {
        let missing = measure::missing_controls(isms, risk, decision);
        let missing = missing.into_iter().filter(|it| it.state != ControlState::Implemented);
        missing.map(|it| (it.cost_once, it.cost_year)).collect()
    } else {
        actions
    };
    let currency = amounts.iter().flat_map(|it| [it.0, it.1]).flatten().next().map(|it| it.currency);
    let sum = |all: Vec<Option<Money>>| {
        let fitting = all.into_iter().flatten().filter(|it| Some(it.currency) == currency);
        fitting.reduce(|a, b| Money { minor: a.minor.saturating_add(b.minor), ..a })
    };
    (sum(amounts.iter().map(|it| it.0).collect()), sum(amounts.iter().map(|it| it.1).collect()))
}

/// Which rows of the statement a decision changes: what realises a chosen control is used because of the risk, and what
/// nothing chosen realises any more is no longer.
pub fn row_changes(cx: &Cx, isms: &Isms, risk: &Stored<Risk>, decision: &Stored<Treatment>) -> Vec<RowChange> {
    let Some(soa) = standing::newest(isms) else { return Vec::new() };
    let me = risk.reference();
    let acts = matches!(decision.option, Some(TreatmentOption::Treat | TreatmentOption::Transfer));
    let chosen = decision.controls.iter().filter(|_| acts).filter_map(|it| isms.get(*it));
    let chosen: Vec<&Stored<Control>> = chosen.filter(|it| it.is_live()).collect();
    let mut changes = Vec::new();
    for row in standing::rows_of(isms, soa) {
        let Some(annex) = row.annex_id.clone() else { continue };
        let realising: Vec<&&Stored<Control>> = chosen.iter().filter(|it| it.annex_refs.contains(&annex)).collect();
        let change = if realising.is_empty() {
            no_longer(cx, isms, row, risk, &chosen)
        } else {
            now_used(cx, row, me, &realising)
        };
        let Some((what, fields)) = change else { continue };
        changes.push(RowChange {
            target: row.reference().any(),
            revision: row.revision,
            may: cx.may(Wish::Update, row),
            ticked: false,
            annex,
            what,
            fields,
        });
    }
    changes.truncate(MOST_ROWS);
    changes
}

fn now_used(
    cx: &Cx,
    row: &Applicability,
    risk: Ref<Risk>,
    realising: &[&&Stored<Control>],
) -> Option<(Vec<String>, Map<String, Value>)> {
    let (mut what, mut fields) = (Vec::new(), Map::new());
    if row.applicable != Some(true) {
        fields.insert("applicable".to_owned(), true.into());
        what.push(cx.say(if row.applicable.is_none() { "treat-row-decided" } else { "treat-row-used" }).into_owned());
        if row.implementation.is_none() {
            let works = realising.iter().any(|it| it.state == ControlState::Implemented);
            fields.insert("implementation".to_owned(), if works { "implemented" } else { "planned" }.into());
            let day = realising.iter().filter_map(|it| it.planned_for).max();
            if let Some(day) = day.filter(|_| !works && row.planned_date.is_none()) {
                fields.insert("planned_date".to_owned(), day.to_string().into());
            }
        }
    }
    if !row.reasons.contains(&ApplicabilityReason::Risk) {
        let all = row.reasons.iter().chain([&ApplicabilityReason::Risk]).map(|it| Value::from(it.name()));
        fields.insert("reasons".to_owned(), all.collect());
    }
    if !row.risks.contains(&risk) {
        let all = row.risks.iter().chain([&risk]).map(|it| Value::from(it.any().to_string()));
        fields.insert("risks".to_owned(), all.collect());
        what.push(cx.say1("treat-row-because", "risk", &risk.any().to_string()).into_owned());
    }
    let more: Vec<Ref<Control>> =
        realising.iter().map(|it| it.reference()).filter(|it| !row.controls.contains(it)).collect();
    if !more.is_empty() {
        let names: Vec<String> = more.iter().map(|it| it.any().to_string()).collect();
        what.push(cx.say1("treat-row-realised", "controls", &names.join(", ")).into_owned());
        let all = row.controls.iter().chain(&more).map(|it| Value::from(it.any().to_string()));
        fields.insert("controls".to_owned(), all.collect());
    }
    (!fields.is_empty()).then(|| {
        if what.is_empty() {
            what.push(cx.say("treat-row-reason").into_owned());
        }
        (what, fields)
    })
}

/// A row that names the risk although a control that realises it was decided for the risk before and is no more.
fn no_longer(
    cx: &Cx,
    isms: &Isms,
    row: &Applicability,
    risk: &Stored<Risk>,
    chosen: &[&Stored<Control>],
) -> Option<(Vec<String>, Map<String, Value>)> {
    let me = risk.reference();
    let annex = row.annex_id.as_ref()?;
    let before = measure::decision(&cx.current, me)?;
    let was = before.controls.iter().filter_map(|it| cx.current.get(*it)).any(|it| it.annex_refs.contains(annex));
    let still = row.controls.iter().any(|it| chosen.iter().any(|one| one.reference() == *it));
    if !was || still || !row.risks.contains(&me) || isms.get(me).is_none() {
        return None;
    }
    let others: Vec<&Ref<Risk>> = row.risks.iter().filter(|it| **it != me).collect();
    let mut fields = Map::new();
    let mut what = vec![cx.say1("treat-row-no-longer", "risk", &me.any().to_string()).into_owned()];
    let list: Value = others.iter().map(|it| Value::from(it.any().to_string())).collect();
    fields.insert("risks".to_owned(), if others.is_empty() { Value::Null } else { list });
    if others.is_empty() && row.reasons.contains(&ApplicabilityReason::Risk) {
        let rest: Vec<Value> = row
            .reasons
            .iter()
            .filter(|it| **it != ApplicabilityReason::Risk)
            .map(|it| Value::from(it.name()))
            .collect();
        if rest.is_empty() {
            what.push(cx.say("treat-row-unreasoned").into_owned());
        }
        fields.insert("reasons".to_owned(), if rest.is_empty() { Value::Null } else { Value::Array(rest) });
    }
    Some((what, fields))
}

/// What the form would change.
pub async fn of_fork(
    cx: &Cx,
    risk: &Stored<Risk>,
    typed: &Typed,
    fork: &Fork,
    wanted: &Wanted,
) -> Result<Weighed, Fault> {
    let Some(decision) = wanted.decision(fork) else {
        return Err(Fault::Broken("a decision that was forked is not there".to_owned()));
    };
    let mut weighed = weigh(cx, &fork.next, risk, decision).await?;
    if typed.get("expected_likelihood").is_some_and(|it| !it.is_empty()) {
        weighed.source = cx.say("treat-judged").into_owned();
    }
    let line = |row: &RowChange| RowLine {
        reference: row.target.to_string(),
        href: cx.href(&format!("/soa#{}", row.annex)),
        title: attestry_standards::annex_control(&row.annex).map(|it| it.title.clone()).unwrap_or_default(),
        annex: row.annex.clone(),
        what: row.what.join("; "),
        ticked: row.ticked,
        may: row.may,
    };
    weighed.rows = wanted.rows.iter().map(line).collect();
    let effect = &fork.effect;
    weighed.sentence = cx
        .with(
            "treat-sentence",
            &[
                ("solved", effect.solved.len().into()),
                ("caused", effect.caused.len().into()),
                ("rows", weighed.rows.len().into()),
            ],
        )
        .into_owned();
    weighed.effect = Some(effect.clone());
    Ok(weighed)
}

/// What a decision that stands changes.
pub async fn of_decision(cx: &Cx, risk: &Stored<Risk>, decision: &Stored<Treatment>) -> Result<Weighed, Fault> {
    weigh(cx, &cx.isms, risk, decision).await
}

async fn weigh(cx: &Cx, isms: &Isms, risk: &Stored<Risk>, decision: &Stored<Treatment>) -> Result<Weighed, Fault> {
    let whole = completed(isms, risk, decision);
    let (likelihood, impact) = planned_levels(risk, &whole);
    let method = risk.method(isms);
    let value = |l: Option<Level>, i: Option<Level>| method.and_then(|it| it.value(l, i));
    let planned = value(likelihood, impact);
    let avoided = whole.option == Some(TreatmentOption::Avoid);
    let none = |key: &str| Html::text(&cx.say(key));
    let then = match planned {
        Some(_) => level(cx, risk, planned),
        None if avoided => none("treat-gone"),
        None => none("matrix-none"),
    };
    let (mut mini, mut verdict) = (Html::default(), String::new());
    if let Some(record) = method {
        let numbers = Method::of(&record.body);
        let moments = Moments {
            before: measure::cell(risk.inherent_likelihood, risk.inherent_impact),
            now: measure::cell(risk.current_likelihood, risk.current_impact),
            planned: measure::cell(likelihood, impact),
        };
        mini = moments.draw(cx, record, &numbers);
        let verdict_of = |value: u32| match numbers.bands.decision(value) {
            Decision::OwnerMayAccept => cx.say1("rate-within", "limit", numbers.bands.acceptance_max),
            Decision::AuthorityMayAccept => cx.say1("rate-above", "limit", numbers.bands.acceptance_max),
            Decision::AcceptanceForbidden => cx.say1("rate-forbidden", "limit", numbers.bands.absolute_max),
        };
        verdict = planned.and_then(|it| u32::try_from(it).ok()).map(verdict_of).unwrap_or_default().into_owned();
    }
    let currency = read::currency(cx, risk);
    let costs = costs(isms, risk, decision);
    let yearly = measure::yearly_cost(costs.0, costs.1);
    let money = |it: Option<Money>| it.map_or_else(|| "–".to_owned(), |it| dates::money_short(cx.words, it));
    let mut weighed = Weighed {
        sentence: String::new(),
        levels: [
            (cx.say("matrix-before").into_owned(), level(cx, risk, risk.inherent_value)),
            (cx.say("matrix-now").into_owned(), level(cx, risk, risk.current_value)),
            (cx.say("matrix-plan").into_owned(), then),
        ],
        source: cx
            .say(if decision.expected_likelihood.is_some() || planned.is_none() {
                "treat-judged"
            } else {
                "treat-proposed"
            })
            .into_owned(),
        verdict,
        mini,
        losses: Vec::new(),
        computed: String::new(),
        mean: None,
        bad: None,
        cost: yearly.map(|(cost, currency)| (money(costs.0), money(costs.1), short(cx, cost, currency))),
        worth: None,
        unknown: unknown(cx, isms, decision),
        rows: Vec::new(),
        effect: None,
    };
    if planned.is_none() || decision.option.is_none() {
        weighed.source = String::new();
    }
    let Some(currency) = currency else { return Ok(weighed) };
    let Some((before, after, by_ranges)) = means(isms, risk, &whole) else { return Ok(weighed) };
    weighed.mean = Some((short(cx, before, currency), short(cx, after, currency)));
    weighed.worth = yearly
        .filter(|it| it.1 == currency && whole.option.is_some())
        .map(|(cost, _)| outcome::worthwhile(cx, Return::of(before, after, cost), currency));
    if !by_ranges {
        weighed.computed = cx.say("treat-by-middles").into_owned();
        return Ok(weighed);
    }
    if let Some(now) = measure::scenario(risk) {
        let plan = now.treated(measure::effect_of_decision(isms, risk, &whole));
        let alone = |scenario| Portfolio { scenarios: vec![scenario], common_causes: Vec::new() };
        let run = attestry_risk::quantitative::Run { years: outlook::USUAL_YEARS, seed: outlook::USUAL_SEED };
        let question = Question { before: None, now: alone(now), plan: alone(plan), run };
        let Found::Answer(answer) = kept::finished(cx, question).await? else { return Ok(weighed) };
        let amount = |summary: &attestry_risk::quantitative::Summary, level: f64| {
            at(summary, level).map_or_else(String::new, |it| short(cx, it.value, currency))
        };
        let (now, plan) = (&answer.now.total, &answer.plan.total);
        weighed.losses = LEVELS
            .iter()
            .map(|level| (outcome::year_words(cx, *level), amount(now, *level), amount(plan, *level)))
            .collect();
        weighed.bad = Some((amount(now, 0.9), amount(plan, 0.9)));
        let (years, seed) = (dates::number(cx.words, answer.run.years.into()), answer.run.seed.to_string());
        weighed.computed =
            cx.with("loss-computed", &[("years", (&years).into()), ("seed", (&seed).into())]).into_owned();
    }
    Ok(weighed)
}

/// The chosen controls of which nobody has said how strong they are or what they lower.
fn unknown(cx: &Cx, isms: &Isms, decision: &Treatment) -> Vec<Html> {
    let known: BTreeSet<Ref<Control>> = cx.isms.live::<Control>().map(Stored::reference).collect();
    let controls = decision.controls.iter().filter_map(|it| isms.get(*it));
    let mute =
        controls.filter(|it| it.is_live() && measure::effect_of(it) == attestry_risk::quantitative::Effect::default());
    let name = |it: &Stored<Control>| {
        if known.contains(&it.reference()) { show::rid(cx, it.reference().any()) } else { Html::text(it.title()) }
    };
    mute.map(name).collect()
}
