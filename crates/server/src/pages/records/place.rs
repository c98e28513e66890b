//! Where a record stands in the list that the person came from: the one before, the one after, `3 of 24`.

use attestry_model::query::{self, Compare, Filter, Query};
use attestry_model::{AnyRecord, AnyRef};

use crate::cx::Cx;
use crate::html::encode;
use crate::places::record_path;
use crate::shell::{pairs, parameter};

/// The place of a record in a list.
#[derive(Debug)]
pub struct Place {
    /// The record before.
    pub before: Option<String>,
    /// The record after.
    pub after: Option<String>,
    /// The position, from 1.
    pub at: usize,
    /// How many there are.
    pub all: usize,
}

/// Most records of a list in which a place is looked for.
const MOST: usize = 20_000;
/// Parameters of a list that are no conditions.
const OTHERS: [&str; 8] = ["cols", "per", "after", "before", "filter", "asof", "done", "undo"];

/// The place of a record in the list whose query `from` holds; none when the list does not hold it, or asks for more than
/// conditions and an order.
pub fn of(cx: &Cx, record: AnyRef) -> Option<Place> {
    let from = parameter(&cx.query, "from")?;
    let query = read(record, &from)?;
    let found = query::run(&cx.isms, &query).ok()?;
    let sees_all = cx.sees_all(record.kind.def());
    let refs: Vec<AnyRef> =
        found.records.iter().filter(|one| sees_all || cx.sees(**one)).map(|one| AnyRecord::any_ref(*one)).collect();
    let at = refs.iter().position(|one| *one == record)?;
    let link = |target: AnyRef| cx.href(&format!("{}?from={}", record_path(target), encode(&from)));
    Some(Place {
        before: at.checked_sub(1).and_then(|at| refs.get(at)).map(|one| link(*one)),
        after: refs.get(at + 1).map(|one| link(*one)),
        at: at + 1,
        all: refs.len(),
    })
}

fn read(record: AnyRef, from: &str) -> Option<Query> {
    let mut query = Query { limit: MOST, ..Query::all(record.kind) };
    for (name, value) in pairs(from).into_iter().filter(|(_, value)| !value.is_empty()) {
        match name.as_str() {
            "sort" => query.sort = Some(value),
            "void" => query.void = value == "1",
            "view" if value == "all" => {}
            "q" | "view" => return None,
            other if OTHERS.contains(&other) => {}
            other => {
                let ends = [(".from", Compare::AtLeast), (".to", Compare::AtMost), (".has", Compare::Contains)];
                let ended =
                    ends.iter().find_map(|(end, compare)| Some((other.strip_suffix(end)?, *compare, value.clone())));
                let presence = [(".none", Compare::Is), (".some", Compare::IsNot)];
                let presence = presence
                    .iter()
                    .find_map(|(end, compare)| Some((other.strip_suffix(end)?, *compare, String::new())));
                let not = other.strip_suffix('!').map(|field| (field, Compare::IsNot, value.clone()));
                let (field, compare, value) = ended.or(presence).or(not).unwrap_or((other, Compare::Is, value.clone()));
                let field = field.to_owned();
                // Alternatives are no conditions that all hold.
                if compare == Compare::Is && query.filters.iter().any(|known| known.field == field) {
                    return None;
                }
                query.filters.push(Filter { field, compare, value });
            }
        }
    }
    Some(query)
}
