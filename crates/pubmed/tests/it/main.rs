//! Reads the corpus of real PubMed data, which is not part of this repository.

mod corpus;
mod counts;
mod invented;
mod pages;
