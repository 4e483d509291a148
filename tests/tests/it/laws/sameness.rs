//! The same records give the same bytes, in whatever dress they come and however they are read.

use std::io::Write;

use formats::Format;
use model::Record;
use tests::conversion::{Converted, convert, convert_as, request};

use super::{inputs, invented};

#[test]
fn one_thread_and_eight_write_the_same_bytes() {
    let file = invented(2000, 3);
    let one = convert_as(&request(&[]), 1, &[&file]);
    let eight = convert_as(&request(&[]), 8, &[&file]);
    same(&one, &eight, "eight threads");
    assert_eq!(one.said(), eight.said());
}

#[test]
fn packed_input_gives_the_same_bytes() {
    for (name, input) in inputs() {
        same(&convert(&input), &convert(&packed(&input)), &name);
    }
}

#[test]
fn dress_does_not_matter() {
    for (name, input) in inputs().iter().filter(|(_, input)| is_one_set(input)) {
        let text = std::str::from_utf8(input).expect("cases are UTF-8");
        let plain = convert(input);
        let body = &text[text.find("<PubmedArticleSet>").expect("a set")..];
        let utf16: Vec<u8> =
            text.replace("UTF-8", "UTF-16").encode_utf16().flat_map(u16::to_le_bytes).collect();
        let doctype = |year: u32| {
            format!(
                "<?xml version=\"1.0\"?>\n<!DOCTYPE PubmedArticleSet PUBLIC \"-//NLM//DTD \
                 PubMedArticle, 1st January {year}//EN\" \"pubmed_{year}.dtd\" [<!ENTITY x \"y\">]>\n{body}"
            )
        };
        let dresses: [(&str, Vec<u8>); 9] = [
            ("byte order mark", [b"\xEF\xBB\xBF", input.as_slice()].concat()),
            ("UTF-16", [&[0xFF, 0xFE], utf16.as_slice()].concat()),
            ("one line", text.replace('\n', " ").into_bytes()),
            ("CRLF", text.replace('\n', "\r\n").into_bytes()),
            ("no prolog", body.as_bytes().to_vec()),
            ("DOCTYPE of 2013", doctype(2013).into_bytes()),
            ("DOCTYPE of 2026", doctype(2026).into_bytes()),
            ("old root", text.replace("PubmedArticleSet", "PubMedArticleSet").into_bytes()),
            ("foreign root", format!("<answer>{body}</answer>").into_bytes()),
        ];
        for (dress, bytes) in dresses {
            same(&plain, &convert(&bytes), &format!("{name}, {dress}"));
        }
    }
}

#[test]
fn a_document_twice_is_its_records_twice() {
    for (name, input) in inputs().iter().filter(|(_, input)| is_one_set(input)) {
        let once = convert(input);
        let twice = convert(&[input.as_slice(), b"\n", input.as_slice()].concat());
        let lines = once.text(Format::Jsonl);
        assert_eq!(twice.text(Format::Jsonl), lines.repeat(2), "{name}");
        let separate = convert_as(&request(&[]), 2, &[input, input]);
        same(&twice, &separate, name);
    }
}

#[test]
fn a_record_does_not_depend_on_its_neighbours() {
    let file = String::from_utf8(invented(60, 5)).expect("invented files are UTF-8");
    let start = file.find("  <PubmedArticle>").expect("an article");
    let end = file.find("  <DeleteCitation>").expect("a list of deletions");
    let (head, tail) = (&file[..start], "</PubmedArticleSet>");
    let mut records: Vec<&str> = file[start..end].split_inclusive("</PubmedArticle>\n").collect();
    let alone: Vec<Converted> =
        records.iter().map(|record| convert(format!("{head}{record}{tail}").as_bytes())).collect();
    for format in [Format::Ris, Format::Bibtex, Format::Biblatex, Format::Jsonl] {
        let together = convert(file.as_bytes());
        let one_by_one: String = alone.iter().map(|one| one.text(format)).collect();
        assert_eq!(together.text(format), one_by_one, "{format}");
    }
    records.reverse();
    let reversed = convert(format!("{head}{}{tail}", records.concat()).as_bytes());
    for format in [Format::Ris, Format::Bibtex, Format::Biblatex, Format::Jsonl] {
        let one_by_one: String = alone.iter().rev().map(|one| one.text(format)).collect();
        assert_eq!(reversed.text(format), one_by_one, "{format}");
    }
}

#[test]
fn a_line_of_json_is_read_back_as_the_same_line() {
    let mut files = inputs();
    files.push(("an invented file".to_owned(), invented(500, 11)));
    for (name, input) in files {
        for line in convert(&input).text(Format::Jsonl).lines() {
            let record: Record = serde_json::from_str(line).unwrap_or_else(|err| {
                panic!("{name}: {err} in {line}");
            });
            assert_eq!(serde_json::to_string(&record).expect("records are JSON"), line, "{name}");
        }
    }
}

/// Whether the input is a single set, so that its dress can be changed.
fn is_one_set(input: &[u8]) -> bool {
    let text = String::from_utf8_lossy(input);
    text.matches("<PubmedArticleSet>").count() == 1 && text.matches("<?xml").count() == 1
}

fn same(one: &Converted, other: &Converted, what: &str) {
    for format in Format::ALL {
        assert!(one.outputs[&format] == other.outputs[&format], "{what}: {format} differs");
    }
}

fn packed(input: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(input).and_then(|()| packed.finish()).expect("memory takes everything")
}
