//! What a person says about the columns of a register before it is read.

#![expect(clippy::unwrap_used, reason = "the helpers of tests fail by panicking, as tests do")]

use attestry_exchange::{SourceFile, import, propose};
use attestry_model::Isms;
use attestry_model::decide::ImportRecord;
use attestry_model::records::Kind;
use jiff::Timestamp;
use serde_json::Value;

fn now() -> Timestamp {
    "2026-06-30T20:00:00Z".parse().unwrap()
}

/// The records of a kind by one of their fields.
fn by<'a>(records: &'a [ImportRecord], kind: Kind, field: &str, value: &str) -> &'a ImportRecord {
    let mut all = records.iter().filter(|record| record.reference.kind == kind);
    let found = all.find(|record| record.fields.get(field).and_then(Value::as_str) == Some(value));
    found.unwrap_or_else(|| panic!("no {kind} with {field} {value}"))
}

#[test]
fn what_somebody_says_about_a_column_takes_the_place_of_what_was_found_and_nothing_else_changes() {
    let text = "ID,Risk Title,Likelihood,Status,Remark,Why\nR-1,Flood in the cellar,3,Open,ask the landlord,the river is near\n";
    let files = [SourceFile::new("risk-register.csv", text)];
    let isms = Isms::default();
    let narrowed = propose(&files).unwrap();
    let found = attestry_exchange::columns(&files, &narrowed).unwrap();
    let register = &found[0];
    let place = |heading: &str| attestry_exchange::choices::places_of(&register.rules, heading);
    assert_eq!(register.headings[1], ("Risk Title".to_owned(), "Flood in the cellar".to_owned()));
    assert_eq!(place("ID"), ["id"]);
    assert_eq!(place("Risk Title")[0], "risk.title");
    assert_eq!(place("Why"), [""; 0]);

    let columns = [("Why", "risk.cause"), ("Status", ""), ("Remark", "risk.no_such_field"), ("Gone", "risk.title")];
    let columns = columns.iter().map(|(heading, to)| ((*heading).to_owned(), (*to).to_owned())).collect();
    let name = attestry_exchange::choices::name_of(&register.rules).to_owned();
    let choice = attestry_exchange::RegisterChoice { kind: None, columns };
    let choices = attestry_exchange::Choices { registers: [(name, choice)].into() };
    let plan = import(&files, &isms, Some(&choices.apply(&narrowed)), now()).unwrap();
    let risk = by(&plan.records, Kind::Risk, "title", "Flood in the cellar");
    assert_eq!(risk.fields["cause"], "the river is near");
    let notes = risk.fields["notes"].as_str().unwrap();
    assert!(notes.contains("ask the landlord") && notes.contains("Open"), "{notes}");
    let without = import(&files, &isms, None, now()).unwrap();
    let before = by(&without.records, Kind::Risk, "title", "Flood in the cellar");
    assert_eq!(before.fields["tags"][0], risk.fields["tags"][0], "it is the same row");
    // What is kept as text says the same again.
    let text = serde_json::to_string(&choices).unwrap();
    assert_eq!(serde_json::from_str::<attestry_exchange::Choices>(&text).unwrap(), choices);
}

#[test]
fn a_register_that_nobody_knows_is_read_once_somebody_says_what_its_rows_are() {
    let text = "Nr.,Was,Wo\n7,Serverschrank,Keller\n8,Zentraldrucker,Flur\n";
    let files = [SourceFile::new("geraete.csv", text)];
    let isms = Isms::default();
    let narrowed = propose(&files).unwrap();
    assert!(import(&files, &isms, None, now()).unwrap().records.is_empty());
    let found = attestry_exchange::columns(&files, &narrowed).unwrap();
    assert!(found[0].rules.records.is_empty());
    assert_eq!(found[0].headings[1], ("Was".to_owned(), "Serverschrank".to_owned()));
    let mut choice = attestry_exchange::RegisterChoice { kind: Some("asset".to_owned()), ..Default::default() };
    choice.columns.insert("Was".to_owned(), "asset.title".to_owned());
    choice.columns.insert("Nr.".to_owned(), "id".to_owned());
    let choices = attestry_exchange::Choices { registers: [("geraete".to_owned(), choice)].into() };
    let plan = import(&files, &isms, Some(&choices.apply(&narrowed)), now()).unwrap();
    assert_eq!(plan.records.len(), 2);
    let asset = by(&plan.records, Kind::Asset, "title", "Serverschrank");
    assert!(asset.fields["tags"].as_array().unwrap().iter().any(|tag| tag == "source:geraete/7"), "{asset:?}");
    assert!(asset.fields["notes"].as_str().unwrap().contains("Keller"));
    // Without a title there is no record, and nothing is torn.
    let mut none = attestry_exchange::RegisterChoice { kind: Some("asset".to_owned()), ..Default::default() };
    none.columns.insert("Wo".to_owned(), "asset.no_such".to_owned());
    let none = attestry_exchange::Choices { registers: [("geraete".to_owned(), none)].into() };
    assert!(import(&files, &isms, Some(&none.apply(&narrowed)), now()).unwrap().records.is_empty());
}
