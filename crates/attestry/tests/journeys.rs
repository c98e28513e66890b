//! From an empty folder to a signed Statement of Applicability, as people go.
#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

mod common;

use common::Place;
use serde_json::{Value, json};

#[test]
fn an_organisation_begins_empty_and_says_what_comes_next() {
    let place = Place::empty();
    place.refused(&["list", "risk"], 4, &["attestry init"]);
    let place = Place::with_organisation();
    let organisation = &place.json(&["list", "organization"])[0];
    assert_eq!(organisation["ref"], "ORG-0001");
    assert_eq!(organisation["legal_name"], "Nordwind Logistics");
    assert_eq!(organisation["state"], "draft");
    assert_eq!(organisation["headcount"], Value::Null, "nothing is invented");
    let empty = place.ok(&["list", "risk"]);
    assert!(empty.out.contains("attestry add risk"), "{}", empty.out);
    place.refused(&["init"], 3, &["organisation's name"]);
    place.verify();
}

#[test]
fn a_record_is_created_changed_stepped_and_looked_back_at() {
    let place = Place::with_organisation();
    place.ok(&["set", "ORG-0001", "currency=EUR", "sector=transport"]);
    let added = place.json(&["add", "person", "title=Anna Weber", "name=Anna Weber", "email=anna@example.org"]);
    assert_eq!(added["entries"][0]["ref"], "PER-0001");
    assert_eq!(added["entries"][0]["record"]["state"], "invited");
    // The step demands what is missing, all of it at once, and nothing changes.
    place.refused(&["do", "PER-0001", "active"], 3, &["employment is required", "joined_on is required", "app_roles"]);
    place.ok(&["set", "PER-0001", "employment=employee", "joined_on=2024-02-01", "app_roles=isms_manager;employee"]);
    place.refused(&["do", "PER-0001", "active"], 3, &["org_unit"]);
    place.ok(&["add", "org_unit", "title=Office", "head=PER-0001"]);
    place.ok(&["do", "PER-0001", "active", "org_unit=OU-0001", "--reason", "first day"]);
    let person = place.json(&["show", "PER-0001"]);
    assert_eq!((&person["state"], &person["revision"]), (&json!("active"), &json!(3)));
    let history = place.json(&["show", "PER-0001", "--history"]);
    let actions: Vec<&str> = history.as_array().unwrap().iter().map(|one| one["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["create", "update", "transition"]);
    assert_eq!(history[2]["reason"], "first day");
    assert_eq!(history[2]["actor"], "operator");
    let before = history[0]["seq"].to_string();
    let past = place.json(&["show", "PER-0001", "--as-of", &before]);
    assert_eq!(past["state"], "invited");
    assert_eq!(past["employment"], Value::Null);
    place.verify();
}

#[test]
fn what_is_wrong_is_named_by_field_and_nothing_is_written() {
    let place = Place::with_organisation();
    let size = place.json(&["verify"])["size"].clone();
    let wrong = ["add", "risk", "colour=red", "current_likelihood=11", "risk_owner=R-0001", "assessed_on=31.12.2026"];
    place.refused(&wrong, 3, &["colour is not a field"]);
    let wrong =
        ["add", "risk", "current_likelihood=11", "risk_owner=R-0001", "assessed_on=31.12.2026", "owner=PER-0099"];
    place.refused(
        &wrong,
        3,
        &[
            "title is required",
            "current_likelihood must be a level",
            "risk_owner R-0001 is not a",
            "assessed_on must be a date",
        ],
    );
    place.refused(&["add", "risk", "title=x", "owner=PER-0099"], 3, &["owner names PER-0099, which does not exist"]);
    place.refused(&["add", "risk", "title=x", "created_at=2020-01-01T00:00:00Z"], 3, &["written by the program"]);
    place.refused(&["add", "dragon", "title=x"], 3, &["“dragon” is not a kind", "attestry kinds"]);
    place.refused(&["set", "R-0001", "title=x"], 3, &["there is no R-0001"]);
    place.refused(&["show", "R-1"], 3, &["not a reference such as R-0012"]);
    place.refused(&["list", "risk", "--where", "colour=red"], 3, &["colour is not a field of risks"]);
    place.refused(&["list", "risk", "--as-of", "yesterday"], 3, &["is not a moment"]);
    place.refused(&["add", "risk", "title=x", "--as", "PER-0007"], 3, &["no such person"]);
    place.refused(&["list", "risk", "--where", "=x"], 3, &["names no field"]);
    place.refused(&["list", "risk", "--where", "ref=TA-0001"], 3, &["TA-0001 is none of risks"]);
    place.refused(&["list", "risk", "--where", "state>identified"], 3, &["state is compared with = or !="]);
    place.refused(&["list", "risk", "--where", "assets<AST-0001"], 3, &["assets is a list"]);
    place.refused(&["list", "risk", "--as-of", "1999-01-01"], 3, &["nothing was recorded"]);
    place.refused(&["list", "risk", "--organisation", "nobody"], 3, &["there is no organisation nobody"]);
    place.refused(&["add", "risk", "title=x", "title=y"], 3, &["title is given twice"]);
    place.refused(&["proof", "999", "-o", "proof"], 3, &["there is no entry 999"]);
    place.refused(&["hold", "ORG-0001", "--reason", "over", "--lift"], 3, &["under no legal hold"]);
    place.refused(&["field", "remove", "risk", "region"], 3, &["not an own field"]);
    place.refused(&["field", "add", "risk", "x", "--type", "enum(a,a)", "--label", "X"], 3, &["twice"]);
    assert_eq!(place.run(&["list"]).code, 2);
    assert_eq!(place.json(&["verify"])["size"], size);
    place.verify();
}

#[test]
fn who_saw_an_older_version_overwrites_nothing() {
    let place = Place::with_organisation();
    place.ok(&["add", "threat", "title=Phishing"]);
    place.ok(&["set", "THR-0001", "title=Phishing mails", "--revision", "1"]);
    place.refused(&["set", "THR-0001", "title=Vishing", "--revision", "1"], 3, &["is at version 2, you saw 1"]);
    assert_eq!(place.json(&["show", "THR-0001"])["title"], "Phishing mails");
    place.verify();
}

#[test]
fn the_clinic_is_complete_and_its_statement_can_be_signed_again() {
    let place = Place::with_clinic();
    let kinds = place.json(&["kinds"]);
    assert_eq!(kinds.as_array().unwrap().len(), 75);
    let count = |kind: &str| place.json(&["list", kind, "--void"]).as_array().unwrap().len();
    let total: usize = kinds.as_array().unwrap().iter().map(|kind| count(kind["kind"].as_str().unwrap())).sum();
    assert_eq!(total, 1_411);
    let risk = place.json(&["show", "R-0001"]);
    assert_eq!((&risk["current_value"], &risk["risk_owner"]), (&json!(6), &json!("PER-0006")));
    let top = place.json(&["list", "risk", "--sort", "-current_value", "--limit", "3", "--where", "state=monitored"]);
    let values: Vec<i64> = top.as_array().unwrap().iter().map(|risk| risk["current_value"].as_i64().unwrap()).collect();
    assert!(values.is_sorted_by(|a, b| a >= b) && values[0] > 6, "{values:?}");

    // A decision changes: the statement goes back, and only somebody entitled brings it into force again.
    place.ok(&[
        "set",
        "SR-0003",
        "justification=Duties are separated where money and access meet.",
        "--reason",
        "reworded",
    ]);
    assert_eq!(place.json(&["show", "SOA-0002"])["state"], "draft");
    assert_eq!(place.json(&["show", "APR-0080"])["state"], "invalidated");
    place.ok(&["do", "SOA-0002", "in_review"]);
    place.refused(&["do", "SOA-0002", "approved"], 3, &["signature of a person"]);
    place.refused(&["do", "SOA-0002", "approved", "--as", "PER-0022"], 3, &["SOA-0002"]);
    let words = ["not permitted: to take AST-0001", "that step is for asset owner"];
    place.refused(&["do", "AST-0001", "retired", "--as", "PER-0002"], 3, &words);
    let signed = place.json(&["do", "SOA-0002", "approved", "--as", "PER-0001"]);
    assert_eq!(signed["entries"][0]["action"], "sign");
    assert_eq!(place.json(&["show", "SOA-0002"])["state"], "effective");
    place.verify();
}

#[test]
fn words_find_records_and_own_fields_count_as_fields() {
    let place = Place::with_clinic();
    let hits = place.json(&["search", "mailbox", "phishing"]);
    assert!(hits.as_array().unwrap().iter().any(|hit| hit["ref"] == "R-0001"), "{hits}");
    assert_eq!(place.json(&["search", "R-0005"])[0]["ref"], "R-0005");
    assert!(place.ok(&["search", "zzzzz"]).out.contains("Nothing found"));
    place.ok(&["field", "add", "risk", "region", "--type", "enum(north,south)", "--label", "Region"]);
    place.ok(&["set", "R-0002", "region=north"]);
    place.refused(&["set", "R-0003", "region=west"], 3, &["must be one of north, south"]);
    let found = place.json(&["list", "risk", "--where", "custom.region=north"]);
    assert_eq!(found.as_array().unwrap().len(), 1);
    assert_eq!(found[0]["custom"]["region"], "north");
    let table = place.ok(&["list", "risk", "--fields", "ref,region", "--where", "custom.region=north"]);
    assert!(table.out.contains("north"), "{}", table.out);
    assert!(place.ok(&["show", "R-0002"]).out.contains("north (Region)"));
    place.ok(&["field", "add", "risk", "score", "--type", "int", "--label", "Score"]);
    place.ok(&["set", "R-0001", "score=10"]);
    place.ok(&["set", "R-0002", "score=9"]);
    let count = |filter: &str| place.json(&["list", "risk", "--where", filter]).as_array().unwrap().len();
    assert_eq!((count("score>9"), count("custom.score<10"), count("score=")), (1, 1, 29), "numbers, not letters");
    place.refused(&["list", "risk", "--where", "score>high"], 3, &["score must be a whole number"]);
    place.refused(&["list", "risk", "--where", "region=west"], 3, &["must be one of north, south"]);
    place.verify();
}

#[test]
fn time_brings_what_it_brings_once() {
    let place = Place::empty();
    place.ok(&["demo", "--now", "2026-06-30T20:00:00Z"]);
    place.refused(&["tick"], 3, &["simulated"]);
    place.ok(&["tick", "--now", "2027-01-31T08:00:00Z"]);
    assert_eq!(place.json(&["show", "EXC-0001"])["state"], "expired");
    let again = place.json(&["tick", "--now", "2027-01-31T08:00:00Z"]);
    assert_eq!(again["entries"], json!([]));
    let html = place.ok(&["report", "soa", "--format", "html"]).out;
    assert!(html.contains("simulated"), "every document says that the clock is simulated");
}

#[test]
fn a_real_organisation_cannot_be_back_dated() {
    let place = Place::with_organisation();
    place.refused(&["add", "risk", "title=Old", "--now", "2020-01-01T00:00:00Z"], 3, &["clock"]);
    place.refused(&["list", "risk", "--now", "last week"], 3, &["2026-06-30T20:00:00Z"]);
    place.ok(&["list", "risk", "--now", "2020-01-01T00:00:00Z"]);
    place.verify();
}

#[test]
fn nothing_shown_steers_the_terminal() {
    let place = Place::with_organisation();
    let title = "title=a\u{1b}[31mred \u{202e}exe.gnp";
    let calls: [&[&str]; 7] = [
        &["add", "threat", title],
        &["show", "THR-0001"],
        &["list", "threat"],
        &["show", "THR-0001", "--history"],
        &["search", title],
        &["list", title],
        &["set", "THR-0001", title],
    ];
    for call in calls {
        let answer = place.run(call);
        let all = answer.out + &answer.err;
        assert!(!all.contains(['\u{1b}', '\u{202e}']), "{call:?}: {all:?}");
    }
    assert!(
        place.json(&["show", "THR-0001"])["title"].as_str().unwrap().contains('\u{1b}'),
        "the value itself is kept"
    );
    place.verify();
}

#[test]
fn what_was_not_written_was_not_done() {
    let place = Place::with_organisation();
    if let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") {
        let answer = place.run_to(&["list", "organization", "--json"], full.into());
        assert_eq!(answer.code, 4, "a program must not take half an answer for the whole");
        assert!(answer.err.contains("standard output"), "{}", answer.err);
    }
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    assert_eq!(place.run_to(&["kinds"], writer.into()).code, 0, "a reader who has gone away is no failure");
    place.verify();
}

#[test]
fn a_void_record_is_listed_on_request_and_takes_no_steps() {
    let place = Place::with_organisation();
    place.ok(&["add", "threat", "title=Phishing"]);
    place.ok(&["void", "THR-0001", "--reason", "entered twice"]);
    assert_eq!(place.json(&["list", "threat"]), json!([]));
    assert_eq!(place.json(&["list", "threat", "--where", "state=void"])[0]["ref"], "THR-0001");
    assert_eq!(place.json(&["do", "THR-0001"])["steps"], json!([]));
    place.verify();
}

#[test]
fn a_beginning_that_was_cut_off_is_taken_up() {
    let place = Place::empty();
    let settings = attestry_store::Config {
        data: place.data(),
        database: None,
        host: "localhost".to_owned(),
        clock: attestry_store::Clock::Real,
        access: attestry_store::Access::Write,
        file_limit: 1 << 20,
    };
    let store = attestry_store::Store::open(&settings).unwrap();
    store.create_organisation("Cedar Hollow Medical Clinic", None).unwrap();
    drop(store);
    assert_eq!(place.json(&["demo"])["records"], 1_411);
    place.refused(&["demo"], 3, &["already holds"]);
    for (name, slug) in [("第二", "organisation"), ("第三", "organisation-2")] {
        assert_eq!(place.json(&["init", "--organisation", name])["slug"], slug);
    }
    place.refused(&["init", "--organisation", "第三"], 3, &["organisation-2 already"]);
    place.refused(&["list", "risk"], 3, &["several organisations"]);
    assert_eq!(place.json(&["verify", "--organisation", "organisation-2"])["ok"], true);
}

#[test]
fn the_readiness_report_shows_how_the_verdicts_went_between_the_first_entry_and_now() {
    let place = Place::empty();
    let at = |time: &'static str, args: &[&'static str]| place.ok(&[&["--now", time], args].concat());
    at("2026-01-05T10:00:00Z", &["init", "--organisation", "Nordwind Logistics"]);
    at("2026-03-05T10:00:00Z", &["add", "interested_party", "title=Customers"]);
    let html = at("2026-06-30T20:00:00Z", &["report", "certification-readiness", "--format", "html"]).out;
    assert!(html.contains("<svg") && html.contains("From 2026-01-27 to 2026-06-30 the rules that do not hold went"));
    let html = at("2026-01-05T11:00:00Z", &["report", "certification-readiness", "--format", "html"]).out;
    assert!(html.contains("There is no trend yet"), "nothing is older than today");
}

#[test]
fn a_pipeline_reads_what_the_rules_found_and_stops_where_it_is_told_to() {
    let place = Place::empty();
    place.ok(&["demo", "--now", "2026-06-30T20:00:00Z"]);
    let check = |args: &[&str]| place.run(&[&["check", "--now", "2026-06-30T20:00:00Z"], args].concat());
    // The shape that others rely on: exactly what the specification expects, and nothing else in the list.
    let json = check(&["--json"]);
    assert_eq!(json.code, 1, "two candidates for a major nonconformity");
    let told = json.json();
    let names = |list: &Value| -> Vec<(String, String, String)> {
        let text = |one: &Value, field: &str| one[field].as_str().unwrap().to_owned();
        let told = list.as_array().unwrap().iter();
        let mut told: Vec<_> =
            told.map(|one| (text(one, "rule"), text(one, "severity"), text(one, "record"))).collect();
        told.sort();
        told
    };
    let expected =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../check/tests/oracles/expected-violations.json");
    let expected: Value = serde_json::from_slice(&std::fs::read(expected).unwrap()).unwrap();
    assert_eq!(names(&told["findings"]), names(&expected));
    assert!(told.get("summary").is_some());
    for one in told["findings"].as_array().unwrap() {
        let members: Vec<&str> = one.as_object().unwrap().keys().map(String::as_str).collect();
        for member in ["rule", "severity", "clause", "step", "record", "message", "verdict"] {
            assert!(members.contains(&member), "{one}");
        }
        assert_eq!(one["verdict"], "violated");
    }
    let all = check(&["--json", "--all"]).json();
    let verdicts: std::collections::BTreeSet<&str> =
        all["findings"].as_array().unwrap().iter().map(|one| one["verdict"].as_str().unwrap()).collect();
    assert!(verdicts.contains("holds") && verdicts.contains("violated"), "{verdicts:?}");
    // Exit codes.
    for (args, code) in [
        (&["--clause", "4"][..], 0),
        (&["--clause", "9"], 0),
        (&["--clause", "9", "--fail-on", "minor"], 1),
        (&["--clause", "A.5.20"], 1),
        (&["--clause", "A.5.13", "--fail-on", "minor"], 0),
        (&["--clause", "A.5.13", "--fail-on", "observation"], 1),
        (&["--fail-on", "never"], 0),
        (&["--fail-on", "sometimes"], 2),
        (&["--as-of", "0", "--json"], 1),
    ] {
        assert_eq!(check(args).code, code, "{args:?}");
    }
    // For other tools.
    let sarif = check(&["--sarif"]).json();
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 16);
    let junit = check(&["--junit"]).out;
    assert!(junit.starts_with("<?xml") && junit.trim_end().ends_with("</testsuites>"));
    assert_eq!(junit.matches("<testcase").count(), 364);
    assert_eq!(junit.matches("<failure").count(), 15, "sixteen findings of fifteen rules");
    place.verify();
}

#[test]
fn a_proposal_is_approved_by_whom_it_needs_and_by_nobody_else() {
    let place = Place::with_clinic();
    let people = place.json(&["list", "person", "--where", "app_roles=isms_manager"]);
    let manager = people[0]["ref"].as_str().unwrap().to_owned();
    let risks = place.json(&["list", "risk"]);
    let other = |risk: &&Value| risk["risk_owner"].as_str().is_some_and(|owner| owner != manager);
    let risk = risks.as_array().unwrap().iter().find(other).unwrap();
    let (target, owner) = (risk["ref"].as_str().unwrap(), risk["risk_owner"].as_str().unwrap());
    let fields = json!({ "cause": "said in a proposal" }).to_string();
    let changes = json!([{ "action": "set", "subject": target, "fields": fields }]);
    let changes = format!("changes={changes}");
    place.refused(&["add", "proposal", "title=By nobody", &changes], 3, &["person"]);
    place.ok(&["add", "proposal", "title=A better cause", "why=It is known now.", &changes, "--as", &manager]);
    place.ok(&["do", "P-0001", "offered", "--as", &manager]);
    place.refused(&["do", "P-0001", "approved"], 3, &["signature"]);
    place.refused(&["do", "P-0001", "approved", "--as", &manager], 3, &["P-0001"]);
    assert_ne!(place.json(&["show", target])["cause"], "said in a proposal");
    let done = place.json(&["do", "P-0001", "approved", "--as", owner, "--reason", "Seen."]);
    assert_eq!(done["entries"].as_array().unwrap().last().unwrap()["record"]["state"], "approved");
    assert_eq!(place.json(&["show", target])["cause"], "said in a proposal");
    place.verify();
}
