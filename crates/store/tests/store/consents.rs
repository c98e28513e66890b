//! Signatures of passkeys: what holds is verified from the ledger alone, and what does not is named.

use attestry_model::consent::{self, Circumstances, Proof};
use attestry_model::decide::ImportRecord;
use attestry_model::records::approval::{ApprovalAssertion, ApprovalMethod};
use attestry_model::records::{Approval, Person};
use attestry_model::{AnyRef, Command, Kind, Principal, Ref, Refusal, Via};
use attestry_store::{Erasure, Level, Organisation, Problem, SubmitError};
use serde_json::{Map, json};

use crate::ground::{Ground, create, expect, fields, new_risk, on_both, operator, reference, update};
use crate::soft::Soft;

const ORIGIN: &str = "https://isms.example";

/// An organisation with two people who can sign and one risk.
fn furnish(ground: &mut Ground) -> (Organisation, AnyRef) {
    let clinic = ground.found();
    for name in ["Ada", "Ben"] {
        let fields = json!({"title": name, "name": name, "email": format!("{name}@clinic.example"), "employment": "employee",
            "app_roles": ["top_management"], "state": "active"});
        let number = clinic.isms().next_number(Kind::Person);
        let reference = AnyRef { kind: Kind::Person, number };
        let records = vec![ImportRecord { reference, fields: crate::ground::fields(fields), source: "test".into() }];
        clinic.submit(&operator(), Command::Import { records, reason: None }).unwrap();
    }
    let risk = new_risk(&clinic, "Mailbox taken over");
    (clinic, risk)
}

fn person(clinic: &Organisation, number: u32) -> Principal {
    Principal::of(&clinic.isms(), Ref::<Person>::new(number), Via::Session).unwrap()
}

/// Asks a person for their signature under a record.
fn asked(clinic: &Organisation, subject: AnyRef, signer: u32) -> AnyRef {
    let fields = json!({"title": "Consent", "subject": subject.to_string(), "capacity": "top_management",
        "signer": format!("PER-{signer:04}"), "statement": "I agree to this risk."});
    reference(&clinic.submit(&operator(), create(Kind::Approval, fields)).unwrap())
}

fn step(target: AnyRef) -> Command {
    Command::Step { target, to: "signed".into(), revision: None, fields: Map::new(), reason: None }
}

/// The statement of an approval as it would be when it is signed now.
fn statement(clinic: &Organisation, approval: AnyRef, signer: u32, nonce: &str) -> String {
    let change = clinic.preview(&person(clinic, signer), step(approval)).unwrap();
    let next = clinic.isms().apply(&change).unwrap();
    let at = jiff::Timestamp::from_second(change.at.as_second()).unwrap();
    let info = clinic.info();
    let around = Circumstances { organisation: &info.slug, origin: ORIGIN, at, nonce };
    consent::statement(next.get(approval.of::<Approval>().unwrap()).unwrap(), around)
}

fn sign(clinic: &Organisation, approval: AnyRef, signer: u32, assertion: ApprovalAssertion) -> Result<(), SubmitError> {
    let proof = Proof { method: ApprovalMethod::Passkey, assertion: Some(assertion) };
    let principal = Principal { proof: Some(proof), ..person(clinic, signer) };
    clinic.submit(&principal, step(approval)).map(drop)
}

fn problems(ground: &mut Ground) -> Vec<Problem> {
    ground.expect_problems();
    ground.problems(Level::Replay)
}

fn refused(answer: Result<(), SubmitError>, what: &str) {
    let Err(SubmitError::Refused(Refusal::Invalid(problems))) = answer else { panic!("{answer:?}") };
    assert!(problems.to_string().contains(what), "{problems}");
}

#[test]
fn a_signature_is_verified_from_the_ledger_alone() {
    on_both(|ground| {
        let (clinic, risk) = furnish(ground);
        let approval = asked(&clinic, risk, 1);
        let said = statement(&clinic, approval, 1, "n1");
        sign(&clinic, approval, 1, Soft::new("ada").sign(&said, ORIGIN)).unwrap();
        let isms = clinic.isms();
        let record = isms.get(approval.of::<Approval>().unwrap()).unwrap();
        assert_eq!((record.state_name(), record.method), ("signed", Some(ApprovalMethod::Passkey)));
        let found = ground.verify(Level::Replay);
        assert!(found.ok, "{:#?}", found.problems);
    });
}

#[test]
fn a_signature_over_something_else_is_not_written() {
    let mut ground = Ground::sqlite();
    let (clinic, risk) = furnish(&mut ground);
    let (soft, first) = (Soft::new("ada"), asked(&clinic, risk, 1));
    let said = statement(&clinic, first, 1, "n1");
    let altered = |from: &str, to: &str| {
        assert!(said.contains(from), "{from} in {said}");
        soft.sign(&said.replace(from, to), ORIGIN)
    };
    let hash = consent::member(&said, "hash").unwrap();
    refused(sign(&clinic, first, 1, altered(&hash, &"0".repeat(64))), "is over another hash");
    refused(sign(&clinic, first, 1, altered(":\"R-0001\"", ":\"R-0002\"")), "is over another subject");
    refused(sign(&clinic, first, 1, altered("PER-0001", "PER-0002")), "is over another signer");
    refused(sign(&clinic, first, 1, altered("\"approved\"", "\"rejected\"")), "is over another decision");
    refused(sign(&clinic, first, 1, altered("/v1", "/v2")), "no statement of a consent");
    // The state has moved on since the statement was made.
    clinic
        .submit(&operator(), update(risk, json!({"event": "The mailbox of a doctor is read by strangers."})))
        .unwrap();
    refused(sign(&clinic, first, 1, soft.sign(&said, ORIGIN)), "has changed since");
    // What was signed for one record is no signature of another.
    let other = asked(&clinic, new_risk(&clinic, "Laptop lost"), 1);
    refused(sign(&clinic, other, 1, soft.sign(&said, ORIGIN)), "is over another");
    // And nobody writes an assertion by hand.
    let answer = clinic.submit(&person(&clinic, 1), update(first, json!({"assertion": {"statement": said}})));
    refused(answer.map(drop), "cannot be set");
    assert!(ground.verify(Level::Replay).ok);
}

#[test]
fn whoever_holds_the_keys_of_the_ledger_still_cannot_sign_for_somebody() {
    #[expect(clippy::type_complexity, reason = "a table of cases")]
    let cases: [(&str, &dyn Fn(&Soft, &str) -> ApprovalAssertion); 4] = [
        ("the signature is false", &|soft, said| ApprovalAssertion {
            signature: Soft::new("x").sign(said, ORIGIN).signature,
            ..soft.sign(said, ORIGIN)
        }),
        ("another statement was signed", &|soft, said| ApprovalAssertion {
            statement: Some(said.into()),
            ..soft.sign(&said.replace("n1", "n2"), ORIGIN)
        }),
        ("it was given at https://evil.example", &|soft, said| soft.sign(said, "https://evil.example")),
        ("was given in organisation elsewhere", &|soft, said| {
            let slug = format!("\"organisation\":\"{}\"", consent::member(said, "organisation").unwrap());
            soft.sign(&said.replace(&slug, "\"organisation\":\"elsewhere\""), ORIGIN)
        }),
    ];
    for (expected, forge) in cases {
        let mut ground = Ground::sqlite();
        let (clinic, risk) = furnish(&mut ground);
        let approval = asked(&clinic, risk, 1);
        let said = statement(&clinic, approval, 1, "n1");
        sign(&clinic, approval, 1, forge(&Soft::new("ada"), &said)).unwrap();
        drop(clinic);
        expect(&problems(&mut ground), &approval.to_string(), expected);
    }
}

#[test]
fn a_signature_counts_once_and_a_passkey_is_one_persons() {
    let mut ground = Ground::sqlite();
    let (clinic, risk) = furnish(&mut ground);
    let soft = Soft::new("ada");
    let (first, second, third) = (asked(&clinic, risk, 1), asked(&clinic, risk, 1), asked(&clinic, risk, 2));
    let signed = soft.sign(&statement(&clinic, first, 1, "n1"), ORIGIN);
    sign(&clinic, first, 1, signed.clone()).unwrap();
    sign(&clinic, second, 1, signed).unwrap();
    let said = statement(&clinic, third, 2, "n3");
    sign(&clinic, third, 2, soft.sign(&said, ORIGIN)).unwrap();
    drop(clinic);
    let found = problems(&mut ground);
    expect(&found, &second.to_string(), &format!("is that of {first}"));
    expect(&found, &third.to_string(), "a passkey that is another person's");
}

#[test]
fn an_erased_signature_can_no_longer_be_checked_and_one_that_is_missing_is_named() {
    on_both(|ground| {
        let (clinic, risk) = furnish(ground);
        let approval = asked(&clinic, risk, 1);
        let said = statement(&clinic, approval, 1, "n1");
        sign(&clinic, approval, 1, Soft::new("ada").sign(&said, ORIGIN)).unwrap();
        let erasure = Erasure {
            record: approval,
            fields: vec!["assertion".into()],
            legal_basis: "Art. 17(1)(a) GDPR".into(),
            asked_by: "the person".into(),
            approved_by: "privacy officer".into(),
            reason: None,
        };
        clinic.erase(&operator(), erasure).unwrap();
        let isms = clinic.isms();
        let record = isms.get(approval.of::<Approval>().unwrap()).unwrap();
        assert!(record.assertion.is_none() && record.method == Some(ApprovalMethod::Passkey));
        drop(clinic);
        let found = ground.verify(Level::Files);
        assert!(found.ok, "{:#?}", found.problems);
        let clinic = ground.reopened();
        let fields = fields(
            json!({"title": "Consent", "subject": risk.to_string(), "subject_revision": 1, "signer": "PER-0001",
            "subject_hash": "0".repeat(64), "capacity": "top_management", "statement": "I agree.", "state": "signed",
            "requested_on": "2026-01-01", "signed_at": "2026-01-01T10:00:00Z", "method": "passkey", "decision": "approved"}),
        );
        let reference = AnyRef { kind: Kind::Approval, number: 99 };
        let records = vec![ImportRecord { reference, fields, source: "test".into() }];
        clinic.submit(&operator(), Command::Import { records, reason: None }).unwrap();
        drop(clinic);
        expect(&problems(ground), "APR-0099", "is missing, although a passkey is said to have signed");
    });
}
