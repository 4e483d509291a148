//! The metrics of the worker (`service.md` section 9).

use jobs::{Lane, Outcome};
use metrics::{counter, gauge};

use crate::press::Pressed;

/// A slot that is busy as long as this is kept.
#[derive(Debug)]
pub(crate) struct Busy(Lane);

/// Counts a slot as busy.
pub(crate) fn busy(lane: Lane) -> Busy {
    slots(lane).increment(1);
    Busy(lane)
}

impl Drop for Busy {
    fn drop(&mut self) {
        slots(self.0).decrement(1);
    }
}

/// Shows the slots of a lane from the start, not only when the first job has come.
pub(crate) fn open(lane: Lane) {
    slots(lane).set(0);
}

/// Counts what came of a conversion; what will be done once more is counted then.
pub(crate) fn pressed(pressed: &Pressed) {
    if !matches!(pressed.outcome, Outcome::Succeeded | Outcome::Failed { .. }) {
        return;
    }
    let Pressed { outcome, product, written, .. } = pressed;
    for (code, count) in &product.warnings.by_code {
        counter!("refmill_record_warnings_total", "code" => code.clone()).increment(*count);
    }
    counter!("refmill_bytes_in_total").increment(product.bytes_read);
    if *outcome == Outcome::Succeeded {
        for (format, count) in written {
            counter!("refmill_records_total", "format" => format.clone()).increment(*count);
        }
        let bytes = product.results.iter().map(|file| file.bytes).sum();
        counter!("refmill_bytes_out_total").increment(bytes);
    }
}

fn slots(lane: Lane) -> metrics::Gauge {
    gauge!("refmill_worker_slots_busy", "lane" => lane.as_str())
}
