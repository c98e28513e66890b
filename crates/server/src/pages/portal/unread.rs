//! The documents that a person has to read although nobody has asked them yet: in force, addressed to them, to be
//! confirmed, and not confirmed in a version with the same content.

use std::collections::HashSet;

use attestry_model::Ref;
use attestry_model::kind::Role;
use attestry_model::records::{Acknowledgement, Document, DocumentVersion, Person};
use attestry_model::stored::Stored;
use jiff::civil::Date;

use crate::cx::Cx;

/// The first number of a version: a new one means new content.
fn major(version: &DocumentVersion) -> &str {
    version.version.as_deref().unwrap_or_default().split('.').next().unwrap_or_default()
}

/// Whether a document is addressed to a person.
pub fn addressed(document: &Document, person: &Person) -> bool {
    document.audience_all == Some(true) || person.org_unit.is_some_and(|unit| document.audience_units.contains(&unit))
}

/// The documents in force that are addressed to the person, with their versions.
pub fn addressed_to(cx: &Cx) -> Vec<(&Stored<Document>, &Stored<DocumentVersion>)> {
    let Some(person) = cx.current.get(cx.person) else { return Vec::new() };
    let documents = cx.isms.live::<Document>();
    documents
        .filter(|document| matches!(document.state_name(), "effective" | "under_review"))
        .filter(|document| addressed(document, person))
        .filter_map(|document| Some((document, cx.isms.find(document.current_version)?)))
        .filter(|(_, version)| version.state_name() == "effective" && !version.is_void())
        .collect()
}

/// The versions that the person has to read and that no open request names, with title and last day.
pub fn missing(cx: &Cx) -> impl Iterator<Item = (Ref<DocumentVersion>, String, Option<Date>)> {
    let outside = cx.principal.has(Role::ExternalAuditor) || !cx.principal.has(Role::Employee);
    let mine = || cx.isms.referring::<Acknowledgement>(cx.person.any(), "person").filter(|one| !one.is_void());
    let mut read: HashSet<(u32, String)> = HashSet::new();
    for version in mine().filter(|one| one.state_name() != "cancelled").filter_map(|one| one.document_version) {
        if let Some(version) = cx.isms.get(version)
            && let Some(document) = version.document
        {
            read.insert((document.number(), major(version).to_owned()));
        }
    }
    let all = if outside { Vec::new() } else { addressed_to(cx) };
    let unread = all.into_iter().filter(move |(document, version)| {
        document.ack_required == Some(true) && !read.contains(&(document.number, major(version).to_owned()))
    });
    let named = unread.map(|(document, version)| {
        let within = document.ack_within_days.filter(|days| (0..3_650).contains(days));
        let due = version.effective_from.zip(within);
        let due = due.and_then(|(from, days)| from.checked_add(jiff::Span::new().days(days)).ok());
        (version.reference(), document.title().to_owned(), due)
    });
    named.collect::<Vec<_>>().into_iter()
}
