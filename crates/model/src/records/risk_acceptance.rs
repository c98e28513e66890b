//! Residual risk acceptances: the signed acceptance of the risk that remains (6.1.3 f).

use crate::field::Choice as _;
use crate::records::methodology::BandAuthority;
use crate::records::prelude::*;
use crate::records::shared::{holds, is_top_management, only_owner};

/// The risk owner's signed acceptance of the risk that remains, or of a risk that is not treated.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "RAC",
    title = "Residual risk acceptance",
    plural = "Residual risk acceptances",
    steps = "6",
    clauses = "6.1.3 f",
    retention = "B",
    core
)]
pub struct RiskAcceptance {
    /// Risk that is accepted.
    #[field(required)]
    pub risk: Option<Ref<Risk>>,
    /// Treatment decision that the acceptance rests on.
    pub treatment: Option<Ref<Treatment>>,
    /// Who accepts: the risk owner, or a higher authority where the band of the risk demands it.
    #[field(required, own)]
    pub accepted_by: Option<Ref<Person>>,
    /// Risk value that is accepted; it must be the value that the risk has today.
    #[field(required)]
    pub accepted_value: Option<i64>,
    /// Why the risk is acceptable.
    #[field(required)]
    pub rationale: Option<LongText>,
    /// Conditions under which it is accepted.
    pub conditions: Option<String>,
    /// Day of the acceptance.
    #[field(immaterial)]
    pub accepted_on: Option<Date>,
    /// Last day on which the acceptance holds, usually at most twelve months later.
    #[field(required)]
    pub expires_on: Option<Date>,
    /// Signature of who accepts.
    #[field(immaterial)]
    pub approval: Option<Ref<Approval>>,
}

/// States of a residual risk acceptance.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RiskAcceptanceState {
    /// Requested.
    Requested,
    /// Accepted.
    Accepted,
    /// Declined.
    Declined,
    /// Expired.
    Expired,
    /// Revoked.
    Revoked,
    /// Invalidated.
    Invalidated,
}

impl Record for RiskAcceptance {
    type State = RiskAcceptanceState;

    const RIGHTS: Rights = Rights { create: &[IM, RO], read: &[Who::Isms, EX], update: &[RO], approve: &[RO, TM] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(RiskAcceptanceState::Requested, RiskAcceptanceState::Accepted, &[RO]),
        step(RiskAcceptanceState::Requested, RiskAcceptanceState::Declined, &[RO]),
        step(RiskAcceptanceState::Accepted, RiskAcceptanceState::Expired, &[Who::System]),
        step(RiskAcceptanceState::Accepted, RiskAcceptanceState::Revoked, &[RO]),
        step(RiskAcceptanceState::Accepted, RiskAcceptanceState::Invalidated, &[Who::System]),
    ];

    fn check(record: &Stored<Self>, isms: &Isms, problems: &mut Problems) {
        problems.order(record.accepted_on, record.expires_on, "expires_on", "the acceptance");
        if let (Some(risk), Some(treatment)) = (record.risk, isms.find(record.treatment))
            && treatment.risk.is_some_and(|other| other != risk)
        {
            problems.add("treatment", format!("is a decision about another risk than {risk}"));
        }
    }

    fn demand(record: &Stored<Self>, to: Self::State, context: &Context<'_>, problems: &mut Problems) {
        let Some(risk) = context.isms.find(record.risk) else { return };
        match to {
            RiskAcceptanceState::Accepted => {
                if record.expires_on.is_some_and(|day| day < context.today()) {
                    problems.add("expires_on", "lies in the past");
                }
                record.demand_value(risk, context.isms, problems);
                record.demand_authority(risk, context.isms, problems);
            }
            RiskAcceptanceState::Declined | RiskAcceptanceState::Revoked => {
                let person = context.principal.person();
                if person.is_some() && person != record.accepted_by {
                    only_owner(risk.risk_owner, "risk", context, problems);
                }
            }
            RiskAcceptanceState::Requested | RiskAcceptanceState::Expired | RiskAcceptanceState::Invalidated => {}
        }
    }

    fn signs(record: &Stored<Self>, signer: Ref<Person>, isms: &Isms, problems: &mut Problems) {
        if let Some(other) = record.accepted_by.filter(|other| *other != signer) {
            problems.add("approval", format!("must be signed by {other}, who is to accept the risk"));
        }
        let owner = isms.find(record.risk).and_then(|risk| risk.risk_owner);
        if record.head.created_by == Some(signer) && owner != Some(signer) {
            problems.add("approval", "cannot be signed by who asked for it, unless they own the risk");
        }
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        match record.state {
            RiskAcceptanceState::Requested => {
                let value = context.isms.find(record.risk).and_then(|risk| risk.current_value);
                record.body.accepted_value = record.accepted_value.or(value);
            }
            RiskAcceptanceState::Accepted => {
                record.body.accepted_on.get_or_insert(context.today());
            }
            RiskAcceptanceState::Declined
            | RiskAcceptanceState::Expired
            | RiskAcceptanceState::Revoked
            | RiskAcceptanceState::Invalidated => {}
        }
    }

    fn follow(record: &Stored<Self>, context: &Context<'_>, follow: &mut Vec<Follow>) {
        if let Some(risk) = context.isms.find(record.risk) {
            record.invalidate_if_exceeded(risk, follow);
        }
    }

    fn sample() -> Self {
        Self {
            risk: Some(Ref::new(1)),
            treatment: Some(Ref::new(1)),
            accepted_by: Some(Ref::new(6)),
            accepted_value: Some(6),
            rationale: Some("Value lies within the criterion.".into()),
            accepted_on: day("2026-05-18"),
            expires_on: day("2027-05-17"),
            approval: Some(Ref::new(49)),
            ..Self::default()
        }
    }
}

impl RiskAcceptance {
    /// The value must be today's, and not above what may be accepted at all.
    fn demand_value(&self, risk: &Stored<Risk>, isms: &Isms, problems: &mut Problems) {
        let (Some(value), Some(current)) = (self.accepted_value, risk.current_value) else {
            problems.need(risk.current_value.is_none(), "risk", "to be valued before it can be accepted");
            return;
        };
        if value != current {
            problems.add("accepted_value", format!("is {value}, but {} is {current} today", risk.reference()));
        }
        let limit = risk.method(isms).and_then(|method| method.absolute_max);
        problems.part(Some(value), limit, "accepted_value", "what may be accepted at all");
    }

    /// Who accepts must be the owner of the risk, or whom its band demands. Top management may always take it over.
    fn demand_authority(&self, risk: &Stored<Risk>, isms: &Isms, problems: &mut Problems) {
        let (Some(person), Some(value)) = (self.accepted_by, risk.current_value) else { return };
        let authority = risk.authority(value, isms);
        let (entitled, who) = match authority {
            BandAuthority::RiskOwner => (risk.risk_owner == Some(person), "the owner of the risk"),
            BandAuthority::IsmsManager => (holds(person, Role::IsmsManager, isms), "the ISMS manager"),
            BandAuthority::TopManagement => (false, "top management"),
        };
        if !entitled && !is_top_management(person, isms) {
            problems.add("accepted_by", format!("must be {who}: the risk has the value {value}"));
        }
    }
}

impl Stored<RiskAcceptance> {
    /// An acceptance ends when the risk has become higher than what was accepted.
    pub(crate) fn invalidate_if_exceeded(&self, risk: &Stored<Risk>, follow: &mut Vec<Follow>) {
        if self.state == RiskAcceptanceState::Accepted
            && !self.is_void()
            && let (Some(current), Some(accepted)) = (risk.current_value, self.accepted_value)
            && current > accepted
        {
            let reason = format!("{} rose to {current}, and {accepted} was accepted", risk.reference());
            let invalidated = RiskAcceptanceState::Invalidated.name();
            follow.push(Follow::step(self.reference().any(), invalidated, reason));
        }
    }
}
