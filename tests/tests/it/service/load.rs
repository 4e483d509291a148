//! Jobs that are submitted while things are killed, and what must have become of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::client::is_bad;
use super::http::{is_final, jobs, told_jobs};
use super::processes::{run, words};

/// Files that are submitted by one run of the client.
const CHUNK: usize = 20;

/// For how long things are killed: `REFMILL_KILL_SECONDS`, or little.
pub(crate) fn length() -> Duration {
    let seconds = std::env::var("REFMILL_KILL_SECONDS").ok();
    let seconds = seconds.map(|text| text.parse().expect("a number of seconds"));
    Duration::from_secs(seconds.unwrap_or(20))
}

/// Chance that can be had again: its seed is `REFMILL_KILL_SEED`, or new and printed.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new() -> Self {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let fresh = || now.expect("a clock after 1970").subsec_nanos().into();
        let given = std::env::var("REFMILL_KILL_SEED").ok();
        let seed = given.map_or_else(fresh, |text| text.parse().expect("a number"));
        eprintln!("REFMILL_KILL_SEED={seed}");
        Self(seed)
    }

    /// A number below this one (`SplitMix64`).
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((bits ^ (bits >> 31)) % end as u64).expect("it is below a usize")
    }

    /// A pause up to so long.
    pub(crate) fn pause(&mut self, most: Duration) {
        let most = usize::try_from(most.as_millis()).expect("a short time");
        thread::sleep(Duration::from_millis(self.below(most.max(1)) as u64));
    }

    /// All numbers below this one, in any order.
    pub(crate) fn shuffled(&mut self, end: usize) -> Vec<usize> {
        let mut numbers: Vec<usize> = (0..end).collect();
        for last in (1..end).rev() {
            numbers.swap(last, self.below(last + 1));
        }
        numbers
    }
}

/// Files on their way into a service.
pub(crate) struct Load {
    inputs: Vec<PathBuf>,
    port: u16,
    folder: PathBuf,
    client: JoinHandle<BTreeSet<String>>,
}

impl Load {
    /// Begins to submit files, a few at a time, so that it takes about as long as the killing.
    pub(crate) fn start(folder: &Path, port: u16, length: Duration) -> Self {
        // 2,000 in two minutes.
        let count = u32::try_from(length.as_secs() * 50 / 3).expect("a few").max(200);
        let inputs = files(folder, count);
        let chunks = u32::try_from(inputs.len().div_ceil(CHUNK)).expect("a few");
        let to_send = inputs.clone();
        let client = thread::spawn(move || {
            let begun = Instant::now();
            let mut accepted = BTreeSet::new();
            for (number, chunk) in (0u32..).zip(to_send.chunks(CHUNK)) {
                thread::sleep((length * number / chunks).saturating_sub(begun.elapsed()));
                accepted.append(&mut submitted(port, chunk));
            }
            accepted
        });
        Self { inputs, port, folder: folder.to_owned(), client }
    }

    /// Whether all files were submitted.
    pub(crate) fn is_sent(&self) -> bool {
        self.client.is_finished()
    }

    /// Waits for all jobs, and holds them against what `refmill convert` makes of the files.
    ///
    /// Everything was started again. `tend` is called now and then, to restart what has ended by itself.
    pub(crate) fn hold(self, mut tend: impl FnMut()) {
        let Self { inputs, port, folder, client } = self;
        while !client.is_finished() {
            tend();
            thread::sleep(Duration::from_millis(200));
        }
        let accepted = client.join().expect("the client ends");
        let begun = Instant::now();
        let (mut open, mut since) = (Vec::new(), Instant::now());
        let all = loop {
            tend();
            // What was started again a moment ago may not answer yet.
            if let Some(all) = told_jobs(port) {
                let left: Vec<Value> = all.iter().filter(|job| !is_final(job)).cloned().collect();
                if left.is_empty() {
                    break all;
                }
                if left.len() != open.len() {
                    since = Instant::now();
                }
                open = left;
            }
            // A try that fails often waits for five minutes.
            assert!(since.elapsed() < Duration::from_mins(7), "these are stuck: {open:#?}");
            thread::sleep(Duration::from_millis(500));
        };
        eprintln!("all jobs were final {:.1?} after the last was sent", begun.elapsed());

        let by_id: BTreeMap<&str, &Value> = all.iter().map(|job| (id(job), job)).collect();
        for id in &accepted {
            assert!(by_id.get(id.as_str()).is_some_and(|job| job["state"] != "expired"), "{id}");
        }
        each_file_has_one_job(&inputs, &all);
        let out = folder.join("out");
        for chunk in inputs.chunks(CHUNK) {
            download(port, chunk, &out);
        }
        let after = jobs(port);
        assert_eq!(after.len(), all.len(), "the same files again make no second job");
        compare(&inputs, &out, &folder);
        let tried = all.iter().filter(|job| job["attempt"].as_u64() > Some(1)).count();
        let expired = all.iter().filter(|job| job["state"] == "expired").count();
        eprintln!(
            "{} files, {} ids told, {tried} jobs tried again, {expired} uploads given up",
            inputs.len(),
            accepted.len()
        );
    }
}

fn id(job: &Value) -> &str {
    job["id"].as_str().expect("an id")
}

/// Files of 1 to 500 records, most of them short; every tenth is cut in the middle.
fn files(folder: &Path, count: u32) -> Vec<PathBuf> {
    let inputs = folder.join("in");
    fs::create_dir_all(&inputs).expect("a folder");
    (0..count)
        .map(|number| {
            let path = inputs.join(format!("f{number:04}.xml"));
            let mut out = BufWriter::new(File::create(&path).expect("a file"));
            let share = f64::from(number * 37 % 100) / 99.0;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 500")]
            let records = 1 + (499.0 * share.powi(6)) as u32;
            tests::generate::baseline(records, u64::from(number), &mut out).expect("records");
            drop(out);
            if is_bad(&path) {
                let text = fs::read(&path).expect("the file");
                fs::write(&path, &text[..text.len() / 2]).expect("half of it");
            }
            path
        })
        .collect()
}

/// Submits files until the service has taken each of them; their ids.
fn submitted(port: u16, files: &[PathBuf]) -> BTreeSet<String> {
    let line = format!("submit --to ris,jsonl --parallel 4 --server http://127.0.0.1:{port}");
    let mut command = words(&line);
    command.extend(files.iter().map(|file| file.display().to_string()));
    let mut ids = BTreeSet::new();
    for _ in 0..20 {
        let (printed, status) = run(&command);
        ids.extend(printed.lines().filter_map(|line| Some(line.split_once('\t')?.0.to_owned())));
        match status {
            Some(0) => return ids,
            // The service was away for longer than the client waits: what it has, it has.
            Some(3) => {}
            other => panic!("{other:?}: {printed}"),
        }
    }
    panic!("the service does not come back");
}

/// Asks for the results of files that the service has already.
fn download(port: u16, files: &[PathBuf], out: &Path) {
    let line = format!(
        "submit --quiet --wait --to ris,jsonl --parallel 4 --server http://127.0.0.1:{port} --out {}",
        out.display()
    );
    let mut command = words(&line);
    command.extend(files.iter().map(|file| file.display().to_string()));
    let bad = files.iter().any(|file| is_bad(file));
    assert_eq!(run(&command).1, Some(i32::from(bad)));
}

/// Every file has one job, which has ended as it must, with one result in each format.
fn each_file_has_one_job(inputs: &[PathBuf], all: &[Value]) {
    let mut by_name: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for job in all.iter().filter(|job| job["state"] != "expired") {
        by_name.entry(job["input"]["filename"].as_str().expect("a name")).or_default().push(job);
    }
    assert_eq!(by_name.len(), inputs.len());
    for file in inputs {
        let name = file.file_name().and_then(|name| name.to_str()).expect("a name");
        let [job] = by_name[name][..] else { panic!("{:#?}", by_name[name]) };
        let results = job["results"].as_array().expect("results");
        let formats: Vec<&str> =
            results.iter().filter_map(|result| result["format"].as_str()).collect();
        if is_bad(file) {
            assert_eq!((&job["state"], formats.len()), (&"failed".into(), 0), "{job:#}");
            assert_eq!(job["error"]["code"], "truncated-input", "{job:#}");
        } else {
            assert_eq!(job["state"], "succeeded", "{job:#}");
            assert_eq!(formats, ["ris", "jsonl"], "{job:#}");
        }
    }
}

/// Every result is what `refmill convert` makes of the file.
fn compare(inputs: &[PathBuf], out: &Path, folder: &Path) {
    let expected = folder.join("expected");
    let good: Vec<&PathBuf> = inputs.iter().filter(|file| !is_bad(file)).collect();
    for chunk in good.chunks(CHUNK) {
        let line = format!("convert --quiet --to ris,jsonl --out {}", expected.display());
        let mut command = words(&line);
        command.extend(chunk.iter().map(|file| file.display().to_string()));
        assert_eq!(run(&command).1, Some(0));
    }
    let names = |folder: &Path| -> BTreeSet<_> {
        let entries = fs::read_dir(folder).expect("a folder");
        entries.map(|entry| entry.expect("an entry").file_name()).collect()
    };
    assert_eq!(names(out), names(&expected));
    for name in names(&expected) {
        let read = |folder: &Path| fs::read(folder.join(&name)).expect("a file");
        assert!(read(out) == read(&expected), "{} differs", name.display());
    }
}
