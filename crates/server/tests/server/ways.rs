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

/// The addresses of this program in the links of a page.
fn links(page: &str) -> BTreeSet<String> {
    let parts = page.split("href=\"").skip(1).filter_map(|rest| rest.split_once('"'));
    let ours =
        parts.map(|(href, _)| href.replace("&amp;", "&").replace("&#38;", "&")).filter(|href| href.starts_with('/'));
    ours.map(|href| href.split('#').next().unwrap_or_default().to_owned()).collect()
}

/// What an address looks like without its numbers: pages of the same shape have the same links.
fn shape(href: &str) -> String {
    href.chars().map(|sign| if sign.is_ascii_digit() { '0' } else { sign }).collect()
}

#[test]
fn no_link_leads_whoever_is_signed_in_to_a_refusal() {
    /// Pages of one shape that are looked at.
    const ALIKE: usize = 3;
    let site = Site::clinic();
    for (role, least) in [(Role::Employee, 25), (Role::ExternalAuditor, 60), (Role::RiskOwner, 60)] {
        let client = site.role(role);
        let mut waiting: Vec<(String, String)> = vec![("/".to_owned(), "the start".to_owned())];
        let (mut known, mut shapes) = (BTreeSet::new(), std::collections::BTreeMap::<String, usize>::new());
        let mut refused = Vec::new();
        while let Some((href, from)) = waiting.pop() {
            let alike = shapes.entry(shape(&href)).or_default();
            if *alike == ALIKE || known.len() == 400 || !known.insert(href.clone()) {
                continue;
            }
            *alike += 1;
            let answer = client.get(&href);
            match answer.status.as_u16() {
                200 => waiting.extend(links(&answer.text()).into_iter().map(|link| (link, href.clone()))),
                303 => waiting.push((answer.location().to_owned(), href.clone())),
                status => refused.push(format!("{href} of {from}: {status}")),
            }
        }
        assert!(known.len() >= least, "{role:?} is led to {} pages alone: {known:?}", known.len());
        assert!(refused.is_empty(), "{role:?} is led to {refused:#?}");
    }
}
