//! What was picked from the library, to be adapted before it becomes records: all of them in one change.

use askama::Template;
use attestry_model::field::Scalar as _;
use attestry_model::records::Asset;
use attestry_model::{AnyRef, Isms, Kind, Stored};
use attestry_standards::library::{self, Scenario};
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value, json};

use super::super::Pick;
use super::super::making::{self, Making};
use super::MOST;
use super::shelf::{Shelf, Taken, letter, references};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::Html;
use crate::pages::records::pick;
use crate::pages::records::typed::Typed;
use crate::places::{Frame, list_path};
use crate::shell::{Shell, page, pairs, to};
use crate::show;

/// Most assets that a scenario suggests.
const MOST_ASSETS: usize = 12;

/// The page.
#[derive(Template)]
#[template(path = "library-adapt.html")]
struct Page {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    shelf: Shelf,
    cards: Vec<Card>,
    people: Vec<String>,
    left_out: usize,
    problems: Vec<String>,
}

/// An entry as it will be.
struct Card {
    n: usize,
    id: String,
    note: String,
    taken: Option<Html>,
    title: String,
    owner: String,
    errors: Vec<String>,
    texts: Vec<Text>,
    levels: Vec<Levels>,
    assets: Option<Assets>,
}

struct Text {
    name: &'static str,
    label: String,
    value: String,
}

struct Levels {
    name: &'static str,
    label: String,
    picks: Vec<Pick>,
}

struct Assets {
    picks: Vec<Pick>,
    adding: String,
}

/// `GET /risks/library/adapt?of=scenarios&id=…&id=…`
pub async fn adapt(cx: Cx) -> Result<Response, Fault> {
    let of = pairs(&cx.query).into_iter().find(|(name, _)| name == "of").map(|it| it.1).unwrap_or_default();
    let shelf = Shelf::named(&of).unwrap_or(Shelf::Scenarios);
    let ids: Vec<String> = pairs(&cx.query).into_iter().filter(|(name, _)| name == "id").map(|it| it.1).collect();
    if ids.is_empty() || cx.is_past() {
        return Ok(to(&cx.href(&format!("/risks/library?of={}", shelf.name()))));
    }
    if !cx.may_create(shelf.kind()) {
        return Err(Fault::Denied(cx.say("library-denied").into_owned()));
    }
    let mut typed = Typed::default();
    typed.push("of", shelf.name());
    for (n, id) in ids.iter().take(MOST).enumerate() {
        typed.push(format!("id.{n}"), id.clone());
    }
    page(&page_of(cx, shelf, &typed, &[], ids.len().saturating_sub(MOST)))
}

/// The picked ids with their place in the form.
fn picked(typed: &Typed) -> impl Iterator<Item = (usize, &str)> {
    (0..MOST).filter_map(|n| Some((n, typed.get(&format!("id.{n}"))?)))
}

/// The scale's highest levels: of the methodology, else five.
fn tops(isms: &Isms) -> (u8, u8) {
    let method = super::super::method(isms);
    let top = |it: Option<i64>| it.and_then(|it| u8::try_from(it).ok()).filter(|it| *it > 0).unwrap_or(5);
    (top(method.and_then(|it| it.top_likelihood())), top(method.and_then(|it| it.top_impact())))
}

/// A level of the library's five on a scale with another number of levels: in proportion, halves rounded up.
fn scaled(level: u8, top: u8) -> u8 {
    let (level, top) = (u16::from(level), u16::from(top));
    u8::try_from((level * top * 2 + 5) / 10).unwrap_or(5).clamp(1, u8::try_from(top).unwrap_or(5))
}

fn page_of(cx: Cx, shelf: Shelf, typed: &Typed, wrong: &[(usize, String, String)], left_out: usize) -> Page {
    let taken = Taken::of(&cx.isms, shelf.kind());
    let assets_taken = Taken::of(&cx.isms, Kind::Asset);
    let cards = picked(typed).filter_map(|(n, id)| card(&cx, shelf, typed, n, id, wrong, (&taken, &assets_taken)));
    let cards: Vec<Card> = cards.collect();
    let place = if shelf == Shelf::Assets { Kind::Asset } else { shelf.kind() };
    let mut frame = Frame::of_kind(&cx, place, Some(&cx.say("library-title")))
        .then(cx.say("library-adapt"), Some(cx.href(&format!("/risks/library?of={}", shelf.name()))));
    frame.problems = !wrong.is_empty();
    Page {
        people: making::people(&cx),
        problems: wrong.iter().map(|(_, field, message)| told(&cx, shelf.kind(), field, message)).collect(),
        cards,
        left_out,
        shelf,
        frame,
        shell: Shell::of(&cx),
        cx,
    }
}

fn told(cx: &Cx, kind: Kind, field: &str, message: &str) -> String {
    let base = field.split(['[', '.', '~']).next().unwrap_or_default();
    if base.is_empty() {
        return message.to_owned();
    }
    format!("{} {message}", crate::labels::field(cx.words, kind, base))
}

fn card(
    cx: &Cx,
    shelf: Shelf,
    typed: &Typed,
    n: usize,
    id: &str,
    wrong: &[(usize, String, String)],
    (taken, assets_taken): (&Taken<'_>, &Taken<'_>),
) -> Option<Card> {
    let first = typed.get(&format!("title.{n}")).is_none();
    let value = |name: &str, usual: &str| typed.get(&format!("{name}.{n}")).unwrap_or(usual).to_owned();
    let text = |name: &'static str, usual: &str| Text {
        name,
        label: crate::labels::field(cx.words, Kind::Risk, name),
        value: value(name, usual),
    };
    let me = making::person_words(cx, cx.person);
    let (title, note) = match shelf {
        Shelf::Scenarios => library::scenario(id).map(|it| (it.title.as_str(), it.reason.as_str()))?,
        Shelf::Threats => library::threat(id).map(|it| (it.title.as_str(), it.note.as_str()))?,
        Shelf::Vulnerabilities => library::vulnerability(id).map(|it| (it.title.as_str(), it.sign.as_str()))?,
        Shelf::Assets => library::asset_type(id).map(|it| (it.title.as_str(), it.note.as_str()))?,
    };
    let mut card = Card {
        n,
        id: id.to_owned(),
        note: note.to_owned(),
        taken: taken.get(id, title).filter(|it| cx.record(*it).is_ok()).map(|it| show::rid(cx, it)),
        title: value("title", title),
        owner: value("owner", &me),
        errors: Vec::new(),
        texts: Vec::new(),
        levels: Vec::new(),
        assets: None,
    };
    card.errors =
        wrong.iter().filter(|it| it.0 == n).map(|(_, field, message)| told(cx, shelf.kind(), field, message)).collect();
    let (likelihoods, impacts) = tops(&cx.isms);
    let levels = |name: &'static str, label: String, usual: u8, top: u8| {
        let chosen = value(name, &usual.to_string());
        let picks = (1..=top).map(|it| Pick::new(it.to_string(), it.to_string(), &chosen)).collect();
        Levels { name, label, picks }
    };
    match shelf {
        Shelf::Scenarios => {
            let it = library::scenario(id)?;
            card.texts = vec![text("cause", &it.cause), text("event", &it.event), text("consequence", &it.consequence)];
            let label = |key: &str| cx.say(key).into_owned();
            card.levels = vec![
                levels("likelihood", label("library-likelihood"), scaled(it.likelihood, likelihoods), likelihoods),
                levels("impact", label("library-impact"), scaled(it.impact, impacts), impacts),
            ];
            card.assets = Some(assets(cx, typed, n, &it.asset_type_ids, first, assets_taken));
        }
        Shelf::Vulnerabilities => {
            let it = library::vulnerability(id)?;
            card.assets = Some(assets(cx, typed, n, &it.asset_type_ids, first, assets_taken));
        }
        Shelf::Assets => {
            let it = library::asset_type(id)?;
            for (name, level) in [("c_value", it.c_value), ("i_value", it.i_value), ("a_value", it.a_value)] {
                let label = crate::labels::field(cx.words, Kind::Asset, name);
                card.levels.push(levels(name, label, scaled(level, impacts), impacts));
            }
        }
        Shelf::Threats => {}
    }
    Some(card)
}

/// The assets that an entry may be about: those made from its types, and where there are none the types to make.
fn assets(cx: &Cx, typed: &Typed, n: usize, kinds: &[String], first: bool, made: &Taken<'_>) -> Assets {
    let name = format!("assets.{n}");
    let chosen: Vec<&str> = typed.all(&name).collect();
    let mut picks: Vec<Pick> = Vec::new();
    for id in kinds.iter().take(MOST_ASSETS) {
        let Some(usual) = library::asset_type(id) else { continue };
        let found = made.get(id, &usual.title).filter(|it| cx.record(*it).is_ok());
        let pick = match found {
            Some(found) => {
                let title = cx.record(found).ok().and_then(|it| it.head().title.clone()).unwrap_or_default();
                let value = found.to_string();
                Pick { on: first || chosen.contains(&value.as_str()), label: format!("{value} · {title}"), value }
            }
            None if cx.may_create(Kind::Asset) => {
                let on = chosen.contains(&id.as_str());
                Pick { on, label: cx.say1("library-make", "title", &usual.title).into_owned(), value: id.clone() }
            }
            None => continue,
        };
        picks.push(pick);
    }
    // What was found with the picker stays chosen.
    for one in chosen {
        if picks.iter().all(|it| it.value != one)
            && let Some(found) = one.parse::<AnyRef>().ok().filter(|it| cx.record(*it).is_ok())
        {
            picks.push(Pick { value: one.to_owned(), label: format!("{found} · {}", title_of(cx, found)), on: true });
        }
    }
    Assets { picks, adding: typed.get(&format!("{name}~add")).unwrap_or_default().to_owned() }
}

fn title_of(cx: &Cx, reference: AnyRef) -> String {
    cx.record(reference).ok().and_then(|it| it.head().title.clone()).unwrap_or_default()
}

/// `POST /risks/library`: all that was adapted, as one change.
pub async fn write(cx: Cx, body: Bytes) -> Result<Response, Fault> {
    let typed = Typed::of(&body)?;
    let shelf = typed.get("of").and_then(Shelf::named).ok_or_else(|| Fault::field("of", cx.say("library-no-shelf")))?;
    if !cx.may_create(shelf.kind()) {
        return Err(if cx.is_past() { Fault::Past } else { Fault::Denied(cx.say("library-denied").into_owned()) });
    }
    let mut wrong = Vec::new();
    for (n, _) in picked(&typed) {
        let owner = typed.get(&format!("owner.{n}")).unwrap_or_default().trim();
        if !owner.is_empty() && making::person_in(&cx.current, owner).is_none() {
            wrong.push((n, "owner".to_owned(), cx.say("library-no-person").into_owned()));
        }
        let adding = typed.get(&format!("assets.{n}~add")).unwrap_or_default().trim();
        if !adding.is_empty() && asset_in(&cx, adding).is_none() {
            wrong.push((n, "assets".to_owned(), cx.say("library-no-asset").into_owned()));
        }
    }
    if picked(&typed).next().is_none() {
        return Ok(to(&format!("/risks/library?of={}", shelf.name())));
    }
    if wrong.is_empty() {
        let made = making::write(&cx, |making| {
            let ids: Vec<(usize, String)> = picked(&typed).map(|(n, id)| (n, id.to_owned())).collect();
            for (n, id) in ids {
                make(&cx, making, shelf, &typed, n, &id)
                    .ok_or_else(|| Fault::field("id", cx.say("library-unknown")))?;
            }
            Ok(making.count(shelf.kind()))
        });
        match made.await? {
            Ok((count, step)) => {
                return Ok(to(&format!("{}?done=picked%20{count}&undo={step}", list_path(shelf.kind()))));
            }
            Err(found) => wrong = found,
        }
    }
    let shown = page(&page_of(cx, shelf, &typed, &wrong, 0))?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
}

/// The asset that a text names: by its reference, or by a title that only one has.
fn asset_in(cx: &Cx, text: &str) -> Option<AnyRef> {
    if let Some(found) = pick::reference_in(text).filter(|it| it.kind == Kind::Asset) {
        return cx.record(found).ok().map(attestry_model::AnyRecord::any_ref);
    }
    let mut same = cx.isms.live::<Asset>().filter(|it| it.title().eq_ignore_ascii_case(text.trim()) && cx.sees(*it));
    let first = same.next().map(|it: &Stored<Asset>| it.reference().any())?;
    same.next().is_none().then_some(first)
}

/// The records of one entry. What it needs and is there already is named, not made again.
fn make(cx: &Cx, making: &mut Making<'_>, shelf: Shelf, typed: &Typed, n: usize, id: &str) -> Option<()> {
    let value = |name: &str| typed.get(&format!("{name}.{n}")).map(str::trim).filter(|it| !it.is_empty());
    let owner = value("owner").and_then(|it| making::person_in(making.isms, it));
    let head = |usual: &str| {
        let mut fields = Map::new();
        let title = typed.get(&format!("title.{n}")).map_or(usual, str::trim);
        if !title.is_empty() {
            fields.insert("title".to_owned(), Value::from(title));
        }
        if let Some(owner) = owner {
            fields.insert("owner".to_owned(), owner.any().to_value());
        }
        fields.insert("tags".to_owned(), json!([id]));
        fields
    };
    let level = |name: &str, usual: u8| {
        value(name).map_or(Value::from(usual), |it| it.parse::<u8>().map_or_else(|_| Value::from(it), Value::from))
    };
    let (likelihoods, impacts) = tops(making.isms);
    match shelf {
        Shelf::Threats => {
            let fields = head(&library::threat(id)?.title);
            add_threat(making, n, id, fields)?;
        }
        Shelf::Vulnerabilities => {
            let it = library::vulnerability(id)?;
            let mut fields = head(&it.title);
            let assets = chosen_assets(cx, making, typed, n);
            add(&mut fields, json!({ "vuln_type": it.vuln_type.as_str(), "notes": it.sign }));
            fields.insert("assets".to_owned(), references(&assets));
            making.add(n, Kind::Vulnerability, fields);
        }
        Shelf::Assets => {
            let it = library::asset_type(id)?;
            let mut fields = asset_fields(it, impacts);
            fields.append(&mut head(&it.title));
            for (name, usual) in [("c_value", it.c_value), ("i_value", it.i_value), ("a_value", it.a_value)] {
                fields.insert(name.to_owned(), level(name, scaled(usual, impacts)));
            }
            making.add(n, Kind::Asset, fields);
        }
        Shelf::Scenarios => {
            let it = library::scenario(id)?;
            let mut fields = head(&it.title);
            for (name, usual) in [("cause", &it.cause), ("event", &it.event), ("consequence", &it.consequence)] {
                let text = typed.get(&format!("{name}.{n}")).map_or(usual.as_str(), str::trim);
                if !text.is_empty() {
                    fields.insert(name.to_owned(), Value::from(text));
                }
            }
            let likelihood = level("likelihood", scaled(it.likelihood, likelihoods));
            let impact = level("impact", scaled(it.impact, impacts));
            let threats = needed(cx, making, n, Kind::Threat, it);
            let weaknesses = needed(cx, making, n, Kind::Vulnerability, it);
            let assets = chosen_assets(cx, making, typed, n);
            let effects: Vec<&str> = it.effects.iter().map(|one| letter(*one)).collect();
            add(
                &mut fields,
                json!({
                    "approach": it.approach.as_str(), "effects": effects, "risk_opportunity": "risk",
                    "inherent_likelihood": likelihood, "inherent_impact": impact,
                    "current_likelihood": likelihood, "current_impact": impact,
                    "likelihood_reason": it.reason, "impact_reason": it.reason,
                }),
            );
            fields.insert("threats".to_owned(), references(&threats));
            fields.insert("vulnerabilities".to_owned(), references(&weaknesses));
            fields.insert("assets".to_owned(), references(&assets));
            if let Some(owner) = owner {
                fields.insert("risk_owner".to_owned(), owner.any().to_value());
            }
            if let Some(method) = super::super::method(making.isms) {
                fields.insert("methodology".to_owned(), method.reference().any().to_value());
            }
            making.add(n, Kind::Risk, fields);
        }
    }
    Some(())
}

fn add(fields: &mut Map<String, Value>, more: Value) {
    if let Value::Object(more) = more {
        fields.extend(more);
    }
}

fn add_threat(making: &mut Making<'_>, row: usize, id: &str, mut fields: Map<String, Value>) -> Option<AnyRef> {
    let it = library::threat(id)?;
    let affects: Vec<&str> = it.affects.iter().map(|one| letter(*one)).collect();
    add(
        &mut fields,
        json!({ "origin": it.origin.as_str(), "affects": affects, "source_actor": it.source_actor, "notes": it.note }),
    );
    Some(making.add(row, Kind::Threat, fields))
}

/// The threats or weaknesses of a scenario: those that are there, and those that are made with it where the person may.
fn needed(cx: &Cx, making: &mut Making<'_>, row: usize, kind: Kind, scenario: &'static Scenario) -> Vec<AnyRef> {
    let entries: Vec<(&str, &str)> = match kind {
        Kind::Threat => scenario.threats().map(|it| (it.id.as_str(), it.title.as_str())).collect(),
        _ => scenario.vulnerabilities().map(|it| (it.id.as_str(), it.title.as_str())).collect(),
    };
    let there = Taken::of(making.isms, kind);
    let mut found = Vec::new();
    for (id, title) in entries {
        let known = there.get(id, title).or_else(|| making.made(kind, id));
        let made = || -> Option<AnyRef> {
            let fields = Map::from_iter([
                ("title".to_owned(), Value::from(title)),
                ("tags".to_owned(), json!([id])),
                ("owner".to_owned(), cx.person.any().to_value()),
            ]);
            if kind == Kind::Threat {
                return add_threat(making, row, id, fields);
            }
            let it = library::vulnerability(id)?;
            let mut fields = fields;
            add(&mut fields, json!({ "vuln_type": it.vuln_type.as_str(), "notes": it.sign }));
            Some(making.add(row, kind, fields))
        };
        found.extend(known.or_else(|| cx.may_create(kind).then(made).flatten()));
    }
    found
}

fn asset_fields(it: &library::AssetType, top: u8) -> Map<String, Value> {
    let mut fields = Map::new();
    add(
        &mut fields,
        json!({
            "asset_class": it.asset_class.as_str(), "category": it.category.as_str(), "in_scope": true,
            "c_value": scaled(it.c_value, top), "i_value": scaled(it.i_value, top), "a_value": scaled(it.a_value, top),
            "inherits_values": it.asset_class.as_str() == "supporting",
            "contains_pii": it.contains_pii, "contains_phi": it.contains_phi, "notes": it.note,
        }),
    );
    fields
}

/// The assets that were chosen for a row; types of the library among them are made.
fn chosen_assets(cx: &Cx, making: &mut Making<'_>, typed: &Typed, row: usize) -> Vec<AnyRef> {
    let name = format!("assets.{row}");
    let mut found: Vec<AnyRef> = Vec::new();
    for one in typed.all(&name) {
        let reference = match one.parse::<AnyRef>() {
            Ok(reference) => Some(reference),
            Err(_) => made_type(cx, making, row, one),
        };
        found.extend(reference.filter(|it| !found.contains(it)));
    }
    let adding = typed.get(&format!("{name}~add")).unwrap_or_default().trim();
    found.extend(asset_in(cx, adding).filter(|it| !adding.is_empty() && !found.contains(it)));
    found
}

fn made_type(cx: &Cx, making: &mut Making<'_>, row: usize, id: &str) -> Option<AnyRef> {
    let it = library::asset_type(id)?;
    let there = Taken::of(making.isms, Kind::Asset).get(id, &it.title);
    if let Some(known) = there.or_else(|| making.made(Kind::Asset, id)) {
        return Some(known);
    }
    let (_, impacts) = tops(making.isms);
    let mut fields = asset_fields(it, impacts);
    add(&mut fields, json!({ "title": it.title, "tags": [id], "owner": cx.person.any().to_string() }));
    Some(making.add(row, Kind::Asset, fields))
}

#[cfg(test)]
mod tests {
    use super::scaled;

    #[test]
    fn levels_keep_their_place_on_other_scales() {
        assert_eq!([1, 2, 3, 4, 5].map(|it| scaled(it, 5)), [1, 2, 3, 4, 5]);
        assert_eq!([1, 2, 3, 4, 5].map(|it| scaled(it, 3)), [1, 1, 2, 2, 3]);
        assert_eq!([1, 2, 3, 4, 5].map(|it| scaled(it, 10)), [2, 4, 6, 8, 10]);
        assert_eq!([1, 2, 3, 4, 5].map(|it| scaled(it, 4)), [1, 2, 2, 3, 4]);
    }
}
