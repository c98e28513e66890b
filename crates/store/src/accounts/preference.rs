//! Preferences: what a member chose for how things look to them, by name.

use super::account::lock;
use super::membership::hold;
use super::{AccountError, AccountId, Accounts, check_body, check_room, check_text, organisation_id};

/// The most preferences of a member.
const MOST: u64 = 200;
/// The longest name, in bytes.
const LONGEST_NAME: usize = 200;
/// The longest value, in bytes.
const LONGEST: usize = 16 << 10;

impl Accounts<'_> {
    /// One preference of a member.
    pub fn preference(
        &self,
        account: AccountId,
        organisation: &str,
        name: &str,
    ) -> Result<Option<String>, AccountError> {
        if name.contains('\0') {
            return Ok(None);
        }
        let sql = "SELECT p.value FROM preference p JOIN organisation o ON o.id = p.organisation
                   WHERE p.account = $1 AND o.slug = $2 AND p.name = $3";
        let params = [account.0.into(), organisation.into(), name.into()];
        self.look(|db| db.one(sql, &params, |row| row.text(0).map(str::to_owned)))
    }

    /// Sets a preference of a member, or forgets it. A value has at most 16 KiB, a member at most 200 preferences.
    pub fn set_preference(
        &self,
        account: AccountId,
        organisation: &str,
        name: &str,
        value: Option<&str>,
    ) -> Result<(), AccountError> {
        check_text("name of the preference", name, LONGEST_NAME)?;
        check_body("preference", value.unwrap_or_default(), LONGEST)?;
        self.write(|db| {
            let organisation = organisation_id(db, organisation)?;
            lock(db, account)?;
            hold(db, account, organisation)?;
            let whose = [account.0.into(), organisation.into(), name.into()];
            let Some(value) = value else {
                let sql = "DELETE FROM preference WHERE account = $1 AND organisation = $2 AND name = $3";
                db.execute(sql, &whose)?;
                return Ok(());
            };
            let sql = "SELECT count(*) FROM preference WHERE account = $1 AND organisation = $2 AND name <> $3";
            check_room(db, "preferences", MOST, sql, &whose)?;
            let sql = "INSERT INTO preference (account, organisation, name, value) VALUES ($1, $2, $3, $4)
                       ON CONFLICT (account, organisation, name) DO UPDATE SET value = excluded.value";
            db.execute(sql, &[account.0.into(), organisation.into(), name.into(), value.into()])?;
            Ok(())
        })
    }

    /// The preferences of a member whose names begin so, by name.
    pub fn preferences(
        &self,
        account: AccountId,
        organisation: &str,
        prefix: &str,
    ) -> Result<Vec<(String, String)>, AccountError> {
        let sql = "SELECT p.name, p.value FROM preference p JOIN organisation o ON o.id = p.organisation
                   WHERE p.account = $1 AND o.slug = $2 LIMIT 200";
        let mut found = self.look(|db| {
            let mut found = Vec::new();
            db.each(sql, &[account.0.into(), organisation.into()], |row| {
                let name = row.text(0)?;
                if name.starts_with(prefix) {
                    found.push((name.to_owned(), row.text(1)?.to_owned()));
                }
                Ok(())
            })?;
            Ok(found)
        })?;
        found.sort();
        Ok(found)
    }
}
