//! A file as NLM's baseline has them, of invented records: 30,000 of them are about 175 MB.
//!
//! The shares of the elements are those of `xml-input.md` sections 5 and 6; every word is made of
//! syllables. The same number of records and the same seed give the same bytes.

mod article;
mod book;
mod large;
mod random;
mod words;
mod xml;

use std::io::{self, Write};

use random::Random;
use words::Vocabulary;
use xml::Xml;

/// The PMID of the first record; no record of PubMed has so high a number.
const FIRST_PMID: u64 = 90_000_001;

/// Writes a `PubmedArticleSet` of that many records.
///
/// One record in a thousand is of a book; behind the last stands a list of withdrawn PMIDs, which
/// are no records.
///
/// # Errors
///
/// What writing to `out` returns.
pub fn baseline(records: u32, seed: u64, out: &mut impl Write) -> io::Result<()> {
    set(records, seed, out, |xml, random, words, pmid| {
        if random.permille(1) {
            book::write(xml, random, words, pmid);
        } else {
            article::write(xml, random, words, pmid);
        }
    })
}

/// Writes a `PubmedArticleSet` of that many records, each of half a megabyte, as the largest of
/// PubMed is.
///
/// # Errors
///
/// What writing to `out` returns.
pub fn large(records: u32, seed: u64, out: &mut impl Write) -> io::Result<()> {
    set(records, seed, out, large::write)
}

fn set(
    records: u32,
    seed: u64,
    out: &mut impl Write,
    record: impl Fn(&mut Xml, &Random, &Vocabulary, u64),
) -> io::Result<()> {
    let random = Random::new(seed);
    let words = Vocabulary::new(&random);
    let mut xml = Xml::default();
    xml.line(r#"<?xml version="1.0" encoding="utf-8"?>"#);
    xml.line(concat!(
        r#"<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" "#,
        r#""https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">"#
    ));
    xml.open("PubmedArticleSet", &[]);
    for pmid in (FIRST_PMID..).take(usize::try_from(records).unwrap_or(usize::MAX)) {
        record(&mut xml, &random, &words, pmid);
        out.write_all(xml.bytes())?;
        xml.clear();
    }
    if records > 0 {
        xml.open("DeleteCitation", &[]);
        xml.leaf("PMID", &[("Version", "1")], "89999999");
        xml.close();
    }
    xml.close();
    out.write_all(xml.bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(records: u32, seed: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        baseline(records, seed, &mut bytes).expect("a vector takes everything");
        bytes
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes() {
        assert_eq!(file(20, 1), file(20, 1));
        assert_ne!(file(20, 1), file(20, 2));
    }

    #[test]
    fn records_are_as_large_as_those_of_a_baseline_file() {
        let average = file(2000, 1).len() / 2000;
        assert!((5500..6300).contains(&average), "{average} bytes a record");
    }

    #[test]
    fn large_records_are_as_large_as_the_largest() {
        let mut bytes = Vec::new();
        large(1, 1, &mut bytes).expect("a vector takes everything");
        assert!((500_000..600_000).contains(&bytes.len()), "{} bytes", bytes.len());
    }
}
