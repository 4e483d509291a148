//! Articles as text, in the form of the pages, with invented words.

use super::*;

const EXTRACTED: &str = "Skip to main page content\nReview\n. 2031 May 2;7(3):e45.\n\
    doi: 10.5555/refmill.77. Epub 2031 Apr 30.\n\nMilling references by hand\n\nAffiliations\n\
    Review\n\nMilling references by hand\n\nAda van Mill\u{a0}et al. J Test (Oslo). .\n\n\
    Abstract\n\nAims: To mill.\nResults: It was milled.\n\nKeywords: mills; flour, fine.\n\n\
    PubMed Disclaimer\n\nConflict of interest statement\n\nNone, says the miller.\n\nReferences\n\n\
    \u{20}   1. Another A. Other work. doi: 10.5555/other.1. - DOI - PubMed\n    1. Second. - PMC\n";

#[test]
fn extracted_text_gives_what_it_holds_and_no_more() {
    let sheets = sheets(EXTRACTED);
    let [sheet] = sheets.as_slice() else { panic!("one page") };
    assert_eq!(sheet.title.flatten(), "Milling references by hand");
    assert_eq!(sheet.authors[0].printed, "Ada van Mill");
    assert!(sheet.more_authors);
    assert_eq!(sheet.abbreviation.as_deref(), Some("J Test (Oslo)"));
    assert_eq!(sheet.citation.as_deref(), Some("2031 May 2;7(3):e45."));
    assert_eq!(sheet.secondary, "Epub 2031 Apr 30.");
    assert_eq!(sheet.dois.len(), 1);
    assert_eq!(sheet.dois[0].value, "10.5555/refmill.77");
    assert_eq!(sheet.types, ["Review"]);
    assert_eq!(sheet.sections.len(), 2);
    assert_eq!(sheet.sections[0].label.as_deref(), Some("Aims"));
    assert_eq!(sheet.keywords.len(), 2);
    assert_eq!(sheet.conflict.as_deref(), Some("None, says the miller."));
    assert_eq!(sheet.references, ["Another A. Other work. doi: 10.5555/other.1.", "Second."]);
    assert_eq!(sheet.pmids, []);
    assert_eq!(sheet.second.title, None);
}

#[test]
fn copied_text_gives_all_authors_and_the_terms_under_headings() {
    let text = "Page navigation\nMeSH terms\nReview J Test\n\
        . 2031 Oct 16;10(2 Suppl 1):95-104. doi: 10.5555/refmill.78. Epub 2031 Sep 1.\n\
        A tribute to mills\nJane Q Mill 1 2, Bo de Kok2,Second Mill Jr\nAffiliations Collapse\n\
        Affiliations\n1Mill House, Oslo.\n2Kitchen, Bergen.\nPMID: 99000078 PMCID: PMC9990078 \
        DOI: 10.5555/refmill.78\nNo abstract available\nPubMed Disclaimer\n\nSimilar articles\n\
        A similar one.\nOther O.\nJ Test. 1982;1:1.\nPMID: 99000001 No abstract available.\n\
        Erratum in\nJ Test. 2032 Jan;11(1):1.\nPMID: 99000002\nMeSH terms\nMills / history*\n\
        Actions\nSearch in MeSH\nFlour, Fine\nLinkOut - more resources\nScience\n";
    let sheets = sheets(text);
    let [sheet] = sheets.as_slice() else { panic!("one page") };
    let names: Vec<&str> = sheet.authors.iter().map(|a| a.printed.as_str()).collect();
    assert_eq!(names, ["Jane Q Mill", "Bo de Kok", "Second Mill Jr"]);
    assert_eq!(sheet.authors[0].affiliations, ["Mill House, Oslo.", "Kitchen, Bergen."]);
    assert_eq!(sheet.authors[1].affiliations, ["Kitchen, Bergen."]);
    assert_eq!(sheet.abbreviation.as_deref(), Some("J Test"));
    assert_eq!(sheet.types, ["Review"]);
    assert_eq!(sheet.pmids.len(), 1);
    assert_eq!(sheet.pmids[0].value, "99000078");
    assert_eq!(sheet.pmcid.as_deref(), Some("PMC9990078"));
    assert_eq!(sheet.mesh, ["Mills / history*", "Flour, Fine"]);
    assert_eq!(sheet.secondary, "Epub 2031 Sep 1.");
    assert_eq!(sheet.links.len(), 1);
    assert_eq!(sheet.links[0].pmid.as_deref(), Some("99000002"));
    assert_eq!(sheet.sections, []);
}

#[test]
fn several_pages_in_one_text_are_several_records() {
    let text = format!("{EXTRACTED}\n{EXTRACTED}");
    assert_eq!(sheets(&text).len(), 2);
    assert_eq!(sheets("A letter about 2031.\n. It has stops.\n"), []);
    // A page of the site without a record is told, and so is every paste without a banner.
    assert!(!sheets("Skip to main page content\nNot found\n")[0].is_record());
    let pasted = "J Test\n. 2031 Oct;1(1):1.\nFirst mill\nA Mill\nPMID: 99000831\nAbstract\nText.\n\
        Review J Other\n. 2032 Oct;1(1):1.\nSecond mill\nNordic Mill Group\nPMID: 99000832\n";
    let sheets = sheets(pasted);
    let journals: Vec<_> = sheets.iter().map(|sheet| sheet.abbreviation.as_deref()).collect();
    assert_eq!(journals, [Some("J Test"), Some("J Other")]);
    assert_eq!(sheets[0].sections.len(), 1);
    assert!(sheets[1].authors[0].group);
}

#[test]
fn markdown_of_a_page_gives_neither_the_author_nor_the_date_of_its_head() {
    let text = "---\ntitle: Mills of rye - PubMed\nauthor: Username\ndate: 2040-01-01\n---\n\
        ## Save citation to file\nSubject: 1 selected item: 99000841 - PubMed\nJ Test\n* Actions\n\
        * [Search in PubMed](https://x.example)\n* Search in NLM Catalog\n* Add to Search\n\
        . 2031 Jan;131(1):66-71.\ndoi: 10.5555/md.1.\n\n# Mills of rye\n\n[A Mill](https://x.example)1, B C Stone2\n\n\
        ## Abstract\n\nMills turn.\n\n## MeSH terms\n\n* Mills / history\n* Actions\n* Search in PubMed\n\
        * Search in MeSH\n* Add to Search\n\n## Substances\n* Flour\n* Actions\n";
    let sheets = sheets(text);
    let [sheet] = sheets.as_slice() else { panic!("one page") };
    let names: Vec<&str> = sheet.authors.iter().map(|a| a.printed.as_str()).collect();
    assert_eq!(names, ["A Mill", "B C Stone"]);
    assert_eq!(
        (sheet.title.flatten(), sheet.pmids[0].value.as_str()),
        ("Mills of rye".into(), "99000841")
    );
    assert_eq!(sheet.abbreviation.as_deref(), Some("J Test"));
    assert_eq!(sheet.dois[0].value, "10.5555/md.1");
    assert_eq!(
        (sheet.mesh.as_slice(), sheet.substances.len()),
        (&["Mills / history".to_owned()][..], 1)
    );
}

#[test]
fn a_short_citation_that_begins_with_a_blank_is_none() {
    let sheets = sheets(". 2031\nMills\net al. \u{a0}0:");
    assert_eq!((sheets.len(), sheets[0].authors.len()), (1, 0));
}
