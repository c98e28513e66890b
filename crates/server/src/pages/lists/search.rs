//! Search: one field over records, places and actions. As a page of all results, and as JSON for the palette.
//!
//! A sign in front narrows: `#` records, `>` actions, `@` people, `§` clauses.

use std::sync::{Arc, PoisonError, RwLock};

use askama::Template;
use attestry_model::field::Key;
use attestry_model::stored::FieldPlace;
use attestry_model::{AnyRef, Isms, Kind};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::census::is_mine;
use super::goto::{self, Way};
use super::index::{Index, words_of};
use crate::app::App;
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::{Html, icon};
use crate::places::Frame;
use crate::shell::{Shell, page, parameter};
use crate::{labels, show};

/// Longest question, in bytes.
const LONGEST: usize = 200;
/// Most records on the page.
const MOST_ON_PAGE: usize = 100;
/// Most records in the palette.
const MOST_IN_PALETTE: usize = 8;
/// Days during which a record counts as recently changed.
const RECENT_DAYS: i64 = 30;
/// Most indexes in memory.
const MOST_INDEXES: usize = 12;

/// What was asked, without the sign in front.
struct Question {
    sigil: Option<char>,
    text: String,
}

impl Question {
    fn read(cx: &Cx) -> Result<Self, Fault> {
        let text = parameter(&cx.query, "q").unwrap_or_default();
        if text.len() > LONGEST {
            return Err(Fault::field("q", cx.say("list-bad-text").into_owned()));
        }
        let text = text.trim();
        let sigil = text.chars().next().filter(|sign| ['#', '>', '@', '§'].contains(sign));
        let rest = sigil.map_or(text, |sign| &text[sign.len_utf8()..]);
        Ok(Self { sigil, text: rest.trim().to_owned() })
    }

    fn wants(&self, sigil: char) -> bool {
        self.sigil.is_none_or(|own| own == sigil)
    }
}

/// A record that was found.
struct Hit {
    reference: AnyRef,
    over: bool,
    title: String,
    kind: String,
    state: Html,
    icon: &'static str,
    href: String,
}

/// Everything that was found.
struct Results {
    total: usize,
    meant: bool,
    records: Vec<Hit>,
    ways: Vec<Way>,
    deeds: Vec<Way>,
}

#[derive(Template)]
#[template(path = "search.html")]
struct Page {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    asked: String,
    results: Results,
    sentence: String,
}

/// `GET /search`
pub async fn show(cx: Cx) -> Result<Response, Fault> {
    let question = Question::read(&cx)?;
    let asked = parameter(&cx.query, "q").unwrap_or_default();
    let results = find(&cx, question, MOST_ON_PAGE).await?;
    let sentence = if asked.trim().is_empty() {
        cx.say("search-hint").into_owned()
    } else {
        let shown = results.records.len();
        cx.with("search-count", &[("count", results.total.into()), ("shown", shown.into())]).into_owned()
    };
    let frame = Frame::bare(cx.say("search-heading"));
    page(&Page { shell: Shell::of(&cx), frame, asked, results, sentence, cx })
}

/// `GET /search.json`
pub async fn json(cx: Cx) -> Result<Response, Fault> {
    let question = Question::read(&cx)?;
    let results = find(&cx, question, MOST_IN_PALETTE).await?;
    let records: Vec<Value> = results
        .records
        .iter()
        .map(|hit| {
            let hint = if hit.over {
                cx.say1("search-over", "record", &hit.reference.to_string()).into_owned()
            } else {
                hit.reference.to_string()
            };
            json!({ "label": hit.title, "hint": hint, "href": hit.href, "icon": hit.icon })
        })
        .collect();
    let ways = |ways: &[Way], most: usize| -> Vec<Value> {
        let one = |way: &Way| json!({ "label": way.label, "hint": if way.keys.is_empty() { way.hint.as_str() } else { way.keys }, "href": way.href, "icon": way.icon });
        ways.iter().take(most).map(one).collect()
    };
    let mut groups = [
        ("search-records", records),
        ("search-ways", ways(&results.ways, 6)),
        ("search-deeds", ways(&results.deeds, 5)),
    ];
    // A page of that name comes before records that only mention the word.
    if !results.meant {
        groups.rotate_left(1);
    }
    let groups: Vec<Value> = groups
        .into_iter()
        .filter(|(_, items)| !items.is_empty())
        .map(|(key, items)| json!({ "label": cx.say(key), "items": items }))
        .collect();
    let body = json!({ "total": results.total, "groups": groups });
    let mut answer = body.to_string().into_response();
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(answer)
}

async fn find(cx: &Cx, question: Question, limit: usize) -> Result<Results, Fault> {
    let lower = question.text.to_lowercase();
    let words: Vec<&str> = words_of(&lower).collect();
    let chosen = |ways: Vec<Way>| -> Vec<Way> {
        let mut fitting: Vec<(u32, Way)> =
            ways.into_iter().map(|way| (way.fits(&words), way)).filter(|(fits, _)| *fits > 0).collect();
        fitting.sort_by_key(|(fits, _)| std::cmp::Reverse(*fits));
        fitting.into_iter().map(|(_, way)| way).take(20).collect()
    };
    let deeds = if question.wants('>') { goto::actions(cx) } else { Vec::new() };
    let mut ways = if question.sigil.is_none() { goto::pages(cx) } else { Vec::new() };
    if question.wants('§') && cx.is_isms() && (!words.is_empty() || question.sigil.is_some()) {
        ways.extend(goto::clauses(cx));
    }
    // Nothing typed: the places come as they are, so that the palette is a menu first.
    let (ways, deeds) = if words.is_empty() {
        let most = if question.sigil == Some('§') { 200 } else { 10 };
        (
            ways.into_iter().take(most).collect(),
            deeds.into_iter().take(if question.sigil.is_some() { 100 } else { 5 }).collect(),
        )
    } else {
        (chosen(ways), chosen(deeds))
    };
    let mut results = Results { total: 0, meant: false, records: Vec::new(), ways, deeds };
    if words.is_empty() || !(question.wants('#') || question.wants('@')) {
        return Ok(results);
    }
    let people = question.sigil == Some('@');
    let text = question.text.clone();
    let found = cx.apart(move |cx| Ok(records(cx, &text, people, limit))).await?;
    results.total = found.total;
    results.meant = found.meant;
    results.records = found.best.into_iter().filter_map(|(reference, over)| hit(cx, reference, over)).collect();
    Ok(results)
}

fn hit(cx: &Cx, reference: AnyRef, over: bool) -> Option<Hit> {
    let record = cx.isms.record(reference)?;
    let title = record.head().title.clone().filter(|title| !title.is_empty());
    Some(Hit {
        reference,
        over,
        title: title.unwrap_or_else(|| reference.to_string()),
        kind: labels::singular(cx.words, reference.kind),
        state: show::state(cx, record),
        icon: goto::icon(reference.kind),
        href: cx.record_href(reference),
    })
}

/// The records that answer the words and that the person may see.
fn records(cx: &Cx, text: &str, people: bool, limit: usize) -> super::index::Found {
    let index = index_of(cx);
    let index = index.read().unwrap_or_else(PoisonError::into_inner);
    let all: Vec<bool> = Kind::ALL.iter().map(|kind| cx.sees_all(kind.def())).collect();
    let mut visible = |reference: AnyRef| {
        if people && reference.kind != Kind::Person {
            return false;
        }
        match cx.isms.record(reference) {
            Some(record) => all[reference.kind as usize] || cx.sees(record),
            None => false,
        }
    };
    let since = cx.now - jiff::SignedDuration::from_hours(24 * RECENT_DAYS);
    let bonus = |reference: AnyRef| {
        let Some(record) = cx.isms.record(reference) else { return 0 };
        let own = if is_mine(cx, record) { 12 } else { 0 };
        let recent = matches!(record.key(FieldPlace::UpdatedAt), Key::Int(at) if at > since.as_millisecond());
        own + if recent { 4 } else { 0 }
    };
    index.find(text, limit, &mut visible, &bonus)
}

/// The records of a kind, or of all, that the words mean, slips among them, the best first.
pub fn near(cx: &Cx, text: &str, kind: Option<Kind>, limit: usize) -> Vec<AnyRef> {
    let index = index_of(cx);
    let index = index.read().unwrap_or_else(PoisonError::into_inner);
    let mut visible = |reference: AnyRef| {
        kind.is_none_or(|kind| reference.kind == kind)
            && cx.isms.record(reference).is_some_and(|record| cx.sees(record))
    };
    let found = index.find(text, limit, &mut visible, &|_| 0);
    found.best.into_iter().map(|(reference, _)| reference).collect()
}

/// The index of the value that is shown, brought up to date.
fn index_of(cx: &Cx) -> Arc<RwLock<Index>> {
    index_for(&cx.app, &cx.slug, cx.moment.as_ref().map(|moment| moment.past.seq), &cx.isms)
}

fn index_for(app: &App, organisation: &str, seq: Option<u64>, isms: &Isms) -> Arc<RwLock<Index>> {
    let key = (organisation.to_owned(), seq);
    let kept = &app.lists.indexes;
    let index = kept.get(&key).unwrap_or_else(|| {
        let fresh = Arc::new(RwLock::new(Index::default()));
        kept.put(key, Arc::clone(&fresh), MOST_INDEXES);
        fresh
    });
    let is_of = index.read().unwrap_or_else(PoisonError::into_inner).is_of(isms);
    if !is_of {
        index.write().unwrap_or_else(PoisonError::into_inner).update(isms);
    }
    index
}

/// Makes the index of an organisation ready for the next question, so that nobody waits for the whole of it.
pub fn prepare(app: &App, organisation: &str, isms: &Isms) {
    drop(index_for(app, organisation, None, isms));
}

/// For the template.
fn mark(name: &str) -> Html {
    icon(name)
}
