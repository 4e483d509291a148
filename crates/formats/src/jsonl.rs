//! JSON Lines: the record itself, whole (`output-formats.md` section 7).

use model::{Record, Warning};
use serde::Deserialize;

use crate::Writer;

/// Writes one record of the model a line.
pub(crate) struct JsonLines;

impl Writer for JsonLines {
    fn record(&self, record: &Record, out: &mut Vec<u8>, _warnings: &mut Vec<Warning>) {
        serde_json::to_writer(&mut *out, record)
            .expect("a vector takes everything, and all keys of a record are strings");
        out.push(b'\n');
    }
}

/// A line that is no record.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadLineError {
    /// It is no JSON, or JSON of another shape.
    #[error("not a record of schema {}", model::Schema::NUMBER)]
    Json(#[from] serde_json::Error),
    /// Its brackets are nested deeper than those of any record that a reader makes.
    #[error("nested deeper than {DEEPEST} brackets")]
    TooDeep,
}

/// Markup may stand 256 elements deep in an input, each of which is two brackets here.
const DEEPEST: usize = 640;

/// Reads back one line that the JSON Lines writer has written, with or without its line end.
///
/// Nothing is lost on the way: writing the record again gives the same bytes.
///
/// # Errors
///
/// If the line is no JSON, has a key that this edition does not know, or lacks one.
pub fn read_line(line: &str) -> Result<Record, ReadLineError> {
    if depth(line) > DEEPEST {
        return Err(ReadLineError::TooDeep);
    }
    let mut json = serde_json::Deserializer::from_str(line);
    // Its own limit is too low for markup that a reader lets pass; the stack is safe by ours.
    json.disable_recursion_limit();
    let record = Record::deserialize(&mut json)?;
    json.end()?;
    Ok(record)
}

/// How deep brackets stand in brackets; those inside strings do not count.
fn depth(line: &str) -> usize {
    let (mut deepest, mut depth) = (0, 0_usize);
    let (mut in_string, mut escaped) = (false, false);
    for byte in line.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::arbitrary;
    use crate::samples::{file, sample, samples};

    #[test]
    fn the_samples_are_written_as_specified() {
        for sample in samples("jsonl") {
            let (file, _) = file(&JsonLines, &[sample.record]);
            assert_eq!(file, sample.file, "{}", sample.name);
        }
    }

    #[test]
    fn a_line_of_another_edition_is_refused() {
        for wrong in [
            r#"{"schema":2,"kind":"article"}"#,
            r#"{"schema":1,"kind":"article","colour":"red"}"#,
            r#"{"schema":1,"kind":"poem"}"#,
            r#"{"schema":1} {"schema":1}"#,
            "",
        ] {
            assert!(read_line(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn deep_markup_comes_back() {
        let mut record = sample("seed");
        for depth in 0..256 {
            let style = model::Style::ALL[depth % 6];
            let inner = std::mem::take(&mut record.title);
            record.title.push(model::Inline::Styled(style, inner));
        }
        let (file, _) = file(&JsonLines, std::slice::from_ref(&record));
        assert_eq!(read_line(&file).expect("our own line"), record);
        let too_deep = "[".repeat(DEEPEST + 1);
        assert!(matches!(read_line(&too_deep), Err(ReadLineError::TooDeep)));
        assert_eq!(depth(r#"{"a\\":["]\"["]}"#), 2);
    }

    proptest! {
        #[test]
        fn a_record_comes_back_and_so_does_its_line(record in arbitrary::record()) {
            let (line, warnings) = file(&JsonLines, std::slice::from_ref(&record));
            prop_assert_eq!(line.find('\n'), Some(line.len() - 1));
            let back = read_line(&line).expect("our own line");
            prop_assert_eq!(&back, &record);
            prop_assert_eq!(file(&JsonLines, &[back]).0, line);
            prop_assert!(warnings.is_empty());
        }
    }
}
