//! Identifiers and addresses.

use model::Kind;

use super::super::dialect::Dialect;
use super::super::markup::Tex;
use super::super::{Entry, braces};
use super::verbatim;
use crate::options::{BiblatexPmid, BibtexUrl};
use crate::url::Url;
use crate::{clean, journal};

pub(super) fn doi(entry: &Entry<'_>, tex: &mut Tex) {
    if let Some(doi) = &entry.record.doi {
        let doi = clean::one_line(doi.as_str());
        tex.out.push_str(&braces::percent_encoded(&doi));
    }
}

pub(super) fn eprint(entry: &Entry<'_>, tex: &mut Tex) {
    let is_asked = entry.writer.options.biblatex_pmid != BiblatexPmid::Pmid;
    if let Some(pmid) = entry.record.pmid.filter(|_| is_asked) {
        verbatim(tex, format_args!("{pmid}"));
    }
}

pub(super) fn eprint_type(entry: &Entry<'_>, tex: &mut Tex) {
    if entry.record.pmid.is_some() && entry.writer.options.biblatex_pmid != BiblatexPmid::Pmid {
        tex.out.push_str("pubmed");
    }
}

pub(super) fn pmid(entry: &Entry<'_>, tex: &mut Tex) {
    let is_asked =
        entry.is(Dialect::Bibtex) || entry.writer.options.biblatex_pmid != BiblatexPmid::Eprint;
    if let Some(pmid) = entry.record.pmid.filter(|_| is_asked) {
        verbatim(tex, format_args!("{pmid}"));
    }
}

pub(super) fn pmcid(entry: &Entry<'_>, tex: &mut Tex) {
    if let Some(pmcid) = entry.record.pmcid {
        verbatim(tex, format_args!("{}", pmcid.base()));
    }
}

pub(super) fn issn(entry: &Entry<'_>, tex: &mut Tex) {
    let issns =
        entry.journal.into_iter().flat_map(|found| journal::issns(found, &entry.writer.options));
    for (number, issn) in issns.enumerate() {
        tex.out.push_str(if number > 0 { ", " } else { "" });
        tex.out.push_str(issn.value.as_str());
    }
}

pub(super) fn url(entry: &Entry<'_>, tex: &mut Tex) {
    let is_asked = match entry.writer.options.bibtex_url {
        BibtexUrl::Auto => {
            entry.record.doi.is_none() || matches!(entry.record.kind, Kind::Book | Kind::Chapter)
        }
        BibtexUrl::Always => true,
        BibtexUrl::Never => false,
    };
    if let Some(url) = Url::of(entry.record).filter(|_| is_asked) {
        verbatim(tex, format_args!("{url}"));
    }
}
