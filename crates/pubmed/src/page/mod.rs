//! Pages of the PubMed site: saved as HTML, extracted to text, or copied from a browser
//! (`html-pages.md`).
//!
//! A page is taken apart into sheets, one a record, in the page's own words; the rules that all
//! readers share make the record of a sheet.

mod citation;
mod dom;
mod kind;
mod legacy;
mod modern;
pub(crate) mod names;
mod record;
mod sheet;
mod text;
