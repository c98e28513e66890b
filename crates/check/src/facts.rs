//! Facts that several rules share: worked out when the first rule asks, kept for the others, with the kinds they were
//! read from. The names follow the specification's table of helpers.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use attestry_model::records::acknowledgement::AcknowledgementState;
use attestry_model::records::applicability::ApplicabilityState;
use attestry_model::records::approval::{ApprovalDecision, ApprovalState};
use attestry_model::records::audit::AuditState;
use attestry_model::records::audit_programme::AuditProgrammeState;
use attestry_model::records::course::CourseState;
use attestry_model::records::document::{DocumentState, DocumentType};
use attestry_model::records::document_version::PolicyElement;
use attestry_model::records::effectiveness_criterion::EffectivenessCriterionState;
use attestry_model::records::evidence::EvidenceState;
use attestry_model::records::isms_role::{IsmsRoleState, RaciValue};
use attestry_model::records::measurement::{MeasurementRating, MeasurementState};
use attestry_model::records::methodology::{BandAuthority, MethodologyState};
use attestry_model::records::metric::MetricDirection;
use attestry_model::records::person::{PersonEmployment, PersonState};
use attestry_model::records::risk_acceptance::RiskAcceptanceState;
use attestry_model::records::role_assignment::RoleAssignmentState;
use attestry_model::records::soa::SoaState;
use attestry_model::records::training_completion::TrainingCompletionState;
use attestry_model::records::treatment::TreatmentState;
use attestry_model::records::{
    Acknowledgement, Applicability, Approval, Asset, Audit, AuditCheck, AuditProgramme, ClassificationLevel, Control,
    ControlTest, Course, Document, DocumentVersion, EffectivenessCriterion, Evidence, IsmsProcess, IsmsRole,
    ManagementReview, Measurement, Methodology, Metric, Obligation, OrgUnit, Person, Risk, RiskAcceptance,
    RoleAssignment, Soa, TrainingAssignment, TrainingCompletion, Treatment, TreatmentAction,
};
use attestry_model::value::{Level, Money};
use attestry_model::{Ref, Stored};

use crate::context::{Context, Kinds, Map, Set};
use crate::graph;
use crate::words::yes;

/// Records in the order of their numbers.
type List<'a, K> = Vec<&'a Stored<K>>;
/// Records by the record that they refer to.
pub(crate) type Groups<'a, T, K> = Map<Ref<T>, List<'a, K>>;

/// A fact and the kinds it was read from.
#[derive(Debug)]
pub(crate) struct Fact<T>(OnceCell<(T, Kinds)>);

impl<T> Default for Fact<T> {
    fn default() -> Self {
        Self(OnceCell::new())
    }
}

impl<T> Fact<T> {
    fn of(&self, cx: &Context<'_>, make: impl FnOnce() -> T) -> &T {
        let (fact, kinds) = self.0.get_or_init(|| {
            let outer = cx.taken_reads();
            let fact = make();
            let own = cx.taken_reads();
            cx.note(outer);
            (fact, own)
        });
        cx.note(*kinds);
        fact
    }
}

/// All shared facts.
#[derive(Debug, Default)]
pub(crate) struct Facts<'a> {
    policy_docs: Fact<List<'a, Document>>,
    people: Fact<List<'a, Person>>,
    asked: Fact<Set<(Ref<Person>, Ref<DocumentVersion>)>>,
    answers: Fact<Map<Ref<DocumentVersion>, (i64, i64)>>,
    raci: Fact<BTreeMap<&'a str, usize>>,
    officers: Fact<Set<Ref<Person>>>,
    max_impact: Fact<Option<Level>>,
    top_rank: Fact<Option<i64>>,
    covered: Fact<Set<Ref<Asset>>>,
    cyclic: Fact<Set<Ref<Asset>>>,
    treatments: Fact<Groups<'a, Risk, Treatment>>,
    acceptances: Fact<Groups<'a, Risk, RiskAcceptance>>,
    needed_controls: Fact<List<'a, Control>>,
    soa_rows: Fact<List<'a, Applicability>>,
    needed_annex: Fact<Set<&'a str>>,
    proven: Fact<Set<Ref<Control>>>,
    judged: Fact<Set<Ref<Control>>>,
    actions: Fact<Groups<'a, Control, TreatmentAction>>,
    series: Fact<Groups<'a, Metric, Measurement>>,
    tests: Fact<Groups<'a, Control, ControlTest>>,
    checks: Fact<Groups<'a, Audit, AuditCheck>>,
    courses: Fact<List<'a, Course>>,
    trained: Fact<Set<(Ref<Person>, Ref<Course>)>>,
    programmed: Fact<List<'a, Audit>>,
    max_retention: Fact<i64>,
}

impl<'a> Context<'a> {
    /// Groups records by what they refer to.
    fn groups<T, K: crate::context::Listed>(&self, to: impl Fn(&'a Stored<K>) -> Option<Ref<T>>) -> Groups<'a, T, K> {
        let mut groups = Groups::default();
        for record in self.all::<K>() {
            if let Some(target) = to(record) {
                groups.entry(target).or_insert_with(Vec::new).push(record);
            }
        }
        groups
    }

    /// The approval, when it is signed and approves, with or without conditions.
    pub(crate) fn signed(&self, approval: Option<Ref<Approval>>) -> Option<&'a Stored<Approval>> {
        let approves = |approval: &&Stored<Approval>| {
            approval.state == ApprovalState::Signed
                && matches!(
                    approval.decision,
                    Some(ApprovalDecision::Approved | ApprovalDecision::ApprovedWithConditions)
                )
        };
        self.get(approval).filter(approves)
    }

    /// Whether top management signed it.
    pub(crate) fn signed_by_top(&self, approval: Option<Ref<Approval>>) -> bool {
        self.signed(approval).is_some_and(|approval| self.is_top(approval.signer))
    }

    /// Whether the person belongs to top management.
    pub(crate) fn is_top(&self, person: Option<Ref<Person>>) -> bool {
        let top = self.org().map_or(&[][..], |org| &org.top_management);
        person.is_some_and(|person| top.contains(&person))
    }

    /// Whether the person is there and active.
    pub(crate) fn active(&self, person: Option<Ref<Person>>) -> bool {
        self.get(person).is_some_and(|person| person.state == PersonState::Active)
    }

    /// An amount in the organisation's currency; one in another currency cannot be compared and is left out.
    pub(crate) fn money(&self, amount: Option<Money>) -> Option<Decimal> {
        let own = self.org()?.currency.as_deref()?.parse().ok()?;
        amount.filter(|amount| amount.currency == own).map(Money::amount)
    }

    /// The information security policy in force; more than one is an error that a rule finds.
    pub(crate) fn policy_docs(&self) -> impl Iterator<Item = &'a Stored<Document>> + Clone + '_ {
        let make = || {
            let policy = |doc: &&Stored<Document>| doc.doc_type == Some(DocumentType::InformationSecurityPolicy);
            self.documents_in_force().filter(policy).collect()
        };
        self.facts.policy_docs.of(self, make).iter().copied()
    }

    /// Documents in force.
    pub(crate) fn documents_in_force(&self) -> impl Iterator<Item = &'a Stored<Document>> + Clone + '_ {
        self.st::<Document>(&[DocumentState::Effective, DocumentState::UnderReview])
    }

    /// Whether a document of this type is in force.
    pub(crate) fn in_force(&self, doc_type: DocumentType) -> bool {
        self.documents_in_force().any(|doc| doc.doc_type == Some(doc_type))
    }

    /// What the current version of a policy contains.
    pub(crate) fn elements(&self, doc: &Document) -> &'a [PolicyElement] {
        self.get(doc.current_version).map_or(&[], |version| &version.body.policy_elements)
    }

    /// Active people whose unit is in scope, external auditors left out.
    pub(crate) fn people(&self) -> impl Iterator<Item = &'a Stored<Person>> + Clone + '_ {
        let make = || {
            let inside = |person: &&Stored<Person>| {
                person.employment != Some(PersonEmployment::ExternalAuditor)
                    && self.get::<OrgUnit>(person.org_unit).is_some_and(|unit| yes(unit.in_scope))
            };
            self.st::<Person>(&[PersonState::Active]).filter(inside).collect()
        };
        self.facts.people.of(self, make).iter().copied()
    }

    /// Who was asked to acknowledge which version.
    pub(crate) fn asked(&self) -> &Set<(Ref<Person>, Ref<DocumentVersion>)> {
        let make = || {
            let asked = self.all::<Acknowledgement>();
            asked.filter_map(|ack| Some((ack.person?, ack.document_version?))).collect()
        };
        self.facts.asked.of(self, make)
    }

    /// The share of people who acknowledged a version, of those who did or are late; 1 when there are none.
    pub(crate) fn ack_rate(&self, version: Option<Ref<DocumentVersion>>) -> Decimal {
        let make = || {
            let mut answers: Map<_, (i64, i64)> = Map::default();
            for ack in self.all::<Acknowledgement>() {
                let Some(version) = ack.document_version else { continue };
                let (given, late) = answers.entry(version).or_default();
                match ack.state {
                    AcknowledgementState::Acknowledged => *given += 1,
                    AcknowledgementState::Pending if self.past(ack.due) => *late += 1,
                    _ => {}
                }
            }
            answers
        };
        let answers = self.facts.answers.of(self, make);
        let (given, late) = version.and_then(|version| answers.get(&version)).copied().unwrap_or_default();
        if given + late == 0 { Decimal::ONE } else { Decimal::from(given) / Decimal::from(given + late) }
    }

    /// How many active roles are accountable, by activity.
    pub(crate) fn raci(&self) -> &BTreeMap<&'a str, usize> {
        let make = || {
            let mut counts = BTreeMap::new();
            for role in self.st::<IsmsRole>(&[IsmsRoleState::Active]) {
                for row in &role.body.raci {
                    let count: &mut usize = counts.entry(row.activity.as_deref().unwrap_or_default()).or_default();
                    *count += usize::from(row.value == Some(RaciValue::Accountable));
                }
            }
            counts
        };
        self.facts.raci.of(self, make)
    }

    /// People who hold the role that makes sure the ISMS conforms.
    fn officers(&self) -> &Set<Ref<Person>> {
        let make = || {
            let held = self.st::<RoleAssignment>(&[RoleAssignmentState::Active]);
            let officer = held.filter(|held| self.get(held.role).is_some_and(|role| yes(role.is_conformity_role)));
            officer.filter_map(|held| held.person).collect()
        };
        self.facts.officers.of(self, make)
    }

    /// The highest impact level of the methodology in force.
    pub(crate) fn max_impact(&self) -> Option<Level> {
        let make = || {
            let method = self.st::<Methodology>(&[MethodologyState::Effective]).next()?;
            let levels = method.impact_scale.iter().filter_map(|level| u8::try_from(level.level?).ok());
            levels.max().map(Level)
        };
        *self.facts.max_impact.of(self, make)
    }

    /// Whether an asset has the highest value in one of the three properties.
    pub(crate) fn most_valuable(&self, asset: &Asset) -> bool {
        let value = asset.c_value.max(asset.i_value).max(asset.a_value);
        self.max_impact().is_some_and(|highest| value >= Some(highest))
    }

    /// The rank of the highest level of classification.
    pub(crate) fn top_rank(&self) -> Option<i64> {
        let make = || self.live::<ClassificationLevel>().filter_map(|level| level.rank).max();
        *self.facts.top_rank.of(self, make)
    }

    /// Assets that a live risk names, and those that depend on one.
    pub(crate) fn covered(&self) -> &Set<Ref<Asset>> {
        let make = || {
            let assets: Vec<_> = self.all::<Asset>().collect();
            graph::covered(&assets, self.live::<Risk>().flat_map(|risk| risk.assets.iter().copied()))
        };
        self.facts.covered.of(self, make)
    }

    /// Assets that depend on themselves through a chain.
    pub(crate) fn cyclic(&self) -> &Set<Ref<Asset>> {
        self.facts.cyclic.of(self, || graph::on_cycles(&self.all::<Asset>().collect::<Vec<_>>()))
    }

    /// Approved treatments.
    pub(crate) fn approved(&self) -> impl Iterator<Item = &'a Stored<Treatment>> + Clone + '_ {
        self.st::<Treatment>(&[TreatmentState::Approved])
    }

    /// Approved treatments of a risk.
    pub(crate) fn approved_for(&self, risk: Ref<Risk>) -> &[&'a Stored<Treatment>] {
        let make = || {
            let mut groups = Groups::default();
            for treatment in self.approved() {
                if let Some(risk) = treatment.risk {
                    groups.entry(risk).or_insert_with(Vec::new).push(treatment);
                }
            }
            groups
        };
        self.facts.treatments.of(self, make).get(&risk).map_or(&[], Vec::as_slice)
    }

    /// The treatment in force of a risk: the approved one that was decided last.
    pub(crate) fn cur_treatment(&self, risk: &Stored<Risk>) -> Option<&'a Stored<Treatment>> {
        // Among equal days the first one.
        let latest =
            |a: &'a Stored<Treatment>, b: &'a Stored<Treatment>| if b.decided_on > a.decided_on { b } else { a };
        self.approved_for(risk.reference()).iter().copied().reduce(latest)
    }

    /// Whether the acceptance stands: accepted and not run out.
    pub(crate) fn valid_acc(&self, acceptance: &Stored<RiskAcceptance>) -> bool {
        acceptance.state == RiskAcceptanceState::Accepted && acceptance.expires_on.is_some_and(|day| day >= self.today)
    }

    /// Whether whoever accepted has the authority of the band of the accepted value: the risk owner or top management;
    /// top management alone where the band says so.
    pub(crate) fn authority_ok(&self, acceptance: &RiskAcceptance) -> bool {
        if self.is_top(acceptance.accepted_by) {
            return true;
        }
        let Some(risk) = self.get(acceptance.risk) else { return false };
        let (Some(method), Some(value)) = (self.get(risk.methodology), acceptance.accepted_value) else { return false };
        let mut bands = method.bands.iter();
        let band = bands.find(|band| band.min <= Some(value) && band.max.is_some_and(|max| value <= max));
        band.is_some_and(|band| band.authority != Some(BandAuthority::TopManagement))
            && acceptance.accepted_by.is_some()
            && acceptance.accepted_by == risk.risk_owner
    }

    /// Acceptances of a risk.
    pub(crate) fn acceptances(&self, risk: Option<Ref<Risk>>) -> &[&'a Stored<RiskAcceptance>] {
        let groups =
            self.facts.acceptances.of(self, || self.groups(|acceptance: &Stored<RiskAcceptance>| acceptance.risk));
        risk.and_then(|risk| groups.get(&risk)).map_or(&[], Vec::as_slice)
    }

    /// Whether somebody with the authority for it has accepted what remains of the risk.
    pub(crate) fn accepted(&self, risk: Option<Ref<Risk>>) -> bool {
        self.acceptances(risk).iter().any(|acceptance| self.valid_acc(acceptance) && self.authority_ok(acceptance))
    }

    /// The risk of a treatment and the method it was assessed with.
    pub(crate) fn risk_of(&self, treatment: &Treatment) -> Option<(&'a Stored<Risk>, &'a Stored<Methodology>)> {
        let risk = self.get(treatment.risk)?;
        Some((risk, self.get(risk.methodology)?))
    }

    /// Whether a risk lies above what may be accepted without special approval.
    pub(crate) fn above_acceptance(&self, risk: &Risk) -> bool {
        let limit = self.get(risk.methodology).and_then(|method| method.acceptance_max);
        crate::words::above(risk.current_value, limit)
    }

    /// The controls that approved treatments need, each once.
    pub(crate) fn needed_controls(&self) -> impl Iterator<Item = &'a Stored<Control>> + Clone + '_ {
        let make = || {
            let mut seen = Set::default();
            let named = self.approved().flat_map(|treatment| self.each(&treatment.body.controls));
            named.filter(|control| seen.insert(control.number)).collect()
        };
        self.facts.needed_controls.of(self, make).iter().copied()
    }

    /// The rows of the Statement of Applicability in force.
    pub(crate) fn soa_rows(&self) -> impl Iterator<Item = &'a Stored<Applicability>> + Clone + '_ {
        let make = || {
            let effective: Set<_> = self.st::<Soa>(&[SoaState::Effective]).map(Stored::reference).collect();
            self.all::<Applicability>().filter(|row| row.soa.is_some_and(|soa| effective.contains(&soa))).collect()
        };
        self.facts.soa_rows.of(self, make).iter().copied()
    }

    /// The rows that say the control applies.
    pub(crate) fn applicable(&self) -> impl Iterator<Item = &'a Stored<Applicability>> + Clone + '_ {
        self.soa_rows().filter(|row| yes(row.applicable))
    }

    /// The controls of Annex A that approved treatments use.
    pub(crate) fn needed_annex(&self) -> &Set<&'a str> {
        let make =
            || self.needed_controls().flat_map(|control| control.body.annex_refs.iter().map(String::as_str)).collect();
        self.facts.needed_annex.of(self, make)
    }

    /// The controls decided in the Statement of Applicability in force.
    pub(crate) fn decided_annex(&self) -> Set<&'a str> {
        let decided =
            self.soa_rows().filter(|row| row.state == ApplicabilityState::Decided && row.applicable.is_some());
        decided.filter_map(|row| row.body.annex_id.as_deref()).collect()
    }

    /// Controls with accepted evidence that is not stale.
    pub(crate) fn proven(&self) -> &Set<Ref<Control>> {
        let make = || {
            let good = self.st::<Evidence>(&[EvidenceState::Accepted]).filter(|proof| !self.past(proof.valid_until));
            good.flat_map(|proof| proof.supports_controls.iter().copied()).collect()
        };
        self.facts.proven.of(self, make)
    }

    /// Controls with an active criterion of effectiveness.
    pub(crate) fn judged(&self) -> &Set<Ref<Control>> {
        let make = || {
            let active = self.st::<EffectivenessCriterion>(&[EffectivenessCriterionState::Active]);
            active.filter_map(|criterion| criterion.control).collect()
        };
        self.facts.judged.of(self, make)
    }

    /// Treatment actions that build a control.
    pub(crate) fn actions_for(&self, control: Ref<Control>) -> &[&'a Stored<TreatmentAction>] {
        let groups = self.facts.actions.of(self, || self.groups(|action: &Stored<TreatmentAction>| action.control));
        groups.get(&control).map_or(&[], Vec::as_slice)
    }

    /// The measurements of a metric by the end of their period, void ones left out.
    pub(crate) fn series(&self, metric: Ref<Metric>) -> &[&'a Stored<Measurement>] {
        let make = || {
            let mut groups = Groups::default();
            for value in self.st::<Measurement>(&[MeasurementState::Recorded, MeasurementState::Evaluated]) {
                if let Some(metric) = value.metric {
                    groups.entry(metric).or_insert_with(Vec::new).push(value);
                }
            }
            for values in groups.values_mut() {
                values.sort_by_key(|value| value.period_end);
            }
            groups
        };
        self.facts.series.of(self, make).get(&metric).map_or(&[], Vec::as_slice)
    }

    /// Whether the last value of a metric is no older than its rhythm and its grace allow.
    pub(crate) fn measured_in_time(&self, metric: &Stored<Metric>) -> bool {
        let last = self.series(metric.reference()).last();
        last.is_some_and(|last| self.within(last.period_end, rhythm(metric)))
    }

    /// Tests of a control.
    pub(crate) fn tests_of(&self, control: Option<Ref<Control>>) -> &[&'a Stored<ControlTest>] {
        let groups = self.facts.tests.of(self, || self.groups(|test: &Stored<ControlTest>| test.control));
        control.and_then(|control| groups.get(&control)).map_or(&[], Vec::as_slice)
    }

    /// Checks of an audit.
    pub(crate) fn checks_of(&self, audit: Ref<Audit>) -> &[&'a Stored<AuditCheck>] {
        let groups = self.facts.checks.of(self, || self.groups(|check: &Stored<AuditCheck>| check.audit));
        groups.get(&audit).map_or(&[], Vec::as_slice)
    }

    /// Obligatory courses for everybody.
    pub(crate) fn courses(&self) -> impl Iterator<Item = &'a Stored<Course>> + Clone + '_ {
        let make = || {
            let active = self.st::<Course>(&[CourseState::Active]);
            active.filter(|course| yes(course.mandatory) && yes(course.audience_all)).collect()
        };
        self.facts.courses.of(self, make).iter().copied()
    }

    /// Whether a person has passed a course and that is still valid.
    pub(crate) fn trained(&self, person: &Stored<Person>, course: &Stored<Course>) -> bool {
        let make = || {
            let recorded = self.st::<TrainingCompletion>(&[TrainingCompletionState::Recorded]);
            let valid = recorded.filter(|done| yes(done.passed) && !self.past(done.valid_until));
            let assigned = valid.filter_map(|done| self.get::<TrainingAssignment>(done.assignment));
            assigned.filter_map(|assignment| Some((assignment.person?, assignment.course?))).collect()
        };
        self.facts.trained.of(self, make).contains(&(person.reference(), course.reference()))
    }

    /// Percent of people in scope times obligatory courses for everybody that are trained; 100 when there are none.
    pub(crate) fn coverage(&self) -> Decimal {
        let pairs = self.people().flat_map(|person| self.courses().map(move |course| (person, course)));
        let (mut all, mut trained) = (0_i64, 0_i64);
        for (person, course) in pairs {
            all += 1;
            trained += i64::from(self.trained(person, course));
        }
        if all == 0 { Decimal::ONE_HUNDRED } else { Decimal::from(trained * 100) / Decimal::from(all) }
    }

    /// Internal audit programmes in force.
    pub(crate) fn programmes(&self) -> impl Iterator<Item = &'a Stored<AuditProgramme>> + Clone + '_ {
        self.st::<AuditProgramme>(&[AuditProgrammeState::Approved, AuditProgrammeState::Running])
    }

    /// The audits of programmes in force that are not cancelled.
    pub(crate) fn programmed(&self) -> impl Iterator<Item = &'a Stored<Audit>> + Clone + '_ {
        let make = || {
            let programmes: Set<_> = self.programmes().map(Stored::reference).collect();
            let planned = self.all::<Audit>().filter(|audit| audit.state != AuditState::Cancelled);
            planned.filter(|audit| audit.programme.is_some_and(|programme| programmes.contains(&programme))).collect()
        };
        self.facts.programmed.of(self, make).iter().copied()
    }

    /// Whether a person must not audit an audit: their unit is audited, they see to conformity, they own or operate an
    /// audited control, or they own an ISMS process whose clauses, the audits' own aside, are audited.
    pub(crate) fn conflict(&self, person: Ref<Person>, audit: &Audit) -> bool {
        let unit = self.get(Some(person)).and_then(|person| person.org_unit);
        if unit.is_some_and(|unit| audit.org_units.contains(&unit)) || self.officers().contains(&person) {
            return true;
        }
        let runs = |control: &Stored<Control>| {
            (control.owner == Some(person) || control.operator == Some(person))
                && control.annex_refs.iter().any(|id| audit.annex_controls.contains(id))
        };
        let owns = |process: &Stored<IsmsProcess>| {
            process.owner == Some(person)
                && process.clause_refs.iter().any(|clause| clause != "9.2" && audit.clauses.contains(clause))
        };
        self.live::<Control>().any(runs) || self.live::<IsmsProcess>().any(owns)
    }

    /// The management review that was held last.
    pub(crate) fn last_review(&self) -> Option<&'a Stored<ManagementReview>> {
        self.all::<ManagementReview>().filter(|review| review.held_on.is_some()).max_by_key(|review| review.held_on)
    }

    /// The longest time that an obligation demands records to be kept, in days.
    pub(crate) fn max_retention(&self) -> i64 {
        let make = || {
            let demanded = self.live::<Obligation>().map(|duty| crate::words::dur(duty.record_retention));
            demanded.max().unwrap_or_default()
        };
        *self.facts.max_retention.of(self, make)
    }
}

/// Days after the end of a period by which the next value of a metric is there.
pub(crate) fn rhythm(metric: &Metric) -> i64 {
    crate::words::dur(metric.frequency) + metric.grace_days.unwrap_or_default()
}

/// Whether the matrix gives a value for every pair of levels, never falling when a level rises.
pub(crate) fn matrix_ok(method: &Methodology) -> bool {
    let Some(matrix) = &method.matrix else { return false };
    let levels = |level: Option<i64>| level.and_then(|level| u8::try_from(level).ok()).map(Level);
    let likelihoods: Vec<_> = method.likelihood_scale.iter().filter_map(|level| levels(level.level)).collect();
    let impacts: Vec<_> = method.impact_scale.iter().filter_map(|level| levels(level.level)).collect();
    let value = |likelihood: usize, impact: usize| matrix.value(likelihoods[likelihood], impacts[impact]);
    let grows = |l: usize, i: usize| {
        let here = value(l, i);
        here.is_some() && (l == 0 || value(l - 1, i) <= here) && (i == 0 || value(l, i - 1) <= here)
    };
    !likelihoods.is_empty()
        && !impacts.is_empty()
        && (0..likelihoods.len()).all(|l| (0..impacts.len()).all(|i| grows(l, i)))
}

/// Whether the bands part the values of the matrix: no gap, no overlap, nothing left over.
pub(crate) fn bands_ok(method: &Methodology) -> bool {
    let mut bands: Vec<_> = method.bands.iter().filter_map(|band| Some((band.min?, band.max?))).collect();
    bands.sort_unstable();
    let values = method.matrix.as_ref().map(|matrix| &matrix.0);
    let lowest = values.and_then(|values| values.values().min());
    let highest = values.and_then(|values| values.values().max());
    let (Some(lowest), Some(highest), Some(first), Some(last)) = (lowest, highest, bands.first(), bands.last()) else {
        return false;
    };
    bands.len() == method.bands.len()
        && bands.iter().all(|(min, max)| min <= max)
        && bands.windows(2).all(|pair| pair[1].0 == pair[0].1 + 1)
        && first.0 <= *lowest
        && *highest <= last.1
}

/// The rating that a value has by the thresholds of its metric.
pub(crate) fn rate(metric: &Metric, value: Decimal) -> Option<MeasurementRating> {
    let reaches = |threshold: Decimal| match metric.direction {
        Some(MetricDirection::LowerBetter) => value <= threshold,
        _ => value >= threshold,
    };
    Some(if reaches(metric.target?) {
        MeasurementRating::Green
    } else if reaches(metric.amber?) {
        MeasurementRating::Amber
    } else {
        MeasurementRating::Red
    })
}

/// The later of two days.
pub(crate) fn latest(days: impl Iterator<Item = Option<Date>>) -> Option<Date> {
    days.flatten().max()
}
