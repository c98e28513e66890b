//! What the rules find open: the page at the end of a draft, and the tables of it that reports show too.

use attestry_check::{Finding, Item, Outcome, Report, Rule, Severity, Verdict};
use attestry_model::Isms;

use super::Frame;
use super::frame::{counted, lines, named, refs};
use crate::document::{Block, Cell, Column, NoteTone, RowGroup, Section, Table, Tone};

/// Rows of one table: more than anybody works through on paper, and within the bounds of a document.
const MOST: usize = 1_000;

/// Whether a rule checks one of these requirements; `6.1.2` names all of its letters, `6.1.2 c` all of its numbers.
pub fn is_of(rule: &Rule, requirements: &[&str]) -> bool {
    let within = |clause: &str, wanted: &str| {
        clause.strip_prefix(wanted).is_some_and(|rest| {
            let deeper = wanted.contains(' ') && rest.bytes().all(|byte| byte.is_ascii_digit());
            rest.is_empty() || rest.starts_with(' ') || deeper
        })
    };
    rule.clauses().any(|clause| requirements.iter().any(|wanted| within(clause, wanted)))
}

/// The last page of a draft: the open rules about the requirements that the document serves.
pub fn gaps(isms: &Isms, frame: &Frame, requirements: &[&str]) -> Section {
    gaps_where(isms, frame, &requirements.join(", "), |rule| is_of(rule, requirements))
}

/// The same for the rules that fit; `about` names what they are about.
pub fn gaps_where(isms: &Isms, frame: &Frame, about: &str, fits: impl Fn(&Rule) -> bool) -> Section {
    let report = Report::of(isms, frame.judged_at, frame.today);
    let open: Vec<Finding<'_>> = report.open().filter(|finding| fits(finding.rule)).collect();
    let unknown: Vec<&Outcome> = unjudged(&report).filter(|outcome| fits(outcome.rule)).collect();
    let said = match (open.len(), unknown.len()) {
        (0, 0) => "No rule about what this document serves is open.".to_owned(),
        (found, unknown) => format!(
            "Before this draft is approved: {} and {} that cannot be judged yet, about {about}.",
            counted(found, "open item"),
            counted(unknown, "rule"),
        ),
    };
    let mut blocks = vec![Block::Text(said)];
    if !open.is_empty() {
        blocks.extend(candidates(isms, &report, &open, "Open items"));
    }
    if !unknown.is_empty() {
        blocks.push(Block::Table(not_enough(&unknown)));
    }
    Section { heading: "Gaps".to_owned(), landscape: true, blocks }
}

/// The rules about which nobody can say.
pub fn unjudged(report: &Report) -> impl Iterator<Item = &Outcome> {
    report.outcomes.iter().filter(|outcome| outcome.verdict == Verdict::NotEnoughEvidence)
}

/// What broke a rule, as a cell.
pub fn item_cell(isms: &Isms, item: &Item) -> Cell {
    match item {
        Item::Organization => Cell::text("the organisation"),
        Item::Word(word) => Cell::text(word.replace('_', " ")),
        Item::Record(reference) => isms.record(*reference).map_or_else(|| refs([*reference]), named),
    }
}

/// The mark of a severity.
pub fn severity_mark(severity: Severity) -> Cell {
    Cell::mark(severity_tone(severity), severity.name())
}

/// The shape of a severity.
pub fn severity_tone(severity: Severity) -> Tone {
    match severity {
        Severity::Major => Tone::Gap,
        Severity::Minor => Tone::Watch,
        Severity::Observation => Tone::Planned,
    }
}

/// Findings as a table by severity, the gravest first, and what was left out of it.
pub fn candidates(isms: &Isms, report: &Report, findings: &[Finding<'_>], caption: &str) -> Vec<Block> {
    let columns = vec![
        Column::new("Record", 2.0).naming_row(),
        Column::new("What is wrong", 3.2),
        Column::new("What to do", 3.0),
        Column::new("Requirement", 1.1),
        Column::new("Rule", 1.2),
    ];
    let mut left = MOST;
    let groups = Severity::ALL.into_iter().filter_map(|severity| {
        let mine: Vec<&Finding<'_>> = findings.iter().filter(|finding| finding.rule.severity == severity).collect();
        let shown = mine.len().min(left);
        left -= shown;
        let rows = mine.iter().take(shown).map(|finding| {
            vec![
                item_cell(isms, finding.item),
                Cell::text(report.message(isms, finding)),
                Cell::text(finding.rule.fix),
                Cell::text(finding.rule.clause),
                Cell::Code(finding.rule.id.to_owned()),
            ]
        });
        let heading = match severity {
            Severity::Major => "Candidates for a major nonconformity",
            Severity::Minor => "Candidates for a minor nonconformity",
            Severity::Observation => "Observations",
        };
        let group =
            RowGroup { heading: heading.to_owned(), summary: counted(mine.len(), "item"), rows: rows.collect() };
        (!mine.is_empty()).then_some(group)
    });
    let groups: Vec<RowGroup> = groups.collect();
    let told = groups.iter().map(|group| group.rows.len()).sum::<usize>();
    let mut table = Table::plain(caption, columns, Vec::new());
    table.group_title = "Severity".into();
    table.empty = "No rule is open.".into();
    if !groups.is_empty() {
        table.groups = groups;
    }
    let mut blocks = vec![Block::Table(table)];
    if told < findings.len() {
        let text = format!(
            "{} of {} are shown, the gravest first; `attestry check` lists all.",
            counted(told, "item"),
            findings.len()
        );
        blocks.push(Block::Note { tone: NoteTone::Info, text });
    }
    blocks
}

/// Rules that nobody can judge yet, apart from those that hold or are broken.
pub fn not_enough(outcomes: &[&Outcome]) -> Table {
    let columns = vec![
        Column::new("Requirement", 1.1),
        Column::new("What is demanded", 3.2).naming_row(),
        Column::new("What to record", 3.0),
        Column::new("If broken", 1.1),
        Column::new("Rule", 1.2),
    ];
    let rows = outcomes.iter().map(|outcome| {
        let rule = outcome.rule;
        vec![
            Cell::text(rule.clause),
            Cell::text(rule.title()),
            lines([Cell::text(rule.fix)]),
            severity_mark(rule.severity),
            Cell::Code(rule.id.to_owned()),
        ]
    });
    let mut table = Table::plain("Not enough recorded to judge", columns, rows.collect());
    table.empty = "Every rule could be judged.".into();
    table
}
