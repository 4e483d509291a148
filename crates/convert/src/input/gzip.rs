//! Gzip as it is found: several members, padding behind the last one, damage.

use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;
use model::Code;

use super::meter::Meter;

/// The first bytes of gzip.
pub(super) const MAGIC: &[u8] = &[0x1f, 0x8b];

/// Unpacks all members one after another (RFC 1952 section 2.2).
///
/// Zeros behind a member are padding, as tapes leave it. Anything else that is wrong is noted in
/// the meter and ends the data.
#[derive(Debug)]
pub(super) struct Members<R> {
    member: Option<GzDecoder<R>>,
    meter: Meter,
}

impl<R: BufRead> Members<R> {
    pub(super) fn new(packed: R, meter: Meter) -> Self {
        Self { member: Some(GzDecoder::new(packed)), meter }
    }

    /// Goes to the next member; `None` at the end.
    fn next_member(&mut self) -> io::Result<Option<GzDecoder<R>>> {
        let Some(mut packed) = self.member.take().map(GzDecoder::into_inner) else {
            return Ok(None);
        };
        let mut padding = false;
        loop {
            let bytes = packed.fill_buf()?;
            if bytes.is_empty() {
                return Ok(None);
            }
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            if zeros == 0 && !padding {
                return Ok(Some(GzDecoder::new(packed)));
            }
            if zeros < bytes.len() {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "something other than gzip stands behind the padding",
                ));
            }
            padding = true;
            packed.consume(zeros);
        }
    }

    fn unpack(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            match member.read(buffer)? {
                0 => self.member = self.next_member()?,
                read => return Ok(read),
            }
        }
        Ok(0)
    }
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        match self.unpack(buffer) {
            Err(error) if !self.meter.has_failed() => {
                self.member = None;
                let message = if error.kind() == io::ErrorKind::UnexpectedEof {
                    "the gzip data end early".to_owned()
                } else {
                    format!("the gzip data are damaged: {error}")
                };
                self.meter.damage(Code::CompressionDamaged, message);
                Ok(0)
            }
            read => read,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn packed(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text.as_bytes()).expect("memory takes all");
        encoder.finish().expect("memory takes all")
    }

    /// What can be unpacked, and what is wrong with the rest.
    fn unpacked(bytes: &[u8]) -> (String, Option<String>) {
        let meter = Meter::default();
        let mut text = String::new();
        let mut members = Members::new(bytes, meter.clone());
        members.read_to_string(&mut text).expect("damage is no error");
        (text, meter.take_damage().map(|fault| fault.message))
    }

    #[test]
    fn members_are_read_one_after_another() {
        let bytes = [packed("one"), packed(""), packed(" two")].concat();
        assert_eq!(unpacked(&bytes), ("one two".to_owned(), None));
    }

    #[test]
    fn zeros_behind_the_last_member_are_padding() {
        let bytes = [packed("one"), vec![0; 1000]].concat();
        assert_eq!(unpacked(&bytes), ("one".to_owned(), None));
    }

    #[test]
    fn anything_else_behind_the_last_member_is_damage() {
        for tail in [b"junk".to_vec(), [vec![0; 5], packed("two")].concat()] {
            let (text, damage) = unpacked(&[packed("one"), tail].concat());
            assert_eq!(text, "one");
            assert!(damage.is_some());
        }
    }

    #[test]
    fn nothing_is_unpacked_behind_padding_that_fills_a_buffer() {
        let (first, second) = ([packed("one"), vec![0; 5]].concat(), packed("two"));
        let meter = Meter::default();
        let mut text = String::new();
        let mut members = Members::new(first.chain(second.as_slice()), meter.clone());
        members.read_to_string(&mut text).expect("damage is no error");
        assert_eq!(text, "one");
        assert!(meter.take_damage().is_some());
    }

    #[test]
    fn data_that_end_early_are_read_up_to_there() {
        let whole = packed(&"some words ".repeat(1000));
        for length in [3, 10, whole.len() / 2, whole.len() - 1] {
            let (text, damage) = unpacked(&whole[..length]);
            assert!(text.len() <= 11_000);
            assert_eq!(damage.as_deref(), Some("the gzip data end early"), "{length}");
        }
    }

    #[test]
    fn a_wrong_checksum_is_damage() {
        let mut bytes = packed("one");
        let checksum = bytes.len() - 8;
        bytes[checksum] ^= 1;
        let (text, damage) = unpacked(&bytes);
        assert_eq!(text, "one");
        assert!(damage.expect("a fault").starts_with("the gzip data are damaged"));
    }
}
