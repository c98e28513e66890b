//! The actions of the plan: what is done, by whom, until when, and how its success is judged.

use attestry_model::field::Choice;
use attestry_model::records::TreatmentAction;
use attestry_model::{AnyRef, Ref, Stored};
use rust_decimal::Decimal;

use super::{Content, is_open};
use crate::document::{Block, Cell, Column, Section, Table, Tone};
use crate::documents::Medium;
use crate::documents::frame::{date, lines, money, person_cell, refs, state_mark, text};

const SHEET: [&str; 19] = [
    "Action",
    "Title",
    "What",
    "Control",
    "Risks",
    "Responsible",
    "Start",
    "Due",
    "Resources",
    "Effort (days)",
    "One-off",
    "Yearly",
    "Spent",
    "Priority",
    "Progress",
    "State",
    "Criteria of success",
    "Done",
    "Evidence",
];

/// A measure as a cell.
fn number(value: Option<Decimal>, unit: &str) -> Cell {
    let value = value.and_then(|value| value.to_string().parse::<f64>().ok());
    value.map_or(Cell::Empty, |value| Cell::Number { value, decimals: 1, unit: unit.to_owned() })
}

impl Content<'_> {
    pub(super) fn action_table(&self) -> Section {
        let sheet = self.medium == Medium::Sheet;
        let columns = if sheet {
            let mut columns: Vec<Column> = SHEET.into_iter().map(|title| Column::new(title, 1.0)).collect();
            columns[0] = Column::new("Action", 0.8).naming_row();
            columns
        } else {
            vec![
                Column::new("Action", 2.4).naming_row(),
                Column::new("Control, risks", 1.0),
                Column::new("Responsible", 1.1),
                Column::new("Start, due", 0.95),
                Column::new("Resources", 1.3),
                Column::new("One-off", 0.95).at_end(),
                Column::new("Yearly", 0.95).at_end(),
                Column::new("State", 1.05),
                Column::new("Criteria of success", 1.7),
            ]
        };
        let rows = self.actions.iter().map(|action| if sheet { self.sheet_row(action) } else { self.page_row(action) });
        let mut table = Table::plain("Actions", columns, rows.collect());
        table.empty = "No action is planned yet.".into();
        Section { heading: "Actions".to_owned(), landscape: true, blocks: vec![Block::Table(table)] }
    }

    fn action_risks(&self, action: &Stored<TreatmentAction>) -> Vec<AnyRef> {
        let treatments = action.treatments.iter().filter_map(|treatment| self.isms.get(*treatment));
        treatments.filter_map(|treatment| treatment.risk).map(Ref::any).collect()
    }

    fn criteria(&self, action: &Stored<TreatmentAction>) -> Cell {
        let told = action.criteria.iter().filter_map(|criterion| self.isms.get(*criterion));
        lines(told.map(|criterion| Cell::text(criterion.statement.as_deref().unwrap_or_else(|| criterion.title()))))
    }

    fn state(&self, action: &Stored<TreatmentAction>) -> Cell {
        let late = if self.is_late(action) { Cell::mark(Tone::Gap, "late") } else { Cell::Empty };
        let open = is_open(action);
        let progress = action.progress.filter(|_| open).map(|progress| format!("{} % done", progress.0.normalize()));
        let priority =
            action.priority.filter(|_| open).map(|priority| format!("priority {}", priority.label().to_lowercase()));
        let reason = text(action.blocked_reason.as_deref().filter(|_| action.state_name() == "blocked"));
        let mark = state_mark(action.state_name());
        lines([mark, late, text(progress.as_deref()), text(priority.as_deref()), reason])
    }

    fn page_row(&self, action: &Stored<TreatmentAction>) -> Vec<Cell> {
        let what = action.what.as_deref().unwrap_or_else(|| action.title());
        let mut links: Vec<AnyRef> = action.control.map(Ref::any).into_iter().collect();
        links.extend(self.action_risks(action));
        let effort = action.effort_days.map(|days| {
            let days = days.normalize();
            if days == Decimal::ONE { "1 day".to_owned() } else { format!("{days} days") }
        });
        vec![
            lines([refs([action.reference().any()]), text(Some(what))]),
            refs(links),
            person_cell(self.isms, action.responsible.or(action.head.owner)),
            lines([date(action.start), date(action.due)]),
            lines([text(action.resources.as_deref()), text(effort.as_deref())]),
            money(action.cost_once),
            money(action.cost_year),
            self.state(action),
            self.criteria(action),
        ]
    }

    fn sheet_row(&self, action: &Stored<TreatmentAction>) -> Vec<Cell> {
        vec![
            refs([action.reference().any()]),
            Cell::text(action.title()),
            text(action.what.as_deref()),
            refs(action.control.map(Ref::any)),
            refs(self.action_risks(action)),
            person_cell(self.isms, action.responsible.or(action.head.owner)),
            date(action.start),
            date(action.due),
            text(action.resources.as_deref()),
            number(action.effort_days, ""),
            money(action.cost_once),
            money(action.cost_year),
            money(action.cost_actual),
            action.priority.map_or(Cell::Empty, |priority| Cell::text(priority.label().to_lowercase())),
            number(action.progress.map(|progress| progress.0), "%"),
            state_mark(action.state_name()),
            self.criteria(action),
            date(action.done_on),
            refs(action.evidence.iter().map(|evidence| evidence.any())),
        ]
    }
}
