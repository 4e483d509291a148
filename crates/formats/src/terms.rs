//! Which terms become keywords (`mapping.md` section 7.10).

use std::fmt;

use model::{Heading, Name, Qualifier, Record, Text};

use crate::options::{Keywords, Mesh, MeshMajor, Options};

/// A keyword, a heading with an aspect, a further subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Term<'r> {
    /// A keyword with markup.
    Rich(&'r Text),
    /// Words without markup.
    Words(Words<'r>),
}

/// Words in pieces, borrowed from the record: `Escherichia coli`, `/`, `drug effects`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words<'r>([&'r str; 5]);

/// The terms of a record as the options choose them: keywords, MeSH, further lists, in this
/// order, without empty ones and without doubles.
pub(crate) fn terms<'r>(record: &'r Record, options: &Options) -> Vec<Term<'r>> {
    let mut terms = Terms { found: Vec::with_capacity(room(record)), sums: Vec::new() };
    if matches!(options.keywords, Keywords::All | Keywords::Author) {
        for keyword in &record.keywords {
            match keyword.as_plain() {
                Some(words) => terms.add_words(Words::one(words)),
                None => terms.add_rich(keyword),
            }
        }
    }
    if matches!(options.keywords, Keywords::All | Keywords::Mesh) {
        for heading in &record.mesh {
            terms.add_heading(heading, options);
        }
    }
    let subjects = options.subjects;
    if subjects.chemicals {
        record.chemicals.iter().for_each(|chemical| terms.add_words(Words::one(&chemical.name)));
    }
    if subjects.supplementary {
        record.supplementary.iter().for_each(|concept| terms.add_words(Words::one(&concept.name)));
    }
    if subjects.genes {
        record.genes.iter().for_each(|gene| terms.add_words(Words::one(gene)));
    }
    if subjects.persons {
        record.person_subjects.iter().for_each(|name| terms.add_words(Words::person(name)));
    }
    terms.found
}

/// The terms found so far, and of each with words a sum that tells most of them apart, so that
/// few are compared letter by letter.
struct Terms<'r> {
    found: Vec<Term<'r>>,
    sums: Vec<u64>,
}

impl<'r> Terms<'r> {
    fn add_heading(&mut self, heading: &'r Heading, options: &Options) {
        match (options.mesh, heading.qualifiers.as_slice()) {
            (Mesh::None, _) => {}
            (Mesh::Pairs, qualifiers @ [_, ..]) => {
                for qualifier in qualifiers {
                    self.add_words(Words::pair(heading, qualifier, options.mesh_major));
                }
            }
            (Mesh::Pairs | Mesh::Descriptors, qualifiers) => {
                let major = heading.major || qualifiers.iter().any(|qualifier| qualifier.major);
                self.add_words(Words::descriptor(heading, major, options.mesh_major));
            }
        }
    }

    fn add_words(&mut self, words: Words<'r>) {
        let sum = words.sum();
        let is_double =
            |(seen, term): (&u64, &Term<'r>)| *seen == sum && *term == Term::Words(words);
        if sum != 0 && !self.sums.iter().zip(&self.found).any(is_double) {
            self.found.push(Term::Words(words));
            self.sums.push(sum);
        }
    }

    fn add_rich(&mut self, text: &'r Text) {
        if !self.found.contains(&Term::Rich(text)) {
            self.found.push(Term::Rich(text));
            self.sums.push(0);
        }
    }
}

impl<'r> Words<'r> {
    /// The pieces, in order; some are empty.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = &'r str> + Clone {
        self.0.into_iter()
    }

    fn one(words: &'r str) -> Self {
        Self([words, "", "", "", ""])
    }

    fn descriptor(heading: &'r Heading, major: bool, star: MeshMajor) -> Self {
        match star {
            MeshMajor::Prefix if major => Self(["*", &heading.descriptor, "", "", ""]),
            MeshMajor::Suffix if major => Self([&heading.descriptor, "*", "", "", ""]),
            MeshMajor::None | MeshMajor::Prefix | MeshMajor::Suffix => {
                Self::one(&heading.descriptor)
            }
        }
    }

    fn pair(heading: &'r Heading, qualifier: &'r Qualifier, star: MeshMajor) -> Self {
        let before = |major| if star == MeshMajor::Prefix && major { "*" } else { "" };
        let behind = star == MeshMajor::Suffix && (heading.major || qualifier.major);
        let slash = if star == MeshMajor::Prefix && qualifier.major { "/*" } else { "/" };
        Self([
            before(heading.major),
            &heading.descriptor,
            slash,
            &qualifier.name,
            if behind { "*" } else { "" },
        ])
    }

    fn person(name: &'r Name) -> Self {
        let comma = |part: &Option<String>| if part.is_some() { ", " } else { "" };
        match name {
            Name::Group(name) => Self::one(name),
            Name::Person { family, given, suffix } => Self([
                family,
                comma(given),
                given.as_deref().unwrap_or(""),
                comma(suffix),
                suffix.as_deref().unwrap_or(""),
            ]),
        }
    }

    /// Equal for equal words, however they are cut into pieces; 0 for none.
    fn sum(&self) -> u64 {
        let of_piece =
            |piece: &str| ((piece.len() as u64) << 32) + piece.bytes().map(u64::from).sum::<u64>();
        self.pieces().map(of_piece).sum()
    }
}

impl PartialEq for Words<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.pieces().flat_map(str::bytes).eq(other.pieces().flat_map(str::bytes))
    }
}

impl Eq for Words<'_> {}

impl fmt::Display for Words<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces().try_for_each(|piece| out.write_str(piece))
    }
}

/// How many terms there will be, roughly.
fn room(record: &Record) -> usize {
    record.keywords.len() + 2 * record.mesh.len()
}

#[cfg(test)]
mod tests {
    use model::{Inline, Style};

    use super::*;
    use crate::options::SubjectKinds;

    fn record() -> Record {
        let qualifier = |name: &str, major| Qualifier { name: name.into(), major, ui: None };
        let heading = |name: &str, major, qualifiers| Heading {
            descriptor: name.into(),
            major,
            qualifiers,
            ui: None,
        };
        let mut rich = Text::plain("CO");
        rich.push(Inline::Styled(Style::Subscript, Text::plain("2")));
        Record {
            keywords: vec![Text::plain("Humans"), rich.clone(), rich, Text::default()],
            mesh: vec![
                heading("Humans", false, vec![]),
                heading(
                    "Escherichia coli",
                    false,
                    vec![qualifier("genetics", false), qualifier("drug effects", true)],
                ),
                heading("Kidney Failure, Chronic", true, vec![]),
            ],
            genes: vec!["BRCA1".into()],
            person_subjects: vec![Name::person("Curie", Some("Marie"))],
            ..Record::default()
        }
    }

    fn listed(options: &Options) -> Vec<String> {
        let spell = |term: &Term| match term {
            Term::Rich(text) => format!("<{}>", text.flatten()),
            Term::Words(words) => words.to_string(),
        };
        terms(&record(), options).iter().map(spell).collect()
    }

    #[test]
    fn keywords_stand_before_mesh_and_doubles_once() {
        assert_eq!(
            listed(&Options::default()),
            [
                "Humans",
                "<CO2>",
                "Escherichia coli/genetics",
                "Escherichia coli/drug effects",
                "Kidney Failure, Chronic"
            ]
        );
    }

    #[test]
    fn the_options_choose() {
        let author = Options { keywords: Keywords::Author, ..Options::default() };
        assert_eq!(listed(&author), ["Humans", "<CO2>"]);
        let bare =
            Options { keywords: Keywords::Mesh, mesh: Mesh::Descriptors, ..Options::default() };
        assert_eq!(listed(&bare), ["Humans", "Escherichia coli", "Kidney Failure, Chronic"]);
        let subjects = SubjectKinds { genes: true, persons: true, ..SubjectKinds::default() };
        let others = Options { keywords: Keywords::None, subjects, ..Options::default() };
        assert_eq!(listed(&others), ["BRCA1", "Curie, Marie"]);
    }

    #[test]
    fn a_star_marks_what_is_major() {
        let starred = |mesh_major| {
            listed(&Options { keywords: Keywords::Mesh, mesh_major, ..Options::default() })
        };
        assert_eq!(
            starred(MeshMajor::Suffix)[1..],
            [
                "Escherichia coli/genetics",
                "Escherichia coli/drug effects*",
                "Kidney Failure, Chronic*"
            ]
        );
        assert_eq!(
            starred(MeshMajor::Prefix)[1..],
            [
                "Escherichia coli/genetics",
                "Escherichia coli/*drug effects",
                "*Kidney Failure, Chronic"
            ]
        );
    }
}
