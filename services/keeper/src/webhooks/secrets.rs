//! The file of the secrets: one owner a line.
//!
//! ```text
//! # owner, secret, and the one before it while receivers still know that alone
//! lab-a whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
//! *     whsec_… whsec_…
//! ```

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use jobs::Owner;
use tokio::sync::Mutex;

use super::signature::Secret;

/// How long the file is believed to be as it was.
const FRESH: Duration = Duration::from_secs(5);

/// Whose line holds the secrets of all who have none.
const EVERYBODY: &str = "*";

/// The secrets of owners.
#[derive(Clone, Debug, Default)]
pub(crate) struct Secrets(HashMap<String, Vec<Secret>>);

/// The file of the secrets cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SecretsError {
    #[error("the file of the webhook secrets cannot be read: {}", path.display())]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("line {line} of the webhook secrets is not an owner and one or two secrets")]
    Line { line: usize },
}

impl Secrets {
    fn parse(text: &str) -> Result<Self, SecretsError> {
        let mut secrets = HashMap::new();
        for (line, row) in text.lines().enumerate() {
            let wrong = || SecretsError::Line { line: line + 1 };
            let row = row.trim();
            if row.is_empty() || row.starts_with('#') {
                continue;
            }
            let mut words = row.split_whitespace();
            let owner = words.next().ok_or_else(wrong)?;
            let own: Vec<Secret> =
                words.map(str::parse).collect::<Result<_, _>>().map_err(|_| wrong())?;
            let is_known = secrets.contains_key(owner);
            if own.is_empty() || own.len() > 2 || is_known {
                return Err(wrong());
            }
            secrets.insert(owner.to_owned(), own);
        }
        Ok(Self(secrets))
    }

    /// What signs for this owner; none if nothing does.
    pub(crate) fn of(&self, owner: &Owner) -> &[Secret] {
        let own = self.0.get(&owner.0).or_else(|| self.0.get(EVERYBODY));
        own.map_or(&[], Vec::as_slice)
    }
}

/// The file, read again when it has changed.
#[derive(Debug)]
pub(crate) struct SecretsFile {
    path: PathBuf,
    known: Mutex<Known>,
}

#[derive(Debug)]
struct Known {
    secrets: Secrets,
    modified: Option<SystemTime>,
    looked: Instant,
}

impl SecretsFile {
    /// Reads the file for the first time.
    pub(crate) async fn open(path: &Path) -> Result<Self, SecretsError> {
        let (secrets, modified) = read(path).await?;
        let known = Known { secrets, modified: Some(modified), looked: Instant::now() };
        Ok(Self { path: path.to_owned(), known: Mutex::new(known) })
    }

    /// What it says now; if it cannot be read now, what it said before.
    pub(crate) async fn now(&self) -> Secrets {
        let mut known = self.known.lock().await;
        if known.looked.elapsed() >= FRESH {
            known.looked = Instant::now();
            let modified = tokio::fs::metadata(&self.path).await.and_then(|file| file.modified());
            if !modified.is_ok_and(|modified| Some(modified) == known.modified) {
                match read(&self.path).await {
                    Ok((secrets, modified)) => {
                        known.secrets = secrets;
                        known.modified = Some(modified);
                    }
                    Err(error) => {
                        let error: &dyn std::error::Error = &error;
                        tracing::error!(error, "the webhook secrets stay as they were");
                    }
                }
            }
        }
        known.secrets.clone()
    }
}

async fn read(path: &Path) -> Result<(Secrets, SystemTime), SecretsError> {
    let failed = |source| SecretsError::File { path: path.to_owned(), source };
    // The time first: what is written between the two reads is read again.
    let modified = tokio::fs::metadata(path).await.and_then(|file| file.modified());
    let modified = modified.map_err(failed)?;
    let text = tokio::fs::read_to_string(path).await.map_err(failed)?;
    Ok((Secrets::parse(&text)?, modified))
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const B: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";

    #[test]
    fn owners_have_their_secrets_and_others_those_of_everybody() {
        let count = |text: &str, owner: &str| {
            Secrets::parse(text).expect("secrets").of(&Owner(owner.to_owned())).len()
        };
        let text = format!("# ours\n\nlab-a {A} {B}\n  * {B}\n");
        assert_eq!((count(&text, "lab-a"), count(&text, "lab-b")), (2, 1));
        assert_eq!(count(&format!("lab-a {A}"), "lab-b"), 0);
    }

    #[test]
    fn a_line_that_is_wrong_is_named_without_its_secret() {
        for wrong in [
            "lab-a".to_owned(),
            "lab-a whsec_short".to_owned(),
            format!("lab-a {A} {B} {A}"),
            format!("lab-a {A}\nlab-a {B}"),
        ] {
            let error = Secrets::parse(&wrong).expect_err("no secrets").to_string();
            assert!(error.starts_with("line ") && !error.contains("whsec"), "{error}");
        }
    }
}
