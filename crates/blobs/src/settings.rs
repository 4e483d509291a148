//! Settings of the blob store.

use std::path::PathBuf;

use secrecy::SecretString;
use serde::{Deserialize, Serialize, Serializer};

use crate::{BlobError, Blobs};

/// `blobs.*` of the configuration.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Where blobs are kept: `files` or `s3`; `memory` is for tests.
    pub store: StoreKind,
    /// The folder of `files`; empty: `blobs` in the data folder. It is closed to other users.
    pub folder: PathBuf,
    /// Free bytes of the disk below which no blob is begun.
    pub min_free_bytes: u64,
    /// Whether results are handed out by an address in the store (`s3`) instead of through us.
    pub redirect: bool,
    /// The store of `s3`.
    pub s3: S3Settings,
}

/// Where blobs are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StoreKind {
    /// In files of a folder.
    #[default]
    Files,
    /// In a bucket of a server that speaks S3.
    S3,
    /// In memory, until the program ends.
    Memory,
}

/// `blobs.s3.*` of the configuration.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct S3Settings {
    /// Address of the server, `https://…`; empty: that of Amazon in the region.
    pub endpoint: String,
    /// Region of the bucket; empty: `us-east-1`.
    pub region: String,
    /// The bucket, which must be there and should drop unfinished uploads after a day or two.
    pub bucket: String,
    /// Name of the access key; empty: that of the machine or the environment.
    pub access_key_id: String,
    /// The access key itself.
    #[serde(serialize_with = "masked")]
    pub secret_access_key: Option<SecretString>,
    /// Whether the bucket is a part of the host name.
    pub virtual_hosted: bool,
    /// Whether an endpoint without TLS is taken.
    pub allow_http: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            store: StoreKind::Files,
            folder: PathBuf::new(),
            min_free_bytes: 2 << 30,
            redirect: false,
            s3: S3Settings::default(),
        }
    }
}

impl Blobs {
    /// Opens the store that the settings name.
    ///
    /// # Errors
    ///
    /// [`BlobError::Settings`] if they name none, [`BlobError::Unavailable`] for a folder that
    /// cannot be opened.
    pub fn open(settings: &Settings) -> Result<Self, BlobError> {
        let blobs = match settings.store {
            StoreKind::Files if settings.folder.as_os_str().is_empty() => {
                return Err(BlobError::Settings("blobs.folder is empty".to_owned()));
            }
            StoreKind::Files => Self::files(&settings.folder)?,
            StoreKind::Memory => Self::memory(),
            #[cfg(feature = "s3")]
            StoreKind::S3 => Self::s3(&settings.s3)?,
            #[cfg(not(feature = "s3"))]
            StoreKind::S3 => {
                return Err(BlobError::Settings("this program was built without S3".to_owned()));
            }
        };
        Ok(blobs.with_min_free(settings.min_free_bytes))
    }
}

#[expect(clippy::ref_option, reason = "serde calls it so")]
fn masked<S: Serializer>(secret: &Option<SecretString>, out: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(|_| "***").serialize(out)
}
