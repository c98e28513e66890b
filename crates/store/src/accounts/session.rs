//! Sessions: a browser that has proved whose it is. Known by the SHA-256 of its secret.

use jiff::{SignedDuration, Timestamp};

use super::account::{lock, lock_active};
use super::membership::hold;
use super::{AccountError, AccountId, Accounts, organisation_id};
use crate::backend::Row;
use crate::error::StoreError;
use crate::load::time;

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Whose it is.
    pub account: AccountId,
    /// The slug of the organisation that it is in; none before one was chosen.
    pub organisation: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was used last, to a minute.
    pub seen_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When its owner proved last that it is still they.
    pub stepped_up_at: Option<Timestamp>,
    /// The program that it runs in, as that says.
    pub agent: String,
    /// The network address that it began from.
    pub address: String,
    /// How its owner proved last who they are: `password`, `password+totp`, `password+recovery` or `passkey`.
    pub method: String,
}

/// The most sessions of an account: a further one ends the one that was used the longest ago.
const MOST: usize = 100;
/// How much of a program's own description is kept, in characters.
const LONGEST_AGENT: usize = 300;
/// How much of an address is kept, in characters.
const LONGEST_ADDRESS: usize = 100;
/// How much of the method's name is kept, in characters.
const LONGEST_METHOD: usize = 40;
/// A session is written to when it was last seen so long ago, not at every request.
const SEEN: SignedDuration = SignedDuration::from_mins(1);

/// The columns of a session `s` with its organisation `o`.
const COLUMNS: &str =
    "s.account, o.slug, s.created_at, s.seen_at, s.expires_at, s.stepped_up_at, s.agent, s.address, s.method";

fn read(row: &Row<'_>) -> Result<Session, StoreError> {
    Ok(Session {
        account: AccountId(row.int(0)?),
        organisation: row.maybe_text(1)?.map(str::to_owned),
        created_at: time(row.int(2)?)?,
        seen_at: time(row.int(3)?)?,
        expires_at: time(row.int(4)?)?,
        stepped_up_at: row.maybe_int(5)?.map(time).transpose()?,
        agent: row.text(6)?.to_owned(),
        address: row.text(7)?.to_owned(),
        method: row.text(8)?.to_owned(),
    })
}

/// What a browser says of itself, bounded and printable.
fn bounded(text: &str, longest: usize) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(longest).collect()
}

impl Accounts<'_> {
    /// Begins a session. What the browser says of itself is shortened to what is worth keeping.
    ///
    /// # Errors
    /// [`AccountError::Inactive`], and [`AccountError::NotThere`] when it names an organisation of which the account is no
    /// member.
    pub fn open_session(&self, hash: &[u8; 32], session: &Session) -> Result<(), AccountError> {
        let agent = bounded(&session.agent, LONGEST_AGENT);
        let address = bounded(&session.address, LONGEST_ADDRESS);
        let method = bounded(&session.method, LONGEST_METHOD);
        self.write(|db| {
            lock_active(db, session.account)?;
            let organisation = match &session.organisation {
                Some(slug) => {
                    let organisation = organisation_id(db, slug)?;
                    hold(db, session.account, organisation)?;
                    Some(organisation)
                }
                None => None,
            };
            let sql = format!(
                "DELETE FROM session WHERE hash IN (SELECT hash FROM session WHERE account = $1
                 ORDER BY seen_at DESC, hash LIMIT 1000 OFFSET {})",
                MOST - 1
            );
            db.execute(&sql, &[session.account.0.into()])?;
            db.execute(
                "INSERT INTO session (hash, account, organisation, created_at, seen_at, expires_at, stepped_up_at, agent,
                   address, method)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                &[
                    hash.into(),
                    session.account.0.into(),
                    organisation.into(),
                    session.created_at.as_millisecond().into(),
                    session.seen_at.as_millisecond().into(),
                    session.expires_at.as_millisecond().into(),
                    session.stepped_up_at.map(Timestamp::as_millisecond).into(),
                    (&agent).into(),
                    (&address).into(),
                    (&method).into(),
                ],
            )?;
            Ok(())
        })
    }

    /// The session with this hash; none when it has ended, has expired, or its account was switched off.
    pub fn session(&self, hash: &[u8; 32], now: Timestamp) -> Result<Option<Session>, AccountError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM session s JOIN account a ON a.id = s.account
             LEFT JOIN organisation o ON o.id = s.organisation
             WHERE s.hash = $1 AND s.expires_at > $2 AND a.active = 1"
        );
        self.look(|db| db.one(&sql, &[hash.into(), now.as_millisecond().into()], |row| read(&row)))
    }

    /// Notes that a session is in use, at most once a minute; otherwise only reads.
    pub fn touch_session(&self, hash: &[u8; 32], now: Timestamp) -> Result<(), AccountError> {
        let before = now.checked_sub(SEEN).unwrap_or(now).as_millisecond();
        let sql = "SELECT seen_at FROM session WHERE hash = $1 AND seen_at <= $2";
        let due = self.look(|db| db.one(sql, &[hash.into(), before.into()], |row| row.int(0)))?;
        if due.is_some() {
            let sql = "UPDATE session SET seen_at = $1 WHERE hash = $2 AND seen_at < $1";
            self.write(|db| Ok(db.execute(sql, &[now.as_millisecond().into(), hash.into()])?))?;
        }
        Ok(())
    }

    /// Notes that the owner proved anew that it is they, and how.
    pub fn step_up(&self, hash: &[u8; 32], method: &str, now: Timestamp) -> Result<(), AccountError> {
        let method = bounded(method, LONGEST_METHOD);
        let sql = "UPDATE session SET stepped_up_at = $1, method = $2 WHERE hash = $3";
        let params = [now.as_millisecond().into(), (&method).into(), hash.into()];
        there(self.write(|db| Ok(db.execute(sql, &params)?))?)
    }

    /// Takes a session into another organisation of its account.
    pub fn set_session_organisation(&self, hash: &[u8; 32], organisation: &str) -> Result<(), AccountError> {
        self.write(|db| {
            let organisation = organisation_id(db, organisation)?;
            let sql = "SELECT account FROM session WHERE hash = $1";
            let Some(account) = db.one(sql, &[hash.into()], |row| row.int(0))? else { return there(0) };
            lock(db, AccountId(account))?;
            hold(db, AccountId(account), organisation)?;
            let sql = "UPDATE session SET organisation = $1 WHERE hash = $2";
            there(db.execute(sql, &[organisation.into(), hash.into()])?)
        })
    }

    /// Gives a session another secret; false when it is not there any more.
    pub fn rotate_session(&self, old: &[u8; 32], new: &[u8; 32]) -> Result<bool, AccountError> {
        let sql = "UPDATE session SET hash = $1 WHERE hash = $2";
        self.write(|db| Ok(db.execute(sql, &[new.into(), old.into()])? == 1))
    }

    /// Ends a session; says whether it was there.
    pub fn end_session(&self, hash: &[u8; 32]) -> Result<bool, AccountError> {
        self.write(|db| Ok(db.execute("DELETE FROM session WHERE hash = $1", &[hash.into()])? == 1))
    }

    /// Ends all sessions of an account but this one; says how many.
    pub fn end_sessions(&self, account: AccountId, except: Option<&[u8; 32]>) -> Result<u64, AccountError> {
        // No hash is empty, so an empty one excepts nothing.
        let except = except.map_or(&[][..], |hash| hash.as_slice());
        let sql = "DELETE FROM session WHERE account = $1 AND hash <> $2";
        self.write(|db| Ok(db.execute(sql, &[account.0.into(), except.into()])?))
    }

    /// The sessions of an account that have not expired, the one used last first.
    pub fn sessions(&self, account: AccountId, now: Timestamp) -> Result<Vec<([u8; 32], Session)>, AccountError> {
        let sql = format!(
            "SELECT {COLUMNS}, s.hash FROM session s JOIN account a ON a.id = s.account
             LEFT JOIN organisation o ON o.id = s.organisation
             WHERE s.account = $1 AND s.expires_at > $2 AND a.active = 1 ORDER BY s.seen_at DESC, s.hash LIMIT {MOST}"
        );
        let params = [account.0.into(), now.as_millisecond().into()];
        self.look(|db| db.all(&sql, &params, |row| Ok((*row.hash(9)?.as_bytes(), read(&row)?))))
    }
}

fn there(changed: u64) -> Result<(), AccountError> {
    if changed == 1 { Ok(()) } else { Err(AccountError::NotThere("such session".to_owned())) }
}
