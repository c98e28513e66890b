//! Writes a small signed log to a folder, for the foreign verifiers in `verifier/`:
//! `vkey`, `origin`, `checkpoint`, `leaves/<index>.leaf` and `proofs/<index>.tlog-proof`.
//!
//! `cargo run --example sample_log -- <folder> [number of leaves]`

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::PathBuf;

use attestry_ledger::{Checkpoint, Frontier, Hash, Leaf, Proof, SigningKey, Tree, Via, commitment, leaf_hash};
use serde_json::json;

const ORIGIN: &str = "isms.example/attestry/sample/1";

#[expect(clippy::disallowed_methods, reason = "an example is a program, and a program is told its folder")]
fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("usage: sample_log <folder> [number of leaves]")?);
    let count: u64 = arguments.next().map_or(Ok(11), |count| count.parse())?;
    fs::create_dir_all(folder.join("leaves"))?;
    fs::create_dir_all(folder.join("proofs"))?;

    // The seed and the salts of a real log are random and secret.
    let key = SigningKey::from_seed(ORIGIN, &[0x53; 32])?;
    let mut head = Frontier::new();
    let mut tree = Tree::new();
    for seq in 0..count {
        let prev = seq.checked_sub(1).and_then(|last| tree.leaf(last));
        let bytes = leaf(seq, prev)?.encode()?;
        head.append(leaf_hash(&bytes));
        tree.append(leaf_hash(&bytes));
        fs::write(folder.join(format!("leaves/{seq}.leaf")), bytes)?;
    }
    let checkpoint = Checkpoint::of(ORIGIN, &head).sign(&[&key])?;
    let keys = [key.verifying_key().clone()];
    for index in 0..count {
        let proof = Proof::new(&tree, index, checkpoint.clone(), &keys)?;
        fs::write(folder.join(format!("proofs/{index}.tlog-proof")), proof.to_text())?;
    }
    fs::write(folder.join("checkpoint"), checkpoint)?;
    fs::write(folder.join("vkey"), format!("{}\n", key.verifying_key()))?;
    fs::write(folder.join("origin"), format!("{ORIGIN}\n"))?;
    Ok(())
}

/// One risk that is assessed again and again.
fn leaf(seq: u64, prev: Option<Hash>) -> Result<Leaf, Box<dyn Error>> {
    let salt = |field: &str| *Hash::of(format!("salt of {field} in {seq}").as_bytes()).as_bytes();
    let fields = BTreeMap::from([
        ("likelihood".to_owned(), commitment(&salt("likelihood"), &json!(seq % 5 + 1))?),
        ("title".to_owned(), commitment(&salt("title"), &json!("A laptop is stolen from a train"))?),
    ]);
    Ok(Leaf {
        organisation: "sample".into(),
        seq,
        at: 1_764_000_000_000 + seq * 86_400_000,
        actor: format!("person-{}", seq % 3),
        via: Via::Session,
        action: if seq == 0 { "create" } else { "update" }.into(),
        kind: "risk".into(),
        record: "risk-1".into(),
        version: seq + 1,
        prev,
        fields,
        blobs: Vec::new(),
        reason: Some(commitment(&salt("reason"), &json!("Quarterly review"))?),
        approval: None,
        request: Some(format!("request-{seq}")),
    })
}
