//! What a job asks for, in the names of the one table of settings.

use std::collections::BTreeMap;

use convert::{InvalidSetting, Limits, Request};
use formats::Format;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::digest::Digest;

/// What is asked of a conversion: a [`Request`] as a job row and a message carry it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What is written, each format once.
    pub formats: Vec<Format>,
    /// Settings that were chosen, by name; `formats` and `input` stand elsewhere.
    pub options: Options,
}

/// Settings by name.
pub type Options = BTreeMap<String, String>;

impl Default for Asked {
    fn default() -> Self {
        Self { formats: Request::default().formats, options: Options::default() }
    }
}

impl Asked {
    /// Chooses a setting by its name in [`convert::SETTINGS`].
    ///
    /// # Errors
    ///
    /// If there is no such setting, or it cannot have that value.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), InvalidSetting> {
        let mut request = Request::default();
        request.set(name, value)?;
        if name == "formats" {
            self.formats = request.formats;
        } else {
            self.options.insert(name.to_owned(), value.to_owned());
        }
        Ok(())
    }

    /// The request that it is, for an input of that kind; `None` to look at its bytes.
    ///
    /// # Errors
    ///
    /// If a setting is not known here, or cannot have its value.
    pub fn request(&self, kind: Option<&str>, limits: Limits) -> Result<Request, InvalidSetting> {
        let mut request = Request { formats: self.formats.clone(), limits, ..Request::default() };
        for (name, value) in &self.options {
            request.set(name, value)?;
        }
        if let Some(kind) = kind {
            request.set("input", kind)?;
        }
        Ok(request)
    }

    /// The formats as a list with commas.
    #[must_use]
    pub fn formats(&self) -> String {
        self.formats.iter().map(|format| format.as_str()).collect::<Vec<_>>().join(",")
    }
}

/// The fingerprint of a request under an idempotency key: formats, options and body
/// (`service.md` section 3.3).
#[must_use]
pub fn fingerprint(asked: &Asked, kind: Option<&str>, body: &Digest) -> Digest {
    let mut hash = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    part(asked.formats().as_bytes());
    part(kind.unwrap_or("").as_bytes());
    for (name, value) in &asked.options {
        part(name.as_bytes());
        part(value.as_bytes());
    }
    part(&body.0);
    Digest(hash.finalize().into())
}

/// Formats as an array of names.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Names(pub(crate) Vec<String>);

impl Names {
    pub(crate) fn of(formats: &[Format]) -> Self {
        Self(formats.iter().map(|format| format.as_str().to_owned()).collect())
    }

    pub(crate) fn formats(&self) -> Result<Vec<Format>, formats::UnknownValue> {
        self.0.iter().map(|name| name.parse()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_becomes_the_request_of_the_command_line() {
        let mut asked = Asked::default();
        asked.set("formats", "ris,csl-json").expect("formats");
        asked.set("on_error", "fail").expect("a value");
        assert!(asked.set("colour", "red").is_err());
        let request = asked.request(Some("nbib"), Limits::default()).expect("a request");
        let mut expected = Request::default();
        for (name, value) in [("formats", "ris,csl-json"), ("on_error", "fail"), ("input", "nbib")]
        {
            expected.set(name, value).expect("a setting");
        }
        assert_eq!(request, expected);
    }

    #[test]
    fn a_fingerprint_knows_formats_options_and_body() {
        let body = Digest([1; 32]);
        let mut other = Asked::default();
        other.set("markup", "html").expect("a setting");
        let mut formats = Asked::default();
        formats.set("formats", "jsonl").expect("formats");
        let first = fingerprint(&Asked::default(), None, &body);
        assert_eq!(first, fingerprint(&Asked::default(), None, &body));
        for different in [
            fingerprint(&other, None, &body),
            fingerprint(&formats, None, &body),
            fingerprint(&Asked::default(), Some("nbib"), &body),
            fingerprint(&Asked::default(), None, &Digest([2; 32])),
        ] {
            assert_ne!(first, different);
        }
    }
}
