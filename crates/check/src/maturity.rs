//! How far a control has come, in six levels that follow from what is recorded; nobody sets them.
//!
//! The levels take over the order of the capability levels of ISO/IEC 33020 (from not performed to improved by what is
//! measured), told in what an ISMS keeps. Each level includes those beneath it.

use attestry_model::records::control::ControlState;
use attestry_model::records::control_test::ControlTestResult;
use attestry_model::records::effectiveness_criterion::EffectivenessCriterionState;
use attestry_model::records::evidence::EvidenceState;
use attestry_model::records::person::PersonState;
use attestry_model::records::{Applicability, Control, ControlTest, EffectivenessCriterion, Evidence};
use attestry_model::{Isms, Stored};
use jiff::civil::Date;

use crate::standing::is_fresh;
use crate::words::blank;

/// How far a control has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Maturity {
    /// 0: not, or not all of what realises it, is in place.
    NotInPlace,
    /// 1: all that realises it is in place.
    InPlace,
    /// 2: somebody who is there answers for it, it is said how it works, and accepted evidence that has not run out shows it.
    Managed,
    /// 3: it is said how to tell whether it works.
    Defined,
    /// 4: the last test found it effective, and the next is not overdue.
    Tested,
    /// 5: the last two tests, on different days, found it effective.
    Proven,
}

impl Maturity {
    /// All, the lowest first.
    pub const ALL: [Self; 6] =
        [Self::NotInPlace, Self::InPlace, Self::Managed, Self::Defined, Self::Tested, Self::Proven];

    /// The level, 0 to 5.
    pub const fn level(self) -> usize {
        self as usize
    }

    /// The maturity of a control of the statement on a day, by the weakest of the controls that realise it; none where the
    /// control is left out or nobody has decided.
    pub fn of(isms: &Isms, row: &Applicability, today: Date) -> Option<Self> {
        if row.applicable != Some(true) {
            return None;
        }
        let controls = row.controls.iter().filter_map(|control| isms.get(*control)).filter(|control| control.is_live());
        Some(controls.map(|control| of_control(isms, control, today)).min().unwrap_or(Self::NotInPlace))
    }
}

fn of_control(isms: &Isms, control: &Stored<Control>, today: Date) -> Maturity {
    let this = control.reference().any();
    if control.state != ControlState::Implemented {
        return Maturity::NotInPlace;
    }
    let owner = control.owner.and_then(|owner| isms.get(owner));
    let mut proofs = isms.referring::<Evidence>(this, "supports_controls");
    let proven = proofs.any(|it| !it.is_void() && it.state == EvidenceState::Accepted && is_fresh(it, today));
    if owner.is_none_or(|owner| owner.state != PersonState::Active) || blank(&control.how) || !proven {
        return Maturity::InPlace;
    }
    let mut criteria = isms.referring::<EffectivenessCriterion>(this, "control");
    if !criteria.any(|it| !it.is_void() && it.state == EffectivenessCriterionState::Active) {
        return Maturity::Managed;
    }
    let made = isms.referring::<ControlTest>(this, "control").filter(|test| !test.is_void() && test.result.is_some());
    let mut tests: Vec<_> = made.filter_map(|test| Some((test.tested_on?, test.result))).collect();
    tests.sort_by_key(|(day, _)| std::cmp::Reverse(*day));
    let effective = |at: usize| tests.get(at).is_some_and(|(_, result)| *result == Some(ControlTestResult::Effective));
    if !effective(0) || control.next_test_due.is_some_and(|day| day < today) {
        return Maturity::Defined;
    }
    if effective(1) && tests[0].0 != tests[1].0 { Maturity::Proven } else { Maturity::Tested }
}
