//! What the conditions need at hand: the kinds with their choices, the helpers, the populations.

pub(crate) use std::collections::BTreeSet;

pub(crate) use attestry_model::field::Choice;
pub(crate) use attestry_model::kind::Role;
pub(crate) use attestry_model::records::*;
pub(crate) use attestry_model::records::{
    access_review::*, acknowledgement::*, applicability::*, approval::*, asset::*, audit::*, audit_check::*,
    awareness_programme::*, bc_exercise::*, bc_plan::*, change::*, communication_item::*, competence_record::*,
    contact::*, context_issue::*, control::*, control_test::*, corrective_action::*, course::*, decision::*,
    document::*, document_version::*, effectiveness_verification::*, event::*, evidence::*, finding::*, improvement::*,
    incident::*, interested_party::*, isms_process::*, isms_role::*, management_review::*, mandate::*, measurement::*,
    methodology::*, metric::*, nonconformity::*, notification_duty::*, objective::*, obligation::*, organization::*,
    person::*, process_execution::*, requirement::*, resource_allocation::*, review_input::*, risk::*,
    risk_assessment::*, role_assignment::*, root_cause_analysis::*, scope::*, soa::*, supplier::*,
    supplier_assessment::*, task::*, training_assignment::*, training_completion::*, treatment::*, treatment_action::*,
    vulnerability::*,
};
pub(crate) use attestry_model::value::{Level, Period};
pub(crate) use attestry_model::{Kind, Stored};
pub(crate) use attestry_standards::annex_controls;
pub(crate) use jiff::SignedDuration;
pub(crate) use jiff::civil::Date;
pub(crate) use rust_decimal::Decimal;

pub(crate) use super::populations::*;
pub(crate) use crate::context::{Context, Map, Set, days};
pub(crate) use crate::facts::{Groups, bands_ok, latest, matrix_ok, rate, rhythm};
pub(crate) use crate::rule::{Found, Judge, flag, judge_words};
pub(crate) use crate::words::{Words, above, before, blank, dur, length, yes};
