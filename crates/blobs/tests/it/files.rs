//! What files do besides: they are closed to others, follow no link, and leave nothing behind.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::time::{Duration, SystemTime};

use blobs::{BlobError, Blobs};
use bytes::Bytes;
use futures_util::TryStreamExt;
use rustix::fs::{CWD, FileType, Mode, mknodat};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::stores::{Store, names_below};

#[tokio::test]
async fn folders_and_files_are_closed_to_others() {
    let store = Store::files();
    store.blobs.put("in/day/a", "x".into()).await.expect("put");
    store.blobs.create_new("out/day/b", "x".into()).await.expect("created");
    let mode = |path: &str| {
        let found = fs::metadata(store.folder().join(path)).expect("it is there");
        found.permissions().mode() & 0o777
    };
    for folder in ["", "in", "in/day", "out", "out/day"] {
        assert_eq!(mode(folder), 0o700, "{folder}");
    }
    for file in ["in/day/a", "out/day/b"] {
        assert_eq!(mode(file), 0o600, "{file}");
    }
    fs::set_permissions(store.folder(), fs::Permissions::from_mode(0o755)).expect("opened");
    Blobs::files(&store.folder()).expect("a store");
    assert_eq!(mode(""), 0o700);
}

#[tokio::test]
async fn links_are_not_followed() {
    let store = Store::files();
    let (blobs, folder) = (&store.blobs, store.folder());
    let outside = tempfile::tempdir().expect("a folder");
    fs::write(outside.path().join("secret"), "secret").expect("a file");
    fs::create_dir_all(folder.join("in/day")).expect("folders");
    symlink(outside.path().join("secret"), folder.join("in/day/file")).expect("a link");
    symlink(outside.path(), folder.join("in/link")).expect("a link");
    symlink(outside.path().join("new"), folder.join("in/day/new")).expect("a link");
    for key in ["in/day/file", "in/link/secret"] {
        let read = blobs.read(key, None).await.map(drop);
        assert!(matches!(read, Err(BlobError::Foreign { .. })), "{key}: {read:?}");
        assert!(matches!(blobs.local_file(key), Err(BlobError::Foreign { .. })), "{key}");
    }
    for key in ["in/link/new", "in/link/deeper/new"] {
        assert!(matches!(blobs.put(key, "x".into()).await, Err(BlobError::Foreign { .. })));
        let created = blobs.create_new(key, "x".into()).await;
        assert!(matches!(created, Err(BlobError::Foreign { .. })), "{key}");
        assert!(matches!(blobs.delete(key).await, Err(BlobError::Foreign { .. })), "{key}");
    }
    // A link in the place of a blob is replaced, and what it leads to is not.
    blobs.put("in/day/new", "x".into()).await.expect("put");
    assert!(!outside.path().join("new").exists());
    let listed: Vec<_> = blobs.list("").try_collect().await.expect("a listing");
    assert_eq!(listed.iter().map(|entry| &*entry.key).collect::<Vec<_>>(), ["in/day/new"]);
    blobs.delete("in/").await.expect("deleted");
    assert_eq!(names_below(&folder), [""; 0]);
    assert_eq!(fs::read(outside.path().join("secret")).expect("it is there"), b"secret");
}

/// Reading a pipe would never come to an end, and opening one not even to a beginning.
#[tokio::test]
async fn a_pipe_in_the_place_of_a_blob_is_refused_at_once() {
    let store = Store::files();
    let (blobs, folder) = (store.blobs.clone(), store.folder());
    fs::create_dir_all(folder.join("in/day")).expect("folders");
    let pipe = folder.join("in/day/pipe");
    let mode = Mode::RUSR | Mode::WUSR;
    mknodat(CWD, &pipe, FileType::Fifo, mode, 0).expect("a pipe");
    let read = spawn_blocking(move || blobs.local_file("in/day/pipe"));
    let read = timeout(Duration::from_secs(20), read).await;
    if read.is_err() {
        // Lets go whoever waits for a writer, so that the test can end.
        drop(fs::File::options().read(true).write(true).open(&pipe));
    }
    let read = read.expect("nobody waits for a writer").expect("no panic");
    assert!(matches!(read, Err(BlobError::Foreign { .. })), "{read:?}");
    let read = store.blobs.read("in/day/pipe", None).await.map(drop);
    assert!(matches!(read, Err(BlobError::Foreign { .. })), "{read:?}");
}

#[tokio::test]
async fn a_writer_that_is_dropped_leaves_no_file() {
    let store = Store::files();
    let mut writer = store.blobs.writer("in/day/a").await.expect("a writer");
    writer.write(Bytes::from(vec![7; 3 << 20])).await.expect("written");
    let drafts = names_below(&store.folder());
    assert!(drafts.iter().any(|name| name.starts_with(".a.")), "{drafts:?}");
    writer.abort().await;
    assert_eq!(names_below(&store.folder()), ["day", "in"]);
}

#[tokio::test]
async fn leftovers_of_a_crash_are_hidden_and_swept() {
    let store = Store::files();
    let folder = store.folder().join("in/2020-01-02");
    fs::create_dir_all(folder.join("empty")).expect("folders");
    fs::create_dir(folder.join("new")).expect("a folder");
    let old = fs::File::create(folder.join(".job.12-34-0")).expect("a file");
    let past = SystemTime::now() - Duration::from_hours(72);
    old.set_modified(past).expect("it ages");
    let empty = fs::File::open(folder.join("empty")).expect("a folder");
    empty.set_modified(past).expect("it ages");
    fs::write(folder.join(".job.56-78-1"), "young").expect("a file");
    let listed: Vec<_> = store.blobs.list("").try_collect().await.expect("a listing");
    assert_eq!(listed, []);
    let days = Duration::from_hours(48);
    let swept = store.blobs.sweep(days, async |_| Ok([].into())).await.expect("swept");
    assert_eq!((swept.blobs, swept.leftovers), (0, 1));
    assert_eq!(names_below(&store.folder()), [".job.56-78-1", "2020-01-02", "in", "new"]);
}

#[tokio::test]
async fn writing_and_removing_in_the_same_folder_do_not_disturb_each_other() {
    let store = Store::files();
    let blobs = store.blobs.clone();
    let writes = tokio::spawn(async move {
        for number in 0..60 {
            blobs.put("out/2020-01-02/job/a", format!("{number}").into()).await.expect("put");
            blobs.delete("out/2020-01-02/job/a").await.expect("deleted");
        }
    });
    while !writes.is_finished() {
        let swept = store.blobs.sweep(Duration::from_mins(1), async |_| Ok([].into())).await;
        swept.expect("swept");
    }
    writes.await.expect("it ends");
}

#[tokio::test]
async fn a_store_whose_folder_was_removed_says_so() {
    let store = Store::files();
    store.blobs.check().await.expect("it answers");
    assert_eq!(names_below(&store.folder()), [""; 0]);
    fs::remove_dir_all(store.folder()).expect("removed");
    assert!(matches!(store.blobs.check().await, Err(BlobError::Unavailable { .. })));
}

#[test]
fn local_files_are_for_threads_that_read_at_full_speed() {
    let store = Store::files();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(store.blobs.put("in/day/a", "text".into())).expect("put");
    let file = store.blobs.local_file("in/day/a").expect("a file").expect("files are local");
    assert_eq!(std::io::read_to_string(file).expect("text"), "text");
    let path = store.blobs.local_path("in/day/a").expect("a key").expect("files are local");
    assert_eq!(fs::read(path).expect("text"), b"text");
    assert!(Blobs::memory().local_path("in/day/a").expect("a key").is_none());
}
