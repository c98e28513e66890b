//! Files going out: only to who may read the record, as something to keep and never as something to run.
//!
//! What a file is, its bytes say, not its name. Pictures, PDF and plain text can be looked at; everything else is downloaded.

use std::io::Read;

use askama::Template;
use attestry_model::AnyRef;
use attestry_store::Attached;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::Response;

use super::files::{self, Shown};
use super::named;
use crate::cx::Cx;
use crate::fault::Fault;
use crate::places::{Frame, record_path};
use crate::shell::{Shell, page};
use crate::transfer::{NOTHING, Outgoing, disposition};

/// What a file may be answered as; everything else is bytes.
const KNOWN: [&str; 6] = ["image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "application/zip"];
/// Bytes of the beginning that say what a file is.
const HEAD: usize = 8_192;
/// The longest text that is shown, in bytes.
const LONGEST_TEXT: u64 = 500_000;
/// The one format with pages that browsers show by themselves.
const PDF: &str = "application/pdf";
/// What a PDF may do inside the page that shows it. Browsers show no PDF in a sandbox; their viewers run apart from the page,
/// reach nothing of it and need styles of their own.
const POLICY_OF_PDF: &str = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'";

struct Found {
    file: Attached,
    reference: AnyRef,
    mime: &'static str,
    text: bool,
}

/// The file of a record, for who may read the record.
async fn find(cx: &Cx, name: &str, sha256: &str) -> Result<Found, Fault> {
    let reference = named(name)?;
    cx.record(reference)?;
    let until = cx.moment.as_ref().map_or(u64::MAX, |moment| moment.past.seq);
    let wanted = sha256.to_owned();
    cx.apart(move |cx| {
        let files = cx.organisation.files_of(reference)?;
        let file = files.into_iter().find(|file| file.sha256 == wanted && file.seq <= until).ok_or(Fault::Absent)?;
        let mut head = Vec::with_capacity(HEAD);
        let mut content = cx.app.store.files().open(&file.sha256)?;
        content.by_ref().take(HEAD as u64).read_to_end(&mut head).map_err(|error| Fault::Broken(error.to_string()))?;
        let mime = infer::get(&head).map(|kind| kind.mime_type());
        let mime = mime.and_then(|mime| KNOWN.iter().find(|known| **known == mime)).copied();
        let text = mime.is_none() && infer::get(&head).is_none_or(|kind| kind.mime_type().starts_with("text/"));
        let text = text && is_text(&head);
        Ok(Found { file, reference, mime: mime.unwrap_or("application/octet-stream"), text })
    })
    .await
}

/// Whether the beginning of a file reads as text; a sign cut in two at its end is no fault.
fn is_text(head: &[u8]) -> bool {
    let cut = std::str::from_utf8(head)
        .map_or_else(|error| (error.error_len().is_none(), error.valid_up_to()), |_| (true, head.len()));
    cut.0 && !head[..cut.1].contains(&0)
}

/// `GET /files/{reference}/{sha256}`: the file to keep.
pub async fn send(cx: Cx, asked: HeaderMap, Path((name, sha256)): Path<(String, String)>) -> Result<Response, Fault> {
    let found = find(&cx, &name, &sha256).await?;
    outgoing(&found, true).send(&cx.app, &asked).await
}

/// `GET /files/{reference}/{sha256}/raw`: a picture or a PDF for the page that shows it.
pub async fn raw(cx: Cx, asked: HeaderMap, Path((name, sha256)): Path<(String, String)>) -> Result<Response, Fault> {
    let found = find(&cx, &name, &sha256).await?;
    let shown = found.mime.starts_with("image/") || found.mime == PDF;
    outgoing(&found, !shown).send(&cx.app, &asked).await
}

/// The file as it is sent: to keep, or for the page that shows it.
fn outgoing(found: &Found, attachment: bool) -> Outgoing {
    let shows_pages = !attachment && found.mime == PDF;
    Outgoing {
        sha256: found.file.sha256.clone(),
        size: found.file.size,
        mime: found.mime,
        disposition: disposition(&found.file.name, attachment),
        policy: if shows_pages { POLICY_OF_PDF } else { NOTHING },
    }
}

/// The page that shows a file.
#[derive(Template)]
#[template(path = "record-file.html")]
struct Page {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    back: String,
    title: String,
    file: Shown,
    picture: Option<String>,
    pages: Option<String>,
    text: Option<String>,
}

/// `GET /files/{reference}/{sha256}/view`
pub async fn view(cx: Cx, Path((name, sha256)): Path<(String, String)>) -> Result<Response, Fault> {
    let found = find(&cx, &name, &sha256).await?;
    let reference = found.reference;
    let text = if found.text && found.file.size <= LONGEST_TEXT {
        let sha256 = found.file.sha256.clone();
        let bytes = cx
            .apart(move |cx| {
                let mut bytes = Vec::new();
                let content = cx.app.store.files().open(&sha256)?;
                content.take(LONGEST_TEXT).read_to_end(&mut bytes).map_err(|error| Fault::Broken(error.to_string()))?;
                Ok(bytes)
            })
            .await?;
        String::from_utf8(bytes).ok()
    } else {
        None
    };
    let record = cx.record(reference)?;
    let path = cx.href(&record_path(reference));
    let raw = || cx.href(&format!("/files/{reference}/{sha256}/raw"));
    let picture = found.mime.starts_with("image/").then(raw);
    let pages = (found.mime == PDF).then(raw);
    let file = files::shown(&cx, reference, std::slice::from_ref(&found.file)).into_iter().next();
    let file = file.ok_or(Fault::Absent)?;
    let frame = Frame::of_kind(&cx, reference.kind, Some(&reference.to_string()));
    page(&Page {
        frame: frame.then(file.name.clone(), Some(path.clone())),
        shell: Shell::of(&cx),
        title: record.head().title.clone().unwrap_or_default(),
        back: path,
        file,
        picture,
        pages,
        text,
        cx: cx.clone(),
    })
}
