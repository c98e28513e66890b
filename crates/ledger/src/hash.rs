//! SHA-256 values and their text forms.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

/// A SHA-256 value (FIPS 180-4), 32 bytes.
///
/// Its text form, in `Display`, `FromStr` and serde, is base64url without padding (RFC 4648, section 5): 43 characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; 32]);

/// A text that is no hash.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a {form} SHA-256 value: {text:?}")]
pub struct HashError {
    /// The form expected: `base64url`, `base64` or `hexadecimal`.
    pub form: &'static str,
    /// The text, cut after 80 characters.
    pub text: String,
}

impl HashError {
    fn new(form: &'static str, text: &str) -> Self {
        Self { form, text: text.chars().take(80).collect() }
    }
}

impl Hash {
    /// The length of its text, in characters.
    pub const TEXT_LEN: usize = 43;

    /// Takes 32 bytes that are already a SHA-256 value.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// SHA-256 of the bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// SHA-256 of the parts, one after the other.
    pub(crate) fn of_parts(parts: &[&[u8]]) -> Self {
        let mut sha = Sha256::new();
        for part in parts {
            sha.update(part);
        }
        Self(sha.finalize().into())
    }

    /// 64 lower-case hexadecimal digits.
    pub fn to_hex(&self) -> String {
        to_hex(&self.0)
    }

    /// Reads 64 hexadecimal digits of either case.
    pub fn from_hex(text: &str) -> Result<Self, HashError> {
        let wrong = || HashError::new("hexadecimal", text);
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| wrong())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
        }
        Ok(Self(bytes))
    }

    /// Standard base64 with padding (RFC 4648, section 4), as the C2SP formats write it: 44 characters.
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.0)
    }

    /// Reads standard base64 with padding; the unused bits must be zero, so that each hash has one text only.
    pub fn from_base64(text: &str) -> Result<Self, HashError> {
        Self::decode(&STANDARD, "base64", text)
    }

    /// Appends the base64url text, which is quicker than formatting.
    pub(crate) fn push_base64url(&self, out: &mut String) {
        URL_SAFE_NO_PAD.encode_string(self.0, out);
    }

    fn decode(engine: &impl base64::Engine, form: &'static str, text: &str) -> Result<Self, HashError> {
        // Room for what 44 characters may hold at most; a longer text has no place in it.
        let mut bytes = [0; 36];
        match (engine.decode_slice(text, &mut bytes), bytes.first_chunk()) {
            (Ok(32), Some(hash)) => Ok(Self(*hash)),
            _ => Err(HashError::new(form, text)),
        }
    }
}

/// Lower-case hexadecimal digits, two for each byte.
pub fn to_hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

impl fmt::Display for Hash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Hash({self})")
    }
}

impl FromStr for Hash {
    type Err = HashError;

    fn from_str(text: &str) -> Result<Self, HashError> {
        Self::decode(&URL_SAFE_NO_PAD, "base64url", text)
    }
}

impl From<[u8; 32]> for Hash {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl AsRef<[u8]> for Hash {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SHA-256("abc"), FIPS 180-4 example.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn hashes_the_standard_example() {
        assert_eq!(Hash::of(b"abc").to_hex(), ABC);
        assert_eq!(Hash::of_parts(&[b"a", b"", b"bc"]).to_hex(), ABC);
    }

    #[test]
    fn each_text_form_reads_back() {
        let hash = Hash::of(b"abc");
        assert_eq!(hash.to_string(), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert_eq!(hash.to_base64(), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
        assert_eq!(Hash::from_base64(&hash.to_base64()), Ok(hash));
        assert_eq!(Hash::from_hex(ABC), Ok(hash));
        assert_eq!(Hash::from_hex(&ABC.to_uppercase()), Ok(hash));
        let json = serde_json::to_string(&hash).unwrap();
        assert_eq!(json, "\"ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0\"");
        assert_eq!(serde_json::from_str::<Hash>(&json).unwrap(), hash);
    }

    #[test]
    fn a_second_text_of_the_same_hash_is_refused() {
        for wrong in [
            "",
            "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa1", // an unused bit set
            "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0=", // padding
            "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0", // the other alphabet
            "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa",
        ] {
            assert!(wrong.parse::<Hash>().is_err(), "{wrong}");
        }
        assert!(Hash::from_base64("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0").is_err());
        assert!(Hash::from_base64("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa1=").is_err());
        assert!(Hash::from_hex(&ABC[1..]).is_err());
        assert!(Hash::from_hex(&format!("+{}", &ABC[1..])).is_err());
        assert!(Hash::from_hex("é78166bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a").is_err());
    }
}
