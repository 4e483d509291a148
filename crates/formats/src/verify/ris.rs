//! RIS by a strict grammar of lines (`output-formats.md` section 3.1).

use std::io::BufRead;

use super::{Fault, Found, next_line};

/// Tags that may stand in a record more than once.
const REPEATED: &[&str] = &["AU", "A2", "A3", "ED", "KW", "N1", "SN"];

/// Reads record by record: `TY`, further lines, `ER`, an empty line.
pub(super) fn read(reader: &mut dyn BufRead, each: &mut dyn FnMut(Found)) -> Result<(), Fault> {
    let mut buffer = Vec::new();
    let mut open: Option<Fields> = None;
    while let Some(line) = next_line(reader, &mut buffer)? {
        let (tag, value) = tag_and_value(line)?;
        match (tag, open.as_mut()) {
            ("TY", None) => open = Some(Fields::default()),
            ("ER", Some(fields)) if value.is_empty() => {
                each(fields.found());
                open = None;
                if next_line(reader, &mut buffer)? != Some("\r\n") {
                    return Err(Fault::malformed("no empty line follows the end of a record"));
                }
            }
            (tag, Some(fields)) => fields.add(tag, value)?,
            (_, None) => return Err(wrong(line, "stands outside a record")),
        }
    }
    match open {
        Some(_) => Err(Fault::malformed("the last record has no end")),
        None => Ok(()),
    }
}

/// `XX  - value` and a line end.
fn tag_and_value(line: &str) -> Result<(&str, &str), Fault> {
    let parse = || {
        let line = line.strip_suffix("\r\n")?;
        let (tag, rest) = line.split_at_checked(2)?;
        let is_tag = |tag: &[u8]| {
            tag[0].is_ascii_uppercase() && (tag[1].is_ascii_uppercase() || tag[1].is_ascii_digit())
        };
        let value = rest.strip_prefix("  - ").filter(|_| is_tag(tag.as_bytes()))?;
        let is_plain = !value.contains(char::is_control) && !value.ends_with(' ');
        (is_plain && (value.is_empty() == (tag == "ER"))).then_some((tag, value))
    };
    parse().ok_or_else(|| wrong(line, "is no line of RIS"))
}

fn wrong(line: &str, fault: &str) -> Fault {
    let start: String = line.chars().take(60).collect();
    Fault::malformed(format_args!("`{}` {fault}", start.escape_debug()))
}

/// What one record says, and which tags it has had.
#[derive(Default)]
struct Fields {
    seen: Vec<String>,
    title: Option<String>,
    accession: Option<String>,
    custom2: Option<String>,
    doi: Option<String>,
}

impl Fields {
    fn add(&mut self, tag: &str, value: &str) -> Result<(), Fault> {
        if self.seen.iter().any(|seen| seen == tag) && !REPEATED.contains(&tag) {
            return Err(wrong(tag, "stands twice in a record"));
        }
        self.seen.push(tag.to_owned());
        let field = match tag {
            "TI" | "T1" => &mut self.title,
            "AN" => &mut self.accession,
            "C2" => &mut self.custom2,
            "DO" => &mut self.doi,
            _ => return Ok(()),
        };
        *field = Some(value.to_owned());
        Ok(())
    }

    /// The dialect of JabRef has the PMID where the others have the PMCID.
    fn found(&mut self) -> Found {
        let is_pmid = |value: &String| value.bytes().all(|sign| sign.is_ascii_digit());
        let pmid = self.accession.take().or(self.custom2.take().filter(is_pmid));
        Found { title: self.title.take(), pmid, doi: self.doi.take() }
    }
}
