//! What shows that the ISMS runs: audits and reviews in time, months of records, fresh evidence, findings from outside.

use std::collections::BTreeSet;

use attestry_model::field::Choice;
use attestry_model::records::audit::AuditAuditType;
use attestry_model::records::evidence::EvidenceState;
use attestry_model::records::{Audit, Evidence, Finding, IsmsProcess, ManagementReview, Measurement, ProcessExecution};
use attestry_model::{AnyRecord, Stored};
use jiff::civil::Date;

use super::{Content, number};
use crate::document::{Block, Cell, Column, Count, Section, Table, Tone};
use crate::documents::frame::{counted, date, named, section, text};

/// Rows of a table of what is most pressing.
const MOST: usize = 200;
/// Days before its end at which a proof counts as ending soon.
const SOON: i32 = 60;
/// Days after which an accepted proof without an end is called old.
const OLD: i32 = 365;

fn days(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

/// The first and last day and how many calendar months have one.
fn months(all: impl Iterator<Item = Date>) -> (Option<Date>, Option<Date>, usize) {
    let all: BTreeSet<Date> = all.collect();
    let months: BTreeSet<(i16, i8)> = all.iter().map(|day| (day.year(), day.month())).collect();
    (all.first().copied(), all.last().copied(), months.len())
}

/// A row of the table of months.
fn months_row(
    name: Cell,
    runs: usize,
    (first, last, months): (Option<Date>, Option<Date>, usize),
    missed: usize,
) -> Vec<Cell> {
    let missed = if missed == 0 { Cell::Empty } else { Cell::count(number(missed)) };
    vec![name, Cell::count(number(runs)), Cell::count(number(months)), date(first), date(last), missed]
}

impl Content<'_> {
    fn timed(&self, done: Option<Date>, planned: Option<Date>) -> Cell {
        match (done, planned) {
            (Some(_), _) => Cell::mark(Tone::Fine, "done"),
            (None, Some(day)) if day < self.frame.today => Cell::mark(Tone::Gap, "late"),
            (None, Some(_)) => Cell::mark(Tone::Planned, "planned"),
            (None, None) => Cell::mark(Tone::Todo, "no date"),
        }
    }

    pub(super) fn performance(&self) -> Section {
        let today = self.frame.today;
        let config = &self.report.config;
        let audits: Vec<&Stored<Audit>> =
            self.isms.table::<Audit>().iter().filter(|one| !one.is_void() && one.state_name() != "cancelled").collect();
        let reported = |audit: &&&Stored<Audit>| ["reported", "closed"].contains(&audit.state_name());
        let internal = |audit: &&&Stored<Audit>| audit.audit_type == Some(AuditAuditType::Internal);
        let done = audits.iter().filter(internal).filter(reported);
        let covered: BTreeSet<&str> = done.clone().flat_map(|audit| audit.clauses.iter().map(String::as_str)).collect();
        let left: Vec<&str> =
            config.audit_clauses.iter().map(String::as_str).filter(|clause| !covered.contains(clause)).collect();
        let last = done.clone().filter_map(|audit| audit.performed_to.or(audit.performed_from)).max();
        let reviews: Vec<&Stored<ManagementReview>> =
            self.isms.table::<ManagementReview>().iter().filter(|review| !review.is_void()).collect();
        let held = reviews.iter().filter_map(|review| review.held_on).max();
        let said = |what: &str, last: Option<Date>, limit: i64| match last {
            None => format!("No {what} has taken place."),
            Some(day) => {
                let age = days(day, today);
                let word = if i64::from(age) <= limit { "within" } else { "beyond" };
                format!("The last {what} ended on {day}, {age} days ago, {word} the {limit} days allowed.")
            }
        };
        let coverage = if left.is_empty() {
            "Reported internal audits cover all clauses.".to_owned()
        } else {
            format!("No reported internal audit covers {}.", left.join(", "))
        };
        let blocks = vec![
            Block::Text(format!("{} {coverage}", said("internal audit", last, config.audit_days))),
            Block::Table(self.audits(&audits)),
            Block::Text(said("management review", held, config.review_days)),
            Block::Table(self.reviews(&reviews)),
        ];
        section("Audit and review", false, blocks)
    }

    fn audits(&self, audits: &[&Stored<Audit>]) -> Table {
        let rows = audits.iter().rev().take(MOST).map(|audit| {
            vec![
                named(*audit),
                text(audit.audit_type.map(|one| one.label().to_lowercase()).as_deref()),
                date(audit.planned_to),
                date(audit.performed_to.or(audit.performed_from)),
                date(audit.report_issued_on),
                self.timed(audit.performed_to.or(audit.report_issued_on), audit.planned_to),
            ]
        });
        let columns = vec![
            Column::new("Audit", 2.6).naming_row(),
            Column::new("Type", 1.1),
            Column::new("Planned until", 1.0),
            Column::new("Performed", 1.0),
            Column::new("Reported", 1.0),
            Column::new("State", 0.9),
        ];
        let mut table = Table::plain("Audits", columns, rows.collect());
        table.empty = "No audit is planned.".into();
        table
    }

    fn reviews(&self, reviews: &[&Stored<ManagementReview>]) -> Table {
        let rows = reviews.iter().rev().take(MOST).map(|review| {
            vec![
                named(*review),
                date(review.planned_for),
                date(review.held_on),
                date(review.next_planned),
                self.timed(review.held_on, review.planned_for),
            ]
        });
        let columns = vec![
            Column::new("Review", 2.6).naming_row(),
            Column::new("Planned for", 1.0),
            Column::new("Held", 1.0),
            Column::new("Next", 1.0),
            Column::new("State", 0.9),
        ];
        let mut table = Table::plain("Management reviews", columns, rows.collect());
        table.empty = "No management review is planned.".into();
        table
    }

    /// For each process the months in which it left a record.
    pub(super) fn operation(&self) -> Section {
        let processes: Vec<&Stored<IsmsProcess>> = self.isms.live::<IsmsProcess>().collect();
        let row = |process: &&Stored<IsmsProcess>| {
            let runs = self.isms.referring::<ProcessExecution>(process.reference().any(), "process");
            let runs: Vec<&Stored<ProcessExecution>> = runs.filter(|run| !run.is_void()).collect();
            let (first, last, count) = months(runs.iter().filter_map(|run| run.executed_on));
            let missed = runs.iter().filter(|run| {
                let late = run.executed_on.is_none() && run.planned_for.is_some_and(|day| day < self.frame.today);
                run.state_name() == "missed" || late
            });
            months_row(
                named(*process),
                runs.iter().filter(|run| run.executed_on.is_some()).count(),
                (first, last, count),
                missed.count(),
            )
        };
        let mut rows: Vec<Vec<Cell>> = processes.iter().take(MOST).map(row).collect();
        let values =
            || self.isms.table::<Measurement>().iter().filter(|one| !one.is_void() && one.state_name() != "void");
        let measured = months(values().filter_map(|value| value.period_end));
        rows.push(months_row(Cell::Strong("Measurements of all metrics".to_owned()), values().count(), measured, 0));
        let columns = vec![
            Column::new("Process", 2.6).naming_row(),
            Column::new("Runs", 0.7).at_end(),
            Column::new("Months", 0.8).at_end(),
            Column::new("First", 1.0),
            Column::new("Last", 1.0),
            Column::new("Missed or late", 0.9).at_end(),
        ];
        let text = format!(
            "Stage 2 looks at how the ISMS works, so it needs records of some months. Measurements cover {}; processes that \
             have never run stand with none.",
            counted(measured.2, "calendar month")
        );
        section(
            "Time of operation",
            false,
            vec![Block::Text(text), Block::Table(Table::plain("Records of operation", columns, rows))],
        )
    }

    pub(super) fn freshness(&self) -> Section {
        let today = self.frame.today;
        let state = |proof: &Stored<Evidence>| match (proof.state, proof.valid_until, proof.collected_on) {
            (EvidenceState::Expired, ..) => (Tone::Gap, "expired"),
            (EvidenceState::Rejected, ..) => (Tone::Excluded, "rejected"),
            (EvidenceState::Collected, ..) => (Tone::Todo, "not reviewed"),
            (EvidenceState::Accepted, Some(until), _) if until < today => (Tone::Gap, "expired"),
            (EvidenceState::Accepted, Some(until), _) if days(today, until) <= SOON => (Tone::Watch, "ends soon"),
            (EvidenceState::Accepted, None, Some(day)) if days(day, today) > OLD => {
                (Tone::Watch, "old, without an end")
            }
            (EvidenceState::Accepted, ..) => (Tone::Fine, "fresh"),
        };
        let all: Vec<_> = self
            .isms
            .table::<Evidence>()
            .iter()
            .filter(|proof| !proof.is_void())
            .map(|proof| (state(proof), proof))
            .collect();
        let order = ["fresh", "ends soon", "old, without an end", "expired", "not reviewed", "rejected"];
        let counts = order.iter().filter_map(|word| {
            let mut mine = all.iter().filter(|((_, found), _)| found == word).peekable();
            let tone = mine.peek()?.0.0;
            Some(Count { tone, word: (*word).to_owned(), count: u32::try_from(mine.count()).unwrap_or(u32::MAX) })
        });
        let mut pressing: Vec<_> =
            all.iter().filter(|((_, word), _)| !["fresh", "rejected"].contains(word)).copied().collect();
        pressing.sort_by_key(|(_, proof)| (proof.valid_until.or(proof.collected_on), proof.number));
        let rows = pressing.iter().take(MOST).map(|((tone, word), proof)| {
            vec![named(*proof), date(proof.collected_on), date(proof.valid_until), Cell::mark(*tone, *word)]
        });
        let columns = vec![
            Column::new("Evidence", 3.0).naming_row(),
            Column::new("Collected", 1.0),
            Column::new("Valid until", 1.0),
            Column::new("State", 1.2),
        ];
        let mut table = Table::plain("Evidence that needs care", columns, rows.collect());
        table.empty = if all.is_empty() {
            "No evidence has been collected yet.".to_owned()
        } else {
            "All accepted evidence is fresh.".to_owned()
        };
        let mut blocks = vec![Block::Text(format!(
            "{}; what ends within {SOON} days is called ending soon.",
            counted(all.len(), "proof")
        ))];
        if !all.is_empty() {
            blocks.push(Block::Tally(counts.collect()));
        }
        blocks.push(Block::Table(table));
        section("Freshness of evidence", false, blocks)
    }

    /// Findings of auditors from outside that are not closed.
    pub(super) fn external(&self) -> Section {
        let outside = |finding: &&Stored<Finding>| {
            let kind = self.isms.find(finding.audit).and_then(|audit| audit.audit_type);
            kind.is_some_and(|kind| ![AuditAuditType::Internal, AuditAuditType::Supplier].contains(&kind))
        };
        let open = self.isms.table::<Finding>().iter().filter(|one| !one.is_void() && one.state_name() != "closed");
        let rows = open.filter(outside).take(MOST).map(|finding| {
            let record: &dyn AnyRecord = finding;
            vec![
                named(record),
                text(finding.grade.map(|grade| grade.label().to_lowercase()).as_deref()),
                text(finding.requirement_id.as_deref()),
                date(finding.response_due),
                self.timed(None, finding.response_due),
            ]
        });
        let columns = vec![
            Column::new("Finding", 3.0).naming_row(),
            Column::new("Grade", 1.0),
            Column::new("Requirement", 1.0),
            Column::new("Response due", 1.0),
            Column::new("State", 0.9),
        ];
        let mut table = Table::plain("Open findings of external audits", columns, rows.collect());
        table.empty = "No finding of an external audit is open.".into();
        section("Findings of external audits", false, vec![Block::Table(table)])
    }
}
