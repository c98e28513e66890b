//! Reading lists and records.

use attestry_model::Kind;
use attestry_model::kind::Role;
use serde_json::{Value, json};

use crate::client::Site;

#[test]
fn every_kind_can_be_listed_and_every_record_read_in_the_form_that_the_document_declares() {
    let site = Site::clinic();
    let program = site.program(Role::IsmsManager);
    for kind in Kind::ALL {
        let name = kind.words().name;
        let page = program.get(&format!("/api/v1/{name}?limit=2"));
        assert_eq!(page.status, 200, "{name}: {}", page.text());
        for item in page.json()["items"].as_array().unwrap() {
            let path = format!("/api/v1/{name}/{}", item["ref"].as_str().unwrap());
            let answer = program.get(&path);
            assert_eq!((answer.status.as_u16(), &answer.json()), (200, item), "{path}");
            assert_eq!(answer.header("etag"), format!("\"{}\"", item["revision"]));
            for part in ["history", "links", "findings", "files"] {
                let answer = program.get(&format!("{path}/{part}"));
                assert_eq!(answer.status, 200, "{path}/{part}: {}", answer.text());
            }
        }
    }
}

fn refs(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|item| item["ref"].as_str().unwrap().to_owned()).collect()
}

/// Walks through a list by its cursors.
fn walk(site: &Site, path: &str, limit: usize, mut between: impl FnMut(usize)) -> Vec<String> {
    let program = site.program(Role::IsmsManager);
    let (mut all, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let page = program.get(&format!("{path}limit={limit}{cursor}"));
        assert_eq!(page.status, 200, "{}", page.text());
        let page = page.json();
        all.extend(refs(&page));
        pages += 1;
        let Some(next) = page["next"].as_str() else { return all };
        cursor = format!("&cursor={next}");
        between(pages);
    }
}

#[test]
fn pages_of_any_size_and_order_make_up_the_whole_list() {
    let site = Site::clinic();
    for path in [
        "risk?",
        "risk?sort=-title&",
        "risk?sort=current_value&",
        "risk?sort=-current_value&",
        "risk?sort=owner&",
        "asset?sort=-state&",
        "risk?sort=-updated_at&",
        "asset?where=state=active&sort=title&",
    ] {
        let path = format!("/api/v1/{path}");
        let whole = walk(&site, &path, 1000, |_| {});
        assert!(whole.len() > 5, "{path}");
        for limit in [1, 3, 7] {
            assert_eq!(walk(&site, &path, limit, |_| {}), whole, "{path} by {limit}");
        }
    }
}

#[test]
fn records_that_come_while_one_pages_shift_nothing_and_nothing_appears_twice() {
    let site = Site::clinic();
    for sort in ["", "sort=title&", "sort=-title&"] {
        let path = format!("/api/v1/risk?{sort}");
        let before = walk(&site, &path, 1000, |_| {});
        let program = site.program(Role::IsmsManager);
        let mut key = 0;
        let seen = walk(&site, &path, 4, |_| {
            for title in ["aaaa first of all", "zzzz last of all"] {
                key += 1;
                let answer = program.create("risk", &format!("{sort}{key}"), &json!({ "title": title }));
                assert_eq!(answer.status, 201, "{}", answer.text());
            }
        });
        let mut once = seen.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), seen.len(), "{sort}: something appears twice");
        assert!(before.iter().all(|one| seen.contains(one)), "{sort}: something is missing");
    }
}

#[test]
fn a_cursor_of_another_list_and_one_that_was_made_up_are_refused() {
    let site = Site::clinic();
    let program = site.program(Role::IsmsManager);
    let page = program.get("/api/v1/risk?limit=1").json();
    let next = page["next"].as_str().unwrap();
    for path in [
        format!("/api/v1/asset?limit=1&cursor={next}"),
        format!("/api/v1/risk?sort=title&cursor={next}"),
        format!("/api/v1/risk?where=state=active&cursor={next}"),
        "/api/v1/risk?cursor=AAAA".to_owned(),
        "/api/v1/risk?cursor=".to_owned(),
        format!("/api/v1/risk?cursor={}", "A".repeat(20_000)),
        "/api/v1/risk?cursor=%27%20OR%201=1--".to_owned(),
    ] {
        let answer = program.get(&path);
        answer.refuses(422);
        assert_eq!(answer.named(), ["cursor"]);
    }
}

#[test]
fn conditions_narrow_a_list_and_wrong_ones_are_named() {
    let site = Site::clinic();
    let program = site.program(Role::IsmsManager);
    let all = program.get("/api/v1/risk?limit=1").json()["total"].as_u64().unwrap();
    let high =
        program.get("/api/v1/risk?where=current_value%3E%3D10&where=state!%3Dclosed&fields=current_value").json();
    assert!(high["total"].as_u64().unwrap() < all);
    for item in high["items"].as_array().unwrap() {
        assert!(item["current_value"].as_i64().unwrap() >= 10);
        assert_eq!(item.as_object().unwrap().len(), 5, "only what was asked for, and what always is there: {item}");
    }
    for (query, named) in [
        ("where=nonsense", "where"),
        ("where=colour%3Dred", "colour"),
        ("sort=colour", "colour"),
        ("sort=-", ""),
        ("fields=title,colour", "fields"),
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=-1", "limit"),
        ("limit=%2B5", "limit"),
        ("limit=1&limit=2", "limit"),
        ("colour=red", "colour"),
        ("void=yes", "void"),
        ("asof=yesterday", "asof"),
        ("asof=99999999", "asof"),
    ] {
        let answer = program.get(&format!("/api/v1/risk?{query}"));
        answer.refuses(422);
        assert_eq!(answer.named(), [named], "{query}");
    }
    let many = "where=state!%3Dclosed&".repeat(51);
    program.get(&format!("/api/v1/risk?{many}")).refuses(422);
}

#[test]
fn who_has_the_newest_version_is_not_sent_it_again() {
    let site = Site::clinic();
    let program = site.program(Role::IsmsManager);
    let first = program.get("/api/v1/risk/R-0001");
    let etag = first.header("etag").to_owned();
    let read = |tags: &str| program.send("GET", "/api/v1/risk/R-0001", &[("if-none-match", tags)], "");
    let again = read(&etag);
    assert_eq!((again.status.as_u16(), again.body.len(), again.header("etag")), (304, 0, etag.as_str()));
    assert_eq!(read(&format!("W/{etag}")).status, 304);
    assert_eq!(read(&format!("\"0\", {etag}")).status, 304);
    assert_eq!(read("\"0\"").status, 200);
    let changed = program.json("PATCH", "/api/v1/risk/R-0001", &[("if-match", &etag)], &json!({ "notes": "seen" }));
    assert_eq!(changed.status, 200, "{}", changed.text());
    assert_eq!(read(&etag).status, 200);
}

#[test]
fn the_past_is_read_and_never_written() {
    let site = Site::clinic();
    let program = site.program(Role::IsmsManager);
    let before = program.get("/api/v1/risk/R-0001");
    let seq = site.size() - 1;
    let changed = json!({ "title": "Another title altogether" });
    let etag = before.header("etag");
    assert_eq!(program.json("PATCH", "/api/v1/risk/R-0001", &[("if-match", etag)], &changed).status, 200);
    let then = program.get(&format!("/api/v1/risk/R-0001?asof={seq}"));
    assert_eq!(then.json(), before.json());
    let list = program.get(&format!("/api/v1/risk?where=ref%3DR-0001&asof={seq}"));
    assert_eq!(list.json()["items"][0], before.json());
    let history = program.get(&format!("/api/v1/risk/R-0001/history?asof={seq}")).json();
    assert_eq!(history["items"].as_array().unwrap().len(), 1);
    let length = site.size();
    program.json("PATCH", &format!("/api/v1/risk/R-0001?asof={seq}"), &[("if-match", "\"2\"")], &changed).refuses(403);
    assert_eq!(site.size(), length);
}

#[test]
fn the_history_says_who_changed_which_field_and_the_proof_of_each_version_names_it() {
    let site = Site::clinic();
    let program = site.program(Role::IsmsManager);
    let etag = program.get("/api/v1/risk/R-0001").header("etag").to_owned();
    let path = "/api/v1/risk/R-0001?reason=because%20it%20was%20wrong";
    assert_eq!(program.json("PATCH", path, &[("if-match", &etag)], &json!({ "notes": "A note" })).status, 200);
    let history = program.get("/api/v1/risk/R-0001/history").json();
    let newest = &history["items"][0];
    assert_eq!(newest["changed"], json!(["notes"]));
    assert_eq!((newest["via"].as_str(), newest["reason"].as_str()), (Some("token"), Some("because it was wrong")));
    let proof = program.get("/api/v1/risk/R-0001/proof").json();
    assert_eq!(proof["seq"], newest["seq"]);
    assert_eq!(proof["disclosure"]["notes"]["value"], "A note");
    let first = program.get("/api/v1/risk/R-0001/proof?version=1").json();
    assert!(
        first["seq"].as_u64() < newest["seq"].as_u64()
            && first["disclosure"].get("notes") != proof["disclosure"].get("notes")
    );
    program.get("/api/v1/risk/R-0001/proof?version=9").refuses(422);
}
