//! What depends on what: a drawing around one asset, the needs that are passed on, and circles by name.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;

use askama::Template;
use attestry_check::measure::Needs;
use attestry_model::AnyRef;
use attestry_model::records::Asset;
use attestry_risk::qualitative::Values;
use axum::response::Response;

use super::Pick;
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::{Html, escape};
use crate::places::Frame;
use crate::shell::{Shell, page, parameter};
use crate::show;

/// Most assets in one drawing: more than that nobody reads.
const MOST: usize = 60;
/// How far the drawing reaches in either direction at most.
const FARTHEST: usize = 4;
/// Most rows of the table behind it.
const ROWS: usize = 1_000;

/// The page.
#[derive(Template)]
#[template(path = "dependencies.html")]
struct Page {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    picks: Vec<Pick>,
    depths: Vec<Pick>,
    drawing: Html,
    left_out: usize,
    cycles: Vec<Html>,
    rows: Vec<Row>,
    all: usize,
}

struct Row {
    rid: Html,
    title: String,
    href: String,
    own: String,
    effective: String,
    raised: bool,
    below: Html,
}

/// `GET /assets/dependencies`
pub async fn show(cx: Cx) -> Result<Response, Fault> {
    let needs = Needs::of(&cx.isms);
    let count = needs.assets.len();
    let seen: Vec<bool> = needs.assets.iter().map(|it| cx.get(*it).is_ok()).collect();
    let mut above = vec![Vec::new(); count];
    for (at, below) in needs.depends_on.iter().enumerate() {
        for it in below {
            above[*it].push(at);
        }
    }
    let wanted = parameter(&cx.query, "start").filter(|it| !it.is_empty());
    let start = match wanted {
        Some(text) => {
            let reference =
                text.parse::<AnyRef>().ok().and_then(attestry_model::AnyRef::of::<Asset>).ok_or(Fault::Absent)?;
            cx.get(reference)?;
            Some(needs.assets.iter().position(|it| *it == reference).ok_or(Fault::Absent)?)
        }
        // What most depends on is where a first look is worth most.
        None => (0..count)
            .filter(|at| seen[*at])
            .max_by_key(|at| (above[*at].len() + needs.depends_on[*at].len(), count - at)),
    };
    let depth = parameter(&cx.query, "depth").and_then(|it| it.parse().ok()).unwrap_or(2_usize).clamp(1, FARTHEST);
    let (layers, left_out) =
        start.map(|start| around(start, depth, &needs.depends_on, &above, &seen)).unwrap_or_default();
    let drawing = start.map(|start| draw(&cx, &needs, &layers, start)).unwrap_or_default();
    let cycles =
        needs.effective.as_ref().err().map(|cycles| cycles.0.iter().map(|it| circle(&cx, &needs, it)).collect());
    let chosen = start.map(|it| needs.assets[it].any().to_string()).unwrap_or_default();
    let title = |at: usize| cx.isms.get(needs.assets[at]).map(|it| it.title().to_owned()).unwrap_or_default();
    let picks = (0..count).filter(|at| seen[*at]).map(|at| {
        let reference = needs.assets[at].any().to_string();
        Pick::new(reference.clone(), format!("{reference} {}", title(at)), &chosen)
    });
    let depths =
        (1..=FARTHEST).map(|it| Pick::new(it.to_string(), cx.say1("depend-steps", "count", it), &depth.to_string()));
    let rows = (0..count).filter(|at| seen[*at]).take(ROWS).map(|at| {
        let effective = needs.effective.as_ref().map_or(needs.own[at], |all| all[at]);
        let mut below = String::new();
        for it in &needs.depends_on[at] {
            below.push_str(show::rid(&cx, needs.assets[*it].any()).as_str());
            below.push(' ');
        }
        Row {
            rid: show::rid(&cx, needs.assets[at].any()),
            title: title(at),
            href: cx.record_href(needs.assets[at].any()),
            own: values(needs.own[at]),
            effective: values(effective),
            raised: effective != needs.own[at],
            below: Html(below),
        }
    });
    let page_of = Page {
        picks: picks.collect(),
        depths: depths.collect(),
        cycles: cycles.unwrap_or_default(),
        rows: rows.collect(),
        all: count,
        drawing,
        left_out,
        frame: Frame::of_tab(&cx, "/assets/dependencies"),
        shell: Shell::of(&cx),
        cx,
    };
    page(&page_of)
}

fn values([c, i, a]: Values) -> String {
    let one = |it: u8| if it == 0 { "–".to_owned() } else { it.to_string() };
    format!("{} · {} · {}", one(c), one(i), one(a))
}

/// A circle of assets by name.
fn circle(cx: &Cx, needs: &Needs, places: &[usize]) -> Html {
    let mut out = String::new();
    for (step, at) in places.iter().chain(places.first()).enumerate() {
        if step > 0 {
            out.push_str(" → ");
        }
        show::link(cx, needs.assets[*at].any(), &mut out);
    }
    Html(out)
}

/// Assets by their distance from the start: what depends on it before it, what it depends on after it.
fn around(
    start: usize,
    depth: usize,
    below: &[Vec<usize>],
    above: &[Vec<usize>],
    seen: &[bool],
) -> (BTreeMap<isize, Vec<usize>>, usize) {
    let mut layers: BTreeMap<isize, Vec<usize>> = BTreeMap::from([(0, vec![start])]);
    let mut known = BTreeSet::from([start]);
    let mut left_out = 0;
    for (links, direction) in [(above, -1), (below, 1)] {
        let mut waiting = VecDeque::from([(start, 0_isize)]);
        while let Some((at, layer)) = waiting.pop_front() {
            if layer.unsigned_abs() >= depth {
                continue;
            }
            for next in links[at].iter().copied().filter(|it| seen[*it]) {
                if known.len() >= MOST {
                    left_out += usize::from(!known.contains(&next));
                } else if known.insert(next) {
                    layers.entry(layer + direction).or_default().push(next);
                    waiting.push_back((next, layer + direction));
                }
            }
        }
    }
    (layers, left_out)
}

const BOX: (usize, usize) = (168, 44);
const GAP: (usize, usize) = (64, 14);

/// The drawing: a column for each distance, lines from what depends to what it depends on.
fn draw(cx: &Cx, needs: &Needs, layers: &BTreeMap<isize, Vec<usize>>, start: usize) -> Html {
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
    let mut out = format!(
        r#"<svg class="deps" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="group" aria-label=""#
    );
    escape(&cx.say1("depend-drawing", "count", places.len()), &mut out);
    out.push_str(r#"">"#);
    for (at, from) in &places {
        for to in needs.depends_on[*at].iter().filter_map(|it| places.get(it)) {
            let (x1, y1, x2, y2) = (from.0 + BOX.0, from.1 + BOX.1 / 2, to.0, to.1 + BOX.1 / 2);
            let middle = usize::midpoint(x1, x2);
            let _ = write!(out, r#"<path class="dl" d="M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}"/>"#);
        }
    }
    for (at, (x, y)) in &places {
        let asset = needs.assets[*at];
        let effective = needs.effective.as_ref().map_or(needs.own[*at], |all| all[*at]);
        let most = effective.into_iter().max().unwrap_or_default().min(5);
        let title = cx.isms.get(asset).map(|it| it.title().to_owned()).unwrap_or_default();
        let class = if *at == start { " here" } else { "" };
        out.push_str(r#"<a href=""#);
        escape(&cx.href(&format!("/assets/dependencies?start={}", asset.any())), &mut out);
        let _ = write!(out, r#""><g class="dn d{most}{class}"><title>"#);
        escape(&title, &mut out);
        let _ = write!(out, r#"</title><rect x="{x}" y="{y}" width="{}" height="{}" rx="6"/>"#, BOX.0, BOX.1);
        let _ = write!(out, r#"<text x="{}" y="{}">"#, x + 10, y + 19);
        escape(&show::shortened(&title, 24), &mut out);
        let _ = write!(
            out,
            r#"</text><text class="dv" x="{}" y="{}">{} · {}</text></g></a>"#,
            x + 10,
            y + 35,
            asset.any(),
            values(effective)
        );
    }
    out.push_str("</svg>");
    Html(out)
}
