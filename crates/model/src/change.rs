//! Changes: what was decided, as entries for the ledger, the current records and every other reader.

use std::fmt;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::records::Person;
use crate::reference::{AnyRef, Ref};

/// What an entry is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A record.
    Record(AnyRef),
    /// A setting of the organisation, by name.
    Setting(String),
    /// The ledger itself: a new epoch, an erasure, a verification.
    Ledger,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Record(reference) => reference.fmt(f),
            Self::Setting(name) => f.write_str(name),
            Self::Ledger => f.write_str("ledger"),
        }
    }
}

/// Who made a change, by a name that says nothing about the person: their details stand in the record and can be erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// A person.
    Person(Ref<Person>),
    /// Whoever runs the program on its machine.
    Operator,
    /// The program itself.
    System,
}

impl Actor {
    /// The person, if it was one.
    pub fn person(self) -> Option<Ref<Person>> {
        match self {
            Self::Person(person) => Some(person),
            _ => None,
        }
    }

    /// From its written form.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "operator" => Some(Self::Operator),
            "system" => Some(Self::System),
            _ => text.parse::<AnyRef>().ok()?.of().map(Self::Person),
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(person) => person.fmt(f),
            Self::Operator => f.write_str("operator"),
            Self::System => f.write_str("system"),
        }
    }
}

/// Which way a change came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// The command line on the program's machine.
    Cli,
    /// A signed-in session.
    Session,
    /// An API token.
    Token,
    /// The program itself.
    System,
    /// An import of files.
    Import,
}

impl Via {
    /// The word in the ledger.
    pub fn word(self) -> &'static str {
        match self {
            Self::Cli => "cli",
            Self::Session => "session",
            Self::Token => "token",
            Self::System => "system",
            Self::Import => "import",
        }
    }
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// A record was created.
    Create,
    /// Fields were changed.
    Update,
    /// The state was changed.
    Transition,
    /// A record was voided.
    Void,
    /// An approval was signed.
    Sign,
    /// A record came in from files.
    Import,
    /// A consequence of another change: superseded, invalidated, moved back.
    Follow,
    /// A legal hold was set or lifted.
    Hold,
    /// A setting was changed.
    Set,
    /// Values were erased; the proofs remain.
    Erase,
    /// A new epoch of the ledger began.
    Epoch,
    /// The ledger was verified.
    Verify,
}

impl Action {
    const ALL: [(Self, &'static str); 12] = [
        (Self::Create, "create"),
        (Self::Update, "update"),
        (Self::Transition, "transition"),
        (Self::Void, "void"),
        (Self::Sign, "sign"),
        (Self::Import, "import"),
        (Self::Follow, "follow"),
        (Self::Hold, "hold"),
        (Self::Set, "set"),
        (Self::Erase, "erase"),
        (Self::Epoch, "epoch"),
        (Self::Verify, "verify"),
    ];

    /// The word in the ledger.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(action, _)| *action == self).map_or("", |(_, word)| word)
    }

    /// From the word in the ledger.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == word).map(|(action, _)| *action)
    }
}

/// A file that an entry brings in: its bytes lie in the file store under their hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFact {
    /// SHA-256 of the bytes, in hexadecimal.
    pub sha256: String,
    /// Size in bytes.
    pub size: u64,
    /// The name it came with.
    pub name: String,
}

/// One entry: a record or setting as it stands after the change, whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What it is about.
    pub subject: Subject,
    /// What was done.
    pub action: Action,
    /// The version that it makes, from 1 and without gaps per subject. For the ledger itself always 0.
    pub version: u32,
    /// All filled fields as canonical values.
    pub fields: Map<String, Value>,
    /// Why, in the words of who did it.
    pub reason: Option<String>,
    /// The approval under which it was done.
    pub approval: Option<AnyRef>,
    /// Files that came in with it.
    pub files: Vec<FileFact>,
}

/// What one command comes to: entries that are committed together or not at all.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// Which way.
    pub via: Via,
    /// The request that caused it, for finding it in logs.
    pub request: Option<String>,
    /// The entries in order.
    pub entries: Vec<Entry>,
}
