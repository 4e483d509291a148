//! BibTeX and its dialect BibLaTeX (`output-formats.md` section 4).
//!
//! [`FIELDS`] is the entry: one row a field, with its name in each dialect and what stands in it.
//! All else is spelling: `dialect` what tells the two apart, `entry` types, `dates` and `names`
//! their fields, `markup` rich text with `case` for the capitals of titles, `script` and `math`
//! for formulas, `tex` and `letters` characters, `braces` what BibTeX counts.

mod braces;
mod case;
mod dates;
mod dialect;
mod entry;
mod fields;
mod letters;
mod markup;
mod math;
mod names;
mod script;
mod tex;

use std::fmt::Write;

use model::{Book, Code, Container, Journal, Record, Warning};

use crate::citekey::Template;
use crate::options::Options;
use crate::{Writer, languages};
pub(crate) use dialect::Dialect;
use fields::{FIELDS, Value};
use markup::Tex;

/// Writes records as entries of a `.bib` file.
pub(crate) struct Bibtex {
    dialect: Dialect,
    options: Options,
    citekey: Template,
    /// The fields of the dialect, each with its name as it is written.
    fields: Vec<(String, Value)>,
    /// What stands between keywords, escaped.
    separator: String,
}

/// A record on its way into an entry.
struct Entry<'r> {
    record: &'r Record,
    journal: Option<&'r Journal>,
    book: Option<&'r Book>,
    writer: &'r Bibtex,
}

impl Bibtex {
    /// A writer of that dialect with those options and that template of citation keys.
    pub(crate) fn new(dialect: Dialect, options: &Options, citekey: Template) -> Self {
        let fields = FIELDS.iter().filter_map(|field| Some((field.begin(dialect)?, field.2)));
        let separator = separator(dialect, options);
        Self { dialect, options: options.clone(), citekey, fields: fields.collect(), separator }
    }

    fn warn(&self, record: &Record, tex: &Tex, warnings: &mut Vec<Warning>) {
        for code in languages::codes(record).take(self.dialect.languages()) {
            if languages::language(&code).is_none_or(|language| language.babel.is_none()) {
                warnings.push(Warning::new(Code::LanguageUnknown, format!("language: {code}")));
            }
        }
        if tex.math_lost {
            warnings.push(Warning::new(Code::MathFlattened, "a formula that is not well-formed"));
        }
    }
}

impl Writer for Bibtex {
    fn record(&self, record: &Record, out: &mut Vec<u8>, warnings: &mut Vec<Warning>) {
        let (journal, book) = match &record.container {
            Some(Container::Journal(journal)) => (Some(journal), None),
            Some(Container::Book(book)) => (None, Some(book)),
            None => (None, None),
        };
        let entry = Entry { record, journal, book, writer: self };
        let text = self.dialect.of_text(&self.options);
        let names = self.dialect.of_names(&self.options);
        let mut tex = Tex::new(text, 4096);
        begin(&mut tex.out, &entry, &self.citekey.key(record));
        for (name, value) in &self.fields {
            let start = tex.out.len();
            tex.out.push_str(name);
            if !matches!(value, Value::Bare(_)) {
                tex.out.push('{');
            }
            let before = tex.out.len();
            match value {
                Value::Braced(write) | Value::Bare(write) => write(&entry, &mut tex),
                Value::Names(of) => {
                    tex.spelling = names;
                    names::names(&mut tex, of(record));
                    tex.spelling = text;
                }
            }
            tidy(&mut tex.out, before);
            if tex.out.len() == before {
                tex.out.truncate(start);
            } else {
                tex.out.push_str(if matches!(value, Value::Bare(_)) { ",\n" } else { "},\n" });
            }
        }
        tex.out.push_str("}\n\n");
        self.warn(record, &tex, warnings);
        out.extend_from_slice(tex.out.as_bytes());
    }
}

fn begin(out: &mut String, entry: &Entry<'_>, key: &str) {
    let Bibtex { dialect, options, .. } = entry.writer;
    let entry_type = entry::entry_type(entry.record, *dialect, options);
    writeln!(out, "@{entry_type}{{{key},").expect("a string takes everything");
}

/// Takes off the blanks at the ends of a value, and every second one. Values are clean, but where
/// a run or a character came to nothing, blanks may meet.
fn tidy(out: &mut String, start: usize) {
    let value = &out[start..];
    if value.contains("  ") || value.starts_with(' ') || value.ends_with(' ') {
        let words: Vec<&str> = value.split(' ').filter(|word| !word.is_empty()).collect();
        let tidied = words.join(" ");
        out.truncate(start);
        out.push_str(&tidied);
    }
}

/// What stands between keywords: one line of whatever was asked for, escaped.
fn separator(dialect: Dialect, options: &Options) -> String {
    let asked = options.bibtex_keyword_separator.as_str();
    let mut tex = Tex::new(dialect.of_text(options), 0);
    tex.words(asked);
    if tex.out.is_empty() {
        tex.out.push(',');
    }
    let blank = |is_there: bool| if is_there { " " } else { "" };
    let (before, behind) =
        (asked.starts_with(char::is_whitespace), asked.ends_with(char::is_whitespace));
    format!("{}{}{}", blank(before), tex.out, blank(behind))
}

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
