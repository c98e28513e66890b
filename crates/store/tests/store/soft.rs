//! An authenticator in software: what a passkey on P-256 answers. Shared by tests of several crates and an example.
#![allow(dead_code, reason = "each of them uses its own part of this")]

use attestry_ledger::{Hash, assertion};
use attestry_model::records::approval::ApprovalAssertion;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

/// Flags of the authenticator's data: user present and verified, and that a new key follows.
const SOMEBODY: u8 = 5;
const NEW_KEY: u8 = 0x40;

/// A passkey.
pub struct Soft {
    pair: EcdsaKeyPair,
    random: SystemRandom,
    id: Vec<u8>,
    /// Its identifier.
    pub credential: String,
}

impl Soft {
    /// A new one.
    pub fn new(credential: &str) -> Self {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &random).unwrap();
        // Identifiers of passkeys have 16 bytes at least.
        let id = Hash::of(credential.as_bytes()).as_bytes()[..16].to_vec();
        Self { pair, random, credential: assertion::encode(&id), id }
    }

    fn point(&self) -> &[u8] {
        &self.pair.public_key().as_ref()[1..]
    }

    fn answer(&self, challenge: &str, origin: &str, count: u8) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
        let client = json!({"type": "webauthn.get", "challenge": challenge, "origin": origin, "crossOrigin": false});
        let client = client.to_string().into_bytes();
        let data = [site(origin).as_slice(), &[SOMEBODY, 0, 0, 0, count]].concat();
        let signed = [data.as_slice(), Hash::of(&client).as_bytes()].concat();
        let signature = self.pair.sign(&self.random, &signed).unwrap().as_ref().to_vec();
        (data, client, signature)
    }

    /// Signs a statement on a page of this origin.
    pub fn sign(&self, statement: &str, origin: &str) -> ApprovalAssertion {
        let challenge = assertion::encode(assertion::challenge(statement).as_bytes());
        let (data, client, signature) = self.answer(&challenge, origin, 1);
        let point = self.point();
        ApprovalAssertion {
            statement: Some(statement.into()),
            credential: Some(self.credential.clone()),
            public_key: Some(assertion::encode(&assertion::elliptic_key(&point[..32], &point[32..]).unwrap())),
            authenticator_data: Some(assertion::encode(&data)),
            client_data: Some(assertion::encode(&client)),
            signature: Some(assertion::encode(&signature)),
        }
    }

    /// What a browser sends back when it was asked for a proof.
    pub fn prove(&self, challenge: &str, origin: &str, handle: Option<&str>, count: u8) -> Value {
        let (data, client, signature) = self.answer(challenge, origin, count);
        json!({"id": self.credential, "rawId": self.credential, "type": "public-key", "extensions": {}, "response": {
            "authenticatorData": assertion::encode(&data), "clientDataJSON": assertion::encode(&client),
            "signature": assertion::encode(&signature), "userHandle": handle}})
    }

    /// What a browser sends back when it was asked to register a passkey: no attestation, the key in CBOR (RFC 8949).
    pub fn register(&self, challenge: &str, origin: &str) -> Value {
        let client = json!({"type": "webauthn.create", "challenge": challenge, "origin": origin, "crossOrigin": false});
        let (x, y) = self.point().split_at(32);
        // {1: 2, 3: -7, -1: 1, -2: x, -3: y}
        let key = [&[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32], x, &[0x22, 0x58, 32], y].concat();
        let length = u16::try_from(self.id.len()).unwrap().to_be_bytes();
        let data =
            [site(origin).as_slice(), &[SOMEBODY | NEW_KEY, 0, 0, 0, 0], &[0; 16], &length, &self.id, &key].concat();
        // {"fmt": "none", "attStmt": {}, "authData": data}
        let size = u8::try_from(data.len()).unwrap();
        let object = [b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".as_slice(), &[size], &data].concat();
        json!({"id": self.credential, "rawId": self.credential, "type": "public-key", "extensions": {}, "response": {
            "attestationObject": assertion::encode(&object),
            "clientDataJSON": assertion::encode(client.to_string().as_bytes())}})
    }
}

fn site(origin: &str) -> Vec<u8> {
    Hash::of(assertion::site_of(origin).as_bytes()).as_bytes().to_vec()
}
