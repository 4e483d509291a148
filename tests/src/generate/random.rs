//! Chance that can be repeated: the `SplitMix64` generator.

use std::cell::Cell;

/// A row of numbers that depends on its seed alone.
///
/// Drawing a number needs no `mut`, so that one draw may stand inside another.
pub(super) struct Random(Cell<u64>);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(Cell::new(seed))
    }

    fn next(&self) -> u64 {
        let mut mixed = self.0.get().wrapping_add(0x9E37_79B9_7F4A_7C15);
        self.0.set(mixed);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `limit - 1`.
    pub(super) fn below(&self, limit: u32) -> u32 {
        let scaled = (self.next() >> 32) * u64::from(limit.max(1));
        u32::try_from(scaled >> 32).expect("the product of two 32-bit numbers, upper half")
    }

    /// A number of that span, both ends possible.
    pub(super) fn between(&self, least: u32, most: u32) -> u32 {
        least + self.below(most - least + 1)
    }

    /// A number of that span; small ones are much more frequent than large ones.
    pub(super) fn mostly_small(&self, least: u32, most: u32) -> u32 {
        let upper = self.between(least, most);
        let upper = self.between(least, upper);
        self.between(least, upper)
    }

    /// True in so many cases of a hundred.
    pub(super) fn percent(&self, share: u32) -> bool {
        self.below(100) < share
    }

    /// True in so many cases of a thousand.
    pub(super) fn permille(&self, share: u32) -> bool {
        self.below(1000) < share
    }

    /// One of these, each as likely as the others.
    pub(super) fn pick<'a, T>(&self, of: &'a [T]) -> &'a T {
        let count = u32::try_from(of.len()).unwrap_or(u32::MAX);
        &of[self.below(count) as usize]
    }

    /// One of these words.
    pub(super) fn one_of(&self, words: &[&'static str]) -> &'static str {
        self.pick::<&'static str>(words)
    }

    /// One of these, the first ones much more often, as words are used.
    pub(super) fn pick_early<'a, T>(&self, of: &'a [T]) -> &'a T {
        let last = u32::try_from(of.len()).unwrap_or(u32::MAX) - 1;
        &of[self.mostly_small(0, last) as usize]
    }
}
