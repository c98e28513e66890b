//! Acknowledgements: that a person has read a document version and will follow it (7.3, A.5.1).

use crate::records::prelude::*;

/// A person's confirmation that a document version was read and will be followed.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "ACK",
    title = "Acknowledgement",
    plural = "Acknowledgements",
    steps = "4,8",
    clauses = "5.2f 7.3 A.5.1",
    retention = "C",
    core,
    fact
)]
pub struct Acknowledgement {
    /// The version that is to be read.
    #[field(required)]
    pub document_version: Option<Ref<DocumentVersion>>,
    /// Who is to read it.
    #[field(required, own)]
    pub person: Option<Ref<Person>>,
    /// Day on which the person was asked.
    #[field(required, immaterial)]
    pub requested_on: Option<Date>,
    /// Day by which the person is to confirm.
    #[field(required)]
    pub due: Option<Date>,
    /// Day on which the person confirmed.
    pub acknowledged_at: Option<Date>,
    /// How the person confirmed.
    pub method: Option<AcknowledgementMethod>,
    /// Why no confirmation is needed, such as a long leave; required when waived.
    pub waived_reason: Option<String>,
}

/// States of an acknowledgement.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AcknowledgementState {
    /// Pending.
    Pending,
    /// Acknowledged.
    Acknowledged,
    /// Waived.
    Waived,
    /// Cancelled.
    Cancelled,
}

/// How a confirmation was given.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AcknowledgementMethod {
    /// In the program.
    InApp,
    /// Signed paper.
    SignedPaper,
    /// Imported.
    Imported,
}

impl Record for Acknowledgement {
    type State = AcknowledgementState;

    const RIGHTS: Rights =
        Rights { create: &[Who::System], read: &[Who::Own, IM, Who::Manager, IA], update: &[Who::Own], approve: &[] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(AcknowledgementState::Pending, AcknowledgementState::Acknowledged, &[Who::Own]),
        step(AcknowledgementState::Pending, AcknowledgementState::Waived, &[IM]),
        step(AcknowledgementState::Pending, AcknowledgementState::Cancelled, &[Who::System]),
    ];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        problems.order(record.requested_on, record.due, "due", "the day of the request");
        problems.order(record.requested_on, record.acknowledged_at, "acknowledged_at", "the day of the request");
    }

    fn demand(record: &Stored<Self>, to: Self::State, context: &Context<'_>, problems: &mut Problems) {
        match to {
            AcknowledgementState::Acknowledged => {
                if record.person != context.principal.person() {
                    problems.add("person", "must confirm themself; nobody else can");
                }
            }
            AcknowledgementState::Waived => {
                problems.need(record.waived_reason.is_none(), "waived_reason", "when no confirmation is needed");
            }
            AcknowledgementState::Pending | AcknowledgementState::Cancelled => {}
        }
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        match record.state {
            AcknowledgementState::Pending => {
                record.body.requested_on.get_or_insert(context.today());
            }
            AcknowledgementState::Acknowledged => {
                record.body.acknowledged_at.get_or_insert(context.today());
                record.body.method.get_or_insert(AcknowledgementMethod::InApp);
            }
            AcknowledgementState::Waived | AcknowledgementState::Cancelled => {}
        }
    }

    fn sample() -> Self {
        Self {
            document_version: Some(Ref::new(1)),
            person: Some(Ref::new(1)),
            requested_on: day("2026-03-31"),
            due: day("2026-04-30"),
            acknowledged_at: day("2026-04-04"),
            method: Some(AcknowledgementMethod::InApp),
            ..Self::default()
        }
    }
}
