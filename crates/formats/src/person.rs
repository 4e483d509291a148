//! Names as RIS and EndNote XML spell them (`mapping.md` section 7.1).

use std::borrow::Cow;

use model::{Author, Name};

use crate::clean;

/// A name on one line, and whether a comma inside it had to give way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spelled<'a> {
    /// `Family, Given, Suffix`, `Group name,` or `Sukarno`; empty if nothing is left of the name.
    pub(crate) line: Cow<'a, str>,
    /// Whether ` - ` stands for a comma of a group's name (`group-comma-replaced`).
    pub(crate) comma_replaced: bool,
}

/// Spells a name; `group_comma` is the comma behind names of one piece that hold a blank.
pub(crate) fn spelled(name: &Name, group_comma: bool) -> Spelled<'_> {
    match name {
        Name::Person { family, given: None, suffix: None } => {
            Spelled { line: whole(clean::one_line(family), group_comma), comma_replaced: false }
        }
        Name::Person { family, given, suffix } => {
            let parts = [Some(family.as_str()), given.as_deref(), suffix.as_deref()];
            let parts = parts.into_iter().flatten().map(clean::one_line);
            let mut line = String::with_capacity(48);
            for part in parts.filter(|part| !part.is_empty()) {
                if !line.is_empty() {
                    line.push_str(", ");
                }
                line.push_str(&part);
            }
            Spelled { line: Cow::Owned(line), comma_replaced: false }
        }
        Name::Group(group) => {
            let group = without_outer_commas(clean::one_line(group));
            let comma_replaced = group.contains(',');
            let group = if comma_replaced { Cow::Owned(without_commas(&group)) } else { group };
            Spelled { line: whole(group, group_comma), comma_replaced }
        }
    }
}

/// The addresses of all authors, each once, in order.
pub(crate) fn affiliations(authors: &[Author]) -> Vec<&str> {
    let mut seen: Vec<&str> = Vec::new();
    for affiliation in authors.iter().flat_map(|author| &author.affiliations) {
        if !seen.contains(&affiliation.text.as_str()) {
            seen.push(&affiliation.text);
        }
    }
    seen
}

/// A name of one piece: EndNote's comma keeps importers from turning it round.
fn whole(name: Cow<'_, str>, group_comma: bool) -> Cow<'_, str> {
    // A comma inside already makes two pieces of it.
    if group_comma && name.contains(' ') && !name.contains(',') {
        let mut name = name.into_owned();
        name.push(',');
        Cow::Owned(name)
    } else {
        name
    }
}

fn without_outer_commas(name: Cow<'_, str>) -> Cow<'_, str> {
    let bare = |name: &str| -> std::ops::Range<usize> {
        let end = name.trim_end_matches([',', ' ']).len();
        let start = end - name[..end].trim_start_matches([',', ' ']).len();
        start..end
    };
    match name {
        Cow::Borrowed(name) => Cow::Borrowed(&name[bare(name)]),
        Cow::Owned(name) => Cow::Owned(name[bare(&name)].to_owned()),
    }
}

/// Each comma becomes ` - `; the one that groups digits (`1,000 Genomes`) goes.
fn without_commas(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 8);
    for piece in name.split(',') {
        let digits = out.ends_with(|last: char| last.is_ascii_digit())
            && piece.starts_with(|first: char| first.is_ascii_digit());
        let piece = piece.trim();
        if !out.is_empty() && !digits && !piece.is_empty() {
            out.push_str(" - ");
        }
        out.push_str(piece);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(family: &str, given: Option<&str>, suffix: Option<&str>) -> String {
        let name = Name::Person {
            family: family.into(),
            given: given.map(str::to_owned),
            suffix: suffix.map(str::to_owned),
        };
        spelled(&name, true).line.into_owned()
    }

    #[test]
    fn a_person_is_family_given_suffix() {
        assert_eq!(line("Mammen", Some("Mammen P"), Some("Jr")), "Mammen, Mammen P, Jr");
        assert_eq!(
            line("van der Berg", Some("Jan Willem"), Some("3rd")),
            "van der Berg, Jan Willem, 3rd"
        );
        assert_eq!(line("O'Neil-Smith", Some("A B"), None), "O'Neil-Smith, A B");
        assert_eq!(line("Silva", Some("Ana"), Some("Júnior")), "Silva, Ana, Júnior");
    }

    #[test]
    fn a_name_of_one_piece_has_a_comma_if_it_holds_a_blank() {
        assert_eq!(line("Sudirman", None, None), "Sudirman");
        assert_eq!(line("Qing Ju Han", None, None), "Qing Ju Han,");
        let name = Name::person("Qing Ju Han", None);
        assert_eq!(spelled(&name, false).line, "Qing Ju Han");
    }

    #[test]
    fn commas_inside_a_group_become_hyphens() {
        for (group, line, replaced) in [
            ("G-Scad Investigators", "G-Scad Investigators,", false),
            (
                "Glasgow Precision Oncology Laboratory,",
                "Glasgow Precision Oncology Laboratory,",
                false,
            ),
            (
                "ADNI consortium, and MemClin steering committee ",
                "ADNI consortium - and MemClin steering committee,",
                true,
            ),
            ("COG,UK", "COG - UK,", true),
            ("1,000 Genomes Project", "1000 Genomes Project,", true),
            ("PelvEx", "PelvEx", false),
            (" , ", "", false),
        ] {
            let name = Name::group(group);
            let spelled = spelled(&name, true);
            assert_eq!((spelled.line.as_ref(), spelled.comma_replaced), (line, replaced));
        }
    }
}
