//! Adding a change to a proposal instead of making it: to one of the person's own drafts, or to a new one.

use attestry_model::decide::propose::Draft;
use attestry_model::field::FieldValue as _;
use attestry_model::records::Proposal;
use attestry_model::value::LongText;
use attestry_model::{AnyRef, Command, Kind, Problems, Stored, Subject};
use serde_json::{Map, Value};

use crate::cx::Cx;
use crate::fault::Fault;

/// Most drafts that are offered to choose from.
const MOST: usize = 50;

/// The person's own drafts to which a change can be added; none where they may draft nothing.
pub type Choices = Option<Vec<(String, String)>>;

/// Where a change goes.
#[derive(Debug, Clone)]
pub enum Into {
    /// A proposal that is there.
    Old(AnyRef),
    /// A new one for this purpose.
    New(String),
}

/// The drafts of the person that can take another change, the newest first.
pub fn choices(cx: &Cx) -> Choices {
    if !cx.may_create(Kind::Proposal) {
        return None;
    }
    let mine = cx.isms.referring::<Proposal>(cx.person.any(), "created_by");
    let drafts = mine.filter(|proposal| proposal.state_name() == "draft" && cx.sees(*proposal));
    let mut drafts: Vec<&Stored<Proposal>> = drafts.collect();
    drafts.sort_by_key(|proposal| std::cmp::Reverse(proposal.number));
    let choice = |proposal: &&Stored<Proposal>| {
        let reference = proposal.reference().any().to_string();
        let title = crate::show::shortened(proposal.title(), 50);
        (reference.clone(), format!("{reference} {title}"))
    };
    Some(drafts.iter().take(MOST).map(choice).collect())
}

/// Where a form says that its change goes: none where it is to be made at once.
pub fn into_of<'a>(get: impl Fn(&str) -> Option<&'a str>, otherwise: &str) -> Option<Into> {
    get("_draft")?;
    let chosen: Option<AnyRef> = get("_proposal").and_then(|text| text.parse().ok());
    let purpose = get("_purpose").unwrap_or_default().trim();
    let purpose = if purpose.is_empty() { otherwise } else { purpose };
    Some(chosen.map_or_else(|| Into::New(purpose.to_owned()), Into::Old))
}

/// Adds changes to a proposal; gives it.
pub async fn add(cx: &Cx, into: Into, drafts: Vec<Draft>, reason: Option<String>) -> Result<AnyRef, Fault> {
    let said = reason.filter(|reason| !reason.trim().is_empty()).map(LongText);
    let drafts = drafts.into_iter().map(|draft| Draft { reason: draft.reason.or_else(|| said.clone()), ..draft });
    match into {
        Into::Old(reference) => {
            let reference = reference.of::<Proposal>().ok_or(Fault::Absent)?;
            let mut proposal = cx.get(reference)?.clone();
            for draft in drafts {
                proposal.body.changes = proposal.with(draft);
            }
            let fields = Map::from_iter([("changes".to_owned(), proposal.changes.to_value())]);
            let (target, revision) = (reference.any(), Some(proposal.revision));
            cx.submit(Command::Update { target, revision, fields, reason: None }).await?;
            Ok(target)
        }
        Into::New(purpose) => {
            let changes: Vec<Draft> = drafts.collect();
            let fields = Map::from_iter([
                ("title".to_owned(), Value::from(purpose)),
                ("changes".to_owned(), changes.to_value()),
            ]);
            let receipt = cx.submit(Command::Create { kind: Kind::Proposal, fields }).await?;
            let made = receipt.entries.iter().find_map(|entry| match entry.subject {
                Subject::Record(reference) if reference.kind == Kind::Proposal => Some(reference),
                _ => None,
            });
            made.ok_or_else(|| Fault::Broken("no proposal was made".to_owned()))
        }
    }
}

/// What is wrong with a draft, by the field of the record that it is about.
pub fn of_field(problems: Problems) -> Problems {
    let mut own = Problems::default();
    for problem in problems.0 {
        let field = problem.field.split_once(".fields.").map(|(_, field)| field.to_owned());
        own.add(field.unwrap_or_default(), problem.message);
    }
    own
}
