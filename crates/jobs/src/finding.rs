//! Lines of diagnostics, as they are handed out (`service.md` section 6.6).

use convert::Diagnostic;
use model::Severity;
use serde::Serialize;

/// What was said about a record or the input, as one JSON object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding<'a> {
    /// The record's place in the input, counting from 1; none for the input as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<u64>,
    /// Its PMID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pmid: Option<String>,
    /// Bytes of the unpacked input before the place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub byte_offset: Option<u64>,
    /// The line of the place, counting from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// How much it matters.
    pub severity: Severity,
    /// What it is.
    pub code: &'a str,
    /// The format that it is about; none for what concerns every format.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<&'static str>,
    /// The place and the text concerned, in words.
    pub message: &'a str,
}

impl<'a> From<&'a Diagnostic> for Finding<'a> {
    fn from(diagnostic: &'a Diagnostic) -> Self {
        Self {
            record: diagnostic.index,
            pmid: diagnostic.pmid.map(|pmid| pmid.to_string()),
            byte_offset: diagnostic.offset,
            line: diagnostic.line,
            severity: diagnostic.severity,
            code: diagnostic.code.as_str(),
            format: diagnostic.format.map(formats::Format::as_str),
            message: &diagnostic.message,
        }
    }
}

impl<'a> Finding<'a> {
    /// What stands behind the last line when there are more findings than lines.
    #[must_use]
    pub fn truncated(message: &'a str) -> Self {
        Self {
            record: None,
            pmid: None,
            byte_offset: None,
            line: None,
            severity: Severity::Note,
            code: "diagnostics-truncated",
            format: None,
            message,
        }
    }
}

#[cfg(test)]
mod tests {
    use formats::Format;
    use model::Code;

    use super::*;

    #[test]
    fn a_line_has_the_names_of_the_specification() {
        let diagnostic = Diagnostic {
            index: Some(17),
            pmid: "31452104".parse().ok(),
            code: Code::DateUnparsed,
            severity: Severity::Note,
            format: Some(Format::Ris),
            offset: Some(102_933),
            line: Some(4),
            message: "PubDate: `Summer?`".to_owned(),
        };
        assert_eq!(
            serde_json::to_string(&Finding::from(&diagnostic)).expect("JSON"),
            r#"{"record":17,"pmid":"31452104","byte_offset":102933,"line":4,"severity":"note","code":"date-unparsed","format":"ris","message":"PubDate: `Summer?`"}"#
        );
        assert_eq!(
            serde_json::to_string(&Finding::truncated("more")).expect("JSON"),
            r#"{"severity":"note","code":"diagnostics-truncated","message":"more"}"#
        );
    }
}
