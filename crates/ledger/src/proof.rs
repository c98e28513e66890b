//! A single entry's proof, as a file: C2SP tlog-proof.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::checkpoint::{Checkpoint, CheckpointError, read_decimal};
use crate::hash::Hash;
use crate::note::{self, VerifyingKey};
use crate::tree::{Tree, TreeError, leaf_hash, verify_inclusion};

/// The first line.
const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// The most hashes of a proof: the height of a tree of [`MAX_SIZE`](crate::tree::MAX_SIZE) leaves.
pub const MAX_HASHES: usize = 53;

/// The content of a `.tlog-proof` file: that one leaf is in the tree of one checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Bytes of the application's own. Nothing vouches for them.
    pub extra: Option<Vec<u8>>,
    /// The leaf's index, from 0.
    pub index: u64,
    /// The inclusion proof, the leaf's sibling first.
    pub hashes: Vec<Hash>,
    /// The signed checkpoint, to the letter.
    pub checkpoint: String,
}

/// A proof that is malformed or does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// A line of the file.
    #[error("proof line {line}: {reason}")]
    Line {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The checkpoint in it.
    #[error("proof: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The inclusion proof in it.
    #[error("proof: {0}")]
    Tree(#[from] TreeError),
}

impl Proof {
    /// Proves leaf `index` in the tree of a signed checkpoint.
    ///
    /// # Errors
    /// When the checkpoint is not signed by one of the keys, or when the tree did not grow out of the checkpoint's.
    pub fn new(tree: &Tree, index: u64, checkpoint: String, keys: &[VerifyingKey]) -> Result<Self, ProofError> {
        let head = Checkpoint::open(&checkpoint, keys)?;
        let hashes = tree.inclusion_proof(index, head.size)?;
        let leaf = tree.leaf(index).ok_or(TreeError::Index { index, size: head.size })?;
        verify_inclusion(&leaf, index, head.size, &hashes, &head.root)?;
        Ok(Self { extra: None, index, hashes, checkpoint })
    }

    /// The file's text.
    pub fn to_text(&self) -> String {
        let extra = self.extra.as_ref().map(|extra| format!("extra {}\n", STANDARD.encode(extra))).unwrap_or_default();
        let hashes: String = self.hashes.iter().map(|hash| hash.to_base64() + "\n").collect();
        format!("{HEADER}\n{extra}index {}\n{hashes}\n{}", self.index, self.checkpoint)
    }

    /// Reads a file's text. The signatures are left to [`verify`](Self::verify).
    pub fn parse(text: &str) -> Result<Self, ProofError> {
        let wrong = |line, reason| ProofError::Line { line, reason };
        let mut lines = Lines { rest: text, number: 0 };
        if text.len() > 2 * note::MAX_LEN {
            return Err(wrong(1, "the file is longer than two million bytes"));
        }
        if lines.next_line() != Some(HEADER) {
            return Err(wrong(1, "not c2sp.org/tlog-proof@v1"));
        }
        let mut line = lines.next_line().ok_or(wrong(2, "missing"))?;
        let mut extra = None;
        if let Some(bytes) = line.strip_prefix("extra ") {
            extra = Some(STANDARD.decode(bytes).map_err(|_| wrong(2, "the extra data is not base64"))?);
            line = lines.next_line().ok_or(wrong(3, "missing"))?;
        }
        let index = line.strip_prefix("index ").and_then(read_decimal);
        let index = index.ok_or(wrong(lines.number, "not `index` and a decimal of at most 2^53 - 1"))?;
        let mut hashes = Vec::new();
        loop {
            let line = lines.next_line().ok_or(wrong(lines.number + 1, "missing"))?;
            if line.is_empty() {
                break;
            }
            if hashes.len() == MAX_HASHES {
                return Err(wrong(lines.number, "more hashes than a tree is high"));
            }
            hashes.push(Hash::from_base64(line).map_err(|_| wrong(lines.number, "not base64 of 32 bytes"))?);
        }
        if lines.rest.is_empty() {
            return Err(wrong(lines.number + 1, "no checkpoint"));
        }
        Ok(Self { extra, index, hashes, checkpoint: lines.rest.to_owned() })
    }

    /// Checks that these exact bytes are the leaf at [`index`](Self::index) in a tree that one of the keys signed,
    /// of the log named `origin`, and returns its checkpoint.
    pub fn verify(&self, leaf: &[u8], origin: &str, keys: &[VerifyingKey]) -> Result<Checkpoint, ProofError> {
        let head = Checkpoint::open_of(origin, &self.checkpoint, keys)?;
        verify_inclusion(&leaf_hash(leaf), self.index, head.size, &self.hashes, &head.root)?;
        Ok(head)
    }
}

/// Lines that end in a newline, counted.
struct Lines<'a> {
    rest: &'a str,
    number: usize,
}

impl<'a> Lines<'a> {
    fn next_line(&mut self) -> Option<&'a str> {
        let (line, rest) = self.rest.split_once('\n')?;
        self.rest = rest;
        self.number += 1;
        Some(line)
    }
}
