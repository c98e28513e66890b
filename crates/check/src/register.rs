//! What follows for every risk from scales, controls and decisions, and what of it a change touches.
//!
//! A register of thousands is worked out in one pass; after a change of one record only the risks that its links lead to
//! are worked out again.

use std::collections::{BTreeMap, BTreeSet};

use attestry_model::records::{Kind, Risk, Treatment};
use attestry_model::{AnyRef, Isms, Ref, Stored};
use attestry_risk::qualitative::{Cell, Overlap, Proposals, proposals};
use attestry_risk::quantitative::Effect;

use crate::measure::{self, Methods};

/// What follows for one risk.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Figures {
    /// What the formulas propose as levels of today; none without levels before controls.
    pub proposals: Option<Proposals>,
    /// The value of the levels of today.
    pub value: Option<u32>,
    /// The value of the levels proposed by rates.
    pub proposed: Option<u32>,
    /// Whether the judgement is lower than both proposals and so needs a reason.
    pub needs_reason: bool,
    /// What the decided treatment still takes away.
    pub plan: Effect,
}

/// The figures of all risks that count.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Register {
    risks: BTreeMap<Ref<Risk>, Figures>,
}

impl Figures {
    /// What follows for a risk.
    pub fn of(isms: &Isms, risk: &Stored<Risk>, methods: &mut Methods) -> Self {
        let mut found = Self { plan: measure::planned_effect_by(isms, risk, methods), ..Self::default() };
        let Some(method) = methods.of(isms, risk) else { return found };
        let value = |cell: Cell| method.matrix.value(cell.likelihood, cell.impact);
        let today = measure::cell(risk.current_likelihood, risk.current_impact);
        found.value = today.and_then(value);
        let inherent = measure::cell(risk.inherent_likelihood, risk.inherent_impact);
        let controls = || risk.existing_controls.iter().filter_map(|it| isms.get(*it)).map(measure::control);
        found.proposals = inherent.and_then(|inherent| {
            let controls = controls().collect::<Vec<_>>();
            proposals(inherent, &controls, Overlap::Independent, &method.likelihood, &method.impact)
        });
        found.proposed = found.proposals.and_then(|it| value(it.by_rate));
        found.needs_reason = found.proposals.zip(today).is_some_and(|(proposals, today)| proposals.needs_reason(today));
        found
    }
}

impl Register {
    /// The figures of all risks.
    pub fn of(isms: &Isms) -> Self {
        let mut methods = Methods::default();
        let risks = isms.live::<Risk>().filter(|risk| measure::counts(risk));
        Self { risks: risks.map(|risk| (risk.reference(), Figures::of(isms, risk, &mut methods))).collect() }
    }

    /// The figures of a risk; none when it does not count.
    pub fn get(&self, risk: Ref<Risk>) -> Option<&Figures> {
        self.risks.get(&risk)
    }

    /// How many risks it has.
    pub fn len(&self) -> usize {
        self.risks.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.risks.is_empty()
    }

    /// Works out again what a changed record touches, and says which risks these were.
    pub fn renew(&mut self, before: &Isms, after: &Isms, changed: AnyRef) -> BTreeSet<Ref<Risk>> {
        let mut touched = touched(before, changed);
        touched.extend(self::touched(after, changed));
        let mut methods = Methods::default();
        for risk in &touched {
            match after.get(*risk).filter(|it| measure::counts(it)) {
                Some(record) => self.risks.insert(*risk, Figures::of(after, record, &mut methods)),
                None => self.risks.remove(risk),
            };
        }
        touched
    }
}

/// The risks whose figures rest on a record, by the links that lead to it.
pub fn touched(isms: &Isms, changed: AnyRef) -> BTreeSet<Ref<Risk>> {
    match changed.kind {
        Kind::Risk => changed.of::<Risk>().into_iter().collect(),
        Kind::Treatment => {
            let decision = changed.of::<Treatment>().and_then(|it| isms.get(it));
            decision.and_then(|it| it.risk).into_iter().collect()
        }
        Kind::Control => {
            let counted = isms.referring::<Risk>(changed, "existing_controls").map(Stored::reference);
            let decided = isms.referring::<Treatment>(changed, "controls").filter_map(|it| it.risk);
            counted.chain(decided).collect()
        }
        // A risk without a method of its own follows the one in force.
        Kind::Methodology => isms.live::<Risk>().map(Stored::reference).collect(),
        _ => BTreeSet::new(),
    }
}
