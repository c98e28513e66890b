//! The documents from real records: the demonstration clinic, an ISMS that is nearly empty, and a published kit.

mod documents {
    mod assets;
    mod readiness;
    pub mod reading;
    mod risks;
}

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use attestry_model::Isms;
use attestry_report::documents::{DOCUMENTS, Edition, Medium};
use attestry_report::{Block, Cell, Conformance, Document, render_csv, render_html, render_pdf_here, render_xlsx};

use documents::reading::*;

// ---- the Statement of Applicability ----

#[test]
fn every_edition_on_every_medium_has_the_93_controls_of_annex_a_in_their_order() {
    let clinic = clinic();
    let ids: Vec<String> = [(5, 37), (6, 8), (7, 14), (8, 34)]
        .iter()
        .flat_map(|(theme, count)| (1..=*count).map(move |n| format!("A.{theme}.{n}")))
        .collect();
    for (edition, medium) in EDITIONS {
        let document = build(&clinic, "soa", edition, medium);
        let rows = rows(table(&document, "Controls of Annex A"));
        let told: Vec<String> = rows.iter().map(|row| row[0].lines().next().unwrap_or_default().to_owned()).collect();
        assert_eq!(told, ids, "{edition:?} {medium:?}");
    }
}

#[test]
fn the_counts_of_the_summary_add_up_to_93() {
    let document = build(&clinic(), "soa", Edition::Internal, Medium::Page);
    let Some(Block::Tally(counts)) = blocks(&document, "Summary").iter().find(|block| matches!(block, Block::Tally(_)))
    else {
        panic!("no tally")
    };
    let counts: Vec<(&str, u32)> = counts.iter().map(|count| (count.word.as_str(), count.count)).collect();
    assert_eq!(counts, [("implemented", 87), ("partly", 2), ("excluded", 4)]);
    assert!(prose(&document, "Summary").contains("89 are applicable and 4 are not."));
    let summaries: Vec<&str> =
        table(&document, "Controls of Annex A").groups.iter().map(|group| group.summary.as_str()).collect();
    assert_eq!(
        summaries,
        [
            "37 of 37 applicable, 37 implemented",
            "8 of 8 applicable, 8 implemented",
            "14 of 14 applicable, 14 implemented",
            "30 of 34 applicable, 28 implemented"
        ]
    );
}

#[test]
fn every_row_of_the_statement_says_what_its_record_says() {
    let document = build(&clinic(), "soa", Edition::Internal, Medium::Sheet);
    let rows: BTreeMap<String, Vec<String>> =
        rows(table(&document, "Controls of Annex A")).into_iter().map(|row| (row[0].clone(), row)).collect();
    let people: BTreeMap<String, String> =
        file("person.csv").into_iter().map(|row| (row["ref"].clone(), row["name"].clone())).collect();
    let letters = [("risk", "R"), ("legal", "L"), ("contractual", "C"), ("business", "B"), ("interested_party", "P")];
    let tests = file("control_test.csv");
    let proofs = file("evidence.csv");
    let mut compared = 0;
    for record in file("applicability.csv").iter().filter(|record| record["annex_id"].starts_with("A.")) {
        let row = &rows[&record["annex_id"]];
        let reasons: Vec<&str> = list(&record["reasons"])
            .map(|reason| letters.iter().find(|(name, _)| *name == reason).expect("a reason").1)
            .collect();
        let controls: Vec<&str> = list(&record["controls"]).collect();
        let status = match record["implementation"].as_str() {
            "" => "excluded",
            "partial" => "partly",
            other => other,
        };
        let proofs: Vec<&str> = proofs
            .iter()
            .filter(|proof| proof["state"] == "accepted")
            .filter(|proof| list(&proof["supports_controls"]).any(|control| controls.contains(&control)))
            .map(|proof| proof["ref"].as_str())
            .collect();
        let last = tests
            .iter()
            .filter(|test| controls.contains(&test["control"].as_str()))
            .max_by_key(|test| &test["tested_on"]);
        let last =
            last.map_or(String::new(), |test| format!("{} {}", test["tested_on"], test["result"].replace('_', " ")));
        let wanted = [
            if record["applicable"] == "true" { "yes" } else { "no" }.to_owned(),
            reasons.join(" "),
            record["justification"].clone(),
            record["risks"].replace(';', " "),
            record["obligations"].replace(';', " "),
            status.to_owned(),
        ];
        assert_eq!(row[2..8], wanted, "{}", record["annex_id"]);
        for control in controls {
            assert!(row[8].contains(&format!("{control} ")), "{}: {}", record["annex_id"], row[8]);
        }
        let wanted = [
            people.get(&record["responsible"]).cloned().unwrap_or_default(),
            record["planned_date"].clone(),
            proofs.join(" "),
            last,
        ];
        assert_eq!(row[10..14], wanted, "{}", record["annex_id"]);
        assert_eq!(row[15], record["ref"]);
        compared += 1;
    }
    assert_eq!(compared, 93);
    assert_eq!(rows["A.5.1"][9], "DOC-0001", "the register names the policy for A.5.1");
}

#[test]
fn the_external_edition_keeps_to_itself_what_is_the_organisations_own() {
    let clinic = clinic();
    for medium in [Medium::Page, Medium::Sheet] {
        let document = build(&clinic, "soa", Edition::External, medium);
        let html = render_html(&document).expect("html");
        for inner in ["EV-0003", "Grace Lindqvist</td>", "PER-", "CT-0003", "How implemented", "Owner"] {
            assert!(!html.contains(inner), "{inner} in {medium:?}");
        }
        let columns = &table(&document, "Controls of Annex A").columns;
        assert_eq!(columns.len(), if medium == Medium::Sheet { 6 } else { 4 });
        assert!(!headings(&document).contains(&"How the included controls reduce the risks"));
    }
}

#[test]
fn a_control_outside_annex_a_stands_in_its_own_section() {
    let document = build(&clinic(), "soa", Edition::Internal, Medium::Sheet);
    let rows = rows(table(&document, "Necessary controls outside Annex A"));
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0][..4], ["C-0061", "Downtime kit with printed medication lists", "yes", "R"]);
    assert_eq!(rows[0][5], "R-0008");
    assert_eq!(rows[0][10], "Laura Kim");
    assert_eq!(rows[0][13], "2026-02-20 effective");
}

#[test]
fn a_control_outside_annex_a_without_a_row_is_not_forgotten() {
    let clinic = changed_clinic(|name, text| match name {
        "applicability.csv" => text.split_inclusive('\n').filter(|line| !line.contains("C-0061,true")).collect(),
        _ => text,
    });
    let document = build(&clinic, "soa", Edition::Internal, Medium::Sheet);
    let rows = rows(table(&document, "Necessary controls outside Annex A"));
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0][..4], ["C-0061", "Downtime kit with printed medication lists", "yes", "R"]);
    assert_eq!(rows[0][5..8], ["R-0008", "", "implemented"], "its treatment names the risk, its record the state");
}

#[test]
fn rows_that_differ_from_the_version_before_say_how() {
    let told = prose(&build(&clinic(), "soa", Edition::Internal, Medium::Page), "Summary");
    assert!(told.contains("The rows of version 1.0 (SOA-0001) are not kept here"), "{told}");
    let clinic = changed_clinic(|name, text| match name {
        "applicability.csv" => {
            let earlier = "SR-0101,A.5.1,decided,SOA-0001,A.5.1,true,business,,,Basic.,planned,C-0001,PER-0002,2025-12-31\n\
                           SR-0102,A.8.4,decided,SOA-0001,A.8.4,true,business,,,Needed.,planned,,PER-0002,2025-12-31\n\
                           SR-0103,Own,decided,SOA-0001,X-1,true,business,,,Needed.,implemented,C-0061,PER-0002,\n";
            let same = text.lines().find(|line| line.starts_with("SR-0003,")).expect("a row");
            format!("{text}{earlier}{}\n", same.replace("SR-0003", "SR-0104").replace("SOA-0002", "SOA-0001"))
        }
        _ => text,
    });
    let document = build(&clinic, "soa", Edition::Internal, Medium::Sheet);
    let rows: BTreeMap<String, String> = rows(table(&document, "Controls of Annex A"))
        .into_iter()
        .map(|row| (row[0].clone(), row[14].clone()))
        .collect();
    assert_eq!(rows["A.5.1"], "was planned; other justification");
    assert_eq!(rows["A.8.4"], "was planned; other reasons, justification");
    assert_eq!(rows["A.5.3"], "", "the same");
    assert_eq!(rows["A.5.2"], "new");
    let told = prose(&document, "Summary");
    assert!(told.contains("93 rows differ from version 1.0 (SOA-0001)"), "all but A.5.3, and C-0061: {told}");
    assert!(told.contains("No longer necessary: X-1."), "{told}");
}

#[test]
fn the_annex_shows_for_each_risk_the_controls_between_its_values() {
    let document = build(&clinic(), "soa", Edition::Internal, Medium::Page);
    let rows = rows(table(&document, "How the included controls reduce the risks"));
    let row = rows.iter().find(|row| row[0].starts_with("R-0008")).expect("R-0008");
    assert!(row[3].contains("C-0061"), "a control of the organisation's own reduces it as well: {row:?}");
    let linked: Vec<String> = file("applicability.csv")
        .iter()
        .flat_map(|record| list(&record["risks"]).map(str::to_owned).collect::<Vec<_>>())
        .collect();
    for risk in file("risk.csv") {
        let row = rows.iter().find(|row| row[0].starts_with(&risk["ref"]));
        assert_eq!(row.is_some(), linked.contains(&risk["ref"]), "{}", risk["ref"]);
        if let Some(row) = row {
            assert!(
                row[1].starts_with(&risk["inherent_value"]) && row[4].starts_with(&risk["residual_value"]),
                "{row:?}"
            );
        }
    }
}

#[test]
fn only_what_is_approved_is_no_draft() {
    let clinic = clinic();
    for name in ["soa", "risk-treatment-plan"] {
        assert!(!build(&clinic, name, Edition::Internal, Medium::Page).draft);
    }
    let draft = changed_clinic(|name, text| match name {
        "soa.csv" => text.replace(",effective,", ",draft,"),
        "treatment_plan.csv" => text.replace(",in_execution,", ",draft,"),
        _ => text,
    });
    for name in ["soa", "risk-treatment-plan"] {
        let document = build(&draft, name, Edition::Internal, Medium::Page);
        assert!(document.draft, "{name}");
        assert!(render_html(&document).expect("html").contains("This version has not been approved"));
    }
}

// ---- the risk treatment plan ----

#[test]
fn the_sums_of_the_plan_are_those_worked_out_by_hand() {
    let document = build(&clinic(), "risk-treatment-plan", Edition::Internal, Medium::Page);
    // From content/demo/treatment_action.csv; a third of the one-off cost, rounded to the cent, and the yearly cost.
    assert_eq!(
        rows(table(&document, "Cost of the actions")),
        [
            ["This version", "10", "131500.00", "16200.00", "60033.33", "29100.00"],
            ["RTP-0001, Risk treatment plan 1.0", "16", "211200.00", "143400.00", "213800.00", "215050.00"],
        ]
    );
    assert_eq!(
        total(table(&document, "Cost of the actions")),
        ["Total", "26", "342700.00", "159600.00", "273833.33", "244150.00"]
    );
    let facts = facts(&document, "Cost");
    for (label, value) in [
        ("Budget granted for this version", "215000.00"),
        ("Budget less one-off cost", "83500.00"),
        ("and less the first yearly cost", "67300.00"),
        // From content/demo/treatment.csv, the 26 decisions of the plan.
        ("Expected loss avoided a year", "1144000.00"),
        ("Cost a year, spread", "373467.33"),
        ("Net benefit a year", "770532.67"),
        ("Return: net benefit over cost", "206 %"),
        // From content/demo/risk.csv: R-0001 and R-0002.
        ("Expected loss a year now, 2 risks estimated in money", "123482.00"),
    ] {
        assert_eq!(facts.get(label).map(String::as_str), Some(value), "{label}");
    }
    assert_eq!(
        total(table(&document, "Cost and benefit of the decisions")),
        ["Total", "309199.00", "270401.00", "373467.33", "1144000.00"]
    );
}

#[test]
fn cost_by_control_and_by_quarter_adds_up_to_the_whole() {
    let document = build(&clinic(), "risk-treatment-plan", Edition::Internal, Medium::Page);
    let controls = table(&document, "Cost of the actions by control");
    let row = rows(controls).into_iter().find(|row| row[0].starts_with("C-0039")).expect("C-0039");
    assert_eq!(row[1..], ["45000.00", "4500.00", "19500.00"], "36,000 and 9,000 once, 4,500 a year");
    assert_eq!(sum(controls, 1), 34_270_000);
    assert_eq!(total(controls)[1], "342700.00");
    let quarters = table(&document, "One-off cost of the actions by quarter");
    assert_eq!(
        rows(quarters),
        [
            ["2025 Q3", "5", "45500.00"],
            ["2025 Q4", "7", "55700.00"],
            ["2026 Q1", "4", "110000.00"],
            ["2026 Q2", "1", "0.00"],
            ["2026 Q3", "5", "21500.00"],
            ["2026 Q4", "4", "110000.00"],
        ]
    );
    assert_eq!(total(quarters), ["Total", "26", "342700.00"]);
}

#[test]
fn a_cancelled_action_costs_nothing_and_an_action_without_a_cost_is_told() {
    let clinic = changed_clinic(|name, text| match name {
        "treatment_action.csv" => {
            let text = text.replace(
                "TA-0023,Security requirements for health information exchange,planned",
                "TA-0023,Security requirements for health information exchange,cancelled",
            );
            text.replace(",8.0,2000,3600,0,", ",8.0,,,,")
        }
        _ => text,
    });
    let document = build(&clinic, "risk-treatment-plan", Edition::Internal, Medium::Page);
    assert_eq!(rows(table(&document, "Cost of the actions"))[0][..4], ["This version", "9", "117500.00", "12600.00"]);
    assert!(prose(&document, "Cost").contains("1 action states no cost"));
    let changes = rows(table(&document, "Changes since the version before"));
    assert!(changes.iter().all(|row| row[0] != "Actions cancelled"), "it is of this version: {changes:?}");
}

#[test]
fn the_actions_are_as_recorded_and_the_late_one_says_so() {
    let document = build(&clinic(), "risk-treatment-plan", Edition::Internal, Medium::Sheet);
    let told: BTreeMap<String, Vec<String>> =
        rows(table(&document, "Actions")).into_iter().map(|row| (row[0].clone(), row)).collect();
    let risks: BTreeMap<String, String> =
        file("treatment.csv").into_iter().map(|row| (row["ref"].clone(), row["risk"].clone())).collect();
    let people: BTreeMap<String, String> =
        file("person.csv").into_iter().map(|row| (row["ref"].clone(), row["name"].clone())).collect();
    for action in file("treatment_action.csv") {
        let row = &told[&action["ref"]];
        let risks: Vec<&str> = list(&action["treatments"]).map(|treatment| risks[treatment].as_str()).collect();
        let wanted = [
            action["what"].clone(),
            action["control"].clone(),
            risks.join(" "),
            people[&action["responsible"]].clone(),
            action["start"].clone(),
            action["due"].clone(),
            action["resources"].clone(),
            action["effort_days"].clone(),
            format!("{}.00", action["cost_once"]),
            format!("{}.00", action["cost_year"]),
            format!("{}.00", action["cost_actual"]),
            action["priority"].clone(),
        ];
        assert_eq!(row[2..14], wanted, "{}", action["ref"]);
        assert_eq!(row[15], action["state"].replace('_', " "));
        assert_eq!(row[17..], [action["done_on"].clone(), action["evidence"].clone()]);
    }
    assert_eq!(told.len(), 26);
    let page = build(&clinic(), "risk-treatment-plan", Edition::Internal, Medium::Page);
    let late: Vec<String> = rows(table(&page, "Actions"))
        .into_iter()
        .filter(|row| row[7].contains("late"))
        .map(|row| row[0].clone())
        .collect();
    assert_eq!(late.len(), 1, "due on 2026-06-15, open on 2026-06-30: {late:?}");
    assert!(late[0].starts_with("TA-0020"));
}

#[test]
fn risks_avoided_and_transferred_name_what_is_stopped_and_the_contract() {
    let document = build(&clinic(), "risk-treatment-plan", Edition::Internal, Medium::Page);
    let rows = rows(table(&document, "Risks avoided and transferred"));
    assert_eq!(rows.len(), 2);
    assert!(rows[0][0].starts_with("R-0030"));
    assert_eq!(rows[0][1..], ["transferred", "Cyber insurer", "CY-2026-0114"]);
    assert!(rows[1][0].starts_with("R-0031"));
    assert_eq!(rows[1][1..3], ["avoided", "Fax line switched off on 2025-09-30; results go through secure exchange."]);
}

#[test]
fn the_heat_map_counts_the_risks_before_now_and_after() {
    let document = build(&clinic(), "risk-treatment-plan", Edition::Internal, Medium::Page);
    let figure = figures(&document, "Remaining risk")[0];
    let finding = "Above the accepted value of 6: 26 before controls, 9 now, 0 after the plan.";
    assert!(figure.caption.ends_with(finding), "{}", figure.caption);
    assert!(figure.alt.starts_with("Three heat maps of 26 risks") && figure.alt.ends_with(finding), "{}", figure.alt);
    for column in 3..6 {
        let sum: u32 = rows(&figure.data).iter().filter_map(|row| row[column].parse::<u32>().ok()).sum();
        assert_eq!(sum, 26, "column {column}");
    }
    // From content/demo/risk.csv: nine of the plan's risks stand at likelihood 2, impact 3 now.
    let row = rows(&figure.data).into_iter().find(|row| row[1] == "2" && row[2] == "3").expect("a row");
    assert_eq!(row[0], "6 medium");
    assert_eq!(row[4], "9");
    assert!(figure.svg.contains(">9</text>"));
}

#[test]
fn the_time_line_says_in_words_what_it_shows() {
    let document = build(&clinic(), "risk-treatment-plan", Edition::Internal, Medium::Page);
    let figure = figures(&document, "Time")[0];
    assert_eq!(
        figure.alt,
        "Time line of 26 actions between 2025-06-15 and 2026-12-31: on 2026-06-30 10 of them open, 1 past the due date."
    );
    assert_eq!(rows(&figure.data).len(), 26);
    for action in file("treatment_action.csv") {
        assert!(figure.svg.contains(&format!(">{}</text>", action["ref"])), "{}", action["ref"]);
    }
}

#[test]
fn all_risk_owners_and_top_management_stand_under_the_plan() {
    let document = build(&clinic(), "risk-treatment-plan", Edition::Internal, Medium::Page);
    let Some(Block::Signatures(signatures)) = blocks(&document, "Consent").last() else { panic!("no signatures") };
    let owners = signatures.iter().filter(|one| one.role == "Risk owner").count();
    assert_eq!(owners, 10, "ten people own the 26 risks");
    assert!(signatures.iter().all(|one| one.given.is_some()), "all have signed");
    assert_eq!(signatures.last().map(|one| one.role.as_str()), Some("Top management"));
    let clinic = changed_clinic(|name, text| match name {
        "treatment_plan.csv" => text.replace("APR-0092;", ""),
        _ => text,
    });
    let document = build(&clinic, "risk-treatment-plan", Edition::Internal, Medium::Page);
    let Some(Block::Signatures(signatures)) = blocks(&document, "Consent").last() else { panic!("no signatures") };
    assert_eq!(signatures.iter().filter(|one| one.given.is_none()).count(), 1, "one is missing and says so");
}

#[test]
fn the_plan_says_what_changed_since_the_version_before() {
    let document = build(&clinic(), "risk-treatment-plan", Edition::Internal, Medium::Page);
    let changes = rows(table(&document, "Changes since the version before"));
    let told: Vec<(&str, &str)> = changes.iter().map(|row| (row[0].as_str(), row[1].as_str())).collect();
    assert_eq!(
        told,
        [
            ("Decisions taken again since 2025-06-20", "26"),
            ("Actions added", "10"),
            ("Actions finished since 2025-06-20", "16")
        ]
    );
    let clinic = changed_clinic(|name, text| match name {
        "treatment_plan.csv" => {
            let (first, second) = text.split_once("RTP-0002,").expect("two plans");
            format!("{}RTP-0002,{}", first.replace("TRT-0031", "TRT-0016"), second)
        }
        "treatment_action.csv" => text.replace(
            "TA-0016,Change control with weekly board,verified",
            "TA-0016,Change control with weekly board,cancelled",
        ),
        _ => text,
    });
    let document = build(&clinic, "risk-treatment-plan", Edition::Internal, Medium::Page);
    let changes: BTreeMap<String, String> = rows(table(&document, "Changes since the version before"))
        .into_iter()
        .map(|row| (row[0].clone(), row[2].clone()))
        .collect();
    assert_eq!(changes["Decisions added"], "TRT-0031");
    assert_eq!(changes["Decisions left out"], "TRT-0016");
    assert_eq!(changes["Actions cancelled"], "TA-0016");
}

// ---- all ----

#[test]
fn the_documents_of_the_clinic_are_as_kept() {
    let clinic = clinic();
    for definition in DOCUMENTS {
        let page = build(&clinic, definition.name, Edition::Internal, Medium::Page);
        golden(&format!("{}.html", definition.name), &content(&render_html(&page).expect("html")));
        let sheet = build(&clinic, definition.name, Edition::Internal, Medium::Sheet);
        for file in render_csv(&sheet).expect("files") {
            golden(&format!("{}-{}", definition.name, file.name), &file.text);
        }
    }
}

#[test]
fn every_document_can_be_made_in_every_format_for_every_reader() {
    for isms in [clinic(), bare()] {
        for (edition, medium) in EDITIONS {
            for definition in DOCUMENTS {
                let document = build(&isms, definition.name, edition, medium);
                document.check().expect("within the bounds");
                render_html(&document).expect("html");
                assert!(!render_csv(&document).expect("tables").is_empty());
                assert!(render_xlsx(&document).expect("a workbook").starts_with(b"PK"));
            }
        }
    }
}

#[test]
fn every_document_of_the_clinic_is_an_accessible_archivable_pdf() {
    let clinic = clinic();
    for definition in DOCUMENTS {
        let document = build(&clinic, definition.name, Edition::Internal, Medium::Page);
        let (bytes, conformance) = render_pdf_here(&document, None).expect("a PDF");
        assert_eq!(conformance, Conformance::AccessibleArchive, "{}", definition.name);
        assert!(bytes.starts_with(b"%PDF-"), "{}", definition.name);
    }
}

#[test]
fn an_organisation_without_the_record_is_told_how_to_make_it() {
    // Of readiness there is always something to say.
    for definition in DOCUMENTS.iter().filter(|one| one.name != "certification-readiness") {
        let said = (definition.build)(&nothing(), &frame(Edition::Internal, Medium::Page)).expect_err("no document");
        assert!(said.starts_with("there is no") && said.contains("`attestry add "), "{said}");
    }
}

#[test]
fn a_nearly_empty_isms_gives_clear_sentences() {
    let soa = build(&bare(), "soa", Edition::Internal, Medium::Page);
    assert!(soa.draft);
    assert_eq!(soa.version, "no version");
    assert_eq!(rows(table(&soa, "Controls of Annex A")).len(), 93);
    let said = prose(&soa, "Summary");
    for part in ["0 are applicable and 0 are not; 93 are not decided yet", "93 controls have no decision"] {
        assert!(said.contains(part), "{said}");
    }
    assert_eq!(
        empty(&soa, "Necessary controls outside Annex A"),
        "The risk treatment needs no control that Annex A does not have."
    );
    assert_eq!(
        empty(&soa, "How the included controls reduce the risks"),
        "No applicable control is linked to a risk yet."
    );
    let plan = build(&bare(), "risk-treatment-plan", Edition::Internal, Medium::Page);
    assert!(prose(&plan, "Basis").contains("0 decisions on 0 risks and 0 actions."));
    assert_eq!(empty(&plan, "Decisions"), "No decision has been taken yet.");
    assert_eq!(empty(&plan, "Actions"), "No action is planned yet.");
    for (section, said) in [
        ("Cost", "Neither an action nor a decision states a cost yet."),
        ("Time", "No action has a due date yet."),
        ("Risks avoided and transferred", "No risk is avoided or transferred."),
        ("Remaining risk", "No decision names a risk yet, so nothing can be said about what remains."),
    ] {
        assert_eq!(prose(&plan, section), said);
    }
    assert!(!headings(&plan).contains(&"Changes since the version before"));
}

#[test]
fn the_record_set_hash_follows_the_records_and_nothing_else() {
    let hash = |isms: &Isms, name: &str| -> String {
        build(isms, name, Edition::Internal, Medium::Page).snapshot.record_set_hash
    };
    let other = changed_clinic(|name, text| match name {
        "treatment_action.csv" => text.replace(",45000,", ",45001,"),
        "supplier.yaml" => text.replace("NetCare", "NetKare"),
        _ => text,
    });
    let clinic = clinic();
    assert_eq!(hash(&clinic, "soa"), hash(&other, "soa"));
    assert_ne!(hash(&clinic, "risk-treatment-plan"), hash(&other, "risk-treatment-plan"));
}

#[test]
fn the_published_kit_gives_both_documents() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/starter-kit/registers");
    let Some(isms) = folder.is_dir().then(|| imported(&files(&folder))) else {
        println!("skipped: {} is not here", folder.display());
        return;
    };
    let soa = build(&isms, "soa", Edition::Internal, Medium::Sheet);
    let controls = rows(table(&soa, "Controls of Annex A"));
    assert_eq!(controls.len(), 93);
    assert!(controls.iter().any(|row| row[2] == "yes") && controls.iter().any(|row| !row[4].is_empty()));
    let plan = build(&isms, "risk-treatment-plan", Edition::Internal, Medium::Page);
    assert!(!rows(table(&plan, "Actions")).is_empty());
    for document in [soa, plan] {
        render_html(&document).expect("html");
    }
}

/// Compares with a kept file; `BLESS=1` writes it anew.
fn golden(name: &str, text: &str) {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "documents", name].iter().collect();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, text).expect("a writable golden file");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    if kept != text {
        let line = kept.lines().zip(text.lines()).position(|(a, b)| a != b).unwrap_or(0);
        let told: Option<String> = text.lines().nth(line).map(|line| line.chars().take(300).collect());
        panic!("{name} differs from line {}: {told:?}", line + 1);
    }
}

/// The HTML file without its style, which has a golden file of its own where it is made.
fn content(html: &str) -> String {
    let (before, rest) = html.split_once("<style>").expect("a style");
    let (_, after) = rest.split_once("</style>").expect("its end");
    format!("{before}{after}")
}

fn sum(table: &attestry_report::Table, column: usize) -> i64 {
    let cells = table.groups.iter().flat_map(|group| &group.rows).map(|row| &row[column]);
    cells.map(|cell| if let Cell::Money { minor, .. } = cell { *minor } else { 0 }).sum()
}

fn empty<'d>(document: &'d Document, caption: &str) -> &'d str {
    let table = table(document, caption);
    assert_eq!(table.row_count(), 0, "{caption}");
    &table.empty
}
