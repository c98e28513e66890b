//! Everything, A to Z: every kind of record with what it is, its everyday names, how many there are and how one begins.

use askama::Template;
use attestry_model::Kind;
use axum::response::Response;

use super::goto;
use crate::cx::Cx;
use crate::fault::Fault;
use crate::labels;
use crate::places::{self, Frame, list_path};
use crate::shell::{Shell, page, parameter};

#[derive(Template)]
#[template(path = "everything.html")]
struct Everything {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    asked: String,
    kinds: usize,
    letters: Vec<(char, Vec<Entry>)>,
}

/// A kind in the index.
struct Entry {
    name: String,
    href: String,
    help: String,
    synonyms: String,
    place: String,
    steps: Vec<(u8, String)>,
    count: usize,
    create: Option<String>,
}

/// `GET /everything`
pub async fn show(cx: Cx) -> Result<Response, Fault> {
    let asked = parameter(&cx.query, "q").unwrap_or_default().chars().take(100).collect::<String>();
    let words: Vec<String> = asked.split_whitespace().map(str::to_lowercase).collect();
    let mut entries: Vec<Entry> = Kind::ALL.iter().map(|kind| entry(&cx, *kind)).collect();
    entries.retain(|entry| {
        let text = format!("{} {} {}", entry.name, entry.synonyms, entry.help).to_lowercase();
        words.iter().all(|word| text.contains(word.as_str()))
    });
    entries.sort_by_key(|entry| entry.name.to_lowercase());
    let kinds = entries.len();
    let mut letters: Vec<(char, Vec<Entry>)> = Vec::new();
    for entry in entries {
        let letter = entry.name.chars().next().map_or('#', |letter| letter.to_uppercase().next().unwrap_or(letter));
        match letters.last_mut() {
            Some((last, within)) if *last == letter => within.push(entry),
            _ => letters.push((letter, vec![entry])),
        }
    }
    let frame = Frame::bare(cx.say("everything-heading"));
    page(&Everything { shell: Shell::of(&cx), frame, asked, kinds, letters, cx })
}

fn entry(cx: &Cx, kind: Kind) -> Entry {
    // Only what the person may see is counted.
    let count = if cx.sees_all(kind.def()) {
        cx.isms.records(kind).filter(|record| record.head().void_reason.is_none()).count()
    } else {
        cx.records(kind).filter(|record| record.head().void_reason.is_none()).count()
    };
    Entry {
        name: labels::plural(cx.words, kind),
        href: cx.href(&list_path(kind)),
        help: labels::help(cx.words, kind),
        synonyms: goto::synonyms(cx, kind),
        place: cx.say(format!("place-{}", places::of_kind(kind).0.name)).into_owned(),
        steps: kind.words().steps.iter().map(|step| (*step, cx.href(&format!("/steps/{step}")))).collect(),
        count,
        create: cx.may_create(kind).then(|| format!("{}/new", list_path(kind))),
    }
}
