//! Writing: what is acknowledged is there afterwards, what is refused is not, and everybody gets their own answer.

use attestry_model::decide::ImportRecord;
use attestry_model::{AnyRef, Command, Kind, Refusal, Subject};
use attestry_store::{Clock, Store, StoreError, SubmitError};
use serde_json::json;

use crate::ground::{Ground, create, fields, new_risk, on_both, operator, reference, risk, update};

#[test]
fn what_was_acknowledged_is_there_after_reopening() {
    on_both(|ground| {
        let clinic = ground.found();
        let receipt = clinic.submit(&operator(), risk("Mailbox taken over")).unwrap();
        let target = reference(&receipt);
        assert_eq!((receipt.first_seq, receipt.last_seq, receipt.size), (2, 2, 3));
        let receipt = clinic.submit(&operator(), update(target, json!({"notes": "seen in 2025"}))).unwrap();
        assert_eq!(receipt.entries[0].version, 2);
        let before = clinic.isms();
        let checkpoint = clinic.checkpoint().unwrap();
        drop(clinic);
        let clinic = ground.reopened();
        let after = clinic.isms();
        let record = after.record(target).unwrap();
        assert_eq!(record.fields(), before.record(target).unwrap().fields());
        assert_eq!(record.updated_at(), before.record(target).unwrap().updated_at());
        assert_eq!((record.revision(), after.size(), after.at()), (2, before.size(), before.at()));
        assert_eq!(clinic.checkpoint().unwrap(), checkpoint);
        assert!(checkpoint.starts_with("localhost/attestry/example-clinic/1\n4\n"), "{checkpoint}");
    });
}

#[test]
fn refusals_write_nothing_and_leave_their_neighbours_alone() {
    on_both(|ground| {
        let clinic = ground.found();
        let target = new_risk(&clinic, "First");
        let size = clinic.isms().size();
        let commands = [
            update(target, json!({"colour": "red"})),
            update(target, json!({"notes": "good"})),
            Command::Update { target, revision: Some(1), fields: fields(json!({"notes": "late"})), reason: None },
            update(AnyRef { kind: Kind::Risk, number: 99 }, json!({"notes": "none"})),
            create(Kind::Risk, json!({"title": "Foreign", "assets": ["AST-0099"]})),
        ];
        let pending: Vec<_> = commands.map(|command| clinic.submit_async(&operator(), command)).into_iter().collect();
        let answers: Vec<_> = pending.into_iter().map(attestry_store::Pending::wait).collect();
        assert!(matches!(&answers[0], Err(SubmitError::Refused(Refusal::Invalid(_)))), "{answers:?}");
        assert!(answers[1].is_ok());
        assert!(matches!(&answers[2], Err(SubmitError::Refused(Refusal::Stale { seen: 1, actual: 2, .. }))));
        assert!(matches!(&answers[3], Err(SubmitError::Refused(Refusal::Absent(_)))));
        assert!(matches!(&answers[4], Err(SubmitError::Refused(Refusal::Invalid(_)))));
        assert_eq!(clinic.isms().size(), size + 1);
        assert_eq!(clinic.isms().record(target).unwrap().field("notes"), Some(json!("good")));
    });
}

#[test]
fn many_clients_at_once_each_get_their_own_record() {
    on_both(|ground| {
        let clinic = ground.found();
        std::thread::scope(|scope| {
            for client in 0..8 {
                let clinic = clinic.clone();
                scope.spawn(move || {
                    for number in 0..25 {
                        let title = format!("client {client} number {number}");
                        let target = new_risk(&clinic, &title);
                        assert_eq!(clinic.isms().record(target).unwrap().head().title.as_deref(), Some(title.as_str()));
                    }
                });
            }
        });
        assert_eq!(clinic.isms().count(Kind::Risk), 200);
        assert_eq!(clinic.isms().size(), 202);
    });
}

#[test]
fn commands_sent_in_a_row_are_carried_out_in_that_order() {
    on_both(|ground| {
        let clinic = ground.found();
        let target = new_risk(&clinic, "Order");
        let pending: Vec<_> = (0..300)
            .map(|number| clinic.submit_async(&operator(), update(target, json!({"notes": format!("{number}")}))))
            .collect();
        let versions: Vec<u32> = pending.into_iter().map(|one| one.wait().unwrap().entries[0].version).collect();
        assert_eq!(versions, (2..302).collect::<Vec<u32>>());
        assert_eq!(clinic.isms().record(target).unwrap().field("notes"), Some(json!("299")));
    });
}

#[test]
fn a_large_import_is_one_transaction_or_nothing() {
    on_both(|ground| {
        let clinic = ground.found();
        let record = |number: u32, last: serde_json::Value| ImportRecord {
            reference: AnyRef { kind: Kind::Risk, number },
            fields: fields(json!({"title": format!("Risk {number}"), "state": "identified", "notes": last})),
            source: format!("risks.csv:{number}"),
        };
        let states: Vec<&str> = Kind::Risk.def().states.iter().map(|state| state.name).collect();
        let fix = |mut one: ImportRecord| {
            one.fields.insert("state".to_owned(), json!(states[0]));
            one
        };
        let wrong: Vec<_> = (1..=1_500).map(|number| fix(record(number, json!({"a": [number]})))).collect();
        let refused = clinic.submit(&operator(), Command::Import { records: wrong, reason: None });
        assert!(matches!(refused, Err(SubmitError::Refused(_))), "{refused:?}");
        assert_eq!(clinic.isms().size(), 2);
        let good: Vec<_> = (1..=1_500).map(|number| fix(record(number, json!("as found")))).collect();
        let import = Command::Import { records: good, reason: Some("risks.csv".to_owned()) };
        let receipt = clinic.submit(&operator(), import.clone()).unwrap();
        assert_eq!((receipt.entries.len(), receipt.first_seq, receipt.size), (1_500, 2, 1_502));
        let again = clinic.submit(&operator(), import).unwrap();
        assert!(again.entries.is_empty());
        assert_eq!(clinic.isms().size(), 1_502);
    });
}

#[test]
fn links_follow_the_records() {
    on_both(|ground| {
        let clinic = ground.found();
        let asset =
            |title: &str| reference(&clinic.submit(&operator(), create(Kind::Asset, json!({"title": title}))).unwrap());
        let (one, two) = (asset("Mail server"), asset("Laptop"));
        let (one, two) = (one.to_string(), two.to_string());
        let target = reference(
            &clinic.submit(&operator(), create(Kind::Risk, json!({"title": "R", "assets": [one, two]}))).unwrap(),
        );
        // In one group: out, in again, and out.
        let sets = [json!([two]), json!([one, two]), json!([one]), json!([two])];
        let pending: Vec<_> = sets
            .map(|assets| clinic.submit_async(&operator(), update(target, json!({"assets": assets}))))
            .into_iter()
            .collect();
        for one in pending {
            one.wait().unwrap();
        }
        let links: Vec<String> = clinic.isms().links().map(|link| link.target.to_string()).collect();
        assert_eq!(links, [two]);
    });
}

#[test]
fn settings_of_any_name_and_text_in_any_form_survive() {
    on_both(|ground| {
        let clinic = ground.found();
        let set = |name: &str, value: serde_json::Value| Command::Set {
            name: name.to_owned(),
            fields: fields(value),
            reason: Some("u\u{308}ber".to_owned()),
        };
        clinic
            .submit(&operator(), set("page size", json!({"@reason": 1, "u\u{308}": "A\u{30a}", "": true, "a b%": []})))
            .unwrap();
        clinic.submit(&operator(), set("page size", json!({"rows": 50}))).unwrap();
        clinic.submit(&operator(), set("gone", json!({"x": 1}))).unwrap();
        clinic.submit(&operator(), set("gone", json!({}))).unwrap();
        let title = "nul \0 and \u{1f600} and \"quotes\" \\ and u\u{308}";
        let made = clinic.submit(&operator(), risk(title));
        let refused = clinic.submit(&operator(), set("x", json!({"half": 0.5})));
        assert!(matches!(refused, Err(SubmitError::Refused(_))), "{refused:?}");
        let long: serde_json::Map<_, _> = (0..1_200).map(|number| (format!("{number:060}"), json!(1))).collect();
        let refused = clinic.submit(&operator(), set("long", json!(long)));
        assert!(matches!(refused, Err(SubmitError::Refused(_))), "{refused:?}");
        let before = clinic.isms();
        drop(clinic);
        let clinic = ground.reopened();
        let after = clinic.isms();
        assert_eq!(after.setting("page size"), Some(&fields(json!({"rows": 50}))));
        assert_eq!((after.setting("gone"), after.setting_version("gone")), (None, 2));
        if let Ok(receipt) = made {
            let target = reference(&receipt);
            assert_eq!(after.record(target).unwrap().fields(), before.record(target).unwrap().fields());
        }
    });
}

#[test]
fn what_an_organisation_is_cannot_be_changed_by_a_setting() {
    on_both(|ground| {
        let clinic = ground.found();
        for name in ["clock", "organisation"] {
            let command = Command::Set { name: name.to_owned(), fields: fields(json!({"mode": "x"})), reason: None };
            let refused = clinic.submit(&operator(), command.clone());
            assert!(matches!(refused, Err(SubmitError::Refused(Refusal::Denied(_)))), "{refused:?}");
            assert!(clinic.preview(&operator(), command).is_err());
        }
        assert_eq!(clinic.isms().size(), 2);
    });
}

#[test]
fn a_preview_shows_the_change_and_writes_nothing() {
    on_both(|ground| {
        let clinic = ground.found();
        let change = clinic.preview(&operator(), risk("Only a thought")).unwrap();
        assert!(matches!(change.entries[0].subject, Subject::Record(_)));
        assert_eq!((clinic.isms().size(), clinic.isms().total()), (2, 0));
    });
}

#[test]
fn nobody_back_dates_a_real_organisation_and_a_simulated_one_says_so() {
    on_both(|ground| {
        let clinic = ground.found();
        drop(clinic);
        ground.close();
        let then = Clock::Fixed("2020-02-29T12:00:00.5Z".parse().unwrap());
        let store = Store::open(&ground.config().with_clock(then)).unwrap();
        let clinic = store.organisation(None).unwrap();
        let refused = clinic.submit(&operator(), risk("Back then"));
        assert!(matches!(&refused, Err(SubmitError::Clock(text)) if text.contains("real clock")), "{refused:?}");
        assert!(matches!(clinic.preview(&operator(), risk("Back then")), Err(SubmitError::Clock(_))));
        let simulated = store.create_organisation("Simulated", None).unwrap();
        assert!(simulated.info().simulated && !clinic.info().simulated);
        let target = new_risk(&simulated, "Then");
        let first = simulated.entries(0, 1).unwrap().remove(0);
        assert_eq!(
            (first.subject, first.fields),
            (Subject::Setting("clock".to_owned()), fields(json!({"mode": "simulated"})))
        );
        assert_eq!(simulated.isms().record(target).unwrap().updated_at().to_string(), "2020-02-29T12:00:00.5Z");
        drop((clinic, simulated, store));
        let store = Store::open(&ground.config()).unwrap();
        let refused = store.organisation(Some("simulated")).unwrap().submit(&operator(), risk("Now"));
        assert!(matches!(&refused, Err(SubmitError::Clock(text)) if text.contains("simulated")), "{refused:?}");
    });
}

#[test]
fn time_never_runs_backwards_in_a_ledger() {
    on_both(|ground| {
        let at = |text: &str| Clock::Fixed(text.parse().unwrap());
        let store = Store::open(&ground.config().with_clock(at("2026-05-01T00:00:00Z"))).unwrap();
        new_risk(&store.create_organisation("Clinic", None).unwrap(), "May");
        drop(store);
        let store = Store::open(&ground.config().with_clock(at("2026-04-01T00:00:00Z"))).unwrap();
        let clinic = store.organisation(None).unwrap();
        let target = new_risk(&clinic, "April");
        assert_eq!(clinic.isms().record(target).unwrap().updated_at().to_string(), "2026-05-01T00:00:00Z");
        let long_ago = Store::open(&ground.config().with_clock(at("1969-01-01T00:00:00Z")));
        assert!(matches!(long_ago, Err(StoreError::Locked { .. })));
    });
}

#[test]
fn an_organisation_is_found_by_name_or_when_it_is_the_only_one() {
    on_both(|ground| {
        let store = ground.store();
        let none = store.organisation(None).unwrap_err().to_string();
        assert!(none.contains("no organisation yet"), "{none}");
        store.create_organisation("Zürich & Söhne AG", None).unwrap();
        assert_eq!(store.organisation(None).unwrap().info().slug, "z-rich-s-hne-ag");
        store.create_organisation("Second", Some("second")).unwrap();
        let several = store.organisation(None).unwrap_err().to_string();
        assert!(several.contains("second, z-rich-s-hne-ag"), "{several}");
        let unknown = store.organisation(Some("third")).unwrap_err().to_string();
        assert!(unknown.contains("there is no organisation third"), "{unknown}");
        for (name, slug) in
            [("Twice", Some("second")), ("", None), ("a\nb", None), ("Slash", Some("a/b")), ("Dots", Some(".."))]
        {
            assert!(store.create_organisation(name, slug).is_err(), "{name:?} {slug:?}");
        }
        let names: Vec<String> = store.organisations().unwrap().into_iter().map(|one| one.name).collect();
        assert_eq!(names, ["Second", "Zürich & Söhne AG"]);
    });
}

#[test]
fn a_second_process_is_told_who_has_the_folder() {
    let mut ground = Ground::sqlite();
    let clinic = ground.found();
    new_risk(&clinic, "Held");
    let second = Store::open(&ground.config()).unwrap_err();
    let text = second.to_string();
    assert!(text.starts_with("another attestry process (pid "), "{text}");
    assert!(
        text.contains(&std::process::id().to_string()) && text.contains(&ground.data().display().to_string()),
        "{text}"
    );
    // Reading works beside it.
    let reader = Store::open(&ground.config().reading()).unwrap();
    let organisation = reader.organisation(None).unwrap();
    assert_eq!(organisation.isms().total(), 1);
    let refused = organisation.submit(&operator(), risk("Not here"));
    assert!(matches!(refused, Err(SubmitError::ReadOnly { .. })), "{refused:?}");
    assert!(reader.create_organisation("No", None).is_err());
    new_risk(&clinic, "Still writing");
}
