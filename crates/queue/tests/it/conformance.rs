//! What every queue does (`service.md` target R16).

use std::future::Future;
use std::time::Duration;

use futures_util::StreamExt;
use jobs::message::{Command, JobMessage};
use jobs::{Event, Input, JobId, Lane, Owner};
use queue::{AnyQueue, Broker, Embedded, Queue, QueueError, Rabbit, Received, Settings, Settle};
use store::{Accepted, JobStore, NewJob, Store, StoreOptions};
use tempfile::TempDir;
use tokio::sync::Mutex;

use crate::support::{DEADLINE, broker, end, job, next, nothing, rabbit, settings, until, within};

/// A queue with whoever stands on its other side.
trait Subject: Sized {
    type Queue: Queue;

    fn new() -> impl Future<Output = Self>;

    fn queue(&self) -> Self::Queue;

    /// Has a job accepted and handed to the queue.
    fn submit(&self, lane: Lane) -> impl Future<Output = JobMessage>;

    /// The owner of a job cancels it.
    fn cancel(&self, job: &JobMessage) -> impl Future<Output = ()>;

    /// Whether this end was heard by now.
    fn heard_end(&self, job: JobId, attempt: u32) -> impl Future<Output = bool>;

    /// The process with the queue has gone, and comes back.
    fn restart(&mut self) -> impl Future<Output = ()>;

    /// Everything ends.
    fn end(self) -> impl Future<Output = ()>;
}

struct OverTable {
    folder: TempDir,
    store: Store,
    queue: AnyQueue<Store>,
}

impl OverTable {
    async fn open(folder: &TempDir) -> (Store, AnyQueue<Store>) {
        let store = Store::open(&StoreOptions::embedded(folder.path())).await.expect("a store");
        let queue = Embedded::open(store.clone()).await.expect("a queue");
        (store, AnyQueue::Embedded(queue))
    }
}

impl Subject for OverTable {
    type Queue = AnyQueue<Store>;

    async fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let (store, queue) = Self::open(&folder).await;
        Self { folder, store, queue }
    }

    fn queue(&self) -> Self::Queue {
        self.queue.clone()
    }

    async fn submit(&self, lane: Lane) -> JobMessage {
        let input = Input::inline(b"PMID- 1".to_vec());
        let new = NewJob { lane, ..NewJob::new(Owner::local(), input) };
        let accepted = self.store.accept(new);
        let Ok(Accepted::New(job)) = accepted.await else { panic!("a new job") };
        let message = self.store.message(job.id).await.expect("a store").expect("a message");
        self.queue.publish(&message, 0).await.expect("it is published");
        message
    }

    async fn cancel(&self, job: &JobMessage) {
        let owner = Owner::local();
        let applied = self.store.apply(job.job, Some(&owner), &Event::CancelRequested, None);
        applied.await.expect("a store");
    }

    async fn heard_end(&self, job: JobId, _attempt: u32) -> bool {
        let job = self.store.get(job, None).await.expect("a store").expect("a job");
        job.life.state.name() == "failed"
    }

    async fn restart(&mut self) {
        self.queue.close().await;
        self.store.close().await;
        (self.store, self.queue) = Self::open(&self.folder).await;
    }

    async fn end(self) {
        self.queue.close().await;
        self.store.close().await;
    }
}

/// RabbitMQ, with the worker in a process of its own or in that of the keeper.
struct OverRabbit<const APART: bool> {
    settings: Settings,
    broker: Broker,
    queue: Rabbit,
    heard: Mutex<Vec<(JobId, u32)>>,
    ends: Mutex<futures_util::stream::BoxStream<'static, (JobId, u32)>>,
}

impl<const APART: bool> OverRabbit<APART> {
    async fn open(settings: Settings) -> Self {
        let broker = broker(&settings).await;
        let queue = if APART { rabbit(&settings).await } else { broker.worker() };
        let ends = broker.finished().then(|Received { content, settle }| async move {
            assert!(settle.done().await);
            let finished = content.expect("it can be read");
            (finished.job, finished.attempt)
        });
        let ends = Mutex::new(ends.boxed());
        Self { settings, broker, queue, heard: Mutex::default(), ends }
    }
}

impl<const APART: bool> Subject for OverRabbit<APART> {
    type Queue = Rabbit;

    async fn new() -> Self {
        Self::open(settings()).await
    }

    fn queue(&self) -> Rabbit {
        self.queue.clone()
    }

    async fn submit(&self, lane: Lane) -> JobMessage {
        let message = job(lane);
        self.broker.publish(&message, 0).await.expect("it is published");
        message
    }

    async fn cancel(&self, job: &JobMessage) {
        // Commands are for those who listen.
        until(DEADLINE, || async { self.queue.check().await.is_ok() }).await;
        let command = Command::Cancel { job: job.job, attempt: job.attempt };
        self.broker.cancel(&command).await.expect("it is sent");
    }

    async fn heard_end(&self, job: JobId, attempt: u32) -> bool {
        let mut heard = self.heard.lock().await;
        let mut ends = self.ends.lock().await;
        while let Ok(Some(end)) = tokio::time::timeout(Duration::from_millis(50), ends.next()).await
        {
            heard.push(end);
        }
        heard.contains(&(job, attempt))
    }

    async fn restart(&mut self) {
        self.queue.close().await;
        if APART {
            self.queue = rabbit(&self.settings).await;
        } else {
            *self = Self::open(self.settings.clone()).await;
        }
    }

    async fn end(self) {
        self.queue.close().await;
        self.broker.close().await;
    }
}

async fn a_job_is_delivered_once<S: Subject>() {
    let subject = S::new().await;
    let queue = subject.queue();
    let mut bulk = queue.jobs(Lane::Bulk, 4);
    let mut interactive = queue.jobs(Lane::Interactive, 4);
    let message = subject.submit(Lane::Bulk).await;
    let delivery = next(&mut bulk).await;
    assert_eq!(delivery.message, message);
    assert_eq!(delivery.redeliveries, 0);
    queue.report(&end(message.job, 1)).await.expect("it is heard");
    assert!(delivery.settle.done().await);
    nothing(&mut bulk).await;
    nothing(&mut interactive).await;
    subject.end().await;
}

async fn no_more_jobs_than_slots<S: Subject>() {
    let subject = S::new().await;
    let queue = subject.queue();
    let mut jobs = queue.jobs(Lane::Interactive, 2);
    for _ in 0..3 {
        subject.submit(Lane::Interactive).await;
    }
    let first = next(&mut jobs).await;
    let second = next(&mut jobs).await;
    nothing(&mut jobs).await;
    queue.report(&end(first.message.job, 1)).await.expect("it is heard");
    assert!(first.settle.done().await);
    let third = next(&mut jobs).await;
    for delivery in [second, third] {
        queue.report(&end(delivery.message.job, 1)).await.expect("it is heard");
        assert!(delivery.settle.done().await);
    }
    subject.end().await;
}

async fn what_was_not_let_go_comes_again<S: Subject>() {
    let mut subject = S::new().await;
    let mut jobs = subject.queue().jobs(Lane::Bulk, 1);
    let message = subject.submit(Lane::Bulk).await;
    let lost = next(&mut jobs).await;
    assert_eq!(lost.message.job, message.job);
    subject.restart().await;
    drop((jobs, lost));
    let queue = subject.queue();
    let mut jobs = queue.jobs(Lane::Bulk, 1);
    let again = next(&mut jobs).await;
    assert_eq!(again.message.job, message.job);
    assert_eq!(again.redeliveries, 1);
    queue.report(&end(message.job, again.message.attempt)).await.expect("it is heard");
    assert!(again.settle.done().await);
    subject.end().await;
}

async fn an_end_is_safe_once_it_is_reported<S: Subject>() {
    let subject = S::new().await;
    let queue = subject.queue();
    let mut jobs = queue.jobs(Lane::Bulk, 1);
    let message = subject.submit(Lane::Bulk).await;
    let delivery = next(&mut jobs).await;
    queue.report(&end(message.job, 1)).await.expect("it is heard");
    until(DEADLINE, || subject.heard_end(message.job, 1)).await;
    // A repetition is no error.
    queue.report(&end(message.job, 1)).await.expect("it is heard");
    assert!(delivery.settle.done().await);
    subject.end().await;
}

async fn a_cancelled_job_is_told<S: Subject>() {
    let subject = S::new().await;
    let queue = subject.queue();
    let mut commands = queue.commands();
    let mut jobs = queue.jobs(Lane::Bulk, 1);
    let message = subject.submit(Lane::Bulk).await;
    let delivery = next(&mut jobs).await;
    subject.cancel(&message).await;
    let command = next(&mut commands).await;
    assert_eq!(command, Command::Cancel { job: message.job, attempt: 1 });
    queue.report(&end(message.job, 1)).await.expect("it is heard");
    assert!(delivery.settle.done().await);
    subject.end().await;
}

async fn a_drained_queue_hands_out_no_more<S: Subject>() {
    let mut subject = S::new().await;
    let queue = subject.queue();
    let (mut jobs, mut commands) = (queue.jobs(Lane::Bulk, 2), queue.commands());
    let message = subject.submit(Lane::Bulk).await;
    let delivery = next(&mut jobs).await;
    within(DEADLINE, queue.drain()).await;
    let later = subject.submit(Lane::Bulk).await;
    // It ends, or nothing comes.
    if let Ok(Some(_)) = tokio::time::timeout(crate::support::MOMENT, jobs.next()).await {
        panic!("a job was handed out");
    }
    // What runs on can be cancelled.
    subject.cancel(&message).await;
    let command = next(&mut commands).await;
    assert_eq!(command, Command::Cancel { job: message.job, attempt: 1 });
    queue.report(&end(message.job, 1)).await.expect("it is heard");
    assert!(delivery.settle.done().await);
    until(DEADLINE, || subject.heard_end(message.job, 1)).await;
    subject.restart().await;
    let queue = subject.queue();
    let mut jobs = queue.jobs(Lane::Bulk, 2);
    let delivery = next(&mut jobs).await;
    assert_eq!((delivery.message.job, delivery.message.attempt), (later.job, 1));
    queue.report(&end(later.job, 1)).await.expect("it is heard");
    assert!(delivery.settle.done().await);
    subject.end().await;
}

async fn everything_ends_when_it_is_closed<S: Subject>() {
    let subject = S::new().await;
    let queue = subject.queue();
    queue.check().await.ok();
    let mut jobs = queue.jobs(Lane::Bulk, 2);
    let mut commands = queue.commands();
    until(DEADLINE, || async { queue.check().await.is_ok() }).await;
    within(DEADLINE, queue.close()).await;
    assert!(within(DEADLINE, jobs.next()).await.is_none());
    assert!(within(DEADLINE, commands.next()).await.is_none());
    let report = within(DEADLINE, queue.report(&end(JobId::new(), 1))).await;
    assert!(matches!(report, Err(QueueError::Closed)), "{report:?}");
    subject.end().await;
}

macro_rules! suite {
    ($module:ident, $subject:ty: $($test:ident),* $(,)?) => {
        mod $module {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    super::$test::<$subject>().await;
                }
            )*
        }
    };
}

macro_rules! suites {
    ($tests:tt) => {
        suites!(@ embedded, OverTable, $tests);
        suites!(@ rabbit, OverRabbit<true>, $tests);
        suites!(@ rabbit_in_one_process, OverRabbit<false>, $tests);
    };
    (@ $module:ident, $subject:ty, ($($test:ident),* $(,)?)) => {
        suite!($module, $subject: $($test),*);
    };
}

suites!((
    a_job_is_delivered_once,
    no_more_jobs_than_slots,
    what_was_not_let_go_comes_again,
    an_end_is_safe_once_it_is_reported,
    a_cancelled_job_is_told,
    a_drained_queue_hands_out_no_more,
    everything_ends_when_it_is_closed,
));
