//! EndNote XML (`output-formats.md` section 6).
//!
//! One record a line, every text in a `style` run, elements in the order of one table. Every
//! value is cleaned and escaped in one place.

mod styles;
mod values;
mod work_type;

use model::{Record, Warning};
use quick_xml::escape::partial_escape;

use crate::Writer;
use crate::citekey::Template;
use crate::clean;
use crate::options::Options;

/// Writes EndNote XML.
#[derive(Debug)]
pub(crate) struct EndnoteXml {
    options: Options,
    citekey: Template,
}

/// The elements that a value stands in, from the outermost, and the value.
type Row = (&'static [&'static str], fn(&Entry<'_>, &mut Element<'_, '_>));

/// One row an element, in the order in which they stand (`output-formats.md` section 6.2).
#[rustfmt::skip]
const ROWS: &[Row] = &[
    (&["contributors", "authors", "author"],           values::authors),
    (&["contributors", "secondary-authors", "author"], values::editors_of_chapter),
    (&["contributors", "tertiary-authors", "author"],  values::editors_of_book),
    (&["auth-address"],                                values::affiliations),
    (&["titles", "title"],                             values::title),
    (&["titles", "secondary-title"],                   values::secondary_title),
    (&["titles", "tertiary-title"],                    values::tertiary_title),
    (&["titles", "alt-title"],                         values::abbreviation),
    // `abbr-1` stands in the alternate title alone, or JabRef makes it the journal.
    (&["periodical", "full-title"],                    values::journal),
    (&["alt-periodical", "full-title"],                values::journal),
    (&["alt-periodical", "abbr-1"],                    values::abbreviation),
    (&["pages"],                                       values::pages),
    (&["volume"],                                      values::volume),
    (&["number"],                                      values::issue),
    (&["edition"],                                     values::edition),
    (&["section"],                                     values::section),
    (&["keywords", "keyword"],                         values::keywords),
    (&["dates", "year"],                               values::year),
    (&["dates", "pub-dates", "date"],                  values::date),
    (&["pub-location"],                                values::place),
    (&["publisher"],                                   values::publisher),
    (&["orig-pub"],                                    values::original_title),
    (&["isbn"],                                        values::issn_or_isbn),
    (&["accession-num"],                               values::pmid),
    (&["call-num"],                                    values::bookshelf),
    (&["abstract"],                                    values::abstract_),
    (&["label"],                                       values::citation_key),
    (&["notes"],                                       values::notes),
    (&["work-type"],                                   values::work_type),
    // In this order: the other one loses the URL in bibutils.
    (&["urls", "related-urls", "url"],                 values::url),
    (&["urls", "web-urls", "url"],                     values::url),
    (&["custom1"],                                     values::conflict_of_interest),
    (&["custom2"],                                     values::pmcid),
    (&["custom6"],                                     values::manuscript_ids),
    (&["custom7"],                                     values::article_number),
    (&["electronic-resource-num"],                     values::doi),
    (&["remote-database-name"],                        values::database),
    (&["remote-database-provider"],                    values::database_provider),
    (&["research-notes"],                              values::grants),
    (&["language"],                                    values::language_codes),
];

/// A record and what was chosen about writing it.
struct Entry<'a> {
    record: &'a Record,
    options: &'a Options,
    citekey: &'a Template,
}

impl EndnoteXml {
    /// A writer with those options.
    pub(crate) fn new(options: &Options, citekey: Template) -> Self {
        Self { options: options.clone(), citekey }
    }
}

impl Writer for EndnoteXml {
    fn begin(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xml><records>\n");
    }

    fn record(&self, record: &Record, out: &mut Vec<u8>, warnings: &mut Vec<Warning>) {
        let entry = Entry { record, options: &self.options, citekey: &self.citekey };
        let (name, number) = values::reference_type(&entry);
        let mut xml = Xml { out, open: &[] };
        xml.raw("<record><source-app name=\"refmill\" version=\"1\">refmill</source-app>");
        if let Some(pmid) = record.pmid {
            xml.raw("<rec-number>");
            xml.raw(&pmid.to_string());
            xml.raw("</rec-number>");
        }
        for piece in ["<ref-type name=\"", name, "\">", number, "</ref-type>"] {
            xml.raw(piece);
        }
        for (path, write) in ROWS {
            write(&entry, &mut Element { path, xml: &mut xml, warnings });
        }
        xml.enter(&[]);
        xml.raw("</record>\n");
    }

    fn end(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"</records></xml>\n");
    }
}

/// The record being written, and which of its elements are open.
struct Xml<'o> {
    out: &'o mut Vec<u8>,
    open: &'static [&'static str],
}

impl Xml<'_> {
    /// Closes and opens elements until those of the path are open.
    fn enter(&mut self, path: &'static [&'static str]) {
        let shared = self.open.iter().zip(path).take_while(|(open, wanted)| open == wanted).count();
        for name in self.open[shared..].iter().rev() {
            self.tag("</", name);
        }
        for name in &path[shared..] {
            self.tag("<", name);
        }
        self.open = path;
    }

    fn tag(&mut self, bracket: &str, name: &str) {
        for piece in [bracket, name, ">"] {
            self.raw(piece);
        }
    }

    fn raw(&mut self, markup: &str) {
        self.out.extend_from_slice(markup.as_bytes());
    }
}

/// The elements of one row. Nothing is written but for a value that is not empty.
struct Element<'x, 'o> {
    path: &'static [&'static str],
    xml: &'x mut Xml<'o>,
    warnings: &'x mut Vec<Warning>,
}

/// What is left out of nothing: a face that marks no style.
const NORMAL: &str = "normal";

/// A line end inside a value.
const LINE_END: &str = "&#xD;";

impl Element<'_, '_> {
    /// One element with that value.
    fn value(&mut self, value: &str) {
        let value = clean::one_line(value);
        if !value.is_empty() {
            self.runs([(NORMAL, partial_escape(&*value).as_ref())]);
        }
    }

    /// One element with several lines; empty ones are left out.
    fn lines<V: AsRef<str>>(&mut self, lines: impl IntoIterator<Item = V>) {
        let mut joined = String::new();
        for line in lines {
            let line = clean::one_line(line.as_ref());
            if !line.is_empty() {
                joined.push_str(if joined.is_empty() { "" } else { LINE_END });
                joined.push_str(&partial_escape(&*line));
            }
        }
        if !joined.is_empty() {
            self.runs([(NORMAL, joined.as_str())]);
        }
    }

    /// One element of several runs: the face of each and its words, escaped.
    fn runs<'r>(&mut self, runs: impl IntoIterator<Item = (&'r str, &'r str)>) {
        let Some((leaf, parents)) = self.path.split_last() else { return };
        self.xml.enter(parents);
        self.xml.tag("<", leaf);
        for (face, words) in runs {
            let start = ["<style face=\"", face, "\" font=\"default\" size=\"100%\">"];
            for piece in start.into_iter().chain([words, "</style>"]) {
                self.xml.raw(piece);
            }
        }
        self.xml.tag("</", leaf);
    }
}

#[cfg(test)]
mod tests;
