//! Several commands as one change, and actions that wait for each other.
#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

mod common;

use attestry_model::decide::{Refusal, TOGETHER_LIMIT};
use attestry_model::records::{Control, Threat, TreatmentAction};
use attestry_model::{Action, Command, Kind, Part, Subject};
use common::{CO, EM, House, IM, RO, assert_denied, assert_refused, object, person};
use serde_json::{Value, json};

fn create(kind: Kind, fields: Value) -> Part {
    Part::alone(Command::Create { kind, fields: object(fields) })
}

fn world() -> House {
    let mut house = House::new();
    house
        .import(&[
            ("R-0001", json!({"state": "evaluated", "risk_owner": person(RO)})),
            ("RTP-0001", json!({"state": "draft"})),
        ])
        .unwrap();
    house
}

fn decision() -> Vec<Part> {
    vec![
        create(Kind::Control, json!({"title": "Vault", "annex_refs": ["A.8.2"]})),
        create(Kind::Treatment, json!({"title": "Decision", "risk": "R-0001", "option": "treat"}))
            .linking("controls", 0),
        create(Kind::TreatmentAction, json!({"title": "Buy it", "plan": "RTP-0001"}))
            .linking("treatments", 1)
            .linking("control", 0),
        create(Kind::TreatmentAction, json!({"title": "Use it", "plan": "RTP-0001"}))
            .linking("treatments", 1)
            .linking("after", 2),
    ]
}

#[test]
fn what_one_part_creates_is_named_by_the_next_and_all_of_it_is_one_change() {
    let mut house = world();
    let change = house.command(IM, Command::Together { parts: decision(), expecting: Vec::new() }).unwrap();
    let subjects: Vec<String> = change.entries.iter().map(|entry| entry.subject.to_string()).collect();
    assert_eq!(subjects, ["C-0001", "TRT-0001", "TA-0001", "TA-0002"]);
    assert!(change.entries.iter().all(|entry| entry.action == Action::Create && entry.version == 1));
    let named = |target: &str, field: &str| house.field(target, field);
    assert_eq!(named("TRT-0001", "controls"), json!(["C-0001"]));
    assert_eq!(named("TA-0001", "control"), json!("C-0001"));
    assert_eq!(named("TA-0001", "treatments"), json!(["TRT-0001"]));
    assert_eq!(named("TA-0002", "after"), json!(["TA-0001"]));
}

#[test]
fn a_step_can_be_about_what_was_just_created_and_a_list_keeps_what_it_held() {
    let mut house = world();
    house.import(&[("C-0007", json!({"state": "planned"}))]).unwrap();
    let mut parts = decision();
    parts.truncate(1);
    let fields = json!({"title": "Decision", "risk": "R-0001", "option": "treat", "rationale": "worth it",
                        "controls": ["C-0007"], "expected_likelihood": 1, "expected_impact": 1});
    parts.push(create(Kind::Treatment, fields).linking("controls", 0));
    let nobody = attestry_model::AnyRef { kind: Kind::Treatment, number: 0 };
    let step = Command::Step {
        target: nobody,
        to: "proposed".into(),
        revision: None,
        fields: object(json!({})),
        reason: None,
    };
    parts.push(Part { command: step, about: Some(1), links: Vec::new() });
    house.command(IM, Command::Together { parts, expecting: Vec::new() }).unwrap();
    assert_eq!(house.state("TRT-0001"), "proposed");
    assert_eq!(house.field("TRT-0001", "controls"), json!(["C-0007", "C-0008"]));
}

#[test]
fn one_bad_part_keeps_all_from_being_written_and_every_problem_names_its_part() {
    let mut house = world();
    let before = house.isms.size();
    let mut parts = decision();
    parts[0] = create(Kind::Control, json!({"title": "Vault", "owner": "PER-9999"}));
    parts.push(create(Kind::TreatmentAction, json!({"title": "Late", "start": "2026-08-02", "due": "2026-08-01"})));
    let refused = house.command(IM, Command::Together { parts, expecting: Vec::new() });
    let Err(Refusal::Invalid(problems)) = &refused else { panic!("{refused:?}") };
    let fields: Vec<_> = problems.0.iter().map(|it| Part::of_problem(&it.field).unwrap()).collect();
    // What rests on the part that failed is left out: it would only say that something is missing.
    assert_eq!(fields, [(0, "owner"), (4, "due")], "{problems}");
    assert_eq!((house.isms.size(), house.isms.table::<Control>().iter().count()), (before, 0));
}

#[test]
fn rights_are_asked_for_each_part_and_nothing_else_goes_together() {
    let mut house = world();
    assert_denied(house.command(RO, Command::Together { parts: decision(), expecting: Vec::new() }));
    assert_denied(house.command(EM, Command::Together { parts: decision(), expecting: Vec::new() }));
    assert_eq!(house.isms.table::<TreatmentAction>().iter().count(), 0);
    let nested = Part::alone(Command::Together { parts: decision(), expecting: Vec::new() });
    assert!(house.command(IM, Command::Together { parts: vec![nested], expecting: Vec::new() }).is_err());
    let set = Command::Set { name: "loss-tolerance".into(), fields: object(json!({})), reason: None };
    assert!(house.command(IM, Command::Together { parts: vec![Part::alone(set)], expecting: Vec::new() }).is_err());
    let fire = house.create(IM, "threat", json!({"title": "Fire"})).unwrap();
    let void = |reason: &str| Part::alone(Command::Void { target: fire, revision: Some(1), reason: reason.to_owned() });
    let parts = vec![create(Kind::Threat, json!({"title": "Flood"})), void("")];
    assert_refused(house.command(IM, Command::Together { parts, expecting: Vec::new() }), "reason");
    let count = house.isms.live::<Threat>().count();
    assert!(house.isms.live::<Threat>().all(|it| it.title() != "Flood"), "all or none");
    house.command(IM, Command::Together { parts: vec![void("twice")], expecting: Vec::new() }).unwrap();
    assert_eq!(house.isms.live::<Threat>().count(), count - 1);
    let many = vec![create(Kind::Threat, json!({"title": "Fire"})); TOGETHER_LIMIT + 1];
    assert_refused(house.command(IM, Command::Together { parts: many, expecting: Vec::new() }), "");
    let ahead = create(Kind::Treatment, json!({"title": "Decision"})).linking("controls", 3);
    assert!(house.command(IM, Command::Together { parts: vec![ahead], expecting: Vec::new() }).is_err());
}

#[test]
fn an_action_never_waits_for_itself_and_begins_after_what_it_waits_for() {
    let mut house = world();
    house.command(IM, Command::Together { parts: decision(), expecting: Vec::new() }).unwrap();
    let message = assert_refused(house.update(IM, "TA-0001", json!({"after": ["TA-0002"]})), "after");
    assert!(message.ends_with("TA-0001 → TA-0002 → TA-0001"), "{message}");
    let fields = json!({"what": "work", "responsible": person(CO), "due": "2026-09-01", "resources": "none",
                        "priority": "high", "progress": "0", "cost_once": "0 EUR", "control": "C-0001"});
    house.update(IM, "TA-0002", fields.clone()).unwrap();
    let message = assert_refused(house.step(CO, "TA-0002", "in_progress", json!({})), "after");
    assert!(message.contains("TA-0001"), "{message}");
    house.update(IM, "TA-0001", fields).unwrap();
    house.import(&[("EV-0001", json!({"state": "accepted"}))]).unwrap();
    house.step(CO, "TA-0001", "in_progress", json!({})).unwrap();
    assert_refused(house.step(CO, "TA-0002", "in_progress", json!({})), "after");
    house.step(CO, "TA-0001", "done", json!({"evidence": ["EV-0001"]})).unwrap();
    house.step(CO, "TA-0002", "in_progress", json!({})).unwrap();
    let subject = |change: &attestry_model::Change| change.entries.last().map(|it| it.subject.clone());
    let last = subject(house.last.as_ref().unwrap());
    assert_eq!(last, Some(Subject::Record("TA-0002".parse().unwrap())));
}
