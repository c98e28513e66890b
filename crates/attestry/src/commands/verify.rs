//! `verify`: checks that nothing was altered.

use std::process::ExitCode;

use crate::cli::Global;
use crate::failure::Failure;
use crate::output::{Progress, json as print_json, say};
use crate::site::Site;
use attestry_store::Level;

pub fn run(global: Global, level: u8) -> Result<ExitCode, Failure> {
    let site = Site::open(global, false)?;
    let organisation = site.organisation()?;
    let level = Level::numbered(level).ok_or_else(|| Failure::input("the level is 0, 1, 2 or 3"))?;
    let progress = Progress::begin("Verifying");
    let result = organisation.verify(level, &mut |done, total| progress.at(done, total))?;
    drop(progress);
    if site.global.json {
        print_json(&result.to_json())?;
    } else if result.ok {
        say(format!("Verified: {} entries, root {}.", result.size, result.root.to_base64()));
    } else {
        say(format!("{} problems in {} entries:", result.problems.len(), result.size));
        for problem in &result.problems {
            say(format!("  {}: {}", problem.record, problem.what));
        }
    }
    Ok(if result.ok { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
