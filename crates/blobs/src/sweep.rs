//! Sweeping: removing blobs that no row speaks of, and what crashes have left.

use std::collections::HashSet;
use std::error::Error;
use std::time::{Duration, SystemTime};

use futures_util::TryStreamExt;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::blobs::Place;
use crate::key::Prefix;
use crate::{BlobError, Blobs};

/// Blobs whose keys are asked about at a time.
const BATCH: usize = 500;

/// What was swept away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Blobs that nobody wanted.
    pub blobs: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Unfinished files of programs that ended too early. Parts in a bucket are left to its rule.
    pub leftovers: u64,
}

/// Why it could not be said which blobs are wanted.
pub type AskError = Box<dyn Error + Send + Sync>;

impl Blobs {
    /// Removes blobs that are older than that and that nobody wants.
    ///
    /// Looked at are keys of the form `word/2026-11-23/…` whose day is over for that long and which
    /// were themselves written so long ago. `wanted` hears up to 500 keys at a time, and answers
    /// those that stay.
    ///
    /// # Errors
    ///
    /// [`BlobError::Unavailable`], also if `wanted` fails; what was swept so far is gone then.
    pub async fn sweep<F, Answer>(
        &self,
        older_than: Duration,
        mut wanted: F,
    ) -> Result<Swept, BlobError>
    where
        F: FnMut(Vec<String>) -> Answer + Send,
        Answer: Future<Output = Result<HashSet<String>, AskError>> + Send,
    {
        let before = SystemTime::now().checked_sub(older_than).unwrap_or(SystemTime::UNIX_EPOCH);
        let last_day = day_of(before);
        let mut swept = Swept::default();
        for word in self.folders("").await? {
            for day in self.folders(&word).await? {
                // A day that is just over may have blobs of its last minute.
                if day.parse::<Date>().is_ok_and(|day| day < last_day) {
                    let prefix = format!("{word}/{day}/");
                    self.sweep_day(&prefix, before, &mut wanted, &mut swept).await?;
                }
            }
            swept.leftovers += self.tidy(&word, last_day, before).await?;
        }
        Ok(swept)
    }

    async fn sweep_day<F, Answer>(
        &self,
        prefix: &str,
        before: SystemTime,
        wanted: &mut F,
        swept: &mut Swept,
    ) -> Result<(), BlobError>
    where
        F: FnMut(Vec<String>) -> Answer + Send,
        Answer: Future<Output = Result<HashSet<String>, AskError>> + Send,
    {
        let mut listed = self.list(prefix);
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            let next = listed.try_next().await?;
            let is_end = next.is_none();
            batch.extend(next.filter(|entry| entry.modified < before));
            if batch.len() == BATCH || (is_end && !batch.is_empty()) {
                let keys = batch.iter().map(|entry| entry.key.clone()).collect();
                let stays = wanted(keys).await.map_err(|source| BlobError::Unavailable {
                    operation: "ask who wants blobs of",
                    key: prefix.to_owned(),
                    source,
                })?;
                for entry in batch.drain(..).filter(|entry| !stays.contains(&entry.key)) {
                    swept.blobs += self.delete(&entry.key).await?;
                    swept.bytes += entry.bytes;
                }
            }
            if is_end {
                break;
            }
        }
        Ok(())
    }

    /// Removes what crashes have left under days that are over, and empty folders.
    async fn tidy(&self, word: &str, last_day: Date, before: SystemTime) -> Result<u64, BlobError> {
        let Place::Files(files) = &self.place else { return Ok(0) };
        let (files, folder) = (files.clone(), Prefix::new(word)?);
        let is_over = move |day: &str| day.parse::<Date>().is_ok_and(|day| day < last_day);
        self.blocking("tidy up", word, move || files.tidy(&folder, before, is_over)).await
    }

    /// The words that follow a prefix.
    async fn folders(&self, prefix: &str) -> Result<Vec<String>, BlobError> {
        let folder = Prefix::new(prefix)?;
        match &self.place {
            Place::Files(files) => {
                let files = files.clone();
                self.blocking("list", prefix, move || files.folders(&folder)).await
            }
            Place::Objects(objects) => objects.folders(&folder).await,
        }
    }
}

fn day_of(time: SystemTime) -> Date {
    let time = Timestamp::try_from(time).unwrap_or(Timestamp::UNIX_EPOCH);
    time.to_zoned(TimeZone::UTC).date()
}
