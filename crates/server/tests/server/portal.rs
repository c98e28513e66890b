//! The portal of employees and the first run.

use std::fmt::Write as _;

use attestry_model::kind::Role;
use attestry_model::records::{Acknowledgement, Event, TrainingAssignment, TrainingCompletion};
use attestry_model::{Command, Isms, Kind, Principal, Ref};
use serde_json::{Map, Value, json};

use crate::client::{Client, Site};

fn isms(site: &Site) -> Isms {
    site.app.store.organisation(Some("clinic")).unwrap().isms()
}

fn create(site: &Site, kind: Kind, fields: &Value) {
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    let fields: Map<String, Value> = fields.as_object().unwrap().clone();
    organisation.submit(&Principal::operator(), Command::Create { kind, fields }).unwrap();
}

/// As if nobody had asked a person to read a version.
fn forget_reading(site: &Site, person: Ref<attestry_model::records::Person>, version: u32) {
    let isms = isms(site);
    let asked = isms.referring::<Acknowledgement>(person.any(), "person");
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    for one in asked.filter(|one| one.document_version == Some(Ref::new(version))) {
        let target = one.reference().any();
        let void = Command::Void { target, revision: None, reason: "entered by mistake".to_owned() };
        organisation.submit(&Principal::system(), void).unwrap();
    }
}

/// Somebody who joined lately.
const NEWCOMER: u32 = 24;

#[test]
fn an_employee_reads_and_confirms_once() {
    let site = Site::clinic();
    let person = Ref::new(NEWCOMER);
    forget_reading(&site, person, 7);
    let client = site.person(person);
    let desk = client.get("/portal").text();
    assert!(desk.contains("Hello Liam") && !desk.contains("ISMS"));
    let links = desk.split("href=\"/portal/read/").skip(1).map(|rest| rest.split('"').next().unwrap());
    let paths: Vec<String> = links.map(|version| format!("/portal/read/{version}")).collect();
    assert_eq!(paths, ["/portal/read/DV-0007", "/portal/read/DV-0001"], "one that nobody asked for, one asked for");
    for path in &paths {
        assert!(client.get(path).text().contains("I have read and understood it"));
        let version: attestry_model::AnyRef = path.rsplit('/').next().unwrap().parse().unwrap();
        let mine = || {
            let isms = isms(&site);
            let all = isms.referring::<Acknowledgement>(person.any(), "person");
            all.filter(|one| !one.is_void() && one.document_version.map(Ref::any) == Some(version))
                .map(|one| (one.state_name(), one.acknowledged_at.map(|day| day.to_string())))
                .collect::<Vec<_>>()
        };
        for _ in 0..2 {
            let answer = client.post(path, &[]);
            assert_eq!(answer.status, 303, "{}", answer.text());
            assert_eq!(mine(), [("acknowledged", Some("2026-06-30".to_owned()))]);
        }
        assert!(!client.get(path).text().contains("I have read and understood it"));
        assert!(!client.get("/portal").text().contains(&format!("{path}\"")));
    }
    assert_eq!(client.post("/portal/read/DV-9999", &[]).status, 404);
}

#[test]
fn an_employee_sees_nothing_of_the_register_by_any_address() {
    let site = Site::clinic();
    let client = site.role(Role::Employee);
    for path in ["/readiness", "/findings", "/overview", "/steps", "/clauses", "/controls/operation", "/calendar"] {
        assert_eq!(client.get(path).status, 403, "{path}");
    }
    for path in ["/risks/R-0001", "/controls/C-0001", "/nonconformities/NC-0001", "/portal/course/TAS-0001"] {
        assert!([403, 404].contains(&client.get(path).status.as_u16()), "{path}");
    }
    for kind in Kind::ALL {
        let text = client.get(&format!("/{}", attestry_server::places::slug(*kind))).text();
        // A record that they may read may name one that they may not; it neither leads there nor says what that is.
        assert!(!text.contains("/R-0001") && !text.contains("/NC-0001"), "{kind}");
    }
}

#[test]
fn a_report_needs_one_field_and_no_script() {
    let site = Site::clinic();
    let client = site.role(Role::Employee);
    let before = isms(&site).count(Kind::Event);
    let empty = client.post("/portal/report", &[("what", "  "), ("place", "Ward <2>")]);
    assert_eq!(empty.status, 422);
    assert!(
        empty.text().contains("Write a few words") && empty.text().contains("Ward &#60;2&#62;"),
        "what was typed is kept"
    );
    assert_eq!(isms(&site).count(Kind::Event), before);
    let sent = client
        .post("/portal/report", &[("what", "A stranger in the corridor"), ("place", "Ward 2"), ("going_on", "on")]);
    assert_eq!(sent.status, 303, "{}", sent.text());
    let value = isms(&site);
    let event = value.table::<Event>().iter().last().unwrap();
    assert_eq!(sent.location(), format!("/portal/thanks?report={}", event.reference().any()));
    assert_eq!((event.reported_by, event.title()), (client.person, "A stranger in the corridor"));
    assert!(event.what.as_deref().unwrap().contains("Ward 2"));
    assert!(client.get(sent.location()).text().contains(&event.reference().any().to_string()));
    assert!(client.get("/portal").text().contains("A stranger in the corridor"));
}

#[test]
fn a_report_without_a_name_leaves_the_reporter_nowhere() {
    let site = Site::clinic();
    let client = site.role(Role::Employee);
    let length = isms(&site).size();
    let sent = multipart(
        &client,
        &[("what", None, "I saw <i>it</i>"), ("anonymous", None, "on"), ("files", Some("a.txt"), "seen")],
    );
    assert_eq!(sent.status, 303, "{}", sent.text());
    let person = client.person.unwrap().any().to_string();
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    let entries = organisation.entries(length, 100).unwrap();
    assert!(entries.len() >= 2, "the report and its file");
    for entry in &entries {
        assert_eq!(entry.actor, "system");
        assert!(!serde_json::to_string(&entry.fields).unwrap().contains(&person), "{:?}", entry.fields);
    }
    assert_eq!(entries[1].files, ["a.txt"]);
    let value = isms(&site);
    let event = value.table::<Event>().iter().last().unwrap();
    assert_eq!((event.reported_by, event.head.created_by), (None, None));
    assert!(!client.get("/portal").text().contains("I saw"), "nor does the desk know it");
}

#[test]
fn a_forged_report_writes_nothing() {
    let site = Site::clinic();
    let client = site.role(Role::Employee);
    let before = isms(&site).size();
    let request = client.request("POST", "/portal/report").header("sec-fetch-site", "cross-site");
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let answer = site.send(request.body(axum::body::Body::from("what=x")).unwrap());
    assert_eq!((answer.status.as_u16(), isms(&site).size()), (403, before));
}

fn multipart(client: &Client<'_>, parts: &[(&str, Option<&str>, &str)]) -> crate::client::Answer {
    let mut body = String::new();
    for (name, file, text) in parts {
        let file = file.map_or_else(String::new, |file| format!("; filename=\"{file}\""));
        let _ = write!(body, "--xx\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{text}\r\n");
    }
    body.push_str("--xx--\r\n");
    client.send_form("/portal/report", "multipart/form-data; boundary=xx", body)
}

#[test]
fn a_quiz_is_checked_on_the_server_and_its_tries_are_counted() {
    let site = Site::clinic();
    let person = site.role(Role::Employee).person.unwrap();
    create(
        &site,
        Kind::TrainingAssignment,
        &json!({"title": "again", "person": person.any().to_string(), "course": "CRS-0001", "reason": "remedial",
            "assigned_on": "2026-06-30", "due": "2026-07-30"}),
    );
    let value = isms(&site);
    let assignment = value.table::<TrainingAssignment>().iter().last().unwrap().reference();
    let quiz = value.table::<attestry_model::records::Quiz>().iter().next().unwrap();
    let path = format!("/portal/course/{}", assignment.any());
    let client = site.person(person);
    let page = client.get(&path).text();
    assert!(page.contains("type=\"radio\"") && !page.contains("correct"));
    assert_eq!(client.post(&path, &[]).status, 200);
    let tries = || isms(&site).referring::<TrainingCompletion>(assignment.any(), "assignment").count();
    assert_eq!(tries(), 0, "unanswered questions are no try");
    let names: Vec<String> = (1..=quiz.questions.len()).map(|number| format!("q{number}")).collect();
    let answer = |wrong: bool| {
        let values = quiz.questions.iter().map(|question| {
            let right = question.correct[0];
            if wrong { (right + 1) % i64::try_from(question.options.len()).unwrap() } else { right }.to_string()
        });
        let values: Vec<String> = values.collect();
        let fields: Vec<(&str, &str)> =
            names.iter().map(String::as_str).zip(values.iter().map(String::as_str)).collect();
        client.post(&path, &fields)
    };
    assert!(answer(true).text().contains("were right, which is not enough"));
    assert_eq!((tries(), isms(&site).get(assignment).unwrap().state_name()), (1, "assigned"));
    assert_eq!(answer(false).status, 303);
    assert_eq!((tries(), isms(&site).get(assignment).unwrap().state_name()), (2, "completed"));
    assert_eq!(answer(false).status, 303);
    assert_eq!(tries(), 2, "what is finished is not taken again");
    assert_eq!(site.role(Role::RiskOwner).get(&path).status, 404, "somebody else's course");
}

#[test]
fn who_looks_after_the_isms_sees_the_portal_and_goes_back() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let answer = manager.get("/portal");
    assert!(answer.text().contains("the way an employee does"));
    assert!(answer.header("set-cookie").starts_with("attestry-portal=1"));
    let back = manager.post("/portal/back", &[]);
    assert_eq!(back.location(), "/");
    assert!(back.header("set-cookie").contains("Max-Age=0"));
    assert!(!site.role(Role::Employee).get("/portal").text().contains("the way an employee does"));
}
