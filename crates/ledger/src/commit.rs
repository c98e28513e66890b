//! Salted commitments: a leaf holds them in place of values, so that a value can be shown, withheld or erased alone.

use serde_json::Value;

use crate::canonical::{CanonicalError, canonical};
use crate::hash::Hash;

/// 32 random bytes, new for each value and kept beside it.
///
/// Whoever has the value but not the salt can't tell whether a commitment is to it.
pub type Salt = [u8; 32];

const FIELD: &[u8] = b"attestry/field/v1";
const BLOB: &[u8] = b"attestry/blob/v1";

/// Commits to a value: SHA-256(`attestry/field/v1` ‖ salt ‖ canonical value).
///
/// # Errors
/// When the value has no canonical form; see [`canonical`].
pub fn commitment(salt: &Salt, value: &Value) -> Result<Hash, CanonicalError> {
    Ok(commitment_to_canonical(salt, &canonical(value)?))
}

/// Commits to a value whose canonical bytes are at hand, as [`canonical`] made them.
pub fn commitment_to_canonical(salt: &Salt, canonical: &[u8]) -> Hash {
    Hash::of_parts(&[FIELD, salt, canonical])
}

/// Commits to a file: SHA-256(`attestry/blob/v1` ‖ salt ‖ the file's SHA-256 ‖ its length in bytes, 8 bytes big-endian).
pub fn blob_commitment(salt: &Salt, sha256: &Hash, length: u64) -> Hash {
    Hash::of_parts(&[BLOB, salt, sha256.as_bytes(), &length.to_be_bytes()])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SALT: Salt = [7; 32];

    #[test]
    fn a_commitment_is_the_hash_of_label_salt_and_canonical_value() {
        let mut bytes = b"attestry/field/v1".to_vec();
        bytes.extend([7; 32]);
        bytes.extend(br#"{"a":1,"b":"x"}"#);
        assert_eq!(commitment(&SALT, &json!({"b": "x", "a": 1})).unwrap(), Hash::of(&bytes));
    }

    #[test]
    fn a_blob_commitment_is_the_hash_of_label_salt_hash_and_length() {
        let file = Hash::of(b"evidence");
        let mut bytes = b"attestry/blob/v1".to_vec();
        bytes.extend([7; 32]);
        bytes.extend(file.as_bytes());
        bytes.extend([0, 0, 0, 0, 0, 0, 1, 2]);
        assert_eq!(blob_commitment(&SALT, &file, 258), Hash::of(&bytes));
    }

    #[test]
    fn another_salt_or_value_gives_another_commitment() {
        let first = commitment(&SALT, &json!("yes")).unwrap();
        assert_ne!(first, commitment(&[8; 32], &json!("yes")).unwrap());
        assert_ne!(first, commitment(&SALT, &json!("no")).unwrap());
        assert_ne!(first, commitment(&SALT, &json!(["yes"])).unwrap());
    }

    #[test]
    fn a_value_without_canonical_form_is_refused() {
        assert!(commitment(&SALT, &json!(0.1)).is_err());
    }
}
