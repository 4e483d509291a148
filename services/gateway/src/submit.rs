//! `POST /v1/jobs`: takes an upload and makes a job of it.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{HttpRequest, web};
use jobs::{Asked, Coding, Digest, Input, Job, JobId, Origin, ProblemCode, Trace, fingerprint};
use store::{Accepted, Applied, Begun, JobStore, NewJob, Upload};

use crate::auth::Caller;
use crate::body::{Body, Sink, Terms, declared_length};
use crate::door::Door;
use crate::filename;
use crate::form;
use crate::media::{self, Media};
use crate::params::{For, Params};
use crate::refusal::{Answer, Refusal};
use crate::spool::{Spool, Spooled};
use crate::status;
use crate::unfinished::{Unfinished, given_up};
use crate::view;
use crate::wishes;

/// A submission as far as its head says.
struct Submission<'a, S> {
    door: &'a Door<S>,
    caller: &'a Caller,
    id: JobId,
    params: Params,
    key: Option<String>,
    trace: Option<Trace>,
}

/// What became of a submission.
struct Outcome {
    job: Job,
    /// Whether an earlier submission has made it.
    is_replayed: bool,
}

/// Handles the route.
pub(crate) async fn submit<S: JobStore>(
    request: HttpRequest,
    payload: web::Payload,
    door: web::Data<Door<S>>,
    caller: Caller,
) -> Answer {
    door.take_work()?;
    let settings = door.settings();
    let headers = request.headers();
    let media = media::of(headers)?;
    let mut params = Params::read(request.query_string(), For::Job)?;
    if params.filename.is_none() {
        params.filename = disposition(headers);
    }
    allow_webhook(&door, &caller, &params)?;
    let key = wishes::idempotency_key(headers)?;
    let wait = wishes::wait(headers, settings.http.max_wait_seconds);
    door.capacity.check(&door.store, &door.blobs, settings, &caller).await?;

    let inflight = door.capacity.inflight(settings.limits.inflight_bytes);
    let terms = Terms::new(settings.limits.upload_bytes, "limits.upload_bytes", &settings.http);
    let body = Body::new(payload, headers, terms, inflight)?;
    let trace = wishes::trace(headers);
    let submission =
        Submission { door: &door, caller: &caller, id: JobId::new(), params, key, trace };
    let outcome = match media {
        Media::Raw { kind, coding } => {
            submission.raw(body, kind, coding, declared_length(headers)).await?
        }
        Media::Form => submission.form(body, headers).await?,
    };

    let mut job = outcome.job;
    let is_final = |job: &Job| job.life.state.is_final();
    if let Some(wait) = wait.filter(|_| !is_final(&job)) {
        job = door.wait(job.id, &caller, wait, is_final).await?;
    }
    let is_done = wait.is_some() && is_final(&job);
    let status = if outcome.is_replayed || is_done { StatusCode::OK } else { StatusCode::ACCEPTED };
    let mut answer = status::answer(status, &job);
    answer.insert_header((header::LOCATION, view::href(job.id)));
    if outcome.is_replayed {
        answer.insert_header(("Idempotent-Replayed", "true"));
    }
    if let Some(wait) = wait.filter(|_| is_done) {
        answer.insert_header(("Preference-Applied", format!("wait={}", wait.as_secs())));
    }
    Ok(answer.json(view::Job::from(&job)))
}

/// The name in the head of the request.
fn disposition(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_DISPOSITION)?;
    let disposition = header::ContentDisposition::from_raw(value).ok()?;
    let extended = disposition.get_filename_ext();
    let extended = extended.and_then(|name| String::from_utf8(name.value.clone()).ok());
    let name = extended.or_else(|| disposition.get_filename().map(str::to_owned))?;
    filename::label(&name)
}

fn allow_webhook<S: JobStore>(
    door: &Door<S>,
    caller: &Caller,
    params: &Params,
) -> Result<(), Refusal> {
    if params.webhook.is_some() && !caller.may_have_webhooks(&door.gate) {
        let detail = "webhooks are not switched on for this owner";
        return Err(Refusal::new(ProblemCode::WebhookRefused, detail));
    }
    Ok(())
}

impl<S: JobStore> Submission<'_, S> {
    fn spool(&self) -> Spool {
        Spool::new(&self.door.blobs, self.id, self.door.settings().limits.inline_bytes)
    }

    /// The body is the input. Once it is known to be long, the job is noted as an upload.
    async fn raw(
        self,
        mut body: Body,
        kind: Option<&str>,
        coding: Option<Coding>,
        declared: Option<u64>,
    ) -> Result<Outcome, Refusal> {
        let mut spool = self.spool();
        let mut unfinished = None;
        if declared.is_some_and(|length| !spool.is_short(length)) {
            match self.begin().await? {
                Begun::Known { job, fingerprint } => {
                    return self.replay(body, spool, kind, *job, fingerprint).await;
                }
                begun => unfinished = Some(self.unfinished(&begun)?),
            }
        }
        let mut chunk = body.next().await;
        loop {
            match chunk {
                Ok(None) => break,
                Ok(Some(bytes)) => {
                    let is_long = !spool.is_short(spool.bytes() + bytes.len() as u64);
                    if is_long && unfinished.is_none() {
                        match self.begin().await? {
                            Begun::Known { job, fingerprint } => {
                                spool.push(bytes).await?;
                                return self.replay(body, spool, kind, *job, fingerprint).await;
                            }
                            begun => unfinished = Some(self.unfinished(&begun)?),
                        }
                    }
                    let mut taken = spool.push(bytes).await;
                    if let (Ok(()), Some(unfinished)) = (&taken, &mut unfinished) {
                        taken = unfinished.goes_on().await;
                    }
                    if let Err(refusal) = taken {
                        return Err(give_up(spool, unfinished, refusal).await);
                    }
                }
                Err(refusal) => return Err(give_up(spool, unfinished, refusal).await),
            }
            chunk = body.next().await;
        }
        let spooled = match spool.finish().await {
            Ok(spooled) => spooled,
            Err(refusal) => {
                if let Some(unfinished) = unfinished {
                    unfinished.abandon().await;
                }
                return Err(refusal);
            }
        };
        match unfinished {
            Some(unfinished) => self.complete(unfinished, spooled, kind, coding).await,
            None => self.accept(spooled, kind, coding).await,
        }
    }

    /// The body is a form. Its parameters may stand behind its file, so that the job is made when
    /// all is there.
    async fn form(mut self, body: Body, headers: &HeaderMap) -> Result<Outcome, Refusal> {
        let mut spool = self.spool();
        let read = form::read(headers, body, &mut self.params, For::Job, &mut spool).await;
        let allowed = read.and_then(|said| {
            allow_webhook(self.door, self.caller, &self.params)?;
            Ok(said)
        });
        match allowed {
            Ok(said) => {
                let spooled = spool.finish().await?;
                self.accept(spooled, said.kind, said.coding).await
            }
            Err(refusal) => Err(give_up::<S>(spool, None, refusal).await),
        }
    }

    async fn begin(&self) -> Result<Begun, Refusal> {
        let upload = Upload {
            id: self.id,
            owner: self.caller.owner.clone(),
            asked: self.asked(),
            idempotency_key: self.key.clone(),
            webhook: self.params.webhook.clone(),
            trace: self.trace.clone(),
        };
        Ok(self.door.store.begin(upload).await?)
    }

    fn unfinished(&self, begun: &Begun) -> Result<Unfinished<S>, Refusal> {
        match begun {
            Begun::New => Ok(Unfinished::new(&self.door.store, self.id, &self.caller.owner)),
            Begun::Known { .. } | Begun::InProgress => Err(in_progress()),
        }
    }

    /// The upload is complete: the job is queued.
    async fn complete(
        self,
        unfinished: Unfinished<S>,
        spooled: Spooled,
        kind: Option<&str>,
        coding: Option<Coding>,
    ) -> Result<Outcome, Refusal> {
        let lane = self.params.lane(spooled.bytes);
        let fingerprint = self.fingerprint(kind, &spooled.sha256);
        let input = self.input(spooled, kind, coding);
        jobs::step("accept:received");
        let applied = self.door.store.complete(self.id, input, lane, fingerprint).await?;
        jobs::step("accept:committed");
        unfinished.finish();
        match applied {
            Applied::Done(job) => Ok(Outcome { job: *job, is_replayed: false }),
            Applied::Stale(_) | Applied::Unknown => Err(given_up()),
        }
    }

    /// The input is here and nothing was noted yet: the job is made.
    async fn accept(
        self,
        spooled: Spooled,
        kind: Option<&str>,
        coding: Option<Coding>,
    ) -> Result<Outcome, Refusal> {
        if spooled.bytes == 0 {
            return Err(Refusal::new(ProblemCode::InvalidRequest, "there is no input"));
        }
        let lane = self.params.lane(spooled.bytes);
        let blob = match &spooled.body {
            jobs::Body::Blob(key) => Some(key.clone()),
            jobs::Body::Inline(_) => None,
        };
        let job = NewJob {
            id: self.id,
            owner: self.caller.owner.clone(),
            lane,
            origin: Origin::Http,
            asked: self.asked(),
            idempotency_key: self.key.clone(),
            webhook: self.params.webhook.clone(),
            reply_to: None,
            correlation_id: None,
            notify_accepted: false,
            trace: self.trace.clone(),
            input: self.input(spooled, kind, coding),
        };
        jobs::step("accept:received");
        let accepted = self.door.store.accept(job).await;
        jobs::step("accept:committed");
        let refusal = match accepted {
            Ok(Accepted::New(job)) => return Ok(Outcome { job: *job, is_replayed: false }),
            Ok(Accepted::Replayed(job)) => {
                self.drop_blob(blob).await;
                return Ok(Outcome { job: *job, is_replayed: true });
            }
            Ok(Accepted::Mismatch) => mismatch(),
            Ok(Accepted::InProgress) => in_progress(),
            Err(error) => error.into(),
        };
        self.drop_blob(blob).await;
        Err(refusal)
    }

    /// The key has made a job before: the body is only compared with it.
    async fn replay(
        self,
        mut body: Body,
        mut spool: Spool,
        kind: Option<&str>,
        job: Job,
        known: Digest,
    ) -> Result<Outcome, Refusal> {
        spool.keep_nothing();
        body.pour(&mut spool).await?;
        let spooled = spool.finish().await?;
        if self.fingerprint(kind, &spooled.sha256) == known {
            Ok(Outcome { job, is_replayed: true })
        } else {
            Err(mismatch())
        }
    }

    fn asked(&self) -> Asked {
        self.params.asked.clone()
    }

    fn fingerprint(&self, kind: Option<&str>, body: &Digest) -> Digest {
        fingerprint(&self.params.asked, self.params.kind(kind).as_deref(), body)
    }

    fn input(&self, spooled: Spooled, kind: Option<&str>, coding: Option<Coding>) -> Input {
        Input {
            filename: self.params.filename.clone(),
            kind: self.params.kind(kind),
            coding,
            bytes: spooled.bytes,
            sha256: spooled.sha256,
            body: spooled.body,
        }
    }

    /// Removes an upload that no job has; if that fails, the sweeper finds it.
    async fn drop_blob(&self, key: Option<String>) {
        let Some(key) = key else { return };
        if let Err(error) = self.door.blobs.delete(&key).await {
            tracing::warn!(%error, key, "an upload that is not needed stays for the sweeper");
        }
    }
}

async fn give_up<S: JobStore>(
    spool: Spool,
    unfinished: Option<Unfinished<S>>,
    refusal: Refusal,
) -> Refusal {
    spool.abort().await;
    if let Some(unfinished) = unfinished {
        unfinished.abandon().await;
    }
    refusal
}

fn mismatch() -> Refusal {
    let detail = "formats, options or body differ from those of the first request";
    Refusal::new(ProblemCode::IdempotencyMismatch, detail)
}

fn in_progress() -> Refusal {
    Refusal::new(ProblemCode::IdempotencyInProgress, "the upload with this key still goes on")
}
