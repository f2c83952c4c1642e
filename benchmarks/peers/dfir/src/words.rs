//! Strings through twenty operators, and through a diamond.

use std::cell::Cell;

use dfir_rs::dfir_syntax;

use crate::{Answer, Benchmark};

/// Twenty times upper case, as Unicode has it.
pub fn upcase(words: Vec<String>) -> Benchmark {
    Box::new(move || {
        let found = Cell::new((0_i64, 0_i64));
        let found = &found;
        let mut graph = dfir_syntax! {
            source_iter(words.iter().cloned())
                -> map(|word: String| word.to_uppercase())
                -> map(|word: String| word.to_uppercase())
                -> map(|word: String| word.to_uppercase())
                -> map(|word: String| word.to_uppercase())
                -> map(|word: String| word.to_uppercase())
                -> map(|word: String| word.to_uppercase())
                -> map(|word: String| word.to_uppercase())
                -> map(|word: String| word.to_uppercase())
                -> map(|word: String| word.to_uppercase())
                -> map(|word: String| word.to_uppercase())
                -> map(|word: String| word.to_uppercase())
                -> map(|word: String| word.to_uppercase())
                -> map(|word: String| word.to_uppercase())
                -> map(|word: String| word.to_uppercase())
                -> map(|word: String| word.to_uppercase())
                -> map(|word: String| word.to_uppercase())
                -> map(|word: String| word.to_uppercase())
                -> map(|word: String| word.to_uppercase())
                -> map(|word: String| word.to_uppercase())
                -> map(|word: String| word.to_uppercase())
                -> for_each(|word: String| {
                    let (letters, starts) = found.get();
                    found.set((letters + word.len() as i64, starts + i64::from(word.starts_with('A'))));
                });
        };
        graph.run_available_sync();
        let (letters, starts) = found.get();
        Answer {
            items: words.len(),
            numbers: vec![letters, starts],
        }
    })
}

/// Each word greeted twice, and once more itself when its length is a multiple of five.
pub fn words_diamond(words: Vec<String>) -> Benchmark {
    Box::new(move || {
        let letters = Cell::new(0_i64);
        let letters = &letters;
        let mut graph = dfir_syntax! {
            all = source_iter(words.iter().cloned()) -> tee();
            all -> flat_map(|word: String| [format!("hi {word}"), format!("bye {word}")]) -> both;
            all -> filter(|word: &String| word.len() % 5 == 0) -> both;
            both = union() -> for_each(|word: String| letters.set(letters.get() + word.len() as i64));
        };
        graph.run_available_sync();
        Answer {
            items: words.len(),
            numbers: vec![letters.get()],
        }
    })
}
