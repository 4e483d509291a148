//! What the records of real PubMed XML hold (`xml-input.md` section 11, checks 1, 2, 5 and 6).

use std::collections::BTreeMap;
use std::io::Read;

use model::{Code, Pages, Record};
use pubmed::{Limits, Options, Outcome, Runs};

use crate::corpus;

fn each(input: impl Read, mut look: impl FnMut(Record)) {
    let limits = Limits::default();
    let mut runs = Runs::xml(input, limits);
    while let Some(run) = runs.next_run().expect("the file can be read") {
        run.read(&Options::default(), &limits, &mut |outcome| {
            if let Outcome::Record(record) = outcome {
                look(*record);
            }
        });
    }
}

fn text(folder: &std::path::Path, path: &str) -> String {
    let mut text = String::new();
    corpus::open(folder, path).read_to_string(&mut text).expect("the file is text");
    text
}

/// The counts are those of `xml-input.md`, but for the two unbalanced titles, which lose their
/// brackets by `mapping.md` section 7.2.
#[test]
fn a_whole_baseline_file_holds_what_was_counted_in_it() {
    let Some(folder) = corpus::folder() else { return };
    for entry in corpus::entries(&folder, "xml/bulk/") {
        let mut counts = BTreeMap::<&str, usize>::new();
        each(corpus::open(&folder, &entry.path), |record| {
            let title = record.title.flatten();
            let vernacular = Code::TitleFromVernacular;
            let from_vernacular =
                usize::from(record.warnings.iter().any(|warning| warning.code == vernacular));
            let mut count = |what, how_many| *counts.entry(what).or_default() += how_many;
            count("vernacular", usize::from(!record.original_title.is_empty()) + from_vernacular);
            count("brackets kept", usize::from(title.starts_with('[')));
            let doi = record.doi.as_ref().map_or("", |doi| doi.as_str());
            count("angles in a DOI", usize::from(doi.contains(['<', '>'])));
            count("no date", usize::from(record.issued.is_none()));
            count("no title", usize::from(record.title.is_empty()));
            count("no PMID", usize::from(record.pmid.is_none()));
            count("no journal", usize::from(record.container.is_none()));
        });
        let counted: Vec<_> = counts.into_iter().collect();
        let expected = [
            ("angles in a DOI", 181),
            ("brackets kept", 10),
            ("no PMID", 0),
            ("no date", 0),
            ("no journal", 0),
            ("no title", 0),
            ("vernacular", 6882),
        ];
        assert_eq!(counted, expected);
    }
}

/// Other works' identifiers are put where a descendant search would find them.
#[test]
fn no_datum_comes_from_references_or_corrections() {
    const MARK: &str = "zzother";
    let reference = format!(
        "<Reference><Citation>{MARK}</Citation><ArticleIdList>\
         <ArticleId IdType=\"doi\">10.9999/{MARK}</ArticleId>\
         <ArticleId IdType=\"pii\">{MARK}</ArticleId><ArticleId IdType=\"pmc\">PMC99999999</ArticleId>\
         <ArticleId IdType=\"pubmed\">99999999</ArticleId><ArticleId IdType=\"mid\">NIHMS99999999\
         </ArticleId></ArticleIdList></Reference>"
    );
    let link = "<CommentsCorrections RefType=\"Cites\"><RefSource>zzother doi: 10.9999/zzother\
                </RefSource><PMID Version=\"1\">99999999</PMID></CommentsCorrections>";
    let Some(folder) = corpus::folder() else { return };
    let mut marked = 0;
    for entry in corpus::entries(&folder, "xml/small/") {
        let text = text(&folder, &entry.path);
        let changed = text
            .replace("<ReferenceList>", &format!("<ReferenceList>{reference}"))
            .replace("<CommentsCorrectionsList>", &format!("<CommentsCorrectionsList>{link}"));
        let mut whole = Vec::new();
        each(text.as_bytes(), |record| whole.push(record));
        let mut whole = whole.into_iter();
        each(changed.as_bytes(), |mut record| {
            let links = record.links.len();
            record.links.retain(|link| link.pmid.is_none_or(|pmid| pmid.number() != 99_999_999));
            marked += links - record.links.len();
            assert_eq!(Some(record), whole.next(), "{}", entry.path);
        });
    }
    assert!(marked > 50, "{marked} records were changed");
}

/// Files whose page elements were made up and have nothing to do with one another.
const MADE_UP_PAGES: &[&str] =
    &["xml/small/bioperl-stress-test-medline.xml", "xml/small/medic-medline.xml"];

/// `StartPage` and `EndPage` are NLM's own reading of `MedlinePgn`.
#[test]
fn printed_pages_are_read_as_nlm_reads_them() {
    let Some(folder) = corpus::folder() else { return };
    let mut compared = 0;
    for entry in corpus::entries(&folder, "xml/small/") {
        if MADE_UP_PAGES.contains(&&*entry.path) {
            continue;
        }
        let text = text(&folder, &entry.path);
        let hidden = text.replace("StartPage>", "Hidden>").replace("EndPage>", "Hidden>");
        let mut own = Vec::new();
        each(text.as_bytes(), |record| own.push(record));
        let mut own = own.into_iter();
        each(hidden.as_bytes(), |record| {
            let own = own.next().expect("as many records");
            let first = |pages: &Option<Pages>| pages.as_ref()?.ranges.first().cloned();
            compared += usize::from(first(&own.pages).is_some());
            if record.pages.is_some() {
                assert_eq!(first(&record.pages), first(&own.pages), "{}", entry.path);
            }
        });
    }
    assert!(compared > 200, "{compared} records have pages");
}

/// What NLM itself changed in a record from one sample file to the next.
const CHANGED: &[(u64, &str)] = &[
    (11_237_011, "authors"),
    (14_668_029, "titles"),
    (14_668_029, "kind"),
    (14_668_030, "abstract"),
    (14_316_043, "place"),
    (15_968_009, "abstract"),
    (23_674_598, "kind"),
];

/// The same records in the official sample files of several years.
#[test]
fn records_served_twice_are_read_alike() {
    let Some(folder) = corpus::folder() else { return };
    let mut first = BTreeMap::new();
    let mut compared = 0;
    for entry in corpus::entries(&folder, "xml/small/nlm-medsamp") {
        each(text(&folder, &entry.path).as_bytes(), |record| {
            let Some(pmid) = record.pmid else { return };
            let own = (pmid, record.version);
            let names: Vec<_> = record.authors.iter().map(|author| author.name.clone()).collect();
            let said = [
                ("titles", format!("{:?}", (record.title, record.original_title))),
                ("authors", format!("{names:?}")),
                ("place", format!("{:?}", (record.volume, record.issue, record.pages))),
                ("dates", format!("{:?}", (record.issued, record.electronic))),
                ("identifiers", format!("{:?}", (record.doi, record.pmcid, record.pii))),
                ("kind", format!("{:?}", (record.kind, record.genre, record.languages))),
                ("abstract", format!("{:?}", (record.abstract_, record.copyright))),
            ];
            let Some(before) = first.get(&own) else {
                first.insert(own, said);
                return;
            };
            compared += 1;
            for (before, (place, said)) in before.iter().zip(said) {
                if !CHANGED.contains(&(pmid.number(), place)) {
                    assert_eq!(before.1, said, "{pmid}, {place}");
                }
            }
        });
    }
    assert!(compared > 150, "{compared} records were compared");
}
