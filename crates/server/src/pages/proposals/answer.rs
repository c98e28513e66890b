//! Answering a proposal: offering it, signing it, sending it back; settling what others changed meanwhile; taking it back.

use attestry_model::decide::propose;
use attestry_model::decide::state_hash;
use attestry_model::field::FieldValue as _;
use attestry_model::records::Proposal;
use attestry_model::{AnyRef, Command, Kind, Problems, Stored, Subject};
use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use serde_json::{Map, Value};

use super::review::{self, read};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::pages::records::form::done;
use crate::pages::records::typed::Typed;

/// What can be answered: the word in the form, the step, the word of the toast.
const ANSWERS: [(&str, &str, &str); 5] = [
    ("offer", "offered", "proposal-offered"),
    ("approve", "approved", "proposal-signed"),
    ("return", "return", "proposal-returned"),
    ("decline", "declined", "proposal-declined"),
    ("withdraw", "withdrawn", "proposal-withdrawn"),
];

fn seen(typed: &Typed) -> Result<u32, Fault> {
    typed.get("_revision").and_then(|text| text.parse().ok()).ok_or(Fault::Unconditional)
}

/// `POST /proposals/{reference}/answer`
pub async fn answer(cx: Cx, Path(name): Path<String>, body: Bytes) -> Result<Response, Fault> {
    let proposal = read(&cx, &name)?;
    let (target, open) = (proposal.reference().any(), proposal.revision);
    let typed = Typed::of(&body)?;
    let revision = Some(seen(&typed)?);
    let said = typed.get("answer").unwrap_or_default();
    let (_, to, deed) = ANSWERS.iter().find(|(word, ..)| *word == said).ok_or(Fault::Absent)?;
    if *to == "approved" {
        crate::signin::fresh(&cx)?;
        // What somebody signs is what they saw.
        if typed.get("hash") != Some(state_hash(proposal, &cx.isms).as_str()) {
            return Err(Fault::Stale(open));
        }
    }
    let written = typed.get("reason").unwrap_or_default().to_owned();
    let reason = Some(written.trim().to_owned()).filter(|reason| !reason.is_empty());
    let command = Command::Step { target, to: (*to).to_owned(), revision, fields: Map::new(), reason };
    match cx.submit(command).await {
        Ok(receipt) => {
            let moved = receipt.entries.iter().any(|entry| entry.subject == Subject::Record(target));
            let deed = if *to == "approved" && moved { "proposal-in-force" } else { deed };
            // Who sent it back may have seen it only because it waited for them.
            let sees = cx.organisation.isms().record(target).is_some_and(|record| cx.sees(record));
            Ok(done((!sees).then(|| "/proposals".to_owned()), Some(target), deed, false))
        }
        Err(Fault::Invalid(problems)) => review::answer(cx, &name, &problems, &written).await,
        Err(fault) => Err(fault),
    }
}

async fn rewrite(cx: &Cx, proposal: &Stored<Proposal>, revision: u32, changes: Value) -> Result<(), Fault> {
    let fields = Map::from_iter([("changes".to_owned(), changes)]);
    let target = proposal.reference().any();
    cx.submit(Command::Update { target, revision: Some(revision), fields, reason: None }).await.map(|_| ())
}

/// `POST /proposals/{reference}/settle`: says of each field that others changed meanwhile what it shall be.
pub async fn settle(cx: Cx, Path(name): Path<String>, body: Bytes) -> Result<Response, Fault> {
    let proposal = read(&cx, &name)?;
    let target = proposal.reference().any();
    let typed = Typed::of(&body)?;
    let revision = seen(&typed)?;
    let changes =
        propose::settle(&cx.current, proposal, |one| match typed.get(&format!("take.{}.{}", one.at, one.field)) {
            Some("mine") => Some(true),
            Some("theirs") => Some(false),
            _ => None,
        });
    match rewrite(&cx, proposal, revision, changes.to_value()).await {
        Ok(()) => Ok(done(None, Some(target), "proposal-settled", false)),
        Err(Fault::Invalid(problems)) => review::answer(cx, &name, &problems, "").await,
        Err(fault) => Err(fault),
    }
}

/// `POST /proposals/{reference}/drop`: takes one change out of a draft, and what rests on a record that it would create.
pub async fn drop(cx: Cx, Path(name): Path<String>, body: Bytes) -> Result<Response, Fault> {
    let proposal = read(&cx, &name)?;
    let target = proposal.reference().any();
    let typed = Typed::of(&body)?;
    let revision = seen(&typed)?;
    let at: usize = typed.get("at").and_then(|text| text.parse().ok()).ok_or(Fault::Absent)?;
    if !proposal.seen_by(&cx.isms, &cx.principal).get(at).copied().unwrap_or_default() {
        return Err(Fault::Absent);
    }
    let mut changes = proposal.changes.clone();
    let gone = changes.remove(at);
    changes.retain(|draft| gone.name.is_none() || draft.subject.is_some() || draft.name != gone.name);
    match rewrite(&cx, proposal, revision, changes.to_value()).await {
        Ok(()) => Ok(done(None, Some(target), "proposal-dropped", false)),
        Err(Fault::Invalid(problems)) => review::answer(cx, &name, &problems, "").await,
        Err(fault) => Err(fault),
    }
}

/// `POST /proposals/{reference}/reverse`: drafts the proposal that takes this one back.
pub async fn reverse(cx: Cx, Path(name): Path<String>) -> Result<Response, Fault> {
    let proposal = read(&cx, &name)?;
    let reference = proposal.reference().any();
    let day = proposal.approved_on.filter(|_| proposal.state_name() == "approved");
    let last = day.and_then(|day| day.checked_add(jiff::Span::new().days(review::DAYS)).ok());
    if last.is_none_or(|last| cx.today > last) {
        return Err(Fault::Conflict(cx.say1("proposal-too-late", "days", review::DAYS).into_owned()));
    }
    let (drafts, left) = propose::reverse(&cx.current, proposal);
    if drafts.is_empty() {
        return Err(Fault::Conflict(cx.say("proposal-nothing-back").into_owned()));
    }
    let mut why = cx.say1("proposal-reverse-why", "record", &reference.to_string()).into_owned();
    if !left.is_empty() {
        why.push_str("\n\n");
        why.push_str(&cx.say1("proposal-reverse-left", "count", left.len()));
    }
    let title = cx.say1("proposal-reverse-title", "title", proposal.title()).into_owned();
    let fields = Map::from_iter([
        ("title".to_owned(), Value::from(title)),
        ("why".to_owned(), Value::from(why)),
        ("changes".to_owned(), drafts.to_value()),
        ("reverses".to_owned(), Value::from(reference.to_string())),
    ]);
    match cx.submit(Command::Create { kind: Kind::Proposal, fields }).await {
        Ok(receipt) => {
            let made: Option<AnyRef> = receipt.entries.iter().find_map(|entry| match entry.subject {
                Subject::Record(made) if made.kind == Kind::Proposal => Some(made),
                _ => None,
            });
            Ok(done(None, made, "proposal-reversed", false))
        }
        Err(Fault::Invalid(problems)) => Err(Fault::Conflict(Problems::to_string(&problems))),
        Err(fault) => Err(fault),
    }
}
