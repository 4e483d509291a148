//! The table of settings (`mapping.md` section 10, `service.md` section 6.2).

use formats::{
    ArticleNumber, BiblatexOrcid, BiblatexPmid, BiblatexSeason, BibtexCase, BibtexText, BibtexUrl,
    CslCustom, EndnoteMarkup, Format, Issn, JournalAbbreviation, JournalName, JournalTrim,
    Keywords, Links, Markup, Mesh, MeshMajor, NoteKinds, PreprintBiblatex, PreprintBibtex,
    PreprintEndnote, PreprintRis, RisDialect, RisEpubDate, RisId, SubjectKinds, Template,
    UnknownValue,
};
use pubmed::{Entities, IssuedDate};

use super::{Group, Setting, Values};
use crate::request::{Duplicates, OnError, Request, Source, Versions};

/// A row whose value is, in this order: one of the writers' words; yes or no; a list of words;
/// a word that stands here beside what it means; or any text.
macro_rules! row {
    ($name:literal $group:ident $help:literal, $($field:ident).+: $kind:ident) => {
        row!(@ $name $group $help, Values::One($kind::VALUES),
            |request, value| { request.$($field).+ = value.parse()?; Ok(()) },
            |request| request.$($field).+.as_str().to_owned())
    };
    ($name:literal $group:ident $help:literal, $($field:ident).+ [$first:literal, $second:literal]) => {
        row!(@ $name $group $help, Values::One(&[$first, $second]),
            |request, value| { request.$($field).+ = value.parse()?; Ok(()) },
            |request| {
                let first_means = matches!($first, "on" | "yes");
                if request.$($field).+.0 == first_means { $first } else { $second }.to_owned()
            })
    };
    ($name:literal $group:ident $help:literal, $($field:ident).+: several $kind:ident) => {
        row!(@ $name $group $help, Values::Several($kind::VALUES),
            |request, value| {
                request.$($field).+ = if value == "none" { "" } else { value }.parse()?;
                Ok(())
            },
            |request| {
                let list = request.$($field).+.to_string();
                if list.is_empty() { "none".to_owned() } else { list }
            })
    };
    ($name:literal $group:ident $help:literal, $($field:ident).+ {$($word:literal => $value:expr),+}) => {
        row!(@ $name $group $help, Values::One(&[$($word),+]),
            |request, value| {
                request.$($field).+ = match value { $($word => $value,)+ _ => return unknown(value) };
                Ok(())
            },
            |request| {
                let words = [$(($word, $value)),+];
                let word = words.iter().find(|word| word.1 == request.$($field).+);
                word.map_or_else(String::new, |word| word.0.to_owned())
            })
    };
    ($name:literal $group:ident $help:literal, $($field:ident).+ = $shown:literal) => {
        row!(@ $name $group $help, Values::Text($shown),
            |request, value| { request.$($field).+ = value.to_owned(); Ok(()) },
            |request| request.$($field).+.clone())
    };
    (@ $name:literal $group:ident $help:literal, $values:expr, $set:expr, $get:expr) => {
        Setting { name: $name, group: Group::$group, help: $help, values: $values, set: $set, get: $get }
    };
}

/// Everything that can be chosen, in the order of help texts.
#[rustfmt::skip]
pub const SETTINGS: &[Setting] = &[
    row!("input" Conversion "What the input is", source {
        "auto" => None,
        "pubmed-xml" => Some(Source::PubmedXml),
        "pubmed-html" => Some(Source::PubmedHtml),
        "nbib" => Some(Source::Nbib),
        "text" => Some(Source::Text)
    }),
    Setting {
        name: "formats", group: Group::Conversion, values: Values::Formats,
        help: "What is written", set: set_formats, get: get_formats,
    },
    row!("on_error" Conversion "Whether a record that cannot be converted is left out or ends everything", on_error {
        "skip" => OnError::Skip, "fail" => OnError::Fail
    }),
    row!("versions" Conversion "All versions of a record, or the latest alone", versions {
        "all" => Versions::All, "latest" => Versions::Latest
    }),
    row!("duplicates" Conversion "Whether a record that stood earlier in the input is written again", duplicates {
        "keep" => Duplicates::Keep, "first" => Duplicates::First
    }),

    row!("date" Reading "Which date is the date of publication", read.date {
        "issue" => IssuedDate::Issue,
        "electronic" => IssuedDate::Electronic,
        "earliest" => IssuedDate::Earliest,
        "nlm" => IssuedDate::Nlm
    }),
    row!("title.brackets" Reading "The brackets of a translated title", read.keep_brackets {
        "strip" => false, "keep" => true
    }),
    row!("title.full_stop" Reading "The final stop of a title", read.keep_full_stop {
        "strip" => false, "keep" => true
    }),
    row!("references" Reading "Cited works, for JSON Lines", read.keep_references {
        "skip" => false, "keep" => true
    }),
    row!("entities" Reading "Text that its publisher escaped twice", read.entities {
        "literal" => Entities::Literal, "repair" => Entities::Repair
    }),

    row!("abstract" Content "The abstract", write.abstract_["on", "off"]),
    row!("affiliations" Content "Addresses of the authors", write.affiliations["off", "on"]),
    row!("keywords" Content "Which terms become keywords", write.keywords: Keywords),
    row!("mesh" Content "MeSH headings with their qualifiers or without", write.mesh: Mesh),
    row!("mesh.major" Content "Where the star of a main heading stands", write.mesh_major: MeshMajor),
    row!("subjects" Content "Further lists that become keywords", write.subjects: several SubjectKinds),
    row!("notes" Content "What is added to the notes", write.notes: several NoteKinds),
    row!("links" Content "Which links to other works become notes", write.links: Links),
    row!("retraction.title_prefix" Content "`RETRACTED: ` before the title", write.retraction_title_prefix["off", "on"]),
    row!("journal" Content "Full title or abbreviation of the journal", write.journal: JournalName),
    row!("journal.abbreviation" Content "Which abbreviation", write.journal_abbreviation: JournalAbbreviation),
    row!("journal.trim" Content "Whether a qualifier behind the title, as in (Paris), is cut", write.journal_trim: JournalTrim),
    row!("issn" Content "Which ISSN", write.issn: Issn),
    row!("article_number" Content "Where an article number goes", write.article_number: ArticleNumber),
    Setting {
        name: "citekey", group: Group::Content, values: Values::Text("TEMPLATE"),
        help: "Template of the citation key", set: set_citekey,
        get: |request| request.write.citekey.clone(),
    },

    row!("ris" Ris "Whose reading of RIS the file is written for", write.ris: RisDialect),
    row!("ris.group_comma" Ris "A comma behind the names of groups, also in EndNote XML", write.ris_group_comma["yes", "no"]),
    row!("ris.epub_date" Ris "The date of electronic publication", write.ris_epub_date: RisEpubDate),
    row!("ris.id" Ris "The citation key", write.ris_id: RisId),
    row!("markup" Ris "Rich text", write.markup: Markup),
    row!("preprint.ris" Ris "The type of a preprint", write.preprint_ris: PreprintRis),

    row!("bibtex.text" Bibtex "Greek letters and mathematical signs", write.bibtex_text: BibtexText),
    row!("bibtex.case" Bibtex "Braces round capitals", write.bibtex_case: BibtexCase),
    row!("bibtex.keyword_separator" Bibtex "What stands between two keywords", write.bibtex_keyword_separator = "TEXT"),
    row!("bibtex.url" Bibtex "When there is a URL", write.bibtex_url: BibtexUrl),
    row!("biblatex.season" Bibtex "Where a season goes in BibLaTeX", write.biblatex_season: BiblatexSeason),
    row!("biblatex.pmid" Bibtex "Where the PMID goes in BibLaTeX", write.biblatex_pmid: BiblatexPmid),
    row!("biblatex.orcid" Bibtex "ORCIDs in BibLaTeX", write.biblatex_orcid: BiblatexOrcid),
    row!("preprint.bibtex" Bibtex "The type of a preprint in BibTeX", write.preprint_bibtex: PreprintBibtex),
    row!("preprint.biblatex" Bibtex "The type of a preprint in BibLaTeX", write.preprint_biblatex: PreprintBiblatex),

    row!("csl.custom" Csl "What stands under the key `custom`", write.csl_custom: CslCustom),

    row!("endnote.markup" Endnote "Rich text", write.endnote_markup: EndnoteMarkup),
    row!("preprint.endnote" Endnote "The type of a preprint", write.preprint_endnote: PreprintEndnote),
];

fn set_formats(request: &mut Request, list: &str) -> Result<(), UnknownValue> {
    let mut chosen = Vec::new();
    for name in list.split(',').map(str::trim) {
        let format: Format = name.parse()?;
        if chosen.contains(&format) {
            return unknown(list);
        }
        chosen.push(format);
    }
    request.formats = chosen;
    Ok(())
}

fn get_formats(request: &Request) -> String {
    request.formats.iter().map(|format| format.as_str()).collect::<Vec<_>>().join(",")
}

fn set_citekey(request: &mut Request, template: &str) -> Result<(), UnknownValue> {
    Template::parse(template)?;
    template.clone_into(&mut request.write.citekey);
    Ok(())
}

/// The value is none of the row's; [`Setting::set`] adds what there is.
fn unknown(value: &str) -> Result<(), UnknownValue> {
    Err(UnknownValue { value: value.to_owned(), expected: String::new() })
}
