//! From records to the numbers of `attestry_risk`: scales, matrix and bands of a methodology, what controls do, and a risk's
//! ranges as a scenario. Only this module knows both sides; formulas stay in `attestry_risk`.

use std::collections::BTreeMap;

use attestry_model::records::control::{ControlActsOn, ControlState};
use attestry_model::records::methodology::{MethodologyImpactAggregation, MethodologyResidualFormula};
use attestry_model::records::risk::RiskOrOpportunity;
use attestry_model::records::shared::methodology_in_force;
use attestry_model::records::treatment::TreatmentOption;
use attestry_model::records::{Asset, Control, Methodology, Property, Risk, Treatment};
use attestry_model::value::{Currency, Level as RecordLevel, Money};
use attestry_model::{Isms, Ref, Stored};
use attestry_risk::Flaw;
use attestry_risk::qualitative::{
    self, Band, Bands, Cell, Corrections, Cycles, Formula, Level, Matrix, Need, Overlap, Proposals, Scale, Values,
};
use attestry_risk::quantitative::{Cost, Effect, Range, Scenario, loss_if_failing, worth};
use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive as _, ToPrimitive as _};

/// From how many dependent assets on needs add up where the methodology does not say.
pub const CUMULATION_FROM: usize = 5;

/// How many years a control serves where nothing else is known; its cost of acquisition is spread over them.
pub const SERVICE_YEARS: f64 = 5.0;

/// What a methodology says, as numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Method {
    /// Events per year.
    pub likelihood: Scale,
    /// Money.
    pub impact: Scale,
    /// The value of each pair of levels.
    pub matrix: Matrix,
    /// What values mean, with the limits.
    pub bands: Bands,
    /// How the risk after treatment is worked out.
    pub formula: Formula,
}

impl Method {
    /// What a methodology record says; gaps in it are gaps here, see [`Method::flaws`].
    pub fn of(record: &Methodology) -> Self {
        let most = |levels: usize| Level::try_from(levels).unwrap_or(Level::MAX);
        let frequency = record.likelihood_scale.iter();
        let frequency =
            frequency.map(|level| (number(level.freq_per_year_min), number(level.freq_per_year_max))).collect();
        let money =
            record.impact_scale.iter().map(|level| (amount(level.money_min), amount(level.money_max))).collect();
        let (likelihoods, impacts) = (most(record.likelihood_scale.len()), most(record.impact_scale.len()));
        let known = record.matrix.as_ref();
        let rows = known.and_then(|it| it.0.keys().map(|(l, _)| *l).max()).unwrap_or_default().max(likelihoods);
        let columns = known.and_then(|it| it.0.keys().map(|(_, i)| *i).max()).unwrap_or_default().max(impacts);
        let cell = |l, i| known.and_then(|it| it.0.get(&(l, i))).and_then(|value| u32::try_from(*value).ok());
        let cells = (1..=rows).map(|l| (1..=columns).map(|i| cell(l, i)).collect()).collect();
        let whole = |value: Option<i64>| value.and_then(|it| u32::try_from(it).ok()).unwrap_or_default();
        let bands = record.bands.iter().map(|band| Band {
            name: band.name.clone().unwrap_or_default(),
            low: whole(band.min),
            high: whole(band.max),
        });
        let bands = Bands {
            bands: bands.collect(),
            acceptance_max: whole(record.acceptance_max),
            absolute_max: whole(record.absolute_max),
        };
        let formula = match record.residual_formula {
            Some(MethodologyResidualFormula::LevelReduction) => Formula::LevelReduction,
            Some(MethodologyResidualFormula::LogRateReduction) => Formula::LogRateReduction,
            _ => Formula::Judgement,
        };
        let matrix = Matrix { likelihoods, impacts, cells };
        Self { likelihood: Scale::frequency(frequency), impact: Scale::money(money), matrix, bands, formula }
    }

    /// Everything that is wrong with it: the field of the record and what is wrong there.
    pub fn flaws(&self) -> Vec<(&'static str, String)> {
        let mut flaws = Vec::new();
        flaws.extend(self.likelihood.flaws().iter().map(|flaw| ("likelihood_scale", flaw.to_string())));
        flaws.extend(self.impact.flaws().iter().map(|flaw| ("impact_scale", flaw.to_string())));
        flaws.extend(self.matrix.flaws().iter().map(|flaw| ("matrix", flaw.to_string())));
        if let Some(range) = self.matrix.range() {
            flaws.extend(self.bands.flaws(range).iter().map(|flaw| ("bands", flaw.to_string())));
        }
        flaws
    }

    /// The yearly losses that a single risk may have within the acceptance limit: for each level of impact its upper money
    /// bound and the highest yearly frequency whose cell does not lie above the limit.
    pub fn tolerated(&self) -> Vec<(f64, f64)> {
        let mut points = Vec::new();
        for (impact, (_, money)) in (1..).zip(&self.impact.bands) {
            let within = |likelihood: &Level| {
                self.matrix.value(*likelihood, impact).is_some_and(|value| value <= self.bands.acceptance_max)
            };
            let highest = (1..=self.matrix.likelihoods).filter(within).max();
            let frequency =
                highest.and_then(|at| self.likelihood.bands.get(usize::from(at) - 1)).map_or(0.0, |it| it.1);
            points.push((*money, yearly_probability(frequency)));
        }
        points
    }
}

/// Methods that were read, so that many risks read each of them once.
#[derive(Debug, Clone, Default)]
pub struct Methods(BTreeMap<Ref<Methodology>, Method>);

impl Methods {
    /// The method by which a risk is assessed.
    pub fn of(&mut self, isms: &Isms, risk: &Stored<Risk>) -> Option<&Method> {
        let record = risk.method(isms)?;
        Some(self.read(record))
    }

    /// A method, read where it was not.
    pub(crate) fn read(&mut self, record: &Stored<Methodology>) -> &Method {
        self.0.entry(record.reference()).or_insert_with(|| Method::of(&record.body))
    }

    /// A method that was read.
    pub(crate) fn get(&self, record: Ref<Methodology>) -> Option<&Method> {
        self.0.get(&record)
    }
}

/// The probability that at least one event happens in a year, of events at a known yearly rate: `1 - exp(-rate)`.
pub fn yearly_probability(rate: f64) -> f64 {
    1.0 - (-rate).exp()
}

/// The likelihood and impact of a risk at a moment of its treatment.
pub fn cell(likelihood: Option<RecordLevel>, impact: Option<RecordLevel>) -> Option<Cell> {
    Some(Cell { likelihood: likelihood?.0, impact: impact?.0 })
}

/// Whether a risk counts in sums and matrices: it is live and no opportunity.
pub fn counts(risk: &Stored<Risk>) -> bool {
    risk.is_live() && risk.risk_opportunity != Some(RiskOrOpportunity::Opportunity)
}

/// What a control does, as numbers. What nobody has judged counts as nothing.
pub fn control(record: &Stored<Control>) -> qualitative::Control {
    qualitative::Control {
        design: percent(record.design_effectiveness.map(|it| it.0)),
        operating: percent(record.operating_effectiveness.map(|it| it.0)),
        implemented: record.is_live() && record.state == ControlState::Implemented,
        on_likelihood: record.acts_on.contains(&ControlActsOn::Likelihood),
        on_impact: record.acts_on.contains(&ControlActsOn::Impact),
    }
}

/// What the formulas propose as levels of today beside the assessors' judgement, from the levels without controls.
pub fn proposals(isms: &Isms, risk: &Stored<Risk>) -> Option<Proposals> {
    let method = Method::of(&risk.method(isms)?.body);
    let inherent = cell(risk.inherent_likelihood, risk.inherent_impact)?;
    let controls: Vec<_> = risk.existing_controls.iter().filter_map(|it| isms.get(*it)).map(control).collect();
    qualitative::proposals(inherent, &controls, Overlap::Independent, &method.likelihood, &method.impact)
}

/// The decision about a risk that is in force, else the one that is being prepared.
pub fn decision(isms: &Isms, risk: Ref<Risk>) -> Option<&Stored<Treatment>> {
    let live = || isms.referring::<Treatment>(risk.any(), "risk").filter(|one| one.is_live());
    let approved = live().filter(|one| one.state_name() == "approved").last();
    approved.or_else(|| live().filter(|one| one.state_name() != "rejected").last())
}

/// A risk's ranges as a scenario; none where it has none. PERT for the frequency, lognormal for the loss of an event, a
/// constant where both ends are the same.
pub fn scenario(risk: &Stored<Risk>) -> Option<Scenario> {
    let frequency = match (risk.lef_min?, risk.lef_mode, risk.lef_max?) {
        (low, _, high) if low == high => Range::Constant(number(Some(low))),
        (low, Some(mode), high) => Range::pert(number(Some(low)), number(Some(mode)), number(Some(high))),
        (low, None, high) => Range::Uniform { low: number(Some(low)), high: number(Some(high)) },
    };
    let (low, high) = (risk.lm_p5?, risk.lm_p95?);
    let loss = if low == high {
        Range::Constant(amount(Some(low)))
    } else {
        Range::LogNormal { low: amount(Some(low)), high: amount(Some(high)) }
    };
    Some(Scenario::simple(u64::from(risk.number), &low.currency.to_string(), frequency, loss))
}

/// A risk before any control, as far as its levels without controls tell; none where it has no ranges or no such levels.
///
/// Nobody estimates ranges without controls. What is judged are levels, so the bands of those levels are the ranges: PERT over
/// the band of the likelihood with its middle as the most likely, lognormal with the band of the impact as its 90 % interval.
/// Neither side is less than it is today: controls do not make a risk worse.
pub fn before_controls(isms: &Isms, risk: &Stored<Risk>) -> Option<Scenario> {
    let now = scenario(risk)?;
    let record = risk.method(isms)?;
    let method = Method::of(&record.body);
    let inherent = cell(risk.inherent_likelihood, risk.inherent_impact)?;
    let same = |money: Money| Some(money.currency) == risk.lm_p5.map(|it| it.currency);
    let mut scale = record.impact_scale.iter().flat_map(|it| [it.money_min, it.money_max]).flatten();
    if !scale.all(same) {
        return None;
    }
    let (fewest, most) = method.likelihood.band(inherent.likelihood)?;
    let frequency = Range::pert(fewest, method.likelihood.middle(inherent.likelihood)?, most);
    let (low, high) = method.impact.band(inherent.impact)?;
    let mut before = Scenario::simple(now.stream, &now.currency, frequency, Range::LogNormal { low, high });
    if !before.flaws("").is_empty() {
        return None;
    }
    if before.mean_frequency() < now.mean_frequency() {
        before.frequency = now.frequency;
    }
    if before.mean_loss() < now.mean_loss() {
        before.primary = now.primary;
    }
    Some(before)
}

/// What a control in place is worth against a risk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InPlace {
    /// The mean yearly loss today.
    pub now: f64,
    /// The mean yearly loss if this control alone failed; none where nothing says what there would be without it.
    pub failing: Option<f64>,
    /// Its share of what all controls in place take away together (Shapley); none where what there was before is not known.
    pub share: Option<f64>,
}

/// What each control in place is worth against a risk with ranges, beside what all of them together are
/// ([`before_controls`]). A control counts as it works today: one whose effectiveness nobody has judged takes nothing away.
pub fn worth_in_place<'a>(isms: &'a Isms, risk: &Stored<Risk>) -> Vec<(&'a Stored<Control>, InPlace)> {
    let Some(now) = scenario(risk).filter(|it| it.flaws("").is_empty()) else { return Vec::new() };
    let sides = |it: &Scenario| [it.mean_frequency(), it.mean_loss()];
    let loss = |it: &Scenario| sides(it).iter().product::<f64>();
    let before = before_controls(isms, risk);
    let working = working_controls(isms, risk);
    let effects: Vec<Effect> = working.iter().map(|it| effect(&control(it))).collect();
    let taken = 1.0 - effects.iter().copied().fold(Effect::default(), Effect::with).passes();
    // The shares of a loss of 1 add up to what is taken of it; those of what is taken in fact are in the same proportion.
    let rows: Vec<Vec<Effect>> = effects.iter().map(|it| vec![*it]).collect();
    let shares = worth(&[1.0], &rows).unwrap_or_default();
    let scale = before.as_ref().filter(|_| taken > 0.0).map(|it| (loss(it) - loss(&now)) / taken);
    let one = |(at, record): (usize, &'a Stored<Control>)| {
        let worth = InPlace {
            now: loss(&now),
            failing: loss_if_failing(sides(&now), effects[at], before.as_ref().map(sides)),
            share: scale.zip(shares.get(at)).map(|(scale, it)| it.share * scale),
        };
        (record, worth)
    };
    working.into_iter().enumerate().map(one).collect()
}

/// The field of a risk that a flaw of its scenario is about.
pub fn field_of(flaw: &Flaw) -> &'static str {
    match flaw.field.as_str() {
        path if path.contains("frequency") && path.ends_with("high") => "lef_max",
        path if path.contains("frequency") && path.ends_with("mode") => "lef_mode",
        path if path.contains("frequency") => "lef_min",
        path if path.ends_with("high") => "lm_p95",
        path if path.ends_with("years") => "years",
        _ => "lm_p5",
    }
}

/// A control as it would be if it worked: with what tests have found, else as designed.
///
/// How well a control works in operation is what tests find. One that is not in place and was never tested has no such
/// finding, whatever number stands there: it counts as designed. One that is repaired after a test keeps what was found,
/// a nothing too.
pub fn at_work(record: &Stored<Control>) -> qualitative::Control {
    let in_place = matches!(record.state, ControlState::Implemented | ControlState::Ineffective);
    let found = record.operating_effectiveness.filter(|_| in_place || record.last_tested_on.is_some());
    let operating = found.map_or(100.0, |it| percent(Some(it.0)));
    qualitative::Control { operating, implemented: true, ..control(record) }
}

/// What one more control would take away from a scenario if it worked as designed.
pub fn effect_of(record: &Stored<Control>) -> Effect {
    effect(&at_work(record))
}

/// What a control takes away from the loss events and from the loss of each.
pub fn effect(works: &qualitative::Control) -> Effect {
    let share = works.effectiveness();
    Effect {
        frequency: if works.on_likelihood { share } else { 0.0 },
        magnitude: if works.on_impact { share } else { 0.0 },
    }
}

/// What the decided treatment of a risk still takes away beyond what works today.
///
/// Avoiding takes away everything. Otherwise the controls that are not in place yet count as designed; where none of them
/// has figures, the step from the levels of today to the expected ones counts, by the middles of their bands.
pub fn planned_effect(isms: &Isms, risk: &Stored<Risk>) -> Effect {
    planned_effect_by(isms, risk, &mut Methods::default())
}

/// [`planned_effect`] for many risks.
pub fn planned_effect_by(isms: &Isms, risk: &Stored<Risk>, methods: &mut Methods) -> Effect {
    let decision = decision(isms, risk.reference());
    decision.map_or_else(Effect::default, |decision| effect_by(isms, risk, decision, methods))
}

/// The same for a decision that may not be in force.
pub fn effect_of_decision(isms: &Isms, risk: &Stored<Risk>, decision: &Treatment) -> Effect {
    effect_by(isms, risk, decision, &mut Methods::default())
}

fn effect_by(isms: &Isms, risk: &Stored<Risk>, decision: &Treatment, methods: &mut Methods) -> Effect {
    let planned = missing_controls(isms, risk, decision).into_iter().map(effect_of);
    let today = cell(risk.current_likelihood, risk.current_impact);
    let then = cell(decision.expected_likelihood, decision.expected_impact);
    effect_by_numbers(decision.option, planned, today.zip(then), methods.of(isms, risk))
}

/// What a decision still takes away, from the effects of its controls that are not in place yet and from the levels of today
/// and those expected then.
pub(crate) fn effect_by_numbers(
    option: Option<TreatmentOption>,
    planned: impl Iterator<Item = Effect>,
    levels: Option<(Cell, Cell)>,
    method: Option<&Method>,
) -> Effect {
    match option {
        Some(TreatmentOption::Avoid) => return Effect { frequency: 1.0, magnitude: 0.0 },
        Some(TreatmentOption::Accept) | None => return Effect::default(),
        Some(TreatmentOption::Treat | TreatmentOption::Transfer) => {}
    }
    let by_controls = planned.fold(Effect::default(), Effect::with);
    if by_controls != Effect::default() {
        return by_controls;
    }
    let (Some((today, then)), Some(method)) = (levels, method) else { return Effect::default() };
    let share = |scale: &Scale, from: Level, to: Level| match (scale.middle(from), scale.middle(to)) {
        (Some(from), Some(to)) if to < from => 1.0 - to / from,
        _ => 0.0,
    };
    Effect {
        frequency: share(&method.likelihood, today.likelihood, then.likelihood),
        magnitude: share(&method.impact, today.impact, then.impact),
    }
}

/// The controls of a risk's decision that are not in place yet.
pub fn planned_controls<'a>(isms: &'a Isms, risk: &Stored<Risk>) -> Vec<&'a Stored<Control>> {
    let decided = decision(isms, risk.reference());
    decided.map(|decision| missing_controls(isms, risk, decision)).unwrap_or_default()
}

/// The controls of a decision that do not work against the risk yet: not counted on today, or not in place.
pub fn missing_controls<'a>(isms: &'a Isms, risk: &Stored<Risk>, decision: &Treatment) -> Vec<&'a Stored<Control>> {
    let works = |it: &Stored<Control>| it.state == ControlState::Implemented;
    let controls = decision.controls.iter().filter_map(|it| isms.get(*it));
    controls.filter(|it| it.is_live() && !(works(it) && risk.existing_controls.contains(&it.reference()))).collect()
}

/// What the formulas propose as the levels after a decision, if its controls work as designed beside those that work today.
pub fn proposals_after(isms: &Isms, risk: &Stored<Risk>, decision: &Treatment) -> Option<Proposals> {
    let method = Method::of(&risk.method(isms)?.body);
    let inherent = cell(risk.inherent_likelihood, risk.inherent_impact)?;
    let today = working_controls(isms, risk).into_iter().map(control);
    let then = missing_controls(isms, risk, decision).into_iter().map(at_work);
    let controls: Vec<_> = today.chain(then).collect();
    qualitative::proposals(inherent, &controls, Overlap::Independent, &method.likelihood, &method.impact)
}

/// The conceivable yearly loss of a risk without ranges, by the middles of the bands of its levels today: events per year and
/// money per event.
pub fn middles(isms: &Isms, risk: &Stored<Risk>) -> Option<(f64, f64)> {
    let method = Method::of(&risk.method(isms)?.body);
    let today = cell(risk.current_likelihood, risk.current_impact)?;
    Some((method.likelihood.middle(today.likelihood)?, method.impact.middle(today.impact)?))
}

/// The controls of a risk that are in place today.
pub fn working_controls<'a>(isms: &'a Isms, risk: &Stored<Risk>) -> Vec<&'a Stored<Control>> {
    let controls = risk.existing_controls.iter().filter_map(|it| isms.get(*it));
    controls.filter(|it| it.is_live() && it.state == ControlState::Implemented).collect()
}

/// What something costs per year, in its currency; none where no cost is recorded or two currencies are mixed.
pub fn yearly_cost(once: Option<Money>, yearly: Option<Money>) -> Option<(f64, Currency)> {
    let currency = once.or(yearly)?.currency;
    if [once, yearly].into_iter().flatten().any(|it| it.currency != currency) {
        return None;
    }
    let cost = Cost { once: amount(once), yearly: amount(yearly), years: SERVICE_YEARS, interest: 0.0 };
    Some((cost.per_year(), currency))
}

/// An amount as a number in units of its currency.
pub fn cost_of(money: Option<Money>) -> Option<f64> {
    money.and_then(|it| it.amount().to_f64())
}

/// An amount of money from a number, to the whole unit.
pub fn money(number: f64, currency: Currency) -> Option<Money> {
    Money::new(Decimal::from_f64(number.round())?, currency).ok()
}

/// Assets in the order of their numbers with the needs that they have and inherit.
#[derive(Debug, Clone)]
pub struct Needs {
    /// The assets.
    pub assets: Vec<Ref<Asset>>,
    /// For each: own confidentiality, integrity and availability.
    pub own: Vec<Values>,
    /// For each: with what it inherits and from where; or the circles along which nothing can be inherited.
    pub needs: Result<Vec<[Need; 3]>, Cycles>,
    /// For each: the places of what it depends on.
    pub depends_on: Vec<Vec<usize>>,
}

impl Needs {
    /// What the asset at a place needs with what it inherits; its own where circles stand in the way.
    pub fn effective(&self, at: usize) -> Values {
        self.needs.as_ref().map_or(self.own[at], |all| all[at].map(|it| it.level))
    }

    /// From where a need of an asset comes: the assets from the one that depends on it up to the one whose own need it is.
    pub fn source(&self, at: usize, property: usize) -> Vec<usize> {
        let Ok(all) = &self.needs else { return Vec::new() };
        let mut chain = Vec::new();
        let mut here = at;
        // Without circles the chain ends; its length bounds it anyhow.
        while let Some(from) = all[here][property].from.filter(|_| chain.len() < all.len()) {
            chain.push(from);
            here = from;
        }
        chain
    }

    /// Of all live assets.
    pub fn of(isms: &Isms) -> Self {
        let live: Vec<&Stored<Asset>> = isms.live().collect();
        let place = |asset: &Ref<Asset>| live.binary_search_by_key(&asset.number(), |it| it.number).ok();
        let level = |level: Option<RecordLevel>| level.map_or(0, |it| it.0);
        let assets: Vec<qualitative::Asset> = live
            .iter()
            .map(|it| qualitative::Asset {
                own: [level(it.c_value), level(it.i_value), level(it.a_value)],
                inherits: it.inherits_values == Some(true),
                redundant: it.redundant == Some(true),
                depends_on: it.depends_on.iter().filter_map(place).collect(),
            })
            .collect();
        Self {
            needs: qualitative::inherit_explained(&assets, &corrections(isms)),
            own: assets.iter().map(|it| it.own).collect(),
            depends_on: assets.into_iter().map(|it| it.depends_on).collect(),
            assets: live.iter().map(|it| it.reference()).collect(),
        }
    }
}

/// How the methodology in force corrects inherited needs; not at all where there is none.
pub fn corrections(isms: &Isms) -> Corrections {
    let Some(method) = methodology_in_force(isms) else { return Corrections::none(10) };
    let top = method.top_impact().and_then(|it| u8::try_from(it).ok()).unwrap_or(10);
    let many = method.cumulation_from.and_then(|it| usize::try_from(it).ok()).unwrap_or(CUMULATION_FROM);
    let properties = [Property::Confidentiality, Property::Integrity, Property::Availability];
    Corrections {
        cumulation: properties.map(|it| method.cumulation.contains(&it).then_some(many)),
        distribution: properties.map(|it| method.distribution.contains(&it)),
        most: top,
    }
}

/// The impact that the affected assets suggest.
pub fn impact_of_assets(isms: &Isms, risk: &Stored<Risk>) -> Option<Level> {
    let needs = Needs::of(isms);
    let effective = needs.needs.as_ref().ok()?;
    let harmed: Vec<qualitative::Property> = risk.effects.iter().map(|it| property(*it)).collect();
    let place = |asset: &Ref<Asset>| needs.assets.iter().position(|it| it == asset);
    let values: Vec<Values> = risk.assets.iter().filter_map(place).map(|at| effective[at].map(|it| it.level)).collect();
    qualitative::impact_from_assets(&values, &harmed)
}

/// The impact that the levels of its dimensions come to, in the order of [`Methodology::weights`].
///
/// By the worst of those that have a level; by the weighted mean, where every dimension that has a weight has a level; or by
/// the money of all that have one, each by the middle of its band.
pub fn impact_of_dimensions(method: &Methodology, levels: [Option<RecordLevel>; 4]) -> Option<Level> {
    let given: Vec<Level> = levels.iter().flatten().map(|it| it.0).collect();
    match method.impact_aggregation {
        Some(MethodologyImpactAggregation::WeightedSum) => {
            let weights = method.weights().map(|it| it.1.map_or(Decimal::ZERO, |it| it.0));
            let counting = || weights.iter().zip(levels).filter(|it| !it.0.is_zero());
            let levels: Option<Vec<Level>> = counting().map(|it| Some(it.1?.0)).collect();
            let weights: Vec<f64> = counting().map(|it| number(Some(*it.0)) / 100.0).collect();
            qualitative::weighted_sum(&levels?, &weights, Level::try_from(method.top_impact()?).ok()?)
        }
        Some(MethodologyImpactAggregation::Sum) => {
            let scale = Method::of(method).impact;
            let money: Option<Vec<f64>> = given.iter().map(|it| scale.middle(*it)).collect();
            money.filter(|it| !it.is_empty()).map(|it| qualitative::summed_money(&it, &scale))
        }
        Some(MethodologyImpactAggregation::Max) | None => qualitative::maximum(&given),
    }
}

fn property(property: Property) -> qualitative::Property {
    match property {
        Property::Confidentiality => qualitative::Property::Confidentiality,
        Property::Integrity => qualitative::Property::Integrity,
        Property::Availability => qualitative::Property::Availability,
    }
}

/// A decimal as a floating number; not a number where it is missing, which the checks of `attestry_risk` then name.
fn number(decimal: Option<Decimal>) -> f64 {
    decimal.and_then(|it| it.to_f64()).unwrap_or(f64::NAN)
}

/// An amount; 0 where there is none.
fn amount(money: Option<Money>) -> f64 {
    money.and_then(|it| it.amount().to_f64()).unwrap_or_default()
}

fn percent(share: Option<Decimal>) -> f64 {
    share.and_then(|it| it.to_f64()).unwrap_or_default()
}
