//! A leaf looked at without copying: the same bytes are accepted as by [`Leaf::decode`], in a fraction of its time.
//!
//! Canonical bytes leave no choice: each member has one place and each value one spelling. So they are walked once from
//! the first byte to the last, and nothing has to be written again to compare.

use crate::canonical::MAX_INTEGER;
use crate::hash::Hash;
use crate::leaf::{Leaf, LeafError, MAX_LEN, MAX_NAME_LEN, Via};

/// What stands in a leaf besides its commitments, borrowed from the leaf's bytes. The members are those of [`Leaf`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each member is that of `Leaf`, where it is described")]
pub struct LeafView<'a> {
    pub organisation: &'a str,
    pub seq: u64,
    pub at: u64,
    pub actor: &'a str,
    pub via: Via,
    pub action: &'a str,
    pub kind: &'a str,
    pub record: &'a str,
    pub version: u64,
    pub prev: Option<Hash>,
    pub approval: Option<&'a str>,
    pub request: Option<&'a str>,
}

impl<'a> LeafView<'a> {
    /// Looks at a leaf's exact bytes. Every byte is checked, those of the commitments as well.
    ///
    /// # Errors
    /// On bytes that [`Leaf::decode`] refuses, with the same word.
    pub fn read(bytes: &'a [u8]) -> Result<Self, LeafError> {
        let mut scan = Scan { bytes, at: 0 };
        if let Some(view) = scan.leaf().filter(|_| scan.at == bytes.len() && bytes.len() <= MAX_LEN) {
            return Ok(view);
        }
        let at = scan.at;
        Err(Leaf::decode(bytes).err().unwrap_or(LeafError::NotCanonical(at)))
    }
}

/// A place in the bytes; each method moves on over what it names, or says that it does not stand there.
struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scan<'a> {
    fn leaf(&mut self) -> Option<LeafView<'a>> {
        self.literal(b"{\"action\":")?;
        let action = self.name()?;
        self.literal(b",\"actor\":")?;
        let actor = self.name()?;
        self.literal(b",\"approval\":")?;
        let approval = self.or_null(Self::name)?;
        self.literal(b",\"at\":")?;
        let at = self.integer()?;
        self.literal(b",\"blobs\":[")?;
        self.blobs()?;
        self.literal(b",\"fields\":{")?;
        self.fields()?;
        self.literal(b",\"kind\":")?;
        let kind = self.name()?;
        self.literal(b",\"organisation\":")?;
        let organisation = self.name()?;
        self.literal(b",\"prev\":")?;
        let prev = self.or_null(Self::hash)?.map(str::parse).transpose().ok()?;
        self.literal(b",\"reason\":")?;
        self.or_null(Self::hash)?;
        self.literal(b",\"record\":")?;
        let record = self.name()?;
        self.literal(b",\"request\":")?;
        let request = self.or_null(Self::name)?;
        self.literal(b",\"seq\":")?;
        let seq = self.integer()?;
        self.literal(b",\"v\":1,\"version\":")?;
        let version = self.integer().filter(|version| *version > 0)?;
        self.literal(b",\"via\":")?;
        let via = Via::named(self.name()?)?;
        self.literal(b"}")?;
        Some(LeafView { organisation, seq, at, actor, via, action, kind, record, version, prev, approval, request })
    }

    fn blobs(&mut self) -> Option<()> {
        if self.literal(b"]").is_some() {
            return Some(());
        }
        loop {
            self.literal(b"{\"commitment\":")?;
            self.hash()?;
            self.literal(b",\"size\":")?;
            self.integer()?;
            self.literal(b"}")?;
            if self.literal(b",").is_none() {
                return self.literal(b"]");
            }
        }
    }

    fn fields(&mut self) -> Option<()> {
        if self.literal(b"}").is_some() {
            return Some(());
        }
        let mut last = "";
        loop {
            // No name is empty, so the first one lies after it.
            let name = self.name().filter(|name| *name > last)?;
            self.literal(b":")?;
            self.hash()?;
            if self.literal(b",").is_none() {
                return self.literal(b"}");
            }
            last = name;
        }
    }

    fn literal(&mut self, literal: &[u8]) -> Option<()> {
        self.bytes.get(self.at..)?.starts_with(literal).then(|| self.at += literal.len())
    }

    #[expect(clippy::option_option, reason = "a member that is null has been read; one that is neither has not")]
    fn or_null<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        if self.literal(b"null").is_some() { Some(None) } else { read(self).map(Some) }
    }

    fn name(&mut self) -> Option<&'a str> {
        self.literal(b"\"")?;
        let rest = self.bytes.get(self.at..)?;
        let len = rest.iter().position(|byte| !byte.is_ascii_graphic() || matches!(byte, b'"' | b'\\'))?;
        let name = std::str::from_utf8(rest.get(..len)?).ok()?;
        self.at += len;
        self.literal(b"\"")?;
        (1..=MAX_NAME_LEN).contains(&len).then_some(name)
    }

    fn integer(&mut self) -> Option<u64> {
        let rest = self.bytes.get(self.at..)?;
        let len = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let digits = rest.get(..len)?;
        // At most 2^53 - 1: no more than 16 digits, which no 64 bits overflow.
        if len == 0 || len > 16 || (len > 1 && digits.first() == Some(&b'0')) {
            return None;
        }
        self.at += len;
        let value = digits.iter().fold(0, |value, digit| value * 10 + u64::from(digit - b'0'));
        (value <= MAX_INTEGER).then_some(value)
    }

    /// The base64url text of a hash: 43 characters, of which the last one carries four bits and two zeros.
    fn hash(&mut self) -> Option<&'a str> {
        self.literal(b"\"")?;
        let text = self.bytes.get(self.at..self.at + Hash::TEXT_LEN)?;
        let fits = text.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if !fits || !text.last().is_some_and(|last| b"AEIMQUYcgkosw048".contains(last)) {
            return None;
        }
        self.at += text.len();
        self.literal(b"\"")?;
        std::str::from_utf8(text).ok()
    }
}
