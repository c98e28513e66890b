//! What depends on what: the whole as layers of groups, a drawing around one asset, the needs that are passed on with their
//! source, and circles by name.

mod graph;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use askama::Template;
use attestry_check::measure::Needs;
use attestry_model::field::Choice as _;
use attestry_model::records::Asset;
use attestry_model::records::asset::AssetCategory;
use attestry_model::{AnyRef, Kind, Stored};
use attestry_risk::qualitative::Values;
use axum::response::Response;

use self::graph::{FARTHEST, LAYERS, around, dependents, layers, overview};
use super::Pick;
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::{Html, escape};
use crate::pages::records::pick;
use crate::places::Frame;
use crate::shell::{Shell, page, parameter};
use crate::{labels, show};

/// Most assets that a group names.
const MOST_NAMED: usize = 60;
/// Properties in the order of their letters.
const LETTERS: [&str; 3] = ["C", "I", "A"];

/// The page.
#[derive(Template)]
#[template(path = "dependencies.html")]
struct Page {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    start: String,
    offers: Vec<(String, String)>,
    depths: Vec<Pick>,
    whole: bool,
    whole_href: String,
    drawing: Html,
    left_out: usize,
    cycles: Vec<Html>,
    caption: String,
    rows: Vec<Row>,
    all: usize,
    in_rows: usize,
}

struct Row {
    rid: Html,
    title: String,
    href: String,
    around: String,
    own: String,
    effective: String,
    raised: bool,
    source: Html,
    class: String,
    labelled: bool,
    owner: Html,
    below: Html,
}

/// What a page is made from.
struct Seen {
    needs: Needs,
    above: Vec<Vec<usize>>,
    visible: Vec<bool>,
}

/// `GET /assets/dependencies`
pub async fn show(cx: Cx) -> Result<Response, Fault> {
    let needs = Needs::of(&cx.isms);
    let all_seen = cx.sees_all(Kind::Asset.def());
    let seen: Vec<bool> = needs.assets.iter().map(|it| all_seen || cx.get(*it).is_ok()).collect();
    let from = Seen { above: dependents(&needs.depends_on), needs, visible: seen };
    let asked = parameter(&cx.query, "find").unwrap_or_default();
    let (start, offers) = match parameter(&cx.query, "start").filter(|it| !it.is_empty()) {
        // An address names an asset by its reference; what people type may be words.
        Some(start) => (Some(place(&from, &start).ok_or(Fault::Absent)?), Vec::new()),
        None => found(&cx, &from, asked.trim())?,
    };
    let depth = parameter(&cx.query, "depth").and_then(|it| it.parse().ok()).unwrap_or(2_usize).clamp(1, FARTHEST);
    let depths =
        (1..=FARTHEST).map(|it| Pick::new(it.to_string(), cx.say1("depend-steps", "count", it), &depth.to_string()));
    let cycles =
        from.needs.needs.as_ref().err().map(|cycles| cycles.0.iter().map(|it| circle(&cx, &from, it)).collect());
    let (drawing, shown, left_out, caption) = match start {
        Some(start) => {
            let (layers, left_out) = around(start, depth, &from.needs.depends_on, &from.above, &from.visible);
            let shown: Vec<usize> = layers.values().flatten().copied().collect();
            let title = title(&cx, &from, start);
            let caption = cx.say1("depend-caption-around", "asset", &title).into_owned();
            (draw(&cx, &from, &layers, start), shown, left_out, caption)
        }
        None => whole(&cx, &from),
    };
    let in_rows = shown.len();
    let rows = shown.into_iter().take(MOST_NAMED).map(|at| row(&cx, &from, at)).collect();
    let all = from.visible.iter().filter(|it| **it).count();
    let page_of = Page {
        start: start.map_or(asked, |it| format!("{} · {}", from.needs.assets[it].any(), title(&cx, &from, it))),
        offers,
        depths: depths.collect(),
        whole: start.is_none(),
        whole_href: cx.href("/assets/dependencies"),
        cycles: cycles.unwrap_or_default(),
        caption,
        rows,
        all,
        in_rows,
        drawing,
        left_out,
        frame: Frame::of_tab(&cx, "/assets/dependencies"),
        shell: Shell::of(&cx),
        cx,
    };
    page(&page_of)
}

/// The place of the asset that a reference names, if the person may see it.
fn place(from: &Seen, text: &str) -> Option<usize> {
    let reference = text.parse::<AnyRef>().ok().and_then(AnyRef::of::<Asset>)?;
    from.needs.assets.iter().position(|it| *it == reference).filter(|at| from.visible[*at])
}

/// The asset that somebody typed; or, where the words fit several, what may be meant.
#[expect(clippy::type_complexity, reason = "the one, or the names and addresses of those meant")]
fn found(cx: &Cx, from: &Seen, asked: &str) -> Result<(Option<usize>, Vec<(String, String)>), Fault> {
    if asked.is_empty() {
        return Ok((None, Vec::new()));
    }
    if let Some(reference) = pick::reference_in(asked) {
        return Ok((Some(place(from, &reference.to_string()).ok_or(Fault::Absent)?), Vec::new()));
    }
    let text: String = asked.chars().take(200).collect();
    let meant = pick::matching(cx, Some(Kind::Asset), &text, pick::MOST);
    if meant.is_empty() {
        return Err(Fault::Absent);
    }
    let one = meant.iter().find(|it| it.exact).or(meant.first().filter(|_| meant.len() == 1));
    if let Some(at) = one.and_then(|it| place(from, &it.reference.to_string())) {
        return Ok((Some(at), Vec::new()));
    }
    let offer = |it: &pick::Meant| {
        (format!("{} · {}", it.reference, it.title), cx.href(&format!("/assets/dependencies?start={}", it.reference)))
    };
    Ok((None, meant.iter().map(offer).collect()))
}

fn title(cx: &Cx, from: &Seen, at: usize) -> String {
    cx.isms.get(from.needs.assets[at]).map(|it| it.title().to_owned()).unwrap_or_default()
}

fn values([c, i, a]: Values) -> String {
    let one = |it: u8| if it == 0 { "–".to_owned() } else { it.to_string() };
    format!("{} · {} · {}", one(c), one(i), one(a))
}

/// A circle of assets by name.
fn circle(cx: &Cx, from: &Seen, places: &[usize]) -> Html {
    let mut out = String::new();
    for (step, at) in places.iter().chain(places.first()).enumerate() {
        if step > 0 {
            out.push_str(" → ");
        }
        show::link(cx, from.needs.assets[*at].any(), &mut out);
    }
    Html(out)
}

fn row(cx: &Cx, from: &Seen, at: usize) -> Row {
    let reference = from.needs.assets[at].any();
    let asset = cx.isms.get(from.needs.assets[at]);
    let effective = from.needs.effective(at);
    let mut below = String::new();
    for it in from.needs.depends_on[at].iter().filter(|it| from.visible[**it]).take(MOST_NAMED) {
        below.push_str(show::rid(cx, from.needs.assets[*it].any()).as_str());
        below.push(' ');
    }
    let level = asset.and_then(|it| cx.isms.find(it.classification));
    let owner = asset.and_then(|it: &Stored<Asset>| it.owner);
    Row {
        rid: show::rid(cx, reference),
        title: title(cx, from, at),
        href: cx.record_href(reference),
        around: cx.href(&format!("/assets/dependencies?start={reference}")),
        own: values(from.needs.own[at]),
        effective: values(effective),
        raised: effective != from.needs.own[at],
        source: source(cx, from, at),
        class: level.map(|it| it.label.clone().unwrap_or_else(|| it.title().to_owned())).unwrap_or_default(),
        labelled: asset.is_some_and(|it| it.labelled == Some(true)),
        owner: owner.map(|it| show::who(cx, it)).unwrap_or_default(),
        below: Html(below),
    }
}

/// From where each need comes that is not the asset's own, and what was corrected.
fn source(cx: &Cx, from: &Seen, at: usize) -> Html {
    let Ok(needs) = &from.needs.needs else { return Html::default() };
    let mut told: Vec<(String, String)> = Vec::new();
    for (property, need) in needs[at].iter().enumerate() {
        let mut words = String::new();
        let chain = from.needs.source(at, property);
        if let Some(origin) = chain.last() {
            // Somebody who may not see the asset learns the level, which is in use here, and not from what.
            if from.visible[*origin] {
                words.push_str(show::rid(cx, from.needs.assets[*origin].any()).as_str());
                if chain.len() > 1 {
                    words.push(' ');
                    escape(&cx.say1("depend-through", "count", chain.len() - 1), &mut words);
                }
            } else {
                escape(&cx.say("depend-unseen"), &mut words);
            }
        }
        if need.cumulated {
            words.push(' ');
            escape(&cx.say1("depend-cumulated", "count", need.alike), &mut words);
        }
        if need.distributed {
            words.push(' ');
            escape(&cx.say("depend-distributed"), &mut words);
        }
        if words.is_empty() {
            continue;
        }
        match told.iter_mut().find(|it| it.1 == words) {
            Some(same) => {
                same.0.push_str(", ");
                same.0.push_str(LETTERS[property]);
            }
            None => told.push((LETTERS[property].to_owned(), words)),
        }
    }
    let mut out = String::new();
    for (letters, words) in told {
        let _ = write!(out, r#"<span class="d"><b>{letters}</b> {words}</span>"#);
    }
    Html(out)
}

const BOX: (usize, usize) = (168, 44);
const GAP: (usize, usize) = (64, 14);

fn line(out: &mut String, (x1, y1): (usize, usize), (x2, y2): (usize, usize), class: &str) {
    let middle = usize::midpoint(x1, x2);
    let _ = write!(out, r#"<path class="{class}" d="M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}"/>"#);
}

fn begin(cx: &Cx, width: usize, height: usize, count: usize) -> String {
    let mut out = format!(
        r#"<svg class="deps" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="group" aria-label=""#
    );
    escape(&cx.say1("depend-drawing", "count", count), &mut out);
    out.push_str(r#"">"#);
    out
}

/// The drawing around an asset: a column for each distance, lines from what depends to what it depends on.
fn draw(cx: &Cx, from: &Seen, layers: &BTreeMap<isize, Vec<usize>>, start: usize) -> Html {
    let tallest = layers.values().map(Vec::len).max().unwrap_or(1);
    let (width, height) = (layers.len() * (BOX.0 + GAP.0) - GAP.0 + 4, tallest * (BOX.1 + GAP.1) - GAP.1 + 4);
    let mut places: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for (column, assets) in layers.values().enumerate() {
        let used = assets.len() * (BOX.1 + GAP.1) - GAP.1;
        let top = (height - used) / 2;
        for (row, at) in assets.iter().enumerate() {
            places.insert(*at, (2 + column * (BOX.0 + GAP.0), top + row * (BOX.1 + GAP.1)));
        }
    }
    let mut out = begin(cx, width, height, places.len());
    for (at, (x, y)) in &places {
        for (tx, ty) in from.needs.depends_on[*at].iter().filter_map(|it| places.get(it)) {
            line(&mut out, (x + BOX.0, y + BOX.1 / 2), (*tx, ty + BOX.1 / 2), "dl");
        }
    }
    for (at, (x, y)) in &places {
        let asset = from.needs.assets[*at];
        let effective = from.needs.effective(*at);
        let title = title(cx, from, *at);
        let class = format!("d{}{}", highest(effective), if *at == start { " here" } else { "" });
        let small = format!("{} · {}", asset.any(), values(effective));
        let href = cx.href(&format!("/assets/dependencies?start={}", asset.any()));
        node(&mut out, (*x, *y), &class, &href, &title, &small);
    }
    out.push_str("</svg>");
    Html(out)
}

fn highest(values: Values) -> u8 {
    values.into_iter().max().unwrap_or_default().min(5)
}

fn node(out: &mut String, (x, y): (usize, usize), class: &str, href: &str, title: &str, small: &str) {
    out.push_str(r#"<a href=""#);
    escape(href, out);
    let _ = write!(out, r#""><g class="dn {class}"><title>"#);
    escape(title, out);
    let _ = write!(out, r#"</title><rect x="{x}" y="{y}" width="{}" height="{}" rx="6"/>"#, BOX.0, BOX.1);
    let _ = write!(out, r#"<text x="{}" y="{}">"#, x + 10, y + 19);
    escape(&show::shortened(title, 24), out);
    let _ = write!(out, r#"</text><text class="dv" x="{}" y="{}">"#, x + 10, y + 35);
    escape(small, out);
    out.push_str("</text></g></a>");
}

/// The row of an asset in the overview: its kind; the last one for those that say none.
fn category_row(asset: Option<&Stored<Asset>>) -> usize {
    let category = asset.and_then(|it| it.category);
    category.and_then(|it| AssetCategory::ALL.iter().position(|one| *one == it)).unwrap_or(AssetCategory::ALL.len())
}

/// The whole as layers of groups; below it the assets of the group that the address names, else those on which most depends.
fn whole(cx: &Cx, from: &Seen) -> (Html, Vec<usize>, usize, String) {
    let layer = layers(&from.needs.depends_on);
    let row: Vec<usize> = from.needs.assets.iter().map(|it| category_row(cx.isms.get(*it))).collect();
    let (groups, lines) = overview(&from.needs.depends_on, &layer, &row, &from.visible);
    let used: Vec<usize> =
        (0..=AssetCategory::ALL.len()).filter(|it| groups.keys().any(|group| group.1 == *it)).collect();
    let columns = groups.keys().map(|it| it.0 + 1).max().unwrap_or(1);
    let height = used.len().max(1) * (BOX.1 + GAP.1) - GAP.1 + 4;
    let at = |group: &graph::Group| {
        let line = used.iter().position(|it| *it == group.1).unwrap_or_default();
        (2 + group.0 * (BOX.0 + GAP.0), 2 + line * (BOX.1 + GAP.1))
    };
    let mut out = begin(cx, columns * (BOX.0 + GAP.0) - GAP.0 + 4, height, groups.len());
    let heaviest = lines.first().map_or(1, |it| it.2);
    for (one, other, count) in lines.iter().filter(|it| it.0 != it.1) {
        let ((x, y), (tx, ty)) = (at(one), at(other));
        let weight = if count * 4 >= heaviest { "dl heavy" } else { "dl" };
        line(&mut out, (x + BOX.0, y + BOX.1 / 2), (tx, ty + BOX.1 / 2), weight);
    }
    let name = |row: usize| match AssetCategory::ALL.get(row) {
        Some(category) => labels::word(cx.words, category.name(), category.label()).into_owned(),
        None => cx.say("depend-no-kind").into_owned(),
    };
    let mut most: BTreeMap<graph::Group, u8> = BTreeMap::new();
    for at in (0..layer.len()).filter(|it| from.visible[*it]) {
        let level = most.entry((layer[at], row[at])).or_default();
        *level = (*level).max(highest(from.needs.effective(at)));
    }
    let wanted = |name: &str| parameter(&cx.query, name).and_then(|it| it.parse::<usize>().ok());
    let group = wanted("layer").zip(wanted("row")).filter(|it| groups.contains_key(it));
    for (one, count) in &groups {
        let href = cx.href(&format!("/assets/dependencies?layer={}&row={}", one.0, one.1));
        let class = format!(
            "d{}{}",
            most.get(one).copied().unwrap_or_default(),
            if Some(*one) == group { " here" } else { "" }
        );
        let small = cx.with("depend-group", &[("count", (*count).into()), ("layer", (one.0 + 1).into())]);
        node(&mut out, at(one), &class, &href, &name(one.1), &small);
    }
    out.push_str("</svg>");
    let mut shown: Vec<usize> = (0..layer.len())
        .filter(|it| from.visible[*it] && group.is_none_or(|group| group == (layer[*it], row[*it])))
        .collect();
    shown.sort_by_key(|it| (std::cmp::Reverse(from.above[*it].len() + from.needs.depends_on[*it].len()), *it));
    let caption = match group {
        Some((layer, row)) => cx
            .with("depend-caption-group", &[("kind", (&name(row)).into()), ("layer", (layer + 1).into())])
            .into_owned(),
        None => cx.say("depend-caption-most").into_owned(),
    };
    debug_assert!(columns <= LAYERS, "layers are bounded");
    (Html(out), shown, 0, caption)
}
