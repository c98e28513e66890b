//! Every worked example of the qualitative method, to six digits, and what its checks must find.

use attestry_risk::qualitative::bands::{Band, BandFlaw, Bands, Decision};
use attestry_risk::qualitative::control::{self, Control, Formula, Overlap, combined, level_reduction, proposals};
use attestry_risk::qualitative::impact::{
    Property, impact_from_assets, likelihood_from_threat, maximum, summed_money, weighted_sum,
};
use attestry_risk::qualitative::inherit::{Asset, Corrections, Cycles, Need, inherit, inherit_explained};
use attestry_risk::qualitative::matrix::{Cell, Matrix, MatrixFlaw};
use attestry_risk::qualitative::register::{HeatMap, Standing, index, precedence, share_within};
use attestry_risk::qualitative::scale::{Scale, ScaleFlaw};
use proptest::prelude::*;

fn likelihood() -> Scale {
    Scale::frequency(vec![(0.0, 0.05), (0.05, 0.2), (0.2, 1.0), (1.0, 6.0), (6.0, 100.0)])
}

fn impact() -> Scale {
    Scale::money(vec![(0.0, 1e4), (1e4, 5e4), (5e4, 25e4), (25e4, 15e5), (15e5, 5e7)])
}

fn bands() -> Bands {
    let band = |name: &str, low, high| Band { name: name.to_owned(), low, high };
    let bands = vec![
        band("low", 1, 4),
        band("medium", 5, 6),
        band("elevated", 7, 9),
        band("high", 10, 15),
        band("extreme", 16, 25),
    ];
    Bands { bands, acceptance_max: 6, absolute_max: 15 }
}

fn close(found: f64, expected: f64) {
    // As many digits as the expectation is written with.
    let tolerance = if expected.abs() < 100.0 { 5.1e-7 } else { 0.0051 };
    assert!((found - expected).abs() <= tolerance, "{found} is not {expected}");
}

#[test]
fn the_clinics_scales_matrix_and_bands_have_no_flaws() {
    assert_eq!((likelihood().flaws(), impact().flaws()), (vec![], vec![]));
    let matrix = Matrix::product(5, 5);
    assert_eq!(matrix.flaws(), []);
    assert_eq!(matrix.range(), Some((1, 25)));
    assert_eq!(bands().flaws((1, 25)), []);
    assert_eq!(Matrix::sum(4, 3).flaws(), []);
    assert_eq!((matrix.value(4, 3), Matrix::sum(4, 3).value(4, 3), matrix.value(6, 1)), (Some(12), Some(7), None));
}

#[test]
fn middles_of_bands_agree_with_the_oracle() {
    for (level, expected) in (1..).zip([0.022_361, 0.1, 0.447_214, 2.449_490, 24.494_897]) {
        close(likelihood().middle(level).unwrap(), expected);
    }
    for (level, expected) in (1..).zip([3_162.28, 22_360.68, 111_803.40, 612_372.44, 8_660_254.04]) {
        close(impact().middle(level).unwrap(), expected);
    }
    assert_eq!((likelihood().middle(0), likelihood().middle(6)), (None, None));
}

#[test]
fn bands_hold_their_lower_bound_and_not_their_upper() {
    for (frequency, level) in [(0.0, 1), (0.049, 1), (0.05, 2), (0.2, 3), (5.99, 4), (6.0, 5), (100.0, 5), (1e9, 5)] {
        assert_eq!(likelihood().level_of(frequency), level, "{frequency}");
    }
}

#[test]
fn a_scale_tells_each_flaw_at_its_level() {
    let flaws = |bands: &[(f64, f64)]| Scale::frequency(bands.to_vec()).flaws();
    assert_eq!(flaws(&[(0.0, 1.0), (1.0, 2.0)]), [ScaleFlaw::Levels(2)]);
    assert_eq!(
        flaws(&[(0.0, 1.0), (2.0, 3.0), (3.0, 3.0), (3.0, f64::INFINITY)]),
        [ScaleFlaw::Inverted(3, 3.0, 3.0), ScaleFlaw::Bound(4), ScaleFlaw::Apart { level: 1, end: 1.0, start: 2.0 },]
    );
}

#[test]
fn a_matrix_names_every_offending_cell() {
    let cell = |likelihood, impact| Cell { likelihood, impact };
    let rows =
        vec![vec![Some(1), Some(2), None], vec![Some(3), Some(1), Some(4)], vec![Some(3), Some(5), Some(6), Some(9)]];
    let flaws = Matrix::free(3, 3, rows).flaws();
    assert_eq!(
        flaws,
        [
            MatrixFlaw::Hole(cell(1, 3)),
            MatrixFlaw::Falls { from: cell(1, 2), high: 2, to: cell(2, 2), low: 1 },
            MatrixFlaw::Falls { from: cell(2, 1), high: 3, to: cell(2, 2), low: 1 },
            MatrixFlaw::Outside(cell(3, 4)),
        ]
    );
    assert_eq!(flaws[1].to_string(), "the value falls from 2 at likelihood 1, impact 2 to 1 at likelihood 2, impact 2");
}

#[test]
fn bands_name_gaps_overlaps_and_limits() {
    let mut wrong = bands();
    wrong.bands[1].high = 8;
    wrong.bands[3].low = 11;
    wrong.bands[4].high = 24;
    wrong.absolute_max = 5;
    assert_eq!(
        wrong.flaws((1, 25)),
        [
            BandFlaw::Overlap { low: 7, high: 8, first: "medium".into(), second: "elevated".into() },
            BandFlaw::Gap(10, 10),
            BandFlaw::Gap(25, 25),
            BandFlaw::Limits { acceptance: 6, absolute: 5 },
        ]
    );
    wrong = bands();
    wrong.bands[0].low = 0;
    wrong.bands[2] = Band { name: "elevated".into(), low: 9, high: 7 };
    assert_eq!(
        wrong.flaws((1, 25)),
        [BandFlaw::Beyond("low".into(), 1, 25), BandFlaw::Inverted("elevated".into(), 9, 7), BandFlaw::Gap(7, 9),]
    );
}

#[test]
fn a_value_decides_who_may_accept() {
    for (value, decision) in [
        (6, Decision::OwnerMayAccept),
        (7, Decision::AuthorityMayAccept),
        (15, Decision::AuthorityMayAccept),
        (16, Decision::AcceptanceForbidden),
    ] {
        assert_eq!(bands().decision(value), decision, "{value}");
    }
    assert_eq!(bands().band_of(9).map(|it| it.name.as_str()), Some("elevated"));
    assert_eq!(bands().band_of(26), None);
}

#[test]
fn impact_from_dimensions_and_assets_agrees_with_the_oracle() {
    let levels = [4, 2, 3, 3];
    assert_eq!(maximum(&levels), Some(4));
    assert_eq!(weighted_sum(&levels, &[0.4, 0.2, 0.2, 0.2], 5), Some(3));
    assert_eq!(weighted_sum(&[2, 3], &[0.5, 0.5], 5), Some(3), "a half is rounded up");
    assert_eq!(weighted_sum(&[4, 1], &[0.5, 0.5], 5), Some(3), "not to the even level");
    assert_eq!(weighted_sum(&levels, &[0.4, 0.2, 0.2, 0.1], 5), None);
    assert_eq!(weighted_sum(&levels, &[1.0], 5), None);
    assert_eq!(summed_money(&[20_000.0, 29_999.0], &impact()), 2);
    assert_eq!(summed_money(&[20_000.0, 30_000.0], &impact()), 3);
    assert_eq!(impact_from_assets(&[[4, 5, 3]], &[Property::Confidentiality, Property::Availability]), Some(4));
    assert_eq!(impact_from_assets(&[[4, 5, 3]], &[]), None);
}

#[test]
fn likelihood_from_threat_and_ease_agrees_with_the_oracle() {
    for (threat, ease, expected) in [(4, 3, 4), (2, 2, 2), (5, 1, 3), (1, 2, 2)] {
        assert_eq!(likelihood_from_threat(threat, ease, 5), expected, "{threat}, {ease}");
    }
}

fn chain() -> Vec<Asset> {
    let asset =
        |own, depends_on: &[usize]| Asset { own, inherits: true, redundant: false, depends_on: depends_on.to_vec() };
    vec![asset([5, 5, 5], &[1]), asset([3, 3, 3], &[2]), asset([1, 1, 2], &[])]
}

#[test]
fn needs_are_inherited_as_in_the_oracle() {
    let none = Corrections::none(5);
    assert_eq!(inherit(&chain(), &none), Ok(vec![[5, 5, 5]; 3]));
    let mut redundant = chain();
    redundant[2].redundant = true;
    let distributed = Corrections { distribution: [false, false, true], ..none };
    assert_eq!(inherit(&redundant, &distributed), Ok(vec![[5, 5, 5], [5, 5, 5], [5, 5, 4]]));
    redundant[2].own = [1, 1, 5];
    assert_eq!(inherit(&redundant, &distributed).unwrap()[2], [5, 5, 5], "never less than its own");
    let mut apart = chain();
    apart[1].inherits = false;
    assert_eq!(inherit(&apart, &none), Ok(vec![[5, 5, 5], [3, 3, 3], [3, 3, 3]]));
}

#[test]
fn many_dependents_cumulate_up_to_the_highest_value() {
    let many = |count: usize, own| {
        let mut assets = vec![Asset { own: [1, 1, 1], inherits: true, ..Asset::default() }];
        let dependent = Asset { own, depends_on: vec![0], ..Asset::default() };
        assets.extend(vec![dependent; count]);
        assets
    };
    let cumulating = Corrections { cumulation: [Some(5), None, Some(5)], ..Corrections::none(5) };
    for (count, own, expected) in
        [(4, [3, 3, 2], [3, 3, 2]), (5, [3, 3, 2], [4, 3, 3]), (5, [5, 5, 4], [5, 5, 5]), (0, [1, 1, 1], [1, 1, 1])]
    {
        assert_eq!(inherit(&many(count, own), &cumulating).unwrap()[0], expected, "{count} of {own:?}");
    }
}

#[test]
fn circles_of_dependencies_are_named_one_per_knot() {
    let asset = |depends_on: &[usize]| Asset { depends_on: depends_on.to_vec(), ..Asset::default() };
    // 0 -> 1 -> 2 -> 0 leads to 3 -> 3 and to 4, which is on no circle; 5 stands apart.
    let assets = [asset(&[1]), asset(&[2, 3]), asset(&[0]), asset(&[3, 4]), asset(&[]), asset(&[99])];
    let Err(Cycles(mut found)) = inherit(&assets, &Corrections::none(5)) else { panic!("no circle was found") };
    for it in &mut found {
        let least = (0..it.len()).min_by_key(|at| it[*at]).unwrap();
        it.rotate_left(least);
    }
    found.sort();
    assert_eq!(found, [vec![0, 1, 2], vec![3]]);
    assert_eq!(Cycles(found).to_string(), "assets depend on themselves: #0 -> #1 -> #2 -> #0; #3 -> #3");
}

#[test]
fn controls_combine_as_in_the_oracle() {
    let both = |overlap| combined([0.5, 0.4], overlap);
    close(both(Overlap::Independent), 0.70);
    close(both(Overlap::Full), 0.50);
    close(both(Overlap::Partial(0.3)), 0.64);
    close(both(Overlap::default()), 0.64);
    close(combined([], Overlap::default()), 0.0);
}

#[test]
fn reductions_step_levels_down_as_in_the_oracle() {
    for (level, reduction, expected) in
        [(5, 0.80, 3), (4, 0.5, 3), (2, 0.95, 1), (5, 0.499, 5), (5, 0.75, 3), (5, 0.97, 1)]
    {
        assert_eq!(level_reduction(level, reduction), expected, "{level}, {reduction}");
    }
    for (reduction, steps) in [(0.0, 0), (0.5, 1), (0.75, 2), (0.9, 3), (0.9699, 3), (0.97, 4), (1.0, 4)] {
        assert_eq!(control::steps(reduction), steps, "{reduction}");
    }
}

fn control(design: f64, operating: f64, on_likelihood: bool, on_impact: bool) -> Control {
    Control { design, operating, implemented: true, on_likelihood, on_impact }
}

#[test]
fn the_first_worked_example_agrees_with_the_oracle() {
    let controls = [
        control(92.0, 97.0, true, false),
        control(60.0, 88.0, true, false),
        control(60.0, 90.0, false, true),
        control(80.0, 93.0, true, true),
    ];
    let inherent = Cell { likelihood: 5, impact: 4 };
    let found = proposals(inherent, &controls, Overlap::Independent, &likelihood(), &impact()).unwrap();
    close(found.likelihood_reduction, 0.986_998);
    close(found.impact_reduction, 0.88224);
    // The oracle multiplies by the reduction as written there, with six digits.
    close(likelihood().middle(5).unwrap() * 0.013_002, 0.318_483);
    assert!((found.frequency - 0.318_471).abs() < 2e-5, "{}", found.frequency);
    close(found.loss, 72_112.98);
    assert_eq!(found.by_rate, Cell { likelihood: 3, impact: 3 });
    assert_eq!(found.by_level, Cell { likelihood: 1, impact: 2 });
    let judged = Cell { likelihood: 2, impact: 3 };
    let residuals = [Formula::Judgement, Formula::LevelReduction, Formula::LogRateReduction];
    assert_eq!(residuals.map(|it| found.residual(it, judged)), [judged, found.by_level, found.by_rate]);
    assert!(!found.needs_reason(Cell { likelihood: 2, impact: 3 }), "between the two proposals");
    assert!(found.needs_reason(Cell { likelihood: 1, impact: 1 }));
}

#[test]
fn the_second_worked_example_agrees_with_the_oracle() {
    let controls = [control(59.5, 100.0, true, true), control(68.0, 100.0, false, true)];
    let inherent = Cell { likelihood: 2, impact: 5 };
    let found = proposals(inherent, &controls, Overlap::Independent, &likelihood(), &impact()).unwrap();
    close(found.frequency, 0.0405);
    close(found.impact_reduction, 0.8704);
    close(found.loss, 1_122_368.92);
    assert_eq!(found.by_rate, Cell { likelihood: 1, impact: 4 });
    assert_eq!(Matrix::product(5, 5).value(1, 4), Some(4));
}

#[test]
fn a_control_that_does_not_work_takes_nothing_away() {
    let failed = Control { implemented: false, ..control(90.0, 90.0, true, true) };
    let inherent = Cell { likelihood: 3, impact: 3 };
    let found = proposals(inherent, &[failed], Overlap::Independent, &likelihood(), &impact()).unwrap();
    assert_eq!((found.by_level, found.by_rate), (inherent, inherent));
    let none = Cell { likelihood: 6, impact: 1 };
    assert_eq!(proposals(none, &[], Overlap::Full, &likelihood(), &impact()), None);
}

#[test]
fn the_list_is_ordered_by_weight_and_stays_so() {
    let risk =
        |value, impact, on_people, deadline, identifier| Standing { value, impact, on_people, deadline, identifier };
    let mut risks = [
        risk(8, 2, false, 30, "R-0006"),
        risk(8, 4, false, 30, "R-0005"),
        risk(8, 4, false, 30, "R-0004"),
        risk(8, 4, false, 10, "R-0009"),
        risk(8, 4, true, 90, "R-0008"),
        risk(9, 1, false, 90, "R-0007"),
    ];
    risks.sort_by(precedence);
    let order = risks.map(|it| it.identifier);
    assert_eq!(order, ["R-0007", "R-0008", "R-0009", "R-0004", "R-0005", "R-0006"]);
}

#[test]
fn aggregates_agree_with_the_oracle() {
    close(index(&[6, 8, 10, 4], 25).unwrap(), 28.0);
    assert_eq!(index(&[], 25), None);
    close(share_within(&[6, 8, 10, 4], &bands()).unwrap(), 0.5);
    let map = HeatMap::of([(1, 4), (2, 3), (2, 3), (5, 5), (6, 1), (0, 3)], &Matrix::product(5, 5), &bands());
    assert_eq!((map.cells[1][2], map.cells[0][3], map.cells[4][4]), (2, 1, 1));
    assert_eq!((map.bands, map.misfits), (vec![1, 2, 0, 0, 1], 2));
}

proptest! {
    #[test]
    fn another_control_never_makes_a_proposal_worse(
        effects in prop::collection::vec(0.0..=1.0_f64, 0..6), more in 0.0..=1.0_f64, rho in 0.0..=1.0_f64,
    ) {
        for overlap in [Overlap::Independent, Overlap::Full, Overlap::Partial(rho)] {
            let before = combined(effects.iter().copied(), overlap);
            let after = combined(effects.iter().copied().chain([more]), overlap);
            prop_assert!(after >= before - 1e-12 && after <= 1.0 + 1e-12, "{before} becomes {after}");
            prop_assert!(level_reduction(5, after) <= level_reduction(5, before));
        }
    }

    #[test]
    fn what_supports_an_asset_needs_at_least_what_the_asset_needs(
        own in prop::collection::vec([1..=5_u8, 1..=5, 1..=5], 2..30), links in prop::collection::vec((0..30_usize, 0..30_usize), 0..60),
    ) {
        let mut assets = own.iter().map(|own| Asset { own: *own, inherits: true, ..Asset::default() }).collect::<Vec<_>>();
        for (from, to) in links {
            // Only to later places, so that there is no circle.
            let (from, to) = (from.min(to), from.max(to));
            if from < to && to < assets.len() {
                assets[from].depends_on.push(to);
            }
        }
        let found = inherit(&assets, &Corrections::none(5)).unwrap();
        for (at, asset) in assets.iter().enumerate() {
            let at_least = |it: [u8; 3], least: [u8; 3]| it.iter().zip(least).all(|(it, least)| *it >= least);
            prop_assert!(at_least(found[at], asset.own));
            prop_assert!(asset.depends_on.iter().all(|below| at_least(found[*below], found[at])));
        }
    }
}

#[test]
fn an_inherited_need_says_from_where_it_comes_and_what_was_corrected() {
    let asset =
        |own, depends_on: &[usize]| Asset { own, inherits: true, redundant: false, depends_on: depends_on.into() };
    // The worked example: records on the system of record, on the line.
    let mut assets = vec![asset([5, 5, 5], &[1]), asset([3, 3, 3], &[2]), asset([1, 1, 2], &[])];
    let needs = inherit_explained(&assets, &Corrections::none(5)).unwrap();
    assert_eq!(needs[0][0], Need { level: 5, ..Need::default() }, "its own");
    assert_eq!((needs[1][0].level, needs[1][0].from), (5, Some(0)));
    assert_eq!((needs[2][2].level, needs[2][2].from), (5, Some(1)));

    assets[2].redundant = true;
    let distribution = Corrections { distribution: [false, false, true], ..Corrections::none(5) };
    let line = inherit_explained(&assets, &distribution).unwrap()[2];
    assert_eq!(line.map(|it| it.level), [5, 5, 4]);
    assert!(line[2].distributed && !line[1].distributed);

    // Five that need 3 each: the sixth carries more than each of them.
    let mut many: Vec<Asset> = (0..5).map(|_| asset([3, 1, 1], &[5])).collect();
    many.push(asset([1, 1, 1], &[]));
    let cumulation = Corrections { cumulation: [Some(5), None, None], ..Corrections::none(5) };
    let carrier = inherit_explained(&many, &cumulation).unwrap()[5];
    assert_eq!((carrier[0].level, carrier[0].alike, carrier[0].cumulated), (4, 5, true));
    assert_eq!((carrier[1].level, carrier[1].from, carrier[1].cumulated), (1, None, false));
    many.remove(0);
    for it in &mut many[..4] {
        it.depends_on = vec![4];
    }
    assert_eq!(inherit(&many, &cumulation).unwrap()[4], [3, 1, 1], "four are not many");
}
