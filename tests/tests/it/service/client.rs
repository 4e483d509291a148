//! Files to be converted, what `refmill convert` makes of them, and whether the service agrees.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::http::{is_final, jobs};
use super::processes::{run, words};

/// Makes so many files of invented records, one to `most` in each; every tenth is cut short.
pub(crate) fn files(folder: &Path, count: u32, most: u32) -> Vec<PathBuf> {
    let inputs = folder.join("in");
    fs::create_dir_all(&inputs).expect("a folder");
    (0..count)
        .map(|number| {
            let path = inputs.join(format!("f{number:04}.xml"));
            let mut out = BufWriter::new(File::create(&path).expect("a file"));
            let records = 1 + number * 7 % most;
            tests::generate::baseline(records, u64::from(number), &mut out).expect("records");
            drop(out);
            if number % 10 == 9 {
                let text = fs::read(&path).expect("the file");
                fs::write(&path, &text[..text.len() / 2]).expect("half of it");
            }
            path
        })
        .collect()
}

/// Whether a file was cut short.
pub(crate) fn is_bad(file: &Path) -> bool {
    file.file_stem().is_some_and(|stem| stem.to_string_lossy().ends_with('9'))
}

/// Submits files, waits for their ends, and returns the exit status.
pub(crate) fn submit(files: &[PathBuf], port: u16, out: &Path) -> Option<i32> {
    let line = format!(
        "submit --quiet --wait --to ris,jsonl --parallel 8 --server http://127.0.0.1:{port} --out {}",
        out.display()
    );
    let mut command = words(&line);
    command.extend(files.iter().map(|file| file.display().to_string()));
    run(&command).1
}

/// Submits files in a thread, and comes again when the service is away for longer than the client
/// waits.
pub(crate) fn persist(files: &[PathBuf], port: u16, out: &Path) -> JoinHandle<Option<i32>> {
    let (files, out) = (files.to_vec(), out.to_owned());
    thread::spawn(move || {
        (0..20).find_map(|_| submit(&files, port, &out).filter(|status| *status != 3))
    })
}

/// Whether some jobs are done and others are not.
pub(crate) fn is_amid(port: u16) -> bool {
    let all = jobs(port);
    let done = all.iter().filter(|job| is_final(job)).count();
    done >= 5 && all.len() > done
}

/// Waits until it is so.
pub(crate) fn until(what: &str, most: Duration, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < most, "it never came: {what}");
        thread::sleep(Duration::from_millis(50));
    }
}

/// Compares every result with what `refmill convert` makes of the same file.
pub(crate) fn agree(files: &[PathBuf], out: &Path, folder: &Path) {
    let expected = folder.join("expected");
    for file in files {
        for extension in ["ris", "jsonl"] {
            let name = file.with_extension(extension);
            let name = name.file_name().expect("a name");
            if is_bad(file) {
                assert!(!out.join(name).exists(), "{} has no result", file.display());
                continue;
            }
            let reference = expected.join(name);
            if !reference.exists() {
                let line = format!(
                    "convert --quiet --to ris,jsonl --out {} {}",
                    expected.display(),
                    file.display()
                );
                assert_eq!(run(&words(&line)).1, Some(0), "{}", file.display());
            }
            let found = fs::read(out.join(name))
                .unwrap_or_else(|error| panic!("{}: {error}", out.join(name).display()));
            assert!(
                found == fs::read(&reference).expect("a reference"),
                "{} differs from what `refmill convert` makes",
                out.join(name).display()
            );
        }
    }
}
