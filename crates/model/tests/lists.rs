//! Lists: filters, order, pages, against the plain way of doing it; links and copies of the value.
#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

mod common;

use attestry_model::field::Key;
use attestry_model::query::{self, Filter, Query};
use attestry_model::stored::FieldPlace;
use attestry_model::{AnyRef, Isms, Kind};
use common::{House, IM};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A register of `count` risks whose values repeat.
fn register(count: u32) -> House {
    let mut house = House::new();
    let owners = ["PER-0004", "PER-0010"];
    let risks: Vec<(String, Value)> = (1..=count)
        .map(|number| {
            let state = ["identified", "analysed", "monitored"][number as usize % 3];
            let effects = &["C", "I", "A"][..=(number as usize % 3)];
            let mut fields = json!({
                "state": state,
                "title": format!("Risk {} of many", (number * 7919) % 101),
                "current_value": i64::from((number * 31) % 25 + 1),
                "risk_owner": owners[number as usize % 2],
                "effects": effects,
                "assessed_on": format!("2026-{:02}-{:02}", number % 12 + 1, number % 28 + 1),
            });
            if number % 5 == 0 {
                fields["residual_value"] = json!(number % 9);
            }
            (format!("R-{number:04}"), fields)
        })
        .collect();
    let risks: Vec<(&str, Value)> = risks.iter().map(|(name, fields)| (name.as_str(), fields.clone())).collect();
    house.import(&risks).unwrap();
    house
}

fn run(isms: &Isms, filters: &[&str], sort: Option<&str>, offset: usize, limit: usize) -> Vec<AnyRef> {
    let filters = filters.iter().map(|text| Filter::parse(text).unwrap()).collect();
    let query = Query { kind: Kind::Risk, filters, sort: sort.map(str::to_owned), offset, limit, void: false };
    query::run(isms, &query).unwrap().records.iter().map(|record| record.any_ref()).collect()
}

#[test]
fn conditions_mean_what_they_say() {
    let house = register(60);
    let all: Vec<_> = house.isms.records(Kind::Risk).collect();
    let expect = |holds: &dyn Fn(&str) -> bool| -> usize {
        all.iter().filter(|record| holds(&serde_json::Value::Object(record.fields()).to_string())).count()
    };
    let cases: [(&[&str], usize); 6] = [
        (&["state=analysed"], expect(&|text| text.contains(r#""state":"analysed""#))),
        (&["state!=analysed"], expect(&|text| !text.contains(r#""state":"analysed""#))),
        (&["risk_owner=PER-0004"], expect(&|text| text.contains(r#""risk_owner":"PER-0004""#))),
        (&["residual_value="], expect(&|text| !text.contains("residual_value"))),
        (&["residual_value!="], expect(&|text| text.contains("residual_value"))),
        (&["effects=A"], expect(&|text| text.contains(r#""A""#))),
    ];
    for (filters, count) in cases {
        assert!(count > 0 && count < 60, "the case {filters:?} tells nothing");
        assert_eq!(run(&house.isms, filters, None, 0, 100).len(), count, "{filters:?}");
    }
    let values = |filters: &[&str]| -> Vec<i64> {
        let found = run(&house.isms, filters, None, 0, 100);
        found.iter().map(|one| house.field(*one, "current_value").as_i64().unwrap()).collect()
    };
    assert!(values(&["current_value>=20"]).iter().all(|value| *value >= 20));
    assert_eq!(values(&["current_value>=20"]).len() + values(&["current_value<20"]).len(), 60);
    assert_eq!(run(&house.isms, &["title~RISK 12"], None, 0, 100), run(&house.isms, &["title~risk 12"], None, 0, 100));
}

#[test]
fn a_wrong_condition_names_the_field_and_what_would_be_right() {
    let house = register(3);
    for (text, words) in [
        ("colour=red", "is not a field of risks"),
        ("state=open", "must be one of identified"),
        ("current_value=high", "whole number"),
        ("risk_owner=R-0001", "is not a person"),
        ("assessed_on>yesterday", "date such as"),
        ("custom.region=north", "own fields"),
    ] {
        let query = Query { filters: vec![Filter::parse(text).unwrap()], ..Query::all(Kind::Risk) };
        let message = query::run(&house.isms, &query).unwrap_err().to_string();
        assert!(message.contains(words), "{text}: “{message}”");
    }
}

#[test]
fn void_records_are_left_out_unless_asked_for() {
    let mut house = register(5);
    let target: AnyRef = "R-0003".parse().unwrap();
    let reason = "recorded twice".to_owned();
    house.command(IM, attestry_model::Command::Void { target, revision: None, reason }).unwrap();
    assert!(!run(&house.isms, &[], None, 0, 10).contains(&target));
    let query = Query { void: true, ..Query::all(Kind::Risk) };
    assert_eq!(query::run(&house.isms, &query).unwrap().records.len(), 5);
    let void: Vec<AnyRef> = query::run(&house.isms, &query).unwrap().records.iter().map(|one| one.any_ref()).collect();
    let void: Vec<AnyRef> = void.into_iter().filter(|one| house.isms.is_void(*one)).collect();
    assert_eq!(void, [target]);
    // A record that is put back as it was is void no longer, as when the past is read.
    let mut again = house.isms.clone();
    let before = register(5);
    again.put(before.isms.record(target).unwrap());
    assert!(!again.is_void(target) && house.isms.is_void(target));
}

#[test]
fn links_from_one_kind_are_those_of_all_links_that_come_from_it() {
    let house = register(40);
    for target in house.isms.links().map(|link| link.target).collect::<std::collections::BTreeSet<_>>() {
        for kind in Kind::ALL {
            let narrowed: Vec<_> = house.isms.links_from(*kind, target).collect();
            let all: Vec<_> = house.isms.links_to(target).filter(|link| link.source.kind == *kind).collect();
            assert_eq!(narrowed, all, "{target} from {kind:?}");
        }
    }
}

#[test]
fn indexes_and_links_after_many_changes_equal_those_of_a_fresh_value() {
    let mut house = register(40);
    for number in 1..=40_u32 {
        let target: AnyRef = format!("R-{number:04}").parse().unwrap();
        let fields = json!({ "current_value": number % 6 + 1, "risk_owner": "PER-0010", "title": format!("New {}", number % 7) });
        house.update(IM, target, fields).unwrap();
    }
    let mut fresh = Isms::default();
    for kind in Kind::ALL {
        house.isms.records(*kind).for_each(|record| fresh.put(record));
    }
    for sort in ["current_value", "-current_value", "title", "-title", "ref", "assessed_on"] {
        assert_eq!(run(&house.isms, &[], Some(sort), 0, 100), run(&fresh, &[], Some(sort), 0, 100), "sorted by {sort}");
    }
    let links = |isms: &Isms| isms.links().copied().collect::<Vec<_>>();
    assert_eq!(links(&house.isms), links(&fresh));
    assert!(house.isms.links_to("PER-0004".parse().unwrap()).all(|link| link.field != "risk_owner"));
}

#[test]
fn a_copy_does_not_see_later_changes() {
    let mut house = register(3);
    let before = house.isms.clone();
    house.update(IM, "R-0002", json!({ "title": "Changed" })).unwrap();
    let title = |isms: &Isms| isms.record("R-0002".parse().unwrap()).unwrap().head().title.clone().unwrap();
    assert_ne!(title(&before), "Changed");
    assert_eq!(title(&house.isms), "Changed");
    assert_eq!(before.size() + 1, house.isms.size());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn pages_cut_one_and_the_same_order(
        offset in 0_usize..80,
        limit in 1_usize..40,
        sort in prop::sample::select(vec!["current_value", "title", "residual_value", "assessed_on", "risk_owner", "state"]),
        descending: bool,
    ) {
        let house = register(70);
        let name = if descending { format!("-{sort}") } else { sort.to_owned() };
        let page = run(&house.isms, &["current_value>3"], Some(&name), offset, limit);
        let whole = run(&house.isms, &["current_value>3"], Some(&name), 0, 1000);
        let cut: Vec<AnyRef> = whole.iter().copied().skip(offset).take(limit).collect();
        prop_assert_eq!(page, cut);
        let place = FieldPlace::find(Kind::Risk.def(), sort).unwrap();
        let keys: Vec<Key<'_>> = whole.iter().map(|one| house.isms.record(*one).unwrap().key(place)).collect();
        let ordered = keys.windows(2).all(|pair| if descending { pair[0] >= pair[1] } else { pair[0] <= pair[1] });
        prop_assert!(ordered);
    }
}
