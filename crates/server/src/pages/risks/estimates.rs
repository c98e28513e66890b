//! Estimates of many risks from a file or a spreadsheet: how often, and what it costs. A preview tells what is wrong by row and
//! column; then all are written as one change, or none.

use askama::Template;
use attestry_check::measure;
use attestry_model::permit::Wish;
use attestry_model::records::Risk;
use attestry_model::value::{Currency, Money};
use attestry_model::{AnyRef, Command, Stored, plain};
use attestry_risk::quantitative::{USUAL_POINTS, compound, exact};
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::making;
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::Html;
use crate::pages::lists::sheet::{Sheet, plain as letters};
use crate::pages::records::typed::Typed;
use crate::places::Frame;
use crate::shell::{Shell, page, to};
use crate::{dates, show};

/// Most risks of one file.
const MOST_ROWS: usize = 500;
/// The columns, each with other words for it.
const COLUMNS: [(&str, &[&str]); 8] = [
    ("risk", &["risk", "ref", "reference", "id", "title"]),
    ("low", &["low", "lefmin", "frequencylow", "frequencymin", "minperyear"]),
    ("likely", &["likely", "lefmode", "mode", "frequencylikely", "mostlikely", "frequency", "peryear"]),
    ("high", &["high", "lefmax", "frequencyhigh", "frequencymax", "maxperyear"]),
    ("loss_low", &["losslow", "lmp5", "lossp5", "lossmin", "lossfrom"]),
    ("loss_high", &["losshigh", "lmp95", "lossp95", "lossmax", "lossto"]),
    ("currency", &["currency"]),
    ("distribution", &["distribution", "shape"]),
];
const RISK: usize = 0;
const LOW: usize = 1;
const LIKELY: usize = 2;
const HIGH: usize = 3;
const LOSS_LOW: usize = 4;
const LOSS_HIGH: usize = 5;
const CURRENCY: usize = 6;
const SHAPE: usize = 7;

/// The page.
#[derive(Template)]
#[template(path = "estimates.html")]
struct Page {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    text: String,
    rows: Vec<Row>,
    problems: usize,
    fatal: Option<String>,
    read: bool,
}

struct Row {
    line: usize,
    risk: Html,
    title: String,
    cells: Vec<(String, Option<String>)>,
    mean: String,
    error: Option<String>,
}

/// A row as it was read.
struct Estimate {
    line: usize,
    risk: Option<AnyRef>,
    typed: [String; COLUMNS.len()],
    /// What is wrong: the column, or the row as a whole, and why.
    wrong: Vec<(Option<usize>, String)>,
    fields: Map<String, Value>,
    mean: Option<(f64, Currency)>,
}

/// `GET /risks/estimates`
pub async fn show(cx: Cx) -> Result<Response, Fault> {
    page(&page_of(cx, String::new(), &[], None))
}

fn page_of(cx: Cx, text: String, found: &[Estimate], fatal: Option<String>) -> Page {
    let row = |it: &Estimate| {
        let record = it.risk.and_then(AnyRef::of::<Risk>).and_then(|risk| cx.get(risk).ok());
        let error = |column: Option<usize>| {
            let told = it.wrong.iter().filter(|one| one.0 == column).map(|one| one.1.as_str()).collect::<Vec<_>>();
            (!told.is_empty()).then(|| told.join("; "))
        };
        Row {
            line: it.line,
            risk: record.map(|risk| show::rid(&cx, risk.reference().any())).unwrap_or_default(),
            title: record.map_or_else(|| it.typed[RISK].clone(), |risk| risk.title().to_owned()),
            cells: (1..COLUMNS.len()).map(|at| (show::shortened(&it.typed[at], 40), error(Some(at)))).collect(),
            mean: it
                .mean
                .and_then(|(mean, currency)| measure::money(mean, currency))
                .map_or_else(String::new, |it| dates::money_short(cx.words, it)),
            error: error(Some(RISK)).or_else(|| error(None)),
        }
    };
    let rows: Vec<Row> = found.iter().map(row).collect();
    let mut frame = Frame::of_tab(&cx, "/risks/loss").then(cx.say("estimates-title"), Some(cx.href("/risks/loss")));
    let problems = found.iter().map(|it| it.wrong.len()).sum();
    frame.problems = problems > 0 || fatal.is_some();
    Page { read: !rows.is_empty(), text, rows, problems, fatal, frame, shell: Shell::of(&cx), cx }
}

/// `POST /risks/estimates`: a preview, or with `act=write` the change.
pub async fn run(cx: Cx, body: Bytes) -> Result<Response, Fault> {
    if cx.is_past() {
        return Err(Fault::Past);
    }
    let typed = Typed::of(&body)?;
    let text = typed.get("text").unwrap_or_default().to_owned();
    if !super::risks(&cx).any(|it| cx.may(Wish::Update, it)) {
        return Err(Fault::Denied(cx.say("estimates-denied").into_owned()));
    }
    let sheet = Sheet::read(&text);
    let read = cx.apart(move |cx| Ok(read(cx, &sheet)));
    let mut found = match read.await? {
        Ok(found) => found,
        Err(fatal) => return refuse(cx, text, &[], Some(fatal)),
    };
    let good = found.iter().all(|it| it.wrong.is_empty());
    if typed.get("act") != Some("write") || !good {
        if !good {
            return refuse(cx, text, &found, None);
        }
        return page(&page_of(cx, text, &found, None));
    }
    let made = making::write(&cx, |making| {
        for (row, it) in found.iter().enumerate() {
            let Some(target) = it.risk else { continue };
            let revision = making.isms.record(target).map(attestry_model::AnyRecord::revision);
            let reason = Some("Estimates from a file".to_owned());
            making.change(row, Command::Update { target, revision, fields: it.fields.clone(), reason });
        }
        Ok(making.len())
    });
    match made.await? {
        Ok((count, step)) => Ok(to(&format!("/risks/loss?done=estimated%20{count}&undo={step}"))),
        Err(wrong) => {
            for (row, field, message) in wrong {
                if let Some(it) = found.get_mut(row) {
                    it.wrong.push((column_of(&field), message));
                }
            }
            refuse(cx, text, &found, None)
        }
    }
}

fn refuse(cx: Cx, text: String, found: &[Estimate], fatal: Option<String>) -> Result<Response, Fault> {
    let shown = page(&page_of(cx, text, found, fatal))?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
}

/// The column that fills a field.
fn column_of(field: &str) -> Option<usize> {
    let fields =
        [(LOW, "lef_min"), (LIKELY, "lef_mode"), (HIGH, "lef_max"), (LOSS_LOW, "lm_p5"), (LOSS_HIGH, "lm_p95")];
    fields.into_iter().find(|it| it.1 == field).map(|it| it.0)
}

fn read(cx: &Cx, sheet: &Sheet) -> Result<Vec<Estimate>, String> {
    if let Some(line) = sheet.unclosed {
        return Err(cx.say1("paste-unclosed", "line", line).into_owned());
    }
    let Some((_, heads)) = sheet.rows.first() else { return Err(cx.say("paste-nothing").into_owned()) };
    let place = |names: &[&str]| heads.iter().position(|it| names.contains(&letters(it).as_str()));
    let places: Vec<Option<usize>> = COLUMNS.iter().map(|(_, names)| place(names)).collect();
    let missing: Vec<&str> = [RISK, LOW, HIGH, LOSS_LOW, LOSS_HIGH]
        .into_iter()
        .filter(|it| places[*it].is_none())
        .map(|it| COLUMNS[it].0)
        .collect();
    if !missing.is_empty() {
        return Err(cx.say1("estimates-missing", "columns", &missing.join(", ")).into_owned());
    }
    if sheet.rows.len() > MOST_ROWS + 1 {
        return Err(cx.say1("estimates-too-many", "count", MOST_ROWS).into_owned());
    }
    let mut found: Vec<Estimate> = Vec::new();
    for (line, cells) in &sheet.rows[1..] {
        let typed: [String; COLUMNS.len()] =
            std::array::from_fn(|at| places[at].and_then(|place| cells.get(place)).cloned().unwrap_or_default());
        let estimate = row_of(cx, *line, typed, &found);
        found.push(estimate);
    }
    if found.is_empty() { Err(cx.say("paste-nothing").into_owned()) } else { Ok(found) }
}

fn row_of(cx: &Cx, line: usize, typed: [String; COLUMNS.len()], before: &[Estimate]) -> Estimate {
    let mut it = Estimate { line, risk: None, typed, wrong: Vec::new(), fields: Map::new(), mean: None };
    let mut say = |column: usize, key: &str| it.wrong.push((Some(column), cx.say(key).into_owned()));
    let text = it.typed[RISK].trim();
    let by_title = || {
        let mut same = super::risks(cx).filter(|risk| risk.title().to_lowercase() == text.to_lowercase());
        let first = same.next()?;
        same.next().is_none().then_some(first)
    };
    let reference = text.split_whitespace().next().and_then(|it| it.parse::<AnyRef>().ok());
    let risk: Option<&Stored<Risk>> = match reference {
        Some(reference) => AnyRef::of::<Risk>(reference).and_then(|it| cx.get(it).ok()),
        None => by_title(),
    };
    let Some(risk) = risk else {
        say(RISK, "estimates-no-risk");
        return it;
    };
    let target = risk.reference().any();
    if !cx.may(Wish::Update, risk) {
        say(RISK, "assess-denied");
    }
    if before.iter().any(|one| one.risk == Some(target)) {
        say(RISK, "estimates-twice");
    }
    let mut numbers: [Option<Decimal>; COLUMNS.len()] = [None; COLUMNS.len()];
    for at in [LOW, LIKELY, HIGH, LOSS_LOW, LOSS_HIGH] {
        let written = it.typed[at].trim().replace([' ', '\u{a0}', '\u{202f}', '\''], "");
        if written.is_empty() {
            if at != LIKELY {
                say(at, "money-missing");
            }
            continue;
        }
        match number(&written) {
            Some(number) => numbers[at] = Some(number),
            None => say(at, "money-no-number"),
        }
    }
    let usual = || super::money::currency_of(cx, risk);
    let currency: Currency = match it.typed[CURRENCY].trim() {
        "" => usual(),
        written => {
            if let Ok(currency) = written.to_uppercase().parse() {
                currency
            } else {
                say(CURRENCY, "estimates-no-currency");
                usual()
            }
        }
    };
    if plain::currency(&cx.current).is_some_and(|own| own != currency) && currency != usual() {
        say(CURRENCY, "estimates-other-currency");
    }
    match (letters(&it.typed[SHAPE]).as_str(), numbers[LIKELY].is_some()) {
        ("", _) | ("pert", true) | ("uniform", false) => {}
        ("pert", false) => say(LIKELY, "estimates-pert"),
        ("uniform", true) => say(LIKELY, "estimates-uniform"),
        ("constant", _) => {
            if numbers[LOW] != numbers[HIGH] {
                say(HIGH, "estimates-constant");
            }
            numbers[LIKELY] = None;
        }
        _ => say(SHAPE, "estimates-shape"),
    }
    let mut money = |at: usize| match numbers[at].map(|it| Money::new(it, currency)) {
        Some(Ok(money)) => Some(money),
        Some(Err(_)) => {
            say(at, "money-no-number");
            None
        }
        None => None,
    };
    let (low, high) = (money(LOSS_LOW), money(LOSS_HIGH));
    let body = Risk {
        lef_min: numbers[LOW],
        lef_mode: numbers[LIKELY],
        lef_max: numbers[HIGH],
        lm_p5: low,
        lm_p95: high,
        ..risk.body.clone()
    };
    it.risk = Some(target);
    if !it.wrong.is_empty() {
        return it;
    }
    let Some(scenario) = measure::scenario(&Stored { body, ..risk.clone() }) else { return it };
    for flaw in scenario.flaws("") {
        let column = column_of(measure::field_of(&flaw));
        it.wrong.push((column, super::money::flaw_words(cx, &flaw.reason)));
    }
    if !it.wrong.is_empty() {
        return it;
    }
    let mean = exact(&scenario).map(|it| it.mean);
    let bad = compound(&scenario, USUAL_POINTS).quantile(0.95);
    let rate = |it: Option<Decimal>| it.map_or(Value::Null, |it| Value::from(it.normalize().to_string()));
    let amount = |it: Option<Money>| it.map_or(Value::Null, |it| Value::from(it.to_string()));
    it.mean = mean.map(|it| (it, currency));
    it.fields = Map::from_iter([
        ("lef_min".to_owned(), rate(numbers[LOW])),
        ("lef_mode".to_owned(), rate(numbers[LIKELY])),
        ("lef_max".to_owned(), rate(numbers[HIGH])),
        ("lm_p5".to_owned(), amount(low)),
        ("lm_p95".to_owned(), amount(high)),
        ("ale_mean".to_owned(), amount(mean.and_then(|it| measure::money(it, currency)))),
        ("ale_p95".to_owned(), amount(measure::money(bad, currency))),
    ]);
    it
}

/// A number as spreadsheets write it: `1200.5`, `1,200.50`, `1200,5`. A comma before exactly three digits parts thousands.
fn number(text: &str) -> Option<Decimal> {
    let plain = match (text.rfind(','), text.rfind('.')) {
        (Some(comma), Some(dot)) if comma > dot => text.replace('.', "").replace(',', "."),
        (Some(_), Some(_)) => text.replace(',', ""),
        (Some(comma), None) if text.len() - comma == 4 || text.matches(',').count() > 1 => text.replace(',', ""),
        (Some(_), None) => text.replace(',', "."),
        _ => text.to_owned(),
    };
    plain.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_spreadsheets_write_them() {
        for (text, read) in [
            ("1200.5", "1200.5"),
            ("1,200.50", "1200.50"),
            ("1.200,50", "1200.50"),
            ("0,25", "0.25"),
            ("15,000", "15000"),
            ("1,500,000", "1500000"),
        ] {
            assert_eq!(number(text), Some(read.parse().unwrap()), "{text}");
        }
        assert_eq!(number("ten"), None);
    }

    #[test]
    fn no_word_stands_for_two_columns() {
        let mut all: Vec<&str> = COLUMNS.iter().flat_map(|it| it.1.iter().copied()).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        assert!(all.iter().all(|it| letters(it) == **it));
    }
}
