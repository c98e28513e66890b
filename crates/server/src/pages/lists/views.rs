//! Views: the three that every kind has, those that a person keeps for themselves, and those that the organisation shares.
//!
//! A kept view is the query of a list under a name: a preference `view/<kind>/<name>`, or a setting of the same name.

use attestry_model::{Command, Kind};
use axum::extract::{Path, RawForm};
use axum::response::Response;
use serde_json::{Map, Value};

use super::ask::{Ask, Only, View};
use super::census::Census;
use super::form::Form;
use super::{columns, kept};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::places::{kind_of, list_path};
use crate::shell;

/// Most views of one kind that a person keeps, and that the organisation shares.
const MOST: usize = 20;
/// Longest name, in letters.
const LONGEST_NAME: usize = 60;

/// A tab of the views.
#[derive(Debug)]
pub struct Tab {
    /// Its name.
    pub label: String,
    /// Where it leads.
    pub href: String,
    /// How many there are, where that is known without asking.
    pub count: Option<usize>,
    /// Whether it is shown.
    pub current: bool,
    /// The name under which it is kept, where the person may forget it.
    pub kept: Option<String>,
}

/// The tabs of a kind.
pub fn tabs(cx: &Cx, ask: &Ask, census: &Census) -> Result<Vec<Tab>, Fault> {
    let path = list_path(ask.kind);
    let built = |key: &str, query: &str, count: usize, view: &View| Tab {
        label: cx.say(key).into_owned(),
        href: cx.href(&format!("{path}{query}")),
        count: Some(count),
        current: ask.view == *view,
        kept: None,
    };
    let mut tabs = vec![
        built("list-view-all", "", census.all, &View::All),
        built("list-view-mine", "?view=mine", census.mine, &View::Mine),
        built("list-view-attention", "?view=attention", census.attention, &View::Attention),
    ];
    let prefix = format!("view/{}/", ask.kind.words().name);
    let saved = |key: String, name: &str, query: &str, kept: Option<String>| {
        let mut pairs = shell::without(query, &["view"]);
        pairs.push(("view".to_owned(), key.clone()));
        let href = cx.href(&shell::with_query(&path, &pairs, None));
        let count = kept::count(cx, ask.kind, query);
        Tab { label: name.to_owned(), href, count, current: ask.view == View::Saved(key), kept }
    };
    for (name, query) in kept::preferences(cx)?.iter() {
        if let Some(name) = name.strip_prefix(&prefix) {
            tabs.push(saved(format!("my.{name}"), name, query, Some(format!("my.{name}"))));
        }
    }
    let may_share = may_share(cx);
    for (name, fields) in cx.isms.settings() {
        let query = fields.get("query").and_then(Value::as_str).unwrap_or_default();
        // What somebody with more rights shared may ask by what this person may not.
        let denied = || matches!(Ask::read(cx, ask.kind, query), Err(Fault::Denied(_)));
        if let Some(name) = name.strip_prefix(&prefix)
            && !denied()
        {
            tabs.push(saved(format!("our.{name}"), name, query, may_share.then(|| format!("our.{name}"))));
        }
    }
    Ok(tabs)
}

/// Whether the person may share views with the organisation.
pub fn may_share(cx: &Cx) -> bool {
    use attestry_model::kind::Role::{IsmsManager, SystemAdmin};
    !cx.is_past() && (cx.principal.has(IsmsManager) || cx.principal.has(SystemAdmin))
}

/// `POST /{kind}/views`: keeps the list under a name, or forgets a kept one.
pub async fn save(cx: Cx, Path(slug): Path<String>, RawForm(body): RawForm) -> Result<Response, Fault> {
    let kind = kind_of(&slug).ok_or(Fault::Absent)?;
    let form = Form::read(&body)?;
    let prefix = format!("view/{}/", kind.words().name);
    if let Some(key) = form.get("forget") {
        if let Some(name) = key.strip_prefix("our.") {
            cx.submit(set(format!("{prefix}{name}"), None)).await?;
        } else {
            let name = key.strip_prefix("my.").unwrap_or(key);
            kept::prefer(&cx, format!("{prefix}{name}"), None).await?;
        }
        return Ok(shell::to(&format!("{}?done=view-forgotten", list_path(kind))));
    }
    let name = form.get("name").unwrap_or_default().trim().to_owned();
    if name.is_empty()
        || name.chars().count() > LONGEST_NAME
        || name.chars().any(|sign| sign.is_control() || sign == '/')
    {
        return Err(Fault::field("name", cx.say("list-view-bad-name").into_owned()));
    }
    // The address is read as any other, so that only a list that can be shown is kept.
    let ask = Ask::read(&cx, kind, form.get("query").unwrap_or_default())?;
    // What a built-in view narrows the list to goes with the saved one, whose name takes its place in the address.
    let only = match ask.narrowed_to() {
        Some(Only::Mine) => Some(("only", "mine")),
        Some(Only::Attention) => Some(("only", "attention")),
        None => None,
    };
    let pairs = ask.with(&|name, _| matches!(name, "filter" | "only" | "view"), only.as_slice());
    let query = shell::with_query("", &pairs, None);
    let query = query.trim_start_matches('?').to_owned();
    let shared = form.get("shared").is_some();
    let key = if shared {
        let others =
            cx.current.settings().filter(|(other, _)| other.strip_prefix(&prefix).is_some_and(|other| other != name));
        if others.count() >= MOST {
            return Err(Fault::field("name", cx.say1("list-view-too-many", "most", MOST).into_owned()));
        }
        cx.submit(set(format!("{prefix}{name}"), Some(&query))).await?;
        format!("our.{name}")
    } else {
        let count = kept::preferences(&cx)?.iter().filter(|(name, _)| name.starts_with(&prefix)).count();
        if count >= MOST {
            return Err(Fault::field("name", cx.say1("list-view-too-many", "most", MOST).into_owned()));
        }
        kept::prefer(&cx, format!("{prefix}{name}"), Some(query.clone())).await?;
        format!("my.{name}")
    };
    let mut pairs = shell::without(&query, &["view"]);
    pairs.push(("view".to_owned(), key));
    pairs.push(("done".to_owned(), "view-kept".to_owned()));
    Ok(shell::to(&shell::with_query(&list_path(kind), &pairs, None)))
}

fn set(name: String, query: Option<&str>) -> Command {
    let fields: Map<String, Value> = query.map(|query| ("query".to_owned(), Value::from(query))).into_iter().collect();
    Command::Set { name, fields, reason: None }
}

/// The name of the view for which columns are remembered.
fn columns_key(kind: Kind, view: &View) -> String {
    let view = match view {
        View::All => "all",
        View::Mine => "mine",
        View::Attention => "attention",
        View::Saved(name) => name,
    };
    format!("columns/{}/{view}", kind.words().name)
}

/// The columns that a list shows: those of the address, those that the person chose for the view, or the usual ones.
pub fn columns_of(cx: &Cx, ask: &Ask) -> Result<Vec<columns::Column>, Fault> {
    let chosen = if let Some(names) = &ask.columns {
        Some(names.clone())
    } else {
        let key = columns_key(ask.kind, &ask.view);
        let kept = kept::preferences(cx)?;
        let kept = kept.iter().find(|(name, _)| *name == key);
        kept.map(|(_, names)| names.split(',').map(ToOwned::to_owned).collect())
    };
    let names = chosen.unwrap_or_else(|| {
        let census = kept::census(cx, ask.kind);
        // A column that says nothing in any record is shown to whoever chooses it.
        let silent = |name: &str| {
            census.all > 0 && census.facet(name).is_some_and(|facet| facet.values.is_empty() && facet.others == 0)
        };
        let usual = columns::default_names(ask.kind.def()).into_iter().filter(|name| !silent(name));
        usual.map(str::to_owned).collect()
    });
    // The title names the row, so that it is always there.
    let mut names: Vec<String> = names;
    if !names.iter().any(|name| name == "title") {
        names.insert(usize::from(names.first().is_some_and(|name| name == "ref")), "title".to_owned());
    }
    Ok(names.iter().filter_map(|name| columns::named(cx, ask.kind, name)).collect())
}

/// `POST /{kind}/columns`: remembers which columns the person wants to see in a view.
pub async fn choose(cx: Cx, Path(slug): Path<String>, RawForm(body): RawForm) -> Result<Response, Fault> {
    let kind = kind_of(&slug).ok_or(Fault::Absent)?;
    let form = Form::read(&body)?;
    let ask = Ask::read(&cx, kind, form.get("query").unwrap_or_default())?;
    let known = columns::all(&cx, kind);
    let chosen = form.all("col").filter(|name| known.iter().any(|column| column.name == *name));
    let chosen: Vec<&str> = chosen.take(columns::MOST).collect();
    let usual = form.get("usual").is_some() || chosen.is_empty();
    let value = (!usual).then(|| chosen.join(","));
    kept::prefer(&cx, columns_key(kind, &ask.view), value).await?;
    let pairs = ask.with(&|name, _| name == "cols", &[]);
    Ok(shell::to(&shell::with_query(&list_path(kind), &pairs, None)))
}
