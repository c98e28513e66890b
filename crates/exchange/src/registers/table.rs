//! Which sheet is which register: by its name, by its headings, or both.

use std::cell::RefCell;
use std::collections::HashMap;

use super::mapping::{FieldRules, Mapping, RegisterRules};
use super::sheet::{self, Fit, Row, Sheet};
use super::words::{fits_one, names, plain, slug, without_brackets};
use crate::report::{Report, Unread};

/// A sheet that is read as a register.
#[derive(Debug)]
pub(crate) struct Table<'a> {
    /// The rules.
    pub rules: &'a RegisterRules,
    /// The name under which its records are tagged.
    pub name: String,
    /// The file or sheet, for messages.
    pub file: String,
    /// The headings.
    pub headings: Vec<String>,
    /// The rows below the heading.
    pub rows: Vec<Row>,
    /// Columns by the headings that were asked for.
    found: RefCell<HashMap<String, Option<usize>>>,
}

impl Table<'_> {
    /// The column of the first of several headings that is there.
    pub fn column(&self, wanted: &str) -> Option<usize> {
        if let Some(known) = self.found.borrow().get(wanted) {
            return *known;
        }
        let found = column(&self.headings, wanted);
        self.found.borrow_mut().insert(wanted.to_owned(), found);
        found
    }

    /// A cell; empty beyond the end of a row.
    pub fn cell(&self, row: usize, column: usize) -> &str {
        self.rows[row].cells.get(column).map_or("", String::as_str)
    }

    /// The heading of a column, or its number where it has none.
    pub fn heading(&self, column: usize) -> String {
        self.headings
            .get(column)
            .filter(|it| !it.is_empty())
            .cloned()
            .unwrap_or_else(|| format!("column {}", column + 1))
    }
}

/// Longest heading, in bytes. A longer cell is none, and is not compared with every name that a register could have.
const LONGEST_HEADING: usize = 1_000;

fn column(headings: &[String], wanted: &str) -> Option<usize> {
    let place = |fits: &dyn Fn(&String) -> bool| headings.iter().position(|it| it.len() <= LONGEST_HEADING && fits(it));
    names(wanted).find_map(|name| {
        let name = plain(name);
        let exact = place(&|heading| plain(heading) == name);
        exact.or_else(|| place(&|it| !it.is_empty() && plain(&without_brackets(it)) == name))
    })
}

/// Every heading that the rules of a register name.
pub(crate) fn headings_of(rules: &RegisterRules) -> Vec<String> {
    let mut named: Vec<String> = rules.needs.clone();
    named.extend(rules.id.clone());
    named.extend(rules.matrix.clone());
    for record in &rules.records {
        named.extend(record.key.iter().cloned());
        named.extend(record.into.clone());
        named.extend(record.only_if.keys().cloned());
        for rule in record.fields.values().flat_map(FieldRules::rules) {
            named.extend(rule.from.clone());
            named.extend(rule.template.iter().flat_map(|template| in_braces(template)).map(str::to_owned));
            if rules.matrix.is_none() {
                named.extend(rule.parts.values().cloned());
            }
        }
    }
    named
}

/// The headings in braces of a template.
pub(crate) fn in_braces(template: &str) -> impl Iterator<Item = &str> {
    template.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}

/// How well a register fits headings: 0 when something it needs is missing.
fn score(rules: &RegisterRules, name: &str, headings: &[String]) -> usize {
    let filled = headings.iter().filter(|heading| !heading.is_empty()).count();
    if filled == 0 || rules.needs.iter().any(|needed| column(headings, needed).is_none()) {
        return 0;
    }
    let named = headings_of(rules);
    let known: std::collections::BTreeSet<usize> =
        named.iter().flat_map(|list| names(list)).filter_map(|one| column(headings, one)).collect();
    let share = if rules.matrix.is_some() { 50 } else { known.len() * 100 / filled };
    let by_name = fits_one(&rules.files, name);
    // Without the right name a sheet is taken only for what nearly all its headings say.
    match (by_name, share) {
        (true, _) => 200 + share,
        (false, 60..) if rules.needs.len() >= 2 => share,
        _ => 0,
    }
}

/// The best register for a sheet, with the row of its heading.
fn best<'a>(mapping: &'a Mapping, sheet: &Sheet) -> Option<(&'a RegisterRules, usize)> {
    let mut found: Option<(usize, &RegisterRules, usize)> = None;
    for at in 0..sheet.rows.len().min(15) {
        for rules in &mapping.registers {
            let score = score(rules, &sheet.name, &sheet.rows[at].cells);
            if score > found.map_or(0, |(best, _, _)| best) {
                found = Some((score, rules, at));
            }
        }
    }
    found.map(|(_, rules, at)| (rules, at))
}

/// Reads sheets as registers; what fits none, and what stands above a heading, is told.
pub(crate) fn tables<'a>(mapping: &'a Mapping, sheets: Vec<Sheet>, report: &mut Report) -> Vec<Table<'a>> {
    let chosen: Vec<_> = sheets.iter().map(|sheet| best(mapping, sheet)).collect();
    let mut tables = Vec::new();
    for (sheet, choice) in sheets.into_iter().zip(&chosen) {
        let Sheet { file, name, mut rows } = sheet;
        let Some((rules, at)) = *choice else {
            rows.iter_mut().take(1).for_each(|row| sheet::tidy(&mut row.cells));
            let content = rows.first().map(|row| row.cells.join(", ")).unwrap_or_default();
            let reason = format!("no register of the mapping fits; {} rows", rows.len().saturating_sub(1));
            report.unread.push(Unread { file, line: None, content, reason });
            continue;
        };
        for mut row in rows.drain(..at) {
            sheet::tidy(&mut row.cells);
            let (line, content) = (Some(row.line), row.cells.join(", "));
            let reason = "stands above the heading".to_owned();
            report.unread.push(Unread { file: file.clone(), line, content, reason });
        }
        let mut headings = rows.remove(0).cells;
        let rows = whole(&file, &headings, rows, report);
        sheet::tidy(&mut headings);
        // Two files of one register would share their identifiers.
        let alone = chosen.iter().flatten().filter(|(other, _)| std::ptr::eq(*other, rules)).count() == 1;
        let mut tag = if alone { rules.name.clone() } else { format!("{}-{}", rules.name, slug(&name)) };
        while tables.iter().any(|table: &Table<'_>| table.name == tag) {
            tag.push_str("-2");
        }
        tables.push(Table { rules, name: tag, file, headings, rows, found: RefCell::default() });
    }
    tables
}

/// The rows that can be read; torn ones are put together where that is certain, and else kept in the report as they are.
fn whole(file: &str, headings: &[String], rows: Vec<Row>, report: &mut Report) -> Vec<Row> {
    let mut repaired: Vec<String> = Vec::new();
    let mut kept = Vec::with_capacity(rows.len());
    for mut row in rows {
        let wide = row.cells.len();
        match sheet::repair(headings, &mut row) {
            Fit::Fits if row.cells.len() > headings.len() => {
                report.warn(file, Some(row.line), format!("has {wide} columns, the heading has {}", headings.len()));
            }
            Fit::Fits => {}
            Fit::Repaired => repaired.push(row.line.to_string()),
            Fit::Torn => {
                let reason = format!(
                    "has {wide} columns, the heading has {}, and nobody can say which commas are one too many; put texts \
                     with commas in quotation marks",
                    headings.len()
                );
                let (line, content) = (Some(row.line), row.cells.join(","));
                report.unread.push(Unread { file: file.to_owned(), line, content, reason });
                continue;
            }
        }
        sheet::tidy(&mut row.cells);
        kept.push(row);
    }
    if !repaired.is_empty() {
        let message = "commas without quotation marks tear cells apart; they were put together again, as a comma inside a \
                       text is followed by a space. Please check the lines";
        report.warn(file, None, format!("{message} {}", repaired.join(", ")));
    }
    kept
}
