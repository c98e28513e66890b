//! How assets pass their needs on to what they depend on.
//!
//! The maximum principle of BSI-Standard 200-2, section 8.2: what supports an asset needs what the asset needs; with
//! cumulation (many together need more than each) and distribution (one of several alike needs less) as corrections.

use super::impact::Values;

/// An asset.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asset {
    /// Its own needs.
    pub own: Values,
    /// Whether it takes over the needs of what depends on it.
    pub inherits: bool,
    /// Whether another can stand in for it.
    pub redundant: bool,
    /// The places of the assets that it depends on.
    pub depends_on: Vec<usize>,
}

/// Corrections of the maximum principle; all off by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Corrections {
    /// For each property: from how many dependents with the inherited need on one more is added.
    pub cumulation: [Option<usize>; 3],
    /// For each property: whether a redundant asset needs one less than it inherits (never less than its own).
    pub distribution: [bool; 3],
    /// The highest value.
    pub most: u8,
}

impl Corrections {
    /// None, on a scale up to that value.
    pub fn none(most: u8) -> Self {
        Self { most, ..Self::default() }
    }
}

/// What an asset needs of a property, and where that comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Need {
    /// The level.
    pub level: u8,
    /// The place of the asset that depends on it and from which the level comes; none where it is its own.
    pub from: Option<usize>,
    /// How many of those that depend on it need as much as it inherits.
    pub alike: usize,
    /// Whether one was added because so many need it.
    pub cumulated: bool,
    /// Whether one was taken away because another can stand in for it.
    pub distributed: bool,
}

/// Assets that depend on themselves, by way of others: nothing can be inherited along a circle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("assets depend on themselves: {}", .0.iter().map(|it| name(it)).collect::<Vec<_>>().join("; "))]
pub struct Cycles(
    /// Each circle as places of assets, each depending on the next and the last on the first; one per knot of circles.
    pub Vec<Vec<usize>>,
);

fn name(cycle: &[usize]) -> String {
    let around = cycle.iter().chain(cycle.first());
    around.map(|it| format!("#{it}")).collect::<Vec<_>>().join(" -> ")
}

/// The effective needs of each asset. Dependencies on places that do not exist are passed over.
pub fn inherit(assets: &[Asset], corrections: &Corrections) -> Result<Vec<Values>, Cycles> {
    let needs = inherit_explained(assets, corrections)?;
    Ok(needs.into_iter().map(|needs| needs.map(|need| need.level)).collect())
}

/// The effective needs of each asset, each with its source.
pub fn inherit_explained(assets: &[Asset], corrections: &Corrections) -> Result<Vec<[Need; 3]>, Cycles> {
    let mut dependents = vec![Vec::new(); assets.len()];
    let mut waiting = vec![0_usize; assets.len()];
    for (at, asset) in assets.iter().enumerate() {
        for below in asset.depends_on.iter().copied().filter(|it| *it < assets.len()) {
            dependents[below].push(at);
            waiting[below] += 1;
        }
    }
    let mut ready = (0..assets.len()).filter(|it| waiting[*it] == 0).collect::<Vec<_>>();
    let own = |level| Need { level, ..Need::default() };
    let mut effective = assets.iter().map(|it| it.own.map(own)).collect::<Vec<_>>();
    let mut done = 0;
    while let Some(at) = ready.pop() {
        done += 1;
        if assets[at].inherits {
            effective[at] = [0, 1, 2].map(|property| {
                let above = dependents[at].iter().map(|it| (*it, effective[*it][property].level));
                corrected(&assets[at], property, above, corrections)
            });
        }
        for below in assets[at].depends_on.iter().copied().filter(|it| *it < assets.len()) {
            waiting[below] -= 1;
            if waiting[below] == 0 {
                ready.push(below);
            }
        }
    }
    if done == assets.len() { Ok(effective) } else { Err(Cycles(cycles(assets, &waiting))) }
}

fn corrected(
    asset: &Asset,
    property: usize,
    above: impl Iterator<Item = (usize, u8)> + Clone,
    corrections: &Corrections,
) -> Need {
    let own = asset.own[property];
    let mut level = above.clone().map(|it| it.1).max().unwrap_or(0).max(own);
    let mut alike = above.filter(|it| it.1 == level);
    let first = alike.next().map(|it| it.0);
    let many = alike.count() + usize::from(first.is_some());
    // A level that is as high by itself is its own.
    let mut need = Need { from: first.filter(|_| level > own), alike: many, ..Need::default() };
    if corrections.cumulation[property].is_some_and(|least| many >= least.max(1)) {
        let more = level.saturating_add(1).min(corrections.most.max(level));
        need.cumulated = more > level;
        need.from = need.from.or(first.filter(|_| need.cumulated));
        level = more;
    }
    if corrections.distribution[property] && asset.redundant {
        let less = level.saturating_sub(1).max(own);
        need.distributed = less < level;
        level = less;
    }
    need.level = level;
    if level == own && !need.distributed {
        need.from = None;
    }
    need
}

/// One circle in each knot (strongly connected component, found by the two walks of Kosaraju and Sharir) of assets that
/// wait for each other.
fn cycles(assets: &[Asset], waiting: &[usize]) -> Vec<Vec<usize>> {
    let below = |at: usize| assets[at].depends_on.iter().copied().filter(|it| *it < assets.len() && waiting[*it] > 0);
    let mut above = vec![Vec::new(); assets.len()];
    for at in (0..assets.len()).filter(|it| waiting[*it] > 0) {
        below(at).for_each(|it| above[it].push(at));
    }
    let finished = finishing_order(assets.len(), |it| waiting[it] > 0, below);
    let mut knot = vec![None; assets.len()];
    let mut found = Vec::new();
    for start in finished.into_iter().rev() {
        if knot[start].is_some() {
            continue;
        }
        let mut open = vec![start];
        while let Some(at) = open.pop() {
            if knot[at].is_none() {
                knot[at] = Some(start);
                open.extend(above[at].iter().copied().filter(|it| knot[*it].is_none()));
            }
        }
        // Along the knot one comes back sooner or later, unless it is a single asset that does not depend on itself.
        let mut path = vec![start];
        let mut at = start;
        while let Some(next) = below(at).find(|it| knot[*it] == Some(start)) {
            if let Some(first) = path.iter().position(|it| *it == next) {
                found.push(path.split_off(first));
                break;
            }
            path.push(next);
            at = next;
        }
    }
    found
}

/// The assets in the order in which a depth-first walk leaves them.
fn finishing_order<I: Iterator<Item = usize>>(
    count: usize,
    taken: impl Fn(usize) -> bool,
    below: impl Fn(usize) -> I,
) -> Vec<usize> {
    let mut seen = vec![false; count];
    let mut finished = Vec::new();
    for start in (0..count).filter(|it| taken(*it)) {
        if std::mem::replace(&mut seen[start], true) {
            continue;
        }
        let mut path = vec![(start, below(start))];
        while let Some((at, rest)) = path.last_mut() {
            if let Some(next) = rest.find(|it| !seen[*it]) {
                seen[next] = true;
                path.push((next, below(next)));
            } else {
                finished.push(*at);
                path.pop();
            }
        }
    }
    finished
}
