//! Signed notes with Ed25519: C2SP signed-note, signature type 0x01.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _};

use crate::hash::{Hash, to_hex};

/// The longest note read, in bytes.
pub const MAX_LEN: usize = 1_000_000;

/// The most signature lines read; the specification asks for at least 16.
pub const MAX_SIGNATURES: usize = 100;

/// The signature type of plain Ed25519.
const ED25519: u8 = 1;

/// What a signature line starts with: an em dash and a blank.
const DASH: &str = "\u{2014} ";

/// A key or a note that is malformed or not to be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// A key name that is empty or has a space, a plus or a control character.
    #[error("key name {0:?} is empty or has a space, a plus or a control character")]
    KeyName(String),
    /// A verifier key that is not `name+id+key`, with the reason.
    #[error("verifier key {text:?}: {reason}")]
    VerifierKey {
        /// The text, cut after 200 characters.
        text: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Two of the keys given have one name and one id.
    #[error("two keys are called {0}")]
    Ambiguous(String),
    /// No key was given to sign with.
    #[error("a note needs a key to sign with")]
    NoKey,
    /// A text that cannot be a note's.
    #[error("note text: {0}")]
    Text(&'static str),
    /// A note that is not a text, a blank line and signature lines.
    #[error("note: {0}")]
    Form(&'static str),
    /// A signature line that is malformed.
    #[error("note: signature line {line}: {reason}")]
    Line {
        /// The line among the signature lines, from 1.
        line: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A known key's signature that does not fit the text.
    #[error("note: the signature by {0} is false")]
    False(String),
    /// No signature by a known key.
    #[error("note: not signed by any of the keys given")]
    Unsigned,
}

/// A name for a key, checked by the rules of the specification.
fn check_name(name: &str) -> Result<(), NoteError> {
    let wrong = |letter: char| letter.is_whitespace() || letter.is_control() || letter == '+';
    if name.is_empty() || name.contains(wrong) { Err(NoteError::KeyName(name.to_owned())) } else { Ok(()) }
}

/// The first four bytes of SHA-256(name ‖ newline ‖ type ‖ public key).
fn key_id(name: &str, key: &[u8; 32]) -> [u8; 4] {
    let hash = Hash::of_parts(&[name.as_bytes(), b"\n", &[ED25519], key]);
    let [a, b, c, d, ..] = *hash.as_bytes();
    [a, b, c, d]
}

/// An Ed25519 key that signs notes under a name. Wiped from memory when dropped; `Debug` shows the name only.
pub struct SigningKey {
    key: ed25519_dalek::SigningKey,
    public: VerifyingKey,
}

impl SigningKey {
    /// Makes the key from its name, best the log's origin, and from 32 secret random bytes (RFC 8032, section 5.1.5).
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, NoteError> {
        let key = ed25519_dalek::SigningKey::from_bytes(seed);
        let public = VerifyingKey::new(name, key.verifying_key())?;
        Ok(Self { key, public })
    }

    /// The key's name.
    pub fn name(&self) -> &str {
        &self.public.name
    }

    /// The public half.
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.public
    }

    fn signature_line(&self, text: &str) -> String {
        let mut bytes = self.public.id.to_vec();
        bytes.extend_from_slice(&self.key.sign(text.as_bytes()).to_bytes());
        format!("{DASH}{} {}\n", self.public.name, STANDARD.encode(bytes))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("SigningKey").field(&self.public.name).finish()
    }
}

/// A public key under a name.
///
/// Its text, in `Display` and `FromStr`, is the verifier key of signed notes: `name+id+key`, with the id in eight lower-case
/// hexadecimal digits and the key, after the byte of its type, in base64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    name: String,
    id: [u8; 4],
    key: ed25519_dalek::VerifyingKey,
}

impl VerifyingKey {
    fn new(name: &str, key: ed25519_dalek::VerifyingKey) -> Result<Self, NoteError> {
        check_name(name)?;
        Ok(Self { name: name.to_owned(), id: key_id(name, key.as_bytes()), key })
    }

    /// The key's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key's id.
    pub fn id(&self) -> [u8; 4] {
        self.id
    }

    /// The 32 bytes of the public key (RFC 8032).
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    fn is_called(&self, name: &str, id: [u8; 4]) -> bool {
        self.name == name && self.id == id
    }

    fn verify(&self, text: &str, signature: &[u8]) -> Result<(), NoteError> {
        Signature::from_slice(signature)
            .and_then(|signature| self.key.verify_strict(text.as_bytes(), &signature))
            .map_err(|_| NoteError::False(self.name.clone()))
    }
}

impl fmt::Display for VerifyingKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = vec![ED25519];
        key.extend_from_slice(self.as_bytes());
        write!(out, "{}+{}+{}", self.name, to_hex(&self.id), STANDARD.encode(key))
    }
}

impl FromStr for VerifyingKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let wrong = |reason| NoteError::VerifierKey { text: text.chars().take(200).collect(), reason };
        // The key's base64 may hold a plus, the name may not.
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(wrong("not name+id+key"));
        };
        let bytes = STANDARD.decode(key).map_err(|_| wrong("its key is not base64"))?;
        let Some((&ED25519, key)) = bytes.split_first() else {
            return Err(wrong("its key is not of type Ed25519"));
        };
        let key = <[u8; 32]>::try_from(key).map_err(|_| wrong("its key is not of 32 bytes"))?;
        let key =
            ed25519_dalek::VerifyingKey::from_bytes(&key).map_err(|_| wrong("its key is no point of the curve"))?;
        if key.is_weak() {
            return Err(wrong("its key is weak"));
        }
        let key = Self::new(name, key)?;
        if id == to_hex(&key.id) { Ok(key) } else { Err(wrong("its id is not that of the name and the key")) }
    }
}

/// Signs a text, with each of the keys in turn: more than one while a key is being replaced.
///
/// # Errors
/// When the text does not end in a newline or has other control characters, or when no key is given.
pub fn sign(text: &str, keys: &[&SigningKey]) -> Result<String, NoteError> {
    check_text(text)?;
    if keys.is_empty() {
        return Err(NoteError::NoKey);
    }
    let lines: String = keys.iter().map(|key| key.signature_line(text)).collect();
    Ok(format!("{text}\n{lines}"))
}

fn check_text(text: &str) -> Result<(), NoteError> {
    if !text.ends_with('\n') {
        return Err(NoteError::Text("it does not end in a newline"));
    }
    if has_controls(text) {
        return Err(NoteError::Text("it has a control character"));
    }
    Ok(())
}

fn has_controls(text: &str) -> bool {
    text.bytes().any(|byte| byte < b' ' && byte != b'\n')
}

/// A note's text, with the known keys that signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened<'a> {
    /// The text, with its final newline.
    pub text: &'a str,
    /// The keys whose signatures hold: at least one, each once, in the note's order.
    pub keys: Vec<&'a VerifyingKey>,
}

/// Opens a note: every signature by one of the keys must hold, and there must be one.
///
/// Signatures by other keys are passed over, as the specification demands.
pub fn open<'a>(note: &'a str, keys: &'a [VerifyingKey]) -> Result<Opened<'a>, NoteError> {
    if let Some(twice) = keys.iter().enumerate().find_map(|(place, key)| {
        let earlier = keys.get(..place)?;
        earlier.iter().any(|other| other.is_called(&key.name, key.id)).then_some(key)
    }) {
        return Err(NoteError::Ambiguous(twice.name.clone()));
    }
    let (text, lines) = split(note)?;
    let mut signers: Vec<&VerifyingKey> = Vec::new();
    for (place, line) in lines.lines().enumerate() {
        let wrong = |reason| NoteError::Line { line: place + 1, reason };
        if place >= MAX_SIGNATURES {
            return Err(wrong("too many"));
        }
        let (name, id, signature) = read_line(line).map_err(wrong)?;
        let Some(key) = keys.iter().find(|key| key.is_called(name, id)) else {
            continue;
        };
        key.verify(text, &signature)?;
        if !signers.contains(&key) {
            signers.push(key);
        }
    }
    if signers.is_empty() { Err(NoteError::Unsigned) } else { Ok(Opened { text, keys: signers }) }
}

/// Splits a note into its text and its signature lines, each with the final newline.
fn split(note: &str) -> Result<(&str, &str), NoteError> {
    if note.len() > MAX_LEN {
        return Err(NoteError::Form("longer than a million bytes"));
    }
    if has_controls(note) {
        return Err(NoteError::Form("it has a control character"));
    }
    if !note.ends_with('\n') {
        return Err(NoteError::Form("it does not end in a newline"));
    }
    let blank = note.rfind("\n\n").ok_or(NoteError::Form("no blank line before the signatures"))?;
    let (text, rest) = note.split_at(blank + 1);
    match rest.strip_prefix('\n') {
        Some(lines) if !lines.is_empty() => Ok((text, lines)),
        _ => Err(NoteError::Form("no signature")),
    }
}

type Line<'a> = (&'a str, [u8; 4], Vec<u8>);

fn read_line(line: &str) -> Result<Line<'_>, &'static str> {
    let line = line.strip_prefix(DASH).ok_or("no dash and blank at its start")?;
    let (name, signature) = line.split_once(' ').ok_or("no blank after the key name")?;
    check_name(name).map_err(|_| "a key name that is not allowed")?;
    let bytes = STANDARD.decode(signature).map_err(|_| "its signature is not base64")?;
    match bytes.split_first_chunk::<4>() {
        Some((id, signature)) if !signature.is_empty() => Ok((name, *id, signature.to_vec())),
        _ => Err("its signature is too short"),
    }
}
