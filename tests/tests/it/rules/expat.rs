//! A second reader of XML, which shares nothing with ours: expat, by way of Python.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Reads documents, each behind its length, and answers each with a line.
const SCRIPT: &str = r#"
import sys, xml.parsers.expat

def read(document):
    records = 0
    def start(name, attributes):
        nonlocal records
        records += name == "record"
    def odd(*_):
        raise ValueError("something that is neither element nor text")
    parser = xml.parsers.expat.ParserCreate()
    parser.StartElementHandler = start
    parser.CommentHandler = parser.ProcessingInstructionHandler = odd
    parser.StartDoctypeDeclHandler = parser.StartCdataSectionHandler = odd
    parser.Parse(document, True)
    return records

while length := sys.stdin.buffer.readline():
    document = sys.stdin.buffer.read(int(length))
    try:
        answer = f"records {read(document)}"
    except Exception as error:
        answer = f"fault {error}"
    print(answer, flush=True)
"#;

struct Expat {
    /// Ends when nothing more comes to it, which is when this process ends.
    _child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

/// What expat has against a document of so many records.
pub(crate) fn fault(document: &str, records: u64) -> Option<String> {
    static EXPAT: OnceLock<Mutex<Expat>> = OnceLock::new();
    let expat = EXPAT.get_or_init(|| Mutex::new(start()));
    let mut expat = expat.lock().unwrap_or_else(PoisonError::into_inner);
    let length = format!("{}\n", document.len());
    expat.stdin.write_all(length.as_bytes()).expect("expat reads");
    expat.stdin.write_all(document.as_bytes()).expect("expat reads");
    expat.stdin.flush().expect("expat reads");
    let mut answer = String::new();
    expat.stdout.read_line(&mut answer).expect("expat answers");
    let answer = answer.trim();
    (answer != format!("records {records}")).then(|| format!("expat: {answer}"))
}

fn start() -> Expat {
    let mut child = Command::new("python3")
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the second reader of XML needs python3");
    let stdin = child.stdin.take().expect("a pipe");
    let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    Expat { _child: child, stdin, stdout }
}

#[test]
fn expat_refuses_what_is_no_xml() {
    assert_eq!(fault("<xml><record>&lt;</record></xml>", 1), None);
    for bad in [
        "<xml><record>",
        "<xml>\u{1}</xml>",
        "<xml>\u{FFFE}</xml>",
        "<xml>]]></xml>",
        "<xml>&x;</xml>",
        "<xml><!-- --></xml>",
        "<xml><?x?></xml>",
        "<xml><![CDATA[]]></xml>",
        "<!DOCTYPE xml><xml></xml>",
        "<xml><record/></xml>",
    ] {
        assert!(fault(bad, 0).is_some(), "{bad}");
    }
}
