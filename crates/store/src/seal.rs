//! From an entry to what is stored of it: the leaf with commitments, and beside it the values and their salts.
//!
//! The disclosed body is one canonical JSON object of the entry's fields under their names in the leaf, with the reason
//! as `@reason` and the names of files as `@files`. The salts stand one after the other in the order of those names.

use std::borrow::Cow;

use attestry_ledger::commit::commitment_to_canonical;
use attestry_ledger::{Blob, CanonicalError, Hash, Leaf, LeafError, Salt, Via as LeafVia, blob_commitment, canonical};
use attestry_ledger::{leaf_hash, normalise};
use attestry_model::change::FileFact;
use attestry_model::{Actor, Entry, Refusal, Subject, Via};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::error::{StoreError, refusal};
use crate::head::{Chain, Head, Tails};

/// The name of the reason among the disclosed values.
pub const REASON: &str = "@reason";
/// The name of the list of file names among the disclosed values.
pub const FILES: &str = "@files";

/// An entry as it is stored.
pub(crate) struct Sealed {
    pub seq: u64,
    pub at: i64,
    pub actor: String,
    pub via: &'static str,
    pub action: &'static str,
    pub kind: &'static str,
    pub record: String,
    pub version: u64,
    pub leaf: Vec<u8>,
    pub leaf_hash: Hash,
    pub body: String,
    pub salts: Vec<u8>,
    /// The fields alone, as the newest state holds them.
    pub state: String,
    pub files: Vec<(FileFact, Salt)>,
}

/// Who did it, when and which way.
pub(crate) struct Circumstance<'a> {
    pub at: Timestamp,
    pub actor: Actor,
    pub via: Via,
    pub request: Option<&'a str>,
}

/// The way a change came in as the ledger's format knows it.
fn leaf_via(via: Via) -> LeafVia {
    match via {
        Via::Session => LeafVia::Session,
        Via::Token => LeafVia::Token,
        Via::Import => LeafVia::Import,
        Via::Cli => LeafVia::Cli,
        Via::System => LeafVia::System,
    }
}

/// A name as a leaf can hold it: printable ASCII without blank, quote and backslash. Other bytes, a leading `@` and `%`
/// itself are written as `%` and two hexadecimal digits; the empty name is `%`.
pub(crate) fn leaf_name(name: &str) -> Cow<'_, str> {
    let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\' | b'%');
    if !name.is_empty() && !name.starts_with('@') && name.bytes().all(plain) {
        return Cow::Borrowed(name);
    }
    if name.is_empty() {
        return Cow::Borrowed("%");
    }
    let mut out = String::with_capacity(name.len() + 8);
    for (at, byte) in name.bytes().enumerate() {
        if plain(byte) && !(at == 0 && byte == b'@') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for digit in [byte >> 4, byte & 15] {
                out.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
            }
        }
    }
    Cow::Owned(out)
}

/// The name that [`leaf_name`] wrote; none when it is no such name.
pub(crate) fn plain_name(name: &str) -> Option<String> {
    if name == "%" {
        return Some(String::new());
    }
    if !name.contains('%') {
        return Some(name.to_owned());
    }
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first == b'%' {
            let (digits, after) = after.split_first_chunk::<2>()?;
            let [high, low] = digits.map(|digit| char::from(digit).to_digit(16));
            bytes.push(u8::try_from(high? * 16 + low?).ok()?);
            rest = after;
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok()
}

/// Brings text that is not in normal form into it, and says whether there was any. The value must have a canonical form.
fn settle_value(value: &mut Value) -> Result<bool, CanonicalError> {
    match canonical(value) {
        Err(CanonicalError { fault: attestry_ledger::canonical::CanonicalFault::NotNormal, .. }) => {
            *value = normalise(value.take())?;
            canonical(value).map(|_| true)
        }
        other => other.map(|_| false),
    }
}

/// Brings an entry's text into normal form, so that what is kept in memory is what is committed to; says whether a field
/// was changed by it.
pub(crate) fn settle(entry: &mut Entry) -> Result<bool, Refusal> {
    let mut changed = false;
    for (name, value) in &mut entry.fields {
        changed |= settle_value(value).map_err(|error| refusal(name.clone(), error.to_string()))?;
    }
    let normal = attestry_ledger::canonical::normalise_text;
    if let Some(reason) = &mut entry.reason {
        *reason = normal(reason).into_owned();
    }
    for file in &mut entry.files {
        file.name = normal(&file.name).into_owned();
    }
    Ok(changed)
}

/// Why an entry cannot be sealed.
pub(crate) enum Unsealed {
    Refused(Refusal),
    Failed(StoreError),
}

/// Seals one entry as the next of the ledger and moves the head on. `tail` finds the newest leaf of a chain.
pub(crate) fn seal(
    head: &mut Head,
    tail: &dyn Fn(&Chain) -> Option<Hash>,
    circumstance: &Circumstance<'_>,
    entry: &Entry,
) -> Result<Sealed, Unsealed> {
    let refuse = |field: &str, cause: String| Unsealed::Refused(refusal(field, cause));
    let mut members: Vec<(Cow<'_, str>, Vec<u8>)> = Vec::with_capacity(entry.fields.len() + 2);
    for (name, value) in &entry.fields {
        let bytes = canonical(value).map_err(|error| refuse(name, error.to_string()))?;
        members.push((leaf_name(name), bytes));
    }
    let text = |value: Value| canonical(&value).map_err(|error| refuse("", error.to_string()));
    if let Some(reason) = &entry.reason {
        members.push((Cow::Borrowed(REASON), text(Value::from(reason.as_str()))?));
    }
    if !entry.files.is_empty() {
        let names = entry.files.iter().map(|file| Value::from(file.name.as_str())).collect();
        members.push((Cow::Borrowed(FILES), text(Value::Array(names))?));
    }
    members.sort();
    let mut salts = vec![0_u8; (members.len() + entry.files.len()) * 32];
    getrandom::fill(&mut salts).map_err(|error| {
        Unsealed::Failed(StoreError::Database { place: "random numbers".to_owned(), cause: error.to_string() })
    })?;
    let file_salts: Vec<Salt> = salts.split_off(members.len() * 32).as_chunks::<32>().0.to_vec();
    let mut leaf = leaf_of(head, tail, circumstance, entry).map_err(|(field, cause)| refuse(field, cause))?;
    let (mut body, mut state) = (String::from("{"), String::from("{"));
    for ((name, bytes), salt) in members.iter().zip(salts.as_chunks::<32>().0) {
        let commitment = commitment_to_canonical(salt, bytes);
        let value = std::str::from_utf8(bytes).map_err(|error| refuse(name, error.to_string()))?;
        append_member(&mut body, name, value);
        if name == REASON {
            leaf.reason = Some(commitment);
        } else {
            leaf.fields.insert(name.to_string(), commitment);
            if name != FILES {
                append_member(&mut state, name, value);
            }
        }
    }
    body.push('}');
    state.push('}');
    let mut files = Vec::with_capacity(entry.files.len());
    for (file, salt) in entry.files.iter().zip(file_salts) {
        let hash = Hash::from_hex(&file.sha256).map_err(|error| refuse(&file.name, error.to_string()))?;
        leaf.blobs.push(Blob { commitment: blob_commitment(&salt, &hash, file.size), size: file.size });
        files.push((file.clone(), salt));
    }
    let bytes = leaf.encode().map_err(|error| match error {
        LeafError::Name { member, text } => refuse("", format!("{member} {text:?} is too long or empty")),
        other => refuse("", other.to_string()),
    })?;
    let hash = leaf_hash(&bytes);
    head.frontier.append(hash);
    head.size += 1;
    head.last_at = circumstance.at.as_millisecond();
    if entry.subject == Subject::Ledger {
        head.ledger = (leaf.version, Some(hash));
    }
    Ok(Sealed {
        seq: leaf.seq,
        at: head.last_at,
        actor: leaf.actor,
        via: leaf.via.as_str(),
        action: entry.action.word(),
        kind: kind_word(&entry.subject),
        record: leaf.record,
        version: leaf.version,
        leaf: bytes,
        leaf_hash: hash,
        body,
        salts,
        state,
        files,
    })
}

/// The leaf without its commitments.
fn leaf_of(
    head: &Head,
    tail: &dyn Fn(&Chain) -> Option<Hash>,
    circumstance: &Circumstance<'_>,
    entry: &Entry,
) -> Result<Leaf, (&'static str, String)> {
    let at = u64::try_from(circumstance.at.as_millisecond());
    let (version, prev) = match Chain::of(&entry.subject) {
        Some(chain) => (u64::from(entry.version), if entry.version > 1 { tail(&chain) } else { None }),
        None => (head.ledger.0 + 1, head.ledger.1),
    };
    Ok(Leaf {
        organisation: head.slug.clone(),
        seq: head.size,
        at: at.map_err(|_| ("at", format!("{} lies before 1970", circumstance.at)))?,
        actor: circumstance.actor.to_string(),
        via: leaf_via(circumstance.via),
        action: entry.action.word().to_owned(),
        kind: kind_word(&entry.subject).to_owned(),
        record: leaf_name(&entry.subject.to_string()).into_owned(),
        version,
        prev,
        fields: std::collections::BTreeMap::new(),
        blobs: Vec::new(),
        reason: None,
        approval: entry.approval.map(|approval| approval.to_string()),
        request: circumstance.request.map(|request| leaf_name(request).into_owned()),
    })
}

/// The kind as the ledger names it.
pub(crate) fn kind_word(subject: &Subject) -> &'static str {
    match subject {
        Subject::Record(reference) => reference.kind.words().name,
        Subject::Setting(_) => "setting",
        Subject::Ledger => "ledger",
    }
}

/// What an entry is about, from its columns.
pub(crate) fn subject_of(kind: &str, record: &str) -> Option<Subject> {
    match kind {
        "ledger" => (record == "ledger").then_some(Subject::Ledger),
        "setting" => plain_name(record).map(Subject::Setting),
        _ => {
            let reference: attestry_model::AnyRef = record.parse().ok()?;
            (reference.kind.words().name == kind).then_some(Subject::Record(reference))
        }
    }
}

/// Adds a member to a JSON object in the making; the name needs no escapes.
pub(crate) fn append_member(object: &mut String, name: &str, value: &str) {
    if object.len() > 1 {
        object.push(',');
    }
    object.push('"');
    object.push_str(name);
    object.push_str("\":");
    object.push_str(value);
}

/// A disclosed body taken apart.
#[derive(Debug, Clone, Default)]
pub(crate) struct Opened {
    pub fields: Map<String, Value>,
    pub reason: Option<String>,
    pub files: Vec<String>,
}

/// Reads a stored body.
pub(crate) fn open(body: &str) -> Result<Opened, String> {
    let members: Map<String, Value> = serde_json::from_str(body).map_err(|error| error.to_string())?;
    let mut opened = Opened::default();
    for (name, value) in members {
        match (name.as_str(), value) {
            (REASON, Value::String(reason)) => opened.reason = Some(reason),
            (FILES, Value::Array(names)) => {
                opened.files = names.iter().filter_map(Value::as_str).map(str::to_owned).collect();
            }
            (_, value) if name.contains('%') => {
                let name = plain_name(&name).ok_or_else(|| format!("{name} is not a name"))?;
                opened.fields.insert(name, value);
            }
            (_, value) => {
                opened.fields.insert(name, value);
            }
        }
    }
    Ok(opened)
}

/// The newest leaves, with those of a change in the making on top.
pub(crate) struct Layers<'a> {
    pub base: &'a Tails,
    pub group: &'a Tails,
    pub change: &'a Tails,
}

impl Layers<'_> {
    pub fn find(&self, chain: &Chain) -> Option<Hash> {
        let layers = [self.change, self.group, self.base];
        layers.iter().find_map(|layer| layer.get(chain)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_a_form_in_the_leaf_and_comes_back() {
        for (name, written) in [
            ("title", "title"),
            ("custom_field/risk/a b", "custom_field/risk/a%20b"),
            ("@reason", "%40reason"),
            ("a@b", "a@b"),
            ("100%", "100%25"),
            ("ü\"\\", "%c3%bc%22%5c"),
            ("", "%"),
        ] {
            assert_eq!(leaf_name(name), written);
            assert_eq!(plain_name(written).as_deref(), Some(name));
        }
        assert_eq!(plain_name("a%2"), None);
        assert_eq!(plain_name("a%zz"), None);
        assert_eq!(plain_name("%ff"), None);
    }
}
