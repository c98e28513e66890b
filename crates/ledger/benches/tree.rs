//! What an import of many entries costs: growing a tree, writing leaves, committing to values.

use std::collections::BTreeMap;
use std::hint::black_box;

use attestry_ledger::tree::{inclusion_proof, root_of};
use attestry_ledger::{Blob, Hash, Leaf, Tree, Via, commitment, leaf_hash};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use serde_json::json;

const MILLION: u64 = 1_000_000;

fn leaf_with_15_fields() -> Leaf {
    let field = |number: u8| (format!("field_name_{number}"), Hash::of(&[number]));
    Leaf {
        organisation: "0197f3a0-7c1e-7d2a-9b1c-2f4e6a8c0d1e".into(),
        seq: 123_456,
        at: 1_764_000_000_000,
        actor: "0197f3a0-7c1e-7d2a-9b1c-000000000001".into(),
        via: Via::Import,
        action: "update".into(),
        kind: "risk".into(),
        record: "0197f3a0-7c1e-7d2a-9b1c-000000000002".into(),
        version: 3,
        prev: Some(Hash::of(b"previous")),
        fields: (0..15).map(field).collect::<BTreeMap<_, _>>(),
        blobs: vec![Blob { commitment: Hash::of(b"file"), size: 1_048_576 }],
        reason: Some(Hash::of(b"reason")),
        approval: None,
        request: Some("0197f3a0-7c1e-7d2a-9b1c-000000000003".into()),
    }
}

fn trees(bench: &mut Criterion) {
    let mut group = bench.benchmark_group("tree");
    group.sample_size(10).throughput(Throughput::Elements(MILLION));
    group.bench_function("hash a million leaves of 64 bytes and take the root", |bench| {
        bench.iter(|| {
            let mut leaf = [0; 64];
            root_of((0..MILLION).map(|index| {
                leaf[..8].copy_from_slice(&index.to_be_bytes());
                leaf_hash(&leaf)
            }))
        });
    });
    let hashes: Vec<Hash> = (0..MILLION).map(|index| leaf_hash(&index.to_be_bytes())).collect();
    group.bench_function("root of a million leaf hashes", |bench| bench.iter(|| root_of(hashes.iter().copied())));
    group.bench_function("tree of a million leaf hashes", |bench| {
        bench.iter(|| hashes.iter().copied().collect::<Tree>());
    });
    group.throughput(Throughput::Elements(1));
    let tree: Tree = hashes.iter().copied().collect();
    group.bench_function("inclusion proof in a tree of a million", |bench| {
        bench.iter(|| tree.inclusion_proof(345_678, MILLION));
    });
    group.bench_function("inclusion proof in a million leaf hashes", |bench| {
        bench.iter(|| inclusion_proof(&hashes, 345_678, MILLION));
    });
    group.finish();
}

fn leaves(bench: &mut Criterion) {
    let leaf = leaf_with_15_fields();
    let bytes = leaf.encode().expect("the leaf is well-formed");
    let mut group = bench.benchmark_group("leaf of 15 fields");
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("encode", |bench| bench.iter(|| black_box(&leaf).encode()));
    group.bench_function("decode", |bench| bench.iter(|| Leaf::decode(black_box(&bytes))));
    group.bench_function("leaf hash", |bench| bench.iter(|| leaf_hash(black_box(&bytes))));
    group.finish();

    let text = json!("Laptops of field staff are encrypted, and the key is held by the IT department in Zürich.");
    bench.bench_function("commitment to a text of 90 letters", |bench| {
        bench.iter_batched(|| [7; 32], |salt| commitment(&salt, black_box(&text)), BatchSize::SmallInput);
    });
}

criterion_group!(benches, trees, leaves);
criterion_main!(benches);
