//! Risks estimated in money: how often, how much at once, how much in a year.

use rust_decimal::Decimal;

use super::Content;
use crate::document::{Block, Cell, Column, Section, Table};
use crate::documents::frame::{Sums, counted, money, named, section, text};

impl Content<'_> {
    pub(super) fn numbers(&self) -> Section {
        let heading = "Risks in money";
        let estimated = || {
            self.risks.iter().filter(|risk| {
                risk.ale_mean.is_some() || risk.lef_mode.is_some() || risk.lm_p95.is_some() || risk.ale_p95.is_some()
            })
        };
        if estimated().next().is_none() {
            let text = "No risk is estimated in money and frequency.".to_owned();
            return section(heading, false, vec![Block::Text(text)]);
        }
        let frequency = |low: Option<Decimal>, mode: Option<Decimal>, high: Option<Decimal>| {
            let parts: Vec<String> =
                [low, mode, high].into_iter().flatten().map(|value| value.normalize().to_string()).collect();
            text(Some(&parts.join(" / ")))
        };
        let mut sums = Sums::default();
        let mut rows = Vec::new();
        for risk in estimated() {
            sums.add(risk.ale_mean);
            rows.push(vec![
                named(*risk),
                frequency(risk.lef_min, risk.lef_mode, risk.lef_max),
                money(risk.lm_p5),
                money(risk.lm_p95),
                money(risk.ale_mean),
                money(risk.ale_p95),
            ]);
        }
        let columns = vec![
            Column::new("Risk", 2.4).naming_row(),
            Column::new("Events a year: least / likely / most", 1.3),
            Column::new("Loss at once, 5 %", 1.1).at_end(),
            Column::new("Loss at once, 95 %", 1.1).at_end(),
            Column::new("Expected loss a year", 1.1).at_end(),
            Column::new("Exceeded in 1 of 20 years", 1.1).at_end(),
        ];
        let count = rows.len();
        let mut table = Table::plain(heading, columns, rows);
        table.total =
            vec![Cell::Strong("Total".to_owned()), Cell::Empty, Cell::Empty, Cell::Empty, sums.cell(), Cell::Empty];
        let text = format!(
            "{} of {} are estimated. Expected losses add up; the losses of bad years do not, because bad years of \
             different risks seldom fall together.",
            counted(count, "risk"),
            self.risks.len()
        );
        let mut blocks = vec![Block::Text(text), Block::Table(table)];
        blocks.extend(self.curve());
        section(heading, false, blocks)
    }
}
