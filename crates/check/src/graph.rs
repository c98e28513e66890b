//! Walks over what depends on what, in time proportional to the number of links.

use attestry_model::records::Asset;
use attestry_model::{Ref, Stored};

use crate::context::{Map, Set};

/// The assets that lie on a chain of dependencies that leads back to them: strongly connected components of more than one
/// asset (Tarjan 1972, without recursion), and assets that name themselves.
pub(crate) fn on_cycles(assets: &[&Stored<Asset>]) -> Set<Ref<Asset>> {
    let mut walk = Walk {
        assets,
        places: assets.iter().enumerate().map(|(at, asset)| (asset.number, at)).collect(),
        order: vec![usize::MAX; assets.len()],
        low: vec![0; assets.len()],
        on_stack: vec![false; assets.len()],
        stack: Vec::new(),
        next: 0,
        found: Set::default(),
    };
    for start in 0..assets.len() {
        if walk.order[start] == usize::MAX {
            walk.from(start);
        }
    }
    let selfish = assets.iter().filter(|asset| asset.depends_on.contains(&asset.reference()));
    walk.found.extend(selfish.map(|asset| asset.reference()));
    walk.found
}

struct Walk<'w, 'a> {
    assets: &'w [&'a Stored<Asset>],
    places: Map<u32, usize>,
    order: Vec<usize>,
    low: Vec<usize>,
    on_stack: Vec<bool>,
    stack: Vec<usize>,
    next: usize,
    found: Set<Ref<Asset>>,
}

impl Walk<'_, '_> {
    fn enter(&mut self, at: usize) {
        self.order[at] = self.next;
        self.low[at] = self.next;
        self.next += 1;
        self.stack.push(at);
        self.on_stack[at] = true;
    }

    fn from(&mut self, start: usize) {
        self.enter(start);
        // The path that is being walked: an asset and the place of its next link.
        let mut path = vec![(start, 0)];
        while let Some((at, link)) = path.last_mut() {
            let at = *at;
            if let Some(target) = self.assets[at].depends_on.get(*link) {
                *link += 1;
                let Some(&target) = self.places.get(&target.number()) else { continue };
                if self.order[target] == usize::MAX {
                    self.enter(target);
                    path.push((target, 0));
                } else if self.on_stack[target] {
                    self.low[at] = self.low[at].min(self.order[target]);
                }
                continue;
            }
            path.pop();
            if let Some((above, _)) = path.last() {
                self.low[*above] = self.low[*above].min(self.low[at]);
            }
            if self.low[at] == self.order[at] {
                self.close(at);
            }
        }
    }

    /// Takes a finished component off the stack.
    fn close(&mut self, root: usize) {
        let from = self.stack.iter().rposition(|at| *at == root).unwrap_or_default();
        let component = self.stack.split_off(from);
        for at in &component {
            self.on_stack[*at] = false;
        }
        if component.len() > 1 {
            self.found.extend(component.iter().map(|at| self.assets[*at].reference()));
        }
    }
}

/// The assets that are named, and those that depend on a named one, directly or through others.
pub(crate) fn covered(assets: &[&Stored<Asset>], named: impl IntoIterator<Item = Ref<Asset>>) -> Set<Ref<Asset>> {
    let mut dependants: Map<Ref<Asset>, Vec<Ref<Asset>>> = Map::default();
    for asset in assets {
        for on in &asset.depends_on {
            dependants.entry(*on).or_default().push(asset.reference());
        }
    }
    let mut covered = Set::default();
    let mut waiting: Vec<Ref<Asset>> = named.into_iter().collect();
    while let Some(asset) = waiting.pop() {
        if covered.insert(asset) {
            waiting.extend(dependants.get(&asset).into_iter().flatten().copied());
        }
    }
    covered
}

#[cfg(test)]
mod tests {
    use super::*;
    use attestry_model::stored::Stamp;
    use attestry_model::{Isms, Kind};

    /// Assets by number, each with the numbers it depends on.
    fn assets(links: &[&[u32]]) -> Isms {
        let mut isms = Isms::default();
        for (number, on) in (1..).zip(links) {
            let stamp = Stamp { number, revision: 1, at: jiff::Timestamp::UNIX_EPOCH, by: None };
            let on: Vec<String> = on.iter().map(|number| format!("AST-{number:04}")).collect();
            let mut fields = serde_json::Map::new();
            fields.insert("title".into(), "an asset".into());
            fields.insert("depends_on".into(), on.into());
            isms.put(Kind::Asset.read(stamp, fields).unwrap().as_ref());
        }
        isms
    }

    fn numbers(found: &Set<Ref<Asset>>) -> Vec<u32> {
        let mut numbers: Vec<u32> = found.iter().map(|asset| asset.number()).collect();
        numbers.sort_unstable();
        numbers
    }

    #[test]
    fn only_assets_that_reach_themselves_lie_on_a_cycle() {
        let cases: [(&[&[u32]], &[u32]); 5] = [
            (&[&[2], &[3], &[]], &[]),
            (&[&[2], &[1], &[1]], &[1, 2]),
            (&[&[1]], &[1]),
            (&[&[2], &[3], &[2, 4], &[5], &[4]], &[2, 3, 4, 5]),
            (&[&[2, 3], &[4], &[4], &[9]], &[]),
        ];
        for (links, expected) in cases {
            let isms = assets(links);
            let list: Vec<_> = isms.table::<Asset>().iter().collect();
            assert_eq!(numbers(&on_cycles(&list)), expected, "{links:?}");
        }
    }

    #[test]
    fn a_named_asset_covers_all_that_depend_on_it() {
        let isms = assets(&[&[2], &[3], &[], &[3], &[1], &[]]);
        let list: Vec<_> = isms.table::<Asset>().iter().collect();
        assert_eq!(numbers(&covered(&list, [Ref::new(2)])), [1, 2, 5]);
    }

    #[test]
    fn a_long_chain_needs_no_deep_stack() {
        let links: Vec<Vec<u32>> = (1..=20_000).map(|number| vec![number % 20_000 + 1]).collect();
        let links: Vec<&[u32]> = links.iter().map(Vec::as_slice).collect();
        let isms = assets(&links);
        let list: Vec<_> = isms.table::<Asset>().iter().collect();
        assert_eq!(on_cycles(&list).len(), 20_000);
    }
}
