//! What changed since the version of the plan before.

use std::collections::BTreeSet;

use attestry_model::records::{Treatment, TreatmentAction, TreatmentPlan};
use attestry_model::{AnyRef, Ref, Stored};

use super::{Content, is_open};
use crate::document::{Block, Cell, Column, Section, Table};
use crate::documents::frame::refs;

impl Content<'_> {
    fn before(&self) -> Option<&Stored<TreatmentPlan>> {
        let plans = self.isms.table::<TreatmentPlan>().iter().rev();
        plans.into_iter().find(|plan| plan.number < self.plan.number && !plan.is_void())
    }

    /// The section; none in the first version.
    pub(super) fn changes(&self) -> Option<Section> {
        let before = self.before()?;
        let (was, is): (BTreeSet<Ref<Treatment>>, BTreeSet<Ref<Treatment>>) =
            (before.treatments.iter().copied().collect(), self.plan.treatments.iter().copied().collect());
        let day = before.approved_on;
        let after = |date: Option<jiff::civil::Date>| date.zip(day).is_some_and(|(date, day)| date > day);
        let again = was.intersection(&is).filter(|one| self.isms.get(**one).is_some_and(|one| after(one.decided_on)));
        let (own, carried): (Vec<&Stored<TreatmentAction>>, Vec<_>) =
            self.actions.iter().copied().partition(|action| action.plan == Some(self.plan.reference()));
        let actions = |fits: &dyn Fn(&Stored<TreatmentAction>) -> bool| -> Vec<AnyRef> {
            carried.iter().filter(|action| fits(action)).map(|action| action.reference().any()).collect()
        };
        let since = day.map_or_else(|| "since".to_owned(), |day| format!("since {day}"));
        let rows: Vec<(String, Vec<AnyRef>)> = vec![
            ("Decisions added".to_owned(), is.difference(&was).map(|one| one.any()).collect()),
            (format!("Decisions taken again {since}"), again.map(|one| one.any()).collect()),
            ("Decisions left out".to_owned(), was.difference(&is).map(|one| one.any()).collect()),
            ("Actions added".to_owned(), own.iter().map(|action| action.reference().any()).collect()),
            (format!("Actions finished {since}"), actions(&|action| after(action.done_on))),
            ("Actions carried over, still open".to_owned(), actions(&|action| is_open(action))),
            ("Actions cancelled".to_owned(), actions(&|action| action.state_name() == "cancelled")),
        ];
        let filled = rows.into_iter().filter(|(_, records)| !records.is_empty()).map(|(what, records)| {
            vec![Cell::text(what), Cell::count(u64::try_from(records.len()).unwrap_or(u64::MAX)), refs(records)]
        });
        let columns = vec![
            Column::new("What changed", 1.6).naming_row(),
            Column::new("Number", 0.6).at_end(),
            Column::new("Records", 3.6),
        ];
        let version = before.version.as_deref().map_or_else(String::new, |version| format!("version {version}, "));
        let mut table = Table::plain("Changes since the version before", columns, filled.collect());
        table.empty = "Decisions and actions are the same.".into();
        let text = format!("Compared with {version}{} {}.", before.reference(), before.title());
        Some(Section {
            heading: "Changes since the version before".to_owned(),
            landscape: false,
            blocks: vec![Block::Text(text), Block::Table(table)],
        })
    }
}
