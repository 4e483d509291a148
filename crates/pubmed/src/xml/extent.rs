//! How far a record reaches.
//!
//! A record ends with the first end tag of its name that is no comment, CDATA section or processing
//! instruction. What else stands in it is its reader's business, but for one thing: no record stands
//! in another one, so where the next begins, or the set closes, a record without an end is cut.
//! In this way no broken record takes its neighbours along, and all but a few bytes of a record are
//! only searched, never parsed.

use std::sync::LazyLock;

use memchr::memchr2;
use memchr::memmem::Finder;

use super::markup::{self, Endless, Opaque, Sign, TagEnd};
use super::open::OpenElements;
use super::root::{self, Root};

/// A record whose end is being looked for. All places count from its `<`.
#[derive(Debug)]
pub(crate) struct Extent {
    root: Root,
    name_end: usize,
    /// Whether the end of the start tag has been found.
    begun: bool,
    /// No sign that begins something opaque has its second byte before this.
    clear: usize,
    /// No landmark begins before this, but for `landmark`.
    searched: usize,
    landmark: Option<usize>,
    /// The opaque construct that is not over at `clear`, and where to look for its end.
    inside: Option<(Opaque, usize)>,
}

/// How far it is known to reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The bytes do not tell yet.
    More,
    /// To here; its end tag stands before.
    End(usize),
    /// Not beyond this `<`: there something begins or ends that cannot stand in a record.
    Cut(usize),
    /// To the end of the input.
    Unended,
}

/// What is known about the bytes besides themselves.
#[derive(Debug)]
pub(crate) struct Surroundings<'a> {
    /// Bytes of the input before them.
    pub(crate) offset: u64,
    /// Whether nothing comes after them.
    pub(crate) ended: bool,
    /// Bytes that a record may have.
    pub(crate) limit: usize,
    /// Whether something opaque that never ends may be taken for text.
    pub(crate) forgiving: bool,
    /// What never ends, as far as known.
    pub(crate) endless: &'a mut Endless,
    /// The elements around the record.
    pub(crate) open: &'a OpenElements,
}

/// A part of the names that can end a record of each kind; rare in all else.
static PUBMED: LazyLock<Finder> = LazyLock::new(|| Finder::new("Pubmed"));
static CITATION: LazyLock<Finder> = LazyLock::new(|| Finder::new("MedlineCitation"));
static BOOK: LazyLock<Finder> = LazyLock::new(|| Finder::new("BookDocument"));

/// No tag is judged by more of its bytes than these.
pub(crate) const CONTEXT: usize = 256;

impl Extent {
    /// A record whose name ends there.
    pub(crate) fn new(root: Root, name_end: usize) -> Self {
        let (begun, clear, searched, landmark, inside) = (false, name_end, name_end, None, None);
        Self { root, name_end, begun, clear, searched, landmark, inside }
    }

    /// Which record it is.
    pub(crate) fn root(&self) -> Root {
        self.root
    }

    /// Looks for the end; the bytes begin with the record, and were seen before but for their end.
    pub(crate) fn reach(&mut self, bytes: &[u8], around: &mut Surroundings) -> Reach {
        let unknown = if around.ended { Reach::Unended } else { Reach::More };
        if !self.begun {
            // No further than the limit, so that it does not matter how much has been read.
            let within = &bytes[..bytes.len().min(around.limit)];
            match markup::tag_end(within, self.name_end) {
                TagEnd::At { end, empty: true } => return Reach::End(end),
                TagEnd::At { end: body, .. } | TagEnd::Broken(body) => self.pass(body),
                TagEnd::Unsure if within.len() == bytes.len() => return unknown,
                TagEnd::Unsure => self.pass(around.limit),
            }
            self.begun = true;
        }
        loop {
            if let Some((opaque, from)) = self.inside {
                match opaque_end(opaque, bytes, from, around) {
                    Some(end) => self.pass(end),
                    None if around.forgiving => self.inside = None,
                    None => {
                        let kept = opaque.closing().len() - 1;
                        self.inside = Some((opaque, from.max(bytes.len().saturating_sub(kept))));
                        return unknown;
                    }
                }
            }
            let landmark = self.next_landmark(bytes);
            let horizon = landmark.unwrap_or(bytes.len());
            if let Some(start) = markup::next_opaque(bytes, self.clear, horizon) {
                match markup::sign(&bytes[start..]) {
                    Sign::Opaque(opaque) => {
                        self.clear = start + 2;
                        self.inside = Some((opaque, start + opaque.opening()));
                    }
                    Sign::Unsure if !around.ended => {
                        self.clear = start + 1;
                        return unknown;
                    }
                    _ => self.clear = start + 2,
                }
                continue;
            }
            self.clear = self.clear.max(horizon);
            let Some(landmark) = landmark else { return unknown };
            match self.judge(bytes, landmark, around) {
                Some(Reach::More) => return unknown,
                Some(reach) => return reach,
                None => self.searched = landmark + 1,
            }
            self.landmark = None;
        }
    }

    /// Bytes at the beginning that are not needed any more, for a record that is not to be kept.
    pub(crate) fn forget(&mut self, bytes: &[u8]) -> usize {
        let needed = self.landmark.unwrap_or(bytes.len()).min(self.clear).min(self.searched);
        let needed = self.inside.map_or(needed, |(_, from)| from);
        let dropped = needed.saturating_sub(CONTEXT);
        self.clear = self.clear.saturating_sub(dropped);
        self.searched = self.searched.saturating_sub(dropped);
        self.landmark = self.landmark.and_then(|landmark| landmark.checked_sub(dropped));
        self.inside = self.inside.map(|(opaque, from)| (opaque, from - dropped));
        dropped
    }

    /// Goes on behind that place.
    fn pass(&mut self, to: usize) {
        self.inside = None;
        self.clear = to;
        self.searched = self.searched.max(to);
        self.landmark = self.landmark.filter(|landmark| *landmark >= to);
    }

    fn next_landmark(&mut self, bytes: &[u8]) -> Option<usize> {
        if self.landmark.is_none() {
            let finder = match self.root {
                Root::PubmedArticle | Root::PubmedBookArticle => &PUBMED,
                Root::MedlineCitation => &CITATION,
                Root::BookDocument => &BOOK,
            };
            let found = bytes.get(self.searched..).and_then(|rest| finder.find(rest));
            self.landmark = found.map(|length| self.searched + length);
            let cut_off = bytes.len().saturating_sub(finder.needle().len() - 1);
            self.searched = self.landmark.unwrap_or(self.searched.max(cut_off));
        }
        self.landmark
    }

    /// What the landmark means for the record; nothing, if it is no such tag.
    fn judge(&self, bytes: &[u8], landmark: usize, around: &Surroundings) -> Option<Reach> {
        let (start, closing) = markup::tag_start(bytes, landmark)?;
        let longest = bytes.len().min(landmark + root::LONGEST_NAME + 1);
        let Some(tag) = markup::tag(&bytes[..longest], start, closing) else {
            // Either the name is longer than any that is known, or it goes on behind the bytes.
            return (longest == bytes.len()).then_some(Reach::More);
        };
        if !closing {
            return root::is_record_or_set(tag.local).then_some(Reach::Cut(start));
        }
        if tag.local == self.root.name().as_bytes() {
            let end = memchr2(b'>', b'<', &bytes[tag.name_end..]).map(|end| tag.name_end + end);
            return Some(end.map_or(Reach::More, |end| {
                Reach::End(if bytes[end] == b'>' { end + 1 } else { end })
            }));
        }
        (root::is_set(tag.local) && around.open.holds(tag.name)).then_some(Reach::Cut(start))
    }
}

fn opaque_end(
    opaque: Opaque,
    bytes: &[u8],
    from: usize,
    around: &mut Surroundings,
) -> Option<usize> {
    let place = around.offset + from as u64;
    if around.endless.holds(opaque, place) {
        return None;
    }
    let end = opaque.end(bytes, from);
    if end.is_none() && around.ended {
        around.endless.note(opaque, place);
    }
    end
}
