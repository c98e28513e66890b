//! Comments under a record: reading them, and saying something.

use attestry_model::kind::Role;
use attestry_model::records::Comment;
use attestry_model::{AnyRef, Command, Kind};
use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use serde_json::{Map, Value};

use super::typed::Typed;
use super::{at, form};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::Html;
use crate::once;
use crate::places::record_path;
use crate::shell::to;
use crate::{dates, markdown, show};

/// Most comments that are shown under a record.
const MOST: usize = 200;

/// A comment.
#[derive(Debug)]
pub struct Said {
    /// Its reference.
    pub reference: AnyRef,
    /// Who said it.
    pub who: Html,
    /// When.
    pub when: String,
    /// What; empty when it was withdrawn.
    pub text: Html,
    /// Whether it was withdrawn.
    pub withdrawn: bool,
    /// Whether external auditors see it.
    pub shared: bool,
    /// Who is asked to answer it.
    pub asks: Option<String>,
    /// Where it is withdrawn, if the person may.
    pub withdraw: Option<String>,
    /// Its version, for the form that withdraws it.
    pub revision: u32,
}

/// The comments about a record that the person sees, the oldest first.
pub fn of(cx: &Cx, about: AnyRef) -> Vec<Said> {
    let mut all: Vec<_> = cx.isms.referring::<Comment>(about, "about").filter(|comment| cx.sees(*comment)).collect();
    all.sort_by_key(|comment| (comment.head.created_at, comment.number));
    let from = all.len().saturating_sub(MOST);
    let said = all.into_iter().skip(from).filter(|comment| !comment.is_void()).map(|comment| {
        let withdrawn = comment.state_name() != "posted";
        let author = comment.head.created_by;
        let may = author == Some(cx.person) || cx.principal.has(Role::IsmsManager);
        let reference = comment.reference().any();
        let text = comment.text.as_ref().filter(|_| !withdrawn);
        Said {
            reference,
            who: author.map_or_else(|| Html::text(&cx.say("system")), |person| show::who(cx, person)),
            when: comment
                .head
                .created_at
                .map_or_else(String::new, |at| dates::moment(cx.words, at, &cx.zone, cx.today)),
            text: text.map_or_else(Html::default, |text| markdown::to_html(cx, text)),
            withdrawn,
            shared: comment.shared_with_auditors == Some(true),
            asks: comment.asks.map(|person| cx.name_of(person)),
            withdraw: (may && !withdrawn && !cx.is_past())
                .then(|| format!("{}/step/withdrawn", record_path(reference))),
            revision: comment.revision,
        }
    });
    said.collect()
}

/// `POST /{kind}/{reference}/comments`
pub async fn post(cx: Cx, Path((slug, name)): Path<(String, String)>, body: Bytes) -> Result<Response, Fault> {
    let about = at(&slug, &name)?;
    cx.record(about)?;
    let typed = Typed::of(&body)?;
    let mut fields = Map::from_iter([
        ("about".to_owned(), Value::from(about.to_string())),
        ("text".to_owned(), Value::from(typed.get("text").unwrap_or_default())),
    ]);
    if typed.get("shared_with_auditors") == Some("true") {
        fields.insert("shared_with_auditors".to_owned(), Value::Bool(true));
    }
    let key = once::key_of(typed.get(once::FIELD), &[cx.path.as_bytes(), &body]);
    let writer = cx.clone();
    let written = once::once(&cx.app, key, async move {
        writer.submit(Command::Create { kind: Kind::Comment, fields }).await?;
        Ok(form::onward(None, Some(about), "commented", false))
    });
    Ok(to(&written.await?))
}
