//! What waits for somebody can be passed on, asked about and declined, each with a sentence; small things are done in the list.

use attestry_model::kind::Role;
use attestry_model::records::{Asset, Comment, Person, Task};
use attestry_model::{AnyRef, Command, Isms, Kind, Principal, Ref, Subject};
use serde_json::{Value, json};

use crate::client::{Client, Site};
use crate::common;

fn isms(site: &Site) -> Isms {
    site.app.store.organisation(Some("clinic")).unwrap().isms()
}

/// A task for somebody, written by the ISMS manager.
fn task_for(site: &Site, person: Ref<Person>) -> AnyRef {
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    let manager = common::person_with(&site.app, Role::IsmsManager).unwrap();
    let principal = Principal::of(&organisation.isms(), manager, attestry_model::Via::Session).unwrap();
    let fields = json!({ "title": "Order two spare locks", "what": "Order two spare locks", "assignee": person.any().to_string(), "due": "2026-07-10" });
    let Value::Object(fields) = fields else { unreachable!() };
    let receipt = organisation.submit(&principal, Command::Create { kind: Kind::Task, fields }).unwrap();
    let Subject::Record(reference) = receipt.entries[0].subject else { panic!("no record") };
    reference
}

fn assignee(site: &Site, task: AnyRef) -> Ref<Person> {
    isms(site).get(task.of::<Task>().unwrap()).unwrap().assignee.unwrap()
}

fn employee(site: &Site) -> Client<'_> {
    site.role(Role::Employee)
}

#[test]
fn a_task_is_passed_on_with_a_reason() {
    let site = Site::clinic();
    let client = employee(&site);
    let task = task_for(&site, client.person.unwrap());
    let path = format!("/work-hand-on/{task}?why=assignee");
    assert!(client.get("/portal").text().contains(&path.replace('&', "&amp;")), "the list leads there");
    let page = client.get(&path).text();
    assert!(page.contains("value=\"pass\"") && page.contains("Order two spare locks"), "{page}");
    let other = common::person_with(&site.app, Role::RiskOwner).unwrap();
    let name = isms(&site).get(other).unwrap().title().to_owned();
    for (form, told) in [
        (vec![("way", "pass"), ("person", name.as_str())], "Say it in a sentence"),
        (vec![("way", "pass"), ("person", ""), ("text", "I am away.")], "Name somebody"),
        (vec![("way", "pass"), ("person", "zzzz"), ("text", "I am away.")], "Nobody who works here"),
        (
            vec![("way", "pass"), ("person", &client.person.unwrap().any().to_string()), ("text", "I am away.")],
            "That is you",
        ),
        (vec![("person", name.as_str()), ("text", "I am away.")], "Choose what should happen"),
    ] {
        let answer = client.post(&path, &form);
        let page = answer.text();
        assert_eq!(answer.status, 422, "{form:?}");
        assert!(page.contains(told), "{form:?}: {page}");
        assert!(form.iter().all(|(_, typed)| page.contains(typed)), "what was typed stays: {form:?}");
    }
    assert_eq!(assignee(&site, task), client.person.unwrap());
    let answer = client.post(&path, &[("way", "pass"), ("person", &name), ("text", "I am away until August.")]);
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert_eq!(answer.location(), format!("/portal?done=handed-on+{task}"));
    assert_eq!(assignee(&site, task), other);
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    let newest = organisation.latest(task, None, 1).unwrap();
    assert_eq!(newest[0].reason.as_deref(), Some("I am away until August."));
    // It is no longer theirs to pass on.
    assert_eq!(client.get(&path).status, 404);
}

#[test]
fn asking_back_and_declining_say_it_on_the_record_and_give_whoever_wrote_it_a_task() {
    let site = Site::clinic();
    let client = employee(&site);
    let manager = common::person_with(&site.app, Role::IsmsManager).unwrap();
    for (way, text, told) in
        [("ask", "Which size?", "asks about"), ("not-mine", "Buildings does this.", "is somebody else’s")]
    {
        let task = task_for(&site, client.person.unwrap());
        let before = isms(&site).table::<Task>().iter().count();
        let path = format!("/work-hand-on/{task}?why=assignee");
        let page = client.get(&path).text();
        let once = page.split_once("name=\"_once\" value=\"").unwrap().1.split_once('"').unwrap().0.to_owned();
        let form = [("way", way), ("text", text), ("_once", once.as_str())];
        for _ in 0..2 {
            let answer = client.post(&path, &form);
            assert_eq!(answer.status, 303, "{}", answer.text());
            assert_eq!(answer.location(), format!("/portal?done=asked-back+{task}"));
        }
        let isms = isms(&site);
        assert_eq!(isms.table::<Task>().iter().count(), before + 1, "a second press asks nothing twice");
        let said: Vec<_> = isms.referring::<Comment>(task, "about").collect();
        assert_eq!(said.len(), 1);
        assert_eq!(said[0].head.created_by, client.person);
        let asked: Vec<_> = isms.referring::<Task>(task, "subject").collect();
        assert_eq!(asked.len(), 1);
        assert_eq!((asked[0].assignee, asked[0].cause), (Some(manager), Some(said[0].reference().any())));
        assert!(asked[0].title().contains(told), "{}", asked[0].title());
        assert!(asked[0].what.as_ref().unwrap().contains(text));
        assert_eq!(assignee(&site, task), client.person.unwrap(), "it stays theirs until somebody decides");
    }
}

#[test]
fn nobody_hands_on_what_is_not_theirs() {
    let site = Site::clinic();
    let client = employee(&site);
    let manager = common::person_with(&site.app, Role::IsmsManager).unwrap();
    let task = task_for(&site, manager);
    let form = [("way", "ask"), ("text", "What is it?")];
    for path in [format!("/work-hand-on/{task}?why=assignee"), "/work-hand-on/R-0001?why=risk_owner".to_owned()] {
        assert_eq!(client.get(&path).status, 404, "{path}");
        assert_eq!(client.post(&path, &form).status, 404, "{path}");
    }
    assert_eq!(isms(&site).referring::<Task>(task, "subject").count(), 0);
    let site_of_manager = site.person(manager);
    assert_eq!(site_of_manager.get(&format!("/work-hand-on/{task}?why=signer")).status, 404, "not for another reason");
}

#[test]
fn what_is_still_true_is_said_in_the_list_and_taken_back() {
    let site = Site::clinic();
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    let asset = Ref::<Asset>::new(1);
    let owner = organisation.isms().get(asset).unwrap().owner.unwrap();
    let days = json!({ "last_reviewed": "2026-01-01", "next_review": "2026-07-01" });
    let Value::Object(fields) = days else { unreachable!() };
    let change = Command::Update { target: asset.any(), revision: None, fields, reason: None };
    organisation.submit(&Principal::operator(), change).unwrap();
    let client = site.person(owner);
    let action = format!("/work-true/{}", asset.any());
    assert!(client.get("/work").text().contains(&format!("action=\"{action}\"")));
    let answer = client.post(&action, &[]);
    assert_eq!(answer.location(), format!("/work?done=still-true+{}&undo=1", asset.any()), "{}", answer.text());
    let stands = |site: &Site| {
        let isms = isms(site);
        let asset = isms.get(asset).unwrap();
        (asset.last_reviewed.unwrap().to_string(), asset.next_review.unwrap().to_string(), asset.revision)
    };
    let after = stands(&site);
    // 181 days after the thirtieth of June, as long as between the two looks before.
    assert_eq!((after.0.as_str(), after.1.as_str()), ("2026-06-30", "2026-12-28"));
    client.post(&action, &[]);
    assert_eq!(stands(&site).2, after.2, "a second press changes nothing");
    assert_eq!(client.post(&format!("/assets/{}/undo", asset.any()), &[]).status, 303);
    assert_eq!(stands(&site).1, "2026-07-01");
    let other = site.role(Role::Employee);
    assert!(matches!(other.post(&action, &[]).status.as_u16(), 403 | 404));
    assert_eq!(client.post("/work-true/R-0001", &[]).status, 404, "a risk is reviewed on its own page");
}
