//! Laws of the whole, over the golden inputs, invented files and values that nobody would write.

mod counting;
mod forging;
mod hostile;
mod identity;
mod sameness;

use std::fs;

use tests::{generate, places};

/// A file of invented records.
fn invented(records: u32, seed: u64) -> Vec<u8> {
    let mut file = Vec::new();
    generate::baseline(records, seed, &mut file).expect("memory takes everything");
    file
}

/// The inputs of all golden cases and the examples, by name.
fn inputs() -> Vec<(String, Vec<u8>)> {
    let folders = fs::read_dir(places::root().join("tests/golden")).expect("golden cases");
    let golden = folders.map(|entry| entry.expect("folders can be read").path().join("input.xml"));
    let examples = fs::read_dir(places::root().join("examples")).expect("examples");
    let examples = examples.map(|entry| entry.expect("files can be read").path());
    let mut files: Vec<_> = golden.chain(examples).filter(|file| file.is_file()).collect();
    files.sort();
    let read = |file| fs::read(file).expect("files can be read");
    files.iter().map(|file| (file.display().to_string(), read(file))).collect()
}
