//! ISMS scopes: versions of the scope statement, of which at most one is in force (4.3).

use crate::records::prelude::*;
use crate::records::shared::{not_in_future, supersede};

/// A version of the scope statement. At most one version is effective.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "SCO",
    title = "ISMS scope",
    plural = "ISMS scopes",
    steps = "3",
    clauses = "4.3",
    retention = "A",
    core
)]
pub struct Scope {
    /// Number of the version, such as 1.0 or 1.1.
    #[field(required)]
    pub version: Option<String>,
    /// Scope in sentences that can stand on a certificate.
    #[field(required)]
    pub statement: Option<LongText>,
    /// Units inside the scope.
    #[field(required)]
    pub org_units: Vec<Ref<OrgUnit>>,
    /// Sites inside the scope.
    #[field(required)]
    pub sites: Vec<Ref<Site>>,
    /// Business processes inside the scope.
    #[field(required)]
    pub processes: Vec<Ref<BusinessProcess>>,
    /// Systems inside the scope.
    pub systems: Vec<Ref<Asset>>,
    /// What lies outside, why, and what that means for security; may be empty only when it is said that nothing is
    /// excluded.
    pub exclusions: Vec<Exclusion>,
    /// Whether it is said expressly that nothing is excluded.
    #[field(required)]
    pub none_excluded: Option<bool>,
    /// Where own activities meet those of others, and who answers for what.
    #[field(required)]
    pub interfaces: Vec<Interface>,
    /// Context issues that were considered (4.3 a).
    #[field(required)]
    pub issues: Vec<Ref<ContextIssue>>,
    /// Requirements of interested parties that were considered (4.3 b).
    #[field(required)]
    pub requirements: Vec<Ref<Requirement>>,
    /// Security objectives that were considered.
    pub objectives: Vec<Ref<Objective>>,
    /// Why the scope is neither too narrow, leaving out what is valuable, nor too broad to manage.
    pub narrowness_check: Option<LongText>,
    /// Signature of top management.
    #[field(immaterial)]
    pub approval: Option<Ref<Approval>>,
    /// First day on which this version is in force.
    #[field(immaterial)]
    pub effective_from: Option<Date>,
}

/// States of an ISMS scope.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ScopeState {
    /// Draft.
    Draft,
    /// In review.
    InReview,
    /// Approved.
    Approved,
    /// Effective.
    Effective,
    /// Superseded.
    Superseded,
}

/// How own activity and that of another party meet.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum InterfaceKind {
    /// Interface.
    Interface,
    /// Dependency.
    Dependency,
}

/// Something that lies outside the scope.
#[derive(Embedded, Clone, Debug, Default, PartialEq)]
pub struct Exclusion {
    /// What lies outside, such as the cafeteria.
    pub item: Option<String>,
    /// Why it lies outside.
    pub justification: Option<String>,
    /// What that means for security.
    pub effect: Option<String>,
}

/// A place where own activity meets that of another party.
#[derive(Embedded, Clone, Debug, Default, PartialEq)]
pub struct Interface {
    /// Name of the interface, such as network support.
    pub name: Option<String>,
    /// Who stands on the other side.
    pub party: Option<String>,
    /// The supplier, where the other party is one.
    pub supplier: Option<Ref<Supplier>>,
    /// What the other party does.
    pub activity: Option<String>,
    /// Whether work is exchanged or own work depends on the other party.
    pub kind: Option<InterfaceKind>,
    /// Who answers for what.
    pub responsibility: Option<String>,
    /// Contract or agreement that governs it.
    pub agreement: Option<String>,
    /// Controls that protect it.
    pub controls: Vec<Ref<Control>>,
}

impl Record for Scope {
    type State = ScopeState;

    const RIGHTS: Rights = Rights { create: &[IM], read: &[Who::All], update: &[IM], approve: &[TM] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(ScopeState::Draft, ScopeState::InReview, &[IM]),
        step(ScopeState::InReview, ScopeState::Approved, &[TM]),
        step(ScopeState::InReview, ScopeState::Draft, &[TM]),
        step(ScopeState::Approved, ScopeState::Effective, &[IM]),
        step(ScopeState::Effective, ScopeState::Superseded, &[Who::System]),
    ];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        if record.none_excluded == Some(true) && !record.exclusions.is_empty() {
            problems.add("none_excluded", "says that nothing is excluded, but exclusions are listed");
        }
    }

    fn demand(record: &Stored<Self>, to: Self::State, context: &Context<'_>, problems: &mut Problems) {
        match to {
            ScopeState::InReview => {
                let silent = record.exclusions.is_empty() && record.none_excluded != Some(true);
                problems.need(silent, "exclusions", "unless it is said that nothing is excluded");
            }
            ScopeState::Effective => not_in_future(record.effective_from, "effective_from", context, problems),
            ScopeState::Draft | ScopeState::Approved | ScopeState::Superseded => {}
        }
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        if record.state == ScopeState::Effective {
            record.body.effective_from.get_or_insert(context.today());
        }
    }

    /// The version before is superseded, and what lies in scope is marked so. Assets are only ever marked as inside:
    /// a scope lists systems, while the information that they carry is in scope without being listed.
    fn follow(record: &Stored<Self>, context: &Context<'_>, follow: &mut Vec<Follow>) {
        if record.state != ScopeState::Effective || record.is_void() {
            return;
        }
        let isms = context.isms;
        supersede(record, isms.live(), &[ScopeState::Effective], |scope| scope.effective_from, follow);
        let mut mark = |target: AnyRef, marked: Option<bool>, inside: bool| {
            if marked != Some(inside) {
                let reason = if inside { "inside" } else { "outside" };
                let reason = format!("lies {reason} the scope {}", record.reference());
                follow.push(Follow::field(target, "in_scope", inside.into(), reason));
            }
        };
        for unit in isms.live::<OrgUnit>() {
            mark(unit.reference().any(), unit.in_scope, record.org_units.contains(&unit.reference()));
        }
        for site in isms.live::<Site>() {
            mark(site.reference().any(), site.in_scope, record.sites.contains(&site.reference()));
        }
        for process in isms.live::<BusinessProcess>() {
            mark(process.reference().any(), process.in_scope, record.processes.contains(&process.reference()));
        }
        for system in record.systems.iter().filter_map(|system| isms.get(*system)).filter(|system| system.is_live()) {
            mark(system.reference().any(), system.in_scope, true);
        }
    }

    fn sample() -> Self {
        Self {
            version: Some("1.0".into()),
            statement: Some("Outpatient care, day surgery and telemedicine at the main clinic.".into()),
            org_units: vec![Ref::new(1), Ref::new(2)],
            sites: vec![Ref::new(1), Ref::new(2)],
            processes: vec![Ref::new(1), Ref::new(2)],
            systems: vec![Ref::new(9), Ref::new(10)],
            exclusions: vec![Exclusion {
                item: Some("Cafeteria in the main building".into()),
                justification: Some("run by a tenant with an own network; no clinic information".into()),
                effect: Some("none; the door between the zones is locked".into()),
            }],
            none_excluded: Some(false),
            interfaces: vec![Interface {
                name: Some("Hosted record system".into()),
                party: Some("EHR Hosting Co.".into()),
                supplier: Some(Ref::new(1)),
                activity: Some("runs the record system".into()),
                kind: Some(InterfaceKind::Dependency),
                responsibility: Some("supplier platform, clinic users and content".into()),
                agreement: Some("BAA-2024-11, MSA-2024-11".into()),
                controls: vec![Ref::new(15), Ref::new(17)],
            }],
            issues: vec![Ref::new(1), Ref::new(2)],
            requirements: vec![Ref::new(1), Ref::new(2)],
            objectives: vec![Ref::new(1), Ref::new(2)],
            narrowness_check: Some("All information with the highest value lies inside.".into()),
            approval: Some(Ref::new(13)),
            effective_from: day("2025-03-20"),
        }
    }
}
