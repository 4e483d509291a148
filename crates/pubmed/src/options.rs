//! What can be chosen about the reading, and what is too much.

/// Choices about the meaning of what is read (`mapping.md` section 10).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Which of two dates is the date of publication.
    pub date: IssuedDate,
    /// What becomes of text that was escaped twice.
    pub entities: Entities,
    /// Whether the brackets of a translated title stay.
    pub keep_brackets: bool,
    /// Whether the final stop of a title stays.
    pub keep_full_stop: bool,
    /// Whether cited works are read.
    pub keep_references: bool,
    /// What is not read, since nobody is going to write it.
    pub leave_out: Parts,
}

/// Parts of a record that few formats have a place for, and that cost time to read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts(u8);

impl Parts {
    /// Where the authors worked.
    pub const AFFILIATIONS: Self = Self(1);
    /// Members of groups.
    pub const INVESTIGATORS: Self = Self(2);
    /// Dates of processing.
    pub const HISTORY: Self = Self(4);
    /// Grants.
    pub const GRANTS: Self = Self(8);

    /// These parts and those.
    #[must_use]
    pub const fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Whether all of those parts are among these.
    #[must_use]
    pub const fn has(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }
}

/// Which date is the date of publication.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IssuedDate {
    /// That of the issue, else the electronic one.
    #[default]
    Issue,
    /// The electronic one, else that of the issue.
    Electronic,
    /// The earlier of both.
    Earliest,
    /// The one that PubMed's own citation shows.
    Nlm,
}

/// What becomes of text that still reads `&lt;` after it was decoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Entities {
    /// It stays.
    #[default]
    Literal,
    /// It is decoded once more, as characters and never as markup.
    Repair,
}

/// What one record may cost (`service.md` section 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one piece of text or one tag.
    pub event_bytes: usize,
    /// Bytes of one record.
    pub record_bytes: usize,
    /// Elements inside one another.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { event_bytes: 8 << 20, record_bytes: 32 << 20, depth: 256 }
    }
}
