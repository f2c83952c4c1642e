//! What can be reached from node 0: a cycle, one hop a tick.

use std::cell::RefCell;

use dfir_rs::dfir_syntax;
use dfir_rs::rustc_hash::{FxHashMap, FxHashSet};

use crate::{Answer, Benchmark};

/// Follow edges from node 0 until no new node is found.
pub fn reachability(edges: Vec<(i64, i64)>) -> Benchmark {
    Box::new(move || {
        let mut targets: FxHashMap<i64, Vec<i64>> = FxHashMap::default();
        for &(source, target) in &edges {
            targets.entry(source).or_default().push(target);
        }
        let targets = &targets;
        let seen = RefCell::new(FxHashSet::<i64>::default());
        let found = &seen;
        let mut graph = dfir_syntax! {
            reached = union() -> filter(|node: &i64| found.borrow_mut().insert(*node));
            source_iter([0_i64]) -> reached;
            reached -> flat_map(|node: i64| targets.get(&node).into_iter().flatten().copied())
                -> defer_tick() -> reached;
        };
        graph.run_available_sync();
        drop(graph);
        let seen = seen.into_inner();
        Answer {
            items: edges.len(),
            numbers: vec![seen.len() as i64, seen.iter().sum()],
        }
    })
}
