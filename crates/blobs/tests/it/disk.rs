//! Full disks and stores that are away (R15): an error, never a blob that was cut short.

use std::fmt;
use std::io::{self, Write};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use blobs::{BlobError, Blobs, Space};
use bytes::Bytes;
use futures_util::stream::BoxStream;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult,
};
use tokio::runtime::Handle;

use crate::stores::{Store, names_below};

/// A disk with so many free bytes.
#[derive(Default)]
struct Quota(AtomicU64);

impl Quota {
    fn of(bytes: u64) -> Arc<Self> {
        Arc::new(Self(bytes.into()))
    }
}

impl Space for Quota {
    fn free(&self) -> io::Result<Option<u64>> {
        Ok(Some(self.0.load(Ordering::Relaxed)))
    }

    fn take(&self, bytes: u64) -> io::Result<()> {
        let left = |free: u64| free.checked_sub(bytes);
        let taken = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, left);
        taken.map(drop).map_err(|_| io::ErrorKind::StorageFull.into())
    }
}

fn stores() -> [(&'static str, Store, Blobs); 2] {
    let files = Store::files();
    let blobs = files.blobs.clone();
    [("files", files, blobs), ("memory", Store::files(), Blobs::memory())]
}

#[tokio::test]
async fn no_blob_is_begun_when_too_little_is_free() {
    for (name, _folder, blobs) in stores() {
        let quota = Quota::of(1999);
        let blobs = blobs.with_space(quota.clone()).with_min_free(2000);
        assert_eq!(blobs.free_bytes().await.expect("an answer"), Some(1999));
        assert!(matches!(blobs.writer("in/day/a").await, Err(BlobError::Full)), "{name}");
        assert!(matches!(blobs.put("in/day/a", "x".into()).await, Err(BlobError::Full)), "{name}");
        let full = tokio::task::spawn_blocking({
            let (blobs, handle) = (blobs.clone(), Handle::current());
            move || blobs.blocking_writer(handle, "in/day/a").finish()
        });
        assert!(matches!(full.await.expect("it ends"), Err(BlobError::Full)), "{name}");
        // What ends a job is taken.
        assert!(blobs.create_new("out/day/done.json", "{}".into()).await.expect("created"));
        quota.0.store(2000, Ordering::Relaxed);
        blobs.writer("in/day/a").await.expect("a writer");
        blobs.put("in/day/a", "x".into()).await.expect("put");
    }
}

#[tokio::test]
async fn a_disk_that_fills_up_while_a_blob_is_written_leaves_no_part_of_it() {
    for (name, store, blobs) in stores() {
        let blobs = blobs.with_space(Quota::of(8 << 20));
        let mut writer = blobs.writer("in/day/a").await.expect("a writer");
        let piece = Bytes::from(vec![7; 3 << 20]);
        writer.write(piece.clone()).await.expect("written");
        writer.write(piece.clone()).await.expect("written");
        assert!(matches!(writer.write(piece.clone()).await, Err(BlobError::Full)), "{name}");
        // Going on with less would make a hole.
        let more = writer.write(Bytes::from_static(b"x")).await;
        assert!(matches!(more, Err(BlobError::Broken { .. })), "{name}");
        assert!(matches!(writer.finish().await, Err(BlobError::Broken { .. })), "{name}");
        assert_eq!(blobs.stat("in/day/a").await.expect("an answer"), None, "{name}");
        assert!(matches!(blobs.put("in/day/b", piece.clone()).await, Err(BlobError::Full)));
        let created = blobs.create_new("in/day/b", piece.clone()).await;
        assert!(matches!(created, Err(BlobError::Full)), "{name}");
        let threads = tokio::task::spawn_blocking({
            let (blobs, handle) = (blobs.clone(), Handle::current());
            move || {
                let mut writer = blobs.blocking_writer(handle, "in/day/c");
                let written = (0..64).try_for_each(|_| writer.write_all(&piece));
                let error = written.expect_err("the disk is full");
                assert!(matches!(BlobError::of_io(error), BlobError::Full), "{name}");
                assert!(matches!(writer.finish(), Err(BlobError::Broken { .. })), "{name}");
            }
        });
        threads.await.expect("it ends");
        assert_eq!(blobs.stat("in/day/c").await.expect("an answer"), None, "{name}");
        if store.name == "files" {
            let names = names_below(&store.folder());
            assert!(names.iter().all(|name| !name.starts_with('.')), "{names:?}");
        }
    }
}

#[tokio::test]
async fn a_file_system_without_room_is_full() {
    // A device that is always full, in the place of a file that is being written.
    let error = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .and_then(|mut full| full.write_all(b"x"))
        .expect_err("it is full");
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    let full =
        Blobs::over(Arc::new(Failing { kind: io::ErrorKind::StorageFull, ..Failing::new() }));
    assert!(matches!(full.put("in/day/a", "x".into()).await, Err(BlobError::Full)));
    let mut writer = full.writer("in/day/a").await.expect("a writer");
    let written = writer.write(Bytes::from(vec![7; 6 << 20])).await;
    assert!(matches!(written, Err(BlobError::Full)));
}

#[tokio::test]
async fn a_store_that_is_away_is_worth_another_try() {
    let away = Blobs::over(Arc::new(Failing::new()));
    for error in [
        away.put("in/day/a", "x".into()).await.expect_err("it is away"),
        away.create_new("in/day/a", "x".into()).await.expect_err("it is away"),
        away.read("in/day/a", None).await.map(drop).expect_err("it is away"),
        away.read("in/day/a", Some(0..4)).await.map(drop).expect_err("it is away"),
        away.stat("in/day/a").await.expect_err("it is away"),
        away.check().await.expect_err("it is away"),
        away.delete("in/day/a").await.expect_err("it is away"),
    ] {
        assert!(matches!(error, BlobError::Unavailable { .. }), "{error:?}");
        assert!(error.is_transient());
    }
}

/// A store of which every request fails.
#[derive(Debug)]
struct Failing {
    kind: io::ErrorKind,
    inner: InMemory,
}

impl Failing {
    fn new() -> Self {
        Self { kind: io::ErrorKind::ConnectionReset, inner: InMemory::new() }
    }

    fn error(&self) -> object_store::Error {
        let source = io::Error::from(self.kind);
        object_store::Error::Generic { store: "failing", source: Box::new(source) }
    }
}

impl fmt::Display for Failing {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("failing")
    }
}

#[async_trait::async_trait]
impl ObjectStore for Failing {
    async fn put_opts(
        &self,
        _: &Path,
        _: PutPayload,
        _: PutOptions,
    ) -> object_store::Result<PutResult> {
        Err(self.error())
    }

    async fn put_multipart_opts(
        &self,
        _: &Path,
        _: PutMultipartOptions,
    ) -> object_store::Result<Box<dyn MultipartUpload>> {
        Err(self.error())
    }

    async fn get_opts(&self, _: &Path, _: GetOptions) -> object_store::Result<GetResult> {
        Err(self.error())
    }

    async fn get_ranges(&self, _: &Path, _: &[Range<u64>]) -> object_store::Result<Vec<Bytes>> {
        Err(self.error())
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, object_store::Result<Path>>,
    ) -> BoxStream<'static, object_store::Result<Path>> {
        self.inner.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, object_store::Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, _: Option<&Path>) -> object_store::Result<ListResult> {
        Err(self.error())
    }

    async fn copy_opts(&self, _: &Path, _: &Path, _: CopyOptions) -> object_store::Result<()> {
        Err(self.error())
    }
}
