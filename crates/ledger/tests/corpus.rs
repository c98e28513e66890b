//! Replays the fuzzers' corpus, `fuzz/corpus/<target>/`, through the checks that the fuzz targets call.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::{fs, io};

use attestry_ledger::foreign::{CHECKS, ORIGIN, corpus_key};
use attestry_ledger::{
    Blob, Checkpoint, Frontier, Hash, Leaf, Proof, Tree, VerifyingKey, Via, canonical, leaf_hash, note,
};

fn fuzz() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

/// The files of a target's corpus, with their names.
fn corpus(target: &str) -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(fuzz().join("corpus").join(target))? {
        let entry = entry?;
        files.push((entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path())?));
    }
    files.sort();
    Ok(files)
}

/// Whether the parser behind a target takes the bytes.
fn accepted(target: &str, bytes: &[u8]) -> bool {
    let keys = [corpus_key().verifying_key().clone()];
    let text = str::from_utf8(bytes);
    match target {
        "canonical" => serde_json::from_slice(bytes).is_ok_and(|value| canonical(&value).is_ok()),
        "leaf" => Leaf::decode(bytes).is_ok(),
        "frontier" => Frontier::from_bytes(bytes).is_ok(),
        "note" => text.is_ok_and(|text| note::open(text, &keys).is_ok()),
        "checkpoint" => {
            text.is_ok_and(|text| Checkpoint::open_of(ORIGIN, text, &keys).is_ok() || Checkpoint::parse(text).is_ok())
        }
        "vkey" => text.is_ok_and(|text| text.parse::<VerifyingKey>().is_ok()),
        "proof" => text.is_ok_and(|text| Proof::parse(text).is_ok()),
        other => panic!("no parser is known for target {other}"),
    }
}

#[test]
fn every_file_of_the_corpus_passes_its_check() {
    for (target, check) in CHECKS {
        for (name, bytes) in corpus(target).unwrap() {
            println!("{target}/{name}");
            check(&bytes);
        }
    }
}

#[test]
fn good_files_are_accepted_and_bad_ones_refused() {
    for (target, _) in CHECKS {
        let files = corpus(target).unwrap();
        for expected in ["good", "bad"] {
            assert!(files.iter().any(|(name, _)| name.starts_with(expected)), "{target} has a {expected} file");
        }
        for (name, bytes) in files {
            // What a fuzzer found later has other names and may be either.
            if let Some(good) = name.starts_with("good").then_some(true).or(name.starts_with("bad").then_some(false)) {
                assert_eq!(accepted(target, &bytes), good, "{target}/{name}");
            }
        }
    }
}

#[test]
fn every_check_has_a_fuzz_target() {
    for (target, _) in CHECKS {
        let source = fuzz().join(format!("fuzz_targets/{target}.rs"));
        assert!(source.is_file(), "{}", source.display());
    }
}

/// Writes the corpus anew. Not a test of anything: it is run by hand when a format changes.
#[test]
#[ignore = "writes to the source tree"]
fn write_the_corpus() {
    let key = corpus_key();
    let keys = [key.verifying_key().clone()];
    let leaves: Vec<Vec<u8>> = (0..5).map(|seq| leaf(seq).encode().unwrap()).collect();
    let hashes: Vec<Hash> = leaves.iter().map(|leaf| leaf_hash(leaf)).collect();
    let tree: Frontier = hashes.iter().copied().collect();
    let nodes: Tree = hashes.into_iter().collect();
    let head = Checkpoint::of(ORIGIN, &tree);
    let signed = head.sign(&[&key]).unwrap();
    let proof = Proof::new(&nodes, 2, signed.clone(), &keys).unwrap().to_text();
    let witnessed = format!("{signed}\u{2014} witness.example/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/\n");
    let vkey = keys[0].to_string();
    let text = |text: &str| text.as_bytes().to_vec();
    let leaf_text = String::from_utf8(leaves[4].clone()).unwrap();

    let files = [
        ("canonical/good-nested", text("{\"b\":[1,-2,null,true,\"\\u20ac\\n\"],\"a\":{}}")),
        ("canonical/bad-fraction", text("{\"a\":0.5}")),
        ("canonical/bad-integer", text("9007199254740992")),
        ("canonical/bad-not-nfc", text("\"u\u{308}\"")),
        ("leaf/good-create", leaves[0].clone()),
        ("leaf/good-update", leaves[4].clone()),
        ("leaf/bad-blank", text(&leaf_text.replace("\"v\":1", "\"v\": 1"))),
        ("leaf/bad-unknown-member", text(&leaf_text.replace("\"v\":1", "\"u\":0,\"v\":1"))),
        ("leaf/bad-cut", leaves[4][..100].to_vec()),
        ("frontier/good-empty", Frontier::new().to_bytes()),
        ("frontier/good-five", tree.to_bytes()),
        ("frontier/bad-size", [&7_u64.to_be_bytes()[..], &tree.to_bytes()[8..]].concat()),
        ("frontier/bad-cut", tree.to_bytes()[..50].to_vec()),
        ("note/good-text", text(&note::sign("one\n\ntwo\n", &[&key]).unwrap())),
        ("note/good-witnessed", text(&witnessed)),
        ("note/bad-text-changed", text(&signed.replacen("\n5\n", "\n6\n", 1))),
        ("note/bad-no-signature", text(&head.text().unwrap())),
        ("checkpoint/good-bare", text(&head.text().unwrap())),
        ("checkpoint/good-signed", text(&signed)),
        ("checkpoint/good-witnessed", text(&witnessed)),
        ("checkpoint/bad-leading-zero", text(&head.text().unwrap().replacen("\n5\n", "\n05\n", 1))),
        ("checkpoint/bad-extension", text(&(head.text().unwrap() + "extension\n"))),
        ("vkey/good-corpus", text(&vkey)),
        ("vkey/good-published", text("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")),
        ("vkey/bad-id", text(&vkey.replacen('+', "+0", 1))),
        ("vkey/bad-type", text("PeterNeumann+c74f20a3+BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")),
        ("proof/good-plain", text(&proof)),
        ("proof/good-extra", text(&proof.replacen("index", "extra AQI=\nindex", 1))),
        ("proof/bad-header", text(&proof.replacen("@v1", "@v2", 1))),
        ("proof/bad-no-checkpoint", text(&proof[..proof.find("\n\n").unwrap()])),
    ];
    for (name, bytes) in files {
        let path = fuzz().join("corpus").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

fn leaf(seq: u64) -> Leaf {
    let hash = Hash::of(&seq.to_be_bytes());
    let later = seq > 0;
    Leaf {
        organisation: "corpus".into(),
        seq,
        at: 1_764_000_000_000 + seq,
        actor: "p1".into(),
        via: Via::System,
        action: if later { "update" } else { "create" }.into(),
        kind: "risk".into(),
        record: "r1".into(),
        version: seq + 1,
        prev: later.then_some(hash),
        fields: if later { BTreeMap::from([("title".into(), hash)]) } else { BTreeMap::new() },
        blobs: if later { vec![Blob { commitment: hash, size: 3 }] } else { Vec::new() },
        reason: later.then_some(hash),
        approval: later.then(|| "a1".into()),
        request: None,
    }
}
