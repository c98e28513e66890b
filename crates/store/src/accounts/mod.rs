//! Sign-in data: who may enter, by which proof, as which person of which organisation.
//!
//! Accounts are of the instance; a membership ties one account to one person of one organisation. Nothing here is in the
//! ledger. Secrets that are random 256-bit values are known by their SHA-256 only, passwords as PHC strings made elsewhere.
//! Every change is one short transaction on one connection of its own; times are kept in whole milliseconds.
//!
//! A backup holds accounts, memberships, passkeys, recovery codes and preferences. It holds no sessions, tokens, invitations
//! or idempotency keys, and a restore drops those that a file holds nevertheless: everybody signs in anew.

mod account;
mod error;
mod idempotency;
mod invitation;
mod login;
mod membership;
mod passkey;
mod preference;
mod session;
mod token;

use std::sync::Mutex;

use attestry_model::Ref;
use attestry_model::records::Person;
use jiff::Timestamp;

use crate::backend::{Db, Transaction};
use crate::config::Access;
use crate::error::StoreError;
use crate::store::{Core, Store};
use crate::writer::held;

pub use account::{Account, AccountId};
pub use error::AccountError;
pub use idempotency::Idempotent;
pub use invitation::Invitation;
pub use membership::Membership;
pub use passkey::Passkey;
pub use session::Session;
pub use token::Token;

/// Tables whose rows end where a backup begins.
const PASSING: [&str; 4] = ["session", "token", "invitation", "idempotent"];

/// Takes out what no copy of a database may bring along: sessions, tokens, invitations, idempotency keys.
pub(crate) fn end_all(db: &mut Db) -> Result<(), StoreError> {
    for table in PASSING {
        if db.has_table(table)? {
            db.execute(&format!("DELETE FROM {table}"), &[])?;
        }
    }
    Ok(())
}

/// The one connection on which sign-in data is written: requests queue here, not in the database, and so never outnumber
/// the organisations' writers there.
#[derive(Default)]
pub(crate) struct Desk(Mutex<Option<Db>>);

/// The sign-in data of a store.
#[derive(Clone, Copy)]
pub struct Accounts<'a> {
    core: &'a Core,
}

impl std::fmt::Debug for Accounts<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Accounts").field("place", &self.core.place.name()).finish_non_exhaustive()
    }
}

impl Store {
    /// The sign-in data.
    pub fn accounts(&self) -> Accounts<'_> {
        Accounts { core: self.core() }
    }
}

impl Accounts<'_> {
    /// Runs `work`, which only reads. A single statement sees one moment without a transaction.
    fn look<T>(self, work: impl FnMut(&mut Db) -> Result<T, StoreError>) -> Result<T, AccountError> {
        Ok(self.core.look(work)?)
    }

    /// Runs `work` in one transaction for writing; an error takes all of it back.
    fn write<T>(self, work: impl FnOnce(&mut Db) -> Result<T, AccountError>) -> Result<T, AccountError> {
        if self.core.config.access == Access::Read {
            return Err(StoreError::ReadOnly("the store was opened for reading only".to_owned()).into());
        }
        let mut desk = held(self.core.desk.0.lock());
        let mut db = match desk.take() {
            Some(mut db) => match db.begin(Transaction::Write) {
                Ok(()) => db,
                // A server may have closed the connection since; nothing was begun, so a new one can take over.
                Err(_) if !db.is_file() => self.begin()?,
                Err(error) => {
                    *desk = Some(db);
                    return Err(error.into());
                }
            },
            None => self.begin()?,
        };
        match work(&mut db) {
            Ok(done) => {
                db.commit()?;
                *desk = Some(db);
                Ok(done)
            }
            Err(error) => {
                db.rollback();
                // After a failure of the database the connection is not trusted any more.
                if !matches!(error, AccountError::Store(_)) {
                    *desk = Some(db);
                }
                Err(error)
            }
        }
    }

    fn begin(self) -> Result<Db, StoreError> {
        let mut db = self.core.connect()?;
        db.begin(Transaction::Write)?;
        Ok(db)
    }

    /// Removes what has expired: sessions, invitations, idempotency keys. Says how many rows went.
    pub fn sweep(&self, now: Timestamp) -> Result<u64, AccountError> {
        let (at, old) = (now.as_millisecond(), idempotency::horizon(now));
        self.write(|db| {
            let sessions = db.execute("DELETE FROM session WHERE expires_at <= $1", &[at.into()])?;
            let invitations = db.execute("DELETE FROM invitation WHERE expires_at <= $1", &[at.into()])?;
            let keys = db.execute("DELETE FROM idempotent WHERE created_at <= $1", &[old.into()])?;
            Ok(sessions + invitations + keys)
        })
    }
}

/// The number of an organisation in the database.
fn organisation_id(db: &mut Db, slug: &str) -> Result<i64, AccountError> {
    let found = db.one("SELECT id FROM organisation WHERE slug = $1", &[slug.into()], |row| row.int(0))?;
    found.ok_or_else(|| AccountError::NotThere(format!("organisation {slug}")))
}

/// That the person is among the organisation's records.
fn check_person(db: &mut Db, organisation: i64, person: Ref<Person>) -> Result<(), AccountError> {
    let sql = "SELECT seq FROM record WHERE organisation = $1 AND kind = $2 AND number = $3";
    let kind = person.any().kind.words().name;
    let params = [organisation.into(), kind.into(), person.number().into()];
    match db.one(sql, &params, |row| row.int(0))? {
        Some(_) => Ok(()),
        None => Err(AccountError::NotThere(person.to_string())),
    }
}

/// Refuses a text that is empty, too long (in bytes), or not printable.
fn check_text(what: &'static str, text: &str, longest: usize) -> Result<(), AccountError> {
    let reason = if text.trim().is_empty() {
        "is empty".to_owned()
    } else if text.len() > longest {
        format!("is longer than {longest} bytes")
    } else if text.chars().any(char::is_control) {
        "has characters that cannot be printed".to_owned()
    } else {
        return Ok(());
    };
    Err(AccountError::Wrong { what, reason })
}

/// Refuses a body that is too long (in bytes) or has the one character that no database takes.
fn check_body(what: &'static str, body: &str, longest: usize) -> Result<(), AccountError> {
    let reason = if body.len() > longest {
        format!("is longer than {longest} bytes")
    } else if body.contains('\0') {
        "has a null character".to_owned()
    } else {
        return Ok(());
    };
    Err(AccountError::Wrong { what, reason })
}

/// Counts with `sql` and refuses one more than `most`.
fn check_room(
    db: &mut Db,
    what: &'static str,
    most: u64,
    sql: &str,
    params: &[crate::backend::Param<'_>],
) -> Result<(), AccountError> {
    let count = db.one(sql, params, |row| row.number(0))?.unwrap_or_default();
    if count >= most { Err(AccountError::TooMany { what, most }) } else { Ok(()) }
}

/// The person with this number in the database.
fn person(number: i64) -> Result<Ref<Person>, StoreError> {
    let number = u32::try_from(number).map_err(|error| StoreError::content(format!("person {number}"), error))?;
    Ok(Ref::new(number))
}
