//! Classification levels: the scheme by which information is marked and handled (A.5.12, A.5.13).

use crate::records::prelude::*;

/// One level of the classification scheme with its handling rules.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "CLS",
    title = "Classification level",
    plural = "Classification levels",
    steps = "5",
    clauses = "A.5.12 A.5.13",
    retention = "A",
    core
)]
pub struct ClassificationLevel {
    /// Place in the scheme; 1 is the least sensitive level.
    #[field(required)]
    pub rank: Option<i64>,
    /// When information belongs here.
    #[field(required)]
    pub criteria: Option<LongText>,
    /// The marking as it is written on documents, such as CONFIDENTIAL.
    #[field(required)]
    pub label: Option<String>,
    /// Rules for storing, sending, printing and disposing.
    #[field(required)]
    pub handling: Vec<HandlingRule>,
}

/// States of a classification level.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClassificationLevelState {
    /// Active.
    Active,
    /// Retired.
    Retired,
}

/// What can be done with information.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HandlingRuleActivity {
    /// Store.
    Store,
    /// Transmit.
    Transmit,
    /// Print.
    Print,
    /// Copy.
    Copy,
    /// Share outside.
    ShareExternal,
    /// Dispose.
    Dispose,
    /// Remote use.
    RemoteUse,
}

/// The rule for one activity.
#[derive(Embedded, Clone, Debug, Default, PartialEq)]
pub struct HandlingRule {
    /// What is done with the information.
    pub activity: Option<HandlingRuleActivity>,
    /// What has to be observed, such as only encrypted.
    pub rule: Option<String>,
}

impl Record for ClassificationLevel {
    type State = ClassificationLevelState;

    const RIGHTS: Rights = Rights { create: &[IM], read: &[Who::All], update: &[IM], approve: &[TM] };

    const FLOW: &'static [Step<Self::State>] =
        &[step(ClassificationLevelState::Active, ClassificationLevelState::Retired, &[IM])];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        if record.rank.is_some_and(|rank| rank < 1) {
            problems.add("rank", "must be 1 or more");
        }
    }

    fn sample() -> Self {
        Self {
            rank: Some(1),
            criteria: Some("meant for everybody".into()),
            label: Some("PUBLIC".into()),
            handling: vec![HandlingRule {
                activity: Some(HandlingRuleActivity::ShareExternal),
                rule: Some("free".into()),
            }],
        }
    }
}
