//! Two versions of a record side by side.

use askama::Template;
use attestry_model::AnyRef;
use axum::extract::Path;
use axum::response::Response;

use super::difference::{Difference, between};
use super::{at, history};
use crate::cx::Cx;
use crate::dates;
use crate::fault::Fault;
use crate::html::Html;
use crate::places::{Frame, record_path};
use crate::shell::{Shell, page, parameter};

/// The page.
#[derive(Template)]
#[template(path = "record-compare.html")]
struct Page {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    title: String,
    path: String,
    old: Side,
    new: Side,
    differences: Vec<Difference>,
}

struct Side {
    version: u64,
    who: Html,
    when: String,
}

/// `GET /{kind}/{reference}/compare?from=2&to=5`
pub async fn show(cx: Cx, Path((slug, name)): Path<(String, String)>) -> Result<Response, Fault> {
    let reference: AnyRef = at(&slug, &name)?;
    cx.record(reference)?;
    let number = |name: &str| {
        let number = parameter(&cx.query, name).and_then(|text| text.parse::<u64>().ok());
        number.ok_or_else(|| Fault::field(name, "is the number of a version"))
    };
    let (from, to) = (number("from")?, number("to")?);
    let (from, to) = (from.min(to), from.max(to));
    let until = cx.moment.as_ref().map_or(u64::MAX, |moment| moment.past.seq);
    let (old, new) = cx
        .apart(move |cx| {
            let versions = cx.organisation.history(reference)?;
            let find = |number: u64| {
                let found = versions.iter().find(|one| one.version == number && one.seq <= until);
                found.cloned().ok_or(Fault::Absent)
            };
            Ok((find(from)?, find(to)?))
        })
        .await?;
    let record = cx.record(reference)?;
    if !history::is_shown(&cx, record, &old) || !history::is_shown(&cx, record, &new) {
        return Err(Fault::Absent);
    }
    let side = |version: &attestry_store::Version| Side {
        version: version.version,
        who: history::who(&cx, &version.actor),
        when: dates::moment(cx.words, version.at, &cx.zone, cx.today),
    };
    let path = record_path(reference);
    let frame = Frame::of_kind(&cx, reference.kind, Some(&reference.to_string()));
    page(&Page {
        frame: frame.then(cx.say("record-compare"), Some(cx.href(&path))),
        shell: Shell::of(&cx),
        title: record.head().title.clone().unwrap_or_default(),
        differences: between(&cx, record, &old.fields, &new.fields),
        old: side(&old),
        new: side(&new),
        path,
        cx: cx.clone(),
    })
}
