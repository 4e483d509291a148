//! Pages and MEDLINE text of the corpus (`html-pages.md` section 13).

use std::fs;
use std::path::PathBuf;

use model::{Code, Completeness, Container, Date, Kind, Name, Record, Status, Warning};
use pubmed::{Limits, Options, Outcome, Runs};

/// A file of the corpus, or nothing, with a word about it, where the corpus is absent.
fn corpus(path: &str) -> Option<Vec<u8>> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus").join(path);
    let bytes = fs::read(&file).ok();
    if bytes.is_none() {
        eprintln!("{path} is not here: ../shared/corpus is absent, nothing is checked");
    }
    bytes
}

fn read(mut runs: Runs<&[u8]>) -> (Vec<Record>, Vec<Warning>) {
    let (mut records, mut remarks) = (Vec::new(), Vec::new());
    while let Some(run) = runs.next_run().expect("memory can be read") {
        run.read(&Options::default(), &Limits::default(), &mut |outcome| match outcome {
            Outcome::Record(record) => records.push(*record),
            Outcome::Remark(remark) => remarks.push(remark),
            Outcome::Deleted(_) => {}
            Outcome::Fault(fault) => panic!("{fault:?}"),
        });
    }
    (records, remarks)
}

fn pages(path: &str) -> Option<(Vec<Record>, Vec<Warning>)> {
    let bytes = corpus(path)?;
    Some(read(if path.starts_with("html/") {
        Runs::html(&bytes[..])
    } else {
        Runs::text(&bytes[..])
    }))
}

fn one(path: &str) -> Option<Record> {
    let (records, _) = pages(path)?;
    let [record] = <[Record; 1]>::try_from(records).expect("one record");
    Some(record)
}

fn full(record: &Record) -> Vec<String> {
    let name = |name: &Name| match name {
        Name::Person { family, given, .. } => {
            format!("{family}, {}", given.as_deref().unwrap_or_default())
        }
        Name::Group(group) => group.clone(),
    };
    record.authors.iter().map(|author| name(&author.name)).collect()
}

fn point(date: Option<&Date>) -> Option<(u16, u8, Option<u8>)> {
    let start = date?.start;
    Some((start.year, start.month?.number(), start.day))
}

fn codes(record: &Record) -> Vec<Code> {
    record.warnings.iter().map(|warning| warning.code).collect()
}

fn abbreviation(record: &Record) -> Option<&str> {
    match record.container.as_ref()? {
        Container::Journal(journal) => journal.abbreviation.as_deref(),
        Container::Book(_) => None,
    }
}

#[test]
fn the_extracted_page_gives_what_it_holds_and_no_pmid() {
    let Some(record) = one("text/seed-38201451.txt") else { return };
    assert_eq!(
        record.title.flatten(),
        "Systemic Therapies for HER2-Positive Advanced Breast Cancer"
    );
    assert_eq!(full(&record), ["Angelis, Vasileios"]);
    assert_eq!(record.authors_complete, Completeness::Shortened);
    assert_eq!(abbreviation(&record), Some("Cancers (Basel)"));
    assert_eq!(point(record.issued.as_ref()), Some((2023, 12, Some(20))));
    assert_eq!((record.volume.as_deref(), record.issue.as_deref()), (Some("16"), Some("1")));
    assert_eq!(record.pages.as_ref().map(|pages| pages.raw.as_str()), Some("23"));
    assert_eq!(record.doi.as_ref().map(model::Doi::as_str), Some("10.3390/cancers16010023"));
    assert_eq!((record.abstract_.len(), record.keywords.len()), (1, 6));
    assert_eq!((record.kind, record.genre.as_deref()), (Kind::Article, Some("Review")));
    assert_eq!((record.pmid, record.pmcid, record.references.len()), (None, None, 0));
    let codes = codes(&record);
    assert!(codes.contains(&Code::AuthorsIncomplete) && codes.contains(&Code::PmidMissing));
}

#[test]
fn the_copied_page_gives_all_authors_and_nothing_of_similar_articles() {
    let Some(record) = one("text/t2-paste-24300658.txt") else { return };
    let families =
        ["Kromberg, Jennifer G R", "Ramsay, Michele", "Krause, Amanda", "Soodyall, Himla"];
    assert_eq!(full(&record), families);
    assert_eq!(record.pmid.map(model::Pmid::number), Some(24_300_658));
    assert_eq!((record.abstract_.len(), record.types.len(), record.mesh.len()), (0, 3, 3));
    assert_eq!(record.links, []);
}

#[test]
fn the_modern_article_page_is_read_whole() {
    let Some(record) = one("html/article-37882686-clean.html") else { return };
    assert_eq!(record.pmid.map(model::Pmid::number), Some(37_882_686));
    assert_eq!(record.authors.len(), 6);
    assert!(record.authors.iter().all(|author| !author.affiliations.is_empty()));
    let numbers: Vec<usize> = record.authors.iter().map(|a| a.affiliations.len()).collect();
    assert_eq!(numbers, [1, 1, 1, 1, 2, 2]);
    assert_eq!(full(&record)[0], "Zhang, Chen");
    assert_eq!(record.doi.as_ref().map(model::Doi::as_str), Some("10.1097/CRD.0000000000000623"));
    assert_eq!(point(record.issued.as_ref()), Some((2025, 9, None)));
    assert_eq!(point(record.electronic.as_ref()), Some((2023, 10, Some(26))));
    let rows: usize = record.mesh.iter().map(|heading| heading.qualifiers.len().max(1)).sum();
    assert_eq!(rows, 12);
    assert_eq!(record.keywords.len(), 4);
    assert_eq!(record.genre.as_deref(), Some("Systematic Review"));
    assert!(record.conflict_of_interest.is_some());
    assert_eq!(codes(&record), [Code::ReferencesTruncated]);
}

#[test]
fn junk_and_indentation_change_nothing() {
    let clean = one("html/article-37882686-clean.html");
    let original = one("html/article-37882686-original.html");
    assert_eq!(clean, original);
}

#[test]
fn the_result_list_gives_ten_records_with_all_authors() {
    let Some((records, remarks)) = pages("html/result-list-page1-clean.html") else { return };
    assert_eq!(records.len(), 10);
    assert_eq!(remarks.iter().map(|r| r.code).collect::<Vec<_>>(), [Code::ListIncomplete]);
    let by = |pmid: u64| {
        let found = records.iter().find(|r| r.pmid.map(model::Pmid::number) == Some(pmid));
        found.expect("it is on the page")
    };
    for pmid in [24_967_882, 33_000_593] {
        assert_eq!(by(pmid).doi, None);
    }
    let particles = full(by(33_000_593));
    for name in ["De Sarro, R", "La Macchia, T"] {
        assert!(particles.iter().any(|known| known == name), "{particles:?}");
    }
    assert_eq!(by(33_000_593).notes.len(), 1);
    assert!(records.iter().all(|r| !r.authors.is_empty() && r.abstract_.is_empty()));
}

#[test]
fn legacy_pages_give_their_labels_terms_and_substances() {
    let Some(record) = one("html/legacy-article-22188593.html") else { return };
    assert_eq!((record.authors.len(), record.abstract_.len()), (9, 4));
    assert!(record.abstract_.iter().all(|s| s.label.is_some() && s.category.is_some()));
    let rows: usize = record.mesh.iter().map(|heading| heading.qualifiers.len().max(1)).sum();
    assert_eq!((rows, record.chemicals.len(), record.types.len()), (14, 4, 3));
    let Some(record) = one("html/legacy-fragment-31499258.html") else { return };
    assert_eq!((record.authors.len(), record.abstract_.len(), record.keywords.len()), (5, 3, 5));
    assert!(record.copyright.is_some());
    assert_eq!(record.authors.iter().map(|a| a.affiliations.len()).sum::<usize>(), 5);
    assert_eq!(record.status, Some(Status::AheadOfPrint));
}

#[test]
fn medline_text_in_a_page_gives_its_records() {
    let Some((records, _)) = pages("html/medline-pre.html") else { return };
    let mut pmids: Vec<u64> = records.iter().filter_map(|r| Some(r.pmid?.number())).collect();
    pmids.sort_unstable();
    pmids.dedup();
    assert_eq!((records.len(), pmids.len()), (142, 142));
}

#[test]
fn every_file_of_medline_text_gives_its_records() {
    let Some(manifest) = corpus("manifest.tsv") else { return };
    let manifest = String::from_utf8(manifest).expect("the manifest is UTF-8");
    let mut files = 0;
    for line in manifest.lines().filter(|line| line.starts_with("nbib/")) {
        let fields: Vec<&str> = line.split('\t').collect();
        let bytes = corpus(fields[0]).expect("the manifest names it");
        let (records, _) = read(Runs::medline(&bytes[..], Limits::default()));
        // The manifest counts PMIDs; one file holds two records without one between blank lines.
        let expected = match fields[0] {
            "nbib/jabref-multiple-entries.nbib" => "7",
            _ => fields[3],
        };
        assert_eq!(records.len().to_string(), expected, "{}", fields[0]);
        files += 1;
    }
    assert_eq!(files, 13);
}
