//! The head of an organisation's ledger: what the next entry builds on.

use std::collections::HashMap;

use attestry_ledger::{Frontier, Hash};
use attestry_model::{AnyRef, Subject};

use crate::backend::Db;
use crate::error::StoreError;

/// A stretch of the ledger under one name and key. A new one begins when an older state was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Epoch {
    /// Counts from 1.
    pub number: u64,
    /// The first entry in it; the tree's leaf 0.
    pub first_seq: u64,
    /// The tree's name in checkpoints.
    pub origin: String,
    /// The public key, as signed notes write it.
    pub vkey: String,
}

/// What an organisation's next entry builds on.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub id: i64,
    pub slug: String,
    pub name: String,
    pub created_at: i64,
    pub clock: String,
    /// All entries over all epochs: the next entry's number.
    pub size: u64,
    /// The time of the last entry in milliseconds.
    pub last_at: i64,
    pub epoch: Epoch,
    pub frontier: Frontier,
    /// The version and leaf hash of the last entry about the ledger itself.
    pub ledger: (u64, Option<Hash>),
}

const COLUMNS: &str = "o.id, o.slug, o.name, o.created_at, o.clock, o.size, o.last_at, o.epoch, o.root, o.frontier,
 o.ledger_version, o.ledger_leaf, e.first_seq, e.origin, e.vkey";

impl Head {
    /// Reads the head, locking it when it is to be written.
    ///
    /// # Errors
    /// When it contradicts itself.
    pub fn read(db: &mut Db, slug: &str, lock: bool) -> Result<Option<Self>, StoreError> {
        let Some((head, root)) = Self::read_as_is(db, slug, lock)? else { return Ok(None) };
        match head.contradiction(&root) {
            None => Ok(Some(head)),
            Some(cause) => Err(StoreError::content(format!("organisation {slug}"), cause)),
        }
    }

    /// What in the head contradicts itself, if anything.
    pub fn contradiction(&self, root: &Hash) -> Option<&'static str> {
        if self.frontier.root() != *root {
            Some("its root is not that of its tree")
        } else if self.size != self.epoch.first_seq + self.frontier.size() {
            Some("its size is not that of its tree")
        } else {
            None
        }
    }

    /// Reads the head as it stands, and the root stored with it.
    pub fn read_as_is(db: &mut Db, slug: &str, lock: bool) -> Result<Option<(Self, Hash)>, StoreError> {
        if lock {
            let sql = format!("SELECT id FROM organisation WHERE slug = $1{}", db.for_update());
            db.one(&sql, &[slug.into()], |row| row.int(0))?;
        }
        let sql = format!(
            "SELECT {COLUMNS} FROM organisation o JOIN epoch e ON e.organisation = o.id AND e.number = o.epoch
             WHERE o.slug = $1"
        );
        db.one(&sql, &[slug.into()], |row| {
            let wrong = |cause: String| StoreError::content(format!("organisation {slug}"), cause);
            let frontier = Frontier::from_bytes(row.blob(9)?).map_err(|error| wrong(error.to_string()))?;
            let ledger_leaf = row.maybe_blob(11)?.and_then(|bytes| bytes.try_into().ok()).map(Hash::from_bytes);
            let epoch = Epoch {
                number: row.number(7)?,
                first_seq: row.number(12)?,
                origin: row.text(13)?.to_owned(),
                vkey: row.text(14)?.to_owned(),
            };
            let head = Self {
                id: row.int(0)?,
                slug: row.text(1)?.to_owned(),
                name: row.text(2)?.to_owned(),
                created_at: row.int(3)?,
                clock: row.text(4)?.to_owned(),
                size: row.number(5)?,
                last_at: row.int(6)?,
                epoch,
                frontier,
                ledger: (row.number(10)?, ledger_leaf),
            };
            Ok((head, row.hash(8)?))
        })
    }

    /// Writes the head back.
    pub fn update(&self, db: &mut Db) -> Result<(), StoreError> {
        let (root, frontier) = (self.frontier.root(), self.frontier.to_bytes());
        db.execute(
            "UPDATE organisation SET size = $1, last_at = $2, epoch = $3, root = $4, frontier = $5, ledger_version = $6,
             ledger_leaf = $7 WHERE id = $8",
            &[
                self.size.into(),
                self.last_at.into(),
                self.epoch.number.into(),
                (&root).into(),
                (&frontier).into(),
                self.ledger.0.into(),
                self.ledger.1.as_ref().into(),
                self.id.into(),
            ],
        )?;
        Ok(())
    }

    /// Writes a row of its epoch.
    pub fn insert_epoch(&self, db: &mut Db) -> Result<(), StoreError> {
        let Epoch { number, first_seq, origin, vkey } = &self.epoch;
        db.execute(
            "INSERT INTO epoch (organisation, number, first_seq, origin, vkey) VALUES ($1, $2, $3, $4, $5)",
            &[self.id.into(), (*number).into(), (*first_seq).into(), origin.into(), vkey.into()],
        )?;
        Ok(())
    }
}

/// All epochs of an organisation in order.
pub(crate) fn epochs(db: &mut Db, organisation: i64) -> Result<Vec<Epoch>, StoreError> {
    db.all(
        "SELECT number, first_seq, origin, vkey FROM epoch WHERE organisation = $1 ORDER BY number",
        &[organisation.into()],
        |row| {
            Ok(Epoch {
                number: row.number(0)?,
                first_seq: row.number(1)?,
                origin: row.text(2)?.to_owned(),
                vkey: row.text(3)?.to_owned(),
            })
        },
    )
}

/// What a chain of versions is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Chain {
    Record(AnyRef),
    Setting(String),
}

impl Chain {
    /// The chain of a subject; none for the ledger itself, whose chain is in the head.
    pub fn of(subject: &Subject) -> Option<Self> {
        match subject {
            Subject::Record(reference) => Some(Self::Record(*reference)),
            Subject::Setting(name) => Some(Self::Setting(name.clone())),
            Subject::Ledger => None,
        }
    }
}

/// The leaf hash of each chain's newest version.
pub(crate) type Tails = HashMap<Chain, Hash>;
