//! What must hold for any bytes that come from outside.
//!
//! Each function hands the bytes to one of the parsers and panics when something accepted does not write back the same.
//! The fuzz targets and the test over their corpus both call these.

use crate::canonical::canonical;
use crate::checkpoint::Checkpoint;
use crate::leaf::Leaf;
use crate::note::{self, SigningKey, VerifyingKey};
use crate::proof::Proof;
use crate::tree::{Frontier, MAX_SIZE, leaf_hash};

/// A check over bytes from outside.
pub type Check = fn(&[u8]);

/// Every check, by the name of its fuzz target and of its folder in the corpus.
pub const CHECKS: [(&str, Check); 7] = [
    ("canonical", canonical_value),
    ("leaf", leaf),
    ("frontier", frontier),
    ("note", note),
    ("checkpoint", checkpoint),
    ("vkey", vkey),
    ("proof", proof),
];

/// The name of the key that the corpus is signed with, and the origin of its log.
pub const ORIGIN: &str = "isms.example/attestry/corpus/1";

/// The key that the corpus is signed with. It is public, and so worth nothing elsewhere.
///
/// # Panics
/// Never: [`ORIGIN`] is a key name.
pub fn corpus_key() -> SigningKey {
    SigningKey::from_seed(ORIGIN, &[0x42; 32]).expect("the origin is a key name")
}

fn keys() -> [VerifyingKey; 1] {
    [corpus_key().verifying_key().clone()]
}

/// Canonical JSON reads back as the same value and is a fixed point.
///
/// # Panics
/// When it does not.
pub fn canonical_value(bytes: &[u8]) {
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(bytes) else { return };
    let Ok(written) = canonical(&value) else { return };
    let again: serde_json::Value = serde_json::from_slice(&written).expect("canonical JSON is JSON");
    assert_eq!(again, value, "canonical JSON has the same meaning");
    assert_eq!(canonical(&again).as_ref(), Ok(&written), "canonical JSON is a fixed point");
}

/// An accepted leaf encodes to the bytes read, and they are canonical JSON.
///
/// # Panics
/// When they are not.
pub fn leaf(bytes: &[u8]) {
    let Ok(leaf) = Leaf::decode(bytes) else { return };
    assert_eq!(leaf.encode().as_deref(), Ok(bytes), "a leaf encodes to the bytes it was read from");
    let value = serde_json::from_slice(bytes).expect("a leaf is JSON");
    assert_eq!(canonical(&value).as_deref(), Ok(bytes), "a leaf is canonical JSON");
}

/// An accepted frontier writes back the bytes read and can grow.
///
/// # Panics
/// When it does not.
pub fn frontier(bytes: &[u8]) {
    let Ok(mut frontier) = Frontier::from_bytes(bytes) else { return };
    assert_eq!(frontier.to_bytes(), bytes, "a frontier writes the bytes it was read from");
    let (size, root) = (frontier.size(), frontier.root());
    if size < MAX_SIZE {
        frontier.append(leaf_hash(root.as_bytes()));
        assert_eq!(Frontier::from_bytes(&frontier.to_bytes()).as_ref(), Ok(&frontier), "a grown frontier reads back");
        assert_ne!(frontier.root(), root, "a grown frontier has another root");
    }
}

/// An accepted note's text is its beginning and can be signed and opened again.
///
/// # Panics
/// When it cannot.
pub fn note(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let keys = keys();
    let Ok(opened) = note::open(text, &keys) else { return };
    assert!(text.starts_with(opened.text), "a note begins with its text");
    let again = note::sign(opened.text, &[&corpus_key()]).expect("an opened text can be signed");
    assert_eq!(note::open(&again, &keys).as_ref(), Ok(&opened), "a signed text opens to itself");
}

/// An accepted checkpoint, signed or bare, writes back its text.
///
/// # Panics
/// When it does not.
pub fn checkpoint(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(head) = Checkpoint::parse(text) {
        assert_eq!(head.text().as_deref(), Ok(text), "a checkpoint writes the text it was read from");
        let signed = head.sign(&[&corpus_key()]).expect("a checkpoint that was read can be signed");
        assert_eq!(Checkpoint::open(&signed, &keys()).as_ref(), Ok(&head), "a signed checkpoint opens to itself");
    }
    if let Ok(head) = Checkpoint::open(text, &keys()) {
        assert!(head.text().is_ok_and(|head| text.starts_with(&head)), "a signed checkpoint begins with its text");
    }
}

/// An accepted verifier key prints as the text read.
///
/// # Panics
/// When it does not.
pub fn vkey(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(key) = text.parse::<VerifyingKey>() else { return };
    assert_eq!(key.to_string(), text, "a verifier key prints as the text it was read from");
}

/// An accepted proof writes back the text read; it holds for no leaf that isn't in the log.
///
/// # Panics
/// When it does.
pub fn proof(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(proof) = Proof::parse(text) else { return };
    assert_eq!(proof.to_text(), text, "a proof writes the text it was read from");
    assert!(proof.verify(b"never in the corpus's log", ORIGIN, &keys()).is_err(), "a proof holds for its leaf only");
}
