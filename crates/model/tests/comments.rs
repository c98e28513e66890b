//! Comments: whoever may read a record may say something about it, and nobody else hears of it.
#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

mod common;

use attestry_model::permit::{Wish, permit};
use attestry_model::{AnyRef, Command, Principal};
use common::{AD, AO, CO, EM, EX, House, IM, RO, TM, assert_denied, assert_refused};
use serde_json::{Value, json};

/// A house with a risk, which employees may not read, a document for all, and a task of one employee.
fn house() -> House {
    let mut house = House::new();
    house
        .import(&[
            ("R-0001", json!({ "state": "analysed", "risk_owner": "PER-0004" })),
            ("DOC-0001", json!({ "state": "effective", "audience_all": true })),
            ("TSK-0001", json!({ "state": "open", "assignee": "PER-0007" })),
        ])
        .unwrap();
    house
}

fn post(house: &mut House, who: u32, about: &str, text: &str) -> Result<AnyRef, attestry_model::decide::Refusal> {
    let kind = attestry_model::Kind::Comment;
    let fields = common::object(json!({ "about": about, "text": text }));
    let target = AnyRef { kind, number: house.isms.next_number(kind) };
    house.command(who, Command::Create { kind, fields }).map(|_| target)
}

fn reads(house: &House, who: u32, comment: AnyRef) -> bool {
    permit(&house.isms, &house.as_person(who), Wish::Read, house.record(comment))
}

#[test]
fn who_may_read_a_record_may_comment_on_it_and_nobody_else() {
    let mut house = house();
    for (who, about, may) in [
        (RO, "R-0001", true),
        (CO, "R-0001", true),
        (EM, "R-0001", false),
        (AD, "R-0001", false),
        (EM, "DOC-0001", true),
        (EM, "TSK-0001", true),
        (AO, "TSK-0001", false),
        (IM, "TSK-0001", true),
        (EX, "R-0001", false),
    ] {
        let outcome = post(&mut house, who, about, "A word on this.");
        if may {
            assert_eq!(house.state(outcome.unwrap()), "posted", "{who} about {about}");
        } else {
            assert_denied(outcome);
        }
    }
}

#[test]
fn a_comment_is_read_by_the_readers_of_what_it_is_about() {
    let mut house = house();
    let comment = post(&mut house, RO, "R-0001", "Too high.").unwrap();
    for (who, may) in [(RO, true), (CO, true), (IM, true), (TM, true), (EM, false), (AD, false), (EX, false)] {
        assert_eq!(reads(&house, who, comment), may, "{who}");
    }
    let on_task = post(&mut house, EM, "TSK-0001", "Half done.").unwrap();
    assert!(reads(&house, EM, on_task) && !reads(&house, CO, on_task));
}

#[test]
fn external_auditors_see_only_what_is_shared_with_them_and_about_what_they_may_read() {
    let mut house = house();
    let on_risk = post(&mut house, RO, "R-0001", "Too high.").unwrap();
    let on_task = post(&mut house, EM, "TSK-0001", "Half done.").unwrap();
    assert!(!reads(&house, EX, on_risk));
    house.update(RO, on_risk, json!({ "shared_with_auditors": true })).unwrap();
    house.update(EM, on_task, json!({ "shared_with_auditors": true })).unwrap();
    assert!(reads(&house, EX, on_risk));
    assert!(!reads(&house, EX, on_task), "auditors do not read tasks");
    house.update(RO, on_risk, json!({ "shared_with_auditors": null })).unwrap();
    assert!(!reads(&house, EX, on_risk));
}

#[test]
fn only_the_author_changes_a_comment_and_the_isms_manager_may_withdraw_it_as_it_stands() {
    let mut house = house();
    let comment = post(&mut house, RO, "R-0001", "Too high.").unwrap();
    assert_denied(house.update(CO, comment, json!({ "text": "Too low." })));
    assert_denied(house.update(IM, comment, json!({ "text": "Too low." })));
    house.update(RO, comment, json!({ "text": "Far too high." })).unwrap();
    assert_denied(house.step(CO, comment, "withdrawn", json!({})));
    assert_refused(house.step(IM, comment, "withdrawn", json!({ "text": "I was wrong." })), "text");
    house.step(IM, comment, "withdrawn", json!({})).unwrap();
    assert_eq!(house.field(comment, "text"), "Far too high.");
    assert_refused(house.update(RO, comment, json!({ "text": "Again." })), "text");
    let own = post(&mut house, CO, "R-0001", "Never mind.").unwrap();
    house.step(CO, own, "withdrawn", json!({})).unwrap();
}

#[test]
fn a_comment_is_about_one_record_and_about_no_comment() {
    let mut house = house();
    let comment = post(&mut house, RO, "R-0001", "Too high.").unwrap();
    assert_refused(post(&mut house, IM, &comment.to_string(), "Indeed."), "about");
    assert_denied(post(&mut house, RO, &comment.to_string(), "Indeed."));
    assert_refused(house.update(RO, comment, json!({ "about": "DOC-0001" })), "about");
    let message = assert_refused(house.create(RO, "comment", json!({ "text": "Hm." })), "about");
    assert_eq!(message, "is required");
    assert_refused(house.create(RO, "comment", json!({ "about": "R-0001" })), "text");
    assert_denied(post(&mut house, RO, "R-0099", "Is it there?"));
}

#[test]
fn the_first_line_is_the_title_unless_somebody_gives_one() {
    let mut house = house();
    let title = |house: &House, comment| house.field(comment, "title");
    for (text, expected) in [
        ("One line.", "One line.".to_owned()),
        ("\n\n# Head\nand more", "Head".to_owned()),
        ("- first\n- second", "first".to_owned()),
        (&"word ".repeat(40), format!("{}…", "word ".repeat(15).trim_end())),
        (&"x".repeat(100), format!("{}…", "x".repeat(79))),
    ] {
        let comment = post(&mut house, RO, "R-0001", text).unwrap();
        assert_eq!(title(&house, comment), Value::from(expected), "{text:?}");
    }
    let comment = post(&mut house, RO, "R-0001", "Old line.").unwrap();
    house.update(RO, comment, json!({ "text": "New line.\nMore." })).unwrap();
    assert_eq!(title(&house, comment), "New line.");
    house.update(RO, comment, json!({ "title": "Mine" })).unwrap();
    house.update(RO, comment, json!({ "text": "Newer line." })).unwrap();
    assert_eq!(title(&house, comment), "Mine");
}

#[test]
fn the_operator_may_comment_too_but_is_nobodys_author() {
    let mut house = house();
    let kind = attestry_model::Kind::Comment;
    let fields = common::object(json!({ "about": "R-0001", "text": "Brought over from the old tool." }));
    house.decide(&Principal::operator(), Command::Create { kind, fields }).unwrap();
    assert_denied(house.update(RO, "CMT-0001", json!({ "text": "x" })));
    assert_eq!(house.field("CMT-0001", "created_by"), Value::Null);
}

#[test]
fn whoever_is_asked_gets_a_task_in_the_same_change_and_has_none_when_it_is_taken_back() {
    let mut house = house();
    let kind = attestry_model::Kind::Comment;
    let asks = |about: &str, who: &str| {
        let fields = json!({ "about": about, "title": "Emil asks about the lock", "text": "Which size?", "asks": who });
        Command::Create { kind, fields: common::object(fields) }
    };
    house.command(EM, asks("TSK-0001", "PER-0002")).unwrap();
    let change = house.last.clone().unwrap();
    assert_eq!(change.entries.len(), 2, "comment and task stand in one change: {change:?}");
    let comment: AnyRef = "CMT-0001".parse().unwrap();
    let task: AnyRef = "TSK-0002".parse().unwrap();
    let held = |house: &House, field: &str| house.record(task).field(field).unwrap_or_default();
    for (field, value) in [
        ("title", "Emil asks about the lock"),
        ("what", "Emil asks about the lock: Which size?"),
        ("assignee", "PER-0002"),
        ("subject", "TSK-0001"),
        ("cause", "CMT-0001"),
        ("due", "2026-07-08"),
    ] {
        assert_eq!(held(&house, field), json!(value), "{field}");
    }
    // Another text asks nothing twice, and nobody else is asked by it afterwards.
    house.update(EM, comment, json!({ "text": "Which size, and how many?" })).unwrap();
    assert!(house.isms.record(AnyRef { number: 3, ..task }).is_none());
    assert_refused(house.update(EM, comment, json!({ "asks": "PER-0003" })), "asks");
    house.step(EM, comment, "withdrawn", json!({})).unwrap();
    assert_eq!(house.state(task), "cancelled");
    // What was answered stays answered.
    house.command(EM, asks("TSK-0001", "PER-0002")).unwrap();
    let second: AnyRef = "TSK-0003".parse().unwrap();
    house.step(IM, second, "done", json!({})).unwrap();
    house.step(EM, AnyRef { number: 2, ..comment }, "withdrawn", json!({})).unwrap();
    assert_eq!(house.state(second), "done");
}

#[test]
fn nobody_is_asked_who_no_longer_works_here_or_about_what_one_may_not_read() {
    let mut house = house();
    let gone = json!({ "state": "left", "name": "Gone Worker", "email": "gone@example.org", "employment": "employee",
                       "org_unit": "OU-0001", "joined_on": "2020-01-01", "left_on": "2025-01-01", "app_roles": ["employee"] });
    house.import(&[("PER-0012", gone)]).unwrap();
    let kind = attestry_model::Kind::Comment;
    let fields = json!({ "about": "TSK-0001", "text": "Which size?", "asks": "PER-0012" });
    assert_refused(house.command(EM, Command::Create { kind, fields: common::object(fields) }), "asks");
    let fields = json!({ "about": "R-0001", "text": "Which size?", "asks": "PER-0002" });
    assert_denied(house.command(EM, Command::Create { kind, fields: common::object(fields) }));
    assert_eq!(house.isms.count(attestry_model::Kind::Task), 1);
}
