//! Inputs that take a while: a few hundred records over and over.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Records that are written over and over.
const RECORDS: u32 = 200;

/// Writes a file of about so many bytes.
pub(crate) fn file(folder: &Path, name: &str, bytes: usize) -> PathBuf {
    let mut text = Vec::new();
    tests::generate::baseline(RECORDS, 11, &mut text).expect("records");
    let find = |word: &[u8]| text.windows(word.len()).position(|part| part == word);
    let first = find(b"<PubmedArticle>").expect("a record");
    let end = find(b"<DeleteCitation>").expect("an end");
    let path = folder.join(name);
    let mut out = BufWriter::new(File::create(&path).expect("a file"));
    let mut written = text.len();
    out.write_all(&text[..first]).expect("written");
    while written < bytes {
        out.write_all(&text[first..end]).expect("written");
        written += end - first;
    }
    out.write_all(&text[first..]).expect("written");
    out.flush().expect("written");
    path
}
