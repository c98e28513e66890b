//! The cheapest set of controls that brings the yearly loss down to what is wished, within a budget.

use std::cell::Cell;

use super::scenario::Effect;
use super::simulate::{Cancel, never};
use super::treatment::check_row;
use crate::flaw::{Flaw, Flaws, Reason, RunError};

/// Up to so many candidates every set is weighed, if only to be ruled out; above it a heuristic is used.
pub const MOST_EXACT: usize = 20;

/// A control that could be chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Its cost per year.
    pub cost: f64,
    /// Its effect on each scenario.
    pub effects: Vec<Effect>,
}

/// What is wished.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wish {
    /// The mean yearly loss of all scenarios together that may remain.
    pub residual: f64,
    /// What may be spent per year.
    pub budget: f64,
}

/// What a set of controls must reach.
#[derive(Debug, Clone, PartialEq)]
pub enum Goal {
    /// All amounts together may be so much at most.
    Total(f64),
    /// Each amount may be at most what one of these alternatives allows it: `alternatives[alternative][amount]`. So a risk may
    /// be brought under a limit of its matrix by fewer events, by smaller ones, or by some of both.
    Within(Vec<Vec<f64>>),
}

/// A set of controls, with the reasoning.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// Whether the wish is met. If not, the set is the one that leaves least within the budget.
    pub met: bool,
    /// The chosen candidates, rising.
    pub chosen: Vec<usize>,
    /// Their cost per year.
    pub cost: f64,
    /// Mean yearly loss that remains; under [`Goal::Within`] the greatest share of its limit that an amount reaches, in the
    /// alternative that is nearest: 1 or less meets the goal.
    pub residual: f64,
    /// What would remain if every candidate were chosen: no wish below it can be met at any price.
    pub floor: f64,
    /// What remains of each amount.
    pub left: Vec<f64>,
    /// What would remain of each amount if every candidate were chosen.
    pub left_of_all: Vec<f64>,
    /// Whether no better set exists. A heuristic proposal is good, not proven best.
    pub proven: bool,
    /// Each chosen control with what it costs and what would remain without it, the weightiest first.
    pub reasons: Vec<Because>,
    /// Each candidate that was not chosen, with what would remain if it were added, in the order of the candidates.
    pub spared: Vec<Spared>,
}

/// Why a control is in a proposal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Because {
    /// The candidate.
    pub candidate: usize,
    /// Its cost per year.
    pub cost: f64,
    /// Mean yearly loss that would remain if it alone were left out.
    pub residual_without: f64,
    /// Mean yearly loss that would remain if it were the only one.
    pub residual_alone: f64,
}

/// What a candidate that was not chosen would have brought.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spared {
    /// The candidate.
    pub candidate: usize,
    /// Its cost per year.
    pub cost: f64,
    /// What would remain if it were added to the set.
    pub residual_with: f64,
    /// What would remain if it were the only one.
    pub residual_alone: f64,
}

/// Proposes the cheapest set that meets the wish; of equally cheap ones the one that leaves less.
///
/// Effects multiply ([`Effect::with`]). Up to [`MOST_EXACT`] candidates by branch and bound over all sets. Above, a
/// heuristic: the candidate that takes away most loss per money is added until the wish is met, needless ones are removed,
/// dearest first, and single exchanges are tried as long as they help.
pub fn propose(losses: &[f64], candidates: &[Candidate], wish: Wish) -> Result<Proposal, Vec<Flaw>> {
    match search(losses, candidates, &Goal::Total(wish.residual), wish.budget, &never) {
        Ok(proposal) => Ok(proposal),
        Err(RunError::Flaws(flaws)) => Err(flaws),
        // Nobody can have cancelled it.
        Err(RunError::Cancelled) => Err(Vec::new()),
    }
}

/// As [`propose`], for any goal, and until somebody cancels it.
///
/// # Errors
/// What is wrong with the input, by field; or that it was cancelled.
pub fn search(
    amounts: &[f64],
    candidates: &[Candidate],
    goal: &Goal,
    budget: f64,
    cancel: &Cancel,
) -> Result<Proposal, RunError> {
    let mut flaws = Flaws::of("");
    for (at, loss) in amounts.iter().enumerate() {
        flaws.within(&format!("losses[{at}]"), *loss, 0.0, f64::MAX);
    }
    for (at, candidate) in candidates.iter().enumerate() {
        flaws.within(&format!("candidates[{at}].cost"), candidate.cost, 0.0, f64::MAX);
        check_row(&mut flaws, &format!("candidates[{at}].effects"), &candidate.effects, amounts.len());
    }
    match goal {
        Goal::Total(residual) => {
            flaws.within("residual", *residual, 0.0, f64::MAX);
        }
        Goal::Within(alternatives) => {
            for (at, limits) in alternatives.iter().enumerate() {
                let field = format!("within[{at}]");
                if limits.len() != amounts.len() {
                    flaws.note(&field, Reason::Length { found: limits.len(), expected: amounts.len() });
                }
                for limit in limits {
                    flaws.within(&field, *limit, 0.0, f64::MAX);
                }
            }
        }
    }
    flaws.within("budget", budget, 0.0, f64::MAX);
    let flaws = flaws.into_vec();
    if !flaws.is_empty() {
        return Err(RunError::Flaws(flaws));
    }
    let problem = Problem::of(amounts, candidates, goal, budget, cancel);
    let proven = candidates.len() <= MOST_EXACT;
    let best = if proven { problem.exact() } else { problem.heuristic() };
    if problem.stopped.get() {
        return Err(RunError::Cancelled);
    }
    Ok(problem.proposal(&best, proven))
}

struct Problem<'a> {
    losses: &'a [f64],
    goal: &'a Goal,
    budget: f64,
    cancel: &'a Cancel<'a>,
    /// How many sets were weighed, for asking now and then whether to go on.
    weighed: Cell<u32>,
    stopped: Cell<bool>,
    costs: Vec<f64>,
    /// The share of each scenario's loss that each candidate lets through.
    passes: Vec<Vec<f64>>,
    floor: f64,
}

/// A set with its figures; sets that meet the wish come first, the cheaper the better, others by what they leave.
#[derive(Debug, Clone, PartialEq)]
struct Choice {
    set: Vec<bool>,
    cost: f64,
    residual: f64,
}

impl<'a> Problem<'a> {
    fn of(losses: &'a [f64], candidates: &[Candidate], goal: &'a Goal, budget: f64, cancel: &'a Cancel<'a>) -> Self {
        let passes = candidates.iter().map(|it| it.effects.iter().map(Effect::passes).collect()).collect();
        let costs = candidates.iter().map(|it| it.cost).collect();
        let (weighed, stopped) = (Cell::new(0), Cell::new(false));
        let mut problem = Self { losses, goal, budget, cancel, weighed, stopped, costs, passes, floor: 0.0 };
        problem.floor = problem.weigh(&vec![true; candidates.len()]).residual;
        problem
    }

    /// What remains of each amount.
    fn left(&self, set: &[bool]) -> Vec<f64> {
        let chosen = || set.iter().enumerate().filter(|(_, it)| **it).map(|(at, _)| at);
        let left = |scenario: usize| chosen().map(|at| self.passes[at][scenario]).product::<f64>();
        self.losses.iter().enumerate().map(|(at, loss)| loss * left(at)).collect()
    }

    fn weigh(&self, set: &[bool]) -> Choice {
        let cost = set.iter().zip(&self.costs).filter(|(chosen, _)| **chosen).map(|(_, cost)| cost).sum();
        Choice { set: set.to_vec(), cost, residual: self.measure(&self.left(set)) }
    }

    /// How much remains, as one number that falls with every amount.
    fn measure(&self, left: &[f64]) -> f64 {
        match self.goal {
            Goal::Total(_) => left.iter().sum(),
            Goal::Within(alternatives) => {
                let share = |(left, limit): (&f64, &f64)| match (*left, *limit) {
                    (left, _) if left <= 0.0 => 0.0,
                    (_, limit) if limit <= 0.0 => f64::MAX,
                    (left, limit) => left / limit,
                };
                let greatest = |limits: &Vec<f64>| left.iter().zip(limits).map(share).fold(0.0, f64::max);
                alternatives.iter().map(greatest).fold(f64::MAX, f64::min)
            }
        }
    }

    /// Whether to stop: asked at every set, and passed on now and then.
    fn stops(&self) -> bool {
        self.weighed.set(self.weighed.get().wrapping_add(1));
        if self.weighed.get().is_multiple_of(4096) && (self.cancel)() {
            self.stopped.set(true);
        }
        self.stopped.get()
    }

    fn meets(&self, choice: &Choice) -> bool {
        self.affordable(choice.cost) && self.enough(choice.residual)
    }

    /// Compared with a little tolerance: the same sum in another order differs in its last bits.
    fn enough(&self, residual: f64) -> bool {
        let wished = if let Goal::Total(wished) = self.goal { *wished } else { 1.0 };
        residual <= wished * (1.0 + 1e-12)
    }

    fn affordable(&self, cost: f64) -> bool {
        cost <= self.budget * (1.0 + 1e-12)
    }

    fn better(&self, a: &Choice, b: &Choice) -> bool {
        match (self.meets(a), self.meets(b)) {
            (true, true) => (a.cost, a.residual) < (b.cost, b.residual),
            (false, false) => self.affordable(a.cost) && (a.residual, a.cost) < (b.residual, b.cost),
            (met, _) => met,
        }
    }

    fn exact(&self) -> Choice {
        let n = self.costs.len();
        // What the candidates from each place on let through at best.
        let mut rest = vec![vec![1.0; self.losses.len()]; n + 1];
        for at in (0..n).rev() {
            rest[at] = rest[at + 1].iter().zip(&self.passes[at]).map(|(rest, pass)| rest * pass).collect();
        }
        let mut best = self.weigh(&vec![false; n]);
        let mut set = vec![false; n];
        self.branch(0, &mut set, 0.0, self.losses, &rest, &mut best);
        best
    }

    fn branch(&self, at: usize, set: &mut Vec<bool>, cost: f64, left: &[f64], rest: &[Vec<f64>], best: &mut Choice) {
        if self.stops() {
            return;
        }
        let here = Choice { set: Vec::new(), cost, residual: self.measure(left) };
        if self.better(&here, best) {
            *best = Choice { set: set.clone(), ..here };
        }
        if at == set.len() {
            return;
        }
        // Nothing below can be better: too dear already, or not enough even with all that is left.
        let least = left.iter().zip(&rest[at]).map(|(left, rest)| left * rest).collect::<Vec<_>>();
        let least = self.measure(&least);
        let met = self.meets(best);
        if (met && (cost > best.cost || !self.enough(least))) || (!met && least > best.residual) {
            return;
        }
        if self.affordable(cost + self.costs[at]) {
            let fewer = left.iter().zip(&self.passes[at]).map(|(left, pass)| left * pass).collect::<Vec<_>>();
            set[at] = true;
            self.branch(at + 1, set, cost + self.costs[at], &fewer, rest, best);
            set[at] = false;
        }
        self.branch(at + 1, set, cost, left, rest, best);
    }

    fn heuristic(&self) -> Choice {
        let n = self.costs.len();
        let mut choice = self.weigh(&vec![false; n]);
        while !self.enough(choice.residual) {
            let with = (0..n).filter(|at| !choice.set[*at]).map(|at| self.flipped(&choice, &[at]));
            let saves = |it: &Choice| (choice.residual - it.residual) / (it.cost - choice.cost).max(1e-9);
            let next = with
                .filter(|it| self.affordable(it.cost) && it.residual < choice.residual)
                .max_by(|a, b| saves(a).total_cmp(&saves(b)));
            let Some(next) = next else { break };
            choice = next;
            if self.stopped.get() {
                return choice;
            }
        }
        loop {
            let single = (0..n).map(|at| self.flipped(&choice, &[at]));
            let exchange = (0..n)
                .filter(|at| choice.set[*at])
                .flat_map(|out| (0..n).filter(|at| !choice.set[*at]).map(move |into| [out, into]))
                .map(|pair| self.flipped(&choice, &pair));
            let next = single.chain(exchange).fold(None::<Choice>, |best, it| {
                let current = best.as_ref().unwrap_or(&choice);
                if self.better(&it, current) { Some(it) } else { best }
            });
            let Some(next) = next.filter(|_| !self.stopped.get()) else { break choice };
            choice = next;
        }
    }

    fn flipped(&self, choice: &Choice, which: &[usize]) -> Choice {
        self.stops();
        let mut set = choice.set.clone();
        for at in which {
            set[*at] = !set[*at];
        }
        self.weigh(&set)
    }

    fn proposal(&self, choice: &Choice, proven: bool) -> Proposal {
        let chosen = (0..choice.set.len()).filter(|at| choice.set[*at]).collect::<Vec<_>>();
        let none = self.weigh(&vec![false; choice.set.len()]);
        let alone = |at: usize| self.flipped(&none, &[at]).residual;
        let mut reasons = chosen
            .iter()
            .map(|at| Because {
                candidate: *at,
                cost: self.costs[*at],
                residual_without: self.flipped(choice, &[*at]).residual,
                residual_alone: alone(*at),
            })
            .collect::<Vec<_>>();
        reasons.sort_by(|a, b| b.residual_without.total_cmp(&a.residual_without).then(a.candidate.cmp(&b.candidate)));
        let spared = (0..choice.set.len()).filter(|at| !choice.set[*at]).map(|at| Spared {
            candidate: at,
            cost: self.costs[at],
            residual_with: self.flipped(choice, &[at]).residual,
            residual_alone: alone(at),
        });
        Proposal {
            met: self.meets(choice),
            chosen,
            cost: choice.cost,
            residual: choice.residual,
            floor: self.floor,
            left: self.left(&choice.set),
            left_of_all: self.left(&vec![true; choice.set.len()]),
            proven,
            reasons,
            spared: spared.collect(),
        }
    }
}
