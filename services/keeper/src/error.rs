//! Why the keeper has to stop.

use std::error::Error;

/// Why the keeper has to stop.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeeperError {
    /// A setting cannot be used.
    #[error("`{key}` cannot be used")]
    Setting {
        /// Its key.
        key: &'static str,
        /// Why not.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// No client for webhooks can be made.
    #[error("webhooks cannot be sent")]
    Client(#[source] reqwest::Error),
    /// A part has ended though nobody asked for it.
    #[error("the {part} has ended")]
    Ended {
        /// Which part.
        part: &'static str,
        /// Why, if it has panicked.
        #[source]
        source: Option<tokio::task::JoinError>,
    },
}

impl KeeperError {
    pub(crate) fn secrets(source: impl Error + Send + Sync + 'static) -> Self {
        Self::Setting { key: "webhooks.secrets_file", source: Box::new(source) }
    }
}
