//! Durability: one database (SQLite or PostgreSQL) and one data folder hold any number of organisations, each with its
//! newest state in memory, its ledger, its signed checkpoints and its evidence files.
//!
//! Invariants: what was acknowledged is durable; no code path changes or removes a ledger entry; nothing is signed that
//! does not follow from what was signed last; [`Organisation::verify`] recomputes everything from the rows as they are.

mod accounts;
mod backend;
mod backup;
mod config;
mod erase;
mod error;
mod fail;
mod files;
mod group;
mod head;
mod history;
mod key;
mod load;
mod mark;
mod organisation;
mod proof;
mod restore;
mod schema;
mod seal;
mod store;
mod verify;
mod writer;

pub use accounts::{
    Account, AccountError, AccountId, Accounts, Idempotent, Invitation, Membership, Passkey, Session, Token,
};
pub use backup::BackupReport;
pub use config::{Access, Clock, Config};
pub use erase::Erasure;
pub use error::{StoreError, SubmitError};
pub use fail::SITES as FAIL_SITES;
pub use files::{Files, Folder};
pub use head::Epoch;
pub use history::{AsOf, Attached, Version, When};
pub use key::FILE as KEY_FILE;
pub use mark::{FOLDER as MARK_FOLDER, HighWater};
pub use organisation::{Info, Organisation, Pending, Receipt, Written};
pub use proof::EntryProof;
pub use restore::{Restored, RestoredOrganisation};
pub use schema::VERSION as SCHEMA_VERSION;
pub use store::{Listed, Store};
pub use verify::{Level, MOST_PROBLEMS, Problem, Progress, Verification, verify_assertion};
