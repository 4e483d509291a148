//! Opening an input: unpacking, decoding, finding out what it is.
//!
//! ```text
//! bytes → counted → gzip? → counted and limited → UTF-8 → what is it? → a reader of `pubmed`
//! ```
//!
//! Plain UTF-8 goes through untouched: bytes that are wrong reach the reader, which says where.

mod encoding;
mod gzip;
mod meter;
mod sniff;

use std::io::{self, BufRead, BufReader, Cursor, Read};

use model::Code;
use pubmed::Fault;

use crate::request::{Limits, Source};
use encoding::{Found, Transcoder};
use gzip::Members;
pub(crate) use meter::Meter;
pub use meter::TooMuch;
use meter::{Packed, Unpacked};
use sniff::Look;

/// An input that is text of a known kind.
pub(crate) struct Input<'a> {
    /// What it is.
    pub(crate) source: Source,
    /// What its beginning looks like, where that is not what was asked for.
    pub(crate) looks_like: Option<String>,
    /// UTF-8, or what claims to be.
    pub(crate) text: Box<dyn Read + Send + 'a>,
    /// Unpacked bytes that stood before `text`: the length of a byte-order mark.
    pub(crate) skipped: u64,
}

/// Why an input cannot be opened.
#[derive(Debug)]
pub(crate) enum Closed {
    /// It is not what can be read here.
    Refused(Fault),
    /// It could not be read at all.
    Failed(io::Error),
}

impl From<io::Error> for Closed {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

/// Bytes that are looked at to find out what an input is.
const LOOKED_AT: usize = 64 << 10;
/// Bytes read at a time from what comes in.
const BUFFER: usize = 128 << 10;

/// Opens an input. A `source` that is given is followed, whatever the beginning looks like, but
/// binary data are refused.
pub(crate) fn open<'a>(
    raw: impl Read + Send + 'a,
    source: Option<Source>,
    limits: Limits,
    meter: &Meter,
) -> Result<Input<'a>, Closed> {
    let packed = Packed { raw, meter: meter.clone() };
    let mut packed = BufReader::with_capacity(BUFFER, packed);
    let is_gzip = packed.fill_buf()?.starts_with(gzip::MAGIC);
    let inner: Box<dyn Read + Send + 'a> =
        if is_gzip { Box::new(Members::new(packed, meter.clone())) } else { Box::new(packed) };
    let unpacked = Unpacked { inner, meter: meter.clone(), limits };

    let (start, bytes) = peek(Box::new(unpacked))?;
    if start.is_empty()
        && let Some(damage) = meter.take_damage()
    {
        return Err(Closed::Refused(damage));
    }
    if let Some(name) = sniff::binary(&start) {
        return Err(refused(format!("this is {name}")));
    }
    let (start, text, skipped) = match encoding::find(&start) {
        Found::Utf8 { mark: 0 } => (start, bytes, 0),
        Found::Utf8 { mark } => {
            let mut bytes = bytes;
            bytes.read_exact(&mut vec![0; mark])?;
            (start[mark..].to_vec(), bytes, mark as u64)
        }
        Found::Other(encoding) => {
            let (start, text) = peek(Box::new(Transcoder::new(bytes, encoding, meter.clone())))?;
            (start, text, 0)
        }
        Found::Unknown => {
            let message = "the encoding that the XML declaration names is not known".to_owned();
            let fault =
                Fault { code: Code::EncodingInvalid, pmid: None, offset: 0, line: 1, message };
            return Err(Closed::Refused(fault));
        }
    };
    let (source, looks_like) = match (source, sniff::text(&start)) {
        (_, Look::Empty) => {
            let message = "this is empty".to_owned();
            let fault = Fault { code: Code::InputEmpty, pmid: None, offset: 0, line: 1, message };
            return Err(Closed::Refused(fault));
        }
        (Some(source), Look::Source(found)) => (source, other_than(source, found)),
        (Some(source), Look::Foreign(name)) => (source, Some(name.to_owned())),
        (None, Look::Source(source)) => (source, None),
        (None, Look::Foreign(name)) => return Err(refused(format!("this is {name}"))),
    };
    Ok(Input { source, looks_like, text, skipped })
}

/// What was found, in words, where it is not what was asked for.
fn other_than(asked: Source, found: Source) -> Option<String> {
    (asked != found).then(|| format!("{} (`--from {}`)", found.describe(), found.as_str()))
}

/// The input is not what can be read here.
pub(crate) fn refused(what: String) -> Closed {
    let fault = Fault { code: Code::InputRefused, pmid: None, offset: 0, line: 1, message: what };
    Closed::Refused(fault)
}

/// The first bytes, and a reader that still gives them.
fn peek<'a>(
    mut reader: Box<dyn Read + Send + 'a>,
) -> io::Result<(Vec<u8>, Box<dyn Read + Send + 'a>)> {
    let mut start = Vec::new();
    reader.by_ref().take(LOOKED_AT as u64).read_to_end(&mut start)?;
    let whole = Cursor::new(start.clone()).chain(reader);
    Ok((start, Box::new(whole)))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    const SET: &str = "<?xml version=\"1.0\"?>\n<PubmedArticleSet>Ü</PubmedArticleSet>\n";

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).expect("memory takes all");
        encoder.finish().expect("memory takes all")
    }

    fn text_of(bytes: &[u8]) -> String {
        let input = open(bytes, None, Limits::default(), &Meter::default());
        let mut input = input.unwrap_or_else(|closed| panic!("{closed:?}"));
        let mut text = String::new();
        input.text.read_to_string(&mut text).expect("text");
        text
    }

    fn refusal(bytes: &[u8]) -> (Code, String) {
        match open(bytes, None, Limits::default(), &Meter::default()).err() {
            Some(Closed::Refused(fault)) => (fault.code, fault.message),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn packing_and_encoding_do_not_change_the_text() {
        let utf_16: Vec<u8> =
            format!("\u{feff}{SET}").encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [SET.as_bytes(), &gzip(SET.as_bytes()), &utf_16, &gzip(&utf_16)] {
            assert_eq!(text_of(bytes), SET);
        }
        assert_eq!(text_of(format!("\u{feff}{SET}").as_bytes()), SET);
    }

    #[test]
    fn wrong_bytes_in_utf_8_reach_the_reader() {
        let bytes = b"<PubmedArticleSet>\xfc</PubmedArticleSet>";
        let input = open(&bytes[..], None, Limits::default(), &Meter::default());
        let mut input = input.unwrap_or_else(|closed| panic!("{closed:?}"));
        let mut text = Vec::new();
        input.text.read_to_end(&mut text).expect("bytes");
        assert_eq!(text, bytes);
    }

    #[test]
    fn what_is_no_pubmed_document_is_refused_by_name() {
        assert_eq!(refusal(b"").0, Code::InputEmpty);
        assert_eq!(refusal(&gzip(b"")).0, Code::InputEmpty);
        for (bytes, sentence) in [
            (&b"%PDF-1.7\n"[..], "this is a PDF document"),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", "this is a JPEG image"),
            (b"{\"a\":1}", "this is JSON"),
            (&gzip(&gzip(b"<a/>")), "this is gzip data inside gzip data"),
        ] {
            assert_eq!(refusal(bytes), (Code::InputRefused, sentence.to_owned()));
        }
        assert_eq!(refusal(&gzip(SET.as_bytes())[..8]).0, Code::CompressionDamaged);
    }

    #[test]
    fn an_input_that_unpacks_to_too_much_is_stopped() {
        let bomb = gzip(&[b"<a>".to_vec(), vec![b'x'; 12 << 20]].concat());
        let by_size = Limits { decoded_bytes: Some(1 << 20), ..Limits::default() };
        let by_ratio = Limits { ratio: Some(200), ..Limits::default() };
        for (limits, expected) in [
            (by_size, TooMuch::Decoded { limit: 1 << 20 }),
            (by_ratio, TooMuch::Ratio { limit: 200 }),
        ] {
            let input = open(&bomb[..], None, limits, &Meter::default());
            let mut input = input.unwrap_or_else(|closed| panic!("{closed:?}"));
            let error = io::copy(&mut input.text, &mut io::sink()).expect_err("too much");
            let found = error.get_ref().and_then(|inner| inner.downcast_ref::<TooMuch>());
            assert_eq!(found, Some(&expected));
        }
    }
}
