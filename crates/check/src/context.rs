//! What a condition sees: the ISMS by kind, the moment, the organisation's values, and facts shared between rules.
//!
//! Each register is read once into a plain list, so that 364 rules walk arrays and not trees, and finding a record by its
//! reference is one step. Every access notes the kind, which tells what a verdict was read from.

use std::cell::{Cell, OnceCell};
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, DefaultHasher};

use jiff::Timestamp;
use jiff::civil::Date;

use attestry_model::kind::Record;
use attestry_model::records::{self, Organization};
use attestry_model::{AnyRecord, AnyRef, Isms, Kind, Ref, Stored};

use crate::config::Config;
use crate::facts::Facts;

/// Sets and maps with a fixed seed. They are asked, never listed, so no order that people see depends on them.
pub(crate) type Set<T> = HashSet<T, BuildHasherDefault<DefaultHasher>>;
pub(crate) type Map<K, V> = HashMap<K, V, BuildHasherDefault<DefaultHasher>>;

/// A set of kinds, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Kinds(u128);

impl Kinds {
    /// No kind, but the moment itself, for what is counted in hours.
    pub(crate) const CLOCK: Self = Self(1 << 127);

    pub(crate) const fn one(kind: Kind) -> Self {
        Self(1 << kind as u8)
    }

    pub(crate) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) fn list(self) -> impl Iterator<Item = Kind> {
        Kind::ALL.iter().copied().filter(move |kind| self.meets(Self::one(*kind)))
    }
}

/// The records of a kind that are not void, in the order of their numbers.
#[derive(Debug)]
pub(crate) struct Register<'a, K: Record> {
    all: Vec<&'a Stored<K>>,
    live: Vec<&'a Stored<K>>,
    /// Place in `all` by number, plus one; empty when the numbers are so sparse that a search is the better way.
    places: Vec<u32>,
}

impl<'a, K: Record> Register<'a, K> {
    fn of(isms: &'a Isms) -> Self {
        let table = isms.table::<K>();
        let mut all = Vec::with_capacity(table.len());
        all.extend(table.iter().filter(|record| !record.is_void()));
        let live = all.iter().copied().filter(|record| record.is_live()).collect();
        let highest = all.last().map_or(0, |record| record.number as usize);
        let mut places = Vec::new();
        if highest <= all.len() * 4 + 1024 {
            places = vec![0; highest + 1];
            for (record, place) in all.iter().zip(1..) {
                places[record.number as usize] = place;
            }
        }
        Self { all, live, places }
    }

    fn get(&self, number: u32) -> Option<&'a Stored<K>> {
        if self.places.is_empty() {
            let at = self.all.binary_search_by_key(&number, |record| record.number).ok()?;
            return Some(self.all[at]);
        }
        let place = *self.places.get(number as usize)?;
        self.all.get((place as usize).checked_sub(1)?).copied()
    }
}

/// Declares one register per kind.
macro_rules! registers {
    ($($name:ident: $kind:ident,)*) => {
        /// All registers, each read when it is first needed.
        #[derive(Debug, Default)]
        pub(crate) struct Registers<'a> {
            $($name: OnceCell<Register<'a, records::$kind>>,)*
        }

        $(impl Listed for records::$kind {
            fn cell<'r, 'a>(registers: &'r Registers<'a>) -> &'r OnceCell<Register<'a, Self>> {
                &registers.$name
            }
        })*

        /// The kinds that have a register.
        #[cfg(test)]
        const REGISTERED: &[Kind] = &[$(Kind::$kind),*];
    };
}

/// A kind with a register.
pub(crate) trait Listed: Record {
    fn cell<'r, 'a>(registers: &'r Registers<'a>) -> &'r OnceCell<Register<'a, Self>>;
}

attestry_model::each_kind!(registers);

/// The ISMS as the conditions see it.
#[derive(Debug)]
pub struct Context<'a> {
    isms: &'a Isms,
    now: Timestamp,
    /// The day of that moment where the organisation is.
    pub(crate) today: Date,
    pub(crate) config: &'a Config,
    registers: Registers<'a>,
    pub(crate) facts: Facts<'a>,
    reads: Cell<Kinds>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(isms: &'a Isms, config: &'a Config, now: Timestamp, today: Date) -> Self {
        let (registers, facts, reads) = (Registers::default(), Facts::default(), Cell::default());
        Self { isms, now, today, config, registers, facts, reads }
    }

    fn register<K: Listed>(&self) -> &Register<'a, K> {
        self.note(Kinds::one(K::KIND));
        K::cell(&self.registers).get_or_init(|| Register::of(self.isms))
    }

    /// Notes that these kinds were read.
    pub(crate) fn note(&self, kinds: Kinds) {
        self.reads.set(self.reads.get().with(kinds));
    }

    /// The kinds read since this was last asked.
    pub(crate) fn taken_reads(&self) -> Kinds {
        self.reads.take()
    }

    /// All records of a kind that are not void.
    pub(crate) fn all<K: Listed>(&self) -> impl Iterator<Item = &'a Stored<K>> + Clone + '_ {
        self.register::<K>().all.iter().copied()
    }

    /// The records that still count.
    pub(crate) fn live<K: Listed>(&self) -> impl Iterator<Item = &'a Stored<K>> + Clone + '_ {
        self.register::<K>().live.iter().copied()
    }

    /// The records in one of these states.
    pub(crate) fn st<'s, K: Listed>(
        &'s self,
        states: &'s [K::State],
    ) -> impl Iterator<Item = &'a Stored<K>> + Clone + 's {
        self.register::<K>().all.iter().copied().filter(move |record| states.contains(&record.state))
    }

    /// The record that a field names; `None` also when it is void.
    pub(crate) fn get<K: Listed>(&self, reference: Option<Ref<K>>) -> Option<&'a Stored<K>> {
        let register = self.register::<K>();
        register.get(reference?.number())
    }

    /// The records that a list names.
    pub(crate) fn each<'s, K: Listed>(&'s self, references: &'s [Ref<K>]) -> impl Iterator<Item = &'a Stored<K>> + 's {
        let register = self.register::<K>();
        references.iter().filter_map(|reference| register.get(reference.number()))
    }

    /// The moment the ISMS is judged at.
    pub(crate) fn now(&self) -> Timestamp {
        self.note(Kinds::CLOCK);
        self.now
    }

    /// The version of a record of any kind.
    pub(crate) fn revision(&self, reference: AnyRef) -> Option<u32> {
        self.note(Kinds::one(reference.kind));
        self.isms.record(reference).map(AnyRecord::revision)
    }

    /// The organisation's own record.
    pub(crate) fn org(&self) -> Option<&'a Stored<Organization>> {
        let register = self.register::<Organization>();
        let active = |record: &&&Stored<Organization>| record.state == records::organization::OrganizationState::Active;
        register.all.iter().find(active).or_else(|| register.all.first()).copied()
    }

    /// Whole days from `date` to today; negative when it lies ahead.
    pub(crate) fn age(&self, date: Date) -> i64 {
        days(date, self.today)
    }

    /// Whether a date is there and lies before today.
    pub(crate) fn past(&self, date: Option<Date>) -> bool {
        date.is_some_and(|date| date < self.today)
    }

    /// Whether a date is there and at most `limit` days ago.
    pub(crate) fn within(&self, date: Option<Date>, limit: i64) -> bool {
        date.is_some_and(|date| self.age(date) <= limit)
    }

    /// Whether a date is there and more than `limit` days ago.
    pub(crate) fn beyond(&self, date: Option<Date>, limit: i64) -> bool {
        date.is_some_and(|date| self.age(date) > limit)
    }

    /// The day of a moment, in UTC, in which moments are recorded.
    pub(crate) fn day(moment: Timestamp) -> Date {
        jiff::tz::Offset::UTC.to_datetime(moment).date()
    }
}

/// Whole days from `from` to `to`.
pub(crate) fn days(from: Date, to: Date) -> i64 {
    i64::from(from.until(to).map_or(0, |span| span.get_days()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_register() {
        assert_eq!(REGISTERED, Kind::ALL);
    }
}
