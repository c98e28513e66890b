//! Tokens: what a program shows instead of a person. Known by the SHA-256 of its secret.

use attestry_model::Ref;
use attestry_model::records::Person;
use jiff::{SignedDuration, Timestamp};

use super::account::lock_active;
use super::membership::hold;
use super::{AccountError, AccountId, Accounts, check_room, check_text, organisation_id, person};
use crate::backend::Row;
use crate::error::StoreError;
use crate::load::time;

/// A token of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its number; of no meaning when it is made.
    pub id: i64,
    /// Whose it is.
    pub account: AccountId,
    /// The slug of the one organisation that it is good for.
    pub organisation: String,
    /// The person that it stands for.
    pub person: Ref<Person>,
    /// What its owner calls it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was used last, to a minute.
    pub used_at: Option<Timestamp>,
}

/// The most tokens of a member, expired ones among them.
const MOST: u64 = 100;
/// The most scopes of a token.
const MOST_SCOPES: usize = 50;
/// The longest name, in bytes.
const LONGEST_NAME: usize = 200;
/// The longest scope, in bytes.
const LONGEST_SCOPE: usize = 100;
/// A token is written to when it was last used so long ago, not at every request.
const SEEN: SignedDuration = SignedDuration::from_mins(1);

/// A token `t` with its organisation `o` and membership `m`, up to its conditions.
const SELECT: &str = "SELECT t.id, t.account, o.slug, m.person, t.name, t.scopes, t.created_at, t.expires_at, t.used_at
  FROM token t JOIN account a ON a.id = t.account JOIN organisation o ON o.id = t.organisation
  JOIN membership m ON m.account = t.account AND m.organisation = t.organisation";

fn read(row: &Row<'_>) -> Result<Token, StoreError> {
    let id = row.int(0)?;
    let scopes = serde_json::from_str(row.text(5)?);
    Ok(Token {
        id,
        account: AccountId(row.int(1)?),
        organisation: row.text(2)?.to_owned(),
        person: person(row.int(3)?)?,
        name: row.text(4)?.to_owned(),
        scopes: scopes.map_err(|error| StoreError::content(format!("token {id}"), error))?,
        created_at: time(row.int(6)?)?,
        expires_at: time(row.int(7)?)?,
        used_at: row.maybe_int(8)?.map(time).transpose()?,
    })
}

impl Accounts<'_> {
    /// Makes a token for a member and gives its number.
    ///
    /// # Errors
    /// [`AccountError::Inactive`], and [`AccountError::NotThere`] when the account is not in that organisation as that
    /// person.
    pub fn create_token(&self, hash: &[u8; 32], token: &Token) -> Result<i64, AccountError> {
        check_text("name of the token", &token.name, LONGEST_NAME)?;
        if token.scopes.len() > MOST_SCOPES {
            return Err(AccountError::TooMany { what: "scopes of a token", most: MOST_SCOPES as u64 });
        }
        for scope in &token.scopes {
            check_text("scope", scope, LONGEST_SCOPE)?;
        }
        let scopes = serde_json::Value::from(token.scopes.as_slice()).to_string();
        self.write(|db| {
            let organisation = organisation_id(db, &token.organisation)?;
            lock_active(db, token.account)?;
            if hold(db, token.account, organisation)? != token.person {
                return Err(AccountError::NotThere("such membership".to_owned()));
            }
            let sql = "SELECT count(*) FROM token WHERE account = $1 AND organisation = $2";
            check_room(db, "tokens", MOST, sql, &[token.account.0.into(), organisation.into()])?;
            let id = db.one(
                "INSERT INTO token (hash, account, organisation, name, scopes, created_at, expires_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
                &[
                    hash.into(),
                    token.account.0.into(),
                    organisation.into(),
                    (&token.name).into(),
                    (&scopes).into(),
                    token.created_at.as_millisecond().into(),
                    token.expires_at.as_millisecond().into(),
                ],
                |row| row.int(0),
            )?;
            id.ok_or_else(|| AccountError::NotThere("such token".to_owned()))
        })
    }

    /// The token with this hash; none when it was revoked, has expired, or its account was switched off or has left.
    pub fn token(&self, hash: &[u8; 32], now: Timestamp) -> Result<Option<Token>, AccountError> {
        let sql = format!("{SELECT} WHERE t.hash = $1 AND t.expires_at > $2 AND a.active = 1");
        self.look(|db| db.one(&sql, &[hash.into(), now.as_millisecond().into()], |row| read(&row)))
    }

    /// The tokens of a member, expired ones among them, newest first.
    pub fn tokens(&self, account: AccountId, organisation: &str) -> Result<Vec<Token>, AccountError> {
        let sql = format!("{SELECT} WHERE t.account = $1 AND o.slug = $2 ORDER BY t.id DESC LIMIT {MOST}");
        self.look(|db| db.all(&sql, &[account.0.into(), organisation.into()], |row| read(&row)))
    }

    /// Notes that a token is in use, at most once a minute; otherwise only reads.
    pub fn touch_token(&self, id: i64, now: Timestamp) -> Result<(), AccountError> {
        let before = now.checked_sub(SEEN).unwrap_or(now).as_millisecond();
        let sql = "SELECT id FROM token WHERE id = $1 AND (used_at IS NULL OR used_at <= $2)";
        let due = self.look(|db| db.one(sql, &[id.into(), before.into()], |row| row.int(0)))?;
        if due.is_some() {
            let sql = "UPDATE token SET used_at = $1 WHERE id = $2 AND (used_at IS NULL OR used_at < $1)";
            self.write(|db| Ok(db.execute(sql, &[now.as_millisecond().into(), id.into()])?))?;
        }
        Ok(())
    }

    /// Revokes a token of this account; says whether it was there.
    pub fn revoke_token(&self, account: AccountId, id: i64) -> Result<bool, AccountError> {
        let sql = "DELETE FROM token WHERE account = $1 AND id = $2";
        self.write(|db| Ok(db.execute(sql, &[account.0.into(), id.into()])? == 1))
    }
}
