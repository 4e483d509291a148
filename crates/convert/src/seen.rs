//! Which records have been met, in bounded memory.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use model::Pmid;

/// PMIDs below this have a bit each; PubMed will not get here for a century.
const DENSE: u64 = 1 << 27;
/// PMIDs of one page of bits.
const PAGE: u64 = 1 << 15;
/// Entries of each of the other sets: invented numbers, later versions, citation keys.
const SPARSE: usize = 500_000;

/// The records met so far: at most 16 MiB of bits, which are made as they are needed, and a
/// bounded set for what is no ordinary PMID.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pages: Vec<Option<Box<[u64]>>>,
    others: HashSet<(u64, u32)>,
}

/// The highest version of each PMID that has more than one.
#[derive(Debug, Default)]
pub(crate) struct Latest(HashMap<u64, u32>);

/// The citation keys met so far, as hashes.
#[derive(Debug, Default)]
pub(crate) struct Keys(HashSet<u64>);

/// There are more numbers that cannot be PubMed's than this edition keeps in mind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

impl Seen {
    /// Notes a record and says whether it had been met.
    pub(crate) fn insert(&mut self, pmid: Pmid, version: u32) -> Result<bool, Full> {
        if version != 1 || pmid.number() >= DENSE {
            return insert(&mut self.others, (pmid.number(), version));
        }
        let at = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let (page, bit) = (at(pmid.number() / PAGE), pmid.number() % PAGE);
        if self.pages.len() <= page {
            self.pages.resize(page + 1, None);
        }
        let page =
            self.pages[page].get_or_insert_with(|| vec![0; at(PAGE / 64)].into_boxed_slice());
        let word = &mut page[at(bit / 64)];
        let mask = 1 << (bit % 64);
        let met = *word & mask != 0;
        *word |= mask;
        Ok(met)
    }
}

impl Latest {
    /// Notes a version.
    pub(crate) fn note(&mut self, pmid: Pmid, version: u32) -> Result<(), Full> {
        if version > 1 {
            let highest = self.0.entry(pmid.number()).or_default();
            *highest = version.max(*highest);
        }
        if self.0.len() > SPARSE { Err(Full) } else { Ok(()) }
    }

    /// The highest version, if it is a later one than this.
    pub(crate) fn later_than(&self, pmid: Pmid, version: u32) -> Option<u32> {
        self.0.get(&pmid.number()).copied().filter(|highest| *highest > version)
    }
}

impl Keys {
    /// The hash of a key, the same on every thread and every day.
    pub(crate) fn hash(key: &str) -> u64 {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        hasher.finish()
    }

    /// Notes a key and says whether it had been met.
    pub(crate) fn insert(&mut self, hash: u64) -> Result<bool, Full> {
        insert(&mut self.0, hash)
    }
}

fn insert<T: Eq + Hash>(set: &mut HashSet<T>, value: T) -> Result<bool, Full> {
    if set.contains(&value) {
        Ok(true)
    } else if set.len() < SPARSE {
        set.insert(value);
        Ok(false)
    } else {
        Err(Full)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pmid(number: u64) -> Pmid {
        number.to_string().parse().expect("a PMID")
    }

    #[test]
    fn a_record_is_met_by_pmid_and_version() {
        let mut seen = Seen::default();
        for (number, version) in
            [(1, 1), (1, 2), (PAGE, 1), (DENSE - 1, 1), (DENSE, 1), (u64::MAX, 1), (2, 1)]
        {
            assert_eq!(seen.insert(pmid(number), version), Ok(false), "{number}v{version}");
            assert_eq!(seen.insert(pmid(number), version), Ok(true), "{number}v{version}");
        }
        assert_eq!(seen.pages.iter().flatten().count(), 3);
    }

    #[test]
    fn invented_numbers_are_kept_up_to_a_bound() {
        let mut seen = Seen::default();
        for number in 0..SPARSE as u64 {
            assert_eq!(seen.insert(pmid(DENSE + number), 1), Ok(false));
        }
        assert_eq!(seen.insert(pmid(u64::MAX), 1), Err(Full));
        assert_eq!(seen.insert(pmid(DENSE), 1), Ok(true));
        assert_eq!(seen.insert(pmid(5), 1), Ok(false));
    }

    #[test]
    fn a_version_is_superseded_by_a_higher_one_only() {
        let mut latest = Latest::default();
        for version in [1, 3, 2] {
            latest.note(pmid(7), version).expect("room");
        }
        latest.note(pmid(8), 1).expect("room");
        assert_eq!(latest.later_than(pmid(7), 1), Some(3));
        assert_eq!(latest.later_than(pmid(7), 3), None);
        assert_eq!(latest.later_than(pmid(8), 1), None);
    }
}
