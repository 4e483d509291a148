//! A producer that knows the broker alone: the program of `examples/intake.py`.

use std::path::Path;

use servers::{Postgres, RabbitMq};
use tests::places;

use super::processes::{run, words};
use super::spread::Ground;

#[test]
fn the_example_of_a_producer_prints_what_the_command_line_makes() {
    let folder = tempfile::tempdir().expect("a folder");
    let ground = Ground::prepare(folder.path(), Postgres::start(), "--set intake.enabled=true");
    let _keeper = ground.start("keeper", "keeper", "");
    let _worker = ground.start("worker", "worker", "");
    let mut files = vec![places::root().join("examples/article.xml")];
    // The page that the project began with, where it is present.
    files.extend(places::shared("corpus/text/seed-38201451.txt"));
    for file in files {
        let (is_done, printed) = produce(&ground.broker, &file, "ris");
        assert!(is_done, "{printed}");
        let line = format!("convert --quiet --to ris {}", file.display());
        assert_eq!(printed, run(&words(&line)).0, "{}", file.display());
        assert!(printed.starts_with("TY  - "), "{printed}");
        // The same message again is the same job, and is answered from it.
        assert_eq!(produce(&ground.broker, &file, "ris"), (true, printed));
    }
    let (is_done, said) =
        produce(&ground.broker, &places::root().join("examples/article.xml"), "ris,docx");
    assert!(!is_done && said.contains("docx"), "{said}");
}

/// Whether the example succeeds, and what it prints or complains about.
pub(crate) fn produce(broker: &RabbitMq, file: &Path, formats: &str) -> (bool, String) {
    let output = servers::python()
        .arg(places::root().join("examples/intake.py"))
        .arg(broker.url())
        .arg(file)
        .arg(formats)
        .output()
        .expect("Python can be run");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    let is_done = output.status.success();
    (is_done, text(if is_done { output.stdout } else { output.stderr }))
}
