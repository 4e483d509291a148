//! Authors and those who are none.

use super::*;

fn authors(list: &str) -> Record {
    article(&format!("<AuthorList CompleteYN=\"Y\">{list}</AuthorList>"))
}

#[test]
fn superseded_doubles_are_no_authors() {
    let record = authors(
        "<Author ValidYN=\"Y\"><LastName>Whitlock</LastName></Author>\
         <Author ValidYN=\"N\"><LastName>Whitlook</LastName><ForeName>R</ForeName></Author>",
    );
    assert_eq!(record.authors.len(), 1);
    assert_eq!(record.authors[0].name, Name::person("Whitlock", None));
}

#[test]
fn a_person_has_its_parts() {
    let record = authors(
        "<Author EqualContrib=\"Y\"><LastName>Quayle</LastName><ForeName>Ada B</ForeName>\
         <Initials>AB</Initials><Suffix>\n\t</Suffix>\
         <Identifier Source=\"ORCID\">http://orcid.org/0000-0002-1825-0097</Identifier>\
         <AffiliationInfo><Affiliation>Office; <i>Port</i>. a@b.c</Affiliation>\
         <Identifier Source=\"ROR\">x1</Identifier></AffiliationInfo>\
         <AffiliationInfo><Affiliation/></AffiliationInfo></Author>",
    );
    let [author] = record.authors.as_slice() else { panic!("one author") };
    assert_eq!(author.name, Name::person("Quayle", Some("Ada B")));
    assert_eq!(author.orcid.as_ref().map(model::Orcid::as_str), Some("0000-0002-1825-0097"));
    assert!(author.equal);
    let [affiliation] = author.affiliations.as_slice() else { panic!("one affiliation") };
    assert_eq!(affiliation.text, "Office; Port. a@b.c");
    assert_eq!(affiliation.identifiers[0].source, "ROR");
}

#[test]
fn affiliations_of_the_old_forms_are_read() {
    let record =
        authors("<Author><LastName>Quayle</LastName><Affiliation>Port.</Affiliation></Author>");
    assert_eq!(record.authors[0].affiliations[0].text, "Port.");
    let record = article(
        "<Affiliation>Port.</Affiliation><AuthorList><Author><LastName>Quayle</LastName></Author>\
         <Author><LastName>Brook</LastName></Author></AuthorList>",
    );
    assert_eq!(record.authors[0].affiliations[0].text, "Port.");
    assert!(record.authors[1].affiliations.is_empty());
}

#[test]
fn a_shortened_list_says_so() {
    let record = article(
        "<AuthorList CompleteYN=\"N\"><Author><LastName>Quayle</LastName><Initials>A</Initials>\
         </Author></AuthorList>",
    );
    assert_eq!(record.authors_complete, Completeness::Shortened);
    assert!(codes(&record).contains(&Code::AuthorsIncomplete));
    assert!(authors("").authors.is_empty());
}

#[test]
fn investigators_are_listed_apart_under_their_group() {
    let inside = "<Article><AuthorList><Author><CollectiveName Investigators=\"g1\">Tide Watchers\
         </CollectiveName></Author></AuthorList></Article>\
         <InvestigatorList ID=\"g1\"><Investigator><LastName>Reed</LastName></Investigator>\
         </InvestigatorList><InvestigatorList><Investigator><LastName>Rush</LastName>\
         </Investigator></InvestigatorList>";
    let record = citation(inside);
    assert_eq!(record.authors.len(), 1);
    let groups: Vec<_> =
        record.investigators.iter().map(|person| person.member_of.as_deref()).collect();
    assert_eq!(groups, [Some("Tide Watchers"), None]);

    let options = Options { leave_out: Parts::INVESTIGATORS, ..Options::default() };
    let text = format!("<MedlineCitation>{inside}</MedlineCitation>");
    let record = read_as(Root::MedlineCitation, &text, options).expect("a record");
    assert!(record.investigators.is_empty());
}

#[test]
fn persons_written_about_are_no_authors() {
    let record = citation(
        "<PersonalNameSubjectList><PersonalNameSubject><LastName>Neptune</LastName>\
         </PersonalNameSubject></PersonalNameSubjectList>",
    );
    assert_eq!(record.person_subjects, [Name::person("Neptune", None)]);
    assert!(record.authors.is_empty());
}
