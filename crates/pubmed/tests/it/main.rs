//! Reads invented inputs, and the corpus of real PubMed data, which is not part of this repository.

mod corpus;
mod counts;
mod hostile;
mod invented;
mod page_kinds;
mod pages;
mod read;
mod records;
mod saved;
