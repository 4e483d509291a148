//! Names as pages print them: in reading order, or in NLM's short form (`html-pages.md`
//! section 4.4).

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::rules::names::{Pieces, is_generation};

/// A name in its parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parts<'a> {
    /// Family name with its particle.
    pub(crate) family: &'a str,
    /// Given names in full.
    pub(crate) given: &'a str,
    /// Initials.
    pub(crate) initials: &'a str,
    /// Generation.
    pub(crate) suffix: &'a str,
}

/// How sure a division of a full name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Division {
    /// The short form told where the family name begins, or there is one word only.
    Told,
    /// The last word was taken.
    Guessed,
    /// The short form does not fit the full name and stands for it.
    Mismatch,
}

impl<'a> Parts<'a> {
    /// The parts as the rules of names want them.
    pub(crate) fn pieces(self) -> Pieces<'a> {
        Pieces {
            last: self.family,
            fore: self.given,
            initials: self.initials,
            suffix: self.suffix,
            collective: "",
        }
    }
}

/// NLM's short form: family name, initials, and perhaps a generation: `Smith RL 3rd`.
pub(crate) fn short(name: &str) -> Parts<'_> {
    let name = name.trim();
    let (rest, suffix) = generation(name);
    match rest.rsplit_once(' ') {
        Some((family, initials)) => {
            Parts { family: family.trim_end(), initials, suffix, ..Parts::default() }
        }
        None => Parts { family: rest, suffix, ..Parts::default() },
    }
}

/// Divides a name in reading order. `told` is its short form, where the page has it.
pub(crate) fn divide<'a>(full: &'a str, told: Option<&'a str>) -> (Parts<'a>, Division) {
    let full = full.trim();
    let (body, suffix) = generation(full);
    if !body.contains(' ') {
        return (Parts { family: body, suffix, ..Parts::default() }, Division::Told);
    }
    if let Some(told) = told {
        let short = short(told);
        return match family_at_end(body, short.family) {
            Some(at) => {
                let (given, family) = (body[..at].trim_end(), &body[at..]);
                let suffix = if suffix.is_empty() { short.suffix } else { suffix };
                (Parts { family, given, suffix, ..Parts::default() }, Division::Told)
            }
            None => (short, Division::Mismatch),
        };
    }
    let mut at = body.rfind(' ').map_or(0, |blank| blank + 1);
    // Particles directly before the last word belong to it.
    while let Some(before) = body[..at].trim_end().rfind(' ') {
        if !is_particle(body[before..at].trim()) {
            break;
        }
        at = before + 1;
    }
    let (given, family) = (body[..at].trim_end(), &body[at..]);
    (Parts { family, given, suffix, ..Parts::default() }, Division::Guessed)
}

/// The name without the generation at its end, and the generation.
fn generation(name: &str) -> (&str, &str) {
    match name.rsplit_once(' ') {
        // `V` alone is an initial far more often than a generation.
        Some((rest, last)) if is_generation(last) && !matches!(last, "V" | "VI" | "II") => {
            (rest.trim_end().trim_end_matches(','), last)
        }
        _ => (name, ""),
    }
}

/// Where in a full name the family name begins that it ends with, case and marks aside.
fn family_at_end(full: &str, family: &str) -> Option<usize> {
    let wanted = folded(family);
    let starts =
        full.char_indices().filter(|(at, _)| *at == 0 || full[..*at].ends_with([' ', '-']));
    starts.map(|(at, _)| at).find(|at| !wanted.is_empty() && folded(&full[*at..]) == wanted)
}

/// Letters in lower case without marks.
fn folded(text: &str) -> String {
    let letters = text.nfd().filter(|sign| !is_combining_mark(*sign));
    letters.flat_map(char::to_lowercase).filter(|sign| sign.is_alphanumeric()).collect()
}

fn is_particle(word: &str) -> bool {
    const PARTICLES: [&str; 24] = [
        "van", "der", "den", "de", "von", "zu", "zur", "di", "da", "do", "dos", "das", "del",
        "della", "la", "le", "ten", "ter", "te", "el", "al", "bin", "du", "af",
    ];
    PARTICLES.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_end_in_initials_and_perhaps_a_generation() {
        for (name, family, initials, suffix) in [
            ("Zhang C", "Zhang", "C", ""),
            ("de Souza Lima V", "de Souza Lima", "V", ""),
            ("Smith RL 3rd", "Smith", "RL", "3rd"),
            ("Sukarno", "Sukarno", "", ""),
        ] {
            assert_eq!(short(name), Parts { family, initials, suffix, given: "" }, "{name}");
        }
    }

    #[test]
    fn the_short_form_tells_where_the_family_name_begins() {
        for (full, told, family, given, suffix) in [
            ("Jennifer G R Mill", Some("Mill JG"), "Mill", "Jennifer G R", ""),
            ("Victor de Souza Lima", Some("de Souza Lima V"), "de Souza Lima", "Victor", ""),
            ("José Muñoz Jr", Some("Munoz J Jr"), "Muñoz", "José", "Jr"),
            ("Anna-Lena Holm-Berg", Some("Holm-Berg AL"), "Holm-Berg", "Anna-Lena", ""),
        ] {
            let parts = Parts { family, given, suffix, initials: "" };
            assert_eq!(divide(full, told), (parts, Division::Told));
        }
        let (parts, division) = divide("Ada Lovelace", Some("King A"));
        assert_eq!((parts.family, parts.initials, division), ("King", "A", Division::Mismatch));
    }

    #[test]
    fn without_a_short_form_the_last_word_and_its_particles_are_taken() {
        for (full, family, given) in [
            ("Vasileios Mill", "Mill", "Vasileios"),
            ("Jan van der Mill 3rd", "van der Mill", "Jan"),
        ] {
            let (parts, division) = divide(full, None);
            assert_eq!((parts.family, parts.given, division), (family, given, Division::Guessed));
        }
        assert_eq!(divide("Sukarno", None).1, Division::Told);
    }
}
