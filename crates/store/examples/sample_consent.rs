//! Writes the proof of an approval that a passkey signed, for the foreign verifiers in `verifier/`:
//! `vkey`, `origin`, `entry.leaf`, `entry.tlog-proof` and `entry.disclosure.json`. Beside it, in `forged/`, what somebody could
//! make of it who holds the ledger's own key, and who still cannot sign for the person.
//!
//! `cargo run --example sample_consent -- <folder>`
#![expect(clippy::unwrap_used, reason = "an example ends with what is wrong")]

#[path = "../tests/store/soft.rs"]
mod soft;

use std::path::{Path, PathBuf};

use attestry_ledger::{Checkpoint, Frontier, Hash, Leaf, Proof, SigningKey, Tree, commitment, leaf_hash};
use attestry_model::consent::{self, Circumstances};
use attestry_model::decide::ImportRecord;
use attestry_model::records::approval::ApprovalMethod;
use attestry_model::records::{Approval, Person};
use attestry_model::{AnyRef, Command, Principal, Ref, Via};
use attestry_store::{Config, EntryProof, Store};
use serde_json::{Map, Value, json};

const PAGES: &str = "https://isms.example";

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).expect("usage: sample_consent <folder>"));
    std::fs::create_dir_all(&folder).unwrap();
    let data = folder.join("data");
    let store = Store::open(&Config::new(data)).unwrap();
    let clinic = store.create_organisation("Sample", None).unwrap();
    let operator = Principal::operator();
    let person = json!({"title": "Ada", "name": "Ada", "email": "ada@clinic.example", "employment": "employee",
        "app_roles": ["top_management"], "state": "active"});
    let approval = json!({"title": "Consent", "subject": "R-0001", "capacity": "top_management", "signer": "PER-0001",
        "statement": "I agree to this risk, “as it stands” – all of it <&>.", "state": "requested", "subject_revision": 1,
        "subject_hash": "4d".repeat(32), "requested_on": "2026-01-01"});
    let risk = json!({"title": "Mailbox taken over", "state": "identified"});
    let records = [("PER-0001", person), ("R-0001", risk), ("APR-0001", approval)];
    let records = records.into_iter().map(|(name, value)| {
        let Value::Object(fields) = value else { unreachable!("an object stands above") };
        ImportRecord { reference: name.parse().unwrap(), fields, source: "sample".into() }
    });
    clinic.submit(&operator, Command::Import { records: records.collect(), reason: None }).unwrap();
    let target: AnyRef = "APR-0001".parse().unwrap();
    let risk = clinic.isms();
    let hash = attestry_model::decide::state_hash(risk.record("R-0001".parse().unwrap()).unwrap(), &risk);
    let update = Command::Update {
        target,
        revision: None,
        fields: Map::from_iter([("subject_hash".to_owned(), hash.into())]),
        reason: None,
    };
    let ada = Principal::of(&clinic.isms(), Ref::<Person>::new(1), Via::Session).unwrap();
    clinic.submit(&ada, update).unwrap();
    let step = || Command::Step { target, to: "signed".into(), revision: None, fields: Map::new(), reason: None };
    let change = clinic.preview(&ada, step()).unwrap();
    let next = clinic.isms().apply(&change).unwrap();
    let at = jiff::Timestamp::from_second(change.at.as_second()).unwrap();
    let info = clinic.info();
    let around = Circumstances { organisation: &info.slug, origin: PAGES, at, nonce: "c2FtcGxl" };
    let said = consent::statement(next.get(target.of::<Approval>().unwrap()).unwrap(), around);
    let signed = soft::Soft::new("sample passkey").sign(&said, PAGES);
    let proof = consent::Proof { method: ApprovalMethod::Passkey, assertion: Some(signed) };
    let receipt = clinic.submit(&Principal { proof: Some(proof), ..ada }, step()).unwrap();
    let proof = clinic.proof(receipt.last_seq).unwrap();
    write(&folder, &proof);
    let disclosed: Value = serde_json::from_str(&proof.disclosure).unwrap();
    let Value::Object(disclosed) = disclosed else { unreachable!("a disclosure is an object") };
    let values: Map<String, Value> = disclosed.into_iter().map(|(name, mut one)| (name, one["value"].take())).collect();
    let leaf = Leaf::decode(&proof.leaf).unwrap();
    for (name, forge) in FORGERIES {
        let (mut leaf, mut values) = (leaf.clone(), values.clone());
        forge(&mut leaf, &mut values);
        write(&folder.join("forged").join(name), &forged(leaf, &values));
    }
}

fn write(folder: &Path, proof: &EntryProof) {
    std::fs::create_dir_all(folder).unwrap();
    let origin = proof.vkey.split('+').next().unwrap_or_default();
    for (name, bytes) in [
        ("entry.leaf", proof.leaf.clone()),
        ("entry.tlog-proof", proof.proof.clone().into_bytes()),
        ("entry.disclosure.json", proof.disclosure.clone().into_bytes()),
        ("vkey", format!("{}\n", proof.vkey).into_bytes()),
        ("origin", format!("{origin}\n").into_bytes()),
    ] {
        std::fs::write(folder.join(name), bytes).unwrap();
    }
}

type Forgery = fn(&mut Leaf, &mut Map<String, Value>);

/// Each makes a signature out of one that was given for something else.
const FORGERIES: [(&str, Forgery); 11] = [
    ("nothing", |_, _| {}),
    ("another-state", |_, values| values["subject_hash"] = "5e".repeat(32).into()),
    ("another-state-stated", |_, values| {
        let hash = values["subject_hash"].as_str().unwrap().to_owned();
        values["subject_hash"] = "5e".repeat(32).into();
        part(values, "statement", |said| said.replace(&hash, &"5e".repeat(32)));
    }),
    ("another-record", |_, values| values["subject"] = "R-0002".into()),
    ("another-record-stated", |_, values| {
        values["subject"] = "R-0002".into();
        part(values, "statement", |said| said.replace(":\"R-0001\"", ":\"R-0002\""));
    }),
    ("another-person", |_, values| values["signer"] = "PER-0002".into()),
    ("another-organisation", |leaf, _| leaf.organisation = "elsewhere".into()),
    ("another-day", |_, values| values["signed_at"] = "2031-01-01T10:00:00Z".into()),
    ("another-key", |_, values| {
        let other = soft::Soft::new("other").sign("x", PAGES).public_key.unwrap();
        part(values, "public_key", |_| other.clone());
    }),
    ("another-site", |_, values| part(values, "authenticator_data", |data| format!("A{}", &data[1..]))),
    ("another-origin", |_, values| {
        let there =
            soft::Soft::new("other").sign(values["assertion"]["statement"].as_str().unwrap(), "https://evil.example");
        part(values, "client_data", |_| there.client_data.clone().unwrap());
    }),
];

fn part(values: &mut Map<String, Value>, name: &str, change: impl Fn(&str) -> String) {
    let changed = change(values["assertion"][name].as_str().unwrap());
    values["assertion"][name] = changed.into();
}

/// A log of one entry that holds these values, signed by somebody with a key of their own.
fn forged(mut leaf: Leaf, values: &Map<String, Value>) -> EntryProof {
    let origin = "isms.example/attestry/forged/1";
    let key = SigningKey::from_seed(origin, &[0x53; 32]).unwrap();
    let mut disclosure = Map::new();
    for (name, value) in values {
        let salt = *Hash::of(name.as_bytes()).as_bytes();
        leaf.fields.insert(name.clone(), commitment(&salt, value).unwrap());
        disclosure.insert(name.clone(), json!({"value": value, "salt": Hash::from_bytes(salt).to_hex()}));
    }
    (leaf.seq, leaf.prev) = (0, None);
    let bytes = leaf.encode().unwrap();
    let (mut tree, mut head) = (Tree::new(), Frontier::new());
    tree.append(leaf_hash(&bytes));
    head.append(leaf_hash(&bytes));
    let note = Checkpoint::of(origin, &head).sign(&[&key]).unwrap();
    let proof = Proof::new(&tree, 0, note, std::slice::from_ref(key.verifying_key())).unwrap();
    EntryProof {
        proof: proof.to_text(),
        leaf: bytes,
        disclosure: Value::Object(disclosure).to_string(),
        vkey: key.verifying_key().to_string(),
    }
}
