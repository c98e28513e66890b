//! The form of a method: rows of levels and bands that touch each other by themselves, for each asks only where it ends.

use attestry_check::measure::Method;
use attestry_model::field::Choice;
use attestry_model::records::Methodology;
use attestry_model::records::methodology::{
    Band, BandAuthority, ImpactLevel, LikelihoodLevel, MethodologyImpactAggregation, MethodologyResidualFormula,
};
use attestry_model::value::{Currency, Matrix, Money, Percent};
use attestry_model::{Problems, Stored, plain};
use attestry_risk::qualitative;
use rust_decimal::Decimal;

use super::super::Pick;
use crate::cx::Cx;
use crate::labels;
use crate::pages::records::typed::Typed;

/// Most levels of a scale.
pub const MOST_LEVELS: usize = 10;
/// Fewest levels of a scale.
const FEWEST: usize = 3;
/// Most bands.
const MOST_BANDS: usize = 10;
/// What an impact means in words, by dimension.
pub const DIMENSIONS: [&str; 4] = ["legal", "patient_or_customer", "operations", "reputation"];
/// What they are called.
pub const DIMENSION_LABELS: [&str; 4] = ["method-legal", "method-customer", "method-operations", "method-reputation"];

/// A level of likelihood on the form.
pub struct LevelRow {
    /// Its place, from 0.
    pub at: usize,
    /// Its word.
    pub label: String,
    /// Where its band ends.
    pub to: String,
    /// What it means.
    pub description: String,
    /// Whether it can be taken away.
    pub may_drop: bool,
}

/// A level of impact on the form.
pub struct ImpactRow {
    /// Its place, from 0.
    pub at: usize,
    /// Its word.
    pub label: String,
    /// Where its band ends.
    pub to: String,
    /// What it means in each dimension: the field, its label, the words.
    pub words: Vec<(&'static str, &'static str, String)>,
    /// Whether it can be taken away.
    pub may_drop: bool,
}

/// A row of the matrix on the form.
pub struct CellRow {
    /// The level of likelihood.
    pub level: usize,
    /// The cells: the level of impact, and the value as typed or worked out.
    pub cells: Vec<(usize, String)>,
}

/// A band on the form.
pub struct BandRow {
    /// Its place, from 0.
    pub at: usize,
    /// Its name.
    pub name: String,
    /// Where it begins.
    pub from: String,
    /// Where it ends.
    pub to: String,
    /// What has to be done.
    pub action: String,
    /// Within how many days.
    pub days: String,
    /// Who may accept it.
    pub authorities: Vec<Pick>,
    /// Whether it can be taken away.
    pub may_drop: bool,
}

/// The currency of the impact scale.
pub fn currency(cx: &Cx, record: &Methodology) -> String {
    let own = record.impact_scale.iter().find_map(|it| it.money_max.or(it.money_min)).map(|it| it.currency);
    own.or_else(|| plain::currency(&cx.isms)).map(|it| it.to_string()).unwrap_or_default()
}

/// A method as the form holds it; of one that is not a draft the next version.
pub fn begin(cx: &Cx, record: &Stored<Methodology>) -> Typed {
    let mut typed = Typed::default();
    let written = record.version.clone().unwrap_or_default();
    let version = if record.state_name() == "draft" { written } else { next_version(cx, &written) };
    typed.push("version", version);
    typed.push("_revision", record.revision.to_string());
    let text = |it: Option<&String>| it.cloned().unwrap_or_default();
    let number = |it: Option<Decimal>| it.map(|it| it.normalize().to_string()).unwrap_or_default();
    let money = |it: Option<Money>| it.map(|it| it.amount().normalize().to_string()).unwrap_or_default();
    let whole = |it: Option<i64>| it.map(|it| it.to_string()).unwrap_or_default();
    if let Some(first) = record.likelihood_scale.first() {
        typed.push("l.from", number(first.freq_per_year_min));
    }
    for (at, one) in record.likelihood_scale.iter().take(MOST_LEVELS).enumerate() {
        typed.push(format!("l.{at}"), "1");
        typed.push(format!("l.{at}.label"), text(one.label.as_ref()));
        typed.push(format!("l.{at}.to"), number(one.freq_per_year_max));
        typed.push(format!("l.{at}.description"), text(one.description.as_ref()));
    }
    if let Some(first) = record.impact_scale.first() {
        typed.push("i.from", money(first.money_min));
    }
    for (at, one) in record.impact_scale.iter().take(MOST_LEVELS).enumerate() {
        typed.push(format!("i.{at}"), "1");
        typed.push(format!("i.{at}.label"), text(one.label.as_ref()));
        typed.push(format!("i.{at}.to"), money(one.money_max));
        let words = [&one.legal, &one.patient_or_customer, &one.operations, &one.reputation];
        for (name, words) in DIMENSIONS.iter().zip(words) {
            typed.push(format!("i.{at}.{name}"), text(words.as_ref()));
        }
    }
    let numbers = Method::of(&record.body).matrix;
    let (l, i) = (numbers.likelihoods, numbers.impacts);
    let shape = if numbers == qualitative::Matrix::product(l, i) {
        "product"
    } else if numbers == qualitative::Matrix::sum(l, i) {
        "sum"
    } else {
        "free"
    };
    typed.push("matrix", shape);
    for ((l, i), value) in record.matrix.iter().flat_map(|it| it.0.iter()) {
        typed.push(format!("m~{l},{i}"), value.to_string());
    }
    for (at, one) in record.bands.iter().take(MOST_BANDS).enumerate() {
        typed.push(format!("b.{at}"), "1");
        typed.push(format!("b.{at}.name"), text(one.name.as_ref()));
        typed.push(format!("b.{at}.to"), whole(one.max));
        typed.push(format!("b.{at}.action"), text(one.action.as_ref()));
        typed.push(format!("b.{at}.days"), whole(one.treat_within_days));
        typed.push(format!("b.{at}.authority"), one.authority.map_or("", Choice::name));
    }
    typed.push("acceptance_max", whole(record.acceptance_max));
    typed.push("absolute_max", whole(record.absolute_max));
    typed.push("impact_aggregation", record.impact_aggregation.map_or("", Choice::name));
    for (name, weight) in record.weights() {
        typed.push(name, number(weight.map(|it| it.0)));
    }
    typed.push("residual_formula", record.residual_formula.map_or("", Choice::name));
    typed
}

/// The version after the newest of all: its first number one higher.
fn next_version(cx: &Cx, own: &str) -> String {
    let first = |text: &str| text.split('.').next().and_then(|it| it.trim().parse::<u32>().ok());
    let all = cx.isms.table::<Methodology>().iter().filter_map(|it| first(it.version.as_deref()?));
    let highest = all.max().or_else(|| first(own)).unwrap_or_default();
    format!("{}.0", highest.saturating_add(1))
}

/// What the buttons within the form do to it.
pub fn press(typed: &mut Typed) {
    let most = |list: &str| if list == "b" { MOST_BANDS } else { MOST_LEVELS };
    if let Some(list) = typed.get("_add").map(ToOwned::to_owned).filter(|it| ["l", "i", "b"].contains(&it.as_str())) {
        let row = typed.rows(&list);
        if row < most(&list) {
            typed.push(format!("{list}.{row}"), "1");
        }
    }
    if let Some(path) = typed.get("_drop").map(ToOwned::to_owned)
        && let Some((list, row)) = path.rsplit_once('.')
        && ["l", "i", "b"].contains(&list)
        && let Ok(row) = row.parse::<usize>()
        && typed.rows(list) > if list == "b" { 1 } else { FEWEST }
    {
        typed.drop_row(list, row);
        drop_cells(typed, list, row);
    }
}

/// A level that goes takes its row or column of the matrix along; those above it move down.
fn drop_cells(typed: &mut Typed, list: &str, row: usize) {
    if list == "b" {
        return;
    }
    let gone = row + 1;
    let cells: Vec<(usize, usize, String)> = typed
        .own("m~")
        .filter_map(|(cell, value)| {
            let (l, i) = cell.split_once(',')?;
            Some((l.parse().ok()?, i.parse().ok()?, value.to_owned()))
        })
        .collect();
    typed.forget("m");
    for (l, i, value) in cells {
        let level = if list == "l" { l } else { i };
        if level == gone {
            continue;
        }
        let moved = if level > gone { level - 1 } else { level };
        let (l, i) = if list == "l" { (moved, i) } else { (l, moved) };
        typed.push(format!("m~{l},{i}"), value);
    }
}

/// What a field of the form is called in its messages.
pub fn label(cx: &Cx, path: &str) -> String {
    if let Some((l, i)) = path.strip_prefix("m~").and_then(|it| it.split_once(',')) {
        let named = [("likelihood", l), ("impact", i)].map(|(name, level)| (name, level.into()));
        return cx.with("method-cell", &named).into_owned();
    }
    let last = path.rsplit('.').next().unwrap_or(path);
    let row = path.split('.').nth(1).and_then(|it| it.parse::<usize>().ok());
    let name = match path.split('.').next() {
        Some("l") => "method-likelihood",
        Some("i") => "method-impact",
        Some("b") => "method-bands",
        _ => return labels::field(cx.words, attestry_model::Kind::Methodology, last),
    };
    match row {
        Some(row) => format!("{} {}", cx.say(name), row + 1),
        None => cx.say(name).into_owned(),
    }
}

struct Reading<'a> {
    cx: &'a Cx,
    typed: &'a Typed,
    problems: Problems,
}

impl Reading<'_> {
    fn text(&self, path: &str) -> Option<String> {
        let text = self.typed.get(path)?.split_whitespace().collect::<Vec<_>>().join(" ");
        (!text.is_empty()).then_some(text)
    }

    fn number<T: std::str::FromStr>(&mut self, path: &str) -> Option<T> {
        let text = self.text(path)?.replace([',', ' ', '\u{202f}'], "");
        let number = text.parse().ok();
        if number.is_none() {
            self.problems.add(path, self.cx.say("method-no-number"));
        }
        number
    }
}

/// The method that the form describes, on the basis of the record; and what cannot be read.
pub fn read(cx: &Cx, typed: &Typed, record: &Stored<Methodology>) -> (Methodology, Problems) {
    let mut body = record.body.clone();
    let mut reading = Reading { cx, typed, problems: Problems::default() };
    body.version = reading.text("version");
    if body.version.is_none() {
        reading.problems.add("version", cx.say("method-no-version"));
    }
    body.likelihood_scale = likelihood_scale(&mut reading);
    body.impact_scale = impact_scale(&mut reading, currency(cx, record).parse().ok());
    let (l, i) = (body.likelihood_scale.len(), body.impact_scale.len());
    body.matrix = matrix(&mut reading, l, i);
    let least = body.matrix.as_ref().and_then(|it| it.0.values().min().copied());
    body.bands = band_list(&mut reading, least.unwrap_or(1));
    body.acceptance_max = reading.number("acceptance_max");
    body.absolute_max = reading.number("absolute_max");
    let aggregation = typed.get("impact_aggregation").and_then(MethodologyImpactAggregation::named);
    body.impact_aggregation = aggregation.or(body.impact_aggregation);
    weights(&mut reading, &mut body);
    let formula = typed.get("residual_formula").and_then(MethodologyResidualFormula::named);
    body.residual_formula = formula.or(body.residual_formula);
    (body, reading.problems)
}

/// The weights of the dimensions; they are asked for where they are used, and kept where they are not.
fn weights(reading: &mut Reading<'_>, body: &mut Methodology) {
    let used = body.impact_aggregation == Some(MethodologyImpactAggregation::WeightedSum);
    let read = body.weights().map(|(name, _)| {
        let weight = reading.text(name).map(|it| it.trim_end_matches('%').trim_end().to_owned());
        let number: Option<Decimal> = weight.as_deref().and_then(|it| it.parse().ok());
        let within = number.filter(|it| (Decimal::ZERO..=Decimal::from(100)).contains(it));
        if weight.is_some() && within.is_none() {
            reading.problems.add(name, reading.cx.say("method-no-percent"));
        } else if used && weight.is_none() {
            reading.problems.add(name, reading.cx.say("method-no-weight"));
        }
        within.map(Percent)
    });
    [body.weight_legal, body.weight_patient_or_customer, body.weight_operations, body.weight_reputation] = read;
}

fn likelihood_scale(reading: &mut Reading<'_>) -> Vec<LikelihoodLevel> {
    let mut from: Option<Decimal> = reading.number("l.from");
    let mut scale = Vec::new();
    for (at, level) in (0..reading.typed.rows("l").min(MOST_LEVELS)).zip(1..) {
        let to = reading.number(&format!("l.{at}.to"));
        scale.push(LikelihoodLevel {
            level: Some(level),
            label: reading.text(&format!("l.{at}.label")),
            freq_per_year_min: from,
            freq_per_year_max: to,
            description: reading.text(&format!("l.{at}.description")),
        });
        from = to;
    }
    scale
}

fn impact_scale(reading: &mut Reading<'_>, currency: Option<Currency>) -> Vec<ImpactLevel> {
    let money = |reading: &mut Reading<'_>, path: &str| {
        let amount: Decimal = reading.number(path)?;
        let found = currency.map(|it| Money::new(amount, it));
        if let Some(Err(message)) = &found {
            reading.problems.add(path, message.clone());
        }
        found?.ok()
    };
    let mut from = money(reading, "i.from");
    let mut scale = Vec::new();
    for (at, level) in (0..reading.typed.rows("i").min(MOST_LEVELS)).zip(1..) {
        let to = money(reading, &format!("i.{at}.to"));
        let words = |name: &str| reading.text(&format!("i.{at}.{name}"));
        scale.push(ImpactLevel {
            level: Some(level),
            label: words("label"),
            money_min: from,
            money_max: to,
            legal: words(DIMENSIONS[0]),
            patient_or_customer: words(DIMENSIONS[1]),
            operations: words(DIMENSIONS[2]),
            reputation: words(DIMENSIONS[3]),
        });
        from = to;
    }
    scale
}

fn matrix(reading: &mut Reading<'_>, likelihoods: usize, impacts: usize) -> Option<Matrix> {
    let (l, i) = (u8::try_from(likelihoods).ok()?, u8::try_from(impacts).ok()?);
    let made = match reading.typed.get("matrix") {
        Some("product") => Some(qualitative::Matrix::product(l, i)),
        Some("sum") => Some(qualitative::Matrix::sum(l, i)),
        _ => None,
    };
    let mut cells = std::collections::BTreeMap::new();
    for row in 1..=l {
        for column in 1..=i {
            let value = match &made {
                Some(made) => made.value(row, column).map(i64::from),
                None => reading.number::<u32>(&format!("m~{row},{column}")).map(i64::from),
            };
            if let Some(value) = value {
                cells.insert((row, column), value);
            }
        }
    }
    (!cells.is_empty()).then_some(Matrix(cells))
}

fn band_list(reading: &mut Reading<'_>, least: i64) -> Vec<Band> {
    let mut from = Some(least);
    let mut bands = Vec::new();
    for at in 0..reading.typed.rows("b").min(MOST_BANDS) {
        let to: Option<i64> = reading.number(&format!("b.{at}.to"));
        bands.push(Band {
            name: reading.text(&format!("b.{at}.name")),
            min: from,
            max: to,
            action: reading.text(&format!("b.{at}.action")),
            treat_within_days: reading.number(&format!("b.{at}.days")),
            authority: reading.typed.get(&format!("b.{at}.authority")).and_then(BandAuthority::named),
        });
        from = to.and_then(|it| it.checked_add(1));
    }
    bands
}

/// The levels of likelihood on the form.
pub fn likelihoods(typed: &Typed) -> Vec<LevelRow> {
    let rows = typed.rows("l").min(MOST_LEVELS);
    let row = |at: usize| {
        let of = |name: &str| typed.get(&format!("l.{at}.{name}")).unwrap_or_default().to_owned();
        LevelRow { at, label: of("label"), to: of("to"), description: of("description"), may_drop: rows > FEWEST }
    };
    (0..rows).map(row).collect()
}

/// What each dimension weighs, as typed: the field, its label, the weight.
pub fn weighed(typed: &Typed, body: &Methodology) -> Vec<(&'static str, &'static str, String)> {
    let names = body.weights().into_iter().zip(DIMENSION_LABELS);
    names.map(|((name, _), label)| (name, label, typed.get(name).unwrap_or_default().to_owned())).collect()
}

/// The levels of impact on the form.
pub fn impacts(typed: &Typed) -> Vec<ImpactRow> {
    let rows = typed.rows("i").min(MOST_LEVELS);
    let row = |at: usize| {
        let of = |name: &str| typed.get(&format!("i.{at}.{name}")).unwrap_or_default().to_owned();
        let words = DIMENSIONS.iter().zip(DIMENSION_LABELS).map(|(name, label)| (*name, label, of(name))).collect();
        ImpactRow { at, label: of("label"), to: of("to"), words, may_drop: rows > FEWEST }
    };
    (0..rows).map(row).collect()
}

/// The matrix on the form, the highest likelihood first.
pub fn cells(typed: &Typed, body: &Methodology) -> Vec<CellRow> {
    let (rows, columns) = (typed.rows("l").min(MOST_LEVELS), typed.rows("i").min(MOST_LEVELS));
    let free = typed.get("matrix") == Some("free");
    let cell = |l: usize, i: usize| {
        let typed = typed.get(&format!("m~{l},{i}")).map(ToOwned::to_owned);
        let known = body.matrix.as_ref().and_then(|it| it.0.get(&(u8::try_from(l).ok()?, u8::try_from(i).ok()?)));
        let known = known.map(ToString::to_string).unwrap_or_default();
        if free { typed.unwrap_or(known) } else { known }
    };
    (1..=rows).rev().map(|l| CellRow { level: l, cells: (1..=columns).map(|i| (i, cell(l, i))).collect() }).collect()
}

/// The bands on the form.
pub fn bands(cx: &Cx, typed: &Typed, body: &Methodology) -> Vec<BandRow> {
    let rows = typed.rows("b").min(MOST_BANDS);
    let row = |at: usize| {
        let of = |name: &str| typed.get(&format!("b.{at}.{name}")).unwrap_or_default().to_owned();
        let chosen = of("authority");
        let mut authorities = vec![Pick::new("", cx.say("form-not-said"), &chosen)];
        authorities.extend(
            [BandAuthority::RiskOwner, BandAuthority::IsmsManager, BandAuthority::TopManagement]
                .into_iter()
                .map(|it| Pick::new(it.name(), labels::word(cx.words, it.name(), it.label()), &chosen)),
        );
        let from = body.bands.get(at).and_then(|it| it.min).map(|it| it.to_string()).unwrap_or_default();
        BandRow {
            at,
            name: of("name"),
            from,
            to: of("to"),
            action: of("action"),
            days: of("days"),
            authorities,
            may_drop: rows > 1,
        }
    };
    (0..rows).map(row).collect()
}
