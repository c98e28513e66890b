//! Root cause analyses: why a nonconformity could happen.

use crate::records::prelude::*;

/// Why a nonconformity could happen, down to a cause that can be removed.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "RCA",
    title = "Root cause analysis",
    plural = "Root cause analyses",
    steps = "12",
    clauses = "10.2 b2",
    retention = "C",
    core
)]
pub struct RootCauseAnalysis {
    /// The nonconformity that is analysed.
    #[field(required)]
    pub nonconformity: Option<Ref<Nonconformity>>,
    /// How the cause was looked for.
    #[field(required)]
    pub method: Option<RootCauseAnalysisMethod>,
    /// The chain of questions and answers; at least three steps for the five whys.
    pub whys: Vec<Why>,
    /// The cause in the way things are organised; “human error” alone is none.
    #[field(required)]
    pub root_cause: Option<LongText>,
    /// What kind of cause it is, so that trends can be seen.
    #[field(required)]
    pub cause_category: Option<RootCauseAnalysisCauseCategory>,
    /// Who looked for the cause.
    #[field(required, own)]
    pub done_by: Option<Ref<Person>>,
    /// Day of the analysis; when left empty, the day on which it is agreed.
    #[field(required, immaterial)]
    pub done_on: Option<Date>,
}

/// States of a root cause analysis.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RootCauseAnalysisState {
    /// Draft.
    Draft,
    /// Agreed.
    Agreed,
}

/// Options of “method”.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RootCauseAnalysisMethod {
    /// Five whys.
    FiveWhys,
    /// Fishbone.
    Fishbone,
    /// Fault tree.
    FaultTree,
    /// Other.
    Other,
}

/// Options of “cause category”.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RootCauseAnalysisCauseCategory {
    /// Process.
    Process,
    /// Training.
    Training,
    /// Resources.
    Resources,
    /// Technology.
    Technology,
    /// Responsibility.
    Responsibility,
    /// Documentation.
    Documentation,
    /// Supplier.
    Supplier,
    /// Management.
    Management,
    /// Other.
    Other,
}

/// One entry of “whys”.
#[derive(Embedded, Clone, Debug, Default, PartialEq)]
pub struct Why {
    /// The question, for example: why was the account still open?
    pub why: Option<String>,
    /// The answer, for example: IT did not know that the person had left.
    pub because: Option<String>,
}

/// Fewest steps of the five whys that lead further than the first excuse.
const LEAST_WHYS: usize = 3;

impl Record for RootCauseAnalysis {
    type State = RootCauseAnalysisState;

    const RIGHTS: Rights =
        Rights { create: &[Who::Own, IM], read: &[Who::Isms, EX], update: &[Who::Own, IM], approve: &[] };

    const FLOW: &'static [Step<Self::State>] =
        &[step(RootCauseAnalysisState::Draft, RootCauseAnalysisState::Agreed, &[IM])];

    fn demand(record: &Stored<Self>, to: Self::State, _context: &Context<'_>, problems: &mut Problems) {
        let five_whys = record.method == Some(RootCauseAnalysisMethod::FiveWhys);
        if to == RootCauseAnalysisState::Agreed && five_whys && record.whys.len() < LEAST_WHYS {
            let count = record.whys.len();
            problems.add("whys", format!("are {count}; at least {LEAST_WHYS} are required for the five whys"));
        }
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        if record.state == RootCauseAnalysisState::Agreed {
            record.body.done_on = record.done_on.or(Some(context.today()));
        }
    }

    fn sample() -> Self {
        Self {
            nonconformity: Some(Ref::new(1)),
            method: Some(RootCauseAnalysisMethod::FiveWhys),
            whys: [
                ("Why late?", "IT did not know."),
                ("Why not?", "The paper form came late."),
                ("Why late form?", "Managers send it after the last day."),
                ("Why can that happen?", "Nothing in the payroll entry starts the process."),
            ]
            .map(|(why, because)| Why { why: Some(why.into()), because: Some(because.into()) })
            .into(),
            root_cause: Some(
                "Leaver process depends on a manual form and is not started by the payroll system.".into(),
            ),
            cause_category: Some(RootCauseAnalysisCauseCategory::Process),
            done_by: Some(Ref::new(7)),
            done_on: day("2026-04-08"),
        }
    }
}
