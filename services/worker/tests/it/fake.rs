//! A queue made of channels, which remembers what it hears.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use futures_util::stream::{self, BoxStream};
use futures_util::{Stream, StreamExt};
use jobs::message::{Beat, Command, Finished, JobMessage, WorkerEvent};
use jobs::{JobId, Lane};
use queue::{Delivery, Queue, QueueError, Settle};
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

/// Longer than anything here takes, on a busy machine too.
const DEADLINE: Duration = Duration::from_mins(1);

#[derive(Clone)]
pub(crate) struct Fake(Arc<Inner>);

struct Inner {
    jobs: BTreeMap<Lane, Line<Delivery<Release>>>,
    commands: Line<Command>,
    heard: Mutex<Heard>,
    changed: Notify,
}

/// What was put in, and who takes it out.
struct Line<T>(Mutex<Option<UnboundedSender<T>>>, Mutex<Option<UnboundedReceiver<T>>>);

#[derive(Default)]
pub(crate) struct Heard {
    pub(crate) finished: Vec<Finished>,
    pub(crate) beats: Vec<Beat>,
    /// The jobs whose deliveries were let go, and after how many events.
    pub(crate) settled: Vec<(JobId, usize)>,
    pub(crate) is_draining: bool,
    /// How many commands were asked for.
    pub(crate) listened: usize,
    /// How many more reports fail.
    pub(crate) failures: usize,
    /// How often it was tried to report an end.
    pub(crate) tries: usize,
}

pub(crate) struct Release {
    job: JobId,
    queue: Fake,
}

impl<T> Default for Line<T> {
    fn default() -> Self {
        let (sender, receiver) = unbounded_channel();
        Self(Mutex::new(Some(sender)), Mutex::new(Some(receiver)))
    }
}

impl<T: Send + 'static> Line<T> {
    fn put(&self, what: T) {
        let sender = self.0.lock().expect("a lock");
        assert!(sender.as_ref().expect("it is open").send(what).is_ok(), "somebody listens");
    }

    fn close(&self) {
        self.0.lock().expect("a lock").take();
    }

    /// All that is put in; each time that more is asked for, that is noted.
    fn stream(&self, note: impl Fn() + Send + Clone + 'static) -> BoxStream<'static, T> {
        let receiver = self.1.lock().expect("a lock").take().expect("one stream");
        let next = move |mut receiver: UnboundedReceiver<T>| {
            let note = note.clone();
            async move {
                note();
                receiver.recv().await.map(|what| (what, receiver))
            }
        };
        stream::unfold(receiver, next).boxed()
    }
}

impl Fake {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Inner {
            jobs: Lane::ALL.into_iter().map(|lane| (lane, Line::default())).collect(),
            commands: Line::default(),
            heard: Mutex::default(),
            changed: Notify::new(),
        }))
    }

    pub(crate) fn deliver(&self, message: JobMessage) {
        self.delivery(message, 0);
    }

    pub(crate) fn redeliver(&self, message: JobMessage) {
        self.delivery(message, 1);
    }

    fn delivery(&self, message: JobMessage, redeliveries: u32) {
        let (lane, settle) = (message.lane, Release { job: message.job, queue: self.clone() });
        self.0.jobs[&lane].put(Delivery { message, redeliveries, settle });
    }

    pub(crate) fn cancel(&self, job: JobId) {
        self.0.commands.put(Command::Cancel { job, attempt: 1 });
    }

    /// The broker is away for so many reports.
    pub(crate) fn fail(&self, reports: usize) {
        self.heard().failures = reports;
    }

    pub(crate) fn heard(&self) -> MutexGuard<'_, Heard> {
        self.0.heard.lock().expect("a lock")
    }

    /// Waits until what was heard fits.
    pub(crate) async fn until<T>(&self, fits: impl Fn(&Heard) -> Option<T>) -> T {
        let waiting = async {
            loop {
                let changed = self.0.changed.notified();
                if let Some(found) = fits(&self.heard()) {
                    return found;
                }
                changed.await;
            }
        };
        timeout(DEADLINE, waiting).await.expect("it comes in time")
    }

    /// The end of a job, once its delivery was let go.
    pub(crate) async fn end_of(&self, job: JobId) -> Finished {
        self.until(|heard| {
            let is_settled = heard.settled.iter().any(|(settled, _)| *settled == job);
            let finished = heard.finished.iter().find(|finished| finished.job == job);
            finished.filter(|_| is_settled).cloned()
        })
        .await
    }

    fn note(&self, note: impl FnOnce(&mut Heard)) {
        note(&mut self.heard());
        self.0.changed.notify_waiters();
    }
}

impl Queue for Fake {
    type Settle = Release;

    async fn publish(&self, _: &JobMessage, _: u32) -> Result<(), QueueError> {
        panic!("a worker publishes no jobs")
    }

    fn jobs(
        &self,
        lane: Lane,
        _: u16,
    ) -> impl Stream<Item = Delivery<Release>> + Send + Unpin + 'static {
        self.0.jobs[&lane].stream(|| ())
    }

    fn commands(&self) -> impl Stream<Item = Command> + Send + Unpin + 'static {
        let queue = self.clone();
        self.0.commands.stream(move || queue.note(|heard| heard.listened += 1))
    }

    async fn report(&self, event: &WorkerEvent) -> Result<(), QueueError> {
        let mut result = Ok(());
        self.note(|heard| match event {
            WorkerEvent::Beat(beat) => heard.beats.push(*beat),
            WorkerEvent::Finished(finished) => {
                heard.tries += 1;
                if heard.failures > 0 {
                    heard.failures -= 1;
                    result = Err(QueueError::Timeout);
                } else {
                    // As it would come out at the other end.
                    let read = Finished::decode(&finished.encode()).expect("a message");
                    let read = Finished { trace: finished.trace.clone(), ..read };
                    assert_eq!(&read, &**finished);
                    heard.finished.push(read);
                }
            }
        });
        result
    }

    async fn check(&self) -> Result<(), String> {
        Ok(())
    }

    async fn drain(&self) {
        self.note(|heard| heard.is_draining = true);
    }

    async fn close(&self) {
        self.0.jobs.values().for_each(Line::close);
        self.0.commands.close();
    }
}

impl Settle for Release {
    async fn done(self) -> bool {
        self.queue.note(|heard| heard.settled.push((self.job, heard.finished.len())));
        true
    }
}
