//! The same thing twice, by one person or by many at once, and steps that nobody may jump.

use attestry_model::kind::Role;
use attestry_model::records::{Risk, Treatment};
use attestry_model::{Command, Kind, Principal, Ref};
use attestry_server::places::record_path;
use serde_json::{Map, json};

use super::{hidden, isms, multipart, operate};
use crate::client::Site;

fn count(site: &Site, kind: Kind) -> usize {
    isms(site).records(kind).count()
}

#[test]
fn a_form_that_is_sent_twice_writes_once_and_with_something_else_in_it_again() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let secret = hidden(&manager.get("/risks/new"), "_once");
    assert_ne!(secret, hidden(&manager.get("/risks/new"), "_once"), "each page has its own");
    let before = count(&site, Kind::Risk);
    let form = |title: &'static str| {
        [("_has", "title"), ("title", title), ("_once", secret.as_str())].map(|(name, value)| (name, value.to_owned()))
    };
    let send = |title| {
        let form = form(title);
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        manager.post("/risks/new", &form)
    };
    let (first, second) = (send("Once"), send("Once"));
    assert_eq!((first.status.as_u16(), first.location()), (303, second.location()));
    assert_eq!(count(&site, Kind::Risk), before + 1);
    let third = send("Once, and another");
    assert_ne!(third.location(), first.location());
    assert_eq!(count(&site, Kind::Risk), before + 2);
    // What was refused can be sent again.
    let wrong = manager.post("/risks/new", &[("_has", "title"), ("title", ""), ("_once", &secret)]);
    assert_eq!(wrong.status, 422);
    assert_eq!(manager.post("/risks/new", &[("_has", "title"), ("title", ""), ("_once", &secret)]).status, 422);
    // Without a secret, or with one that is none, every sending counts.
    for secret in ["", "short", "zz"] {
        manager.post("/risks/new", &[("_has", "title"), ("title", "Each"), ("_once", secret)]);
    }
    assert_eq!(count(&site, Kind::Risk), before + 5);
}

#[test]
fn of_many_clicks_at_once_one_is_carried_out() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let secret = hidden(&manager.get("/risks/new"), "_once");
    let before = count(&site, Kind::Risk);
    let led: Vec<String> = std::thread::scope(|scope| {
        let clicks: Vec<_> = (0..16)
            .map(|_| {
                scope.spawn(|| {
                    manager
                        .post("/risks/new", &[("_has", "title"), ("title", "Clicked"), ("_once", &secret)])
                        .location()
                        .to_owned()
                })
            })
            .collect();
        clicks.into_iter().map(|click| click.join().unwrap()).collect()
    });
    assert_eq!(count(&site, Kind::Risk), before + 1);
    assert!(led.iter().all(|one| *one == led[0] && one.contains("done=created")), "{led:?}");

    let page = manager.get("/risks/R-0001");
    let secret = hidden(&page, "_once");
    let comments = count(&site, Kind::Comment);
    for _ in 0..3 {
        assert_eq!(manager.post("/risks/R-0001/comments", &[("text", "Said once"), ("_once", &secret)]).status, 303);
    }
    assert_eq!(count(&site, Kind::Comment), comments + 1);

    let employee = site.role(Role::Employee);
    let secret = hidden(&employee.get("/portal/report"), "_once");
    let events = count(&site, Kind::Event);
    let report = [("what", "Water on the floor"), ("anonymous", "on"), ("_once", secret.as_str())];
    let (first, second) = (employee.post("/portal/report", &report), employee.post("/portal/report", &report));
    assert_eq!((first.status.as_u16(), first.location()), (303, second.location()));
    assert_eq!(count(&site, Kind::Event), events + 1);
}

#[test]
fn a_flood_of_reports_is_stopped_nothing_typed_is_lost_and_others_still_report() {
    let site = Site::clinic();
    let flooder = site.role(Role::Employee);
    let events = count(&site, Kind::Event);
    let mut sent = 0;
    let refused = loop {
        let what = format!("Report number {sent} <b>");
        let parts = [("what", what.as_str()), ("place", "Ward 7"), ("anonymous", "on")];
        let answer = site.send(multipart(&flooder, "/portal/report", &parts, &[("files", "a.txt", what.as_bytes())]));
        if answer.status != 303 {
            break answer;
        }
        sent += 1;
        assert!(sent < 60, "nobody stops it");
    };
    assert_eq!(refused.status, 429);
    assert!(refused.header("retry-after").parse::<u64>().unwrap() > 0);
    let text = refused.text();
    assert!(
        text.contains("&#60;b&#62;</textarea>")
            && text.contains("value=\"Ward 7\"")
            && text.contains("name=\"anonymous\" checked"),
        "{text}"
    );
    assert_eq!(count(&site, Kind::Event), events + sent);
    let other = site.role(Role::RiskOwner);
    assert_eq!(other.post("/portal/report", &[("what", "Fire")]).status, 303, "somebody else is not locked out");
    assert_eq!(count(&site, Kind::Event), events + sent + 1);
}

#[test]
fn of_two_editors_neither_loses_what_they_typed_whoever_comes_first() {
    for order in [["cause", "event"], ["event", "cause"]] {
        let site = Site::clinic();
        let (one, two) = (site.role(Role::IsmsManager), site.role(Role::IsmsManager));
        let revision = isms(&site).record("R-0002".parse().unwrap()).unwrap().revision().to_string();
        let form = |field: &'static str, value: &'static str| {
            vec![("_revision", revision.clone()), ("_has", field.to_owned()), (field, value.to_owned())]
        };
        let send = |client: &crate::client::Client<'_>, form: Vec<(&str, String)>| {
            let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            client.post("/risks/R-0002/edit", &form)
        };
        assert_eq!(send(&one, form(order[0], "first")).status, 303);
        let merged = send(&two, form(order[1], "second"));
        assert!(merged.location().contains("done=merged"), "{}", merged.text());
        let record = |field: &str| isms(&site).record("R-0002".parse().unwrap()).unwrap().field(field).unwrap();
        assert_eq!((record(order[0]), record(order[1])), (json!("first"), json!("second")));
        let late = send(&two, form(order[0], "third"));
        assert_eq!(late.status, 409);
        assert!(late.text().contains("first") && late.text().contains("third"));
        assert_eq!(record(order[0]), json!("first"));
    }
}

#[test]
fn of_many_signatures_at_once_exactly_one_is_given() {
    let site = Site::clinic();
    let fields = json!({ "risk": "R-0001", "title": "At once", "option": "accept", "rationale": "Small enough." });
    operate(&site, Command::Create { kind: Kind::Treatment, fields: super::fields(&fields) });
    let number = isms(&site).next_number(Kind::Treatment) - 1;
    let target = Ref::<Treatment>::new(number);
    let step = Command::Step {
        target: target.any(),
        to: "proposed".to_owned(),
        revision: None,
        fields: Map::new(),
        reason: None,
    };
    operate(&site, step);
    let seen = isms(&site);
    let record = seen.record(target.any()).unwrap();
    let (hash, revision) = (attestry_model::decide::state_hash(record, &seen), record.revision().to_string());
    let owner = seen.get(Ref::<Risk>::new(1)).unwrap().risk_owner.unwrap();
    let client = site.person(owner);
    let path = format!("/treatment-decisions/{}/sign", target.any());
    let approvals = count(&site, Kind::Approval);
    let answers: Vec<u16> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..12)
            .map(|_| {
                scope.spawn(|| {
                    client.post(&path, &[("revision", &revision), ("hash", &hash), ("confirm", "yes")]).status.as_u16()
                })
            })
            .collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(answers.iter().filter(|status| **status == 303).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|status| [303, 403, 409, 422].contains(status)), "{answers:?}");
    assert_eq!(count(&site, Kind::Approval), approvals + 1);
    assert_eq!(isms(&site).get(target).unwrap().state_name(), "approved");
    // A signature over a state that has gone is none.
    let again = client.post(&path, &[("revision", &revision), ("hash", &hash), ("confirm", "yes")]);
    assert_ne!(again.status, 303, "{}", again.location());
}

#[test]
fn no_step_is_jumped_and_none_taken_that_does_not_lead_on_from_here() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    let mut tried = 0;
    for kind in Kind::ALL {
        let now = isms(&site);
        let Some(record) = now.records(*kind).find(|one| one.head().void_reason.is_none()) else { continue };
        let from = record.flow_state();
        for state in kind.def().states {
            let leads = kind
                .def()
                .flow
                .iter()
                .any(|step| step.from == from && (step.to == state.name || step.name == Some(state.name)));
            if leads {
                continue;
            }
            tried += 1;
            let before = isms(&site).size();
            let path = format!("{}/step/{}", record_path(record.any_ref()), state.name);
            let revision = record.revision().to_string();
            let answer = manager.post(&path, &[("_revision", &revision), ("_reason", "because")]);
            assert!([403, 404, 409, 422].contains(&answer.status.as_u16()), "{path}: {}", answer.status);
            let command = Command::Step {
                target: record.any_ref(),
                to: state.name.to_owned(),
                revision: None,
                fields: Map::new(),
                reason: None,
            };
            assert!(organisation.submit(&Principal::operator(), command).is_err(), "{path}");
            assert_eq!(isms(&site).size(), before, "{path}");
        }
    }
    assert!(tried > 100, "only {tried} jumps were tried");
}
