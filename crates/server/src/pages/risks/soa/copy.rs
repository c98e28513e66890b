//! A copy of another organisation's statement beside ours, and the way from the 2013 edition.

use std::collections::BTreeMap;

use askama::Template;
use attestry_check::standing;
use attestry_exchange::{Sheet, SourceFile, read_sheets};
use attestry_standards::{Relation, annex_control, controls_2013, parse_annex_2013_id, parse_annex_id};
use axum::extract::Multipart;
use axum::response::Response;

use crate::cx::Cx;
use crate::fault::Fault;
use crate::places::Frame;
use crate::shell::{Shell, page};

/// The largest copy that is taken.
pub const COPY_LIMIT: usize = 4 << 20;
/// Longest text of a copy that is shown.
const TEXT: usize = 240;

/// A copy beside ours.
pub(super) struct Comparison {
    pub name: String,
    pub lines: Vec<Line>,
    pub same: usize,
    pub unread: usize,
    pub old_edition: bool,
}

/// A control on which the two differ.
pub(super) struct Line {
    pub id: String,
    pub title: String,
    pub ours: String,
    pub theirs: String,
    pub text: String,
}

struct Found {
    used: Option<bool>,
    text: String,
}

/// `POST /soa/compare`
pub async fn compare(cx: Cx, mut form: Multipart) -> Result<Response, Fault> {
    let unreadable = |_| Fault::field("file", "could not be read");
    let mut file = None;
    while let Some(part) = form.next_field().await.map_err(unreadable)? {
        if part.name() == Some("file") {
            let name = part.file_name().unwrap_or("copy.csv").to_owned();
            file = Some(SourceFile::new(name, part.bytes().await.map_err(unreadable)?.to_vec()));
        }
    }
    let file = file.filter(|it| !it.bytes.is_empty());
    let file = file.ok_or_else(|| Fault::field("file", cx.say("soa-copy-none").into_owned()))?;
    let name = file.name.clone();
    let sheets = cx
        .apart(move |_| {
            read_sheets(std::slice::from_ref(&file)).map_err(|wrong| Fault::field("file", wrong.to_string()))
        })
        .await?;
    let copy = comparison(&cx, name, &sheets)?;
    page(&super::page_of(cx, None, Some(copy)).await?)
}

fn comparison(cx: &Cx, name: String, sheets: &[Sheet]) -> Result<Comparison, Fault> {
    let mut theirs: BTreeMap<String, Found> = BTreeMap::new();
    let (mut unread, mut old_edition) = (0, false);
    for sheet in sheets {
        let used_column = column(sheet, &["applicable", "included", "used", "in scope", "anwendbar"]);
        let text_column = column(sheet, &["justification", "reason", "comment", "begründung"]);
        for row in &sheet.rows {
            let cell = |at: Option<usize>| at.and_then(|at| row.cells.get(at)).map_or("", |it| it.trim());
            let used = yes_or_no(cell(used_column));
            let text = crate::show::shortened(cell(text_column), TEXT);
            let mut ids = Vec::new();
            for one in row.cells.iter().take(4) {
                // The older edition's numbers have three parts, so that neither is taken for the other.
                if let Some(control) = parse_annex_id(one.trim()) {
                    ids.push(control.id.clone());
                } else if let Some(old) = parse_annex_2013_id(one.trim()) {
                    old_edition = true;
                    ids.extend(old.successors.iter().map(|it| it.control.id.clone()));
                }
                if !ids.is_empty() {
                    break;
                }
            }
            if ids.is_empty() {
                unread += 1;
            }
            for id in ids {
                let found = theirs.entry(id).or_insert(Found { used: None, text: String::new() });
                // Where several old controls have become one, one that is used is enough.
                found.used = match (found.used, used) {
                    (Some(true), _) | (_, Some(true)) => Some(true),
                    (before, now) => now.or(before),
                };
                if found.text.is_empty() {
                    found.text.clone_from(&text);
                }
            }
        }
    }
    if theirs.is_empty() {
        return Err(Fault::field("file", cx.say("soa-copy-empty").into_owned()));
    }
    let soa = standing::newest(&cx.isms).filter(|it| cx.sees(*it));
    let ours = soa.map(|it| super::rows_by_id(&cx.isms, it)).unwrap_or_default();
    let (mut lines, mut same) = (Vec::new(), 0);
    let word = |used: Option<bool>| match used {
        Some(true) => cx.say("soa-used-yes").into_owned(),
        Some(false) => cx.say("soa-used-no").into_owned(),
        None => cx.say("soa-used-unsaid").into_owned(),
    };
    for (id, found) in theirs {
        let own = ours.get(id.as_str()).and_then(|row| row.applicable);
        if own == found.used {
            same += 1;
            continue;
        }
        let title = annex_control(&id).map(|it| it.title.clone()).unwrap_or_default();
        lines.push(Line { title, ours: word(own), theirs: word(found.used), text: found.text, id });
    }
    lines.sort_by_key(|line| annex_control(&line.id).map(|it| (it.theme.section(), it.number)));
    Ok(Comparison { name, lines, same, unread, old_edition })
}

/// The column whose heading is one of the words.
fn column(sheet: &Sheet, words: &[&str]) -> Option<usize> {
    let heading = |cells: &[String]| {
        cells.iter().position(|cell| {
            let cell = cell.trim().to_lowercase();
            words.iter().any(|word| cell == *word || (cell.starts_with(word) && cell.len() < 30))
        })
    };
    sheet.rows.iter().take(10).find_map(|row| heading(&row.cells))
}

fn yes_or_no(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "yes" | "y" | "true" | "x" | "1" | "applicable" | "included" | "ja" | "✓" | "used" => Some(true),
        "no" | "n" | "false" | "0" | "not applicable" | "n/a" | "excluded" | "nein" | "left out" => Some(false),
        _ => None,
    }
}

/// The page of the older edition.
#[derive(Template)]
#[template(path = "soa-2013.html")]
struct Edition {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    lines: Vec<Old>,
    new: Vec<(String, String, Option<String>)>,
}

struct Old {
    id: String,
    title: String,
    now: Vec<Successor>,
}

struct Successor {
    id: String,
    title: String,
    how: String,
    used: String,
    state: String,
    mark: crate::html::Html,
}

/// `GET /soa/edition-2013`
pub async fn edition(cx: Cx) -> Result<Response, Fault> {
    let soa = standing::newest(&cx.isms).filter(|it| cx.sees(*it));
    let rows = soa.map(|it| super::rows_by_id(&cx.isms, it)).unwrap_or_default();
    let used = |id: &str| match rows.get(id).and_then(|row| row.applicable) {
        Some(true) => cx.say("soa-used-yes").into_owned(),
        Some(false) => cx.say("soa-used-no").into_owned(),
        None => cx.say("soa-used-open").into_owned(),
    };
    let standing = |id: &str| {
        rows.get(id).map_or(standing::Standing::Undecided, |row| standing::Standing::of(&cx.isms, row, cx.today))
    };
    let how = |relation: Relation| {
        cx.say(match relation {
            Relation::Same => "soa-2013-same",
            Relation::Renamed => "soa-2013-renamed",
            Relation::Merged => "soa-2013-merged",
            Relation::Split => "soa-2013-split",
        })
        .into_owned()
    };
    let lines = controls_2013().iter().map(|old| Old {
        id: old.id.clone(),
        title: old.title.clone(),
        now: old
            .successors
            .iter()
            .map(|it| Successor {
                id: it.control.id.clone(),
                title: it.control.title.clone(),
                how: how(it.relation),
                used: used(&it.control.id),
                mark: super::mark_of(standing(&it.control.id)).svg(),
                state: super::word(&cx, standing(&it.control.id)),
            })
            .collect(),
    });
    let new = attestry_standards::annex_controls().iter().filter(|it| it.new_in_2022);
    let new = new.map(|it| (it.id.clone(), it.title.clone(), Some(used(&it.id))));
    page(&Edition {
        lines: lines.collect(),
        new: new.collect(),
        frame: Frame::of_tab(&cx, "/soa").then(cx.say("soa-2013-title"), Some(cx.href("/soa"))),
        shell: Shell::of(&cx),
        cx,
    })
}
