//! Titles of the work and of what it stands in.

use model::Kind;

use super::super::Entry;
use super::super::dialect::Dialect;
use super::super::markup::Tex;
use super::words;
use crate::{journal, title};

pub(super) fn main_title(entry: &Entry<'_>, tex: &mut Tex) {
    match (entry.record.kind, entry.volume_title()) {
        (Kind::Book, Some(volume_title)) => tex.cased(volume_title, entry.protection()),
        _ => tex.cased(&title::printed(entry.record, &entry.writer.options), entry.protection()),
    }
}

pub(super) fn original_title(entry: &Entry<'_>, tex: &mut Tex) {
    let protection = Dialect::of_original_title(&entry.writer.options);
    tex.cased(&entry.record.original_title, protection);
}

pub(super) fn book_title(entry: &Entry<'_>, tex: &mut Tex) {
    if let (Kind::Chapter, Some(book)) = (entry.record.kind, entry.book) {
        tex.cased(entry.volume_title().unwrap_or(&book.title), entry.protection());
    }
}

pub(super) fn title_of_all_volumes(entry: &Entry<'_>, tex: &mut Tex) {
    match (entry.record.kind, entry.volume_title(), entry.book) {
        (_, None, _) | (_, _, None) => {}
        (Kind::Chapter, _, Some(book)) => tex.cased(&book.title, entry.protection()),
        _ => tex.cased(&title::printed(entry.record, &entry.writer.options), entry.protection()),
    }
}

pub(super) fn journal_title(entry: &Entry<'_>, tex: &mut Tex) {
    let Some(found) = entry.journal.filter(|_| !entry.is_on_server()) else { return };
    words(tex, journal::title(found, entry.record.kind, &entry.writer.options));
}

pub(super) fn abbreviation(entry: &Entry<'_>, tex: &mut Tex) {
    let Some(found) = entry.journal.filter(|_| !entry.is_on_server()) else { return };
    words(tex, journal::abbreviation(found, &entry.writer.options));
}

pub(super) fn series(entry: &Entry<'_>, tex: &mut Tex) {
    if let Some(book) = entry.book {
        tex.cased(&book.series, entry.protection());
    }
}

pub(super) fn server(entry: &Entry<'_>, tex: &mut Tex) {
    let Some(found) = entry.journal.filter(|_| entry.is_on_server()) else { return };
    words(tex, journal::title(found, entry.record.kind, &entry.writer.options));
}
