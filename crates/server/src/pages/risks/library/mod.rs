//! The starter library: what others have met, to pick from and to adapt. Nothing is taken over unseen.

mod adapt;
mod shelf;

pub use adapt::{adapt, write};

use askama::Template;
use attestry_model::Kind;
use axum::response::Response;

use super::Pick;
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::Html;
use crate::places::Frame;
use crate::shell::{Shell, page, parameter};
use crate::show;
use shelf::{Entry, Shelf, Taken};

/// Most entries that are adapted at once.
pub const MOST: usize = 30;

/// The page.
#[derive(Template)]
#[template(path = "library.html")]
struct Page {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    shelf: Shelf,
    shelves: Vec<(String, String, usize, bool)>,
    q: String,
    by: Vec<Pick>,
    by_label: String,
    only_new: bool,
    rows: Vec<Row>,
    all: usize,
    may_pick: bool,
    narrowed: bool,
    clear: String,
}

struct Row {
    entry: Entry,
    taken: Option<Html>,
}

/// `GET /risks/library`
pub async fn show(cx: Cx) -> Result<Response, Fault> {
    let shelf = Shelf::named(&parameter(&cx.query, "of").unwrap_or_default()).unwrap_or(Shelf::Scenarios);
    let q: String = parameter(&cx.query, "q").unwrap_or_default().trim().chars().take(100).collect();
    let by = parameter(&cx.query, "by").unwrap_or_default();
    let only_new = parameter(&cx.query, "new").is_some_and(|it| it == "1");
    let words: Vec<String> = q.split_whitespace().map(str::to_lowercase).take(10).collect();
    let entries = shelf.entries(&cx);
    let all = entries.len();
    let groups = shelf.groups(&cx);
    let taken = Taken::of(&cx.isms, shelf.kind());
    let rows = entries.into_iter().filter_map(|entry| {
        let fits = (by.is_empty() || entry.groups.iter().any(|it| *it == by))
            && words.iter().all(|word| entry.searched.contains(word.as_str()));
        let found = fits.then(|| taken.get(&entry.id, &entry.title).filter(|it| cx.record(*it).is_ok()))?;
        (!(only_new && found.is_some())).then(|| Row { taken: found.map(|it| show::rid(&cx, it)), entry })
    });
    let rows: Vec<Row> = rows.collect();
    let any = Pick::new("", cx.say("library-any"), &by);
    let shelves = Shelf::ALL.map(|it| {
        let href = cx.href(&format!("/risks/library?of={}", it.name()));
        (cx.say(format!("library-{}", it.name())).into_owned(), href, it.size(), it == shelf)
    });
    let place = if shelf == Shelf::Assets { Kind::Asset } else { shelf.kind() };
    let page_of = Page {
        frame: Frame::of_kind(&cx, place, Some(&cx.say("library-title"))),
        shell: Shell::of(&cx),
        shelves: shelves.into(),
        by: std::iter::once(any).chain(groups.into_iter().map(|(name, label)| Pick::new(name, label, &by))).collect(),
        by_label: cx.say(format!("library-by-{}", shelf.name())).into_owned(),
        may_pick: cx.may_create(shelf.kind()),
        narrowed: !q.is_empty() || !by.is_empty() || only_new,
        clear: cx.href(&format!("/risks/library?of={}", shelf.name())),
        only_new,
        rows,
        all,
        q,
        shelf,
        cx,
    };
    page(&page_of)
}
