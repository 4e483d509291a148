//! Records of every shape, for the laws that each writer is held to.
//!
//! Strings are arbitrary Unicode with a liking for what hurts: control characters, line ends,
//! marks of every syntax that is written here, and words that look like tags.

use model::{
    Accession, Affiliation, Author, Book, Chemical, Code, Completeness, Container, Date, Doi,
    Grant, Heading, HistoryDate, Identifier, Inline, Issn, IssnKind, Journal, Kind, Link, LinkKind,
    Month, Name, Orcid, OtherAbstract, PageKind, PageRange, Pages, Pmcid, Pmid, Point,
    PublicationType, Qualifier, Record, Reference, Schema, Season, Section, Status, Style,
    Supplementary, Text, Warning,
};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

mod words;

pub(crate) use words::{text, words};

/// Any record that the model can hold.
pub(crate) fn record() -> BoxedStrategy<Record> {
    (identity(), titles(), people(), place(), content(), links())
        .prop_map(|(identity, titles, people, place, content, links)| Record {
            title: titles.title,
            title_translated: titles.title_translated,
            original_title: titles.original_title,
            kind: titles.kind,
            types: titles.types,
            genre: titles.genre,
            status: titles.status,
            authors: people.authors,
            authors_complete: people.authors_complete,
            editors: people.editors,
            book_authors: people.book_authors,
            investigators: people.investigators,
            person_subjects: people.person_subjects,
            container: place.container,
            volume: place.volume,
            issue: place.issue,
            pages: place.pages,
            issued: place.issued,
            electronic: place.electronic,
            updated: place.updated,
            history: place.history,
            section_label: place.section_label,
            languages: content.languages,
            abstract_: content.abstract_,
            other_abstracts: content.other_abstracts,
            copyright: content.copyright,
            keywords: content.keywords,
            mesh: content.mesh,
            chemicals: content.chemicals,
            supplementary: content.supplementary,
            genes: content.genes,
            links: links.links,
            grants: links.grants,
            accessions: links.accessions,
            conflict_of_interest: links.conflict_of_interest,
            notes: links.notes,
            missions: links.missions,
            references: links.references,
            warnings: links.warnings,
            ..identity
        })
        .boxed()
}

fn identity() -> BoxedStrategy<Record> {
    let pmid = of((1u64..99_999_999).prop_map(|number| number.to_string().parse::<Pmid>()));
    let central =
        of((1u64..9_999_999).prop_map(|number| format!("PMC{number}.2").parse::<Pmcid>()));
    let doi = of("10\\.[0-9]{4}/[a-zA-Z0-9<>;:()\\[\\]{}%#&_^~$\\\\\"'./\\-]{1,20}")
        .prop_map(|doi| doi.map(|doi| doi.parse::<Doi>()));
    let identifier = (words(), words()).prop_map(|(source, value)| Identifier { source, value });
    (
        pmid,
        of(2u32..9),
        central,
        doi,
        words_list(),
        words_list(),
        of(words()),
        vec(identifier, 0..2),
    )
        .prop_map(|(pmid, version, central, doi, manuscript_ids, pii, bookshelf, other_ids)| {
            Record {
                schema: Schema,
                pmid: pmid.and_then(Result::ok),
                version,
                doi: doi.and_then(Result::ok),
                pmcid: central.and_then(Result::ok),
                manuscript_ids,
                pii,
                bookshelf,
                other_ids,
                ..Record::default()
            }
        })
        .boxed()
}

fn titles() -> BoxedStrategy<Record> {
    let kinds = prop::sample::select(vec![
        Kind::Article,
        Kind::Preprint,
        Kind::Newspaper,
        Kind::Dataset,
        Kind::Report,
        Kind::Thesis,
        Kind::Book,
        Kind::Chapter,
    ]);
    let status = of(prop::sample::select(vec![Status::Retracted, Status::AheadOfPrint]));
    let kind = (words(), of(words())).prop_map(|(text, ui)| PublicationType { text, ui });
    (kinds, vec(kind, 0..3), of(words()), status, text(), any::<bool>(), text())
        .prop_map(|(kind, types, genre, status, title, title_translated, original_title)| Record {
            kind,
            types,
            genre,
            status,
            title,
            title_translated,
            original_title,
            ..Record::default()
        })
        .boxed()
}

/// Any person or group, under arbitrary words.
pub(crate) fn name() -> BoxedStrategy<Name> {
    prop_oneof![
        4 => (words(), of(words()), of(words()))
            .prop_map(|(family, given, suffix)| Name::Person { family, given, suffix }),
        1 => words().prop_map(Name::Group),
    ]
    .boxed()
}

fn author() -> BoxedStrategy<Author> {
    let affiliation = words().prop_map(|text| Affiliation { text, identifiers: Vec::new() });
    let orcid = of(Just("0000-0002-1825-0097".parse::<Orcid>()));
    (name(), orcid, of(words()), vec(affiliation, 0..3), any::<bool>(), of(words()))
        .prop_map(|(name, orcid, credentials, affiliations, equal, member_of)| Author {
            name,
            orcid: orcid.and_then(Result::ok),
            credentials,
            affiliations,
            equal,
            member_of,
        })
        .boxed()
}

fn people() -> BoxedStrategy<Record> {
    let authors = || vec(author(), 0..4);
    let complete = prop::sample::select(vec![Completeness::Complete, Completeness::Shortened]);
    (authors(), complete, authors(), authors(), authors(), vec(name(), 0..3))
        .prop_map(
            |(authors, authors_complete, editors, book_authors, investigators, person_subjects)| {
                Record {
                    authors,
                    authors_complete,
                    editors,
                    book_authors,
                    investigators,
                    person_subjects,
                    ..Record::default()
                }
            },
        )
        .boxed()
}

fn journal() -> BoxedStrategy<Journal> {
    let kind =
        of(prop::sample::select(vec![IssnKind::Print, IssnKind::Electronic, IssnKind::Linking]));
    let number = "[0-9]{4}-[0-9]{3}[0-9X]".prop_map(|issn| issn.parse());
    let issn = (number, kind)
        .prop_filter_map("an ISSN", |(value, kind)| value.ok().map(|value| Issn { value, kind }));
    let names = (of(words()), of(words()), of(words()), of(words()));
    (names, vec(issn, 0..3), of(words()), of(words()))
        .prop_map(|((title, abbreviation, iso, medline), issn, nlm_id, country)| Journal {
            title,
            abbreviation,
            iso_abbreviation: iso,
            medline_abbreviation: medline,
            issn,
            nlm_id,
            country,
        })
        .boxed()
}

fn book() -> BoxedStrategy<Book> {
    let texts = (text(), text(), text());
    let strings = (of(words()), of(words()), of(words()), of(words()), of(words()));
    (texts, strings, words_list(), of(date()), of(date()))
        .prop_map(|((title, series, volume_title), strings, isbn, begin, end)| {
            let (publisher, place, edition, medium, report_number) = strings;
            Book {
                title,
                publisher,
                place,
                edition,
                series,
                volume_title,
                isbn,
                medium,
                report_number,
                begin,
                end,
            }
        })
        .boxed()
}

fn point() -> BoxedStrategy<Point> {
    let months: Vec<Month> = (1..=12).filter_map(Month::new).collect();
    let seasons = vec![Season::Spring, Season::Summer, Season::Autumn, Season::Winter];
    let day = (prop::sample::select(months), of(1u8..=31));
    prop_oneof![
        (1000u16..3000).prop_map(|year| Point::new(year, None, None)),
        (1000u16..3000, day).prop_map(|(year, (month, day))| Point::new(year, Some(month), day)),
        (1000u16..3000, prop::sample::select(seasons)).prop_map(|(year, season)| Point {
            season: Some(season),
            ..Point::new(year, None, None)
        }),
    ]
    .boxed()
}

/// Any date, with words that need not fit its points.
pub(crate) fn date() -> BoxedStrategy<Date> {
    (point(), of(point()), any::<bool>(), of(words()), any::<bool>())
        .prop_map(|(start, end, exact, raw, with_year)| Date {
            start,
            end,
            exact,
            raw: raw.map(|raw| if with_year { format!("{} {raw}", start.year) } else { raw }),
        })
        .boxed()
}

fn pages() -> BoxedStrategy<Pages> {
    let kind = prop::sample::select(vec![
        PageKind::Pages,
        PageKind::ArticleNumber,
        PageKind::Extent,
        PageKind::Unparsed,
    ]);
    let page = || prop_oneof!["[A-Z]?[0-9]{1,5}", words()];
    let range = (page(), of(page())).prop_map(|(first, last)| PageRange { first, last });
    (words(), vec(range, 0..3), words_list(), kind)
        .prop_map(|(raw, ranges, rest, kind)| Pages { raw, ranges, rest, kind })
        .boxed()
}

fn place() -> BoxedStrategy<Record> {
    let container =
        of(prop_oneof![journal().prop_map(Container::Journal), book().prop_map(Container::Book),]);
    let history = (words(), point()).prop_map(|(status, date)| HistoryDate { status, date });
    let dates = (of(date()), of(date()), of(date()), vec(history, 0..2));
    (container, of(words()), of(words()), of(pages()), dates, of(words()))
        .prop_map(|(container, volume, issue, pages, dates, section_label)| {
            let (issued, electronic, updated, history) = dates;
            Record {
                container,
                volume,
                issue,
                pages,
                issued,
                electronic,
                updated,
                history,
                section_label,
                ..Record::default()
            }
        })
        .boxed()
}

fn section() -> BoxedStrategy<Section> {
    (of(words()), of(words()), text())
        .prop_map(|(label, category, text)| Section { label, category, text })
        .boxed()
}

fn content() -> BoxedStrategy<Record> {
    let language = prop_oneof![
        prop::sample::select(vec!["eng", "ger", "fre", "chi", "mul", "xxx"])
            .prop_map(str::to_owned),
        words(),
    ];
    let other = (of(words()), of(words()), vec(section(), 0..2), of(words())).prop_map(
        |(kind, language, sections, copyright)| OtherAbstract {
            kind,
            language,
            sections,
            copyright,
        },
    );
    let qualifier =
        (words(), any::<bool>()).prop_map(|(name, major)| Qualifier { name, ui: None, major });
    let heading = (words(), any::<bool>(), vec(qualifier, 0..3)).prop_map(
        |(descriptor, major, qualifiers)| Heading { descriptor, ui: None, major, qualifiers },
    );
    let chemical =
        (words(), of(words())).prop_map(|(name, registry)| Chemical { name, registry, ui: None });
    let supplementary =
        (words(), of(words())).prop_map(|(name, kind)| Supplementary { name, kind, ui: None });
    let summary = (vec(section(), 0..4), vec(other, 0..2), of(words()));
    let terms = (vec(text(), 0..4), vec(heading, 0..3), vec(chemical, 0..2));
    (vec(language, 0..3), summary, terms, vec(supplementary, 0..2), words_list())
        .prop_map(|(languages, summary, terms, supplementary, genes)| {
            let (abstract_, other_abstracts, copyright) = summary;
            let (keywords, mesh, chemicals) = terms;
            Record {
                languages,
                abstract_,
                other_abstracts,
                copyright,
                keywords,
                mesh,
                chemicals,
                supplementary,
                genes,
                ..Record::default()
            }
        })
        .boxed()
}

fn links() -> BoxedStrategy<Record> {
    let kind = prop_oneof![
        4 => prop::sample::select(LinkKind::ALL.to_vec()),
        1 => words().prop_map(LinkKind::Other),
    ];
    let pmid = of(Just("99999990".parse::<Pmid>()));
    let link = (kind, of(words()), pmid, of(words())).prop_map(|(kind, source, pmid, note)| Link {
        kind,
        source,
        pmid: pmid.and_then(Result::ok),
        note,
    });
    let grant = (of(words()), of(words()), of(words()), of(words()))
        .prop_map(|(id, acronym, agency, country)| Grant { id, acronym, agency, country });
    let accession = (words(), of(words())).prop_map(|(bank, number)| Accession { bank, number });
    let reference = text().prop_map(|citation| Reference { citation, identifiers: Vec::new() });
    let warning = words().prop_map(|text| Warning::new(Code::DateUnparsed, text));
    let money = (vec(grant, 0..2), vec(accession, 0..3), of(words()));
    (vec(link, 0..3), money, words_list(), words_list(), vec(reference, 0..2), vec(warning, 0..2))
        .prop_map(|(links, money, notes, missions, references, warnings)| {
            let (grants, accessions, conflict_of_interest) = money;
            Record {
                links,
                grants,
                accessions,
                conflict_of_interest,
                notes,
                missions,
                references,
                warnings,
                ..Record::default()
            }
        })
        .boxed()
}

fn words_list() -> BoxedStrategy<Vec<String>> {
    vec(words(), 0..3).boxed()
}
