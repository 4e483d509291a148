//! Running roles, from their start to their graceful end.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context;
use queue::{Broker, Embedded, Queue};
use runtime::{Metrics, Readiness, Stop, metrics_server, notify, telemetry};
use store::{JobStore, Store};
use tokio::net::TcpListener;
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use super::arguments::Roles;
use super::config::Config;
use super::parts;
use crate::sentences;

/// How long a check may take: two of them are answered before whoever asks is sent away.
const CHECK: Duration = Duration::from_secs(2);

/// Runs roles until a signal asks for the end, and then until what goes on has ended.
pub(super) async fn run(config: Config, roles: Roles) -> anyhow::Result<()> {
    let metrics = telemetry::start(&config.log, env!("CARGO_PKG_VERSION"))?;
    let stop = Stop::listen()?;
    let ends = Ends::default();
    let needs_store = roles.gateway || roles.keeper;
    anyhow::ensure!(
        roles.is_whole || config.has_broker() && (config.relays() || !needs_store),
        "a single role needs `amqp.url`, and `store.url` unless it is a worker; \
         `refmill serve` needs nothing"
    );
    let store = if needs_store { Some(parts::store(&config).await?) } else { None };
    let broker = if roles.keeper {
        parts::broker(&config, if roles.is_whole { "serve" } else { "keeper" }).await?
    } else {
        None
    };
    let running = Running { config, roles, stop: stop.clone(), ends: ends.clone(), metrics };
    let ended = match &store {
        // One process, one table: the queue needs nobody else.
        Some(store) if roles.is_whole && !running.config.relays() => {
            let queue = Embedded::open(store.clone()).await;
            let queue = queue.context("jobs of an earlier process cannot be taken up")?;
            running.with(Some(store), broker, Some(queue)).await
        }
        _ if roles.worker => {
            let queue = match &broker {
                Some(broker) => broker.worker(),
                None => parts::worker(&running.config).await?,
            };
            running.with(store.as_ref(), broker, Some(queue)).await
        }
        _ => running.with(store.as_ref(), broker, None::<Embedded<Store>>).await,
    };
    if let Some(store) = store {
        store.close().await;
    }
    ended
}

/// The ends of roles, in the order in which they come: nobody may come in, then nobody works.
#[derive(Clone, Default)]
struct Ends {
    front: CancellationToken,
    back: CancellationToken,
}

struct Running {
    config: Config,
    roles: Roles,
    stop: Stop,
    ends: Ends,
    metrics: Metrics,
}

impl Running {
    async fn with<Q: Queue>(
        self,
        store: Option<&Store>,
        broker: Option<Broker>,
        queue: Option<Q>,
    ) -> anyhow::Result<()> {
        let blobs = parts::blobs(&self.config)?;
        let mut front = JoinSet::new();
        let mut back = JoinSet::new();
        if let Some(store) = store.filter(|_| self.roles.keeper) {
            let end = self.ends.back.clone();
            let keep = keeper::run(
                store.clone(),
                broker.clone(),
                blobs.clone(),
                self.config.keeper(),
                end,
            );
            back.spawn(async move {
                let ended = keep.await.context("the keeper has ended");
                if let Some(broker) = broker {
                    broker.close().await;
                }
                ended
            });
        }
        if let Some(queue) = queue.clone().filter(|_| self.roles.worker) {
            let settings = worker::Settings {
                own_process: parts::own_process(&self.config),
                ..self.config.worker()
            };
            let work = worker::run(queue, blobs.clone(), settings, self.ends.front.clone());
            front.spawn(async move { work.await.context("the worker has ended") });
        }
        let door = match store.filter(|_| self.roles.gateway) {
            Some(store) => Some(gateway::bind(
                store.clone(),
                blobs.clone(),
                self.config.gateway(),
                self.ends.front.clone(),
            )?),
            None => None,
        };
        self.watch(store.cloned(), queue.clone()).await?;
        if let Some(door) = &door {
            sentences::say(format_args!("listening on http://{}", door.address()));
        }
        if let Err(error) = notify::ready() {
            tracing::warn!(%error, "whoever has started this process does not hear of it");
        }
        let door = async {
            if let Some(door) = door {
                return door.serve().await.context("the HTTP role has ended");
            }
            self.ends.front.cancelled().await;
            Ok(())
        };
        let mut door = std::pin::pin!(door);
        // A role that ends by itself ends the process: whoever has started it starts it anew.
        let mut ended = tokio::select! {
            () = self.stop.requested() => Ok(()),
            ended = &mut door => ended,
            Some(ended) = front.join_next() => flat(ended),
            Some(ended) = back.join_next() => flat(ended),
        };
        self.ends.front.cancel();
        let rest = async {
            let mut ended = door.await;
            while let Some(end) = front.join_next().await {
                ended = ended.and(flat(end));
            }
            // Whoever keeps the state hears the last words of those who work.
            self.ends.back.cancel();
            while let Some(end) = back.join_next().await {
                ended = ended.and(flat(end));
            }
            ended
        };
        let patience = self.config.grace() + Duration::from_secs(10);
        if ended.is_ok() {
            ended = tokio::time::timeout(patience, rest).await.unwrap_or_else(|_| {
                tracing::warn!("a role has not ended within its grace");
                Ok(())
            });
        }
        self.ends.back.cancel();
        if let Some(queue) = queue {
            queue.close().await;
        }
        ended
    }

    /// Shows metrics and readiness.
    async fn watch<Q: Queue>(&self, store: Option<Store>, queue: Option<Q>) -> anyhow::Result<()> {
        let listener = &self.config.metrics;
        if !listener.enabled {
            return Ok(());
        }
        let bound = TcpListener::bind(listener.bind).await.with_context(|| {
            format!("metrics cannot be shown at {}: see `metrics.bind`", listener.bind)
        })?;
        let ask = move || {
            let (store, queue) = (store.clone(), queue.clone());
            async move {
                let mut readiness = Readiness::new();
                if let Some(store) = store {
                    readiness = readiness.with("store", in_time(store.check()).await);
                }
                if let Some(queue) = queue {
                    readiness = readiness.with("queue", in_time(queue.check()).await);
                }
                readiness
            }
        };
        let (metrics, stop) = (self.metrics.clone(), self.stop.clone());
        tokio::spawn(metrics_server::serve(bound, metrics, ask, stop));
        Ok(())
    }
}

/// Does the one job that a worker has for this process.
pub(super) async fn one_job(config: &Config) -> anyhow::Result<()> {
    telemetry::start(&config.log, env!("CARGO_PKG_VERSION"))?;
    // A signal for all processes of a service is one for the worker, which ends this one in time.
    Stop::pass_over()?;
    // Where memory runs out this is to be killed, and not the worker with all else that it does.
    if let Err(error) = std::fs::write("/proc/self/oom_score_adj", "1000") {
        tracing::debug!(%error, "the process of a job is no likelier to be killed than others");
    }
    worker::run_one(parts::blobs(config)?, config.worker()).await?;
    Ok(())
}

/// What was found, if that did not take too long.
async fn in_time<E: ToString>(check: impl Future<Output = Result<(), E>>) -> Result<(), String> {
    match tokio::time::timeout(CHECK, check).await {
        Ok(found) => found.map_err(|reason| reason.to_string()),
        Err(_) => Err("no answer".to_owned()),
    }
}

/// How a role has ended.
fn flat(ended: Result<anyhow::Result<()>, JoinError>) -> anyhow::Result<()> {
    ended.context("a role has panicked").and_then(|ended| ended)
}

/// Brings the database and the broker up to date.
pub(super) async fn migrate(config: &Config) -> anyhow::Result<()> {
    Store::migrate(&config.store()).await.context("the database is not up to date")?;
    if config.has_broker() {
        queue::migrate(&config.amqp).await.context("the broker is not up to date")?;
    }
    Ok(())
}

/// Asks a running service how it is, and returns the exit status.
pub(super) async fn healthcheck(config: &Config) -> anyhow::Result<u8> {
    let mut address: SocketAddr = config.http.bind;
    if address.ip().is_unspecified() {
        address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    let client = reqwest::Client::builder().timeout(Duration::from_secs(5)).no_proxy().build()?;
    let answer = client.get(format!("http://{address}/readyz")).send().await;
    let sentence = match answer {
        Ok(answer) if answer.status().is_success() => return Ok(0),
        Ok(answer) => format!("{address} answers {}", answer.status()),
        Err(_) => format!("{address} does not answer"),
    };
    sentences::say(sentence);
    Ok(1)
}
