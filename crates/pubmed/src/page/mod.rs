//! Pages of the PubMed site: saved, extracted to text, or copied from a browser.

pub(crate) mod citation;
pub(crate) mod dom;
pub(crate) mod kind;
pub(crate) mod legacy;
pub(crate) mod modern;
pub(crate) mod sheet;
pub(crate) mod text;
