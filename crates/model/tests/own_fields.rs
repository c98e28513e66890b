//! An organisation's own fields: defined as data, checked like the others.
#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

mod common;

use attestry_model::{Command, Refusal};
use common::{EM, House, IM};
use serde_json::{Map, Value, json};

fn define(house: &mut House, who: u32, name: &str, fields: Value) -> Result<(), Refusal> {
    let Value::Object(fields) = fields else { panic!("a definition is an object") };
    house.command(who, Command::Set { name: format!("custom_field/{name}"), fields, reason: None }).map(|_| ())
}

fn refused(outcome: Result<impl std::fmt::Debug, Refusal>, words: &str) {
    let message = outcome.unwrap_err().to_string();
    assert!(message.contains(words), "“{message}” does not say “{words}”");
}

#[test]
fn a_defined_field_takes_fitting_values_only() {
    let mut house = House::new();
    define(&mut house, IM, "risk/region", json!({ "type": "enum(north,south)", "label": "Region" })).unwrap();
    let risk = house.create(IM, "risk", json!({ "title": "Flood", "custom": { "region": "north" } })).unwrap();
    assert_eq!(house.field(risk, "custom"), json!({ "region": "north" }));
    refused(
        house.update(IM, risk, json!({ "custom": { "region": "west" } })),
        "custom.region must be one of north, south",
    );
    refused(
        house.update(IM, risk, json!({ "custom": { "size": 3 } })),
        "custom.size is not one of the organisation's own",
    );
    house.update(IM, risk, json!({ "custom": { "region": null } })).unwrap();
    assert_eq!(house.field(risk, "custom"), Value::Null);
}

#[test]
fn definitions_that_make_no_sense_are_refused() {
    let mut house = House::new();
    let good = json!({ "type": "text", "label": "Region" });
    refused(define(&mut house, EM, "risk/region", good.clone()), "not permitted");
    refused(define(&mut house, IM, "risk/Region", good.clone()), "small letters");
    refused(define(&mut house, IM, "risk/cause", good.clone()), "already a field");
    refused(define(&mut house, IM, "dragon/region", good), "is not a kind");
    refused(define(&mut house, IM, "risk/region", json!({ "type": "colour", "label": "x" })), "type must be text");
    refused(define(&mut house, IM, "risk/region", json!({ "type": "text" })), "label is required");
    refused(
        define(&mut house, IM, "risk/region", json!({ "type": "text", "label": "x", "size": "3" })),
        "size is not part",
    );
}

#[test]
fn a_definition_in_use_can_neither_go_nor_change_its_type() {
    let mut house = House::new();
    define(&mut house, IM, "risk/weight", json!({ "type": "text", "label": "Weight" })).unwrap();
    let risk = house.create(IM, "risk", json!({ "title": "Flood", "custom": { "weight": "heavy" } })).unwrap();
    refused(define(&mut house, IM, "risk/weight", json!({ "type": "int", "label": "Weight" })), "does not fit values");
    refused(define(&mut house, IM, "risk/weight", Value::Object(Map::new())), "still used by 1");
    house.update(IM, risk, json!({ "custom": { "weight": null } })).unwrap();
    define(&mut house, IM, "risk/weight", Value::Object(Map::new())).unwrap();
    assert!(attestry_model::custom::fields(&house.isms, attestry_model::Kind::Risk).is_empty());
}

#[test]
fn a_reference_in_an_own_field_must_exist_and_is_a_link() {
    let mut house = House::new();
    define(&mut house, IM, "asset/buyer", json!({ "type": "ref(person)", "label": "Bought by" })).unwrap();
    refused(house.create(IM, "asset", json!({ "custom": { "buyer": "PER-0999" } })), "PER-0999, which does not exist");
    let asset = house.create(IM, "asset", json!({ "custom": { "buyer": "PER-0004" } })).unwrap();
    assert!(
        house.isms.links_to("PER-0004".parse().unwrap()).any(|link| link.source == asset && link.field == "custom")
    );
}
