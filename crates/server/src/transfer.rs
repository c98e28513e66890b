//! Files on their way in and out, piece by piece: however large one is, a few pieces of it are in memory, and no thread waits
//! for a slow reader.

use std::collections::HashMap;
use std::io::{self, Read};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use attestry_model::change::FileFact;
use attestry_store::{AccountId, StoreError};
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use tokio::sync::mpsc::{self, Receiver};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_stream::wrappers::ReceiverStream;

use crate::app::{App, held};
use crate::cx::Cx;
use crate::fault::Fault;

/// How much of a file is read at once on the way out.
const PIECE: usize = 1 << 16;
/// How many pieces wait for a reader or for the disk.
const AHEAD: usize = 4;
/// How long the next piece of a file that comes in may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Files that come in at a time, over all accounts.
const MOST: usize = 64;
/// Files of one account that come in at a time.
const MOST_OF_ONE: u32 = 8;

/// A file that goes out.
#[derive(Debug)]
pub struct Outgoing {
    /// Its SHA-256 in hexadecimal.
    pub sha256: String,
    /// Its size in bytes.
    pub size: u64,
    /// What it is sent as.
    pub mime: &'static str,
    /// How it is handed over; see [`disposition`].
    pub disposition: HeaderValue,
    /// What it may do where it is opened.
    pub policy: &'static str,
}

/// What a file may do where it is shown: nothing.
pub const NOTHING: &str = "sandbox; default-src 'none'";

impl Outgoing {
    /// Answers with the file, or with the part of it that `Range` asks for (RFC 9110, section 14): one range of bytes; what
    /// cannot be read as one is passed over, and of several the whole file is sent.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub async fn send(self, app: &App, asked: &HeaderMap) -> Result<Response, Fault> {
        let tag = format!("\"{}\"", self.sha256);
        let text = |name| asked.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        // The content under a hash never changes: a part fits the others as long as the hash is the same.
        let fits = text(header::IF_RANGE).is_none_or(|known| known == tag);
        let range = text(header::RANGE).filter(|_| fits).map_or(Part::Whole, |range| part(range, self.size));
        let (from, length) = match range {
            Part::Whole => (0, self.size),
            Part::Bytes { from, length } => (from, length),
            Part::Beyond => (0, 0),
        };
        let body = if range == Part::Beyond {
            Body::empty()
        } else {
            let (app, sha256) = (app.clone(), self.sha256);
            let opened = tokio::task::spawn_blocking(move || app.store.files().open_at(&sha256, from)).await;
            let content = opened.map_err(|error| Fault::Broken(error.to_string()))??;
            streamed(Box::new(content.take(length)))
        };
        let mut answer = Response::new(body);
        let headers = answer.headers_mut();
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(self.policy));
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            headers.insert(header::ETAG, tag);
        }
        let named = match range {
            Part::Whole => None,
            Part::Bytes { .. } => Some(format!("bytes {from}-{}/{}", from + length - 1, self.size)),
            Part::Beyond => Some(format!("bytes */{}", self.size)),
        };
        if let Some(named) = named.and_then(|named| HeaderValue::from_str(&named).ok()) {
            headers.insert(header::CONTENT_RANGE, named);
        }
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        if range != Part::Beyond {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.mime));
            headers.insert(header::CONTENT_DISPOSITION, self.disposition);
        }
        *answer.status_mut() = match range {
            Part::Whole => StatusCode::OK,
            Part::Bytes { .. } => StatusCode::PARTIAL_CONTENT,
            Part::Beyond => StatusCode::RANGE_NOT_SATISFIABLE,
        };
        Ok(answer)
    }
}

/// The part of a file that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Whole,
    Bytes { from: u64, length: u64 },
    Beyond,
}

/// Reads `Range` for a file of a size: `bytes=0-99`, `bytes=100-`, `bytes=-100`.
fn part(range: &str, size: u64) -> Part {
    let Some((unit, ranges)) = range.split_once('=') else { return Part::Whole };
    let Some((first, last)) = ranges.trim().split_once('-').filter(|_| unit.trim() == "bytes") else {
        return Part::Whole;
    };
    let number = |text: &str| if text.bytes().all(|it| it.is_ascii_digit()) { text.parse::<u64>().ok() } else { None };
    let (first, last) = (first.trim(), last.trim());
    match (number(first), number(last)) {
        (None, Some(count)) if first.is_empty() => match count.min(size) {
            0 => Part::Beyond,
            length => Part::Bytes { from: size - length, length },
        },
        (Some(from), None) if last.is_empty() => {
            if from < size {
                Part::Bytes { from, length: size - from }
            } else {
                Part::Beyond
            }
        }
        (Some(from), Some(to)) if from <= to => {
            if from < size {
                Part::Bytes { from, length: (to - from).min(size - 1 - from) + 1 }
            } else {
                Part::Beyond
            }
        }
        _ => Part::Whole,
    }
}

/// A file's bytes as they are read. Between two pieces no thread is held: whoever reads slowly holds a few pieces of memory.
fn streamed(mut content: Box<dyn Read + Send>) -> Body {
    let (sender, receiver) = mpsc::channel::<io::Result<Bytes>>(AHEAD);
    tokio::spawn(async move {
        loop {
            let Ok(place) = sender.reserve().await else {
                // Whoever asked has gone.
                return;
            };
            let read = tokio::task::spawn_blocking(move || {
                let mut piece = vec![0; PIECE];
                loop {
                    match content.read(&mut piece) {
                        Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                        Err(error) => return Err(error),
                        Ok(read) => {
                            piece.truncate(read);
                            return Ok((content, Bytes::from(piece)));
                        }
                    }
                }
            });
            match read.await {
                Ok(Ok((_, piece))) if piece.is_empty() => return,
                Ok(Ok((rest, piece))) => {
                    content = rest;
                    place.send(Ok(piece));
                }
                Ok(Err(error)) => return place.send(Err(error)),
                Err(error) => return place.send(Err(io::Error::other(error))),
            }
        }
    });
    Body::from_stream(ReceiverStream::new(receiver))
}

/// How a file is handed over (RFC 6266): a name in plain letters for old programs, the whole name encoded for all others.
pub fn disposition(name: &str, attachment: bool) -> HeaderValue {
    let name = safe_name(name);
    let plain: String = name
        .chars()
        .map(|sign| if sign.is_ascii_alphanumeric() || "._- ".contains(sign) { sign } else { '_' })
        .collect();
    let how = if attachment { "attachment" } else { "inline" };
    let text = format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{}", crate::html::encode(&name));
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("attachment"))
}

/// Longest name of a file that is kept, in characters.
const LONGEST_NAME: usize = 180;
/// Names that some systems take for devices, whatever ending follows.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// Whether a sign of a name is not seen or turns the direction of writing.
pub fn misleads(sign: char) -> bool {
    sign.is_control()
        || matches!(
            sign,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

/// The name of a file without folders, without signs that are not seen or that turn the direction of writing, and of a
/// length that people read; a name that some system takes for a device gets a sign in front.
pub fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|sign| !misleads(*sign)).take(LONGEST_NAME).collect();
    let plain = plain.trim().trim_matches('.').trim();
    if plain.is_empty() {
        return "file".to_owned();
    }
    let stem = plain.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    let numbered = |begin: &str| {
        stem.strip_prefix(begin)
            .is_some_and(|rest| matches!(rest.chars().collect::<Vec<_>>()[..], ['0'..='9' | '¹' | '²' | '³']))
    };
    let device = DEVICES.contains(&stem.as_str()) || numbered("com") || numbered("lpt");
    if device { format!("_{plain}") } else { plain.to_owned() }
}

/// Places for files that come in, so that nobody's slow files stand in everybody's way.
#[derive(Debug)]
pub struct Places {
    all: Arc<Semaphore>,
    taken: Arc<Mutex<HashMap<AccountId, u32>>>,
}

impl Default for Places {
    fn default() -> Self {
        Self { all: Arc::new(Semaphore::new(MOST)), taken: Arc::default() }
    }
}

/// A place that is taken, until it is dropped.
#[derive(Debug)]
pub struct Taken {
    account: AccountId,
    counts: Arc<Mutex<HashMap<AccountId, u32>>>,
    _all: OwnedSemaphorePermit,
}

impl Places {
    /// Takes a place for a file of an account.
    ///
    /// # Errors
    /// When all places are taken, or all that one account may have.
    pub fn take(&self, account: AccountId) -> Result<Taken, Fault> {
        let all = Arc::clone(&self.all).try_acquire_owned().map_err(|_| Fault::TooMany(PATIENCE.as_secs()))?;
        let mut taken = held(self.taken.lock());
        let own = taken.entry(account).or_default();
        if *own >= MOST_OF_ONE {
            return Err(Fault::TooMany(PATIENCE.as_secs()));
        }
        *own += 1;
        Ok(Taken { account, counts: Arc::clone(&self.taken), _all: all })
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        let mut taken = held(self.counts.lock());
        if let Some(own) = taken.get_mut(&self.account) {
            *own -= 1;
            if *own == 0 {
                taken.remove(&self.account);
            }
        }
    }
}

/// Something that gives a file's bytes as they come.
pub trait Pieces {
    /// The next piece; `None` at the end.
    fn next(&mut self) -> impl Future<Output = Result<Option<Bytes>, Fault>> + Send;
}

/// Hands a file's bytes to the store as they come, and says what was kept. What breaks off, or stops coming, is no file.
///
/// # Errors
/// When it breaks off, stops coming, is too large or cannot be kept.
pub async fn receive(cx: &Cx, name: String, pieces: &mut impl Pieces) -> Result<FileFact, Fault> {
    let place = cx.app.places.take(cx.account)?;
    let (sender, receiver) = mpsc::channel::<Result<Bytes, ()>>(AHEAD);
    let app = cx.app.clone();
    let writing = tokio::task::spawn_blocking(move || {
        let kept = app.store.put_file(&name, &mut Incoming { receiver, rest: Bytes::new() });
        drop(place);
        kept
    });
    let mut broken = None;
    loop {
        let piece = match tokio::time::timeout(PATIENCE, pieces.next()).await {
            Ok(piece) => piece,
            Err(_) => Err(Fault::Malformed("the file stopped coming".to_owned())),
        };
        match piece {
            // When the store has stopped reading, it says why below.
            Ok(Some(bytes)) => {
                if sender.send(Ok(bytes)).await.is_err() {
                    break;
                }
            }
            Ok(None) => break,
            Err(fault) => {
                let _ = sender.send(Err(())).await;
                broken = Some(fault);
                break;
            }
        }
    }
    drop(sender);
    let kept = writing.await.map_err(|error| Fault::Broken(error.to_string()))?;
    match (broken, kept) {
        (Some(fault), _) => Err(fault),
        (None, Ok(fact)) => Ok(fact),
        (None, Err(StoreError::Content { .. })) => Err(Fault::Malformed("the file did not arrive whole".to_owned())),
        (None, Err(error)) => Err(error.into()),
    }
}

/// The bytes of a file that is on its way, for somebody who reads and waits.
struct Incoming {
    receiver: Receiver<Result<Bytes, ()>>,
    rest: Bytes,
}

impl Read for Incoming {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() {
            match self.receiver.blocking_recv() {
                Some(Ok(bytes)) => self.rest = bytes,
                Some(Err(())) => return Err(io::Error::other("broke off")),
                None => return Ok(0),
            }
        }
        let taken = self.rest.split_to(self.rest.len().min(buffer.len()));
        buffer[..taken.len()].copy_from_slice(&taken);
        Ok(taken.len())
    }
}

impl Pieces for axum::extract::multipart::Field<'_> {
    async fn next(&mut self) -> Result<Option<Bytes>, Fault> {
        self.chunk().await.map_err(|error| unread(&error))
    }
}

/// What is wrong with a form of several parts.
pub fn unread(error: &axum::extract::multipart::MultipartError) -> Fault {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Fault::TooLarge(error.body_text())
    } else {
        Fault::Malformed(error.body_text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_a_file_names_no_folder_and_no_device_and_hides_nothing() {
        for (came, kept) in [
            ("report.pdf", "report.pdf"),
            ("../../etc/passwd", "passwd"),
            ("/etc/shadow", "shadow"),
            ("C:\\temp\\list.xlsx", "list.xlsx"),
            ("..\\..\\a.txt", "a.txt"),
            ("photo\u{202e}gnp.exe", "photognp.exe"),
            ("a\u{200b}b\u{2066}c.txt", "abc.txt"),
            ("a\u{0}.txt", "a.txt"),
            ("a\r\nSet-Cookie: b.txt", "aSet-Cookie: b.txt"),
            ("trailing. ", "trailing"),
            ("CON", "_CON"),
            ("nul.txt", "_nul.txt"),
            ("Com1 .pdf", "_Com1 .pdf"),
            ("lpt¹", "_lpt¹"),
            ("comet.txt", "comet.txt"),
            ("com10.txt", "com10.txt"),
            ("..", "file"),
            (".", "file"),
            ("", "file"),
            ("a/", "file"),
        ] {
            assert_eq!(safe_name(came), kept, "{came:?}");
        }
        assert_eq!(safe_name(&"ä".repeat(500)).chars().count(), 180);
    }

    #[test]
    fn a_range_is_one_part_of_the_file_or_none() {
        let bytes = |from, length| Part::Bytes { from, length };
        for (range, expected) in [
            ("bytes=0-0", bytes(0, 1)),
            ("bytes=0-9", bytes(0, 10)),
            ("bytes=5-99", bytes(5, 5)),
            ("bytes=9-", bytes(9, 1)),
            ("bytes=-3", bytes(7, 3)),
            ("bytes=-99", bytes(0, 10)),
            ("bytes=10-", Part::Beyond),
            ("bytes=-0", Part::Beyond),
            ("bytes=0-18446744073709551615", bytes(0, 10)),
            ("bytes=18446744073709551616-", Part::Whole),
            ("bytes=3-2", Part::Whole),
            ("bytes=0-1,3-4", Part::Whole),
            ("bytes=-", Part::Whole),
            ("bytes=+1-2", Part::Whole),
            ("items=0-1", Part::Whole),
            ("bytes", Part::Whole),
        ] {
            assert_eq!(part(range, 10), expected, "{range}");
        }
        assert_eq!(part("bytes=0-", 0), Part::Beyond);
    }

    #[test]
    fn one_account_never_has_all_places() {
        let places = Places::default();
        let held: Vec<_> = (0..MOST_OF_ONE).map(|_| places.take(AccountId(1)).unwrap()).collect();
        assert!(matches!(places.take(AccountId(1)), Err(Fault::TooMany(_))));
        assert!(places.take(AccountId(2)).is_ok());
        drop(held);
        assert!(places.take(AccountId(1)).is_ok());
        let all: Vec<_> =
            (0..MOST).map(|who| places.take(AccountId(i64::try_from(who).unwrap() + 10)).unwrap()).collect();
        assert!(matches!(places.take(AccountId(3)), Err(Fault::TooMany(_))));
        drop(all);
    }
}
