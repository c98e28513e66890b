//! The pure parts of a ledger that an outsider can check.
//!
//! It knows bytes, hashes and signatures, and nothing of what an entry means.
//! Formats are open: RFC 8785 canonical JSON, RFC 6962 trees, and the C2SP signed-note, tlog-checkpoint and tlog-proof.
//! It does no input or output and reads no clock, environment or randomness: those are arguments.

pub mod assertion;
pub mod canonical;
pub mod checkpoint;
pub mod commit;
pub mod foreign;
pub mod hash;
pub mod leaf;
pub mod note;
pub mod proof;
pub mod tree;
pub mod view;

pub use assertion::{Assertion, AssertionError};
pub use canonical::{CanonicalError, canonical, normalise};
pub use checkpoint::{Checkpoint, CheckpointError};
pub use commit::{Salt, blob_commitment, commitment};
pub use hash::{Hash, HashError};
pub use leaf::{Blob, Leaf, LeafError, Via};
pub use note::{NoteError, SigningKey, VerifyingKey};
pub use proof::{Proof, ProofError};
pub use tree::{Frontier, Tree, TreeError, leaf_hash, node_hash};
pub use view::LeafView;
