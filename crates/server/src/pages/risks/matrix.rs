//! The risk matrix: before, now and with the plan; where risks go, and what changed since another day.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use askama::Template;
use attestry_check::measure::{self, Method};
use attestry_model::field::Choice as _;
use attestry_model::records::asset::AssetCategory;
use attestry_model::records::{Asset, OrgUnit, Person, Risk};
use attestry_model::{Isms, Ref, Stored};
use attestry_risk::qualitative::{Cell, HeatMap, Standing, precedence};
use attestry_store::When;
use axum::response::Response;
use jiff::civil::Date;

use super::Pick;
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::Html;
use crate::places::Frame;
use crate::shell::{Shell, page, parameter};
use crate::{dates, show};

/// Most risks that a cell names; above it only their number is shown.
const CELL_NAMES: usize = 12;

/// A moment of a risk's treatment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct When3 {
    /// The letter in the classes of the page.
    letter: char,
    /// The beginning of the names of the fields.
    fields: &'static str,
}

const MOMENTS: [When3; 3] = [
    When3 { letter: 'b', fields: "inherent" },
    When3 { letter: 'n', fields: "current" },
    When3 { letter: 'p', fields: "residual" },
];

fn cell_at(risk: &Risk, moment: When3) -> Option<Cell> {
    match moment.letter {
        'b' => measure::cell(risk.inherent_likelihood, risk.inherent_impact),
        'n' => measure::cell(risk.current_likelihood, risk.current_impact),
        _ => measure::cell(risk.residual_likelihood, risk.residual_impact),
    }
}

/// The page.
#[derive(Template)]
#[template(path = "matrix.html")]
struct Page {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    limit: u32,
    since: Option<String>,
    rows: Vec<Row>,
    columns: Vec<Axis>,
    bands: Vec<BandKey>,
    above: Vec<Above>,
    above_planned: usize,
    counted: usize,
    table: Vec<Line>,
    misfits: usize,
    filters: Vec<Filter>,
    filtered: bool,
    compare: Option<Comparison>,
    compare_date: String,
}

struct Row {
    axis: Axis,
    cells: Vec<Square>,
}

struct Axis {
    level: u8,
    label: String,
    small: String,
}

struct Square {
    class: String,
    value: String,
    lists: Vec<Names>,
}

struct Names {
    class: String,
    risks: Vec<Name>,
    count: usize,
    href: String,
    label: String,
}

struct Name {
    href: String,
    short: String,
    title: String,
}

struct BandKey {
    rank: usize,
    range: String,
    name: String,
}

struct Above {
    rid: Html,
    href: String,
    title: String,
    now: Html,
    then: Option<Html>,
    words: String,
}

struct Line {
    rid: Html,
    href: String,
    title: String,
    cells: [Html; 3],
}

struct Filter {
    name: &'static str,
    label: String,
    picks: Vec<Pick>,
}

struct Comparison {
    day: String,
    lines: Vec<Moved>,
    same: usize,
    then_above: usize,
}

struct Moved {
    rid: Html,
    title: String,
    href: String,
    then: Html,
    now: Html,
    words: String,
}

/// Which risks are shown.
struct Wanted {
    owner: String,
    unit: String,
    asset: String,
    category: String,
}

impl Wanted {
    fn of(query: &str) -> Self {
        let read = |name: &str| parameter(query, name).unwrap_or_default();
        Self { owner: read("owner"), unit: read("unit"), asset: read("asset"), category: read("category") }
    }

    fn is_empty(&self) -> bool {
        [&self.owner, &self.unit, &self.asset, &self.category].into_iter().all(String::is_empty)
    }

    fn takes(&self, isms: &Isms, risk: &Risk) -> bool {
        let assets = || risk.assets.iter().filter_map(|it| isms.get(*it));
        let is = |wanted: &str, found: Option<String>| found.is_some_and(|it| it == wanted);
        (self.owner.is_empty() || is(&self.owner, risk.risk_owner.map(|it| it.any().to_string())))
            && (self.unit.is_empty() || assets().any(|it| is(&self.unit, it.org_unit.map(|it| it.any().to_string()))))
            && (self.asset.is_empty() || risk.assets.iter().any(|it| it.any().to_string() == self.asset))
            && (self.category.is_empty()
                || assets().any(|it| is(&self.category, it.category.map(|it| it.name().into()))))
    }
}

/// `GET /risks/matrix`
pub async fn show(cx: Cx) -> Result<Response, Fault> {
    let wanted = Wanted::of(&cx.query);
    let compare_date = parameter(&cx.query, "compare").unwrap_or_default();
    let compared = if compare_date.is_empty() { None } else { Some(past(&cx, &compare_date).await?) };
    let Some(record) = super::method(&cx.isms) else { return Err(Fault::Absent) };
    let method = Method::of(&record.body);
    let all: Vec<&Stored<Risk>> = super::risks(&cx).collect();
    let risks: Vec<&Stored<Risk>> = all.iter().copied().filter(|it| wanted.takes(&cx.isms, it)).collect();
    let heat = |moment: When3| {
        let levels = risks.iter().filter_map(|it| cell_at(it, moment)).map(|it| (it.likelihood, it.impact));
        HeatMap::of(levels, &method.matrix, &method.bands)
    };
    let heats = MOMENTS.map(heat);
    let rows = rows(&cx, record, &method, &risks, &wanted, &heats);
    let value = |risk: &Risk| risk.current_value.and_then(|it| u32::try_from(it).ok()).unwrap_or_default();
    let limit = method.bands.acceptance_max;
    let mut above: Vec<&Stored<Risk>> = risks.iter().copied().filter(|it| value(it) > limit).collect();
    let names: BTreeMap<u32, String> = above.iter().map(|it| (it.number, it.reference().any().to_string())).collect();
    let standing = |risk: &Stored<Risk>| Standing {
        value: value(risk),
        impact: risk.current_impact.map_or(0, |it| it.0),
        on_people: false,
        deadline: u32::MAX,
        identifier: names.get(&risk.number).map_or("", String::as_str),
    };
    above.sort_by(|a, b| precedence(&standing(a), &standing(b)));
    let planned_above =
        |it: &&&Stored<Risk>| it.residual_value.or(it.current_value).is_some_and(|it| it > i64::from(limit));
    let above_planned = risks.iter().filter(planned_above).count();
    let bands = method.bands.bands.iter().map(|band| BandKey {
        rank: rank(&cx, record, i64::from(band.low)),
        range: if band.low == band.high { band.low.to_string() } else { format!("{}–{}", band.low, band.high) },
        name: capital(&band.name),
    });
    let page_of = Page {
        limit,
        since: record.effective_from.map(|day| dates::full_day(cx.words, day)),
        columns: record
            .impact_scale
            .iter()
            .filter_map(|it| {
                let bounds = it.money_min.zip(it.money_max).map(|(low, high)| {
                    format!("{} – {}", dates::money_short(cx.words, low), dates::money_short(cx.words, high))
                });
                Some(Axis {
                    level: u8::try_from(it.level?).ok()?,
                    label: it.label.clone().unwrap_or_default(),
                    small: bounds.unwrap_or_default(),
                })
            })
            .collect(),
        bands: bands.collect(),
        above: above.iter().map(|it| above_of(&cx, it)).collect(),
        above_planned,
        counted: risks.len(),
        table: risks.iter().map(|it| line(&cx, it)).collect(),
        misfits: heats[1].misfits + risks.iter().filter(|it| cell_at(it, MOMENTS[1]).is_none()).count(),
        filters: filters(&cx, &all, &wanted),
        filtered: !wanted.is_empty(),
        compare: compared.map(|(day, isms)| comparison(&cx, &wanted, &risks, day, &isms, i64::from(limit))),
        compare_date,
        rows,
        frame: Frame::of_tab(&cx, "/risks/matrix"),
        shell: Shell::of(&cx),
        cx,
    };
    page(&page_of)
}

/// The value at the end of a day.
async fn past(cx: &Cx, written: &str) -> Result<(Date, Isms), Fault> {
    let wrong = || Fault::field("compare", "is a day such as 2026-03-31");
    let day: Date = written.parse().map_err(|_| wrong())?;
    let end = day.tomorrow().ok().and_then(|next| cx.zone.to_timestamp(next.at(0, 0, 0, 0)).ok()).ok_or_else(wrong)?;
    let when = When::Time(end - jiff::SignedDuration::from_millis(1));
    let isms = cx
        .apart(move |cx| {
            let past = cx.app.past(&cx.organisation, when);
            // A day before the first entry is a day on which there was nothing yet.
            Ok(past.map_or_else(|_| Isms::default(), |past| past.isms.clone()))
        })
        .await?;
    Ok((day, isms))
}

fn rank(cx: &Cx, record: &Stored<attestry_model::records::Methodology>, value: i64) -> usize {
    show::level(cx, Some(record.reference()), value).map_or(1, |(rank, _)| rank)
}

fn rows(
    cx: &Cx,
    record: &Stored<attestry_model::records::Methodology>,
    method: &Method,
    risks: &[&Stored<Risk>],
    wanted: &Wanted,
    heats: &[HeatMap; 3],
) -> Vec<Row> {
    let matrix = &method.matrix;
    let limit = method.bands.acceptance_max;
    let within = |l: u8, i: u8| matrix.value(l, i).is_some_and(|it| it <= limit);
    let mut rows = Vec::new();
    for level in (1..=matrix.likelihoods).rev() {
        let scale = record.likelihood_scale.iter().find(|it| it.level == Some(i64::from(level)));
        let axis = Axis {
            level,
            label: scale.and_then(|it| it.label.clone()).unwrap_or_default(),
            small: scale.and_then(|it| it.description.clone()).unwrap_or_default(),
        };
        let cells = (1..=matrix.impacts).map(|impact| {
            let value = matrix.value(level, impact);
            let mut class = format!("c-{}", value.map_or(1, |it| rank(cx, record, i64::from(it))));
            // The line runs along the cells within the limit, where the next one is above it.
            if within(level, impact) {
                if level < matrix.likelihoods && !within(level + 1, impact) {
                    class.push_str(" edge-t");
                }
                if impact < matrix.impacts && !within(level, impact + 1) {
                    class.push_str(" edge-e");
                }
            }
            let here = Cell { likelihood: level, impact };
            let lists = MOMENTS.iter().zip(heats).filter_map(|(moment, heat)| {
                let count = heat.cells[usize::from(level) - 1][usize::from(impact) - 1];
                (count > 0).then(|| names_of(cx, risks, wanted, *moment, here, count))
            });
            Square { class, value: value.map_or_else(String::new, |it| it.to_string()), lists: lists.collect() }
        });
        rows.push(Row { axis, cells: cells.collect() });
    }
    rows
}

fn names_of(cx: &Cx, risks: &[&Stored<Risk>], wanted: &Wanted, moment: When3, here: Cell, count: usize) -> Names {
    let mut risks_here = Vec::new();
    if count <= CELL_NAMES {
        for risk in risks.iter().filter(|it| cell_at(it, moment) == Some(here)) {
            risks_here.push(Name {
                href: cx.record_href(risk.reference().any()),
                short: format!("{:03}", risk.number),
                title: risk.title().to_owned(),
            });
        }
    }
    let fields = moment.fields;
    let mut href = format!("/risks?{fields}_likelihood={}&{fields}_impact={}", here.likelihood, here.impact);
    // The list shows what the matrix counts.
    href.push_str("&state!=closed&risk_opportunity!=opportunity");
    for (name, value) in [
        ("risk_owner", &wanted.owner),
        ("assets", &wanted.asset),
        ("assets.org_unit", &wanted.unit),
        ("assets.category", &wanted.category),
    ] {
        if !value.is_empty() {
            let _ = write!(href, "&{name}={}", crate::html::encode(value));
        }
    }
    Names {
        class: format!("w-{}{}", moment.letter, if risks_here.is_empty() { " many" } else { "" }),
        risks: risks_here,
        count,
        href: cx.href(&href),
        label: cx
            .with(
                "matrix-cell",
                &[
                    ("count", count.into()),
                    ("likelihood", u32::from(here.likelihood).into()),
                    ("impact", u32::from(here.impact).into()),
                ],
            )
            .into_owned(),
    }
}

/// A value as a coloured number with its band; a word where there is none.
pub(super) fn level(cx: &Cx, risk: &Risk, value: Option<i64>) -> Html {
    let Some(value) = value else { return Html::text(&cx.say("matrix-none")) };
    match show::level(cx, risk.methodology, value) {
        Some((rank, name)) => {
            let mut out = format!(r#"<span class="lv lv-{rank}"><i>{value}</i><span>"#);
            crate::html::escape(&capital(&name), &mut out);
            out.push_str("</span></span>");
            Html(out)
        }
        None => Html::text(&value.to_string()),
    }
}

/// The name of the band of a value.
pub(super) fn band_name(cx: &Cx, risk: &Risk, value: Option<i64>) -> String {
    let found = value.and_then(|it| show::level(cx, risk.methodology, it));
    found.map_or_else(|| cx.say("matrix-none").into_owned(), |(_, name)| capital(&name))
}

pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn above_of(cx: &Cx, risk: &Stored<Risk>) -> Above {
    let (now, then) = (risk.current_value, risk.residual_value.filter(|it| Some(*it) != risk.current_value));
    let words = match then {
        Some(_) => cx.with(
            "matrix-move",
            &[("now", (&band_name(cx, risk, now)).into()), ("then", (&band_name(cx, risk, then)).into())],
        ),
        None => cx.say1("matrix-stay", "now", &band_name(cx, risk, now)),
    };
    Above {
        rid: show::rid(cx, risk.reference().any()),
        href: cx.record_href(risk.reference().any()),
        title: risk.title().to_owned(),
        now: level(cx, risk, now),
        then: then.map(|it| level(cx, risk, Some(it))),
        words: words.into_owned(),
    }
}

fn line(cx: &Cx, risk: &Stored<Risk>) -> Line {
    let value = |moment: When3, value: Option<i64>| {
        let mut html = level(cx, risk, value);
        if let Some(cell) = cell_at(risk, moment) {
            let _ = write!(html.0, r#" <span class="muted nowrap">{} × {}</span>"#, cell.likelihood, cell.impact);
        }
        html
    };
    Line {
        rid: show::rid(cx, risk.reference().any()),
        href: cx.record_href(risk.reference().any()),
        title: risk.title().to_owned(),
        cells: [
            value(MOMENTS[0], risk.inherent_value),
            value(MOMENTS[1], risk.current_value),
            value(MOMENTS[2], risk.residual_value),
        ],
    }
}

/// The filters, with what the risks shown offer.
fn filters(cx: &Cx, risks: &[&Stored<Risk>], wanted: &Wanted) -> Vec<Filter> {
    let mut owners: BTreeMap<String, Ref<Person>> = BTreeMap::new();
    let mut units: BTreeMap<Ref<OrgUnit>, String> = BTreeMap::new();
    let mut assets: BTreeMap<Ref<Asset>, String> = BTreeMap::new();
    let mut categories: BTreeMap<&'static str, AssetCategory> = BTreeMap::new();
    for risk in risks {
        owners.extend(risk.risk_owner.map(|it| (cx.name_of(it), it)));
        for asset in risk.assets.iter().filter_map(|it| cx.isms.get(*it)).filter(|it| cx.sees(*it)) {
            assets.insert(asset.reference(), asset.title().to_owned());
            categories.extend(asset.category.map(|it| (it.label(), it)));
            if let Some(unit) = cx.isms.find(asset.org_unit) {
                units.insert(unit.reference(), unit.title().to_owned());
            }
        }
    }
    let any = |label: &str| Pick::new("", cx.say(label), "~");
    let owner = |(name, it): (String, Ref<Person>)| Pick::new(it.any().to_string(), name, &wanted.owner);
    let unit = |(it, name): (Ref<OrgUnit>, String)| Pick::new(it.any().to_string(), name, &wanted.unit);
    let asset = |(it, name): (Ref<Asset>, String)| Pick::new(it.any().to_string(), name, &wanted.asset);
    let category = |(_, it): (&'static str, AssetCategory)| {
        Pick::new(it.name(), crate::labels::word(cx.words, it.name(), it.label()), &wanted.category)
    };
    let all = || std::iter::once(any("matrix-all"));
    let named =
        |name, picks: Vec<Pick>| Filter { name, label: cx.say(format!("matrix-by-{name}")).into_owned(), picks };
    vec![
        named("owner", all().chain(owners.into_iter().map(owner)).collect()),
        named("unit", all().chain(units.into_iter().map(unit)).collect()),
        named("asset", all().chain(assets.into_iter().map(asset)).collect()),
        named("category", all().chain(categories.into_iter().map(category)).collect()),
    ]
}

/// What is different from another day.
fn comparison(cx: &Cx, wanted: &Wanted, now: &[&Stored<Risk>], day: Date, isms: &Isms, limit: i64) -> Comparison {
    // Whoever may see a risk today may see how it stood.
    let mut before: BTreeMap<u32, &Stored<Risk>> = isms
        .live::<Risk>()
        .filter(|it| measure::counts(it) && wanted.takes(isms, it) && cx.sees(*it))
        .map(|it| (it.number, it))
        .collect();
    let then_above = before.values().filter(|it| it.current_value.is_some_and(|it| it > limit)).count();
    let mut lines = Vec::new();
    let mut same = 0;
    let none = || Html::text("–");
    for risk in now {
        let old = before.remove(&risk.number);
        let (then, key) = match old {
            None => (none(), "matrix-new"),
            Some(old) if cell_at(old, MOMENTS[1]) == cell_at(risk, MOMENTS[1]) => {
                same += 1;
                continue;
            }
            Some(old) => {
                let key = match old.current_value.cmp(&risk.current_value) {
                    std::cmp::Ordering::Less => "matrix-up",
                    std::cmp::Ordering::Greater => "matrix-down",
                    std::cmp::Ordering::Equal => "matrix-aside",
                };
                (level(cx, old, old.current_value), key)
            }
        };
        let now = level(cx, risk, risk.current_value);
        lines.push(moved(cx, risk, then, now, key));
    }
    for old in before.into_values() {
        lines.push(moved(cx, old, level(cx, old, old.current_value), none(), "matrix-gone"));
    }
    Comparison { day: dates::full_day(cx.words, day), lines, same, then_above }
}

fn moved(cx: &Cx, risk: &Stored<Risk>, then: Html, now: Html, key: &str) -> Moved {
    Moved {
        rid: show::rid(cx, risk.reference().any()),
        href: cx.record_href(risk.reference().any()),
        title: risk.title().to_owned(),
        then,
        now,
        words: cx.say(key).into_owned(),
    }
}
