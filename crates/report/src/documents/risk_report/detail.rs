//! The risk table, and a sheet of its own for each risk above what may be accepted.

use attestry_model::Stored;
use attestry_model::field::Choice;
use attestry_model::records::Risk;

use super::Content;
use crate::document::{Block, Cell, Column, Fact, NoteTone, RowGroup, Section, Table, Tone};
use crate::documents::Medium;
use crate::documents::frame::{counted, date, fact, level, lines, named, refs, section, text};
use crate::documents::treatment_plan::remaining::acceptance;

/// Most sheets; more risks than that above the limit are no matter of a report.
const MOST_SHEETS: usize = 200;

impl Content<'_> {
    pub(super) fn table(&self) -> Section {
        let table = match self.medium {
            Medium::Page => self.page_table(),
            Medium::Sheet => self.sheet_table(),
        };
        section("Risks", true, vec![Block::Table(table)])
    }

    fn above_cell(&self, risk: &Risk) -> Cell {
        match (self.limit(), risk.current_value) {
            (Some(_), Some(_)) if self.is_above(risk) => Cell::mark(Tone::Watch, "above"),
            (Some(_), Some(_)) => Cell::mark(Tone::Fine, "within"),
            _ => Cell::Empty,
        }
    }

    /// Likelihood and impact now, as `2 × 3`.
    fn factors(risk: &Risk) -> Cell {
        let pair = risk.current_likelihood.zip(risk.current_impact);
        text(pair.map(|(likelihood, impact)| format!("{} × {}", likelihood.0, impact.0)).as_deref())
    }

    fn effects(risk: &Risk) -> Cell {
        if risk.effects.is_empty() {
            return Cell::Empty;
        }
        Cell::Badges(risk.effects.iter().map(|effect| effect.name().to_owned()).collect())
    }

    fn page_table(&self) -> Table {
        let groups = [("Above what may be accepted", true), ("Within what may be accepted, or not valued yet", false)];
        let row = |risk: &&Stored<Risk>| {
            let priority = risk.priority.map(|place| format!("priority {place}"));
            vec![
                named(*risk),
                lines([text(risk.cause.as_deref()), text(risk.event.as_deref()), text(risk.consequence.as_deref())]),
                Self::effects(risk),
                refs(risk.assets.iter().map(|one| one.any()).chain(risk.processes.iter().map(|one| one.any()))),
                refs(risk.existing_controls.iter().map(|one| one.any())),
                self.owner(risk),
                lines([
                    level(self.isms, Some(risk), risk.current_value),
                    Self::factors(risk),
                    text(priority.as_deref()),
                ]),
                lines([text(risk.likelihood_reason.as_deref()), text(risk.impact_reason.as_deref())]),
            ]
        };
        let groups = groups.into_iter().filter_map(|(heading, above)| {
            let mine: Vec<&Stored<Risk>> =
                self.risks.iter().copied().filter(|risk| self.is_above(risk) == above).collect();
            (!mine.is_empty()).then(|| RowGroup {
                heading: heading.to_owned(),
                summary: counted(mine.len(), "risk"),
                rows: mine.iter().map(row).collect(),
            })
        });
        let columns = vec![
            Column::new("Risk", 1.7).naming_row(),
            Column::new("Cause, event, consequence", 2.6),
            Column::new("Loss of", 0.7),
            Column::new("Assets, processes", 1.1),
            Column::new("Controls", 1.0),
            Column::new("Risk owner", 1.0),
            Column::new("Now", 1.1),
            Column::new("Why this likelihood and impact", 2.2),
        ];
        let mut table = Table::plain("Risks", columns, Vec::new());
        table.group_title = "Acceptance".into();
        table.empty = "No risk is recorded.".into();
        let groups: Vec<RowGroup> = groups.collect();
        if !groups.is_empty() {
            table.groups = groups;
        }
        table
    }

    fn sheet_table(&self) -> Table {
        let number =
            |value: Option<i64>| value.and_then(|value| u64::try_from(value).ok()).map_or(Cell::Empty, Cell::count);
        let rows = self.risks.iter().map(|risk| {
            vec![
                Cell::text(risk.reference().to_string()),
                Cell::text(risk.title()),
                text(risk.cause.as_deref()),
                text(risk.event.as_deref()),
                text(risk.consequence.as_deref()),
                Self::effects(risk),
                refs(risk.assets.iter().map(|one| one.any())),
                refs(risk.processes.iter().map(|one| one.any())),
                self.owner(risk),
                refs(risk.existing_controls.iter().map(|one| one.any())),
                number(risk.current_likelihood.map(|level| i64::from(level.0))),
                number(risk.current_impact.map(|level| i64::from(level.0))),
                number(risk.inherent_value),
                number(risk.current_value),
                number(risk.residual_value),
                level(self.isms, Some(risk), risk.current_value),
                text(risk.likelihood_reason.as_deref()),
                text(risk.impact_reason.as_deref()),
                self.above_cell(risk),
                number(risk.priority),
                date(risk.assessed_on),
                date(risk.next_review),
            ]
        });
        let titles = [
            ("Risk", 0.8),
            ("Title", 2.0),
            ("Cause", 2.0),
            ("Event", 2.0),
            ("Consequence", 2.0),
            ("Loss of", 0.7),
            ("Assets", 1.0),
            ("Processes", 1.0),
            ("Risk owner", 1.0),
            ("Existing controls", 1.0),
            ("Likelihood", 0.6),
            ("Impact", 0.6),
            ("Value before controls", 0.6),
            ("Value now", 0.6),
            ("Value after treatment", 0.6),
            ("Band", 0.8),
            ("Why this likelihood", 2.0),
            ("Why this impact", 2.0),
            ("Acceptance limit", 0.8),
            ("Priority", 0.6),
            ("Assessed on", 0.8),
            ("Next review", 0.8),
        ];
        let columns = titles.map(|(title, weight)| Column::new(title, weight));
        let mut table = Table::plain("Risks", columns.into(), rows.collect());
        table.columns[0].names_row = true;
        table.empty = "No risk is recorded.".into();
        table
    }

    pub(super) fn details(&self) -> Section {
        let above: Vec<&Stored<Risk>> = self.risks.iter().copied().filter(|risk| self.is_above(risk)).collect();
        let heading = "Risks above what may be accepted";
        if above.is_empty() {
            let text = if self.limit().is_some() {
                "No risk lies above what risk owners may accept."
            } else {
                "The method sets no limit of acceptance yet."
            };
            return section(heading, false, vec![Block::Text(text.to_owned())]);
        }
        let mut blocks = Vec::new();
        for risk in above.iter().take(MOST_SHEETS) {
            blocks.push(Block::Heading(format!("{} {}", risk.reference(), risk.title())));
            blocks.push(Block::Facts(self.sheet(risk)));
        }
        if above.len() > MOST_SHEETS {
            let text = format!("{MOST_SHEETS} of {} are shown, the gravest first.", above.len());
            blocks.push(Block::Note { tone: NoteTone::Info, text });
        }
        section(heading, false, blocks)
    }

    fn sheet(&self, risk: &Stored<Risk>) -> Vec<Fact> {
        let of = |value| level(self.isms, Some(risk), value);
        let mut facts = vec![
            fact("Cause", text(risk.cause.as_deref())),
            fact("Event", text(risk.event.as_deref())),
            fact("Consequence", text(risk.consequence.as_deref())),
            fact("Loss of", Self::effects(risk)),
            fact("Threats", self.titles(risk.threats.iter().map(|one| one.any()))),
            fact("Weaknesses", self.titles(risk.vulnerabilities.iter().map(|one| one.any()))),
            fact("Assets", self.titles(risk.assets.iter().map(|one| one.any()))),
            fact("Processes", self.titles(risk.processes.iter().map(|one| one.any()))),
            fact("Existing controls", self.titles(risk.existing_controls.iter().map(|one| one.any()))),
            fact("Before controls", of(risk.inherent_value)),
            fact("Now", lines([of(risk.current_value), Self::factors(risk)])),
            fact("After treatment", of(risk.residual_value)),
            fact("Why this likelihood", text(risk.likelihood_reason.as_deref())),
            fact("Why this impact", text(risk.impact_reason.as_deref())),
            fact("Risk owner", self.owner(risk)),
            fact("Decision", self.decided(risk)),
            fact("Acceptance", acceptance(self.isms, risk)),
            fact("Next review", date(risk.next_review)),
        ];
        if let Some(priority) = risk.priority {
            facts.push(fact("Priority", Cell::text(priority.to_string())));
        }
        facts.retain(|fact| fact.value != Cell::Empty);
        facts
    }
}
