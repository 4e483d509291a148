//! Bytes that travel with a job because they are few.

use std::fmt;

use base64_simd::STANDARD;
use serde::de::Visitor;
use serde::ser::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

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
        // As it stands: there is nothing in it that would have to be escaped.
        let mut text = String::with_capacity(self.0.len().div_ceil(3) * 4 + 2);
        text.push('"');
        STANDARD.encode_append(&self.0, &mut text);
        text.push('"');
        RawValue::from_string(text).map_err(S::Error::custom)?.serialize(out)
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
        STANDARD.decode_to_vec(text).map(Bytes64).map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bytes_are_base64_with_its_padding() {
        // The vectors of RFC 4648 section 10.
        let vectors = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ];
        for (bytes, text) in vectors {
            let bytes = Bytes64(bytes.into());
            let json = format!("\"{text}\"");
            assert_eq!(serde_json::to_string(&bytes).expect("text"), json);
            assert_eq!(serde_json::from_str::<Bytes64>(&json).expect("bytes"), bytes);
        }
        // Of bytes there is one spelling.
        for text in ["Zg", "Zg=", "Zh==", "Zm9v=", "Z g==", "Zg==\\n", "Zm-_"] {
            let read = serde_json::from_str::<Bytes64>(&format!("\"{text}\""));
            read.expect_err(text);
        }
    }

    proptest! {
        #[test]
        fn bytes_come_back(bytes: Vec<u8>) {
            let bytes = Bytes64(bytes);
            let json = serde_json::to_string(&bytes).expect("text");
            prop_assert_eq!(serde_json::from_str::<Bytes64>(&json).expect("bytes"), bytes);
        }
    }
}
