//! The files of a record as its page shows them, and what may be done with them.

use attestry_model::change::FileFact;
use attestry_model::{AnyRecord, AnyRef, Command};
use attestry_store::Attached;

use super::history;
use crate::cx::Cx;
use crate::dates;
use crate::html::Html;

/// A file.
#[derive(Debug)]
pub struct Shown {
    /// The name it came with.
    pub name: String,
    /// Its size in words.
    pub size: String,
    /// The beginning of its SHA-256.
    pub hash: String,
    /// Its SHA-256.
    pub sha256: String,
    /// When it came.
    pub when: String,
    /// Who brought it.
    pub who: Html,
    /// Where it is downloaded.
    pub href: String,
    /// Where it is looked at.
    pub view: String,
}

/// The files that came with a record, the newest first, each content once.
pub fn shown(cx: &Cx, record: AnyRef, attached: &[Attached]) -> Vec<Shown> {
    let mut seen = Vec::new();
    let once = attached.iter().filter(|file| {
        let first = !seen.contains(&&file.sha256);
        seen.push(&file.sha256);
        first
    });
    let once: Vec<&Attached> = once.collect();
    let shown = once.into_iter().map(|file| {
        let href = format!("/files/{record}/{}", file.sha256);
        Shown {
            name: if file.name.is_empty() { cx.say("file-unnamed").into_owned() } else { file.name.clone() },
            size: size(cx, file.size),
            hash: format!("{} {}", &file.sha256[..4], &file.sha256[4..8]),
            sha256: file.sha256.clone(),
            when: dates::moment(cx.words, file.at, &cx.zone, cx.today),
            who: history::who(cx, &file.actor),
            view: cx.href(&format!("{href}/view")),
            href: cx.href(&href),
        }
    });
    shown.collect()
}

/// A size in words: `1.2 MB`.
pub fn size(cx: &Cx, bytes: u64) -> String {
    let tenths = |unit: u64| format!("{}.{}", bytes / unit, bytes % unit * 10 / unit);
    let (number, unit) = match bytes {
        0..1_000 => (bytes.to_string(), "B"),
        1_000..1_000_000 => (tenths(1_000), "kB"),
        1_000_000..1_000_000_000 => (tenths(1_000_000), "MB"),
        _ => (tenths(1_000_000_000), "GB"),
    };
    cx.with("file-size", &[("number", (&number).into()), ("unit", unit.into())]).into_owned()
}

/// Whether the person may attach a file to a record as it stands: asked of the one place that decides it.
pub fn may_attach(cx: &Cx, record: &dyn AnyRecord) -> bool {
    let file = FileFact { sha256: "0".repeat(64), size: 1, name: "file".to_owned() };
    let command = Command::Attach { target: record.any_ref(), file, reason: None };
    !cx.is_past() && cx.can_write() && cx.organisation.preview(&cx.principal, command).is_ok()
}
