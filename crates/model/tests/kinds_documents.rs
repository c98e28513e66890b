//! Documents, their versions, acknowledgements, approvals and changes.
#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

mod common;

use attestry_model::AnyRef;
use attestry_model::decide::{Command, Refusal, state_hash};
use common::{AD, CO, EM, House, IM, RO, SYSTEM, TM, assert_denied, assert_refused, object, person};
use serde_json::json;

const HASH: &str = "617a9dbc4917fb2978e5fbc50bdf52724be5bdc6b3a34ee82f1033c523f3f95e";
const OTHER_HASH: &str = "553f8e2c259a272fc218b8fdeb9bd924136d7a22f13a7f28547f59b75fedcff0";

/// A house with one complete draft of a document of this type, owned by the ISMS manager.
fn with_document(doc_type: &str) -> House {
    let mut house = House::new();
    house
        .import(&[
            ("CLS-0001", json!({"state": "active", "rank": 1})),
            (
                "DOC-0001",
                json!({"state": "draft", "owner": person(IM), "doc_type": doc_type, "number": "ISMS-01",
                       "classification": "CLS-0001", "language": "en", "medium": "electronic",
                       "review_interval": "P1Y", "next_review": "2027-07-01", "audience_all": true,
                       "ack_required": true, "ack_within_days": 14, "available_to_parties": "no",
                       "external_origin": false, "retention": "P7Y"}),
            ),
        ])
        .unwrap();
    house
}

/// A version that the ISMS manager wrote and the control owner reviews, handed in for review.
fn handed_in(house: &mut House, version: &str) -> AnyRef {
    let fields = json!({"document": "DOC-0001", "version": version, "content_ref": "store/x.md", "content_hash": HASH,
                        "change_summary": "new", "author": person(IM), "reviewer": person(CO)});
    let version = house.create(IM, "document_version", fields).unwrap();
    house.step(IM, version, "in_review", json!({})).unwrap();
    version
}

#[test]
fn who_wrote_a_version_cannot_approve_it_and_a_policy_takes_top_management() {
    let mut house = with_document("procedure");
    let version = handed_in(&mut house, "1.0");
    assert_refused(house.step(IM, version, "approved", json!({})), "approval");
    house.signed(version, IM, "document_approver").unwrap();
    assert_refused(house.step(IM, version, "approved", json!({})), "approval");
    assert_denied(house.step(RO, version, "approved", json!({})));
    house.step(TM, version, "approved", json!({})).unwrap();
    assert_eq!(house.field(version, "approved_by"), person(TM));
    assert_eq!(house.field(version, "approved_on"), "2026-07-01");

    // Another ISMS manager may approve a procedure, but not a policy.
    for (doc_type, allowed) in [("procedure", true), ("topic_policy", false), ("information_security_policy", false)] {
        let mut house = with_document(doc_type);
        house.update(AD, "PER-0005", json!({"app_roles": ["control_owner", "isms_manager"]})).unwrap();
        let version = handed_in(&mut house, "1.0");
        let outcome = house.step(CO, version, "approved", json!({}));
        assert_eq!(outcome.is_ok(), allowed, "{doc_type}");
    }
}

#[test]
fn a_signature_asked_for_in_advance_brings_the_version_through_the_step() {
    let mut house = with_document("topic_policy");
    let version = handed_in(&mut house, "1.0");
    let approval = house.signed(version, TM, "document_approver").unwrap();
    house.step(IM, version, "approved", json!({})).unwrap();
    assert_eq!(house.field(version, "approval"), approval.to_string());
    assert_eq!(house.field(version, "approved_by"), person(TM));
    assert_eq!(house.isms.count(attestry_model::Kind::Approval), 1, "no second signature is made");
}

#[test]
fn an_approved_version_is_immutable_and_a_draft_is_not() {
    let mut house = with_document("procedure");
    let version = handed_in(&mut house, "1.0");
    house.update(IM, version, json!({"content_hash": OTHER_HASH})).unwrap();
    house.step(TM, version, "approved", json!({})).unwrap();
    for state in ["approved", "effective"] {
        let message = assert_refused(house.update(IM, version, json!({"content_hash": HASH})), "content_hash");
        assert!(message.contains(state), "{message}");
        house.update(IM, version, json!({"notes": "as printed"})).unwrap();
        if state == "approved" {
            assert_refused(house.step(IM, version, "effective", json!({"content_hash": HASH})), "content_hash");
            house.step(IM, version, "effective", json!({})).unwrap();
        }
    }
    assert_eq!(house.state("APR-0001"), "signed");
}

#[test]
fn the_reviewer_is_not_the_author_and_a_version_number_is_given_once() {
    let mut house = with_document("procedure");
    let version = handed_in(&mut house, "1.0");
    assert_refused(house.update(IM, version, json!({"reviewer": person(IM)})), "reviewer");
    assert_refused(house.update(IM, version, json!({"content_hash": "abc"})), "content_hash");
    assert_refused(
        house.update(IM, version, json!({"reviewed_on": "2026-06-30", "approved_on": "2026-06-29"})),
        "approved_on",
    );
    let same = json!({"document": "DOC-0001", "version": "1.0"});
    assert_refused(house.create(IM, "document_version", same.clone()), "version");
    house.create(IM, "document_version", json!({"document": "DOC-0001", "version": "1.1"})).unwrap();
    house.step(TM, version, "rejected", json!({})).unwrap();
    house.create(IM, "document_version", same).unwrap();
}

#[test]
fn a_version_in_force_makes_its_document_effective_and_ends_the_version_before() {
    let mut house = with_document("procedure");
    let first = handed_in(&mut house, "1.0");
    house.step(TM, first, "approved", json!({})).unwrap();
    assert_eq!(house.state("DOC-0001"), "draft");
    house.step(IM, first, "effective", json!({})).unwrap();
    assert_eq!(house.state("DOC-0001"), "effective");
    assert_eq!(house.field("DOC-0001", "current_version"), first.to_string());
    assert_eq!(house.field(first, "effective_from"), "2026-07-01");
    let asked = |who| json!({"document_version": first.to_string(), "person": person(who), "due": "2026-07-15"});
    let read = house.create(SYSTEM, "acknowledgement", asked(EM)).unwrap();
    let unread = house.create(SYSTEM, "acknowledgement", asked(CO)).unwrap();
    house.step(EM, read, "acknowledged", json!({})).unwrap();

    let second = handed_in(&mut house, "1.1");
    house.step(TM, second, "approved", json!({})).unwrap();
    house.step(IM, second, "effective", json!({})).unwrap();
    assert_eq!(house.state(first), "superseded");
    assert_eq!(house.field("DOC-0001", "current_version"), second.to_string());
    assert_eq!(house.state(unread), "cancelled");
    assert_eq!(house.state(read), "acknowledged");
}

#[test]
fn a_document_that_is_not_complete_does_not_come_into_force() {
    let mut house = with_document("procedure");
    let version = handed_in(&mut house, "1.0");
    house.step(TM, version, "approved", json!({})).unwrap();
    for (field, value) in [("retention", json!("P7Y")), ("audience_all", json!(true)), ("ack_within_days", json!(14))] {
        let emptied = if field == "audience_all" { json!(false) } else { json!(null) };
        house.update(IM, "DOC-0001", json!({field: emptied})).unwrap();
        assert_refused(house.step(IM, version, "effective", json!({})), "document");
        house.update(IM, "DOC-0001", json!({field: value})).unwrap();
    }
    house.step(IM, version, "effective", json!({})).unwrap();
}

#[test]
fn two_documents_in_use_never_have_the_same_number() {
    let mut house = with_document("procedure");
    assert_refused(house.create(IM, "document", json!({"number": "isms-01"})), "number");
    house.create(IM, "document", json!({"number": "ISMS-02"})).unwrap();
    let target = "DOC-0001".parse().unwrap();
    let reason = "entered twice".to_owned();
    house.command(IM, Command::Void { target, revision: None, reason }).unwrap();
    house.create(IM, "document", json!({"number": "isms-01"})).unwrap();
}

#[test]
fn only_the_person_asked_confirms_and_a_waiver_has_a_reason() {
    let mut house = with_document("procedure");
    let version = handed_in(&mut house, "1.0");
    let fields = json!({"document_version": version.to_string(), "person": person(EM), "due": "2026-07-15",
                        "owner": person(IM)});
    assert_denied(house.create(IM, "acknowledgement", fields.clone()));
    let asked = house.create(SYSTEM, "acknowledgement", fields.clone()).unwrap();
    assert_eq!(house.field(asked, "requested_on"), "2026-07-01");
    assert_refused(house.step(IM, asked, "acknowledged", json!({})), "person");
    assert!(matches!(house.step(CO, asked, "acknowledged", json!({})), Err(Refusal::Absent(_))), "not theirs to see");
    house.step(EM, asked, "acknowledged", json!({})).unwrap();
    assert_eq!(house.field(asked, "acknowledged_at"), "2026-07-01");
    assert_eq!(house.field(asked, "method"), "in_app");

    let asked = house.create(SYSTEM, "acknowledgement", fields).unwrap();
    assert_refused(house.step(IM, asked, "waived", json!({})), "waived_reason");
    house.step(IM, asked, "waived", json!({"waived_reason": "on leave until December"})).unwrap();
}

#[test]
fn a_request_for_approval_fixes_what_will_be_signed() {
    let mut house = House::new();
    let objective = house.create(IM, "objective", json!({"unit": "%"})).unwrap();
    let request = house.request(objective, TM, "top_management").unwrap();
    assert_eq!(house.field(request, "subject_revision"), 1);
    assert_eq!(house.field(request, "subject_hash"), state_hash(house.record(objective), &house.isms));
    assert_eq!(house.field(request, "requested_on"), "2026-07-01");
    // Notes are not part of what is signed; the unit is.
    house.update(IM, objective, json!({"notes": "to be discussed"})).unwrap();
    house.step(TM, request, "signed", json!({})).unwrap();
    assert_eq!(house.field(request, "decision"), "approved");
    assert_eq!(house.field(request, "signed_at"), "2026-07-01T08:04:00Z");

    let request = house.request(objective, TM, "top_management").unwrap();
    house.update(IM, objective, json!({"unit": "hours"})).unwrap();
    assert_refused(house.step(TM, request, "signed", json!({})), "subject");
}

#[test]
fn an_approval_is_signed_by_its_signer_and_by_nobody_who_only_looks_after_accounts() {
    let mut house = House::new();
    let objective = house.create(IM, "objective", json!({})).unwrap();
    let request = house.request(objective, TM, "top_management").unwrap();
    assert_denied(house.step(IM, request, "signed", json!({})));
    assert_refused(house.step(SYSTEM, request, "signed", json!({})), "signer");
    let conditional = json!({"decision": "approved_with_conditions"});
    assert_refused(house.step(TM, request, "signed", conditional), "conditions");
    house
        .step(TM, request, "signed", json!({"decision": "approved_with_conditions", "conditions": "until May"}))
        .unwrap();
    let request = house.request(objective, AD, "other").unwrap();
    assert_refused(house.step(AD, request, "signed", json!({})), "signer");
}

#[test]
fn an_approval_is_not_about_approvals_and_a_delegate_is_somebody_else() {
    let mut house = House::new();
    let objective = house.create(IM, "objective", json!({})).unwrap();
    let request = house.request(objective, TM, "top_management").unwrap();
    assert_refused(house.request(request, TM, "top_management"), "subject");
    let fields = |by: u32| {
        json!({"subject": objective.to_string(), "signer": person(TM), "capacity": "other", "statement": "I approve.",
               "delegated_by": person(by)})
    };
    assert_refused(house.create(IM, "approval", fields(TM)), "delegated_by");
    house.create(IM, "approval", fields(IM)).unwrap();
}

/// A change that can be assessed, with some fields set otherwise.
fn change(house: &mut House, otherwise: serde_json::Value) -> AnyRef {
    let mut fields = json!({"change_type": "technology", "purpose": "video visits", "consequences": "new data flow",
                            "unintended": false, "significant": false, "planned_for": "2026-08-01",
                            "owner": person(EM)});
    for (name, value) in object(otherwise) {
        fields[name] = value;
    }
    house.create(EM, "change", fields).unwrap()
}

#[test]
fn a_change_has_its_day_and_an_unintended_one_what_was_done_against_it() {
    let mut house = House::new();
    let planned = change(&mut house, json!({"planned_for": null}));
    assert_eq!(house.field(planned, "requested_on"), "2026-07-01");
    assert_refused(house.step(IM, planned, "assessed", json!({})), "planned_for");
    house.step(IM, planned, "assessed", json!({"planned_for": "2026-08-01"})).unwrap();

    let unintended = change(&mut house, json!({"planned_for": null, "unintended": true}));
    assert_refused(house.step(IM, unintended, "assessed", json!({})), "mitigation");
    house.step(IM, unintended, "assessed", json!({"mitigation": "rolled back"})).unwrap();
}

#[test]
fn a_significant_change_is_implemented_with_its_reassessment_and_the_isms_is_changed_by_top_management() {
    let mut house = House::new();
    house.import(&[("RA-0001", json!({"state": "planned"}))]).unwrap();
    let change = change(&mut house, json!({"significant": true, "change_type": "isms"}));
    house.step(IM, change, "assessed", json!({})).unwrap();
    assert_refused(house.step(IM, change, "approved", json!({})), "approval");
    house.step(TM, change, "approved", json!({})).unwrap();
    assert_eq!(house.field(change, "reassessment"), "RA-0002", "approving it has planned one");
    assert_eq!(house.state("RA-0002"), "planned");
    assert_refused(house.step(EM, change, "implemented", json!({"reassessment": null})), "reassessment");
    house.step(EM, change, "implemented", json!({"reassessment": "RA-0001"})).unwrap();
    assert_eq!(house.field(change, "implemented_on"), "2026-07-01");
    assert_eq!(house.state("APR-0001"), "signed", "what the step notes does not touch the signature");
    house.step(IM, change, "reviewed", json!({})).unwrap();
    assert_eq!(house.field(change, "reviewed_on"), "2026-07-01");
}
