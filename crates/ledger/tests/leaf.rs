//! The leaf's bytes: equal to the general canonicaliser's, and read back strictly.

use std::collections::BTreeMap;

use attestry_ledger::leaf::{MAX_LEN, MAX_NAME_LEN, VERSION};
use attestry_ledger::{Blob, Hash, Leaf, LeafError, LeafView, Via, canonical, leaf_hash};
use proptest::prelude::*;
use serde_json::{Value, json};

fn sample() -> Leaf {
    Leaf {
        organisation: "acme".into(),
        seq: 7,
        at: 1_700_000_000_123,
        actor: "p-19".into(),
        via: Via::Session,
        action: "update".into(),
        kind: "risk".into(),
        record: "0197f3a0-1".into(),
        version: 2,
        prev: Some(Hash::of(b"before")),
        fields: BTreeMap::from([("owner".into(), Hash::of(b"o")), ("title".into(), Hash::of(b"t"))]),
        blobs: vec![Blob { commitment: Hash::of(b"file"), size: 1024 }],
        reason: Some(Hash::of(b"why")),
        approval: None,
        request: Some("r-5".into()),
    }
}

/// The leaf by way of a JSON value, for the general canonicaliser.
fn value(leaf: &Leaf) -> Value {
    let blobs: Vec<Value> =
        leaf.blobs.iter().map(|blob| json!({"size": blob.size, "commitment": blob.commitment})).collect();
    json!({
        "v": VERSION, "organisation": leaf.organisation, "seq": leaf.seq, "at": leaf.at, "actor": leaf.actor,
        "via": leaf.via, "action": leaf.action, "kind": leaf.kind, "record": leaf.record, "version": leaf.version,
        "prev": leaf.prev, "fields": leaf.fields, "blobs": blobs, "reason": leaf.reason, "approval": leaf.approval,
        "request": leaf.request,
    })
}

fn hash() -> impl Strategy<Value = Hash> {
    any::<[u8; 32]>().prop_map(Hash::from_bytes)
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z][a-z_]{0,12}",
        prop::collection::vec(
            prop::sample::select((b'!'..=b'~').filter(|b| !br#""\"#.contains(b)).collect::<Vec<_>>()),
            1..40
        )
        .prop_map(|bytes| bytes.into_iter().map(char::from).collect()),
    ]
}

fn integer() -> impl Strategy<Value = u64> {
    prop_oneof![0..100_u64, 0..(1_u64 << 53)]
}

fn leaf() -> impl Strategy<Value = Leaf> {
    let via = prop::sample::select(vec![Via::Session, Via::Token, Via::Scim, Via::System, Via::Import]);
    let blob = (hash(), integer()).prop_map(|(commitment, size)| Blob { commitment, size });
    (
        (name(), integer(), integer(), name(), via, name(), name(), name()),
        1..(1_u64 << 53),
        prop::option::of(hash()),
        prop::collection::btree_map(name(), hash(), 0..20),
        prop::collection::vec(blob, 0..4),
        prop::option::of(hash()),
        prop::option::of(name()),
        prop::option::of(name()),
    )
        .prop_map(|(head, version, prev, fields, blobs, reason, approval, request)| {
            let (organisation, seq, at, actor, via, action, kind, record) = head;
            Leaf {
                organisation,
                seq,
                at,
                actor,
                via,
                action,
                kind,
                record,
                version,
                prev,
                fields,
                blobs,
                reason,
                approval,
                request,
            }
        })
}

/// Decodes; a look at the same bytes must come to the same, word for word.
fn decode(bytes: &[u8]) -> Result<Leaf, LeafError> {
    let (decoded, viewed) = (Leaf::decode(bytes), LeafView::read(bytes));
    let expected = decoded.as_ref().map_err(Clone::clone).map(|leaf| LeafView {
        organisation: &leaf.organisation,
        seq: leaf.seq,
        at: leaf.at,
        actor: &leaf.actor,
        via: leaf.via,
        action: &leaf.action,
        kind: &leaf.kind,
        record: &leaf.record,
        version: leaf.version,
        prev: leaf.prev,
        approval: leaf.approval.as_deref(),
        request: leaf.request.as_deref(),
    });
    assert_eq!(viewed, expected, "{:?}", String::from_utf8_lossy(bytes));
    decoded
}

/// Pieces that stand in leaves, and some that nearly do.
const PIECES: [&str; 22] = [
    "0",
    "1",
    "9007199254740991",
    "9007199254740992",
    "99999999999999999999",
    "-",
    "\"",
    "\"\"",
    "\\",
    "\\u0061",
    ",",
    ":",
    "{}",
    "{",
    "}",
    "[",
    "]",
    "null",
    " ",
    "é",
    "\u{0}",
    "\"a\":\"ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0\",",
];

proptest! {
    #[test]
    fn a_look_and_a_decoding_agree_on_bytes_with_a_piece_put_in(
        leaf in leaf(), place in any::<prop::sample::Index>(), taken in 0..4_usize, piece in prop::sample::select(PIECES.to_vec())
    ) {
        let mut bytes = leaf.encode().unwrap();
        let start = place.index(bytes.len());
        let end = (start + taken).min(bytes.len());
        bytes.splice(start..end, piece.bytes());
        let _ = decode(&bytes);
    }

    #[test]
    fn a_look_and_a_decoding_agree_on_every_ending_of_a_hash(leaf in leaf(), last in 0..=255_u8) {
        let leaf = Leaf { prev: Some(Hash::of(b"before")), ..leaf };
        let mut bytes = leaf.encode().unwrap();
        let prev = Hash::of(b"before").to_string();
        let start = bytes.windows(prev.len()).position(|window| window == prev.as_bytes()).unwrap();
        bytes[start + prev.len() - 1] = last;
        prop_assert_eq!(decode(&bytes).is_ok(), last == prev.as_bytes()[prev.len() - 1] || b"AEIMQUYcgkosw048".contains(&last));
    }

    #[test]
    fn a_leaf_encodes_as_the_canonicaliser_would_and_reads_back(leaf in leaf()) {
        let bytes = leaf.encode().unwrap();
        prop_assert_eq!(String::from_utf8(bytes.clone()), String::from_utf8(canonical(&value(&leaf)).unwrap()));
        prop_assert_eq!(leaf.hash().unwrap(), leaf_hash(&bytes));
        prop_assert_eq!(decode(&bytes), Ok(leaf));
    }

    #[test]
    fn a_changed_byte_never_reads_as_the_same_leaf(leaf in leaf(), place in any::<prop::sample::Index>(), flip in 1..=255_u8) {
        let mut bytes = leaf.encode().unwrap();
        let place = place.index(bytes.len());
        bytes[place] ^= flip;
        prop_assert_ne!(decode(&bytes), Ok(leaf));
    }
}

#[test]
fn a_leaf_is_spelled_like_this() {
    let text = String::from_utf8(sample().encode().unwrap()).unwrap();
    let [file, owner, title, before, why] = [b"file" as &[u8], b"o", b"t", b"before", b"why"].map(Hash::of);
    assert_eq!(
        text,
        format!(
            concat!(
                r#"{{"action":"update","actor":"p-19","approval":null,"at":1700000000123,"#,
                r#""blobs":[{{"commitment":"{file}","size":1024}}],"fields":{{"owner":"{owner}","title":"{title}"}},"#,
                r#""kind":"risk","organisation":"acme","prev":"{before}","reason":"{why}","record":"0197f3a0-1","#,
                r#""request":"r-5","seq":7,"v":1,"version":2,"via":"session"}}"#
            ),
            file = file,
            owner = owner,
            title = title,
            before = before,
            why = why
        )
    );
}

#[test]
fn bytes_that_encode_would_not_write_are_refused() {
    let text = String::from_utf8(sample().encode().unwrap()).unwrap();
    let not_canonical = |text: &str| matches!(decode(text.as_bytes()), Err(LeafError::NotCanonical(_)));
    let unreadable = |text: &str| matches!(decode(text.as_bytes()), Err(LeafError::Json(_)));
    let with = |from: &str, to: &str| {
        assert!(text.contains(from), "{from} is in the sample");
        text.replacen(from, to, 1)
    };
    assert!(not_canonical(&format!("{text}\n")), "a byte more");
    assert!(not_canonical(&with(":7,", ": 7,")), "a blank");
    assert!(not_canonical(&with("update", "\\u0075pdate")), "a needless escape");
    assert!(not_canonical(&with(r#""approval":null,"#, "")), "an absent member");
    assert!(
        not_canonical(&with(r#""action":"update","actor":"p-19""#, r#""actor":"p-19","action":"update""#)),
        "another order"
    );
    assert!(
        not_canonical(&with(r#""fields":{"#, r#""fields":{"owner":"ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0","#)),
        "a member twice"
    );
    assert!(unreadable(&with(r#""kind""#, r#""extra":1,"kind""#)), "an unknown member");
    assert!(unreadable(&with(r#""size":1024"#, r#""size":1024,"type":"pdf""#)), "an unknown member of a blob");
    assert!(unreadable(&with(r#""kind":"risk","#, "")), "a missing member");
    assert!(unreadable(&with(":7,", ":7.0,")), "a fraction");
    assert!(unreadable(&with(":7,", ":-7,")), "a negative number");
    assert!(unreadable(&with("session", "magic")), "an unknown way in");
    assert!(unreadable(&text[1..]), "no object");
    assert!(unreadable(""), "nothing");
    assert_eq!(decode(with(r#""v":1"#, r#""v":2"#).as_bytes()), Err(LeafError::Version(2)));
    assert_eq!(decode(with(r#""version":2"#, r#""version":0"#).as_bytes()), Err(LeafError::VersionZero));
}

#[test]
fn a_refusal_to_encode_names_the_member() {
    let name = |text: &str, member| Err(LeafError::Name { member, text: text.chars().take(80).collect() });
    let long = "x".repeat(MAX_NAME_LEN + 1);
    for wrong in ["", "a b", "a\"b", "a\\b", "é", "a\nb", long.as_str()] {
        assert_eq!(Leaf { record: wrong.into(), ..sample() }.encode(), name(wrong, "record"), "{wrong:?}");
        assert_eq!(Leaf { approval: Some(wrong.into()), ..sample() }.encode(), name(wrong, "approval"), "{wrong:?}");
        let fields = BTreeMap::from([(wrong.to_owned(), Hash::of(b""))]);
        assert_eq!(Leaf { fields, ..sample() }.encode(), name(wrong, "fields"), "{wrong:?}");
    }
    let value = 1 << 53;
    assert_eq!(Leaf { at: value, ..sample() }.encode(), Err(LeafError::Integer { member: "at", value }));
    let blobs = vec![Blob { commitment: Hash::of(b""), size: value }];
    assert_eq!(Leaf { blobs, ..sample() }.encode(), Err(LeafError::Integer { member: "size", value }));
    assert_eq!(Leaf { version: 0, ..sample() }.encode(), Err(LeafError::VersionZero));
}

#[test]
fn a_leaf_has_at_most_65535_bytes() {
    let with_blobs = |count| Leaf { blobs: vec![Blob { commitment: Hash::of(b""), size: 0 }; count], ..sample() };
    let empty = with_blobs(0).encode().unwrap().len();
    let each = with_blobs(2).encode().unwrap().len() - with_blobs(1).encode().unwrap().len();
    // What the blobs leave over is filled up by field names, to the byte.
    let (count, rest) = ((MAX_LEN - empty + 1) / each - 5, (MAX_LEN - empty + 1) % each + 5 * each);
    let fill = |extra: usize| {
        let mut leaf = with_blobs(count);
        let per_field = r#","":"""#.len() + 43;
        leaf.fields.insert("z".repeat(rest + extra - 2 * per_field - 150), Hash::of(b""));
        leaf.fields.insert("y".repeat(150), Hash::of(b""));
        leaf
    };
    assert_eq!(fill(0).encode().unwrap().len(), MAX_LEN);
    assert_eq!(fill(1).encode(), Err(LeafError::Long { record: sample().record, len: MAX_LEN + 1 }));
    assert_eq!(decode(&vec![b' '; MAX_LEN + 1]), Err(LeafError::Long { record: String::new(), len: MAX_LEN + 1 }));
}
