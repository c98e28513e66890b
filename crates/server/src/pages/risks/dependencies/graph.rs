//! Dependencies as a graph: what lies around one asset, and the whole as layers of groups. Bounded, whatever the register holds.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Most assets in the drawing around one: more than that nobody reads.
pub const MOST: usize = 60;
/// How far that drawing reaches in either direction at most.
pub const FARTHEST: usize = 4;
/// Layers of the overview; what lies deeper stands in the last one.
pub const LAYERS: usize = 8;
/// Most lines of the overview, the heaviest first.
pub const LINES: usize = 80;

/// Who depends on whom, the other way round.
pub fn dependents(below: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut above = vec![Vec::new(); below.len()];
    for (at, needed) in below.iter().enumerate() {
        for it in needed {
            above[*it].push(at);
        }
    }
    above
}

/// Assets by their distance from the start: what depends on it before it, what it depends on after it; and how many were left
/// out because there would be too many.
pub fn around(
    start: usize,
    depth: usize,
    below: &[Vec<usize>],
    above: &[Vec<usize>],
    seen: &[bool],
) -> (BTreeMap<isize, Vec<usize>>, usize) {
    let mut layers: BTreeMap<isize, Vec<usize>> = BTreeMap::from([(0, vec![start])]);
    let mut known = BTreeSet::from([start]);
    let mut left_out = BTreeSet::new();
    for (links, direction) in [(above, -1), (below, 1)] {
        let mut waiting = VecDeque::from([(start, 0_isize)]);
        while let Some((at, layer)) = waiting.pop_front() {
            if layer.unsigned_abs() >= depth {
                continue;
            }
            for next in links[at].iter().copied().filter(|it| seen[*it]) {
                if known.len() >= MOST {
                    if !known.contains(&next) {
                        left_out.insert(next);
                    }
                } else if known.insert(next) {
                    layers.entry(layer + direction).or_default().push(next);
                    waiting.push_back((next, layer + direction));
                }
            }
        }
    }
    (layers, left_out.len())
}

/// The layer of each asset: 0 where nothing depends on it, else one more than the deepest of what does, up to the last layer. What
/// stands in a circle, or behind one, stands in the last layer.
pub fn layers(below: &[Vec<usize>]) -> Vec<usize> {
    let mut waiting = vec![0_usize; below.len()];
    for it in below.iter().flatten() {
        waiting[*it] += 1;
    }
    let mut ready: Vec<usize> = (0..below.len()).filter(|it| waiting[*it] == 0).collect();
    let mut layer: Vec<Option<usize>> = vec![None; below.len()];
    let mut deepest = vec![0_usize; below.len()];
    while let Some(at) = ready.pop() {
        layer[at] = Some(deepest[at]);
        for it in &below[at] {
            deepest[*it] = deepest[*it].max((deepest[at] + 1).min(LAYERS - 1));
            waiting[*it] -= 1;
            if waiting[*it] == 0 {
                ready.push(*it);
            }
        }
    }
    layer.into_iter().map(|it| it.unwrap_or(LAYERS - 1)).collect()
}

/// A group of the overview: its layer and its row.
pub type Group = (usize, usize);

/// Two groups and how many dependencies lead from one to the other.
type Link = (Group, Group, usize);

/// The whole as groups: how many assets stand in each, and how many dependencies lead from one to another, the heaviest first.
pub fn overview(
    below: &[Vec<usize>],
    layer: &[usize],
    row: &[usize],
    seen: &[bool],
) -> (BTreeMap<Group, usize>, Vec<Link>) {
    let mut groups: BTreeMap<Group, usize> = BTreeMap::new();
    let mut lines: BTreeMap<(Group, Group), usize> = BTreeMap::new();
    let group = |at: usize| (layer[at], row[at]);
    for at in (0..below.len()).filter(|at| seen[*at]) {
        *groups.entry(group(at)).or_default() += 1;
        for it in below[at].iter().filter(|it| seen[**it]) {
            *lines.entry((group(at), group(*it))).or_default() += 1;
        }
    }
    let mut lines: Vec<(Group, Group, usize)> =
        lines.into_iter().map(|((from, to), count)| (from, to, count)).collect();
    lines.sort_by_key(|(from, to, count)| (std::cmp::Reverse(*count), *from, *to));
    lines.truncate(LINES);
    (groups, lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_are_as_deep_as_the_longest_way_and_circles_stand_last() {
        // 0 → 1 → 2, 0 → 2, 3 alone, 4 ⇄ 5.
        let below = [vec![1, 2], vec![2], vec![], vec![], vec![5], vec![4]];
        assert_eq!(layers(&below), [0, 1, 2, 0, LAYERS - 1, LAYERS - 1]);
        let chain: Vec<Vec<usize>> = (0..20).map(|it| if it < 19 { vec![it + 1] } else { vec![] }).collect();
        assert_eq!(layers(&chain)[19], LAYERS - 1);
    }

    #[test]
    fn what_lies_around_is_bounded_and_says_how_much_is_left_out() {
        let below: Vec<Vec<usize>> = std::iter::once((1..=200).collect()).chain((0..200).map(|_| vec![])).collect();
        let above = dependents(&below);
        let (found, left_out) = around(0, 2, &below, &above, &vec![true; 201]);
        assert_eq!(found.values().map(Vec::len).sum::<usize>(), MOST);
        assert_eq!(left_out, 201 - MOST);
        let mut seen = vec![true; 201];
        seen[1..].fill(false);
        assert_eq!(around(0, 2, &below, &above, &seen).0.len(), 1, "what may not be seen is not drawn");
    }

    #[test]
    fn the_overview_counts_assets_and_dependencies_of_groups() {
        let below = [vec![2], vec![2], vec![]];
        let layer = layers(&below);
        let (groups, lines) = overview(&below, &layer, &[0, 0, 1], &[true; 3]);
        assert_eq!(groups.into_iter().collect::<Vec<_>>(), [((0, 0), 2), ((1, 1), 1)]);
        assert_eq!(lines, [((0, 0), (1, 1), 2)]);
    }
}
