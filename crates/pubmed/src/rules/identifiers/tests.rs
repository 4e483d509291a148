use model::{Code, Identifier, Record};

use super::{Identifiers, Place, pmid};
use Place::{Book, Listed, Location};

const SICI: &str = "10.1002/1520-6696(197901)15:1<3::aid-jhbs2300150102>3.0.co;2-l";

/// The record that the identifiers make.
fn settled(own: &[(Place, &str, &str)], whole_book: bool) -> Record {
    let mut record = Record { pmid: "38201451".parse().ok(), ..Record::default() };
    let mut identifiers = Identifiers::default();
    for (place, id_type, value) in own {
        identifiers.push(*place, id_type, value, &mut record);
    }
    identifiers.settle(whole_book, &mut record);
    record
}

fn doi(record: &Record) -> Option<&str> {
    record.doi.as_ref().map(model::Doi::as_str)
}

fn codes(record: &Record) -> Vec<Code> {
    record.warnings.iter().map(|warning| warning.code).collect()
}

#[test]
fn the_listed_doi_goes_before_the_located_one() {
    for (own, expected, warned) in [
        (
            vec![
                (Listed, "doi", "10.5546/aap.2013.468"),
                (Location, "doi", "10.1590/S0325-00752013000600003"),
            ],
            Some("10.5546/aap.2013.468"),
            vec![Code::SourcesDisagree],
        ),
        (
            vec![(Location, "doi", "10.1590/a"), (Listed, "doi", "10.5546/b")],
            Some("10.5546/b"),
            vec![Code::SourcesDisagree],
        ),
        (
            vec![(Location, "doi", "10.1000/ABC"), (Listed, "doi", "10.1000/abc")],
            Some("10.1000/abc"),
            vec![],
        ),
        (vec![(Location, "doi", "10.1000/a")], Some("10.1000/a"), vec![]),
        (vec![(Listed, "doi", "")], None, vec![]),
        (vec![(Listed, "doi", "some doi")], None, vec![Code::DoiInvalid]),
        (
            vec![(Listed, "doi", "some doi"), (Location, "doi", "10.1000/a")],
            Some("10.1000/a"),
            vec![Code::DoiInvalid],
        ),
        (vec![(Listed, "doi", "doi:10.1000/a")], Some("10.1000/a"), vec![]),
        (vec![(Listed, "doi", "https://doi.org/10.1000/a%3Cb")], Some("10.1000/a<b"), vec![]),
        (vec![(Listed, "doi", SICI)], Some(SICI), vec![]),
        (vec![(Listed, "doi", "10.1000/a.\n")], Some("10.1000/a."), vec![]),
    ] {
        let record = settled(&own, false);
        assert_eq!((doi(&record), codes(&record)), (expected, warned), "{own:?}");
    }
}

#[test]
fn both_dois_are_named_where_they_differ() {
    let record = settled(&[(Listed, "doi", "10.1000/a"), (Location, "doi", "10.1000/b")], false);
    assert_eq!(record.warnings[0].text, "DOI: 10.1000/a, 10.1000/b");
}

#[test]
fn a_doi_in_the_place_of_an_item_identifier_is_no_item_identifier() {
    let slot = "10.1177/030098587701400406";
    for own in [
        vec![(Listed, "doi", slot), (Location, "pii", slot)],
        vec![(Location, "pii", slot), (Listed, "doi", slot)],
        vec![(Location, "pii", slot)],
    ] {
        let record = settled(&own, false);
        assert_eq!((doi(&record), record.pii.len()), (Some(slot), 0), "{own:?}");
        assert_eq!(codes(&record), [Code::PiiIsDoi]);
    }
}

#[test]
fn all_own_item_identifiers_are_kept_once_in_order() {
    let own = [
        (Location, "pii", "S2352-8532(18)30063-4"),
        (Listed, "pii", "S2352-8532(18)30063-4"),
        (Listed, "pii", " 100122 "),
    ];
    assert_eq!(settled(&own, false).pii, ["S2352-8532(18)30063-4", "100122"]);
}

#[test]
fn only_a_whole_book_has_the_identifiers_of_the_book() {
    let own =
        [(Book, "doi", "10.1000/book"), (Book, "pii", "7"), (Listed, "bookaccession", "NBK1403")];
    let chapter = settled(&own, false);
    assert_eq!((doi(&chapter), chapter.pii.len()), (None, 0));
    let book = settled(&own, true);
    assert_eq!((doi(&book), book.pii.len()), (Some("10.1000/book"), 1));
    assert_eq!(book.bookshelf.as_deref(), Some("NBK1403"));

    let own = [(Book, "doi", "10.1000/book"), (Listed, "doi", "10.1000/own")];
    assert_eq!(doi(&settled(&own, true)), Some("10.1000/own"));
}

#[test]
fn a_pmcid_has_its_prefix_and_its_version() {
    for (id_type, value, expected) in [
        ("pmc", "PMC6134338.4", Some("PMC6134338.4")),
        ("pmc", "pmc6134338", Some("PMC6134338")),
        ("pmc", "6134338", Some("PMC6134338")),
        ("pmc", "PMC12", Some("PMC12")),
        ("pmcid", "PMC1234567890", Some("PMC1234567890")),
        ("pmcid", "6134338", None),
        ("pmc", "none", None),
    ] {
        let record = settled(&[(Listed, id_type, value)], false);
        assert_eq!(record.pmcid.map(|pmcid| pmcid.to_string()).as_deref(), expected);
        assert_eq!(record.other_ids.len(), usize::from(expected.is_none()), "{value}");
        assert_eq!(record.warnings, []);
    }
    let record = settled(&[(Listed, "pmc", "PMC1"), (Listed, "pmcid", "PMC2")], false);
    assert_eq!(codes(&record), [Code::SourcesDisagree]);
    assert_eq!(record.pmcid, "PMC1".parse().ok());
    assert_eq!(codes(&settled(&[(Listed, "pmc", "PMC1"), (Listed, "pmcid", "PMC1.2")], false)), []);
}

/// The record that `OtherID`s make beside identifiers of the list.
fn with_other_ids(own: &[(Place, &str, &str)], others: &[(&str, &str)]) -> Record {
    let mut record = Record::default();
    let mut identifiers = Identifiers::default();
    for (place, id_type, value) in own {
        identifiers.push(*place, id_type, value, &mut record);
    }
    for (source, value) in others {
        identifiers.push_other_id(source, value);
    }
    identifiers.settle(false, &mut record);
    record
}

#[test]
fn other_identifiers_of_nlm_stand_in_for_missing_ones() {
    let others = [
        ("NLM", "PMC373309 [Available on 01/01/30]"),
        ("NLM", "NIHMS12705"),
        ("NLM", "EMS777"),
        ("PIP", "012345"),
        ("NLM", "something else"),
    ];
    let record = with_other_ids(&[], &others);
    assert_eq!(record.pmcid, "PMC373309".parse().ok());
    assert_eq!(record.manuscript_ids, ["NIHMS12705", "EMS777"]);
    let sources: Vec<&str> = record.other_ids.iter().map(|id| id.source.as_str()).collect();
    assert_eq!(sources, ["PIP", "NLM"]);

    let own = [(Listed, "pmc", "PMC5"), (Listed, "mid", "NIHMS12705")];
    let record = with_other_ids(&own, &[("NLM", "PMC5"), ("NLM", "NIHMS12705")]);
    assert_eq!((record.pmcid, record.other_ids.len()), ("PMC5".parse().ok(), 0));
    assert_eq!(record.manuscript_ids, ["NIHMS12705"]);

    let record = with_other_ids(&own, &[("NLM", "PMC6"), ("NLM", "EMS7")]);
    assert_eq!((record.pmcid, record.other_ids.len()), ("PMC5".parse().ok(), 2));
}

#[test]
fn other_types_are_kept_under_their_name() {
    let own = [(Listed, "medline", "79012345"), (Listed, "url", "https://example.org/1")];
    let record = settled(&own, false);
    let kept =
        |source: &str, value: &str| Identifier { source: source.into(), value: value.into() };
    assert_eq!(
        record.other_ids,
        [kept("medline", "79012345"), kept("url", "https://example.org/1")]
    );
}

#[test]
fn another_pmid_in_the_list_is_said() {
    assert_eq!(codes(&settled(&[(Listed, "pubmed", " 38201451 ")], false)), []);
    let record = settled(&[(Listed, "pubmed", "1")], false);
    assert_eq!(
        (codes(&record), record.pmid),
        (vec![Code::SourcesDisagree], "38201451".parse().ok())
    );
}

#[test]
fn a_pmid_is_digits_or_missing_or_invalid() {
    for (printed, number, warned) in [
        ("30446446\n      ", Some(30_446_446), vec![]),
        ("", None, vec![Code::PmidMissing]),
        ("000000000000", None, vec![Code::PmidInvalid]),
        ("11119751-a", None, vec![Code::PmidInvalid]),
    ] {
        let mut record = Record::default();
        let pmid = pmid(printed, &mut record.warnings);
        assert_eq!((pmid.map(model::Pmid::number), codes(&record)), (number, warned), "{printed}");
    }
}
