//! The ISMS as a value: everything an organisation has recorded, at one moment, immutable.
//!
//! A copy is a pointer; the next version shares what did not change. `apply` is the only way from one version to the
//! next and takes what `decide` made or the store read back. Nothing here does I/O or reads a clock.

use std::sync::Arc;

use imbl::{OrdMap, OrdSet};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::change::{Change, Entry, Subject};
use crate::decide::Problems;
use crate::kind::Record;
use crate::records::{Kind, Organization};
use crate::reference::{AnyRef, Ref};
use crate::stored::{AnyRecord, FieldPlace, Stamp, Stored};
use crate::table::{AnyTable, Table};

/// A reference from one record's field to another record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// The record referred to.
    pub target: AnyRef,
    /// The record that refers.
    pub source: AnyRef,
    /// Its field.
    pub field: &'static str,
}

/// A setting as it stands; a removed one keeps its version, so that versions have no gaps.
#[derive(Debug, Clone)]
struct Setting {
    version: u32,
    fields: Map<String, Value>,
}

#[derive(Debug)]
struct Inner {
    tables: Vec<Box<dyn AnyTable>>,
    links: OrdSet<Link>,
    /// The records that are void: few, and asked for often.
    voids: OrdSet<AnyRef>,
    settings: OrdMap<String, Arc<Setting>>,
    /// By kind: the size that the ledger had with the last entry about it.
    touched: Vec<u64>,
    size: u64,
    at: Option<Timestamp>,
}

impl Clone for Inner {
    fn clone(&self) -> Self {
        Self {
            tables: self.tables.iter().map(|table| table.fork()).collect(),
            links: self.links.clone(),
            voids: self.voids.clone(),
            settings: self.settings.clone(),
            touched: self.touched.clone(),
            size: self.size,
            at: self.at,
        }
    }
}

/// The whole ISMS of one organisation at one moment.
#[derive(Debug, Clone)]
pub struct Isms(Arc<Inner>);

impl Default for Isms {
    fn default() -> Self {
        let tables = Kind::ALL.iter().map(|kind| kind.empty_table()).collect();
        let (links, voids) = (OrdSet::new(), OrdSet::new());
        let touched = vec![0; Kind::ALL.len()];
        Self(Arc::new(Inner { tables, links, voids, settings: OrdMap::new(), touched, size: 0, at: None }))
    }
}

impl Isms {
    /// The records of kind `K`.
    pub fn table<K: Record>(&self) -> &Table<K> {
        let table = self.0.tables[K::KIND as usize].as_any().downcast_ref();
        table.unwrap_or_else(|| unreachable!("tables stand in the order of the kinds"))
    }

    /// A record by its typed reference.
    pub fn get<K: Record>(&self, reference: Ref<K>) -> Option<&Stored<K>> {
        self.table::<K>().get(reference.number())
    }

    /// A record by an optional typed reference, as fields hold it.
    pub fn find<K: Record>(&self, reference: Option<Ref<K>>) -> Option<&Stored<K>> {
        reference.and_then(|reference| self.get(reference))
    }

    /// Whether a record is void, without a look at the record itself.
    pub fn is_void(&self, reference: AnyRef) -> bool {
        self.0.voids.contains(&reference)
    }

    /// Whether any record of a kind is void.
    pub fn has_void(&self, kind: Kind) -> bool {
        let from = AnyRef { kind, number: 0 };
        self.0.voids.range(from..).next().is_some_and(|first| first.kind == kind)
    }

    /// The records that still count: neither void nor in a dead state.
    pub fn live<K: Record>(&self) -> impl Iterator<Item = &Stored<K>> {
        self.table::<K>().iter().filter(|record| record.is_live())
    }

    /// A record by its reference.
    pub fn record(&self, reference: AnyRef) -> Option<&dyn AnyRecord> {
        self.any_table(reference.kind).get(reference.number)
    }

    /// A record by its reference, shared, for keeping beyond this value.
    pub fn shared(&self, reference: AnyRef) -> Option<Arc<dyn AnyRecord>> {
        self.any_table(reference.kind).shared(reference.number)
    }

    /// All records of a kind in the order of their numbers.
    pub fn records(&self, kind: Kind) -> impl DoubleEndedIterator<Item = &dyn AnyRecord> {
        self.any_table(kind).iter()
    }

    /// Records of a kind in the order of a field for which an index is kept; `None` when there is none.
    pub fn ordered(&self, kind: Kind, place: FieldPlace) -> Option<impl DoubleEndedIterator<Item = &dyn AnyRecord>> {
        self.any_table(kind).ordered(place)
    }

    /// How many records of a kind there are, void ones included.
    pub fn count(&self, kind: Kind) -> usize {
        self.any_table(kind).len()
    }

    /// How many records there are in all.
    pub fn total(&self) -> usize {
        self.0.tables.iter().map(|table| table.len()).sum()
    }

    /// The number that the next record of a kind gets.
    pub fn next_number(&self, kind: Kind) -> u32 {
        self.any_table(kind).next()
    }

    /// The links that point at a record.
    pub fn links_to(&self, target: AnyRef) -> impl Iterator<Item = &Link> {
        let first = AnyRef { kind: Kind::ALL[0], number: 0 };
        let from = Link { target, source: first, field: "" };
        self.0.links.range(from..).take_while(move |link| link.target == target)
    }

    /// The links that point at a record from records of one kind, without a look at those of other kinds.
    pub fn links_from(&self, kind: Kind, target: AnyRef) -> impl Iterator<Item = &Link> {
        let from = Link { target, source: AnyRef { kind, number: 0 }, field: "" };
        self.0.links.range(from..).take_while(move |link| link.target == target && link.source.kind == kind)
    }

    /// All links, by target.
    pub fn links(&self) -> impl Iterator<Item = &Link> {
        self.0.links.iter()
    }

    /// The records of kind `K` that refer to `target` through `field`.
    pub fn referring<'a, K: Record>(
        &'a self,
        target: AnyRef,
        field: &'a str,
    ) -> impl Iterator<Item = &'a Stored<K>> + 'a {
        let links = self.links_from(K::KIND, target).filter(move |link| link.field == field);
        links.filter_map(|link| link.source.of::<K>()).filter_map(|reference| self.get(reference))
    }

    /// The records of kind `K` whose indexed text field reads `text`, without regard to the case of Latin letters.
    pub fn with_text<'a, K: Record>(&'a self, field: &str, text: &'a str) -> impl Iterator<Item = &'a Stored<K>> + 'a {
        self.table::<K>().with_text(FieldPlace::find(K::KIND.def(), field), text)
    }

    /// A setting of the organisation by its name.
    pub fn setting(&self, name: &str) -> Option<&Map<String, Value>> {
        self.0.settings.get(name).map(|setting| &setting.fields).filter(|fields| !fields.is_empty())
    }

    /// The version of a setting; 0 when it was never set.
    pub fn setting_version(&self, name: &str) -> u32 {
        self.0.settings.get(name).map_or(0, |setting| setting.version)
    }

    /// All settings by name.
    pub fn settings(&self) -> impl Iterator<Item = (&String, &Map<String, Value>)> {
        let set = self.0.settings.iter().filter(|(_, setting)| !setting.fields.is_empty());
        set.map(|(name, setting)| (name, &setting.fields))
    }

    /// Whether both are one and the same value, rather than two that may be equal: what followed from one follows from the
    /// other.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// How many ledger entries this value is the result of.
    pub fn size(&self) -> u64 {
        self.0.size
    }

    /// The kinds of which a record was written since the ledger had this size, for values of one ledger that grew from each
    /// other by [`Isms::apply`].
    pub fn kinds_since(&self, size: u64) -> impl Iterator<Item = Kind> + '_ {
        let touched = Kind::ALL.iter().zip(&self.0.touched);
        touched.filter(move |(_, at)| **at > size).map(|(kind, _)| *kind)
    }

    /// The time of the last entry.
    pub fn at(&self) -> Option<Timestamp> {
        self.0.at
    }

    /// The organisation's own record: the active one, or else the first.
    pub fn organization(&self) -> Option<&Stored<Organization>> {
        let table = self.table::<Organization>();
        table.iter().find(|record| record.state_name() == "active").or_else(|| table.iter().find(|one| !one.is_void()))
    }

    fn any_table(&self, kind: Kind) -> &dyn AnyTable {
        self.0.tables[kind as usize].as_ref()
    }

    /// The next value: this one with the change applied.
    ///
    /// # Errors
    /// When an entry's fields do not fit its kind; a change made by `decide` always fits.
    pub fn apply(&self, change: &Change) -> Result<Self, Problems> {
        let mut next = self.clone();
        for entry in &change.entries {
            next.absorb(entry, change.at, change.actor.person())?;
        }
        Ok(next)
    }

    /// Takes one entry in: the fold of the ledger. Copies only what is shared with another value.
    ///
    /// # Errors
    /// When the entry's fields do not fit its kind.
    pub fn absorb(
        &mut self,
        entry: &Entry,
        at: Timestamp,
        by: Option<Ref<crate::records::Person>>,
    ) -> Result<(), Problems> {
        match &entry.subject {
            Subject::Record(reference) => {
                let stamp = Stamp { number: reference.number, revision: entry.version, at, by };
                let record = reference.kind.read(stamp, entry.fields.clone())?;
                self.put(record.as_ref());
            }
            Subject::Setting(name) => {
                self.put_setting(name.clone(), entry.version, entry.fields.clone());
            }
            Subject::Ledger => {}
        }
        let inner = Arc::make_mut(&mut self.0);
        inner.size += 1;
        inner.at = Some(at);
        Ok(())
    }

    /// Puts a record in its place, with its links.
    pub fn put(&mut self, record: &dyn AnyRecord) {
        let inner = Arc::make_mut(&mut self.0);
        let reference = record.any_ref();
        let table = &mut inner.tables[reference.kind as usize];
        let links = &mut inner.links;
        if let Some(old) = table.get(reference.number) {
            old.each_ref(&mut |field, target| {
                links.remove(&Link { target, source: reference, field });
            });
        }
        record.each_ref(&mut |field, target| {
            links.insert(Link { target, source: reference, field });
        });
        if record.head().void_reason.is_some() {
            inner.voids.insert(reference);
        } else {
            inner.voids.remove(&reference);
        }
        table.put(record);
        inner.touched[reference.kind as usize] = inner.size + 1;
    }

    /// Takes a setting as it was stored.
    pub fn put_setting(&mut self, name: String, version: u32, fields: Map<String, Value>) {
        Arc::make_mut(&mut self.0).settings.insert(name, Arc::new(Setting { version, fields }));
    }

    /// Says which ledger entry this value stands at; for the store, which reads current records without folding.
    pub fn set_position(&mut self, size: u64, at: Option<Timestamp>) {
        let inner = Arc::make_mut(&mut self.0);
        inner.size = size;
        inner.at = at;
    }
}
