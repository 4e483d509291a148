//! What every store does alike (R16).

use std::collections::HashSet;
use std::io::{Read, Write};
use std::time::Duration;

use blobs::{BlobError, Blobs};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use crate::stores;

/// Bytes that differ from their neighbours, more than one part of a large upload.
fn many_bytes(count: usize) -> Bytes {
    (0..count).map(|at| u8::try_from((at / 7 + at / 65_536) % 251).expect("small")).collect()
}

async fn all_of(blobs: &Blobs, key: &str) -> Bytes {
    blobs.read(key, None).await.expect("a blob").all().await.expect("its bytes")
}

async fn keys(blobs: &Blobs, prefix: &str) -> Vec<String> {
    let listed: Vec<_> = blobs.list(prefix).try_collect().await.expect("a listing");
    let mut keys: Vec<_> = listed.into_iter().map(|entry| entry.key).collect();
    keys.sort();
    keys
}

/// Puts four bytes under each key, several at a time.
async fn put_all(blobs: &Blobs, keys: impl IntoIterator<Item = String>) {
    let puts = stream::iter(keys).map(|key| async move { blobs.put(&key, "1234".into()).await });
    puts.buffer_unordered(32).try_collect::<()>().await.expect("put");
}

#[tokio::test]
async fn what_was_put_is_read_and_replaced() {
    for store in stores::all().await {
        let blobs = store.blobs;
        assert_eq!(blobs.stat("in/day/a").await.expect("an answer"), None, "{}", store.name);
        for bytes in ["first", "second one", ""] {
            blobs.put("in/day/a", bytes.into()).await.expect("put");
            assert_eq!(all_of(&blobs, "in/day/a").await, bytes, "{}", store.name);
            let size = blobs.stat("in/day/a").await.expect("an answer");
            assert_eq!(size, Some(bytes.len() as u64), "{}", store.name);
        }
        blobs.check().await.expect("it answers");
    }
}

#[tokio::test]
async fn nothing_is_seen_before_the_writer_has_finished() {
    for store in stores::all().await {
        let blobs = store.blobs;
        let bytes = many_bytes(11 << 20);
        let mut writer = blobs.writer("in/day/large").await.expect("a writer");
        for piece in bytes.chunks(100_000) {
            writer.write(bytes.slice_ref(piece)).await.expect("written");
        }
        assert_eq!(blobs.stat("in/day/large").await.expect("an answer"), None, "{}", store.name);
        assert!(keys(&blobs, "in").await.is_empty(), "{}", store.name);
        assert_eq!(writer.finish().await.expect("finished"), bytes.len() as u64);
        assert_eq!(all_of(&blobs, "in/day/large").await, bytes, "{}", store.name);
    }
}

#[tokio::test]
async fn a_writer_that_is_given_up_leaves_what_was_there() {
    for store in stores::all().await {
        let blobs = store.blobs;
        blobs.put("in/day/a", "old".into()).await.expect("put");
        for is_dropped in [true, false] {
            let mut writer = blobs.writer("in/day/a").await.expect("a writer");
            writer.write(many_bytes(6 << 20)).await.expect("written");
            if is_dropped {
                drop(writer);
            } else {
                writer.abort().await;
            }
            assert_eq!(all_of(&blobs, "in/day/a").await, "old", "{}", store.name);
        }
    }
}

#[tokio::test]
async fn an_empty_blob_is_a_blob() {
    for store in stores::all().await {
        let writer = store.blobs.writer("in/day/empty").await.expect("a writer");
        assert_eq!(writer.finish().await.expect("finished"), 0);
        assert_eq!(store.blobs.stat("in/day/empty").await.expect("an answer"), Some(0));
        assert!(all_of(&store.blobs, "in/day/empty").await.is_empty(), "{}", store.name);
    }
}

#[tokio::test]
async fn ranges_are_cut_at_the_end() {
    for store in stores::all().await {
        let blobs = store.blobs;
        let bytes = many_bytes(700_000);
        blobs.put("out/day/a", bytes.clone()).await.expect("put");
        for range in
            [0..1, 0..700_000, 10..20, 262_143..524_289, 699_999..700_000, 699_990..1_000_000]
        {
            let reader = blobs.read("out/day/a", Some(range.clone())).await.expect("a reader");
            assert_eq!(reader.bytes, 700_000, "{} {range:?}", store.name);
            let start = usize::try_from(range.start).expect("small");
            let end = usize::try_from(range.end).expect("small").min(bytes.len());
            let read = reader.all().await.expect("bytes");
            assert_eq!(read, bytes.slice(start..end), "{} {range:?}", store.name);
        }
        for range in [700_000..700_001, 5_000_000..6_000_000, 10..10] {
            let reader = blobs.read("out/day/a", Some(range.clone())).await.expect("a reader");
            assert_eq!(reader.bytes, 700_000, "{} {range:?}", store.name);
            assert!(reader.all().await.expect("bytes").is_empty(), "{} {range:?}", store.name);
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_missing() {
    for store in stores::all().await {
        let blobs = store.blobs;
        for range in [None, Some(0..10), Some(0..0)] {
            let read = blobs.read("in/day/none", range).await;
            let key = match read {
                Err(BlobError::Missing { key }) => key,
                other => panic!("{}: {other:?}", store.name),
            };
            assert_eq!(key, "in/day/none");
        }
        assert_eq!(blobs.delete("in/day/none").await.expect("an answer"), 0, "{}", store.name);
        assert_eq!(blobs.delete("in/none/").await.expect("an answer"), 0, "{}", store.name);
        assert!(keys(&blobs, "none").await.is_empty(), "{}", store.name);
    }
}

#[tokio::test]
async fn of_all_that_create_a_blob_at_the_same_time_one_wins() {
    for store in stores::all().await {
        let key = "out/day/job/1/done.json";
        let tries = (0..16_u8).map(|number| {
            let blobs = store.blobs.clone();
            tokio::spawn(async move {
                let created = blobs.create_new(key, Bytes::copy_from_slice(&[number])).await;
                // The winner's bytes are there for whoever has lost.
                let found = all_of(&blobs, key).await;
                (number, created.expect("an answer"), found)
            })
        });
        let mut ends = Vec::new();
        for end in tries.collect::<Vec<_>>() {
            ends.push(end.await.expect("an end"));
        }
        let winners: Vec<_> = ends.iter().filter(|end| end.1).map(|end| end.0).collect();
        assert_eq!(winners.len(), 1, "{}", store.name);
        assert!(ends.iter().all(|end| end.2[..] == winners[..]), "{}", store.name);
    }
}

#[tokio::test]
async fn listings_and_removals_stop_at_whole_words() {
    for store in stores::all().await {
        let blobs = store.blobs;
        let all = ["out/a/1/ris.ris", "out/a/1/x.json", "out/a/10/ris.ris", "out/a/2", "in/a"];
        for key in all {
            blobs.put(key, key.into()).await.expect("put");
        }
        let listed: Vec<_> = blobs.list("in").try_collect().await.expect("a listing");
        assert_eq!((listed.len(), &*listed[0].key, listed[0].bytes), (1, "in/a", 4));
        let age = listed[0].modified.elapsed().unwrap_or_default();
        assert!(age < Duration::from_mins(10), "{}: {age:?}", store.name);
        assert_eq!(keys(&blobs, "out/a/1").await, all[..2], "{}", store.name);
        assert_eq!(keys(&blobs, "out/a/1/").await, all[..2], "{}", store.name);
        assert_eq!(keys(&blobs, "out/a/2").await, [""; 0], "{}", store.name);
        assert_eq!(keys(&blobs, "").await.len(), 5, "{}", store.name);
        assert_eq!(blobs.delete("out/a/1").await.expect("an answer"), 0, "{}", store.name);
        assert_eq!(blobs.delete("out/a/1/").await.expect("an answer"), 2, "{}", store.name);
        assert_eq!(blobs.delete("out/a/2").await.expect("an answer"), 1, "{}", store.name);
        assert_eq!(keys(&blobs, "").await, ["in/a", "out/a/10/ris.ris"], "{}", store.name);
    }
}

#[tokio::test]
async fn long_listings_are_complete() {
    for store in stores::all().await {
        put_all(&store.blobs, (0..600).map(|number| format!("in/day/{number}"))).await;
        let keys: HashSet<_> = keys(&store.blobs, "in").await.into_iter().collect();
        assert_eq!(keys.len(), 600, "{}", store.name);
        assert_eq!(store.blobs.delete("in/").await.expect("an answer"), 600, "{}", store.name);
    }
}

#[tokio::test]
async fn keys_that_lead_elsewhere_are_refused() {
    for store in stores::all().await {
        let blobs = &store.blobs;
        for key in ["", "..", "../x", "in/../../x", "/etc/passwd", "in//x", ".hidden", "in/a b"] {
            assert!(matches!(blobs.put(key, "x".into()).await, Err(BlobError::InvalidKey)));
            assert!(matches!(blobs.writer(key).await, Err(BlobError::InvalidKey)));
            assert!(matches!(blobs.create_new(key, "x".into()).await, Err(BlobError::InvalidKey)));
            assert!(matches!(blobs.read(key, None).await, Err(BlobError::InvalidKey)));
            assert!(matches!(blobs.stat(key).await, Err(BlobError::InvalidKey)));
            assert!(matches!(blobs.delete(key).await, Err(BlobError::InvalidKey)));
            assert!(matches!(blobs.local_file(key), Err(BlobError::InvalidKey)));
        }
        for prefix in ["/", "../", "in/../"] {
            assert!(matches!(blobs.delete(prefix).await, Err(BlobError::InvalidKey)), "{prefix}");
        }
        let listed = blobs.list("in/../..").try_collect::<Vec<_>>().await;
        assert!(matches!(listed, Err(BlobError::InvalidKey)), "{}", store.name);
    }
}

#[tokio::test]
async fn threads_that_may_wait_read_and_write() {
    for store in stores::all().await {
        let (blobs, handle) = (store.blobs.clone(), Handle::current());
        let bytes = many_bytes((12 << 20) + 5);
        let written = bytes.clone();
        let work = spawn_blocking(move || {
            let mut writer = blobs.blocking_writer(handle.clone(), "out/day/a");
            for piece in written.chunks(77_777) {
                writer.write_all(piece).expect("written");
            }
            assert!(
                blobs.local_file("out/day/a").is_ok_and(|file| file.is_none())
                    || matches!(blobs.local_file("out/day/a"), Err(BlobError::Missing { .. }))
            );
            let size = writer.finish().expect("finished");
            let mut read = Vec::new();
            let mut reader = blobs.blocking_reader(handle.clone(), "out/day/a");
            reader.read_to_end(&mut read).expect("read");
            assert_eq!(reader.read(&mut [0; 9]).expect("the end"), 0);
            let mut missing = blobs.blocking_reader(handle.clone(), "out/day/none");
            let error = missing.read(&mut [0; 9]).expect_err("it is missing");
            assert!(matches!(BlobError::of_io(error), BlobError::Missing { .. }));
            let empty = blobs.blocking_writer(handle.clone(), "out/day/empty");
            assert_eq!(empty.finish().expect("finished"), 0);
            let mut dropped = blobs.blocking_writer(handle, "out/day/dropped");
            dropped.write_all(&written).expect("written");
            drop(dropped);
            (size, read)
        });
        let (size, read) = work.await.expect("it ends");
        assert_eq!((size, read == bytes), (bytes.len() as u64, true), "{}", store.name);
        assert_eq!(keys(&store.blobs, "out").await, ["out/day/a", "out/day/empty"]);
    }
}

#[tokio::test]
async fn the_sweeper_takes_old_blobs_that_nobody_wants() {
    for store in stores::all().await {
        let blobs = store.blobs;
        let today = jiff::Timestamp::now().strftime("%Y-%m-%d").to_string();
        let young = format!("in/{today}/young");
        let mut all = vec!["in/notaday/a".to_owned(), "in/2020-01-02/wanted".to_owned(), young];
        let orphans = (0..510).map(|number| format!("out/2020-01-02/job/{number}/ris.ris"));
        all.extend(orphans);
        put_all(&blobs, all).await;
        // All were written just now: none is old.
        let hour = Duration::from_hours(1);
        let swept = blobs.sweep(hour, async |_| Ok(HashSet::new())).await.expect("swept");
        assert_eq!((swept.blobs, swept.leftovers), (0, 0), "{}", store.name);
        // S3 has whole seconds.
        let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
        let mut asked = 0;
        let mut swept = blobs::Swept::default();
        while swept.blobs < 510 && tokio::time::Instant::now() < deadline {
            let more = blobs.sweep(Duration::ZERO, |keys: Vec<String>| {
                assert!(keys.len() <= 500);
                asked += keys.len();
                let wanted = keys.into_iter().filter(|key| key.ends_with("wanted")).collect();
                async { Ok(wanted) }
            });
            let more = more.await.expect("swept");
            swept.blobs += more.blobs;
            swept.bytes += more.bytes;
        }
        assert_eq!((swept.blobs, swept.bytes), (510, 2040), "{}", store.name);
        assert!(asked >= 511, "{}", store.name);
        let mut left = keys(&blobs, "").await;
        left.retain(|key| !key.ends_with("/young"));
        assert_eq!(left, ["in/2020-01-02/wanted", "in/notaday/a"], "{}", store.name);
        let failed = blobs.sweep(Duration::ZERO, async |_| Err("the database is away".into()));
        assert!(matches!(failed.await, Err(BlobError::Unavailable { .. })), "{}", store.name);
    }
}
