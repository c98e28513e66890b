//! A page of a list by its place: what one person may see of it, from a cursor on, with the count of the whole.
//!
//! A cursor names the record beside it and that record's sort key, so that records which come or go meanwhile move nothing.
//! Empty keys come last in either direction; what is equal stands in the order of the numbers.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::fmt;

use rust_decimal::Decimal;

use super::{FILTER_LIMIT, Filter, PAGE_LIMIT, Query, Test, compile};
use crate::decide::Problems;
use crate::field::{Key, Type};
use crate::isms::Isms;
use crate::kind::KindDef;
use crate::reference::AnyRef;
use crate::stored::{AnyRecord, FieldPlace};

/// Longest text that a cursor carries, in bytes; of longer ones it carries the beginning.
const CURSOR_TEXT: usize = 120;

/// The sort key in a cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Mark {
    Int(i64),
    Decimal(Decimal),
    Text(String),
    /// The beginning of a longer text.
    Cut(String),
    Ref(AnyRef),
    Empty,
}

/// A place in a sorted list: right beside a record, wherever that has gone meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    mark: Mark,
    number: u32,
}

impl Cursor {
    /// The place of a record in the order of a field; `None` when the kind has no such field.
    pub fn of(record: &dyn AnyRecord, sort: Option<&str>) -> Option<Self> {
        let (place, _) = sorted_by(record.def(), sort)?;
        let mark = match record.key(place) {
            Key::Int(number) => Mark::Int(number),
            Key::Decimal(number) => Mark::Decimal(number),
            Key::Text(text) if text.len() > CURSOR_TEXT => {
                Mark::Cut(text[..text.floor_char_boundary(CURSOR_TEXT)].to_owned())
            }
            Key::Text(text) => Mark::Text(text.to_owned()),
            Key::Ref(target) => Mark::Ref(target),
            Key::Empty => Mark::Empty,
        };
        Some(Self { mark, number: record.any_ref().number })
    }

    /// From its written form.
    pub fn parse(text: &str) -> Option<Self> {
        let (number, mark) = text.split_once('.')?;
        let number = number.parse().ok()?;
        let mut signs = mark.chars();
        let sign = signs.next()?;
        let rest = signs.as_str();
        let mark = match sign {
            'i' => Mark::Int(rest.parse().ok()?),
            'd' => Mark::Decimal(rest.parse().ok()?),
            't' => Mark::Text(rest.to_owned()),
            'c' => Mark::Cut(rest.to_owned()),
            'r' => Mark::Ref(rest.parse().ok()?),
            'e' if rest.is_empty() => Mark::Empty,
            _ => return None,
        };
        Some(Self { mark, number })
    }

    /// The key to compare with. Of a long text only the beginning is known here; the record itself says the rest while it
    /// still begins so, and otherwise the list goes on at that beginning.
    fn key<'a>(&'a self, record: Option<&'a dyn AnyRecord>, place: FieldPlace) -> Key<'a> {
        match &self.mark {
            Mark::Int(number) => Key::Int(*number),
            Mark::Decimal(number) => Key::Decimal(*number),
            Mark::Text(text) => Key::Text(text),
            Mark::Cut(start) => match record.map(|record| record.key(place)) {
                Some(Key::Text(text)) if text.starts_with(start) => Key::Text(text),
                _ => Key::Text(start),
            },
            Mark::Ref(target) => Key::Ref(*target),
            Mark::Empty => Key::Empty,
        }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.", self.number)?;
        match &self.mark {
            Mark::Int(number) => write!(f, "i{number}"),
            Mark::Decimal(number) => write!(f, "d{number}"),
            Mark::Text(text) => write!(f, "t{text}"),
            Mark::Cut(text) => write!(f, "c{text}"),
            Mark::Ref(target) => write!(f, "r{target}"),
            Mark::Empty => f.write_str("e"),
        }
    }
}

/// A list as one person sees it.
#[derive(Clone, Copy)]
pub struct Select<'q> {
    /// Filters, order and length of the page; its offset counts from the cursor.
    pub query: &'q Query,
    /// Of each of these groups at least one holds.
    pub either: &'q [Vec<Filter>],
    /// Whether the person may see a record, and whatever else is asked beyond filters. Nothing else is counted.
    pub visible: &'q dyn Fn(&dyn AnyRecord) -> bool,
    /// Where the page begins; without, at the beginning.
    pub from: Option<&'q Cursor>,
    /// Whether the page ends at the cursor rather than beginning there.
    pub backwards: bool,
    /// How many there are in all, where the caller knows; otherwise they are counted.
    pub total: Option<usize>,
}

impl fmt::Debug for Select<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Select").field("query", self.query).field("from", &self.from).finish_non_exhaustive()
    }
}

/// A page of such a list.
#[derive(Debug)]
pub struct Found<'a> {
    /// The records in order.
    pub records: Vec<&'a dyn AnyRecord>,
    /// How many stand before the first of them.
    pub before: usize,
    /// How many there are in all.
    pub total: usize,
}

/// Where a list is sorted by, and whether descending; `None` when the kind has no such field.
fn sorted_by(def: &KindDef, sort: Option<&str>) -> Option<(FieldPlace, bool)> {
    let (name, descending) = match sort {
        Some(name) => name.strip_prefix('-').map_or((name, false), |name| (name, true)),
        None => ("ref", false),
    };
    Some((FieldPlace::find(def, name)?, descending))
}

/// Whether records can be put in the order of a type.
pub fn is_sortable(ty: Type) -> bool {
    !matches!(ty, Type::LongText | Type::List(_) | Type::Struct(_) | Type::Matrix | Type::Custom)
}

/// Runs a list as one person sees it.
///
/// # Errors
/// Every condition and sort order that names an unknown field or a value of the wrong type.
pub fn select<'a>(isms: &'a Isms, select: &Select<'_>) -> Result<Found<'a>, Problems> {
    let query = select.query;
    let def = query.kind.def();
    let mut problems = Problems::default();
    let conditions = query.filters.len() + select.either.iter().map(Vec::len).sum::<usize>();
    if conditions > FILTER_LIMIT {
        problems.add("filter", format!("has more than {FILTER_LIMIT} conditions"));
        return Err(problems);
    }
    let mut compiled = |filter: &Filter| {
        compile(isms, def, filter).map_err(|message| problems.add(filter.field.clone(), message)).ok()
    };
    let tests: Vec<Test> = query.filters.iter().filter_map(&mut compiled).collect();
    let either: Vec<Vec<Test>> =
        select.either.iter().map(|group| group.iter().filter_map(&mut compiled).collect()).collect();
    let place = sorted_by(def, query.sort.as_deref());
    if place.is_none() {
        let name = query.sort.as_deref().unwrap_or_default().trim_start_matches('-');
        problems.add(name, format!("is not a field of {}", def.words.plural.to_lowercase()));
    }
    if let Some(field) = place.and_then(|(place, _)| place.def(def))
        && !is_sortable(field.ty)
    {
        problems.add(field.name, "has no order to sort by");
    }
    let Some((place, descending)) = place.filter(|_| problems.is_empty()) else { return Err(problems) };
    let fits = |record: &&'a dyn AnyRecord| {
        (query.void || record.head().void_reason.is_none())
            && tests.iter().all(|test| test(*record))
            && either.iter().all(|group| group.iter().any(|test| test(*record)))
            && (select.visible)(*record)
    };
    let beside = select.from.and_then(|cursor| isms.record(AnyRef { kind: query.kind, number: cursor.number }));
    let cursor = select.from.map(|cursor| (cursor.key(beside, place), cursor.number));
    let limit = query.limit.min(PAGE_LIMIT);
    let order = Order { place, descending };
    Ok(match indexed(isms, query, order) {
        Some(records) => walk(records.filter(fits), order, cursor, select, limit),
        None => pick(isms.records(query.kind).filter(fits), order, cursor, select, limit),
    })
}

#[derive(Clone, Copy)]
struct Order {
    place: FieldPlace,
    descending: bool,
}

type Ranked<'a> = (Key<'a>, u32);

impl Order {
    fn of(self, record: &dyn AnyRecord) -> Ranked<'_> {
        (record.key(self.place), record.any_ref().number)
    }

    fn compare(self, a: Ranked<'_>, b: Ranked<'_>) -> Ordering {
        match (a.0 == Key::Empty, b.0 == Key::Empty) {
            (true, false) => return Ordering::Greater,
            (false, true) => return Ordering::Less,
            _ => {}
        }
        let order = a.0.cmp(&b.0).then(a.1.cmp(&b.1));
        if self.descending { order.reverse() } else { order }
    }
}

/// The records in order from an index, where one is kept.
fn indexed<'a>(
    isms: &'a Isms,
    query: &Query,
    order: Order,
) -> Option<Box<dyn Iterator<Item = &'a dyn AnyRecord> + 'a>> {
    let records = isms.ordered(query.kind, order.place)?;
    if !order.descending {
        return Some(Box::new(records));
    }
    // An index ends with the empty keys, so read from its end they would come first.
    let is_empty = move |record: &&dyn AnyRecord| record.key(order.place) == Key::Empty;
    let empty = isms.ordered(query.kind, order.place)?.rev().take_while(is_empty);
    Some(Box::new(records.rev().skip_while(is_empty).chain(empty)))
}

/// A page out of records that come in order.
fn walk<'a>(
    records: impl Iterator<Item = &'a dyn AnyRecord>,
    order: Order,
    cursor: Option<Ranked<'_>>,
    select: &Select<'_>,
    limit: usize,
) -> Found<'a> {
    let (mut before, mut total) = (0, 0);
    let mut page = std::collections::VecDeque::new();
    let mut left_out = 0;
    for record in records {
        total += 1;
        let side = cursor.map(|cursor| order.compare(order.of(record), cursor));
        if select.backwards {
            if side.is_some_and(Ordering::is_lt) {
                page.push_back(record);
                if page.len() > limit {
                    page.pop_front();
                    before += 1;
                }
            } else if select.total.is_some() {
                break;
            }
        } else if side.is_some_and(Ordering::is_le) {
            before += 1;
        } else if left_out < select.query.offset {
            left_out += 1;
            before += 1;
        } else if page.len() < limit {
            page.push_back(record);
        } else if select.total.is_some() {
            break;
        }
    }
    Found { records: page.into(), before, total: select.total.unwrap_or(total) }
}

/// A page out of records in no order, without sorting what nobody sees.
fn pick<'a>(
    records: impl Iterator<Item = &'a dyn AnyRecord>,
    order: Order,
    cursor: Option<Ranked<'_>>,
    select: &Select<'_>,
    limit: usize,
) -> Found<'a> {
    struct Entry<'a>(Ranked<'a>, Order, bool, &'a dyn AnyRecord);
    impl Ord for Entry<'_> {
        fn cmp(&self, other: &Self) -> Ordering {
            let order = self.1.compare(self.0, other.0);
            if self.2 { order.reverse() } else { order }
        }
    }
    impl PartialOrd for Entry<'_> {
        fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
            Some(self.cmp(other))
        }
    }
    impl PartialEq for Entry<'_> {
        fn eq(&self, other: &Self) -> bool {
            self.cmp(other) == Ordering::Equal
        }
    }
    impl Eq for Entry<'_> {}

    let wanted = limit.saturating_add(if select.backwards { 0 } else { select.query.offset });
    let (mut earlier, mut total, mut eligible) = (0, 0, 0);
    let mut best: BinaryHeap<Entry<'a>> = BinaryHeap::new();
    for record in records {
        total += 1;
        let ranked = order.of(record);
        let side = cursor.map(|cursor| order.compare(ranked, cursor));
        if select.backwards {
            if !side.is_some_and(Ordering::is_lt) {
                continue;
            }
        } else if side.is_some_and(Ordering::is_le) {
            earlier += 1;
            continue;
        }
        eligible += 1;
        let entry = Entry(ranked, order, select.backwards, record);
        if best.len() < wanted {
            best.push(entry);
        } else if let Some(mut worst) = best.peek_mut()
            && entry < *worst
        {
            *worst = entry;
        }
    }
    let mut records: Vec<&dyn AnyRecord> = best.into_sorted_vec().into_iter().map(|entry| entry.3).collect();
    let before = if select.backwards {
        records.reverse();
        eligible - records.len()
    } else {
        let left_out = records.len().min(select.query.offset);
        records.drain(..left_out);
        earlier + left_out
    };
    Found { records, before, total: select.total.unwrap_or(total) }
}
