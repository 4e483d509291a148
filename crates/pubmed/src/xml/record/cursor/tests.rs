//! The cursor against quick-xml, and its own words.

use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::escape::resolve_html5_entity;
use quick_xml::events::Event;

use super::*;

/// What both tokenizers should see.
#[derive(Debug, PartialEq)]
enum Seen {
    Start(String, Vec<(String, String)>),
    Text(String),
    End,
}

/// Both take signs for a name that no name has, quick-xml more than the cursor.
fn is_name(name: &str) -> bool {
    !name.contains(['"', '\'', '<', '>', '&', '/'])
}

fn text(seen: &mut Vec<Seen>, more: &str) {
    match seen.last_mut() {
        Some(Seen::Text(text)) => text.push_str(more),
        _ if more.is_empty() => {}
        _ => seen.push(Seen::Text(more.into())),
    }
}

fn ours(input: &str) -> Result<Vec<Seen>, Box<Flaw>> {
    let start = |tag: &Tag<'_>| {
        let attributes = tag.attributes().take_while(|(name, _)| is_name(name));
        let attributes = attributes.map(|(name, value)| (name.into(), value.into()));
        Seen::Start(tag.name_text().into(), attributes.collect())
    };
    let mut cursor = Cursor::new(input, Options::default(), &Limits::default());
    let mut open = vec![cursor.root()?];
    let mut seen = vec![start(&open[0])];
    while let Some(parent) = open.last() {
        match cursor.piece(parent)? {
            Piece::Text(signs) => text(&mut seen, signs),
            Piece::Char(sign) => text(&mut seen, sign.encode_utf8(&mut [0; 4])),
            Piece::Open(tag) => {
                cursor.check_name(&tag)?;
                seen.push(start(&tag));
                open.push(tag);
            }
            Piece::Close => {
                seen.push(Seen::End);
                open.pop();
            }
        }
    }
    Ok(seen)
}

fn theirs(input: &str) -> Result<Vec<Seen>, quick_xml::Error> {
    let mut reader = Reader::from_str(input);
    reader.config_mut().expand_empty_elements = true;
    let (mut seen, mut depth) = (Vec::new(), 0);
    loop {
        match reader.read_event()? {
            Event::Start(tag) => {
                let mut attributes = tag.attributes();
                attributes.with_checks(false);
                let attributes = attributes
                    .map_while(Result::ok)
                    .map(|attribute| (attribute.key.0.to_owned(), attribute.value.into_owned()))
                    .take_while(|(name, _)| is_name(name));
                seen.push(Seen::Start(tag.name().as_ref().into(), attributes.collect()));
                depth += 1;
            }
            Event::End(_) => {
                seen.push(Seen::End);
                depth -= 1;
                if depth == 0 {
                    return Ok(seen);
                }
            }
            Event::Text(run) => text(&mut seen, &run),
            Event::CData(run) => text(&mut seen, &run),
            Event::GeneralRef(name) => {
                let legal = |sign| if is_legal(sign) { sign } else { char::REPLACEMENT_CHARACTER };
                let known = match name.resolve_char_ref() {
                    Ok(Some(sign)) => Some(legal(sign).to_string()),
                    _ => resolve_html5_entity(&name).map(str::to_owned),
                };
                text(&mut seen, &known.unwrap_or_else(|| format!("&{};", &*name)));
            }
            Event::Eof => {
                return Err(quick_xml::errors::SyntaxError::UnclosedTag.into());
            }
            Event::Empty(_)
            | Event::Comment(_)
            | Event::PI(_)
            | Event::Decl(_)
            | Event::DocType(_) => {}
        }
    }
}

/// Where the cursor is stricter than quick-xml, and XML with it: a tag without a name, a name with
/// a sign that no name has, a document type inside a record.
const STRICTER: [&str; 3] = [
    "a tag has no name",
    "a tag has a name that is none",
    "a declaration does not end, or does not belong here",
];

fn same(input: &str) -> Result<(), TestCaseError> {
    match (ours(input), theirs(input)) {
        (Ok(ours), Ok(theirs)) => prop_assert_eq!(ours, theirs),
        (Ok(_), Err(theirs)) => prop_assert!(false, "only quick-xml stumbles: {}", theirs),
        (Err(flaw), Ok(_)) => {
            prop_assert!(STRICTER.contains(&&*flaw.message), "only the cursor stumbles: {flaw:?}");
        }
        (Err(_), Err(_)) => {}
    }
    Ok(())
}

const WORDS: [&str; 34] = [
    "<a>",
    "</a>",
    "<b x=\"1\" y='2'>",
    "</b>",
    "<b x='>'/>",
    "<c/>",
    "<a >",
    "</a >",
    "word",
    " \n  ",
    "é",
    "&amp;",
    "&lt;",
    "&#65;",
    "&#x3b1;",
    "&eacute;",
    "&nope;",
    "& ",
    "&",
    ";",
    "<!-- a < b -->",
    "<!--",
    "-->",
    "<![CDATA[a<b&]]>",
    "<![CDATA[",
    "]]>",
    "<?pi a > b?>",
    "<?",
    "<",
    ">",
    "<a:b z = \"&gt;\">",
    "</a:b>",
    "\"",
    "<a\n k='</a>'\n>",
];

proptest! {
    /// Markup thrown together, mostly broken.
    #[test]
    fn broken_markup_reads_as_quick_xml_reads_it(
        words in prop::collection::vec(prop::sample::select(&WORDS[..]), 0..12)
    ) {
        same(&format!("<r>{}</r>", words.concat()))?;
    }

    /// Well-formed markup with one byte too few or one word too many.
    #[test]
    fn markup_with_one_fault_reads_as_quick_xml_reads_it(
        (tree, at, word) in (tree(), any::<prop::sample::Index>(), prop::sample::select(&WORDS[..]))
    ) {
        let whole = format!("<r>{tree}</r>");
        let at = 3 + at.index(whole.len() - 3);
        if whole.is_char_boundary(at) {
            same(&format!("{}{word}{}", &whole[..at], &whole[at..]))?;
            if whole.is_char_boundary(at + 1) {
                same(&format!("{}{}", &whole[..at], &whole[at + 1..]))?;
            }
        }
    }

    #[test]
    fn well_formed_markup_reads_as_quick_xml_reads_it(tree in tree()) {
        let whole = format!("<r>{tree}</r>");
        prop_assert_eq!(ours(&whole).expect("well-formed"), theirs(&whole).expect("well-formed"));
    }

    /// Skipping ends where reading ends.
    #[test]
    fn a_skipped_element_ends_at_its_own_end_tag(tree in tree()) {
        let whole = format!("<r><x>{tree}</x><y/></r>");
        let mut cursor = Cursor::new(&whole, Options::default(), &Limits::default());
        let root = cursor.root().expect("well-formed");
        let first = cursor.child(&root).expect("well-formed").expect("a child");
        cursor.skip(&first).expect("well-formed");
        let second = cursor.child(&root).expect("well-formed").expect("a second child");
        prop_assert_eq!(second.name, b"y");
    }
}

/// Well-formed content.
fn tree() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(
        &[
            "word",
            " \n\t ",
            "é",
            "&amp;",
            "&#65;",
            "<c/>",
            "<c d='>' />",
            "<!-- <a> -->",
            "<?pi <?>",
            "<![CDATA[<a>&]]>",
            "α and β",
            "a > b",
            "<e f=\"'\" g='\"'></e >",
        ][..],
    );
    leaf.prop_map(str::to_owned).prop_recursive(5, 40, 6, |inner| {
        (prop::sample::select(&["a", "b:c", "sup"][..]), prop::collection::vec(inner, 0..6))
            .prop_map(|(name, inside)| format!("<{name} at=\"1\">{}</{name}>", inside.concat()))
    })
}

fn first_text(input: &str) -> (String, Vec<Warning>) {
    let mut cursor = Cursor::new(input, Options::default(), &Limits::default());
    let root = cursor.root().expect("well-formed");
    let text = cursor.text(&root).expect("well-formed").into_owned();
    (text, cursor.warnings)
}

#[test]
fn text_is_joined_without_a_blank_where_something_vanishes() {
    for (input, text) in [
        ("<t>10<?pmcsd ?>6</t>", "106"),
        ("<t>one<!-- & two -->three</t>", "onethree"),
        ("<t>a <![CDATA[<b> & c]]> d</t>", "a <b> & c d"),
        ("<t>x<sup>2</sup></t>", "x2"),
        ("<t/>", ""),
        ("<t></t >", ""),
    ] {
        assert_eq!(first_text(input), (text.into(), Vec::new()), "{input}");
    }
}

#[test]
fn html_names_are_translated_and_others_stay_as_written() {
    let (text, warnings) = first_text("<t>Andr&eacute; &le; &foo; &#x1F;&#0;&#xD800; &#945;</t>");
    assert_eq!(text, "André ≤ &foo; \u{FFFD}\u{FFFD}\u{FFFD} α");
    let codes: Vec<_> = warnings.iter().map(|warning| (warning.code, &*warning.text)).collect();
    assert_eq!(
        codes,
        [
            (Code::EntityUnknown, "&foo;"),
            (Code::CharacterIllegal, "&#x1F;"),
            (Code::CharacterIllegal, "&#0;"),
            (Code::CharacterIllegal, "&#xD800;"),
        ]
    );
}

#[test]
fn an_unknown_element_in_text_is_named_once_and_keeps_its_text() {
    let (text, warnings) = first_text("<t>a <s id='1'>b</s> <s>c</s> <w>d</w></t>");
    assert_eq!(text, "a b c d");
    let names: Vec<_> = warnings.iter().map(|warning| &*warning.text).collect();
    assert_eq!(names, ["s", "w"]);
}

#[test]
fn attributes_are_decoded_and_may_hold_anything_but_their_quote() {
    let mut cursor = Cursor::new(
        "<t a='x > \"y\"' b = \"1 &amp; &#50;&\"\n c='' d/>",
        Options::default(),
        &Limits::default(),
    );
    let tag = cursor.root().expect("well-formed");
    assert_eq!(cursor.attribute(&tag, "a").as_deref(), Some("x > \"y\""));
    assert_eq!(cursor.attribute(&tag, "b").as_deref(), Some("1 & 2&"));
    assert_eq!(cursor.attribute(&tag, "c").as_deref(), Some(""));
    assert_eq!(cursor.attribute(&tag, "d"), None);
}

#[test]
fn depth_and_size_end_a_record_that_goes_beyond_them() {
    let limits = Limits { depth: 3, event_bytes: 10, ..Limits::default() };
    for (input, whole) in [
        ("<a><b><c>ten bytes!</c></b></a>", true),
        ("<a><b><c><d/></c></b></a>", false),
        ("<a><b>eleven byte</b></a>", false),
        ("<a>eleven byte</a>", false),
        ("<a>&tenbytes;</a>", true),
        ("<a>&elevenbyt;</a>", false),
        ("<a><bbbbbbbbbbb/></a>", false),
        ("<a><!--eleven byte--></a>", false),
    ] {
        let mut cursor = Cursor::new(input, Options::default(), &limits);
        let root = cursor.root().expect("a root");
        match cursor.text(&root) {
            Ok(_) => assert!(whole, "{input}"),
            Err(flaw) => assert_eq!((flaw.code, whole), (Code::LimitExceeded, false), "{input}"),
        }
    }
}

#[test]
fn text_over_the_limit_is_not_tidy() {
    let limits = Limits { event_bytes: 10, ..Limits::default() };
    for (input, tidy) in [("<a>ten bytes!</a>", Some("ten bytes!")), ("<a>eleven byte</a>", None)] {
        // Eight bytes are looked at at once, so that some must follow.
        let whole = format!("{input}<behind/>");
        let mut cursor = Cursor::new(&whole, Options::default(), &limits);
        let root = cursor.root().expect("a root");
        assert_eq!(cursor.tidy_leaf(&root).expect("well-formed"), tidy, "{input}");
    }
}

#[test]
fn a_record_has_not_too_many_elements_and_not_too_many_doubts() {
    let many = |piece: &str, count: usize| format!("<a>{}</a>", piece.repeat(count));
    for (input, whole) in [
        (many("<i/>", TAGS - 1), true),
        (many("<i/>", TAGS), false),
        (many("&x;", WARNINGS), true),
        (many("&x;", WARNINGS + 1), false),
        (many("&x;", 5 * WARNINGS), false),
    ] {
        let mut cursor = Cursor::new(&input, Options::default(), &Limits::default());
        let root = cursor.root().expect("a root");
        match cursor.text(&root) {
            Ok(_) => assert!(whole, "{}", input.len()),
            Err(flaw) => assert_eq!((flaw.code, whole), (Code::LimitExceeded, false)),
        }
        assert!(cursor.warnings.len() <= WARNINGS + 1);
    }
}

#[test]
fn a_flaw_names_the_element_and_the_place() {
    let mut cursor = Cursor::new("<a><b>text</c></a>", Options::default(), &Limits::default());
    let root = cursor.root().expect("a root");
    let flaw = cursor.text(&root).expect_err("a wrong end tag");
    assert_eq!((flaw.code, flaw.offset), (Code::RecordMalformed, 10));
    assert_eq!(flaw.message, "`b` is not closed where an end tag stands");
}
