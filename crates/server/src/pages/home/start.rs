//! Where a person starts: the page that their roles need most, or the one that they have pinned.

use axum::response::Response;

use crate::cx::Cx;
use crate::fault::Fault;
use crate::shell::to;
use crate::signin::Fields;

/// The name of the preference.
const NAME: &str = "start";

/// The pages that can be pinned, with their names in message keys.
const PAGES: [(&str, &str); 6] = [
    ("/readiness", "tab-readiness"),
    ("/work", "tab-work"),
    ("/calendar", "tab-calendar"),
    ("/activity", "tab-activity"),
    ("/overview", "start-overview"),
    ("/steps", "tab-ring"),
];

/// A page that can be pinned.
#[derive(Debug)]
pub struct Choice {
    /// Its address; empty for the one that the roles decide.
    pub path: &'static str,
    /// Its name.
    pub label: String,
    /// Whether it is chosen.
    pub on: bool,
}

/// The pages that the person can start with; those who work only in the portal start there.
pub fn choices(cx: &Cx) -> Vec<Choice> {
    if !cx.is_isms() {
        return Vec::new();
    }
    let chosen = cx.preference(NAME);
    let on = |path: &str| chosen.as_deref().unwrap_or_default() == path;
    let by_role = Choice { path: "", label: cx.say("start-by-role").into_owned(), on: on("") };
    let pages = PAGES.iter().map(|(path, key)| Choice { path, label: cx.say(key).into_owned(), on: on(path) });
    std::iter::once(by_role).chain(pages).collect()
}

/// The page that the person has pinned, if they may still see it.
pub async fn pinned(cx: &Cx) -> Result<Option<&'static str>, Fault> {
    if !cx.is_isms() {
        return Ok(None);
    }
    let chosen = cx.apart(|cx| Ok(cx.preference(NAME))).await?;
    Ok(PAGES.iter().map(|(path, _)| *path).find(|path| chosen.as_deref() == Some(*path)))
}

/// `POST /start`: pins a page, or lets the roles decide again.
pub async fn pin(cx: Cx, form: Fields) -> Result<Response, Fault> {
    let wanted = form.get("page");
    let page = PAGES.iter().map(|(path, _)| *path).find(|path| *path == wanted);
    if !cx.is_isms() || (page.is_none() && !wanted.is_empty()) {
        return Err(Fault::field("page", cx.say("start-unknown").into_owned()));
    }
    cx.apart(move |cx| Ok(cx.app.store.accounts().set_preference(cx.account, &cx.slug, NAME, page)?)).await?;
    let back = if form.get("back") == "/account" { "/account" } else { page.unwrap_or("/") };
    Ok(to(&format!("{back}?done={}", if page.is_some() { "start-here" } else { "start-by-role" })))
}
