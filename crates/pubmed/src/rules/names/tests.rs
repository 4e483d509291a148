use model::{Author, Code, Name, Warning};
use proptest::prelude::*;

use super::{Pieces, author, group, is_generation, orcid, spaced};

/// What the pieces `Last / Fore / Initials / Suffix` make, and the codes of what was doubtful.
fn read(last: &str, fore: &str, initials: &str, suffix: &str) -> (Option<Author>, Vec<Code>) {
    let mut warnings = Vec::new();
    let pieces = Pieces { last, fore, initials, suffix, collective: "" };
    let author = author(pieces, &mut warnings);
    (author, codes(&warnings))
}

fn codes(warnings: &[Warning]) -> Vec<Code> {
    warnings.iter().map(|warning| warning.code).collect()
}

fn person(family: &str, given: &str, suffix: &str) -> Name {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Name::Person { family: family.to_owned(), given: some(given), suffix: some(suffix) }
}

#[test]
fn a_person_is_taken_as_nlm_divides_the_name() {
    for (last, fore, initials, suffix, expected) in [
        ("Mammen", "Mammen P", "MP", "Jr", person("Mammen", "Mammen P", "Jr")),
        ("van der Berg", "Jan Willem", "JW", "3rd", person("van der Berg", "Jan Willem", "3rd")),
        ("Routley", "", "MB", "", person("Routley", "M B", "")),
        ("O'Neil-Smith", "", "AB", "", person("O'Neil-Smith", "A B", "")),
        ("di Mario", "", "F", "", person("di Mario", "F", "")),
        ("Zglinicki", "Thomas von", "Tv", "", person("Zglinicki", "Thomas von", "")),
        ("Kromberg", "Jennifer G R", "JG", "", person("Kromberg", "Jennifer G R", "")),
        ("COHEN", "", "A", "", person("COHEN", "A", "")),
        ("MÜLLER", "K-H", "KH", "Jr", person("MÜLLER", "K-H", "Jr")),
        ("Soares-Jr", "Jose Maria", "JM", "", person("Soares-Jr", "Jose Maria", "")),
        ("Silva", "Ana", "A", "Júnior", person("Silva", "Ana", "Júnior")),
        ("Chai่jaroenkul", "W", "W", "", person("Chai่jaroenkul", "W", "")),
        ("Wright", "Thomas", "T", "\n\t\t", person("Wright", "Thomas", "")),
        (" Wright\n", "\tThomas\n A ", "TA", ", Sr. ", person("Wright", "Thomas A", "Sr.")),
        ("Ali", "Md Abdul", "MA", "", person("Ali", "Md Abdul", "")),
        (
            "Neuroimaging Initiative",
            "Alzheimer's Disease",
            "AD",
            "",
            person("Neuroimaging Initiative", "Alzheimer's Disease", ""),
        ),
    ] {
        let (author, codes) = read(last, fore, initials, suffix);
        let author = author.expect(last);
        assert_eq!((author.name, author.credentials, codes), (expected, None, vec![]), "{last}");
    }
}

#[test]
fn a_suffix_that_is_no_generation_is_credentials() {
    for (last, fore, suffix, credentials) in [
        ("Doe", "Jane", ", MSN, MS, MPH", "MSN, MS, MPH"),
        ("Doe", "Jane", ", PhD", "PhD"),
        ("Müller", "Juliane", "S", "S"),
        ("Doe", "Jane", "Prof", "Prof"),
        ("Doe", "Jane", "JP", "JP"),
        ("Doe", "Jane", "R.D", "R.D"),
    ] {
        let (author, codes) = read(last, fore, "J", suffix);
        let author = author.expect(last);
        assert_eq!(author.name, person(last, fore, ""));
        assert_eq!(author.credentials.as_deref(), Some(credentials));
        assert_eq!(codes, [Code::SuffixDropped]);
    }
}

#[test]
fn generations_are_known_in_any_case_with_or_without_a_stop() {
    for suffix in
        ["Jr", "Sr", "Junior", "Senior", "Júnior", "Filho", "Neto", "2nd", "9th", "II", "VIII"]
    {
        assert!(is_generation(suffix) && is_generation(&format!("{suffix}.")), "{suffix}");
        assert!(is_generation(&suffix.to_ascii_uppercase()), "{suffix}");
    }
    for other in ["", ".", "I", "IX", "1st", "10th", "PhD", "Jr Sr"] {
        assert!(!is_generation(other), "{other}");
    }
}

#[test]
fn a_name_in_one_field_stays_in_one_field() {
    for last in [
        "Sudirman",
        "Qing Ju Han",
        "Gómez-Arandas",
        "Dosch H-M",
        "Brigid M Sister",
        "Grouper",
        "Networkowski Adam",
    ] {
        let (author, codes) = read(last, "", "", "");
        assert_eq!(author.expect(last).name, person(last, "", ""));
        assert_eq!(codes, [Code::AuthorSingleField], "{last}");
    }
}

#[test]
fn a_name_in_one_field_that_names_a_body_is_a_group() {
    for last in [
        "G-Scad Investigators",
        "On Behalf Of The Alzheimer's Disease Neuroimaging Initiative",
        "Epi25 Collaborative",
        "Trial Collaborators",
        "NETWORK for Things",
        "Groupe de travail",
    ] {
        let (author, codes) = read(last, "", "", "");
        assert_eq!((author.expect(last).name, codes), (Name::group(last), vec![]), "{last}");
    }
}

#[test]
fn a_title_inside_the_given_name_is_said_and_kept() {
    for (last, fore) in [
        ("Marcoux", "Sophie Marcoux Md PhD"),
        ("Khan", "Associate Professor Dr Nadeem"),
        ("Doe", "Jane MD"),
    ] {
        let (author, codes) = read(last, fore, "", "");
        assert_eq!(author.expect(last).name, person(last, fore, ""));
        assert_eq!(codes, [Code::NameSuspect], "{fore}");
    }
}

#[test]
fn a_name_without_a_last_name_is_kept_and_said() {
    let (author, codes) = read("", "Sudirman", "S", "");
    assert_eq!(author.expect("a name").name, person("Sudirman", "", ""));
    assert_eq!(codes, [Code::NameSuspect]);
    assert_eq!(read(" ", "\n", "", " ").0, None);
}

#[test]
fn stray_words_and_signs_are_taken_off_a_group() {
    for (printed, kept) in [
        ("; for the PHYS-Stroke study group", "for the PHYS-Stroke study group"),
        ("Glasgow Precision Oncology Laboratory,", "Glasgow Precision Oncology Laboratory"),
        (
            "and ADNI consortium, and MemClin steering committee ",
            "ADNI consortium, and MemClin steering committee",
        ),
        ("Epi25 Collaborative. Electronic address: a@b.edu", "Epi25 Collaborative"),
        ("Epi25 Collaborative, electronic address: a@b.edu; c@d.edu", "Epi25 Collaborative"),
        (",; and the Writing Group: ;", "the Writing Group"),
    ] {
        let mut warnings = Vec::new();
        assert_eq!(group(printed, &mut warnings), Some(Name::group(kept)));
        assert_eq!(codes(&warnings), [Code::GroupCleaned], "{printed}");
    }
}

#[test]
fn a_group_is_otherwise_whole() {
    for printed in [
        "Canadian Respiratory Research Network",
        "Health and Safety Group of the WHO",
        "on behalf of the Trial Group",
        "European Society of Hearts. Working Group on Beats and Working Group on Rests",
        "Reviewers: This document was seen by members of a board: A. Sand, B. Stone",
        "AND Investigators",
        "Andes Study",
        "İstanbul Çalışma Grubu",
    ] {
        let mut warnings = Vec::new();
        let pieces = Pieces { collective: printed, last: "ignored", ..Pieces::default() };
        let author = author(pieces, &mut warnings).expect(printed);
        assert_eq!((author.name, warnings), (Name::group(printed), vec![]));
    }
}

#[test]
fn what_is_too_short_for_a_group_is_dropped() {
    for printed in ["e,*", ";", "and", "1", "Electronic address: a@b.edu"] {
        let mut warnings = Vec::new();
        let kept = group(printed, &mut warnings);
        if printed == "and" {
            assert_eq!(kept, Some(Name::group("and")), "a word alone is not a stray one");
        } else {
            assert_eq!((kept, codes(&warnings)), (None, vec![Code::NameSuspect]), "{printed}");
        }
    }
}

#[test]
fn initials_are_spaced_and_otherwise_as_printed() {
    for (letters, given) in [
        ("A", "A"),
        ("AB", "A B"),
        ("ABC", "A B C"),
        ("J-P", "J-P"),
        ("J-PA", "J-P A"),
        ("IuA", "Iu A"),
        ("ÉÖ", "É Ö"),
        ("A B", "A B"),
        ("Kh", "Kh"),
    ] {
        assert_eq!(spaced(letters), given);
    }
}

#[test]
fn an_orcid_is_bare_or_none() {
    for (printed, kept) in [
        ("0000-0002-8605-9665", Some("0000-0002-8605-9665")),
        ("http://orcid.org/0000-0001-5035-8295", Some("0000-0001-5035-8295")),
        ("https://orcid.org/0000-0002-9557-268X", Some("0000-0002-9557-268X")),
        ("0000000284046596", Some("0000-0002-8404-6596")),
        ("0000-0001-9206-317", None),
        ("https://orcid.org/0000-0002-6314-3269", None),
    ] {
        let mut warnings = Vec::new();
        let found = orcid(printed, &mut warnings);
        assert_eq!(found.as_ref().map(model::Orcid::as_str), kept);
        let expected: &[Code] = if kept.is_some() { &[] } else { &[Code::OrcidInvalid] };
        assert_eq!(codes(&warnings), expected);
    }
    let mut warnings = Vec::new();
    assert_eq!((orcid(" \n", &mut warnings), warnings.len()), (None, 0));
}

proptest! {
    #[test]
    fn any_name_is_read(last in "\\PC{0,16}", fore in "\\PC{0,16}", suffix in "\\PC{0,8}") {
        read(&last, &fore, &fore, &suffix);
        group(&last, &mut Vec::new());
    }

    #[test]
    fn cleaning_a_group_twice_is_cleaning_it_once(name in "(and |;|,|:| |[a-zA-Z]{1,4}){0,9}") {
        let Some(Name::Group(once)) = group(&name, &mut Vec::new()) else { return Ok(()) };
        let mut warnings = Vec::new();
        prop_assert_eq!(group(&once, &mut warnings), Some(Name::Group(once)));
        prop_assert_eq!(warnings.len(), 0);
    }
}
