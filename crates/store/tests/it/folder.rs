//! The folder of SQLite: its lock, its permissions, and what a killed process leaves in it.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use store::{JobStore, Store, StoreError, StoreOptions};

use crate::bench::*;

#[tokio::test]
async fn the_folder_is_for_one_process_and_its_owner_alone() {
    let bench = Over::Sqlite.embedded().await;
    bench.queued().await;
    let second = Store::open(&bench.options).await;
    assert!(matches!(second, Err(StoreError::Locked)), "{second:?}");
    let mode = |path: &Path| fs::metadata(path).expect("a file").permissions().mode() & 0o777;
    assert_eq!(mode(&bench.options.folder), 0o700);
    let files: Vec<_> = fs::read_dir(&bench.options.folder).expect("a folder").flatten().collect();
    assert!(files.len() >= 3, "{files:?}");
    for file in files {
        assert_eq!(mode(&file.path()), 0o600, "{file:?}");
    }
}

#[tokio::test]
async fn links_out_of_the_folder_are_refused() {
    for name in ["lock", "refmill.db", "refmill.db-wal", "refmill.db-shm"] {
        let folder = tempfile::tempdir().expect("a folder");
        let target = folder.path().join("elsewhere");
        fs::write(&target, "not a database").expect("a file");
        let data = folder.path().join("data");
        fs::create_dir(&data).expect("a folder");
        symlink(&target, data.join(name)).expect("a link");
        let opened = Store::open(&StoreOptions::embedded(&data)).await;
        assert!(matches!(opened, Err(StoreError::Folder { .. })), "{name}: {opened:?}");
        assert_eq!(fs::read_to_string(&target).expect("the file"), "not a database");
    }
}

#[tokio::test]
async fn what_was_accepted_is_in_the_files_before_they_are_closed() {
    let bench = Over::Sqlite.embedded().await;
    let mut jobs = Vec::new();
    for _ in 0..50 {
        jobs.push(bench.queued().await);
    }
    // What a killed process leaves behind: no last words, no tidying.
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["refmill.db", "refmill.db-wal"] {
        fs::copy(bench.options.folder.join(name), folder.path().join(name)).expect("a copy");
    }
    let copy = Store::open(&StoreOptions::embedded(folder.path())).await.expect("a store");
    for job in &jobs {
        assert_eq!(copy.get(job.id, None).await.expect("an answer").as_ref(), Some(job));
    }

    // The same after a store was dropped; its lock goes with its writer.
    let options = bench.options.clone();
    drop(bench.store);
    let again = eventually(async || match Store::open(&options).await {
        Err(StoreError::Locked) => None,
        other => Some(other.expect("a store")),
    })
    .await;
    for job in &jobs {
        assert_eq!(again.get(job.id, None).await.expect("an answer").as_ref(), Some(job));
    }
}

#[tokio::test]
async fn a_row_of_a_later_release_is_passed_over() {
    let mut bench = Over::Sqlite.relayed().await;
    let (strange, good) = (bench.queued().await.id, bench.queued().await.id);
    bench.store.close().await;
    let file = bench.options.folder.join("refmill.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
    let mut link = sqlx::ConnectOptions::connect(&options).await.expect("a connection");
    sqlx::query("UPDATE jobs SET formats = '[\"clay\"]' WHERE id = $1")
        .bind(strange.as_uuid())
        .execute(&mut link)
        .await
        .expect("a row");
    sqlx::Connection::close(link).await.expect("an end");
    bench.again().await;

    let read = bench.store.get(strange, None).await;
    assert!(matches!(read, Err(StoreError::Corrupt { table: "jobs", .. })), "{read:?}");
    let page = store::Page { state: None, before: None, limit: 9 };
    let listed = bench.store.list(&jobs::Owner::local(), &page).await.expect("a list");
    assert_eq!(listed.iter().map(|job| job.id).collect::<Vec<_>>(), [good]);
    assert_eq!(bench.store.take_outbox(9).await.expect("errands").len(), 1);
    let claimed = bench.store.claim(jobs::Lane::Interactive, RUN).await.expect("an answer");
    assert_eq!(claimed.map(|message| message.job), Some(good));
    assert_eq!(bench.store.claim(jobs::Lane::Interactive, RUN).await.expect("an answer"), None);
}
