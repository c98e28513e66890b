//! What one may not change is not changed by taking something back, by copying, in bulk or through a proposal.

use attestry_model::kind::Role;
use attestry_model::records::Person;
use attestry_model::{AnyRef, Kind, Ref};
use attestry_server::places::{list_path, record_path};
use serde_json::json;

use super::{isms, update};
use crate::client::Site;

#[test]
fn what_one_may_no_longer_change_is_not_changed_by_taking_ones_own_last_change_back() {
    let site = Site::clinic();
    let person = crate::common::person_with(&site.app, Role::IsmsManager).unwrap();
    let client = site.person(person);
    let notes = || isms(&site).record("R-0001".parse().unwrap()).unwrap().field("notes").unwrap_or_default();
    let revision = || isms(&site).record("R-0001".parse().unwrap()).unwrap().revision().to_string();
    let form = [("_revision", &*revision()), ("_has", "notes"), ("notes", "written with the right to it")];
    assert_eq!(client.post("/risks/R-0001/edit", &form).status, 303);
    let last = isms(&site).size() - 1;
    update(&site, person, &json!({ "app_roles": ["employee"] }));
    let before = isms(&site).size();
    let undone = client.post("/risks/R-0001/undo", &[("_revision", &*revision())]);
    assert!([403, 404, 409].contains(&undone.status.as_u16()), "{}", undone.status);
    let step = client.post(&format!("/activity/undo/{last}-{last}"), &[]);
    assert!([403, 404, 409].contains(&step.status.as_u16()), "{}", step.status);
    let bulk = client.post("/risks/bulk/undo", &[("undo", &*format!("R-0001.{}", revision()))]);
    assert!(!bulk.text().contains("done=") && bulk.status != 303, "{}", bulk.status);
    assert_eq!((isms(&site).size(), notes()), (before, json!("written with the right to it")));
    // Somebody else's change is not one's own to take back, whatever rights one has.
    update(&site, person, &json!({ "app_roles": ["isms_manager"] }));
    let other = site.role(Role::RiskOwner);
    for path in ["/risks/R-0001/undo".to_owned(), format!("/activity/undo/{last}-{last}")] {
        let answer = other.post(&path, &[("_revision", &*revision())]);
        assert!([403, 404, 409].contains(&answer.status.as_u16()), "{path}: {}", answer.status);
    }
    assert_eq!(notes(), json!("written with the right to it"));
}

#[test]
fn no_copy_bulk_edit_or_proposal_sets_a_field_that_its_form_would_not() {
    let site = Site::clinic();
    let before_roles = isms(&site).get(Ref::<Person>::new(16)).unwrap().app_roles.clone();
    for role in [Role::Employee, Role::RiskOwner, Role::AssetOwner, Role::ControlOwner] {
        let client = site.role(role);
        let own = client.person.unwrap();
        let revision = isms(&site).record(own.any()).unwrap().revision().to_string();
        let before = isms(&site).size();
        let draft = [
            ("_revision", &*revision),
            ("stage", "draft"),
            ("_draft", "1"),
            ("_proposal", ""),
            ("_purpose", "Raise me"),
            ("_has", "app_roles"),
            ("app_roles", "isms_manager"),
        ];
        let drafted = client.post(&format!("/people/{}/edit", own.any()), &draft);
        assert!(!drafted.status.is_server_error(), "{}", drafted.text());
        let reference = format!("{}.{revision}", own.any());
        for (field, value) in [("app_roles", "isms_manager"), ("email", "x@clinic.example"), ("state", "active")] {
            let bulk = [
                ("act", "field"),
                ("stage", "do"),
                ("ref", &*reference),
                ("field", field),
                (field, value),
                ("value", value),
                ("reason", "x"),
            ];
            client.post("/people/bulk", &bulk);
        }
        for path in [format!("/people/new?copy={}", own.any()), "/people/new?copy=PER-0001".to_owned()] {
            assert_ne!(client.get(&path).status, 200, "{role:?} {path}");
        }
        let written = isms(&site);
        assert!(!written.get(own).unwrap().app_roles.contains(&Role::IsmsManager), "{role:?}");
        // What a proposal may ask for is not what it does: it is written as a draft, and nothing else is.
        let mine: Vec<_> = written.records(Kind::Proposal).filter(|one| one.head().created_by == Some(own)).collect();
        assert!(mine.iter().all(|one| one.state() != "approved"), "{role:?}");
        assert!(written.size() - before <= mine.len() as u64, "{role:?}");
    }
    assert_eq!(isms(&site).get(Ref::<Person>::new(16)).unwrap().app_roles, before_roles);
}

#[test]
fn nobody_approves_what_they_asked_for_or_brought_by_any_way() {
    let site = Site::clinic();
    let client = site.role(Role::IsmsManager);
    let me = client.person.unwrap().any().to_string();
    let program = site.program(Role::IsmsManager);
    let exception = json!({ "title": "Old scanner", "reason": "No updates", "compensating": "A zone of its own", "requested_by": me,
                            "valid_from": "2026-07-01", "expires_on": "2026-12-31", "subject_control": "C-0001" });
    let evidence = json!({ "title": "List of leavers", "evidence_type": "report", "collected_on": "2026-06-30", "collected_by": me,
                           "source": "directory", "file_hash": "0f".repeat(32) });
    for (name, body, to) in [("exception", exception, "approved"), ("evidence", evidence, "accepted")] {
        let made = program.create(name, &format!("own-{name}"), &body);
        assert_eq!(made.status, 201, "{}", made.text());
        let reference: AnyRef = made.json()["ref"].as_str().unwrap().parse().unwrap();
        let state = || isms(&site).record(reference).unwrap().state();
        let first = state();
        let revision = || isms(&site).record(reference).unwrap().revision().to_string();
        let page = record_path(reference);
        let list = list_path(reference.kind);
        let chosen = format!("{reference}.{}", revision());
        let draft = [("stage", "draft"), ("_draft", "1"), ("_proposal", ""), ("_purpose", "Raise it")];
        let with = |more: &[(&'static str, String)]| {
            let mut form = vec![("_revision", revision()), ("_reason", "It is time".to_owned())];
            form.extend_from_slice(more);
            form
        };
        let set = [("_has", "state".to_owned()), ("state", to.to_owned())];
        let bulk = [
            ("act", "step"),
            ("stage", "do"),
            ("ref", &*chosen),
            ("step", to),
            ("value", to),
            ("reason", "It is time"),
        ];
        let as_draft: Vec<_> = set.iter().cloned().chain(draft.map(|(name, value)| (name, value.to_owned()))).collect();
        for (path, form) in [
            (format!("{page}/step/{to}"), with(&[])),
            (format!("{page}/step/{to}"), with(&[("confirm", "yes".to_owned()), ("_sign", "1".to_owned())])),
            (format!("{page}/edit"), with(&set)),
            (format!("{page}/edit"), with(&as_draft)),
            (format!("{page}/sign"), with(&[("confirm", "yes".to_owned())])),
            (format!("{list}/bulk"), bulk.map(|(name, value)| (name, value.to_owned())).to_vec()),
        ] {
            let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, &**value)).collect();
            let answer = client.post(&path, &form);
            assert!(!answer.status.is_server_error(), "{path}: {}", answer.text());
            assert_eq!(state(), first, "{path} {form:?}: {}", answer.status);
        }
        for (method, path, body) in [
            ("POST", format!("/api/v1/{name}/{reference}/steps/{to}"), json!({})),
            ("PATCH", format!("/api/v1/{name}/{reference}"), json!({ "state": to })),
        ] {
            let answer = program.json(method, &path, &[("if-match", "*")], &body);
            assert!(answer.status.is_client_error(), "{method} {path}: {}", answer.text());
            assert_eq!(state(), first, "{method} {path}");
        }
        // Somebody else does, by the first of these ways: it is a way.
        let other = isms(&site)
            .live::<Person>()
            .find(|one| {
                one.reference().any().to_string() != me && one.app_roles.contains(&Role::RiskOwner)
                    || one.app_roles.contains(&Role::ControlOwner)
            })
            .map(attestry_model::Stored::reference)
            .unwrap();
        update(&site, other, &json!({ "app_roles": ["isms_manager", "employee"] }));
        let answer = site.person(other).post(&format!("{page}/step/{to}"), &[("_revision", &*revision())]);
        assert_eq!(state(), to, "{}", answer.text());
    }
}
