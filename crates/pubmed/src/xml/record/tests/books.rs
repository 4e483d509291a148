//! Books and chapters.

use super::*;

const BOOK: &str = "<Book><Publisher><PublisherName>Press</PublisherName></Publisher>\
    <BookTitle>Locks<sup>®</sup></BookTitle><PubDate><Year>1993</Year></PubDate>\
    <BeginningDate><Year>1993</Year></BeginningDate><EndingDate><Year>2025</Year></EndingDate>\
    <AuthorList Type=\"editors\"><Author><LastName>Sluys</LastName><Initials>D</Initials></Author>\
    </AuthorList><AuthorList><Author><LastName>Gate</LastName><Initials>E</Initials></Author>\
    </AuthorList><Isbn>0000000000</Isbn><Isbn>9780000000002</Isbn>\
    <ELocationID EIdType=\"doi\">10.1/book</ELocationID></Book>";

fn names(authors: &[model::Author]) -> Vec<&str> {
    authors.iter().filter_map(|author| author.name.family()).collect()
}

#[test]
fn a_chapter_stands_in_its_book() {
    let record = document(&format!(
        "{BOOK}<LocationLabel Type=\"chapter\">Chapter 2</LocationLabel>\
         <ArticleTitle>Gates</ArticleTitle><AuthorList Type=\"authors\"><Author>\
         <LastName>Keel</LastName><Initials>F</Initials></Author></AuthorList>\
         <ContributionDate><Year>2006</Year><Month>02</Month></ContributionDate>\
         <DateRevised><Year>2024</Year></DateRevised><PublicationType UI=\"D016454\">Review\
         </PublicationType>"
    ));
    assert_eq!(record.kind, Kind::Chapter);
    assert_eq!((words(&record.title), record.doi.as_ref()), ("Gates", None));
    assert_eq!(names(&record.authors), ["Keel"]);
    assert_eq!(names(&record.book_authors), ["Gate"]);
    assert_eq!(names(&record.editors), ["Sluys"]);
    assert_eq!(record.section_label.as_deref(), Some("2"));
    let month = Point::new(2006, Month::new(2), None);
    assert_eq!(record.issued, Some(Date::point(month)));
    assert_eq!(record.updated, Some(Date::point(Point::new(2024, None, None))));
    assert_eq!(record.genre.as_deref(), Some("Review"));
    let Some(Container::Book(book)) = &record.container else { panic!("no book") };
    assert_eq!(book.title.flatten(), "Locks®");
    assert_eq!(book.isbn, ["9780000000002", "0000000000"]);
}

#[test]
fn a_chapter_without_authors_has_those_of_its_book() {
    let record = document(&format!("{BOOK}<ArticleTitle>Gates</ArticleTitle>"));
    assert_eq!(names(&record.authors), ["Gate"]);
    assert!(record.book_authors.is_empty());
    // Never the life of the book.
    assert_eq!(record.issued, Some(Date::point(Point::new(1993, None, None))));
}

#[test]
fn a_whole_book_has_its_title_its_life_and_its_doi() {
    let record = document(BOOK);
    assert_eq!(record.kind, Kind::Book);
    assert_eq!(record.title.flatten(), "Locks®");
    assert_eq!(record.doi.as_ref().map(model::Doi::as_str), Some("10.1/book"));
    assert_eq!(names(&record.authors), ["Gate"]);
    let issued = record.issued.expect("a date");
    assert_eq!((issued.start.year, issued.end.map(|end| end.year)), (1993, Some(2025)));
    let Some(Container::Book(book)) = &record.container else { panic!("no book") };
    assert!(book.title.is_empty());
}

#[test]
fn a_book_without_a_book_is_a_record() {
    let record = document("");
    assert_eq!(record.kind, Kind::Book);
    assert_eq!(codes(&record), [Code::TitleMissing, Code::DateMissing]);
}
