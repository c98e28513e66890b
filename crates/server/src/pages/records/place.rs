//! Where a record stands in the list that the person came from: the one before, the one after, `3 of 24`.

use attestry_model::{AnyRecord, AnyRef};

use crate::cx::Cx;
use crate::html::encode;
use crate::pages::lists::Ask;
use crate::places::{list_path, record_path};
use crate::shell::parameter;

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
/// The place of a record in the list whose query `from` holds; none when the list does not hold it.
pub fn of(cx: &Cx, record: AnyRef) -> Option<Place> {
    let from = parameter(&cx.query, "from")?;
    let read = || {
        let found = Ask::read(cx, record.kind, &from).ok()?.whole().run(cx, MOST).ok()?;
        Some(found.records.iter().map(|one| AnyRecord::any_ref(*one)).collect())
    };
    let refs = crate::kept::order(cx, &list_path(record.kind), &from, read)?;
    let at = refs.iter().position(|one| *one == record)?;
    let link = |target: AnyRef| cx.href(&format!("{}?from={}", record_path(target), encode(&from)));
    Some(Place {
        before: at.checked_sub(1).and_then(|at| refs.get(at)).map(|one| link(*one)),
        after: refs.get(at + 1).map(|one| link(*one)),
        at: at + 1,
        all: refs.len(),
    })
}
