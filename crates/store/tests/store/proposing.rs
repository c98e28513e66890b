//! A proposal in the store: its changes are entries like any other, in one transaction, and verified to the last level.

use attestry_model::decide::ImportRecord;
use attestry_model::decide::propose::Draft;
use attestry_model::field::FieldValue as _;
use attestry_model::{Command, Kind, Principal, Ref, Via};
use attestry_store::Level;
use serde_json::{Map, json};

use crate::ground::{fields, new_risk, on_both, operator};

#[test]
fn a_proposal_is_applied_in_one_change_and_what_it_did_is_verified() {
    on_both(|ground| {
        let clinic = ground.found();
        let person = ImportRecord {
            reference: "PER-0001".parse().unwrap(),
            fields: fields(json!({
                "state": "active", "title": "Ines Carvalho", "name": "Ines Carvalho", "email": "ines@clinic.example",
                "employment": "employee", "app_roles": ["isms_manager", "risk_owner", "employee"],
            })),
            source: "people.csv:2".to_owned(),
        };
        clinic.submit(&operator(), Command::Import { records: vec![person], reason: None }).unwrap();
        let ines = Principal::of(&clinic.isms(), Ref::new(1), Via::Session).unwrap();
        let (one, two) = (new_risk(&clinic, "Fire"), new_risk(&clinic, "Water"));
        let asset = fields(json!({"title": "Archive"}));
        let drafts = vec![
            Draft::set(clinic.isms().record(one).unwrap(), &fields(json!({"notes": "in the cellar"}))),
            Draft::create(Kind::Asset, Some("archive".to_owned()), &asset),
            Draft::set(clinic.isms().record(two).unwrap(), &fields(json!({"assets": ["#archive"]}))),
        ];
        let made = fields(json!({"title": "Dry archive", "why": "It is wet.", "changes": drafts.to_value()}));
        clinic.submit(&ines, Command::Create { kind: Kind::Proposal, fields: made }).unwrap();
        let target = "P-0001".parse().unwrap();
        let before = clinic.isms().size();
        let step = Command::Step {
            target,
            to: "approved".to_owned(),
            revision: Some(1),
            fields: Map::new(),
            reason: Some("Seen.".to_owned()),
        };
        let receipt = clinic.submit(&ines, step.clone()).unwrap();
        assert_eq!((receipt.entries.len(), receipt.size), (5, before + 5));
        assert!(clinic.submit(&ines, step).is_err(), "once is enough");
        let asset = "AST-0001".parse().unwrap();
        let history = clinic.history(asset).unwrap();
        assert_eq!(history[0].approval.as_deref(), Some("APR-0001"), "the entry names the signature it rests on");
        let fields_before = clinic.isms().record(target).unwrap().fields();
        drop(clinic);
        let again = ground.reopened();
        assert_eq!(again.isms().record(target).unwrap().fields(), fields_before);
        assert_eq!(again.isms().record(two).unwrap().field("assets"), Some(json!(["AST-0001"])));
        drop(again);
        let verified = ground.verify(Level::Files);
        assert!(verified.ok, "{:#?}", verified.problems);
    });
}
