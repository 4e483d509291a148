//! What a worker counts (`service.md` section 9).

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use worker::Settings;

use crate::support::{BROKEN, Bench, article, job, set};

/// Keeps counters and gauges by their name and labels.
#[derive(Default)]
struct Kept(Mutex<BTreeMap<String, Arc<AtomicU64>>>);

impl Kept {
    fn entry(&self, key: &Key) -> Arc<AtomicU64> {
        let labels = key.labels().map(|label| format!(" {}={}", label.key(), label.value()));
        let name = format!("{}{}", key.name(), labels.collect::<String>());
        self.0.lock().expect("a lock").entry(name).or_default().clone()
    }

    fn counters(&self) -> BTreeMap<String, u64> {
        let kept = self.0.lock().expect("a lock");
        kept.iter().map(|(name, value)| (name.clone(), value.load(Ordering::Relaxed))).collect()
    }
}

impl Recorder for Kept {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.entry(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.entry(key))
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

// One thread, so that its recorder hears everything.
#[tokio::test]
async fn records_findings_bytes_and_slots_are_counted() {
    let kept = Kept::default();
    let _recorder = metrics::set_default_local_recorder(&kept);
    let bench = Bench::memory(Settings::default());
    let input = set(&[article(4, 60), BROKEN.to_owned()].concat());
    let finished = bench.does(job(&input, &[("formats", "ris,jsonl")])).await;
    bench.does(job(b"<rss/>", &[])).await;

    let counters = kept.counters();
    let written: u64 = finished.product.results.iter().map(|file| file.bytes).sum();
    for (name, value) in [
        ("refmill_records_total format=ris", 1),
        ("refmill_records_total format=jsonl", 1),
        ("refmill_record_warnings_total code=record-malformed", 1),
        ("refmill_record_warnings_total code=input-refused", 1),
        ("refmill_bytes_in_total", input.len() as u64 + 6),
        ("refmill_bytes_out_total", written),
    ] {
        assert_eq!(counters.get(name), Some(&value), "{name} of {counters:?}");
    }
    // Both lanes are shown, whether or not there was a job.
    for lane in ["interactive", "bulk"] {
        let name = format!("refmill_worker_slots_busy lane={lane}");
        assert!(counters.contains_key(&name), "{name} of {counters:?}");
    }
}
