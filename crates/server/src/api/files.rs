//! Files of a record: what there is, bringing one in, taking one out.

use std::io::{self, Read};

use attestry_model::permit::Wish;
use attestry_model::{AnyRef, Command, Problems};
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_stream::StreamExt as _;

use super::answer;
use super::call::Call;
use super::write::address;
use crate::cx::Cx;
use crate::fault::Fault;

/// Longest name of a file, in bytes.
const LONGEST_NAME: usize = 255;
/// How much of a file is read at once on the way out.
const PIECE: usize = 1 << 16;

/// `GET /api/v1/{kind}/{reference}/files`
pub async fn list(call: Call) -> Result<Response, Fault> {
    let target = call.target()?;
    call.cx.record(target)?;
    let items = call.cx.apart(move |cx| files(cx, target)).await?;
    Ok(answer::json(&json!({ "items": items })))
}

fn files(cx: &Cx, target: AnyRef) -> Result<Vec<Value>, Fault> {
    let until = cx.moment.as_ref().map_or(u64::MAX, |moment| moment.past.seq);
    let found = cx.organisation.files_of(target)?.into_iter().rev().filter(|one| one.seq <= until);
    let value = |one: attestry_store::Attached| {
        json!({
            "name": one.name,
            "sha256": one.sha256,
            "size": one.size,
            "version": one.version,
            "at": one.at.to_string(),
            "actor": one.actor,
            "content": format!("{}/files/{}", address(target), one.sha256),
        })
    };
    Ok(found.map(value).collect())
}

/// `GET /api/v1/{kind}/{reference}/files/{sha256}`: always as an attachment of no type, in a sandbox.
pub async fn content(call: Call) -> Result<Response, Fault> {
    let target = call.target()?;
    call.cx.record(target)?;
    let sha256 = call.segment("sha256").to_owned();
    let (name, size, content) = call
        .cx
        .apart(move |cx| {
            let until = cx.moment.as_ref().map_or(u64::MAX, |moment| moment.past.seq);
            let mut all = cx.organisation.files_of(target)?.into_iter().rev().filter(|one| one.seq <= until);
            let found = all.find(|one| one.sha256 == sha256).ok_or(Fault::Absent)?;
            let store = cx.app.store.files();
            let size = store.size(&sha256)?.ok_or(Fault::Absent)?;
            Ok((found.name, size, store.open(&sha256)?))
        })
        .await?;
    let mut answer = answer::text("application/octet-stream", outgoing(content));
    let headers = answer.headers_mut();
    let name = if name.is_empty() { "file" } else { &name };
    answer::set(
        headers,
        header::CONTENT_DISPOSITION,
        &format!("attachment; filename*=UTF-8''{}", crate::html::encode(name)),
    );
    answer::set(headers, header::CONTENT_LENGTH, &size.to_string());
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    Ok(answer)
}

/// A file's content as a body, piece by piece.
fn outgoing(mut content: Box<dyn Read + Send>) -> Body {
    let (sender, receiver) = mpsc::channel::<io::Result<Bytes>>(2);
    tokio::task::spawn_blocking(move || {
        let mut piece = vec![0; PIECE];
        loop {
            let read = match content.read(&mut piece) {
                Ok(0) => return,
                Ok(read) => Ok(Bytes::copy_from_slice(&piece[..read])),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(error),
            };
            let failed = read.is_err();
            if sender.blocking_send(read).is_err() || failed {
                return;
            }
        }
    });
    Body::from_stream(tokio_stream::wrappers::ReceiverStream::new(receiver))
}

/// A body that arrives piece by piece, read by work that may wait.
struct Incoming {
    pieces: mpsc::Receiver<io::Result<Bytes>>,
    piece: Bytes,
}

impl Read for Incoming {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.pieces.blocking_recv() {
                None => return Ok(0),
                Some(piece) => self.piece = piece?,
            }
        }
        let part = self.piece.split_to(into.len().min(self.piece.len()));
        into[..part.len()].copy_from_slice(&part);
        Ok(part.len())
    }
}

/// `POST /api/v1/{kind}/{reference}/files`
pub async fn attach(mut call: Call) -> Result<Response, Fault> {
    let target = call.target()?;
    let record = call.cx.record(target)?;
    if !call.cx.may(Wish::Update, record) {
        return Err(Fault::Denied(format!("to attach files to {target}")));
    }
    let reason = call.reason()?;
    let media = call.media_type().ok_or_else(|| Fault::Media("say the type of the file".to_owned()))?;
    let body = call.take_body();
    let file = if media == "multipart/form-data" {
        from_form(&call, body).await?
    } else {
        let name = named(call.parameter("name").ok_or_else(|| Fault::field("name", "is required"))?)?;
        let pieces = body.into_data_stream().map(|piece| piece.map_err(io::Error::other));
        receive(&call.cx, name, pieces).await?
    };
    let body = json!({ "name": file.name, "sha256": file.sha256, "size": file.size });
    let location = format!("{}/files/{}", address(target), file.sha256);
    let cx = call.cx.clone();
    // What has begun goes on to its end also when the caller has gone.
    let written = tokio::spawn(async move { cx.submit(Command::Attach { target, file, reason }).await });
    written.await.map_err(|error| Fault::Broken(error.to_string()))??;
    let mut answer = answer::json(&body);
    *answer.status_mut() = StatusCode::CREATED;
    answer::set(answer.headers_mut(), header::LOCATION, &location);
    Ok(answer)
}

/// The one file of a form.
async fn from_form(call: &Call, body: Body) -> Result<attestry_model::change::FileFact, Fault> {
    let mut request = Request::new(body);
    *request.headers_mut() = call.headers.clone();
    let unread = |error: &dyn std::fmt::Display| Fault::Malformed(format!("the form cannot be read: {error}"));
    let mut form = Multipart::from_request(request, &()).await.map_err(|error| unread(&error))?;
    let missing = || Fault::field("file", "is required: one part with a file name");
    let mut part = form.next_field().await.map_err(|error| unread(&error))?.ok_or_else(missing)?;
    let name = named(call.parameter("name").or(part.file_name()).ok_or_else(missing)?)?;
    let (sender, receiver) = mpsc::channel(4);
    let kept = tokio::spawn(store(call.cx.clone(), name, receiver));
    loop {
        let piece = match part.chunk().await {
            Ok(None) => break,
            Ok(Some(piece)) => Ok(piece),
            Err(error) => Err(io::Error::other(error.to_string())),
        };
        let failed = piece.is_err();
        if sender.send(piece).await.is_err() || failed {
            break;
        }
    }
    drop(sender);
    drop(part);
    let file = kept.await.map_err(|error| Fault::Broken(error.to_string()))??;
    if form.next_field().await.map_err(|error| unread(&error))?.is_some() {
        return Err(Fault::field("file", "is one file; send others one by one"));
    }
    Ok(file)
}

async fn receive(
    cx: &Cx,
    name: String,
    mut pieces: impl tokio_stream::Stream<Item = io::Result<Bytes>> + Unpin,
) -> Result<attestry_model::change::FileFact, Fault> {
    let (sender, receiver) = mpsc::channel(4);
    let kept = tokio::spawn(store(cx.clone(), name, receiver));
    while let Some(piece) = pieces.next().await {
        let failed = piece.is_err();
        if sender.send(piece).await.is_err() || failed {
            break;
        }
    }
    drop(sender);
    kept.await.map_err(|error| Fault::Broken(error.to_string()))?
}

/// Keeps what arrives under its hash. A file that no record names in the end is nowhere shown.
async fn store(
    cx: Cx,
    name: String,
    pieces: mpsc::Receiver<io::Result<Bytes>>,
) -> Result<attestry_model::change::FileFact, Fault> {
    cx.apart(move |cx| {
        let mut content = Incoming { pieces, piece: Bytes::new() };
        cx.app.store.put_file(&name, &mut content).map_err(|error| match error {
            // The other end broke off in the middle.
            attestry_store::StoreError::Content { .. } => Fault::Malformed("the file did not arrive whole".to_owned()),
            error => error.into(),
        })
    })
    .await
}

/// A file's name as it is kept: its last part, without signs that mislead.
fn named(name: &str) -> Result<String, Fault> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    let mut problems = Problems::default();
    if name.is_empty() || name == "." || name == ".." {
        problems.add("name", "is required");
    }
    if name.len() > LONGEST_NAME {
        problems.add("name", format!("is longer than {LONGEST_NAME} bytes"));
    }
    let misleads = |sign: char| {
        sign.is_control()
            || matches!(sign, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    if name.contains(misleads) {
        problems.add("name", "contains signs that cannot be seen");
    }
    if problems.is_empty() { Ok(name.to_owned()) } else { Err(Fault::Invalid(problems)) }
}
