//! What several kinds share: choices, and the questions they all ask of the ISMS.

use std::collections::{BTreeMap, VecDeque};

use attestry_derive::Choice;
use jiff::civil::Date;

use crate::change::Actor;
use crate::decide::{Context, Follow, Problems, covers};
use crate::isms::Isms;
use crate::kind::{Record, Role};
use crate::records::methodology::MethodologyState;
use crate::records::{Approval, Audit, Methodology, OrgUnit, Person};
use crate::reference::Ref;
use crate::stored::Stored;
use crate::value::Level;

/// The properties of information that security keeps (ISO/IEC 27000).
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Property {
    /// Confidentiality.
    #[choice("C")]
    Confidentiality,
    /// Integrity.
    #[choice("I")]
    Integrity,
    /// Availability.
    #[choice("A")]
    Availability,
}

/// Whether something lies inside or outside the organization.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Internal.
    Internal,
    /// External.
    External,
}

/// A weight in three steps.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
}

/// A weight in four steps.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Criticality {
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
    /// Critical.
    Critical,
}

/// How an auditor gathers facts (ISO 19011).
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AuditMethod {
    /// Interview.
    Interview,
    /// Document review.
    DocumentReview,
    /// Observation.
    Observation,
    /// Sampling.
    Sampling,
    /// Technical test.
    TechnicalTest,
}

/// A set of rules that demands notification of incidents.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Regime {
    /// GDPR, supervisory authority.
    GdprAuthority,
    /// GDPR, people concerned.
    GdprSubjects,
    /// HIPAA, individuals.
    HipaaIndividuals,
    /// HIPAA, HHS.
    HipaaHhs,
    /// HIPAA, media.
    HipaaMedia,
    /// NIS2, early warning.
    Nis2EarlyWarning,
    /// NIS2, notification.
    Nis2Notification,
    /// NIS2, final report.
    Nis2FinalReport,
    /// DORA, initial report.
    DoraInitial,
    /// DORA, intermediate report.
    DoraIntermediate,
    /// DORA, final report.
    DoraFinal,
    /// Contract.
    Contract,
    /// Other.
    Other,
}

/// What a competence rests on.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CompetenceBasis {
    /// Education.
    Education,
    /// Training.
    Training,
    /// Experience.
    Experience,
    /// Certificate.
    Certificate,
}

/// The methodology in force: the effective version, the latest one where files brought in several.
pub fn methodology_in_force(isms: &Isms) -> Option<&Stored<Methodology>> {
    let effective = isms.live::<Methodology>().filter(|method| method.state == MethodologyState::Effective);
    effective.max_by_key(|method| method.effective_from)
}

/// Whether a text is a SHA-256 in hexadecimal.
pub(crate) fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|digit| digit.is_ascii_hexdigit())
}

/// Whether a person holds a role in the program.
pub(crate) fn holds(person: Ref<Person>, role: Role, isms: &Isms) -> bool {
    isms.get(person).is_some_and(|person| person.app_roles.contains(&role))
}

/// Whether a person counts as top management: by their role or because the organization says so.
pub(crate) fn is_top_management(person: Ref<Person>, isms: &Isms) -> bool {
    holds(person, Role::TopManagement, isms)
        || isms.organization().is_some_and(|organization| organization.top_management.contains(&person))
}

/// The valid approvals of a record as it stands.
pub(crate) fn approvals_of<'a, K: Record>(
    record: &'a Stored<K>,
    isms: &'a Isms,
) -> impl Iterator<Item = &'a Stored<Approval>> {
    let approvals = isms.referring::<Approval>(record.reference().any(), "subject");
    approvals.filter(move |approval| covers(approval, record, isms))
}

/// Notes a level above the highest one of its scale, where there is a scale.
pub(crate) fn within_scale(level: Option<Level>, top: Option<i64>, field: &str, problems: &mut Problems) {
    if let (Some(Level(level)), Some(top)) = (level, top)
        && i64::from(level) > top
    {
        problems.add(field, format!("is {level}, but the scale in force ends at {top}"));
    }
}

/// Notes that a record would come into force before its day.
pub(crate) fn not_in_future(day: Option<Date>, field: &str, context: &Context<'_>, problems: &mut Problems) {
    if let Some(day) = day.filter(|day| *day > context.today()) {
        problems.add(field, format!("lies in the future ({day}); it cannot come into force before that day"));
    }
}

/// Notes that somebody else than the owner of the risk takes a step that is for the owner alone.
pub(crate) fn only_owner(owner: Option<Ref<Person>>, field: &str, context: &Context<'_>, problems: &mut Problems) {
    if let Some(owner) = owner
        && context.principal.actor != Actor::System
        && context.principal.person() != Some(owner)
    {
        problems.add(field, format!("belongs to {owner}, who alone may decide this"));
    }
}

/// Notes that a person owns what they audit: a control of theirs or a unit of theirs is part of a running audit in
/// which they are an auditor (9.2.2 b).
pub(crate) fn no_auditor(
    person: Option<Ref<Person>>,
    field: &str,
    annex: &[String],
    units: &[Ref<OrgUnit>],
    isms: &Isms,
    problems: &mut Problems,
) {
    let Some(person) = person else { return };
    let mut audits = isms.live::<Audit>().filter(|audit| {
        let audits = audit.lead_auditor == Some(person) || audit.auditors.contains(&person);
        let area = audit.annex_controls.iter().any(|id| annex.contains(id))
            || audit.org_units.iter().any(|unit| units.contains(unit));
        audits && area
    });
    if let Some(audit) = audits.next() {
        problems.add(field, format!("is {person}, who audits this area in {}", audit.reference()));
    }
}

/// At most one record of its line is in force: when `record` is, those before it are superseded. `since` says from
/// when a record is in force; a record that came later than `record` stays.
pub(crate) fn supersede<'a, K: Record>(
    record: &Stored<K>,
    others: impl Iterator<Item = &'a Stored<K>>,
    in_force: &[K::State],
    since: fn(&K) -> Option<Date>,
    follow: &mut Vec<Follow>,
) {
    if record.is_void() || !in_force.contains(&record.state) {
        return;
    }
    let before = |other: &&Stored<K>| {
        other.number != record.number
            && !other.is_void()
            && in_force.contains(&other.state)
            && since(&other.body) <= since(&record.body)
    };
    for other in others.filter(before) {
        let reason = format!("superseded by {}", record.reference());
        follow.push(Follow::step(other.reference().any(), "superseded", reason));
    }
}

/// A chain of references in `field` that leads from a record back to itself, in words: “OU-0001 → OU-0002 → OU-0001”.
pub(crate) fn circle<K: Record>(
    record: &Stored<K>,
    isms: &Isms,
    field: &str,
    next: fn(&K) -> &[Ref<K>],
) -> Option<String> {
    let me = record.reference();
    let told = |chain: &[Ref<K>]| chain.iter().map(Ref::to_string).collect::<Vec<_>>().join(" → ");
    if next(&record.body).contains(&me) {
        return Some(told(&[me, me]));
    }
    if next(&record.body).is_empty() || isms.links_to(me.any()).all(|link| link.field != field) {
        return None;
    }
    // Breadth first, remembering from where each record was reached, so that the shortest chain is told.
    let mut reached: BTreeMap<Ref<K>, Ref<K>> = next(&record.body).iter().map(|first| (*first, me)).collect();
    let mut waiting: VecDeque<Ref<K>> = next(&record.body).iter().copied().collect();
    while let Some(at) = waiting.pop_front() {
        for to in isms.get(at).map(|record| next(&record.body)).unwrap_or_default() {
            if *to == me {
                let mut chain = vec![me, at];
                while let Some(from) = chain.last().and_then(|last| reached.get(last)).filter(|from| **from != me) {
                    chain.push(*from);
                }
                chain.push(me);
                chain.reverse();
                return Some(told(&chain));
            }
            if !reached.contains_key(to) {
                reached.insert(*to, at);
                waiting.push_back(*to);
            }
        }
    }
    None
}
