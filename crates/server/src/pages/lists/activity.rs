//! Activity: what was done last, by whom, to which record and why, in words and by day, from the ledger.
//!
//! Only what the person may see is told: entries about records that they may read, and those about settings and the ledger
//! itself to whoever runs the ISMS. What was erased is not told again.

use askama::Template;
use attestry_model::change::{Action, Actor, Subject};
use attestry_model::kind::Role;
use attestry_model::records::Person;
use attestry_model::{AnyRef, Kind, Ref};
use attestry_store::Version;
use axum::response::Response;
use jiff::civil::Date;

use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::{Html, escape};
use crate::places::Frame;
use crate::shell::{Shell, page, parameter, with_query, without};
use crate::{dates, labels, show};

/// Most entries on a page.
const ON_PAGE: usize = 60;
/// Entries that are read at once.
const BLOCK: u64 = 200;
/// Most entries that are read for one page.
const MOST_READ: u64 = 2_000;

/// What is told of one entry.
#[derive(Debug)]
pub struct Told {
    /// The entry's number.
    pub seq: u64,
    /// The day where the organisation is.
    pub day: Date,
    /// The time of the day.
    pub time: String,
    /// The sentence.
    pub sentence: Html,
    /// Why, in the words of who did it.
    pub reason: Option<String>,
    /// Who did it.
    pub who: Html,
}

/// What is asked.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked {
    /// Only what this person did.
    pub person: Option<Ref<Person>>,
    /// Only about records of this kind.
    pub kind: Option<Kind>,
    /// Only entries before this one.
    pub before: Option<u64>,
}

/// Entries, newest first.
#[derive(Debug)]
pub struct Feed {
    /// The entries.
    pub told: Vec<Told>,
    /// Before which entry one goes on, where there is more.
    pub on: Option<u64>,
}

#[derive(Template)]
#[template(path = "activity.html")]
struct Activity {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    days: Vec<(String, Vec<Told>)>,
    people: Vec<(String, String, bool)>,
    kinds: Vec<(&'static str, String, bool)>,
    on: Option<String>,
    narrowed: bool,
}

/// `GET /activity`
pub async fn show(cx: Cx) -> Result<Response, Fault> {
    let wrong = |name: &str| Fault::field(name, cx.say("activity-bad").into_owned());
    let mut asked = Asked::default();
    if let Some(text) = parameter(&cx.query, "person").filter(|text| !text.is_empty()) {
        let person = text.parse::<AnyRef>().ok().and_then(AnyRef::of);
        asked.person = Some(person.ok_or_else(|| wrong("person"))?);
    }
    if let Some(text) = parameter(&cx.query, "kind").filter(|text| !text.is_empty()) {
        asked.kind = Some(Kind::named(&text).ok_or_else(|| wrong("kind"))?);
    }
    if let Some(text) = parameter(&cx.query, "before").filter(|text| !text.is_empty()) {
        asked.before = Some(text.parse().map_err(|_| wrong("before"))?);
    }
    let feed = cx.apart(move |cx| latest(cx, asked, ON_PAGE)).await?;
    let mut days: Vec<(String, Vec<Told>)> = Vec::new();
    let mut last = None;
    for told in feed.told {
        if last != Some(told.day) {
            last = Some(told.day);
            days.push((dates::full_day(cx.words, told.day), Vec::new()));
        }
        if let Some((_, list)) = days.last_mut() {
            list.push(told);
        }
    }
    let on = feed.on.map(|seq| {
        let mut pairs = without(&cx.query, &["before", "done", "undo"]);
        pairs.push(("before".to_owned(), seq.to_string()));
        with_query("/activity", &pairs, None)
    });
    let active = cx.isms.live::<Person>().filter(|person| person.state_name() == "active").take(500);
    let mut people: Vec<(String, String, bool)> = active
        .filter(|person| cx.sees(*person))
        .map(|it| (it.reference().any().to_string(), it.title().to_owned(), asked.person == Some(it.reference())))
        .collect();
    people.sort_by_key(|(_, name, _)| name.to_lowercase());
    let kinds =
        Kind::ALL.iter().map(|kind| (kind.words().name, labels::plural(cx.words, *kind), asked.kind == Some(*kind)));
    let mut kinds: Vec<_> = kinds.collect();
    kinds.sort_by_key(|(_, name, _)| name.to_lowercase());
    let narrowed = asked.person.is_some() || asked.kind.is_some();
    let frame = Frame::of_tab(&cx, "/activity");
    page(&Activity { shell: Shell::of(&cx), frame, days, people, kinds, on, narrowed, cx })
}

/// The last entries that the person may see. Reads the database, so it is called beside the requests.
pub fn latest(cx: &Cx, asked: Asked, limit: usize) -> Result<Feed, Fault> {
    let size = cx.isms.size();
    let mut end = asked.before.map_or(size, |before| before.min(size));
    let stop = end.saturating_sub(MOST_READ);
    let mut told = Vec::new();
    while end > stop && told.len() < limit {
        let from = end.saturating_sub(BLOCK).max(stop);
        let entries = cx.organisation.entries(from, end - from)?;
        for version in entries.iter().rev() {
            if told.len() == limit {
                return Ok(Feed { told, on: Some(version.seq + 1) });
            }
            told.extend(tell(cx, asked, version));
        }
        end = from;
    }
    Ok(Feed { told, on: (end > 0).then_some(end) })
}

fn tell(cx: &Cx, asked: Asked, version: &Version) -> Option<Told> {
    let actor = Actor::parse(&version.actor);
    if asked.person.is_some() && actor.and_then(Actor::person) != asked.person {
        return None;
    }
    let object = match &version.subject {
        Subject::Record(reference) => {
            if asked.kind.is_some_and(|kind| kind != reference.kind) {
                return None;
            }
            let record = cx.isms.record(*reference).filter(|record| cx.sees(*record))?;
            let mut out = String::new();
            show::link(cx, record.any_ref(), &mut out);
            out
        }
        Subject::Setting(_) | Subject::Ledger if asked.kind.is_some() => return None,
        Subject::Setting(name) if is_steward(cx) => Html::text(name).as_str().to_owned(),
        Subject::Ledger if is_steward(cx) => Html::text(&cx.say("activity-ledger")).as_str().to_owned(),
        _ => return None,
    };
    let who = match actor {
        Some(Actor::Person(person)) => show::who(cx, person),
        Some(Actor::Operator) => Html::text(&cx.say("operator")),
        _ => Html::text(&cx.say("system")),
    };
    let mut parts = vec![("record", object)];
    let action = Action::parse(&version.action)?;
    if action == Action::Transition
        && let (Subject::Record(reference), Some(state)) = (&version.subject, version.fields.get("state"))
    {
        let state = labels::state(cx.words, reference.kind, state.as_str().unwrap_or_default());
        parts.push(("state", Html::text(&state).as_str().to_owned()));
    }
    let local = cx.zone.to_datetime(version.at);
    Some(Told {
        seq: version.seq,
        day: local.date(),
        time: format!("{:02}:{:02}", local.hour(), local.minute()),
        sentence: sentence(cx, &format!("activity-{}", action.word()), &parts),
        reason: version.reason.clone().filter(|reason| !reason.is_empty()).map(|it| show::shortened(&it, 300)),
        who,
    })
}

fn is_steward(cx: &Cx) -> bool {
    cx.principal.has(Role::IsmsManager) || cx.principal.has(Role::SystemAdmin)
}

/// A sentence in which parts are HTML: the words are formatted with signs that no text holds, escaped, and the signs then
/// replaced.
fn sentence(cx: &Cx, key: &str, parts: &[(&str, String)]) -> Html {
    let signs: Vec<String> = ('\u{e000}'..).take(parts.len()).map(String::from).collect();
    let arguments: Vec<(&str, crate::words::Argument<'_>)> =
        parts.iter().zip(&signs).map(|((name, _), sign)| (*name, sign.into())).collect();
    let mut text = String::new();
    escape(&cx.with(key, &arguments), &mut text);
    for ((_, part), sign) in parts.iter().zip(&signs) {
        text = text.replacen(sign.as_str(), part, 1);
    }
    Html(text)
}
