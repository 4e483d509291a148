//! The golden messages of the repository.

use std::fs;
use std::path::Path;

/// The golden messages by name.
pub(crate) fn golden() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../jobs/messages");
    let mut golden: Vec<_> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
            (name, fs::read_to_string(path).expect("a file"))
        })
        .collect();
    golden.sort();
    golden
}
