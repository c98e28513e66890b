//! Evaluating the rules of a field against a row.

use attestry_model::field::Type;
use attestry_model::plain;
use attestry_model::records::Kind;
use serde_json::{Map, Value};

use super::find::split;
use super::mapping::FieldRule;
use super::transform::{Outcome, Reading, SEVERAL, decimal_sign, read, translate, without_zone};
use super::words::fits_one;
use super::work::{Place, Use, Work, reference_value};

/// A value, the cells it comes from, and for each what it leaves unsaid.
#[derive(Debug)]
pub(crate) struct Given {
    /// The value.
    pub value: Value,
    /// Columns, with what is left.
    pub cells: Vec<(usize, Option<String>)>,
}

impl Work<'_> {
    /// The value of the first rule that gives one. Cells that were read in vain are marked.
    pub(super) fn evaluate(&mut self, table: usize, row: usize, ty: Type, rules: &[FieldRule]) -> Option<Given> {
        for rule in rules {
            match self.evaluate_one(table, row, ty, rule) {
                Ok(Some(given)) => return Some(given),
                Ok(None) => {}
                Err((column, reason)) => self.mark(Place { table, row, column: Some(column) }, Use::Failed(reason)),
            }
        }
        None
    }

    fn evaluate_one(
        &mut self,
        table: usize,
        row: usize,
        ty: Type,
        rule: &FieldRule,
    ) -> Result<Option<Given>, (usize, String)> {
        if let Some(set) = &rule.set {
            return Ok(self.fixed(table, row, ty, rule, set).map(|value| Given { value, cells: Vec::new() }));
        }
        if let Some(template) = &rule.template {
            let Some((text, columns)) = self.filled(table, row, template) else { return Ok(None) };
            let line = matches!(ty, Type::Text);
            let text = if line { super::words::line(&text) } else { text };
            let value =
                if matches!(ty, Type::List(_)) { Value::Array(vec![Value::from(text)]) } else { Value::from(text) };
            let cells = columns.into_iter().map(|column| (column, None)).collect();
            return Ok(Some(Given { value, cells }));
        }
        if let Some(link) = &rule.link {
            let made = self.rows.get(&(table, row)).map(Vec::as_slice).unwrap_or_default();
            let mut linked = made.iter().map(|(_, at)| self.drafts.get(*at).reference);
            let found = linked.find(|reference| reference.kind.words().name == link);
            let value = found.map(|found| reference_value(&[found], matches!(ty, Type::List(_))));
            return Ok(value.map(|value| Given { value, cells: Vec::new() }));
        }
        if !rule.parts.is_empty() {
            return Ok(self.structure(table, row, ty, rule));
        }
        let Some((column, text)) = rule.from.as_ref().and_then(|from| self.said(table, row, from)) else {
            return Ok(None);
        };
        let text = text.to_owned();
        let place = Place { table, row, column: Some(column) };
        let outcome = self.read_cell(place, ty, rule, &text);
        let whole_given = |value, reason| Ok(Some(Given { value, cells: vec![(column, reason)] }));
        match outcome {
            Outcome::Whole(value) => whole_given(value, None),
            Outcome::Partly(value, reason) => whole_given(value, Some(reason)),
            Outcome::Nothing(reason) => Err((column, reason)),
        }
    }

    fn read_cell(&mut self, place: Place, ty: Type, rule: &FieldRule, text: &str) -> Outcome {
        let words = self.mapping.words(rule);
        let known = words.is_some_and(|words| words.keys().any(|word| !word.contains('*') && word == text));
        if !known && fits_one(&self.mapping.reading.nothing, text) {
            return Outcome::Nothing("says that there is nothing".to_owned());
        }
        let (kind, many) = match ty {
            Type::Ref(kind) => (Some(Some(kind)), false),
            Type::AnyRef => (Some(None), false),
            Type::List(Type::Ref(kind)) => (Some(Some(*kind)), true),
            Type::List(Type::AnyRef) => (Some(None), true),
            _ => (None, false),
        };
        if let Some(kind) = kind {
            return self.read_reference(place, kind, many, rule, text);
        }
        let Some(words) = words else { return self.read_value(place, ty, rule, text) };
        let inner = if let Type::List(inner) = ty { *inner } else { ty };
        let parts = if rule.split.is_empty() { vec![text.to_owned()] } else { split(text, &rule.split) };
        if matches!(ty, Type::List(_)) {
            return match Self::meanings_of(words, inner, &parts) {
                (values, Some(reason)) if values.is_empty() => Outcome::Nothing(reason),
                (values, Some(reason)) => Outcome::Partly(Value::Array(values), reason),
                (values, None) => Outcome::Whole(Value::Array(values)),
            };
        }
        match translate(ty, words, text) {
            Outcome::Nothing(reason) => match self.read_value(place, ty, rule, text) {
                Outcome::Nothing(_) => Outcome::Nothing(reason),
                // Any text would do as a text: there only the table counts.
                _ if matches!(ty, Type::Text | Type::LongText) && rule.how.is_none() => Outcome::Nothing(reason),
                read => read,
            },
            translated => translated,
        }
    }

    fn meanings_of(words: &super::mapping::Words, ty: Type, parts: &[String]) -> (Vec<Value>, Option<String>) {
        let (mut values, mut left) = (Vec::new(), None);
        for part in parts {
            let (value, reason) = match translate(ty, words, part) {
                Outcome::Whole(value) => (Some(value), None),
                Outcome::Partly(value, reason) => (Some(value), Some(reason)),
                Outcome::Nothing(reason) => (None, Some(reason)),
            };
            values.extend(value.filter(|value| !values.contains(value)));
            left = left.or(reason);
        }
        (values, left)
    }

    /// The meanings of a matrix cell; every part of it must have one.
    pub(super) fn meanings(&self, rule: &FieldRule, ty: Type, text: &str) -> Result<Vec<Value>, String> {
        let parts = if rule.split.is_empty() { vec![text.to_owned()] } else { split(text, &rule.split) };
        let Some(words) = self.mapping.words(rule) else {
            return Ok(parts.into_iter().map(Value::from).collect());
        };
        let mut values = Vec::new();
        for part in &parts {
            match translate(ty, words, part) {
                Outcome::Whole(value) | Outcome::Partly(value, _) if values.contains(&value) => {}
                Outcome::Whole(value) | Outcome::Partly(value, _) => values.push(value),
                Outcome::Nothing(reason) => return Err(reason),
            }
        }
        Ok(values)
    }

    fn read_value(&mut self, place: Place, ty: Type, rule: &FieldRule, text: &str) -> Outcome {
        let heading = place.column.map(|column| self.tables[place.table].heading(column)).unwrap_or_default();
        let decimal = match place.column {
            Some(column) if matches!(ty, Type::Money) => self.decimal_of(place.table, column),
            _ => None,
        };
        let date_order = self.mapping.reading.date_order;
        let reading =
            Reading { heading: &heading, currency: self.currency, date_order, decimal, zone: self.zone.as_ref() };
        if let (Type::List(inner), false) = (ty, rule.split.is_empty()) {
            let joined = split(text, &rule.split);
            if matches!(inner, Type::Text) {
                return Outcome::Whole(Value::Array(joined.into_iter().map(Value::from).collect()));
            }
            return read(ty, rule.how.as_deref(), &joined.join(";"), reading);
        }
        let outcome = read(ty, rule.how.as_deref(), text, reading);
        if let (Type::DateTime, Outcome::Whole(_), Some(column)) = (ty, &outcome, place.column)
            && self.zone.is_none()
            && without_zone(text)
        {
            self.utc.insert((place.table, column));
        }
        outcome
    }

    /// The decimal sign of a column: what the mapping says, else what all its cells show that show one.
    fn decimal_of(&mut self, table: usize, column: usize) -> Option<char> {
        if let Some(sign) = self.mapping.reading.decimal {
            return Some(sign);
        }
        *self.decimals.entry((table, column)).or_insert_with(|| {
            let table = &self.tables[table];
            let mut signs = (0..table.rows.len()).filter_map(|row| decimal_sign(table.cell(row, column)));
            let first = signs.next()?;
            signs.all(|sign| sign == first).then_some(first)
        })
    }

    fn read_reference(
        &mut self,
        place: Place,
        kind: Option<Kind>,
        many: bool,
        rule: &FieldRule,
        text: &str,
    ) -> Outcome {
        match self.find(place, kind, rule, text) {
            Err(reason) => Outcome::Nothing(reason),
            Ok((found, reason)) => {
                let value = reference_value(&found, many);
                let reason = reason.or_else(|| (!many && found.len() > 1).then(|| SEVERAL.to_owned()));
                reason.map_or_else(|| Outcome::Whole(value.clone()), |reason| Outcome::Partly(value.clone(), reason))
            }
        }
    }

    /// A value that the mapping itself gives.
    fn fixed(&mut self, table: usize, row: usize, ty: Type, rule: &FieldRule, text: &str) -> Option<Value> {
        let (kind, many) = match ty {
            Type::Ref(kind) => (kind, false),
            Type::List(Type::Ref(kind)) => (*kind, true),
            _ => return plain::parse(ty, text, self.currency).ok().filter(|value| !value.is_null()),
        };
        let place = Place { table, row, column: None };
        self.find(place, Some(kind), rule, text).ok().map(|(found, _)| reference_value(&found, many))
    }

    /// One embedded structure from several cells.
    fn structure(&mut self, table: usize, row: usize, ty: Type, rule: &FieldRule) -> Option<Given> {
        let parts = super::mapping::parts(ty)?;
        let mut members = Map::new();
        let mut cells = Vec::new();
        for (name, from) in &rule.parts {
            let Some(part) = parts.iter().find(|part| part.name == name) else { continue };
            let Some((column, text)) = self.said(table, row, from).map(|(column, text)| (column, text.to_owned()))
            else {
                continue;
            };
            let place = Place { table, row, column: Some(column) };
            match self.read_cell(place, part.ty, &FieldRule::default(), &text) {
                Outcome::Whole(value) => {
                    members.insert(name.clone(), value);
                    cells.push((column, None));
                }
                Outcome::Partly(value, reason) => {
                    members.insert(name.clone(), value);
                    cells.push((column, Some(reason)));
                }
                Outcome::Nothing(reason) => self.mark(place, Use::Failed(reason)),
            }
        }
        if members.is_empty() {
            return None;
        }
        let value = Value::Object(members);
        let value = if matches!(ty, Type::List(_)) { Value::Array(vec![value]) } else { value };
        Some(Given { value, cells })
    }
}
