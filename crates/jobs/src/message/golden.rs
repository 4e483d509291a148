//! Messages as releases have written them: each must stay readable.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{Beat, Command, Finished, JobMessage, Reply, Unreadable};

/// Reads a message, and writes it again.
type Again = fn(&[u8]) -> Result<Vec<u8>, Unreadable>;

/// What reads and writes the files whose names begin so.
const KINDS: [(&str, Again); 5] = [
    ("requested-", |bytes| JobMessage::decode(bytes).map(|message| message.encode())),
    ("finished-", |bytes| Finished::decode(bytes).map(|message| message.encode())),
    ("progress", |bytes| Beat::decode(bytes).map(|message| message.encode())),
    ("cancel", |bytes| Command::decode(bytes).map(|message| message.encode())),
    ("reply-", |bytes| Reply::decode(bytes).map(|message| message.encode())),
];

#[test]
fn golden_messages_are_read_and_written_alike() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("messages");
    let mut seen = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        let (kind, again) = KINDS
            .iter()
            .find(|(begin, _)| name.starts_with(begin))
            .unwrap_or_else(|| panic!("{name} is of no kind"));
        let bytes = fs::read(&path).expect("a file");
        let written = again(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        let json = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).expect("JSON");
        assert_eq!(json(&written), json(&bytes), "{name}");
        seen.push(*kind);
    }
    assert!(KINDS.iter().all(|(kind, _)| seen.contains(kind)), "{seen:?}");
}

#[test]
fn fields_of_a_later_release_are_passed_over() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("messages");
    let bytes = fs::read(folder.join("requested-blob.json")).expect("a file");
    let known = JobMessage::decode(&bytes).expect("a job");
    let mut later: Value = serde_json::from_slice(&bytes).expect("JSON");
    later["colour"] = "red".into();
    later["input"]["hue"] = Value::from(7);
    assert_eq!(JobMessage::decode(later.to_string().as_bytes()).expect("a job"), known);
    later["schema"] = Value::from(2);
    let refused = JobMessage::decode(later.to_string().as_bytes());
    assert!(matches!(refused, Err(Unreadable::Schema(2))), "{refused:?}");
}
