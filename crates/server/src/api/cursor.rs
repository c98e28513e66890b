//! Cursors in addresses: a place in a list (see [`attestry_model::query::Cursor`]) and what the list was asked for, because a
//! cursor belongs to one list.

use attestry_model::query::Cursor;
use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest as _, Sha256};

use crate::fault::Fault;

/// Longest cursor that is read.
const LONGEST: usize = 1_000;

/// What a list was asked for.
pub fn fingerprint(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    BASE64URL_NOPAD.encode(&hash.finalize()[..9])
}

/// A cursor of the list with this fingerprint, for an address.
pub fn write(cursor: &Cursor, fingerprint: &str) -> String {
    BASE64URL_NOPAD.encode(format!("{fingerprint}.{cursor}").as_bytes())
}

/// Reads a cursor of the list with this fingerprint.
pub fn read(text: &str, fingerprint: &str) -> Result<Cursor, Fault> {
    let wrong = || Fault::field("cursor", "is not a cursor that this list gave out");
    if text.len() > LONGEST {
        return Err(wrong());
    }
    let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| wrong())?;
    let text = String::from_utf8(bytes).map_err(|_| wrong())?;
    let (of, place) = text.split_once('.').ok_or_else(wrong)?;
    let cursor = Cursor::parse(place).ok_or_else(wrong)?;
    if of != fingerprint {
        return Err(Fault::field("cursor", "belongs to a list with other conditions or another order"));
    }
    Ok(cursor)
}
