//! One record of PubMed XML, from its bytes (`xml-input.md` sections 5 and 6).

mod article;
mod book;
mod coverage;
mod cursor;
mod found;
mod journal;
mod legible;
mod math;
mod people;
mod rich;
mod subjects;
mod support;
mod value;

use model::{Code, Pmid, Record};

use crate::options::{Limits, Options};
use crate::xml::record::article::Article;
use crate::xml::record::book::Document;
use crate::xml::record::cursor::{Cursor, Read};
use crate::xml::record::legible::Legible;
use crate::xml::root::{Flaw, Root};

/// Reads a record from its bytes, which begin with the start tag of `root`.
///
/// # Errors
/// `record-malformed` where the markup is broken or the bytes are no UTF-8, `record-foreign` where
/// there is no citation, `limit-exceeded` where a piece of the record is beyond the limits.
pub(crate) fn read(
    bytes: &[u8],
    root: Root,
    options: Options,
    limits: &Limits,
) -> Result<Record, Flaw> {
    match std::str::from_utf8(bytes) {
        Ok(text) => read_text(text, root, options, limits),
        Err(error) => {
            let offset = error.valid_up_to();
            // What stands before the bad byte may tell whose record it is.
            let before = std::str::from_utf8(&bytes[..offset]).unwrap_or_default();
            let pmid = read_text(before, root, options, limits).err().and_then(|flaw| flaw.pmid);
            let message = "a byte is not UTF-8".to_owned();
            Err(Flaw { code: Code::RecordMalformed, offset, pmid, message })
        }
    }
}

fn read_text(text: &str, root: Root, options: Options, limits: &Limits) -> Result<Record, Flaw> {
    let legible = Legible::of(text);
    let mut cursor = Cursor::new(legible.text(), options, limits);
    legible.report(&mut cursor.warnings);
    let mut pmid = None;
    let read = match root {
        Root::PubmedArticle | Root::MedlineCitation => {
            article(&mut cursor, root == Root::MedlineCitation, &mut pmid)
        }
        Root::PubmedBookArticle | Root::BookDocument => {
            document(&mut cursor, root == Root::BookDocument, &mut pmid)
        }
    };
    read.map_err(|flaw| Flaw { pmid, offset: legible.offset(flaw.offset), ..*flaw })
}

fn article(cursor: &mut Cursor<'_>, bare: bool, pmid: &mut Option<Pmid>) -> Read<Record> {
    let mut article = Article::default();
    let root = cursor.root()?;
    let read = if bare {
        article.take_citation(cursor, &root).map(|()| true)
    } else {
        article.take_pubmed_article(cursor, &root)
    };
    *pmid = article.found.pmid();
    if !read? {
        return Err(cursor.flaw(Code::RecordForeign, "there is no `MedlineCitation`"));
    }
    article.record.warnings = std::mem::take(&mut cursor.warnings);
    Ok(article.settle(cursor.options))
}

fn document(cursor: &mut Cursor<'_>, bare: bool, pmid: &mut Option<Pmid>) -> Read<Record> {
    let mut document = Document::default();
    let root = cursor.root()?;
    let read = if bare {
        document.take_document(cursor, &root).map(|()| true)
    } else {
        document.take_pubmed_book_article(cursor, &root)
    };
    *pmid = document.found.pmid();
    if !read? {
        return Err(cursor.flaw(Code::RecordForeign, "there is no `BookDocument`"));
    }
    document.record.warnings = std::mem::take(&mut cursor.warnings);
    Ok(document.settle(cursor.options))
}

#[cfg(test)]
mod tests;
