//! A peer of flowcc: the ten micro benchmarks of DFIR, one process a benchmark.
//!
//! `flowcc-dfir-peer NAME FILE...` reads its input once; then each line on standard input runs the
//! benchmark once and prints one line of JSON: seconds, items that went in, and the answer.
//! Reading the input and printing the answer are not part of the time; building the graph is.

mod graph;
mod input;
mod joins;
mod numbers;
mod words;

use std::io::{self, BufRead, Write};
use std::time::Instant;

/// What one run gives: how many items went in, and the numbers that the answer is checked by.
pub struct Answer {
    pub items: usize,
    pub numbers: Vec<i64>,
}

/// A benchmark with its input already in memory.
type Benchmark = Box<dyn Fn() -> Answer>;

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, files)) = arguments.split_first() else {
        eprintln!("usage: flowcc-dfir-peer NAME FILE...");
        std::process::exit(2);
    };
    let Some(benchmark) = find(name, files)? else {
        eprintln!("no benchmark is named {name}");
        std::process::exit(2);
    };
    for line in io::stdin().lock().lines() {
        line?;
        let begun = Instant::now();
        let answer = benchmark();
        let seconds = begun.elapsed().as_secs_f64();
        let mut out = io::stdout().lock();
        writeln!(
            out,
            "{{\"seconds\": {seconds}, \"items\": {}, \"answer\": {:?}}}",
            answer.items, answer.numbers
        )?;
        out.flush()?;
    }
    Ok(())
}

/// Read the input of a benchmark and return it ready to run.
fn find(name: &str, files: &[String]) -> io::Result<Option<Benchmark>> {
    Ok(Some(match name {
        "arithmetic" => numbers::arithmetic(input::numbers(&files[0])?),
        "identity" => numbers::identity(input::numbers(&files[0])?),
        "fan_in" => numbers::fan_in(input::numbers(&files[0])?),
        "fan_out" => numbers::fan_out(input::numbers(&files[0])?),
        "fork_join" => numbers::fork_join(input::numbers(&files[0])?),
        "join" => joins::join(input::pairs(&files[0])?, input::pairs(&files[1])?),
        "symmetric_hash_join" => {
            joins::symmetric_hash_join(input::pairs(&files[0])?, input::pairs(&files[1])?)
        }
        "upcase" => words::upcase(input::words(&files[0])?),
        "words_diamond" => words::words_diamond(input::words(&files[0])?),
        "reachability" => graph::reachability(input::pairs(&files[0])?),
        _ => return Ok(None),
    }))
}
