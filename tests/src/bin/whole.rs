//! `whole [ROUNDS]`: how fast the program is on whole files, and how much memory it takes.
//!
//! The files are one of 30,000 invented records and, where it is present, NLM's baseline file of
//! the shared corpus. Each is converted to every format, on one core and on all. Ratios are those
//! of runs that follow one another, so that a busy machine troubles both alike: to a bare pass of
//! quick-xml over the same bytes, of all cores to one, and to bibutils where that is installed.
//! Memory is measured on what never ends: gigabytes through a pipe, records of half a megabyte.

#![expect(
    clippy::cast_precision_loss,
    reason = "rates of a few digits; files are far below 2^52 bytes"
)]

use std::error::Error;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use quick_xml::Reader;
use quick_xml::events::Event;
use tests::{generate, places};

type Outcome<T> = Result<T, Box<dyn Error>>;
/// What writes an input into the program.
type Source<'a> = &'a (dyn Fn(&mut ChildStdin) -> io::Result<()> + Sync);

const RECORDS: u32 = 30_000;
const FORMATS: [&str; 7] = [
    "ris",
    "bibtex",
    "biblatex",
    "csl-json",
    "endnote-xml",
    "jsonl",
    "ris,bibtex,biblatex,csl-json,endnote-xml,jsonl",
];

fn main() -> Outcome<()> {
    let rounds = std::env::args().nth(1).map_or(Ok(3), |word| word.parse::<u32>())?;
    let folder = places::root().join(".cache/bench");
    fs::create_dir_all(&folder)?;
    let mut out = io::stdout().lock();
    for (name, file) in files(&folder)? {
        measure(&name, &file, &folder, rounds.max(1), &mut out)?;
    }
    memory(&mut out)
}

/// The files to measure on, made or unpacked if they are not there yet.
fn files(folder: &Path) -> Outcome<Vec<(String, PathBuf)>> {
    let invented = folder.join(format!("invented-{RECORDS}.xml"));
    make(&invented, |out| generate::baseline(RECORDS, 1, out))?;
    let mut files = vec![(format!("{RECORDS} invented records"), invented)];
    let bulk = places::shared("corpus/xml/bulk").map(fs::read_dir).transpose()?;
    for entry in bulk.into_iter().flatten() {
        let packed = entry?.path();
        let name = packed.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let plain = folder.join(&name);
        make(&plain, |out| {
            let packed = BufReader::new(File::open(&packed)?);
            io::copy(&mut flate2::bufread::MultiGzDecoder::new(packed), out).map(drop)
        })?;
        files.push((name, plain));
    }
    Ok(files)
}

/// Writes a file in one step, so that a broken run leaves none.
fn make(file: &Path, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> Outcome<()> {
    if file.exists() {
        return Ok(());
    }
    let unfinished = file.with_extension("unfinished");
    let mut out = BufWriter::new(File::create(&unfinished)?);
    write(&mut out)?;
    out.flush()?;
    Ok(fs::rename(unfinished, file)?)
}

fn measure(
    name: &str,
    file: &Path,
    folder: &Path,
    rounds: u32,
    out: &mut impl Write,
) -> Outcome<()> {
    let bytes = fs::metadata(file)?.len();
    let records = records(file)?;
    let cores = thread::available_parallelism()?.get();
    let rate = |count: u64, took: Duration| count as f64 / took.as_secs_f64();
    writeln!(out, "## {name}: {:.1} MB, {records} records, best of {rounds}\n", megabytes(bytes))?;
    writeln!(out, "| to | cores | seconds | MB/s | records/s | peak memory, MB |")?;
    writeln!(out, "|---|---:|---:|---:|---:|---:|")?;
    for formats in FORMATS {
        for threads in [1, cores] {
            let (took, peak) = best(rounds, || convert(file, formats, threads, folder))?;
            let format = if formats.contains(',') { "all six" } else { formats };
            let (speed, pace) = (rate(bytes, took) / 1e6, rate(records, took));
            let (took, peak) = (took.as_secs_f64(), megabytes(peak));
            writeln!(
                out,
                "| {format} | {threads} | {took:.2} | {speed:.0} | {pace:.0} | {peak:.0} |"
            )?;
        }
    }
    let ris = |threads| convert(file, "ris", threads, folder).map(|(took, _)| took);
    let ratio = ratio(rounds, || bare_pass(file), || ris(1))?;
    writeln!(out, "\nTo RIS on one core at {ratio:.2} of the speed of a bare quick-xml pass.")?;
    let ratio = self::ratio(rounds, || ris(1), || ris(cores))?;
    writeln!(out, "To RIS on {cores} cores at {ratio:.2} times the speed of one.")?;
    match bibutils() {
        Some(programs) => {
            let ratio = self::ratio(1, || through_bibutils(&programs, file), || ris(1))?;
            writeln!(
                out,
                "To RIS on one core at {ratio:.0} times the speed of `med2xml | xml2ris`.\n"
            )?;
        }
        None => {
            writeln!(out, "bibutils is not installed: no comparison with `med2xml | xml2ris`.\n")?;
        }
    }
    Ok(())
}

/// Peak memory on inputs that would not fit into it.
fn memory(out: &mut impl Write) -> Outcome<()> {
    writeln!(out, "## Memory, on {} cores\n", thread::available_parallelism()?)?;
    writeln!(out, "| input | to | peak memory, MB |")?;
    writeln!(out, "|---|---|---:|")?;
    let inputs: [(&str, Source<'_>); 3] = [
        ("one record of half a megabyte", &|input| generate::large(1, 1, input)),
        ("500 records of half a megabyte", &|input| generate::large(500, 1, input)),
        ("2 GB of records", &|input| generate::baseline(350_000, 1, input)),
    ];
    for (name, write) in inputs {
        for formats in [FORMATS[0], FORMATS[6]] {
            let peak = megabytes(peak(formats, write)?);
            let format = if formats.contains(',') { "all six" } else { formats };
            writeln!(out, "| {name} | {format} | {peak:.0} |")?;
        }
    }
    Ok(())
}

/// The peak memory of a conversion of what is written into it; its outputs are dropped.
fn peak(formats: &str, write: Source<'_>) -> Outcome<u64> {
    let folder = tempfile::tempdir_in(places::root().join(".cache/bench"))?;
    let mut command = Command::new(places::refmill());
    command.args(["convert", "--quiet", "--to", formats, "--out"]).arg(folder.path());
    let mut child = command.stdin(Stdio::piped()).spawn()?;
    let mut input = child.stdin.take().ok_or("refmill has no input")?;
    thread::scope(|scope| {
        let writer = scope.spawn(move || write(&mut input));
        let peak = watch(&mut child)?;
        writer.join().map_err(|_| "the generator failed")??;
        Ok(peak)
    })
}

/// How many times as long the first takes as the second, each run right behind the other: the
/// median of the rounds.
fn ratio(
    rounds: u32,
    first: impl Fn() -> Outcome<Duration>,
    second: impl Fn() -> Outcome<Duration>,
) -> Outcome<f64> {
    let mut ratios = Vec::new();
    for _ in 0..rounds {
        ratios.push(first()?.as_secs_f64() / second()?.as_secs_f64());
    }
    ratios.sort_by(f64::total_cmp);
    Ok(ratios[ratios.len() / 2])
}

/// The shortest of several runs, and the greatest memory of any.
fn best(rounds: u32, run: impl Fn() -> Outcome<(Duration, u64)>) -> Outcome<(Duration, u64)> {
    let mut best = (Duration::MAX, 0);
    for _ in 0..rounds {
        let (took, peak) = run()?;
        best = (best.0.min(took), best.1.max(peak));
    }
    Ok(best)
}

fn convert(file: &Path, formats: &str, threads: usize, folder: &Path) -> Outcome<(Duration, u64)> {
    let output = folder.join("out");
    drop(fs::remove_dir_all(&output));
    fs::create_dir_all(&output)?;
    let begin = Instant::now();
    let mut child = Command::new(places::refmill())
        .arg("convert")
        .arg(file)
        .args(["--to", formats, "--threads", &threads.to_string(), "--quiet", "--out"])
        .arg(&output)
        .spawn()?;
    let peak = watch(&mut child)?;
    Ok((begin.elapsed(), peak))
}

/// Waits for a program; its peak memory in bytes, as the kernel counts it (0 where it does not).
fn watch(child: &mut Child) -> Outcome<u64> {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        if let Some(exit) = child.try_wait()? {
            return if exit.success() { Ok(peak) } else { Err(format!("refmill: {exit}").into()) };
        }
        let high_water = fs::read_to_string(&status).ok().and_then(|text| {
            let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
            line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()
        });
        peak = peak.max(high_water.unwrap_or(0) * 1024);
        thread::sleep(Duration::from_millis(2));
    }
}

/// Every event of the file is asked for and dropped.
fn bare_pass(file: &Path) -> Outcome<Duration> {
    let begin = Instant::now();
    let mut reader = Reader::from_reader(BufReader::with_capacity(1 << 16, File::open(file)?));
    let mut buffer = Vec::new();
    while !matches!(reader.read_event_into(&mut buffer)?, Event::Eof) {
        buffer.clear();
    }
    Ok(begin.elapsed())
}

/// Where `med2xml` and `xml2ris` are, and the libraries that they need.
struct Bibutils {
    folder: PathBuf,
    libraries: PathBuf,
}

fn bibutils() -> Option<Bibutils> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let unpacked = places::root().join(".cache/readers/.env/debian/usr");
    let libraries = unpacked.join("lib/x86_64-linux-gnu");
    std::env::split_paths(&path)
        .chain([unpacked.join("bin")])
        .find(|folder| folder.join("med2xml").is_file() && folder.join("xml2ris").is_file())
        .map(|folder| Bibutils { folder, libraries })
}

fn through_bibutils(bibutils: &Bibutils, file: &Path) -> Outcome<Duration> {
    let program = |name: &str, argument: &OsStr| {
        let mut command = Command::new(bibutils.folder.join(name));
        command.arg(argument).env("LD_LIBRARY_PATH", &bibutils.libraries).stderr(Stdio::null());
        command
    };
    let begin = Instant::now();
    let mut first = program("med2xml", file.as_os_str()).stdout(Stdio::piped()).spawn()?;
    let pipe = first.stdout.take().ok_or("med2xml has no output")?;
    let second =
        program("xml2ris", OsStr::new("-nb")).stdin(pipe).stdout(Stdio::null()).status()?;
    let first = first.wait()?;
    if !(first.success() && second.success()) {
        return Err(format!("med2xml: {first}, xml2ris: {second}").into());
    }
    Ok(begin.elapsed())
}

fn records(file: &Path) -> Outcome<u64> {
    let text = fs::read(file)?;
    let ends = ["</PubmedArticle>", "</PubmedBookArticle>"];
    let count =
        |end: &str| text.windows(end.len()).filter(|window| *window == end.as_bytes()).count();
    Ok(ends.iter().map(|end| count(end) as u64).sum())
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
