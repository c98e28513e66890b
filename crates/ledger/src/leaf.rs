//! The leaf: one entry's exact bytes in the log.
//!
//! It is canonical JSON that always has the same sixteen members, `null` where there is nothing.
//! Identifiers and names are printable ASCII, so the bytes can be written without sorting or escaping.
//! What a person typed is never in a leaf: it enters as a commitment.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::canonical::MAX_INTEGER;
use crate::hash::Hash;
use crate::tree::leaf_hash;

/// The form of leaf written here, in its member `v`.
pub const VERSION: u64 = 1;

/// The longest leaf, in bytes: an entry of a tlog-tiles bundle carries its length in 16 bits.
pub const MAX_LEN: usize = 65_535;

/// The longest identifier or name, in bytes.
pub const MAX_NAME_LEN: usize = 256;

/// How the change came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Via {
    /// The command line on the machine where the log is kept.
    Cli,
    /// A person signed in.
    Session,
    /// A program with an access token.
    Token,
    /// The identity provider, over SCIM.
    Scim,
    /// The application itself.
    System,
    /// An import.
    Import,
}

impl Via {
    /// The word in the leaf.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cli => "cli",
            Self::Session => "session",
            Self::Token => "token",
            Self::Scim => "scim",
            Self::System => "system",
            Self::Import => "import",
        }
    }

    /// By the word in the leaf.
    pub fn named(word: &str) -> Option<Self> {
        let all = [Self::Cli, Self::Session, Self::Token, Self::Scim, Self::System, Self::Import];
        all.into_iter().find(|via| via.as_str() == word)
    }
}

/// A file that the record refers to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blob {
    /// See [`blob_commitment`](crate::commit::blob_commitment).
    pub commitment: Hash,
    /// The file's length in bytes.
    pub size: u64,
}

/// One entry of the log: the full picture of one record at one version, in commitments.
///
/// Identifiers and names are 1 to [`MAX_NAME_LEN`] printable ASCII characters without blank, `"` and `\`;
/// integers are at most [`MAX_INTEGER`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// The organisation's identifier.
    pub organisation: String,
    /// The entry's place in the organisation's log, from 0.
    pub seq: u64,
    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    pub at: u64,
    /// Who, as a pseudonymous identifier.
    pub actor: String,
    /// How the change came in.
    pub via: Via,
    /// What was done, such as `create`.
    pub action: String,
    /// The record's kind.
    pub kind: String,
    /// The record's identifier.
    pub record: String,
    /// The record's version, from 1.
    pub version: u64,
    /// The leaf hash of the record's previous version; none for the first.
    pub prev: Option<Hash>,
    /// The commitments to all fields that are set at this version, by name; see [`commitment`](crate::commit::commitment).
    pub fields: BTreeMap<String, Hash>,
    /// The files that the record refers to, in the record's order.
    pub blobs: Vec<Blob>,
    /// The commitment to the reason given.
    pub reason: Option<Hash>,
    /// The identifier of the approval that let the change pass.
    pub approval: Option<String>,
    /// The identifier of the request that brought it.
    pub request: Option<String>,
}

/// A leaf that cannot be written or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LeafError {
    /// An identifier or a name outside the alphabet or the length.
    #[error(
        "leaf member {member}: {text:?} is not 1 to {MAX_NAME_LEN} printable ASCII characters without blank, quote and backslash"
    )]
    Name {
        /// The member.
        member: &'static str,
        /// The text, cut after 80 characters.
        text: String,
    },
    /// An integer beyond [`MAX_INTEGER`].
    #[error("leaf member {member}: {value} is beyond 2^53 - 1")]
    Integer {
        /// The member.
        member: &'static str,
        /// The integer.
        value: u64,
    },
    /// A version of 0.
    #[error("leaf member version: 0, but versions start at 1")]
    VersionZero,
    /// Longer than [`MAX_LEN`].
    #[error("leaf of record {record}: {len} bytes, but at most {MAX_LEN} fit")]
    Long {
        /// The record's identifier; empty when the bytes were refused unread.
        record: String,
        /// The length in bytes.
        len: usize,
    },
    /// A `v` other than [`VERSION`].
    #[error("leaf member v: {0}, but only {VERSION} is known")]
    Version(u64),
    /// Not JSON, or not with the members of a leaf.
    #[error("leaf is not readable: {0}")]
    Json(String),
    /// Readable, but not the canonical bytes.
    #[error("leaf is not canonical: byte {0} differs")]
    NotCanonical(usize),
}

impl Leaf {
    /// Writes the leaf's exact bytes: RFC 8785 canonical JSON.
    pub fn encode(&self) -> Result<Vec<u8>, LeafError> {
        if self.version == 0 {
            return Err(LeafError::VersionZero);
        }
        let mut out = Writer(String::with_capacity(512 + self.fields.len() * 72 + self.blobs.len() * 96));
        // RFC 8785 wants the members in this order.
        out.0.push('{');
        out.name("action", &self.action)?;
        out.name("actor", &self.actor)?;
        out.name_or_null("approval", self.approval.as_deref())?;
        out.integer("at", self.at)?;
        self.encode_blobs(&mut out)?;
        self.encode_fields(&mut out)?;
        out.name("kind", &self.kind)?;
        out.name("organisation", &self.organisation)?;
        out.hash_or_null("prev", self.prev.as_ref());
        out.hash_or_null("reason", self.reason.as_ref());
        out.name("record", &self.record)?;
        out.name_or_null("request", self.request.as_deref())?;
        out.integer("seq", self.seq)?;
        out.integer("v", VERSION)?;
        out.integer("version", self.version)?;
        out.name("via", self.via.as_str())?;
        out.close('}');
        let bytes = out.0.into_bytes();
        if bytes.len() > MAX_LEN {
            return Err(LeafError::Long { record: self.record.clone(), len: bytes.len() });
        }
        Ok(bytes)
    }

    fn encode_blobs(&self, out: &mut Writer) -> Result<(), LeafError> {
        out.key("blobs");
        out.0.push('[');
        for blob in &self.blobs {
            out.0.push('{');
            out.hash_or_null("commitment", Some(&blob.commitment));
            out.integer("size", blob.size)?;
            out.close('}');
            out.0.push(',');
        }
        out.close(']');
        out.0.push(',');
        Ok(())
    }

    fn encode_fields(&self, out: &mut Writer) -> Result<(), LeafError> {
        out.key("fields");
        out.0.push('{');
        for (name, commitment) in &self.fields {
            check_name("fields", name)?;
            out.hash_or_null(name, Some(commitment));
        }
        out.close('}');
        out.0.push(',');
        Ok(())
    }

    /// Reads a leaf's exact bytes.
    ///
    /// # Errors
    /// On bytes that [`encode`](Self::encode) would not have written: unknown or missing members, blanks, another order.
    pub fn decode(bytes: &[u8]) -> Result<Self, LeafError> {
        if bytes.len() > MAX_LEN {
            return Err(LeafError::Long { record: String::new(), len: bytes.len() });
        }
        let members: Members = serde_json::from_slice(bytes).map_err(|error| LeafError::Json(error.to_string()))?;
        if members.v != VERSION {
            return Err(LeafError::Version(members.v));
        }
        let leaf = Self::from(members);
        let again = leaf.encode()?;
        if again == bytes {
            Ok(leaf)
        } else {
            let same = again.iter().zip(bytes).take_while(|(ours, theirs)| ours == theirs).count();
            Err(LeafError::NotCanonical(same))
        }
    }

    /// The leaf hash in the tree (RFC 6962, section 2.1) of the bytes that [`encode`](Self::encode) writes.
    pub fn hash(&self) -> Result<Hash, LeafError> {
        Ok(leaf_hash(&self.encode()?))
    }
}

/// Appends JSON, each member followed by a comma; `close` takes the last one back.
struct Writer(String);

impl Writer {
    fn key(&mut self, key: &str) {
        self.0.push('"');
        self.0.push_str(key);
        self.0.push_str("\":");
    }

    fn name(&mut self, member: &'static str, text: &str) -> Result<(), LeafError> {
        check_name(member, text)?;
        self.key(member);
        self.0.push('"');
        self.0.push_str(text);
        self.0.push_str("\",");
        Ok(())
    }

    fn name_or_null(&mut self, member: &'static str, text: Option<&str>) -> Result<(), LeafError> {
        if let Some(text) = text {
            return self.name(member, text);
        }
        self.null(member);
        Ok(())
    }

    fn hash_or_null(&mut self, key: &str, hash: Option<&Hash>) {
        let Some(hash) = hash else {
            return self.null(key);
        };
        self.key(key);
        self.0.push('"');
        hash.push_base64url(&mut self.0);
        self.0.push_str("\",");
    }

    fn null(&mut self, key: &str) {
        self.key(key);
        self.0.push_str("null,");
    }

    fn integer(&mut self, member: &'static str, value: u64) -> Result<(), LeafError> {
        if value > MAX_INTEGER {
            return Err(LeafError::Integer { member, value });
        }
        self.key(member);
        self.0.push_str(&value.to_string());
        self.0.push(',');
        Ok(())
    }

    fn close(&mut self, bracket: char) {
        if self.0.ends_with(',') {
            self.0.pop();
        }
        self.0.push(bracket);
    }
}

fn check_name(member: &'static str, text: &str) -> Result<(), LeafError> {
    let allowed = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
    if (1..=MAX_NAME_LEN).contains(&text.len()) && text.bytes().all(allowed) {
        Ok(())
    } else {
        Err(LeafError::Name { member, text: text.chars().take(80).collect() })
    }
}

/// A leaf's members as they stand in the JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    action: String,
    actor: String,
    approval: Option<String>,
    at: u64,
    blobs: Vec<Blob>,
    fields: BTreeMap<String, Hash>,
    kind: String,
    organisation: String,
    prev: Option<Hash>,
    reason: Option<Hash>,
    record: String,
    request: Option<String>,
    seq: u64,
    v: u64,
    version: u64,
    via: Via,
}

impl From<Members> for Leaf {
    fn from(members: Members) -> Self {
        let Members {
            action,
            actor,
            approval,
            at,
            blobs,
            fields,
            kind,
            organisation,
            prev,
            reason,
            record,
            request,
            seq,
            v: _,
            version,
            via,
        } = members;
        Self {
            organisation,
            seq,
            at,
            actor,
            via,
            action,
            kind,
            record,
            version,
            prev,
            fields,
            blobs,
            reason,
            approval,
            request,
        }
    }
}
