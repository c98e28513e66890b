//! What an address asks of a list: conditions, order, columns, page. All of it stands in the address, so that sharing a list
//! is sharing its address.
//!
//! `owner=PER-0003` is a condition and may be repeated for alternatives; `field!=` is the opposite, `field.from=` and
//! `field.to=` are bounds, `field.has=` searches in a text, `field.none=1` and `field.some=1` ask whether anything is there.
//! `assets.category=hardware` asks for something of the records that a field refers to.

use std::collections::HashSet;

use attestry_model::field::{Key, Type};
use attestry_model::query::{self, Compare, Cursor, FILTER_LIMIT, Filter, Found, Query, Select};
use attestry_model::stored::{AnyRecord, FieldPlace};
use attestry_model::{AnyRef, Kind};

use super::census::is_mine;
use super::columns::{self, Column};
use super::kept;
use crate::cx::Cx;
use crate::fault::Fault;
use crate::places::list_path;
use crate::shell;

/// Most parameters of an address.
const MOST_PARAMETERS: usize = 150;
/// Longest text that is searched for, in bytes.
const LONGEST_TEXT: usize = 200;
/// The lengths of pages that are offered.
pub const LENGTHS: [usize; 3] = [50, 100, 200];
/// Which of the built-in views is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum View {
    /// Everything but void records.
    All,
    /// What is the person's own.
    Mine,
    /// What has open findings or is overdue.
    Attention,
    /// A saved one, by its key in the address.
    Saved(String),
}

/// What a saved view was narrowed to by the built-in view in which it was saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Only {
    /// What is the person's own.
    Mine,
    /// What has open findings or is overdue.
    Attention,
}

/// One condition of the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The parameter's name in the address.
    pub parameter: String,
    /// Its value there.
    pub value: String,
    /// The field.
    pub field: String,
    /// How it is compared.
    pub compare: Compare,
    /// Whether it asks only if anything is there.
    pub presence: bool,
}

/// A condition on the records that a field refers to.
#[derive(Debug, Clone)]
pub struct Through {
    /// The parameter's name in the address.
    pub parameter: String,
    /// Its value there.
    pub value: String,
    /// The field of the listed record.
    pub field: String,
    /// The kind that it refers to.
    pub kind: Kind,
    /// The field there.
    pub column: Column,
}

/// What is asked; see the module.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The kind.
    pub kind: Kind,
    /// The view.
    pub view: View,
    /// What a saved view is narrowed to.
    pub only: Option<Only>,
    /// Words that are to occur.
    pub q: String,
    /// The conditions.
    pub conditions: Vec<Condition>,
    /// The conditions on what is referred to.
    pub through: Vec<Through>,
    /// The order, where the address says one.
    pub sort: Option<String>,
    /// How many on a page.
    pub per: usize,
    /// Whether void records are shown.
    pub void: bool,
    /// Fields whose filters are shown although nothing is chosen in them yet.
    pub shown: Vec<String>,
    /// The columns that the address names.
    pub columns: Option<Vec<String>>,
    /// Where the page begins, or ends.
    pub cursor: Option<(Cursor, bool)>,
    /// The parameters as they came, without those of paging.
    pairs: Vec<(String, String)>,
}

impl Ask {
    /// Reads the address. What it cannot mean is a problem by parameter; what the person may not ask for is refused.
    pub fn read(cx: &Cx, kind: Kind, query: &str) -> Result<Self, Fault> {
        if query.bytes().filter(|byte| *byte == b'&').count() >= MOST_PARAMETERS {
            return Err(Fault::field("filter", cx.say("list-too-many").into_owned()));
        }
        let pairs = shell::pairs(query);
        let mut ask = Self {
            kind,
            view: View::All,
            only: None,
            q: String::new(),
            conditions: Vec::new(),
            through: Vec::new(),
            sort: None,
            per: LENGTHS[0],
            void: false,
            shown: Vec::new(),
            columns: None,
            cursor: None,
            pairs: Vec::new(),
        };
        for (name, value) in pairs {
            if matches!(name.as_str(), "asof" | "done" | "undo") || value.is_empty() {
                continue;
            }
            ask.take(cx, &name, &value)?;
            if !matches!(name.as_str(), "after" | "before") {
                ask.pairs.push((name, value));
            }
        }
        if ask.conditions.len() + ask.through.len() > FILTER_LIMIT {
            return Err(Fault::field("filter", cx.say("list-too-many").into_owned()));
        }
        Ok(ask)
    }

    fn take(&mut self, cx: &Cx, name: &str, value: &str) -> Result<(), Fault> {
        let no = |message: &str| Err(Fault::field(name, cx.say(message).into_owned()));
        match name {
            "q" if value.len() > LONGEST_TEXT => return no("list-bad-text"),
            "q" => value.trim().clone_into(&mut self.q),
            "view" => {
                self.view = match value {
                    "all" => View::All,
                    "mine" => View::Mine,
                    "attention" => View::Attention,
                    other => View::Saved(other.to_owned()),
                }
            }
            "only" => match value {
                "mine" => self.only = Some(Only::Mine),
                "attention" => self.only = Some(Only::Attention),
                _ => return no("list-bad-view"),
            },
            "sort" => {
                let column = self.field(cx, value.strip_prefix('-').unwrap_or(value))?;
                if !column.is_sortable() {
                    return no("list-bad-sort");
                }
                self.sort = Some(value.to_owned());
            }
            "cols" => {
                let names: Vec<&str> = value.split(',').collect();
                if names.len() > columns::MOST {
                    return no("list-bad-columns");
                }
                for name in &names {
                    self.field(cx, name)?;
                }
                self.columns = Some(names.into_iter().map(ToOwned::to_owned).collect());
            }
            "per" => match value.parse().ok().filter(|per| LENGTHS.contains(per)) {
                Some(per) => self.per = per,
                None => return no("list-bad-length"),
            },
            "void" => self.void = value == "1",
            "filter" => {
                let column = self.field(cx, value)?;
                if !self.shown.contains(&column.name) {
                    self.shown.push(column.name);
                }
            }
            "after" | "before" => {
                let bytes = data_encoding::BASE64URL_NOPAD.decode(value.as_bytes()).ok();
                let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
                match text.and_then(|text| Cursor::parse(&text)) {
                    Some(cursor) => self.cursor = Some((cursor, name == "before")),
                    None => return no("list-bad-cursor"),
                }
            }
            _ => self.condition(cx, name, value)?,
        }
        Ok(())
    }

    /// A condition on what a field refers to, if the parameter is one.
    fn through(&self, cx: &Cx, name: &str, value: &str) -> Option<Through> {
        let (field, rest) = name.split_once('.')?;
        let own = columns::named(cx, self.kind, field)?;
        let kind = match own.ty {
            Type::Ref(kind) => kind,
            Type::List(Type::Ref(kind)) => *kind,
            _ => return None,
        };
        let column = columns::named(cx, kind, rest)?;
        Some(Through { parameter: name.to_owned(), value: value.to_owned(), field: own.name, kind, column })
    }

    fn condition(&mut self, cx: &Cx, name: &str, value: &str) -> Result<(), Fault> {
        if value.len() <= LONGEST_TEXT
            && let Some(through) = self.through(cx, name, value)
        {
            self.through.push(through);
            return Ok(());
        }
        let ends = [
            (".from", Compare::AtLeast, false),
            (".to", Compare::AtMost, false),
            (".has", Compare::Contains, false),
            (".none", Compare::Is, true),
            (".some", Compare::IsNot, true),
            ("!", Compare::IsNot, false),
        ];
        let found =
            ends.iter().find_map(|(end, compare, presence)| Some((name.strip_suffix(end)?, *compare, *presence)));
        let (field, compare, presence) = found.unwrap_or((name, Compare::Is, false));
        let column = self.field(cx, field)?;
        if value.len() > LONGEST_TEXT {
            return Err(Fault::field(name, cx.say("list-bad-text").into_owned()));
        }
        let value = value.to_owned();
        let condition = Condition { parameter: name.to_owned(), value, field: column.name, compare, presence };
        if !self.conditions.contains(&condition) {
            self.conditions.push(condition);
        }
        Ok(())
    }

    /// A field that may be asked for: one that nobody has is a mistake, one that the person may not ask for is refused.
    fn field(&self, cx: &Cx, name: &str) -> Result<Column, Fault> {
        if let Some(column) = columns::named(cx, self.kind, name) {
            return Ok(column);
        }
        let def = self.kind.def();
        if FieldPlace::find(def, name).is_some() {
            return Err(Fault::Denied(cx.say("list-private").into_owned()));
        }
        let shown: String = name.chars().take(60).collect();
        Err(Fault::field(&shown, cx.say("list-no-field").into_owned()))
    }

    /// The order that holds.
    pub fn order(&self) -> String {
        self.sort.clone().unwrap_or_else(|| columns::default_sort(self.kind.def()))
    }

    /// Whether anything narrows the list.
    pub fn is_narrowed(&self) -> bool {
        !self.q.is_empty() || !self.conditions.is_empty() || !self.through.is_empty() || self.narrowed_to().is_some()
    }

    /// What the view, built in or saved, narrows the list to.
    pub fn narrowed_to(&self) -> Option<Only> {
        match self.view {
            View::Mine => Some(Only::Mine),
            View::Attention => Some(Only::Attention),
            View::All | View::Saved(_) => self.only,
        }
    }

    /// Runs it: a page of `limit` records.
    pub fn run<'a>(&self, cx: &'a Cx, limit: usize) -> Result<Found<'a>, Fault> {
        let (mut filters, mut either): (Vec<Filter>, Vec<Vec<Filter>>) = (Vec::new(), Vec::new());
        let mut void = self.void;
        for condition in &self.conditions {
            void |= condition.field == "state" && condition.compare == Compare::Is && condition.value == "void";
            let value = if condition.presence { String::new() } else { condition.value.clone() };
            let filter = Filter { field: condition.field.clone(), compare: condition.compare, value };
            let alternative = condition.compare == Compare::Is && !condition.presence;
            match either.iter_mut().find(|group| alternative && group[0].field == filter.field) {
                Some(group) => group.push(filter),
                None if alternative => either.push(vec![filter]),
                None => filters.push(filter),
            }
        }
        let def = self.kind.def();
        let sees_all = cx.sees_all(def);
        let referred = self.referred(cx)?;
        let text = Words::of(&self.q);
        let only = self.narrowed_to();
        let findings = (only == Some(Only::Attention)).then(|| kept::findings(cx));
        let due = columns::due_places(def);
        let visible = |record: &dyn AnyRecord| {
            let in_view = match only {
                Some(Only::Mine) => is_mine(cx, record),
                Some(Only::Attention) => {
                    findings.as_ref().is_some_and(|found| found.contains_key(&record.any_ref()))
                        || columns::overdue(record, &due, cx.today).is_some()
                }
                None => true,
            };
            let refers = referred.iter().all(|(field, wanted)| {
                let mut found = false;
                record.each_ref(&mut |name, target| found |= name == *field && wanted.contains(&target));
                found
            });
            in_view && refers && text.are_in(record) && (sees_all || cx.sees(record))
        };
        let plain = !self.is_narrowed() && !void;
        let total = plain.then(|| kept::census(cx, self.kind).all);
        let query = Query { sort: Some(self.order()), limit, void, ..Query::all(self.kind) };
        let query = Query { filters, ..query };
        let (from, backwards) =
            self.cursor.as_ref().map_or((None, false), |(cursor, backwards)| (Some(cursor), *backwards));
        let select = Select { query: &query, either: &either, visible: &visible, from, backwards, total };
        query::select(&cx.isms, &select).map_err(|mut problems| {
            for problem in &mut problems.0 {
                problem.message = problem.message.chars().take(300).collect();
            }
            Fault::Invalid(problems)
        })
    }

    /// For each field that is asked through: the records that fit, of those that the person may see. Several values of the same
    /// parameter are alternatives.
    fn referred(&self, cx: &Cx) -> Result<Vec<(&str, HashSet<AnyRef>)>, Fault> {
        let mut groups: Vec<(&str, &str, HashSet<AnyRef>)> = Vec::new();
        for one in &self.through {
            let filter = Filter { field: one.column.name.clone(), compare: Compare::Is, value: one.value.clone() };
            let query = Query { filters: vec![filter], ..Query::all(one.kind) };
            let found = query::run(&cx.isms, &query).map_err(Fault::Invalid)?;
            let all = cx.sees_all(one.kind.def());
            let found = found.records.into_iter().filter(|it| all || cx.sees(*it)).map(AnyRecord::any_ref);
            match groups.iter_mut().find(|it| it.0 == one.parameter) {
                Some(group) => group.2.extend(found),
                None => groups.push((&one.parameter, &one.field, found.collect())),
            }
        }
        Ok(groups.into_iter().map(|(_, field, found)| (field, found)).collect())
    }

    /// The same from its beginning, whatever page the address names.
    #[must_use]
    pub fn whole(mut self) -> Self {
        self.cursor = None;
        self
    }

    /// The address of this list with some parameters left out and others added, on its first page.
    pub fn link(&self, cx: &Cx, without: &dyn Fn(&str, &str) -> bool, with: &[(&str, &str)]) -> String {
        cx.href(&shell::with_query(&list_path(self.kind), &self.with(without, with), None))
    }

    /// The parameters with some left out and others added.
    pub fn with(&self, without: &dyn Fn(&str, &str) -> bool, with: &[(&str, &str)]) -> Vec<(String, String)> {
        let kept = self.pairs.iter().filter(|(name, value)| !without(name, value)).cloned();
        kept.chain(with.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))).collect()
    }

    /// The parameters as a query string, without the page.
    pub fn query(&self) -> String {
        shell::with_query("", &self.pairs, None).trim_start_matches('?').to_owned()
    }

    /// A cursor beside a record, for an address.
    pub fn cursor_at(&self, record: &dyn AnyRecord) -> String {
        let cursor = Cursor::of(record, Some(&self.order())).map(|cursor| cursor.to_string()).unwrap_or_default();
        data_encoding::BASE64URL_NOPAD.encode(cursor.as_bytes())
    }
}

/// Words that are all to occur in a record: in its reference, its title, its tags or a text that everybody may see who sees
/// the record.
struct Words(Vec<String>);

impl Words {
    fn of(text: &str) -> Self {
        Self(text.split_whitespace().map(str::to_lowercase).take(20).collect())
    }

    fn are_in(&self, record: &dyn AnyRecord) -> bool {
        self.0.iter().all(|word| {
            let head = record.head();
            holds(head.title.as_deref().unwrap_or_default(), word)
                || head.tags.iter().any(|tag| holds(tag, word))
                || record.any_ref().to_string().to_lowercase().starts_with(word.as_str())
                || record.def().fields.iter().enumerate().any(|(at, field)| {
                    matches!(field.ty, Type::Text | Type::LongText)
                        && !field.private
                        && !field.guarded
                        && matches!(record.key(FieldPlace::Own(at)), Key::Text(text) if holds(text, word))
                })
        })
    }
}

/// Whether a text holds a word that is in small letters.
fn holds(text: &str, word: &str) -> bool {
    if text.is_ascii() {
        let word = word.as_bytes();
        return text.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word));
    }
    text.to_lowercase().contains(word)
}
