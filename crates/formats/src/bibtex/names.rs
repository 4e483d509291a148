//! Names of persons and groups as BibTeX takes them apart (`output-formats.md` section 4.3).

use std::borrow::Cow;

use model::{Author, Name};

use super::braces;
use super::markup::Tex;
use crate::clean;

/// Writes the names, joined by ` and `.
pub(super) fn names(tex: &mut Tex, authors: &[Author]) {
    let first = tex.out.len();
    for author in authors {
        let start = tex.out.len();
        if start > first {
            tex.out.push_str(" and ");
        }
        let behind_and = tex.out.len();
        name(tex, &author.name);
        if tex.out.len() == behind_and {
            tex.out.truncate(start);
        }
    }
}

/// Writes `Family, Given`, `Family, Suffix, Given` or `{Group or single name}`.
pub(super) fn name(tex: &mut Tex, name: &Name) {
    let (family, given, suffix) = match name {
        Name::Group(group) => (part(group), None, None),
        Name::Person { family, given, suffix } => {
            (part(family), given.as_deref().and_then(part), suffix.as_deref().and_then(part))
        }
    };
    match (family, given, suffix) {
        (Some(family), Some(given), suffix) => {
            for part in [Some(family), suffix].into_iter().flatten() {
                separable(tex, &part);
                tex.out.push_str(", ");
            }
            separable(tex, &given);
        }
        // Behind a suffix BibTeX wants a given name.
        (Some(family), None, Some(suffix)) => whole(tex, &format!("{family} {suffix}")),
        (Some(one), None, None) | (None, Some(one), _) | (None, None, Some(one)) => {
            whole(tex, &one);
        }
        (None, None, None) => {}
    }
}

/// Writes a part of a name, in braces if something in it would be taken for a separator.
fn separable(tex: &mut Tex, part: &str) {
    let is_and = |word: &str| word.eq_ignore_ascii_case("and");
    if part.contains(',') || part.split(' ').any(is_and) {
        whole(tex, part);
    } else {
        tex.words(part);
    }
}

fn whole(tex: &mut Tex, name: &str) {
    let start = tex.out.len();
    tex.words(name);
    braces::enclose(&mut tex.out, start);
}

/// A part of a name, if any sign of it is seen.
fn part(words: &str) -> Option<Cow<'_, str>> {
    let is_unseen = |sign| matches!(sign, ' ' | '\u{200C}' | '\u{200D}');
    let words = clean::one_line(words);
    (!words.chars().all(is_unseen)).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::super::tex::Spelling;
    use super::*;

    fn spelled(written: &[Name], spelling: Spelling) -> String {
        let authors: Vec<Author> = written.iter().cloned().map(Author::from).collect();
        let mut tex = Tex::new(spelling, 0);
        names(&mut tex, &authors);
        tex.out
    }

    fn person(family: &str, given: &str, suffix: &str) -> Name {
        let part = |words: &str| (!words.is_empty()).then(|| words.to_owned());
        Name::Person { family: family.into(), given: part(given), suffix: part(suffix) }
    }

    #[test]
    fn names_are_written_as_the_specification_has_them() {
        for (name, bibtex) in [
            (person("Mammen", "Mammen P", "Jr"), "Mammen, Jr, Mammen P"),
            (person("van der Berg", "Jan Willem", "3rd"), "van der Berg, 3rd, Jan Willem"),
            (person("Routley", "M B", ""), "Routley, M B"),
            (person("O'Neil-Smith", "A B", ""), "O'Neil-Smith, A B"),
            (person("Sudirman", "", ""), "{Sudirman}"),
            (person("Qing Ju Han", "", ""), "{Qing Ju Han}"),
            (Name::group("G-Scad Investigators"), "{G-Scad Investigators}"),
            (
                Name::group("On Behalf Of The Alzheimer's Disease Neuroimaging Initiative"),
                "{On Behalf Of The Alzheimer's Disease Neuroimaging Initiative}",
            ),
            (
                person("Neuroimaging Initiative", "Alzheimer's Disease", ""),
                "Neuroimaging Initiative, Alzheimer's Disease",
            ),
            (person("Wright", "Thomas", "\n\t\t"), "Wright, Thomas"),
            (person("Silva", "Ana", "Júnior"), r"Silva, J{\'u}nior, Ana"),
            (person("Müller", "Juliane", ""), "M{\\\"u}ller, Juliane"),
            (person("MÜLLER", "K-H", "Jr"), "M{\\\"U}LLER, Jr, K-H"),
            (person("Soares-Jr", "Jose Maria", ""), "Soares-Jr, Jose Maria"),
            (person("Marcoux", "Sophie Marcoux Md PhD", ""), "Marcoux, Sophie Marcoux Md PhD"),
            (Name::group("for the PHYS-Stroke study group"), "{for the PHYS-Stroke study group}"),
            (
                Name::group("ADNI consortium, and MemClin steering committee"),
                "{ADNI consortium, and MemClin steering committee}",
            ),
            (
                Name::group("Health and Safety Group of the WHO"),
                "{Health and Safety Group of the WHO}",
            ),
        ] {
            assert_eq!(spelled(&[name], Spelling::Names), bibtex);
        }
    }

    #[test]
    fn nothing_in_a_name_is_a_separator() {
        for (name, bibtex) in [
            (person("Rock and Roll", "A", ""), "{Rock and Roll}, A"),
            (person("Smith, Esq", "A", ""), "{Smith, Esq}, A"),
            (person("Smith", "A AND B", ""), "Smith, {A AND B}"),
            (person("and", "A", ""), "{and}, A"),
            (person("Anderson", "Andy", ""), "Anderson, Andy"),
            (person("Sukarno", "", "Jr"), "{Sukarno Jr}"),
            (person("", "Ana", ""), "{Ana}"),
            (Name::group("R&D {x} }"), r"{R\&D \{x\} )}"),
            (Name::group("& Co"), r"{{\&} Co}"),
            (Name::group("École"), r"{{\'E}cole}"),
        ] {
            assert_eq!(spelled(&[name], Spelling::Names), bibtex);
        }
    }

    #[test]
    fn names_that_are_empty_leave_no_trace() {
        let empty = || person(" \u{200B}", "", "");
        let ana = || person("Silva", "Ana", "");
        assert_eq!(
            spelled(&[empty(), ana(), empty(), ana()], Spelling::Names),
            "Silva, Ana and Silva, Ana"
        );
        assert_eq!(spelled(&[empty()], Spelling::Names), "");
        assert_eq!(spelled(&[], Spelling::Names), "");
    }
}
