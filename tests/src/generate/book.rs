//! One chapter of a book of the Bookshelf.

use super::random::Random;
use super::words::Vocabulary;
use super::xml::Xml;

pub(super) fn write(xml: &mut Xml, random: &Random, words: &Vocabulary, pmid: u64) {
    let pmid = pmid.to_string();
    xml.open("PubmedBookArticle", &[]);
    xml.open("BookDocument", &[]);
    xml.leaf("PMID", &[("Version", "1")], &pmid);
    xml.open("ArticleIdList", &[]);
    xml.leaf("ArticleId", &[("IdType", "bookaccession")], &format!("NBK{pmid}"));
    xml.close();
    xml.open("Book", &[]);
    xml.open("Publisher", &[]);
    xml.leaf("PublisherName", &[], &format!("University of {}", words.family(random)));
    xml.leaf("PublisherLocation", &[], "Nowhere");
    xml.close();
    let title = format!("{}<sup>®</sup>", words.sentence(random, 3));
    xml.marked_up("BookTitle", &[("book", "book")], &title);
    xml.open("PubDate", &[]);
    xml.leaf("Year", &[], "1993");
    xml.close();
    people(xml, random, words, "editors");
    xml.close();
    let title = words.sentence(random, 8);
    xml.marked_up("ArticleTitle", &[("book", "book"), ("part", "part")], &title);
    xml.leaf("Language", &[], "eng");
    people(xml, random, words, "authors");
    xml.leaf("PublicationType", &[("UI", "D016454")], "Review");
    xml.open("Abstract", &[]);
    xml.marked_up("AbstractText", &[], &format!("{}.", words.sentence(random, 90)));
    xml.close();
    let contributed = (random.between(1995, 2025), random.between(1, 12), random.between(1, 28));
    xml.date("ContributionDate", &[], contributed);
    xml.close();
    xml.open("PubmedBookData", &[]);
    xml.leaf("PublicationStatus", &[], "ppublish");
    xml.open("ArticleIdList", &[]);
    xml.leaf("ArticleId", &[("IdType", "pubmed")], &pmid);
    xml.close();
    xml.close();
    xml.close();
}

fn people(xml: &mut Xml, random: &Random, words: &Vocabulary, role: &str) {
    xml.open("AuthorList", &[("Type", role), ("CompleteYN", "Y")]);
    for _ in 0..random.between(1, 4) {
        let given = words.given(random);
        xml.open("Author", &[("ValidYN", "Y")]);
        xml.leaf("LastName", &[], words.family(random));
        xml.leaf("ForeName", &[], given);
        xml.leaf("Initials", &[], given.get(..1).unwrap_or("X"));
        xml.close();
    }
    xml.close();
}
