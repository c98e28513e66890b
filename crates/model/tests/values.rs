//! Values keep what they say on every way in and out.

use attestry_model::field::{Key, Scalar, Type, compare_text};
use attestry_model::stored::Stamp;
use attestry_model::value::{Currency, Level, Money, Percent, Period};
use attestry_model::{AnyRef, Kind, plain};
use jiff::Timestamp;
use jiff::civil::Date;
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};

fn eur() -> Option<Currency> {
    "EUR".parse().ok()
}

#[test]
fn references_have_exactly_one_written_form() {
    for good in ["R-0001", "R-9999", "R-10000", "SITE-0042", "RASG-0007"] {
        assert_eq!(good.parse::<AnyRef>().unwrap().to_string(), good);
    }
    for bad in ["R-1", "R-00001", "r-0001", "R-0000", "R0001", "X-0001", "R-0001 ", "R-4294967296", "R--0001", "", "R-"]
    {
        assert!(bad.parse::<AnyRef>().is_err(), "{bad} was accepted");
    }
}

#[test]
fn wrong_values_are_refused_with_what_would_be_right() {
    let cases: [(Result<(), String>, &str); 9] = [
        (refused::<Level>(json!(11)), "1 to 10"),
        (refused::<Level>(json!(0)), "1 to 10"),
        (refused::<Percent>(json!("100.1")), "between 0 and 100"),
        (refused::<Date>(json!("2026-02-30")), "2026-06-30"),
        (refused::<Date>(json!("9999-01-01")), "1900 and 2200"),
        (refused::<Money>(json!("12.345 EUR")), "2 digits"),
        (refused::<Money>(json!("12.5 JPY")), "0 digits"),
        (refused::<i64>(json!(9_007_199_254_740_993_i64)), "too large"),
        (refused::<String>(json!("two\nlines")), "one line"),
    ];
    for (outcome, words) in cases {
        let message = outcome.unwrap_err();
        assert!(message.contains(words), "“{message}” does not say “{words}”");
    }
}

fn refused<T: Scalar>(value: Value) -> Result<(), String> {
    T::from_value(value).map(|_| ()).map_err(|wrong| wrong.to_string())
}

#[test]
fn texts_are_stored_in_composed_form() {
    let decomposed = String::from_value(json!("Cafe\u{301}")).unwrap();
    assert_eq!(decomposed, "Caf\u{e9}");
}

#[test]
fn nothing_is_left_of_a_blank_text() {
    use attestry_model::field::FieldValue;
    assert_eq!(Option::<String>::from_value(json!("  \t ")).unwrap(), None);
}

#[test]
fn a_list_of_references_names_each_once() {
    use attestry_model::field::FieldValue;
    let twice = Vec::<AnyRef>::from_value(json!(["R-0001", "R-0002", "R-0001"]));
    assert_eq!(twice.unwrap_err().to_string(), "[2]: is named twice");
}

#[test]
fn every_sample_reads_back_and_survives_the_plain_form() {
    let currency = "USD".parse().ok();
    for kind in Kind::ALL {
        let stamp = Stamp { number: 1, revision: 1, at: Timestamp::UNIX_EPOCH, by: None };
        let record = kind.read(stamp, kind.sample()).unwrap();
        for field in kind.def().fields {
            let value = record.field(field.name).unwrap();
            let there = plain::plain(field.ty, &value, currency);
            let back = plain::canonical(field.ty, there.clone(), currency).unwrap();
            let read = |value: Value| {
                let mut fields = kind.sample();
                fields.insert(field.name.to_owned(), value);
                kind.read(stamp, fields).unwrap().field(field.name).unwrap()
            };
            // Decimals lose their scale in plain numbers, never their value.
            if matches!(field.ty, Type::Decimal | Type::Percent) && !value.is_null() {
                let number = |value: &Value| value.as_str().unwrap().parse::<Decimal>().unwrap();
                assert_eq!(number(&back), number(&value), "{kind}.{}", field.name);
            } else if !matches!(field.ty, Type::List(Type::Struct(_))) {
                assert_eq!(read(back), value, "{kind}.{}", field.name);
            }
            let typed = plain::text(field.ty, &value, currency);
            let again = plain::parse(field.ty, &typed, currency).unwrap();
            assert_eq!(read(again), value, "{kind}.{} as text “{typed}”", field.name);
        }
    }
}

#[test]
fn amounts_without_a_currency_belong_to_the_organisation() {
    let value = plain::parse(Type::Money, "1200.5", eur()).unwrap();
    assert_eq!(value, json!("1200.50 EUR"));
    assert_eq!(plain::plain(Type::Money, &value, eur()), json!(1200.5));
    assert_eq!(plain::plain(Type::Money, &json!("5 JPY"), eur()), json!("5 JPY"));
    assert!(plain::parse(Type::Money, "1200.5", None).unwrap_err().to_string().contains("needs a currency"));
}

proptest! {
    #[test]
    fn amounts_read_back(minor in -9_000_000_000_000_i64..9_000_000_000_000, code in "[A-Z]{3}") {
        let money = Money { minor, currency: code.parse().unwrap() };
        prop_assert_eq!(money.to_string().parse::<Money>().unwrap(), money);
    }

    #[test]
    fn periods_read_back(years in 0_u16..200, months in 0_u16..50, weeks in 0_u16..50, days in 0_u16..500) {
        let period = Period { years, months, weeks, days };
        prop_assert_eq!(period.to_string().parse::<Period>(), Ok(period));
    }

    #[test]
    fn reading_what_people_type_never_panics(text in "\\PC{0,40}") {
        let _ = text.parse::<AnyRef>();
        let _ = text.parse::<Period>();
        let _ = text.parse::<Money>();
        for ty in [Type::Int, Type::Decimal, Type::Percent, Type::Money, Type::Matrix, Type::Bool, Type::List(&Type::Date)] {
            let _ = plain::parse(ty, &text, eur());
        }
    }

    #[test]
    fn any_fields_at_all_are_read_or_refused(name in "[a-z_]{1,20}", text in "\\PC{0,20}", number in any::<i64>()) {
        let stamp = Stamp { number: 1, revision: 1, at: Timestamp::UNIX_EPOCH, by: None };
        for kind in Kind::ALL {
            for value in [json!(text), json!(number), json!([text]), json!({ "level": text }), json!(true)] {
                let mut fields = kind.sample();
                fields.insert(name.clone(), value);
                let _ = kind.read(stamp, fields);
            }
        }
    }

    #[test]
    fn text_order_is_an_order(a in "\\PC{0,8}", b in "\\PC{0,8}", c in "\\PC{0,8}") {
        prop_assert_eq!(compare_text(&a, &b), compare_text(&b, &a).reverse());
        if compare_text(&a, &b).is_le() && compare_text(&b, &c).is_le() {
            prop_assert!(compare_text(&a, &c).is_le());
        }
        prop_assert!(Key::Text(&a) < Key::Empty);
    }
}
