//! The layout of MEDLINE text: tags, values and continuation lines (`xml-input.md` section 9.1).

use std::borrow::Cow;

/// One field: a tag and its value on one line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Field<'a> {
    /// Two to four capitals and digits.
    pub(crate) tag: &'a str,
    /// The value, continuation lines joined by one blank; may be empty.
    pub(crate) value: Cow<'a, str>,
}

/// The fields of one record, and the lines that are none.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields<'a> {
    /// Fields in their order, which carries meaning.
    pub(crate) fields: Vec<Field<'a>>,
    /// Lines that are neither a field nor the continuation of one.
    pub(crate) ignored: Vec<&'a str>,
}

/// Tags that stand once in a record: where one comes again, the next record begins.
const SINGLE: &[&str] = &["PMID", "PMC", "OWN", "STAT"];

impl<'a> Fields<'a> {
    /// Takes the text of one record apart.
    pub(crate) fn of(text: &'a str) -> Self {
        let mut all = Self::default();
        for line in text.lines() {
            if let Some((tag, value)) = field(line) {
                all.fields.push(Field { tag, value: Cow::Borrowed(value.trim()) });
            } else if line.trim().is_empty() {
            } else if let (true, Some(last)) =
                (line.starts_with([' ', '\t']), all.fields.last_mut())
            {
                let value = last.value.to_mut();
                if !value.is_empty() {
                    value.push(' ');
                }
                value.push_str(line.trim());
            } else {
                all.ignored.push(line.trim());
            }
        }
        all
    }

    /// The values of a tag, in order, without the empty ones.
    pub(crate) fn all<'b>(&'b self, tag: &'b str) -> impl Iterator<Item = &'b str> {
        let fields = self.fields.iter().filter(move |field| field.tag == tag);
        fields.map(|field| field.value.as_ref()).filter(|value| !value.is_empty())
    }

    /// The first value of a tag that is not empty.
    pub(crate) fn first<'b>(&'b self, tag: &'b str) -> Option<&'b str> {
        self.all(tag).next()
    }
}

/// The tag and the value, if the line is a field.
///
/// The hyphen stands in the fifth column (`TI  - x`, `PMID-1`); elsewhere it counts only with a
/// blank or nothing behind it (`SO- x`, `ISSN - x`), so that `DNA-binding` is no field.
pub(crate) fn field(line: &str) -> Option<(&str, &str)> {
    let (head, value) =
        line.split_at_checked(line.bytes().take(6).position(|sign| sign == b'-')?)?;
    let value = value.strip_prefix('-')?;
    let tag = head.trim_end_matches(' ');
    let well_formed = (2..=4).contains(&tag.len())
        && tag.bytes().all(|sign| sign.is_ascii_uppercase() || sign.is_ascii_digit())
        && tag.starts_with(|sign: char| sign.is_ascii_uppercase());
    let placed = head.len() == 4 || value.is_empty() || value.starts_with([' ', '\t']);
    (well_formed && placed).then_some((tag, value))
}

/// Tells, line by line, where records begin.
#[derive(Debug, Default)]
pub(crate) struct Boundaries {
    seen: [bool; SINGLE.len()],
    begun: bool,
    blank: bool,
}

impl Boundaries {
    /// Whether a record begins with this line and another one ends before it.
    ///
    /// It does at a field behind a blank line, and at a tag that stands once in a record and was
    /// seen already.
    pub(crate) fn begins(&mut self, line: &str) -> bool {
        let Some((tag, _)) = field(line) else {
            // A continuation line behind a blank one still belongs to its field.
            self.blank = line.trim().is_empty() || (self.blank && !line.starts_with([' ', '\t']));
            return false;
        };
        let single = SINGLE.iter().position(|name| *name == tag);
        let again = single.is_some_and(|place| self.seen[place]);
        let begins = self.begun && (self.blank || again);
        if begins {
            self.seen = [false; SINGLE.len()];
        }
        if let Some(place) = single {
            self.seen[place] = true;
        }
        (self.begun, self.blank) = (true, false);
        begins
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str) -> Vec<String> {
        let mut boundaries = Boundaries::default();
        let mut records = vec![String::new()];
        for line in text.lines() {
            if boundaries.begins(line) {
                records.push(String::new());
            }
            if let Some(last) = records.last_mut() {
                last.push_str(line.trim_end());
                last.push('|');
            }
        }
        records
    }

    #[test]
    fn continuation_lines_are_joined_by_one_blank() {
        let text =
            "TI  - One line \r\n      and the next.\r\nAB  - \r\n      Late start\r\nAU  - X\r\n";
        let fields = Fields::of(text);
        assert_eq!(fields.first("TI"), Some("One line and the next."));
        assert_eq!(fields.first("AB"), Some("Late start"));
        assert_eq!(fields.first("AU"), Some("X"));
    }

    #[test]
    fn tags_are_told_from_words_with_hyphens() {
        for (line, expected) in [
            ("PMID-22664220", Some(("PMID", "22664220"))),
            ("TI  -Title", Some(("TI", "Title"))),
            ("SO- citation", Some(("SO", " citation"))),
            ("ISSN - EISSN-0000-0019", Some(("ISSN", " EISSN-0000-0019"))),
            ("AB  -", Some(("AB", ""))),
            ("DNA-binding", None),
            ("SO  invalid line", None),
            ("A   - x", None),
            ("ti  - x", None),
            ("12  - x", None),
            ("", None),
            ("Ü-", None),
        ] {
            assert_eq!(field(line), expected, "{line}");
        }
    }

    #[test]
    fn a_line_that_is_no_field_is_told() {
        let fields = Fields::of("PMID- 1\nSO  invalid line\nTI  - T\n");
        assert_eq!(fields.ignored, ["SO  invalid line"]);
        assert_eq!(fields.first("TI"), Some("T"));
    }

    #[test]
    fn records_end_at_blank_lines_and_at_a_repeated_pmid() {
        assert_eq!(records("\n\nPMID- 1\nTI  - a\n\nPMID- 2\n\n").len(), 2);
        assert_eq!(records("PMID- 1\nTI  - a\nPMID- 2\nTI  - b").len(), 2);
        assert_eq!(records("PMC - PMC1\nPMID- 1\nTI  - a\nPMC - PMC2\nPMID- 2").len(), 2);
        assert_eq!(records("OWN - ERIC\nAU  - a\nAU  - b\n\nOWN - ERIC\nTI  - c").len(), 2);
        assert_eq!(records("PMID- 1\nAB  - first\n\n      second\nAU  - a").len(), 1);
    }
}
