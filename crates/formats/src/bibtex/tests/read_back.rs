//! What the `biblatex` crate reads.

use super::*;

/// What the `biblatex` crate makes of a title, with the few commands of the samples undone.
fn shown(title: &str) -> String {
    let signs = [
        (r"$\alpha$", "α"),
        (r"$\Delta$", "Δ"),
        (r"$\geq$", "≥"),
        ("$^{+}$", "+"),
        ("$_{2}$", "2"),
    ];
    let shown = title.replace(r"\textit{Escherichia coli}", "Escherichia coli");
    signs.iter().fold(shown, |shown, (command, sign)| shown.replace(command, sign))
}

#[test]
fn the_samples_are_read_back_as_they_were() {
    for dialect in [Dialect::Bibtex, Dialect::Biblatex] {
        for record in ["seed", "nasty", "chapter"].map(sample) {
            let bib = written(&record, dialect, &Options::default());
            let read = Bibliography::parse(&bib).expect("a bibliography").into_vec();
            let [entry] = read.as_slice() else { panic!("{} entries", read.len()) };
            let names: Vec<Name> = entry.author().expect("authors").iter().map(name).collect();
            let expected: Vec<Name> =
                record.authors.iter().map(|author| alike(&author.name)).collect();
            assert_eq!(names, expected);
            assert_eq!(entry.doi().ok(), record.doi.as_ref().map(ToString::to_string));
            let title = entry.title().expect("a title").format_verbatim();
            assert_eq!(shown(&title), record.title.flatten());
            let issued = record.issued.expect("a date").start;
            let PermissiveType::Typed(date) = entry.date().expect("a date") else {
                panic!("no date in {bib}");
            };
            let (DateValue::At(read) | DateValue::Between(read, _)) = date.value else {
                panic!("an open date in {bib}");
            };
            assert_eq!(read.year, i32::from(issued.year));
            assert_eq!(read.month, issued.month.map(|month| month.number() - 1));
            assert_eq!(read.day, issued.day.map(|day| day - 1));
        }
    }
}

/// A name as it was read: particles belong to the family name.
fn name(person: &biblatex::Person) -> Name {
    let part = |words: &str| (!words.is_empty()).then(|| words.to_owned());
    Name::Person {
        family: format!("{} {}", person.prefix, person.name).trim().to_owned(),
        given: part(&person.given_name),
        suffix: part(&person.suffix),
    }
}

/// A group is read as a person with a family name alone.
fn alike(name: &Name) -> Name {
    match name {
        Name::Group(group) => Name::person(group, None),
        person @ Name::Person { .. } => person.clone(),
    }
}
