//! Names for everything in a [`Request`]: one table for flags, query parameters and headers.

mod table;

use formats::{Format, UnknownValue};

use crate::request::Request;
pub use table::SETTINGS;

/// Something that can be chosen, under the name that it has everywhere.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// The name, as in `mapping.md` section 10 and `service.md` section 6.2.
    pub name: &'static str,
    /// What it is about, for the order of help texts.
    pub group: Group,
    /// What can be chosen.
    pub values: Values,
    /// One line of help, without a stop.
    pub help: &'static str,
    set: fn(&mut Request, &str) -> Result<(), UnknownValue>,
    get: fn(&Request) -> String,
}

/// What a setting is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// What comes in and goes out.
    Conversion,
    /// What is read.
    Reading,
    /// What every format says.
    Content,
    /// RIS.
    Ris,
    /// BibTeX and BibLaTeX.
    Bibtex,
    /// CSL-JSON.
    Csl,
    /// EndNote XML.
    Endnote,
}

impl Group {
    /// All groups, in the order in which they are shown.
    pub const ALL: [Self; 7] = [
        Self::Conversion,
        Self::Reading,
        Self::Content,
        Self::Ris,
        Self::Bibtex,
        Self::Csl,
        Self::Endnote,
    ];

    /// What stands over the settings of the group.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Conversion => "Conversion",
            Self::Reading => "Reading",
            Self::Content => "Content of every format",
            Self::Ris => "RIS",
            Self::Bibtex => "BibTeX and BibLaTeX",
            Self::Csl => "CSL-JSON",
            Self::Endnote => "EndNote XML",
        }
    }
}

/// What can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// One of these words.
    One(&'static [&'static str]),
    /// Any of these words, with commas between them; `none` for none.
    Several(&'static [&'static str]),
    /// At least one of the formats, with commas between them, none twice.
    Formats,
    /// Any text; this stands for it in help texts.
    Text(&'static str),
}

/// A setting that does not exist or cannot have that value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSetting {
    /// There is no such setting.
    #[error("there is no setting `{name}`{}", meant(nearest.as_ref()))]
    Name {
        /// The name asked for.
        name: String,
        /// The most similar name there is.
        nearest: Option<&'static str>,
    },
    /// There is no such value.
    #[error("`{name}` cannot be `{value}`: it is {expected}{}", meant(nearest.as_ref()))]
    Value {
        /// The setting.
        name: &'static str,
        /// The value asked for.
        value: String,
        /// What there is, in words.
        expected: String,
        /// The most similar value there is.
        nearest: Option<&'static str>,
    },
}

impl Setting {
    /// The setting of that name.
    ///
    /// # Errors
    ///
    /// [`InvalidSetting::Name`] with the most similar name.
    pub fn find(name: &str) -> Result<&'static Self, InvalidSetting> {
        SETTINGS.iter().find(|setting| setting.name == name).ok_or_else(|| InvalidSetting::Name {
            name: name.to_owned(),
            nearest: nearest(name, SETTINGS.iter().map(|setting| setting.name)),
        })
    }

    /// Puts a value into a request.
    ///
    /// # Errors
    ///
    /// [`InvalidSetting::Value`], and the request is as it was.
    pub fn set(&self, request: &mut Request, value: &str) -> Result<(), InvalidSetting> {
        (self.set)(request, value).map_err(|unknown| InvalidSetting::Value {
            name: self.name,
            expected: self.values.expected().unwrap_or(unknown.expected),
            nearest: nearest(&unknown.value, self.values.words()),
            value: unknown.value,
        })
    }

    /// The value in a request, as [`Setting::set`] would take it.
    #[must_use]
    pub fn get(&self, request: &Request) -> String {
        (self.get)(request)
    }

    /// The value when nothing is said.
    #[must_use]
    pub fn default(&self) -> String {
        self.get(&Request::default())
    }
}

impl Request {
    /// Chooses a value by the names of the table.
    ///
    /// ```
    /// let mut request = convert::Request::default();
    /// request.set("formats", "ris,bibtex")?;
    /// let error = request.set("ris", "zotreo").expect_err("a misprint");
    /// assert!(error.to_string().ends_with("did you mean `zotero`?"));
    /// # Ok::<(), convert::InvalidSetting>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidSetting`], and the request is as it was.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), InvalidSetting> {
        Setting::find(name)?.set(self, value)
    }
}

impl Values {
    /// The words that can stand in a value; none for any text.
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        let (words, formats): (&[_], &[_]) = match self {
            Self::One(words) | Self::Several(words) => (words, &[]),
            Self::Formats => (&[], &Format::ALL),
            Self::Text(_) => (&[], &[]),
        };
        words.iter().copied().chain(formats.iter().map(|format| format.as_str()))
    }

    /// What can be chosen, in words.
    fn expected(self) -> Option<String> {
        let words: Vec<&str> = self.words().collect();
        match self {
            Self::One(_) => Some(alternatives(&words)),
            Self::Several(_) => Some(format!("none or any of {}", words.join(", "))),
            Self::Formats => Some(format!("any of {}, each once", words.join(", "))),
            Self::Text(_) => None,
        }
    }
}

/// `a`, `a or b`, `a, b or c`.
fn alternatives(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [word] => (*word).to_owned(),
        [before @ .., last] => format!("{} or {last}", before.join(", ")),
    }
}

fn meant(nearest: Option<&&'static str>) -> String {
    nearest.map_or_else(String::new, |word| format!("; did you mean `{word}`?"))
}

/// The most similar word, if one is similar at all.
fn nearest(word: &str, words: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    // Query strings are written by strangers: comparing costs the product of the lengths.
    if word.len() > 64 {
        return None;
    }
    let word = word.to_ascii_lowercase();
    let scored = words.map(|other| (strsim::jaro_winkler(&word, other), other));
    scored
        .filter(|(score, _)| *score > 0.8)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, other)| other)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_value_of_the_table_can_be_set_and_read_back() {
        for setting in SETTINGS {
            for word in setting.values.words() {
                let mut request = Request::default();
                setting.set(&mut request, word).expect(word);
                assert_eq!(setting.get(&request), word, "{}", setting.name);
            }
        }
    }

    #[test]
    fn every_default_can_be_set() {
        for setting in SETTINGS {
            let mut request = Request::default();
            setting.set(&mut request, &setting.default()).expect(setting.name);
            assert_eq!(request, Request::default(), "{}", setting.name);
        }
    }

    #[test]
    fn the_first_value_is_the_default() {
        for setting in SETTINGS {
            if let Values::One([first, ..]) = setting.values {
                assert_eq!(setting.default(), *first, "{}", setting.name);
            }
        }
    }

    #[test]
    fn no_name_stands_twice() {
        let mut names = HashSet::new();
        for setting in SETTINGS {
            assert!(names.insert(setting.name.replace(['.', '_'], "-")), "{}", setting.name);
        }
    }

    #[test]
    fn the_table_has_every_option_of_the_specification() {
        // `mapping.md` section 10 without `csl.nocase`, which is not written yet, and the first
        // rows of `service.md` section 6.2.
        let names = "input formats on_error ris ris.group_comma ris.epub_date ris.id markup \
            bibtex.text bibtex.case bibtex.keyword_separator bibtex.url biblatex.season \
            biblatex.pmid biblatex.orcid csl.custom endnote.markup date preprint.ris \
            preprint.bibtex preprint.biblatex preprint.endnote article_number journal \
            journal.abbreviation journal.trim issn title.brackets title.full_stop keywords mesh \
            mesh.major subjects links retraction.title_prefix notes affiliations abstract \
            references versions duplicates entities citekey";
        let mut specified: Vec<&str> = names.split_whitespace().collect();
        let mut listed: Vec<&str> = SETTINGS.iter().map(|setting| setting.name).collect();
        specified.sort_unstable();
        listed.sort_unstable();
        assert_eq!(listed, specified);
    }

    #[test]
    fn a_misprint_is_answered_with_the_nearest_word() {
        let mut request = Request::default();
        let name = request.set("bibtext.text", "latex").expect_err("no such setting");
        assert_eq!(
            name.to_string(),
            "there is no setting `bibtext.text`; did you mean `bibtex.text`?"
        );
        let value = request.set("formats", "ris,bibtx").expect_err("no such format");
        assert_eq!(
            value.to_string(),
            "`formats` cannot be `bibtx`: it is any of ris, bibtex, biblatex, csl-json, \
             endnote-xml, jsonl, each once; did you mean `bibtex`?"
        );
        let far = request.set("entities", "qqqq").expect_err("no such value");
        assert_eq!(far.to_string(), "`entities` cannot be `qqqq`: it is literal or repair");
        assert_eq!(request, Request::default());
    }

    #[test]
    fn lists_have_no_word_twice_and_formats_at_least_one() {
        let mut request = Request::default();
        assert!(request.set("formats", "").is_err());
        assert!(request.set("formats", "ris,ris").is_err());
        request.set("formats", "jsonl, ris").expect("two formats");
        assert_eq!(request.formats, [Format::Jsonl, Format::Ris]);
        request.set("notes", "grants,conflict").expect("two kinds of notes");
        request.set("notes", "none").expect("no notes");
        assert_eq!(request.write, formats::Options::default());
    }
}
