//! Kills a writing process again and again, at random and at named places, and checks what it left behind.
//!
//! `crash drive CYCLES DIR [--database URL] [--lie] [--seed N]` runs the cycles; each starts `crash write …`, lets
//! clients write for a moment, and ends it with SIGKILL or by aborting at a failpoint. Clients log each operation with
//! fsync in another folder, as sent and as acknowledged. `--lie` has them log the acknowledgement too early: a control
//! run that must be found out.

mod check;
mod write;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use attestry_store::FAIL_SITES;

/// Cycles on one database, after which a new one is begun so that checking stays quick.
const GENERATION: u32 = 10;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["drive", cycles, folder, options @ ..] => drive(cycles, Path::new(folder), options),
        ["write", data, log, cycle, seed, site, count, lie, url @ ..] => {
            let run = write::Run {
                data: PathBuf::from(data),
                log: PathBuf::from(log),
                cycle: (*cycle).to_owned(),
                seed: seed.parse().unwrap_or(1),
                site: (*site).to_owned(),
                count: count.parse().unwrap_or(1),
                lie: *lie == "lie",
                database: url.first().map(|&url| url.to_owned()),
            };
            run.run()
        }
        _ => Err("usage: crash drive CYCLES DIR [--database URL] [--lie] [--seed N]".to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(cause) => {
            eprintln!("{cause}");
            ExitCode::FAILURE
        }
    }
}

/// A small generator (xorshift64*), so that a run can be repeated by its seed.
pub struct Dice(pub u64);

impl Dice {
    /// A number below `bound`.
    pub fn roll(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32) % bound.max(1)
    }
}

fn drive(cycles: &str, folder: &Path, options: &[&str]) -> Result<(), String> {
    let cycles: u32 = cycles.parse().map_err(|_| format!("{cycles} is not a number of cycles"))?;
    let value = |name: &str| {
        let at = options.iter().position(|&option| option == name)?;
        options.get(at + 1).map(|&value| value.to_owned())
    };
    let url = value("--database");
    let lie = options.contains(&"--lie");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(1, |since| since.as_secs());
    let seed = value("--seed").and_then(|seed| seed.parse().ok()).unwrap_or(now | 1);
    println!("seed {seed}");
    let mut dice = Dice(seed);
    let (start, mut acknowledged, mut in_doubt) = (Instant::now(), 0, 0);
    for cycle in 0..cycles {
        let generation = cycle / GENERATION;
        let place = check::Place::new(folder, generation, url.as_deref());
        if cycle % GENERATION == 0 {
            place.prepare()?;
        }
        // Half of the cycles end at a place, each in its turn, the others at any moment.
        let site = if cycle % 2 == 0 { "" } else { FAIL_SITES[(cycle as usize / 2) % FAIL_SITES.len()] };
        let count = dice.roll(60) + 1;
        let lie = if lie { "lie" } else { "honest" };
        let mut command = Command::new(std::env::current_exe().map_err(|error| error.to_string())?);
        command.arg("write").arg(&place.data).arg(&place.log);
        command.args([
            cycle.to_string(),
            dice.roll(u64::MAX).to_string(),
            site.to_owned(),
            count.to_string(),
            lie.to_owned(),
        ]);
        command.args(&place.database);
        let mut child = command.spawn().map_err(|error| error.to_string())?;
        let patience =
            if site.is_empty() { Duration::from_millis(150 + dice.roll(500)) } else { Duration::from_secs(5) };
        let began = Instant::now();
        let ended = loop {
            if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
                break Some(status);
            }
            if began.elapsed() >= patience {
                break None;
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        match ended {
            None => {
                child.kill().and_then(|()| child.wait()).map_err(|error| error.to_string())?;
            }
            // An exit with a code is a writer that gave up by itself.
            Some(status) if status.code().is_some() => {
                return Err(format!("cycle {cycle}: the writer ended with {status}"));
            }
            Some(_) => {}
        }
        let how = if site.is_empty() { "killed".to_owned() } else { format!("{site} ×{count}") };
        let tally = place.check().map_err(|cause| format!("cycle {cycle} ({how}), seed {seed}: {cause}"))?;
        if std::env::var_os("CRASH_VERBOSE").is_some() {
            println!("cycle {cycle} ({how}): {tally}");
        }
        if cycle % GENERATION == GENERATION - 1 || cycle + 1 == cycles {
            acknowledged += tally.acknowledged;
            in_doubt += tally.in_doubt;
            place.remove();
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{cycles} cycles in {seconds:.0} s: {acknowledged} operations acknowledged, none lost; {in_doubt} in doubt"
    );
    Ok(())
}
