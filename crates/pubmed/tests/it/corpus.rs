//! The corpus beside the repository, if it is there.

use std::fs::{self, File};
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

/// A file of the corpus.
pub(crate) struct Entry {
    /// Its path in the corpus.
    pub(crate) path: String,
    /// How many records are in it, by the corpus' own count.
    pub(crate) records: usize,
}

/// The folder of the corpus; says so if there is none.
pub(crate) fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: there is no corpus at {}", folder.display());
    None
}

/// The files below a folder of the corpus, as its manifest lists them.
pub(crate) fn entries(folder: &Path, below: &str) -> Vec<Entry> {
    let manifest = fs::read_to_string(folder.join("manifest.tsv")).expect("it can be read");
    let entry = |line: &str| {
        let mut fields = line.split('\t');
        let path = fields.next().filter(|path| path.starts_with(below))?.to_owned();
        Some(Entry { path, records: fields.nth(2)?.parse().ok()? })
    };
    manifest.lines().filter_map(entry).collect()
}

/// The bytes of a file, unpacked and without a byte-order mark.
pub(crate) fn open(folder: &Path, path: &str) -> Box<dyn Read> {
    let file = File::open(folder.join(path)).expect("it can be read");
    let is_packed = Path::new(path).extension().is_some_and(|extension| extension == "gz");
    let mut input: Box<dyn Read> =
        if is_packed { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
    let mut start = Vec::new();
    input.by_ref().take(3).read_to_end(&mut start).expect("it can be read");
    if start == b"\xef\xbb\xbf" {
        start.clear();
    }
    Box::new(Cursor::new(start).chain(input))
}
