//! What the walk finds, rule by rule; `law` says that it finds what a parser finds.

mod containers;
mod endings;
mod extents;
mod law;
mod limits;
mod prologs;
mod refusals;

use model::Pmid;

use super::*;

/// A piece with its place in the input, as a test compares it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Found {
    Record(String),
    Deleted(Vec<u64>),
    Remark(Code, String),
    Fault(Code, usize, Option<u64>),
}

/// What stands in an input that comes in parts of that many bytes.
fn found_in_parts(input: &[u8], part: usize, limits: Limits, last: After) -> Vec<Found> {
    let mut splitter = Splitter::new(limits);
    let (mut done, mut read) = (0, 0);
    let mut found = Vec::new();
    while !splitter.is_done() {
        read = (read + part).min(input.len());
        let after = if read == input.len() { last } else { After::More };
        let bytes = &input[done..read];
        let mut pieces = Vec::new();
        let walked = splitter.walk(Window { bytes, offset: done as u64, after }, &mut pieces);
        found.extend(pieces.into_iter().map(|piece| match piece {
            Piece::Record { range, .. } => {
                assert!(range.end <= walked, "the bytes of a piece are done with");
                Found::Record(String::from_utf8_lossy(&bytes[range]).into_owned())
            }
            Piece::Medline(_) | Piece::Page { .. } => unreachable!("no XML"),
            Piece::Deleted(pmids) => Found::Deleted(pmids.into_iter().map(Pmid::number).collect()),
            Piece::Remark(warning) => Found::Remark(warning.code, warning.text),
            Piece::Fault { at, code, pmid, .. } => {
                Found::Fault(code, done + at, pmid.map(Pmid::number))
            }
        }));
        done += walked;
        assert!(read - done <= splitter.most_bytes(), "memory is bounded");
    }
    found
}

/// What stands in an input, however it comes in.
fn found_within(input: &[u8], limits: Limits) -> Vec<Found> {
    let whole = found_in_parts(input, input.len().max(1), limits, After::End);
    for part in [1, 2, 3, 7, 64] {
        assert_eq!(found_in_parts(input, part, limits, After::End), whole, "parts of {part}");
    }
    whole
}

fn found(input: &str) -> Vec<Found> {
    found_within(input.as_bytes(), Limits::default())
}

/// The records of an input in which there is nothing else.
fn records(input: &str) -> Vec<String> {
    let record = |found| match found {
        Found::Record(record) => record,
        other => panic!("not a record: {other:?}"),
    };
    found(input).into_iter().map(record).collect()
}

fn record(text: &str) -> Found {
    Found::Record(text.to_owned())
}

fn fault(code: Code, at: Option<usize>) -> Found {
    Found::Fault(code, at.expect("the place is in the input"), None)
}

fn remark(code: Code, text: &str) -> Found {
    Found::Remark(code, text.to_owned())
}
