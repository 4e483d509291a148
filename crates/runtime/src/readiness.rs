//! Whether a role is ready, and why not.

use std::time::Duration;

use serde_json::{Map, Value};
use tokio::sync::Mutex;
use tokio::time::Instant;

/// How long an answer stands.
const STANDS: Duration = Duration::from_secs(2);

/// What was found of each thing that a role needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readiness(Vec<(&'static str, Result<(), String>)>);

impl Readiness {
    /// A role that needs nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds what was found of one thing. The reason is for operators: it must hold no secret.
    #[must_use]
    pub fn with(mut self, name: &'static str, found: Result<(), impl ToString>) -> Self {
        self.0.push((name, found.map_err(|reason| reason.to_string())));
        self
    }

    /// Whether all is well.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.0.iter().all(|(_, found)| found.is_ok())
    }

    /// The answer to `GET /readyz`: `{"ready":false,"checks":{"broker":"not connected"}}`.
    #[must_use]
    pub fn json(&self) -> String {
        let checks = self.0.iter().map(|(name, found)| {
            let found = found.as_ref().map_or_else(Clone::clone, |()| "ok".to_owned());
            ((*name).to_owned(), Value::from(found))
        });
        let checks = Value::from(checks.collect::<Map<_, _>>());
        let answer = [("ready".to_owned(), self.is_ready().into()), ("checks".to_owned(), checks)];
        Value::from(answer.into_iter().collect::<Map<_, _>>()).to_string()
    }
}

/// An answer that is asked for at most every two seconds, however often it is wanted.
#[derive(Debug, Default)]
pub struct Remembered(Mutex<Option<(Instant, Readiness)>>);

impl Remembered {
    /// The last answer if it still stands, otherwise a new one.
    pub async fn get<Answer>(&self, ask: impl FnOnce() -> Answer) -> Readiness
    where
        Answer: Future<Output = Readiness>,
    {
        let mut last = self.0.lock().await;
        if let Some((at, answer)) = last.as_ref()
            && at.elapsed() < STANDS
        {
            return answer.clone();
        }
        let answer = ask().await;
        *last = Some((Instant::now(), answer.clone()));
        answer
    }
}
