//! Doing what was planned.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Seek, Write};
use std::path::Path;

use anyhow::Context;
use convert::{Conversion, Execution, Failure, OnError, Progress, Source};
use model::Code;
use runtime::Shutdown;

use crate::account::{Account, InputAccount, OutputAccount};
use crate::arguments::Convert;
use crate::onlooker::{Bar, Onlooker, Said};
use crate::plan::{Place, Plan, Planned};
use crate::sentences::{self, Fate};
use crate::sink::{Sink, cannot_write};
use crate::staging::{Staged, Staging};

/// Converts everything, and returns the exit status.
///
/// # Errors
///
/// If an output, the diagnostics or the report cannot be written.
pub(crate) fn work(
    plan: &Plan,
    arguments: &Convert,
    staging: &Staging,
    shutdown: &Shutdown,
) -> anyhow::Result<u8> {
    let made = plan.folder.as_deref().map(make_folder).transpose()?.flatten();
    let diagnostics = arguments.diagnostics.as_deref();
    let (file, diagnostics) = match diagnostics.map(|path| create(staging, path)).transpose()? {
        Some((file, staged)) => (Some(BufWriter::new(file)), Some(staged)),
        None => (None, None),
    };
    let inputs: Vec<&Place> = plan.conversions.iter().flat_map(|one| &one.inputs).collect();
    let passes = if arguments.request.versions == convert::Versions::Latest { 2 } else { 1 };
    let bar = Bar::new(size(&inputs).map(|size| size * passes), !arguments.quiet);
    let mut worker = Worker {
        arguments,
        staging,
        shutdown,
        bar: &bar,
        said: Said {
            file,
            names_inputs: inputs.len() > 1,
            is_over_at_first: arguments.request.on_error == OnError::Fail,
            shown: 0,
        },
        account: Account::default(),
        before: Progress::default(),
        is_fatal: false,
    };
    for planned in &plan.conversions {
        if worker.conversion(planned)? == Next::Over {
            return Ok(0);
        }
    }
    bar.finish();
    let Worker { mut said, account, is_fatal, .. } = worker;
    if said.unshown() > 0 {
        sentences::say(format_args!("{} more records were rejected", said.unshown()));
    }
    if let Some((file, (staged, path))) =
        said.file.take().zip(diagnostics.zip(arguments.diagnostics.as_deref()))
    {
        finish(file, staged, path)?;
    }
    if let Some(path) = &arguments.report {
        let (file, staged) = create(staging, path)?;
        let mut file = BufWriter::new(file);
        serde_json::to_writer_pretty(&mut file, &account)
            .map_err(io::Error::from)
            .and_then(|()| file.write_all(b"\n"))
            .with_context(|| format!("cannot write {}", path.display()))?;
        finish(file, staged, path)?;
    }
    if let Some(made) = made.filter(|_| account.outputs.is_empty()) {
        // It is empty, and was not there before; if that has changed meanwhile, it may stay.
        drop(fs::remove_dir(made));
    }
    if !arguments.quiet && !account.outputs.is_empty() {
        sentences::say(sentences::summary(&account.total));
    }
    Ok(match () {
        () if is_fatal => 1,
        () if account.total.records_rejected > 0 => 3,
        () => 0,
    })
}

/// Whether there is more to do.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    More,
    /// Nobody listens any more, or everything was interrupted.
    Over,
}

struct Worker<'a> {
    arguments: &'a Convert,
    staging: &'a Staging,
    shutdown: &'a Shutdown,
    bar: &'a Bar,
    said: Said,
    account: Account,
    before: Progress,
    /// Whether an input was not usable.
    is_fatal: bool,
}

impl Worker<'_> {
    /// Converts some inputs into one output of each format.
    fn conversion(&mut self, planned: &Planned) -> anyhow::Result<Next> {
        let is_joined = planned.inputs.len() > 1;
        // What is joined is joined whole or not at all, as far as that can be seen beforehand.
        let missing = |place: &&Place| matches!(place, Place::File(path) if !path.exists());
        if let Some(place) = planned.inputs.iter().find(missing).filter(|_| is_joined) {
            let name = place.to_string();
            let sentence = sentences::unreadable(&name, &io::ErrorKind::NotFound.into());
            self.note(InputAccount { name, kind: None, records_read: 0, error: Some(sentence) });
            return Ok(Next::More);
        }
        let sinks = planned.outputs.iter();
        let sinks = sinks.map(|place| Sink::new(place, self.staging, self.arguments.verify));
        let (sinks, writers): (Vec<_>, Vec<_>) =
            sinks.collect::<anyhow::Result<Vec<_>>>()?.into_iter().unzip();
        let dropped =
            || if sinks.iter().any(Sink::is_seen) { Fate::Printed } else { Fate::Dropped };
        let execution = Execution {
            threads: self.arguments.threads.unwrap_or(Execution::default().threads),
            digests: self.arguments.report.is_some(),
            fingerprints: self.arguments.verify,
        };
        let mut conversion = Conversion::new(&self.arguments.request, execution, writers)?;

        let is_usable = match self.inputs(&mut conversion, planned, &dropped) {
            Ok(usable) => usable,
            Err((_, Failure::Stopped)) => return Ok(Next::Over),
            Err((_, Failure::Write { source, .. }))
                if source.kind() == io::ErrorKind::BrokenPipe =>
            {
                return Ok(Next::Over);
            }
            Err((_, Failure::Write { format, source })) => {
                let at = self.arguments.request.formats.iter().position(|other| *other == format);
                let place = at.and_then(|at| planned.outputs.get(at));
                return Err(source).with_context(|| cannot_write(place));
            }
            Err((_, failure @ Failure::Diagnostics(_))) => return Err(failure.into()),
            Err((input, failure)) => {
                let error = Some(sentences::failed(&input, &failure, dropped()));
                let records_read = conversion.report().records_read;
                self.note(InputAccount { name: input, kind: None, records_read, error });
                false
            }
        };
        if !is_usable {
            let mut report = conversion.report().clone();
            report.records_written.clear();
            self.account.total += report;
            return Ok(Next::More);
        }
        self.finish(conversion, planned, sinks)
    }

    /// Closes the outputs of a conversion and gives them their names.
    fn finish(
        &mut self,
        conversion: Conversion,
        planned: &Planned,
        sinks: Vec<Sink>,
    ) -> anyhow::Result<Next> {
        let finished = match conversion.finish() {
            Ok(finished) => finished,
            Err(Failure::Write { source, .. }) if source.kind() == io::ErrorKind::BrokenPipe => {
                return Ok(Next::Over);
            }
            Err(failure) => return Err(failure.into()),
        };
        let mut report = finished.report;
        if self.arguments.verify {
            let outputs = sinks.iter().zip(&report.outputs).zip(&finished.fingerprints);
            for ((sink, written), expected) in outputs {
                sink.verify(written, expected)?;
            }
        }
        for (sink, written) in sinks.into_iter().zip(report.outputs.drain(..)) {
            let place = sink.place().clone();
            match sink.finish() {
                Err(source) if source.kind() == io::ErrorKind::BrokenPipe => {
                    return Ok(Next::Over);
                }
                finished => finished.with_context(|| cannot_write(Some(&place)))?,
            }
            self.account.outputs.push(OutputAccount {
                inputs: planned.inputs.iter().map(Place::to_string).collect(),
                path: match place {
                    Place::Standard => None,
                    Place::File(path) => Some(path.display().to_string()),
                },
                written,
            });
        }
        self.account.total += report;
        Ok(Next::More)
    }

    /// Converts the inputs one after another; says whether the outputs can be used.
    fn inputs(
        &mut self,
        conversion: &mut Conversion,
        planned: &Planned,
        dropped: &dyn Fn() -> Fate,
    ) -> Result<bool, (String, Failure)> {
        let mut spooled = None;
        if conversion.needs_survey() {
            for place in &planned.inputs {
                let name = place.to_string();
                let reader = open(place, &mut spooled, true);
                let reader = reader.map_err(|error| (name.clone(), Failure::Read(error)))?;
                let mut onlooker = self.onlooker(&name);
                let surveyed = conversion.survey(reader, &mut onlooker);
                let here = onlooker.here;
                self.before.bytes_in += here.bytes_in;
                surveyed.map_err(|failure| (name, failure))?;
            }
        }
        let mut is_usable = true;
        for place in &planned.inputs {
            let name = place.to_string();
            let before = conversion.report().records_read;
            let reader = open(place, &mut spooled, false);
            let reader = reader.map_err(|error| (name.clone(), Failure::Read(error)))?;
            let mut onlooker = self.onlooker(&name);
            let converted = conversion.convert(reader, &mut onlooker);
            let here = onlooker.here;
            self.before.records += here.records;
            self.before.bytes_in += here.bytes_in;
            let ended = converted.map_err(|failure| (name.clone(), failure))?;
            let report = conversion.report();
            let written = report.records_read - report.records_rejected - report.records_omitted;
            let read = report.records_read - before;
            let kind = conversion.source().map(Source::as_str);
            let error = ended.map(|ended| {
                let is_kept = written > 0 && keeps_what_was_read(ended.code);
                is_usable &= is_kept;
                let fate = if is_kept { Fate::Kept(written) } else { dropped() };
                sentences::ended(&name, &ended, fate)
            });
            self.note(InputAccount { name, kind, records_read: read, error });
        }
        let report = conversion.report();
        if is_usable
            && report.records_rejected > 0
            && report.records_rejected == report.records_read
        {
            let names: Vec<String> = planned.inputs.iter().map(Place::to_string).collect();
            self.bar.say(sentences::useless(&names));
            self.is_fatal = true;
            return Ok(false);
        }
        Ok(is_usable)
    }

    fn onlooker<'o>(&'o mut self, input: &'o str) -> Onlooker<'o> {
        Onlooker {
            input,
            said: &mut self.said,
            bar: self.bar,
            shutdown: self.shutdown,
            before: self.before,
            here: Progress::default(),
        }
    }

    /// Notes what an input came to, and says so if it was not read to its end.
    fn note(&mut self, input: InputAccount) {
        if let Some(sentence) = &input.error {
            self.bar.say(sentence);
            self.is_fatal = true;
        }
        self.account.inputs.push(input);
    }
}

/// Whether the records before the end of an input are worth keeping: they are where the text is cut
/// or broken, since each was read whole; they are not where the packing is damaged, since then no
/// byte can be trusted.
fn keeps_what_was_read(code: Code) -> bool {
    matches!(code, Code::DocumentTruncated | Code::DocumentMalformed | Code::EncodingInvalid)
}

/// Opens an input. Standard input that is read twice is kept in a file without a name.
fn open(
    place: &Place,
    spooled: &mut Option<File>,
    is_survey: bool,
) -> io::Result<Box<dyn Read + Send>> {
    match place {
        Place::File(path) => {
            let file = File::open(path)?;
            if file.metadata()?.is_dir() {
                return Err(io::ErrorKind::IsADirectory.into());
            }
            Ok(Box::new(file))
        }
        Place::Standard if is_survey => {
            let mut file = tempfile::tempfile()?;
            io::copy(&mut io::stdin().lock(), &mut file)?;
            file.rewind()?;
            *spooled = Some(file.try_clone()?);
            Ok(Box::new(file))
        }
        Place::Standard => match spooled.take() {
            Some(mut file) => {
                file.rewind()?;
                Ok(Box::new(file))
            }
            None => Ok(Box::new(io::stdin())),
        },
    }
}

/// Bytes of all inputs, if each has a size.
fn size(inputs: &[&Place]) -> Option<u64> {
    inputs.iter().try_fold(0, |sum, place| match place {
        Place::Standard => None,
        Place::File(path) => match fs::metadata(path) {
            Ok(found) if found.is_file() => Some(sum + found.len()),
            Ok(_) => None,
            Err(_) => Some(sum),
        },
    })
}

/// Makes a folder if it is not there; returns it if so.
fn make_folder(folder: &Path) -> anyhow::Result<Option<&Path>> {
    let is_there = folder.exists();
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok((!is_there).then_some(folder))
}

fn create(staging: &Staging, path: &Path) -> anyhow::Result<(File, Staged)> {
    staging.create(path).with_context(|| format!("cannot write {}", path.display()))
}

fn finish(file: BufWriter<File>, staged: Staged, path: &Path) -> anyhow::Result<()> {
    file.into_inner()
        .map_err(io::IntoInnerError::into_error)
        .and_then(|_| staged.commit())
        .with_context(|| format!("cannot write {}", path.display()))
}
