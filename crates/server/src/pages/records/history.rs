//! The history of a record: every version, who made it, when, why, and what differs.

use askama::Template;
use attestry_model::kind::Role;
use attestry_model::records::Person;
use attestry_model::stored::Stamp;
use attestry_model::{AnyRecord, AnyRef, Ref};
use attestry_store::Version;
use axum::extract::Path;
use axum::response::Response;
use serde_json::Map;

use super::difference::{self, Difference, between, short, summary};
use super::{at, undo};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::Html;
use crate::places::{Frame, record_path};
use crate::shell::{Shell, page, parameter};
use crate::{dates, show};

/// Versions on one page.
const PAGE: usize = 50;

/// A version.
#[derive(Debug)]
pub struct Line {
    /// Its number.
    pub version: u64,
    /// Who made it.
    pub who: Html,
    /// When.
    pub when: String,
    /// What was done, in words.
    pub what: String,
    /// Which fields differ, in a line.
    pub summary: String,
    /// Why.
    pub reason: String,
    /// Files that came with it.
    pub files: String,
    /// The number of its entry.
    pub seq: u64,
    /// The beginning of its fingerprint.
    pub hash: String,
    /// The whole fingerprint.
    pub fingerprint: String,
    /// The record as it stood then.
    pub asof: String,
    /// What differs from the version before.
    pub differences: Vec<Difference>,
    /// Values that were erased.
    pub erased: bool,
}

/// The first `most` of versions, the newest first; the one after them is only compared with.
pub fn lines(cx: &Cx, record: &dyn AnyRecord, versions: &[Version], most: usize) -> Vec<Line> {
    let none = Map::new();
    let lines = versions.iter().take(most).enumerate().map(|(at, version)| {
        let before = versions.get(at + 1).map_or(&none, |before| &before.fields);
        line(cx, record, version, before)
    });
    lines.collect()
}

fn line(cx: &Cx, record: &dyn AnyRecord, version: &Version, before: &Map<String, serde_json::Value>) -> Line {
    let shown = is_shown(cx, record, version);
    let differences = if shown { between(cx, record, before, &version.fields) } else { Vec::new() };
    let said = match differences.as_slice() {
        _ if !shown => cx.say("history-hidden").into_owned(),
        _ if version.version == 1 => String::new(),
        [one] if one.words.is_none() => {
            let (old, new) = (short(cx, &one.old), short(cx, &one.new));
            let parts = [("field", (&one.label).into()), ("old", (&old).into()), ("new", (&new).into())];
            cx.with("history-one", &parts).into_owned()
        }
        _ => summary(cx, &differences),
    };
    let hash = version.leaf_hash.to_hex();
    Line {
        version: version.version,
        who: who(cx, &version.actor),
        when: dates::moment(cx.words, version.at, &cx.zone, cx.today),
        what: cx.say(format!("history-{}", version.action)).into_owned(),
        summary: said,
        reason: version.reason.clone().unwrap_or_default(),
        files: version.files.join(", "),
        seq: version.seq,
        hash: format!("{} {}", &hash[..4], &hash[4..8]),
        fingerprint: hash,
        asof: format!("{}?asof={}", record_path(record.any_ref()), version.seq),
        differences,
        erased: !version.erased.is_empty(),
    }
}

/// Whether the person may read what a version said: who sees only what is in force does not see the drafts before it.
pub fn is_shown(cx: &Cx, record: &dyn AnyRecord, version: &Version) -> bool {
    if !cx.principal.has(Role::ExternalAuditor) || cx.principal.has(Role::IsmsManager) {
        return true;
    }
    let reference = record.any_ref();
    let revision = u32::try_from(version.version).unwrap_or(u32::MAX);
    let stamp = Stamp { number: reference.number, revision, at: version.at, by: None };
    reference.kind.read(stamp, version.fields.clone()).is_ok_and(|then| cx.sees(then.as_ref()))
}

/// Who made an entry.
pub fn who(cx: &Cx, actor: &str) -> Html {
    let person: Option<Ref<Person>> = actor.parse::<AnyRef>().ok().and_then(AnyRef::of);
    match (person, actor) {
        (Some(person), _) => show::who(cx, person),
        (None, "operator") => Html::text(&cx.say("operator")),
        _ => Html::text(&cx.say("system")),
    }
}

/// The page.
#[derive(Template)]
#[template(path = "record-history.html")]
pub struct Page {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    title: String,
    path: String,
    count: u64,
    lines: Vec<Line>,
    older: Option<String>,
    undo: bool,
    verdict: Option<super::proof::Verdict>,
}

/// `GET /{kind}/{reference}/history`
pub async fn show(cx: Cx, Path((slug, name)): Path<(String, String)>) -> Result<Response, Fault> {
    let reference = at(&slug, &name)?;
    let shown = page_with(&cx, reference, None).await?;
    page(&shown)
}

/// The page, with what a verification said.
pub async fn page_with(cx: &Cx, reference: AnyRef, verdict: Option<super::proof::Verdict>) -> Result<Page, Fault> {
    cx.record(reference)?;
    let until = cx.moment.as_ref().map(|moment| moment.past.seq);
    let before = parameter(&cx.query, "before").and_then(|text| text.parse::<u64>().ok());
    let until = match (until, before) {
        (Some(until), Some(before)) => Some(until.min(before.saturating_sub(1))),
        (until, before) => until.or(before.map(|before| before.saturating_sub(1))),
    };
    let limit = PAGE as u64 + 1;
    let versions = cx.apart(move |cx| Ok(cx.organisation.latest(reference, until, limit)?)).await?;
    let record = cx.record(reference)?;
    let path = record_path(reference);
    let older = versions.get(PAGE).map(|_| {
        let last = versions[PAGE - 1].seq;
        cx.href(&format!("{path}/history?before={last}"))
    });
    let undo = before.is_none() && versions.first().is_some_and(|newest| undo::is_open(cx, record, newest));
    let frame = Frame::of_kind(cx, reference.kind, Some(&reference.to_string()));
    Ok(Page {
        frame: frame.then(cx.say("record-history"), Some(cx.href(&path))),
        shell: Shell::of(cx),
        title: record.head().title.clone().unwrap_or_default(),
        count: u64::from(record.revision()),
        lines: lines(cx, record, &versions, PAGE),
        older,
        undo,
        verdict,
        path,
        cx: cx.clone(),
    })
}

/// For the template of the differences.
pub fn is_long(differences: &[Difference]) -> bool {
    differences.iter().any(|one: &difference::Difference| one.words.is_some()) || differences.len() > 1
}
