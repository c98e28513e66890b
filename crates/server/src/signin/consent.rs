//! Signing with a passkey: the statement of the very approval that is about to be written is signed, and goes with it.

use attestry_model::change::{Action, Subject};
use attestry_model::consent::{self, Circumstances, Proof};
use attestry_model::records::Approval;
use attestry_model::records::approval::ApprovalMethod;
use attestry_model::{Command, Kind, Ref};
use attestry_store::Session;
use axum::response::Response;
use serde_json::Value;

use super::passkey;
use super::visit::{Visit, told};
use crate::cx::Cx;
use crate::fault::Fault;

/// How the owner of a session proved last who they are.
pub fn proof_of(session: &Session) -> Proof {
    let method = if session.method == "password" { ApprovalMethod::ReauthPassword } else { ApprovalMethod::Mfa };
    Proof { method, assertion: None }
}

/// Whether the person can sign with a passkey here.
pub async fn offered(cx: &Cx, visit: &Visit) -> Result<bool, Fault> {
    if !passkey::possible(&visit.origin) {
        return Ok(false);
    }
    cx.apart(|cx| Ok(!cx.app.store.accounts().passkeys(cx.account)?.is_empty())).await
}

/// Asks for a signature over what a command would approve; nothing is written.
pub async fn begin(cx: &Cx, visit: &Visit, command: Command) -> Result<Response, Fault> {
    super::session::of(cx)?;
    cx.app.signin.limits.address(visit.address)?;
    let origin = visit.origin.clone();
    let asked = cx.apart(move |cx| {
        let written = passkey::written_origin(&origin)?;
        let change = cx.organisation.preview(&cx.principal, command)?;
        let next = cx.current.apply(&change).map_err(Fault::Invalid)?;
        let signed = change.entries.iter().find_map(|entry| match entry.subject {
            Subject::Record(it) if it.kind == Kind::Approval && entry.action == Action::Sign => it.of::<Approval>(),
            _ => None,
        });
        let unsigned = || Fault::Conflict(cx.say("sign-nothing").into_owned());
        let approval = next.find(signed).filter(|it| it.signer == Some(cx.person)).ok_or_else(unsigned)?;
        let nonce = super::secret::link()?;
        // Whole seconds, rounded down: never later than the signature itself.
        let at = jiff::Timestamp::from_second(change.at.as_second()).unwrap_or(change.at);
        let around = Circumstances { organisation: &cx.slug, origin: &written, at, nonce: &nonce };
        let statement = consent::statement(approval, around);
        cx.app.signin.passkeys.begin_signature(&cx.app, &origin, cx.account, statement)
    });
    told(&asked.await?)
}

/// What the browser answered, as the field of a form holds it: the proof with which the command is then decided.
pub async fn end(cx: &Cx, answer: &str) -> Result<Proof, Fault> {
    super::session::of(cx)?;
    let malformed = || Fault::Malformed("this is no answer of a passkey".to_owned());
    let answer: Value = serde_json::from_str(answer).map_err(|_| malformed())?;
    let id = answer["id"].as_str().unwrap_or_default().to_owned();
    let credential = serde_json::from_value(answer["credential"].clone()).map_err(|_| malformed())?;
    let signed =
        cx.apart(move |cx| cx.app.signin.passkeys.end_signature(&cx.app, cx.account, &id, &credential)).await?;
    Ok(Proof { method: ApprovalMethod::Passkey, assertion: Some(signed) })
}

/// How an approval was signed, in words; nothing where nobody said.
pub fn said(cx: &Cx, approval: Ref<Approval>) -> Option<String> {
    let approval = cx.isms.get(approval)?;
    let method = approval.method?;
    let key = match method {
        ApprovalMethod::ReauthPassword => "signed-by-password",
        ApprovalMethod::Mfa => "signed-by-mfa",
        ApprovalMethod::QualifiedSignature => "signed-by-qualified",
        ApprovalMethod::ScannedPaper => "signed-by-paper",
        ApprovalMethod::Passkey => match &approval.assertion {
            None => "signed-by-passkey-erased",
            Some(assertion) if consent::fits(approval, assertion).is_err() => "signed-by-passkey-not",
            Some(assertion) if attestry_store::verify_assertion(assertion).is_err() => "signed-by-passkey-not",
            Some(_) => "signed-by-passkey",
        },
    };
    let print = approval.assertion.as_ref().and_then(|it| it.public_key.as_deref());
    let print = print.and_then(attestry_ledger::assertion::fingerprint).unwrap_or_default();
    Some(cx.say1(key, "key", print.as_str()).into_owned())
}
