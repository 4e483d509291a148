//! What is said on standard error.

use std::fmt::{self, Display};
use std::io;

use convert::{Diagnostic, Failure, Report};
use model::Code;

/// What an input should have been.
const EXPECTED: &str = "expected PubMed XML, a saved PubMed page or MEDLINE text";

/// Says something to the person who waits.
pub(crate) fn say(sentence: impl Display) {
    eprintln!("refmill: {sentence}");
}

/// About a record that was rejected: `in.xml, line 812, PMID 99000001: …`.
pub(crate) fn rejected(input: &str, diagnostic: &Diagnostic) -> String {
    let mut sentence = format!("{input}{}", line(diagnostic));
    if let Some(index) = diagnostic.index {
        sentence.push_str(", record ");
        sentence.push_str(&index.to_string());
    }
    if let Some(pmid) = diagnostic.pmid {
        sentence.push_str(", PMID ");
        sentence.push_str(&pmid.to_string());
    }
    format!("{sentence}: {} ({})", clean(&diagnostic.message), diagnostic.code)
}

/// What became of the records before the place where everything ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// They were converted.
    Kept(u64),
    /// Nothing was written.
    Dropped,
    /// Some of them were printed already.
    Printed,
}

/// About an input that could not be read to its end.
pub(crate) fn ended(input: &str, ended: &Diagnostic, fate: Fate) -> String {
    let message = clean(&ended.message);
    match ended.code {
        Code::InputRefused | Code::InputEmpty => format!("{input}: {message}; {EXPECTED}"),
        _ => {
            let rest = match fate {
                Fate::Kept(1) => "the record before it was converted".to_owned(),
                Fate::Kept(count) => format!("the {} before it were converted", records(count)),
                Fate::Dropped | Fate::Printed => format!("{}; {EXPECTED}", rest(fate)),
            };
            format!("{input}{}: {message} ({}); {rest}", line(ended), ended.code)
        }
    }
}

/// What is there of outputs that cannot be used.
fn rest(fate: Fate) -> &'static str {
    match fate {
        Fate::Printed => "what was printed is not whole",
        Fate::Kept(_) | Fate::Dropped => "nothing was written",
    }
}

/// About an input, or several, of which no record could be converted.
pub(crate) fn useless(inputs: &[String]) -> String {
    let whose = if let [input] = inputs { format!("{input}: ") } else { String::new() };
    format!("{whose}no record could be converted; nothing was written")
}

/// About an input that cannot be opened or read.
pub(crate) fn unreadable(input: &str, error: &io::Error) -> String {
    let reason = match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::IsADirectory => "this is a folder".to_owned(),
        io::ErrorKind::PermissionDenied => "this file may not be read".to_owned(),
        _ => format!("reading failed: {error}"),
    };
    format!("{input}: {reason}; {EXPECTED}")
}

/// About a conversion that failed while that input was read.
pub(crate) fn failed(input: &str, failure: &Failure, fate: Fate) -> String {
    let rest = rest(fate);
    match failure {
        Failure::Read(error) => unreadable(input, error),
        Failure::Rejected(diagnostic) => format!("{}; {rest}", rejected(input, diagnostic)),
        other => format!("{input}: {}; {rest}", Chain(other)),
    }
}

/// What was done, on one line.
pub(crate) fn summary(report: &Report) -> String {
    let written = report.records_written.iter();
    let written: Vec<String> =
        written.map(|(format, count)| format!("{format} {}", number(*count))).collect();
    let mut parts = vec![
        format!("{} read{}", records(report.records_read), kinds(report)),
        format!("written: {}", written.join(", ")),
    ];
    for (count, what) in
        [(report.records_omitted, "left out as asked for"), (report.records_rejected, "rejected")]
    {
        if count > 0 {
            parts.push(format!("{} {what}", number(count)));
        }
    }
    for (count, what) in [(report.warnings, "warning"), (report.deleted, "withdrawn PMID")] {
        if count > 0 {
            parts.push(counted(count, what));
        }
    }
    let speed = Bytes(per_second(report.bytes_unpacked, report.seconds));
    parts.push(format!("{} in {:.2} s, {speed}/s", Bytes(report.bytes_in), report.seconds));
    parts.join("; ")
}

/// What the inputs were read as: ` from nbib and pubmed-html`.
fn kinds(report: &Report) -> String {
    let kinds: Vec<&str> = report.kinds.keys().copied().collect();
    if kinds.is_empty() { String::new() } else { format!(" from {}", kinds.join(" and ")) }
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rate is shown with three digits"
)]
fn per_second(bytes: u64, seconds: f64) -> u64 {
    (bytes as f64 / seconds.max(1e-6)) as u64
}

/// Words from a file, fit for a terminal: no control characters, no screens full of text.
fn clean(words: &str) -> String {
    const LONGEST: usize = 300;
    let mut clean: String = words
        .chars()
        .take(LONGEST)
        .map(|sign| if sign.is_control() { '\u{fffd}' } else { sign })
        .collect();
    if words.chars().nth(LONGEST).is_some() {
        clean.push('…');
    }
    clean
}

fn line(diagnostic: &Diagnostic) -> String {
    diagnostic.line.map_or_else(String::new, |line| format!(", line {line}"))
}

fn records(count: u64) -> String {
    counted(count, "record")
}

/// So many of something: `1 record`, `2 records`.
fn counted(count: u64, what: &str) -> String {
    format!("{} {what}{}", number(count), if count == 1 { "" } else { "s" })
}

/// A number in groups of three digits: `30,000`.
pub(crate) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Bytes as a person says them: `173.8 MB`.
struct Bytes(u64);

impl Display for Bytes {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, name) = match self.0 {
            0..1_000 => return write!(out, "{} bytes", self.0),
            1_000..1_000_000 => (1_000, "kB"),
            1_000_000..1_000_000_000 => (1_000_000, "MB"),
            _ => (1_000_000_000, "GB"),
        };
        let tenths = self.0 / (unit / 10);
        write!(out, "{}.{} {name}", tenths / 10, tenths % 10)
    }
}

/// An error and its sources, each once.
pub(crate) struct Chain<'a>(pub(crate) &'a dyn std::error::Error);

impl Display for Chain<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.0)?;
        let mut source = self.0.source();
        while let Some(error) = source {
            write!(out, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_bytes_are_written_for_people() {
        for (given, shown) in [(0, "0"), (999, "999"), (30_000, "30,000"), (1_234_567, "1,234,567")]
        {
            assert_eq!(number(given), shown);
        }
        for (given, shown) in [
            (12, "12 bytes"),
            (1_500, "1.5 kB"),
            (173_757_862, "173.7 MB"),
            (2_040_000_000, "2.0 GB"),
        ] {
            assert_eq!(Bytes(given).to_string(), shown);
        }
    }

    #[test]
    fn what_a_stranger_wrote_cannot_play_with_the_terminal() {
        assert_eq!(clean("a\u{1b}[31mb\n"), "a\u{fffd}[31mb\u{fffd}");
        assert_eq!(clean(&"x".repeat(400)).chars().count(), 301);
    }
}
