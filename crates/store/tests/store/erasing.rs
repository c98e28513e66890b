//! Erasure: the value is gone everywhere, every proof still holds, and the ledger says on whose word.

use attestry_model::{AnyRef, Command, Kind, Refusal};
use attestry_store::{Erasure, Level, Organisation, SubmitError, When};
use serde_json::json;

use crate::ground::{Ground, create, expect, on_both, operator, reference, update};

fn person(clinic: &Organisation) -> AnyRef {
    let made = create(
        Kind::Person,
        json!({"title": "Erika Mustermann", "name": "Erika Mustermann", "email": "erika@example.org"}),
    );
    let target = reference(&clinic.submit(&operator(), made).unwrap());
    let command = Command::Update {
        target,
        revision: None,
        fields: crate::ground::fields(json!({"email": "e.mustermann@example.org", "job_title": "Nurse"})),
        reason: Some("Erika has married".to_owned()),
    };
    clinic.submit(&operator(), command).unwrap();
    target
}

fn erasure(record: AnyRef, fields: &[&str]) -> Erasure {
    Erasure {
        record,
        fields: fields.iter().map(|&field| field.to_owned()).collect(),
        legal_basis: "Art. 17(1)(a) GDPR".to_owned(),
        asked_by: "the person".to_owned(),
        approved_by: "privacy officer".to_owned(),
        reason: None,
    }
}

/// Whether a text stands anywhere in the data folder's database files.
fn on_disk(ground: &Ground, text: &str) -> bool {
    ["attestry.db", "attestry.db-wal"].iter().any(|name| {
        let bytes = std::fs::read(ground.data().join(name)).unwrap_or_default();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}

#[test]
fn an_erased_value_is_gone_from_every_version_and_every_proof_holds() {
    on_both(|ground| {
        let clinic = ground.found();
        let target = person(&clinic);
        let proof = clinic.proof(2).unwrap();
        let receipt = clinic.erase(&operator(), erasure(target, &["title", "name", "email", "@reason"])).unwrap();
        assert_eq!(receipt.entries.len(), 2);
        let isms = clinic.isms();
        let record = isms.record(target).unwrap();
        assert_eq!(record.head().title.as_deref(), Some("Erased"));
        assert_eq!((record.field("email"), record.field("job_title")), (Some(json!(null)), Some(json!("Nurse"))));
        let history = clinic.history(target).unwrap();
        assert_eq!(history[0].erased, ["email", "name", "title"]);
        assert_eq!(history[1].erased, ["email", "name", "title", "@reason"]);
        assert!(history[1].reason.is_none() && history[1].fields.get("email").is_none());
        assert_eq!(history[1].fields["job_title"], "Nurse");
        assert_eq!(
            clinic.as_of(When::Seq(2)).unwrap().isms.record(target).unwrap().head().title.as_deref(),
            Some("Erased")
        );
        let told = clinic.entries(receipt.last_seq, 1).unwrap().remove(0);
        assert_eq!(told.fields["record"], json!(target.to_string()));
        assert_eq!(told.fields["values"], json!({"email": [2, 3], "name": [2, 3], "title": [2, 3], "@reason": [3]}));
        assert_eq!(told.fields["legal_basis"], "Art. 17(1)(a) GDPR");
        assert_eq!(clinic.proof(2).unwrap().leaf, proof.leaf);
        assert!(!clinic.proof(2).unwrap().disclosure.contains("erika"));
        let found = clinic.verify(Level::Files, &mut |_, _| {}).unwrap();
        assert!(found.ok, "{:#?}", found.problems);
        if ground.is_sqlite() {
            assert!(on_disk(ground, "Nurse"));
            for text in ["erika@example.org", "e.mustermann@example.org", "Erika Mustermann", "has married"] {
                assert!(!on_disk(ground, text), "{text} is still on disk");
            }
        }
        drop(clinic);
        let clinic = ground.reopened();
        assert_eq!(clinic.isms().record(target).unwrap().fields(), isms.record(target).unwrap().fields());
        clinic.submit(&operator(), update(target, json!({"email": "new@example.org"}))).unwrap();
    });
}

#[test]
fn an_erasure_covers_only_what_it_names() {
    on_both(|ground| {
        let clinic = ground.found();
        let target = person(&clinic);
        clinic.erase(&operator(), erasure(target, &["email"])).unwrap();
        drop(clinic);
        assert!(ground.verify(Level::Replay).ok);
        ground.expect_problems();
        let empty = if ground.is_sqlite() { "x''" } else { "''::bytea" };
        ground.tamper(&format!("UPDATE disclosure SET body = '{{}}', salts = {empty} WHERE seq = 3"));
        let problems = ground.problems(Level::Replay);
        expect(&problems, "PER-0001", "event 3 (PER-0001): value of field job_title missing without an erasure entry");
        assert!(!problems.iter().any(|one| one.what.contains("field email")), "{problems:#?}");
    });
}

#[test]
fn what_may_not_be_erased_is_refused_with_all_reasons() {
    on_both(|ground| {
        let clinic = ground.found();
        let target = person(&clinic);
        let size = clinic.isms().size();
        let mut wrong = erasure(target, &["state", "shoe_size"]);
        wrong.legal_basis = " ".to_owned();
        let Err(SubmitError::Refused(Refusal::Invalid(problems))) = clinic.erase(&operator(), wrong) else {
            panic!("not refused");
        };
        let named: Vec<&str> = problems.0.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(named, ["legal_basis", "state", "shoe_size"]);
        let nothing = clinic.erase(&operator(), erasure(target, &["left_on"])).unwrap_err().to_string();
        assert!(nothing.contains("holds no value"), "{nothing}");
        let absent = clinic.erase(&operator(), erasure(AnyRef { kind: Kind::Person, number: 9 }, &["email"]));
        assert!(matches!(absent, Err(SubmitError::Refused(Refusal::Absent(_)))));
        let mut employee = operator();
        employee.roles.clear();
        let denied = clinic.erase(&employee, erasure(target, &["email"]));
        assert!(matches!(denied, Err(SubmitError::Refused(Refusal::Denied(_)))));
        let hold = Command::Hold { target, hold: true, reason: "dispute".to_owned() };
        clinic.submit(&operator(), hold).unwrap();
        let on_hold = clinic.erase(&operator(), erasure(target, &["email"])).unwrap_err().to_string();
        assert!(on_hold.contains("legal hold"), "{on_hold}");
        assert_eq!(clinic.isms().size(), size + 1);
    });
}
