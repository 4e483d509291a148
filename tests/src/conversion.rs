//! A conversion in memory, as tests want it: bytes and settings in, every output and word out.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use convert::{Conversion, Diagnostic, Execution, Report, Request, Watch};
use formats::Format;

/// What a conversion left.
#[derive(Debug)]
pub struct Converted {
    /// Each output, by format.
    pub outputs: BTreeMap<Format, Vec<u8>>,
    /// What was said, in order.
    pub diagnostics: Vec<Diagnostic>,
    /// The numbers.
    pub report: Report,
}

/// A request for every format, with these settings.
///
/// # Panics
///
/// If there is no such setting or value.
#[must_use]
pub fn request(settings: &[(&str, &str)]) -> Request {
    let mut request = Request { formats: Format::ALL.to_vec(), ..Request::default() };
    for (name, value) in settings {
        request.set(name, value).unwrap_or_else(|err| panic!("{err}"));
    }
    request
}

/// Converts bytes into every format, with default settings.
#[must_use]
pub fn convert(input: &[u8]) -> Converted {
    convert_as(&request(&[]), 2, &[input])
}

/// Converts inputs, one behind the other, on so many threads.
///
/// # Panics
///
/// If the conversion fails as a whole, which no input may cause.
#[must_use]
pub fn convert_as(request: &Request, threads: usize, inputs: &[&[u8]]) -> Converted {
    let threads = NonZeroUsize::new(threads).unwrap_or(NonZeroUsize::MIN);
    let execution = Execution { threads, ..Execution::default() };
    let sinks: Vec<Sink> = request.formats.iter().map(|_| Sink::default()).collect();
    let outputs = sinks.iter().map(|sink| -> Box<dyn Write + Send> { Box::new(sink.clone()) });
    let mut heard = Heard::default();
    let mut conversion =
        Conversion::new(request, execution, outputs.collect()).expect("valid options");
    if conversion.needs_survey() {
        for input in inputs {
            conversion.survey(*input, &mut ()).expect("memory can be read");
        }
    }
    for input in inputs {
        conversion.convert(*input, &mut heard).expect("no input makes a conversion fail");
    }
    let finished = conversion.finish().expect("memory takes everything");
    let written = sinks.into_iter().map(Sink::take);
    let outputs = request.formats.iter().copied().zip(written).collect();
    Converted { outputs, diagnostics: heard.0, report: finished.report }
}

impl Converted {
    /// One output as text.
    ///
    /// # Panics
    ///
    /// If it was not asked for, or is no UTF-8.
    #[must_use]
    pub fn text(&self, format: Format) -> &str {
        std::str::from_utf8(&self.outputs[&format]).expect("outputs are UTF-8")
    }

    /// What was said, one JSON object a line.
    ///
    /// # Panics
    ///
    /// Never: diagnostics are JSON.
    #[must_use]
    pub fn said(&self) -> String {
        let line = |said| serde_json::to_string(said).expect("diagnostics are JSON") + "\n";
        self.diagnostics.iter().map(line).collect()
    }
}

/// Bytes that are written in one place and looked at in another.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Sink {
    fn take(self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Default)]
struct Heard(Vec<Diagnostic>);

impl Watch for Heard {
    fn diagnostic(&mut self, diagnostic: &Diagnostic) -> io::Result<()> {
        self.0.push(diagnostic.clone());
        Ok(())
    }
}
