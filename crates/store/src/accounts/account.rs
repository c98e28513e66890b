//! Accounts: a login and the proofs that go with it.

use std::fmt;

use jiff::Timestamp;

use super::login::login_key;
use super::{AccountError, Accounts, check_room};
use crate::backend::{Db, Param, Row};
use crate::error::StoreError;
use crate::load::time;

/// The number of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(pub i64);

/// An account of the instance.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// Its number.
    pub id: AccountId,
    /// The login as it was typed.
    pub login: String,
    /// The password as a PHC string; none when it is not signed in with one.
    pub password: Option<String>,
    /// The secret of time-based codes in Base32, once it was confirmed.
    pub totp: Option<String>,
    /// Whether it may be used.
    pub active: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("id", &self.id)
            .field("login", &self.login)
            .field("active", &self.active)
            .field("created_at", &self.created_at)
            .finish_non_exhaustive()
    }
}

/// The columns of an account in a query that calls its table `a`.
pub(super) const COLUMNS: &str = "a.id, a.login, a.password, a.totp, a.active, a.created_at";

/// The most recovery codes of an account.
const MOST_CODES: usize = 32;

impl Account {
    /// From the first columns of a row.
    pub(super) fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: AccountId(row.int(0)?),
            login: row.text(1)?.to_owned(),
            password: row.maybe_text(2)?.map(str::to_owned),
            totp: row.maybe_text(3)?.map(str::to_owned),
            active: row.int(4)? != 0,
            created_at: time(row.int(5)?)?,
        })
    }
}

fn check_password(password: &str) -> Result<(), AccountError> {
    let printable = password.bytes().all(|byte| byte.is_ascii_graphic());
    if password.starts_with('$') && password.len() <= 512 && printable {
        return Ok(());
    }
    Err(AccountError::Wrong { what: "password", reason: "is not a PHC string".to_owned() })
}

fn check_totp(secret: &str) -> Result<(), AccountError> {
    let base32 = secret.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7' | b'='));
    if base32 && (16..=256).contains(&secret.len()) {
        return Ok(());
    }
    Err(AccountError::Wrong { what: "secret of time-based codes", reason: "is not Base32".to_owned() })
}

/// Inserts an account.
pub(super) fn insert(
    db: &mut Db,
    login: &str,
    password: Option<&str>,
    now: Timestamp,
) -> Result<AccountId, AccountError> {
    let login = login.trim();
    let key = login_key(login)?;
    password.map_or(Ok(()), check_password)?;
    let sql = "INSERT INTO account (login, login_key, password, active, created_at) VALUES ($1, $2, $3, 1, $4)
               ON CONFLICT (login_key) DO NOTHING RETURNING id";
    let params = [login.into(), (&key).into(), password.into(), now.as_millisecond().into()];
    let id = db.one(sql, &params, |row| row.int(0))?;
    id.map(AccountId).ok_or(AccountError::LoginTaken)
}

/// Locks an account until the end of the transaction and says whether it is active.
pub(super) fn lock(db: &mut Db, id: AccountId) -> Result<bool, AccountError> {
    let sql = format!("SELECT active FROM account WHERE id = $1{}", db.for_update());
    let active = db.one(&sql, &[id.0.into()], |row| row.int(0))?;
    active.map(|active| active != 0).ok_or_else(absent)
}

/// Locks an account that must be active.
pub(super) fn lock_active(db: &mut Db, id: AccountId) -> Result<(), AccountError> {
    if lock(db, id)? { Ok(()) } else { Err(AccountError::Inactive) }
}

fn absent() -> AccountError {
    AccountError::NotThere("such account".to_owned())
}

impl Accounts<'_> {
    /// How many accounts there are.
    pub fn count(&self) -> Result<u64, AccountError> {
        self.look(|db| Ok(db.one("SELECT count(*) FROM account", &[], |row| row.number(0))?.unwrap_or_default()))
    }

    /// Whether a login is possible.
    ///
    /// # Errors
    /// [`AccountError::LoginWrong`], with what is wrong with it.
    pub fn check_login(&self, login: &str) -> Result<(), AccountError> {
        login_key(login.trim()).map(|_| ())
    }

    /// Makes an account.
    ///
    /// # Errors
    /// [`AccountError::LoginTaken`], also for a login that differs in case or in compatibility forms only.
    pub fn create(&self, login: &str, password: Option<&str>, now: Timestamp) -> Result<AccountId, AccountError> {
        self.write(|db| insert(db, login, password, now))
    }

    /// The account with this login, however it is written. One that nobody can have is nobody's.
    pub fn by_login(&self, login: &str) -> Result<Option<Account>, AccountError> {
        let Ok(key) = login_key(login.trim()) else { return Ok(None) };
        let sql = format!("SELECT {COLUMNS} FROM account a WHERE a.login_key = $1");
        self.look(|db| db.one(&sql, &[(&key).into()], |row| Account::read(&row)))
    }

    /// The account with this number.
    pub fn get(&self, id: AccountId) -> Result<Option<Account>, AccountError> {
        let sql = format!("SELECT {COLUMNS} FROM account a WHERE a.id = $1");
        self.look(|db| db.one(&sql, &[id.0.into()], |row| Account::read(&row)))
    }

    /// Switches an account on or off. Switched off, its sessions are ended, and its tokens are worth nothing until it is
    /// switched on again.
    pub fn set_active(&self, id: AccountId, active: bool) -> Result<(), AccountError> {
        self.write(|db| {
            lock(db, id)?;
            db.execute("UPDATE account SET active = $1 WHERE id = $2", &[i64::from(active).into(), id.0.into()])?;
            if !active {
                db.execute("DELETE FROM session WHERE account = $1", &[id.0.into()])?;
            }
            Ok(())
        })
    }

    /// Gives the account another login.
    pub fn set_login(&self, id: AccountId, login: &str) -> Result<(), AccountError> {
        let login = login.trim();
        let key = login_key(login)?;
        self.write(|db| {
            lock(db, id)?;
            let sql = "SELECT id FROM account WHERE login_key = $1 AND id <> $2";
            if db.one(sql, &[(&key).into(), id.0.into()], |row| row.int(0))?.is_some() {
                return Err(AccountError::LoginTaken);
            }
            let sql = "UPDATE account SET login = $1, login_key = $2 WHERE id = $3";
            db.execute(sql, &[login.into(), (&key).into(), id.0.into()])?;
            Ok(())
        })
    }

    /// Gives the account another password, as a PHC string. Which sessions end with it is for the caller to say.
    pub fn set_password(&self, id: AccountId, phc: &str) -> Result<(), AccountError> {
        check_password(phc)?;
        self.change(id, "UPDATE account SET password = $1 WHERE id = $2", &[phc.into(), id.0.into()])
    }

    /// Sets the confirmed secret of time-based codes in Base32, or takes it away. A new secret forgets the last step used.
    pub fn set_totp(&self, id: AccountId, secret: Option<&str>) -> Result<(), AccountError> {
        secret.map_or(Ok(()), check_totp)?;
        let sql = "UPDATE account SET totp = $1, totp_step = CASE WHEN totp = $1 THEN totp_step END WHERE id = $2";
        self.change(id, sql, &[secret.into(), id.0.into()])
    }

    /// Uses up a time step: false when this one or a later one was used already, so that no code works twice.
    pub fn use_totp_step(&self, id: AccountId, step: u64) -> Result<bool, AccountError> {
        let sql = "UPDATE account SET totp_step = $1 WHERE id = $2 AND (totp_step IS NULL OR totp_step < $1)";
        self.write(|db| Ok(db.execute(sql, &[step.into(), id.0.into()])? == 1))
    }

    /// Replaces the recovery codes, each by its SHA-256; at most 32.
    pub fn set_recovery_codes(&self, id: AccountId, codes: &[[u8; 32]]) -> Result<(), AccountError> {
        if codes.len() > MOST_CODES {
            return Err(AccountError::TooMany { what: "recovery codes", most: MOST_CODES as u64 });
        }
        self.write(|db| {
            lock(db, id)?;
            db.execute("DELETE FROM recovery_code WHERE account = $1", &[id.0.into()])?;
            let values: Vec<Param<'_>> = codes.iter().flat_map(|code| [id.0.into(), code.into()]).collect();
            db.insert("recovery_code", &["account", "hash"], " ON CONFLICT DO NOTHING", &values)?;
            Ok(())
        })
    }

    /// Uses up a recovery code: true once for each.
    pub fn use_recovery_code(&self, id: AccountId, code: &[u8; 32]) -> Result<bool, AccountError> {
        let sql = "DELETE FROM recovery_code WHERE account = $1 AND hash = $2";
        self.write(|db| Ok(db.execute(sql, &[id.0.into(), code.into()])? == 1))
    }

    /// How many recovery codes are left.
    pub fn recovery_codes_left(&self, id: AccountId) -> Result<u64, AccountError> {
        let sql = "SELECT count(*) FROM recovery_code WHERE account = $1";
        self.look(|db| Ok(db.one(sql, &[id.0.into()], |row| row.number(0))?.unwrap_or_default()))
    }

    /// Removes an account with all that belongs to it; the ledger names persons, not accounts. Says whether it was there.
    pub fn remove(&self, id: AccountId) -> Result<bool, AccountError> {
        self.write(|db| Ok(db.execute("DELETE FROM account WHERE id = $1", &[id.0.into()])? == 1))
    }

    fn change(self, id: AccountId, sql: &str, params: &[Param<'_>]) -> Result<(), AccountError> {
        self.write(|db| {
            lock(db, id)?;
            db.execute(sql, params)?;
            Ok(())
        })
    }
}

/// Refuses one more row of `table` than an account may have.
pub(super) fn check_own_room(
    db: &mut Db,
    id: AccountId,
    what: &'static str,
    table: &str,
    most: u64,
) -> Result<(), AccountError> {
    check_room(db, what, most, &format!("SELECT count(*) FROM {table} WHERE account = $1"), &[id.0.into()])
}
