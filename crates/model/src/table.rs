//! Tables: the records of one kind, persistent, so that a copy costs nothing and shares what did not change.

use std::any::Any;
use std::cmp::Ordering;
use std::sync::Arc;

use imbl::{OrdMap, OrdSet};
use rust_decimal::Decimal;

use crate::field::{HasFields, Key, compare_text};
use crate::kind::Record;
use crate::reference::AnyRef;
use crate::stored::{AnyRecord, FieldPlace, Head, Stored, common_fields};

/// A sort key that owns its text.
#[derive(Debug, Clone, PartialEq, Eq)]
enum OwnKey {
    Int(i64),
    Decimal(Decimal),
    Text(Box<str>),
    Ref(AnyRef),
    Empty,
}

impl OwnKey {
    fn borrow(&self) -> Key<'_> {
        match self {
            Self::Int(number) => Key::Int(*number),
            Self::Decimal(number) => Key::Decimal(*number),
            Self::Text(text) => Key::Text(text),
            Self::Ref(target) => Key::Ref(*target),
            Self::Empty => Key::Empty,
        }
    }
}

impl From<Key<'_>> for OwnKey {
    fn from(key: Key<'_>) -> Self {
        match key {
            Key::Int(number) => Self::Int(number),
            Key::Decimal(number) => Self::Decimal(number),
            Key::Text(text) => Self::Text(text.into()),
            Key::Ref(target) => Self::Ref(target),
            Key::Empty => Self::Empty,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct IndexEntry(OwnKey, u32);

impl Ord for IndexEntry {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (OwnKey::Text(a), OwnKey::Text(b)) => compare_text(a, b),
            (a, b) => a.borrow().cmp(&b.borrow()),
        }
        .then(self.1.cmp(&other.1))
    }
}

impl PartialOrd for IndexEntry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[derive(Debug, Clone)]
struct Index {
    place: FieldPlace,
    entries: OrdSet<IndexEntry>,
}

/// The records of kind `K`, by number.
#[derive(Debug, Clone)]
pub struct Table<K: Record> {
    rows: OrdMap<u32, Arc<Stored<K>>>,
    indexes: Vec<Index>,
    next: u32,
}

impl<K: Record> Default for Table<K> {
    fn default() -> Self {
        let own = K::DEFS.iter().enumerate().filter(|(_, field)| field.index).map(|(at, _)| FieldPlace::Own(at));
        let common = common_fields(K::DEFS).filter(|(_, field)| field.index).map(|(at, _)| FieldPlace::Common(at));
        let indexes = own.chain(common).map(|place| Index { place, entries: OrdSet::new() }).collect();
        debug_assert!(Head::DEFS.iter().any(|field| field.index), "the title is indexed in every table");
        Self { rows: OrdMap::new(), indexes, next: 1 }
    }
}

impl<K: Record> Table<K> {
    /// A record by its number.
    pub fn get(&self, number: u32) -> Option<&Stored<K>> {
        self.rows.get(&number).map(Arc::as_ref)
    }

    /// All records in the order of their numbers, void ones included.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Stored<K>> {
        self.rows.values().map(Arc::as_ref)
    }

    /// How many records there are, void ones included.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// The records whose text at `place` is `text` without regard to the case of Latin letters; none where `place` has
    /// no index.
    pub(crate) fn with_text<'a>(
        &'a self,
        place: Option<FieldPlace>,
        text: &'a str,
    ) -> impl Iterator<Item = &'a Stored<K>> + 'a {
        let index = self.indexes.iter().find(|index| Some(index.place) == place);
        // Among texts that differ in case only, capitals sort first.
        let first = IndexEntry(OwnKey::Text(text.to_ascii_uppercase().into()), 0);
        let entries = index.into_iter().flat_map(move |index| index.entries.range(first.clone()..));
        let same =
            move |entry: &&IndexEntry| matches!(&entry.0, OwnKey::Text(found) if found.eq_ignore_ascii_case(text));
        entries.take_while(same).filter_map(|entry| self.get(entry.1))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// A table without its type.
pub(crate) trait AnyTable: Send + Sync + std::fmt::Debug {
    fn get(&self, number: u32) -> Option<&dyn AnyRecord>;
    fn shared(&self, number: u32) -> Option<Arc<dyn AnyRecord>>;
    fn len(&self) -> usize;
    fn next(&self) -> u32;
    fn iter(&self) -> Box<dyn DoubleEndedIterator<Item = &dyn AnyRecord> + '_>;
    /// Records in the order of an indexed field; `None` when it has no index.
    fn ordered(&self, place: FieldPlace) -> Option<Box<dyn DoubleEndedIterator<Item = &dyn AnyRecord> + '_>>;
    /// Puts a record in the place of the one with its number. A record of another kind is a fault of the caller.
    fn put(&mut self, record: &dyn AnyRecord);
    fn fork(&self) -> Box<dyn AnyTable>;
    fn as_any(&self) -> &dyn Any;
}

impl<K: Record> AnyTable for Table<K> {
    fn get(&self, number: u32) -> Option<&dyn AnyRecord> {
        self.rows.get(&number).map(|record| record.as_ref() as &dyn AnyRecord)
    }

    fn shared(&self, number: u32) -> Option<Arc<dyn AnyRecord>> {
        self.rows.get(&number).map(|record| Arc::clone(record) as Arc<dyn AnyRecord>)
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn next(&self) -> u32 {
        self.next
    }

    fn iter(&self) -> Box<dyn DoubleEndedIterator<Item = &dyn AnyRecord> + '_> {
        Box::new(self.rows.values().map(|record| record.as_ref() as &dyn AnyRecord))
    }

    fn ordered(&self, place: FieldPlace) -> Option<Box<dyn DoubleEndedIterator<Item = &dyn AnyRecord> + '_>> {
        if place == FieldPlace::Reference {
            return Some(AnyTable::iter(self));
        }
        let index = self.indexes.iter().find(|index| index.place == place)?;
        Some(Box::new(index.entries.iter().filter_map(|entry| AnyTable::get(self, entry.1))))
    }

    fn put(&mut self, record: &dyn AnyRecord) {
        let Some(record) = record.as_any().downcast_ref::<Stored<K>>() else {
            debug_assert!(false, "a record of another kind");
            return;
        };
        let record = Arc::new(record.clone());
        let old = self.rows.insert(record.number, Arc::clone(&record));
        for index in &mut self.indexes {
            let new_key = record.key(index.place);
            if let Some(old) = &old {
                let old_key = old.key(index.place);
                if old_key == new_key {
                    continue;
                }
                index.entries.remove(&IndexEntry(old_key.into(), record.number));
            }
            index.entries.insert(IndexEntry(new_key.into(), record.number));
        }
        self.next = self.next.max(record.number + 1);
    }

    fn fork(&self) -> Box<dyn AnyTable> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
