//! Looking back: versions, moments, checkpoints and proofs.

use attestry_ledger::commit::commitment;
use attestry_ledger::proof::Proof;
use attestry_ledger::{Leaf, VerifyingKey};
use attestry_model::{Command, Kind};
use attestry_store::{Clock, Store, When};
use serde_json::{Value, json};

use crate::ground::{fields, new_risk, on_both, operator, update};

#[test]
fn the_value_as_of_an_entry_a_time_or_a_day_is_what_it_was_then() {
    on_both(|ground| {
        let mut snapshots = Vec::new();
        for (day, notes) in [("2026-01-31", "January"), ("2026-02-28", "February"), ("2026-03-01", "March")] {
            let clock = Clock::Fixed(format!("{day}T18:00:00Z").parse().unwrap());
            let store = Store::open(&ground.config().with_clock(clock)).unwrap();
            let clinic = match store.organisation(None) {
                Ok(clinic) => clinic,
                Err(_) => store.create_organisation("Clinic", None).unwrap(),
            };
            let target =
                if clinic.isms().count(Kind::Risk) == 0 { new_risk(&clinic, "R") } else { "R-0001".parse().unwrap() };
            let command = Command::Update {
                target,
                revision: None,
                fields: fields(json!({"notes": notes})),
                reason: Some(format!("because {notes}")),
            };
            clinic.submit(&operator(), command).unwrap();
            new_risk(&clinic, notes);
            snapshots.push((day, clinic.isms()));
        }
        let clinic = ground.store().organisation(None).unwrap();
        for (day, isms) in &snapshots {
            let found = clinic.as_of(When::Date(day.parse().unwrap())).unwrap();
            assert_eq!((found.isms.size(), found.isms.at()), (isms.size(), isms.at()));
            assert_eq!(found.isms.total(), isms.total());
            for record in isms.records(Kind::Risk) {
                let then = found.isms.record(record.any_ref()).unwrap();
                assert_eq!(
                    (then.fields(), then.revision(), then.updated_at()),
                    (record.fields(), record.revision(), record.updated_at())
                );
            }
            assert_eq!(found.isms.settings().count(), 2);
            let checkpoint = found.checkpoint.unwrap();
            assert!(checkpoint.contains(&format!("\n{}\n", isms.size())), "{checkpoint}");
        }
        let before = clinic.as_of(When::Date("2026-01-30".parse().unwrap())).unwrap_err().to_string();
        assert!(before.contains("nothing was recorded until 2026-01-30"), "{before}");
        let between = clinic.as_of(When::Time("2026-02-28T17:59:59.999Z".parse().unwrap())).unwrap();
        assert_eq!(between.isms.size(), snapshots[0].1.size());
        assert_eq!(clinic.as_of(When::Seq(2)).unwrap().isms.total(), 1);
        assert!(clinic.as_of(When::Seq(99)).is_err());
        let far = clinic.as_of(When::Date("9999-12-31".parse().unwrap())).unwrap();
        assert_eq!(far.seq + 1, snapshots[2].1.size());
        assert!(clinic.as_of(When::Date("0000-01-01".parse().unwrap())).is_err());

        let history = clinic.history("R-0001".parse().unwrap()).unwrap();
        let told: Vec<_> = history
            .iter()
            .map(|one| (one.version, one.fields.get("notes").cloned().unwrap_or_default(), one.reason.clone()))
            .collect();
        assert_eq!(told[0], (1, Value::Null, None));
        assert_eq!(told[3], (4, json!("March"), Some("because March".to_owned())));
        assert_eq!((history[0].actor.as_str(), history[0].action.as_str()), ("operator", "create"));
        assert!(history.iter().all(|one| one.erased.is_empty()));
    });
}

#[test]
fn a_proof_convinces_somebody_who_has_only_the_public_key() {
    on_both(|ground| {
        let clinic = ground.found();
        for number in 0..20 {
            new_risk(&clinic, &format!("Risk {number}"));
        }
        let target = "R-0005".parse().unwrap();
        clinic.submit(&operator(), update(target, json!({"notes": "proven"}))).unwrap();
        let history = clinic.history(target).unwrap();
        let seq = history[1].seq;
        let proof = clinic.proof(seq).unwrap();
        let key: VerifyingKey = proof.vkey.parse().unwrap();
        let parsed = Proof::parse(&proof.proof).unwrap();
        let head =
            parsed.verify(&proof.leaf, "localhost/attestry/example-clinic/1", std::slice::from_ref(&key)).unwrap();
        assert_eq!(head.size, 23);
        let leaf = Leaf::decode(&proof.leaf).unwrap();
        let disclosed: Value = serde_json::from_str(&proof.disclosure).unwrap();
        let salt: Vec<u8> = disclosed["notes"]["salt"]
            .as_str()
            .unwrap()
            .as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect();
        let salt: [u8; 32] = salt.try_into().unwrap();
        assert_eq!(leaf.fields["notes"], commitment(&salt, &json!("proven")).unwrap());
        assert_ne!(leaf.fields["notes"], commitment(&salt, &json!("Proven")).unwrap());
        let mut forged = proof.leaf.clone();
        forged[20] ^= 1;
        assert!(parsed.verify(&forged, "localhost/attestry/example-clinic/1", std::slice::from_ref(&key)).is_err());
        assert!(clinic.proof(99).is_err());
    });
}
