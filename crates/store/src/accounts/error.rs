//! Why sign-in data was not changed.

use crate::error::StoreError;

/// Why sign-in data was not changed; nothing of the change was written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AccountError {
    /// Another account has this login, or one that reads the same.
    #[error("this login is taken")]
    LoginTaken,
    /// The login cannot be used, and why.
    #[error("this login cannot be used: {0}")]
    LoginWrong(String),
    /// What was named is not there.
    #[error("there is no {0}")]
    NotThere(String),
    /// The account was switched off.
    #[error("this account is not active")]
    Inactive,
    /// The invitation was used already.
    #[error("this invitation was used already")]
    Used,
    /// The invitation is too old.
    #[error("this invitation has expired")]
    Expired,
    /// The account belongs to the organisation already.
    #[error("this account is a member of the organisation already")]
    AlreadyMember,
    /// The person has an account already.
    #[error("this person has an account already")]
    PersonTaken,
    /// The passkey is registered already.
    #[error("this passkey is registered already")]
    PasskeyTaken,
    /// One more would pass the bound.
    #[error("no more than {most} {what} are possible")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// The bound.
        most: u64,
    },
    /// A value that cannot be kept.
    #[error("{what} {reason}")]
    Wrong {
        /// The value's name.
        what: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
