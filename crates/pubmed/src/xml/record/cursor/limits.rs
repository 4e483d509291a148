//! How much one record may hold, and what is said where it holds more.

use model::Code;

use super::Cursor;
use crate::xml::root::Flaw;

/// The most elements of one record. What is made of an element takes many times its bytes: without
/// this, 32 MiB of markup were hundreds of megabytes. Papers of 5,000 authors have half as many.
pub(super) const TAGS: usize = 200_000;
/// The most that is said of one record.
pub(super) const WARNINGS: usize = 10_000;

impl Cursor<'_> {
    /// Why a tag is refused that ends.
    #[cold]
    #[expect(
        clippy::unnecessary_box_returns,
        reason = "results stay small on the path without flaws"
    )]
    pub(super) fn refuse_tag(&self, parent_depth: u32, length: usize) -> Box<Flaw> {
        let limits = &self.limits;
        if parent_depth as usize >= limits.depth {
            let message = format!("elements stand more than {} deep", limits.depth);
            self.flaw(Code::LimitExceeded, message)
        } else if length > limits.event_bytes {
            self.flaw(Code::LimitExceeded, format!("a tag has {length} bytes"))
        } else if self.tags > TAGS {
            self.flaw(Code::LimitExceeded, format!("a record has more than {TAGS} elements"))
        } else if self.warnings.len() > WARNINGS {
            self.too_doubtful()
        } else {
            self.flaw(Code::RecordMalformed, "a tag has no name")
        }
    }

    #[cold]
    #[expect(
        clippy::unnecessary_box_returns,
        reason = "results stay small on the path without flaws"
    )]
    pub(super) fn too_doubtful(&self) -> Box<Flaw> {
        let message = format!("there are more than {WARNINGS} things to be said of a record");
        self.flaw(Code::LimitExceeded, message)
    }
}
