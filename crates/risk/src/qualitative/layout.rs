//! Where things that depend on one another stand in a drawing: columns from what depends to what it depends on, and rows so
//! that few lines cross.
//!
//! Columns by the longest way, rows by barycentres in alternating sweeps (Sugiyama, Tagawa and Toda, "Methods for visual
//! understanding of hierarchical system structures", 1981). A line that would close a circle is left out of the order and
//! named, so that every graph can be drawn.

/// Where everything stands.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Layout {
    /// The places of what stands in each column, from above.
    pub columns: Vec<Vec<usize>>,
    /// For each thing its column and its row there.
    pub places: Vec<(usize, usize)>,
    /// Lines from a thing to one that it depends on which lead back: those that close circles.
    pub backward: Vec<(usize, usize)>,
}

/// Sweeps in each direction; more change little.
const SWEEPS: usize = 6;

/// Lays out things by what each depends on; places outside the list are passed over. The same list gives the same drawing.
pub fn layout(depends_on: &[Vec<usize>]) -> Layout {
    let count = depends_on.len();
    let (order, backward) = order(depends_on);
    let known = backward.iter().copied().collect::<std::collections::BTreeSet<_>>();
    let mut below = vec![Vec::new(); count];
    let mut above = vec![Vec::new(); count];
    for (from, targets) in depends_on.iter().enumerate() {
        for to in targets.iter().copied().filter(|to| *to < count && !known.contains(&(from, *to))) {
            below[from].push(to);
            above[to].push(from);
        }
    }
    // What nothing depends on stands in the first column, everything else behind the last of what depends on it.
    let mut column = vec![0_usize; count];
    for at in order.iter().copied() {
        for to in &below[at] {
            column[*to] = column[*to].max(column[at] + 1);
        }
    }
    // What depends on something moves up to it, so that its lines are short.
    for at in order.iter().rev().copied() {
        if above[at].is_empty()
            && let Some(next) = below[at].iter().map(|to| column[*to]).min()
        {
            column[at] = next.saturating_sub(1);
        }
    }
    let width = column.iter().max().map_or(0, |it| it + 1);
    let mut columns = vec![Vec::new(); width];
    for at in order {
        columns[column[at]].push(at);
    }
    let mut layout = Layout { places: vec![(0, 0); count], columns, backward };
    let mut listed = layout.columns.clone();
    for column in &mut listed {
        column.sort_unstable();
    }
    // From the order of the search and from that of the list; whichever ends with fewer crossings is taken.
    let mut best = (u64::MAX, Vec::new());
    for start in [layout.columns.clone(), listed] {
        layout.columns = start;
        (0..width).for_each(|column| layout.settle(column));
        for _ in 0..=SWEEPS {
            let found = crossings(&layout, &below);
            if found < best.0 {
                best = (found, layout.columns.clone());
            }
            (1..width).for_each(|column| layout.sort(column, &above));
            (0..width.saturating_sub(1)).rev().for_each(|column| layout.sort(column, &below));
        }
    }
    layout.columns = best.1;
    (0..width).for_each(|column| layout.settle(column));
    layout
}

impl Layout {
    /// Notes the places of a column.
    fn settle(&mut self, column: usize) {
        for (row, at) in self.columns[column].iter().enumerate() {
            self.places[*at] = (column, row);
        }
    }

    /// How far down a thing stands, from 0 to 1: columns have unlike lengths.
    fn depth(&self, at: usize) -> f64 {
        let (column, row) = self.places[at];
        (row as f64 + 0.5) / self.columns[column].len() as f64
    }

    /// Sorts a column by the mean depth of those beside it; what has nobody there keeps its depth.
    fn sort(&mut self, column: usize, beside: &[Vec<usize>]) {
        let mean = |at: usize| {
            let all = &beside[at];
            let sum = all.iter().map(|it| self.depth(*it)).sum::<f64>();
            if all.is_empty() { self.depth(at) } else { sum / all.len() as f64 }
        };
        let mut keyed = self.columns[column].iter().map(|at| (mean(*at), *at)).collect::<Vec<_>>();
        keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
        self.columns[column] = keyed.into_iter().map(|it| it.1).collect();
        self.settle(column);
    }
}

/// An order in which everything stands before what it depends on, and the lines that had to be left out for that: a search in
/// depth that keeps its own stack.
fn order(depends_on: &[Vec<usize>]) -> (Vec<usize>, Vec<(usize, usize)>) {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        No,
        OnTheWay,
        Done,
    }
    let count = depends_on.len();
    let mut seen = vec![Seen::No; count];
    let (mut order, mut backward) = (Vec::with_capacity(count), Vec::new());
    let mut needed = vec![false; count];
    depends_on.iter().flatten().filter(|to| **to < count).for_each(|to| needed[*to] = true);
    // Starting with what nothing depends on, only lines of circles lead back.
    let starts = (0..count).filter(|at| !needed[*at]).chain((0..count).filter(|at| needed[*at]));
    for start in starts {
        if seen[start] != Seen::No {
            continue;
        }
        seen[start] = Seen::OnTheWay;
        let mut way = vec![(start, 0)];
        while let Some((at, next)) = way.last_mut() {
            let Some(to) = depends_on[*at].get(*next).copied() else {
                seen[*at] = Seen::Done;
                order.push(*at);
                way.pop();
                continue;
            };
            *next += 1;
            match seen.get(to) {
                Some(Seen::No) => {
                    seen[to] = Seen::OnTheWay;
                    way.push((to, 0));
                }
                Some(Seen::OnTheWay) => backward.push((*at, to)),
                Some(Seen::Done) | None => {}
            }
        }
    }
    order.reverse();
    (order, backward)
}

/// How many pairs of lines between neighbouring columns cross: inversions, counted by a tree of sums.
fn crossings(layout: &Layout, below: &[Vec<usize>]) -> u64 {
    let mut all = 0;
    for (at, column) in layout.columns.iter().enumerate().take(layout.columns.len().saturating_sub(1)) {
        let length = layout.columns[at + 1].len();
        let mut tree = vec![0_u64; length + 1];
        let mut lines = 0;
        for from in column {
            let mut rows =
                below[*from].iter().map(|to| layout.places[*to]).filter(|it| it.0 == at + 1).collect::<Vec<_>>();
            rows.sort_unstable();
            // Lines of the same start do not cross one another.
            for (_, row) in &rows {
                let (mut before, mut node) = (0, row + 1);
                while node > 0 {
                    before += tree[node];
                    node &= node - 1;
                }
                all += lines - before;
            }
            for (_, row) in &rows {
                let mut node = row + 1;
                while node <= length {
                    tree[node] += 1;
                    node += node & node.wrapping_neg();
                }
            }
            lines += rows.len() as u64;
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A made graph of so many things: most lead to few, a few to many.
    fn made(count: usize) -> Vec<Vec<usize>> {
        let target = |at: usize, step: usize| at + 1 + (at * 7919 + step * 104_729) % (count / 8).max(1);
        (0..count).map(|at| (0..at % 4).map(|step| target(at, step)).filter(|to| *to < count).collect()).collect()
    }

    fn holds(graph: &[Vec<usize>], layout: &Layout) {
        assert_eq!(layout.columns.iter().map(Vec::len).sum::<usize>(), graph.len());
        for (column, things) in layout.columns.iter().enumerate() {
            assert!(things.iter().enumerate().all(|(row, at)| layout.places[*at] == (column, row)));
        }
        for (from, targets) in graph.iter().enumerate() {
            for to in targets.iter().filter(|to| **to < graph.len() && !layout.backward.contains(&(from, **to))) {
                assert!(layout.places[from].0 < layout.places[*to].0, "{from} stands before {to}");
            }
        }
    }

    #[test]
    fn what_depends_stands_before_what_it_depends_on() {
        let graph = made(500);
        let layout = layout(&graph);
        holds(&graph, &layout);
        assert_eq!(layout.backward, []);
        // A thing on which nothing depends stands right before what it needs.
        let chain = [vec![1], vec![2], vec![], vec![2]];
        let columns = super::layout(&chain).places.into_iter().map(|it| it.0).collect::<Vec<_>>();
        assert_eq!(columns, [0, 1, 2, 1]);
    }

    #[test]
    fn circles_and_wrong_places_are_drawn_too() {
        for graph in [vec![vec![1], vec![2], vec![0]], vec![vec![0]], vec![vec![1, 9], vec![0]], vec![]] {
            let layout = layout(&graph);
            holds(&graph, &layout);
            assert_eq!(layout.backward.len(), usize::from(!graph.is_empty()));
        }
    }

    #[test]
    fn fewer_lines_cross_than_in_the_order_of_the_list() {
        // Two fans in each other's way: no line needs to cross.
        let graph = [vec![5], vec![4], vec![5], vec![4], vec![], vec![]];
        assert_eq!(crossings(&layout(&graph), &graph), 0);
        let graph = made(2_000);
        let found = layout(&graph);
        let mut plain = found.clone();
        for column in 0..plain.columns.len() {
            plain.columns[column].sort_unstable();
            plain.settle(column);
        }
        let (before, after) = (crossings(&plain, &graph), crossings(&found, &graph));
        assert!(after <= before, "{after} instead of {before}");
        // Lines between two columns that are shuffled can be laid out without a crossing.
        let shuffled =
            (0..100_usize).map(|at| if at < 50 { vec![50 + at * 37 % 50] } else { Vec::new() }).collect::<Vec<_>>();
        assert_eq!(crossings(&layout(&shuffled), &shuffled), 0);
        assert_eq!(found, layout(&graph));
    }

    #[test]
    fn a_long_chain_needs_no_deep_stack() {
        let chain = (1..=100_000).map(|next| vec![next]).collect::<Vec<_>>();
        assert_eq!(layout(&chain).columns.len(), 100_000);
    }
}
