//! D26, the certification readiness report: can the auditors come, and what is to be done first (all clauses).

mod operation;
mod records;
mod score;

use std::collections::BTreeMap;

use attestry_check::{HUMAN_JUDGEMENT, Outcome, Report, Severity, Stage, Verdict};
use attestry_model::{AnyRecord, Isms, Kind};

use super::frame::{Cover, counted, document, fact, person, record_set_hash, section};
use super::gaps::{candidates, item_cell, not_enough, severity_mark, unjudged};
use super::{Definition, Frame};
use crate::document::{Block, Cell, Column, Document, Fact, NoteTone, Section, Table, Tone};

/// The document.
pub const DEFINITION: Definition = Definition {
    name: "certification-readiness",
    title: "Certification readiness report",
    number: "ISMS-RDY",
    clause: "4 to 10",
    trend: true,
    build,
};

/// Steps of the suggested order that are shown.
const MOST_STEPS: usize = 40;

/// What the report is made of.
struct Content<'a> {
    isms: &'a Isms,
    frame: &'a Frame,
    report: Report,
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "the signature is that of all documents; this one is never without matter"
)]
fn build(isms: &Isms, frame: &Frame) -> Result<Document, String> {
    let content = Content { isms, frame, report: Report::of(isms, frame.judged_at, frame.today) };
    let sections = vec![
        content.verdict(),
        content.scores(),
        content.trend(),
        content.open(),
        content.unknown(),
        content.documented(),
        content.statement(),
        content.performance(),
        content.operation(),
        content.freshness(),
        judgement(),
        content.external(),
        content.order(),
    ];
    let stages = content.report.readiness(isms);
    let word = |ready: bool| Cell::text(if ready { "ready" } else { "not ready" });
    let cover = Cover {
        title: DEFINITION.title,
        subtitle: "Whether a certification audit can come, what an auditor would probably write, and what to do first"
            .to_owned(),
        number: DEFINITION.number,
        registered: None,
        version: Some(frame.today.to_string()),
        facts: vec![
            fact("Judged on", Cell::Date(frame.today)),
            fact("Stage 1", word(stages.stage_1.ready())),
            fact("Stage 2", word(stages.ready_for_stage_2())),
            fact("Rules", Cell::count(number(content.report.outcomes.len()))),
        ],
        // Nobody approves it: it is worked out anew each time.
        draft: false,
        history: Vec::new(),
    };
    let mut used: Vec<&dyn AnyRecord> = Kind::ALL.iter().flat_map(|kind| isms.records(*kind)).collect();
    let hash = record_set_hash(&mut used);
    Ok(document(isms, frame, cover, hash, sections))
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

fn note(tone: NoteTone, text: String) -> Block {
    Block::Note { tone, text }
}

fn stage_fact(label: &str, ready: bool) -> Fact {
    let mark = if ready { Cell::mark(Tone::Fine, "ready") } else { Cell::mark(Tone::Gap, "not ready") };
    fact(label, mark)
}

impl Content<'_> {
    fn verdict(&self) -> Section {
        let stages = self.report.readiness(self.isms);
        let mut blocks = vec![
            Block::Text(
                "The program compares what is recorded with the requirements of the standard. It judges no quality and \
                 takes no decision of a certification body; each open item is a candidate for what an auditor would \
                 write."
                    .to_owned(),
            ),
            Block::Facts(vec![
                stage_fact("Stage 1: documents", stages.stage_1.ready()),
                stage_fact("Stage 2: implementation and effect", stages.ready_for_stage_2()),
            ]),
            Block::Tally(self.tally()),
        ];
        let mut stage = |heading: &str, stage: &Stage| {
            if !stage.ready() {
                blocks.push(Block::Heading(heading.to_owned()));
                blocks.push(Block::List(stage.missing.clone()));
            }
        };
        stage("What stage 1 lacks", &stages.stage_1);
        stage("What stage 2 lacks besides", &stages.stage_2);
        if !stages.waived.is_empty() {
            let text = format!(
                "Waived, so not in the way here: {}. An auditor from outside is not bound by the organisation's waivers.",
                stages.waived.join(", ")
            );
            blocks.push(note(NoteTone::Warning, text));
        }
        if !self.report.problems.is_empty() {
            let text = format!("Settings of the rules that cannot be read: {}.", self.report.problems.join("; "));
            blocks.push(note(NoteTone::Warning, text));
        }
        section("Verdict", false, blocks)
    }

    fn open(&self) -> Section {
        let open: Vec<_> = self.report.open().collect();
        let mut blocks = candidates(self.isms, &self.report, &open, "Open candidates");
        let waived = self.report.findings().filter_map(|finding| Some((finding, finding.waiver?)));
        let rows: Vec<Vec<Cell>> = waived
            .map(|(finding, waiver)| {
                vec![
                    item_cell(self.isms, finding.item),
                    severity_mark(finding.rule.severity),
                    Cell::text(self.report.message(self.isms, &finding)),
                    Cell::text(waiver.reason.clone()),
                    Cell::text(person(self.isms, Some(waiver.approver))),
                    Cell::Date(waiver.expires),
                    Cell::Code(finding.rule.id.to_owned()),
                ]
            })
            .collect();
        if !rows.is_empty() {
            let columns = vec![
                Column::new("Record", 2.0).naming_row(),
                Column::new("Severity", 1.1),
                Column::new("What is wrong", 2.4),
                Column::new("Reason of the waiver", 2.6),
                Column::new("Approved by", 1.2),
                Column::new("Until", 1.0),
                Column::new("Rule", 1.2),
            ];
            blocks.push(Block::Table(Table::plain("Waived candidates", columns, rows)));
        }
        section("Open candidates", true, blocks)
    }

    fn unknown(&self) -> Section {
        let unknown: Vec<&Outcome> = unjudged(&self.report).collect();
        let text = match unknown.len() {
            0 => "Every rule could be judged.".to_owned(),
            some => format!(
                "For {} not enough is recorded to judge. They are not counted as passed: an auditor will ask.",
                counted(some, "rule")
            ),
        };
        section("Not enough recorded", true, vec![Block::Text(text), Block::Table(not_enough(&unknown))])
    }

    /// The gravest first, and among equals what comes first when an ISMS is built.
    fn order(&self) -> Section {
        let mut work: BTreeMap<(std::cmp::Reverse<Severity>, u8, usize), &Outcome> = BTreeMap::new();
        let held = |outcome: &&Outcome| {
            let open = self.report.open().any(|finding| finding.rule.id == outcome.rule.id);
            outcome.verdict == Verdict::NotEnoughEvidence || open
        };
        for (at, outcome) in self.report.outcomes.iter().enumerate() {
            if held(&outcome) {
                work.insert((std::cmp::Reverse(outcome.rule.severity), outcome.rule.step, at), outcome);
            }
        }
        let rows = work.values().zip(1_u64..).take(MOST_STEPS).map(|(outcome, place)| {
            let what = match outcome.items.len() {
                0 => Cell::mark(Tone::Todo, "not recorded"),
                count => Cell::mark(Tone::Todo, counted(count, "item")),
            };
            vec![
                Cell::count(place),
                severity_mark(outcome.rule.severity),
                Cell::count(u64::from(outcome.rule.step)),
                Cell::text(outcome.rule.title()),
                Cell::text(outcome.rule.fix),
                what,
                Cell::Code(outcome.rule.id.to_owned()),
            ]
        });
        let columns = vec![
            Column::new("Place", 0.6).at_end(),
            Column::new("Severity", 1.2),
            Column::new("Step", 0.6).at_end(),
            Column::new("What is demanded", 2.8).naming_row(),
            Column::new("What to do", 3.0),
            Column::new("Open", 1.2),
            Column::new("Rule", 1.2),
        ];
        let rows: Vec<Vec<Cell>> = rows.collect();
        let shown = rows.len();
        let mut table = Table::plain("Suggested order of work", columns, rows);
        table.empty = "Nothing is open.".into();
        let rest =
            if shown < work.len() { format!(" The first {shown} of {} are shown.", work.len()) } else { String::new() };
        let text = format!(
            "The gravest first; among equals, what comes first when an ISMS is built, because later steps rest on it.{rest}"
        );
        section("Suggested order of work", true, vec![Block::Text(text), Block::Table(table)])
    }
}

fn judgement() -> Section {
    let columns = vec![Column::new("Requirement", 0.8).naming_row(), Column::new("What a person has to find out", 5.0)];
    let rows = HUMAN_JUDGEMENT.iter().map(|one| vec![Cell::text(one.clause), Cell::text(one.question)]);
    let table = Table::plain("Left to human judgement", columns, rows.collect());
    let text = "No rule can judge these. They are neither passed nor open; talk to people before the audit does.";
    section("Left to human judgement", false, vec![Block::Text(text.to_owned()), Block::Table(table)])
}
