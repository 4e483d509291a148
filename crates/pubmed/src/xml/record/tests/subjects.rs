//! Subjects, substances, grants, links.

use super::*;

#[test]
fn headings_keep_their_structure() {
    let record = citation(
        "<MeshHeadingList><MeshHeading><DescriptorName UI=\"D1\" MajorTopicYN=\"N\">Locks, Sea\
         </DescriptorName><QualifierName MajorTopicYN=\"Y\" UI=\"Q1\">history &amp; law\
         </QualifierName></MeshHeading><MeshHeading/></MeshHeadingList>",
    );
    let [heading] = record.mesh.as_slice() else { panic!("one heading") };
    assert_eq!((&*heading.descriptor, heading.major), ("Locks, Sea", false));
    assert_eq!(heading.qualifiers[0].name, "history & law");
    assert!(heading.qualifiers[0].major);
}

#[test]
fn the_authors_keywords_come_first_and_empty_ones_go() {
    let record = citation(
        "<KeywordList Owner=\"NASA\"><Keyword>orbit</Keyword></KeywordList>\
         <KeywordList Owner=\"NOTNLM\"><Keyword/><Keyword><i>E. coli</i></Keyword>\
         <Keyword>a, b; c</Keyword></KeywordList>",
    );
    let keywords: Vec<_> = record.keywords.iter().map(Text::flatten).collect();
    assert_eq!(keywords, ["E. coli", "a, b; c", "orbit"]);
}

#[test]
fn substances_have_numbers_but_0_is_none() {
    let record = citation(
        "<ChemicalList><Chemical><RegistryNumber>0</RegistryNumber><NameOfSubstance UI=\"D2\">Tar\
         </NameOfSubstance></Chemical><Chemical><RegistryNumber>EC 1.1.1.1</RegistryNumber>\
         <NameOfSubstance>Rust</NameOfSubstance></Chemical></ChemicalList>",
    );
    let numbers: Vec<_> =
        record.chemicals.iter().map(|substance| substance.registry.as_deref()).collect();
    assert_eq!(numbers, [None, Some("EC 1.1.1.1")]);
}

#[test]
fn deposited_data_are_pairs_wherever_their_list_stands() {
    let list = "<DataBankList><DataBank><DataBankName>GEO</DataBankName><AccessionNumberList>\
                <AccessionNumber>G1</AccessionNumber><AccessionNumber>G2</AccessionNumber>\
                </AccessionNumberList></DataBank><DataBank><DataBankName>OMIM</DataBankName>\
                </DataBank></DataBankList>";
    let expected = [("GEO", Some("G1")), ("GEO", Some("G2")), ("OMIM", None)]
        .map(|(bank, number)| Accession { bank: bank.into(), number: number.map(str::to_owned) });
    assert_eq!(article(list).accessions, expected);
    assert_eq!(citation(list).accessions, expected);
}

#[test]
fn links_of_the_old_form_are_named_by_their_element() {
    let record = citation(
        "<CommentsCorrections><RetractionIn><RefSource>Ann. 2001;:</RefSource><PMID>7</PMID>\
         <Note>n</Note></RetractionIn><CommentOn><RefSource>B</RefSource></CommentOn><Odd/>\
         </CommentsCorrections>",
    );
    let kinds: Vec<_> = record.links.iter().map(|link| link.kind.clone()).collect();
    assert_eq!(kinds, [LinkKind::RetractionIn, LinkKind::CommentOn]);
    assert_eq!(record.status, Some(Status::Retracted));
    assert!(codes(&record).contains(&Code::ElementUnknown));
}

#[test]
fn an_unknown_kind_of_link_is_kept_under_its_name() {
    let record = citation(
        "<CommentsCorrectionsList><CommentsCorrections RefType=\"SomethingNew\"><RefSource>A\
         </RefSource></CommentsCorrections></CommentsCorrectionsList>",
    );
    assert_eq!(record.links[0].kind, LinkKind::Other("something-new".into()));
    assert!(codes(&record).contains(&Code::ReftypeUnknown));
}

#[test]
fn any_part_of_a_grant_may_be_missing() {
    let record = article("<GrantList><Grant><Agency>Fund</Agency></Grant><Grant/></GrantList>");
    assert_eq!(record.grants.len(), 1);
    assert_eq!(record.grants[0].id, None);
}
