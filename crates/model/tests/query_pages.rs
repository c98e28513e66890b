//! Pages of lists: what one person sees, from a cursor on.
#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

mod common;

use attestry_model::query::{self, Cursor, Filter, Query, Select};
use attestry_model::{AnyRecord, AnyRef, Isms, Kind};
use common::{House, IM};
use serde_json::json;

fn risks() -> House {
    let mut house = House::new();
    for number in 0..23 {
        let mut fields = json!({ "title": format!("Risk {}", (number * 7) % 5), "priority": number % 4 });
        if number % 3 > 0 {
            fields["next_review"] = json!(format!("2026-0{}-01", number % 6 + 1));
        }
        if number % 5 == 0 {
            fields["title"] = json!(format!("{}{number}", "A long title that no cursor carries whole ".repeat(5)));
        }
        house.create(IM, "risk", fields).unwrap();
    }
    house
}

fn even(record: &dyn AnyRecord) -> bool {
    record.any_ref().number.is_multiple_of(2)
}

fn page(isms: &Isms, sort: &str, from: Option<&Cursor>, backwards: bool, limit: usize) -> (Vec<AnyRef>, usize, usize) {
    let query = Query { sort: Some(sort.to_owned()), limit, ..Query::all(Kind::Risk) };
    let select = Select { query: &query, either: &[], visible: &even, from, backwards, total: None };
    let found = query::select(isms, &select).unwrap();
    (found.records.iter().map(|record| record.any_ref()).collect(), found.before, found.total)
}

fn beside(isms: &Isms, reference: AnyRef, sort: &str) -> Cursor {
    let cursor = Cursor::of(isms.record(reference).unwrap(), Some(sort)).unwrap();
    let back = Cursor::parse(&cursor.to_string()).unwrap();
    assert_eq!(back, cursor);
    back
}

#[test]
fn pages_from_cursor_to_cursor_are_the_whole_list_in_both_directions() {
    let house = risks();
    for sort in ["ref", "-ref", "title", "-title", "next_review", "-next_review", "priority", "-priority", "state"] {
        let (whole, _, total) = page(&house.isms, sort, None, false, 100);
        assert_eq!((whole.len(), total), (11, 11), "{sort}");
        let (mut walked, mut from) = (Vec::new(), None);
        loop {
            let (part, before, total) = page(&house.isms, sort, from.as_ref(), false, 3);
            assert_eq!((before, total), (walked.len(), 11), "{sort}");
            let Some(last) = part.last() else { break };
            if let Some(first) = part.first().filter(|_| !walked.is_empty()) {
                let back = page(&house.isms, sort, Some(&beside(&house.isms, *first, sort)), true, 3);
                assert_eq!((back.0.as_slice(), back.1), (&walked[walked.len() - 3..], walked.len() - 3), "{sort}");
            }
            from = Some(beside(&house.isms, *last, sort));
            walked.extend(part);
        }
        assert_eq!(walked, whole, "{sort}");
    }
}

#[test]
fn what_is_empty_comes_last_in_either_direction() {
    let house = risks();
    for sort in ["next_review", "-next_review"] {
        let (list, ..) = page(&house.isms, sort, None, false, 100);
        let empty = |reference: &AnyRef| house.isms.record(*reference).unwrap().field("next_review").unwrap().is_null();
        let first_empty = list.iter().position(empty).unwrap();
        assert!(first_empty > 3 && list[first_empty..].iter().all(empty), "{sort}");
    }
}

#[test]
fn a_record_that_comes_meanwhile_neither_repeats_nor_hides_another() {
    let mut house = risks();
    let (first, ..) = page(&house.isms, "title", None, false, 4);
    let from = beside(&house.isms, first[3], "title");
    let (second, ..) = page(&house.isms, "title", Some(&from), false, 4);
    for _ in 0..2 {
        house.create(IM, "risk", json!({ "title": "A" })).unwrap();
    }
    assert_eq!(page(&house.isms, "title", Some(&from), false, 4).0, second);
}

#[test]
fn of_alternatives_one_holds_and_too_many_conditions_are_refused() {
    let house = risks();
    let any = |texts: &[&str]| vec![texts.iter().map(|text| Filter::parse(text).unwrap()).collect::<Vec<_>>()];
    let query = Query::all(Kind::Risk);
    let run = |either: &[Vec<Filter>]| {
        let select = Select { query: &query, either, visible: &|_| true, from: None, backwards: false, total: None };
        query::select(&house.isms, &select).map(|found| found.total)
    };
    let (one, two) = (run(&any(&["priority=1"])).unwrap(), run(&any(&["priority=2"])).unwrap());
    assert_eq!(run(&any(&["priority=1", "priority=2"])).unwrap(), one + two);
    assert!(run(&any(&["priority=1"; 51])).is_err());
    let unsorted = Query { sort: Some("cause.x".to_owned()), ..Query::all(Kind::Risk) };
    let select =
        Select { query: &unsorted, either: &[], visible: &|_| true, from: None, backwards: false, total: None };
    assert!(query::select(&house.isms, &select).is_err());
}
