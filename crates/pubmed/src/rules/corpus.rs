//! The rules against the real strings of a whole file of PubMed and of hundreds of small ones.
//!
//! The strings are found by looking for tags, not by parsing: these are tests of the rules.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use flate2::read::MultiGzDecoder;
use model::{Code, Warning};

use crate::rules::dates::{Parts, date};
use crate::rules::pages::{self, Printed};

#[test]
fn dates_in_words_are_nearly_all_understood() {
    let Some(texts) = &*BULK else { return };
    let dates: Vec<&str> = texts.iter().flat_map(|xml| all(xml, "MedlineDate")).collect();
    assert!(dates.len() > 2000, "only {} dates", dates.len());
    let mut warnings = Vec::new();
    for medline in &dates {
        let date = date(Parts { medline, ..Parts::default() }, "PubDate", &mut warnings);
        assert!(date.is_some(), "{medline}");
    }
    assert!(warnings.len() * 1000 <= dates.len(), "{warnings:?}");
}

#[test]
fn pages_are_nearly_all_understood() {
    let Some(texts) = &*BULK else { return };
    let printed: Vec<&str> = texts.iter().flat_map(|xml| all(xml, "MedlinePgn")).collect();
    assert!(printed.len() > 20_000, "only {} pages", printed.len());
    let mut warnings = Vec::new();
    for medline in &printed {
        pages::pages(Printed { medline, ..Printed::default() }, &mut warnings);
    }
    let unparsed = about(&warnings, Code::PagesUnparsed);
    for u in &unparsed {
        println!("{u}");
    }
    assert!(unparsed.len() * 1000 <= printed.len(), "{unparsed:?}");
}

#[test]
fn expansion_gives_the_pages_that_nlm_gives() {
    let Some(texts) = texts("small") else { return };
    let mut compared = 0;
    for pagination in texts.iter().flat_map(|xml| all(xml, "Pagination")) {
        let one = |tag| all(pagination, tag).next().unwrap_or_default();
        let (start, end, medline) = (one("StartPage"), one("EndPage"), one("MedlinePgn"));
        // Three of the files are made up and hold the names of the tags, or numbered words.
        let made_up = start == "0" || start == "StartPage" || start.starts_with("Text");
        if medline.is_empty() || start.is_empty() || made_up {
            continue;
        }
        let printed = Printed { medline, ..Printed::default() };
        let pages = pages::pages(printed, &mut Vec::new()).expect(medline);
        let first = pages.ranges.first().expect(medline);
        assert_eq!((first.first.as_str(), first.last.as_deref().unwrap_or_default()), (start, end));
        compared += 1;
    }
    assert!(compared > 50, "only {compared} compared");
}

/// A whole file of PubMed, read once for all tests.
static BULK: LazyLock<Option<Vec<String>>> = LazyLock::new(|| texts("bulk"));

/// The texts of all files of a folder of the corpus; none where the corpus is absent.
fn texts(folder: &str) -> Option<Vec<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/xml");
    let Ok(entries) = root.join(folder).read_dir() else {
        println!("{} is absent; nothing is tested", root.display());
        return None;
    };
    let paths = entries.map(|entry| entry.expect("a folder that can be read").path());
    let mut paths: Vec<PathBuf> = paths.collect();
    paths.sort();
    Some(paths.iter().map(|path| text(path)).collect())
}

fn text(path: &Path) -> String {
    let file = File::open(path).expect("a file of the corpus");
    let mut bytes = Vec::new();
    let mut file: Box<dyn Read> = match path.extension() {
        Some(gz) if gz == "gz" => Box::new(MultiGzDecoder::new(file)),
        _ => Box::new(file),
    };
    file.read_to_end(&mut bytes).expect("a whole file");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What stands between the tags of that name, where there are no attributes.
fn all<'a>(xml: &'a str, tag: &str) -> impl Iterator<Item = &'a str> {
    let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
    let mut rest = xml;
    std::iter::from_fn(move || {
        let (_, after) = rest.split_once(&open)?;
        let (inner, behind) = after.split_once(&close)?;
        rest = behind;
        Some(inner)
    })
}

/// The texts of the warnings of that code.
fn about(warnings: &[Warning], code: Code) -> Vec<&str> {
    let about = warnings.iter().filter(|warning| warning.code == code);
    about.map(|warning| warning.text.as_str()).collect()
}
