//! `POST /v1/convert`: one conversion, while the caller waits. No job, no row, no blob.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use convert::{Conversion, Diagnostic, Execution, Failure, Progress, Report, Request, Watch};
use formats::Format;
use jobs::{Problem, ProblemCode, place};
use store::JobStore;

use crate::accept::{self, Shape};
use crate::body::{Body, Terms};
use crate::door::Door;
use crate::filename;
use crate::form;
use crate::media::{self, Media};
use crate::params::{For, Params, invalid};
use crate::refusal::{Answer, Refusal};
use crate::settings::{ConvertMode, Limits};
use crate::view;

/// What a conversion has made.
struct Converted {
    outputs: Vec<(Format, Vec<u8>)>,
    report: Report,
    diagnostics: Vec<Diagnostic>,
}

/// Handles the route.
pub(crate) async fn convert<S: JobStore>(
    request: HttpRequest,
    payload: web::Payload,
    door: web::Data<Door<S>>,
) -> Answer {
    let settings = door.settings();
    if settings.convert.mode == ConvertMode::Off {
        let detail = "this service converts as jobs alone: `POST /v1/jobs`";
        return Err(Refusal::new(ProblemCode::ConvertDisabled, detail));
    }
    door.take_work()?;
    let headers = request.headers();
    let media = media::of(headers)?;
    let mut params = Params::read(request.query_string(), For::Conversion)?;
    let accept = accept_header(&request)?;
    // What cannot be answered is refused before its body is read.
    let early = shape(&params, accept.as_deref());
    if media != Media::Form {
        early?;
    }

    let limits = &settings.limits;
    let inflight = door.capacity.inflight(limits.inflight_bytes);
    let terms = Terms::new(limits.sync_bytes, "limits.sync_bytes", &settings.http);
    let mut body = Body::new(payload, headers, terms, inflight)?;
    let mut input = Vec::new();
    let kind = match media {
        Media::Raw { kind, .. } => {
            body.pour(&mut input).await?;
            kind
        }
        Media::Form => {
            let purpose = For::Conversion;
            form::read(headers, body, &mut params, purpose, &mut input).await?.kind
        }
    };
    let shape = shape(&params, accept.as_deref())?;
    let mut asked = params.asked.clone();
    if let Shape::Plain(format) = shape {
        asked.formats = vec![format];
    }
    let kind = params.kind(kind);
    let request = asked.request(kind.as_deref(), costs(limits));
    let request = request.map_err(|error| invalid(error.to_string()))?;

    let Ok(slot) = door.slots.clone().try_acquire_owned() else {
        let detail = "all conversions are busy: try again, or make a job";
        return Err(Refusal::new(ProblemCode::Overloaded, detail));
    };
    let time = Duration::from_secs(limits.sync_seconds);
    let seconds = limits.sync_seconds;
    let started = Instant::now();
    let work = tokio::task::spawn_blocking(move || {
        // The slot is free when the work is over, not when the caller has gone.
        let _slot = slot;
        run(&request, &input, started + time, seconds)
    });
    let converted = match tokio::time::timeout(time, work).await {
        Err(_) => return Err(timed_out(seconds).into()),
        Ok(Err(error)) => {
            tracing::error!(%error, "a conversion has panicked");
            return Err(Refusal::internal());
        }
        Ok(Ok(converted)) => converted?,
    };
    answer(converted, shape, &params)
}

/// The `Accept` of a request; several headers are one.
fn accept_header(request: &HttpRequest) -> Result<Option<String>, Refusal> {
    let values = request.headers().get_all(header::ACCEPT);
    let texts: Result<Vec<&str>, _> = values.map(header::HeaderValue::to_str).collect();
    let texts = texts.map_err(|_| {
        Refusal::new(ProblemCode::InvalidRequest, "the `Accept` header cannot be read")
    })?;
    Ok((!texts.is_empty()).then(|| texts.join(",")))
}

fn shape(params: &Params, accept: Option<&str>) -> Result<Shape, Refusal> {
    let named = params.names_formats.then_some(params.asked.formats.as_slice());
    accept::choose(accept, named)
}

/// What the conversion may cost.
fn costs(limits: &Limits) -> convert::Limits {
    let mut costs = convert::Limits {
        decoded_bytes: Some(limits.sync_decoded_bytes),
        ratio: Some(limits.ratio),
        output_ratio: Some(limits.output_ratio),
        ..convert::Limits::default()
    };
    costs.record.event_bytes = limits.event_bytes;
    costs.record.record_bytes = limits.record_bytes;
    costs.record.depth = limits.depth;
    costs
}

/// Converts, on a thread that may be busy.
fn run(
    request: &Request,
    input: &[u8],
    until: Instant,
    seconds: u64,
) -> Result<Converted, Refusal> {
    let mut outputs: Vec<(Format, Vec<u8>)> =
        request.formats.iter().map(|format| (*format, Vec::new())).collect();
    let sinks =
        outputs.iter_mut().map(|(_, output)| Box::new(output) as Box<dyn Write + Send>).collect();
    let mut listener = Listener { until, diagnostics: Vec::new() };
    let execution = Execution { threads: std::num::NonZeroUsize::MIN, ..Execution::default() };
    let failed = |failure| Refusal::from(problem(&failure, seconds));
    let mut conversion = Conversion::new(request, execution, sinks).map_err(failed)?;
    if conversion.needs_survey() {
        conversion.survey(input, &mut listener).map_err(failed)?;
    }
    // Why reading has ended early stands in the report as well.
    conversion.convert(input, &mut listener).map_err(failed)?;
    let report = conversion.finish().map_err(failed)?.report;
    if let Some(problem) = jobs::problem_of_report(&report) {
        return Err(problem.into());
    }
    Ok(Converted { outputs, report, diagnostics: listener.diagnostics })
}

/// The problem that a failure is to a caller who waits: a limit has the name that it has here, and
/// too much output is the fault of the input.
fn problem(failure: &Failure, seconds: u64) -> Problem {
    let mut problem = match failure {
        Failure::Stopped => return timed_out(seconds),
        failure => jobs::problem_of(failure),
    };
    match problem.code {
        ProblemCode::DecodedTooLarge => {
            problem.config_key = Some("limits.sync_decoded_bytes".to_owned());
        }
        ProblemCode::OutputLimit => problem.code = ProblemCode::LimitExceeded,
        _ => {}
    }
    problem
}

fn timed_out(seconds: u64) -> Problem {
    let detail = format!("it took more than {seconds} seconds: make a job of it");
    Problem::new(ProblemCode::ConvertTimeout, detail).with_limit(seconds, "limits.sync_seconds")
}

/// Collects what is said, and ends what takes too long.
struct Listener {
    until: Instant,
    diagnostics: Vec<Diagnostic>,
}

impl Watch for Listener {
    fn diagnostic(&mut self, diagnostic: &Diagnostic) -> io::Result<()> {
        self.diagnostics.push(diagnostic.clone());
        Ok(())
    }

    fn progress(&mut self, _: Progress) -> ControlFlow<()> {
        if Instant::now() < self.until { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }
}

fn answer(converted: Converted, shape: Shape, params: &Params) -> Answer {
    let report = &converted.report;
    let skipped = report.records_omitted + report.records_rejected;
    let warnings: u64 = report.diagnostics.values().sum();
    let mut answer = HttpResponse::Ok();
    let read = report.records_read;
    answer.insert_header((
        "Refmill-Records",
        format!("{read}; skipped={skipped}; warnings={warnings}"),
    ));
    answer.insert_header((header::VARY, "Accept"));
    match shape {
        Shape::Plain(format) => {
            let (_, output) = converted.outputs.into_iter().next().unwrap_or((format, Vec::new()));
            let extension = place::extension(format);
            let name = filename::attachment(params.filename.as_deref(), extension);
            answer.insert_header((header::CONTENT_DISPOSITION, name));
            Ok(answer.content_type(format.media_type()).body(output))
        }
        Shape::Envelope => {
            let mut results = BTreeMap::new();
            for (format, output) in converted.outputs {
                let text = String::from_utf8(output).map_err(|_| {
                    tracing::error!(%format, "an output is no UTF-8");
                    Refusal::internal()
                })?;
                results.insert(format.as_str(), text);
            }
            let written = read.saturating_sub(skipped);
            Ok(answer.json(view::Envelope {
                records: view::Records { read, written, skipped },
                diagnostics: converted.diagnostics,
                results,
            }))
        }
    }
}
