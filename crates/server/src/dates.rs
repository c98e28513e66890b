//! Days, times, periods, numbers and money as people read them in a language.

use attestry_model::value::{Money, Period};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use crate::words::{Argument, Words};

/// A day in words: `16 Oct`, with the year only when it is another one than `today`'s.
pub fn day(words: &Words, date: Date, today: Date) -> String {
    let month = words.say(&format!("month-{}", date.month()));
    let day = date.day().to_string();
    if date.year() == today.year() {
        words.with("date-short", &[("day", (&day).into()), ("month", Argument::Text(&month))]).into_owned()
    } else {
        full_day(words, date)
    }
}

/// A day in words with its year.
pub fn full_day(words: &Words, date: Date) -> String {
    let month = words.say(&format!("month-{}", date.month()));
    let (day, year) = (date.day().to_string(), date.year().to_string());
    words
        .with("date-full", &[("day", (&day).into()), ("month", Argument::Text(&month)), ("year", (&year).into())])
        .into_owned()
}

/// A moment in words, where the organisation is: `16 Oct, 14:08`.
pub fn moment(words: &Words, at: Timestamp, zone: &TimeZone, today: Date) -> String {
    let local = zone.to_datetime(at);
    format!("{}, {:02}:{:02}", day(words, local.date(), today), local.hour(), local.minute())
}

/// How far a day lies from today, in words: `today`, `in 5 days`, `overdue 3 days`.
pub fn distance(words: &Words, date: Date, today: Date) -> String {
    let days = today.until(date).map_or(0, |span| span.get_days());
    match days {
        0 => words.say("due-today").into_owned(),
        days if days > 0 => words.with("due-in", &[("days", days.into())]).into_owned(),
        days => words.with("due-over", &[("days", days.abs().into())]).into_owned(),
    }
}

/// A text with the days that it names as `2026-10-16` written as people read them.
pub fn within(words: &Words, text: &str, today: Date) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|sign: char| sign.is_ascii_digit()) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let end = from.find(|sign: char| !(sign.is_ascii_digit() || sign == '-')).unwrap_or(from.len());
        let (named, after) = from.split_at(end);
        let alone = !out.ends_with(|sign: char| sign.is_alphanumeric() || sign == '-');
        match named.parse::<Date>().ok().filter(|_| alone && named.len() == 10) {
            Some(date) => out.push_str(&day(words, date, today)),
            None => out.push_str(named),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// A period in words: `1 year 6 months`.
pub fn period(words: &Words, period: Period) -> String {
    let parts = [("years", period.years), ("months", period.months), ("weeks", period.weeks), ("days", period.days)];
    let filled = parts.into_iter().filter(|(_, count)| *count > 0);
    let said = filled
        .map(|(unit, count)| words.with(&format!("period-{unit}"), &[("count", i32::from(count).into())]).into_owned());
    let text = said.collect::<Vec<_>>().join(" ");
    if text.is_empty() { words.with("period-days", &[("count", 0_i32.into())]).into_owned() } else { text }
}

/// A number with its thousands apart, as the language writes it.
pub fn number(words: &Words, number: Decimal) -> String {
    grouped(&number.normalize().to_string(), &words.say("number-thousands"), &words.say("number-point"))
}

fn grouped(text: &str, thousands: &str, point: &str) -> String {
    let (sign, text) = text.strip_prefix('-').map_or(("", text), |rest| ("−", rest));
    let (whole, part) = text.split_once('.').map_or((text, None), |(whole, part)| (whole, Some(part)));
    let mut out = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 && whole.len() > 4 {
            out.push_str(thousands);
        }
        out.push(digit);
    }
    if let Some(part) = part {
        out.push_str(point);
        out.push_str(part);
    }
    out
}

/// An amount in full: `€1,180,000`.
pub fn money(words: &Words, money: Money) -> String {
    with_currency(words, &number(words, money.amount()), &money.currency.to_string())
}

/// An amount in short: `€1.18m`; three digits that count.
pub fn money_short(words: &Words, money: Money) -> String {
    let amount = money.amount().to_f64().unwrap_or_default();
    let (scaled, unit) = match amount.abs() {
        big if big >= 999_500_000.0 => (amount / 1e9, "bn"),
        big if big >= 999_500.0 => (amount / 1e6, "m"),
        big if big >= 9_999.5 => (amount / 1e3, "k"),
        _ => return self::money(words, money),
    };
    let digits = if scaled.abs() >= 99.95 {
        0
    } else if scaled.abs() >= 9.995 {
        1
    } else {
        2
    };
    let text = format!("{scaled:.digits$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    let text = grouped(text, &words.say("number-thousands"), &words.say("number-point"));
    with_currency(words, &format!("{text}{unit}"), &money.currency.to_string())
}

fn with_currency(words: &Words, amount: &str, currency: &str) -> String {
    let sign = match currency {
        "EUR" => "€",
        "USD" => "$",
        "GBP" => "£",
        "JPY" => "¥",
        other => return words.with("money", &[("amount", amount.into()), ("currency", other.into())]).into_owned(),
    };
    match amount.strip_prefix('−') {
        Some(rest) => format!("−{sign}{rest}"),
        None => format!("{sign}{amount}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> &'static Words {
        Words::of("en")
    }

    #[test]
    fn amounts_read_short_and_whole() {
        for (text, short, full) in [
            ("1180000 EUR", "€1.18m", "€1,180,000"),
            ("365000 EUR", "€365k", "€365,000"),
            ("999.50 USD", "$999.5", "$999.5"),
            ("9999 CHF", "9999 CHF", "9999 CHF"),
            ("1000000000 GBP", "£1bn", "£1,000,000,000"),
            ("-12000 EUR", "−€12k", "−€12,000"),
        ] {
            let money: Money = text.parse().unwrap();
            assert_eq!(money_short(words(), money), short);
            assert_eq!(super::money(words(), money), full);
        }
    }

    #[test]
    fn days_within_a_text_are_written_as_people_read_them() {
        let today = jiff::civil::date(2026, 10, 13);
        for (text, read) in [
            ("overdue since 2026-06-15.", "overdue since 15 Jun."),
            ("2025-01-02 to 2026-10-13", "2 Jan 2025 to 13 Oct"),
            (
                "R-0014, A.5.20, 2026-13-40, 12026-06-15 and x2026-06-15",
                "R-0014, A.5.20, 2026-13-40, 12026-06-15 and x2026-06-15",
            ),
            ("nothing", "nothing"),
        ] {
            assert_eq!(within(words(), text, today), read);
        }
    }

    #[test]
    fn days_say_their_year_only_when_it_is_another() {
        let today = jiff::civil::date(2026, 10, 13);
        assert_eq!(day(words(), jiff::civil::date(2026, 10, 16), today), "16 Oct");
        assert_eq!(day(words(), jiff::civil::date(2027, 3, 1), today), "1 Mar 2027");
        assert_eq!(distance(words(), jiff::civil::date(2026, 10, 8), today), "overdue 5 days");
        assert_eq!(distance(words(), today, today), "today");
        assert_eq!(distance(words(), jiff::civil::date(2026, 10, 14), today), "in 1 day");
    }
}
