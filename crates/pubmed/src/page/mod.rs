//! Pages of the PubMed site: saved as HTML, extracted to text, or copied from a browser
//! (`html-pages.md`).
//!
//! A page is taken apart into sheets, one a record, in the page's own words; the rules that all
//! readers share make the record of a sheet.

mod affiliations;
mod citation;
mod dom;
mod kind;
mod legacy;
mod line;
mod modern;
pub(crate) mod names;
mod record;
mod sheet;
mod source;
mod text;
mod tree;
mod whole;

use model::{Code, Warning};
use scraper::ElementRef;

use crate::fault::Fault;
use crate::medline;
use crate::options::Options;
use crate::run::Outcome;
use kind::Kind;
use sheet::Sheet;
pub use source::is_archive;
pub(crate) use whole::Whole;

/// The form in which a page was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// As HTML, or in a web archive.
    Html,
    /// As text, which is all of the input.
    Text,
    /// As text, one of several in the input.
    TextPage,
}

/// Reads all records of a page, or tells why it holds none.
pub(crate) fn read(bytes: &[u8], form: Form, options: Options, sink: &mut dyn FnMut(Outcome)) {
    match form {
        Form::Html => html(bytes, options, sink),
        Form::Text => text(bytes, true, options, sink),
        Form::TextPage => text(bytes, false, options, sink),
    }
}

fn html(bytes: &[u8], options: Options, sink: &mut dyn FnMut(Outcome)) {
    let markup = match source::html(bytes) {
        Ok(markup) => markup,
        Err(sentence) => return sink(refused(sentence)),
    };
    let page = match tree::tree(&markup) {
        Ok(page) => page,
        Err(sentence) => return sink(refused(sentence)),
    };
    let root = page.root_element();
    let kind = match kind::kind(root) {
        Ok(kind) => kind,
        Err(sentence) => return sink(refused(sentence)),
    };
    let sheets = match kind {
        Kind::Medline => return preformatted(root, options, sink),
        Kind::ModernArticle => vec![modern::article(root)],
        Kind::ModernAbstracts => modern::abstracts(root),
        Kind::ModernList => {
            let (sheets, shown) = modern::list(root);
            sheets_shown(sheets.len(), shown, sink);
            sheets
        }
        Kind::LegacyArticle => legacy::articles(root),
        Kind::LegacyList => legacy::list(root),
        Kind::AbstractPlus => vec![legacy::abstract_plus(root)],
        Kind::Bibliography => legacy::bibliography(root),
    };
    records(sheets, kind.name(), options, sink);
}

/// Says once that a list page shows fewer records than there are.
fn sheets_shown(found: usize, shown: modern::Shown, sink: &mut dyn FnMut(Outcome)) {
    let known = shown.results.unwrap_or(0).max(shown.listed);
    if known > found {
        let text = format!("the query has {known} results, this page shows {found}");
        sink(Outcome::Remark(Warning::new(Code::ListIncomplete, text)));
    }
}

/// MEDLINE text in the `pre` elements of a page; the parser has decoded its entities.
fn preformatted(root: ElementRef<'_>, options: Options, sink: &mut dyn FnMut(Outcome)) {
    let mut found = false;
    for block in dom::all(root, "pre") {
        let text: String = block.text().collect();
        for record in medline::records(&text) {
            found = true;
            sink(match medline::read(record, options) {
                Ok(record) => Outcome::Record(Box::new(record)),
                Err(reason) => fault(Code::RecordForeign, reason.to_owned()),
            });
        }
    }
    if !found {
        sink(empty(Kind::Medline.name()));
    }
}

fn text(bytes: &[u8], is_whole: bool, options: Options, sink: &mut dyn FnMut(Outcome)) {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let sheets = text::sheets(text);
    if is_whole && !sheets.iter().any(Sheet::is_record) {
        sink(refused("text without the citation line of a PubMed page".to_owned()));
    } else if sheets.is_empty() {
        sink(Outcome::Remark(Warning::new(Code::ContentOutsideRoot, "text before the pages")));
    } else {
        records(sheets, "the text of a PubMed page", options, sink);
    }
}

/// Makes the records. What was recognised and holds none is told each time, so that nothing
/// vanishes.
fn records(sheets: Vec<Sheet>, name: &str, options: Options, sink: &mut dyn FnMut(Outcome)) {
    if sheets.is_empty() {
        sink(empty(name));
    }
    for sheet in sheets {
        sink(if sheet.is_record() {
            Outcome::Record(Box::new(record::record(sheet, options)))
        } else {
            empty(name)
        });
    }
}

fn empty(name: &str) -> Outcome {
    let message = format!("recognised as {name}, but there is no record in it");
    fault(Code::RecordForeign, message)
}

fn refused(sentence: String) -> Outcome {
    fault(Code::InputRefused, sentence)
}

fn fault(code: Code, message: String) -> Outcome {
    Outcome::Fault(Fault { code, pmid: None, offset: 0, line: 1, message })
}
