//! Inputs as the benchmarks write them: little-endian 64-bit integers, and words one a line.

use std::fs;
use std::io;

/// All integers of a file.
pub fn numbers(path: &str) -> io::Result<Vec<i64>> {
    let bytes = fs::read(path)?;
    Ok(bytes
        .chunks_exact(8)
        .map(|chunk| i64::from_le_bytes(chunk.try_into().unwrap()))
        .collect())
}

/// All pairs of a file in which the two numbers of a pair stand side by side.
pub fn pairs(path: &str) -> io::Result<Vec<(i64, i64)>> {
    Ok(numbers(path)?
        .chunks_exact(2)
        .map(|pair| (pair[0], pair[1]))
        .collect())
}

/// All lines of a file.
pub fn words(path: &str) -> io::Result<Vec<String>> {
    Ok(fs::read_to_string(path)?
        .lines()
        .map(str::to_owned)
        .collect())
}
