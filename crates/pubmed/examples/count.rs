//! Reads a PubMed XML file and says how many records and remarks there are, and how long it took.

use std::collections::BTreeMap;
use std::fs::File;
use std::time::Instant;

use pubmed::{Limits, Options, Outcome, Parts, Runs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: count FILE.xml [lean]")?;
    let mut options = Options::default();
    if std::env::args().nth(2).is_some() {
        let people = Parts::AFFILIATIONS.and(Parts::INVESTIGATORS);
        options.leave_out = people.and(Parts::HISTORY).and(Parts::GRANTS);
    }
    let mut runs = Runs::xml(File::open(path)?, Limits::default());
    let (mut counts, mut split, mut read) = (BTreeMap::<String, u64>::new(), 0.0, 0.0);
    loop {
        let start = Instant::now();
        let run = runs.next_run()?;
        split += start.elapsed().as_secs_f64();
        let Some(run) = run else { break };
        let start = Instant::now();
        run.read(&options, &Limits::default(), &mut |outcome| match outcome {
            Outcome::Record(record) => {
                count(&mut counts, "records");
                for warning in &record.warnings {
                    count(&mut counts, warning.code.as_str());
                }
            }
            Outcome::Deleted(pmids) => count(&mut counts, &format!("deleted {}", pmids.len())),
            Outcome::Remark(warning) => count(&mut counts, &format!("{warning:?}")),
            Outcome::Fault(fault) => count(&mut counts, &format!("{fault:?}")),
        });
        read += start.elapsed().as_secs_f64();
    }
    for (name, count) in &counts {
        eprintln!("{count:>8} {name}");
    }
    eprintln!("split {split:.3} s, read {read:.3} s");
    Ok(())
}

fn count(counts: &mut BTreeMap<String, u64>, what: &str) {
    match counts.get_mut(what) {
        Some(count) => *count += 1,
        None => _ = counts.insert(what.to_owned(), 1),
    }
}
