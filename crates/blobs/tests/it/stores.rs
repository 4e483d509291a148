//! The stores that are tested alike.

use std::path::Path;

use blobs::Blobs;
use tempfile::TempDir;

/// A store that is empty, and the folder in which it lies.
pub(crate) struct Store {
    pub(crate) name: &'static str,
    pub(crate) blobs: Blobs,
    folder: TempDir,
}

impl Store {
    pub(crate) fn files() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let blobs = Blobs::files(&folder.path().join("blobs")).expect("a store");
        Self { name: "files", blobs, folder }
    }

    pub(crate) fn folder(&self) -> std::path::PathBuf {
        self.folder.path().join("blobs")
    }
}

/// One store of each kind; S3 if `S3_ENDPOINT` names a server.
pub(crate) async fn all() -> Vec<Store> {
    let folder = tempfile::tempdir().expect("a folder");
    let memory = Store { name: "memory", blobs: Blobs::memory(), folder };
    let mut stores = vec![Store::files(), memory];
    stores.extend(s3().await);
    stores
}

/// The bucket `S3_BUCKET` (`refmill-tests`) must be there. Credentials are those of the
/// environment: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`. The bucket is emptied.
#[cfg(feature = "s3")]
async fn s3() -> Option<Store> {
    let Ok(endpoint) = std::env::var("S3_ENDPOINT") else {
        eprintln!("S3_ENDPOINT is not set: the store that speaks S3 is not tested");
        return None;
    };
    // The second test finds the provider of the first.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let settings = blobs::S3Settings {
        allow_http: endpoint.starts_with("http://"),
        endpoint,
        bucket: std::env::var("S3_BUCKET").unwrap_or_else(|_| "refmill-tests".to_owned()),
        ..blobs::S3Settings::default()
    };
    let blobs = Blobs::s3(&settings).expect("a store");
    blobs.check().await.expect("the bucket answers");
    for prefix in ["in/", "out/"] {
        blobs.delete(prefix).await.expect("the bucket can be emptied");
    }
    let folder = tempfile::tempdir().expect("a folder");
    Some(Store { name: "s3", blobs, folder })
}

#[cfg(not(feature = "s3"))]
#[expect(clippy::unused_async, reason = "the other one waits")]
async fn s3() -> Option<Store> {
    assert!(
        std::env::var_os("S3_ENDPOINT").is_none(),
        "S3_ENDPOINT is set, but the feature `s3` is off"
    );
    None
}

/// All names in a folder and below it, drafts too.
pub(crate) fn names_below(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        names.push(entry.file_name().to_string_lossy().into_owned());
        if entry.file_type().expect("a type").is_dir() {
            names.extend(names_below(&entry.path()));
        }
    }
    names.sort();
    names
}
