//! The twelve steps: a view over the records and not a folder of them. The ring, and a page for each step.

use std::fmt::Write as _;

use askama::Template;
use attestry_check::{Finding, Report, Verdict};
use attestry_model::Kind;
use axum::extract::Path;
use axum::response::Response;

use super::clauses::standing;
use super::fix::{self, Row};
use super::readiness::next;
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::{Html, Mark, escape};
use crate::places::{Frame, list_path};
use crate::shell::{Shell, bar, counted, page};

/// The clauses of each step.
pub const CLAUSES: [&[&str]; 12] = [
    &["4.4", "5.1", "7.1"],
    &["4.1", "4.2", "6.2"],
    &["4.3"],
    &["5.2", "5.3"],
    &["6.1.1", "6.1.2", "8.2"],
    &["6.1.3"],
    &["8.1", "8.3"],
    &["7.2", "7.3", "7.4"],
    &["6.3", "7.5", "8.1", "9.1"],
    &["9.2.1", "9.2.2"],
    &["9.3.1", "9.3.2", "9.3.3"],
    &["10.1", "10.2"],
];

/// The phase of a step, as the key of a message.
fn phase(step: u8) -> &'static str {
    match step {
        1..=6 => "plan",
        7 | 8 => "do",
        9..=11 => "check",
        _ => "improve",
    }
}

#[derive(Template)]
#[template(path = "home/steps.html")]
struct Cycle {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    sentence: String,
    ring: Html,
    phases: Vec<(String, Vec<Step>)>,
}

/// One step.
struct Step {
    number: u8,
    name: String,
    href: String,
    class: &'static str,
    clauses: Vec<(String, String)>,
    standing: String,
    bar: Html,
    share: String,
    action: String,
}

/// The class of a mark in the ring and the list.
fn class(mark: Mark) -> &'static str {
    match mark {
        Mark::Fine => "done",
        Mark::Gap => "gap",
        Mark::Watch => "watch",
        _ => "work",
    }
}

fn step(cx: &Cx, report: &Report, todo: &[Finding<'_>], number: u8) -> Step {
    let (mark, words) = standing(cx, report, |rule| rule.step == number);
    let score = report.summary(&cx.isms).steps.get(&number).copied().unwrap_or_default();
    let all = report.outcomes.iter().filter(|one| one.rule.step == number).count();
    let action = todo.iter().find(|finding| finding.rule.step == number);
    let action = action.map_or_else(|| cx.say("step-nothing").into_owned(), |one| one.rule.fix.to_owned());
    Step {
        number,
        name: cx.say(format!("step-{number}")).into_owned(),
        href: cx.href(&format!("/steps/{number}")),
        class: class(mark),
        clauses: CLAUSES[usize::from(number) - 1]
            .iter()
            .map(|clause| ((*clause).to_owned(), fix::clause_href(cx, clause)))
            .collect(),
        standing: words,
        bar: bar(&[("now", score.holds), ("todo", score.unknown + score.waived), ("gap", score.violated())], all),
        share: cx.with("of", &[("count", score.holds.into()), ("all", all.into())]).into_owned(),
        action,
    }
}

/// `GET /steps`
pub async fn ring(cx: Cx) -> Result<Response, Fault> {
    let report = cx.report();
    let todo = next(&cx, &report);
    let steps: Vec<Step> = (1..=12).map(|number| step(&cx, &report, &todo, number)).collect();
    let count = |wanted: &str| steps.iter().filter(|step| step.class == wanted).count();
    let sentence = cx.with(
        "steps-sentence",
        &[
            ("done", count("done").into()),
            ("work", (count("work") + count("watch")).into()),
            ("gap", count("gap").into()),
        ],
    );
    let sentence = sentence.into_owned();
    let ring = drawing(&cx, &steps, &sentence);
    let mut phases: Vec<(String, Vec<Step>)> = Vec::new();
    for step in steps {
        let name = cx.say(format!("phase-{}", phase(step.number))).into_owned();
        match phases.last_mut() {
            Some((last, within)) if *last == name => within.push(step),
            _ => phases.push((name, vec![step])),
        }
    }
    page(&Cycle { frame: Frame::of_tab(&cx, "/steps"), shell: Shell::of(&cx), sentence, ring, phases, cx })
}

/// The ring of twelve, a segment each, with its number.
fn drawing(cx: &Cx, steps: &[Step], label: &str) -> Html {
    let mut out = String::from(r#"<svg class="ring" viewBox="0 0 384 384" role="img" aria-label=""#);
    escape(label, &mut out);
    out.push_str(r#"">"#);
    let point = |angle: f64, radius: f64| {
        let radians = (angle - 90.0).to_radians();
        (192.0 + radius * radians.cos(), 192.0 + radius * radians.sin())
    };
    for step in steps {
        let (from, to) = (f64::from(step.number - 1) * 30.0 + 1.2, f64::from(step.number) * 30.0 - 1.2);
        let ((ax, ay), (bx, by)) = (point(from, 154.0), point(to, 154.0));
        let (tx, ty) = point(f64::midpoint(from, to), 154.0);
        let (class, number) = (step.class, step.number);
        let _ = write!(
            out,
            r#"<path class="arc s-{class}" d="M{ax:.1} {ay:.1}A154 154 0 0 1 {bx:.1} {by:.1}"/><text class="s-{class}-n" x="{tx:.1}" y="{ty:.1}">{number}</text>"#,
        );
    }
    for (key, angle) in [("plan", 90.0), ("do", 210.0), ("check", 285.0), ("improve", 345.0)] {
        let (x, y) = point(angle, 108.0);
        let _ = write!(out, r#"<text class="lab" x="{x:.1}" y="{y:.1}">"#);
        escape(&cx.say(format!("phase-word-{key}")), &mut out);
        out.push_str("</text>");
    }
    let done = steps.iter().filter(|step| step.class == "done").count();
    let _ = write!(out, r#"<text class="big" x="192" y="182">{done}</text><text class="mid" x="192" y="214">"#);
    escape(&cx.say("steps-done"), &mut out);
    out.push_str("</text></svg>");
    Html(out)
}

#[derive(Template)]
#[template(path = "home/step.html")]
struct StepPage {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    step: Step,
    phase: String,
    wants: Vec<String>,
    asks: Vec<String>,
    records: Vec<(String, String)>,
    rows: Vec<Row>,
    more: usize,
    holds: Vec<Check>,
    unknown: Vec<Check>,
    before: Option<String>,
    after: Option<String>,
}

/// A check that is no gap.
struct Check {
    title: &'static str,
    id: &'static str,
    href: String,
}

/// `GET /steps/{number}`
pub async fn show(cx: Cx, Path(number): Path<String>) -> Result<Response, Fault> {
    let number: u8 = number.parse().ok().filter(|number| (1..=12).contains(number)).ok_or(Fault::Absent)?;
    let report = cx.report();
    let lines = |what: &str| {
        (1..=9_u8)
            .map(|line| format!("step-{number}-{what}-{line}"))
            .take_while(|key| cx.words.has(key))
            .map(|key| cx.say(key).into_owned())
            .collect::<Vec<_>>()
    };
    let kinds = Kind::ALL.iter().copied().filter(|kind| {
        let steps = kind.words().steps;
        // What belongs to every step proves none of them in particular.
        steps.contains(&number) && steps.len() < 12
    });
    let records = kinds.map(|kind| {
        let count = cx.records(kind).filter(|record| record.head().void_reason.is_none()).count();
        (counted(&cx, kind, count), cx.href(&list_path(kind)))
    });
    let records = records.collect();
    let found: Vec<_> = next(&cx, &report).into_iter().filter(|finding| finding.rule.step == number).collect();
    let rows: Vec<Row> = found.iter().take(40).map(|finding| fix::row(&cx, &report, finding)).collect();
    let checks = |verdict: Verdict| {
        let fits = report.outcomes.iter().filter(|one| one.rule.step == number && one.verdict == verdict);
        fits.map(|one| Check {
            title: one.rule.title(),
            id: one.rule.id,
            href: cx.href(&format!("/rules/{}", one.rule.id)),
        })
        .collect()
    };
    let (holds, unknown) = (checks(Verdict::Holds), checks(Verdict::NotEnoughEvidence));
    let step = step(&cx, &report, &found, number);
    let other = |number: u8| cx.href(&format!("/steps/{number}"));
    let frame = Frame::of_tab(&cx, "/steps").then(step.name.clone(), Some(cx.href("/steps")));
    page(&StepPage {
        frame,
        shell: Shell::of(&cx),
        phase: cx.say(format!("phase-word-{}", phase(number))).into_owned(),
        wants: lines("want"),
        asks: lines("ask"),
        records,
        more: found.len().saturating_sub(rows.len()),
        rows,
        holds,
        unknown,
        before: (number > 1).then(|| other(number - 1)),
        after: (number < 12).then(|| other(number + 1)),
        step,
        cx,
    })
}
