//! RIS (`output-formats.md` section 3, dialects `mapping.md` section 8.1).
//!
//! A record is a run of lines, `XX  - value` and CRLF, in the order of one table. Every value is
//! cleaned to one line behind its tag, so that no text can look like a tag.

mod values;

use model::{Kind, Record, Warning};

use crate::Writer;
use crate::citekey::Template;
use crate::clean;
use crate::options::{Options, RisDialect};
use RisDialect::{Ctxp, Endnote, Jabref, Zotero};
use Shape::{B, C, J};

/// Writes RIS in one of its dialects.
#[derive(Debug)]
pub(crate) struct Ris {
    options: Options,
    citekey: Template,
    journal: Vec<Row>,
    chapter: Vec<Row>,
    book: Vec<Row>,
}

/// A tag, the types and the dialects that have it, and what stands behind it.
type Row = (&'static str, &'static [Shape], &'static [RisDialect], fn(&Entry<'_>, &mut Lines<'_>));

/// The types of section 3.2: J is JOUR and NEWS, C is CHAP, B is BOOK and all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    J,
    C,
    B,
}

const ANY: &[Shape] = &[J, C, B];
const EVERY: &[RisDialect] = &[Endnote, Zotero, Jabref, Ctxp];
const NOT_JABREF: &[RisDialect] = &[Endnote, Zotero, Ctxp];
const NOT_CTXP: &[RisDialect] = &[Endnote, Zotero, Jabref];

/// One row a tag, in the order in which the lines stand (`output-formats.md` section 3.2).
#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("TY", ANY,     EVERY,                values::reference_type),
    ("AU", ANY,     EVERY,                values::authors),
    ("A2", &[C],    NOT_JABREF,           values::editors),
    ("A3", &[B],    NOT_JABREF,           values::editors),
    ("ED", &[C, B], &[Jabref],            values::editors),
    ("TI", ANY,     NOT_CTXP,             values::title),
    ("T1", ANY,     &[Ctxp],              values::title),
    // Behind T2, or JabRef makes the abbreviation the journal; JF and BT for bibutils.
    ("T2", &[J],    NOT_CTXP,             values::journal),
    ("T2", &[C],    NOT_JABREF,           values::book_title),
    ("T2", &[B],    NOT_JABREF,           values::series),
    ("BT", &[C],    NOT_CTXP,             values::book_title),
    ("JF", &[J],    EVERY,                values::journal),
    ("J2", &[J],    EVERY,                values::abbreviation),
    ("T3", &[C],    EVERY,                values::series),
    ("T3", &[B],    &[Jabref],            values::series),
    ("PY", ANY,     NOT_CTXP,             values::year),
    ("DA", ANY,     NOT_CTXP,             values::date),
    ("Y1", ANY,     &[Ctxp],              values::year_and_date),
    ("VL", ANY,     EVERY,                values::volume),
    // Before IS: JabRef lets the last of AN, IS, C7 be the issue. It reads C2 as a PMID.
    ("AN", ANY,     NOT_JABREF,           values::pmid),
    ("C2", &[J],    &[Endnote, Zotero],   values::pmcid),
    ("C2", ANY,     &[Jabref],            values::pmid),
    ("U1", ANY,     &[Ctxp],              values::pmid_in_brackets),
    ("U2", ANY,     &[Ctxp],              values::pmcid_in_brackets),
    ("C6", &[J],    EVERY,                values::manuscript_ids),
    ("C7", &[J],    EVERY,                values::article_number),
    ("IS", &[J],    EVERY,                values::issue),
    ("SP", ANY,     EVERY,                values::first_page),
    ("EP", ANY,     EVERY,                values::last_page),
    ("SN", &[J],    EVERY,                values::issn),
    ("SN", &[C, B], EVERY,                values::isbn),
    ("DO", ANY,     EVERY,                values::doi),
    ("AD", ANY,     EVERY,                values::affiliations),
    ("PB", &[C, B], EVERY,                values::publisher),
    ("CY", &[C, B], EVERY,                values::place),
    ("ET", &[C, B], EVERY,                values::edition),
    ("ET", &[J],    EVERY,                values::electronic_date),
    ("SE", &[C, B], EVERY,                values::section),
    ("OP", ANY,     EVERY,                values::original_title),
    ("AB", ANY,     EVERY,                values::abstract_),
    ("KW", ANY,     EVERY,                values::keywords),
    ("M3", ANY,     EVERY,                values::genre),
    ("LA", ANY,     EVERY,                values::language_codes),
    ("DB", ANY,     EVERY,                values::database),
    ("CN", &[C, B], EVERY,                values::bookshelf),
    ("C1", &[J],    EVERY,                values::conflict_of_interest),
    ("UR", ANY,     EVERY,                values::url),
    ("L2", ANY,     &[Ctxp],              values::pmc_url),
    ("M2", ANY,     &[Zotero],            values::pmid_for_extra),
    ("N1", ANY,     EVERY,                values::notes),
    ("N1", ANY,     &[Jabref],            values::pmcid),
    ("ID", ANY,     EVERY,                values::citation_key),
];

/// A record and what was chosen about writing it.
struct Entry<'a> {
    record: &'a Record,
    shape: Shape,
    options: &'a Options,
    citekey: &'a Template,
}

/// The lines of one tag, written as they are said.
struct Lines<'a> {
    tag: &'static str,
    out: &'a mut Vec<u8>,
    warnings: &'a mut Vec<Warning>,
}

impl Ris {
    /// A writer of the dialect that the options name.
    pub(crate) fn new(options: &Options, citekey: Template) -> Self {
        let rows = |shape: Shape| {
            let of_shape = |row: &&Row| row.1.contains(&shape) && row.2.contains(&options.ris);
            ROWS.iter().filter(of_shape).copied().collect()
        };
        let (journal, chapter, book) = (rows(J), rows(C), rows(B));
        Self { options: options.clone(), citekey, journal, chapter, book }
    }
}

impl Writer for Ris {
    fn record(&self, record: &Record, out: &mut Vec<u8>, warnings: &mut Vec<Warning>) {
        let (shape, rows) = match record.kind {
            Kind::Article | Kind::Preprint | Kind::Newspaper => (J, &self.journal),
            Kind::Chapter => (C, &self.chapter),
            Kind::Book | Kind::Report | Kind::Thesis | Kind::Dataset => (B, &self.book),
        };
        let entry = Entry { record, shape, options: &self.options, citekey: &self.citekey };
        for (tag, _, _, write) in rows {
            write(&entry, &mut Lines { tag, out, warnings });
        }
        out.extend_from_slice(b"ER  - \r\n\r\n");
    }
}

impl Lines<'_> {
    /// One line; none if nothing is left of the value.
    fn line(&mut self, value: &str) {
        self.joined([value], "");
    }

    /// One line of several values; empty ones are left out.
    fn joined<V: AsRef<str>>(&mut self, values: impl IntoIterator<Item = V>, separator: &str) {
        let mut line = self.open();
        for value in values {
            line.value(value.as_ref(), separator);
        }
        line.close();
    }

    /// One line of words that are clean already.
    fn clean_line(&mut self, words: &str) {
        let mut line = self.open();
        line.clean_value(words, "");
        line.close();
    }

    /// One line of words in pieces.
    fn pieces<'p>(&mut self, pieces: impl Iterator<Item = &'p str> + Clone) {
        // Clean pieces make a clean line: no blank stands at their ends.
        if pieces.clone().all(clean::is_clean) {
            let mut line = self.open();
            pieces.for_each(|piece| line.clean_value(piece, ""));
            line.close();
        } else {
            self.line(&pieces.collect::<String>());
        }
    }

    /// Begins a line that is written piece by piece.
    fn open(&mut self) -> Line<'_> {
        let start = self.out.len();
        self.out.extend_from_slice(self.tag.as_bytes());
        self.out.extend_from_slice(b"  - ");
        let empty = self.out.len();
        Line { out: self.out, start, empty }
    }
}

/// A line that is being written. Without any value it was never there.
struct Line<'a> {
    out: &'a mut Vec<u8>,
    start: usize,
    empty: usize,
}

impl Line<'_> {
    /// Adds a value behind a separator, unless it is the first one or empty.
    fn value(&mut self, value: &str, separator: &str) {
        self.clean_value(&clean::one_line(value), separator);
    }

    /// Adds a value that is clean already.
    fn clean_value(&mut self, value: &str, separator: &str) {
        debug_assert!(clean::is_clean(value), "{value:?}");
        if !value.is_empty() {
            if self.out.len() > self.empty {
                self.out.extend_from_slice(separator.as_bytes());
            }
            self.out.extend_from_slice(value.as_bytes());
        }
    }

    fn close(self) {
        if self.out.len() == self.empty {
            self.out.truncate(self.start);
        } else {
            self.out.extend_from_slice(b"\r\n");
        }
    }
}

#[cfg(test)]
mod tests;
