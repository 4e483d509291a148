//! The file of keys: who may call, and what each may do.
//!
//! One JSON object a line; blank lines and lines that begin with `#` are passed over:
//!
//! ```text
//! {"id":"k3f9","sha256":"9f2c…","owner":"lab-a","scopes":["submit","read"],"webhooks":true}
//! ```

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jobs::{Digest, Owner};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

/// A key, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Key {
    /// Its name, which stands in its text.
    pub(crate) id: String,
    /// The SHA-256 of its text.
    pub(crate) sha256: Digest,
    /// Whose jobs it opens.
    pub(crate) owner: Owner,
    /// What it may be used for.
    pub(crate) scopes: Vec<Scope>,
    /// Whether jobs may announce their end.
    #[serde(default)]
    pub(crate) webhooks: bool,
    /// Requests a second, in place of `limits.rate_per_second`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rate_per_second: Option<u32>,
    /// Requests in a burst, in place of `limits.rate_burst`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rate_burst: Option<u32>,
    /// Queued jobs of its owner, in place of `limits.queued_per_owner`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) queued: Option<u64>,
    /// Event streams of its owner, in place of `http.max_streams`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) max_streams: Option<usize>,
}

/// What a key may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Scope {
    /// To convert, and to make, cancel and delete jobs.
    Submit,
    /// To see jobs and their results.
    Read,
    /// For everything.
    Admin,
}

/// Why keys cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeysError {
    /// The file cannot be read.
    #[error("the file of keys `{}` cannot be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A line is no key.
    #[error("line {line} of the keys is no key: {reason}")]
    Line {
        /// The line, counting from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
}

/// The keys of a file, as they were when it was read last.
#[derive(Debug)]
pub(crate) struct Keyring {
    path: PathBuf,
    keys: RwLock<Arc<HashMap<String, Arc<Key>>>>,
}

impl Key {
    /// Whether it may be used for that.
    pub(crate) fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope) || self.scopes.contains(&Scope::Admin)
    }
}

impl Keyring {
    /// Reads the file.
    pub(crate) fn read(path: &Path) -> Result<Self, KeysError> {
        let keys = parse(&text_of(path)?)?;
        Ok(Self { path: path.to_owned(), keys: RwLock::new(Arc::new(keys)) })
    }

    /// Reads the file again. If it cannot be read, what was known stays.
    pub(crate) fn reread(&self) -> Result<(), KeysError> {
        let keys = Arc::new(parse(&text_of(&self.path)?)?);
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        Ok(())
    }

    /// The key of this text, if there is one.
    ///
    /// It is found by its name; what is compared, in a time that does not depend on it, is the
    /// digest of the whole text.
    pub(crate) fn find(&self, text: &str) -> Option<Arc<Key>> {
        let id = text.strip_prefix("rm_").and_then(|rest| rest.split_once('_')).map(|(id, _)| id);
        let keys = Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner));
        let key = id.and_then(|id| keys.get(id));
        let known = key.map_or(Digest([0; 32]), |key| key.sha256);
        let is_equal: bool = known.0.ct_eq(&Digest::of(text.as_bytes()).0).into();
        key.filter(|_| is_equal).cloned()
    }
}

/// Makes a key for an owner: its text, which is shown once, and its line for the file.
///
/// # Panics
///
/// Never: names, numbers and lists are JSON.
#[must_use]
pub fn new_key(owner: &str) -> (String, String) {
    let id = format!("{:08x}", rand::random::<u32>());
    let text = format!("rm_{id}_{}", URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()));
    let key = Key {
        id,
        sha256: Digest::of(text.as_bytes()),
        owner: Owner(owner.to_owned()),
        scopes: vec![Scope::Submit, Scope::Read],
        webhooks: false,
        rate_per_second: None,
        rate_burst: None,
        queued: None,
        max_streams: None,
    };
    let line = serde_json::to_string(&key).expect("names, numbers and lists");
    (text, line)
}

fn text_of(path: &Path) -> Result<String, KeysError> {
    std::fs::read_to_string(path)
        .map_err(|source| KeysError::Unreadable { path: path.to_owned(), source })
}

fn parse(text: &str) -> Result<HashMap<String, Arc<Key>>, KeysError> {
    let mut keys = HashMap::new();
    for (index, line) in text.lines().enumerate() {
        let line_number = index + 1;
        let wrong = |reason: String| KeysError::Line { line: line_number, reason };
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let key: Key = serde_json::from_str(line).map_err(|error| wrong(error.to_string()))?;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if key.id.is_empty() || !key.id.bytes().all(is_plain) {
            return Err(wrong("the id has letters, digits and hyphens".to_owned()));
        }
        if key.owner.0.is_empty() {
            return Err(wrong("the owner has no name".to_owned()));
        }
        if keys.insert(key.id.clone(), Arc::new(key)).is_some() {
            return Err(wrong("the id stands in an earlier line".to_owned()));
        }
    }
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(lines: &str) -> (tempfile::NamedTempFile, Keyring) {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), lines).expect("written");
        let ring = Keyring::read(file.path()).expect("keys");
        (file, ring)
    }

    #[test]
    fn a_new_key_opens_with_its_text_alone() {
        let (text, line) = new_key("lab-a");
        let secret = text.splitn(3, '_').nth(2).expect("a secret");
        assert!(text.starts_with("rm_") && !line.contains(secret));
        let (_file, ring) = ring(&format!("# keys\n\n{line}\n"));
        let key = ring.find(&text).expect("the key");
        assert_eq!(key.owner, Owner("lab-a".to_owned()));
        assert!(key.may(Scope::Read) && key.may(Scope::Submit) && !key.may(Scope::Admin));
        let mut other = text.clone();
        other.pop();
        for wrong in ["", "rm_", "rm__", &other, &format!("{text}x"), &new_key("lab-a").0] {
            assert!(ring.find(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_key_that_is_struck_out_is_refused_and_a_broken_file_changes_nothing() {
        let (one, line_of_one) = new_key("a");
        let (two, line_of_two) = new_key("b");
        let (file, ring) = ring(&format!("{line_of_one}\n{line_of_two}\n"));
        std::fs::write(file.path(), &line_of_two).expect("written");
        ring.reread().expect("keys");
        assert!(ring.find(&one).is_none() && ring.find(&two).is_some());
        std::fs::write(file.path(), "{").expect("written");
        assert!(matches!(ring.reread(), Err(KeysError::Line { line: 1, .. })));
        assert!(ring.find(&two).is_some());
    }

    #[test]
    fn lines_are_read_strictly() {
        let (_, line) = new_key("a");
        for wrong in [
            format!("{line}\n{line}"),
            line.replace("\"owner\":\"a\"", "\"owner\":\"\""),
            line.replace("\"id\":\"", "\"id\":\"_"),
            line.replace("\"read\"", "\"write\""),
            line.replace('}', ",\"admin\":true}"),
        ] {
            assert!(parse(&wrong).is_err(), "{wrong}");
        }
    }
}
