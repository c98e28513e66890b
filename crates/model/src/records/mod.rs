//! The record kinds, one file each, in the order in which people see them.
//!
//! To add a kind: write its file, name it in the list below, put it into the golden list of kinds, and give it a
//! sample. Everything else follows from the declaration.

use std::sync::{Arc, LazyLock};

use serde_json::{Map, Value};

use crate::decide::Problems;
use crate::kind::{Declared, KindDef, KindWords};
use crate::stored::{AnyRecord, Stamp};
use crate::table::{AnyTable, Table};

pub mod prelude;
pub mod shared;

pub use shared::{AuditMethod, CompetenceBasis, Criticality, Origin, Property, Regime, Weight};

/// Declares the modules, the enumeration of kinds and the dispatch from a kind to its type.
macro_rules! kinds {
    ($($module:ident: $kind:ident,)*) => {
        $(pub mod $module;)*
        $(pub use $module::$kind;)*

        /// The kinds of records.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $(
                #[doc = concat!("See [`", stringify!($module), "`].")]
                $kind,
            )*
        }

        impl Kind {
            /// All kinds in order.
            pub const ALL: &'static [Kind] = &[$(Kind::$kind),*];

            /// The kind's words.
            pub const fn words(self) -> &'static KindWords {
                const WORDS: &[KindWords] = &[$(<$kind as Declared>::WORDS),*];
                &WORDS[self as usize]
            }

            /// Everything known of the kind.
            pub fn def(self) -> &'static KindDef {
                static DEFS: LazyLock<Vec<KindDef>> = LazyLock::new(|| vec![$(KindDef::of::<$kind>()),*]);
                &DEFS[self as usize]
            }

            /// A record of this kind from its flat fields; every field that does not fit is reported.
            pub fn read(self, stamp: Stamp, fields: Map<String, Value>) -> Result<Arc<dyn AnyRecord>, Problems> {
                let (record, problems) = self.read_partly(stamp, fields);
                if problems.is_empty() { Ok(record) } else { Err(problems) }
            }

            /// The same, also when fields do not fit: those are empty in the record, so that the rest can be looked at.
            pub(crate) fn read_partly(
                self,
                stamp: Stamp,
                fields: Map<String, Value>,
            ) -> (Arc<dyn AnyRecord>, Problems) {
                match self {
                    $(Kind::$kind => crate::stored::read_any::<$kind>(stamp, fields),)*
                }
            }

            /// The flat fields of an example record.
            pub fn sample(self) -> Map<String, Value> {
                match self {
                    $(Kind::$kind => crate::stored::sample_fields::<$kind>(),)*
                }
            }

            pub(crate) fn empty_table(self) -> Box<dyn AnyTable> {
                match self {
                    $(Kind::$kind => Box::new(Table::<$kind>::default()),)*
                }
            }
        }
    };
}

/// Gives the ordered list of kinds, each as `module: Type`, to a macro. To be named in this one list is what makes a file a
/// kind.
#[macro_export]
macro_rules! each_kind {
    ($with:ident) => {
        $with! {
            organization: Organization,
            org_unit: OrgUnit,
            site: Site,
            person: Person,
            isms_role: IsmsRole,
            role_assignment: RoleAssignment,
            mandate: Mandate,
            resource_allocation: ResourceAllocation,
            context_issue: ContextIssue,
            interested_party: InterestedParty,
            requirement: Requirement,
            obligation: Obligation,
            objective: Objective,
            scope: Scope,
            document: Document,
            document_version: DocumentVersion,
            acknowledgement: Acknowledgement,
            approval: Approval,
            communication_item: CommunicationItem,
            change: Change,
            contact: Contact,
            business_process: BusinessProcess,
            classification_level: ClassificationLevel,
            asset: Asset,
            methodology: Methodology,
            threat: Threat,
            vulnerability: Vulnerability,
            risk_assessment: RiskAssessment,
            risk: Risk,
            treatment: Treatment,
            control: Control,
            soa: Soa,
            applicability: Applicability,
            treatment_plan: TreatmentPlan,
            treatment_action: TreatmentAction,
            risk_acceptance: RiskAcceptance,
            exception: Exception,
            isms_process: IsmsProcess,
            process_execution: ProcessExecution,
            evidence: Evidence,
            effectiveness_criterion: EffectivenessCriterion,
            control_test: ControlTest,
            metric: Metric,
            measurement: Measurement,
            access_review: AccessReview,
            supplier: Supplier,
            supplier_assessment: SupplierAssessment,
            event: Event,
            incident: Incident,
            notification_duty: NotificationDuty,
            bc_plan: BcPlan,
            bc_exercise: BcExercise,
            task: Task,
            competence_requirement: CompetenceRequirement,
            competence_record: CompetenceRecord,
            awareness_programme: AwarenessProgramme,
            course: Course,
            quiz: Quiz,
            training_assignment: TrainingAssignment,
            training_completion: TrainingCompletion,
            audit_programme: AuditProgramme,
            audit: Audit,
            audit_check: AuditCheck,
            finding: Finding,
            nonconformity: Nonconformity,
            root_cause_analysis: RootCauseAnalysis,
            corrective_action: CorrectiveAction,
            effectiveness_verification: EffectivenessVerification,
            management_review: ManagementReview,
            review_input: ReviewInput,
            decision: Decision,
            improvement: Improvement,
            certification: Certification,
            comment: Comment,
            proposal: Proposal,
        }
    };
}

each_kind!(kinds);

impl Kind {
    /// The kind with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.words().name == name)
    }

    /// The kind whose references begin with this prefix.
    pub fn with_prefix(prefix: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.words().prefix == prefix)
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.words().name)
    }
}
