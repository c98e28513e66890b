//! `organisations`: the organisations in this place.

use std::process::ExitCode;

use serde_json::{Value, json};

use crate::cli::Global;
use crate::failure::Failure;
use crate::output::{json as print_json, say, table};
use crate::site::Site;

pub fn run(global: Global) -> Result<ExitCode, Failure> {
    let site = Site::open(global, false)?;
    let all = site.store.organisations()?;
    let clock = |simulated: bool| if simulated { "simulated" } else { "real" };
    if site.global.json {
        let one = |one: &attestry_store::Listed| json!({ "slug": one.slug, "name": one.name, "clock": clock(one.simulated), "size": one.size });
        let all: Vec<Value> = all.iter().map(one).collect();
        print_json(&all)?;
    } else if all.is_empty() {
        say("No organisation yet: attestry init --organisation NAME creates one.");
    } else {
        let rows = all
            .iter()
            .map(|one| vec![one.slug.clone(), one.name.clone(), clock(one.simulated).to_owned(), one.size.to_string()]);
        say(table(&["slug", "name", "clock", "entries"], rows));
    }
    Ok(ExitCode::SUCCESS)
}
