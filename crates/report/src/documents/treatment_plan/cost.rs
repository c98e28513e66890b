//! What the plan costs and what it is worth: sums over actions, sums over decisions, by risk, control and quarter.

use std::collections::BTreeMap;

use attestry_model::records::{Control, Treatment, TreatmentAction, TreatmentPlan};
use attestry_model::value::Money;
use attestry_model::{Ref, Stored};

use super::{Content, nothing};
use crate::document::{Block, Cell, Column, Fact, NoteTone, Section, Table};
use crate::documents::frame::{Sums, counted, fact, money, named};

/// Years over which a one-off cost is spread, without interest: annuity with r = 0 (risk method, section on the value
/// of controls; the conformance rules use the same three years).
const YEARS: i64 = 3;

/// Sums over some actions.
#[derive(Default)]
struct Cost {
    count: usize,
    once: Sums,
    yearly: Sums,
    spent: Sums,
}

impl Cost {
    fn add(&mut self, action: &TreatmentAction) {
        self.count += 1;
        self.once.add(action.cost_once);
        self.yearly.add(action.cost_year);
        self.spent.add(action.cost_actual);
    }

    fn annual(&self) -> Sums {
        annual_cost(&self.once, &self.yearly)
    }

    fn cells(&self) -> [Cell; 5] {
        let count = u64::try_from(self.count).unwrap_or(u64::MAX);
        [Cell::count(count), self.once.cell(), self.yearly.cell(), self.annual().cell(), self.spent.cell()]
    }
}

/// Cost a year: yearly cost and the one-off cost spread evenly, rounded to the smallest unit of its currency. The sum of
/// several is worked out from their sums, so that it is exact where the single figures are rounded.
fn annual_cost(once: &Sums, yearly: &Sums) -> Sums {
    let mut sums = yearly.clone();
    for once in once.amounts() {
        sums.add(Some(Money { minor: once.minor.saturating_add(YEARS / 2).div_euclid(YEARS), ..once }));
    }
    sums
}

/// Net benefit over cost in percent, when both are in one and the same currency.
fn ratio(net: &Sums, cost: &Sums) -> Cell {
    let (mut net, mut cost) = (net.amounts(), cost.amounts());
    match (net.next(), net.next(), cost.next(), cost.next()) {
        (Some(net), None, Some(cost), None) if net.currency == cost.currency && cost.minor > 0 => {
            let percent = i128::from(net.minor) * 100 / i128::from(cost.minor);
            i64::try_from(percent).map_or(Cell::Empty, |percent| Cell::text(format!("{percent} %")))
        }
        _ => Cell::Empty,
    }
}

fn amount_column(title: &str) -> Column {
    Column::new(title, 1.15).at_end()
}

impl Content<'_> {
    fn counted_actions(&self) -> impl Iterator<Item = &Stored<TreatmentAction>> {
        self.actions.iter().copied().filter(|action| action.state_name() != "cancelled")
    }

    pub(super) fn cost(&self) -> Section {
        let mut blocks = Vec::new();
        if self.counted_actions().next().is_some() {
            blocks.push(Block::Heading("Actions and budget".to_owned()));
            blocks.extend(self.actions_and_budget());
        }
        if self.valued().next().is_some() {
            blocks.push(Block::Heading("Cost and benefit of the decisions".to_owned()));
            blocks.extend(self.cost_and_benefit());
        }
        if self.counted_actions().next().is_some() {
            blocks.push(Block::Heading("Cost of the actions by control".to_owned()));
            blocks.push(Block::Table(self.by_control()));
            blocks.push(Block::Heading("One-off cost of the actions by quarter".to_owned()));
            blocks.push(Block::Table(self.by_quarter()));
        }
        if blocks.is_empty() {
            return nothing("Cost", "Neither an action nor a decision states a cost yet.");
        }
        Section { heading: "Cost".to_owned(), landscape: false, blocks }
    }

    fn actions_and_budget(&self) -> Vec<Block> {
        let mut versions: BTreeMap<Option<Ref<TreatmentPlan>>, Cost> = BTreeMap::new();
        let mut all = Cost::default();
        for action in self.counted_actions() {
            versions.entry(action.plan).or_default().add(action);
            all.add(action);
        }
        let rows = versions.iter().rev().map(|(plan, cost)| {
            let name = match (self.isms.find(*plan), *plan) {
                (Some(plan), _) if plan.number == self.plan.number => Cell::text("This version"),
                (Some(plan), _) => Cell::text(format!("{}, {}", plan.reference(), plan.title())),
                (None, Some(plan)) => Cell::text(plan.to_string()),
                (None, None) => Cell::text("no version named"),
            };
            std::iter::once(name).chain(cost.cells()).collect()
        });
        let columns = vec![
            Column::new("Actions of", 2.2).naming_row(),
            Column::new("Number", 0.75).at_end(),
            amount_column("One-off"),
            amount_column("Yearly"),
            amount_column("A year, spread"),
            amount_column("Spent so far"),
        ];
        let mut table = Table::plain("Cost of the actions", columns, rows.collect());
        table.total = std::iter::once(Cell::text("Total")).chain(all.cells()).collect();
        let mut blocks = vec![
            Block::Text(format!(
                "“A year, spread” is the yearly cost and the one-off cost in equal parts over {YEARS} years; sums are \
                 exact, single figures rounded."
            )),
            Block::Table(table),
        ];
        let unknown =
            self.counted_actions().filter(|action| action.cost_once.is_none() && action.cost_year.is_none()).count();
        if unknown > 0 {
            let states = if unknown == 1 { "states" } else { "state" };
            let text = format!("{} {states} no cost; the sums are without it.", counted(unknown, "action"));
            blocks.push(Block::Note { tone: NoteTone::Warning, text });
        }
        if self.plan.budget.is_some() {
            let mut left = Sums::default();
            left.add(self.plan.budget);
            let own = versions.remove(&Some(self.plan.reference())).unwrap_or_default();
            left.subtract_all(&own.once);
            let mut after_a_year = left.clone();
            after_a_year.subtract_all(&own.yearly);
            blocks.push(Block::Facts(vec![
                fact("Budget granted for this version", money(self.plan.budget)),
                fact("Budget less one-off cost", left.cell()),
                fact("and less the first yearly cost", after_a_year.cell()),
            ]));
        }
        blocks
    }

    /// The decisions that say what they cost or bring.
    fn valued(&self) -> impl Iterator<Item = &Stored<Treatment>> {
        self.treatments.iter().copied().filter(|one| {
            one.is_live() && (one.cost_once.is_some() || one.cost_year.is_some() || one.loss_reduction_year.is_some())
        })
    }

    fn cost_and_benefit(&self) -> Vec<Block> {
        let [mut once, mut yearly, mut benefit] = std::array::from_fn(|_| Sums::default());
        let mut rows = Vec::new();
        for treatment in self.valued() {
            once.add(treatment.cost_once);
            yearly.add(treatment.cost_year);
            benefit.add(treatment.loss_reduction_year);
            rows.push(vec![
                self.risk_cell(treatment),
                money(treatment.cost_once),
                money(treatment.cost_year),
                annual_cost(&treatment.cost_once.into(), &treatment.cost_year.into()).cell(),
                money(treatment.loss_reduction_year),
            ]);
        }
        let annual = annual_cost(&once, &yearly);
        let mut net = benefit.clone();
        net.subtract_all(&annual);
        let columns = vec![
            Column::new("Risk", 2.6).naming_row(),
            amount_column("One-off"),
            amount_column("Yearly"),
            amount_column("A year, spread"),
            amount_column("Loss avoided a year"),
        ];
        let mut table = Table::plain("Cost and benefit of the decisions", columns, rows);
        table.total = vec![Cell::text("Total"), once.cell(), yearly.cell(), annual.cell(), benefit.cell()];
        let mut facts: Vec<Fact> = Vec::new();
        let mut loss = Sums::default();
        let estimated: Vec<Money> = self.risks().iter().filter_map(|risk| risk.ale_mean).collect();
        for mean in &estimated {
            loss.add(Some(*mean));
        }
        if !estimated.is_empty() {
            let label = format!("Expected loss a year now, {} estimated in money", counted(estimated.len(), "risk"));
            facts.push(fact(&label, loss.cell()));
        }
        if benefit.amounts().next().is_some() {
            facts.push(fact("Expected loss avoided a year", benefit.cell()));
            facts.push(fact("Cost a year, spread", annual.cell()));
            facts.push(fact("Net benefit a year", net.cell()));
            facts.push(fact("Return: net benefit over cost", ratio(&net, &annual)));
        }
        facts.retain(|fact| fact.value != Cell::Empty);
        let mut blocks = vec![Block::Text(
            "A decision states the cost and the benefit of a risk's whole treatment, with controls that stood before this \
             plan; an action states what its own work costs. The two need not add up to the same."
                .to_owned(),
        )];
        if !facts.is_empty() {
            blocks.push(Block::Facts(facts));
        }
        blocks.push(Block::Table(table));
        blocks
    }

    fn by_control(&self) -> Table {
        let mut controls: BTreeMap<Option<Ref<Control>>, Cost> = BTreeMap::new();
        let mut all = Cost::default();
        for action in self.counted_actions() {
            controls.entry(action.control).or_default().add(action);
            all.add(action);
        }
        let row = |name: Cell, cost: &Cost| vec![name, cost.once.cell(), cost.yearly.cell(), cost.annual().cell()];
        let rows = controls.iter().map(|(control, cost)| {
            let name = match self.isms.find(*control) {
                Some(control) => named(control),
                None => Cell::text("no control named"),
            };
            row(name, cost)
        });
        let columns = vec![
            Column::new("Control", 3.0).naming_row(),
            amount_column("One-off"),
            amount_column("Yearly"),
            amount_column("A year, spread"),
        ];
        let mut table = Table::plain("Cost of the actions by control", columns, rows.collect());
        table.total = row(Cell::text("Total"), &all);
        table
    }

    fn by_quarter(&self) -> Table {
        let mut quarters: BTreeMap<Option<(i16, i8)>, Cost> = BTreeMap::new();
        let mut all = Cost::default();
        for action in self.counted_actions() {
            let quarter = action.due.map(|due| (due.year(), (due.month() - 1) / 3 + 1));
            quarters.entry(quarter).or_default().add(action);
            all.add(action);
        }
        let row = |name: Cell, cost: &Cost| {
            vec![name, Cell::count(u64::try_from(cost.count).unwrap_or(u64::MAX)), cost.once.cell()]
        };
        let rows = quarters.iter().map(|(quarter, cost)| {
            let name = quarter.map_or_else(|| "no due date".to_owned(), |(year, quarter)| format!("{year} Q{quarter}"));
            row(Cell::text(name), cost)
        });
        let columns = vec![
            Column::new("Quarter of the due date", 2.4).naming_row(),
            Column::new("Actions", 1.0).at_end(),
            amount_column("One-off"),
        ];
        let mut table = Table::plain("One-off cost of the actions by quarter", columns, rows.collect());
        table.total = row(Cell::text("Total"), &all);
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "costs are optional, and the cases read like them")]
    fn usd(minor: i64) -> Option<Money> {
        Some(Money { minor, currency: "USD".parse().expect("a currency") })
    }

    #[test]
    fn a_one_off_cost_is_spread_over_three_years_and_rounded_to_the_nearest_cent() {
        for (once, yearly, annual) in [
            (usd(300), None, 100),
            (usd(100), None, 33),
            (usd(200), None, 67),
            (usd(-100), None, -33),
            (None, usd(7), 7),
            (usd(1), usd(7), 7),
        ] {
            let sums = annual_cost(&once.into(), &yearly.into());
            assert_eq!(sums.amounts().map(|money| money.minor).collect::<Vec<_>>(), [annual], "{once:?} {yearly:?}");
        }
        assert_eq!(annual_cost(&Sums::default(), &Sums::default()).cell(), Cell::Empty);
    }

    #[test]
    fn currencies_are_never_mixed() {
        let euro = Some(Money { minor: 300, currency: "EUR".parse().expect("a currency") });
        let sums = annual_cost(&euro.into(), &usd(7).into());
        assert_eq!(sums.amounts().count(), 2);
        assert_eq!(ratio(&sums, &sums), Cell::Empty);
        assert_eq!(ratio(&usd(50).into(), &usd(20).into()), Cell::text("250 %"));
    }
}
