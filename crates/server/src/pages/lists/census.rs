//! What stands in a list as a person sees it, counted once for each version of the value: all, mine, what needs attention,
//! and how often each value of each field that can be chosen from occurs.

use std::collections::HashMap;

use attestry_model::field::{Key, Type};
use attestry_model::kind::DEAD_STATES;
use attestry_model::records::Risk;
use attestry_model::stored::{AnyRecord, FieldPlace};
use attestry_model::{Kind, Stored};

use super::columns;
use super::kept::Findings;
use crate::cx::Cx;

/// Most values of one field that are offered.
pub const MOST_VALUES: usize = 30;

/// How many records there are; see the module.
#[derive(Debug, Default)]
pub struct Census {
    /// All but void ones.
    pub all: usize,
    /// Those that no longer count, void ones left out.
    pub over: usize,
    /// Void ones.
    pub void: usize,
    /// Those that are the person's own.
    pub mine: usize,
    /// Those with open findings.
    pub gaps: usize,
    /// Those whose day has passed.
    pub overdue: usize,
    /// Those with open findings or whose day has passed.
    pub attention: usize,
    /// Risks above the limit, and the limit, where the kind has one.
    pub above: Option<(usize, i64)>,
    /// The values of fields, in the order of the fields.
    pub facets: Vec<Facet>,
}

/// The values of one field.
#[derive(Debug)]
pub struct Facet {
    /// The field.
    pub field: &'static str,
    /// Values as they stand in an address, with their counts.
    pub values: Vec<(String, usize)>,
    /// How many other values there are.
    pub others: usize,
    /// How many records say nothing.
    pub empty: usize,
}

/// A field while it is counted.
struct Tally {
    field: &'static str,
    ty: Type,
    place: FieldPlace,
    is_list: bool,
    ints: HashMap<i64, usize>,
    refs: HashMap<attestry_model::AnyRef, usize>,
    empty: usize,
}

/// Whether the values of a field can be offered with their counts.
pub fn is_facet(ty: Type) -> bool {
    match ty {
        Type::Bool | Type::Level | Type::Choice(_) | Type::Ref(_) => true,
        Type::List(inner) => matches!(inner, Type::Ref(_)),
        _ => false,
    }
}

/// Whether a record is the person's own: they are named in a field that makes it so, or it is they themselves.
pub fn is_mine(cx: &Cx, record: &dyn AnyRecord) -> bool {
    record.any_ref() == cx.person.any() || record.own_people().contains(&cx.person)
}

impl Census {
    /// Counts the records of a kind that the person may see.
    pub fn of(cx: &Cx, kind: Kind, findings: &Findings) -> Self {
        let def = kind.def();
        let due = columns::due_places(def);
        let limit = if kind == Kind::Risk { crate::pages::limit(cx) } else { None };
        let mut census = Self { above: limit.map(|limit| (0, limit)), ..Self::default() };
        let mut states: HashMap<&'static str, usize> = HashMap::new();
        let facets = columns::all(cx, kind).into_iter().filter(|column| is_facet(column.ty));
        let mut tallies: Vec<Tally> = facets
            .filter_map(|column| {
                let (field, place) = (column.def?, column.place?);
                let is_list = matches!(column.ty, Type::List(_));
                let (ints, refs) = (HashMap::new(), HashMap::new());
                Some(Tally { field: field.name, ty: column.ty, place, is_list, ints, refs, empty: 0 })
            })
            .collect();
        let lists: Vec<usize> = (0..tallies.len()).filter(|at| tallies[*at].is_list).collect();
        for record in cx.records(kind) {
            *states.entry(record.state()).or_default() += 1;
            if record.head().void_reason.is_some() {
                census.void += 1;
                continue;
            }
            census.all += 1;
            let over = DEAD_STATES.contains(&record.state());
            census.over += usize::from(over);
            if let Some((above, limit)) = census.above.as_mut().filter(|_| !over) {
                let risk = record.as_any().downcast_ref::<Stored<Risk>>();
                *above += usize::from(risk.is_some_and(|risk| risk.current_value.is_some_and(|value| value > *limit)));
            }
            census.mine += usize::from(is_mine(cx, record));
            let gap = findings.contains_key(&record.any_ref());
            let overdue = columns::overdue(record, &due, cx.today).is_some();
            census.gaps += usize::from(gap);
            census.overdue += usize::from(overdue);
            census.attention += usize::from(gap || overdue);
            for tally in tallies.iter_mut().filter(|tally| !tally.is_list) {
                match record.key(tally.place) {
                    Key::Int(number) => *tally.ints.entry(number).or_default() += 1,
                    Key::Ref(target) => *tally.refs.entry(target).or_default() += 1,
                    _ => tally.empty += 1,
                }
            }
            if !lists.is_empty() {
                record.each_ref(&mut |field, target| {
                    if let Some(at) = lists.iter().find(|at| tallies[**at].field == field) {
                        *tallies[*at].refs.entry(target).or_default() += 1;
                    }
                });
            }
        }
        let in_order = def.states.iter().map(|state| state.name).chain(["void"]);
        let values = in_order.filter_map(|state| Some((state.to_owned(), *states.get(state)?))).collect();
        census.facets.push(Facet { field: "state", values, others: 0, empty: 0 });
        census.facets.extend(tallies.into_iter().map(Tally::done));
        census
    }

    /// The values of a field.
    pub fn facet(&self, field: &str) -> Option<&Facet> {
        self.facets.iter().find(|facet| facet.field == field)
    }
}

impl Tally {
    fn done(self) -> Facet {
        let mut refs: Vec<_> = self.refs.into_iter().collect();
        refs.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        let mut ints: Vec<(i64, usize)> = self.ints.into_iter().collect();
        ints.sort_unstable();
        let word = |number: i64| match self.ty {
            Type::Bool => Some((number != 0).to_string()),
            Type::Choice(options) => options.get(usize::try_from(number).ok()?).map(|option| option.name.to_owned()),
            _ => Some(number.to_string()),
        };
        let ints = ints.into_iter().filter_map(|(number, count)| Some((word(number)?, count)));
        let refs = refs.into_iter().map(|(target, count)| (target.to_string(), count));
        let mut values: Vec<(String, usize)> = ints.chain(refs).collect();
        let others = values.len().saturating_sub(MOST_VALUES);
        values.truncate(MOST_VALUES);
        Facet { field: self.field, values, others, empty: self.empty }
    }
}
