//! Competence records: whether one person meets one requirement.

use crate::records::prelude::*;

/// Whether one person meets one requirement of competence, and what is done if not.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "CMP",
    title = "Competence record",
    plural = "Competence records",
    steps = "8",
    clauses = "7.2 b-d",
    retention = "C",
    fact
)]
pub struct CompetenceRecord {
    /// The person who is judged.
    #[field(required, own)]
    pub person: Option<Ref<Person>>,
    /// The requirement that is judged.
    #[field(required)]
    pub requirement: Option<Ref<CompetenceRequirement>>,
    /// What the judgement rests on.
    pub basis: Option<CompetenceBasis>,
    /// Whether the person meets the requirement.
    #[field(required)]
    pub met: Option<bool>,
    /// Who judged.
    #[field(required)]
    pub assessed_by: Option<Ref<Person>>,
    /// Day of the judgement; the newest judgement of a person and a requirement replaces the older ones.
    #[field(required)]
    pub assessed_on: Option<Date>,
    /// Last day on which the judgement holds, such as the end of a certificate.
    pub valid_until: Option<Date>,
    /// Proofs, such as a certificate; needed when the requirement is met.
    #[field(immaterial)]
    pub evidence: Vec<Ref<Evidence>>,
    /// What is done to close the gap; needed when the requirement is not met.
    pub gap_action: Option<String>,
    /// Day by which the gap is closed.
    pub gap_due: Option<Date>,
    /// Whether what was done helped (clause 7.2 c).
    pub action_effective: Option<bool>,
}

/// States of a competence record.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CompetenceRecordState {
    /// Active.
    Active,
    /// Superseded.
    Superseded,
}

impl Record for CompetenceRecord {
    type State = CompetenceRecordState;

    const RIGHTS: Rights =
        Rights { create: &[IM], read: &[Who::Own, IM, Who::Manager, IA, EX], update: &[IM], approve: &[] };

    const FLOW: &'static [Step<Self::State>] =
        &[step(CompetenceRecordState::Active, CompetenceRecordState::Superseded, &[Who::System])];

    fn check(record: &Stored<Self>, isms: &Isms, problems: &mut Problems) {
        problems.order(record.assessed_on, record.valid_until, "valid_until", "the day of the judgement");
        problems.order(record.assessed_on, record.gap_due, "gap_due", "the day of the judgement");
        let accepted = isms.find(record.requirement).map(|requirement| &requirement.accepted_basis);
        if let (Some(true), Some(basis), Some(accepted)) = (record.met, record.basis, accepted)
            && !accepted.is_empty()
            && !accepted.contains(&basis)
        {
            problems.add("basis", "is not among those that the requirement accepts");
        }
    }

    fn demand(record: &Stored<Self>, _to: Self::State, _context: &Context<'_>, problems: &mut Problems) {
        let (met, gap) = (record.met == Some(true), record.met == Some(false));
        problems.need(met && record.evidence.is_empty(), "evidence", "when the requirement is met");
        problems.need(gap && record.gap_action.is_none(), "gap_action", "when the requirement is not met");
    }

    fn follow(record: &Stored<Self>, context: &Context<'_>, follow: &mut Vec<Follow>) {
        let active = |one: &Stored<Self>| one.state == CompetenceRecordState::Active && !one.is_void();
        let Some(person) = record.person.filter(|_| active(record)) else { return };
        let of_person = context.isms.referring::<Self>(person.any(), "person");
        let same: Vec<_> = of_person.filter(|one| active(one) && one.requirement == record.requirement).collect();
        let Some(newest) = same.iter().max_by_key(|one| (one.assessed_on, one.number)) else { return };
        for older in same.iter().filter(|one| one.number != newest.number) {
            let reason = format!("{} is the newer judgement", newest.reference());
            follow.push(Follow::step(older.reference().any(), "superseded", reason));
        }
    }

    fn sample() -> Self {
        Self {
            person: Some(Ref::new(2)),
            requirement: Some(Ref::new(1)),
            basis: Some(CompetenceBasis::Certificate),
            met: Some(true),
            assessed_by: Some(Ref::new(7)),
            assessed_on: day("2025-09-12"),
            valid_until: day("2028-09-10"),
            evidence: vec![Ref::new(701)],
            ..Self::default()
        }
    }
}
