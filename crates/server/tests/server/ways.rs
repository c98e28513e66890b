//! Where the palette leads.

use std::collections::BTreeSet;

use attestry_model::kind::Role;
use serde_json::Value;

use crate::client::Site;

#[test]
fn every_way_that_the_palette_offers_leads_to_a_page_that_is_there() {
    let site = Site::clinic();
    for role in [Role::IsmsManager, Role::TopManagement, Role::RiskOwner, Role::ExternalAuditor, Role::Employee] {
        let client = site.role(role);
        let mut ways = BTreeSet::new();
        for letter in 'a'..='z' {
            for sign in ["", "%3E"] {
                let answer = client.get(&format!("/search.json?q={sign}{letter}"));
                let body: Value = serde_json::from_slice(&answer.body).unwrap();
                for group in body["groups"].as_array().unwrap() {
                    if group["label"] == "Go to" || group["label"] == "Do" {
                        let items = group["items"].as_array().unwrap().iter();
                        ways.extend(items.filter_map(|item| item["href"].as_str().map(str::to_owned)));
                    }
                }
            }
        }
        assert!(ways.len() > 2, "{role:?} is offered {ways:?}");
        let dead: Vec<_> = ways
            .iter()
            .filter(|way| way.starts_with('/'))
            .map(|way| (way, client.get(way).status.as_u16()))
            .filter(|(_, status)| !matches!(status, 200 | 303))
            .collect();
        assert!(dead.is_empty(), "{role:?} is led to {dead:?}");
    }
}
