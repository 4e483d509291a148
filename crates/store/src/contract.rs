//! What is asked of a store, whatever database is behind it.

use std::future::Future;
use std::time::Duration;

use futures_util::Stream;
use jiff::Timestamp;
use jobs::message::{Beat, JobMessage, Product};
use jobs::{Asked, Digest, Event, Input, Job, JobId, Lane, Origin, Owner, RunId, Trace};

use crate::error::StoreError;

/// What comes back from a store.
pub(crate) type Result<T> = std::result::Result<T, StoreError>;

/// Where jobs are kept. Clones share one store.
///
/// Times are those of the database's clock. A call that has returned `Ok` is durable.
pub trait JobStore: Clone + Send + Sync + 'static {
    /// Takes a job whose input is complete: job, idempotency key and outbox row in one transaction.
    fn accept(&self, job: NewJob) -> impl Future<Output = Result<Accepted>> + Send;

    /// Notes an upload that goes on: the job as `receiving`, and its key. An earlier upload with
    /// this key that has been silent for half a minute is given up for it.
    fn begin(&self, upload: Upload) -> impl Future<Output = Result<Begun>> + Send;

    /// An upload that goes on shows a sign of life, now and then. Says whether it may go on; if
    /// not, it was given up.
    fn touch(&self, id: JobId) -> impl Future<Output = Result<bool>> + Send;

    /// The upload is complete: the job is queued, its key gets its fingerprint. `Stale` if it was
    /// given up meanwhile.
    fn complete(
        &self,
        id: JobId,
        input: Input,
        lane: Lane,
        fingerprint: Digest,
    ) -> impl Future<Output = Result<Applied>> + Send;

    /// Moves a job by [`jobs::Life::after`], compare-and-set, with its product and all effects.
    ///
    /// With an owner, a job of somebody else is not found.
    fn apply(
        &self,
        id: JobId,
        owner: Option<&Owner>,
        event: &Event,
        product: Option<&Product>,
    ) -> impl Future<Output = Result<Applied>> + Send;

    /// Takes signs of life: a queued job of that attempt runs, a running one shows its progress.
    /// Returns how many were stale.
    fn beats(&self, beats: &[Beat]) -> impl Future<Output = Result<usize>> + Send;

    /// A job, if it is the owner's; `None` as owner reads everyone's.
    fn get(
        &self,
        id: JobId,
        owner: Option<&Owner>,
    ) -> impl Future<Output = Result<Option<Job>>> + Send;

    /// Jobs of an owner, the newest first. Bytes that travel inline are left out: such a body is
    /// empty here.
    fn list(&self, owner: &Owner, page: &Page) -> impl Future<Output = Result<Vec<Job>>> + Send;

    /// Removes the row of a finished job at once, its blobs through the outbox. `Stale` if it is
    /// open.
    fn delete(&self, id: JobId, owner: &Owner) -> impl Future<Output = Result<Applied>> + Send;

    /// The job's message as it stands now, for any state.
    fn message(&self, id: JobId) -> impl Future<Output = Result<Option<JobMessage>>> + Send;

    /// Claims the next due job of a lane for this process: it runs (embedded queue).
    fn claim(
        &self,
        lane: Lane,
        run: RunId,
    ) -> impl Future<Output = Result<Option<JobMessage>>> + Send;

    /// Hands out jobs anew that another boot of this process was running, and gives up uploads that
    /// it was taking (embedded queue). Returns how many there were of both.
    fn recover(&self) -> impl Future<Output = Result<u64>> + Send;

    /// How long until the next queued job of a lane is due; `None` if none is queued.
    fn next_due(&self, lane: Lane) -> impl Future<Output = Result<Option<Duration>>> + Send;

    /// Takes due errands and leases them for half a minute; those that are not confirmed by then
    /// are due again.
    fn take_outbox(&self, max: usize) -> impl Future<Output = Result<Vec<Outgoing>>> + Send;

    /// Removes errands that are done.
    fn confirm_outbox(&self, rows: &[i64]) -> impl Future<Output = Result<()>> + Send;

    /// Puts an errand off that could not be done, by ten minutes at most.
    fn postpone_outbox(&self, row: i64, by: Duration) -> impl Future<Output = Result<()>> + Send;

    /// Takes due webhook deliveries and leases them for a minute.
    fn take_webhooks(&self, max: usize) -> impl Future<Output = Result<Vec<Delivery>>> + Send;

    /// Notes how a webhook delivery went.
    fn settle_webhook(
        &self,
        id: uuid::Uuid,
        outcome: DeliveryOutcome,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Jobs that run, with their attempt and last beat, for the reconciler.
    fn running(&self) -> impl Future<Output = Result<Vec<(JobId, u32, u64)>>> + Send;

    /// Queued jobs of a lane that have been due for so long and have no errand in the outbox, the
    /// oldest first, with their attempts; and how many there are.
    fn waiting(
        &self,
        lane: Lane,
        due_for: Duration,
        max: usize,
    ) -> impl Future<Output = Result<(u64, Vec<(JobId, u32)>)>> + Send;

    /// How much waits.
    fn backlog(&self, owner: Option<&Owner>) -> impl Future<Output = Result<Backlog>> + Send;

    /// Removes up to so many of what has outlived its time, and says which blobs nobody needs.
    fn sweep(&self, keep: &Keep, max: usize) -> impl Future<Output = Result<Swept>> + Send;

    /// Whether a row names this blob, or the run that made it is still open.
    fn names_blob(&self, id: JobId, key: &str) -> impl Future<Output = Result<bool>> + Send;

    /// Writes and reads something small.
    fn check(&self) -> impl Future<Output = Result<()>> + Send;

    /// Jobs that have changed, as soon as that can be known; some may be told twice, and a
    /// listener that is slow may miss some and must look for itself every second.
    fn changes(&self) -> impl Stream<Item = JobId> + Send + Unpin + 'static;

    /// Becomes the one keeper that reconciles and sweeps, or stays it. SQLite always is.
    fn lead(&self) -> impl Future<Output = Result<bool>> + Send;
}

/// A job that is complete.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// Its name.
    pub id: JobId,
    /// Whose it is.
    pub owner: Owner,
    /// Which workers take it.
    pub lane: Lane,
    /// How it came in.
    pub origin: Origin,
    /// What came in.
    pub input: Input,
    /// What is asked.
    pub asked: Asked,
    /// Key under which the same submission makes no second job.
    pub idempotency_key: Option<String>,
    /// Where its end is announced.
    pub webhook: Option<String>,
    /// The queue for answers to its producer.
    pub reply_to: Option<String>,
    /// What the producer's answers carry.
    pub correlation_id: Option<String>,
    /// Whether the producer wants to hear that the job was taken.
    pub notify_accepted: bool,
    /// The trace that it belongs to.
    pub trace: Option<Trace>,
}

impl NewJob {
    /// A job that somebody waits for, of whose input the usual is asked, and that nobody is told of.
    #[must_use]
    pub fn new(owner: Owner, input: Input) -> Self {
        Self {
            id: JobId::new(),
            owner,
            lane: Lane::Interactive,
            origin: Origin::Http,
            input,
            asked: Asked::default(),
            idempotency_key: None,
            webhook: None,
            reply_to: None,
            correlation_id: None,
            notify_accepted: false,
            trace: None,
        }
    }
}

/// A job whose upload goes on.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Its name.
    pub id: JobId,
    /// Whose it is.
    pub owner: Owner,
    /// What is asked.
    pub asked: Asked,
    /// Key under which the same submission makes no second job.
    pub idempotency_key: Option<String>,
    /// Where its end is announced.
    pub webhook: Option<String>,
    /// The trace that it belongs to.
    pub trace: Option<Trace>,
}

/// What became of a submission.
#[derive(Clone, Debug, PartialEq)]
pub enum Accepted {
    /// There is a new job.
    New(Box<Job>),
    /// The same key and the same fingerprint made this job before.
    Replayed(Box<Job>),
    /// The key belongs to another submission.
    Mismatch,
    /// The key belongs to an upload that goes on.
    InProgress,
}

/// What became of the beginning of an upload.
#[derive(Clone, Debug, PartialEq)]
pub enum Begun {
    /// The upload may go on.
    New,
    /// The key made this job before, with that fingerprint.
    Known {
        /// The job.
        job: Box<Job>,
        /// Its fingerprint.
        fingerprint: Digest,
    },
    /// The key belongs to an upload that goes on.
    InProgress,
}

/// Whether a job was moved.
#[derive(Clone, Debug, PartialEq)]
pub enum Applied {
    /// It was, and is this now; for `delete`, it was this.
    Done(Box<Job>),
    /// The event came late, or twice, or for another attempt.
    Stale(Box<Job>),
    /// There is no such job, or it is somebody else's.
    Unknown,
}

/// Which jobs are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Only those in the state of that name.
    pub state: Option<String>,
    /// Only those before this one.
    pub before: Option<JobId>,
    /// At most so many.
    pub limit: u32,
}

/// Something that the relay has to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Outgoing {
    /// Its row.
    pub row: i64,
    /// How often it was taken before.
    pub tries: u32,
    /// What is to be done.
    pub errand: Errand,
}

/// What the relay does.
#[derive(Clone, Debug, PartialEq)]
pub enum Errand {
    /// Publish a job; after a delay of so many seconds, through a retry queue if there is one.
    Publish {
        /// The message.
        message: Box<JobMessage>,
        /// Seconds: 0, or one of the delays of the retry queues.
        delay: u32,
    },
    /// Tell all workers that a job is cancelled.
    Cancel {
        /// The job.
        job: JobId,
        /// Its attempt.
        attempt: u32,
    },
    /// Answer the producer that the job was taken, or how it ended if it is final.
    Reply {
        /// The queue.
        to: String,
        /// What the producer calls it.
        correlation_id: Option<String>,
        /// Whether it says that the job was taken; else that it has ended.
        accepted: bool,
        /// The job as it is now.
        job: Box<Job>,
    },
    /// Delete everything under this key or prefix.
    DeleteBlobs {
        /// The key of a blob, or a prefix of keys up to a slash.
        prefix: String,
    },
    /// The job is gone or has moved on: nothing is to be done any more.
    Nothing,
}

/// A webhook to be delivered.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// Its id, the same for every try.
    pub id: uuid::Uuid,
    /// Where to.
    pub url: String,
    /// How often it was tried before.
    pub tries: u32,
    /// The job that has ended.
    pub job: Box<Job>,
}

/// How a webhook delivery went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeliveryOutcome {
    /// It was taken, or given up for good.
    Done {
        /// The status of the answer.
        status: Option<u16>,
        /// Why it was given up.
        error: Option<String>,
    },
    /// It is to be tried again.
    Again {
        /// After how long.
        after: Duration,
        /// The status of the answer.
        status: Option<u16>,
        /// What went wrong.
        error: Option<String>,
    },
    /// It was not tried, since too much goes to its receiver. This counts as no try.
    Later {
        /// After how long it is to be taken again.
        after: Duration,
    },
}

/// How much waits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Open jobs in all, by state and lane.
    pub jobs: Vec<(&'static str, Lane, u64)>,
    /// Queued jobs of the owner that was asked for.
    pub queued_by_owner: u64,
    /// Queued jobs in all.
    pub queued: u64,
    /// Errands in the outbox, by kind.
    pub outbox: Vec<(String, u64)>,
    /// Since when the oldest errand waits.
    pub outbox_oldest: Option<Timestamp>,
    /// Age of the oldest queued job of each lane.
    pub oldest_queued: Vec<(Lane, Duration)>,
}

/// How long things are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// Inputs after the end of their job.
    pub input: Duration,
    /// Results after the end of their job.
    pub results: Duration,
    /// Rows after the end of their job.
    pub rows: Duration,
    /// Idempotency keys after they were made.
    pub keys: Duration,
    /// Uploads after their last sign of life.
    pub uploads: Duration,
}

/// What a sweep has done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Rows removed or changed; 0 if nothing was left to do.
    pub rows: u64,
    /// Keys and prefixes of blobs that are needed no more.
    pub blobs: Vec<String>,
}
