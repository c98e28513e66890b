//! Small registers that show one thing each.

use std::collections::BTreeMap;

use attestry_exchange::registers::mapping::shipped;
use attestry_exchange::{Mapping, import, scenario};
use attestry_model::Isms;
use attestry_model::records::Kind;
use serde_json::json;

use super::{by, csv_file, fields, now, plan, sourced, taken};

#[test]
fn a_torn_row_is_not_placed_and_makes_nobody_up() {
    let text = "ID,Supplier,Service,Category,Criticality,Data Accessed,Contract End,Status,Owner\n\
                SUP-1,Acme,Hosting,backup,SaaS,High,Logs,2026-12-31,Active,Anna Weber\n\
                SUP-2,Beta, Inc,Hosting, mail,SaaS,High,Logs,2026-12-31,Active,Anna Weber\n\
                SUP-3,Gamma,Hosting,SaaS,High,Logs, PII,2026-12-31,Active\n";
    let plan = plan(&csv_file("supplier-register.csv", text), &Isms::default());
    let names = |kind| {
        let all = plan.records.iter().filter(move |it| it.reference.kind == kind);
        all.map(|it| it.fields["title"].as_str().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(names(Kind::Supplier), ["Beta, Inc", "Gamma"]);
    assert_eq!(names(Kind::Person), ["Anna Weber"]);
    let unread = &plan.report.unread[0];
    assert_eq!((unread.line, plan.report.unread.len()), (Some(2), 1));
    assert_eq!(unread.content, "SUP-1,Acme,Hosting,backup,SaaS,High,Logs,2026-12-31,Active,Anna Weber");
    assert!(unread.reason.starts_with("has 10 columns, the heading has 9"), "{}", unread.reason);
}

#[test]
fn owners_are_people_roles_or_units_and_else_stay_in_the_notes() {
    let text = "ID,Asset Name,Type,Owner\n1,A,Data,Anna Weber\n2,B,Data,\"Weber, Anna\"\n3,C,Data,On change\n\
                4,D,Data,Active\n5,E,Data,IT Operations\n6,F,Data,\"Schulz, Markus\"\n";
    let plan = plan(&csv_file("asset-register.csv", text), &Isms::default());
    let people = plan.records.iter().filter(|it| it.reference.kind == Kind::Person);
    let people: Vec<&str> = people.map(|it| it.fields["title"].as_str().unwrap()).collect();
    assert_eq!(people, ["Anna Weber", "IT Operations"]);
    let anna = by(&plan.records, Kind::Person, "title", "Anna Weber").reference.to_string();
    assert_eq!(by(&plan.records, Kind::Asset, "title", "B").fields["owner"], anna.as_str());
    let left: Vec<(&str, &str)> = plan
        .report
        .unplaced
        .iter()
        .filter(|it| it.column == "Owner")
        .map(|it| (it.value.as_str(), it.reason.as_str()))
        .collect();
    let reason = "names nobody known, and no role or unit";
    assert_eq!(left, [("On change", reason), ("Active", reason), ("Schulz, Markus", reason)]);
}

#[test]
fn an_amount_that_may_be_thousands_is_read_only_as_its_column_shows() {
    let costs = |other: &str, sign: Option<char>| {
        let text = format!("ID;Risk ID;Action;Budget (EUR)\n1;R;Lock;12.500\n2;R;Key;{other}\n");
        let mut mapping = shipped().clone();
        mapping.reading.decimal = sign;
        let files = csv_file("risk-treatment-plan.csv", &text);
        let plan = import(&files, &Isms::default(), Some(&mapping), now()).unwrap();
        by(&plan.records, Kind::TreatmentAction, "title", "Lock").fields.get("cost_once").cloned()
    };
    assert_eq!(costs("8000", None), None);
    assert_eq!(costs("8.000,00", None), Some(json!("12500.00 EUR")));
    assert_eq!(costs("8000.50", None), Some(json!("12.50 EUR")));
    assert_eq!(costs("8000", Some(',')), Some(json!("12500.00 EUR")));
}

#[test]
fn times_without_a_zone_are_those_of_the_organisation() {
    let own = csv_file("organization.yaml", "- ref: ORG-0001\n  title: X\n  timezone: Europe/Berlin\n");
    let isms = taken(&Isms::default(), scenario::read_folder(&own, &Isms::default()).unwrap());
    let files = csv_file("incident-register.csv", "ID,Title,Severity,Reported At\n1,Fire,Low,2026-01-22 09:14\n");
    let reported = |isms: &Isms| {
        let plan = plan(&files, isms);
        (by(&plan.records, Kind::Incident, "title", "Fire").fields["aware_at"].clone(), plan.report.warnings.len())
    };
    assert_eq!(reported(&isms), (json!("2026-01-22T08:14:00Z"), 0));
    assert_eq!(reported(&Isms::default()), (json!("2026-01-22T09:14:00Z"), 1), "that it was taken as UTC is told");
}

#[test]
fn a_register_in_other_words_is_read_by_the_same_mapping() {
    let files = csv_file(
        "Risikoliste.csv",
        "\u{feff}Risk ID;Risk;Risk owner;Probability;Impact;Score;Date Assessed;Treatment;Status\r\n\
         7;Fire;Anna Weber;2;5;10;31.01.2026;Transfer;Monitored\r\n",
    );
    let plan = plan(&files, &Isms::default());
    let risk = by(&plan.records, Kind::Risk, "title", "Fire");
    assert_eq!(risk.fields["assessed_on"], "2026-01-31");
    assert_eq!(risk.fields["inherent_value"], 10);
    assert_eq!(risk.fields["state"], "monitored");
    assert_eq!(sourced(&plan.records, Kind::Treatment, "risk-register/7")["option"], "transfer");
    assert_eq!(by(&plan.records, Kind::Person, "name", "Anna Weber").fields["state"], "invited");
}

#[test]
fn a_value_that_cannot_be_known_stays_in_the_notes_with_its_reason() {
    let files = csv_file(
        "risk-treatment-plan.csv",
        "ID,Risk ID,Action,Owner,Due Date,Budget,Status\nT-1,R-404,Lock the door,Vendor,03/04/2026,100,Perhaps\n",
    );
    let plan = plan(&files, &Isms::default());
    let reasons: BTreeMap<&str, &str> =
        plan.report.unplaced.iter().map(|it| (it.column.as_str(), it.reason.as_str())).collect();
    assert_eq!(
        reasons,
        BTreeMap::from([
            ("Risk ID", "names none of the treatment decisions"),
            ("Owner", "is nobody of the organisation"),
            ("Due Date", "may be day or month first; set date_order in the mapping"),
            ("Budget", "names no currency, and neither does the heading or the organisation"),
            ("Status", "the mapping does not know this word"),
        ])
    );
    let action = by(&plan.records, Kind::TreatmentAction, "title", "Lock the door");
    assert_eq!(
        action.fields["notes"],
        "From risk-treatment-plan.csv, T-1:\n- Risk ID: R-404\n- Owner: Vendor\n- Due Date: 03/04/2026\n- Budget: 100\n- Status: Perhaps"
    );
    let mut mapping = shipped().clone();
    mapping.reading.date_order = Some(attestry_exchange::registers::mapping::DateOrder::Mdy);
    mapping.reading.currency = Some("CHF".to_owned());
    let told = import(&files, &Isms::default(), Some(&mapping), now()).unwrap();
    let action = by(&told.records, Kind::TreatmentAction, "title", "Lock the door");
    assert_eq!(
        (action.fields["due"].as_str(), action.fields["cost_once"].as_str()),
        (Some("2026-03-04"), Some("100.00 CHF"))
    );
}

#[test]
fn a_record_of_the_same_title_is_met_and_not_overwritten() {
    let own = scenario::read_folder(
        &csv_file("asset.csv", "ref,title,state,rto_hours\nAST-0001,Customer database,retired,8\n"),
        &Isms::default(),
    );
    let isms = taken(&Isms::default(), own.unwrap());
    let files =
        csv_file("asset-register.csv", "ID,Asset Name,Type,RTO,Status\nA1,Customer Database,Information,4h,Active\n");
    let plan = plan(&files, &isms);
    assert_eq!((plan.report.total().matched, plan.report.total().total()), (1, 1));
    let asset = &plan.records[0].fields;
    assert_eq!((asset["state"].as_str(), asset["rto_hours"].as_str()), (Some("retired"), Some("8")));
    assert_eq!(asset["category"], "information", "an empty field is filled");
    assert_eq!(plan.report.warnings.len(), 1);
    let after = taken(&isms, plan.records);
    assert_eq!(import(&files, &after, None, now()).unwrap().records, []);
}

#[test]
fn rows_without_identifiers_and_with_the_same_title_are_different_records() {
    let text = "Title,Severity,Status\nPhishing,Low,Open\nPhishing,High,Closed\n";
    let files = csv_file("incident-register.csv", text);
    let first = plan(&files, &Isms::default());
    assert_eq!(first.records.len(), 2);
    let isms = taken(&Isms::default(), first.records);
    assert_eq!(plan(&files, &isms).records, []);
}

#[test]
fn a_value_that_contradicts_its_record_is_kept_in_the_notes_instead() {
    let text =
        "ID,Description,Reason,Granted,Expires,Status\nE1,Short password,Old system,2026-08-01,2026-02-01,Active\n";
    let plan = plan(&csv_file("exceptions-register.csv", text), &Isms::default());
    let isms = taken(&Isms::default(), plan.records);
    let kept = fields(&isms, "EXC-0001");
    let both = kept.contains_key("valid_from") && kept.contains_key("expires_on");
    let noted = kept.get("notes").is_some_and(|notes| notes.as_str().unwrap().contains("2026-02-01"));
    assert!(both != noted, "either the kind accepts the order of the dates, or one of them is in the notes");
}

#[test]
fn what_no_register_fits_is_told_and_proposed_as_an_empty_register() {
    let files = csv_file("lunch.csv", "Day,Dish\nMonday,Soup\n");
    let plan = plan(&files, &Isms::default());
    assert_eq!(plan.records, []);
    assert_eq!(
        (plan.report.unread[0].file.as_str(), plan.report.unread[0].content.as_str()),
        ("lunch.csv", "Day, Dish")
    );
    let mut mapping = plan.mapping.unwrap();
    assert_eq!(mapping.registers[0].unplaced, ["Day", "Dish"]);
    let text = mapping.to_toml()
        + "\n[[register.record]]\nkind = \"task\"\n[register.record.fields]\ntitle = \"Dish\"\nwhat = \"Day\"\n";
    mapping = Mapping::from_toml("lunch.toml", &text).unwrap();
    let told = import(&files, &Isms::default(), Some(&mapping), now()).unwrap();
    assert_eq!(by(&told.records, Kind::Task, "title", "Soup").fields["what"], "Monday");
}

#[test]
fn a_heading_below_a_title_is_found() {
    let text = "Risk register of Example Ltd,,\n,,\nID,Risk Title,Likelihood\n1,Fire,2\n";
    let plan = plan(&csv_file("risk-register.csv", text), &Isms::default());
    assert_eq!(by(&plan.records, Kind::Risk, "title", "Fire").fields["inherent_likelihood"], 2);
    assert_eq!(plan.report.unread[0].line, Some(1));
}
