//! Two streams of pairs, met by key.

use std::cell::Cell;

use dfir_rs::dfir_syntax;

use crate::{Answer, Benchmark};

type Pairs = Vec<(i64, i64)>;

/// Every pair of pairs with equal keys, repeats kept.
pub fn join(left: Pairs, right: Pairs) -> Benchmark {
    Box::new(move || {
        let found = Cell::new((0_i64, 0_i64));
        let found = &found;
        let mut graph = dfir_syntax! {
            met = join_multiset::<'tick, 'tick>()
                -> for_each(|(_, (a, b)): (i64, (i64, i64))| {
                    let (count, total) = found.get();
                    found.set((count + 1, total + a + b));
                });
            source_iter(left.iter().copied()) -> [0]met;
            source_iter(right.iter().copied()) -> [1]met;
        };
        graph.run_available_sync();
        let (count, total) = found.get();
        Answer {
            items: left.len() + right.len(),
            numbers: vec![count, total],
        }
    })
}

/// Every pair of pairs with equal keys; a pair that comes twice counts once.
pub fn symmetric_hash_join(left: Pairs, right: Pairs) -> Benchmark {
    Box::new(move || {
        let found = Cell::new((0_i64, 0_i64));
        let found = &found;
        let mut graph = dfir_syntax! {
            met = join::<'tick, 'tick>()
                -> for_each(|(_, (a, b)): (i64, (i64, i64))| {
                    let (count, total) = found.get();
                    found.set((count + 1, total + a + b));
                });
            source_iter(left.iter().copied()) -> [0]met;
            source_iter(right.iter().copied()) -> [1]met;
        };
        graph.run_available_sync();
        let (count, total) = found.get();
        Answer {
            items: left.len() + right.len(),
            numbers: vec![count, total],
        }
    })
}
