//! Reading a document and confirming that it was read.

use std::io::Read as _;

use askama::Template;
use attestry_model::records::{Acknowledgement, DocumentVersion};
use attestry_model::{AnyRef, Command, Kind, Principal, Ref, Stored};
use attestry_store::Attached;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::unread;
use crate::cx::Cx;
use crate::dates;
use crate::fault::Fault;
use crate::html::Html;
use crate::shell::{Shell, page, to};
use crate::transfer::{NOTHING, Outgoing, disposition};

/// The longest text that is shown on the page; a longer one is offered as a file.
const LONGEST: u64 = 1 << 20;

#[derive(Template)]
#[template(path = "portal/read.html")]
struct ReadPage {
    cx: Cx,
    shell: Shell,
    title: String,
    reference: String,
    version: String,
    since: String,
    summary: String,
    text: Html,
    has_file: bool,
    file_href: String,
    place: String,
    read_on: Option<String>,
    may: bool,
}

fn version_of<'a>(cx: &'a Cx, text: &str) -> Result<&'a Stored<DocumentVersion>, Fault> {
    let reference: AnyRef = text.parse().map_err(|_| Fault::Absent)?;
    cx.get(reference.of::<DocumentVersion>().ok_or(Fault::Absent)?)
}

/// The person's own acknowledgement of a version that still counts.
fn own(cx: &Cx, version: Ref<DocumentVersion>) -> Option<&Stored<Acknowledgement>> {
    let asked = cx.isms.referring::<Acknowledgement>(version.any(), "document_version");
    let mut mine = asked.filter(|one| one.person == Some(cx.person) && !one.is_void());
    mine.find(|one| matches!(one.state_name(), "pending" | "acknowledged"))
}

/// `GET /portal/read/{version}`
pub async fn show(cx: Cx, Path(version): Path<String>) -> Result<Response, Fault> {
    let version = version_of(&cx, &version)?.clone();
    let document = cx.isms.find(version.document).map(|document| document.title().to_owned());
    let asked = version.clone();
    let (has_file, text) = cx.apart(move |cx| content(cx, &asked)).await?;
    let place = version.content_ref.clone().unwrap_or_default();
    let markdown = std::path::Path::new(&place).extension().is_some_and(|ending| ending == "md");
    let text = match text {
        Some(text) if markdown => crate::markdown::to_html(&cx, &text),
        Some(text) => preformatted(&text),
        // Without a file the text stands in the record: that of the version, else that of the document.
        None => {
            let own = version.head.notes.as_deref().filter(|it| !it.trim().is_empty());
            let document = cx.isms.find(version.document).and_then(|it| it.head.notes.as_deref());
            let text = own.or(document.filter(|_| !has_file));
            text.map(|it| crate::markdown::to_html(&cx, it)).unwrap_or_default()
        }
    };
    let acknowledged = own(&cx, version.reference()).and_then(|one| one.acknowledged_at);
    let read_on = acknowledged.map(|day| dates::full_day(cx.words, day));
    let may = read_on.is_none() && version.state_name() == "effective" && !cx.is_past() && !version.is_void();
    page(&ReadPage {
        shell: Shell::of(&cx),
        title: document.unwrap_or_else(|| version.title().to_owned()),
        reference: version.reference().any().to_string(),
        version: version.version.clone().unwrap_or_default(),
        since: version.effective_from.map_or_else(String::new, |day| dates::full_day(cx.words, day)),
        summary: version.change_summary.clone().unwrap_or_default(),
        text,
        has_file,
        file_href: cx.href(&format!("/portal/read/{}/file", version.reference().any())),
        place,
        read_on,
        may,
        cx,
    })
}

fn preformatted(text: &str) -> Html {
    let mut out = String::from("<pre>");
    crate::html::escape(text, &mut out);
    out.push_str("</pre>");
    Html(out)
}

/// The file that a version names by its hash. Files lie under their hashes for all organisations together: one belongs to a
/// version only when it came with it.
fn attached(cx: &Cx, version: &Stored<DocumentVersion>) -> Result<Option<Attached>, Fault> {
    let Some(hash) = &version.content_hash else { return Ok(None) };
    let until = cx.moment.as_ref().map_or(u64::MAX, |moment| moment.past.seq);
    let files = cx.organisation.files_of(version.reference().any())?;
    let found = files.into_iter().find(|file| file.sha256 == *hash && file.seq <= until);
    // One that was erased on legal grounds is no longer there.
    Ok(found.filter(|file| cx.app.store.files().size(&file.sha256).is_ok_and(|size| size.is_some())))
}

/// Whether the file is there, and its text where it is one.
fn content(cx: &Cx, version: &Stored<DocumentVersion>) -> Result<(bool, Option<String>), Fault> {
    let Some(file) = attached(cx, version)? else { return Ok((false, None)) };
    if file.size > LONGEST {
        return Ok((true, None));
    }
    let mut text = String::new();
    let read = cx.app.store.files().open(&file.sha256)?.take(LONGEST).read_to_string(&mut text);
    Ok((true, read.ok().map(|_| text).filter(|text| !text.contains('\0'))))
}

/// `GET /portal/read/{version}/file`: the file, always as a download.
pub async fn file(cx: Cx, asked: HeaderMap, Path(version): Path<String>) -> Result<Response, Fault> {
    let version = version_of(&cx, &version)?.clone();
    let file = cx.apart(move |cx| attached(cx, &version)).await?.ok_or(Fault::Absent)?;
    let outgoing = Outgoing {
        disposition: disposition(&file.name, true),
        sha256: file.sha256,
        size: file.size,
        mime: "application/octet-stream",
        policy: NOTHING,
    };
    outgoing.send(&cx.app, &asked).await
}

/// `POST /portal/read/{version}`: “I have read and understood it”. A second press changes nothing.
pub async fn acknowledge(cx: Cx, Path(version): Path<String>) -> Result<Response, Fault> {
    let version = version_of(&cx, &version)?;
    if version.state_name() != "effective" || version.is_void() {
        return Err(Fault::Conflict(cx.say("read-not-in-force").into_owned()));
    }
    let thanks = to(&format!("/portal?done=read+{}", version.reference().any()));
    let target = match own(&cx, version.reference()) {
        Some(one) if one.state_name() == "acknowledged" => return Ok(thanks),
        Some(one) => one.reference().any(),
        None => request(&cx, version).await?,
    };
    let step =
        Command::Step { target, to: "acknowledged".to_owned(), revision: None, fields: Map::new(), reason: None };
    cx.submit(step).await?;
    Ok(thanks)
}

/// Asks the person to read a version: the program does, because nobody had.
async fn request(cx: &Cx, version: &Stored<DocumentVersion>) -> Result<AnyRef, Fault> {
    let document = cx.isms.find(version.document).ok_or(Fault::Absent)?;
    let person = cx.current.get(cx.person).ok_or(Fault::Absent)?;
    if !unread::addressed(document, person) {
        return Err(Fault::Conflict(cx.say("read-not-for-you").into_owned()));
    }
    let days = document.ack_within_days.filter(|days| (0..3_650).contains(days)).unwrap_or(30);
    let due = cx.today.saturating_add(jiff::Span::new().days(days));
    let title = format!("{} {}", cx.person.any(), version.reference().any());
    let fields: Map<String, Value> = [
        ("title", json!(title)),
        ("document_version", json!(version.reference().any().to_string())),
        ("person", json!(cx.person.any().to_string())),
        ("due", json!(due.to_string())),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    let command = Command::Create { kind: Kind::Acknowledgement, fields };
    let receipt = super::submit_as(cx, &Principal::system(), command).await?;
    super::made(&receipt, Kind::Acknowledgement).ok_or_else(|| Fault::Broken("no acknowledgement was made".to_owned()))
}

#[derive(Template)]
#[template(path = "portal/rules.html")]
struct Rules {
    cx: Cx,
    shell: Shell,
    title: String,
    rows: Vec<Rule>,
}

/// A document that concerns the person.
struct Rule {
    title: String,
    href: String,
    version: String,
    read: String,
    done: bool,
}

/// `GET /portal/read`: the rules that concern me.
pub async fn list(cx: Cx) -> Result<Response, Fault> {
    let rows = unread::addressed_to(&cx).into_iter().map(|(document, version)| {
        let one = own(&cx, version.reference()).and_then(|one| one.acknowledged_at);
        let read = match one {
            Some(day) => cx.say1("read-on", "day", &dates::day(cx.words, day, cx.today)),
            None if document.ack_required == Some(true) => cx.say("read-to-confirm"),
            None => cx.say("read-to-know"),
        };
        Rule {
            title: document.title().to_owned(),
            href: cx.href(&format!("/portal/read/{}", version.reference().any())),
            version: version.version.clone().unwrap_or_default(),
            read: read.into_owned(),
            done: one.is_some(),
        }
    });
    let rows = rows.collect();
    page(&Rules { shell: Shell::of(&cx), title: cx.say("portal-rules").into_owned(), rows, cx: cx.clone() })
}
