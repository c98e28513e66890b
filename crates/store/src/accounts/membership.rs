//! Memberships: as which person an account enters an organisation. One person has one account, one account is one person.

use attestry_model::Ref;
use attestry_model::records::Person;
use jiff::Timestamp;

use super::account::{COLUMNS, check_own_room, insert, lock};
use super::{Account, AccountError, AccountId, Accounts, check_person, check_room, organisation_id, person};
use crate::backend::Db;

/// As which person an account enters an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The account.
    pub account: AccountId,
    /// The organisation's slug.
    pub organisation: String,
    /// The organisation's name.
    pub organisation_name: String,
    /// The person in it.
    pub person: Ref<Person>,
}

/// The most organisations of an account.
const MOST_ORGANISATIONS: u64 = 1_000;
/// The most members of an organisation.
const MOST_MEMBERS: u64 = 20_000;

/// Ties an account, which is locked, to a person.
pub(super) fn tie(db: &mut Db, id: AccountId, organisation: i64, who: Ref<Person>) -> Result<(), AccountError> {
    check_person(db, organisation, who)?;
    check_own_room(db, id, "organisations of an account", "membership", MOST_ORGANISATIONS)?;
    let sql = "SELECT count(*) FROM membership WHERE organisation = $1";
    check_room(db, "members of an organisation", MOST_MEMBERS, sql, &[organisation.into()])?;
    let sql = "INSERT INTO membership (account, organisation, person) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    if db.execute(sql, &[id.0.into(), organisation.into(), who.number().into()])? == 1 {
        return Ok(());
    }
    let sql = "SELECT person FROM membership WHERE account = $1 AND organisation = $2";
    let own = db.one(sql, &[id.0.into(), organisation.into()], |row| row.int(0))?;
    Err(if own.is_some() { AccountError::AlreadyMember } else { AccountError::PersonTaken })
}

/// One membership, which is there.
pub(super) fn read(db: &mut Db, id: AccountId, organisation: i64) -> Result<Membership, AccountError> {
    let sql = "SELECT o.slug, o.name, m.person FROM membership m JOIN organisation o ON o.id = m.organisation
               WHERE m.account = $1 AND m.organisation = $2";
    let found = db.one(sql, &[id.0.into(), organisation.into()], |row| {
        Ok(Membership {
            account: id,
            organisation: row.text(0)?.to_owned(),
            organisation_name: row.text(1)?.to_owned(),
            person: person(row.int(2)?)?,
        })
    })?;
    found.ok_or_else(absent)
}

/// That the account is a member, and as whom; the membership stays until the end of the transaction.
pub(super) fn hold(db: &mut Db, id: AccountId, organisation: i64) -> Result<Ref<Person>, AccountError> {
    let sql = format!("SELECT person FROM membership WHERE account = $1 AND organisation = $2{}", db.for_update());
    let found = db.one(&sql, &[id.0.into(), organisation.into()], |row| person(row.int(0)?))?;
    found.ok_or_else(absent)
}

fn absent() -> AccountError {
    AccountError::NotThere("such membership".to_owned())
}

impl Accounts<'_> {
    /// Makes an account a member of an organisation.
    ///
    /// # Errors
    /// [`AccountError::AlreadyMember`], [`AccountError::PersonTaken`], and [`AccountError::NotThere`] also for a person who
    /// is not among the organisation's records.
    pub fn join(&self, id: AccountId, organisation: &str, person: Ref<Person>) -> Result<(), AccountError> {
        self.write(|db| {
            let organisation = organisation_id(db, organisation)?;
            lock(db, id)?;
            tie(db, id, organisation, person)
        })
    }

    /// Ends a membership with its tokens and preferences; sessions are no longer in that organisation. Says whether the
    /// account was a member.
    pub fn leave(&self, id: AccountId, organisation: &str) -> Result<bool, AccountError> {
        self.write(|db| {
            let organisation = organisation_id(db, organisation)?;
            lock(db, id)?;
            let params = [id.0.into(), organisation.into()];
            db.execute("UPDATE session SET organisation = NULL WHERE account = $1 AND organisation = $2", &params)?;
            Ok(db.execute("DELETE FROM membership WHERE account = $1 AND organisation = $2", &params)? == 1)
        })
    }

    /// The organisations of an account, by slug.
    pub fn memberships(&self, id: AccountId) -> Result<Vec<Membership>, AccountError> {
        let sql = "SELECT o.slug, o.name, m.person FROM membership m JOIN organisation o ON o.id = m.organisation
                   WHERE m.account = $1 ORDER BY o.slug LIMIT 1000";
        self.look(|db| {
            db.all(sql, &[id.0.into()], |row| {
                Ok(Membership {
                    account: id,
                    organisation: row.text(0)?.to_owned(),
                    organisation_name: row.text(1)?.to_owned(),
                    person: person(row.int(2)?)?,
                })
            })
        })
    }

    /// The members of an organisation, by person.
    pub fn members(&self, organisation: &str) -> Result<Vec<(Account, Ref<Person>)>, AccountError> {
        let sql = format!(
            "SELECT {COLUMNS}, m.person FROM membership m JOIN account a ON a.id = m.account
             JOIN organisation o ON o.id = m.organisation WHERE o.slug = $1 ORDER BY m.person LIMIT {MOST_MEMBERS}"
        );
        self.look(|db| db.all(&sql, &[organisation.into()], |row| Ok((Account::read(&row)?, person(row.int(6)?)?))))
    }

    /// The account of a person.
    pub fn member(&self, organisation: &str, person: Ref<Person>) -> Result<Option<Account>, AccountError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM membership m JOIN account a ON a.id = m.account
             JOIN organisation o ON o.id = m.organisation WHERE o.slug = $1 AND m.person = $2"
        );
        let params = [organisation.into(), person.number().into()];
        self.look(|db| db.one(&sql, &params, |row| Account::read(&row)))
    }

    /// Makes an account and its membership at once, for the first administrator of an organisation.
    pub fn found(
        &self,
        login: &str,
        password: Option<&str>,
        organisation: &str,
        person: Ref<Person>,
        now: Timestamp,
    ) -> Result<AccountId, AccountError> {
        self.write(|db| {
            let organisation = organisation_id(db, organisation)?;
            let id = insert(db, login, password, now)?;
            tie(db, id, organisation, person)?;
            Ok(id)
        })
    }

    /// As [`Accounts::found`], while there is no account at all: of any number that come together one succeeds.
    ///
    /// # Errors
    /// [`AccountError::Used`] when there is an account.
    pub fn found_first(
        &self,
        login: &str,
        password: &str,
        organisation: &str,
        person: Ref<Person>,
        now: Timestamp,
    ) -> Result<AccountId, AccountError> {
        self.write(|db| {
            let organisation = organisation_id(db, organisation)?;
            if !db.is_file() {
                // Where several programs write, the table itself says who was first.
                db.execute("LOCK TABLE account IN EXCLUSIVE MODE", &[])?;
            }
            if db.one("SELECT id FROM account LIMIT 1", &[], |row| row.int(0))?.is_some() {
                return Err(AccountError::Used);
            }
            let id = insert(db, login, Some(password), now)?;
            tie(db, id, organisation, person)?;
            Ok(id)
        })
    }
}
