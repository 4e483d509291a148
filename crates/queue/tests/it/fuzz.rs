//! Whatever comes, decoding answers (`service.md` target S16).

use jobs::message::{Beat, Command, Finished, JobMessage, MAX_BYTES, Reply, Unreadable};
use proptest::prelude::*;

fn decode_all(bytes: &[u8]) -> [Result<(), Unreadable>; 5] {
    [
        JobMessage::decode(bytes).map(drop),
        Finished::decode(bytes).map(drop),
        Beat::decode(bytes).map(drop),
        Command::decode(bytes).map(drop),
        Reply::decode(bytes).map(drop),
    ]
}

/// The golden messages, cut and stirred.
fn stirred() -> impl Strategy<Value = Vec<u8>> {
    let golden: Vec<Vec<u8>> =
        crate::asyncapi::golden().into_iter().map(|(_, text)| text.into_bytes()).collect();
    let stirs = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8);
    (prop::sample::select(golden), stirs, any::<prop::sample::Index>(), any::<bool>()).prop_map(
        |(mut bytes, stirs, end, cuts)| {
            for (at, byte) in stirs {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if cuts {
                bytes.truncate(end.index(bytes.len()));
            }
            bytes
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let _ = decode_all(&bytes);
    }

    #[test]
    fn broken_messages_are_read_or_refused(bytes in stirred()) {
        let _ = decode_all(&bytes);
    }

    #[test]
    fn deep_messages_are_refused(depth in 1000_usize..50_000) {
        let deep = format!("{{\"schema\":1,\"x\":{}", "[".repeat(depth));
        prop_assert!(decode_all(deep.as_bytes()).iter().all(Result::is_err));
    }
}

#[test]
fn large_messages_are_refused_unread() {
    let large = vec![b' '; MAX_BYTES + 1];
    let is_size = |result: &Result<(), _>| matches!(result, Err(Unreadable::Size(_)));
    assert!(decode_all(&large).iter().all(is_size));
}

/// The corpus, and every message of it cut anywhere. What is read is the same when it is written and
/// read again.
#[test]
fn the_corpus_of_messages_is_read_or_refused() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/corpus/message");
    let mut refused = 0;
    for entry in std::fs::read_dir(folder).expect("the corpus") {
        let path = entry.expect("an entry").path();
        let bytes = std::fs::read(&path).expect("a file");
        let [_, others @ ..] = decode_all(&bytes);
        assert!(others.iter().all(Result::is_err), "{}: {others:?}", path.display());
        match JobMessage::decode(&bytes) {
            Ok(message) => {
                let again = JobMessage::decode(&message.encode());
                assert_eq!(again.ok(), Some(message), "{}", path.display());
            }
            Err(_) => refused += 1,
        }
        for length in 0..bytes.len() {
            let _ = decode_all(&bytes[..length]);
        }
    }
    assert!(refused > 15, "{refused}");
}
