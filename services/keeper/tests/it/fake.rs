//! A broker that does as it is told.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use futures_util::{Stream, stream};
use jobs::Lane;
use jobs::message::{Beat, Command, Finished, JobMessage, Reply};
use keeper::Broker;
use queue::{Answer, QueueError, RawMessage, Received, Settle, Submitted, Unread};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// A broker that does as it is told. Clones share it.
#[derive(Clone)]
pub(crate) struct Fake(Arc<State>);

pub(crate) struct State {
    pub(crate) published: Mutex<Vec<(JobMessage, u32)>>,
    pub(crate) commands: Mutex<Vec<Command>>,
    pub(crate) replies: Mutex<Vec<Answer>>,
    pub(crate) parked: Mutex<Vec<(RawMessage, String)>>,
    /// What becomes of what is published.
    pub(crate) mood: Mutex<Mood>,
    /// What becomes of replies.
    pub(crate) reply_mood: Mutex<Mood>,
    pub(crate) is_up: AtomicBool,
    pub(crate) is_paused: AtomicBool,
    pub(crate) ready: AtomicU64,
    pub(crate) looks: AtomicUsize,
    pub(crate) tries: AtomicUsize,
    pub(crate) acked: Arc<AtomicUsize>,
    finished: Pipe<Received<Finished, Ack>>,
    beats: Pipe<Beat>,
    dead: Pipe<Received<JobMessage, Ack>>,
    intake: Pipe<Submitted<Ack>>,
}

/// What becomes of messages.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Mood {
    /// They are confirmed.
    Takes,
    /// A queue is full.
    Refuses,
    /// No queue takes them.
    Loses,
    /// They arrive, and the confirm never comes.
    Hangs,
    /// They arrive, and the confirm comes too late.
    TimesOut,
}

/// How something is let go; it looks around when that is done.
pub(crate) struct Ack {
    acked: Arc<AtomicUsize>,
    look: Option<Look>,
}

/// What is looked at when something is let go.
pub(crate) type Look = Arc<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>;

struct Pipe<T>(UnboundedSender<T>, Mutex<Option<UnboundedReceiver<T>>>);

impl<T: Send + 'static> Pipe<T> {
    fn new() -> Self {
        let (sender, receiver) = unbounded_channel();
        Self(sender, Mutex::new(Some(receiver)))
    }

    fn send(&self, item: T) {
        self.0.send(item).unwrap_or_else(|_| panic!("the keeper has gone"));
    }

    fn stream(&self) -> Pin<Box<dyn Stream<Item = T> + Send>> {
        let receiver = self.1.lock().expect("a lock").take().expect("one listener");
        Box::pin(stream::unfold(receiver, |mut receiver| async {
            receiver.recv().await.map(|item| (item, receiver))
        }))
    }
}

impl std::ops::Deref for Fake {
    type Target = State;

    fn deref(&self) -> &State {
        &self.0
    }
}

impl Fake {
    pub(crate) fn new() -> Self {
        Self(Arc::new(State {
            published: Mutex::default(),
            commands: Mutex::default(),
            replies: Mutex::default(),
            parked: Mutex::default(),
            mood: Mutex::new(Mood::Takes),
            reply_mood: Mutex::new(Mood::Takes),
            is_up: AtomicBool::new(true),
            is_paused: AtomicBool::new(false),
            ready: AtomicU64::new(u64::MAX),
            looks: AtomicUsize::new(0),
            tries: AtomicUsize::new(0),
            acked: Arc::default(),
            finished: Pipe::new(),
            beats: Pipe::new(),
            dead: Pipe::new(),
            intake: Pipe::new(),
        }))
    }

    pub(crate) fn finish(&self, event: &Finished) {
        let content = Ok(event.clone());
        self.finished.send(Received { content, settle: self.ack(None) });
    }

    pub(crate) fn finish_and_look(&self, event: &Finished, look: Look) {
        let content = Ok(event.clone());
        self.finished.send(Received { content, settle: self.ack(Some(look)) });
    }

    pub(crate) fn finish_unreadable(&self, unread: Unread) {
        self.finished.send(Received { content: Err(unread), settle: self.ack(None) });
    }

    pub(crate) fn beat(&self, beat: Beat) {
        self.beats.send(beat);
    }

    pub(crate) fn bury(&self, message: JobMessage) {
        self.dead.send(Received { content: Ok(message), settle: self.ack(None) });
    }

    pub(crate) fn submit(&self, message: RawMessage, look: Option<Look>) {
        let settle = self.ack(look);
        self.intake.send(Submitted { message, redelivered: false, settle });
    }

    fn ack(&self, look: Option<Look>) -> Ack {
        Ack { acked: self.acked.clone(), look }
    }

    pub(crate) fn acked(&self) -> usize {
        self.acked.load(Ordering::SeqCst)
    }

    pub(crate) fn published(&self) -> Vec<(JobMessage, u32)> {
        self.published.lock().expect("a lock").clone()
    }

    /// What producers were told: where to, under which name, and what.
    pub(crate) fn told(&self) -> Vec<(Answer, Reply)> {
        let replies = self.replies.lock().expect("a lock").clone();
        let read = |answer: Answer| {
            let reply = Reply::decode(&answer.body).expect("a reply");
            (answer, reply)
        };
        replies.into_iter().map(read).collect()
    }

    pub(crate) fn set(&self, mood: Mood) {
        *self.mood.lock().expect("a lock") = mood;
    }
}

async fn outcome(mood: Mood) -> Result<(), QueueError> {
    match mood {
        Mood::Takes => Ok(()),
        Mood::Refuses => Err(QueueError::Refused),
        Mood::Loses => Err(QueueError::Unroutable),
        Mood::TimesOut => Err(QueueError::Timeout),
        Mood::Hangs => std::future::pending().await,
    }
}

impl Broker for Fake {
    type Settle = Ack;

    async fn publish(&self, message: &JobMessage, delay: u32) -> Result<(), QueueError> {
        self.tries.fetch_add(1, Ordering::SeqCst);
        let mood = *self.mood.lock().expect("a lock");
        if !matches!(mood, Mood::Refuses | Mood::Loses) {
            self.published.lock().expect("a lock").push((message.clone(), delay));
        }
        outcome(mood).await
    }

    async fn cancel(&self, command: &Command) -> Result<(), QueueError> {
        self.commands.lock().expect("a lock").push(*command);
        Ok(())
    }

    async fn reply(&self, reply: &Answer) -> Result<(), QueueError> {
        self.replies.lock().expect("a lock").push(reply.clone());
        let mood = *self.reply_mood.lock().expect("a lock");
        outcome(mood).await
    }

    async fn park(&self, message: &RawMessage, reason: &str) -> Result<(), QueueError> {
        self.parked.lock().expect("a lock").push((message.clone(), reason.to_owned()));
        Ok(())
    }

    fn finished(&self) -> impl Stream<Item = Received<Finished, Ack>> + Send + Unpin + 'static {
        self.finished.stream()
    }

    fn beats(&self) -> impl Stream<Item = Beat> + Send + Unpin + 'static {
        self.beats.stream()
    }

    fn dead(&self) -> impl Stream<Item = Received<JobMessage, Ack>> + Send + Unpin + 'static {
        self.dead.stream()
    }

    fn intake(&self) -> impl Stream<Item = Submitted<Ack>> + Send + Unpin + 'static {
        self.intake.stream()
    }

    async fn pause_intake(&self, is_paused: bool) {
        self.is_paused.store(is_paused, Ordering::SeqCst);
    }

    async fn depth(&self, lane: Lane) -> Result<u64, QueueError> {
        if lane == Lane::Bulk {
            self.looks.fetch_add(1, Ordering::SeqCst);
        }
        Ok(self.ready.load(Ordering::SeqCst))
    }

    async fn parked(&self) -> Result<u64, QueueError> {
        Ok(self.parked.lock().expect("a lock").len() as u64)
    }

    async fn check(&self) -> Result<(), String> {
        if self.is_up.load(Ordering::SeqCst) { Ok(()) } else { Err("it is away".to_owned()) }
    }
}

impl Settle for Ack {
    async fn done(self) -> bool {
        if let Some(look) = self.look {
            look().await;
        }
        self.acked.fetch_add(1, Ordering::SeqCst);
        true
    }
}
