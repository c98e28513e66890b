//! What was worked out a moment ago, for whoever asks the same again: whole pages, and the numbers that stand on every page.
//!
//! All of it follows from the value that is shown, from today's value (rights are read from it) and from a key. The two values
//! are compared by identity, so that what is handed out is never older than the value that the request reads; who asks is
//! part of the key, so that it is never somebody else's.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex};

use askama::Template;
use attestry_model::{AnyRef, Isms, Kind, Ref};
use attestry_store::AccountId;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use jiff::civil::Date;

use crate::app::held;
use crate::cx::{Cx, Look};
use crate::fault::Fault;

/// Most pages in memory.
const MOST_PAGES: usize = 32;
/// Largest page that is kept, in bytes.
const LARGEST: usize = 256 << 10;
/// Most lists of which the order is in memory.
const MOST_ORDERS: usize = 16;
/// Most records of which something is in memory.
const MOST_RECORDS: usize = 1_000;
/// Most persons whose numbers are in memory.
const MOST_PERSONS: usize = 2_000;

/// Organisation, person, day and address.
type Order = (String, Ref<attestry_model::records::Person>, Date, String);

/// What is kept; see the module.
#[derive(Default)]
pub struct Kept {
    pages: Following<Asked, Arc<Page>>,
    /// The records of a list in their order, by organisation, person, day and address.
    orders: Following<Order, Arc<[AnyRef]>>,
    /// The fields of a kind that are worked out from others, by organisation and kind.
    worked_out: Following<(String, Kind), Arc<[&'static str]>>,
    /// The same of one record, by organisation and record.
    worked_out_of: Following<(String, AnyRef), Arc<[&'static str]>>,
    /// Whether a person may attach files to a record, by organisation, person and record.
    attachable: Following<(String, Ref<attestry_model::records::Person>, AnyRef), bool>,
    /// How much waits for a person, by organisation, person and day.
    waiting: Following<(String, Ref<attestry_model::records::Person>, Date), usize>,
    /// What stands beside the places, by organisation.
    standing: Following<String, Standing>,
}

/// Numbers beside the places, the same for everybody who works in the ISMS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Risks above the limit.
    pub above: usize,
    /// Corrective actions under way.
    pub actions: usize,
    /// Records that the set-up guide assumed and nobody has confirmed.
    pub assumed: usize,
}

/// Things that follow from the value shown, from today's, and from a key.
struct Following<K, V>(Mutex<HashMap<K, (Isms, Isms, V)>>);

impl<K, V> Default for Following<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Hash + Eq, V: Clone> Following<K, V> {
    /// What is kept for the key, if it follows from the values of this request.
    fn get(&self, cx: &Cx, key: &K) -> Option<V> {
        let held = held(self.0.lock());
        let (shown, current, found) = held.get(key)?;
        (shown.is_same(&cx.isms) && current.is_same(&cx.current)).then(|| found.clone())
    }

    fn put(&self, cx: &Cx, key: K, value: V, most: usize) {
        let mut held = held(self.0.lock());
        if held.len() >= most {
            held.clear();
        }
        held.insert(key, (cx.isms.clone(), cx.current.clone(), value));
    }

    fn or_made(&self, cx: &Cx, key: K, most: usize, make: impl FnOnce() -> V) -> V {
        if let Some(found) = self.get(cx, &key) {
            return found;
        }
        // Made outside the lock: two that ask at once may both make it, and nobody waits for anybody.
        let new = make();
        self.put(cx, key, new.clone(), most);
        new
    }
}

/// How much waits for the person.
pub fn waiting(cx: &Cx, count: impl FnOnce() -> usize) -> usize {
    cx.app.kept.waiting.or_made(cx, (cx.slug.clone(), cx.person, cx.today), MOST_PERSONS, count)
}

/// The records of a list in their order, as the person sees it; `None` where the address is none of a list.
pub fn order(cx: &Cx, path: &str, query: &str, read: impl FnOnce() -> Option<Vec<AnyRef>>) -> Option<Arc<[AnyRef]>> {
    let key = (cx.slug.clone(), cx.person, cx.today, format!("{path}?{query}"));
    if let Some(found) = cx.app.kept.orders.get(cx, &key) {
        return Some(found);
    }
    let order: Arc<[AnyRef]> = read()?.into();
    cx.app.kept.orders.put(cx, key, Arc::clone(&order), MOST_ORDERS);
    Some(order)
}

/// The fields of a kind that are worked out from others.
pub fn worked_out(cx: &Cx, kind: Kind, find: impl FnOnce() -> Arc<[&'static str]>) -> Arc<[&'static str]> {
    cx.app.kept.worked_out.or_made(cx, (cx.slug.clone(), kind), 1_000, find)
}

/// The fields of a record that are worked out from others of its own. The record is one of the value shown.
pub fn worked_out_of(cx: &Cx, record: AnyRef, find: impl FnOnce() -> Arc<[&'static str]>) -> Arc<[&'static str]> {
    cx.app.kept.worked_out_of.or_made(cx, (cx.slug.clone(), record), MOST_RECORDS, find)
}

/// Whether the person may attach files to a record, for telling them; what they send is asked about anew.
pub fn attachable(cx: &Cx, record: AnyRef, ask: impl FnOnce() -> bool) -> bool {
    let key = (cx.slug.clone(), cx.person, record);
    cx.can_write() && cx.app.kept.attachable.or_made(cx, key, MOST_RECORDS, ask)
}

/// What stands beside the places.
pub fn standing(cx: &Cx, count: impl FnOnce() -> Standing) -> Standing {
    cx.app.kept.standing.or_made(cx, cx.slug.clone(), 100, count)
}

/// Everything that a page follows from besides the two values.
#[derive(PartialEq, Eq, Hash)]
struct Asked {
    slug: String,
    organisation: String,
    account: AccountId,
    person: Ref<attestry_model::records::Person>,
    can_write: bool,
    path: String,
    query: String,
    /// The day that is shown and the day that it is.
    days: [Date; 2],
    language: &'static str,
    look: Look,
    portal: bool,
    besides: String,
    packed: bool,
}

/// A page as it is sent: compressed, unless the asker takes it only as it is. The other form is not kept beside it.
struct Page {
    bytes: Bytes,
    packed: bool,
}

/// Answers with the page that `make` makes, or with the one that it made before for the same person, address, day and values.
/// What the page says besides, such as preferences, is named in `besides`.
pub fn page<T: Template>(cx: &Cx, besides: String, make: impl FnOnce() -> Result<T, Fault>) -> Result<Response, Fault> {
    let asked = Asked::of(cx, besides);
    let pages = &cx.app.kept.pages;
    if let Some(page) = pages.get(cx, &asked) {
        return Ok(page.answer());
    }
    let html = make()?.render()?;
    let packed = cx.takes_gzip;
    let level = flate2::Compression::new(crate::assets::PACKING.into());
    let bytes = if packed { crate::assets::gzip(html.as_bytes(), level).into() } else { Bytes::from(html) };
    let page = Arc::new(Page { bytes, packed });
    if page.bytes.len() <= LARGEST {
        pages.put(cx, asked, Arc::clone(&page), MOST_PAGES);
    }
    Ok(page.answer())
}

/// The page that [`page`] made before, for pages of which the making must wait for something.
pub fn again(cx: &Cx, besides: String) -> Option<Response> {
    cx.app.kept.pages.get(cx, &Asked::of(cx, besides)).map(|page| page.answer())
}

impl Asked {
    fn of(cx: &Cx, besides: String) -> Self {
        Self {
            slug: cx.slug.clone(),
            organisation: cx.organisation_name.clone(),
            account: cx.account,
            person: cx.person,
            can_write: cx.can_write(),
            path: cx.path.clone(),
            query: cx.query.clone(),
            days: [cx.today, cx.zone.to_datetime(cx.now).date()],
            language: &cx.words.tag,
            look: cx.look.clone(),
            portal: cx.portal,
            besides,
            packed: cx.takes_gzip,
        }
    }
}

impl Page {
    fn answer(&self) -> Response {
        let mut answer = Response::new(Body::from(self.bytes.clone()));
        let head = answer.headers_mut();
        head.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        if self.packed {
            head.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            head.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        }
        answer
    }
}
