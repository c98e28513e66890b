//! ISMS processes: what the management system does again and again, and by what it is judged.

use crate::records::prelude::*;

/// A process that the ISMS needs, with what goes in, what comes out and by what it is judged.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "PRC",
    title = "ISMS process",
    plural = "ISMS processes",
    steps = "9",
    clauses = "4.4 8.1",
    retention = "C"
)]
pub struct IsmsProcess {
    /// The person who answers for the process and its results.
    #[field(required, own)]
    pub owner: Option<Ref<Person>>,
    /// Clauses of ISO/IEC 27001 that the process serves, for example 6.1.2 or 9.1.
    #[field(required)]
    pub clause_refs: Vec<String>,
    /// What the process starts from, for example: issues, assets, incidents.
    #[field(required)]
    pub inputs: Option<String>,
    /// What the process yields, for example: risk register, treatment plan.
    #[field(required)]
    pub outputs: Option<String>,
    /// By what people see that the process runs right, for example: values complete 15 days after the period.
    #[field(required)]
    pub criteria: Option<LongText>,
    /// How often the process must run, for example P1Y for yearly or P3M for quarterly; empty when it is continuous.
    pub frequency: Option<Period>,
    /// The processes that it takes from or gives to, so that the whole can be drawn (clause 4.4).
    pub interacts_with: Vec<Ref<IsmsProcess>>,
    /// Whether somebody outside the organisation carries the process out.
    #[field(required)]
    pub outsourced: Option<bool>,
    /// Who carries the process out; needed when it is outsourced.
    pub supplier: Option<Ref<Supplier>>,
    /// Documents that describe how the process is carried out.
    pub documents: Vec<Ref<Document>>,
}

/// States of an ISMS process.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IsmsProcessState {
    /// Draft.
    Draft,
    /// Active.
    Active,
    /// Retired.
    Retired,
}

impl Record for IsmsProcess {
    type State = IsmsProcessState;

    const RIGHTS: Rights = Rights { create: &[IM], read: &[Who::Isms], update: &[IM, Who::Own], approve: &[] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(IsmsProcessState::Draft, IsmsProcessState::Active, &[IM]),
        step(IsmsProcessState::Active, IsmsProcessState::Retired, &[IM]),
    ];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        if record.interacts_with.contains(&record.reference()) {
            problems.add("interacts_with", "names the process itself; name its neighbours");
        }
    }

    fn demand(record: &Stored<Self>, to: Self::State, _context: &Context<'_>, problems: &mut Problems) {
        if to == IsmsProcessState::Active {
            let outsourced = record.outsourced == Some(true);
            problems.need(outsourced && record.supplier.is_none(), "supplier", "when the process is outsourced");
        }
    }

    fn sample() -> Self {
        Self {
            owner: Some(Ref::new(2)),
            clause_refs: vec!["6.1.2".into(), "6.1.3".into()],
            inputs: Some("issues, assets, incidents".into()),
            outputs: Some("risk register, SoA, plan".into()),
            criteria: Some("yearly assessment done; each risk has an owner".into()),
            frequency: period("P1Y"),
            interacts_with: vec![Ref::new(2), Ref::new(4)],
            outsourced: Some(false),
            ..Self::default()
        }
    }
}
