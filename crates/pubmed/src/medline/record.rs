//! A record from the fields of MEDLINE text (`xml-input.md` section 9.2).

use model::{
    Accession, Author, Book, Code, Completeness, Container, Date, HistoryDate, Journal, Kind,
    OtherAbstract, PublicationType, Record, Supplementary, Text,
};

use super::fields::Fields;
use super::values::{
    address, bracketed, by_name, chemical, digits, full_name, grant, heading, isbn, link,
    short_or_full, slashed, square_bracketed,
};
use crate::options::Options;
use crate::rules::identifiers::{Identifiers, Place};
use crate::rules::keywords::Keywords;
use crate::rules::names::{self, Pieces};
use crate::rules::text::{TextBuilder, present};
use crate::rules::{
    abstracts, books, dates, identifiers, journal, kinds, languages, pages, titles, warn,
};

/// The record that the text of one record holds, or the reason why it holds none.
pub(crate) fn read(text: &str, options: Options) -> Result<Record, &'static str> {
    let fields = Fields::of(text);
    let known = ["PMID", "TI", "BTI", "LID", "AID", "FAU", "AU", "JT", "TA"];
    if !known.iter().any(|tag| fields.first(tag).is_some()) {
        return Err("no field of a citation in it");
    }
    let mut reading = Reading { fields: &fields, options, record: Record::default() };
    for line in &fields.ignored {
        warn(&mut reading.record.warnings, Code::LineIgnored, "line", line);
    }
    reading.unknown_tags();
    reading.titles();
    reading.people();
    reading.place();
    reading.identifiers();
    reading.dates();
    reading.what_it_says();
    reading.subjects();
    reading.support();
    reading.kind();
    Ok(reading.record)
}

/// Tags that carry bookkeeping, or what another tag says better.
const NOT_READ: &[&str] = &[
    "OWN", "STAT", "LR", "DCOM", "DA", "CRDT", "EDAT", "MHDA", "SB", "RF", "NR", "PUBM", "SO",
    "PMCR", "CDAT", "OCI", "OTO", "PST", "AU", "ED", "IR", "PS", "OABL",
];

/// Tags that are read, besides those of links.
const READ: &[&str] = &[
    "PMID", "TI", "TT", "BTI", "CTI", "VTI", "FAU", "CN", "FED", "FIR", "IRAD", "FPS", "AUID",
    "AD", "TA", "JT", "IS", "ISBN", "ISSN", "VI", "IP", "PG", "DP", "DEP", "LID", "AID", "PMC",
    "MID", "OID", "AB", "OAB", "CI", "COIS", "LA", "PT", "MH", "OT", "RN", "NM", "GS", "GN", "SFM",
    "EN", "PB", "PL", "SI", "GR", "PHST", "CTDT", "DRDT", "JID", "IRID",
];

/// Tags of links to other works, by the kind of the link.
const LINKS: &[(&str, &str)] = &[
    ("CIN", "CommentIn"),
    ("CON", "CommentOn"),
    ("EIN", "ErratumIn"),
    ("EFR", "ErratumFor"),
    ("UIN", "UpdateIn"),
    ("UOF", "UpdateOf"),
    ("RIN", "RetractionIn"),
    ("ROF", "RetractionOf"),
    ("PRIN", "PartialRetractionIn"),
    ("PROF", "PartialRetractionOf"),
    ("RPI", "RepublishedIn"),
    ("RPF", "RepublishedFrom"),
    ("ECI", "ExpressionOfConcernIn"),
    ("ECF", "ExpressionOfConcernFor"),
    ("CRI", "CorrectedandRepublishedIn"),
    ("CRF", "CorrectedandRepublishedFrom"),
    ("RRI", "RetractedandRepublishedIn"),
    ("RRF", "RetractedandRepublishedFrom"),
    ("ORI", "OriginalReportIn"),
    ("SPIN", "SummaryForPatientsIn"),
    ("DDIN", "AssociatedDataset"),
    ("DRIN", "AssociatedPublication"),
];

struct Reading<'a> {
    fields: &'a Fields<'a>,
    options: Options,
    record: Record,
}

impl Reading<'_> {
    fn text(&mut self, words: &str, place: &str) -> Text {
        let mut text = TextBuilder::new(self.options.entities);
        text.push_str(words);
        text.finish(place, &mut self.record.warnings)
    }

    fn unknown_tags(&mut self) {
        let mut told: Vec<&str> = Vec::new();
        for field in &self.fields.fields {
            let known = NOT_READ.contains(&field.tag)
                || READ.contains(&field.tag)
                || LINKS.iter().any(|(tag, _)| *tag == field.tag);
            if !known && !told.contains(&field.tag) {
                told.push(field.tag);
                warn(&mut self.record.warnings, Code::ElementUnknown, field.tag, "");
            }
        }
    }

    fn titles(&mut self) {
        let fields = self.fields;
        let found = fields.all("LA").filter_map(languages::code).map(|code| by_name(&code));
        self.record.languages = found.collect();
        let book = fields.first("BTI");
        let printed = fields.first("TI").or(book).unwrap_or_default();
        let printed = self.text(printed, "title");
        let vernacular = self.text(fields.first("TT").unwrap_or_default(), "vernacular title");
        let foreign = languages::is_foreign(&self.record.languages);
        let warnings = &mut self.record.warnings;
        let titles = titles::titles(printed, vernacular, foreign, self.options, warnings);
        self.record.title = titles.title;
        self.record.title_translated = titles.translated;
        self.record.original_title = titles.original;
    }

    /// Names in their order: what stands behind a name (address, identifier) belongs to it.
    fn people(&mut self) {
        let has_full = self.fields.first("FAU").is_some();
        let mut authors: Vec<Author> = Vec::new();
        let mut investigators: Vec<Author> = Vec::new();
        let mut others = false;
        let warnings = &mut self.record.warnings;
        for field in &self.fields.fields {
            let value = field.value.as_ref();
            match field.tag {
                "FAU" | "AU" if names::is_others(value) => others = true,
                "FAU" => authors.extend(full_name(value, warnings)),
                "AU" if !has_full => authors.extend(short_or_full(value, warnings)),
                "CN" => {
                    let group = Pieces { collective: value, ..Pieces::default() };
                    authors.extend(names::author(group, warnings));
                }
                "FED" => self.record.editors.extend(full_name(value, warnings)),
                "FIR" => investigators.extend(full_name(value, warnings)),
                "FPS" => {
                    let person = full_name(value, warnings);
                    self.record.person_subjects.extend(person.map(|person| person.name));
                }
                "AD" => authors.last_mut().into_iter().for_each(|author| address(author, value)),
                "IRAD" => {
                    investigators.last_mut().into_iter().for_each(|person| address(person, value));
                }
                "AUID" => {
                    if let (Some(author), Some(id)) =
                        (authors.last_mut(), value.strip_prefix("ORCID:"))
                    {
                        author.orcid = names::orcid(id, warnings);
                    }
                }
                _ => {}
            }
        }
        if others {
            self.record.authors_complete = Completeness::Shortened;
            warn(warnings, Code::AuthorsIncomplete, "authors", "");
        }
        self.record.authors = authors;
        self.record.investigators = investigators;
    }

    /// The journal or the book, and where in it the work stands.
    fn place(&mut self) {
        let fields = self.fields;
        let is_book = fields.first("BTI").is_some();
        let number = |tag| fields.first(tag).and_then(present);
        let waits = |number: &String| kinds::is_ahead_of_print(number);
        self.record.volume = number("VI").filter(|number| !waits(number));
        self.record.issue = number("IP").filter(|number| !waits(number));
        self.record.container = if is_book {
            Some(Container::Book(self.book()))
        } else {
            let journal = self.journal();
            (journal != Journal::default()).then_some(Container::Journal(journal))
        };
    }

    fn book(&mut self) -> Book {
        let fields = self.fields;
        let title = match fields.first("TI") {
            Some(_) => self.text(fields.first("BTI").unwrap_or_default(), "book title"),
            None => Text::default(),
        };
        let mut isbn: Vec<String> = fields.all("ISBN").filter_map(isbn).collect();
        books::order_isbns(&mut isbn);
        Book {
            title: titles::without_final_stop(title, self.options),
            publisher: fields.first("PB").and_then(present),
            place: fields.first("PL").and_then(present),
            edition: fields.first("EN").and_then(present),
            series: self.text(fields.first("CTI").unwrap_or_default(), "series"),
            volume_title: self.text(fields.first("VTI").unwrap_or_default(), "volume title"),
            isbn,
            ..Book::default()
        }
    }

    fn journal(&mut self) -> Journal {
        let fields = self.fields;
        let abbreviation = fields.first("TA").and_then(present);
        let mut issn = Vec::new();
        for value in fields.all("IS").chain(fields.all("ISSN")) {
            let (number, kind) = bracketed(value).unwrap_or((value, ""));
            let number = number.strip_prefix("EISSN-").or(number.strip_prefix("ISSN-"));
            let number = number.unwrap_or(bracketed(value).map_or(value, |(number, _)| number));
            let kind = journal::issn_kind(kind);
            let found = journal::issn(number, kind, &mut self.record.warnings);
            issn.extend(found.filter(|found| !issn.contains(found)));
        }
        Journal {
            title: fields.first("JT").and_then(present),
            abbreviation: abbreviation.clone(),
            medline_abbreviation: abbreviation,
            issn,
            nlm_id: fields.first("JID").and_then(present),
            country: fields.first("PL").and_then(present),
            ..Journal::default()
        }
    }

    fn identifiers(&mut self) {
        let fields = self.fields;
        let record = &mut self.record;
        record.pmid =
            identifiers::pmid(fields.first("PMID").unwrap_or_default(), &mut record.warnings);
        let mut ids = Identifiers::default();
        for field in &fields.fields {
            let value = field.value.as_ref();
            match field.tag {
                "PMC" => ids.push(Place::Listed, "pmc", value, record),
                "MID" => ids.push(Place::Listed, "mid", value, record),
                "OID" => match value.split_once(": ") {
                    Some((source, number)) => ids.push_other_id(source, number),
                    None => ids.push_other_id("OID", value),
                },
                "AID" | "LID" => {
                    let place = if field.tag == "AID" { Place::Listed } else { Place::Location };
                    let (number, kind) = square_bracketed(value).unwrap_or_else(|| {
                        let doi = value.starts_with("doi:") || value.starts_with("10.");
                        (value, if doi { "doi" } else { "url" })
                    });
                    ids.push(place, kind, number, record);
                }
                _ => {}
            }
        }
        ids.settle(fields.first("BTI").is_some() && fields.first("TI").is_none(), record);
    }

    fn dates(&mut self) {
        let fields = self.fields;
        let warnings = &mut self.record.warnings;
        let issue = dates::free(fields.first("DP").unwrap_or_default(), "DP", warnings);
        let electronic = fields.first("DEP").and_then(digits).map(Date::point);
        let contributed = fields.first("CTDT").and_then(slashed).map(Date::point);
        let issue = if fields.first("BTI").is_some() && fields.first("TI").is_some() {
            contributed.or(issue)
        } else {
            issue
        };
        let model = fields.first("PUBM").unwrap_or_default();
        let (issued, electronic) =
            dates::issued(issue, electronic, model, self.options.date, warnings);
        self.record.issued = issued;
        self.record.electronic = electronic;
        self.record.updated = fields.first("DRDT").and_then(slashed).map(Date::point);
        for value in fields.all("PHST") {
            if let Some((date, status)) = square_bracketed(value)
                && let Some(date) = slashed(date)
            {
                let status = status.to_owned();
                self.record.history.push(HistoryDate { status, date });
            }
        }
        let model = fields.first("PUBM").unwrap_or_default();
        let printed = pages::Printed {
            medline: fields.first("PG").unwrap_or_default(),
            electronic: pages::is_electronic(model),
            ..pages::Printed::default()
        };
        self.record.pages = pages::pages(printed, &mut self.record.warnings);
    }

    fn what_it_says(&mut self) {
        let fields = self.fields;
        let whole = fields.first("AB").unwrap_or_default();
        let whole = self.text(whole, "abstract").flatten();
        let sections = abstracts::split(&whole);
        self.record.abstract_ = abstracts::settled(sections, &mut self.record.warnings);
        self.record.copyright = fields.first("CI").and_then(present);
        self.record.conflict_of_interest = fields.first("COIS").and_then(present);
        let mut languages = fields.all("OABL");
        for value in fields.all("OAB") {
            let (kind, text) = value.split_once(": ").unwrap_or(("", value));
            let language = languages.next().and_then(languages::code);
            if text.starts_with("Abstract available from") {
                continue;
            }
            self.record.other_abstracts.push(OtherAbstract {
                kind: present(kind),
                language,
                sections: abstracts::split(text),
                copyright: None,
            });
        }
        self.record.notes.extend(fields.all("GN").filter_map(present));
        self.record.missions.extend(fields.all("SFM").filter_map(present));
        for field in &fields.fields {
            let Some((_, kind)) = LINKS.iter().find(|(tag, _)| *tag == field.tag) else { continue };
            let link = link(kind, &field.value, &mut self.record);
            self.record.links.push(link);
        }
    }

    fn subjects(&mut self) {
        let fields = self.fields;
        let owner = fields.first("OTO");
        let mut keywords = Keywords::default();
        for value in fields.all("OT") {
            let keyword = self.text(value.strip_prefix('*').unwrap_or(value), "keyword");
            keywords.push(owner, keyword);
        }
        self.record.keywords = keywords.finish();
        self.record.mesh = fields.all("MH").filter_map(heading).collect();
        self.record.genes = fields.all("GS").filter_map(present).collect();
        self.record.chemicals = fields.all("RN").filter_map(chemical).collect();
        let concepts = fields.all("NM").filter_map(present);
        let concept = |name| Supplementary { name, ..Supplementary::default() };
        self.record.supplementary = concepts.map(concept).collect();
    }

    fn support(&mut self) {
        let fields = self.fields;
        self.record.grants = fields.all("GR").map(grant).collect();
        for value in fields.all("SI") {
            let (bank, number) = value.split_once('/').unwrap_or((value, ""));
            if let Some(bank) = present(bank) {
                self.record.accessions.push(Accession { bank, number: present(number) });
            }
        }
    }

    fn kind(&mut self) {
        let fields = self.fields;
        let types = fields.all("PT").filter_map(present);
        let record = &mut self.record;
        record.types = types.map(|text| PublicationType { text, ui: None }).collect();
        let shape = kinds::Shape {
            numbered: record.volume.is_some() || record.issue.is_some(),
            paged: record.pages.is_some(),
        };
        record.kind = match (fields.first("BTI"), fields.first("TI")) {
            (Some(_), Some(_)) => Kind::Chapter,
            (Some(_), None) => Kind::Book,
            (None, _) => kinds::of_article(&record.types, shape),
        };
        if record.pages.is_none() {
            let piis = record.pii.iter().map(String::as_str);
            record.pages = pages::article_number(piis, record.kind == Kind::Preprint);
        }
        record.genre = kinds::genre(&record.types, &mut record.warnings);
        let waits = |tag| fields.first(tag).is_some_and(kinds::is_ahead_of_print);
        let ahead = fields.first("PST") == Some("aheadofprint") || waits("VI") || waits("IP");
        let ahead = ahead && !shape.numbered;
        record.status = kinds::status(&record.types, &record.links, ahead);
    }
}
