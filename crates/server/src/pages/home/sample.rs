//! A sample that anybody can draw again: its address holds the population as it stood, a seed and a size.
//!
//! The records of the population are put in the order of the SHA-256 of the seed and their reference; the first ones are the
//! sample. Nobody chooses, and nobody can say afterwards that somebody did.

use askama::Template;
use attestry_model::AnyRecord;
use axum::extract::Path;
use axum::response::Response;
use sha2::{Digest as _, Sha256};

use super::stages::{SAMPLES, sample_size};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::Html;
use crate::labels;
use crate::places::{Frame, kind_of, list_path};
use crate::shell::{Shell, page, parameter, to};
use crate::show;

/// Most records of a sample.
const MOST: usize = 500;

#[derive(Template)]
#[template(path = "home/sample.html")]
struct SamplePage {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    title: String,
    sentence: String,
    asked: String,
    seed: String,
    entry: String,
    path: String,
    again: String,
    size: usize,
    most: usize,
    rows: Vec<(Html, Html)>,
    finding: String,
}

/// The first of a population in the order of the SHA-256 of the seed and the reference.
pub fn draw(seed: &str, mut population: Vec<String>, size: usize) -> Vec<String> {
    let place = |reference: &String| -> [u8; 32] { Sha256::digest(format!("{seed} {reference}").as_bytes()).into() };
    population.sort_by_cached_key(place);
    population.truncate(size);
    population
}

/// `GET /ready/sample/{kind}`: draws a sample, or shows the one that the address names.
pub async fn show(cx: Cx, Path(slug): Path<String>) -> Result<Response, Fault> {
    let kind = kind_of(&slug).ok_or(Fault::Absent)?;
    let (key, _) = SAMPLES.iter().find(|(_, one)| *one == kind).ok_or(Fault::Absent)?;
    let address = format!("/ready/sample/{slug}");
    let seed = parameter(&cx.query, "seed");
    let (Some(seed), true) = (seed, cx.is_past()) else {
        // The population is frozen at the newest entry, or where the date of the page says.
        let entry = cx.moment.as_ref().map_or_else(|| cx.current.size().saturating_sub(1), |moment| moment.past.seq);
        let seed = crate::once::secret();
        let size = parameter(&cx.query, "size").map(|size| format!("&size={}", crate::html::encode(&size)));
        return Ok(to(&format!(
            "{address}?seed={}&asof={entry}{}",
            &seed[..16.min(seed.len())],
            size.unwrap_or_default()
        )));
    };
    if !(1..=64).contains(&seed.len()) || !seed.bytes().all(|sign| sign.is_ascii_alphanumeric()) {
        return Err(Fault::field("seed", cx.say("sample-bad-seed").into_owned()));
    }
    let population = cx.records(kind).filter(|record| record.head().void_reason.is_none());
    let population: Vec<String> = population.map(|record| record.any_ref().to_string()).collect();
    let all = population.len();
    let size = match parameter(&cx.query, "size") {
        None => sample_size(all),
        Some(size) => match size.parse::<usize>() {
            Ok(size) if (1..=MOST).contains(&size) => size.min(all),
            _ => return Err(Fault::field("size", cx.say1("sample-bad-size", "most", MOST).into_owned())),
        },
    };
    let drawn = draw(&seed, population, size);
    let record = |name: &String| name.parse().ok().and_then(|reference| cx.isms.record(reference));
    let rows = drawn.iter().filter_map(record).map(|record: &dyn AnyRecord| {
        let mut link = String::new();
        show::link(&cx, record.any_ref(), &mut link);
        (Html(link), show::state(&cx, record))
    });
    let rows = rows.collect();
    let plural = labels::plural(cx.words, kind);
    let entry = cx.moment.as_ref().map_or(0, |moment| moment.past.seq);
    let what = plural.to_lowercase();
    let words = [("size", size.into()), ("all", all.into()), ("what", (&what).into())];
    let sentence = cx.with("sample-sentence", &words).into_owned();
    let (entry, refs) = (entry.to_string(), drawn.join(", "));
    let told = [
        ("sentence", (&sentence).into()),
        ("seed", (&seed).into()),
        ("entry", (&entry).into()),
        ("refs", (&refs).into()),
    ];
    let evidence = cx.with("sample-evidence", &told).into_owned();
    let title = cx.say1("sample-title", "what", &plural).into_owned();
    let frame = Frame::of_tab(&cx, "/readiness").then(title.clone(), Some(cx.href("/ready/stage-2")));
    page(&SamplePage {
        frame,
        shell: Shell::of(&cx),
        title,
        sentence,
        asked: cx.say(format!("stage-2-ask-{key}")).into_owned(),
        seed,
        entry,
        path: cx.href(&list_path(kind)),
        again: address,
        size,
        most: MOST.min(all.max(1)),
        rows,
        finding: format!("/audit-findings/new?objective_evidence={}", crate::html::encode(&evidence)),
        cx: cx.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::draw;

    #[test]
    fn the_same_seed_draws_the_same_records_and_another_one_others() {
        let population = || (1..=100).map(|number| format!("R-{number:04}")).collect::<Vec<_>>();
        let mut turned = population();
        turned.reverse();
        let first = draw("0123456789abcdef", population(), 10);
        assert_eq!(first, draw("0123456789abcdef", turned, 10), "the order of the register does not matter");
        assert_ne!(first, draw("fedcba9876543210", population(), 10));
        assert_eq!(draw("a", population(), 1_000).len(), 100);
        // A larger sample holds the smaller one: it can be extended.
        assert_eq!(draw("0123456789abcdef", population(), 20)[..10], first[..]);
        // Over many seeds every record is drawn about as often as any other.
        let mut counts = std::collections::BTreeMap::new();
        for seed in 0..2_000 {
            for one in draw(&seed.to_string(), population(), 10) {
                *counts.entry(one).or_insert(0_u32) += 1;
            }
        }
        assert!(counts.len() == 100 && counts.values().all(|count| (140..=260).contains(count)), "{counts:?}");
    }
}
