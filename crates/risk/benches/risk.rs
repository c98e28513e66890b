//! What a page costs: simulated years, exact distributions, and a whole register after one control changed.
//!
//! `benches/peers` compares the first of them with other people's programs.

use std::hint::black_box;

use attestry_risk::qualitative::{
    Asset, Cell, Control, Corrections, Overlap, Proposals, Scale, inherit, layout, proposals,
};
use attestry_risk::quantitative::{
    Effect, Portfolio, Range, Run, Scenario, USUAL_LEVELS, USUAL_POINTS, compound, never, simulate, simulate_treated,
    worth,
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const MILLION: usize = 1_000_000;

fn scenario(stream: u64) -> Scenario {
    Scenario::simple(stream, "EUR", Range::Constant(0.5), Range::LogNormal { low: 50e3, high: 500e3 })
}

fn years(bench: &mut Criterion) {
    let mut group = bench.benchmark_group("million years");
    group.sample_size(20).throughput(Throughput::Elements(MILLION as u64));
    let run = Run { years: MILLION, seed: 1 };
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool of one thread");
    group.bench_function("drawn on one core", |bench| {
        bench.iter(|| one.install(|| simulate(&scenario(1), run, &never)));
    });
    let summarised = |scenario: &Scenario| simulate(scenario, run, &never).map(|it| it.summary(&USUAL_LEVELS));
    group.bench_function("drawn and summarised on one core", |bench| {
        bench.iter(|| one.install(|| summarised(&scenario(1))));
    });
    let uncertain = Scenario::simple(1, "EUR", Range::pert(0.2, 0.6, 1.5), Range::pert(15e3, 60e3, 260e3));
    group.bench_function("PERT frequency and loss on one core", |bench| {
        bench.iter(|| one.install(|| summarised(&uncertain)));
    });
    group.bench_function("drawn and summarised on all cores", |bench| {
        bench.iter(|| summarised(&scenario(1)));
    });
    group.bench_function("before and after on all cores", |bench| {
        let effects = [Effect::default(), Effect { frequency: 0.7, magnitude: 0.2 }];
        bench.iter(|| simulate_treated(&scenario(1), &effects, run, &never));
    });
    group.finish();
}

fn portfolios(bench: &mut Criterion) {
    let mut group = bench.benchmark_group("portfolio");
    group.sample_size(10).throughput(Throughput::Elements(100 * MILLION as u64));
    let portfolio = Portfolio { scenarios: (0..100).map(scenario).collect(), common_causes: Vec::new() };
    group.bench_function("100 scenarios, a million years", |bench| {
        bench.iter(|| portfolio.simulate(Run { years: MILLION, seed: 1 }, &USUAL_LEVELS, &never));
    });
    group.finish();
}

fn exact(bench: &mut Criterion) {
    bench.bench_function("compound distribution by transform", |bench| {
        bench.iter(|| compound(&scenario(1), USUAL_POINTS).quantile(0.95));
    });
}

fn register(bench: &mut Criterion) {
    let likelihood = Scale::frequency(vec![(0.0, 0.05), (0.05, 0.2), (0.2, 1.0), (1.0, 6.0), (6.0, 100.0)]);
    let impact = Scale::money(vec![(0.0, 1e4), (1e4, 5e4), (5e4, 25e4), (25e4, 15e5), (15e5, 5e7)]);
    let control = Control { design: 80.0, operating: 90.0, implemented: true, on_likelihood: true, on_impact: true };
    let controls = vec![control; 6];
    bench.bench_function("proposals of 10,000 risks", |bench| {
        bench.iter(|| {
            let propose = |at: u8| {
                let inherent = Cell { likelihood: at % 5 + 1, impact: at % 4 + 1 };
                proposals(inherent, black_box(&controls), Overlap::default(), &likelihood, &impact)
            };
            (0..10_000_u32).filter_map(|at| propose(at.to_le_bytes()[0])).collect::<Vec<Proposals>>()
        });
    });
    let assets = (0..10_000_usize).map(|at| Asset {
        own: [at.to_le_bytes()[0] % 5 + 1; 3],
        inherits: true,
        redundant: false,
        depends_on: (1..=3).map(|step| at + step * 7).filter(|it| *it < 10_000).collect(),
    });
    let assets = assets.collect::<Vec<_>>();
    bench.bench_function("inheritance among 10,000 assets", |bench| {
        bench.iter(|| inherit(black_box(&assets), &Corrections::none(5)));
    });
    // Each of 10,000 assets leans on up to three of those behind it, some of which carry much.
    let target = |at: usize, step: usize| at + 1 + (at * 7919 + step * 104_729) % 1_250;
    let graph = (0..10_000_usize).map(|at| (0..at % 4).map(|step| target(at, step)).collect()).collect::<Vec<Vec<_>>>();
    bench.bench_function("layout of 10,000 assets", |bench| {
        bench.iter(|| layout(black_box(&graph)));
    });
    let effects = (0..50_usize).map(|control| {
        let share = |risk: usize| if (risk * 31 + control * 17).is_multiple_of(40) { 0.4 } else { 0.0 };
        (0..500).map(|risk| Effect { frequency: share(risk), magnitude: 0.0 }).collect::<Vec<_>>()
    });
    let (effects, losses) = (effects.collect::<Vec<_>>(), vec![1e5; 500]);
    bench.bench_function("worth of 50 controls over 500 risks", |bench| {
        bench.iter(|| worth(black_box(&losses), black_box(&effects)));
    });
}

criterion_group!(benches, years, portfolios, exact, register);
criterion_main!(benches);
