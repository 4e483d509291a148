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
    for (code, count) in &pressed.report.diagnostics {
        counter!("refmill_record_warnings_total", "code" => code.as_str()).increment(*count);
    }
    counter!("refmill_bytes_in_total").increment(pressed.product.bytes_read);
    if pressed.outcome == Outcome::Succeeded {
        for (format, count) in &pressed.report.records_written {
            counter!("refmill_records_total", "format" => *format).increment(*count);
        }
        counter!("refmill_bytes_out_total").increment(pressed.report.bytes_out);
    }
}

fn slots(lane: Lane) -> metrics::Gauge {
    gauge!("refmill_worker_slots_busy", "lane" => lane.as_str())
}
