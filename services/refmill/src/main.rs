//! `refmill`: PubMed records as the reference formats that people's software reads.

fn main() {}
