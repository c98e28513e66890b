//! A hundred scenarios over a million years: what comes out, and how much memory it takes (run it under `time -v`).

use attestry_risk::RunError;
use attestry_risk::quantitative::{CommonCause, Portfolio, Range, Run, Scenario, USUAL_LEVELS, never};

fn main() -> Result<(), RunError> {
    let loss = Range::LogNormal { low: 50e3, high: 500e3 };
    let scenarios = (0..100).map(|stream| Scenario::simple(stream, "EUR", Range::Constant(0.5), loss));
    let cause = CommonCause { members: (0..10).collect(), variation: 0.5 };
    let portfolio = Portfolio { scenarios: scenarios.collect(), common_causes: vec![cause] };
    let found = portfolio.simulate(Run { years: 1_000_000, seed: 1 }, &USUAL_LEVELS, &never)?;
    println!("exact mean {:?}, standard deviation {:?}", found.exact_mean, found.exact_standard_deviation);
    println!("mean {} ± {}", found.total.mean, found.total.mean_error);
    for it in found.total.percentiles {
        println!("{:>5.1} %: {:.0} ± {:.0}", it.level * 100.0, it.value, it.error);
    }
    Ok(())
}
