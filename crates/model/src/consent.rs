//! What a passkey signs when somebody approves: a statement that names organisation, record, exact state and decision, so
//! that the signature counts for that alone and can be checked without the program.
//!
//! Nothing is verified here: whether the signature fits the statement is the ledger's business. Whether the statement is
//! that of the approval is decided here.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use crate::field::{Choice as _, Scalar as _};
use crate::records::Approval;
use crate::records::approval::{ApprovalAssertion, ApprovalMethod};

/// The form of the statement.
pub const FORM: &str = "attestry/consent/v1";
/// How long after the statement was put to somebody they may sign it.
pub const LONGEST: SignedDuration = SignedDuration::from_mins(10);

/// The members of a statement that say where and when it was put to the signer; the others are the approval's.
const AROUND: [&str; 5] = ["at", "form", "nonce", "organisation", "origin"];

/// How somebody proved who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// In which way.
    pub method: ApprovalMethod,
    /// What a passkey signed, if one signed the very thing that is approved.
    pub assertion: Option<ApprovalAssertion>,
}

/// Where and when a statement is put to its signer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Circumstances<'a> {
    /// The organisation's short name, as entries of its ledger write it.
    pub organisation: &'a str,
    /// The origin of the pages on which it is signed.
    pub origin: &'a str,
    /// When.
    pub at: Timestamp,
    /// Random, so that no two statements are alike.
    pub nonce: &'a str,
}

/// The members of the statement that are the approval's own, as texts.
fn agreed(approval: &Approval) -> Map<String, Value> {
    let text = |value: Value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    let filled = [
        ("capacity", approval.capacity.map(|it| Value::from(it.name()))),
        ("conditions", approval.conditions.as_deref().map(Value::from)),
        ("decision", approval.decision.map(|it| Value::from(it.name()))),
        ("delegated_by", approval.delegated_by.map(|it| it.to_value())),
        ("hash", approval.subject_hash.as_deref().map(Value::from)),
        ("revision", approval.subject_revision.map(Value::from)),
        ("signer", approval.signer.map(|it| it.to_value())),
        ("statement", approval.statement.as_deref().map(Value::from)),
        ("subject", approval.subject.map(|it| it.to_value())),
    ];
    let filled = filled.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Value::String(text(value?)))));
    filled.collect()
}

/// The statement of an approval: canonical JSON (RFC 8785) of texts.
pub fn statement(approval: &Approval, circumstances: Circumstances<'_>) -> String {
    let Circumstances { organisation, origin, at, nonce } = circumstances;
    let mut members = agreed(approval);
    let at = at.to_string();
    for (name, value) in AROUND.into_iter().zip([at.as_str(), FORM, nonce, organisation, origin]) {
        members.insert(name.to_owned(), Value::from(value));
    }
    // Maps are sorted and hold texts only, so that plain serialisation is RFC 8785's.
    Value::Object(members).to_string()
}

/// A member of a statement; none where there is no such text.
pub fn member(statement: &str, name: &str) -> Option<String> {
    let members: Value = serde_json::from_str(statement).ok()?;
    Some(members.get(name)?.as_str()?.to_owned())
}

/// Whether the statement that was signed is that of the approval, or what it says otherwise.
///
/// # Errors
/// What does not fit, as a clause that follows "the signature".
pub fn fits(approval: &Approval, assertion: &ApprovalAssertion) -> Result<(), String> {
    let text = assertion.statement.as_deref().unwrap_or_default();
    let wrong = || "is over something that is no statement of a consent".to_owned();
    let signed: Value = serde_json::from_str(text).map_err(|_| wrong())?;
    let again = signed.to_string();
    if again != text || signed["form"] != FORM {
        return Err(wrong());
    }
    let Value::Object(mut members) = signed else { return Err(wrong()) };
    let around = AROUND.map(|name| members.remove(name));
    if around.iter().any(|it| !it.as_ref().is_some_and(Value::is_string)) {
        return Err(wrong());
    }
    let agreed = agreed(approval);
    let differs = |name: &&String| members.get(*name) != agreed.get(*name);
    if let Some(name) = members.keys().chain(agreed.keys()).find(differs) {
        return Err(format!("is over another {}", name.replace('_', " ")));
    }
    let put: Option<Timestamp> = around[0].as_ref().and_then(Value::as_str).and_then(|at| at.parse().ok());
    let in_time = put.zip(approval.signed_at).is_some_and(|(put, at)| put <= at && at <= put + LONGEST);
    if in_time { Ok(()) } else { Err("was given at another time than the approval says".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Record as _;

    fn signed() -> Approval {
        let mut approval = Approval { method: Some(ApprovalMethod::Passkey), ..Approval::sample() };
        let around = Circumstances {
            organisation: "clinic",
            origin: "https://isms.example",
            at: "2025-02-12T14:58:00Z".parse().unwrap(),
            nonce: "AAAA",
        };
        let statement = statement(&approval, around);
        approval.assertion =
            Some(ApprovalAssertion { statement: Some(statement.as_str().into()), ..Default::default() });
        approval
    }

    fn says(approval: &Approval) -> Result<(), String> {
        fits(approval, approval.assertion.as_ref().unwrap())
    }

    #[test]
    fn a_statement_fits_its_own_approval() {
        let approval = signed();
        assert_eq!(says(&approval), Ok(()));
        let statement = approval.assertion.as_ref().unwrap().statement.as_deref().unwrap();
        assert_eq!(member(statement, "organisation").as_deref(), Some("clinic"));
        assert!(statement.starts_with(r#"{"at":"2025-02-12T14:58:00Z","capacity":"top_management","decision":"#));
    }

    #[test]
    fn it_fits_no_approval_of_another_record_state_person_decision_or_time() {
        #[expect(clippy::type_complexity, reason = "a table of cases")]
        let changes: [(&str, &dyn Fn(&mut Approval)); 8] = [
            ("subject", &|it| it.subject = "RASG-0002".parse().ok()),
            ("hash", &|it| it.subject_hash = Some("0".repeat(64))),
            ("revision", &|it| it.subject_revision = Some(2)),
            ("signer", &|it| it.signer = Some(crate::Ref::new(2))),
            ("decision", &|it| it.decision = Some(crate::records::approval::ApprovalDecision::Rejected)),
            ("conditions", &|it| it.conditions = Some("until May".into())),
            ("statement", &|it| it.statement = Some("I approve whatever comes.".into())),
            ("time", &|it| it.signed_at = "2025-02-12T15:09:00Z".parse().ok()),
        ];
        for (what, change) in changes {
            let mut approval = signed();
            change(&mut approval);
            assert!(says(&approval).unwrap_err().contains(what), "{what}");
        }
    }

    #[test]
    fn what_is_no_statement_fits_nothing() {
        let mut approval = signed();
        let good = approval.assertion.as_ref().unwrap().statement.clone().unwrap().0;
        for text in [
            String::new(),
            "{}".into(),
            format!(" {good}"),
            good.replace("v1", "v2"),
            good.replace("\"nonce\"", "\"mark\""),
        ] {
            approval.assertion =
                Some(ApprovalAssertion { statement: Some(text.as_str().into()), ..Default::default() });
            assert!(says(&approval).is_err(), "{text}");
        }
    }
}
