//! Secrets that the program makes: for cookies, links, tokens and recovery codes. The store knows only their hashes.

use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};

use crate::fault::Fault;

/// Random bytes.
pub fn bytes<const N: usize>() -> Result<[u8; N], Fault> {
    let mut bytes = [0_u8; N];
    getrandom::fill(&mut bytes).map_err(|error| Fault::Broken(format!("no randomness: {error}")))?;
    Ok(bytes)
}

/// A secret of 256 random bits, as it stands in cookies and links.
pub fn link() -> Result<String, Fault> {
    Ok(BASE64URL_NOPAD.encode(&bytes::<32>()?))
}

/// The secret of time-based codes: 160 random bits.
pub fn totp() -> Result<String, Fault> {
    Ok(BASE32_NOPAD.encode(&bytes::<20>()?))
}

/// How many recovery codes there are.
pub const RECOVERY_CODES: usize = 10;

/// Recovery codes of 80 random bits each, in groups that are easy to read out.
pub fn recovery_codes() -> Result<Vec<String>, Fault> {
    (0..RECOVERY_CODES)
        .map(|_| {
            let plain = BASE32_NOPAD.encode(&bytes::<10>()?).to_lowercase();
            Ok([&plain[..4], &plain[4..8], &plain[8..12], &plain[12..]].join("-"))
        })
        .collect()
}

/// The hash of a recovery code, however it was typed.
pub fn recovery_hash(typed: &str) -> [u8; 32] {
    let plain: String = typed.chars().filter(char::is_ascii_alphanumeric).collect();
    crate::gate::hash_of(&plain.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recovery_code_is_the_same_however_it_is_typed() {
        let codes = recovery_codes().unwrap();
        assert_eq!(codes.len(), RECOVERY_CODES);
        let code = &codes[0];
        assert_eq!(code.len(), 19);
        for typed in [code.to_uppercase(), code.replace('-', ""), format!(" {} ", code.replace('-', " "))] {
            assert_eq!(recovery_hash(&typed), recovery_hash(code));
        }
        assert_ne!(recovery_hash(code), recovery_hash(&codes[1]));
    }
}
