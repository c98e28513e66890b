//! The tree against RFC 6962's own definitions, written down naively, and against another implementation.

use attestry_ledger::tree::{
    MAX_SIZE, consistency_proof, empty_root, inclusion_proof, root_of, verify_consistency, verify_inclusion,
};
use attestry_ledger::{Frontier, Hash, Tree, TreeError, leaf_hash, node_hash};
use proptest::prelude::*;
use sha2::Sha256;

/// RFC 6962, section 2.1, to the letter, on raw bytes.
mod rfc {
    use sha2::{Digest as _, Sha256};

    pub fn split(n: usize) -> usize {
        let mut k = 1;
        while k * 2 < n {
            k *= 2;
        }
        k
    }

    pub fn mth(d: &[Vec<u8>]) -> Vec<u8> {
        match d {
            [] => Sha256::digest([]).to_vec(),
            [one] => Sha256::digest([&[0][..], one].concat()).to_vec(),
            _ => {
                let (left, right) = d.split_at(split(d.len()));
                Sha256::digest([vec![1], mth(left), mth(right)].concat()).to_vec()
            }
        }
    }

    pub fn path(m: usize, d: &[Vec<u8>]) -> Vec<Vec<u8>> {
        if d.len() == 1 {
            return vec![];
        }
        let k = split(d.len());
        if m < k {
            [path(m, &d[..k]), vec![mth(&d[k..])]].concat()
        } else {
            [path(m - k, &d[k..]), vec![mth(&d[..k])]].concat()
        }
    }

    pub fn subproof(m: usize, d: &[Vec<u8>], complete: bool) -> Vec<Vec<u8>> {
        if m == d.len() {
            return if complete { vec![] } else { vec![mth(d)] };
        }
        let k = split(d.len());
        if m <= k {
            [subproof(m, &d[..k], complete), vec![mth(&d[k..])]].concat()
        } else {
            [subproof(m - k, &d[k..], false), vec![mth(&d[..k])]].concat()
        }
    }
}

fn leaves(count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|index| format!("leaf {index}").into_bytes()).collect()
}

fn hashes(leaves: &[Vec<u8>]) -> Vec<Hash> {
    leaves.iter().map(|leaf| leaf_hash(leaf)).collect()
}

fn raw(proof: &[Hash]) -> Vec<Vec<u8>> {
    proof.iter().map(|hash| hash.as_bytes().to_vec()).collect()
}

#[test]
fn the_known_roots_come_out() {
    // The leaves and roots of Certificate Transparency's reference tests.
    let leaves: [&[u8]; 8] = [
        &[],
        &[0x00],
        &[0x10],
        &[0x20, 0x21],
        &[0x30, 0x31],
        &[0x40, 0x41, 0x42, 0x43],
        &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
        &[0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f],
    ];
    assert_eq!(empty_root().to_hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(
        root_of(leaves[..1].iter().map(|leaf| leaf_hash(leaf))).to_hex(),
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    );
    assert_eq!(
        root_of(leaves.iter().map(|leaf| leaf_hash(leaf))).to_hex(),
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    );
}

#[test]
fn roots_and_proofs_of_all_small_trees_are_those_of_the_rfc() {
    let leaves = leaves(36);
    let hashes = hashes(&leaves);
    let whole: Tree = hashes.iter().copied().collect();
    let mut frontier = Frontier::new();
    for size in 0..=leaves.len() {
        let tree = &leaves[..size];
        assert_eq!(frontier.size(), size as u64);
        assert_eq!(frontier.root().as_bytes()[..], rfc::mth(tree));
        assert_eq!(frontier.root(), root_of(hashes[..size].iter().copied()));
        assert_eq!(Frontier::from_bytes(&frontier.to_bytes()), Ok(frontier.clone()));
        assert_eq!(whole.root(size as u64), Ok(frontier.root()));
        for index in 0..size {
            let proof = inclusion_proof(&hashes, index as u64, size as u64).unwrap();
            assert_eq!(raw(&proof), rfc::path(index, tree), "inclusion of {index} in {size}");
            assert_eq!(whole.inclusion_proof(index as u64, size as u64).as_ref(), Ok(&proof));
            assert_eq!(whole.leaf(index as u64), Some(hashes[index]));
            verify_inclusion(&hashes[index], index as u64, size as u64, &proof, &frontier.root()).unwrap();
        }
        for old in 0..=size {
            let proof = consistency_proof(&hashes, old as u64, size as u64).unwrap();
            assert_eq!(whole.consistency_proof(old as u64, size as u64).as_ref(), Ok(&proof));
            if old > 0 {
                assert_eq!(raw(&proof), rfc::subproof(old, tree, true), "from {old} to {size}");
            }
            let old_root = root_of(hashes[..old].iter().copied());
            verify_consistency(old as u64, &old_root, size as u64, &frontier.root(), &proof).unwrap();
        }
        if let Some(next) = hashes.get(size) {
            frontier.append(*next);
        }
    }
}

#[test]
fn what_is_not_there_cannot_be_proven() {
    let hashes = hashes(&leaves(5));
    assert_eq!(inclusion_proof(&hashes, 5, 5), Err(TreeError::Index { index: 5, size: 5 }));
    assert_eq!(inclusion_proof(&hashes, 0, 0), Err(TreeError::Index { index: 0, size: 0 }));
    assert_eq!(inclusion_proof(&hashes, u64::MAX, 5), Err(TreeError::Index { index: u64::MAX, size: 5 }));
    assert_eq!(inclusion_proof(&hashes, 0, 6), Err(TreeError::Size { size: 6, known: 5 }));
    assert_eq!(consistency_proof(&hashes, 1, 6), Err(TreeError::Size { size: 6, known: 5 }));
    assert_eq!(consistency_proof(&hashes, 4, 3), Err(TreeError::Shrunk { old: 4, new: 3 }));
    let tree: Tree = hashes.into_iter().collect();
    assert_eq!(tree.size(), 5);
    assert_eq!(tree.leaf(5), None);
    assert_eq!(tree.root(6), Err(TreeError::Size { size: 6, known: 5 }));
    assert_eq!(tree.inclusion_proof(5, 5), Err(TreeError::Index { index: 5, size: 5 }));
    assert_eq!(tree.consistency_proof(4, 3), Err(TreeError::Shrunk { old: 4, new: 3 }));
    assert_eq!(Tree::new().root(0), Ok(empty_root()));
}

#[test]
fn the_empty_tree_grows_into_all_and_nothing_else_does() {
    let root = root_of(hashes(&leaves(3)));
    assert_eq!(verify_consistency(0, &empty_root(), 3, &root, &[]), Ok(()));
    assert!(verify_consistency(0, &root, 3, &root, &[]).is_err());
    assert!(verify_consistency(0, &empty_root(), 3, &root, &[root]).is_err());
    assert_eq!(verify_consistency(3, &root, 3, &root, &[]), Ok(()));
    assert!(verify_consistency(3, &root, 3, &empty_root(), &[]).is_err());
    assert!(verify_consistency(4, &root, 3, &root, &[]).is_err());
}

#[test]
fn a_frontier_of_the_wrong_length_or_size_is_refused() {
    let good: Frontier = hashes(&leaves(6)).into_iter().collect();
    let bytes = good.to_bytes();
    assert_eq!(bytes.len(), 8 + 2 * 32);
    assert!(Frontier::from_bytes(&bytes[..bytes.len() - 1]).is_err());
    assert!(Frontier::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
    assert!(Frontier::from_bytes(&[&bytes[..], &[0; 32]].concat()).is_err());
    assert!(Frontier::from_bytes(&[]).is_err());
    let with_size = |size: u64, ones: usize| [&size.to_be_bytes()[..], &vec![0; 32 * ones]].concat();
    assert!(Frontier::from_bytes(&with_size(MAX_SIZE, 53)).is_ok());
    assert!(Frontier::from_bytes(&with_size(MAX_SIZE + 1, 1)).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn another_implementation_agrees(count in 1..300_usize, at in any::<prop::sample::Index>(), old in any::<prop::sample::Index>()) {
        let leaves = leaves(count);
        let hashes = hashes(&leaves);
        let mut theirs = ct_merkle::mem_backed_tree::MemoryBackedTree::<Sha256, Vec<u8>>::new();
        for leaf in &leaves {
            theirs.push(leaf.clone());
        }
        let root = root_of(hashes.iter().copied());
        let their_root = theirs.root();
        prop_assert_eq!(their_root.as_bytes().as_slice(), root.as_bytes());

        let index = at.index(count);
        let proof = inclusion_proof(&hashes, index as u64, count as u64).unwrap();
        let their_proof = theirs.prove_inclusion(index);
        prop_assert_eq!(their_proof.as_bytes(), raw(&proof).concat());
        prop_assert!(their_root.verify_inclusion(&leaves[index], index as u64, &their_proof).is_ok());

        let old = 1 + old.index(count);
        let proof = consistency_proof(&hashes, old as u64, count as u64).unwrap();
        if old < count {
            let their_proof = theirs.prove_consistency(count - old);
            prop_assert_eq!(their_proof.as_bytes(), raw(&proof).concat());
        }
    }

    #[test]
    fn any_change_to_an_inclusion_proof_breaks_it(
        count in 1..200_usize, at in any::<prop::sample::Index>(), place in any::<prop::sample::Index>(), bit in 0..256_usize,
    ) {
        let hashes = hashes(&leaves(count));
        let (size, index) = (count as u64, at.index(count) as u64);
        let root = root_of(hashes.iter().copied());
        let proof = inclusion_proof(&hashes, index, size).unwrap();
        let holds = |leaf: &Hash, index, proof: &[Hash], root: &Hash| verify_inclusion(leaf, index, size, proof, root).is_ok();
        let leaf = hashes[at.index(count)];
        prop_assert!(holds(&leaf, index, &proof, &root));
        prop_assert!(!holds(&flip(leaf, bit), index, &proof, &root));
        prop_assert!(!holds(&leaf, index, &proof, &flip(root, bit)));
        prop_assert!(!holds(&leaf, index, &[&proof[..], &[root]].concat(), &root));
        for other in (0..size + 2).filter(|other| *other != index) {
            prop_assert!(!holds(&leaf, other, &proof, &root));
        }
        if !proof.is_empty() {
            let mut changed = proof.clone();
            let place = place.index(proof.len());
            changed[place] = flip(changed[place], bit);
            prop_assert!(!holds(&leaf, index, &changed, &root));
            prop_assert!(!holds(&leaf, index, &proof[1..], &root));
            prop_assert!(!holds(&leaf, index, &proof[..proof.len() - 1], &root));
        }
    }

    #[test]
    fn any_change_to_a_consistency_proof_breaks_it(
        count in 2..200_usize, at in any::<prop::sample::Index>(), place in any::<prop::sample::Index>(), bit in 0..256_usize,
    ) {
        let hashes = hashes(&leaves(count));
        let (new, old) = (count as u64, 1 + at.index(count - 1) as u64);
        let [old_root, new_root] = [1 + at.index(count - 1), count].map(|size| root_of(hashes[..size].iter().copied()));
        let proof = consistency_proof(&hashes, old, new).unwrap();
        let holds = |old, old_root: &Hash, new_root: &Hash, proof: &[Hash]| verify_consistency(old, old_root, new, new_root, proof).is_ok();
        prop_assert!(holds(old, &old_root, &new_root, &proof));
        prop_assert!(!holds(old, &flip(old_root, bit), &new_root, &proof));
        prop_assert!(!holds(old, &old_root, &flip(new_root, bit), &proof));
        prop_assert!(!holds(old, &old_root, &new_root, &[&proof[..], &[new_root]].concat()));
        prop_assert!(!holds(old, &old_root, &new_root, &proof[1..]));
        prop_assert!(!holds(old, &old_root, &new_root, &proof[..proof.len() - 1]));
        let mut changed = proof.clone();
        let place = place.index(proof.len());
        changed[place] = flip(changed[place], bit);
        prop_assert!(!holds(old, &old_root, &new_root, &changed));
    }

    #[test]
    fn a_frontier_can_be_stored_in_between(before in 0..70_usize, after in 0..70_usize) {
        let hashes = hashes(&leaves(before + after));
        let mut frontier: Frontier = hashes[..before].iter().copied().collect();
        frontier = Frontier::from_bytes(&frontier.to_bytes()).unwrap();
        frontier.extend(hashes[before..].iter().copied());
        prop_assert_eq!(frontier.root(), root_of(hashes));
    }

    #[test]
    fn verification_of_rubbish_ends_in_an_error(old in any::<u64>(), new in any::<u64>(), length in 0..80_usize) {
        let rubbish: Vec<Hash> = hashes(&leaves(length + 2));
        let [first, second, proof @ ..] = &rubbish[..] else { unreachable!() };
        prop_assert!(verify_inclusion(first, old, new, proof, second).is_err());
        prop_assert!(verify_consistency(old, first, new, second, proof).is_err());
    }
}

fn flip(hash: Hash, bit: usize) -> Hash {
    let mut bytes = *hash.as_bytes();
    bytes[bit / 8] ^= 1 << (bit % 8);
    Hash::from_bytes(bytes)
}

#[test]
fn a_leaf_cannot_pose_as_a_node() {
    let [left, right] = [leaf_hash(b"a"), leaf_hash(b"b")];
    assert_ne!(leaf_hash(&[left.as_bytes().as_slice(), right.as_bytes()].concat()), node_hash(&left, &right));
}
