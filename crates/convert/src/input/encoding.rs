//! In which encoding the text is, and its way to UTF-8 (`xml-input.md` section 3, steps 2 and 3).

use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use model::Code;

use super::meter::Meter;

/// What the first bytes say about the encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// UTF-8, behind a mark of so many bytes: goes through untouched.
    Utf8 {
        /// 3, or 0 where there is no mark.
        mark: usize,
    },
    /// Another encoding.
    Other(&'static Encoding),
    /// The XML declaration names an encoding that nobody knows.
    Unknown,
}

/// Looks at the byte-order mark, then at the XML declaration.
///
/// Nothing is guessed: what says nothing is UTF-8, and the reader reports bytes that are not.
pub(super) fn find(start: &[u8]) -> Found {
    match start {
        [0xef, 0xbb, 0xbf, ..] => Found::Utf8 { mark: 3 },
        [0xff, 0xfe, ..] | [b'<', 0, _, 0, ..] => Found::Other(UTF_16LE),
        [0xfe, 0xff, ..] | [0, b'<', 0, _, ..] => Found::Other(UTF_16BE),
        _ => match declared(start).map(str::trim) {
            None => Found::Utf8 { mark: 0 },
            // ASCII is UTF-8. What can be read as ASCII is not UTF-16, whatever it says.
            Some(label) if is_label(label, &["ascii", "us-ascii"]) => Found::Utf8 { mark: 0 },
            Some(label) => match Encoding::for_label_no_replacement(label.as_bytes()) {
                None => Found::Unknown,
                Some(encoding) if [UTF_8, UTF_16LE, UTF_16BE].contains(&encoding) => {
                    Found::Utf8 { mark: 0 }
                }
                Some(encoding) => Found::Other(encoding),
            },
        },
    }
}

fn is_label(label: &str, labels: &[&str]) -> bool {
    labels.iter().any(|other| label.eq_ignore_ascii_case(other))
}

/// The encoding that the XML declaration names.
fn declared(start: &[u8]) -> Option<&str> {
    let start = start.trim_ascii_start().strip_prefix(b"<?xml")?;
    let end = memchr::memmem::find(start, b"?>")?;
    let declaration = std::str::from_utf8(&start[..end]).ok()?;
    let (_, rest) = declaration.split_once("encoding")?;
    let value = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|sign| matches!(sign, '"' | '\''))?;
    value[1..].split_once(quote).map(|(label, _)| label)
}

/// Decodes into UTF-8. Bytes that are no text are noted in the meter and end the data.
pub(super) struct Transcoder<R> {
    encoded: R,
    decoder: Decoder,
    meter: Meter,
    /// Bytes that wait for decoding, from `used` on.
    bytes: Vec<u8>,
    used: usize,
    /// Text that waits for being read, from `given` on.
    text: Vec<u8>,
    given: usize,
    done: bool,
}

/// Encoded bytes in hand.
const PORTION: usize = 64 << 10;

impl<R: Read> Transcoder<R> {
    pub(super) fn new(encoded: R, encoding: &'static Encoding, meter: Meter) -> Self {
        Self {
            encoded,
            decoder: encoding.new_decoder_with_bom_removal(),
            meter,
            bytes: Vec::new(),
            used: 0,
            text: Vec::new(),
            given: 0,
            done: false,
        }
    }

    /// Decodes the next portion.
    fn refill(&mut self) -> io::Result<()> {
        let mut last = false;
        if self.used == self.bytes.len() {
            self.bytes.resize(PORTION, 0);
            let read = self.encoded.read(&mut self.bytes)?;
            self.bytes.truncate(read);
            self.used = 0;
            last = read == 0;
        }
        // No encoding needs more than three bytes of UTF-8 for one of its own.
        self.text.resize(3 * PORTION + 16, 0);
        let waiting = &self.bytes[self.used..];
        let (result, used, written) =
            self.decoder.decode_to_utf8_without_replacement(waiting, &mut self.text, last);
        self.used += used;
        self.text.truncate(written);
        self.given = 0;
        match result {
            DecoderResult::InputEmpty => self.done = last,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => {
                self.done = true;
                let encoding = self.decoder.encoding().name();
                let message = format!("the bytes are not text in {encoding}");
                self.meter.damage(Code::EncodingInvalid, message);
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Transcoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() && !self.done {
            self.refill()?;
        }
        let length = buffer.len().min(self.text.len() - self.given);
        buffer[..length].copy_from_slice(&self.text[self.given..self.given + length]);
        self.given += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::WINDOWS_1252;

    use super::*;

    const UTF_8_WITHOUT_MARK: Found = Found::Utf8 { mark: 0 };

    #[test]
    fn the_encoding_is_told_by_mark_or_declaration() {
        for (start, found) in [
            (&b"<?xml version='1.0' encoding='UTF-8'?><a/>"[..], UTF_8_WITHOUT_MARK),
            (b"<?xml version='1.0' encoding = \"utf-8\" ?>", UTF_8_WITHOUT_MARK),
            (b"<?xml version=\"1.0\"?>", UTF_8_WITHOUT_MARK),
            (b"<a encoding='latin1'>", UTF_8_WITHOUT_MARK),
            (b"PMID- 1", UTF_8_WITHOUT_MARK),
            (b"", UTF_8_WITHOUT_MARK),
            (b"<?xml version='1.0' encoding='utf-16'?>", UTF_8_WITHOUT_MARK),
            (b"<?xml version='1.0' encoding='us-ascii'?>", UTF_8_WITHOUT_MARK),
            (b"\xef\xbb\xbf<?xml version='1.0' encoding='latin1'?>", Found::Utf8 { mark: 3 }),
            (b"<?xml version='1.0' encoding='ISO-8859-1'?>", Found::Other(WINDOWS_1252)),
            (b"<?xml version='1.0' encoding='martian'?>", Found::Unknown),
            (b"\xff\xfe<\0a\0", Found::Other(UTF_16LE)),
            (b"<\0?\0x\0", Found::Other(UTF_16LE)),
            (b"\xfe\xff\0<\0a", Found::Other(UTF_16BE)),
            (b"\0<\0?\0x", Found::Other(UTF_16BE)),
        ] {
            assert_eq!(find(start), found, "{}", String::from_utf8_lossy(start));
        }
    }

    fn decoded(bytes: &[u8], encoding: &'static Encoding) -> (String, Option<Code>) {
        let meter = Meter::default();
        let mut transcoder = Transcoder::new(bytes, encoding, meter.clone());
        let mut text = Vec::new();
        let mut small = [0; 3];
        while let read @ 1.. = transcoder.read(&mut small).expect("memory never fails") {
            text.extend_from_slice(&small[..read]);
        }
        (String::from_utf8(text).expect("UTF-8"), meter.take_damage().map(|fault| fault.code))
    }

    #[test]
    fn text_of_any_length_becomes_utf_8() {
        let text = "Müller & Søn ≤ 𝛼 ".repeat(20_000);
        let utf_16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decoded(&utf_16, UTF_16LE), (text, None));
        assert_eq!(decoded(b"M\xfcller", WINDOWS_1252), ("Müller".to_owned(), None));
    }

    #[test]
    fn bytes_that_are_no_text_end_it() {
        let lone_surrogate = b"a\0b\0\0\xd8c\0";
        assert_eq!(
            decoded(lone_surrogate, UTF_16LE),
            ("ab".to_owned(), Some(Code::EncodingInvalid))
        );
        assert_eq!(decoded(b"a\0b", UTF_16LE), ("a".to_owned(), Some(Code::EncodingInvalid)));
    }
}
