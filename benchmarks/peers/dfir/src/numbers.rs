//! Integers through twenty operators: in a row, into one, out of one, and through forks.

use std::cell::Cell;

use dfir_rs::dfir_syntax;

use crate::{Answer, Benchmark};

/// Twenty maps in a row.
pub fn arithmetic(numbers: Vec<i64>) -> Benchmark {
    Box::new(move || {
        let total = Cell::new(0_i64);
        let total = &total;
        let mut graph = dfir_syntax! {
            source_iter(numbers.iter().copied())
                -> map(|x: i64| x + 1)
                -> map(|x: i64| x + 1)
                -> map(|x: i64| x + 1)
                -> map(|x: i64| x + 1)
                -> map(|x: i64| x + 1)
                -> map(|x: i64| x + 1)
                -> map(|x: i64| x + 1)
                -> map(|x: i64| x + 1)
                -> map(|x: i64| x + 1)
                -> map(|x: i64| x + 1)
                -> map(|x: i64| x + 1)
                -> map(|x: i64| x + 1)
                -> map(|x: i64| x + 1)
                -> map(|x: i64| x + 1)
                -> map(|x: i64| x + 1)
                -> map(|x: i64| x + 1)
                -> map(|x: i64| x + 1)
                -> map(|x: i64| x + 1)
                -> map(|x: i64| x + 1)
                -> map(|x: i64| x + 1)
                -> for_each(|x: i64| total.set(total.get() + x));
        };
        graph.run_available_sync();
        Answer {
            items: numbers.len(),
            numbers: vec![total.get()],
        }
    })
}

/// Twenty operators that change nothing.
pub fn identity(numbers: Vec<i64>) -> Benchmark {
    Box::new(move || {
        let total = Cell::new(0_i64);
        let total = &total;
        let mut graph = dfir_syntax! {
            source_iter(numbers.iter().copied())
                -> identity::<i64>()
                -> identity::<i64>()
                -> identity::<i64>()
                -> identity::<i64>()
                -> identity::<i64>()
                -> identity::<i64>()
                -> identity::<i64>()
                -> identity::<i64>()
                -> identity::<i64>()
                -> identity::<i64>()
                -> identity::<i64>()
                -> identity::<i64>()
                -> identity::<i64>()
                -> identity::<i64>()
                -> identity::<i64>()
                -> identity::<i64>()
                -> identity::<i64>()
                -> identity::<i64>()
                -> identity::<i64>()
                -> identity::<i64>()
                -> for_each(|x: i64| total.set(total.get() + x));
        };
        graph.run_available_sync();
        Answer {
            items: numbers.len(),
            numbers: vec![total.get()],
        }
    })
}

/// Twenty streams into one.
pub fn fan_in(numbers: Vec<i64>) -> Benchmark {
    Box::new(move || {
        let total = Cell::new(0_i64);
        let total = &total;
        let mut graph = dfir_syntax! {
            all = union() -> for_each(|x: i64| total.set(total.get() + x));
            source_iter(numbers.iter().copied()) -> all;
            source_iter(numbers.iter().copied()) -> all;
            source_iter(numbers.iter().copied()) -> all;
            source_iter(numbers.iter().copied()) -> all;
            source_iter(numbers.iter().copied()) -> all;
            source_iter(numbers.iter().copied()) -> all;
            source_iter(numbers.iter().copied()) -> all;
            source_iter(numbers.iter().copied()) -> all;
            source_iter(numbers.iter().copied()) -> all;
            source_iter(numbers.iter().copied()) -> all;
            source_iter(numbers.iter().copied()) -> all;
            source_iter(numbers.iter().copied()) -> all;
            source_iter(numbers.iter().copied()) -> all;
            source_iter(numbers.iter().copied()) -> all;
            source_iter(numbers.iter().copied()) -> all;
            source_iter(numbers.iter().copied()) -> all;
            source_iter(numbers.iter().copied()) -> all;
            source_iter(numbers.iter().copied()) -> all;
            source_iter(numbers.iter().copied()) -> all;
            source_iter(numbers.iter().copied()) -> all;
        };
        graph.run_available_sync();
        Answer {
            items: 20 * numbers.len(),
            numbers: vec![total.get()],
        }
    })
}

/// One stream into twenty, each doing something else with its items.
pub fn fan_out(numbers: Vec<i64>) -> Benchmark {
    Box::new(move || {
        let total = Cell::new(0_i64);
        let total = &total;
        let mut graph = dfir_syntax! {
            all = source_iter(numbers.iter().copied()) -> tee();
            all -> map(|x: i64| x ^ 0) -> for_each(|x: i64| total.set(total.get() + x));
            all -> map(|x: i64| x ^ 1) -> for_each(|x: i64| total.set(total.get() + x));
            all -> map(|x: i64| x ^ 2) -> for_each(|x: i64| total.set(total.get() + x));
            all -> map(|x: i64| x ^ 3) -> for_each(|x: i64| total.set(total.get() + x));
            all -> map(|x: i64| x ^ 4) -> for_each(|x: i64| total.set(total.get() + x));
            all -> map(|x: i64| x ^ 5) -> for_each(|x: i64| total.set(total.get() + x));
            all -> map(|x: i64| x ^ 6) -> for_each(|x: i64| total.set(total.get() + x));
            all -> map(|x: i64| x ^ 7) -> for_each(|x: i64| total.set(total.get() + x));
            all -> map(|x: i64| x ^ 8) -> for_each(|x: i64| total.set(total.get() + x));
            all -> map(|x: i64| x ^ 9) -> for_each(|x: i64| total.set(total.get() + x));
            all -> map(|x: i64| x ^ 10) -> for_each(|x: i64| total.set(total.get() + x));
            all -> map(|x: i64| x ^ 11) -> for_each(|x: i64| total.set(total.get() + x));
            all -> map(|x: i64| x ^ 12) -> for_each(|x: i64| total.set(total.get() + x));
            all -> map(|x: i64| x ^ 13) -> for_each(|x: i64| total.set(total.get() + x));
            all -> map(|x: i64| x ^ 14) -> for_each(|x: i64| total.set(total.get() + x));
            all -> map(|x: i64| x ^ 15) -> for_each(|x: i64| total.set(total.get() + x));
            all -> map(|x: i64| x ^ 16) -> for_each(|x: i64| total.set(total.get() + x));
            all -> map(|x: i64| x ^ 17) -> for_each(|x: i64| total.set(total.get() + x));
            all -> map(|x: i64| x ^ 18) -> for_each(|x: i64| total.set(total.get() + x));
            all -> map(|x: i64| x ^ 19) -> for_each(|x: i64| total.set(total.get() + x));
        };
        graph.run_available_sync();
        Answer {
            items: 20 * numbers.len(),
            numbers: vec![total.get()],
        }
    })
}

/// Twenty times: split into even and odd, and join again.
pub fn fork_join(numbers: Vec<i64>) -> Benchmark {
    Box::new(move || {
        let total = Cell::new(0_i64);
        let total = &total;
        let mut graph = dfir_syntax! {
            s0 = source_iter(numbers.iter().copied()) -> tee();
            s0 -> filter(|x: &i64| x & 1 == 0) -> s1;
            s0 -> filter(|x: &i64| x & 1 == 1) -> s1;
            s1 = union() -> tee();
            s1 -> filter(|x: &i64| x & 1 == 0) -> s2;
            s1 -> filter(|x: &i64| x & 1 == 1) -> s2;
            s2 = union() -> tee();
            s2 -> filter(|x: &i64| x & 1 == 0) -> s3;
            s2 -> filter(|x: &i64| x & 1 == 1) -> s3;
            s3 = union() -> tee();
            s3 -> filter(|x: &i64| x & 1 == 0) -> s4;
            s3 -> filter(|x: &i64| x & 1 == 1) -> s4;
            s4 = union() -> tee();
            s4 -> filter(|x: &i64| x & 1 == 0) -> s5;
            s4 -> filter(|x: &i64| x & 1 == 1) -> s5;
            s5 = union() -> tee();
            s5 -> filter(|x: &i64| x & 1 == 0) -> s6;
            s5 -> filter(|x: &i64| x & 1 == 1) -> s6;
            s6 = union() -> tee();
            s6 -> filter(|x: &i64| x & 1 == 0) -> s7;
            s6 -> filter(|x: &i64| x & 1 == 1) -> s7;
            s7 = union() -> tee();
            s7 -> filter(|x: &i64| x & 1 == 0) -> s8;
            s7 -> filter(|x: &i64| x & 1 == 1) -> s8;
            s8 = union() -> tee();
            s8 -> filter(|x: &i64| x & 1 == 0) -> s9;
            s8 -> filter(|x: &i64| x & 1 == 1) -> s9;
            s9 = union() -> tee();
            s9 -> filter(|x: &i64| x & 1 == 0) -> s10;
            s9 -> filter(|x: &i64| x & 1 == 1) -> s10;
            s10 = union() -> tee();
            s10 -> filter(|x: &i64| x & 1 == 0) -> s11;
            s10 -> filter(|x: &i64| x & 1 == 1) -> s11;
            s11 = union() -> tee();
            s11 -> filter(|x: &i64| x & 1 == 0) -> s12;
            s11 -> filter(|x: &i64| x & 1 == 1) -> s12;
            s12 = union() -> tee();
            s12 -> filter(|x: &i64| x & 1 == 0) -> s13;
            s12 -> filter(|x: &i64| x & 1 == 1) -> s13;
            s13 = union() -> tee();
            s13 -> filter(|x: &i64| x & 1 == 0) -> s14;
            s13 -> filter(|x: &i64| x & 1 == 1) -> s14;
            s14 = union() -> tee();
            s14 -> filter(|x: &i64| x & 1 == 0) -> s15;
            s14 -> filter(|x: &i64| x & 1 == 1) -> s15;
            s15 = union() -> tee();
            s15 -> filter(|x: &i64| x & 1 == 0) -> s16;
            s15 -> filter(|x: &i64| x & 1 == 1) -> s16;
            s16 = union() -> tee();
            s16 -> filter(|x: &i64| x & 1 == 0) -> s17;
            s16 -> filter(|x: &i64| x & 1 == 1) -> s17;
            s17 = union() -> tee();
            s17 -> filter(|x: &i64| x & 1 == 0) -> s18;
            s17 -> filter(|x: &i64| x & 1 == 1) -> s18;
            s18 = union() -> tee();
            s18 -> filter(|x: &i64| x & 1 == 0) -> s19;
            s18 -> filter(|x: &i64| x & 1 == 1) -> s19;
            s19 = union() -> tee();
            s19 -> filter(|x: &i64| x & 1 == 0) -> end;
            s19 -> filter(|x: &i64| x & 1 == 1) -> end;
            end = union() -> for_each(|x: i64| total.set(total.get() + x));
        };
        graph.run_available_sync();
        Answer {
            items: numbers.len(),
            numbers: vec![total.get()],
        }
    })
}
