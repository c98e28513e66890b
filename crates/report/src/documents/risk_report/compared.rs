//! What differs: from the assessment before, and from what the formulas propose.

use std::collections::BTreeSet;

use attestry_check::measure;
use attestry_model::records::{Risk, RiskAssessment};
use attestry_model::{AnyRecord, Isms, Ref, Stored};
use jiff::civil::Date;
use serde_json::Value;

use super::Content;
use crate::document::{Block, Cell, Column, NoteTone, Section, Table};
use crate::documents::frame::{counted, level, named, refs, section, text};

/// The assessment before a run.
fn before<'a>(isms: &'a Isms, run: &Stored<RiskAssessment>) -> Option<&'a Stored<RiskAssessment>> {
    isms.table::<RiskAssessment>().iter().rev().find(|one| one.number < run.number && !one.is_void())
}

/// The day at whose end the assessment before was done: with the state of that day risks are compared.
pub(in super::super) fn earlier(isms: &Isms) -> Option<Date> {
    before(isms, super::current(isms)?)?.completed_on
}

impl<'a> Content<'a> {
    /// The assessment before and what differs from it: new, closed, up, down, left out. None for the first assessment.
    #[expect(clippy::type_complexity, reason = "five lists with their names")]
    fn differences(&self) -> Option<(&'a Stored<RiskAssessment>, [(&'static str, Vec<Ref<Risk>>); 5])> {
        let before = before(self.isms, self.run)?;
        let named_before: BTreeSet<Ref<Risk>> = before.risks.iter().copied().collect();
        let now: BTreeSet<Ref<Risk>> = self.risks.iter().map(|risk| risk.reference()).collect();
        let value = |risk: Ref<Risk>| self.earlier?.get(risk)?.current_value;
        let moved = |up: bool| {
            let found = self.risks.iter().filter(|risk| {
                let both = value(risk.reference()).zip(risk.current_value);
                both.is_some_and(|(was, is)| if up { is > was } else { is < was })
            });
            found.map(|risk| risk.reference()).collect::<Vec<_>>()
        };
        let closed = named_before.union(&now).copied().filter(|risk| {
            let shut = |isms: &Isms| isms.get(*risk).is_some_and(|risk| risk.state_name() == "closed");
            shut(self.isms) && !self.earlier.is_some_and(shut)
        });
        let lists = [
            ("New risks", now.difference(&named_before).copied().collect()),
            ("Closed", closed.collect()),
            ("Up", moved(true)),
            ("Down", moved(false)),
            ("Left out", named_before.difference(&now).copied().collect()),
        ];
        Some((before, lists))
    }

    /// The same in one sentence, for management.
    pub(super) fn change_in_short(&self) -> String {
        let Some((before, lists)) = self.differences() else { return "This is the first assessment.".to_owned() };
        let told: Vec<String> = lists
            .iter()
            .filter(|(_, risks)| !risks.is_empty())
            .map(|(what, risks)| format!("{} {}", risks.len(), what.trim_end_matches(" risks").to_lowercase()))
            .collect();
        let told = if told.is_empty() { "no change".to_owned() } else { told.join(", ") };
        format!("Since {} {}: {told}.", before.reference(), before.title())
    }

    pub(super) fn changes(&self) -> Section {
        let heading = "Changes since the assessment before";
        let Some((before, lists)) = self.differences() else {
            let text = "This is the first assessment.".to_owned();
            return section(heading, false, vec![Block::Text(text)]);
        };
        let moved: Vec<&Stored<Risk>> =
            lists[2..4].iter().flat_map(|(_, risks)| risks).filter_map(|risk| self.isms.get(*risk)).collect();
        let rows = lists.into_iter().filter(|(_, risks)| !risks.is_empty()).map(|(what, risks)| {
            vec![
                Cell::text(what),
                Cell::count(u64::try_from(risks.len()).unwrap_or(u64::MAX)),
                refs(risks.into_iter().map(Ref::any)),
            ]
        });
        let columns = vec![
            Column::new("What changed", 1.3).naming_row(),
            Column::new("Number", 0.6).at_end(),
            Column::new("Risks", 4.0),
        ];
        let mut table = Table::plain(heading, columns, rows.collect());
        table.empty = "The same risks were assessed with the same values.".into();
        let text = format!("Compared with {} {}.", before.reference(), before.title());
        let mut blocks = vec![Block::Text(text)];
        if self.earlier.is_none() {
            let text = "The state at the end of the assessment before is not known here, so which risks went up or down is not told.";
            blocks.push(Block::Note { tone: NoteTone::Info, text: text.to_owned() });
        }
        blocks.push(Block::Table(table));
        if !moved.is_empty() {
            let rows = moved.iter().map(|risk| {
                let was = self.earlier.and_then(|isms| isms.get(risk.reference()));
                vec![
                    named(*risk),
                    level(self.isms, Some(risk), was.and_then(|it| it.current_value)),
                    level(self.isms, Some(risk), risk.current_value),
                    text_of_reason(risk),
                ]
            });
            let columns = vec![
                Column::new("Risk", 2.4).naming_row(),
                Column::new("Then", 0.9),
                Column::new("Now", 0.9),
                Column::new("Reason of the likelihood and of the impact", 3.0),
            ];
            blocks.push(Block::Table(Table::plain("Risks that went up or down", columns, rows.collect())));
        }
        section(heading, false, blocks)
    }

    /// Where the judgement is lower than what the controls at work make likely, and why.
    pub(super) fn overrides(&self) -> Section {
        let mut without = 0;
        let rows: Vec<Vec<Cell>> = self
            .risks
            .iter()
            .filter_map(|risk| {
                let proposal = measure::proposals(self.isms, risk)?.by_rate;
                let (likelihood, impact) = (i64::from(risk.current_likelihood?.0), i64::from(risk.current_impact?.0));
                let proposed = (i64::from(proposal.likelihood), i64::from(proposal.impact));
                if likelihood >= proposed.0 && impact >= proposed.1 {
                    return None;
                }
                // Who rates a risk lower says why; where nobody did, the reasons of the rating stand in for it.
                let reason = match AnyRecord::field(*risk, "override_reason") {
                    Some(Value::String(reason)) if !reason.trim().is_empty() => Cell::Text(reason),
                    _ => text_of_reason(risk),
                };
                without += usize::from(reason == Cell::Empty);
                Some(vec![
                    named(*risk),
                    Cell::text(format!("{} × {}", proposed.0, proposed.1)),
                    Cell::text(format!("{likelihood} × {impact}")),
                    reason,
                ])
            })
            .collect();
        let columns = vec![
            Column::new("Risk", 2.4).naming_row(),
            Column::new("Proposed: likelihood × impact", 1.1),
            Column::new("Judged", 0.8),
            Column::new("Why", 3.0),
        ];
        let number = rows.len();
        let mut table = Table::plain("Proposals overridden", columns, rows);
        table.empty = "No judgement lies below what the controls at work propose.".into();
        let sentence = format!(
            "What the controls at work propose is calculated; what counts is the judgement. {} lower than proposed.",
            if number == 1 { "1 risk is judged".to_owned() } else { format!("{number} risks are judged") }
        );
        let mut blocks = vec![Block::Text(sentence)];
        if without > 0 {
            let text =
                format!("{} below the proposal without any reason in the record.", counted(without, "judgement"));
            blocks.push(Block::Note { tone: NoteTone::Warning, text });
        }
        blocks.push(Block::Table(table));
        section("Proposals overridden", false, blocks)
    }
}

fn text_of_reason(risk: &Risk) -> Cell {
    let both: Vec<&str> =
        [risk.likelihood_reason.as_deref(), risk.impact_reason.as_deref()].into_iter().flatten().collect();
    text(Some(&both.join("; ")))
}
