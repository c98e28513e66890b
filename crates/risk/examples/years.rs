//! Simulates a million years as often as the standard input says, for programs that measure it from outside.

use std::io::read_to_string;

use attestry_risk::quantitative::{Range, Run, Scenario, USUAL_LEVELS, never, simulate};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let times = read_to_string(std::io::stdin())?.trim().parse::<u64>()?;
    let scenario = Scenario::simple(1, "EUR", Range::Constant(0.5), Range::LogNormal { low: 50e3, high: 500e3 });
    for seed in 0..times {
        let found = simulate(&scenario, Run { years: 1_000_000, seed }, &never)?.summary(&USUAL_LEVELS);
        println!("{} {:?}", found.mean, found.percentiles);
    }
    Ok(())
}
