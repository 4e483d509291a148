//! The walk finds what a parser finds that reads every event, whatever stands in the documents.

use std::ops::Range;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use quick_xml::Reader;
use quick_xml::events::Event;

use super::*;
use crate::xml::root;

/// Names that mean something here, look as if they did, or mean nothing.
const NAMES: &[&str] = &[
    "PubmedArticle",
    "PubmedArticle",
    "MedlineCitation",
    "p:MedlineCitation",
    "PubmedBookArticle",
    "BookDocument",
    "p:PubmedArticle",
    "PubmedArticleSet",
    "MedlineCitationSet",
    "BookDocumentSet",
    "DeleteCitation",
    "DeleteDocument",
    "PMID",
    "PMID",
    "PubmedData",
    "PubmedArticles",
    "answer",
    "é",
];

/// What may hide in text, attributes, comments and the like.
const HIDDEN: &[&str] = &[
    "</PubmedArticle>",
    "<PubmedArticle>",
    "<p:PubmedArticle ",
    "</MedlineCitation>",
    "<BookDocument/>",
    "</PubmedArticleSet>",
    "<DeleteCitation><PMID>7</PMID>",
    "<![CDATA[",
    "<?",
    "<!--",
    "]]",
    "-",
    "?",
    "'",
    "\"",
    " > ",
    "Pubmed",
    "é",
    "\n",
];

const TEXTS: &[&str] =
    &["99000001", " 99000002 ", "x", ">", "]] >", "&lt;", "PubmedArticle", "\n", "é", "\u{feff}"];

fn hidden() -> impl Strategy<Value = String> {
    vec(select(HIDDEN), 0..4).prop_map(|parts| parts.concat())
}

fn text() -> impl Strategy<Value = String> {
    select(TEXTS).prop_map(str::to_owned)
}

fn attributes() -> impl Strategy<Value = String> {
    let value = hidden().prop_map(|value| value.replace('<', "&lt;"));
    let attribute = (value, any::<bool>()).prop_map(|(value, single)| {
        if single {
            format!(" a = '{}'", value.replace('\'', "/"))
        } else {
            format!("\tb=\"{}\"", value.replace('"', "/"))
        }
    });
    prop_oneof![3 => Just(String::new()), 1 => attribute]
}

/// Comments and instructions, which may stand anywhere.
fn unread() -> impl Strategy<Value = String> {
    prop_oneof![
        hidden().prop_map(|content| format!("<!-- {} -->", content.replace("--", "-+"))),
        hidden().prop_map(|content| format!("<?x {} ?>", content.replace("?>", "? >"))),
    ]
}

fn leaf() -> impl Strategy<Value = String> {
    let cdata = hidden().prop_map(|content| format!("<![CDATA[{}]]>", content.replace("]]>", "")));
    prop_oneof![3 => text(), 1 => unread(), 1 => cdata]
}

fn element() -> impl Strategy<Value = String> {
    let tag = || (select(NAMES), attributes());
    let empty = tag().prop_map(|(name, attributes)| format!("<{name}{attributes}/>"));
    let content = prop_oneof![leaf(), empty];
    let content = content.prop_recursive(5, 40, 5, move |content| {
        (tag(), vec(content, 0..5)).prop_map(|((name, attributes), content)| {
            format!("<{name}{attributes}>{}</{name} >", content.concat())
        })
    });
    (tag(), vec(content, 0..6)).prop_map(|((name, attributes), content)| {
        format!("<{name}{attributes}>{}</{name}>", content.concat())
    })
}

fn document() -> impl Strategy<Value = String> {
    let prolog = select(&[
        "",
        "\u{feff}<?xml version=\"1.0\"?>\r\n<!DOCTYPE a PUBLIC \"-//>\" 'b'>\n",
        "<!DOCTYPE a [ <!-- ]> ' --> <!ENTITY b \"<PubmedArticle>]>\"> <?c ]> ?> ]>",
    ]);
    (prolog, vec(unread(), 0..2), element())
        .prop_map(|(prolog, unread, element)| format!("{prolog}{}{element}\n", unread.concat()))
}

fn documents() -> impl Strategy<Value = String> {
    // The parser takes the first byte-order mark away, and does not count it.
    vec(document(), 1..4).prop_map(|documents| documents.concat().replacen('\u{feff}', "", 1))
}

/// What the parser says about one tag or text.
struct Seen {
    range: Range<usize>,
    kind: Kind,
    local: String,
    /// Index of the end tag of a start tag.
    closing: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Start,
    Empty,
    End,
    Text,
}

fn events(input: &str) -> Vec<Seen> {
    let mut reader = Reader::from_str(input);
    let (mut events, mut open) = (Vec::<Seen>::new(), Vec::new());
    loop {
        let start = usize::try_from(reader.buffer_position()).expect("it is an index");
        let event = reader.read_event().expect("the document is well-formed");
        let end = usize::try_from(reader.buffer_position()).expect("it is an index");
        let (kind, local) = match &event {
            Event::Start(tag) => (Kind::Start, tag.local_name().as_ref().to_owned()),
            Event::Empty(tag) => (Kind::Empty, tag.local_name().as_ref().to_owned()),
            Event::End(tag) => (Kind::End, tag.local_name().as_ref().to_owned()),
            Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) => (Kind::Text, String::new()),
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) | Event::DocType(_) => continue,
            Event::Eof => return events,
        };
        match kind {
            Kind::Start => open.push(events.len()),
            Kind::End => {
                let opening: usize = open.pop().expect("the document is well-formed");
                events[opening].closing = events.len();
            }
            Kind::Empty | Kind::Text => {}
        }
        events.push(Seen { range: start..end, kind, local, closing: 0 });
    }
}

/// What the walk has to find: records as ranges, broken records as places, and withdrawn PMIDs.
fn expected(input: &str) -> Vec<Found> {
    let events = events(input);
    let (mut found, mut at) = (Vec::new(), 0);
    // The list of withdrawn PMIDs that is open, the PMID in it, and elements open in the list.
    let (mut list, mut pmid, mut depth) = (None::<(usize, Vec<u64>)>, None::<String>, 0_usize);
    let mut broken = Vec::new();
    while let Some(event) = events.get(at) {
        let local = event.local.as_bytes();
        let record = Root::named(local).filter(|_| event.kind != Kind::End);
        if let Some(record) = record {
            let close = if event.kind == Kind::Empty { at } else { event.closing };
            let begins = |inside: &Seen| matches!(inside.kind, Kind::Start | Kind::Empty);
            let inside = || (at + 1..close).filter(|index| begins(&events[*index]));
            if inside().any(|index| is_alike(events[index].local.as_bytes(), record)) {
                let mut citations = 0;
                let cut = inside().find(|index| {
                    let local = events[*index].local.as_bytes();
                    let is_citation = record.citation().map(str::as_bytes) == Some(local);
                    citations += usize::from(is_citation);
                    let is_its_own = is_citation && citations == 1;
                    !is_its_own && (root::is_record_or_set(local) || root::is_deletion(local))
                });
                found.push(Found::Fault(Code::RecordMalformed, event.range.start, None));
                let cut = cut.expect("what is alike cuts");
                let left_open = at..cut;
                broken.extend(left_open.filter(|index| events[*index].closing >= cut));
                at = cut;
            } else {
                let range = event.range.start..events[close].range.end;
                found.push(Found::Record(input[range].to_owned()));
                at = close + 1;
            }
            continue;
        }
        match event.kind {
            Kind::Start => {
                depth += 1;
                if list.is_none() && root::is_deletion(local) {
                    (list, depth) = (Some((at, Vec::new())), 0);
                } else if list.is_some() && depth == 1 && local == b"PMID" {
                    pmid = Some(String::new());
                }
            }
            Kind::End if broken.iter().any(|index| events[*index].closing == at) => {}
            Kind::End => {
                if depth <= 1
                    && let Some(pmid) = pmid.take()
                    && let Some((_, pmids)) = &mut list
                {
                    pmids.extend(pmid.trim().parse::<Pmid>().map(Pmid::number));
                }
                depth = depth.saturating_sub(1);
                let is_over = |(index, _): &mut (usize, _)| events[*index].closing == at;
                if let Some((_, pmids)) = list.take_if(is_over)
                    && !pmids.is_empty()
                {
                    found.push(Found::Deleted(pmids));
                }
            }
            Kind::Text => {
                if let Some(pmid) = &mut pmid {
                    let text = &input[event.range.clone()];
                    let text = text.strip_prefix("<![CDATA[").unwrap_or(text);
                    pmid.push_str(text.strip_suffix("]]>").unwrap_or(text));
                }
            }
            Kind::Empty => {}
        }
        at += 1;
    }
    found
}

/// Whether an element ends the search for the end of a record that it stands in.
fn is_alike(local: &[u8], record: Root) -> bool {
    let stem: &[u8] = match record {
        Root::PubmedArticle | Root::PubmedBookArticle => b"Pubmed",
        Root::MedlineCitation => b"MedlineCitation",
        Root::BookDocument => b"BookDocument",
    };
    local.starts_with(stem) && root::is_record_or_set(local)
}

/// A set of records that hold no records, and where each of them stands.
fn flat_set(
    content: impl Strategy<Value = String>,
) -> impl Strategy<Value = (String, Vec<Range<usize>>)> {
    vec((content, attributes()), 1..6).prop_map(|records| {
        let mut set = "<PubmedArticleSet>".to_owned();
        let mut ranges = Vec::new();
        for (content, attributes) in records {
            let start = set.len();
            let content = content.replace("--", "-+");
            for part in ["<PubmedArticle", &attributes, "><!-- ", &content, " -->a"] {
                set += part;
            }
            set += "<MedlineCitation><PMID>99000001</PMID></MedlineCitation></PubmedArticle>";
            ranges.push(start..set.len());
            set += "\n";
        }
        (set + "</PubmedArticleSet>", ranges)
    })
}

/// An input that is no document at all.
fn soup() -> impl Strategy<Value = String> {
    let name = select(NAMES);
    let tag = (select(&["<", "</"]), name, select(&[">", "/>", " a='>'>", " a='", ""]));
    let tag = tag.prop_map(|(start, name, end)| format!("{start}{name}{end}"));
    let broken = select(&["<!DOCTYPE a [", "]>", "-->", "?>", "]]>", "<", "<!", "</>"]);
    let piece = prop_oneof![
        4 => tag,
        1 => select(HIDDEN).prop_map(str::to_owned),
        1 => text(),
        1 => broken.prop_map(str::to_owned),
    ];
    let root = select(&["<PubmedArticleSet>", "<answer>", ""]);
    (root, vec(piece, 0..40)).prop_map(|(root, pieces)| root.to_owned() + &pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn the_walk_finds_what_a_parser_finds(input in documents(), part in 1usize..=65536) {
        let found = found_in_parts(input.as_bytes(), part, Limits::default(), After::End);
        let mut found = found.into_iter().map(|found| match found {
            Found::Fault(code, at, _) => Found::Fault(code, at, None),
            other => other,
        }).collect::<Vec<_>>();
        let is_refused = |found: &Found| matches!(found, Found::Fault(Code::InputRefused, ..));
        found.retain(|found| !matches!(found, Found::Remark(..)) && !is_refused(found));
        prop_assert_eq!(found, expected(&input));
    }

    #[test]
    fn it_does_not_matter_how_an_input_comes_in(
        input in soup(),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 0..2),
        record_bytes in 20usize..200,
        part in 1usize..50,
    ) {
        let mut input = input.into_bytes();
        for (place, byte) in damage {
            if !input.is_empty() {
                let place = place.index(input.len());
                input[place] = byte;
            }
        }
        let limits = Limits { event_bytes: 40, record_bytes, depth: 6 };
        for last in [After::End, After::Failure] {
            let whole = found_in_parts(&input, input.len().max(1), limits, last);
            for part in [1, part] {
                prop_assert_eq!(&found_in_parts(&input, part, limits, last), &whole);
            }
        }
    }

    #[test]
    fn a_cut_costs_the_record_that_it_hits(set in flat_set(text()), cut in any::<prop::sample::Index>()) {
        let (set, ranges) = set;
        let cut = cut.index(set.len());
        let found = found_in_parts(&set.as_bytes()[..cut], 100, Limits::default(), After::End);
        let whole = ranges.iter().filter(|range| range.end <= cut).count();
        let begun = ranges.iter().filter(|range| range.start + "<PubmedArticle".len() < cut).count();
        let count = |wanted: &dyn Fn(&Found) -> bool| found.iter().filter(|found| wanted(found)).count();
        prop_assert_eq!(count(&|found| matches!(found, Found::Record(_))), whole);
        let is_cut = |found: &Found| matches!(found, Found::Fault(Code::RecordTruncated, ..));
        prop_assert_eq!(count(&is_cut), begun - whole);
        prop_assert_eq!(found.len(), begun + 1);
    }

    #[test]
    fn damage_in_a_record_leaves_its_neighbours_whole(
        set in flat_set(hidden()),
        hit in any::<prop::sample::Index>(),
        damage in "[a-z<>/\"' \u{0}é-]{0,20}",
        removed in any::<prop::sample::Index>(),
    ) {
        let (set, ranges) = set;
        let hit = &ranges[hit.index(ranges.len())];
        let body = hit.start + set[hit.clone()].find("-->a").expect("it stands there") + 3;
        // From nothing behind the comment to all that follows, the end tag included.
        let removed = body + removed.index(hit.end - body + 1);
        // The blank keeps the damage from making a tag of another one's rest.
        let damaged = format!("{}{damage} {}", &set[..body], &set[removed..]);
        let found = found_in_parts(damaged.as_bytes(), 100, Limits::default(), After::End);
        let records = found.iter().filter_map(|found| match found {
            Found::Record(record) => Some(record.as_str()),
            _ => None,
        }).collect::<Vec<_>>();
        for range in ranges.iter().filter(|range| *range != hit) {
            prop_assert!(records.contains(&&set[range.clone()]));
        }
        prop_assert_eq!(found.len(), ranges.len(), "{:?}", found);
    }
}
