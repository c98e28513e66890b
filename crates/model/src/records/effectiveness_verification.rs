//! Effectiveness verifications: the look, some time later, whether a corrective action helped.

use crate::records::prelude::*;

/// The look, some time later, whether a corrective action helped.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "EFV",
    title = "Effectiveness verification",
    plural = "Effectiveness verifications",
    steps = "12",
    clauses = "10.2 d",
    retention = "C",
    core
)]
pub struct EffectivenessVerification {
    /// The action that is verified.
    #[field(required)]
    pub corrective_action: Option<Ref<CorrectiveAction>>,
    /// What shows that the cause is gone, for example: no late leaver in three months.
    #[field(required)]
    pub criterion: Option<String>,
    /// Day for which the look is planned.
    #[field(required)]
    pub planned_for: Option<Date>,
    /// Day of the look; when left empty, the day on which it is marked as done.
    #[field(immaterial)]
    pub verified_on: Option<Date>,
    /// Who looks; not the person responsible for the action.
    #[field(required)]
    pub verifier: Option<Ref<Person>>,
    /// Whether the action helped; needed when the look is done.
    pub effective: Option<bool>,
    /// Proofs of what was seen; needed when the look is done.
    #[field(immaterial)]
    pub evidence: Vec<Ref<Evidence>>,
    /// What happens now; needed when the action did not help.
    pub follow_up: Option<String>,
}

/// States of an effectiveness verification.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EffectivenessVerificationState {
    /// Planned.
    Planned,
    /// Done.
    Done,
}

impl Record for EffectivenessVerification {
    type State = EffectivenessVerificationState;

    const RIGHTS: Rights =
        Rights { create: &[IM, IA], read: &[Who::Isms, EX], update: &[Who::Field("verifier")], approve: &[] };

    const FLOW: &'static [Step<Self::State>] = &[step(
        EffectivenessVerificationState::Planned,
        EffectivenessVerificationState::Done,
        &[Who::Field("verifier")],
    )];

    fn demand(record: &Stored<Self>, to: Self::State, context: &Context<'_>, problems: &mut Problems) {
        if to != EffectivenessVerificationState::Done {
            return;
        }
        problems.need(record.effective.is_none(), "effective", "when the verification is done");
        problems.need(record.evidence.is_empty(), "evidence", "when the verification is done");
        let failed = record.effective == Some(false);
        problems.need(failed && record.follow_up.is_none(), "follow_up", "when the action did not help");
        let action = context.isms.find(record.corrective_action);
        let responsible = action.and_then(|action| action.responsible);
        if responsible.is_some() && (record.verifier == responsible || context.principal.person() == responsible) {
            problems.add("verifier", "is responsible for the action; somebody else has to verify it");
        }
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        if record.state == EffectivenessVerificationState::Done {
            record.body.verified_on = record.verified_on.or(Some(context.today()));
        }
    }

    fn sample() -> Self {
        Self {
            corrective_action: Some(Ref::new(3)),
            criterion: Some(
                "next two exercises with missed aim have a follow-up within 5 days; procedure in use".into(),
            ),
            planned_for: day("2026-06-19"),
            verified_on: day("2026-06-19"),
            verifier: Some(Ref::new(2)),
            effective: Some(true),
            evidence: vec![Ref::new(603)],
            ..Self::default()
        }
    }
}
