//! Jobs through the queue of this crate, with nothing around it and with everything.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use blobs::Blobs;
use futures_util::StreamExt;
use jobs::message::{Finished, JobLimits, JobMessage, MessageInput, Product, WorkerEvent};
use jobs::{Asked, Body, Digest, JobId, Lane, Outcome as End, RunId, place};
use queue::{Broker, Queue, Settings, Settle};
use servers::RabbitMq;
use store::{JobStore, Store, StoreOptions};
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::clock::{Measured, clients, submit};
use crate::{Outcome, WINDOW};

const BYTES: usize = 2 << 10;

/// Who waits for which job.
#[derive(Clone, Default)]
struct Waiting(Arc<Mutex<HashMap<JobId, oneshot::Sender<()>>>>);

impl Waiting {
    fn wait(&self, job: JobId) -> oneshot::Receiver<()> {
        let (sender, receiver) = oneshot::channel();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(job, sender);
        receiver
    }

    fn waits(&self, job: JobId) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&job)
    }

    fn all(&self) -> Vec<JobId> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).keys().copied().collect()
    }

    fn done(&self, job: JobId) {
        let sender = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&job);
        sender.map(|sender| sender.send(()));
    }
}

fn settings(node: &RabbitMq, prefix: &str) -> Settings {
    let prefix = prefix.to_owned();
    Settings { url: Some(node.url().into()), prefix, window: WINDOW.into(), ..Settings::default() }
}

/// From `Queue::publish` until the end has been settled by the keeper; no conversion, no store.
/// Keeper and worker share the two connections of a process, as in `refmill serve` and as many as
/// the bare loop has.
pub(crate) async fn without_store(node: &RabbitMq, time: Duration) -> Outcome<Measured> {
    let settings = settings(node, "empty");
    let broker = Broker::open(&settings, "keeper")?;
    broker.ready().await?;
    let worker = broker.worker();
    let waiting = Waiting::default();

    let working = worker.clone();
    let work = worker.jobs(Lane::Interactive, WINDOW).for_each_concurrent(None, move |delivery| {
        let worker = working.clone();
        async move {
            let event = WorkerEvent::Finished(Box::new(finished(&delivery.message)));
            if worker.report(&event).await.is_ok() {
                delivery.settle.done().await;
            }
        }
    });
    let told = waiting.clone();
    let record = broker.finished().for_each_concurrent(None, move |received| {
        let told = told.clone();
        async move {
            let Ok(finished) = received.content else { return };
            if received.settle.done().await {
                told.done(finished.job);
            }
        }
    });
    let roles = [tokio::spawn(work), tokio::spawn(record)];
    // As in the bare loop, everything is consumed before the clock starts.
    let consumed = async {
        while broker.check().is_err() || worker.check().await.is_err() {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(30), consumed).await?;
    let (publishing, input) = (broker.clone(), input());
    let measured = clients(time, move || {
        let (broker, waiting, input) = (publishing.clone(), waiting.clone(), input.clone());
        async move {
            let message = message(input);
            let ended = waiting.wait(message.job);
            broker.publish(&message, 0).await?;
            ended.await?;
            Ok(())
        }
    })
    .await?;
    worker.close().await;
    broker.close().await;
    for role in roles {
        role.await?;
    }
    Ok(measured)
}

/// From the submission until the store has the end: relay, worker, conversion, recorder.
pub(crate) async fn whole(
    node: &RabbitMq,
    options: &StoreOptions,
    time: Duration,
) -> Outcome<Measured> {
    let prefix = if options.settings.url.is_some() { "postgres" } else { "sqlite" };
    let settings = settings(node, prefix);
    let store = Store::open(options).await?;
    let (blobs, stop) = (Blobs::memory(), CancellationToken::new());
    let broker = Broker::open(&settings, "keeper")?;
    broker.ready().await?;
    let queue = broker.worker();
    let keeping = keeper::Settings {
        prefix: settings.prefix.clone(),
        relays: true,
        min_free_bytes: 0,
        ..keeper::Settings::default()
    };
    let working = worker::Settings { interactive_slots: WINDOW, ..worker::Settings::default() };
    let keeper =
        keeper::run(store.clone(), Some(broker.clone()), blobs.clone(), keeping, stop.clone());
    let worker = worker::run(queue.clone(), blobs, working, stop.clone());
    let (keeper, worker) = (tokio::spawn(keeper), tokio::spawn(worker));

    let waiting = Waiting::default();
    let listener = tokio::spawn(listen(store.clone(), waiting.clone(), stop.clone()));
    let accepting = store.clone();
    let measured = clients(time, move || {
        let (store, waiting) = (accepting.clone(), waiting.clone());
        async move {
            let job = submit(&store).await?;
            let ended = waiting.wait(job);
            // It may have ended before anybody waited for it.
            if is_final(&store, job).await? {
                waiting.done(job);
            }
            ended.await?;
            Ok(())
        }
    })
    .await?;
    stop.cancel();
    worker.await??;
    keeper.await??;
    listener.await??;
    queue.close().await;
    broker.close().await;
    store.close().await;
    Ok(measured)
}

/// Tells those who wait when their jobs have ended.
async fn listen(store: Store, waiting: Waiting, stop: CancellationToken) -> Outcome<()> {
    let mut changes = store.changes();
    loop {
        let looked_at = tokio::select! {
            () = stop.cancelled() => return Ok(()),
            Some(job) = changes.next() => vec![job],
            () = tokio::time::sleep(Duration::from_secs(1)) => waiting.all(),
        };
        for job in looked_at {
            if waiting.waits(job) && is_final(&store, job).await? {
                waiting.done(job);
            }
        }
    }
}

async fn is_final(store: &Store, job: JobId) -> Outcome<bool> {
    let found = store.get(job, None).await?.ok_or("a job was lost")?;
    Ok(found.life.state.is_final())
}

/// What is to be converted, hashed by whoever has submitted it.
fn input() -> MessageInput {
    let bytes = vec![b' '; BYTES];
    MessageInput {
        bytes: bytes.len() as u64,
        sha256: Digest::of(&bytes),
        body: Body::Inline(bytes.into()),
        kind: None,
        coding: None,
    }
}

fn message(input: MessageInput) -> JobMessage {
    let job = JobId::new();
    JobMessage {
        job,
        attempt: 1,
        lane: Lane::Interactive,
        input,
        asked: Asked::default(),
        limits: JobLimits::default(),
        output: place::output(job),
        republished: false,
        trace: None,
    }
}

fn finished(message: &JobMessage) -> Finished {
    let now = jiff::Timestamp::now();
    Finished {
        job: message.job,
        attempt: message.attempt,
        run: RunId::from_bits(7),
        worker: "w-bench".to_owned(),
        outcome: End::Succeeded,
        started_at: now,
        finished_at: now,
        product: Product::default(),
        trace: None,
    }
}
