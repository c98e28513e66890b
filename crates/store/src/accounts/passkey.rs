//! Passkeys: credentials of an account, with what a verifier of them needs as JSON.

use jiff::Timestamp;

use super::account::{check_own_room, lock};
use super::{AccountError, AccountId, Accounts, check_body, check_text};
use crate::load::time;

/// A passkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// The credential's identifier.
    pub credential: Vec<u8>,
    /// What its owner calls it.
    pub name: String,
    /// What is needed to verify it, as JSON.
    pub json: String,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When it was used last.
    pub used_at: Option<Timestamp>,
}

/// The most passkeys of an account.
const MOST: u64 = 50;
/// The longest identifier of a credential that `WebAuthn` permits, in bytes.
const LONGEST_CREDENTIAL: usize = 1023;
/// The longest name, in bytes.
const LONGEST_NAME: usize = 200;
/// The longest JSON, in bytes.
const LONGEST_JSON: usize = 64 << 10;

impl Accounts<'_> {
    /// Registers a passkey.
    ///
    /// # Errors
    /// [`AccountError::PasskeyTaken`] when it is registered already, with whomever.
    pub fn add_passkey(
        &self,
        id: AccountId,
        credential: &[u8],
        name: &str,
        json: &str,
        now: Timestamp,
    ) -> Result<(), AccountError> {
        if !(1..=LONGEST_CREDENTIAL).contains(&credential.len()) {
            let reason = format!("has not 1 to {LONGEST_CREDENTIAL} bytes");
            return Err(AccountError::Wrong { what: "credential", reason });
        }
        check_text("name of the passkey", name, LONGEST_NAME)?;
        check_body("passkey", json, LONGEST_JSON)?;
        self.write(|db| {
            lock(db, id)?;
            check_own_room(db, id, "passkeys", "passkey", MOST)?;
            let sql = "INSERT INTO passkey (credential, account, name, body, created_at) VALUES ($1, $2, $3, $4, $5)
                       ON CONFLICT DO NOTHING";
            let params = [credential.into(), id.0.into(), name.into(), json.into(), now.as_millisecond().into()];
            if db.execute(sql, &params)? == 1 { Ok(()) } else { Err(AccountError::PasskeyTaken) }
        })
    }

    /// The passkeys of an account, oldest first.
    pub fn passkeys(&self, id: AccountId) -> Result<Vec<Passkey>, AccountError> {
        let sql = "SELECT credential, name, body, created_at, used_at FROM passkey WHERE account = $1
                   ORDER BY created_at, credential";
        self.look(|db| {
            db.all(sql, &[id.0.into()], |row| {
                Ok(Passkey {
                    credential: row.blob(0)?.to_vec(),
                    name: row.text(1)?.to_owned(),
                    json: row.text(2)?.to_owned(),
                    created_at: time(row.int(3)?)?,
                    used_at: row.maybe_int(4)?.map(time).transpose()?,
                })
            })
        })
    }

    /// Whose passkey it is.
    pub fn passkey_owner(&self, credential: &[u8]) -> Result<Option<AccountId>, AccountError> {
        let sql = "SELECT account FROM passkey WHERE credential = $1";
        Ok(self.look(|db| db.one(sql, &[credential.into()], |row| row.int(0)))?.map(AccountId))
    }

    /// Notes that a passkey was used, with what its verifier must know next time.
    pub fn update_passkey(&self, credential: &[u8], json: &str, now: Timestamp) -> Result<(), AccountError> {
        check_body("passkey", json, LONGEST_JSON)?;
        let sql = "UPDATE passkey SET body = $1, used_at = $2 WHERE credential = $3";
        let changed =
            self.write(|db| Ok(db.execute(sql, &[json.into(), now.as_millisecond().into(), credential.into()])?))?;
        there(changed)
    }

    /// Gives a passkey of this account another name.
    pub fn rename_passkey(&self, id: AccountId, credential: &[u8], name: &str) -> Result<(), AccountError> {
        check_text("name of the passkey", name, LONGEST_NAME)?;
        let sql = "UPDATE passkey SET name = $1 WHERE account = $2 AND credential = $3";
        there(self.write(|db| Ok(db.execute(sql, &[name.into(), id.0.into(), credential.into()])?))?)
    }

    /// Removes a passkey of this account; says whether it was there.
    pub fn remove_passkey(&self, id: AccountId, credential: &[u8]) -> Result<bool, AccountError> {
        let sql = "DELETE FROM passkey WHERE account = $1 AND credential = $2";
        self.write(|db| Ok(db.execute(sql, &[id.0.into(), credential.into()])? == 1))
    }
}

fn there(changed: u64) -> Result<(), AccountError> {
    if changed == 1 { Ok(()) } else { Err(AccountError::NotThere("such passkey".to_owned())) }
}
