//! The append-only Merkle tree of RFC 6962, section 2, over SHA-256.
//!
//! [`Frontier`] grows a tree and keeps only the roots of its perfect subtrees.
//! [`Tree`] keeps all of them and makes many proofs. Proofs are also made from bare leaf hashes, and checked without them, by the algorithms of RFC 9162, section 2.1.

use std::ops::Range;

use crate::hash::Hash;

/// The greatest number of leaves, 2^53 - 1, so that every size and index is also a canonical integer.
pub const MAX_SIZE: u64 = crate::canonical::MAX_INTEGER;

/// A tree, proof or frontier that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// No leaf has that index.
    #[error("leaf {index} is not in a tree of {size} leaves")]
    Index {
        /// The index asked for, from 0.
        index: u64,
        /// The tree's number of leaves.
        size: u64,
    },
    /// The tree asked for is larger than the one at hand.
    #[error("a tree of {size} leaves was asked of {known}")]
    Size {
        /// The size asked for.
        size: u64,
        /// The number of leaves there are.
        known: u64,
    },
    /// The older tree of a consistency proof is the larger one.
    #[error("a tree of {old} leaves cannot have grown into one of {new}")]
    Shrunk {
        /// The older tree's size.
        old: u64,
        /// The newer tree's size.
        new: u64,
    },
    /// The proof has too many or too few hashes for that index and size.
    #[error("the proof has {0} hashes, which is not the number for that place and size")]
    Length(usize),
    /// The hashes lead to another root.
    #[error("the proof leads to root {found}, but it is {expected}")]
    Root {
        /// The root that was to be reached.
        expected: Hash,
        /// The root reached.
        found: Hash,
    },
    /// The bytes of a frontier have the wrong length or size.
    #[error("a frontier cannot be read from these {0} bytes")]
    Frontier(usize),
}

/// The hash of a leaf: SHA-256(0x00 ‖ leaf).
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    Hash::of_parts(&[&[0], leaf])
}

/// The hash of an inner node: SHA-256(0x01 ‖ left ‖ right).
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(left.as_bytes());
    bytes[33..].copy_from_slice(right.as_bytes());
    Hash::of(&bytes)
}

/// The root of the empty tree: SHA-256 of nothing.
pub fn empty_root() -> Hash {
    Hash::of(b"")
}

/// A growing tree: its size, and the roots of the perfect subtrees that it consists of, the largest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    /// One for each one in the size's binary form.
    roots: Vec<Hash>,
}

impl Frontier {
    /// The empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a leaf by its [`leaf_hash`].
    pub fn append(&mut self, leaf: Hash) {
        let mut root = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.roots.pop() {
                root = node_hash(&left, &root);
            }
        }
        self.roots.push(root);
        self.size += 1;
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root hash.
    pub fn root(&self) -> Hash {
        let mut roots = self.roots.iter().rev();
        let Some(last) = roots.next() else {
            return empty_root();
        };
        roots.fold(*last, |right, left| node_hash(left, &right))
    }

    /// The size as 8 bytes big-endian, then the roots of the perfect subtrees, the largest first.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.size.to_be_bytes().to_vec();
        for root in &self.roots {
            bytes.extend_from_slice(root.as_bytes());
        }
        bytes
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// # Errors
    /// When the size is beyond [`MAX_SIZE`] or does not go with the number of bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TreeError> {
        let wrong = || TreeError::Frontier(bytes.len());
        let (size, rest) = bytes.split_first_chunk::<8>().ok_or_else(wrong)?;
        let size = u64::from_be_bytes(*size);
        let (roots, odd) = rest.as_chunks::<32>();
        if size > MAX_SIZE || !odd.is_empty() || u64::from(size.count_ones()) != roots.len() as u64 {
            return Err(wrong());
        }
        Ok(Self { size, roots: roots.iter().map(|root| Hash::from_bytes(*root)).collect() })
    }
}

impl Extend<Hash> for Frontier {
    fn extend<I: IntoIterator<Item = Hash>>(&mut self, leaves: I) {
        for leaf in leaves {
            self.append(leaf);
        }
    }
}

impl FromIterator<Hash> for Frontier {
    fn from_iter<I: IntoIterator<Item = Hash>>(leaves: I) -> Self {
        let mut frontier = Self::new();
        frontier.extend(leaves);
        frontier
    }
}

/// The root of the tree over these leaf hashes.
pub fn root_of(leaves: impl IntoIterator<Item = Hash>) -> Hash {
    leaves.into_iter().collect::<Frontier>().root()
}

/// A tree with all the roots of its perfect subtrees: twice the memory of its leaf hashes, but each proof costs only some
/// hashes. For one proof from leaf hashes at hand, [`inclusion_proof`] and [`consistency_proof`] do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// The leaf hashes, then for each level the roots of its perfect subtrees, from the left.
    levels: Vec<Vec<Hash>>,
}

impl Default for Tree {
    fn default() -> Self {
        Self { levels: vec![Vec::new()] }
    }
}

impl Tree {
    /// The empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a leaf by its [`leaf_hash`].
    pub fn append(&mut self, leaf: Hash) {
        let mut root = leaf;
        for level in 0.. {
            if level == self.levels.len() {
                self.levels.push(Vec::new());
            }
            let nodes = &mut self.levels[level];
            nodes.push(root);
            match nodes.as_chunks::<2>() {
                ([.., [left, right]], []) => root = node_hash(left, right),
                _ => break,
            }
        }
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.levels[0].len() as u64
    }

    /// The hash of a leaf; none beyond the end.
    pub fn leaf(&self, index: u64) -> Option<Hash> {
        self.levels[0].get(usize::try_from(index).ok()?).copied()
    }

    /// The root of the tree of the first `size` leaves.
    pub fn root(&self, size: u64) -> Result<Hash, TreeError> {
        Ok(self.root_of(0..within(size, self.levels[0].len())?))
    }

    /// As [`inclusion_proof`].
    pub fn inclusion_proof(&self, index: u64, size: u64) -> Result<Vec<Hash>, TreeError> {
        include(self.levels[0].len(), index, size, |leaves| self.root_of(leaves))
    }

    /// As [`consistency_proof`].
    pub fn consistency_proof(&self, old: u64, new: u64) -> Result<Vec<Hash>, TreeError> {
        grow(self.levels[0].len(), old, new, |leaves| self.root_of(leaves))
    }

    /// The root over some leaves that begin at a multiple of the power of two that holds them.
    fn root_of(&self, leaves: Range<usize>) -> Hash {
        let mut rest = leaves;
        let mut roots = Vec::new();
        while !rest.is_empty() {
            let height = rest.len().ilog2();
            roots.push(self.levels[height as usize][rest.start >> height]);
            rest.start += 1 << height;
        }
        let right = roots.pop().unwrap_or_else(empty_root);
        roots.iter().rev().fold(right, |right, left| node_hash(left, &right))
    }
}

impl Extend<Hash> for Tree {
    fn extend<I: IntoIterator<Item = Hash>>(&mut self, leaves: I) {
        for leaf in leaves {
            self.append(leaf);
        }
    }
}

impl FromIterator<Hash> for Tree {
    fn from_iter<I: IntoIterator<Item = Hash>>(leaves: I) -> Self {
        let mut tree = Self::new();
        tree.extend(leaves);
        tree
    }
}

/// A size asked for, when there are as many leaves.
fn within(size: u64, known: usize) -> Result<usize, TreeError> {
    let outside = TreeError::Size { size, known: known as u64 };
    usize::try_from(size).ok().filter(|size| *size <= known).ok_or(outside)
}

/// Splits two or more leaves where RFC 6962 does: at the largest power of two below their number.
fn split(leaves: &Range<usize>) -> (Range<usize>, Range<usize>) {
    let middle = leaves.start + leaves.len().next_power_of_two() / 2;
    (leaves.start..middle, middle..leaves.end)
}

/// Proves that leaf `index` is in the tree of the first `size` leaves: PATH of RFC 6962, section 2.1.1, the leaf's sibling first.
///
/// Costs one hash for each leaf; [`Tree`] makes many proofs more cheaply.
pub fn inclusion_proof(leaves: &[Hash], index: u64, size: u64) -> Result<Vec<Hash>, TreeError> {
    include(leaves.len(), index, size, |range| root_of(leaves[range].iter().copied()))
}

/// Proves that the tree of the first `old` leaves grew into that of the first `new`: PROOF of RFC 6962, section 2.1.2.
///
/// Empty when both are of one size or the older one has no leaf.
/// Costs one hash for each leaf; [`Tree`] makes many proofs more cheaply.
pub fn consistency_proof(leaves: &[Hash], old: u64, new: u64) -> Result<Vec<Hash>, TreeError> {
    grow(leaves.len(), old, new, |range| root_of(leaves[range].iter().copied()))
}

fn include(
    known: usize,
    index: u64,
    size: u64,
    root_of: impl Fn(Range<usize>) -> Hash,
) -> Result<Vec<Hash>, TreeError> {
    let mut tree = 0..within(size, known)?;
    let outside = TreeError::Index { index, size };
    let index = usize::try_from(index).ok().filter(|index| tree.contains(index)).ok_or(outside)?;
    let mut proof = Vec::new();
    while tree.len() > 1 {
        let (left, right) = split(&tree);
        let (inside, beside) = if left.contains(&index) { (left, right) } else { (right, left) };
        proof.push(root_of(beside));
        tree = inside;
    }
    proof.reverse();
    Ok(proof)
}

fn grow(known: usize, old: u64, new: u64, root_of: impl Fn(Range<usize>) -> Hash) -> Result<Vec<Hash>, TreeError> {
    let mut tree = 0..within(new, known)?;
    if old > new {
        return Err(TreeError::Shrunk { old, new });
    }
    let old = within(old, known)?;
    let mut proof = Vec::new();
    if old == 0 {
        return Ok(proof);
    }
    while old < tree.end {
        let (left, right) = split(&tree);
        let (inside, beside) = if old <= left.end { (left, right) } else { (right, left) };
        proof.push(root_of(beside));
        tree = inside;
    }
    // The older tree's whole root is known to the verifier, a subtree's is not.
    if tree.start > 0 {
        proof.push(root_of(tree));
    }
    proof.reverse();
    Ok(proof)
}

/// Checks an inclusion proof of a leaf hash against a root: RFC 9162, section 2.1.3.2.
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> Result<(), TreeError> {
    if index >= size {
        return Err(TreeError::Index { index, size });
    }
    let mut path = Path { node: index, last: size - 1 };
    let mut found = *leaf;
    for beside in proof {
        match path.step() {
            Some(Side::Left) => found = node_hash(beside, &found),
            Some(Side::Right) => found = node_hash(&found, beside),
            None => return Err(TreeError::Length(proof.len())),
        }
    }
    if path.last != 0 {
        return Err(TreeError::Length(proof.len()));
    }
    reached(root, found)
}

/// Checks a consistency proof between two roots: RFC 9162, section 2.1.4.2.
///
/// The empty tree grows into every tree, by an empty proof.
pub fn verify_consistency(
    old: u64,
    old_root: &Hash,
    new: u64,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), TreeError> {
    if old > new {
        return Err(TreeError::Shrunk { old, new });
    }
    if old == 0 || old == new {
        if !proof.is_empty() {
            return Err(TreeError::Length(proof.len()));
        }
        if old == 0 {
            reached(old_root, empty_root())?;
        }
        return if old == new { reached(new_root, *old_root) } else { Ok(()) };
    }
    let mut path = Path { node: old - 1, last: new - 1 };
    while path.node & 1 == 1 {
        path.up();
    }
    // A perfect older tree is itself the first node of the path.
    let (start, rest) =
        if old.is_power_of_two() { (old_root, proof) } else { proof.split_first().ok_or(TreeError::Length(0))? };
    let (mut found_old, mut found_new) = (*start, *start);
    for beside in rest {
        match path.step() {
            Some(Side::Left) => {
                found_old = node_hash(beside, &found_old);
                found_new = node_hash(beside, &found_new);
            }
            Some(Side::Right) => found_new = node_hash(&found_new, beside),
            None => return Err(TreeError::Length(proof.len())),
        }
    }
    if path.last != 0 {
        return Err(TreeError::Length(proof.len()));
    }
    reached(old_root, found_old)?;
    reached(new_root, found_new)
}

fn reached(expected: &Hash, found: Hash) -> Result<(), TreeError> {
    if *expected == found { Ok(()) } else { Err(TreeError::Root { expected: *expected, found }) }
}

/// The side on which a proof's hash stands.
enum Side {
    Left,
    Right,
}

/// A node's place in its level, and that of the level's last node.
struct Path {
    node: u64,
    last: u64,
}

impl Path {
    fn up(&mut self) {
        self.node >>= 1;
        self.last >>= 1;
    }

    /// Climbs past one hash of the proof and tells its side; `None` at the top.
    fn step(&mut self) -> Option<Side> {
        if self.last == 0 {
            return None;
        }
        let side = if self.node & 1 == 1 || self.node == self.last {
            // A last node without a right neighbour rises unhashed until it has a left one.
            while self.node & 1 == 0 && self.node != 0 {
                self.up();
            }
            Side::Left
        } else {
            Side::Right
        };
        self.up();
        Some(side)
    }
}
