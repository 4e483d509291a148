use model::{Date, Journal, PageRange, Pages, Point, Text};

use super::*;

fn key(template: &str, record: &Record) -> String {
    Template::parse(template).expect(template).key(record)
}

fn by(name: Name) -> Record {
    Record { authors: vec![name.into()], ..Record::default() }
}

#[test]
fn a_key_is_author_year_and_pmid() {
    let mut record = Record {
        pmid: "30271887".parse().ok(),
        version: Some(4),
        issued: Some(Date::point(Point::new(2018, None, None))),
        ..by(Name::person("Mccullough", Some("A")))
    };
    assert_eq!(key("{auth}{year}-{pmid}", &record), "Mccullough2018-30271887v4");
    record.version = None;
    assert_eq!(key("{auth:lower}_{year}", &record), "mccullough_2018");
    assert_eq!(key("{auth:4:upper}{pmid:3}", &record), "MCCU302");
}

#[test]
fn without_a_pmid_a_hash_stands_in_its_place() {
    let mut record =
        Record { doi: "10.3390/CANCERS16010023".parse().ok(), ..by(Name::person("Angelis", None)) };
    assert_eq!(key("{auth}{year}-{pmid}", &record), "Angelisnd-xf30ebb87");
    record.doi = None;
    record.title = Text::plain("One");
    let one = key("{pmid}", &record);
    record.title = Text::plain("Two");
    assert!(one.starts_with('x') && one.len() == 9 && one != key("{pmid}", &record), "{one}");
}

#[test]
fn authors_are_folded_to_ascii() {
    for (family, folded) in [
        ("van der Berg", "VanDerBerg"),
        ("O'Neil-Smith", "ONeilSmith"),
        ("Łuczak-Müller", "LuczakMuller"),
        ("Weiß", "Weiss"),
        ("Ærø", "AEro"),
        ("Þórðarson", "Thordarson"),
        ("Yıldız", "Yildiz"),
        ("A\u{308}rger", "Arger"),
        ("王", "Anon"),
        ("", "Anon"),
        (&"Abcdefgh".repeat(5), &"Abcdefgh".repeat(4)),
    ] {
        assert_eq!(key("{auth}", &by(Name::person(family, Some("X")))), folded);
    }
    for (group, folded) in [
        ("PelvEx Collaborative", "PelvEx"),
        ("for the PHYS-Stroke study group", "PHYS"),
        ("On Behalf Of The Alzheimer's Disease Initiative", "Alzheimer"),
        ("of the", "Anon"),
    ] {
        assert_eq!(key("{auth}", &by(Name::group(group))), folded);
    }
    let edited = Record { editors: vec![Name::person("Poe", None).into()], ..Record::default() };
    assert_eq!(key("{auth}", &edited), "Poe");
    assert_eq!(key("{title}", &Record::default()), "Anon");
}

#[test]
fn no_value_brings_another_sign_into_a_key() {
    let nasty = "a{b}\\c%,d\"=#";
    let record = Record {
        doi: format!("10.1/{nasty}").parse().ok(),
        title: Text::plain(nasty),
        container: Some(Container::Journal(Journal {
            abbreviation: Some(nasty.to_owned()),
            ..Journal::default()
        })),
        pages: Some(Pages {
            ranges: vec![PageRange { first: nasty.to_owned(), last: None }],
            ..Pages::default()
        }),
        ..by(Name::person(nasty, None))
    };
    for token in TOKENS {
        let key = key(&format!("{{{}}}", token.0), &record);
        let is_plain = key.bytes().all(|sign| sign.is_ascii_alphanumeric() || sign == b'-');
        assert!(is_plain && !key.is_empty(), "{key}");
    }
}

#[test]
fn a_template_knows_when_keys_may_collide() {
    let record = Record { pmid: "1".parse().ok(), ..Record::default() };
    for (template, collides) in [
        ("{auth}{year}-{pmid}", false),
        ("{pmid:lower}", false),
        ("{pmid}:{auth}", false),
        ("{auth}{year}", true),
        ("{auth}{pmid}", true),
        ("{auth}-{pmid:4}", true),
        ("pubmed{pmid}", true),
    ] {
        let template = Template::parse(template).expect(template);
        assert_eq!(template.may_collide(&record), collides, "{template:?}");
        assert!(template.may_collide(&Record::default()));
    }
}

#[test]
fn what_is_no_template_is_refused() {
    for wrong in
        ["", "{auth", "auth}", "{name}", "{auth:0}", "{auth:big}", "{}", "a b", "ä", "{{auth}}"]
    {
        assert!(Template::parse(wrong).is_err(), "{wrong}");
    }
    assert!(Template::parse("{journal:lower}:{page}/{doi}_{title}").is_ok());
}

#[test]
fn small_words_are_sorted() {
    assert!(SMALL_WORDS.is_sorted());
}
