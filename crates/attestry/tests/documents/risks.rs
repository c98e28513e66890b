//! Methodology, risk assessment report and acceptance record: what they say of the clinic's risks.

use std::collections::{BTreeMap, BTreeSet};

use attestry_report::documents::{Edition, Medium};
use attestry_report::{Block, Document, Signature, render_html};

use super::reading::*;

fn report(medium: Medium) -> Document {
    build(&clinic(), "risk-assessment", Edition::Internal, medium)
}

fn above() -> BTreeSet<String> {
    // The method of content/demo/methodology.yaml lets owners accept up to 6.
    let risks = file("risk.csv");
    let above = risks.iter().filter(|risk| risk["current_value"].parse::<i64>().is_ok_and(|value| value > 6));
    above.map(|risk| risk["ref"].clone()).collect()
}

// ---- the risk assessment report ----

#[test]
fn every_row_of_the_risk_table_says_what_its_record_says() {
    let document = report(Medium::Sheet);
    let told: BTreeMap<String, Vec<String>> =
        rows(table(&document, "Risks")).into_iter().map(|row| (row[0].clone(), row)).collect();
    let people: BTreeMap<String, String> =
        file("person.csv").into_iter().map(|row| (row["ref"].clone(), row["name"].clone())).collect();
    let above = above();
    let all = file("risk.csv");
    for risk in &all {
        let row = &told[&risk["ref"]];
        let fields = ["title", "cause", "event", "consequence"].map(|field| risk[field].clone());
        assert_eq!(row[1..5], fields, "{}", risk["ref"]);
        assert_eq!(row[5..8], ["effects", "assets", "processes"].map(|field| risk[field].replace(';', " ")));
        assert_eq!(row[8], people[&risk["risk_owner"]]);
        assert_eq!(row[10..12], ["current_likelihood", "current_impact"].map(|field| risk[field].clone()));
        let values = ["inherent_value", "current_value", "residual_value"].map(|field| risk[field].clone());
        assert_eq!(row[12..15], values);
        assert_eq!(row[16..18], ["likelihood_reason", "impact_reason"].map(|field| risk[field].clone()));
        assert_eq!(row[18], if above.contains(&risk["ref"]) { "above" } else { "within" });
        assert_eq!(row[21], risk["next_review"]);
    }
    assert_eq!(told.len(), all.len());
}

#[test]
fn the_summary_counts_the_bands_and_names_the_gravest_first() {
    let document = report(Medium::Page);
    let said = prose(&document, "Summary for management");
    assert!(said.contains(&format!("{} risks were assessed.", file("risk.csv").len())), "{said}");
    assert!(said.contains(&format!("{} risks lie above the value of 6", above().len())), "{said}");
    let bands = rows(table(&document, "Risks by band"));
    assert_eq!(
        bands.iter().map(|row| row[0].as_str()).collect::<Vec<_>>(),
        ["extreme", "high", "elevated", "medium", "low"]
    );
    let high = file("risk.csv").iter().filter(|risk| matches!(risk["current_value"].parse(), Ok(10..=15))).count();
    assert_eq!(bands[1][3], high.to_string());
    let values: Vec<i64> = rows(table(&document, "The gravest risks"))
        .iter()
        .map(|row| row[1].split(' ').next().and_then(|value| value.parse().ok()).expect("a value"))
        .collect();
    assert!(values.len() == 10 && values.is_sorted_by(|a, b| a >= b), "{values:?}");
}

#[test]
fn each_risk_above_the_limit_has_a_sheet_and_no_other_has() {
    let document = report(Medium::Page);
    let sheets: BTreeSet<String> = blocks(&document, "Risks above what may be accepted")
        .iter()
        .filter_map(|block| if let Block::Heading(heading) = block { heading.split(' ').next() } else { None })
        .map(str::to_owned)
        .collect();
    assert_eq!(sheets, above());
    let groups = &table(&document, "Risks").groups;
    assert_eq!(groups[0].rows.len(), sheets.len());
    assert_eq!(groups.iter().map(|group| group.rows.len()).sum::<usize>(), file("risk.csv").len());
}

#[test]
fn the_heat_maps_hold_every_risk_three_times() {
    let document = report(Medium::Page);
    let figure = figures(&document, "Heat maps")[0];
    for column in 3..6 {
        let sum: usize = rows(&figure.data).iter().filter_map(|row| row[column].parse::<usize>().ok()).sum();
        assert_eq!(sum, file("risk.csv").len(), "column {column}");
    }
    assert!(figure.caption.contains(&format!("{} now", above().len())), "{}", figure.caption);
}

#[test]
fn expected_losses_add_up_and_those_of_bad_years_do_not() {
    let document = report(Medium::Page);
    let money = table(&document, "Risks in money");
    assert_eq!(rows(money).len(), 2, "R-0001 and R-0002 are estimated");
    assert_eq!(total(money)[4..], ["123482.00", ""]);
}

#[test]
fn an_assessment_that_is_not_approved_is_a_draft_and_ends_with_its_gaps() {
    let document = report(Medium::Page);
    assert!(!document.draft && !headings(&document).contains(&"Gaps"));
    let clinic = changed_clinic(|name, text| match name {
        "risk_assessment.csv" => {
            text.replace("Periodic risk assessment 2026,approved,", "Periodic risk assessment 2026,completed,")
        }
        "risk.csv" => text.replacen(",PER-0006,risk,", ",,risk,", 1),
        _ => text,
    });
    let document = build(&clinic, "risk-assessment", Edition::Internal, Medium::Page);
    assert!(document.draft);
    let open = rows(table(&document, "Open items"));
    assert!(open.iter().any(|row| row[4].starts_with("C6.1.2-c2") && row[0].starts_with("R-")), "{open:?}");
    assert!(open.iter().all(|row| row[3].contains("6.1.2") || row[3].contains("8.2")), "{open:?}");
}

#[test]
fn the_assessment_says_what_changed_since_the_one_before() {
    let clinic = changed_clinic(|name, text| match name {
        "risk_assessment.csv" => {
            let (first, second) = text.split_once("RA-0002,").expect("two assessments");
            format!("{}RA-0002,{}", first.replace(";R-0031", ""), second.replace("R-0001;R-0002;", "R-0002;"))
        }
        _ => text,
    });
    let document = build(&clinic, "risk-assessment", Edition::Internal, Medium::Page);
    let told: BTreeMap<String, String> = rows(table(&document, "Changes since the assessment before"))
        .into_iter()
        .map(|row| (row[0].clone(), row[2].clone()))
        .collect();
    assert_eq!(told["New risks"], "R-0031");
    assert_eq!(told["Left out"], "R-0001");
    assert!(!rows(table(&document, "Risks")).iter().any(|row| row[0].starts_with("R-0001")));
}

#[test]
fn the_assessment_says_which_risks_went_up_and_down_where_the_state_before_is_known() {
    // From content/demo: R-0001 has the value 6 now, R-0004 the value 10.
    let earlier = changed_clinic(|name, text| match name {
        "risk.csv" => {
            let with = |id: &str, likelihood: &str, impact: &str, value: &str, text: String| {
                let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
                let at = lines.iter().position(|line| line.starts_with(id)).expect("the risk");
                let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(lines[at].as_bytes());
                let mut cells: Vec<String> = reader.deserialize::<Vec<String>>().next().expect("a row").expect("cells");
                let columns: Vec<&str> = lines[0].split(',').collect();
                for (column, value) in
                    [("current_likelihood", likelihood), ("current_impact", impact), ("current_value", value)]
                {
                    cells[columns.iter().position(|one| *one == column).expect("a column")] = value.to_owned();
                }
                let mut writer = csv::Writer::from_writer(Vec::new());
                writer.write_record(&cells).expect("written");
                lines[at] = String::from_utf8(writer.into_inner().expect("bytes")).expect("text").trim_end().to_owned();
                lines.join("\n")
            };
            with("R-0004", "5", "5", "25", with("R-0001", "1", "1", "1", text))
        }
        _ => text,
    });
    let document = build_after(&clinic(), earlier, "risk-assessment");
    let told: BTreeMap<String, String> = rows(table(&document, "Changes since the assessment before"))
        .into_iter()
        .map(|row| (row[0].clone(), row[2].clone()))
        .collect();
    assert_eq!((told["Up"].as_str(), told["Down"].as_str()), ("R-0001", "R-0004"));
    let moved = rows(table(&document, "Risks that went up or down"));
    assert!(moved[0][1].starts_with("1 ") && moved[0][2].starts_with("6 "), "{moved:?}");
    assert!(prose(&document, "Summary for management").contains("1 up, 1 down."));
    // Without the state before nothing is made up.
    let unknown = report(Medium::Page);
    assert!(!prose(&unknown, "Summary for management").contains(" up"));
}

#[test]
fn judgements_below_the_proposals_are_listed_with_their_reasons() {
    let document = report(Medium::Page);
    let told = rows(table(&document, "Proposals overridden"));
    assert!(!told.is_empty());
    let all = file("risk.csv");
    for row in told {
        let id = row[0].lines().next().expect("a reference");
        let risk = all.iter().find(|risk| risk["ref"] == id).expect("the risk");
        let judged = format!("{} × {}", risk["current_likelihood"], risk["current_impact"]);
        assert_eq!(row[2], judged, "{id}");
        let proposed: Vec<u8> = row[1].split(" × ").filter_map(|level| level.parse().ok()).collect();
        let levels: Vec<u8> = row[2].split(" × ").filter_map(|level| level.parse().ok()).collect();
        assert!(levels[0] < proposed[0] || levels[1] < proposed[1], "{row:?}");
        assert!(row[3].contains(&risk["likelihood_reason"]), "{row:?}");
    }
}

#[test]
fn the_curve_falls_and_its_figures_are_those_of_the_simulation() {
    let document = report(Medium::Page);
    let figure = figures(&document, "Risks in money")[0];
    assert!(figure.caption.contains("100,000 simulated years with seed 1"));
    let told: BTreeMap<String, Vec<String>> = rows(&figure.data).into_iter().map(|row| (row[0].clone(), row)).collect();
    let number = |row: &str, column: usize| told[row][column].replace(',', "").parse::<f64>().expect("an amount");
    let years = [
        "exceeded in one year of 2",
        "exceeded in one year of 10",
        "exceeded in one year of 20",
        "exceeded in one year of 100",
    ];
    let values: Vec<f64> = years.iter().map(|row| number(row, 1)).collect();
    assert!(values.is_sorted() && values[0] < values[3], "{values:?}");
    // The mean of the simulation lies by the expected losses of the records, which add up to 123,482.
    assert!((number("a normal year (mean)", 1) - 123_482.0).abs() < 3_000.0, "{told:?}");
    let chances: Vec<f64> = told
        .iter()
        .filter(|(name, _)| name.starts_with("chance"))
        .map(|(_, row)| row[1].trim_end_matches([' ', '%']).parse().expect("a share"))
        .collect();
    assert!(!chances.is_empty() && chances.iter().all(|chance| (1.0..=50.0).contains(chance)), "{chances:?}");
}

// ---- the acceptance record ----

fn signatures<'d>(document: &'d Document, heading: &str) -> &'d [Signature] {
    let found = blocks(document, heading).iter().find_map(|block| match block {
        Block::Signatures(list) => Some(list.as_slice()),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no signatures of {heading}"))
}

#[test]
fn each_owner_has_pages_with_all_their_risks_and_signatures() {
    let document = build(&clinic(), "risk-acceptance", Edition::Internal, Medium::Page);
    let people: BTreeMap<String, String> =
        file("person.csv").into_iter().map(|row| (row["ref"].clone(), row["name"].clone())).collect();
    let mut risks: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for risk in file("risk.csv").iter().filter(|risk| risk["state"] != "closed") {
        risks.entry(people[&risk["risk_owner"]].clone()).or_default().insert(risk["ref"].clone());
    }
    assert_eq!(table(&document, "Risk owners").row_count(), risks.len());
    for (owner, mine) in risks {
        let told: BTreeSet<String> = rows(table(&document, &format!("Risks of {owner}")))
            .into_iter()
            .filter_map(|row| Some(row[0].lines().next()?.to_owned()))
            .collect();
        assert_eq!(told, mine, "{owner}");
        assert_eq!(signatures(&document, &owner).len(), mine.len() + 1, "consent, and each acceptance of {owner}");
        assert!(matches!(blocks(&document, &owner).last(), Some(Block::PageBreak)), "{owner}");
    }
}

#[test]
fn an_acceptance_is_shown_with_its_value_its_end_and_its_signature() {
    let document = build(&clinic(), "risk-acceptance", Edition::Internal, Medium::Page);
    let row = |risk: &str| {
        let tables = document.sections.iter().flat_map(|section| &section.blocks);
        let all = tables.filter_map(|block| if let Block::Table(table) = block { Some(rows(table)) } else { None });
        all.flatten().find(|row| row[0].starts_with(risk)).expect("a row")
    };
    // From content/demo: RAC-0002 and RAC-0030 are accepted by PER-0001, who owns only the first of the two risks.
    let own = row("R-0002");
    assert!(own[5].contains("open actions of the plan are finished in time"), "{own:?}");
    assert_eq!(own[6], "accepted\nuntil 2027-05-17");
    assert_eq!(row("R-0030")[6], "accepted\nuntil 2027-05-17\nby Dr. Elena Marsh");
    assert!(row("R-0026")[6].starts_with("expired"), "it ended on 2026-06-18");
    let given = document.sections.iter().flat_map(|section| &section.blocks).find_map(|block| match block {
        Block::Signatures(list) => list.iter().find(|one| one.role == "Acceptance of R-0001")?.given.clone(),
        _ => None,
    });
    assert_eq!(given.map(|given| given.id), Some("APR-0049".to_owned()));
}

#[test]
fn the_record_is_a_draft_while_a_risk_is_not_accepted() {
    let document = build(&clinic(), "risk-acceptance", Edition::Internal, Medium::Page);
    assert!(document.draft && prose(&document, "Overview").starts_with("1 risk without"));
    assert!(rows(table(&document, "Open items")).iter().any(|row| row[0].starts_with("R-0026")));
    let clinic = changed_clinic(|name, text| match name {
        "risk_acceptance.csv" => text.replace(",2026-06-18,", ",2027-06-18,").replace(",expired,", ",accepted,"),
        _ => text,
    });
    let document = build(&clinic, "risk-acceptance", Edition::Internal, Medium::Page);
    assert!(!document.draft, "{}", prose(&document, "Overview"));
    assert!(!headings(&document).contains(&"Gaps"));
}

// ---- the methodology ----

#[test]
fn the_matrix_of_the_methodology_is_that_of_its_record() {
    let document = build(&clinic(), "methodology", Edition::Internal, Medium::Page);
    let matrix = rows(table(&document, "Risk values"));
    assert_eq!(matrix.len(), 5);
    assert!(matrix[0][0].starts_with("5 ") && matrix[4][0].starts_with("1 "), "likelihood rises upwards: {matrix:?}");
    for (row, likelihood) in matrix.iter().zip((1..=5).rev()) {
        for (impact, cell) in row.iter().enumerate().skip(1) {
            let value: i64 = cell.split(' ').next().and_then(|value| value.parse().ok()).expect("a value");
            let risks = file("risk.csv");
            let same = |risk: &&Source| {
                risk["current_likelihood"] == likelihood.to_string() && risk["current_impact"] == impact.to_string()
            };
            for risk in risks.iter().filter(same) {
                assert_eq!(risk["current_value"], value.to_string(), "{}", risk["ref"]);
            }
        }
    }
    assert_eq!(table(&document, "Levels of likelihood").row_count(), 5);
    let bands = rows(table(&document, "Bands of risk values"));
    assert_eq!(bands[2], ["elevated", "7", "9", "treat", "270", "top management"]);
    assert!(prose(&document, "Acceptance").contains("up to a value of 6."));
    assert!(prose(&document, "Acceptance").contains("Above a value of 15 nobody"));
    assert!(prose(&document, "Aim, scope and time").contains("at least every 1 year."));
}

#[test]
fn an_unwritten_methodology_says_what_it_lacks_and_is_a_draft() {
    let document = build(&bare(), "methodology", Edition::Internal, Medium::Page);
    assert!(document.draft && headings(&document).last() == Some(&"Gaps"));
    let html = render_html(&document).expect("html");
    for lack in ["how the owner of a risk is found", "which value each pair of likelihood and impact has"] {
        assert!(html.contains(&format!("The methodology does not say {lack} yet.")), "{lack}");
    }
    let open: Vec<String> = rows(table(&document, "Open items")).into_iter().map(|row| row[4].clone()).collect();
    assert!(open.contains(&"C6.1.2-01".to_owned()) && open.iter().all(|rule| rule.starts_with("C6.1.")), "{open:?}");
    assert_eq!(table(&document, "Bands of risk values").empty, "The methodology has no bands yet.");
}
