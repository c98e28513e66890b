//! Finding a record to refer to: by its reference, by its title, by some of its words.

use attestry_model::{AnyRecord, AnyRef, Kind};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use crate::cx::Cx;
use crate::fault::Fault;
use crate::shell::parameter;
use crate::{labels, show};

/// Most records that a picker offers.
pub const MOST: usize = 12;

/// A record that may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meant {
    /// Its reference.
    pub reference: AnyRef,
    /// Its title.
    pub title: String,
    /// One fact by which it is told from others.
    pub fact: String,
    /// Whether its title is what was typed.
    pub exact: bool,
}

/// The reference that a text begins with, as a picker writes it: `R-0014 · Lost laptop`.
pub fn reference_in(text: &str) -> Option<AnyRef> {
    text.split_whitespace().next()?.parse().ok()
}

/// Records that a text may mean, the likeliest first. People are found by everybody: a colleague's name is no secret.
pub fn matching(cx: &Cx, kind: Option<Kind>, text: &str, most: usize) -> Vec<Meant> {
    let wanted = text.trim().to_lowercase();
    let mut found: Vec<(u8, Meant)> = Vec::new();
    let kinds: &[Kind] = kind.as_ref().map_or(Kind::ALL, std::slice::from_ref);
    for kind in kinds {
        let all = *kind == Kind::Person || cx.sees_all(kind.def());
        for record in cx.current.records(*kind) {
            let title = record.head().title.as_deref().unwrap_or_default();
            let Some(rank) = rank(record, title, &wanted) else { continue };
            if record.head().void_reason.is_some() || !(all || cx.sees(record)) {
                continue;
            }
            let meant = Meant {
                reference: record.any_ref(),
                title: title.to_owned(),
                fact: fact(cx, record),
                exact: rank == 0,
            };
            found.push((rank, meant));
        }
    }
    found.sort_by(|(a, one), (b, other)| a.cmp(b).then_with(|| one.title.cmp(&other.title)));
    found.truncate(most);
    found.into_iter().map(|(_, meant)| meant).collect()
}

/// How well a record fits: 0 is best.
fn rank(record: &dyn AnyRecord, title: &str, wanted: &str) -> Option<u8> {
    let title = title.to_lowercase();
    if title == wanted || record.any_ref().to_string().to_lowercase() == wanted {
        return Some(0);
    }
    if title.starts_with(wanted) {
        return Some(1);
    }
    if title.split_whitespace().any(|word| word.starts_with(wanted)) {
        return Some(2);
    }
    let words = wanted.split_whitespace();
    let reference = record.any_ref().to_string().to_lowercase();
    words.into_iter().all(|word| title.contains(word) || reference.contains(word)).then_some(3)
}

/// What tells a record from others of a like title: its state, and who owns it.
fn fact(cx: &Cx, record: &dyn AnyRecord) -> String {
    let state = labels::state(cx.words, record.any_ref().kind, record.state());
    match record.head().owner {
        Some(owner) => format!("{state}, {}", cx.name_of(owner)),
        None => state.into_owned(),
    }
}

/// `GET /pick?kind=asset&q=scanner`: for the script of pickers.
pub async fn answer(cx: Cx) -> Result<Response, Fault> {
    let kind = match parameter(&cx.query, "kind").filter(|name| !name.is_empty()) {
        Some(name) => Some(Kind::named(&name).ok_or_else(|| Fault::field("kind", "is not a kind"))?),
        None => None,
    };
    let text = parameter(&cx.query, "q").unwrap_or_default();
    let text: String = text.chars().take(200).collect();
    let found = matching(&cx, kind, &text, MOST);
    let options = found.iter().map(|one| {
        json!({
            "ref": one.reference.to_string(),
            "title": show::shortened(&one.title, 120),
            "fact": one.fact,
        })
    });
    // What is not there yet can be made from the picker itself, by whoever may create its kind.
    let create = kind.filter(|kind| !text.trim().is_empty() && cx.may_create(*kind)).map(|kind| {
        let what = labels::within(cx.words, &labels::singular(cx.words, kind));
        cx.with("form-create", &[("what", (&what).into()), ("title", text.trim().into())]).into_owned()
    });
    let body = json!({ "options": options.collect::<Vec<_>>(), "create": create });
    let mut answer = body.to_string().into_response();
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(answer)
}

/// `POST /preview`: a long text as it will look.
pub async fn preview(_: Cx, body: axum::body::Bytes) -> Result<Response, Fault> {
    let typed = super::typed::Typed::of(&body)?;
    let html = crate::markdown::preview(typed.get("text").unwrap_or_default());
    Ok(axum::response::Html(html.as_str().to_owned()).into_response())
}
