//! What passkeys signed: each assertion against its statement, and the statement against the approval that rests on it.

use std::collections::HashMap;

use attestry_ledger::Assertion;
use attestry_model::records::approval::{ApprovalAssertion, ApprovalMethod};
use attestry_model::records::{Approval, Person};
use attestry_model::{Ref, Stored, consent};

use super::Problem;

/// The signatures so far, for what only shows between them.
pub(super) struct Consents<'a> {
    slug: &'a str,
    /// The approval of each signature.
    signatures: HashMap<String, Ref<Approval>>,
    /// Whose each passkey is, and its key.
    passkeys: HashMap<String, (Option<Ref<Person>>, String)>,
}

impl<'a> Consents<'a> {
    pub(super) fn of(slug: &'a str) -> Self {
        Self { slug, signatures: HashMap::new(), passkeys: HashMap::new() }
    }

    /// Checks one approval. One that came in with files may have been signed in another organisation, and says so; one
    /// whose signature was erased can no longer be checked.
    pub(super) fn check(
        &mut self,
        approval: &Stored<Approval>,
        imported: bool,
        erased: bool,
        problems: &mut Vec<Problem>,
    ) {
        let name = approval.reference().to_string();
        let mut problem = |what: String| problems.push(Problem::new(&name, format!("the signature of {name} {what}")));
        let Some(assertion) = &approval.assertion else {
            if approval.method == Some(ApprovalMethod::Passkey) && !erased {
                problem("is missing, although a passkey is said to have signed and nobody erased it".to_owned());
            }
            return;
        };
        if let Err(what) = consent::fits(approval, assertion) {
            problem(what);
        }
        if let Err(error) = verify(assertion) {
            problem(format!("does not hold: {error}"));
        }
        let statement = assertion.statement.as_deref().unwrap_or_default();
        let organisation = consent::member(statement, "organisation").unwrap_or_default();
        if organisation != self.slug && !imported {
            problem(format!("was given in organisation {organisation}"));
        }
        let text = |part: &Option<String>| part.clone().unwrap_or_default();
        if let Some(other) = self.signatures.insert(text(&assertion.signature), approval.reference()) {
            problem(format!("is that of {other}"));
        }
        let own = (approval.signer, text(&assertion.public_key));
        let known = self.passkeys.entry(text(&assertion.credential)).or_insert_with(|| own.clone());
        if *known != own {
            problem("was given with a passkey that is another person's, or had another key before".to_owned());
        }
    }
}

/// Checks that the passkey signed the statement.
///
/// # Errors
/// What does not fit.
pub fn verify(assertion: &ApprovalAssertion) -> Result<(), attestry_ledger::AssertionError> {
    fn text(part: Option<&String>) -> &str {
        part.map(String::as_str).unwrap_or_default()
    }
    let statement = assertion.statement.as_deref().unwrap_or_default();
    let origin = consent::member(statement, "origin").unwrap_or_default();
    Assertion {
        statement,
        origin: &origin,
        public_key: text(assertion.public_key.as_ref()),
        authenticator_data: text(assertion.authenticator_data.as_ref()),
        client_data: text(assertion.client_data.as_ref()),
        signature: text(assertion.signature.as_ref()),
    }
    .verify()
}
