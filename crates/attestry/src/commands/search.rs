//! `search`: finds records by words.

use std::process::ExitCode;

use attestry_model::search;
use serde_json::{Value, json};

use crate::cli::Global;
use crate::failure::Failure;
use crate::output::{json as print_json, say, table};
use crate::site::Site;

pub fn run(global: Global, words: &str, limit: usize, as_of: Option<&str>) -> Result<ExitCode, Failure> {
    let site = Site::open(global, false)?;
    let organisation = site.organisation()?;
    let (isms, _) = Site::at(&organisation, as_of)?;
    let hits = search::search(&isms, words, limit);
    if site.global.json {
        let hit = |hit: &search::Hit<'_>| {
            json!({
                "ref": hit.record.any_ref().to_string(),
                "kind": hit.record.def().words.name,
                "state": hit.record.state(),
                "title": hit.record.head().title,
                "field": hit.field,
            })
        };
        let hits: Vec<Value> = hits.iter().map(hit).collect();
        print_json(&hits)?;
    } else if hits.is_empty() {
        say(format!("Nothing found for “{words}”. Fewer or shorter words find more."));
    } else {
        let rows = hits.iter().map(|hit| {
            vec![
                hit.record.any_ref().to_string(),
                hit.record.def().words.title.to_owned(),
                hit.record.state().to_owned(),
                hit.record.head().title.clone().unwrap_or_default(),
                hit.field.clone(),
            ]
        });
        say(table(&["ref", "kind", "state", "title", "found in"], rows));
    }
    Ok(ExitCode::SUCCESS)
}
