//! The list of a kind.

use askama::Template;
use attestry_model::query::{self, Query};
use axum::extract::Path;
use axum::response::Response;

use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::Html;
use crate::places::{Frame, kind_of};
use crate::shell::{Shell, page};
use crate::{labels, show};

/// The page.
#[derive(Template)]
#[template(path = "list.html")]
struct List {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    heading: String,
    rows: Vec<Row>,
}

struct Row {
    rid: Html,
    href: String,
    title: String,
    state: Html,
}

/// `GET /{kind}`
pub async fn show(cx: Cx, Path(slug): Path<String>) -> Result<Response, Fault> {
    let kind = kind_of(&slug).ok_or(Fault::Absent)?;
    let found = query::run(&cx.isms, &Query { limit: 100, ..Query::all(kind) }).map_err(Fault::Invalid)?;
    let rows = found.records.iter().filter(|record| cx.sees(**record)).map(|record| Row {
        rid: show::rid(&cx, record.any_ref()),
        href: cx.record_href(record.any_ref()),
        title: record.head().title.clone().unwrap_or_default(),
        state: show::state(&cx, *record),
    });
    let rows = rows.collect();
    page(&List {
        frame: Frame::of_kind(&cx, kind, None),
        shell: Shell::of(&cx),
        heading: labels::plural(cx.words, kind),
        rows,
        cx,
    })
}
