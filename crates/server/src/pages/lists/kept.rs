//! What lists and search keep in memory: counts, findings by record, preferences and the search index. All of it follows
//! from the store and is made again when a newer value is asked for.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use attestry_check::Severity;
use attestry_model::{AnyRef, Kind};
use attestry_store::AccountId;
use jiff::civil::Date;

use super::ask::Ask;
use super::census::Census;
use super::index::Index;
use crate::app::held;
use crate::cx::Cx;
use crate::fault::Fault;

/// What is kept; see the module.
#[derive(Default)]
pub struct Kept {
    findings: Small<(String, u64, Date), Arc<Findings>>,
    censuses: Small<Whose, Arc<Census>>,
    counts: Small<(Whose, String), Option<usize>>,
    preferences: Small<(AccountId, String), (Instant, Arc<Preferences>)>,
    pub(super) indexes: Small<(String, Option<u64>), Arc<std::sync::RwLock<Index>>>,
}

/// Whose counts they are: the organisation, the sizes of the value shown and of the newest, the day, the kind, the person.
type Whose = (String, [u64; 2], Date, Kind, u32);

/// The preferences of a member by name.
pub type Preferences = Vec<(String, String)>;

/// The open findings about a record: how many, and the gravest.
pub type Findings = HashMap<AnyRef, (usize, Severity)>;

/// How long preferences that were read are believed without asking the store again; setting one here forgets them at once.
const PREFERENCES_KEPT: Duration = Duration::from_secs(5);

/// A map with a bound: when it is full it begins anew.
pub(super) struct Small<K, V>(Mutex<HashMap<K, V>>);

impl<K, V> Default for Small<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Hash + Eq, V: Clone> Small<K, V> {
    pub(super) fn get(&self, key: &K) -> Option<V> {
        held(self.0.lock()).get(key).cloned()
    }

    pub(super) fn put(&self, key: K, value: V, most: usize) {
        let mut map = held(self.0.lock());
        if map.len() >= most {
            map.clear();
        }
        map.insert(key, value);
    }

    fn forget(&self, key: &K) {
        held(self.0.lock()).remove(key);
    }
}

/// The open findings by record.
pub fn findings(cx: &Cx) -> Arc<Findings> {
    let key = (cx.slug.clone(), cx.isms.size(), cx.today);
    if let Some(found) = cx.app.lists.findings.get(&key) {
        return found;
    }
    let mut findings = Findings::new();
    for finding in cx.report().open() {
        if let Some(reference) = finding.item.record() {
            let entry = findings.entry(reference).or_insert((0, finding.rule.severity));
            *entry = (entry.0 + 1, entry.1.max(finding.rule.severity));
        }
    }
    let findings = Arc::new(findings);
    cx.app.lists.findings.put(key, Arc::clone(&findings), 16);
    findings
}

/// Whose counts those of a kind are. Rights follow from today's value, also where the past is looked at.
fn whose(cx: &Cx, kind: Kind) -> Whose {
    (cx.slug.clone(), [cx.isms.size(), cx.current.size()], cx.today, kind, cx.person.number())
}

/// The counts of a kind as the person sees it.
pub fn census(cx: &Cx, kind: Kind) -> Arc<Census> {
    let key = whose(cx, kind);
    if let Some(found) = cx.app.lists.censuses.get(&key) {
        return found;
    }
    let census = Arc::new(Census::of(cx, kind, &findings(cx)));
    cx.app.lists.censuses.put(key, Arc::clone(&census), 400);
    census
}

/// How many records the person finds in a list with this query; nothing where the query is none, any more.
pub fn count(cx: &Cx, kind: Kind, query: &str) -> Option<usize> {
    let key = (whose(cx, kind), query.to_owned());
    if let Some(found) = cx.app.lists.counts.get(&key) {
        return found;
    }
    let ask = Ask::read(cx, kind, query).ok().map(Ask::whole);
    let count = ask.and_then(|ask| ask.run(cx, 1).ok().map(|found| found.total));
    cx.app.lists.counts.put(key, count, 2_000);
    count
}

/// The person's preferences for lists.
pub fn preferences(cx: &Cx) -> Result<Arc<Preferences>, Fault> {
    let key = (cx.account, cx.slug.clone());
    if let Some((read, found)) = cx.app.lists.preferences.get(&key)
        && read.elapsed() < PREFERENCES_KEPT
    {
        return Ok(found);
    }
    let accounts = cx.app.store.accounts();
    let mut all = accounts.preferences(cx.account, &cx.slug, "view/")?;
    all.extend(accounts.preferences(cx.account, &cx.slug, "columns/")?);
    let all = Arc::new(all);
    cx.app.lists.preferences.put(key, (Instant::now(), Arc::clone(&all)), 2_000);
    Ok(all)
}

/// Sets a preference for lists, or forgets it.
pub async fn prefer(cx: &Cx, name: String, value: Option<String>) -> Result<(), Fault> {
    let set = move |cx: &Cx| {
        cx.app.store.accounts().set_preference(cx.account, &cx.slug, &name, value.as_deref())?;
        cx.app.lists.preferences.forget(&(cx.account, cx.slug.clone()));
        Ok(())
    };
    cx.apart(set).await
}
