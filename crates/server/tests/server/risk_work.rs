//! Work on risks and assets: the library, fast entry, the workshop, paste, estimates, practice, own history, the graph.

use attestry_check::measure;
use attestry_model::kind::Role;
use attestry_model::records::{Asset, Risk, Threat, Vulnerability};
use attestry_model::{Isms, Ref};

use crate::client::{Client, Site};

pub fn isms(site: &Site) -> Isms {
    site.app.store.organisation(Some("clinic")).unwrap().isms()
}

pub fn ok(client: &Client<'_>, path: &str) -> String {
    let answer = client.get(path);
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    assert_eq!(answer.text().matches("<h1").count(), 1, "{path}");
    answer.text()
}

/// The value of the first hidden field of that name.
pub fn hidden(page: &str, name: &str) -> String {
    let opening = format!("name=\"{name}\" value=\"");
    page.split(&opening).nth(1).unwrap_or_else(|| panic!("no {name}")).split('"').next().unwrap().to_owned()
}

const PAGES: [&str; 11] = [
    "/risks/library",
    "/risks/library?of=threats&by=deliberate",
    "/risks/library?of=vulnerabilities&q=restore",
    "/risks/library?of=assets&new=1",
    "/risks/workshop",
    "/risks/estimates",
    "/risks/calibration",
    "/risks/calibration?set=1",
    "/risks/R-0001/frequency",
    "/risks/assess?moment=inherent&mine=1",
    "/assets/dependencies?layer=0&row=0",
];

#[test]
fn who_works_in_the_isms_sees_the_pages_and_employees_do_not() {
    let site = Site::clinic();
    for path in PAGES {
        for role in [Role::IsmsManager, Role::RiskOwner, Role::InternalAuditor, Role::TopManagement] {
            ok(&site.role(role), path);
        }
        assert_eq!(site.role(Role::Employee).get(path).status, 403, "{path}");
        assert_eq!(site.stranger().get(path).status, 303, "{path}");
    }
}

#[test]
fn examples_are_picked_adapted_and_written_in_one_change_with_what_they_need() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let page = ok(&manager, "/risks/library?q=mailbox");
    assert!(page.contains("name=\"id\" value=\"scenario/mailbox-takeover\""));
    let adapt = ok(
        &manager,
        "/risks/library/adapt?of=scenarios&id=scenario%2Fmailbox-takeover&id=scenario%2Fnetwork-encrypted",
    );
    assert!(adapt.contains("name=\"title.0\"") && adapt.contains("name=\"title.1\""));
    let before = isms(&site);
    let count_before = before.size();
    let hostile = "<script>alert(1)</script>";
    let fields = [
        ("of", "scenarios"),
        ("id.0", "scenario/mailbox-takeover"),
        ("title.0", hostile),
        ("cause.0", "Somebody types a password on a copied page"),
        ("likelihood.0", "4"),
        ("impact.0", "2"),
        ("assets.0", "AST-0001"),
        ("assets.0", "asset-type/shared-files"),
        ("id.1", "scenario/network-encrypted"),
        ("assets.1", "asset-type/shared-files"),
    ];
    let written = manager.post("/risks/library", &fields);
    assert_eq!(written.status, 303, "{}", written.text());
    assert!(written.location().starts_with("/risks?done=picked%202&undo="), "{}", written.location());
    let after = isms(&site);
    let risk = |tag: &str| after.live::<Risk>().find(|it| it.head.tags.iter().any(|one| one == tag)).unwrap().clone();
    let first = risk("scenario/mailbox-takeover");
    assert_eq!((first.title(), first.current_value), (hostile, Some(8)));
    assert_eq!(first.assets.len(), 2);
    let second = risk("scenario/network-encrypted");
    assert_eq!(first.assets[1], second.assets[0], "the asset is made once");
    for threat in first.threats.iter().chain(&second.threats) {
        assert!(after.get::<Threat>(*threat).is_some());
    }
    let weaknesses = after.live::<Vulnerability>().count() - before.live::<Vulnerability>().count();
    assert!(weaknesses > 0 && !second.vulnerabilities.is_empty());
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    let history = organisation.history(first.reference().any()).unwrap();
    let other = organisation.history(second.reference().any()).unwrap();
    assert_eq!(history[0].at, other[0].at, "one change");
    assert!(after.size() > count_before);
    let again = ok(&manager, "/risks/library?q=mailbox");
    assert!(again.contains(&first.reference().any().to_string()), "it is marked as taken");
    assert!(!ok(&manager, "/risks").contains(hostile));
    assert!(!ok(&manager, "/risks/library?q=mailbox&new=1").contains("value=\"scenario/mailbox-takeover\""));
}

#[test]
fn nothing_of_a_pick_is_written_when_one_of_it_is_wrong_and_nothing_typed_is_lost() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let count_before = isms(&site).size();
    let fields = [
        ("of", "threats"),
        ("id.0", "threat/ransomware"),
        ("title.0", "Ransomware here"),
        ("owner.0", "Nobody Atall"),
        ("id.1", "threat/phishing"),
        ("title.1", ""),
    ];
    let refused = manager.post("/risks/library", &fields);
    assert_eq!(refused.status, 422);
    let text = refused.text();
    assert!(text.contains("Ransomware here") && text.contains("Nobody Atall") && text.contains("is nobody"));
    let without = [("of", "threats"), ("id.0", "threat/ransomware"), ("id.1", "threat/phishing"), ("title.1", "")];
    let refused = manager.post("/risks/library", &without);
    assert_eq!(refused.status, 422, "a title is needed");
    assert_eq!(isms(&site).size(), count_before);
    assert_eq!(manager.post("/risks/library", &[("of", "threats"), ("id.0", "threat/none")]).status, 422);
    assert_eq!(manager.post("/risks/library", &[("of", "everything")]).status, 422);
    assert_eq!(site.role(Role::InternalAuditor).post("/risks/library", &without[..2]).status, 403);
    assert_eq!(
        site.role(Role::InternalAuditor).get("/risks/library/adapt?of=threats&id=threat%2Fransomware").status,
        403
    );
    assert_eq!(manager.get("/risks/library/adapt").status, 303);
    let auditor = ok(&site.role(Role::InternalAuditor), "/risks/library");
    assert!(!auditor.contains("type=\"checkbox\" name=\"id\""), "no box that leads nowhere");
}

#[test]
fn a_reason_for_a_judgement_below_the_proposals_stands_on_the_record_and_goes_when_it_no_longer_applies() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let risk = || isms(&site).get(Ref::<Risk>::new(1)).unwrap().clone();
    let rate = |l: &str, why: &str| {
        let revision = risk().revision.to_string();
        let fields =
            [("revision", revision.as_str()), ("current_likelihood", l), ("current_impact", "1"), ("why", why)];
        manager.post("/risks/R-0001/rate", &fields).status.as_u16()
    };
    assert_eq!(rate("1", ""), 422);
    assert_eq!(rate("1", "nobody was hit in ten years"), 303);
    assert_eq!(risk().override_reason.as_deref(), Some("nobody was hit in ten years"));
    let page = ok(&manager, "/risks/R-0001/rate");
    assert!(page.contains("nobody was hit in ten years"));
    // Without a control the formulas propose the level before treatment: nothing lower is judged then.
    let proposals = measure::proposals(&isms(&site), &risk()).unwrap();
    let (l, i) = (proposals.by_rate.likelihood.to_string(), proposals.by_rate.impact.to_string());
    let revision = risk().revision.to_string();
    let as_proposed =
        [("revision", revision.as_str()), ("current_likelihood", l.as_str()), ("current_impact", i.as_str())];
    assert_eq!(manager.post("/risks/R-0001/rate", &as_proposed).status, 303);
    assert_eq!(risk().override_reason, None);
}

#[test]
fn threat_and_weakness_suggest_a_likelihood_and_are_kept() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let revision = isms(&site).get(Ref::<Risk>::new(2)).unwrap().revision.to_string();
    let fields = [
        ("revision", revision.as_str()),
        ("current_likelihood", "5"),
        ("current_impact", "5"),
        ("threat_level", "1"),
        ("ease_of_exploitation", "2"),
    ];
    assert_eq!(manager.post("/risks/R-0002/rate", &fields).status, 303);
    let risk = isms(&site).get(Ref::<Risk>::new(2)).unwrap().clone();
    assert_eq!((risk.threat_level.unwrap().0, risk.ease_of_exploitation.unwrap().0), (1, 2));
    assert!(ok(&manager, "/risks/R-0002/rate").contains("Suggested likelihood: <b>2</b>"), "halves count up");
    let wrong = [&fields[..3], &[("threat_level", "often")]].concat();
    let revision = risk.revision.to_string();
    let mut wrong = wrong;
    wrong[0].1 = &revision;
    assert_eq!(manager.post("/risks/R-0002/rate", &wrong).status, 422);
}

#[test]
fn fast_entry_writes_the_moment_it_shows_and_makes_new_risks() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let risk = isms(&site).get(Ref::<Risk>::new(2)).unwrap().clone();
    let revision = risk.revision.to_string();
    let fields =
        [("revision R-0002", revision.as_str()), ("inherent_likelihood R-0002", "5"), ("inherent_impact R-0002", "5")];
    let saved = manager.post("/risks/assess?moment=inherent", &fields);
    let went = saved.location();
    assert_eq!(saved.status, 303);
    assert!(went.starts_with("/risks/assess?moment=inherent&done=assessed%201&undo="), "{went}");
    let after = isms(&site).get(Ref::<Risk>::new(2)).unwrap().clone();
    assert_eq!((after.inherent_value, after.current_value), (Some(25), risk.current_value));
    let new = [
        ("title new-1", "Water in the archive"),
        ("current_likelihood new-1", "2"),
        ("current_impact new-1", "3"),
        ("title new-2", ""),
        ("current_likelihood new-2", "4"),
        ("title new-3", ""),
    ];
    let refused = manager.post("/risks/assess", &new);
    assert_eq!(refused.status, 422, "the second row has no title");
    let made = isms(&site).live::<Risk>().find(|it| it.title() == "Water in the archive").unwrap().clone();
    assert_eq!((made.current_value, made.risk_owner), (Some(6), manager.person));
    assert!(refused.text().contains("e-new-2") && !refused.text().contains("e-new-3"));
}

const SHEET: &str = "Name\tType\tClass\tOwner\tC\tI\tA\tDepends on\tRoom\n\
    Booking desk\tsoftware\tsupporting\tPER-0002\t3\t3\t4\tBooking server\t2.04\n\
    Booking server\thardware\tsupporting\tPER-0002\t2\t2\t2\t\t\n";

#[test]
fn rows_of_a_spreadsheet_become_assets_that_name_each_other_in_one_change() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    ok(&manager, "/assets/paste");
    let preview = manager.post("/assets/paste", &[("text", SHEET), ("act", "preview")]);
    assert_eq!(preview.status, 200, "{}", preview.text());
    assert!(preview.text().contains("2 rows: 2 new, 0 that change") && preview.text().contains("value=\"write\""));
    let before = isms(&site).live::<Asset>().count();
    let written = manager.post("/assets/paste", &[("text", SHEET), ("act", "write")]);
    assert!(written.location().starts_with("/assets?done=pasted%202&undo="), "{}", written.text());
    let after = isms(&site);
    assert_eq!(after.live::<Asset>().count(), before + 2);
    let asset = |title: &str| after.live::<Asset>().find(|it| it.title() == title).unwrap().clone();
    let (desk, server) = (asset("Booking desk"), asset("Booking server"));
    assert_eq!(desk.depends_on, [server.reference()]);
    assert_eq!((desk.c_value.unwrap().0, desk.owner), (3, Some(Ref::new(2))));
    assert_eq!(desk.head.notes.as_ref().map(|it| it.0.as_str()), Some("Room: 2.04"), "nothing is lost");
    // The same again, with the number of the record: it changes what is there.
    let change = format!("id;name;availability\n{};Booking desk;5\n", desk.reference().any());
    let written = manager.post("/assets/paste", &[("text", &change), ("act", "write")]);
    assert_eq!(written.status, 303, "{}", written.text());
    assert_eq!(isms(&site).get(desk.reference()).unwrap().a_value.unwrap().0, 5);
}

/// The address at which the toast of a page takes the step back.
fn undo_of(page: &str) -> String {
    let toast = page.split("data-toast-now").nth(1).expect("something was done");
    toast.split("action=\"").nth(1).expect("it can be undone").split('"').next().unwrap().to_owned()
}

#[test]
fn a_step_over_several_records_is_taken_back_as_one_and_only_while_nothing_else_happened() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let before = isms(&site);
    let risk = |isms: &Isms, number| isms.get(Ref::<Risk>::new(number)).unwrap().clone();
    let rate = |fields: &[(&str, &str)]| {
        let named = (2..=3).filter(|it| fields.iter().any(|(name, _)| name.ends_with(&format!("R-000{it}"))));
        let versions: Vec<(String, String)> =
            named.map(|it| (format!("revision R-000{it}"), risk(&isms(&site), it).revision.to_string())).collect();
        let versions = versions.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        manager.post("/risks/assess?moment=inherent", &versions.chain(fields.iter().copied()).collect::<Vec<_>>())
    };
    let both = [
        ("inherent_likelihood R-0002", "1"),
        ("inherent_impact R-0002", "1"),
        ("inherent_likelihood R-0003", "1"),
        ("inherent_impact R-0003", "2"),
    ];
    let saved = rate(&both);
    assert_eq!(saved.status, 303, "{}", saved.text());
    assert_eq!(risk(&isms(&site), 3).inherent_value, Some(2));
    let undo = undo_of(&ok(&manager, saved.location()));
    assert_eq!(site.role(Role::RiskOwner).post(&undo, &[]).status, 409, "it was somebody else's");
    let undone = manager.post(&undo, &[]);
    assert_eq!(undone.location(), "/risks?done=step-undone%202", "{}", undone.text());
    for number in [2, 3] {
        let (was, is) = (risk(&before, number), risk(&isms(&site), number));
        assert_eq!((is.inherent_value, is.inherent_impact), (was.inherent_value, was.inherent_impact), "{number}");
    }
    assert_eq!(manager.post(&undo, &[]).status, 409, "it is undone already");
    // Once anything else happened to one of them, nothing is touched.
    let undo = undo_of(&ok(&manager, rate(&both).location()));
    let one = [("inherent_likelihood R-0003", "5"), ("inherent_impact R-0003", "5")];
    assert_eq!(rate(&one).status, 303);
    assert_eq!(manager.post(&undo, &[]).status, 409);
    assert_eq!((risk(&isms(&site), 2).inherent_value, risk(&isms(&site), 3).inherent_value), (Some(1), Some(25)));
    // What a paste made is voided, with a reason.
    let count = isms(&site).live::<Asset>().count();
    let written = manager.post("/assets/paste", &[("text", SHEET), ("act", "write")]);
    let undo = undo_of(&ok(&manager, written.location()));
    let undone = manager.post(&undo, &[]);
    assert_eq!(undone.location(), "/assets?done=step-undone%202", "{}", undone.text());
    let after = isms(&site);
    assert_eq!(after.live::<Asset>().count(), count);
    let desk = after.table::<Asset>().iter().find(|it| it.title() == "Booking desk").unwrap();
    assert_eq!(desk.head.void_reason.as_deref(), Some("Taken back as one step by its author"));
    for nonsense in ["1-0", "x", "5", "1-99999999", "9999999-9999999"] {
        assert_eq!(manager.post(&format!("/activity/undo/{nonsense}"), &[]).status, 404, "{nonsense}");
    }
    assert_eq!(manager.post("/activity/undo/0-3", &[]).status, 409, "the import is nobody's step");
}

#[test]
fn dimensions_suggest_an_impact_and_are_kept() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let revision = || isms(&site).get(Ref::<Risk>::new(2)).unwrap().revision.to_string();
    let send = |more: &[(&str, &str)]| {
        let revision = revision();
        let fields = [("revision", revision.as_str()), ("current_likelihood", "5"), ("current_impact", "5")];
        manager.post("/risks/R-0002/rate", &[&fields[..], more].concat())
    };
    let dimensions = [
        ("impact_legal", "4"),
        ("impact_patient_or_customer", "2"),
        ("impact_operations", "3"),
        ("impact_reputation", ""),
    ];
    assert_eq!(send(&dimensions).status, 303);
    let risk = isms(&site).get(Ref::<Risk>::new(2)).unwrap().clone();
    assert_eq!(risk.impacts().map(|it| it.1.map(|it| it.0)), [Some(4), Some(2), Some(3), None]);
    assert!(ok(&manager, "/risks/R-0002/rate").contains("Suggested impact: <b>4</b>"), "the worst of them");
    let refused = send(&[("impact_legal", "9")]);
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("href=\"#field-impact_legal\""), "{}", refused.text());
    assert_eq!(send(&[]).status, 303);
    let kept = isms(&site).get(Ref::<Risk>::new(2)).unwrap().clone();
    assert_eq!(kept.impacts(), risk.impacts(), "what a form does not hold is left alone");
}

#[test]
fn what_is_wrong_with_a_paste_is_told_by_row_and_column_and_nothing_is_written() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let count_before = isms(&site).size();
    let wrong = "Name,Type,C,Owner,Depends on\n\
        A <b>,spaceship,3,PER-0002,\n\
        B,hardware,nine,PER-0002,\n\
        C,hardware,99,nobody,\n\
        D,hardware,1,PER-0002,E\n\
        E,hardware,1,PER-0002,D\n\
        F,hardware,1,PER-0002,no such thing\n\
        F,hardware,1,PER-0002,\n";
    let refused = manager.post("/assets/paste", &[("text", wrong), ("act", "write")]);
    assert_eq!(refused.status, 422);
    let text = refused.text();
    for told in [
        "is none of: Information",
        "must be a whole number",
        "“nobody” is nothing that is known here",
        "names rows that name this one again",
        "“no such thing” is nothing",
        "stands on line 7 too",
    ] {
        assert!(text.contains(told), "{told}");
    }
    assert!(text.contains("spaceship") && !text.contains("A <b>"), "what was pasted is kept, and escaped");
    assert!(!text.contains("value=\"write\""));
    // What only deciding finds is told at its cell too.
    let high = "Name,C\nA,9\n";
    let refused = manager.post("/assets/paste", &[("text", high), ("act", "preview")]).text();
    assert!(refused.contains("but the scale in force ends at"), "{refused}");
    for (text, told) in [("", "no rows"), ("Name,C\n\"A,1\n", "begins on line 2"), ("Name\n", "no rows")] {
        let refused = manager.post("/assets/paste", &[("text", text), ("act", "preview")]);
        assert!(refused.status == 422 && refused.text().contains(told), "{text:?}");
    }
    let unnamed = manager.post("/assets/paste", &[("text", "Kiosk\t4\n"), ("map.0", "title"), ("map.1", "a_value")]);
    assert!(unnamed.status == 200 && unnamed.text().contains("no names of columns"), "{}", unnamed.text());
    assert_eq!(isms(&site).size(), count_before);
    assert_eq!(site.role(Role::InternalAuditor).get("/assets/paste").status, 403);
    assert_eq!(site.role(Role::InternalAuditor).post("/assets/paste", &[("text", SHEET)]).status, 403);
    assert_eq!(manager.get("/nothing/paste").status, 404);
}

#[test]
fn estimates_come_in_from_a_file_with_what_is_wrong_told_by_row_and_column() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let head = "Risk;Low;Likely;High;Loss low;Loss high;Currency;Distribution\n";
    let good = format!("{head}R-0001;0,2;0,6;1,5;15,000;260,000;USD;PERT\nR-0003;1;;1;2000;2000;;constant\n");
    let preview = manager.post("/risks/estimates", &[("text", &good), ("act", "preview")]);
    assert_eq!(preview.status, 200, "{}", preview.text());
    // The worked example C: mean 62,150.44 a year.
    assert!(preview.text().contains("62"), "{}", preview.text());
    let written = manager.post("/risks/estimates", &[("text", &good), ("act", "write")]);
    assert!(written.location().starts_with("/risks/loss?done=estimated%202&undo="), "{}", written.text());
    let risk = isms(&site).get(Ref::<Risk>::new(1)).unwrap().clone();
    assert_eq!(risk.ale_mean, "62150 USD".parse().ok());
    let p95: f64 = risk.ale_p95.unwrap().amount().to_string().parse().unwrap();
    assert!((p95 / 275_600.0 - 1.0).abs() < 0.005, "{p95}");
    let third = isms(&site).get(Ref::<Risk>::new(3)).unwrap().clone();
    assert_eq!(third.lef_mode, None);

    let count_before = isms(&site).size();
    let bad = format!(
        "{head}R-9999;1;1;1;1;1;;\nR-0001;3;2;1;1;2;;\nR-0001;1;1;1;1;1;;\nR-0002;1;;2;9;2;;pert\nR-0004;x;;1;;1;DOUBLOON;round\n"
    );
    let refused = manager.post("/risks/estimates", &[("text", &bad), ("act", "write")]);
    assert_eq!(refused.status, 422);
    let text = refused.text();
    for told in [
        "is no risk that is known",
        "stands in the file already",
        "PERT needs a likely value",
        "is no currency",
        "is none of pert",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
    assert!(text.contains("DOUBLOON"));
    assert_eq!(isms(&site).size(), count_before);
    let missing = manager.post("/risks/estimates", &[("text", "risk,low\nR-0001,1\n")]);
    assert!(missing.status == 422 && missing.text().contains("high, loss_low, loss_high"));
    assert_eq!(site.role(Role::InternalAuditor).post("/risks/estimates", &[("text", &good)]).status, 403);
}

#[test]
fn practice_scores_ranges_and_keeps_nothing() {
    let site = Site::clinic();
    let owner = site.role(Role::RiskOwner);
    let page = ok(&owner, "/risks/calibration");
    let names: Vec<&str> = page
        .split("name=\"")
        .skip(1)
        .filter_map(|it| it.split("-low\"").next())
        .filter(|it| !it.contains('"'))
        .collect();
    assert_eq!(names.len(), 10, "{names:?}");
    let count_before = isms(&site).size();
    let ends: Vec<(String, &str)> =
        names.iter().flat_map(|it| [(format!("{it}-low"), "0"), (format!("{it}-high"), "1e12")]).collect();
    let mut fields: Vec<(&str, &str)> = ends.iter().map(|it| (it.0.as_str(), it.1)).collect();
    fields.push(("set", "0"));
    let wide = owner.post("/risks/calibration", &fields);
    assert!(wide.status == 200 && wide.text().contains("10 of 10 ranges hold the truth"), "{}", wide.text());
    for it in fields.iter_mut().filter(|it| it.0.ends_with("-high")) {
        it.1 = "0.5";
    }
    let narrow = owner.post("/risks/calibration", &fields).text();
    assert!(narrow.contains("0 of 10") && narrow.contains("too narrow"));
    fields.truncate(4);
    let partly = owner.post("/risks/calibration", &fields);
    assert!(partly.status == 422 && partly.text().contains("8 questions have no range yet"));
    assert_eq!(isms(&site).size(), count_before);
}

#[test]
fn the_own_history_moves_what_is_believed_and_can_be_taken_over() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let quiet = ok(&manager, "/risks/R-0001/frequency?years=20&events=0");
    let busy = ok(&manager, "/risks/R-0001/frequency?years=2&events=9");
    let now = |page: &str| -> f64 {
        page.split("To be believed now</dt><dd>").nth(1).unwrap().split('<').next().unwrap().parse().unwrap()
    };
    // Before: PERT(0.2, 0.6, 1.5), mean 0.683 and variance 0.05639, that is Gamma(8.28, 12.12).
    assert!((now(&quiet) - 8.2806 / (12.1183 + 20.0)).abs() < 0.001, "{}", now(&quiet));
    assert!((now(&busy) - 17.2806 / 14.1183).abs() < 0.01, "{}", now(&busy));
    assert!(busy.contains("the risk should be judged again"));
    let revision = isms(&site).get(Ref::<Risk>::new(1)).unwrap().revision.to_string();
    let fields = [("revision", revision.as_str()), ("years", "2"), ("events", "9")];
    assert_eq!(manager.post("/risks/R-0001/frequency", &fields).status, 303);
    let risk = isms(&site).get(Ref::<Risk>::new(1)).unwrap().clone();
    assert!(risk.lef_min < risk.lef_mode && risk.lef_mode < risk.lef_max);
    assert_eq!(risk.ale_mean, None, "what was simulated before says nothing about this range");
    for query in ["years=0", "years=x", "events=-1", "events=1e9", "years=1000"] {
        let page = ok(&manager, &format!("/risks/R-0001/frequency?{query}"));
        assert!(page.contains("aria-invalid"), "{query}");
    }
    assert_eq!(manager.get("/risks/R-9999/frequency").status, 404);
    assert_eq!(site.role(Role::InternalAuditor).post("/risks/R-0001/frequency", &fields).status, 403);
}

#[test]
fn cells_of_a_narrowed_matrix_lead_to_the_list_that_they_count() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let isms = isms(&site);
    let category = "information";
    let page = ok(&manager, &format!("/risks/matrix?category={category}"));
    let link = page.split("href=\"/risks?current_likelihood=").nth(1).unwrap();
    let (rest, shown) = link.split_once('"').unwrap();
    let count: usize = shown.split("aria-hidden=\"true\">").nth(1).unwrap().split('<').next().unwrap().parse().unwrap();
    let href = format!("/risks?current_likelihood={}", rest.replace("&#38;", "&"));
    assert!(href.ends_with(&format!("assets.category={category}")), "{href}");
    let list = ok(&manager, &href);
    assert!(list.contains(&format!("{count} of ")), "{href} {count}");
    assert!(list.contains("Information"), "the condition is told");
    let of_unit = isms.live::<Asset>().find_map(|it| it.org_unit).unwrap().any();
    ok(&manager, &format!("/risks?assets.org_unit={of_unit}"));
    assert_eq!(manager.get("/risks?assets.category=nonsense").status, 422);
    assert_eq!(manager.get("/risks?assets.nothing=1").status, 422);
}

#[test]
fn ten_thousand_assets_are_laid_out_and_drawn_in_a_bounded_page() {
    use attestry_model::decide::ImportRecord;
    use attestry_model::{AnyRef, Command, Kind, Principal};
    let site = Site::clinic();
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    let first = isms(&site).next_number(Kind::Asset);
    let kinds = ["information", "software", "hardware", "network", "cloud_service"];
    let record = |at: u32| {
        // A hundred processes on a thousand systems on servers on lines.
        let below: Vec<String> = [at * 7 + 101, at * 3 + 211]
            .into_iter()
            .filter(|it| *it > at && *it < 10_000)
            .map(|it| AnyRef { kind: Kind::Asset, number: first + it }.to_string())
            .collect();
        let fields = serde_json::json!({
            "title": format!("Asset {at}"), "state": "active", "category": kinds[at as usize % kinds.len()],
            "c_value": at % 5 + 1, "i_value": 2, "a_value": 1, "inherits_values": true, "depends_on": below,
        });
        let fields = fields.as_object().unwrap().clone();
        let reference = AnyRef { kind: Kind::Asset, number: first + at };
        ImportRecord { reference, fields, source: "made".to_owned() }
    };
    let records = (0..10_000).map(record).collect();
    organisation.submit(&Principal::operator(), Command::Import { records, reason: None }).unwrap();
    let manager = site.role(Role::IsmsManager);
    let start = AnyRef { kind: Kind::Asset, number: first + 211 };
    ok(&manager, "/assets/dependencies");
    for path in ["/assets/dependencies".to_owned(), format!("/assets/dependencies?start={start}&depth=4")] {
        let begun = std::time::Instant::now();
        let page = ok(&manager, &path);
        println!("{path}: {:?}, {} bytes", begun.elapsed(), page.len());
        assert!(page.len() < 400_000, "{path} is bounded: {}", page.len());
        assert!(page.contains("<svg class=\"deps\"") && page.matches("class=\"dn ").count() <= 96);
    }
    let found = ok(&manager, "/assets/dependencies?find=Asset%20211");
    assert!(found.contains(&format!("{start} · Asset 211")));
    let several = ok(&manager, "/assets/dependencies?find=Asset%202");
    assert!(several.contains("Asset 2"));
    assert_eq!(manager.get("/assets/dependencies?find=nothing%20of%20the%20kind").status, 404);
}

#[test]
fn an_inherited_need_is_shown_with_its_source() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    // The line needs less than what depends on it, and takes that over.
    let line: Ref<Asset> = Ref::new(25);
    let change = "id;confidentiality\nAST-0025;2\n";
    assert_eq!(manager.post("/assets/paste", &[("text", change), ("act", "write")]).status, 303);
    let isms = isms(&site);
    let needs = measure::Needs::of(&isms);
    let at = needs.assets.iter().position(|it| *it == line).unwrap();
    let origin = needs.assets[*needs.source(at, 0).last().expect("it inherits")].any();
    assert_eq!((needs.own[at][0], needs.effective(at)[0]), (2, 5));
    let page = ok(&manager, "/assets/dependencies?start=AST-0025");
    let own = "class=\"sm plainlink\" href=\"/assets/dependencies?start=AST-0025\"";
    let row = page.split(own).nth(1).unwrap().split("</tr>").next().unwrap();
    assert!(row.contains(&origin.to_string()) && row.contains("<b>C</b>"), "{row}");
}
