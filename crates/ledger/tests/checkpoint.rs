//! Notes, checkpoints and single proofs: what is accepted, and that nothing else is.

use attestry_ledger::note::{self, MAX_LEN};
use attestry_ledger::tree::root_of;
use attestry_ledger::{
    Checkpoint, CheckpointError, Hash, NoteError, Proof, ProofError, SigningKey, Tree, VerifyingKey, leaf_hash,
};

const ORIGIN: &str = "isms.example/attestry/acme/1";

fn key(name: &str, seed: u8) -> SigningKey {
    SigningKey::from_seed(name, &[seed; 32]).expect("the name is a key name")
}

fn public(key: &SigningKey) -> VerifyingKey {
    key.verifying_key().clone()
}

fn leaves() -> Vec<Vec<u8>> {
    (0..11).map(|index| format!("leaf {index}").into_bytes()).collect()
}

fn hashes() -> Vec<Hash> {
    leaves().iter().map(|leaf| leaf_hash(leaf)).collect()
}

fn tree() -> Tree {
    hashes().into_iter().collect()
}

fn head() -> Checkpoint {
    Checkpoint { origin: ORIGIN.into(), size: 11, root: root_of(hashes()) }
}

/// Each way to change one bit, and each byte left out.
fn mutations(text: &str) -> impl Iterator<Item = String> {
    let bytes = text.as_bytes().to_vec();
    let flipped = (0..bytes.len() * 8).map({
        let bytes = bytes.clone();
        move |bit| {
            let mut bytes = bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            bytes
        }
    });
    let cut = (0..bytes.len()).map(move |place| {
        let mut bytes = bytes.clone();
        bytes.remove(place);
        bytes
    });
    flipped.chain(cut).filter_map(|bytes| String::from_utf8(bytes).ok())
}

#[test]
fn the_published_example_of_a_note_opens() {
    // The key and the note of golang.org/x/mod/sumdb/note's documentation.
    let key: VerifyingKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW".parse().unwrap();
    let note = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n\n\
        \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    let keys = [key];
    let opened = note::open(note, &keys).unwrap();
    assert!(opened.text.ends_with("what your problem is.\n"));
    assert_eq!(opened.keys, [&keys[0]]);
    assert!(note::open(&note.replace("answer", "Answer"), &keys).is_err());
}

#[test]
fn a_checkpoint_is_spelled_like_this() {
    let text = head().text().unwrap();
    assert_eq!(text, format!("{ORIGIN}\n11\n{}\n", root_of(hashes()).to_base64()));
    let signed = head().sign(&[&key(ORIGIN, 1)]).unwrap();
    assert!(signed.starts_with(&format!("{text}\n\u{2014} {ORIGIN} ")));
    assert_eq!(signed.matches('\n').count(), 5);
}

#[test]
fn a_signed_checkpoint_opens_and_no_change_of_it_does() {
    let key = key(ORIGIN, 1);
    let keys = [public(&key)];
    let note = head().sign(&[&key]).unwrap();
    assert_eq!(Checkpoint::open(&note, &keys), Ok(head()));
    let mut tried = 0;
    for changed in mutations(&note) {
        assert!(Checkpoint::open(&changed, &keys).is_err(), "{changed:?}");
        tried += 1;
    }
    assert!(tried > note.len() * 7, "{tried} mutations");
}

#[test]
fn a_checkpoint_of_another_log_is_refused_by_name() {
    let key = key("isms.example", 1);
    let note = head().sign(&[&key]).unwrap();
    assert_eq!(Checkpoint::open_of(ORIGIN, &note, &[public(&key)]), Ok(head()));
    let refused = Checkpoint::open_of("isms.example/attestry/other/1", &note, &[public(&key)]);
    assert!(matches!(refused, Err(CheckpointError::Origin { found, .. }) if found == ORIGIN));
}

#[test]
fn checkpoints_spelled_otherwise_are_refused() {
    let root = head().root.to_base64();
    let line = |text: &str| match Checkpoint::parse(text) {
        Err(CheckpointError::Line { line, .. }) => line,
        other => panic!("{text:?} gave {other:?}"),
    };
    assert_eq!(line(&format!("\n11\n{root}\n")), 1);
    assert_eq!(line(&format!("a b\n11\n{root}\n")), 1);
    for size in ["", "011", "+11", "-1", "1.0", " 11", "0x11", "9007199254740992", "99999999999999999999"] {
        assert_eq!(line(&format!("log\n{size}\n{root}\n")), 2, "{size:?}");
    }
    assert_eq!(line(&format!("log\n11\n{}\n", &root[1..])), 3);
    assert_eq!(line("log\n11\n\n"), 3);
    assert_eq!(line(&format!("log\n11\n{root}")), 3);
    assert_eq!(line("log\n11\n"), 3);
    assert_eq!(line(&format!("log\n11\n{root}\nmore\n")), 4);
    assert_eq!(line(&format!("log\n11\n{root}\n\n")), 4);
    assert!(Checkpoint::parse(&format!("log\n9007199254740991\n{root}\n")).is_ok());
    assert!(Checkpoint { size: 1 << 53, ..head() }.text().is_err());
    assert!(Checkpoint { origin: "a\nb".into(), ..head() }.text().is_err());
}

#[test]
fn while_keys_change_both_sign_and_either_opens() {
    let (old, new, stranger) = (key(ORIGIN, 1), key(ORIGIN, 2), key(ORIGIN, 3));
    let note = head().sign(&[&old, &new]).unwrap();
    for keys in [
        vec![public(&old)],
        vec![public(&new)],
        vec![public(&old), public(&new)],
        vec![public(&stranger), public(&new)],
    ] {
        assert_eq!(Checkpoint::open(&note, &keys), Ok(head()));
    }
    assert_eq!(Checkpoint::open(&note, &[public(&stranger)]), Err(NoteError::Unsigned.into()));
    assert_eq!(Checkpoint::open(&note, &[]), Err(NoteError::Unsigned.into()));
    assert_eq!(head().sign(&[]), Err(NoteError::NoKey.into()));
    let twice = [public(&old), public(&old)];
    assert_eq!(Checkpoint::open(&note, &twice), Err(NoteError::Ambiguous(ORIGIN.into()).into()));
}

#[test]
fn one_false_signature_by_a_known_key_spoils_the_note() {
    let (one, two) = (key("one", 1), key("two", 2));
    let good = head().sign(&[&one, &two]).unwrap();
    let other = Checkpoint { size: 12, ..head() }.sign(&[&two]).unwrap();
    let false_line = other.lines().last().unwrap();
    let mut lines: Vec<&str> = good.lines().collect();
    *lines.last_mut().unwrap() = false_line;
    let spoiled = lines.join("\n") + "\n";
    assert_eq!(Checkpoint::open(&spoiled, &[public(&one), public(&two)]), Err(NoteError::False("two".into()).into()));
    assert_eq!(Checkpoint::open(&spoiled, &[public(&one)]), Ok(head()), "two is a stranger here");
}

#[test]
fn a_signature_line_repeated_counts_once() {
    let key = key(ORIGIN, 1);
    let note = head().sign(&[&key, &key]).unwrap();
    let keys = [public(&key)];
    assert_eq!(note::open(&note, &keys).unwrap().keys.len(), 1);
}

#[test]
fn malformed_notes_are_refused() {
    let key = key("k", 1);
    let keys = [public(&key)];
    let note = note::sign("text\n", &[&key]).unwrap();
    let (text, line) = note.split_once("\n\n").unwrap();
    let refused = |note: &str| note::open(note, &keys).unwrap_err();
    assert!(matches!(refused(""), NoteError::Form(_)));
    assert!(matches!(refused("text\n"), NoteError::Form(_)));
    assert!(matches!(refused("text\n\n"), NoteError::Form(_)));
    assert!(matches!(refused(note.trim_end()), NoteError::Form(_)));
    assert!(matches!(refused(&format!("te\txt\n\n{line}")), NoteError::Form(_)));
    assert!(matches!(refused(&format!("{text}\r\n\n{line}")), NoteError::Form(_)));
    assert!(matches!(refused(&format!("{}\n\n{line}", "x".repeat(MAX_LEN))), NoteError::Form(_)));
    assert!(matches!(refused(&format!("{note}rubbish\n")), NoteError::Line { line: 2, .. }));
    assert!(matches!(refused(&format!("{note}\u{2014} k AAAA\n")), NoteError::Line { line: 2, .. }));
    assert!(matches!(refused(&format!("{note}\u{2014} a+b AAAAAAAA\n")), NoteError::Line { line: 2, .. }));
    assert!(matches!(
        refused(&format!("{note}{}", "\u{2014} other AAAAAAAA\n".repeat(100))),
        NoteError::Line { line: 101, .. }
    ));
    assert!(note::open(&format!("{note}{}", "\u{2014} other AAAAAAAA\n".repeat(99)), &keys).is_ok());
    for wrong in ["", "text", "te\txt\n", "te\r\n"] {
        assert!(matches!(note::sign(wrong, &[&key]), Err(NoteError::Text(_))), "{wrong:?}");
    }
    for wrong in ["", "a b", "a+b", "a\u{a0}b", "a\nb"] {
        assert!(matches!(SigningKey::from_seed(wrong, &[1; 32]), Err(NoteError::KeyName(_))), "{wrong:?}");
    }
}

#[test]
fn a_text_with_blank_lines_is_signed_whole() {
    let key = key("k", 1);
    let keys = [public(&key)];
    let note = note::sign("one\n\ntwo\n", &[&key]).unwrap();
    assert_eq!(note::open(&note, &keys).unwrap().text, "one\n\ntwo\n");
}

#[test]
fn a_verifier_key_prints_and_reads_back_and_no_change_of_it_reads() {
    let key = public(&key(ORIGIN, 1));
    let text = key.to_string();
    assert_eq!(text.parse(), Ok(key.clone()));
    for changed in mutations(&text) {
        assert!(changed.parse::<VerifyingKey>().is_err(), "{changed:?}");
    }
    assert!(!format!("{:?}", self::key(ORIGIN, 0x5a)).contains("90"), "a seed of 90s is not shown");
}

#[test]
fn a_weak_key_is_refused() {
    use base64::Engine as _;
    // The neutral element: under it, anyone can sign anything.
    let mut bytes = [0; 33];
    bytes[..2].copy_from_slice(&[1, 1]);
    let id = Hash::of(&[b"weak\n", &bytes[..]].concat()).to_hex();
    let text = format!("weak+{}+{}", &id[..8], base64::engine::general_purpose::STANDARD.encode(bytes));
    assert!(matches!(text.parse::<VerifyingKey>(), Err(NoteError::VerifierKey { reason: "its key is weak", .. })));
}

#[test]
fn a_proof_file_holds_for_its_leaf_and_no_change_of_it_does() {
    let key = key(ORIGIN, 1);
    let keys = [public(&key)];
    let note = head().sign(&[&key]).unwrap();
    for index in 0..11_usize {
        let proof = Proof::new(&tree(), index as u64, note.clone(), &keys).unwrap();
        assert_eq!(Proof::parse(&proof.to_text()), Ok(proof.clone()));
        assert_eq!(proof.verify(&leaves()[index], ORIGIN, &keys), Ok(head()));
        assert!(proof.verify(&leaves()[(index + 1) % 11], ORIGIN, &keys).is_err());
        assert!(proof.verify(&leaves()[index], "another", &keys).is_err());
    }
    let proof = Proof::new(&tree(), 6, note, &keys).unwrap();
    for changed in mutations(&proof.to_text()) {
        let holds = Proof::parse(&changed).is_ok_and(|proof| proof.verify(&leaves()[6], ORIGIN, &keys).is_ok());
        assert!(!holds, "{changed:?}");
    }
}

#[test]
fn a_proof_is_made_only_of_the_checkpoints_own_leaves() {
    let key = key(ORIGIN, 1);
    let keys = [public(&key)];
    let note = head().sign(&[&key]).unwrap();
    let mut more = hashes();
    more.push(leaf_hash(b"later"));
    assert!(
        Proof::new(&more.iter().copied().collect(), 3, note.clone(), &keys).is_ok(),
        "the log may have grown since"
    );
    more[8] = leaf_hash(b"edited");
    assert!(matches!(Proof::new(&more.iter().copied().collect(), 3, note.clone(), &keys), Err(ProofError::Tree(_))));
    assert!(matches!(Proof::new(&tree(), 11, note.clone(), &keys), Err(ProofError::Tree(_))));
    assert!(matches!(Proof::new(&hashes()[1..].iter().copied().collect(), 3, note, &keys), Err(ProofError::Tree(_))));
}

#[test]
fn malformed_proof_files_are_refused_by_line() {
    let key = key(ORIGIN, 1);
    let note = head().sign(&[&key]).unwrap();
    let line = |text: &str| match Proof::parse(text) {
        Err(ProofError::Line { line, .. }) => line,
        other => panic!("{text:?} gave {other:?}"),
    };
    let header = "c2sp.org/tlog-proof@v1";
    let hash = Hash::of(b"").to_base64();
    assert_eq!(line(""), 1);
    assert_eq!(line("c2sp.org/tlog-proof@v2\nindex 0\n\n"), 1);
    assert_eq!(line(&format!("{header}\nindex 00\n\n{note}")), 2);
    assert_eq!(line(&format!("{header}\nextra *\nindex 0\n\n{note}")), 2);
    assert_eq!(line(&format!("{header}\nextra AA==\nindx 0\n\n{note}")), 3);
    assert_eq!(line(&format!("{header}\nindex 0\n{hash}\nx\n\n{note}")), 4);
    assert_eq!(line(&format!("{header}\nindex 0\n{hash}")), 3);
    assert_eq!(line(&format!("{header}\nindex 0\n\n")), 4);
    assert_eq!(line(&format!("{header}\nindex 0\n{}\n{note}", format!("{hash}\n").repeat(54))), 56);
    let extra = format!("{header}\nextra AQI=\nindex 0\n{hash}\n\n{note}");
    assert_eq!(Proof::parse(&extra).map(|proof| (proof.extra.clone(), proof.to_text())), Ok((Some(vec![1, 2]), extra)));
}
