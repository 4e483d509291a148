//! Why the door cannot be opened.

use std::io;
use std::net::SocketAddr;

use crate::keys::KeysError;

/// Why the door cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unfit {
    /// Strangers would reach it.
    #[error(
        "{address} can be reached from other machines: set `auth.mode` to `keys`, or \
         `http.allow_anonymous` if everybody may call"
    )]
    Open {
        /// The address.
        address: SocketAddr,
    },
    /// An upload that may come could never be taken: it would be sent again for ever.
    #[error(
        "`limits.inflight_bytes` is {inflight}, and one upload may have {most} bytes \
         (`{config_key}`): it could never be taken"
    )]
    Inflight {
        /// What is set for all uploads.
        inflight: u64,
        /// What is set for one.
        most: u64,
        /// The key that says so.
        config_key: &'static str,
    },
    /// Keys are asked for, and there is no file of keys.
    #[error("`auth.mode` is `keys`, and `auth.keys_file` is not set")]
    NoKeysFile,
    /// The public address is none.
    #[error("`http.public_url` is no address: `{url}`")]
    PublicUrl {
        /// What is set.
        url: String,
    },
    /// The keys cannot be read.
    #[error("the keys cannot be used")]
    Keys(#[from] KeysError),
    /// The address cannot be listened at.
    #[error("{address} cannot be listened at")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The server has failed.
    #[error("the HTTP server has failed")]
    Serve(#[source] io::Error),
}
