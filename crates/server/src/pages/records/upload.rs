//! Files coming in: streamed to the store while they arrive, hashed there, attached once they are whole.

use std::io::Read;

use attestry_model::Command;
use attestry_model::change::FileFact;
use attestry_model::permit::Wish;
use axum::body::Bytes;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{Multipart, Path};
use axum::http::StatusCode;
use axum::response::Response;
use tokio::sync::mpsc::{self, Receiver};

use super::{at, files, form};
use crate::cx::Cx;
use crate::fault::Fault;

/// The largest body: several files at once. The store bounds each of them.
pub const LIMIT: usize = 1 << 30;
/// Most files at once.
const MOST: usize = 20;
/// Longest name of a file that is kept, in characters.
const LONGEST_NAME: usize = 180;

/// `POST /{kind}/{reference}/files`
pub async fn take(cx: Cx, Path((slug, name)): Path<(String, String)>, mut body: Multipart) -> Result<Response, Fault> {
    let target = at(&slug, &name)?;
    let record = cx.record(target)?;
    if !cx.may(Wish::Update, record) {
        return Err(Fault::Denied(cx.say("file-may-not").into_owned()));
    }
    // Asked before anything is taken in, so that nobody fills the disk with files that belong to nothing.
    if !files::may_attach(&cx, record) {
        return Err(Fault::Conflict(cx.say("file-not-now").into_owned()));
    }
    let mut facts: Vec<FileFact> = Vec::new();
    let mut reason = None;
    while let Some(field) = body.next_field().await.map_err(|error| unread(&error))? {
        match field.name() {
            Some("_reason") => {
                let text = field.text().await.map_err(|error| unread(&error))?;
                reason = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
            }
            Some("file") => {
                if facts.len() >= MOST {
                    return Err(Fault::TooLarge(cx.say1("file-too-many", "most", MOST).into_owned()));
                }
                let fact = receive(&cx, field).await?;
                // A file field that nobody used comes as an empty file without a name.
                if fact.size > 0 {
                    facts.push(fact);
                }
            }
            _ => {}
        }
    }
    if facts.is_empty() {
        return Err(Fault::field("file", cx.say("file-none").into_owned()));
    }
    let count = facts.len();
    for file in facts {
        cx.submit(Command::Attach { target, file, reason: reason.clone() }).await?;
    }
    Ok(form::done(None, Some(target), if count == 1 { "attached" } else { "attached-several" }, false))
}

fn unread(error: &MultipartError) -> Fault {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Fault::TooLarge(error.body_text()),
        _ => Fault::Malformed(error.body_text()),
    }
}

/// Hands a file's bytes to the store as they come.
async fn receive(cx: &Cx, mut field: Field<'_>) -> Result<FileFact, Fault> {
    let name = safe_name(field.file_name().unwrap_or_default());
    let (sender, receiver) = mpsc::channel::<Result<Bytes, String>>(4);
    let app = cx.app.clone();
    let writing =
        tokio::task::spawn_blocking(move || app.store.put_file(&name, &mut Incoming { receiver, rest: Bytes::new() }));
    let mut broken = None;
    loop {
        match field.chunk().await {
            Ok(Some(bytes)) => {
                // The store has stopped reading: it says why below.
                if sender.send(Ok(bytes)).await.is_err() {
                    break;
                }
            }
            Ok(None) => break,
            Err(error) => {
                // What came so far is no file.
                let _ = sender.send(Err(error.body_text())).await;
                broken = Some(unread(&error));
                break;
            }
        }
    }
    drop(sender);
    let fact = writing.await.map_err(|error| Fault::Broken(error.to_string()))?;
    match broken {
        Some(fault) => Err(fault),
        None => Ok(fact?),
    }
}

/// The bytes of a file that is on its way, for somebody who reads and waits.
struct Incoming {
    receiver: Receiver<Result<Bytes, String>>,
    rest: Bytes,
}

impl Read for Incoming {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while self.rest.is_empty() {
            match self.receiver.blocking_recv() {
                Some(Ok(bytes)) => self.rest = bytes,
                Some(Err(cause)) => return Err(std::io::Error::other(cause)),
                None => return Ok(0),
            }
        }
        let taken = self.rest.split_to(self.rest.len().min(buffer.len()));
        buffer[..taken.len()].copy_from_slice(&taken);
        Ok(taken.len())
    }
}

/// The name of a file without folders, without signs that are not seen or that turn the direction of writing, and of a
/// length that people read.
pub fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let unseen = |sign: char| {
        sign.is_control()
            || matches!(sign, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let plain: String = last.chars().filter(|sign| !unseen(*sign)).take(LONGEST_NAME).collect();
    let plain = plain.trim().trim_matches('.').trim();
    if plain.is_empty() { "file".to_owned() } else { plain.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::safe_name;

    #[test]
    fn a_name_of_a_file_names_no_folder_and_hides_nothing() {
        for (came, kept) in [
            ("report.pdf", "report.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\temp\\list.xlsx", "list.xlsx"),
            ("photo\u{202e}gnp.exe", "photognp.exe"),
            ("a\r\nSet-Cookie: b.txt", "aSet-Cookie: b.txt"),
            ("..", "file"),
            ("", "file"),
        ] {
            assert_eq!(safe_name(came), kept);
        }
        assert_eq!(safe_name(&"ä".repeat(500)).chars().count(), 180);
    }
}
