//! The keys of blobs (`service.md` section 4.3): ids, days and fixed words, nothing that a caller
//! wrote.

use formats::Format;

use crate::id::{JobId, RunId};

/// The input of a job, as it was received.
#[must_use]
pub fn input(job: JobId) -> String {
    format!("in/{}/{job}", job.day())
}

/// What stands before the keys of all outputs of a job.
#[must_use]
pub fn output(job: JobId) -> String {
    format!("out/{}/{job}", job.day())
}

/// A result of a run.
#[must_use]
pub fn result(output: &str, attempt: u32, run: RunId, format: Format) -> String {
    // The last part of what files are usually called: `ris.ris`, `bibtex.bib`.
    let extension = extension(format);
    format!("{output}/{attempt}-{run}/{format}.{extension}")
}

/// The diagnostics of a run.
#[must_use]
pub fn diagnostics(output: &str, attempt: u32, run: RunId) -> String {
    format!("{output}/{attempt}-{run}/diagnostics.ndjson")
}

/// The finished event of an attempt: whoever creates it first has won.
#[must_use]
pub fn done(output: &str, attempt: u32) -> String {
    format!("{output}/{attempt}/done.json")
}

/// The extension of a file that is downloaded (`service.md` section 6.3).
#[must_use]
pub fn extension(format: Format) -> &'static str {
    match format {
        Format::Ris => "ris",
        Format::Bibtex | Format::Biblatex => "bib",
        Format::CslJson => "json",
        Format::EndnoteXml => "xml",
        Format::Jsonl => "jsonl",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_built_as_the_specification_has_them() {
        let job: JobId = "0193580e-7c1a-7d43-9a51-3c2f6f0b8e11".parse().expect("an id");
        let run = RunId::from_bits(0x8f3a_90c1_d2e4_b576);
        let out = output(job);
        assert_eq!(input(job), "in/2024-11-23/0193580e-7c1a-7d43-9a51-3c2f6f0b8e11");
        assert_eq!(out, "out/2024-11-23/0193580e-7c1a-7d43-9a51-3c2f6f0b8e11");
        assert_eq!(result(&out, 1, run, Format::Ris), format!("{out}/1-8f3a90c1d2e4b576/ris.ris"));
        assert_eq!(
            diagnostics(&out, 2, run),
            format!("{out}/2-8f3a90c1d2e4b576/diagnostics.ndjson")
        );
        assert_eq!(done(&out, 2), format!("{out}/2/done.json"));
    }
}
