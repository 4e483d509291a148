//! The parts of a conversion, each alone: cutting, reading, and writing in every format.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use formats::Format;
use model::Record;
use pubmed::{Limits, Outcome, Run, Runs};
use tests::generate;

const RECORDS: u32 = 2_000;

fn file() -> Vec<u8> {
    let mut file = Vec::new();
    generate::baseline(RECORDS, 1, &mut file).expect("memory takes everything");
    file
}

fn runs(file: &[u8]) -> Vec<Run> {
    let mut runs = Runs::xml(file, Limits::default());
    std::iter::from_fn(|| runs.next_run().expect("memory can be read")).collect()
}

fn records(runs: &[Run]) -> Vec<Record> {
    let mut records = Vec::new();
    for run in runs {
        run.read(&pubmed::Options::default(), &Limits::default(), &mut |outcome| {
            if let Outcome::Record(record) = outcome {
                records.push(*record);
            }
        });
    }
    records
}

fn reading(criterion: &mut Criterion) {
    let file = file();
    let mut group = criterion.benchmark_group("read");
    group.throughput(Throughput::Bytes(file.len() as u64)).sample_size(20);
    group.bench_function("cut into runs", |bench| bench.iter(|| runs(black_box(&file)).len()));
    let runs = runs(&file);
    group.bench_function("records of the runs", |bench| bench.iter(|| records(&runs).len()));
    group.bench_function("a bare pass of quick-xml", |bench| {
        bench.iter(|| {
            let mut reader = quick_xml::Reader::from_reader(file.as_slice());
            let (mut buffer, mut events) = (Vec::new(), 0_u64);
            while !matches!(reader.read_event_into(&mut buffer), Ok(quick_xml::events::Event::Eof))
            {
                buffer.clear();
                events += 1;
            }
            events
        });
    });
    group.finish();
}

fn writing(criterion: &mut Criterion) {
    let records = records(&runs(&file()));
    let mut group = criterion.benchmark_group("write");
    group.throughput(Throughput::Elements(records.len() as u64)).sample_size(20);
    for format in Format::ALL {
        let writer = format.writer(&formats::Options::default()).expect("the defaults are valid");
        group.bench_function(format.as_str(), |bench| {
            bench.iter_batched(
                || (Vec::with_capacity(64 << 20), Vec::new()),
                |(mut out, mut warnings)| {
                    for record in &records {
                        writer.record(record, &mut out, &mut warnings);
                    }
                    (out, warnings)
                },
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

criterion_group!(parts, reading, writing);
criterion_main!(parts);
