//! What every output must keep, whatever its records say (`output-formats.md` section 10).

mod expat;
mod tex;

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use formats::Format;
use quick_xml::Reader;
use quick_xml::events::Event;

/// Entries in an output, counted as simply as can be.
pub(crate) fn entries(text: &str, format: Format) -> u64 {
    let starting = |start: &str| text.lines().filter(|line| line.starts_with(start)).count();
    let count = match format {
        Format::Ris => {
            assert_eq!(starting("TY  - "), starting("ER  - "));
            starting("TY  - ")
        }
        Format::Bibtex | Format::Biblatex => starting("@"),
        Format::CslJson => {
            let items: Vec<serde_json::Value> = serde_json::from_str(text).expect("a JSON array");
            items.len()
        }
        Format::EndnoteXml => text.matches("<record>").count(),
        Format::Jsonl => text.lines().count(),
    };
    count as u64
}

/// What in an output of that many records breaks the rules of `output-formats.md` section 10.
pub(crate) fn fault(text: &str, format: Format, records: u64) -> Option<String> {
    if text.starts_with('\u{FEFF}') {
        return Some("a byte order mark".to_owned());
    }
    if !text.is_empty() && !text.ends_with('\n') {
        return Some("no line end at the end".to_owned());
    }
    if format != Format::Jsonl
        && let Some(sign) = text.chars().find(|sign| is_removed(*sign, format))
    {
        return Some(format!("the character U+{:04X}", u32::from(sign)));
    }
    match format {
        Format::Ris => ris_fault(text),
        Format::Bibtex | Format::Biblatex => bib_fault(text, records),
        Format::EndnoteXml => xml_fault(text).or_else(|| expat::fault(text, records)),
        // Counting has parsed them already.
        Format::CslJson | Format::Jsonl => None,
    }
}

/// Characters that the cleaning of section 2 leaves out or writes as a blank.
const REMOVED: &[RangeInclusive<char>] = &[
    '\u{0}'..='\u{1F}',
    '\u{7F}'..='\u{A0}',
    '\u{AD}'..='\u{AD}',
    '\u{2000}'..='\u{200B}',
    '\u{200E}'..='\u{200F}',
    '\u{2028}'..='\u{202F}',
    '\u{205F}'..='\u{2060}',
    '\u{2066}'..='\u{2069}',
    '\u{3000}'..='\u{3000}',
    '\u{FEFF}'..='\u{FEFF}',
    '\u{FFFE}'..='\u{FFFF}',
];

fn is_removed(sign: char, format: Format) -> bool {
    let is_line_end = sign == '\n' || (sign == '\r' && format == Format::Ris);
    !is_line_end && REMOVED.iter().any(|signs| signs.contains(&sign))
}

/// Tags as section 3.2 has them; only some may stand twice in a record.
fn ris_fault(text: &str) -> Option<String> {
    const REPEATED: [&str; 5] = ["AU", "A2", "A3", "KW", "N1"];
    let mut seen = BTreeSet::new();
    for line in text.split_terminator("\r\n") {
        let shape = line.as_bytes();
        let is_tag = shape.len() >= 6
            && shape[0].is_ascii_uppercase()
            && (shape[1].is_ascii_uppercase() || shape[1].is_ascii_digit())
            && &shape[2..6] == b"  - ";
        if line.contains(['\n', '\r']) || !(line.is_empty() || is_tag) {
            return Some(format!("the line {line:?}"));
        }
        if line.starts_with("TY") {
            seen.clear();
        }
        let (tag, value) = line.split_at_checked(6).unwrap_or(("", ""));
        let tag = tag.get(..2).unwrap_or("");
        if !tag.is_empty() && !REPEATED.contains(&tag) && !seen.insert(tag) {
            return Some(format!("a second {tag}"));
        }
        let is_empty = value.is_empty() && !matches!(tag, "ER" | "");
        if is_empty || value != value.trim() || value.contains("  ") {
            return Some(format!("the value of {line:?}"));
        }
    }
    None
}

/// Fields in which nothing but a brace has a meaning (section 4.2).
const VERBATIM: [&str; 5] = ["doi", "url", "eprint", "pmid", "pmcid"];

fn bib_fault(text: &str, records: u64) -> Option<String> {
    let bibliography = match biblatex::RawBibliography::parse(text) {
        Ok(bibliography) => bibliography,
        Err(err) => return Some(err.to_string()),
    };
    if bibliography.entries.len() as u64 != records {
        return Some(format!("{} entries for {records} records", bibliography.entries.len()));
    }
    let is_of_a_key = |sign: char| sign.is_ascii_alphanumeric() || ":_-".contains(sign);
    for entry in &bibliography.entries {
        let key = entry.v.key.v;
        if key.is_empty() || !key.chars().all(is_of_a_key) {
            return Some(format!("the citation key {key:?}"));
        }
    }
    let is_frame = |line: &str| {
        line.is_empty() || line == "}" || line.starts_with('@') || line.starts_with("  ")
    };
    if let Some(line) = text.lines().find(|line| !is_frame(line)) {
        return Some(format!("the line {line:?}"));
    }
    for line in text.lines().filter(|line| line.starts_with("  ")) {
        let (name, value) = line.split_once(" = ").unwrap_or((line, ""));
        if !VERBATIM.contains(&name.trim())
            && let Some(fault) = tex::fault(value)
        {
            return Some(format!("{name}: {fault}"));
        }
        let depth = value.chars().try_fold(0_i32, |depth, sign| match sign {
            '{' => Some(depth + 1),
            '}' if depth == 0 => None,
            '}' => Some(depth - 1),
            _ => Some(depth),
        });
        if depth != Some(0) {
            return Some(format!("braces that do not balance in {line:?}"));
        }
    }
    None
}

/// Elements that EndNote's records have (section 6.2).
const ELEMENTS: &[&str] = &[
    "xml",
    "records",
    "record",
    "source-app",
    "rec-number",
    "ref-type",
    "contributors",
    "authors",
    "secondary-authors",
    "tertiary-authors",
    "author",
    "auth-address",
    "titles",
    "title",
    "secondary-title",
    "tertiary-title",
    "alt-title",
    "periodical",
    "alt-periodical",
    "full-title",
    "abbr-1",
    "pages",
    "volume",
    "number",
    "edition",
    "section",
    "keywords",
    "keyword",
    "dates",
    "year",
    "pub-dates",
    "date",
    "pub-location",
    "publisher",
    "orig-pub",
    "isbn",
    "accession-num",
    "call-num",
    "abstract",
    "label",
    "notes",
    "work-type",
    "urls",
    "related-urls",
    "web-urls",
    "url",
    "custom1",
    "custom2",
    "custom6",
    "custom7",
    "electronic-resource-num",
    "remote-database-name",
    "remote-database-provider",
    "research-notes",
    "language",
    "style",
];

fn xml_fault(text: &str) -> Option<String> {
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => {
                let name = tag.name();
                if !ELEMENTS.contains(&name.as_ref()) {
                    return Some(format!("the element {name:?}"));
                }
            }
            Ok(Event::Comment(_) | Event::CData(_) | Event::PI(_) | Event::DocType(_)) => {
                return Some("something that is neither element nor text".to_owned());
            }
            Ok(Event::Eof) => return None,
            Ok(_) => {}
            Err(err) => return Some(err.to_string()),
        }
    }
}
