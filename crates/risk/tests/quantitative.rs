//! Every worked example of the quantitative method that needs no drawing, to six digits.

#![expect(clippy::cast_precision_loss, reason = "small counts")]
#![expect(clippy::unwrap_used, reason = "a test fails by a panic, in its helpers too")]
#![expect(clippy::float_cmp, reason = "where two numbers must agree to the last bit")]

use attestry_risk::RunError;
use attestry_risk::qualitative::Scale;
use attestry_risk::quantitative::*;
use attestry_risk::special::{beta_cdf, gamma_cdf, kummer, poisson_mass};

const A: Range = Range::LogNormal { low: 5e4, high: 5e5 };
const C: Range = Range::LogNormal { low: 15e3, high: 26e4 };
const D: Range = Range::LogNormal { low: 18e4, high: 16e5 };
const P: Range = Range::LogNormal { low: 1e4, high: 1e5 };

fn scenario(frequency: Range, loss: Range) -> Scenario {
    Scenario::simple(1, "EUR", frequency, loss)
}

fn a() -> Scenario {
    scenario(Range::Constant(0.5), A)
}

fn b() -> Scenario {
    scenario(Range::Constant(2.0), Range::Exponential { mean: 1e4 })
}

fn c() -> Scenario {
    scenario(Range::pert(0.2, 0.6, 1.5), C)
}

fn d() -> Scenario {
    Scenario { stream: 2, ..scenario(Range::pert(0.03, 0.08, 0.2), D) }
}

fn e() -> Scenario {
    let secondary = vec![Secondary { probability: 0.3, loss: A }];
    Scenario { secondary, ..scenario(Range::Constant(0.6), P) }
}

/// As many digits as the expectation is written with.
fn within(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "{found} is not {expected}");
}

fn money(found: f64, expected: f64) {
    within(found, expected, 0.005_01);
}

fn share(found: f64, expected: f64) {
    within(found, expected, 5.01e-7);
}

#[test]
fn the_tree_multiplies_to_the_frequency_of_the_oracle() {
    let frequency = Frequency::Threats {
        attempts: Attempts::Contacts { contacts: Range::Constant(48.0), action: Range::Constant(0.25) },
        susceptibility: Susceptibility::Probability(Range::Constant(0.05)),
    };
    share(frequency.moments()[0], 0.6);
    let attempts = Frequency::Threats {
        attempts: Attempts::Rate(Range::Constant(12.0)),
        susceptibility: Susceptibility::Probability(Range::Constant(0.05)),
    };
    share(attempts.moments()[0], 0.6);
}

#[test]
fn susceptibility_is_the_probability_that_the_attack_is_stronger() {
    let uniform = |low, high| Range::Uniform { low, high };
    for (attack, resistance, expected) in [
        (uniform(0.0, 1.0), uniform(0.0, 1.0), 0.5),
        (uniform(0.0, 1.0), uniform(0.5, 1.5), 0.125),
        (uniform(0.0, 1.0), Range::Constant(0.3), 0.7),
        (Range::Constant(0.3), uniform(0.0, 1.0), 0.3),
        (Range::Constant(2.0), Range::Constant(1.0), 1.0),
        // Of two exponential strengths the one with the greater mean wins by the ratio of means.
        (Range::Exponential { mean: 1.0 }, Range::Exponential { mean: 3.0 }, 0.25),
        (Range::LogNormal { low: 1.0, high: 4.0 }, Range::LogNormal { low: 1.0, high: 4.0 }, 0.5),
    ] {
        within(Susceptibility::Strength { attack, resistance }.mean(), expected, 2e-6);
    }
}

#[test]
fn closed_forms_agree_with_oracle_a() {
    let found = exact(&a()).unwrap();
    money(found.mean, 101_000.32);
    money(found.standard_deviation(), 182_482.19);
    within(found.skewness, 2.9489, 5.01e-5);
    share(found.no_loss, 0.606_531);
    for (x, expected) in [(1e5, 0.310_516), (25e4, 0.120_313), (5e5, 0.024_690), (1e6, 0.002_100)] {
        share(largest_loss_exceedance(&a(), x).unwrap(), expected);
    }
}

#[test]
fn closed_forms_agree_with_oracle_b() {
    let found = exact(&b()).unwrap();
    money(found.mean, 20_000.0);
    money(found.standard_deviation(), 20_000.0);
    share(found.no_loss, 0.135_335);
    let above = |x: f64| {
        let below = (1..80).map(f64::from).map(|k| poisson_mass(k, 2.0) * gamma_cdf(x / 1e4, k));
        1.0 - poisson_mass(0.0, 2.0) - below.sum::<f64>()
    };
    for (x, expected) in [(1e4, 0.605_703), (2e4, 0.396_499), (4e4, 0.148_064), (6e4, 0.048_769)] {
        share(above(x), expected);
    }
    for (level, x) in [(0.9, 47_284.1), (0.95, 59_569.2), (0.99, 86_225.7)] {
        within(above(x), 1.0 - level, 2e-6 * (1.0 - level) * 10.0);
    }
    // The transform must agree with this exact sum wherever it is asked.
    let transform = compound(&b(), USUAL_POINTS);
    for x in [500.0, 1e4, 2e4, 4e4, 6e4, 1e5, 2e5] {
        within(transform.exceedance(x), above(x), 2e-6);
    }
}

#[test]
fn closed_forms_agree_with_oracles_c_d_and_e() {
    let found = exact(&c()).unwrap();
    money(found.mean, 62_150.44);
    money(found.standard_deviation(), 111_607.93);
    share(found.no_loss, 0.518_933);
    let found = exact(&d()).unwrap();
    money(found.mean, 61_331.74);
    money(found.standard_deviation(), 253_400.11);
    share(found.no_loss, 0.912_843);
    share((-0.03_f64).exp() * kummer(2.176_470_588_235_294, 6.0, -0.17), 0.912_843);
    money(e().mean_loss(), 101_000.32);
    let found = exact(&e()).unwrap();
    money(found.mean, 60_600.19);
    within(found.standard_deviation(), 128_546.5, 0.0501);
    let both = Portfolio { scenarios: vec![c(), d()], common_causes: Vec::new() };
    let (mean, deviation) = both.exact().unwrap();
    money(mean, 123_482.18);
    within(deviation, 276_889.8, 0.0501);
}

/// The oracle's figures come from a coarse grid, with half a step of bias; it grants 0.5 %, besides the last digit written.
fn half_a_percent(found: f64, expected: f64) {
    within(found, expected, 0.005 * expected);
}

#[test]
fn the_transform_agrees_with_oracle_a() {
    let found = compound(&a(), USUAL_POINTS);
    for (level, expected) in [(0.8, 191_750.0), (0.9, 328_250.0), (0.95, 468_500.0), (0.99, 815_250.0)] {
        half_a_percent(found.quantile(level), expected);
    }
    for (x, expected) in [(1e5, 0.3150), (25e4, 0.1484), (5e5, 0.0429), (1e6, 0.0045)] {
        within(found.exceedance(x), expected, 0.005 * expected + 5e-5);
    }
    half_a_percent(found.tail_mean(0.95), 687_967.0);
    within(found.mean() / exact(&a()).unwrap().mean, 1.0, 1e-6);
    within(found.standard_deviation() / exact(&a()).unwrap().standard_deviation(), 1.0, 1e-5);
    share(found.no_loss(), 0.606_531);
}

#[test]
fn the_transform_agrees_with_oracles_b_c_and_d() {
    let found = compound(&b(), USUAL_POINTS);
    for (level, expected) in [(0.9, 47_284.1), (0.95, 59_569.2), (0.99, 86_225.7)] {
        within(found.quantile(level), expected, 0.2);
    }
    let found = compound(&c(), USUAL_POINTS);
    for (level, expected) in [(0.8, 108_700.0), (0.9, 188_800.0), (0.95, 275_600.0), (0.99, 507_500.0)] {
        half_a_percent(found.quantile(level), expected);
    }
    for (x, expected) in [(5e4, 0.3453), (1e5, 0.2163), (25e4, 0.0610), (5e5, 0.0105), (1e6, 0.0008)] {
        within(found.exceedance(x), expected, 0.005 * expected + 5e-5);
    }
    let found = compound(&d(), USUAL_POINTS);
    for (level, expected) in [(0.95, 491_000.0), (0.99, 1_272_000.0)] {
        half_a_percent(found.quantile(level), expected);
    }
    assert_eq!([found.quantile(0.8), found.quantile(0.9)], [0.0, 0.0]);
    for (x, expected) in [(25e4, 0.0768), (5e5, 0.0491), (1e6, 0.0172)] {
        half_a_percent(found.exceedance(x), expected);
    }
}

#[test]
fn the_transform_agrees_with_the_closed_forms_where_losses_have_parts() {
    let constant = Scenario { primary: vec![Range::Constant(1000.0), P], ..e() };
    for scenario in [e(), constant, scenario(Range::Gamma { shape: 5.0, rate: 6.0 }, Range::pert(1e3, 4e3, 2e4))] {
        let (closed, found) = (exact(&scenario).unwrap(), compound(&scenario, USUAL_POINTS));
        within(found.mean() / closed.mean, 1.0, 5e-6);
        within(found.standard_deviation() / closed.standard_deviation(), 1.0, 2e-5);
        within(found.no_loss(), closed.no_loss, 1e-6);
    }
}

#[test]
fn insurance_agrees_with_the_oracle() {
    let cover = Cover { deductible: 25e4, limit: 1e6 };
    money(cover.mean_payment(&D), 372_401.08);
    money(D.mean() - cover.mean_payment(&D), 296_672.46);
    within(d().mean_frequency(), 0.091_667, 5e-7);
    money(d().mean_frequency() * cover.mean_payment(&D), 34_136.77);
    for (loss, kept) in [(1e5, 1e5), (25e4, 25e4), (5e5, 25e4), (125e4, 25e4), (2e6, 1e6)] {
        assert_eq!(cover.kept(loss), kept);
    }
    let insured = Scenario { cover: Some(cover), ..d() };
    assert_eq!(exact(&insured), None);
    within(loss_per_event(&insured, USUAL_POINTS).mean() / 296_672.46, 1.0, 1e-6);
    let found = compound(&insured, USUAL_POINTS);
    within(found.mean() / (d().mean_frequency() * 296_672.46), 1.0, 1e-5);
}

#[test]
fn costs_and_returns_agree_with_the_oracle() {
    let cost = Cost { once: 18_000.0, yearly: 9_000.0, years: 5.0, interest: 0.05 };
    share(cost.recovery_factor(), 0.230_975);
    money(cost.per_year(), 13_157.55);
    let before = exact(&a()).unwrap().mean;
    let after = exact(&a().treated(Effect { frequency: 0.7, magnitude: 0.0 })).unwrap().mean;
    money(after, 30_300.10);
    let found = Return::of(before, after, cost.per_year());
    money(found.benefit, 70_700.22);
    // The oracle is the difference of two rounded amounts.
    within(found.net, 57_542.67, 0.01);
    within(found.ratio, 4.3734, 5.01e-5);
    share(Cost { interest: 0.0, ..cost }.recovery_factor(), 0.2);
    money(exact(&a().treated(Effect { frequency: 0.0, magnitude: 0.4 })).unwrap().mean, 60_600.19);
    assert_eq!(exact(&a().treated(Effect { frequency: 1.0, magnitude: 0.0 })).unwrap().mean, 0.0);
}

#[test]
fn a_smaller_loss_is_a_lognormal_with_the_same_spread() {
    let smaller = a().treated(Effect { frequency: 0.0, magnitude: 0.4 }).primary[0];
    let ((mu, sigma), (mu_before, sigma_before)) = (smaller.log_parameters().unwrap(), A.log_parameters().unwrap());
    within(mu, mu_before + 0.6_f64.ln(), 1e-12);
    within(sigma, sigma_before, 1e-12);
}

#[test]
fn a_control_that_fails_alone_brings_back_what_it_alone_takes_away() {
    // Oracle A: a control lowers 0.5 events a year to 0.15, of 202,000.64 each.
    let frequency = |share| Effect { frequency: share, magnitude: 0.0 };
    let found = |now, effect, before| loss_if_failing(now, effect, before).unwrap();
    let each = 202_000.64;
    money(found([0.15, each], frequency(0.7), None), 101_000.32);
    // Magnitude: of 40 % less for each event.
    money(found([0.5, each * 0.6], Effect { frequency: 0.0, magnitude: 0.4 }, None), 101_000.32);
    // The set of two on 100,000: 30 % and 50 % pass, 15,000 are left; the marginal worths of the oracle.
    let today = [0.15, 1e5];
    money(found(today, frequency(0.7), None) - 15e3, 35e3);
    money(found(today, frequency(0.5), None) - 15e3, 15e3);
    // Never more than before any control, never less than now.
    money(found(today, frequency(0.7), Some([0.4, 1e5])), 40e3);
    money(found(today, frequency(0.7), Some([0.1, 1e4])), 15e3);
    money(found(today, frequency(1.0), Some([2.0, 1e5])), 2e5);
    assert_eq!(loss_if_failing(today, frequency(1.0), None), None, "nothing says what it lets through");
    money(found([0.0, 1e5], frequency(1.0), None), 0.0);
}

#[test]
fn the_worth_of_controls_agrees_with_the_oracle() {
    let stops = |share| vec![Effect { frequency: share, magnitude: 0.0 }];
    let found = worth(&[1e5], &[stops(0.7), stops(0.5)]).unwrap();
    for (worth, [alone, marginal, part]) in found.iter().zip([[7e4, 35e3, 52_500.0], [5e4, 15e3, 32_500.0]]) {
        money(worth.alone, alone);
        money(worth.marginal, marginal);
        money(worth.share, part);
    }
    money(found.iter().map(|it| it.share).sum(), 85_000.0);
    let three = worth(
        &[1e5, 3e4],
        &[
            vec![Effect { frequency: 0.3, magnitude: 0.2 }, Effect::default()],
            vec![Effect { frequency: 0.5, magnitude: 0.0 }, Effect { frequency: 0.0, magnitude: 0.9 }],
            vec![Effect { frequency: 0.1, magnitude: 0.1 }, Effect { frequency: 0.4, magnitude: 0.0 }],
        ],
    );
    let shares = three.unwrap().iter().map(|it| it.share).sum::<f64>();
    money(shares, 1e5 * (1.0 - 0.56 * 0.5 * 0.81) + 3e4 * (1.0 - 0.1 * 0.6));
    by_all_sets_of_controls();
    let flaws = worth(&[1e5], &[vec![], stops(1.5)]).unwrap_err();
    let messages = flaws.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(
        messages,
        ["controls[0].effects: has 0 entries where 1 are needed", "controls[1].effects[0].frequency: 1.5 is above 1",]
    );
}

/// The shares against their definition: the mean benefit over all sets that may come before, weighed by how many orders there
/// are. Some controls stop everything, some nothing.
fn by_all_sets_of_controls() {
    let effect = |at: usize| Effect {
        frequency: [0.3, 0.0, 1.0, 0.05, 0.6, 0.999, 0.2][at % 7],
        magnitude: [0.0, 0.5, 0.0, 0.1, 0.9][at % 5],
    };
    let (controls, losses) = (9, [1e5, 3e4, 7e6]);
    let effects =
        (0..controls).map(|control| (0..3).map(|it| effect(control * 3 + it)).collect()).collect::<Vec<Vec<_>>>();
    let benefit = |set: usize| -> f64 {
        let passes = |scenario: usize| -> f64 {
            (0..controls).filter(|it| set >> it & 1 == 1).map(|it| effects[it][scenario].passes()).product()
        };
        losses.iter().enumerate().map(|(scenario, loss)| loss * (1.0 - passes(scenario))).sum()
    };
    let factorial = |n: u32| (1..=n).map(f64::from).product::<f64>();
    let found = worth(&losses, &effects).unwrap();
    let all = (1 << controls) - 1;
    for (control, found) in found.iter().enumerate() {
        let bit = 1 << control;
        let share = (0..=all).filter(|set| set & bit == 0).map(|set: usize| {
            let before = set.count_ones();
            let orders = factorial(before) * factorial(8 - before) / factorial(9);
            orders * (benefit(set | bit) - benefit(set))
        });
        within(found.share, share.sum(), 1e-6);
        within(found.alone, benefit(bit), 1e-6);
        within(found.marginal, benefit(all) - benefit(all ^ bit), 1e-6);
    }
    within(found.iter().map(|it| it.share).sum(), benefit(all), 1e-6);
    let many = vec![vec![effect(0), effect(4), effect(7)]; 200];
    let shares = worth(&losses, &many).unwrap().iter().map(|it| it.share).sum::<f64>();
    within(shares / losses.iter().sum::<f64>(), 1.0, 1e-9);
}

#[test]
fn history_teaches_as_in_the_oracle() {
    let prior = FrequencyBelief { shape: 2.0, rate: 4.0 };
    share(prior.mean(), 0.5);
    let after = prior.after(3, 2.0);
    assert_eq!(after, FrequencyBelief { shape: 5.0, rate: 6.0 });
    share(after.mean(), 0.833_333);
    let (low, high) = after.interval(0.9);
    // Gamma(5) by its Poisson form: P(X <= x) = P(N >= 5 | x).
    for (x, expected) in [(low * 6.0, 0.05), (high * 6.0, 0.95)] {
        within(attestry_risk::special::poisson_at_least(5, x), expected, 1e-12);
    }
    let again = FrequencyBelief::with_mean(0.5, 0.125_f64.sqrt());
    within(again.shape, 2.0, 1e-12);
    within(again.rate, 4.0, 1e-12);
}

#[test]
fn a_year_with_too_many_events_asks_for_reassessment_as_in_the_oracle() {
    let (probability, unusual) = back_test(3, 0.683_333);
    share(probability, 0.032_145);
    assert!(unusual);
    assert!(!back_test(2, 0.683_333).1);
}

#[test]
fn calibration_tells_narrow_intervals_from_wide_ones() {
    let estimates = |held: usize, of: usize| {
        (0..of).map(|at| Estimate { low: 1.0, high: 2.0, truth: if at < held { 1.5 } else { 3.0 } }).collect::<Vec<_>>()
    };
    for (held, of, verdict) in [
        (18, 20, Verdict::Calibrated),
        (8, 20, Verdict::Overconfident),
        (200, 200, Verdict::Underconfident),
        (3, 3, Verdict::Calibrated),
    ] {
        let found = calibration(&estimates(held, of)).unwrap();
        assert_eq!(found.verdict, verdict, "{held} of {of}: {found:?}");
        within(found.share, held as f64 / of as f64, 1e-12);
        assert!(found.low <= found.share && found.share <= found.high + 1e-12);
    }
    within(calibration(&estimates(18, 20)).unwrap().widen, 1.0, 1e-12);
    // z(0.95) / z(0.75)
    within(calibration(&estimates(10, 20)).unwrap().widen, 1.644_854 / 0.674_490, 1e-5);
    assert_eq!(calibration(&[]), None);
}

#[test]
fn quantities_become_levels_as_in_the_oracle() {
    let likelihood = Scale::frequency(vec![(0.0, 0.05), (0.05, 0.2), (0.2, 1.0), (1.0, 6.0), (6.0, 100.0)]);
    let impact = Scale::money(vec![(0.0, 1e4), (1e4, 5e4), (5e4, 25e4), (25e4, 15e5), (15e5, 5e7)]);
    within(c().mean_frequency(), 0.683, 5e-4);
    within(c().mean_loss(), 90_952.0, 0.5);
    assert_eq!((likelihood.level_of(c().mean_frequency()), impact.level_of(c().mean_loss())), (3, 3));
    within(C.quantile(0.9), 189_739.0, 0.5);
    let grid = loss_per_event(&c(), USUAL_POINTS).quantile(0.9);
    within(grid, C.quantile(0.9), 100.0);
    assert_eq!(impact.level_of(C.quantile(0.9)), 3);
}

#[test]
fn the_classic_single_number_agrees_with_the_oracle() {
    money(single_number_loss(800_000.0, 0.25, 0.2), 40_000.0);
}

#[test]
fn frequencies_of_beta_shape_have_their_shares() {
    share(beta_cdf(0.5, 3.0, 3.0), 0.5);
}

fn candidates(list: &[(f64, f64)]) -> Vec<Candidate> {
    list.iter()
        .map(|(cost, share)| Candidate { cost: *cost, effects: vec![Effect { frequency: *share, magnitude: 0.0 }] })
        .collect()
}

#[test]
fn the_cheapest_sufficient_set_is_proposed_with_its_reasons() {
    let candidates = candidates(&[(10.0, 0.6), (4.0, 0.4), (5.0, 0.5), (100.0, 0.9)]);
    let found = propose(&[100.0], &candidates, Wish { residual: 30.0, budget: 50.0 }).unwrap();
    assert_eq!((found.met, found.proven, found.chosen), (true, true, vec![1, 2]));
    money(found.cost, 9.0);
    money(found.residual, 30.0);
    money(found.floor, 100.0 * 0.4 * 0.6 * 0.5 * 0.1);
    assert_eq!(found.reasons.iter().map(|it| it.candidate).collect::<Vec<_>>(), [2, 1]);
    money(found.reasons[0].residual_without, 60.0);
    // What cannot be reached is brought as low as the money goes.
    let found = propose(&[100.0], &candidates, Wish { residual: 1.0, budget: 16.0 }).unwrap();
    assert_eq!((found.met, found.chosen), (false, vec![0, 2]));
    // Nothing is needed where little is at stake.
    assert_eq!(propose(&[100.0], &candidates, Wish { residual: 100.0, budget: 0.0 }).unwrap().chosen, []);
}

#[test]
fn a_limit_of_two_amounts_is_reached_by_either_or_by_some_of_both() {
    let one = |cost: f64, frequency: f64, magnitude: f64| Candidate {
        cost,
        effects: vec![Effect { frequency, magnitude: 0.0 }, Effect { frequency: 0.0, magnitude }],
    };
    // Ten events of 100: at most one event of any size up to 200, or any number of events of at most 10.
    let candidates = [one(50.0, 0.95, 0.0), one(20.0, 0.0, 0.92), one(5.0, 0.3, 0.3), one(9.0, 0.0, 0.0)];
    let goal = Goal::Within(vec![vec![1.0, 200.0], vec![f64::MAX, 10.0]]);
    let found = search(&[10.0, 100.0], &candidates, &goal, 1e9, &never).unwrap();
    assert_eq!((found.met, found.proven, found.chosen.as_slice()), (true, true, [1].as_slice()));
    money(found.left[0], 10.0);
    money(found.left[1], 8.0);
    money(found.residual, 0.8);
    assert_eq!(found.spared.iter().map(|it| it.candidate).collect::<Vec<_>>(), [0, 2, 3]);
    // What brings nothing leaves what was left, and alone it leaves everything.
    money(found.spared[2].residual_with, found.residual);
    money(found.spared[2].residual_alone, 10.0);
    money(found.reasons[0].residual_alone, 0.8);
    // The events alone are the only way when the harm cannot be lowered that far.
    let goal = Goal::Within(vec![vec![1.0, 200.0], vec![f64::MAX, 1.0]]);
    let found = search(&[10.0, 100.0], &candidates, &goal, 1e9, &never).unwrap();
    assert_eq!(found.chosen, [0]);
    // Within too small a budget the set that comes nearest is named, with what no money reaches.
    let found = search(&[10.0, 100.0], &candidates, &goal, 10.0, &never).unwrap();
    assert_eq!((found.met, found.chosen.as_slice()), (false, [2].as_slice()));
    money(found.left_of_all[0], 10.0 * 0.05 * 0.7);
    let wrong = search(&[10.0], &candidates[..1], &goal, 10.0, &never);
    assert!(matches!(wrong, Err(RunError::Flaws(flaws)) if flaws.iter().any(|it| it.field == "within[0]")));
}

#[test]
fn the_search_for_a_set_can_be_given_up() {
    let many: Vec<(f64, f64)> = (0..20).map(|i| (10.0 + f64::from(i % 7), 0.1 + f64::from(i % 5) / 100.0)).collect();
    let goal = Goal::Total(1e-9);
    let given_up = search(&[100.0], &candidates(&many), &goal, 90.0, &|| true);
    assert_eq!(given_up, Err(RunError::Cancelled));
    assert!(search(&[100.0], &candidates(&many), &goal, 90.0, &never).is_ok());
}

#[test]
fn the_heuristic_comes_near_the_proven_best() {
    // A deterministic medley of costs and shares; the exact search sees the first 18, the heuristic those and useless ones.
    let medley = |n: u32| {
        let list =
            (0..n).map(|i| (3.0 + f64::from(i * 37 % 23), 0.05 + f64::from(i * 53 % 31) / 60.0)).collect::<Vec<_>>();
        candidates(&list)
    };
    for residual in [60.0, 30.0, 10.0, 3.0] {
        let wish = Wish { residual, budget: 1e6 };
        let best = propose(&[100.0], &medley(18), wish).unwrap();
        let mut more = medley(18);
        more.extend(candidates(&[(1e5, 0.0); 8]));
        let found = propose(&[100.0], &more, wish).unwrap();
        assert!(best.met && best.proven && found.met && !found.proven, "{residual}");
        assert!(
            found.cost >= best.cost - 1e-9 && found.cost <= best.cost * 1.1,
            "{} instead of {}",
            found.cost,
            best.cost
        );
    }
}

#[test]
fn the_input_that_matters_most_stands_first() {
    let found = sensitivity(&c(), 50_000, 1).unwrap();
    assert_eq!(found.iter().map(|it| it.input.as_str()).collect::<Vec<_>>(), ["primary[0]", "frequency.losses"]);
    within(found.iter().map(|it| it.share).sum(), 1.0, 1e-12);
    assert!(found.iter().all(|it| it.rank_correlation > 0.2 && it.mean_if_low < it.mean_if_high));
    within(found[1].mean_if_high, 1.105_629 * c().mean_loss(), 1.0);
    assert_eq!(found, sensitivity(&c(), 50_000, 1).unwrap());
    let strengths = Frequency::Threats {
        attempts: Attempts::Rate(Range::pert(1.0, 2.0, 4.0)),
        susceptibility: Susceptibility::Strength {
            attack: Range::Uniform { low: 0.0, high: 1.0 },
            resistance: Range::Uniform { low: 0.5, high: 1.5 },
        },
    };
    let found = sensitivity(&Scenario { frequency: strengths, ..e() }, 50_000, 1).unwrap();
    let resistance = found.iter().find(|it| it.input == "frequency.resistance").unwrap();
    assert!(resistance.rank_correlation < -0.1 && resistance.mean_if_low > resistance.mean_if_high);
    assert!(found.iter().any(|it| it.input == "secondary[0].loss"));
}
