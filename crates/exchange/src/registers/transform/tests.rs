use super::*;

fn plain_reading(heading: &str) -> Reading<'_> {
    Reading { heading, currency: None, date_order: None, decimal: None, zone: None }
}

fn of(ty: Type, how: Option<&str>, text: &str) -> String {
    in_column(ty, how, text, "Budget (EUR)")
}

/// The value as text; `…` behind it when the cell says more, `-` when there is none.
fn in_column(ty: Type, how: Option<&str>, text: &str, heading: &str) -> String {
    let shown = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match read(ty, how, text, plain_reading(heading)) {
        Whole(value) => shown(value),
        Partly(value, _) => shown(value) + "…",
        Nothing(_) => "-".to_owned(),
    }
}

#[test]
fn dates_are_read_as_people_write_them_and_doubtful_ones_are_not() {
    for (text, expected) in [
        ("2026-06-30", "2026-06-30"),
        ("30.6.2026", "2026-06-30"),
        ("30/06/2026", "2026-06-30"),
        ("06/30/2026", "2026-06-30"),
        ("03/03/2026", "2026-03-03"),
        ("03/04/2026", "-"),
        ("2026-06-30 14:00", "2026-06-30…"),
        ("Post-approved 2025-05-14", "-"),
        ("2026-02-30", "-"),
        ("0001-01-01", "-"),
        ("Recurring", "-"),
    ] {
        assert_eq!(of(Type::Date, None, text), expected, "{text}");
    }
    let us = Reading { date_order: Some(DateOrder::Mdy), ..plain_reading("") };
    assert_eq!(read(Type::Date, None, "03/04/2026", us), Whole(Value::from("2026-03-04")));
    assert_eq!(of(Type::Date, Some("date_in"), "2026-03-15 re-check passed"), "2026-03-15…");
    assert_eq!(of(Type::DateTime, None, "2026-01-22 09:14"), "2026-01-22T09:14:00Z");
    assert_eq!(of(Type::DateTime, None, "2026-01-22T09:14:00+02:00"), "2026-01-22T07:14:00Z");
    assert_eq!(of(Type::DateTime, None, "2026-01-22"), "-");
    let berlin = jiff::tz::TimeZoneDatabase::bundled().get("Europe/Berlin").unwrap();
    let here = Reading { zone: Some(&berlin), ..plain_reading("") };
    let moment = |text: &str| read(Type::DateTime, None, text, here);
    assert_eq!(moment("2026-01-22 09:14"), Whole(Value::from("2026-01-22T08:14:00Z")));
    assert_eq!(moment("2026-07-22 09:14"), Whole(Value::from("2026-07-22T07:14:00Z")));
    assert!(matches!(moment("2026-10-25 02:30"), Nothing(_)), "that hour is there twice");
}

#[test]
fn amounts_are_read_with_the_currency_of_cell_or_heading() {
    for (text, expected) in [
        ("8000", "8000.00 EUR"),
        ("1.234,50 €", "1234.50 EUR"),
        ("$1,234.50", "1234.50 USD"),
        ("CHF 20", "20.00 CHF"),
        ("1,234", "-"),
        ("12.500", "-"),
        ("0.50", "0.50 EUR"),
        ("1234.500", "1234.50 EUR"),
        ("12,5", "12.50 EUR"),
        ("1'234'567", "1234567.00 EUR"),
        ("0.001", "-"),
        ("a lot", "-"),
    ] {
        assert_eq!(of(Type::Money, None, text), expected, "{text}");
    }
    assert_eq!(in_column(Type::Money, None, "8000", "Budget"), "-");
    for (sign, text, expected) in
        [(',', "12.500", "12500.00 EUR"), ('.', "12.500", "12.50 EUR"), ('.', "12,500", "12500.00 EUR")]
    {
        let reading = Reading { decimal: Some(sign), ..plain_reading("Budget (EUR)") };
        assert_eq!(read(Type::Money, None, text, reading), Whole(Value::from(expected)), "{text} with {sign}");
    }
    for (text, expected) in
        [("8.000,00", Some(',')), ("1,234", None), ("1.234.567", Some(',')), ("12.5", Some('.')), ("8000", None)]
    {
        assert_eq!(decimal_sign(text), expected, "{text}");
    }
}

#[test]
fn periods_and_hours_are_read_from_words() {
    for (text, expected) in [
        ("Quarterly", "P3M"),
        ("12 months", "P12M"),
        ("10 years after contract end", "P10Y…"),
        ("72 hours", "P3D"),
        ("P1Y", "P1Y"),
        ("Per device", "-"),
        ("0 months", "-"),
    ] {
        assert_eq!(of(Type::Period, None, text), expected, "{text}");
    }
    assert_eq!(in_column(Type::Period, None, "36", "Refresh Interval (months)"), "P36M");
    assert_eq!(in_column(Type::Period, None, "36", "Refresh"), "-");
    for (text, expected) in [
        ("4h", "4"),
        ("15 min", "0.25"),
        ("1 day", "24"),
        ("Passed (restored in 2h50)", "2.8333…"),
        ("1h 30min", "1.5"),
        ("Passed", "-"),
        ("12", "-"),
    ] {
        assert_eq!(of(Type::Decimal, Some("hours"), text), expected, "{text}");
    }
}

#[test]
fn targets_and_measured_values_are_taken_apart() {
    let apart =
        |text: &str| ["direction", "amount", "unit", "due"].map(|how| of(Type::Text, Some(how), text)).join(" ");
    assert_eq!(apart("<5% by 2026-12-31"), "at_most… 5… %… 2026-12-31…");
    assert_eq!(apart(">95% by 2026-12-31"), "at_least… 95… %… 2026-12-31…");
    assert_eq!(apart("<2h by 2026-12-31"), "at_most… 2… h… 2026-12-31…");
    assert_eq!(apart("2 by 2026-12-31"), "- 2… - 2026-12-31…");
    assert_eq!(apart("Yes by 2026-12-31"), "- - - 2026-12-31…");
    assert_eq!(apart("2026-12-31"), "- - - -");
    let value =
        |text: &str| ["amount", "period_start", "period_end"].map(|how| of(Type::Text, Some(how), text)).join(" ");
    assert_eq!(value("4.2% (2026-Q1)"), "4.2… 2026-01-01… 2026-03-31…");
    assert_eq!(value("48% (2026-04)"), "48… 2026-04-01… 2026-04-30…");
    assert_eq!(value("1h 35min (2026-Q1)"), "1.5833… 2026-01-01… 2026-03-31…");
    assert_eq!(value("93% (2025)"), "93… 2025-01-01… 2025-12-31…");
    assert_eq!(value("Pending audit"), "- - -");
}

#[test]
fn levels_truths_and_controls_are_read() {
    for (ty, how, text, expected) in [
        (Type::Level, None, "4", "4"),
        (Type::Level, None, "4 - High", "4…"),
        (Type::Level, None, "40", "-"),
        (Type::Level, None, "High", "-"),
        (Type::Bool, None, "Yes", "true"),
        (Type::Bool, None, "No (NDA only)", "false…"),
        (Type::Bool, None, "N/A", "-"),
        (Type::Int, None, "1.5", "-"),
        (Type::Percent, None, "50 %", "50"),
        (Type::Text, Some("annex_ids"), "A 5.17 A 8.5", "[\"A.5.17\",\"A.8.5\"]"),
        (Type::Text, Some("annex_id"), "A.5.01", "A.5.1"),
        (Type::Text, Some("annex_id"), "A.9.9", "-"),
    ] {
        assert_eq!(of(ty, how, text), expected, "{text}");
    }
}
