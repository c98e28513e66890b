//! The certification readiness report: what the rules found, and nothing else.

use attestry_check::{Report, Severity, Verdict};
use attestry_model::Isms;
use attestry_report::documents::{Edition, Frame, Medium, TrendPoint};
use attestry_report::{Block, Document};

use super::reading::*;

const NAME: &str = "certification-readiness";

fn report(isms: &Isms) -> Report {
    let frame = frame(Edition::Internal, Medium::Page);
    Report::of(isms, frame.judged_at, frame.today)
}

fn made(isms: &Isms) -> Document {
    build(isms, NAME, Edition::Internal, Medium::Page)
}

#[test]
fn what_stands_in_the_way_of_the_audit_is_what_the_rules_say() {
    for isms in [clinic(), bare(), nothing()] {
        let document = made(&isms);
        let stages = report(&isms).readiness(&isms);
        let told: Vec<&String> = blocks(&document, "Verdict")
            .iter()
            .filter_map(|block| if let Block::List(list) = block { Some(list) } else { None })
            .flatten()
            .collect();
        let wanted: Vec<&String> = stages.stage_1.missing.iter().chain(&stages.stage_2.missing).collect();
        assert_eq!(told, wanted);
        let facts = facts(&document, "Verdict");
        for (label, ready) in [
            ("Stage 1: documents", stages.stage_1.ready()),
            ("Stage 2: implementation and effect", stages.ready_for_stage_2()),
        ] {
            assert_eq!(facts[label], if ready { "ready" } else { "not ready" });
        }
    }
    assert!(!report(&clinic()).readiness(&clinic()).stage_1.ready(), "the clinic has something left to do");
}

#[test]
fn every_open_candidate_is_there_under_its_severity() {
    let clinic = clinic();
    let (document, report) = (made(&clinic), report(&clinic));
    let table = table(&document, "Open candidates");
    for (heading, severity) in [
        ("Candidates for a major nonconformity", Severity::Major),
        ("Candidates for a minor nonconformity", Severity::Minor),
        ("Observations", Severity::Observation),
    ] {
        let group = table.groups.iter().find(|group| group.heading == heading).expect("a group");
        let wanted = report.open().filter(|finding| finding.rule.severity == severity);
        assert!(!group.rows.is_empty() && group.rows.len() == wanted.count(), "{heading}");
    }
    let row = rows(table).into_iter().find(|row| row[0].starts_with("SUP-0007")).expect("the supplier");
    assert_eq!(row[4], "A5.20-02");
    assert!(row[1].contains("SUP-0007") && !row[2].is_empty(), "{row:?}");
}

#[test]
fn what_cannot_be_judged_stands_apart_and_is_no_pass() {
    let bare = bare();
    let (document, report) = (made(&bare), report(&bare));
    let unknown = report.outcomes.iter().filter(|one| one.verdict == Verdict::NotEnoughEvidence).count();
    assert!(unknown > 100);
    assert_eq!(table(&document, "Not enough recorded to judge").row_count(), unknown);
    let total = total(table(&document, "Score by step"));
    let holds = report.outcomes.iter().filter(|one| one.verdict == Verdict::Holds).count();
    assert_eq!((&total[1], &total[5]), (&holds.to_string(), &unknown.to_string()));
    assert!(prose(&document, "Not enough recorded").contains("not counted as passed"));
}

#[test]
fn a_waived_candidate_is_shown_with_its_reason_and_not_among_the_open_ones() {
    let mut clinic = clinic();
    let waiver = serde_json::json!({
        "reason": "The supplier is replaced in autumn; no data reach it until then.",
        "approver": "PER-0001", "expires": "2026-12-31",
    });
    let serde_json::Value::Object(waiver) = waiver else { panic!("an object") };
    clinic.put_setting("check_waiver/A5.20-02".to_owned(), 1, waiver);
    let document = made(&clinic);
    let told = rows(table(&document, "Waived candidates"));
    assert_eq!(told.len(), 1);
    assert!(told[0][0].starts_with("SUP-0007"), "{told:?}");
    assert!(told[0][3].starts_with("The supplier is replaced") && told[0][5] == "2026-12-31", "{told:?}");
    assert!(rows(table(&document, "Open candidates")).iter().all(|row| row[4] != "A5.20-02"));
    assert!(prose(&document, "Verdict").contains("Waived, so not in the way here: A5.20-02."));
}

#[test]
fn mandatory_documented_information_is_checked_off_or_missing() {
    let states = |isms: &Isms| -> Vec<(String, String)> {
        let rows = rows(table(&made(isms), "Mandatory documented information"));
        rows.into_iter().map(|row| (row[1].clone(), row[5].clone())).collect()
    };
    let clinic_states = states(&clinic());
    assert_eq!(clinic_states.len(), 20);
    assert!(clinic_states.iter().all(|(_, state)| state != "missing"), "{clinic_states:?}");
    assert!(clinic_states.contains(&("Statement of Applicability".to_owned(), "effective".to_owned())));
    let bare = states(&bare());
    assert!(bare.contains(&("Statement of Applicability".to_owned(), "draft".to_owned())), "{bare:?}");
    assert!(bare.contains(&("Scope".to_owned(), "missing".to_owned())), "{bare:?}");
    assert!(bare.contains(&("Nonconformities and actions".to_owned(), "no occasion".to_owned())), "{bare:?}");
}

#[test]
fn months_of_operation_are_counted_by_process() {
    let document = made(&clinic());
    let told = rows(table(&document, "Records of operation"));
    for process in file("isms_process.csv").iter().filter(|process| process["state"] == "active") {
        let row = told.iter().find(|row| row[0].starts_with(&process["ref"])).expect("a row");
        let runs: Vec<String> = file("process_execution.csv")
            .into_iter()
            .filter(|run| run["process"] == process["ref"] && !run["executed_on"].is_empty())
            .map(|run| run["executed_on"][..7].to_owned())
            .collect();
        let months: std::collections::BTreeSet<&String> = runs.iter().collect();
        assert_eq!(row[1..3], [runs.len().to_string(), months.len().to_string()], "{}", process["ref"]);
    }
    let measured = told.last().expect("the measurements");
    assert_eq!(measured[1], file("measurement.csv").len().to_string());
}

#[test]
fn evidence_that_has_ended_is_named() {
    let document = made(&clinic());
    let told = rows(table(&document, "Evidence that needs care"));
    let ended: Vec<String> = file("evidence.csv")
        .into_iter()
        .filter(|proof| !proof["valid_until"].is_empty() && *proof["valid_until"] < *"2026-06-30")
        .map(|proof| proof["ref"].clone())
        .collect();
    assert!(!ended.is_empty());
    for proof in ended {
        assert!(told.iter().any(|row| row[0].starts_with(&proof) && row[3] == "expired"), "{proof}: {told:?}");
    }
}

#[test]
fn the_trend_says_in_words_and_figures_what_it_draws() {
    let clinic = clinic();
    let empty = nothing();
    let mut frame = frame(Edition::Internal, Medium::Page);
    assert_eq!(figures(&made(&clinic), "Trend").len(), 0, "nobody knows of an earlier day");
    let (early, late) = ("2025-06-30T20:00:00Z".parse().expect("a moment"), frame.judged_at);
    frame.trend = vec![
        TrendPoint::of(&empty, early, "2025-06-30".parse().expect("a day")),
        TrendPoint::of(&clinic, late, frame.today),
    ];
    let document = made_in(&clinic, &frame);
    let figure = figures(&document, "Trend")[0];
    let rows = rows(&figure.data);
    let score = report(&clinic).summary(&clinic).all;
    let wanted =
        [score.holds, score.major, score.minor, score.observation, score.unknown].map(|count| count.to_string());
    assert_eq!(rows[1][0], "2026-06-30");
    assert_eq!(rows[1][1..], wanted);
    assert!(
        figure.alt.contains(&format!("major nonconformity from {} to {}", rows[0][2], score.major)),
        "{}",
        figure.alt
    );
    assert!(figure.svg.contains(">2025-06-30</text>") && figure.svg.contains(&format!(">{} hold</text>", score.holds)));
}

fn made_in(isms: &Isms, frame: &Frame) -> Document {
    let definition = attestry_report::documents::find(NAME).expect("the document");
    assert!(definition.trend, "callers are told to fill the trend");
    (definition.build)(isms, frame).expect("it can be made")
}

#[test]
fn the_order_of_work_begins_with_the_gravest_in_the_earliest_step() {
    let document = made(&bare());
    let told = rows(table(&document, "Suggested order of work"));
    assert_eq!(told.len(), 40, "as many as are shown");
    assert!(told.iter().all(|row| row[1] == "major"));
    let steps: Vec<u8> = told.iter().map(|row| row[2].parse().expect("a step")).collect();
    assert!(steps.is_sorted() && steps[0] == 1, "{steps:?}");
    assert!(prose(&document, "Suggested order of work").contains("The first 40 of"));
}

#[test]
fn an_empty_isms_is_ready_for_nothing_and_the_report_says_so() {
    let document = made(&nothing());
    assert_eq!(facts(&document, "Verdict")["Stage 1: documents"], "not ready");
    assert_eq!(prose(&document, "Statement of Applicability"), "There is no Statement of Applicability yet.");
}
