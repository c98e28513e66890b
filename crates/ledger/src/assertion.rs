//! Signatures that a person gives with a passkey: a `WebAuthn` assertion (Web Authentication Level 2, section 7.2) whose
//! challenge is the SHA-256 of a statement. Whoever has statement and assertion can check, without the program and without
//! the authenticator, that the holder of the key agreed to exactly that statement on pages of one origin.
//!
//! Texts are base64url without padding (RFC 4648, section 5), with their unused bits zero: one spelling for each value.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use serde_json::Value;

use crate::hash::Hash;

/// The longest part of an assertion that is read, in characters.
pub const MAX_LEN: usize = 16_384;

/// Somebody was there when it was signed: bit 0 of the authenticator's flags (section 6.1).
const USER_PRESENT: u8 = 1;
/// The authenticator made sure who it was: bit 2.
const USER_VERIFIED: u8 = 4;

/// `SubjectPublicKeyInfo` (RFC 5480, RFC 8410) of a key on P-256 up to the uncompressed point, which is 65 bytes.
const P256: &[u8] =
    b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00";
/// The same on P-384; the point is 97 bytes.
const P384: &[u8] = b"\x30\x76\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22\x03\x62\x00";
/// The same of Ed25519; the key is 32 bytes.
const ED25519: &[u8] = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";
/// The identifier of RSA with its empty parameters, within `SubjectPublicKeyInfo` (RFC 3279).
const RSA: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";

/// Why an assertion is not a signature of a statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AssertionError {
    /// A part is no base64url, or too long.
    #[error("the {0} is not base64url")]
    Encoding(&'static str),
    /// What the browser signed is not its JSON object.
    #[error("what the browser signed cannot be read")]
    ClientData,
    /// It was made for something else than a proof, such as the registration of a key.
    #[error("it was made for another purpose: {0}")]
    Purpose(String),
    /// The challenge is not the hash of the statement.
    #[error("another statement was signed")]
    Statement,
    /// It was given on pages of another origin.
    #[error("it was given at {0}, not where the statement says")]
    Origin(String),
    /// The authenticator's data is too short.
    #[error("the authenticator's data cannot be read")]
    AuthenticatorData,
    /// The authenticator made it for another site.
    #[error("the authenticator made it for another site")]
    Site,
    /// The authenticator did not make sure that somebody was there and who.
    #[error("the authenticator did not make sure who was there")]
    Unverified,
    /// The key is of a sort that is not supported.
    #[error("the public key is of no sort that can be checked")]
    Key,
    /// The signature does not fit.
    #[error("the signature is false")]
    False,
}

/// The challenge under which a statement is signed: its SHA-256.
pub fn challenge(statement: &str) -> Hash {
    Hash::of(statement.as_bytes())
}

/// A statement with the assertion of a passkey over it; all parts but the statement and the origin in base64url.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assertion<'a> {
    /// What was agreed to, byte for byte.
    pub statement: &'a str,
    /// The origin at which the statement was put to the person, such as `https://isms.example`.
    pub origin: &'a str,
    /// The public key as DER `SubjectPublicKeyInfo`: P-256, P-384, Ed25519 or RSA.
    pub public_key: &'a str,
    /// The authenticator's data.
    pub authenticator_data: &'a str,
    /// The JSON that the browser signed.
    pub client_data: &'a str,
    /// The signature over the authenticator's data and the SHA-256 of the browser's JSON.
    pub signature: &'a str,
}

impl Assertion<'_> {
    /// Checks that the holder of the key signed this statement at this origin.
    ///
    /// # Errors
    /// The first thing that does not fit.
    pub fn verify(&self) -> Result<(), AssertionError> {
        let client = decode(self.client_data, "browser's data")?;
        let said: Value = serde_json::from_slice(&client).map_err(|_| AssertionError::ClientData)?;
        let text = |name: &str| said[name].as_str().unwrap_or_default();
        if text("type") != "webauthn.get" {
            return Err(AssertionError::Purpose(text("type").to_owned()));
        }
        if text("challenge") != URL_SAFE_NO_PAD.encode(challenge(self.statement).as_bytes()) {
            return Err(AssertionError::Statement);
        }
        if text("origin") != self.origin || said["crossOrigin"].as_bool() == Some(true) {
            return Err(AssertionError::Origin(text("origin").to_owned()));
        }
        let mut signed = decode(self.authenticator_data, "authenticator's data")?;
        let (Some(site), Some(flags)) = (signed.get(..32), signed.get(32).copied()) else {
            return Err(AssertionError::AuthenticatorData);
        };
        // 37 bytes: the hash of the site, the flags and the counter.
        if signed.len() < 37 {
            return Err(AssertionError::AuthenticatorData);
        }
        if site != Hash::of(site_of(self.origin).as_bytes()).as_bytes() {
            return Err(AssertionError::Site);
        }
        if flags & USER_PRESENT == 0 || flags & USER_VERIFIED == 0 {
            return Err(AssertionError::Unverified);
        }
        signed.extend_from_slice(Hash::of(&client).as_bytes());
        let key = decode(self.public_key, "public key")?;
        let (algorithm, key) = key_of(&key).ok_or(AssertionError::Key)?;
        let signature = decode(self.signature, "signature")?;
        UnparsedPublicKey::new(algorithm, key).verify(&signed, &signature).map_err(|_| AssertionError::False)
    }
}

/// The site of an origin: its host without scheme and port.
pub fn site_of(origin: &str) -> &str {
    let authority = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    authority.split_once(':').map_or(authority, |(host, _)| host)
}

/// Bytes in the spelling of this module.
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(text: &str, what: &'static str) -> Result<Vec<u8>, AssertionError> {
    if text.len() > MAX_LEN {
        return Err(AssertionError::Encoding(what));
    }
    URL_SAFE_NO_PAD.decode(text).map_err(|_| AssertionError::Encoding(what))
}

/// The bytes of a key by which people compare it: the first 8 of its SHA-256, in hexadecimal with blanks between pairs.
pub fn fingerprint(public_key: &str) -> Option<String> {
    let hash = Hash::of(&decode(public_key, "public key").ok()?).to_hex();
    let pairs: Vec<&str> = hash.as_bytes()[..16].chunks(4).filter_map(|pair| std::str::from_utf8(pair).ok()).collect();
    Some(pairs.join(" "))
}

/// The way to check a `SubjectPublicKeyInfo`, and the key in the form that it takes.
fn key_of(info: &[u8]) -> Option<(&'static dyn VerificationAlgorithm, &[u8])> {
    let fixed: [(&[u8], usize, &'static dyn VerificationAlgorithm); 3] = [
        (P256, 65, &signature::ECDSA_P256_SHA256_ASN1),
        (P384, 97, &signature::ECDSA_P384_SHA384_ASN1),
        (ED25519, 32, &signature::ED25519),
    ];
    for (prefix, length, algorithm) in fixed {
        if let Some(key) = info.strip_prefix(prefix).filter(|key| key.len() == length) {
            return Some((algorithm, key));
        }
    }
    let (body, []) = element(info, 0x30)? else { return None };
    let (bits, []) = element(body.strip_prefix(RSA)?, 0x03)? else { return None };
    Some((&signature::RSA_PKCS1_2048_8192_SHA256, bits.strip_prefix(&[0])?))
}

/// The content of a DER element and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let rest = der.strip_prefix(&[tag])?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81 | 0x82 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(first & 3))?;
            (bytes.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    rest.split_at_checked(length)
}

/// A key on an elliptic curve as `SubjectPublicKeyInfo`, from its coordinates; none when they are of no supported curve.
pub fn elliptic_key(x: &[u8], y: &[u8]) -> Option<Vec<u8>> {
    let prefix = match (x.len(), y.len()) {
        (32, 32) => P256,
        (48, 48) => P384,
        _ => return None,
    };
    Some([prefix, &[4], x, y].concat())
}

/// A key of Ed25519 as `SubjectPublicKeyInfo`.
pub fn edwards_key(key: &[u8]) -> Option<Vec<u8>> {
    (key.len() == 32).then(|| [ED25519, key].concat())
}

/// A key of RSA as `SubjectPublicKeyInfo`, from modulus and exponent, big-endian.
pub fn rsa_key(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let numbers = [wrapped(2, &number(modulus)), wrapped(2, &number(exponent))].concat();
    let bits = [&[0], wrapped(0x30, &numbers).as_slice()].concat();
    wrapped(0x30, &[RSA, &wrapped(3, &bits)].concat())
}

/// A number that is not negative, as DER writes it.
fn number(bytes: &[u8]) -> Vec<u8> {
    let from = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len().saturating_sub(1));
    let bytes = &bytes[from..];
    let sign: &[u8] = if bytes.first().is_none_or(|byte| *byte > 0x7f) { &[0] } else { &[] };
    [sign, bytes].concat()
}

fn wrapped(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let from = length.iter().position(|byte| *byte != 0).unwrap_or(length.len() - 1);
    let length = &length[from..];
    let mut out = vec![tag];
    if content.len() > 0x7f {
        // A length of so many bytes; no content here has one of more than eight.
        out.push(0x80 | u8::try_from(length.len()).unwrap_or(8));
    }
    out.extend_from_slice(length);
    out.extend_from_slice(content);
    out
}

#[cfg(test)]
mod tests {
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};

    use super::*;

    const ORIGIN: &str = "https://isms.example";
    const STATEMENT: &str = r#"{"hash":"aa","subject":"TRT-0001"}"#;

    const CLIENT: &str = r#"{"type":"webauthn.get","challenge":"zXsrwbaY-T60LsZfVflpKI1W9b7P9IVynQRuNlUuGuc","origin":"https://isms.example","crossOrigin":false}"#;

    struct Signed {
        key: String,
        data: String,
        client: String,
        signature: String,
    }

    impl Signed {
        fn of(&self) -> Assertion<'_> {
            Assertion {
                statement: STATEMENT,
                origin: ORIGIN,
                public_key: &self.key,
                authenticator_data: &self.data,
                client_data: &self.client,
                signature: &self.signature,
            }
        }
    }

    fn data(site: &str, flags: u8) -> Vec<u8> {
        [Hash::of(site.as_bytes()).as_bytes().as_slice(), &[flags], &[0, 0, 0, 7]].concat()
    }

    fn client(kind: &str, statement: &str, origin: &str) -> Vec<u8> {
        let challenge = encode(challenge(statement).as_bytes());
        serde_json::json!({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false})
            .to_string()
            .into_bytes()
    }

    /// What a passkey on P-256 makes of data and client data.
    fn signed(data: &[u8], client: &[u8]) -> Signed {
        let random = SystemRandom::new();
        let pair = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pair.as_ref(), &random).unwrap();
        let point = &pair.public_key().as_ref()[1..];
        let bytes = [data, Hash::of(client).as_bytes()].concat();
        Signed {
            key: encode(&elliptic_key(&point[..32], &point[32..]).unwrap()),
            data: encode(data),
            client: encode(client),
            signature: encode(pair.sign(&random, &bytes).unwrap().as_ref()),
        }
    }

    fn good() -> Signed {
        signed(&data("isms.example", 5), &client("webauthn.get", STATEMENT, ORIGIN))
    }

    #[test]
    fn the_holder_of_the_key_signed_this_statement_here() {
        assert_eq!(good().of().verify(), Ok(()));
    }

    #[test]
    fn a_key_of_ed25519_signs_too() {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let (data, client) = (data("isms.example", 0x1d), client("webauthn.get", STATEMENT, ORIGIN));
        let bytes = [data.as_slice(), Hash::of(&client).as_bytes()].concat();
        let signed = Signed {
            key: encode(&edwards_key(pair.public_key().as_ref()).unwrap()),
            data: encode(&data),
            client: encode(&client),
            signature: encode(pair.sign(&bytes).as_ref()),
        };
        assert_eq!(signed.of().verify(), Ok(()));
    }

    #[test]
    fn a_key_of_rsa_is_written_and_read_alike() {
        let modulus: Vec<u8> = (0..=255).rev().collect();
        let info = rsa_key(&modulus, &[1, 0, 1]);
        let (_, key) = key_of(&info).unwrap();
        let (numbers, []) = element(key, 0x30).unwrap() else { panic!("something follows") };
        let (first, rest) = element(numbers, 2).unwrap();
        assert_eq!(first, [&[0], modulus.as_slice()].concat());
        assert_eq!(element(rest, 2).unwrap(), ([1, 0, 1].as_slice(), [].as_slice()));
        assert!(key_of(&info[..info.len() - 1]).is_none());
    }

    #[test]
    fn what_was_signed_elsewhere_otherwise_or_for_something_else_is_refused() {
        let case = |data: &[u8], client: &[u8]| signed(data, client).of().verify().unwrap_err();
        let (own, get) = (data("isms.example", 5), client("webauthn.get", STATEMENT, ORIGIN));
        let evil = "https://isms.example.evil.example";
        assert_eq!(case(&own, &client("webauthn.get", "{}", ORIGIN)), AssertionError::Statement);
        assert_eq!(
            case(&own, &client("webauthn.create", STATEMENT, ORIGIN)),
            AssertionError::Purpose("webauthn.create".into())
        );
        assert_eq!(case(&own, &client("webauthn.get", STATEMENT, evil)), AssertionError::Origin(evil.into()));
        assert_eq!(case(&data("evil.example", 5), &get), AssertionError::Site);
        for flags in [0, 1, 4] {
            assert_eq!(case(&data("isms.example", flags), &get), AssertionError::Unverified);
        }
        assert_eq!(case(&own[..36], &get), AssertionError::AuthenticatorData);
        assert_eq!(case(&own, b"{"), AssertionError::ClientData);
        let framed = serde_json::json!({"type": "webauthn.get", "origin": ORIGIN, "crossOrigin": true,
            "challenge": encode(challenge(STATEMENT).as_bytes())});
        assert_eq!(case(&own, framed.to_string().as_bytes()), AssertionError::Origin(ORIGIN.into()));
    }

    /// Keys and signatures over the same bytes, made with the Python package cryptography: RSA of 2048 bits, and P-384.
    const BY_OTHERS: [[&str; 2]; 2] = [
        [
            "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEArC2mny7AL6jUJC7f2OPucgj0du4U8757DXbRV6iz95y3YnY0ZTi62DDH\
             TVXj5P9P54Yo7O5J7Tw26IyCtp7Cw1cj36hoKkihnrntboxY4zv7JTeiwg49V3LZ3jXQjCYo2g8dZk2JkFfcwJCJ4K8hzcvpNHmA\
             P7tj-nr5cPKXwoSC_Wt-qb5WHZdIMMpVqd-F4iUj1fctC6fforhCJl65lD6TeYvDY2MaUz_FeiZnbqgDhINypyFzO9ZB8aqwrn27\
             ZHkTotbiOYuNjdFI9_dvu_1sGYuAO6_bdUwlb9LC7lklWAxghoFmqVNtcMQI6AiiouUrYKzVI_fBNvr8GF48AwIDAQAB",
            "Zv1pNE9UzVlL2xAeil0jiSYB7fUsINKdQ-pctC_G7NfTflVjzV9dRHszOySjTAk_QgupoxrqK6x6Y_03QSO67L1IAtOpaq0zwEoi\
             _Onn_muJ_aAfT5PvzMEumdD-k0z8K07wz6xOvy47732EPERu-JIF3r7KKExb3JWv54KD8N1No68MGWL158EBEZVyyhr3aqlzDbGt\
             ObyRX5SG8e4Q1MsD2oe1BPJIiY1Vmct-M-dNa_PIDsUYHE7BKf0Fdv9TvNHQhBCmHdJ7zzSCJHQOTqFRfNSzAq87R6_lcMtB_f2L\
             sxZd3aPUJ3HV0EtpMWEekx5UutiapD1hG_ftSAdirA",
        ],
        [
            "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEJDfewLQfFMqKyMvMCkC1CPDkjekAyCev-vdLsLv-Ro9BCevIt1JFjg5zijs9BMenmJNA\
             F40N8KMwSYl5F1zedT7-diEahUJrM-tZgjoBdygKGHO9kJ6_C2O65mD-t0pA",
            "MGUCMEZjxDRw_0LH0OTmh8AT7gdOXZlEp-S5MbHdVEuWFIVNNjdM-tz6wHwpnatdNTiIUgIxAOqaajflGLIvvbFGRns5Voh0NjJy\
             LCOTahbyCPyd0Rxxs5gkZsbQXzyazWx0u7NYng",
        ],
    ];

    #[test]
    fn what_other_programs_sign_with_other_sorts_of_keys_is_verified() {
        let (data, client) = (encode(&data("isms.example", 5)), encode(CLIENT.as_bytes()));
        for [key, signature] in BY_OTHERS {
            let one = Assertion {
                statement: STATEMENT,
                origin: ORIGIN,
                public_key: key,
                authenticator_data: &data,
                client_data: &client,
                signature,
            };
            assert_eq!(one.verify(), Ok(()));
            let mut changed = URL_SAFE_NO_PAD.decode(signature).unwrap();
            *changed.last_mut().unwrap() ^= 1;
            assert_eq!(Assertion { signature: &encode(&changed), ..one }.verify(), Err(AssertionError::False));
        }
    }

    #[test]
    fn no_other_key_and_no_bit_of_it_passes() {
        let (one, other) = (good(), good());
        assert_eq!(Assertion { public_key: &other.key, ..one.of() }.verify(), Err(AssertionError::False));
        #[expect(clippy::type_complexity, reason = "a table of cases")]
        let parts: [(&str, &dyn Fn(&mut Signed, String)); 4] = [
            (&one.key, &|it, text| it.key = text),
            (&one.data, &|it, text| it.data = text),
            (&one.client, &|it, text| it.client = text),
            (&one.signature, &|it, text| it.signature = text),
        ];
        for (text, put) in parts {
            let bytes = URL_SAFE_NO_PAD.decode(text).unwrap();
            for bit in 0..bytes.len() * 8 {
                let mut changed = bytes.clone();
                changed[bit / 8] ^= 1 << (bit % 8);
                let mut mutant = Signed {
                    key: one.key.clone(),
                    data: one.data.clone(),
                    client: one.client.clone(),
                    signature: one.signature.clone(),
                };
                put(&mut mutant, encode(&changed));
                assert!(mutant.of().verify().is_err(), "bit {bit} of {text}");
            }
        }
    }

    #[test]
    fn the_site_of_an_origin_is_its_host() {
        assert_eq!(["http://localhost:8080", "https://isms.example"].map(site_of), ["localhost", "isms.example"]);
    }
}
