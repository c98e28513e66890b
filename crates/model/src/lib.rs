//! What an information security management system is: its record kinds, their fields and workflow, the value that
//! holds an organisation's whole ISMS at one moment, and the pure functions that decide what may change.
//!
//! Nothing here does I/O, reads a clock or draws random numbers: time, identity and files are arguments.

mod caused;
pub mod change;
pub mod consent;
pub mod custom;
pub mod decide;
pub mod due;
pub mod field;
pub mod isms;
pub mod kind;
pub mod permit;
pub mod plain;
pub mod principal;
pub mod query;
pub mod records;
pub mod reference;
pub mod search;
pub mod stored;
mod table;
pub mod value;

pub use change::{Action, Actor, Change, Entry, Subject, Via};
pub use decide::{Command, Context, Part, Problems, Refusal, decide, decide_next};
pub use isms::Isms;
pub use principal::Principal;
pub use records::Kind;
pub use reference::{AnyRef, Ref};
pub use stored::{AnyRecord, Stored};
pub use table::Table;
