//! Bytes that travel with a job because they are few.

use std::fmt;

use base64::Engine;
use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Bytes that are base64 in JSON.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Bytes64(pub Vec<u8>);

/// Where the bytes of an input or a result are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Body {
    /// In the blob store, under this key.
    Blob(String),
    /// Here.
    Inline(Bytes64),
}

impl Body {
    /// How many bytes travel with the job.
    pub(crate) fn carried(&self) -> usize {
        match self {
            Self::Blob(_) => 0,
            Self::Inline(bytes) => bytes.0.len(),
        }
    }
}

impl fmt::Debug for Bytes64 {
    /// Says how many there are: what a stranger sent does not belong into a log.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} bytes", self.0.len())
    }
}

impl From<Vec<u8>> for Bytes64 {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl Serialize for Bytes64 {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(&Base64Display::new(&self.0, &STANDARD))
    }
}

impl<'de> Deserialize<'de> for Bytes64 {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_str(Decoding)
    }
}

/// Decodes where the text stands, which is not copied first.
struct Decoding;

impl Visitor<'_> for Decoding {
    type Value = Bytes64;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("bytes in base64")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Bytes64, E> {
        STANDARD.decode(text).map(Bytes64).map_err(E::custom)
    }
}
