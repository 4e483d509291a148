//! One article that is as large as the largest of PubMed, half a megabyte: a group of thousands.

use super::random::Random;
use super::words::Vocabulary;
use super::xml::Xml;

/// As many investigators as the largest record known names.
const INVESTIGATORS: u32 = 3_131;

pub(super) fn write(xml: &mut Xml, random: &Random, words: &Vocabulary, pmid: u64) {
    xml.open("PubmedArticle", &[]);
    xml.open("MedlineCitation", &[("Status", "MEDLINE"), ("Owner", "NLM")]);
    xml.leaf("PMID", &[("Version", "1")], &pmid.to_string());
    xml.open("Article", &[("PubModel", "Print")]);
    xml.open("Journal", &[]);
    xml.open("JournalIssue", &[("CitedMedium", "Print")]);
    xml.open("PubDate", &[]);
    xml.leaf("Year", &[], "2021");
    xml.close();
    xml.close();
    xml.leaf("Title", &[], "Journal of large groups");
    xml.close();
    xml.marked_up("ArticleTitle", &[], &format!("{}.", words.sentence(random, 12)));
    xml.open("AuthorList", &[("CompleteYN", "Y")]);
    xml.open("Author", &[("ValidYN", "Y")]);
    xml.leaf("CollectiveName", &[], &format!("{} Study Group", words.family(random)));
    xml.close();
    xml.close();
    xml.close();
    xml.open("InvestigatorList", &[]);
    for _ in 0..INVESTIGATORS {
        xml.open("Investigator", &[("ValidYN", "Y")]);
        xml.leaf("LastName", &[], words.family(random));
        let given = words.given(random);
        xml.leaf("ForeName", &[], given);
        xml.leaf("Initials", &[], given.get(..1).unwrap_or("X"));
        xml.close();
    }
    xml.close();
    xml.close();
    xml.close();
}
