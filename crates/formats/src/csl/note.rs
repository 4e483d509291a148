//! The note of an item: a line each (`mapping.md` section 7.11).

use model::{Record, Text};

use crate::notes::{self, Topic};
use crate::options::{Markup, Options};
use crate::plain;

/// What CSL-JSON has no better place for.
const TOPICS: &[Topic] = &[
    Topic::Retracted,
    Topic::Links,
    Topic::Pagination,
    Topic::AuthorsIncomplete,
    Topic::Updated,
    Topic::Grants,
    Topic::Accessions,
];

/// The same, behind the conflicts of interest, which no variable holds whatever the kind of work.
const LAST_TOPICS: &[Topic] = &[Topic::General, Topic::Copyright];

/// What is put before a line that would be taken for a field.
const REMARK: &str = "Remark: ";

/// The notes, one a line.
pub(super) fn lines(record: &Record, options: &Options) -> String {
    let mut notes = notes::notes(record, options, TOPICS);
    if options.notes.conflict {
        let statement = record.conflict_of_interest.as_deref();
        notes.extend(
            statement.map(|words| format!("Conflict of interest: {words}")).map(Text::plain),
        );
    }
    notes.extend(notes::notes(record, options, LAST_TOPICS));
    let mut out = String::new();
    for note in notes {
        let line = plain::line(&note, Markup::Unicode);
        if line.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push('\n');
        }
        if is_field(&line) {
            out.push_str(REMARK);
        }
        out.push_str(&line);
    }
    out
}

/// Whether Zotero or a citation processor would read the line as a field and its value.
///
/// They look at the letters before the colon and at nothing else: `Place of publication: …` is
/// read as text, `PLACE: …`, `call-number: …` and `Call Number: …` are fields.
fn is_field(line: &str) -> bool {
    let Some((words, _)) = line.split_once(':') else { return false };
    let is_sign = |sign: &u8| sign.is_ascii_alphabetic() || b" -_".contains(sign);
    if words.len() > LONGEST || !words.as_bytes().iter().all(is_sign) {
        return false;
    }
    let letters =
        || words.bytes().filter(u8::is_ascii_alphabetic).map(|sign| sign.to_ascii_lowercase());
    FIELDS.iter().any(|field| field.bytes().eq(letters()))
}

/// Longer words before a colon are no field, however they are spelled.
const LONGEST: usize = 40;

/// The variables of CSL, then the fields and roles of Zotero that are named otherwise; letters
/// only, in lower case.
#[rustfmt::skip]
const FIELDS: &[&str] = &[
    // CSL 1.0.2: standard, number, date and name variables.
    "abstract", "accessed", "annote", "archive", "archivecollection", "archivelocation",
    "archiveplace", "author", "authority", "availabledate", "callnumber", "categories", "chair",
    "chapternumber", "citationkey", "citationlabel", "citationnumber", "collectioneditor",
    "collectionnumber", "collectiontitle", "compiler", "composer", "containerauthor",
    "containertitle", "containertitleshort", "contributor", "curator", "dimensions", "director",
    "division", "doi", "edition", "editor", "editorialdirector", "editortranslator", "event",
    "eventdate", "eventplace", "eventtitle", "executiveproducer", "firstreferencenotenumber",
    "genre", "guest", "host", "id", "illustrator", "interviewer", "isbn", "issn", "issue",
    "issued", "journalabbreviation", "jurisdiction", "keyword", "language", "license", "locator",
    "medium", "narrator", "note", "number", "numberofpages", "numberofvolumes", "organizer",
    "originalauthor", "originaldate", "originalpublisher", "originalpublisherplace",
    "originaltitle", "page", "pagefirst", "part", "parttitle", "performer", "pmcid", "pmid",
    "printing", "producer", "publisher", "publisherplace", "recipient", "references",
    "reviewedauthor", "reviewedgenre", "reviewedtitle", "scale", "scriptwriter", "section",
    "seriescreator", "shorttitle", "source", "status", "submitted", "supplement", "title",
    "titleshort", "translator", "type", "url", "version", "volume", "volumetitle",
    "volumetitleshort", "yearsuffix",
    // Zotero: fields of items.
    "abstractnote", "accessdate", "applicationnumber", "archiveid", "artworkmedium",
    "artworksize", "assignee", "audiofiletype", "audiorecordingformat", "billnumber", "blogtitle",
    "booktitle", "casename", "code", "codenumber", "codepages", "codevolume", "committee",
    "company", "conferencename", "country", "court", "date", "datedecided", "dateenacted",
    "dictionarytitle", "distributor", "docketnumber", "documentnumber", "encyclopediatitle",
    "episodenumber", "extra", "filingdate", "firstpage", "format", "forumtitle", "history",
    "identifier", "institution", "interviewmedium", "issuedate", "issuingauthority", "itemtype",
    "label", "legalstatus", "legislativebody", "lettertype", "librarycatalog", "manuscripttype",
    "maptype", "meetingname", "nameofact", "network", "numpages", "organization", "pages",
    "patentnumber", "place", "posttype", "presentationtype", "prioritynumbers",
    "proceedingstitle", "programminglanguage", "programtitle", "publicationtitle",
    "publiclawnumber", "reporter", "reportervolume", "reportnumber", "reporttype", "repository",
    "repositorylocation", "rights", "runningtime", "series", "seriesnumber", "seriestext",
    "seriestitle", "session", "studio", "subject", "system", "thesistype", "university",
    "versionnumber", "videorecordingformat", "websitetitle", "websitetype",
    // Zotero: roles of persons.
    "artist", "attorneyagent", "bookauthor", "cartographer", "castmember", "commenter",
    "cosponsor", "counsel", "interviewee", "inventor", "podcaster", "presenter", "programmer",
    "serieseditor", "sponsor", "wordsby",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_told_by_the_letters_before_the_colon() {
        for line in ["PMID: 1", "Call Number: x", "publisher-place: x", "title:", "DOI: 10.1/x"] {
            assert!(is_field(line), "{line}");
        }
        for line in [
            "Retraction in: x",
            "Pagination: 3-4, 11",
            "Extent: 62 p.",
            "Updated 2016 Jul 14",
            "ClinicalTrials.gov: NCT01234567",
            "Title of the work: x",
            "PMID 1",
            ": x",
        ] {
            assert!(!is_field(line), "{line}");
        }
    }

    #[test]
    fn no_line_of_a_note_is_a_field() {
        let record = Record {
            notes: vec!["Publisher: nobody".into(), "DOI: 10.1000/of-another".into()],
            ..Record::default()
        };
        let notes = crate::NoteKinds { general: true, ..crate::NoteKinds::default() };
        let options = Options { notes, ..Options::default() };
        assert_eq!(
            lines(&record, &options),
            "Remark: Publisher: nobody\nRemark: DOI: 10.1000/of-another"
        );
    }
}
