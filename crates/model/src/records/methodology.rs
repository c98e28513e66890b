//! Risk methodologies: versions of how risks are assessed and treated (6.1.2, 6.1.3).

use crate::records::prelude::*;
use crate::records::shared::{Property, not_in_future, supersede};

/// A version of how risks are assessed and treated. At most one version is effective.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "MET",
    title = "Risk methodology",
    plural = "Risk methodologies",
    steps = "5",
    clauses = "6.1.2 6.1.3",
    retention = "A",
    core
)]
pub struct Methodology {
    /// Number of the version, such as 1.0.
    #[field(required)]
    pub version: Option<String>,
    /// Whether risks are expressed in words, in points or in money and frequency.
    #[field(required)]
    pub approach: Option<MethodologyApproach>,
    /// Whether risks are found from events, from assets or both (ISO/IEC 27005).
    #[field(required)]
    pub identification: Option<MethodologyIdentification>,
    /// Levels of likelihood in ascending order without gaps, at least three.
    #[field(required)]
    pub likelihood_scale: Vec<LikelihoodLevel>,
    /// Levels of impact in ascending order, at least three.
    #[field(required)]
    pub impact_scale: Vec<ImpactLevel>,
    /// How the dimensions of an impact are combined into one level.
    #[field(required)]
    pub impact_aggregation: Option<MethodologyImpactAggregation>,
    /// What law counts in a weighted sum, in percent; the four weights add up to 100.
    pub weight_legal: Option<Percent>,
    /// What patients or customers count in a weighted sum, in percent.
    pub weight_patient_or_customer: Option<Percent>,
    /// What operations count in a weighted sum, in percent.
    pub weight_operations: Option<Percent>,
    /// What reputation counts in a weighted sum, in percent.
    pub weight_reputation: Option<Percent>,
    /// Risk value for each pair of likelihood and impact; it never falls when one of them rises.
    #[field(required)]
    pub matrix: Option<Matrix>,
    /// Bands of risk values that cover the whole range without overlap, with what has to be done and who may accept.
    #[field(required)]
    pub bands: Vec<Band>,
    /// Highest risk value that the risk owner may accept without special approval (6.1.2 a).
    #[field(required)]
    pub acceptance_max: Option<i64>,
    /// Risk value above which nobody may accept a risk.
    #[field(required)]
    pub absolute_max: Option<i64>,
    /// When and how assessments are performed (6.1.2 a).
    #[field(required)]
    pub assessment_criteria: Option<LongText>,
    /// How often all risks are assessed, such as P1Y for every year.
    #[field(required)]
    pub assessment_interval: Option<Period>,
    /// Events that start an assessment out of turn.
    #[field(required)]
    pub triggers: Vec<String>,
    /// How it is made sure that repeated assessments give comparable results (6.1.2 b).
    #[field(required)]
    pub consistency_measures: Option<LongText>,
    /// How the risk after treatment is worked out.
    #[field(required)]
    pub residual_formula: Option<MethodologyResidualFormula>,
    /// Properties in which an asset needs one level more than it inherits when many depend on it (cumulation).
    pub cumulation: Vec<Property>,
    /// How many dependent assets with the inherited level count as many, at least 2; 5 when left empty.
    pub cumulation_from: Option<i64>,
    /// Properties in which a redundant asset needs one level less than it inherits, never less than its own
    /// (distribution).
    pub distribution: Vec<Property>,
    /// Why cumulation or distribution is used.
    pub inheritance_reason: Option<LongText>,
    /// How the owner of a risk is found.
    #[field(required)]
    pub owner_rule: Option<String>,
    /// How options and controls are chosen, compared with Annex A, planned and approved (6.1.3).
    #[field(required)]
    pub treatment_process: Option<LongText>,
    /// Signature of top management.
    #[field(immaterial)]
    pub approval: Option<Ref<Approval>>,
    /// First day on which this version is in force.
    #[field(immaterial)]
    pub effective_from: Option<Date>,
}

/// States of a risk methodology.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MethodologyState {
    /// Draft.
    Draft,
    /// In review.
    InReview,
    /// Approved.
    Approved,
    /// Effective.
    Effective,
    /// Superseded.
    Superseded,
}

/// In what terms risks are expressed.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MethodologyApproach {
    /// Qualitative.
    Qualitative,
    /// Semi quantitative.
    SemiQuantitative,
    /// Quantitative.
    Quantitative,
}

/// Where the search for risks begins.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MethodologyIdentification {
    /// Event based.
    EventBased,
    /// Asset based.
    AssetBased,
    /// Both.
    Both,
}

/// How dimensions of an impact are combined.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MethodologyImpactAggregation {
    /// Maximum.
    Max,
    /// Weighted sum.
    WeightedSum,
    /// Sum.
    Sum,
}

/// Who may accept a risk of a band.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BandAuthority {
    /// Risk owner.
    RiskOwner,
    /// ISMS manager.
    IsmsManager,
    /// Top management.
    TopManagement,
}

/// How the risk after treatment is worked out.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MethodologyResidualFormula {
    /// Judgement.
    Judgement,
    /// Level reduction.
    LevelReduction,
    /// Rate reduction.
    LogRateReduction,
    /// FAIR.
    Fair,
}

/// A level of likelihood.
#[derive(Embedded, Clone, Debug, Default, PartialEq)]
pub struct LikelihoodLevel {
    /// Number of the level, from 1.
    pub level: Option<i64>,
    /// Word for it, such as possible.
    pub label: Option<String>,
    /// Lower bound in events per year, included.
    pub freq_per_year_min: Option<Decimal>,
    /// Upper bound in events per year, not included.
    pub freq_per_year_max: Option<Decimal>,
    /// What it means, such as once in 1 to 5 years.
    pub description: Option<String>,
}

/// A level of impact with what it means in each dimension.
#[derive(Embedded, Clone, Debug, Default, PartialEq)]
pub struct ImpactLevel {
    /// Number of the level, from 1.
    pub level: Option<i64>,
    /// Word for it, such as serious.
    pub label: Option<String>,
    /// Lower bound of the loss, included.
    pub money_min: Option<Money>,
    /// Upper bound of the loss, not included.
    pub money_max: Option<Money>,
    /// What it means in law, such as notification of individuals.
    pub legal: Option<String>,
    /// What it means for patients or customers.
    pub patient_or_customer: Option<String>,
    /// What it means for operations.
    pub operations: Option<String>,
    /// What it means for the reputation.
    pub reputation: Option<String>,
}

/// A band of risk values.
#[derive(Embedded, Clone, Debug, Default, PartialEq)]
pub struct Band {
    /// Name of the band, such as elevated.
    pub name: Option<String>,
    /// Lowest value of the band.
    pub min: Option<i64>,
    /// Highest value of the band.
    pub max: Option<i64>,
    /// What has to be done, such as treat with priority.
    pub action: Option<String>,
    /// Days within which a risk of this band must be treated.
    pub treat_within_days: Option<i64>,
    /// Who may accept a risk of this band.
    pub authority: Option<BandAuthority>,
}

impl Record for Methodology {
    type State = MethodologyState;

    const RIGHTS: Rights = Rights { create: &[IM], read: &[Who::Isms], update: &[IM], approve: &[TM] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(MethodologyState::Draft, MethodologyState::InReview, &[IM]),
        step(MethodologyState::InReview, MethodologyState::Approved, &[TM]),
        step(MethodologyState::Approved, MethodologyState::Effective, &[IM]),
        step(MethodologyState::Effective, MethodologyState::Superseded, &[Who::System]),
    ];

    /// Contradictions only. Whether the matrix is complete and monotone and the bands leave no gap is for the
    /// conformance check: a methodology may be written step by step.
    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        ascending(record.likelihood_scale.iter().map(|step| step.level), "likelihood_scale", problems);
        ascending(record.impact_scale.iter().map(|step| step.level), "impact_scale", problems);
        for (at, step) in record.likelihood_scale.iter().enumerate() {
            let field = format!("likelihood_scale[{at}].freq_per_year_min");
            problems.part(step.freq_per_year_min, step.freq_per_year_max, &field, "the upper bound");
        }
        for (at, step) in record.impact_scale.iter().enumerate() {
            if let (Some(min), Some(max)) = (step.money_min, step.money_max)
                && min.currency == max.currency
            {
                let field = format!("impact_scale[{at}].money_min");
                problems.part(Some(min.amount()), Some(max.amount()), &field, "the upper bound");
            }
        }
        for (at, band) in record.bands.iter().enumerate() {
            problems.part(band.min, band.max, &format!("bands[{at}].min"), "the highest value of the band");
        }
        problems.part(record.acceptance_max, record.absolute_max, "acceptance_max", "what may be accepted at all");
        record.check_weights(problems);
        if record.cumulation_from.is_some_and(|many| many < 2) {
            problems.add("cumulation_from", "must be at least 2: one dependent asset is not many");
        }
        if let (Some(matrix), Some(likelihood), Some(impact)) =
            (&record.matrix, record.top_likelihood(), record.top_impact())
        {
            let outside = |(l, i): &&(u8, u8)| i64::from(*l) > likelihood || i64::from(*i) > impact;
            if let Some((l, i)) = matrix.0.keys().find(outside) {
                problems.add("matrix", format!("has a cell {l},{i} outside the scales of {likelihood} by {impact}"));
            }
        }
    }

    fn demand(record: &Stored<Self>, to: Self::State, context: &Context<'_>, problems: &mut Problems) {
        let weighted = record.impact_aggregation == Some(MethodologyImpactAggregation::WeightedSum);
        for (field, weight) in record.weights() {
            problems.need(weighted && weight.is_none(), field, "when impacts are put together by weights; 0 counts nothing");
        }
        let corrected = !record.cumulation.is_empty() || !record.distribution.is_empty();
        let unexplained = corrected && record.inheritance_reason.is_none();
        problems.need(unexplained, "inheritance_reason", "when inherited values are corrected");
        if to == MethodologyState::Effective {
            not_in_future(record.effective_from, "effective_from", context, problems);
        }
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        if record.state == MethodologyState::Effective {
            record.body.effective_from.get_or_insert(context.today());
        }
    }

    fn follow(record: &Stored<Self>, context: &Context<'_>, follow: &mut Vec<Follow>) {
        let in_force = [MethodologyState::Effective];
        supersede(record, context.isms.live(), &in_force, |method| method.effective_from, follow);
    }

    fn sample() -> Self {
        let likelihood = |level, label: &str, min, max| LikelihoodLevel {
            level: Some(level),
            label: Some(label.into()),
            freq_per_year_min: decimal(min),
            freq_per_year_max: decimal(max),
            description: None,
        };
        let impact = |level, label: &str, operations: &str, min, max| ImpactLevel {
            level: Some(level),
            label: Some(label.into()),
            money_min: money(min),
            money_max: money(max),
            operations: Some(operations.into()),
            ..ImpactLevel::default()
        };
        let band = |name: &str, min, max, days, authority| Band {
            name: Some(name.into()),
            min: Some(min),
            max: Some(max),
            action: None,
            treat_within_days: Some(days),
            authority: Some(authority),
        };
        Self {
            version: Some("1.0".into()),
            approach: Some(MethodologyApproach::SemiQuantitative),
            identification: Some(MethodologyIdentification::Both),
            likelihood_scale: vec![
                likelihood(1, "Rare", "0", "0.2"),
                likelihood(2, "Possible", "0.2", "1"),
                likelihood(3, "Likely", "1", "100"),
            ],
            impact_scale: vec![
                impact(1, "Minor", "hours of rework", "0 USD", "50000 USD"),
                impact(2, "Serious", "one process down for days", "50000 USD", "250000 USD"),
                impact(3, "Severe", "several processes down", "250000 USD", "50000000 USD"),
            ],
            impact_aggregation: Some(MethodologyImpactAggregation::Max),
            matrix: Some(Matrix((1..=3).flat_map(|l| (1..=3).map(move |i| ((l, i), i64::from(l * i)))).collect())),
            bands: vec![
                band("low", 1, 2, 365, BandAuthority::RiskOwner),
                band("elevated", 3, 4, 180, BandAuthority::TopManagement),
                band("high", 5, 9, 60, BandAuthority::TopManagement),
            ],
            acceptance_max: Some(2),
            absolute_max: Some(4),
            assessment_criteria: Some("Yearly for all risks, in workshops per process.".into()),
            assessment_interval: period("P1Y"),
            triggers: vec!["significant change".into(), "incident of severity high or critical".into()],
            consistency_measures: Some("Two assessors, reference examples per level, moderation.".into()),
            residual_formula: Some(MethodologyResidualFormula::Judgement),
            owner_rule: Some("Head of the unit that suffers the consequence and can release money.".into()),
            treatment_process: Some("Options, controls compared with Annex A, plan with cost, approvals.".into()),
            approval: Some(Ref::new(15)),
            effective_from: day("2025-04-14"),
            ..Self::default()
        }
    }
}

impl Methodology {
    /// The weights of the dimensions of an impact by their fields, in percent, in the order of [`Risk::impacts`].
    pub fn weights(&self) -> [(&'static str, Option<Percent>); 4] {
        [
            ("weight_legal", self.weight_legal),
            ("weight_patient_or_customer", self.weight_patient_or_customer),
            ("weight_operations", self.weight_operations),
            ("weight_reputation", self.weight_reputation),
        ]
    }

    /// Weights that are all given add up to 100. While some are missing, those that are there may not go beyond it.
    fn check_weights(&self, problems: &mut Problems) {
        let given = || self.weights().into_iter().filter_map(|(field, weight)| Some((field, weight?.0)));
        let (count, sum) = (given().count(), given().map(|it| it.1).sum::<Decimal>());
        let hundred = Decimal::from(100);
        if count > 0 && (sum > hundred || (count == 4 && sum != hundred)) {
            let last = given().next_back().map_or("weight_legal", |it| it.0);
            problems.add(last, format!("adds up with the others to {} %, and not to 100 %", sum.normalize()));
        }
    }

    /// The highest level of the likelihood scale.
    pub fn top_likelihood(&self) -> Option<i64> {
        self.likelihood_scale.iter().filter_map(|step| step.level).max()
    }

    /// The highest level of the impact scale.
    pub fn top_impact(&self) -> Option<i64> {
        self.impact_scale.iter().filter_map(|step| step.level).max()
    }

    /// The risk value of a likelihood and an impact, from the matrix.
    pub fn value(&self, likelihood: Option<Level>, impact: Option<Level>) -> Option<i64> {
        self.matrix.as_ref()?.value(likelihood?, impact?)
    }

    /// The band that holds a risk value.
    pub fn band(&self, value: i64) -> Option<&Band> {
        let holds = |band: &&Band| band.min.is_some_and(|min| min <= value) && band.max.is_some_and(|max| value <= max);
        self.bands.iter().find(holds)
    }
}

/// Notes a scale whose levels do not rise from entry to entry.
fn ascending(levels: impl Iterator<Item = Option<i64>>, field: &str, problems: &mut Problems) {
    let mut before = 0;
    for (at, level) in levels.enumerate() {
        let Some(level) = level else { continue };
        if level <= before {
            problems.add(format!("{field}[{at}].level"), "must be higher than the level before it and than 0");
        }
        before = level;
    }
}
