//! The risk that remains: where the risks stood before their controls, where they stand now and after the plan.

use attestry_model::records::{Risk, RiskAcceptance};
use attestry_model::{Isms, Ref, Stored};

use super::{Content, nothing};
use crate::document::{Block, Cell, Column, Section, Table};
use crate::documents::frame::{date, level, lines, named, person_cell, refs, state_words, text};
use crate::documents::heat_map::{Places, heat_map};

impl Content<'_> {
    pub(super) fn remaining(&self) -> Section {
        let risks = self.risks();
        if risks.is_empty() {
            return nothing(
                "Remaining risk",
                "No decision names a risk yet, so nothing can be said about what remains.",
            );
        }
        let mut blocks: Vec<Block> = self.heat_map(&risks);
        let rows = risks.iter().map(|risk| {
            let planned = self.decision(risk).and_then(|decision| decision.expected_value);
            vec![
                named(*risk),
                level(self.isms, Some(risk), risk.inherent_value),
                level(self.isms, Some(risk), risk.current_value),
                level(self.isms, Some(risk), planned.or(risk.residual_value)),
                acceptance(self.isms, risk),
            ]
        });
        let columns = vec![
            Column::new("Risk", 3.0).naming_row(),
            Column::new("Before controls", 1.05),
            Column::new("Now", 1.05),
            Column::new("After the plan", 1.05),
            Column::new("Accepted", 1.2),
        ];
        blocks.push(Block::Table(Table::plain("Risks before and after the plan", columns, rows.collect())));
        Section { heading: "Remaining risk".to_owned(), landscape: false, blocks }
    }

    /// Every acceptance of a residual risk there is, with the day on which it ends.
    pub(super) fn register(&self) -> Section {
        let all = self.isms.table::<RiskAcceptance>().iter().filter(|one| !one.is_void());
        let rows = all.map(|one| {
            let (tone, word) = state_words(one.state_name());
            vec![
                refs([one.reference().any()]),
                self.isms.find(one.risk).map_or(Cell::Empty, |risk| named(risk)),
                level(self.isms, self.isms.find(one.risk), one.accepted_value),
                person_cell(self.isms, one.accepted_by),
                date(one.accepted_on),
                date(one.expires_on),
                Cell::mark(tone, word),
                refs(one.approval.map(Ref::any)),
            ]
        });
        let columns = vec![
            Column::new("Acceptance", 1.0).naming_row(),
            Column::new("Risk", 2.4),
            Column::new("Value", 1.0),
            Column::new("Accepted by", 1.3),
            Column::new("Accepted on", 1.0),
            Column::new("Valid until", 1.0),
            Column::new("State", 1.1),
            Column::new("Signature", 0.9),
        ];
        let mut table = Table::plain("Register of acceptances", columns, rows.collect());
        table.empty = "No residual risk has been accepted yet.".into();
        Section { heading: "Register of acceptances".to_owned(), landscape: true, blocks: vec![Block::Table(table)] }
    }

    /// The places of a risk before its controls, now and after the plan.
    fn places(&self, risk: &Stored<Risk>) -> Places {
        let decision = self.decision(risk);
        let expected = decision.and_then(|one| one.expected_likelihood.zip(one.expected_impact));
        [
            risk.inherent_likelihood.zip(risk.inherent_impact),
            risk.current_likelihood.zip(risk.current_impact),
            expected.or(risk.residual_likelihood.zip(risk.residual_impact)),
        ]
    }

    fn heat_map(&self, risks: &[&Stored<Risk>]) -> Vec<Block> {
        let method = self.isms.find(self.plan.risk_assessment).and_then(|run| self.isms.find(run.methodology));
        let Some(method) = method.or_else(|| risks.iter().find_map(|risk| self.isms.find(risk.methodology))) else {
            return Vec::new();
        };
        let placed: Vec<_> = risks.iter().map(|risk| (*risk, self.places(risk))).collect();
        heat_map(method, ["Before controls", "Now", "After the plan"], &placed)
    }
}

/// The acceptance of a risk in force, and until when.
pub(in crate::documents) fn acceptance(isms: &Isms, risk: &Stored<Risk>) -> Cell {
    let acceptances = isms.referring::<RiskAcceptance>(risk.reference().any(), "risk");
    let Some(one) = acceptances.filter(|one| one.state_name() == "accepted").last() else {
        return Cell::text("not accepted yet");
    };
    let until = one.expires_on.map(|day| format!("until {day}"));
    lines([refs([one.reference().any()]), text(until.as_deref())])
}
