//! What is said about one record or about the input, as one line.

use formats::Format;
use model::{Code, Pmid, Severity, Warning};
use pubmed::Fault;
use serde::{Serialize, Serializer};

/// A line of the diagnostics: which record, what, where. As JSON it is one object.
///
/// `docs/diagnostics.md` lists the codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// The record's place in the input, counting from 1 and counting rejected records; none for
    /// what concerns the input as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<u64>,
    /// Its PMID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pmid: Option<Pmid>,
    /// What it is.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// The format that it is about; none for what concerns every format.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "name_of_format")]
    pub format: Option<Format>,
    /// Bytes before the place, from the start of the unpacked input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// Line of the place in the unpacked input, counting from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The place and the text concerned, in words.
    pub message: String,
}

impl Diagnostic {
    /// A warning about a record, or about the input if there is no index.
    pub(crate) fn warning(index: Option<u64>, pmid: Option<Pmid>, warning: Warning) -> Self {
        Self {
            index,
            pmid,
            code: warning.code,
            severity: warning.code.severity(),
            format: None,
            offset: None,
            line: None,
            message: warning.text,
        }
    }

    /// A fault; `skipped` bytes of the input stood before what the reader saw.
    pub(crate) fn fault(index: Option<u64>, fault: Fault, skipped: u64) -> Self {
        Self {
            index,
            pmid: fault.pmid,
            code: fault.code,
            severity: fault.code.severity(),
            format: None,
            offset: Some(fault.offset + skipped),
            line: (fault.line > 0).then_some(fault.line),
            message: fault.message,
        }
    }
}

#[expect(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature that serde asks for"
)]
fn name_of_format<S: Serializer>(format: &Option<Format>, out: S) -> Result<S::Ok, S::Error> {
    format.map(Format::as_str).serialize(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_which_record_what_and_where() {
        let fault = Fault {
            code: Code::RecordMalformed,
            pmid: "123".parse().ok(),
            offset: 40,
            line: 3,
            message: "`</Author>` closes nothing".to_owned(),
        };
        let line = Diagnostic::fault(Some(2), fault, 3);
        assert_eq!(
            serde_json::to_string(&line).expect("JSON"),
            r#"{"index":2,"pmid":"123","code":"record-malformed","severity":"error","offset":43,"line":3,"message":"`</Author>` closes nothing"}"#
        );
    }

    #[test]
    fn what_is_not_known_is_absent() {
        let warning = Warning::new(Code::DocumentConcatenated, "2 documents");
        let line = Diagnostic::warning(None, None, warning);
        assert_eq!(
            serde_json::to_string(&line).expect("JSON"),
            r#"{"code":"document-concatenated","severity":"note","message":"2 documents"}"#
        );
    }
}
