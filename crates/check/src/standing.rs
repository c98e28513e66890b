//! How far a control of the Statement of Applicability really is: derived from the controls that realise it, their tests and
//! their evidence, beside what the statement claims.

use attestry_model::records::applicability::{ApplicabilityImplementation, ApplicabilityReason};
use attestry_model::records::control::ControlState;
use attestry_model::records::control_test::ControlTestResult;
use attestry_model::records::obligation::ObligationType;
use attestry_model::records::{
    Applicability, Control, ControlTest, EffectivenessCriterion, Evidence, Obligation, Soa, Treatment,
};
use attestry_model::{AnyRef, Isms, Ref, Stored};
use jiff::civil::Date;

/// How far a control of the statement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// In place, tested with success, and the next test lies ahead.
    InPlace,
    /// Some of what realises it is in place.
    Partly,
    /// Not in place; a day for it lies ahead.
    Planned,
    /// In place, but the last test says that it does not work.
    Failing,
    /// In place, but nothing says how to tell whether it works.
    NoTestDefined,
    /// In place, but nobody has looked whether it works.
    NeverTested,
    /// In place, but its test is overdue.
    TestOverdue,
    /// Not in place, and the day for it is over.
    Overdue,
    /// Nothing realises it.
    NotInPlace,
    /// Left out.
    Excluded,
    /// Nobody has decided.
    Undecided,
}

impl Standing {
    /// All, in the order in which they are counted.
    pub const ALL: [Self; 11] = [
        Self::InPlace,
        Self::NeverTested,
        Self::NoTestDefined,
        Self::TestOverdue,
        Self::Failing,
        Self::Partly,
        Self::Planned,
        Self::Overdue,
        Self::NotInPlace,
        Self::Excluded,
        Self::Undecided,
    ];

    /// Its name in addresses and message keys.
    pub fn name(self) -> &'static str {
        match self {
            Self::InPlace => "in-place",
            Self::Partly => "partly",
            Self::Planned => "planned",
            Self::Failing => "failing",
            Self::NoTestDefined => "no-test",
            Self::NeverTested => "never-tested",
            Self::TestOverdue => "test-overdue",
            Self::Overdue => "overdue",
            Self::NotInPlace => "not-in-place",
            Self::Excluded => "excluded",
            Self::Undecided => "undecided",
        }
    }

    /// How far the control of a row is on a day.
    pub fn of(isms: &Isms, row: &Applicability, today: Date) -> Self {
        match row.applicable {
            None => return Self::Undecided,
            Some(false) => return Self::Excluded,
            Some(true) => {}
        }
        let controls: Vec<&Stored<Control>> =
            row.controls.iter().filter_map(|it| isms.get(*it)).filter(|it| it.is_live()).collect();
        let exists = |it: &&&Stored<Control>| matches!(it.state, ControlState::Implemented | ControlState::Ineffective);
        let works = controls.iter().filter(exists).count();
        if works == 0 || controls.is_empty() {
            let planned = row.planned_date.or_else(|| controls.iter().filter_map(|it| it.planned_for).max());
            return match planned {
                Some(day) if day < today => Self::Overdue,
                Some(_) => Self::Planned,
                None if row.implementation == Some(ApplicabilityImplementation::Planned) => Self::Planned,
                None => Self::NotInPlace,
            };
        }
        if controls.iter().any(|it| it.state == ControlState::Ineffective || failed(isms, it)) {
            return Self::Failing;
        }
        if works < controls.len() || row.implementation == Some(ApplicabilityImplementation::Partial) {
            return if row.planned_date.is_some_and(|day| day < today) { Self::Overdue } else { Self::Partly };
        }
        if controls.iter().any(|it| !has_criterion(isms, it)) {
            Self::NoTestDefined
        } else if controls.iter().any(|it| last_test(isms, it).is_none() && it.last_tested_on.is_none()) {
            Self::NeverTested
        } else if controls.iter().any(|it| it.next_test_due.is_some_and(|day| day < today)) {
            Self::TestOverdue
        } else {
            Self::InPlace
        }
    }

    /// Whether the statement claims more than there is.
    pub fn belies(self, claimed: Option<ApplicabilityImplementation>) -> bool {
        use ApplicabilityImplementation::{Implemented, Partial};
        match claimed {
            Some(Implemented) => {
                matches!(self, Self::Partly | Self::Planned | Self::Overdue | Self::NotInPlace | Self::Failing)
            }
            Some(Partial) => matches!(self, Self::Planned | Self::NotInPlace),
            _ => false,
        }
    }
}

fn has_criterion(isms: &Isms, control: &Stored<Control>) -> bool {
    isms.referring::<EffectivenessCriterion>(control.reference().any(), "control").any(attestry_model::Stored::is_live)
}

/// The last test of a control that was carried out.
pub fn last_test<'a>(isms: &'a Isms, control: &Stored<Control>) -> Option<&'a Stored<ControlTest>> {
    let tests = isms.referring::<ControlTest>(control.reference().any(), "control").filter(|test| !test.is_void());
    tests.filter(|test| test.tested_on.is_some() && test.result.is_some()).max_by_key(|test| test.tested_on)
}

fn failed(isms: &Isms, control: &Stored<Control>) -> bool {
    last_test(isms, control).is_some_and(|test| test.result == Some(ControlTestResult::NotEffective))
}

/// What proves a row: accepted evidence of the controls that realise it, without repetition, the newest first.
pub fn evidence_of<'a>(isms: &'a Isms, row: &Applicability) -> Vec<&'a Stored<Evidence>> {
    let mut found: Vec<&Stored<Evidence>> = Vec::new();
    for control in &row.controls {
        let proofs = isms.referring::<Evidence>(control.any(), "supports_controls");
        found.extend(proofs.filter(|it| it.state_name() == "accepted"));
    }
    found.sort_by_key(|it| (std::cmp::Reverse(it.collected_on), it.number));
    found.dedup_by_key(|it| it.number);
    found
}

/// Whether a proof still proves something on a day.
pub fn is_fresh(proof: &Evidence, today: Date) -> bool {
    proof.valid_until.is_none_or(|day| day >= today)
}

/// A record from which it follows that a control is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ground {
    /// Why it is needed.
    pub reason: ApplicabilityReason,
    /// The risk or obligation.
    pub source: AnyRef,
    /// Whether the row names it; otherwise it follows from what realises the row: a decision to treat a risk by one of its
    /// controls, or a duty that one of them meets.
    pub named: bool,
}

/// From what it follows that the control of a row is needed: what the row names, then what follows from its controls.
pub fn grounds(isms: &Isms, row: &Applicability) -> Vec<Ground> {
    let bound = |obligation: Ref<Obligation>| {
        let found = isms.get(obligation);
        let contract = found.is_some_and(|it| it.obligation_type == Some(ObligationType::Contract));
        let stated = [ApplicabilityReason::Legal, ApplicabilityReason::Contractual];
        let stated = stated.into_iter().find(|it| row.reasons.contains(it));
        if contract { ApplicabilityReason::Contractual } else { stated.unwrap_or(ApplicabilityReason::Legal) }
    };
    let mut all: Vec<Ground> = Vec::new();
    let mut add = |reason, source, named| {
        if !all.iter().any(|it| it.source == source) {
            all.push(Ground { reason, source, named });
        }
    };
    for risk in &row.risks {
        add(ApplicabilityReason::Risk, risk.any(), true);
    }
    for obligation in &row.obligations {
        add(bound(*obligation), obligation.any(), true);
    }
    for control in row.controls.iter().filter_map(|it| isms.get(*it)).filter(|it| it.is_live()) {
        let treatments = isms.referring::<Treatment>(control.reference().any(), "controls");
        let decided = treatments.filter(|it| it.is_live() && matches!(it.state_name(), "proposed" | "approved"));
        for risk in decided.filter_map(|it| it.risk) {
            add(ApplicabilityReason::Risk, risk.any(), false);
        }
        for obligation in &control.obligations {
            add(bound(*obligation), obligation.any(), false);
        }
        let duties = isms
            .live::<Obligation>()
            .filter(|it| it.provisions.iter().any(|provision| provision.controls.contains(&control.reference())));
        for obligation in duties {
            add(bound(obligation.reference()), obligation.reference().any(), false);
        }
    }
    all.sort();
    all
}

/// The version of the statement that is in force.
pub fn in_force(isms: &Isms) -> Option<&Stored<Soa>> {
    isms.live::<Soa>().filter(|one| one.state_name() == "effective").last()
}

/// The version of the statement that is worked on or in force: the newest that is not void.
pub fn newest(isms: &Isms) -> Option<&Stored<Soa>> {
    isms.table::<Soa>().iter().rev().find(|one| !one.is_void())
}

/// The rows of a version.
pub fn rows_of<'a>(isms: &'a Isms, soa: &Stored<Soa>) -> impl Iterator<Item = &'a Stored<Applicability>> + use<'a> {
    isms.referring::<Applicability>(soa.reference().any(), "soa").filter(|row| !row.is_void())
}
