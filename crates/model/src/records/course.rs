//! Courses: units of learning, for whom they are and how long they hold.

use crate::records::prelude::*;

/// A unit of learning: what it teaches, for whom it is, and after how long it is repeated.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "CRS",
    title = "Course",
    plural = "Courses",
    steps = "8",
    clauses = "7.2 7.3 A.6.3",
    retention = "C",
    core
)]
pub struct Course {
    /// What it teaches; policy, own contribution and consequences are what clause 7.3 a to c demands.
    #[field(required)]
    pub topics: Vec<CourseTopics>,
    /// Whether it is for everybody.
    #[field(required)]
    pub audience_all: Option<bool>,
    /// Roles or jobs it is for; needed when it is not for everybody.
    pub audience_roles: Vec<String>,
    /// Whether people have to take it.
    #[field(required)]
    pub mandatory: Option<bool>,
    /// Days after joining within which a new person takes it, for example 30.
    pub on_joining_days: Option<i64>,
    /// After how long it is repeated, for example P1Y.
    #[field(required)]
    pub validity: Option<Period>,
    /// How long it takes, in minutes.
    pub duration_minutes: Option<i64>,
    /// The quiz at its end, if it has one.
    pub quiz: Option<Ref<Quiz>>,
    /// SHA-256 of the material, so that it is known which version people took.
    pub material_hash: Option<String>,
}

/// States of a course.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CourseState {
    /// Draft.
    Draft,
    /// Active.
    Active,
    /// Retired.
    Retired,
}

/// Options of “topics”.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CourseTopics {
    /// Policy.
    Policy,
    /// Contribution.
    Contribution,
    /// Consequences.
    Consequences,
    /// Reporting.
    Reporting,
    /// Phishing.
    Phishing,
    /// Passwords.
    Passwords,
    /// Classification.
    Classification,
    /// Privacy.
    Privacy,
    /// Remote work.
    RemoteWork,
    /// Physical.
    Physical,
    /// Secure development.
    SecureDevelopment,
    /// Incident handling.
    IncidentHandling,
    /// Auditing.
    Auditing,
    /// Risk.
    Risk,
    /// Social engineering.
    SocialEngineering,
    /// Other.
    Other,
}

impl Record for Course {
    type State = CourseState;

    const RIGHTS: Rights = Rights { create: &[IM], read: &[Who::All], update: &[IM], approve: &[] };

    const FLOW: &'static [Step<Self::State>] =
        &[step(CourseState::Draft, CourseState::Active, &[IM]), step(CourseState::Active, CourseState::Retired, &[IM])];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        problems.not_negative(record.on_joining_days, "on_joining_days");
        problems.not_negative(record.duration_minutes, "duration_minutes");
    }

    fn demand(record: &Stored<Self>, to: Self::State, _context: &Context<'_>, problems: &mut Problems) {
        let for_some = to == CourseState::Active && record.audience_all == Some(false);
        problems.need(for_some && record.audience_roles.is_empty(), "audience_roles", "when it is not for everybody");
    }

    fn sample() -> Self {
        Self {
            topics: vec![
                CourseTopics::Policy,
                CourseTopics::Contribution,
                CourseTopics::Consequences,
                CourseTopics::Reporting,
                CourseTopics::Phishing,
                CourseTopics::Passwords,
                CourseTopics::Classification,
            ],
            audience_all: Some(true),
            mandatory: Some(true),
            on_joining_days: Some(30),
            validity: period("P1Y"),
            duration_minutes: Some(35),
            quiz: Some(Ref::new(1)),
            ..Self::default()
        }
    }
}
