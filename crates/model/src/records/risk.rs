//! Risks: scenarios in which a cause leads through an event to a consequence (6.1.2, 8.2).

use crate::records::asset::AssetClass;
use crate::records::methodology::BandAuthority;
use crate::records::prelude::*;
use crate::records::shared::{methodology_in_force, no_auditor, only_owner, within_scale};
use crate::records::treatment::TreatmentState;

/// A scenario: a cause leads through an event to a consequence.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "R",
    title = "Risk",
    plural = "Risks",
    steps = "5,6",
    clauses = "6.1.2 6.1.3 8.2 8.3",
    retention = "B",
    core
)]
pub struct Risk {
    /// Whether it was found from an event or from an asset.
    #[field(required)]
    pub approach: Option<RiskApproach>,
    /// Threat and weakness in words, such as a password entered on a forged page.
    #[field(required)]
    pub cause: Option<String>,
    /// What happens.
    #[field(required)]
    pub event: Option<String>,
    /// What it does to the organization and to people.
    #[field(required)]
    pub consequence: Option<String>,
    /// Threats that cause it, at least one.
    #[field(required)]
    pub threats: Vec<Ref<Threat>>,
    /// Weaknesses that make it possible; required when it was found from an asset.
    pub vulnerabilities: Vec<Ref<Vulnerability>>,
    /// Assets it affects, at least one of them in scope.
    #[field(required)]
    pub assets: Vec<Ref<Asset>>,
    /// Business processes it affects.
    pub processes: Vec<Ref<BusinessProcess>>,
    /// Which of confidentiality, integrity and availability are lost, at least one.
    #[field(required)]
    pub effects: Vec<Property>,
    /// Person with the authority to accept it and to release money for its treatment.
    #[field(required, own)]
    pub risk_owner: Option<Ref<Person>>,
    /// Whether it is a risk or an opportunity (6.1.1).
    #[field(required)]
    pub risk_opportunity: Option<RiskOrOpportunity>,
    /// Likelihood if there were no controls.
    pub inherent_likelihood: Option<Level>,
    /// Impact if there were no controls.
    pub inherent_impact: Option<Level>,
    /// Risk value without controls, from the matrix.
    pub inherent_value: Option<i64>,
    /// Likelihood with the controls that work today.
    #[field(required)]
    pub current_likelihood: Option<Level>,
    /// Impact with the controls that work today.
    #[field(required)]
    pub current_impact: Option<Level>,
    /// Risk value today, from the matrix.
    #[field(required, index)]
    pub current_value: Option<i64>,
    /// Likelihood expected once the approved treatment is finished.
    pub residual_likelihood: Option<Level>,
    /// Impact expected once the approved treatment is finished.
    pub residual_impact: Option<Level>,
    /// Risk value expected after treatment, from the matrix.
    #[field(index)]
    pub residual_value: Option<i64>,
    /// Risk value that is wanted, at most what may be accepted without special approval.
    pub target_value: Option<i64>,
    /// Why this likelihood: statistics, incidents, judgement of experts.
    #[field(required)]
    pub likelihood_reason: Option<String>,
    /// Why this impact.
    #[field(required)]
    pub impact_reason: Option<String>,
    /// How often the threat acts, from 1 to the highest likelihood; for a risk found from an asset.
    pub threat_level: Option<Level>,
    /// How easily the weakness is used, 1 for well protected; with the threat it suggests the likelihood of a risk found
    /// from an asset.
    pub ease_of_exploitation: Option<Level>,
    /// What it would be in law, as a level of impact.
    pub impact_legal: Option<Level>,
    /// What it would be for patients or customers, as a level of impact.
    pub impact_patient_or_customer: Option<Level>,
    /// What it would be for operations, as a level of impact.
    pub impact_operations: Option<Level>,
    /// What it would be for the reputation, as a level of impact.
    pub impact_reputation: Option<Level>,
    /// Why the levels of today are judged lower than what the formulas propose from the controls; empty where they are
    /// not lower, or nobody said.
    pub override_reason: Option<String>,
    /// What was said where assessors differed by two levels or more (6.1.2 b).
    pub difference_reason: Option<String>,
    /// Controls that are already counted in the values of today.
    pub existing_controls: Vec<Ref<Control>>,
    /// Version of the methodology by which it was assessed.
    #[field(required)]
    pub methodology: Option<Ref<Methodology>>,
    /// Day of the last assessment.
    #[field(required)]
    pub assessed_on: Option<Date>,
    /// Day by which it is to be assessed again.
    #[field(required, immaterial, index)]
    pub next_review: Option<Date>,
    /// Rank for treatment, 1 first; required when the value lies above the acceptance limit.
    pub priority: Option<i64>,
    /// Loss events per year, minimum (FAIR).
    pub lef_min: Option<Decimal>,
    /// Loss events per year, most likely (FAIR).
    pub lef_mode: Option<Decimal>,
    /// Loss events per year, maximum (FAIR).
    pub lef_max: Option<Decimal>,
    /// Loss per event that is exceeded in 95 of 100 cases (FAIR).
    pub lm_p5: Option<Money>,
    /// Loss per event that is exceeded in 5 of 100 cases (FAIR).
    pub lm_p95: Option<Money>,
    /// Simulated mean loss per year.
    pub ale_mean: Option<Money>,
    /// Simulated loss per year that is exceeded in 5 of 100 years.
    pub ale_p95: Option<Money>,
    /// Context issues that it comes from.
    pub issues: Vec<Ref<ContextIssue>>,
    /// Incidents in which it came true.
    pub incidents: Vec<Ref<Incident>>,
}

/// States of a risk.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RiskState {
    /// Identified.
    Identified,
    /// Analysed.
    Analysed,
    /// Evaluated.
    Evaluated,
    /// Treatment decided.
    TreatmentDecided,
    /// Monitored.
    Monitored,
    /// Closed.
    Closed,
}

/// How a risk was found.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RiskApproach {
    /// Event based.
    EventBased,
    /// Asset based.
    AssetBased,
}

/// Whether the effect is feared or hoped for.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RiskOrOpportunity {
    /// Risk.
    Risk,
    /// Opportunity.
    Opportunity,
}

impl Record for Risk {
    type State = RiskState;

    const RIGHTS: Rights = Rights { create: &[IM, RO, AO], read: &[Who::Isms, EX], update: &[IM, RO], approve: &[RO] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(RiskState::Identified, RiskState::Analysed, &[RO, IM]),
        step(RiskState::Analysed, RiskState::Evaluated, &[IM]),
        step(RiskState::Evaluated, RiskState::TreatmentDecided, &[RO]),
        step(RiskState::TreatmentDecided, RiskState::Monitored, &[IM]),
        named("reassess", RiskState::Monitored, RiskState::Analysed, &[RO, IM]),
        step(RiskState::Monitored, RiskState::Closed, &[RO]),
    ];

    /// The three values come from the matrix of the risk's own methodology, or else of the one in force.
    fn derive(record: &mut Stored<Self>, isms: &Isms) {
        let Some(method) = record.method(isms).filter(|_| record.is_live()) else { return };
        let risk = &mut record.body;
        let values = [
            (risk.inherent_likelihood, risk.inherent_impact, &mut risk.inherent_value),
            (risk.current_likelihood, risk.current_impact, &mut risk.current_value),
            (risk.residual_likelihood, risk.residual_impact, &mut risk.residual_value),
        ];
        for (likelihood, impact, value) in values {
            *value = method.value(likelihood, impact).or(*value);
        }
    }

    fn check(record: &Stored<Self>, isms: &Isms, problems: &mut Problems) {
        let method = record.method(isms);
        let top = method.and_then(|method| method.top_likelihood());
        within_scale(record.inherent_likelihood, top, "inherent_likelihood", problems);
        within_scale(record.current_likelihood, top, "current_likelihood", problems);
        within_scale(record.residual_likelihood, top, "residual_likelihood", problems);
        within_scale(record.threat_level, top, "threat_level", problems);
        within_scale(record.ease_of_exploitation, top, "ease_of_exploitation", problems);
        let top = method.and_then(|method| method.top_impact());
        within_scale(record.inherent_impact, top, "inherent_impact", problems);
        within_scale(record.current_impact, top, "current_impact", problems);
        within_scale(record.residual_impact, top, "residual_impact", problems);
        for (field, level) in record.impacts() {
            within_scale(level, top, field, problems);
        }
        problems.order(record.assessed_on, record.next_review, "next_review", "the last assessment");
        problems.not_negative(record.lef_min, "lef_min");
        problems.part(record.lef_min, record.lef_mode, "lef_min", "the most likely number");
        problems.part(record.lef_mode, record.lef_max, "lef_mode", "the maximum");
        problems.part(record.lef_min, record.lef_max, "lef_min", "the maximum");
        if let (Some(low), Some(high)) = (record.lm_p5, record.lm_p95)
            && low.currency == high.currency
        {
            problems.part(Some(low.amount()), Some(high.amount()), "lm_p5", "the loss at 95 %");
        }
    }

    fn demand(record: &Stored<Self>, to: Self::State, context: &Context<'_>, problems: &mut Problems) {
        let isms = context.isms;
        match to {
            RiskState::Identified | RiskState::Monitored => {}
            RiskState::Analysed => {
                if !context.principal.has(Role::IsmsManager) {
                    only_owner(record.risk_owner, "risk_owner", context, problems);
                }
                record.demand_scenario(isms, problems);
            }
            RiskState::Evaluated => {
                let limit = record.method(isms).and_then(|method| method.acceptance_max);
                let above = limit.is_some() && record.current_value > limit;
                let when = "when the value lies above the acceptance limit";
                problems.need(above && record.priority.is_none(), "priority", when);
                problems.part(record.target_value, limit, "target_value", "what may be accepted without approval");
            }
            RiskState::TreatmentDecided => {
                only_owner(record.risk_owner, "risk_owner", context, problems);
                let mut decisions = isms.referring::<Treatment>(record.reference().any(), "risk");
                let decided = decisions.any(|one| one.is_live() && one.state == TreatmentState::Approved);
                if !decided && record.risk_opportunity != Some(RiskOrOpportunity::Opportunity) {
                    problems.add("", "has no approved treatment decision yet");
                }
            }
            RiskState::Closed => only_owner(record.risk_owner, "risk_owner", context, problems),
        }
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        if record.state == RiskState::Analysed {
            record.body.assessed_on.get_or_insert(context.today());
        }
    }

    /// Who accepted a lower value has not accepted this one.
    fn follow(record: &Stored<Self>, context: &Context<'_>, follow: &mut Vec<Follow>) {
        for acceptance in context.isms.referring::<RiskAcceptance>(record.reference().any(), "risk") {
            acceptance.invalidate_if_exceeded(record, follow);
        }
    }

    fn sample() -> Self {
        Self {
            approach: Some(RiskApproach::EventBased),
            cause: Some("people enter their password on a forged page".into()),
            event: Some("attacker reads and misuses a mailbox".into()),
            consequence: Some("health data of hundreds of patients disclosed, notification, loss of trust".into()),
            threats: vec![Ref::new(1)],
            vulnerabilities: vec![Ref::new(1), Ref::new(2)],
            assets: vec![Ref::new(12), Ref::new(1)],
            processes: vec![Ref::new(1), Ref::new(6)],
            effects: vec![Property::Confidentiality, Property::Integrity],
            risk_owner: Some(Ref::new(6)),
            risk_opportunity: Some(RiskOrOpportunity::Risk),
            inherent_likelihood: Some(Level(5)),
            inherent_impact: Some(Level(4)),
            inherent_value: Some(20),
            current_likelihood: Some(Level(2)),
            current_impact: Some(Level(3)),
            current_value: Some(6),
            residual_likelihood: Some(Level(2)),
            residual_impact: Some(Level(3)),
            residual_value: Some(6),
            target_value: Some(6),
            likelihood_reason: Some("one case in October 2025 before the second factor; tests show 4 % clicks".into()),
            impact_reason: Some(
                "up to 5,000 messages with health data per mailbox; 500 people threshold possible".into(),
            ),
            existing_controls: vec![Ref::new(14), Ref::new(32)],
            methodology: Some(Ref::new(1)),
            assessed_on: day("2026-04-20"),
            next_review: day("2027-04-20"),
            priority: Some(10),
            lef_min: decimal("0.2"),
            lef_mode: decimal("0.6"),
            lef_max: decimal("1.5"),
            lm_p5: money("15000 USD"),
            lm_p95: money("260000 USD"),
            ale_mean: money("62150 USD"),
            ale_p95: money("275600 USD"),
            incidents: vec![Ref::new(1)],
            ..Self::default()
        }
    }
}

impl Risk {
    /// The levels of impact by dimension, with their fields, in the order of [`Methodology::weights`].
    pub fn impacts(&self) -> [(&'static str, Option<Level>); 4] {
        [
            ("impact_legal", self.impact_legal),
            ("impact_patient_or_customer", self.impact_patient_or_customer),
            ("impact_operations", self.impact_operations),
            ("impact_reputation", self.impact_reputation),
        ]
    }

    /// The methodology that it is measured by: its own, or else the one in force.
    pub fn method<'a>(&self, isms: &'a Isms) -> Option<&'a Stored<Methodology>> {
        isms.find(self.methodology).or_else(|| methodology_in_force(isms))
    }

    /// Who may accept it at this value: whom the band says; else top management above the limit, the owner up to it.
    pub(crate) fn authority(&self, value: i64, isms: &Isms) -> BandAuthority {
        let method = self.method(isms);
        let above = method.and_then(|method| method.acceptance_max).is_some_and(|limit| value > limit);
        let said = method.and_then(|method| method.band(value)?.authority);
        said.unwrap_or(if above { BandAuthority::TopManagement } else { BandAuthority::RiskOwner })
    }

    /// Units of the assets and processes that it affects.
    pub(crate) fn units(&self, isms: &Isms) -> Vec<Ref<OrgUnit>> {
        let assets = self.assets.iter().filter_map(|asset| isms.get(*asset)?.org_unit);
        assets.chain(self.processes.iter().filter_map(|process| isms.get(*process)?.org_unit)).collect()
    }

    /// What a scenario needs so that it can be analysed.
    fn demand_scenario(&self, isms: &Isms, problems: &mut Problems) {
        let assets: Vec<&Stored<Asset>> = self.assets.iter().filter_map(|asset| isms.get(*asset)).collect();
        let inside = assets.iter().any(|asset| asset.in_scope == Some(true));
        if !assets.is_empty() && !inside {
            problems.add("assets", "names no asset in scope");
        }
        let primary = assets.iter().any(|asset| asset.asset_class == Some(AssetClass::Primary));
        let by_event = self.approach == Some(RiskApproach::EventBased);
        let when = "for a risk found from an event, unless it names a primary asset";
        problems.need(by_event && !primary && self.processes.is_empty(), "processes", when);
        let by_asset = self.approach == Some(RiskApproach::AssetBased);
        problems.need(by_asset && self.vulnerabilities.is_empty(), "vulnerabilities", "for a risk found from an asset");
        no_auditor(self.risk_owner, "risk_owner", &[], &self.units(isms), isms, problems);
    }
}
