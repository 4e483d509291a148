//! Every name of the DTD is on a list, and every list is true.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use model::{Code, Record};

use super::*;
use crate::options::{Limits, Options};
use crate::xml::record::read;
use crate::xml::root::{Flaw, Root};

/// Elements that are carried, each with the attributes of it that are.
const CARRIED: &[(&str, &[&str])] = &[
    ("Abstract", &[]),
    ("AbstractText", &["Label", "NlmCategory"]),
    ("AccessionNumber", &[]),
    ("AccessionNumberList", &[]),
    ("Acronym", &[]),
    ("Affiliation", &[]),
    ("AffiliationInfo", &[]),
    ("Agency", &[]),
    ("Article", &["PubModel"]),
    ("ArticleDate", &[]),
    ("ArticleId", &["IdType"]),
    ("ArticleIdList", &[]),
    ("ArticleTitle", &[]),
    ("Author", &["ValidYN", "EqualContrib"]),
    ("AuthorList", &["CompleteYN", "Type"]),
    ("BeginningDate", &[]),
    ("Book", &[]),
    ("BookDocument", &[]),
    ("BookTitle", &[]),
    ("Chemical", &[]),
    ("ChemicalList", &[]),
    ("Citation", &[]),
    ("CoiStatement", &[]),
    ("CollectionTitle", &[]),
    ("CollectiveName", &["Investigators"]),
    ("CommentsCorrections", &["RefType"]),
    ("CommentsCorrectionsList", &[]),
    ("ContractNumber", &[]),
    ("ContributionDate", &[]),
    ("CopyrightInformation", &[]),
    ("Country", &[]),
    ("DataBank", &[]),
    ("DataBankList", &[]),
    ("DataBankName", &[]),
    ("DateRevised", &[]),
    ("Day", &[]),
    ("DescriptorName", &["MajorTopicYN", "UI"]),
    ("ELocationID", &["EIdType", "ValidYN"]),
    ("Edition", &[]),
    ("EndPage", &[]),
    ("EndingDate", &[]),
    ("ForeName", &[]),
    ("GeneSymbol", &[]),
    ("GeneSymbolList", &[]),
    ("GeneralNote", &[]),
    ("Grant", &[]),
    ("GrantID", &[]),
    ("GrantList", &[]),
    ("History", &[]),
    ("ISOAbbreviation", &[]),
    ("ISSN", &["IssnType"]),
    ("ISSNLinking", &[]),
    ("Identifier", &["Source"]),
    ("Initials", &[]),
    ("Investigator", &["ValidYN"]),
    ("InvestigatorList", &["ID"]),
    ("Isbn", &[]),
    ("Issue", &[]),
    ("Journal", &[]),
    ("JournalIssue", &[]),
    ("Keyword", &[]),
    ("KeywordList", &["Owner"]),
    ("Language", &[]),
    ("LastName", &[]),
    ("LocationLabel", &["Type"]),
    ("Medium", &[]),
    ("MedlineCitation", &["VersionID"]),
    ("MedlineDate", &[]),
    ("MedlineJournalInfo", &[]),
    ("MedlinePgn", &[]),
    ("MedlineTA", &[]),
    ("MeshHeading", &[]),
    ("MeshHeadingList", &[]),
    ("Month", &[]),
    ("NameOfSubstance", &["UI"]),
    ("NlmUniqueID", &[]),
    ("Note", &[]),
    ("OtherAbstract", &["Type", "Language"]),
    ("OtherID", &["Source"]),
    ("PMID", &["Version"]),
    ("Pagination", &[]),
    ("PersonalNameSubject", &[]),
    ("PersonalNameSubjectList", &[]),
    ("PubDate", &[]),
    ("PubMedPubDate", &["PubStatus"]),
    ("PublicationStatus", &[]),
    ("PublicationType", &["UI"]),
    ("PublicationTypeList", &[]),
    ("Publisher", &[]),
    ("PublisherLocation", &[]),
    ("PublisherName", &[]),
    ("PubmedBookData", &[]),
    ("PubmedData", &[]),
    ("QualifierName", &["MajorTopicYN", "UI"]),
    ("RefSource", &[]),
    ("Reference", &[]),
    ("ReferenceList", &[]),
    ("RegistryNumber", &[]),
    ("ReportNumber", &[]),
    ("Season", &[]),
    ("SpaceFlightMission", &[]),
    ("StartPage", &[]),
    ("Suffix", &[]),
    ("SupplMeshList", &[]),
    ("SupplMeshName", &["Type", "UI"]),
    ("Title", &[]),
    ("VernacularTitle", &[]),
    ("Volume", &[]),
    ("VolumeTitle", &[]),
    ("Year", &[]),
    ("b", &[]),
    ("i", &[]),
    ("sub", &[]),
    ("sup", &[]),
    ("u", &[]),
];

/// Elements that the walk over the document sees to, before there is a record.
const ENVELOPE: &[&str] = &[
    "BookDocumentSet",
    "DeleteCitation",
    "DeleteDocument",
    "PubmedArticle",
    "PubmedArticleSet",
    "PubmedBookArticle",
    "PubmedBookArticleSet",
];

/// Attributes that are not carried, though their elements are, and why.
const ATTRIBUTES_NOT_CARRIED: &[(&str, &str, &str)] = &[
    ("ArticleDate", "DateType", "always `Electronic`"),
    ("ArticleTitle", "book", "a part of a link into Bookshelf"),
    ("ArticleTitle", "part", "a part of a link into Bookshelf"),
    ("ArticleTitle", "sec", "a part of a link into Bookshelf"),
    ("BookTitle", "book", "a part of a link into Bookshelf"),
    ("BookTitle", "part", "a part of a link into Bookshelf"),
    ("BookTitle", "sec", "a part of a link into Bookshelf"),
    ("CollectionTitle", "book", "a part of a link into Bookshelf"),
    ("CollectionTitle", "part", "a part of a link into Bookshelf"),
    ("CollectionTitle", "sec", "a part of a link into Bookshelf"),
    ("DataBankList", "CompleteYN", "says nothing about those that are there"),
    ("DescriptorName", "AutoHM", "how the heading was found"),
    ("DescriptorName", "Type", "what the heading is, which its name says"),
    ("GeneralNote", "Owner", "who wrote the note"),
    ("GrantList", "CompleteYN", "says nothing about those that are there"),
    ("JournalIssue", "CitedMedium", "what NLM had before it"),
    ("Keyword", "MajorTopicYN", "keywords have no such mark in any format"),
    ("MedlineCitation", "IndexingMethod", "NLM's bookkeeping"),
    ("MedlineCitation", "Owner", "NLM's bookkeeping"),
    ("MedlineCitation", "Status", "NLM's bookkeeping"),
    ("MedlineCitation", "VersionDate", "NLM's bookkeeping"),
    ("QualifierName", "AutoHM", "how the heading was found"),
];

/// Records that together hold every element and attribute of the DTD.
const EVERYTHING: &[(Root, &str)] = &[
    (Root::PubmedArticle, include_str!("article.xml")),
    (Root::MedlineCitation, include_str!("citation.xml")),
    (Root::PubmedArticle, AHEAD_OF_PRINT),
    (Root::BookDocument, include_str!("book.xml")),
    (Root::PubmedBookArticle, include_str!("chapter.xml")),
];

const AHEAD_OF_PRINT: &str = "<PubmedArticle><MedlineCitation><PMID>31000006</PMID>\
    </MedlineCitation><PubmedData><PublicationStatus>aheadofprint</PublicationStatus></PubmedData>\
    </PubmedArticle>";

fn everything(change: impl Fn(&str) -> String) -> Vec<Result<Record, Flaw>> {
    let options = Options { keep_references: true, ..Options::default() };
    let read = |(root, text): &(Root, &str)| {
        read(change(text.trim()).as_bytes(), *root, options, &Limits::default())
    };
    EVERYTHING.iter().map(read).collect()
}

/// The same without what was remarked.
fn said(records: Vec<Result<Record, Flaw>>) -> Vec<Result<Record, Flaw>> {
    let quiet = |record: Record| Record { warnings: Vec::new(), ..record };
    records.into_iter().map(|record| record.map(quiet)).collect()
}

/// Names an element so that nobody knows it.
fn without_element(text: &str, name: &str) -> String {
    let mut out = text.to_owned();
    for behind in [">", " ", "/>"] {
        out = out.replace(&format!("<{name}{behind}"), &format!("<Hidden{behind}"));
    }
    out.replace(&format!("</{name}>"), "</Hidden>")
}

/// Names an attribute of an element so that nobody knows it.
fn without_attribute(text: &str, element: &str, attribute: &str) -> String {
    let mut out = String::new();
    for (at, piece) in text.split(&format!("<{element} ")).enumerate() {
        if at == 0 {
            out.push_str(piece);
        } else {
            let (tag, behind) = piece.split_once('>').expect("a tag ends");
            let tag = format!(" {tag}").replace(&format!(" {attribute}="), " hidden=");
            for piece in ["<", element, &tag, ">", behind] {
                out.push_str(piece);
            }
        }
    }
    out
}

#[test]
fn what_is_carried_is_missed_where_it_is_hidden() {
    let whole = said(everything(str::to_owned));
    assert!(whole.iter().all(Result::is_ok), "{whole:?}");
    for (name, attributes) in CARRIED {
        assert!(said(everything(|text| without_element(text, name))) != whole, "{name}");
        for attribute in *attributes {
            let hidden = said(everything(|text| without_attribute(text, name, attribute)));
            assert!(hidden != whole, "{name}/@{attribute}");
        }
    }
}

#[test]
fn what_is_not_carried_is_not_missed() {
    let whole = said(everything(str::to_owned));
    for (name, _) in NOT_CARRIED {
        let is_there = EVERYTHING.iter().any(|(_, text)| without_element(text, name) != **text);
        assert!(is_there, "{name} is not in the records");
        assert!(said(everything(|text| without_element(text, name))) == whole, "{name}");
    }
    for (name, attribute, _) in ATTRIBUTES_NOT_CARRIED {
        let is_there =
            EVERYTHING.iter().any(|(_, text)| without_attribute(text, name, attribute) != **text);
        assert!(is_there, "{name}/@{attribute} is not in the records");
        let hidden = said(everything(|text| without_attribute(text, name, attribute)));
        assert!(hidden == whole, "{name}/@{attribute}");
    }
}

#[test]
fn no_element_of_the_dtd_is_unknown_and_every_other_is() {
    let unknown = |records: Vec<Result<Record, Flaw>>| {
        let warnings = records.into_iter().flatten().flat_map(|record| record.warnings);
        warnings.filter(|warning| warning.code == Code::ElementUnknown).count()
    };
    assert_eq!(unknown(everything(str::to_owned)), 0);
    assert_eq!(unknown(everything(|text| without_element(text, "GeneralNote"))), 1);
}

#[test]
fn every_name_of_the_dtd_is_on_a_list() {
    let path = "../../../shared/corpus/xml/dtd/pubmed_250101.dtd";
    let Ok(dtd) = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)) else {
        eprintln!("skipped: there is no {path}");
        return;
    };
    let (elements, attributes) = declared(&dtd);
    assert!(elements.len() > 130 && attributes.len() > 50, "the DTD was not understood");

    let carried = CARRIED.iter().map(|(name, _)| *name);
    let others = NOT_CARRIED.iter().map(|(name, _)| *name).chain(ENVELOPE.iter().copied());
    let mut listed: Vec<&str> = carried.chain(others).collect();
    listed.sort_unstable();
    assert!(listed.is_sorted_by(|before, after| before < after), "a name is on two lists");
    // `DateCreated` is of older DTDs.
    listed.retain(|name| *name != "DateCreated");
    let elements: Vec<&str> = elements.iter().map(String::as_str).collect();
    assert_eq!(elements, listed);

    for (element, attribute) in &attributes {
        let pair = (element.as_str(), attribute.as_str());
        let carried =
            CARRIED.iter().any(|(name, known)| *name == pair.0 && known.contains(&pair.1));
        let dropped = ATTRIBUTES_NOT_CARRIED.iter().any(|(name, known, _)| (*name, *known) == pair);
        let whole = NOT_CARRIED.iter().any(|(name, _)| *name == pair.0);
        assert!(carried || dropped || whole, "{element}/@{attribute} is on no list");
        assert!(!(carried && dropped), "{element}/@{attribute} is on two lists");
    }
}

/// The names of elements, and of attributes with their elements, that a DTD declares.
fn declared(dtd: &str) -> (BTreeSet<String>, BTreeSet<(String, String)>) {
    const BOOK_LINK: &[&str] = &["book", "part", "sec"];
    let (mut elements, mut attributes) = (BTreeSet::new(), BTreeSet::new());
    let mut text = String::new();
    for (at, piece) in dtd.split("<!--").enumerate() {
        text.push_str(if at == 0 { piece } else { piece.split_once("-->").map_or("", |p| p.1) });
    }
    for declaration in text.split("<!").filter_map(|piece| piece.split('>').next()) {
        // What stands in parentheses or marks are values.
        let mut words = Vec::new();
        let mut depth = 0_usize;
        let spaced = declaration.replace('(', " ( ").replace(')', " ) ");
        let mut quoted = false;
        for word in spaced.split_whitespace() {
            match word {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ if depth == 0 => {
                    let marks = word.matches('"').count();
                    if !quoted && marks == 0 {
                        words.push(word);
                    }
                    quoted ^= marks % 2 == 1;
                }
                _ => {}
            }
        }
        match words.as_slice() {
            ["ELEMENT", name, ..] => _ = elements.insert((*name).to_owned()),
            ["ATTLIST", element, rest @ ..] => {
                let is_name = |word: &&&str| {
                    !word.starts_with(['#', '%']) && !["CDATA", "ID", "IDREF"].contains(*word)
                };
                // `ID` is also the name of an attribute, before its type of the same name.
                let named_id = rest.starts_with(&["ID", "ID"]).then_some("ID");
                let link = rest.iter().any(|word| word.starts_with("%booklinkatts"));
                let names = rest.iter().filter(is_name).copied().chain(named_id);
                let links = BOOK_LINK.iter().filter(|_| link).copied();
                attributes.extend(
                    names.chain(links).map(|name| ((*element).to_owned(), name.to_owned())),
                );
            }
            _ => {}
        }
    }
    (elements, attributes)
}
