//! Names of jobs and of their runs.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// The name of a job: a UUID of version 7, so that names sort by the time at which they were made.
///
/// A name can be guessed in time and is no secret (`service.md` section 10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobId(Uuid);

/// The name of one execution: 64 random bits, so that two runs of one attempt share no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RunId(u64);

/// A text that names no job and no run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no id")]
pub struct InvalidId;

impl JobId {
    /// A new name.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "two of them differ")]
    pub fn new() -> Self {
        Self(Uuid::now_v7())
    }

    /// The name as databases keep it.
    #[must_use]
    pub fn as_uuid(self) -> Uuid {
        self.0
    }

    /// The name that a database has kept.
    #[must_use]
    pub fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// The day in UTC on which it was made, `2026-11-23`, as it stands in the keys of blobs.
    #[must_use]
    pub fn day(self) -> String {
        let milliseconds = self.0.as_u128() >> 80;
        let milliseconds = i64::try_from(milliseconds).unwrap_or(0);
        let made = Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH);
        made.strftime("%Y-%m-%d").to_string()
    }
}

impl RunId {
    /// The run with these bits.
    #[must_use]
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(out)
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:016x}", self.0)
    }
}

impl FromStr for JobId {
    type Err = InvalidId;

    /// Takes the hyphenated form in lower case alone, so that a job has one address.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let uuid = Uuid::try_parse(text).map_err(|_| InvalidId)?;
        if Self(uuid).to_string() == text { Ok(Self(uuid)) } else { Err(InvalidId) }
    }
}

impl FromStr for RunId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_hexadecimal = |digit: u8| matches!(digit, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != 16 || !text.bytes().all(is_hexadecimal) {
            return Err(InvalidId);
        }
        u64::from_str_radix(text, 16).map(Self).map_err(|_| InvalidId)
    }
}

impl Serialize for RunId {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RunId {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(input)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_has_one_spelling_and_knows_its_day() {
        let id: JobId = "0193580e-7c1a-7d43-9a51-3c2f6f0b8e11".parse().expect("an id");
        assert_eq!(id.to_string(), "0193580e-7c1a-7d43-9a51-3c2f6f0b8e11");
        assert_eq!(id.day(), "2024-11-23");
        assert_eq!("0193580E-7C1A-7D43-9A51-3C2F6F0B8E11".parse::<JobId>(), Err(InvalidId));
        assert_eq!("../etc/passwd".parse::<JobId>(), Err(InvalidId));
    }

    #[test]
    fn a_run_is_sixteen_digits() {
        let run: RunId = "00000000c1d2e4b5".parse().expect("a run");
        assert_eq!(run.to_string(), "00000000c1d2e4b5");
        for wrong in ["", "8f3a90c1d2e4b57", "8F3A90C1D2E4B576", "+f3a90c1d2e4b576"] {
            assert_eq!(wrong.parse::<RunId>(), Err(InvalidId), "{wrong}");
        }
    }
}
