//! Idempotency keys: a request that arrives twice is carried out once, and is answered alike for a day.

use jiff::{SignedDuration, Timestamp};

use super::account::lock;
use super::{AccountError, AccountId, Accounts, check_body, check_room, check_text, organisation_id};
use crate::error::StoreError;

/// What is known of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Idempotent {
    /// It is new: carry it out, then finish or forget it.
    First,
    /// It was carried out, with this answer.
    Again {
        /// The status of the answer.
        status: u16,
        /// The body of the answer.
        body: String,
    },
    /// The key was used for another request.
    Different,
    /// It was begun, and is not finished.
    Running,
}

/// How long a key is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// The most keys of an account in an organisation at a time.
const MOST: u64 = 10_000;
/// The longest key, in bytes.
const LONGEST_KEY: usize = 255;
/// The longest answer kept, in bytes.
const LONGEST_BODY: usize = 1 << 20;

/// Keys from this moment or before, in milliseconds, are no longer kept.
pub(super) fn horizon(now: Timestamp) -> i64 {
    now.checked_sub(KEPT).unwrap_or(now).as_millisecond()
}

impl Accounts<'_> {
    /// Begins a request under a key; `fingerprint` is the SHA-256 of all that makes it this request. Of any number that
    /// arrive together exactly one is the first. A key is free again after a day; one that was begun and never finished
    /// stays [`Idempotent::Running`] until then, for nobody knows how far it came.
    pub fn begin_idempotent(
        &self,
        organisation: &str,
        account: AccountId,
        key: &str,
        fingerprint: &[u8; 32],
        now: Timestamp,
    ) -> Result<Idempotent, AccountError> {
        check_text("idempotency key", key, LONGEST_KEY)?;
        self.write(|db| {
            let organisation = organisation_id(db, organisation)?;
            lock(db, account)?;
            let whose = [organisation.into(), account.0.into()];
            let old = "DELETE FROM idempotent WHERE organisation = $1 AND account = $2 AND created_at <= $3";
            db.execute(old, &[organisation.into(), account.0.into(), horizon(now).into()])?;
            let sql = "SELECT fingerprint, status, body FROM idempotent
                       WHERE organisation = $1 AND account = $2 AND key = $3";
            let known = db.one(sql, &[organisation.into(), account.0.into(), key.into()], |row| {
                if row.blob(0)? != fingerprint {
                    return Ok(Idempotent::Different);
                }
                let Some(status) = row.maybe_int(1)? else { return Ok(Idempotent::Running) };
                let status = u16::try_from(status).map_err(|error| StoreError::content("idempotency key", error))?;
                Ok(Idempotent::Again { status, body: row.text(2)?.to_owned() })
            })?;
            if let Some(known) = known {
                return Ok(known);
            }
            let sql = "SELECT count(*) FROM idempotent WHERE organisation = $1 AND account = $2";
            check_room(db, "idempotency keys a day", MOST, sql, &whose)?;
            let sql = "INSERT INTO idempotent (organisation, account, key, fingerprint, created_at)
                       VALUES ($1, $2, $3, $4, $5)";
            let now = now.as_millisecond();
            db.execute(sql, &[organisation.into(), account.0.into(), key.into(), fingerprint.into(), now.into()])?;
            Ok(Idempotent::First)
        })
    }

    /// Keeps the answer of a request that was begun. The day counts from now.
    pub fn finish_idempotent(
        &self,
        organisation: &str,
        account: AccountId,
        key: &str,
        status: u16,
        body: &str,
        now: Timestamp,
    ) -> Result<(), AccountError> {
        check_text("idempotency key", key, LONGEST_KEY)?;
        check_body("answer", body, LONGEST_BODY)?;
        self.write(|db| {
            let organisation = organisation_id(db, organisation)?;
            let sql = "UPDATE idempotent SET status = $1, body = $2, created_at = $3
                       WHERE organisation = $4 AND account = $5 AND key = $6 AND status IS NULL";
            let changed = db.execute(
                sql,
                &[
                    i64::from(status).into(),
                    body.into(),
                    now.as_millisecond().into(),
                    organisation.into(),
                    account.0.into(),
                    key.into(),
                ],
            )?;
            if changed == 1 { Ok(()) } else { Err(AccountError::NotThere("such request".to_owned())) }
        })
    }

    /// Forgets a request that was begun and came to nothing, so that it can be tried again. An answer that was kept stays.
    pub fn forget_idempotent(&self, organisation: &str, account: AccountId, key: &str) -> Result<(), AccountError> {
        check_text("idempotency key", key, LONGEST_KEY)?;
        self.write(|db| {
            let organisation = organisation_id(db, organisation)?;
            let sql = "DELETE FROM idempotent WHERE organisation = $1 AND account = $2 AND key = $3 AND status IS NULL";
            db.execute(sql, &[organisation.into(), account.0.into(), key.into()])?;
            Ok(())
        })
    }
}
