//! Passkeys: registering one, signing in with it, and signing records with it in a way that anybody can check.

use attestry_model::records::approval::ApprovalMethod;
use attestry_model::records::{Approval, Person, Risk, Treatment};
use attestry_model::{Command, Kind, Principal, Ref, decide};
use attestry_store::Level;
use serde_json::{Map, Value, json};

use crate::client::{Answer, Client, Site};
use crate::soft::Soft;

const ORIGIN: &str = "http://localhost";

fn parsed(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.text());
    serde_json::from_slice(&answer.body).unwrap()
}

fn json_post(client: &Client<'_>, path: &str, body: &Value) -> Answer {
    client.send_form(path, "application/json", body.to_string())
}

fn challenge(asked: &Value) -> &str {
    asked["options"]["publicKey"]["challenge"].as_str().unwrap()
}

/// Registers a passkey for somebody and gives the handle by which authenticators know the account.
fn register(site: &Site, person: Ref<Person>, soft: &Soft) -> String {
    let client = site.person(person);
    let asked = parsed(&json_post(&client, "/account/passkeys/start", &json!({})));
    let credential = soft.register(challenge(&asked), ORIGIN);
    let done = json_post(
        &client,
        "/account/passkeys/finish",
        &json!({"id": asked["id"], "name": "Key", "credential": credential}),
    );
    assert_eq!(done.status, 200, "{}", done.text());
    asked["options"]["publicKey"]["user"]["id"].as_str().unwrap().to_owned()
}

/// A treatment decision that waits for the signature of the owner of R-0001.
pub fn proposed(site: &Site) -> (Ref<Treatment>, Ref<Person>) {
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    let operator = Principal::operator();
    let fields = json!({"risk": "R-0001", "title": "Again", "option": "accept", "rationale": "Small enough."});
    let Value::Object(fields) = fields else { unreachable!() };
    organisation.submit(&operator, Command::Create { kind: Kind::Treatment, fields }).unwrap();
    let target = Ref::<Treatment>::new(organisation.isms().next_number(Kind::Treatment) - 1);
    let step =
        Command::Step { target: target.any(), to: "proposed".into(), revision: None, fields: Map::new(), reason: None };
    organisation.submit(&operator, step).unwrap();
    let owner = organisation.isms().get(Ref::<Risk>::new(1)).unwrap().risk_owner.unwrap();
    (target, owner)
}

pub fn seen(site: &Site, target: Ref<Treatment>) -> (String, String) {
    let isms = site.app.store.organisation(Some("clinic")).unwrap().isms();
    let record = isms.record(target.any()).unwrap();
    (decide::state_hash(record, &isms), record.revision().to_string())
}

fn sound(site: &Site) -> bool {
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    let found = organisation.verify(Level::Replay, &mut |_, _| {}).unwrap();
    assert!(found.ok, "{:#?}", found.problems);
    found.ok
}

#[test]
fn a_passkey_is_registered_and_signs_in() {
    let site = Site::clinic();
    let (_, owner) = proposed(&site);
    let soft = Soft::new("key");
    let handle = register(&site, owner, &soft);
    let account = site.person(owner).get("/account").text();
    assert!(account.contains("Key, as signatures name it:"));
    let stranger = site.stranger();
    let asked = parsed(&json_post(&stranger, "/sign-in/passkey/start", &json!({})));
    let proof = soft.prove(challenge(&asked), ORIGIN, Some(&handle), 5);
    let answer = json_post(
        &stranger,
        "/sign-in/passkey/finish",
        &json!({"id": asked["id"], "credential": proof, "next": "/work"}),
    );
    assert_eq!(parsed(&answer)["to"], "/work");
    assert!(answer.header("set-cookie").contains("attestry="));
    // The same answer again, and one from another site, open nothing.
    let again = json_post(&stranger, "/sign-in/passkey/finish", &json!({"id": asked["id"], "credential": proof}));
    assert_eq!(again.status, 409);
    let asked = parsed(&json_post(&stranger, "/sign-in/passkey/start", &json!({})));
    let evil = soft.prove(challenge(&asked), "http://localhost.evil.example", Some(&handle), 2);
    let answer = json_post(&stranger, "/sign-in/passkey/finish", &json!({"id": asked["id"], "credential": evil}));
    assert_eq!(answer.status, 403);
    // A counter that went back is that of a copy.
    let asked = parsed(&json_post(&stranger, "/sign-in/passkey/start", &json!({})));
    let copy = soft.prove(challenge(&asked), ORIGIN, Some(&handle), 3);
    let answer = json_post(&stranger, "/sign-in/passkey/finish", &json!({"id": asked["id"], "credential": copy}));
    assert_eq!(answer.status, 403);
}

#[test]
fn any_key_of_an_account_confirms_who_it_is_and_nobody_elses_does() {
    let site = Site::clinic();
    let (_, owner) = proposed(&site);
    let manager = crate::common::person_with(&site.app, attestry_model::kind::Role::IsmsManager).unwrap();
    assert_ne!(owner, manager);
    let refused = json_post(&site.person(owner), "/step-up/passkey/start", &json!({}));
    assert_eq!(refused.status, 409, "nothing is asked of an account without a passkey");
    let (soft, second, foreign) = (Soft::new("key"), Soft::new("second"), Soft::new("foreign"));
    register(&site, owner, &soft);
    register(&site, owner, &second);
    register(&site, manager, &foreign);
    // A new key ends the sessions that were open before.
    let client = site.person(owner);
    let start = || parsed(&json_post(&client, "/step-up/passkey/start", &json!({})));
    let send = |asked: &Value, credential: &Value| {
        json_post(
            &client,
            "/step-up/passkey/finish",
            &json!({"id": asked["id"], "credential": credential, "next": "/work"}),
        )
    };
    // A key that no device finds by itself is found because it is named.
    let asked = start();
    let named = asked["options"]["publicKey"]["allowCredentials"].as_array().unwrap();
    let mut named: Vec<&str> = named.iter().map(|one| one["id"].as_str().unwrap()).collect();
    let mut own = [soft.credential.as_str(), &second.credential];
    named.sort_unstable();
    own.sort_unstable();
    assert_eq!(named, own);
    assert_eq!(send(&asked, &foreign.prove(challenge(&asked), ORIGIN, None, 1)).status, 403);
    let asked = start();
    assert_eq!(send(&asked, &soft.prove(challenge(&asked), "http://evil.example", None, 1)).status, 403);
    // What was asked at the door is answered at the door.
    let door = parsed(&json_post(&site.stranger(), "/sign-in/passkey/start", &json!({})));
    assert_eq!(send(&door, &soft.prove(challenge(&door), ORIGIN, None, 2)).status, 409);
    let asked = start();
    let proof = second.prove(challenge(&asked), ORIGIN, None, 3);
    let inside = json!({"id": asked["id"], "credential": proof});
    assert_eq!(json_post(&site.stranger(), "/sign-in/passkey/finish", &inside).status, 409);
    let asked = start();
    let proof = second.prove(challenge(&asked), ORIGIN, None, 4);
    assert_eq!(parsed(&send(&asked, &proof))["to"], "/work");
    assert_eq!(json_post(&site.person(owner), "/step-up/passkey/finish", &inside).status, 409, "it was answered");
}

#[test]
fn an_owner_signs_exactly_what_stands_there_and_the_ledger_proves_it() {
    let site = Site::clinic();
    let (target, owner) = proposed(&site);
    let soft = Soft::new("key");
    let client = site.person(owner);
    let path = format!("/treatment-decisions/{}/sign", target.any());
    assert!(!client.get(&path).text().contains("data-sign"), "without a passkey none is offered");
    register(&site, owner, &soft);
    let client = site.person(owner);
    let page = client.get(&path).text();
    let start = format!("/treatment-decisions/{}/step/approved/passkey", target.any());
    assert!(page.contains(&format!("data-sign=\"{start}\"")));
    let (hash, revision) = seen(&site, target);
    let asked = parsed(&client.post(&start, &[("_revision", &revision)]));
    let proof = json!({"id": asked["id"], "credential": soft.prove(challenge(&asked), ORIGIN, None, 1)}).to_string();
    let form = [("revision", revision.as_str()), ("hash", &hash), ("confirm", "yes"), ("_passkey", &proof)];
    let done = client.post(&path, &form);
    assert_eq!(done.status, 303, "{}", done.text());
    let isms = site.app.store.organisation(Some("clinic")).unwrap().isms();
    let decision = isms.get(target).unwrap();
    let approval: &attestry_model::Stored<Approval> = isms.find(decision.approval).unwrap();
    assert_eq!((decision.state_name(), approval.method), ("approved", Some(ApprovalMethod::Passkey)));
    let assertion = approval.assertion.as_ref().unwrap();
    assert_eq!(attestry_store::verify_assertion(assertion), Ok(()));
    let statement = assertion.statement.as_deref().unwrap();
    for part in
        [hash.as_str(), "\"organisation\":\"clinic\"", &target.any().to_string(), ORIGIN, &owner.any().to_string()]
    {
        assert!(statement.contains(part), "{part} in {statement}");
    }
    assert!(sound(&site));
    assert!(client.get(&path).text().contains("the signature holds"));
    assert!(client.get(&format!("/treatment-decisions/{}", target.any())).text().contains("the signature holds"));
    // What was answered once is no answer again.
    let again = client.post(&path, &form);
    assert!([403, 409, 422].contains(&again.status.as_u16()), "{}", again.status);
}

#[test]
fn a_signature_over_another_state_by_another_key_or_from_another_site_is_refused() {
    let site = Site::clinic();
    let (target, owner) = proposed(&site);
    let soft = Soft::new("key");
    register(&site, owner, &soft);
    let client = site.person(owner);
    let path = format!("/treatment-decisions/{}/sign", target.any());
    let start = format!("/treatment-decisions/{}/step/approved/passkey", target.any());
    let (hash, revision) = seen(&site, target);
    let ask = || parsed(&client.post(&start, &[("_revision", &revision)]));
    let send = |asked: &Value, credential: &Value| {
        let proof = json!({"id": asked["id"], "credential": credential}).to_string();
        client.post(&path, &[("revision", &revision), ("hash", &hash), ("confirm", "yes"), ("_passkey", &proof)])
    };
    let asked = ask();
    assert_eq!(send(&asked, &Soft::new("other").prove(challenge(&asked), ORIGIN, None, 1)).status, 422);
    let asked = ask();
    assert_eq!(send(&asked, &soft.prove(challenge(&asked), "http://evil.example", None, 1)).status, 422);
    let (first, second) = (ask(), ask());
    assert_eq!(send(&second, &soft.prove(challenge(&first), ORIGIN, None, 1)).status, 422, "another challenge");
    // What was signed for one record is not taken for another, even where both wait.
    let (other, _) = proposed(&site);
    let asked = ask();
    let (other_hash, other_revision) = seen(&site, other);
    let proof = json!({"id": asked["id"], "credential": soft.prove(challenge(&asked), ORIGIN, None, 2)}).to_string();
    let elsewhere = format!("/treatment-decisions/{}/sign", other.any());
    let fields =
        [("revision", other_revision.as_str()), ("hash", &other_hash), ("confirm", "yes"), ("_passkey", &proof)];
    let answer = client.post(&elsewhere, &fields);
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains("is over another"), "{}", answer.text());
    // Somebody else's challenge is nobody's.
    let asked = ask();
    let manager = site.role(attestry_model::kind::Role::IsmsManager);
    let proof = json!({"id": asked["id"], "credential": soft.prove(challenge(&asked), ORIGIN, None, 3)}).to_string();
    let fields = [("revision", revision.as_str()), ("hash", &hash), ("confirm", "yes"), ("_passkey", &proof)];
    assert_eq!(manager.post(&path, &fields).status, 422);
    // A person who may not sign is asked for nothing.
    assert_eq!(manager.post(&start, &[("_revision", &revision)]).status, 403);
    let isms = site.app.store.organisation(Some("clinic")).unwrap().isms();
    assert_eq!(isms.get(target).unwrap().state_name(), "proposed");
    assert!(sound(&site));
}

#[test]
fn without_a_passkey_the_approval_says_how_it_was_confirmed() {
    let site = Site::clinic();
    let (target, owner) = proposed(&site);
    let client = site.person(owner);
    let (hash, revision) = seen(&site, target);
    let path = format!("/treatment-decisions/{}/sign", target.any());
    let done = client.post(&path, &[("revision", &revision), ("hash", &hash), ("confirm", "yes")]);
    assert_eq!(done.status, 303, "{}", done.text());
    let isms = site.app.store.organisation(Some("clinic")).unwrap().isms();
    let approval: &attestry_model::Stored<Approval> = isms.find(isms.get(target).unwrap().approval).unwrap();
    assert!(approval.assertion.is_none());
    assert!(matches!(approval.method, Some(ApprovalMethod::ReauthPassword | ApprovalMethod::Mfa)));
    assert!(client.get(&path).text().contains("Confirmed by"));
}
