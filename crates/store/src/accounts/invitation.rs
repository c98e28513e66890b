//! Invitations: a secret with which an account becomes a person's. Known by the SHA-256 of the secret; good once.

use attestry_model::Ref;
use attestry_model::records::Person;
use jiff::Timestamp;

use super::account::lock_active;
use super::membership::{Membership, read, tie};
use super::{AccountError, AccountId, Accounts, check_person, organisation_id, person};

/// An invitation of a person into an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The organisation's slug.
    pub organisation: String,
    /// Who is invited.
    pub person: Ref<Person>,
    /// Who invited; none for whoever runs the program.
    pub created_by: Option<Ref<Person>>,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl Accounts<'_> {
    /// Invites a person. Earlier invitations of theirs are withdrawn: one link is good at a time.
    ///
    /// # Errors
    /// [`AccountError::PersonTaken`] when they have an account already.
    pub fn invite(&self, hash: &[u8; 32], invitation: &Invitation) -> Result<(), AccountError> {
        self.write(|db| {
            let organisation = organisation_id(db, &invitation.organisation)?;
            check_person(db, organisation, invitation.person)?;
            let whom = [organisation.into(), invitation.person.number().into()];
            let sql = "SELECT account FROM membership WHERE organisation = $1 AND person = $2";
            if db.one(sql, &whom, |row| row.int(0))?.is_some() {
                return Err(AccountError::PersonTaken);
            }
            db.execute("DELETE FROM invitation WHERE organisation = $1 AND person = $2 AND used_at IS NULL", &whom)?;
            db.execute(
                "INSERT INTO invitation (hash, organisation, person, created_by, expires_at) VALUES ($1, $2, $3, $4, $5)",
                &[
                    hash.into(),
                    organisation.into(),
                    invitation.person.number().into(),
                    invitation.created_by.map(Ref::number).into(),
                    invitation.expires_at.as_millisecond().into(),
                ],
            )?;
            Ok(())
        })
    }

    /// The invitation with this hash; none when it was used or withdrawn or has expired.
    pub fn invitation(&self, hash: &[u8; 32], now: Timestamp) -> Result<Option<Invitation>, AccountError> {
        let sql = "SELECT o.slug, i.person, i.created_by, i.expires_at FROM invitation i
                   JOIN organisation o ON o.id = i.organisation
                   WHERE i.hash = $1 AND i.expires_at > $2 AND i.used_at IS NULL";
        self.look(|db| {
            db.one(sql, &[hash.into(), now.as_millisecond().into()], |row| {
                Ok(Invitation {
                    organisation: row.text(0)?.to_owned(),
                    person: person(row.int(1)?)?,
                    created_by: row.maybe_int(2)?.map(person).transpose()?,
                    expires_at: crate::load::time(row.int(3)?)?,
                })
            })
        })
    }

    /// Accepts an invitation: the account becomes that person's, and the invitation is used up. Both or neither.
    ///
    /// # Errors
    /// [`AccountError::Used`], [`AccountError::Expired`], [`AccountError::PersonTaken`], [`AccountError::AlreadyMember`],
    /// [`AccountError::Inactive`], [`AccountError::NotThere`].
    pub fn accept_invitation(
        &self,
        hash: &[u8; 32],
        account: AccountId,
        now: Timestamp,
    ) -> Result<Membership, AccountError> {
        let now = now.as_millisecond();
        self.write(|db| {
            let sql = "UPDATE invitation SET used_at = $1 WHERE hash = $2 AND used_at IS NULL AND expires_at > $1
                       RETURNING organisation, person";
            let won = db.one(sql, &[now.into(), hash.into()], |row| Ok((row.int(0)?, person(row.int(1)?)?)))?;
            let Some((organisation, who)) = won else {
                let sql = "SELECT used_at FROM invitation WHERE hash = $1";
                return Err(match db.one(sql, &[hash.into()], |row| row.maybe_int(0))? {
                    None => AccountError::NotThere("such invitation".to_owned()),
                    Some(Some(_)) => AccountError::Used,
                    Some(None) => AccountError::Expired,
                });
            };
            lock_active(db, account)?;
            tie(db, account, organisation, who)?;
            read(db, account, organisation)
        })
    }

    /// Withdraws the invitations of a person that were not used; says how many.
    pub fn withdraw_invitations(&self, organisation: &str, person: Ref<Person>) -> Result<u64, AccountError> {
        self.write(|db| {
            let organisation = organisation_id(db, organisation)?;
            let sql = "DELETE FROM invitation WHERE organisation = $1 AND person = $2 AND used_at IS NULL";
            Ok(db.execute(sql, &[organisation.into(), person.number().into()])?)
        })
    }
}
