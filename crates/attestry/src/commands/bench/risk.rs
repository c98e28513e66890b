//! The calculating side: simulated years, a portfolio, the figures of a register and a drawing of dependencies.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use attestry_check::register::{Register, touched};
use attestry_model::records::Risk;
use attestry_model::stored::Stamp;
use attestry_model::{AnyRef, Isms, Kind, Ref};
use attestry_risk::RunError;
use attestry_risk::qualitative::layout;
use attestry_risk::quantitative::{Portfolio, Range, Run, Scenario, USUAL_LEVELS, never, simulate};
use serde_json::{Map, Value};

use super::{Measure, megabytes, millis, resident, seconds, timed};
use crate::commands::demo;
use crate::failure::Failure;

const MILLION: usize = 1_000_000;
const RISKS: u32 = 10_000;
const CONTROLS: u32 = 500;

fn scenario(stream: u64) -> Scenario {
    Scenario::simple(stream, "EUR", Range::Constant(0.5), Range::LogNormal { low: 50e3, high: 500e3 })
}

pub(super) fn measure(measure: &mut Measure<'_>) -> Result<(), Failure> {
    let failed = |error: RunError| Failure::Surroundings(error.to_string());
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    let one = one.map_err(|error| Failure::Surroundings(error.to_string()))?;
    let year = |seed| simulate(&scenario(1), Run { years: MILLION, seed }, &never).map(|it| it.summary(&USUAL_LEVELS));
    let best = one.install(|| (0..20).map(|seed| timed(|| year(seed))).min()).unwrap_or_default();
    measure(
        "simulated years on one core, Poisson x lognormal at 0.5 a year, with their summary".to_owned(),
        1.0 / best.as_secs_f64(),
        "M/s",
        "≥ 20",
    );
    let portfolio = Portfolio { scenarios: (0..100).map(scenario).collect(), common_causes: Vec::new() };
    let (before, asked, most) = (resident(), AtomicU64::new(0), AtomicU64::new(0));
    // Asked once for every block of years: a good moment to look at the memory.
    let look = || {
        if asked.fetch_add(1, Ordering::Relaxed).is_multiple_of(64) {
            most.fetch_max(resident(), Ordering::Relaxed);
        }
        false
    };
    let begun = Instant::now();
    portfolio.simulate(Run { years: MILLION, seed: 1 }, &USUAL_LEVELS, &look).map_err(failed)?;
    measure("100 scenarios over 1,000,000 years, all cores".to_owned(), seconds(begun), "s", "≤ 5 (2 cores)");
    let more = most.into_inner().saturating_sub(before);
    measure("memory for it".to_owned(), megabytes(more), "MB", "≤ 200");

    let isms = register()?;
    let best = (0..7).map(|_| timed(|| Register::of(&isms).len())).min().unwrap_or_default();
    measure(format!("all figures of {RISKS} risks"), millis(best), "ms", "");
    let mut figures = Register::of(&isms);
    let control = AnyRef { kind: Kind::Control, number: 1 };
    let count = touched(&isms, control).len();
    let best = (0..7).map(|_| timed(|| figures.renew(&isms, &isms, control).len())).min().unwrap_or_default();
    measure(format!("figures of {RISKS} risks after a change of a control of {count}"), millis(best), "ms", "≤ 10");
    let mut all = isms.clone();
    for risk in isms.live::<Risk>() {
        let mut risk = risk.clone();
        risk.body.existing_controls.push(Ref::new(CONTROLS));
        all.put(&risk);
    }
    let control = AnyRef { kind: Kind::Control, number: CONTROLS };
    let mut figures = Register::of(&all);
    let best = (0..7).map(|_| timed(|| figures.renew(&all, &all, control).len())).min().unwrap_or_default();
    let count = touched(&all, control).len();
    measure(format!("figures of {RISKS} risks after a change of a control of {count}"), millis(best), "ms", "≤ 10");

    let target = |at: usize, step: usize| at + 1 + (at * 7919 + step * 104_729) % 1_250;
    let graph: Vec<Vec<usize>> = (0..10_000).map(|at| (0..at % 4).map(|step| target(at, step)).collect()).collect();
    let best = (0..3).map(|_| timed(|| layout(&graph))).min().unwrap_or_default();
    measure("layout of 10,000 assets that depend on one another".to_owned(), best.as_secs_f64(), "s", "≤ 1 (drawn)");
    Ok(())
}

/// Ten thousand risks under the method of the demonstration, each with six of five hundred controls.
fn register() -> Result<Isms, Failure> {
    let now = jiff::Timestamp::now();
    let mut isms = Isms::default();
    let plan = attestry_exchange::import(&demo::files(), &isms, None, now)?;
    let mut put = |reference: AnyRef, mut fields: Map<String, Value>| -> Result<(), Failure> {
        fields.insert("created_at".to_owned(), now.to_string().into());
        let stamp = Stamp { number: reference.number, revision: 1, at: now, by: None };
        let record = reference.kind.read(stamp, fields);
        isms.put(record.map_err(|it| Failure::Surroundings(format!("{reference}: {it:?}")))?.as_ref());
        Ok(())
    };
    for record in plan.records.into_iter().filter(|it| it.reference.kind == Kind::Methodology) {
        put(record.reference, record.fields)?;
    }
    for number in 1..=CONTROLS {
        let fields = super::record(Kind::Control, number, 0).fields;
        put(AnyRef { kind: Kind::Control, number }, fields)?;
    }
    for number in 1..=RISKS {
        let mut fields = super::record(Kind::Risk, number, 0).fields;
        let controls = (0..6).map(|at| AnyRef { kind: Kind::Control, number: (number * 7 + at * 83) % CONTROLS + 1 });
        let controls = controls.map(|it| Value::from(it.to_string()));
        fields.insert("existing_controls".to_owned(), controls.collect());
        fields.insert("inherent_likelihood".to_owned(), (number % 5 + 1).into());
        fields.insert("inherent_impact".to_owned(), (number / 5 % 5 + 1).into());
        put(AnyRef { kind: Kind::Risk, number }, fields)?;
    }
    Ok(isms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_made_register_has_figures_that_follow_its_controls() {
        let isms = register().expect("a register");
        let figures = Register::of(&isms);
        assert_eq!(figures.len(), RISKS as usize);
        let control = AnyRef { kind: Kind::Control, number: 1 };
        let touched = touched(&isms, control);
        assert!(touched.len() >= 100, "a control of many risks: {}", touched.len());
        assert!(touched.iter().all(|risk| figures.get(*risk).is_some_and(|it| it.proposals.is_some())));
    }
}
