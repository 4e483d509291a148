//! One article. The shares are those of `xml-input.md` section 5, in percent of the records.

use super::random::Random;
use super::words::{Journal, Vocabulary};
use super::xml::Xml;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Publication types with their identifier; the first stands in nearly every record.
const TYPES: &[(&str, &str)] = &[
    ("Journal Article", "D016428"),
    ("English Abstract", "D004740"),
    ("Research Support, Non-U.S. Gov't", "D013485"),
    ("Case Reports", "D002363"),
    ("Review", "D016454"),
    ("Comparative Study", "D003160"),
    ("Letter", "D016422"),
    ("Editorial", "D016421"),
    ("Clinical Trial", "D016430"),
    ("Randomized Controlled Trial", "D016449"),
];

const LABELS: [&str; 4] = ["BACKGROUND", "METHODS", "RESULTS", "CONCLUSIONS"];

pub(super) fn write(xml: &mut Xml, random: &Random, words: &Vocabulary, pmid: u64) {
    let journal = random.pick_early(&words.journals);
    let year = random.between(1975, 2025);
    let date = (year, random.between(1, 12), random.between(1, 28));
    let doi = random.percent(70).then(|| doi(random, journal, year, pmid));
    let pmid = pmid.to_string();

    xml.open("PubmedArticle", &[]);
    xml.open("MedlineCitation", &[("Status", "MEDLINE"), ("Owner", "NLM")]);
    xml.leaf("PMID", &[("Version", "1")], &pmid);
    if random.percent(60) {
        xml.date("DateCompleted", &[], (year + 1, date.1, date.2));
    }
    xml.date("DateRevised", &[], (year + 2, date.1, date.2));
    article(xml, random, words, journal, date, doi.as_deref());
    xml.open("MedlineJournalInfo", &[]);
    xml.leaf("Country", &[], "Nowhere");
    xml.leaf("MedlineTA", &[], &journal.abbreviation);
    xml.leaf("NlmUniqueID", &[], &journal.nlm_id);
    xml.leaf("ISSNLinking", &[], &journal.issn);
    xml.close();
    if random.percent(35) {
        chemicals(xml, random, words);
    }
    xml.leaf("CitationSubset", &[], "IM");
    if random.percent(1) {
        correction(xml, random, journal);
    }
    if random.percent(60) {
        headings(xml, random, words);
    }
    if random.percent(30) {
        keywords(xml, random, words);
    }
    xml.close();
    pubmed_data(xml, random, words, date, doi.as_deref(), &pmid);
    xml.close();
}

fn article(
    xml: &mut Xml,
    random: &Random,
    words: &Vocabulary,
    journal: &Journal,
    date: (u32, u32, u32),
    doi: Option<&str>,
) {
    let model = if random.percent(64) { "Print" } else { "Print-Electronic" };
    xml.open("Article", &[("PubModel", model)]);
    xml.open("Journal", &[]);
    xml.leaf("ISSN", &[("IssnType", "Print")], &journal.issn);
    xml.open("JournalIssue", &[("CitedMedium", "Print")]);
    if random.percent(91) {
        xml.leaf("Volume", &[], &random.between(1, 300).to_string());
    }
    if random.percent(76) {
        xml.leaf("Issue", &[], &issue(random));
    }
    issue_date(xml, random, date);
    xml.close();
    xml.leaf("Title", &[], &journal.title);
    xml.leaf("ISOAbbreviation", &[], &journal.abbreviation);
    xml.close();

    let count = random.between(5, 20);
    let title = words.sentence(random, count);
    let foreign = journal.language != "eng";
    let title = if foreign { format!("[{title}].") } else { format!("{title}.") };
    xml.marked_up("ArticleTitle", &[], &title);
    xml.open("Pagination", &[]);
    xml.leaf("MedlinePgn", &[], &pages(random));
    xml.close();
    if let Some(doi) = doi {
        xml.leaf("ELocationID", &[("EIdType", "doi"), ("ValidYN", "Y")], doi);
    }
    if random.percent(66) {
        abstract_(xml, random, words);
    }
    if random.percent(99) {
        authors(xml, random, words);
    }
    xml.leaf("Language", &[], journal.language);
    if random.percent(6) {
        grant(xml, random, words);
    }
    xml.open("PublicationTypeList", &[]);
    let further = random.mostly_small(0, 2);
    for at in 0..=further {
        let (text, ui) = if at == 0 { TYPES[0] } else { *random.pick_early(&TYPES[1..]) };
        xml.leaf("PublicationType", &[("UI", ui)], text);
    }
    xml.close();
    if foreign && random.percent(90) {
        let count = random.between(4, 16);
        xml.marked_up("VernacularTitle", &[], &format!("{}.", words.sentence(random, count)));
    }
    if random.percent(36) {
        xml.date("ArticleDate", &[("DateType", "Electronic")], date);
    }
    xml.close();
}

/// Year and month, sometimes a day; in five of a hundred a span in words.
fn issue_date(xml: &mut Xml, random: &Random, (year, month, day): (u32, u32, u32)) {
    let month = MONTHS[month as usize - 1];
    xml.open("PubDate", &[]);
    match random.below(1000) {
        0..45 => {
            let last = random.one_of(&MONTHS);
            xml.leaf("MedlineDate", &[], &format!("{year} {month}-{last}"));
        }
        45..48 => xml.leaf("MedlineDate", &[], &format!("{year} {month} {}-28", day.min(27))),
        48..50 => xml.leaf("MedlineDate", &[], &format!("{year}-{}", year + 1)),
        50..53 => {
            xml.leaf("Year", &[], &year.to_string());
            xml.leaf("Season", &[], random.one_of(&["Spring", "Summer", "Fall", "Winter"]));
        }
        shape => {
            xml.leaf("Year", &[], &year.to_string());
            if shape > 120 {
                xml.leaf("Month", &[], month);
            }
            if shape > 640 {
                xml.leaf("Day", &[], &day.to_string());
            }
        }
    }
    xml.close();
}

fn issue(random: &Random) -> String {
    let number = random.between(1, 12);
    match random.below(20) {
        0 => format!("{number} Suppl {}", random.between(1, 4)),
        1 => format!("{number}-{}", number + 1),
        _ => number.to_string(),
    }
}

/// Pages as they are printed: mostly shortened ranges (`xml-input.md` section 6.8).
fn pages(random: &Random) -> String {
    let first = random.between(1, 1900);
    let last = first + random.between(1, 15);
    match random.below(100) {
        0..4 => first.to_string(),
        4..7 => format!("S{first}-{last}"),
        7..10 => format!("{first}-{last}; discussion {}", last + 1),
        10..13 => format!("{first}, {}-{last}", first + 3),
        13..18 => format!("e{first}{last}"),
        18..20 => format!("{first}-{last} passim"),
        20..60 => format!("{first}-{}", last % 100),
        _ => format!("{first}-{last}"),
    }
}

fn abstract_(xml: &mut Xml, random: &Random, words: &Vocabulary) {
    xml.open("Abstract", &[]);
    if random.percent(20) {
        for label in LABELS {
            let text = paragraph(random, words, 2);
            xml.marked_up("AbstractText", &[("Label", label), ("NlmCategory", label)], &text);
        }
    } else {
        let sentences = random.between(5, 14);
        xml.marked_up("AbstractText", &[], &paragraph(random, words, sentences));
    }
    if random.percent(39) {
        xml.leaf("CopyrightInformation", &[], &format!("© {}.", words.family(random)));
    }
    xml.close();
}

fn paragraph(random: &Random, words: &Vocabulary, sentences: u32) -> String {
    let sentence = |_| {
        let count = random.between(10, 26);
        format!("{}.", words.sentence(random, count))
    };
    (0..sentences).map(sentence).collect::<Vec<_>>().join(" ")
}

fn authors(xml: &mut Xml, random: &Random, words: &Vocabulary) {
    let addressed = random.percent(41);
    xml.open("AuthorList", &[("CompleteYN", "Y")]);
    for _ in 0..random.mostly_small(1, 14) {
        xml.open("Author", &[("ValidYN", "Y")]);
        if random.permille(6) {
            let group = format!("{} Study Group", words.family(random));
            xml.leaf("CollectiveName", &[], &group);
        } else {
            let given = words.given(random);
            let initial: String = given.chars().take(1).collect();
            xml.leaf("LastName", &[], words.family(random));
            xml.leaf("ForeName", &[], if random.percent(50) { given } else { &initial });
            xml.leaf("Initials", &[], &initial);
            if random.permille(8) {
                xml.leaf("Suffix", &[], random.one_of(&["Jr", "3rd", "2nd", "Sr"]));
            }
        }
        if addressed {
            let count = random.between(8, 16);
            let address = format!("{}, Nowhere.", words.sentence(random, count));
            xml.open("AffiliationInfo", &[]);
            xml.marked_up("Affiliation", &[], &address);
            xml.close();
        }
        xml.close();
    }
    xml.close();
}

fn grant(xml: &mut Xml, random: &Random, words: &Vocabulary) {
    xml.open("GrantList", &[("CompleteYN", "Y")]);
    xml.open("Grant", &[]);
    xml.leaf("GrantID", &[], &format!("N{:06}", random.below(1_000_000)));
    xml.leaf("Agency", &[], &format!("{} Fund", words.family(random)));
    xml.leaf("Country", &[], "Nowhere");
    xml.close();
    xml.close();
}

fn chemicals(xml: &mut Xml, random: &Random, words: &Vocabulary) {
    xml.open("ChemicalList", &[]);
    for _ in 0..random.between(1, 5) {
        let (name, ui) = random.pick_early(&words.headings);
        xml.open("Chemical", &[]);
        xml.leaf("RegistryNumber", &[], "0");
        xml.leaf("NameOfSubstance", &[("UI", ui)], name);
        xml.close();
    }
    xml.close();
}

fn correction(xml: &mut Xml, random: &Random, journal: &Journal) {
    let kind = random.one_of(&["ErratumIn", "CommentIn", "CommentOn", "UpdateOf", "RetractionIn"]);
    let source =
        format!("{}. 2020;{}:{}", journal.abbreviation, random.below(90), random.below(900));
    xml.open("CommentsCorrectionsList", &[]);
    xml.open("CommentsCorrections", &[("RefType", kind)]);
    xml.leaf("RefSource", &[], &source);
    xml.leaf("PMID", &[("Version", "1")], &random.between(80_000_000, 89_999_999).to_string());
    xml.close();
    xml.close();
}

fn headings(xml: &mut Xml, random: &Random, words: &Vocabulary) {
    let major = |random: &Random| if random.percent(25) { "Y" } else { "N" };
    xml.open("MeshHeadingList", &[]);
    for _ in 0..random.between(5, 15) {
        let (name, ui) = random.pick_early(&words.headings);
        xml.open("MeshHeading", &[]);
        xml.leaf("DescriptorName", &[("UI", ui), ("MajorTopicYN", major(random))], name);
        for _ in 0..random.mostly_small(0, 3) {
            let (name, ui) = random.pick(&words.qualifiers);
            xml.leaf("QualifierName", &[("UI", ui), ("MajorTopicYN", major(random))], name);
        }
        xml.close();
    }
    xml.close();
}

fn keywords(xml: &mut Xml, random: &Random, words: &Vocabulary) {
    xml.open("KeywordList", &[("Owner", "NOTNLM")]);
    for _ in 0..random.between(3, 8) {
        let count = random.between(1, 3);
        xml.marked_up("Keyword", &[("MajorTopicYN", "N")], &words.sentence(random, count));
    }
    xml.close();
}

fn pubmed_data(
    xml: &mut Xml,
    random: &Random,
    words: &Vocabulary,
    date: (u32, u32, u32),
    doi: Option<&str>,
    pmid: &str,
) {
    xml.open("PubmedData", &[]);
    xml.open("History", &[]);
    for status in ["received", "accepted", "pubmed", "medline", "entrez"] {
        if matches!(status, "received" | "accepted") && !random.percent(30) {
            continue;
        }
        xml.date("PubMedPubDate", &[("PubStatus", status)], date);
    }
    xml.close();
    xml.leaf("PublicationStatus", &[], "ppublish");
    xml.open("ArticleIdList", &[]);
    xml.leaf("ArticleId", &[("IdType", "pubmed")], pmid);
    if let Some(doi) = doi {
        xml.leaf("ArticleId", &[("IdType", "doi")], doi);
    }
    if random.percent(15) {
        let number = random.between(90_000_000, 99_999_999);
        xml.leaf("ArticleId", &[("IdType", "pmc")], &format!("PMC{number}"));
    }
    xml.close();
    if random.percent(8) {
        references(xml, random, words);
    }
    xml.close();
}

/// Cited works, most with identifiers of their own, which must not become the record's.
fn references(xml: &mut Xml, random: &Random, words: &Vocabulary) {
    xml.open("ReferenceList", &[]);
    for _ in 0..random.mostly_small(5, 60) {
        xml.open("Reference", &[]);
        let count = random.between(8, 20);
        xml.marked_up("Citation", &[], &format!("{}. 1999;1:1-2.", words.sentence(random, count)));
        if random.percent(75) {
            let pmid = random.between(80_000_000, 89_999_999).to_string();
            xml.open("ArticleIdList", &[]);
            xml.leaf("ArticleId", &[("IdType", "pubmed")], &pmid);
            xml.leaf("ArticleId", &[("IdType", "doi")], &format!("10.5555/cited.{pmid}"));
            xml.close();
        }
        xml.close();
    }
    xml.close();
}

/// A DOI; four in a thousand have angle brackets.
fn doi(random: &Random, journal: &Journal, year: u32, pmid: u64) -> String {
    if random.permille(4) {
        format!(
            "10.5555/{}({year}01)15:1<{}::aid-{pmid}>3.0.co;2-l",
            journal.issn,
            random.below(900)
        )
    } else {
        format!("10.5555/j.{}.{year}.{pmid}", journal.nlm_id)
    }
}
