//! The worked examples of the method by simulation, as JSON: each figure with its standard error (0 where none is known). The
//! standard input says how many years and which seed. `benches/peers/check.py` compares them with another simulation.

use std::fmt::Write as _;
use std::io::read_to_string;

use attestry_risk::quantitative::{Cover, Range, Run, Scenario, Secondary, never, simulate};

const LEVELS: [f64; 5] = [0.5, 0.8, 0.9, 0.95, 0.99];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let input = read_to_string(std::io::stdin())?;
    let (years, seed) = input.trim().split_once(' ').ok_or("years and seed")?;
    let run = Run { years: years.parse()?, seed: seed.parse()? };
    let lognormal = |low, high| Range::LogNormal { low, high };
    let simple = |stream, frequency, loss| Scenario::simple(stream, "EUR", frequency, loss);
    let secondary = Secondary { probability: 0.3, loss: lognormal(50e3, 500e3) };
    let rare = simple(4, Range::pert(0.03, 0.08, 0.2), lognormal(180e3, 1.6e6));
    let scenarios = [
        ("A", simple(1, Range::Constant(0.5), lognormal(50e3, 500e3))),
        ("B", simple(2, Range::Constant(2.0), Range::Exponential { mean: 10e3 })),
        ("C", simple(3, Range::pert(0.2, 0.6, 1.5), lognormal(15e3, 260e3))),
        ("D", rare.clone()),
        ("E", Scenario { secondary: vec![secondary], ..simple(5, Range::Constant(0.6), lognormal(10e3, 100e3)) }),
        ("insured D", Scenario { cover: Some(Cover { deductible: 250e3, limit: 1e6 }), ..rare }),
    ];
    let mut said = String::new();
    for (name, scenario) in scenarios {
        let found = simulate(&scenario, run, &never)?.summary(&LEVELS);
        #[expect(clippy::cast_precision_loss, reason = "few years")]
        let free = (found.no_loss * (1.0 - found.no_loss) / run.years as f64).sqrt();
        let mut figures = format!("\"mean\":[{},{}]", found.mean, found.mean_error);
        write!(figures, ",\"no loss\":[{},{free}]", found.no_loss)?;
        for it in found.percentiles.iter().filter(|it| it.value > 0.0) {
            write!(figures, ",\"percentile {}\":[{},{}]", it.level, it.value, it.error)?;
            write!(figures, ",\"mean above {}\":[{},0]", it.level, it.tail_mean)?;
        }
        write!(said, "{}\"{name}\":{{{figures}}}", if said.is_empty() { "" } else { "," })?;
    }
    println!("{{{said}}}");
    Ok(())
}
