//! Contradictions inside one record of operation, audit and improvement: wrong in any state, on every way in.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic, in its helpers too")]

mod common;

use common::{House, SYSTEM, assert_refused};
use serde_json::{Value, json};

/// A house with what the records below refer to.
fn house() -> House {
    let mut house = House::new();
    house
        .import(&[
            ("C-0001", json!({"state": "implemented", "annex_refs": ["A.8.13"], "operator": "PER-0003"})),
            ("C-0002", json!({"state": "implemented"})),
            ("EC-0002", json!({"state": "active", "control": "C-0002"})),
            ("CRQ-0001", json!({"state": "active", "accepted_basis": ["certificate"]})),
        ])
        .unwrap();
    house
}

#[test]
fn a_record_that_contradicts_itself_is_refused_and_its_plain_form_is_not() {
    let cases: &[(&str, Value, Value, &str)] = &[
        (
            "EXC-0001",
            json!({"valid_from": "2026-01-01", "expires_on": "2026-01-01"}),
            json!({"expires_on": "2025-12-31"}),
            "expires_on",
        ),
        ("PRC-0001", json!({}), json!({"interacts_with": ["PRC-0001"]}), "interacts_with"),
        (
            "EV-0001",
            json!({"period_from": "2026-01-01", "period_to": "2026-01-31"}),
            json!({"period_to": "2025-12-31"}),
            "period_to",
        ),
        (
            "EV-0001",
            json!({"collected_on": "2026-02-01", "valid_until": "2027-02-01"}),
            json!({"valid_until": "2026-01-31"}),
            "valid_until",
        ),
        (
            "EV-0001",
            json!({"collected_on": "2026-02-01", "reviewed_on": "2026-02-01"}),
            json!({"reviewed_on": "2026-01-31"}),
            "reviewed_on",
        ),
        ("EV-0001", json!({"file_hash": "0f".repeat(32)}), json!({"file_hash": "0f".repeat(31)}), "file_hash"),
        ("EV-0001", json!({"file_hash": "0f".repeat(32)}), json!({"file_hash": "xy".repeat(32)}), "file_hash"),
        ("CT-0001", json!({"population": 40, "sample_size": 40}), json!({"sample_size": 41}), "sample_size"),
        ("CT-0001", json!({"sample_size": 12, "exceptions": 12}), json!({"exceptions": 13}), "exceptions"),
        ("CT-0001", json!({"population": 0}), json!({"population": -1}), "population"),
        ("CT-0001", json!({"control": "C-0002", "criterion": "EC-0002"}), json!({"control": "C-0001"}), "criterion"),
        (
            "MTR-0001",
            json!({"direction": "higher_better", "target": "98", "amber": "98"}),
            json!({"amber": "98.1"}),
            "amber",
        ),
        ("MTR-0001", json!({"direction": "lower_better", "target": "2", "amber": "5"}), json!({"amber": "1"}), "amber"),
        ("MTR-0001", json!({"grace_days": 0}), json!({"grace_days": -1}), "grace_days"),
        (
            "MS-0001",
            json!({"period_start": "2026-01-01", "period_end": "2026-01-31"}),
            json!({"period_end": "2025-12-31"}),
            "period_end",
        ),
        (
            "MS-0001",
            json!({"period_start": "2026-01-01", "measured_on": "2026-01-31"}),
            json!({"measured_on": "2025-12-31"}),
            "measured_on",
        ),
        (
            "MS-0001",
            json!({"measured_on": "2026-02-01", "evaluated_on": "2026-02-03"}),
            json!({"evaluated_on": "2026-01-31"}),
            "evaluated_on",
        ),
        (
            "AR-0001",
            json!({"accounts_total": 9, "accounts_removed": 9}),
            json!({"accounts_removed": 10}),
            "accounts_removed",
        ),
        (
            "AR-0001",
            json!({"accounts_total": 9, "accounts_changed": 9}),
            json!({"accounts_changed": 10}),
            "accounts_changed",
        ),
        (
            "SUP-0001",
            json!({"incident_notice_hours": 24}),
            json!({"incident_notice_hours": -24}),
            "incident_notice_hours",
        ),
        (
            "SAS-0001",
            json!({"performed_on": "2026-01-01", "valid_until": "2027-01-01"}),
            json!({"valid_until": "2025-01-01"}),
            "valid_until",
        ),
        (
            "EVT-0001",
            json!({"reported_at": "2026-01-01T10:00:00Z", "triaged_at": "2026-01-01T10:00:00Z"}),
            json!({"triaged_at": "2026-01-01T09:59:59Z"}),
            "triaged_at",
        ),
        (
            "ND-0001",
            json!({"clock_start": "2026-01-01T10:00:00Z", "due_at": "2026-01-04T10:00:00Z"}),
            json!({"due_at": "2026-01-01T09:00:00Z"}),
            "due_at",
        ),
        (
            "ND-0001",
            json!({"clock_start": "2026-01-01T10:00:00Z", "sent_at": "2026-01-01T10:00:00Z"}),
            json!({"sent_at": "2026-01-01T09:00:00Z"}),
            "sent_at",
        ),
        ("BCP-0001", json!({"rto_hours": "0"}), json!({"rto_hours": "-1"}), "rto_hours"),
        ("BCX-0001", json!({"achieved_rpo_hours": "0.5"}), json!({"achieved_rpo_hours": "-0.5"}), "achieved_rpo_hours"),
        (
            "CMP-0001",
            json!({"assessed_on": "2026-01-01", "valid_until": "2027-01-01"}),
            json!({"valid_until": "2025-01-01"}),
            "valid_until",
        ),
        (
            "CMP-0001",
            json!({"requirement": "CRQ-0001", "met": true, "basis": "certificate"}),
            json!({"basis": "experience"}),
            "basis",
        ),
        (
            "AWP-0001",
            json!({"period_from": "2026-01-01", "period_to": "2026-12-31"}),
            json!({"period_to": "2025-12-31"}),
            "period_to",
        ),
        (
            "CRS-0001",
            json!({"on_joining_days": 30, "duration_minutes": 35}),
            json!({"duration_minutes": -35}),
            "duration_minutes",
        ),
        (
            "QZ-0001",
            json!({"questions": [{"options": ["a", "b"], "correct": [0, 1]}]}),
            json!({"questions": [{"options": ["a", "b"], "correct": [2]}]}),
            "questions[0].correct",
        ),
        ("QZ-0001", json!({"max_attempts": 1}), json!({"max_attempts": 0}), "max_attempts"),
        ("TAS-0001", json!({"assigned_on": "2026-01-01", "due": "2026-01-01"}), json!({"due": "2025-12-31"}), "due"),
        (
            "TC-0001",
            json!({"completed_on": "2026-01-01", "valid_until": "2027-01-01"}),
            json!({"valid_until": "2025-12-31"}),
            "valid_until",
        ),
        ("TC-0001", json!({"attempts": 1}), json!({"attempts": 0}), "attempts"),
        (
            "AP-0001",
            json!({"period_from": "2026-01-01", "period_to": "2028-12-31"}),
            json!({"period_to": "2025-12-31"}),
            "period_to",
        ),
        (
            "AU-0001",
            json!({"planned_from": "2026-03-16", "planned_to": "2026-03-20"}),
            json!({"planned_to": "2026-03-15"}),
            "planned_to",
        ),
        (
            "AU-0001",
            json!({"performed_from": "2026-03-16", "performed_to": "2026-03-20"}),
            json!({"performed_to": "2026-03-15"}),
            "performed_to",
        ),
        (
            "AU-0001",
            json!({"performed_from": "2026-03-16", "report_issued_on": "2026-03-30"}),
            json!({"report_issued_on": "2026-03-15"}),
            "report_issued_on",
        ),
        (
            "F-0001",
            json!({"raised_on": "2026-03-20", "response_due": "2026-04-30"}),
            json!({"response_due": "2026-03-19"}),
            "response_due",
        ),
        (
            "NC-0001",
            json!({"detected_on": "2026-03-20", "correction_done_on": "2026-03-20"}),
            json!({"correction_done_on": "2026-03-19"}),
            "correction_done_on",
        ),
        ("NC-0001", json!({"detected_on": "2026-03-20", "due": "2026-07-31"}), json!({"due": "2026-03-19"}), "due"),
        (
            "NC-0001",
            json!({"detected_on": "2026-03-20", "closed_on": "2026-07-31"}),
            json!({"closed_on": "2026-03-19"}),
            "closed_on",
        ),
        ("NC-0001", json!({}), json!({"similar_found": ["NC-0001"]}), "similar_found"),
        (
            "MR-0001",
            json!({"period_from": "2025-04-01", "period_to": "2026-04-30"}),
            json!({"period_to": "2025-03-31"}),
            "period_to",
        ),
        (
            "MR-0001",
            json!({"held_on": "2026-05-13", "next_planned": "2026-11-25"}),
            json!({"next_planned": "2026-05-12"}),
            "next_planned",
        ),
        ("MRI-0001", json!({"snapshot_hash": "ab".repeat(32)}), json!({"snapshot_hash": "ab"}), "snapshot_hash"),
        (
            "CERT-0001",
            json!({"stage1_on": "2026-07-20", "stage2_on": "2026-09-14"}),
            json!({"stage2_on": "2026-07-19"}),
            "stage2_on",
        ),
        (
            "CERT-0001",
            json!({"stage2_on": "2026-09-14", "valid_from": "2026-10-01"}),
            json!({"valid_from": "2026-09-01"}),
            "valid_from",
        ),
        (
            "CERT-0001",
            json!({"valid_from": "2026-10-01", "valid_until": "2029-09-30"}),
            json!({"valid_until": "2026-09-30"}),
            "valid_until",
        ),
    ];
    for (reference, right, wrong, field) in cases {
        let mut house = house();
        house.import(&[(reference, right.clone())]).unwrap_or_else(|why| panic!("{reference} {right}: {why}"));
        assert_refused(house.update(SYSTEM, *reference, wrong.clone()), field);
        let mut imported = common::object(right.clone());
        imported.extend(common::object(wrong.clone()));
        assert_refused(house.import(&[(reference, Value::Object(imported))]), field);
    }
}
