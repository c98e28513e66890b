//! Reading one cell as one value. Whatever a cell says beyond the value is told, so that it can be kept.

use attestry_model::field::Type;
use attestry_model::plain;
use attestry_model::value::{Currency, Period};
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::Value;

use super::mapping::{DateOrder, Words};
use super::words::{fits, in_brackets};

/// The named transforms of a mapping.
pub(crate) const TRANSFORMS: &[&str] =
    &["amount", "annex_id", "annex_ids", "date_in", "direction", "due", "hours", "period_end", "period_start", "unit"];

/// What a cell gives.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    /// The value says all that the cell says.
    Whole(Value),
    /// The value leaves something unsaid, which is told.
    Partly(Value, String),
    /// No value, and why.
    Nothing(String),
}

/// What reading a cell needs to know.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading<'a> {
    /// The heading of its column.
    pub heading: &'a str,
    /// The currency of amounts that name none.
    pub currency: Option<Currency>,
    /// The order of day and month where it cannot be known.
    pub date_order: Option<DateOrder>,
    /// The decimal sign of the column, where it shows one or the mapping says it.
    pub decimal: Option<char>,
    /// The zone of times that name none; UTC without it.
    pub zone: Option<&'a jiff::tz::TimeZone>,
}

/// Why a cell that names several records leaves all but one of them to the notes.
pub(crate) const SEVERAL: &str = "names several, and the field holds one";

use Outcome::{Nothing, Partly, Whole};

/// Looks a text up in a table of words; exact words come before patterns, long patterns before short ones.
pub(crate) fn translate(ty: Type, words: &Words, text: &str) -> Outcome {
    let exact = words.iter().find(|(word, _)| !word.contains('*') && fits(word, text));
    let pattern = || {
        let mut patterns: Vec<_> = words.iter().filter(|(word, _)| word.contains('*')).collect();
        patterns.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
        patterns.into_iter().find(|(word, _)| fits(word, text))
    };
    let Some((word, meaning)) = exact.or_else(pattern) else {
        return Nothing("the mapping does not know this word".to_owned());
    };
    let value = match ty {
        Type::List(inner) => plain::parse(*inner, meaning, None).map(|value| Value::Array(vec![value])),
        ty => plain::parse(ty, meaning, None),
    };
    match value {
        Ok(value) if word.contains('*') || blurred(ty, words, text, meaning) => {
            Partly(value, "only the gist has a field".to_owned())
        }
        Ok(value) => Whole(value),
        Err(wrong) => Nothing(format!("the mapping makes “{meaning}” of it, which {wrong}")),
    }
}

/// Whether the table gives other words the same meaning, so that the value alone no longer tells which one stood there.
fn blurred(ty: Type, words: &Words, text: &str, meaning: &str) -> bool {
    use super::words::plain;
    let own = plain(text);
    let label = match ty {
        Type::Choice(options) | Type::List(&Type::Choice(options)) => {
            options.iter().find(|option| option.name == meaning).map(|option| plain(option.label))
        }
        Type::Bool => return !matches!(own.as_str(), "yes" | "no" | "true" | "false") && several(words, text, meaning),
        _ => None,
    };
    own != plain(meaning) && label.is_none_or(|label| label != own) && several(words, text, meaning)
}

fn several(words: &Words, text: &str, meaning: &str) -> bool {
    words.iter().any(|(word, other)| other == meaning && !word.contains('*') && !fits(word, text))
}

/// Reads a cell as a value of a type, or as a named transform says.
pub(crate) fn read(ty: Type, how: Option<&str>, text: &str, reading: Reading<'_>) -> Outcome {
    match (how, ty) {
        (Some("annex_id"), _) => annex_id(text),
        (Some("annex_ids"), _) => annex_ids(text),
        (Some("date_in"), _) => date_in(text),
        (Some("amount"), _) => {
            quantity(text).map_or_else(no_number, |it| partly(Value::from(it.amount.to_string()), it.whole))
        }
        (Some("unit"), _) => match quantity(text).and_then(|it| it.unit) {
            Some(unit) => Partly(Value::from(unit), "holds more than a unit".to_owned()),
            None => Nothing("names no unit".to_owned()),
        },
        (Some("direction"), _) => direction(text),
        (Some("due"), _) => due(text),
        (Some("hours"), _) => hours(text).map_or_else(
            || Nothing("is not a time such as 4h or 15 min".to_owned()),
            |(hours, whole)| partly(Value::from(hours.to_string()), whole),
        ),
        (Some("period_start"), _) => {
            stretch(text).map_or_else(no_stretch, |(from, _)| Partly(day(from), STRETCH.to_owned()))
        }
        (Some("period_end"), _) => stretch(text).map_or_else(no_stretch, |(_, to)| Partly(day(to), STRETCH.to_owned())),
        (_, Type::Text) => one_line(text),
        (_, Type::LongText) => Whole(Value::from(text)),
        (_, Type::Bool) => yes_no(text),
        (_, Type::Int) => number(text).filter(|number| number.scale() == 0).map_or_else(no_number, whole_number),
        (_, Type::Level) => level(text),
        (_, Type::Decimal) => number(text).map_or_else(no_number, |it| Whole(Value::from(it.to_string()))),
        (_, Type::Percent) => {
            number(text.trim_end_matches('%')).map_or_else(no_number, |it| Whole(Value::from(it.to_string())))
        }
        (_, Type::Money) => money(text, reading),
        (_, Type::Date) => date(text, reading.date_order),
        (_, Type::DateTime) => moment(text, reading),
        (_, Type::Period) => period(text, reading.heading),
        (_, Type::Choice(options)) => {
            let wanted = super::words::plain(text);
            let found = options
                .iter()
                .find(|it| super::words::plain(it.name) == wanted || super::words::plain(it.label) == wanted);
            found.map_or_else(
                || Nothing("is none of the choices, and the mapping does not know this word".to_owned()),
                |it| Whole(Value::from(it.name)),
            )
        }
        (_, Type::List(inner)) => list(*inner, text, reading),
        _ => Nothing("cannot be read from a cell".to_owned()),
    }
}

const STRETCH: &str = "holds more than a period";

fn no_number() -> Outcome {
    Nothing("is not a number".to_owned())
}

fn no_stretch() -> Outcome {
    Nothing("names no period such as 2026-Q1".to_owned())
}

fn day(date: Date) -> Value {
    Value::from(date.to_string())
}

fn partly(value: Value, whole: bool) -> Outcome {
    if whole { Whole(value) } else { Partly(value, "says more than the number".to_owned()) }
}

fn whole_number(number: Decimal) -> Outcome {
    number.to_string().parse::<i64>().map_or_else(|_| no_number(), |number| Whole(Value::from(number)))
}

/// A text as one line.
fn one_line(text: &str) -> Outcome {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.len() > attestry_model::field::TEXT_LIMIT {
        return Nothing(format!("is longer than {} bytes", attestry_model::field::TEXT_LIMIT));
    }
    if text.contains(['\n', '\r']) {
        return Partly(Value::from(line), "has several lines".to_owned());
    }
    Whole(Value::from(if text.trim() == text { text.to_owned() } else { line }))
}

fn list(inner: Type, text: &str, reading: Reading<'_>) -> Outcome {
    let mut values = Vec::new();
    let mut left = None;
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        match read(inner, None, part, reading) {
            Whole(value) => values.push(value),
            Partly(value, reason) => {
                values.push(value);
                left = Some(reason);
            }
            Nothing(reason) => left = Some(reason),
        }
    }
    match (values.is_empty(), left) {
        (true, reason) => Nothing(reason.unwrap_or_else(|| "is empty".to_owned())),
        (false, Some(reason)) => Partly(Value::Array(values), reason),
        (false, None) => Whole(Value::Array(values)),
    }
}

fn yes_no(text: &str) -> Outcome {
    let word = super::words::plain(text);
    // A single letter counts only alone: “N/A” is no “no”.
    let first = word.split(' ').next().filter(|first| first.len() > 1 || *first == word).unwrap_or_default();
    let said = match first {
        "yes" | "y" | "true" | "ja" | "x" | "1" => true,
        "no" | "n" | "false" | "nein" | "0" => false,
        _ => return Nothing("is neither yes nor no".to_owned()),
    };
    let whole = !word.contains(' ');
    if whole { Whole(Value::Bool(said)) } else { Partly(Value::Bool(said), "says more than yes or no".to_owned()) }
}

/// A plain number; separators of thousands only where they cannot be anything else.
pub(crate) fn number(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let (dots, commas) = (text.matches('.').count(), text.matches(',').count());
    let plain = match (dots, commas) {
        // 1,234.50 and 1.234,50
        (1, 1..) if text.rfind(',') < text.rfind('.') => text.replace(',', ""),
        (1.., 1) if text.rfind('.') < text.rfind(',') => text.replace('.', "").replace(',', "."),
        (0, 2..) => text.replace(',', ""),
        (2.., 0) => text.replace('.', ""),
        // One comma: decimal unless exactly three digits follow, which may be thousands.
        (0, 1) if text.rsplit(',').next().is_some_and(|rest| rest.len() != 3) => text.replace(',', "."),
        (0, 1) => return None,
        _ => text.to_owned(),
    };
    let plain = plain.replace([' ', '\u{a0}', '\u{202f}', '\''], "");
    Decimal::from_str_exact(&plain).ok()
}

/// The decimal sign that a number shows by itself: `8.000,00` and `12,5` a comma; `12.500` and `8000` none.
pub(crate) fn decimal_sign(text: &str) -> Option<char> {
    let text: String = text.chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | ',')).collect();
    let (dots, commas) = (text.matches('.').count(), text.matches(',').count());
    match (dots, commas) {
        (1.., 1..) => text.chars().rev().find(|c| matches!(c, '.' | ',')),
        (2.., 0) => Some(','),
        (0, 2..) => Some('.'),
        (1, 0) | (0, 1) => {
            let (whole, rest) = text.split_once(['.', ','])?;
            let thousands = rest.len() == 3 && (1..=3).contains(&whole.len()) && whole != "0";
            (!thousands).then_some(if dots == 1 { '.' } else { ',' })
        }
        _ => None,
    }
}

/// A number in which one separator with three digits behind it may be either; the column's decimal sign decides.
fn amount(text: &str, decimal: Option<char>) -> Result<Decimal, String> {
    let wrong = || "is not an amount".to_owned();
    let separators = text.matches(['.', ',']).count();
    if separators != 1 || decimal_sign(text).is_some() {
        return number(text).ok_or_else(wrong);
    }
    let sign = decimal.ok_or_else(|| {
        "may be thousands or a decimal fraction, and the column does not show which; set decimal in the mapping"
            .to_owned()
    })?;
    let plain = if text.contains(sign) { text.replace(sign, ".") } else { text.replace(['.', ','], "") };
    number(&plain.replace([' ', '\u{a0}'], "")).ok_or_else(wrong)
}

fn level(text: &str) -> Outcome {
    let digits: String = text.trim().chars().take_while(char::is_ascii_digit).collect();
    let rest = &text.trim()[digits.len()..];
    match digits.parse::<u8>() {
        Ok(level @ 1..=10) if rest.is_empty() => Whole(Value::from(level)),
        Ok(level @ 1..=10) if rest.starts_with([' ', '-', '(', ':']) => {
            Partly(Value::from(level), "says more than the level".to_owned())
        }
        _ => Nothing("is not a level from 1 to 10".to_owned()),
    }
}

/// An amount, with the currency of the cell, of the heading (“Budget (EUR)”) or of the organisation.
fn money(text: &str, reading: Reading<'_>) -> Outcome {
    let sign = [('€', "EUR"), ('$', "USD"), ('£', "GBP")];
    let mut rest = text.trim().to_owned();
    let mut currency: Option<Currency> = None;
    for (symbol, code) in sign {
        if rest.contains(symbol) {
            rest = rest.replace(symbol, "");
            currency = code.parse().ok();
        }
    }
    for word in text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| word.len() == 3) {
        if let Ok(code) = word.parse::<Currency>() {
            rest = rest.replace(word, "");
            currency = Some(code);
        }
    }
    let heading = in_brackets(reading.heading).and_then(|inside| inside.parse().ok());
    let Some(currency) = currency.or(heading).or(reading.currency) else {
        return Nothing("names no currency, and neither does the heading or the organisation".to_owned());
    };
    let amount = match amount(rest.trim(), reading.decimal) {
        Ok(amount) => amount,
        Err(reason) => return Nothing(reason),
    };
    match attestry_model::value::Money::new(amount, currency) {
        Ok(money) => Whole(Value::from(money.to_string())),
        Err(wrong) => Nothing(wrong),
    }
}

/// A date as people write it; the day that a date and time names, where there is more.
pub(crate) fn date(text: &str, order: Option<DateOrder>) -> Outcome {
    let text = text.trim();
    match written_date(text, order) {
        Ok(Some(date)) => Whole(day(date)),
        Err(reason) => Nothing(reason),
        Ok(None) => {
            let first = text.split([' ', 'T']).next().unwrap_or_default();
            match written_date(first, order) {
                Ok(Some(date)) => Partly(day(date), "says more than the day".to_owned()),
                _ => Nothing("is not a date such as 2026-06-30 or 30.06.2026".to_owned()),
            }
        }
    }
}

/// A date in one of the usual forms; an error when day and month cannot be told apart.
fn written_date(text: &str, order: Option<DateOrder>) -> Result<Option<Date>, String> {
    let parts: Vec<&str> = text.split(['-', '.', '/']).collect();
    let [a, b, c] = parts[..] else { return Ok(None) };
    if !parts.iter().all(|part| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())) {
        return Ok(None);
    }
    let make = |year: &str, month: &str, day: &str| {
        let date = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?;
        (1900..=2200).contains(&date.year()).then_some(date)
    };
    if a.len() == 4 {
        return Ok(make(a, b, c));
    }
    if c.len() != 4 || a.len() > 2 || b.len() > 2 {
        return Ok(None);
    }
    if text.contains('.') {
        return Ok(make(c, b, a));
    }
    let (day_first, month_first) = (make(c, b, a), make(c, a, b));
    match (day_first, month_first, order) {
        (Some(one), Some(other), None) if one != other => {
            Err("may be day or month first; set date_order in the mapping".to_owned())
        }
        (_, Some(date), Some(DateOrder::Mdy)) | (Some(date), _, _) | (None, Some(date), _) => Ok(Some(date)),
        (None, None, _) => Ok(None),
    }
}

/// The first date in ISO form that a text holds.
fn date_in(text: &str) -> Outcome {
    let words = text.split(|c: char| !(c.is_ascii_digit() || c == '-'));
    match words.filter(|word| word.len() == 10).find_map(|word| word.parse::<Date>().ok()) {
        Some(date) if text.trim().len() == 10 => Whole(day(date)),
        Some(date) => Partly(day(date), "says more than the day".to_owned()),
        None => Nothing("holds no date".to_owned()),
    }
}

/// A moment; one without a time zone is one of the organisation's zone, or of UTC where none is known.
fn moment(text: &str, reading: Reading<'_>) -> Outcome {
    let text = text.trim();
    if let Ok(moment) = text.parse::<jiff::Timestamp>() {
        return Whole(Value::from(moment.to_string()));
    }
    let (first, rest) = text.split_once([' ', 'T']).unwrap_or((text, ""));
    let date = match written_date(first, reading.date_order) {
        Ok(Some(date)) => date,
        Ok(None) => return Nothing("is not a moment such as 2026-06-30 14:00".to_owned()),
        Err(reason) => return Nothing(reason),
    };
    let time = rest.trim();
    let Ok(time) = time.parse::<jiff::civil::Time>() else {
        return Nothing("is not a moment such as 2026-06-30 14:00".to_owned());
    };
    let local = date.to_datetime(time);
    let moment = match reading.zone {
        Some(zone) => zone.to_ambiguous_timestamp(local).unambiguous(),
        None => jiff::tz::Offset::UTC.to_timestamp(local),
    };
    match moment {
        Ok(moment) => Whole(Value::from(moment.to_string())),
        Err(_) => Nothing("is no moment, or one of two at the change of the clocks".to_owned()),
    }
}

/// Whether a moment was taken for UTC without saying so.
pub(crate) fn without_zone(text: &str) -> bool {
    text.trim().parse::<jiff::Timestamp>().is_err()
}

/// A period: “Quarterly”, “12 months”, “10 years after …”, or a bare number whose unit stands in the heading.
pub(crate) fn period(text: &str, heading: &str) -> Outcome {
    let word = super::words::plain(text);
    let named = match word.as_str() {
        "daily" => Some("P1D"),
        "weekly" => Some("P1W"),
        "every two weeks" | "biweekly" | "fortnightly" => Some("P2W"),
        "monthly" => Some("P1M"),
        "quarterly" => Some("P3M"),
        "half yearly" | "semi annual" | "semi annually" | "semiannually" | "twice a year" => Some("P6M"),
        "annual" | "annually" | "yearly" | "every year" => Some("P1Y"),
        "every two years" => Some("P2Y"),
        _ => None,
    };
    if let Some(period) = named {
        return Whole(Value::from(period));
    }
    if text.trim().parse::<Period>().is_ok() {
        return Whole(Value::from(text.trim()));
    }
    let mut words = word.split(' ');
    let amount = words.next().and_then(|first| first.parse::<u16>().ok());
    let Some(amount) = amount.filter(|amount| *amount > 0) else {
        return Nothing("is not a period such as 12 months".to_owned());
    };
    let inside = in_brackets(heading).map(super::words::plain).unwrap_or_default();
    let (unit, rest) = match words.next() {
        Some(unit) => (unit.to_owned(), words.next().is_some()),
        None => (inside, false),
    };
    let period = match unit.as_str() {
        "year" | "years" | "yrs" | "y" => Period { years: amount, ..Period::default() },
        "month" | "months" | "mo" | "m" => Period { months: amount, ..Period::default() },
        "week" | "weeks" | "w" => Period { weeks: amount, ..Period::default() },
        "day" | "days" | "d" => Period { days: amount, ..Period::default() },
        "hour" | "hours" | "h" if amount % 24 == 0 => Period { days: amount / 24, ..Period::default() },
        _ => return Nothing("is not a period such as 12 months".to_owned()),
    };
    let value = Value::from(period.to_string());
    if rest { Partly(value, "says more than the period".to_owned()) } else { Whole(value) }
}

/// A time in hours, and whether the cell says no more: `4h`, `15 min`, `1 day`, `2h50`, also inside other words.
pub(crate) fn hours(text: &str) -> Option<(Decimal, bool)> {
    let bytes = text.as_bytes();
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let (mut at, mut hours, mut found, mut exact) = (start, Decimal::ZERO, false, true);
    let mut last_unit_hours = false;
    while let Some(rest) = text.get(at..) {
        let digits = rest.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
        if digits == 0 {
            break;
        }
        let Ok(amount) = Decimal::from_str_exact(&rest[..digits]) else { break };
        let after = rest[digits..].trim_start_matches(' ');
        let unit: String = after.chars().take_while(char::is_ascii_alphabetic).collect();
        let (numerator, denominator) = match unit.as_str() {
            "h" | "hr" | "hrs" | "hour" | "hours" => (1, 1),
            "m" | "min" | "mins" | "minute" | "minutes" => (1, 60),
            "d" | "day" | "days" => (24, 1),
            // `2h50`: the minutes carry no unit.
            "" if last_unit_hours => (1, 60),
            _ => break,
        };
        last_unit_hours = matches!(unit.as_str(), "h" | "hr" | "hrs" | "hour" | "hours");
        let value = amount * Decimal::from(numerator) / Decimal::from(denominator);
        let rounded = value.round_dp(4).normalize();
        exact &= rounded == value;
        hours += rounded;
        found = true;
        at = text.len() - after.len() + unit.len();
        at += text[at..].len() - text[at..].trim_start_matches(' ').len();
    }
    let whole = exact && start == 0 && at >= bytes.len();
    found.then(|| (hours.normalize(), whole))
}

/// A measured or wanted amount.
struct Quantity {
    amount: Decimal,
    unit: Option<String>,
    whole: bool,
}

/// Reads `5.8% (2025-12)`, `<5% by 2026-12-31`, `2h 45min (2025)`, `1 (2025 audit)`.
fn quantity(text: &str) -> Option<Quantity> {
    let text = text.trim().trim_start_matches(['<', '>', '=', '≤', '≥', '~']).trim_start();
    let digits = text.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let amount = Decimal::from_str_exact(text[..digits].trim_end_matches('.')).ok()?;
    let rest = text[digits..].trim_start();
    // A year or the beginning of a date is no amount.
    if rest.starts_with(['-', '/']) {
        return None;
    }
    if rest.starts_with('%') {
        return Some(Quantity { amount, unit: Some("%".to_owned()), whole: false });
    }
    let head = text.split('(').next().unwrap_or_default().split(" by ").next().unwrap_or_default();
    if let Some((hours, _)) = hours(head).filter(|_| rest.starts_with(['h', 'm', 'd'])) {
        return Some(Quantity { amount: hours, unit: Some("h".to_owned()), whole: false });
    }
    Some(Quantity { amount, unit: None, whole: rest.is_empty() })
}

/// Whether more or less is better, from the sign before a target.
fn direction(text: &str) -> Outcome {
    let reason = "says more than the direction".to_owned();
    match text.trim().chars().next() {
        Some('<' | '≤') => Partly(Value::from("at_most"), reason),
        Some('>' | '≥') => Partly(Value::from("at_least"), reason),
        _ => Nothing("does not say whether more or less is better".to_owned()),
    }
}

/// The day behind “by”.
fn due(text: &str) -> Outcome {
    match text.rsplit_once("by ").map(|(_, rest)| date_in(rest)) {
        Some(Whole(date) | Partly(date, _)) => Partly(date, "says more than the day".to_owned()),
        _ => Nothing("names no day behind “by”".to_owned()),
    }
}

/// The period that a text names in brackets or as such: `2026-Q1`, `2026-04`, `2025`.
fn stretch(text: &str) -> Option<(Date, Date)> {
    let inside = in_brackets(text).unwrap_or(text).trim();
    let word = inside.split(' ').next().unwrap_or_default();
    let (year, part) = word.split_once('-').unwrap_or((word, ""));
    let year: i16 = year.parse().ok().filter(|year| (1990..=2200).contains(year))?;
    let (first, months) = match part.strip_prefix(['Q', 'q']) {
        Some(quarter) => (quarter.parse::<i8>().ok().filter(|quarter| (1..=4).contains(quarter))? * 3 - 2, 3),
        None if part.is_empty() => (1, 12),
        None => (part.parse::<i8>().ok().filter(|_| part.len() == 2)?, 1),
    };
    let from = Date::new(year, first, 1).ok()?;
    let to = from.checked_add(jiff::Span::new().months(months)).ok()?.yesterday().ok()?;
    Some((from, to))
}

fn annex_id(text: &str) -> Outcome {
    match attestry_standards::parse_annex_id(text) {
        Some(control) => Whole(Value::from(control.id.as_str())),
        None => Nothing("is not the number of a control of Annex A".to_owned()),
    }
}

fn annex_ids(text: &str) -> Outcome {
    let ids: Vec<Value> =
        attestry_standards::find_annex_ids(text).into_iter().map(|control| Value::from(control.id.as_str())).collect();
    if ids.is_empty() {
        return Nothing("names no control of Annex A".to_owned());
    }
    if only_annex_ids(text) {
        Whole(Value::Array(ids))
    } else {
        Partly(Value::Array(ids), "says more than the numbers of controls".to_owned())
    }
}

/// Whether a text is numbers of controls and nothing else.
pub(crate) fn only_annex_ids(text: &str) -> bool {
    let word = |c: char| c.is_alphabetic() && !matches!(c, 'A' | 'a');
    !text.contains(word)
}

#[cfg(test)]
mod tests;
