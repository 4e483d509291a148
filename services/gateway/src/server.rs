//! Opening the door, and closing it.

use std::net::{SocketAddr, TcpListener};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use blobs::Blobs;
use store::JobStore;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::capacity::Capacity;
use crate::door::{Door, Streams};
use crate::gate::{Gate, admit};
use crate::hub::Hub;
use crate::observe::observe;
use crate::refusal::chain;
use crate::routes::routes;
use crate::settings::{AuthMode, Settings};
use crate::unfit::Unfit;

/// Connections that wait to be accepted.
const BACKLOG: u32 = 1024;

/// A door that is ready to be opened: its address is taken, its keys are read.
pub struct Bound<S> {
    listener: TcpListener,
    address: SocketAddr,
    door: web::Data<Door<S>>,
    gate: web::Data<Gate>,
}

/// Takes the address. Nobody is served before [`Bound::serve`].
///
/// # Errors
///
/// [`Unfit`]: the settings contradict each other, strangers would reach a service without keys, the
/// keys cannot be read, or the address is not to be had.
pub fn bind<S: JobStore>(
    store: S,
    blobs: Blobs,
    settings: Settings,
    stop: CancellationToken,
) -> Result<Bound<S>, Unfit> {
    settings.check()?;
    let wanted = settings.http.bind;
    let is_public = !wanted.ip().is_loopback();
    if is_public && settings.auth.mode == AuthMode::None {
        if !settings.http.allow_anonymous {
            return Err(Unfit::Open { address: wanted });
        }
        tracing::warn!(address = %wanted, "everybody who reaches this address may use the service");
    }
    if is_public && settings.http.public_url.is_none() {
        tracing::warn!(
            "`http.public_url` is not set: only loopback names of this host are answered"
        );
    }
    let failed = |source| Unfit::Bind { address: wanted, source };
    let listener = TcpListener::bind(wanted).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let slots = Arc::new(Semaphore::new(settings.convert.slots));
    let gate = web::Data::new(Gate::new(settings, stop)?);
    let door = web::Data::new(Door {
        store,
        blobs,
        gate: gate.clone(),
        hub: Hub::default(),
        capacity: Capacity::default(),
        slots,
        streams: Streams::default(),
        checked: tokio::sync::Mutex::new(None),
    });
    Ok(Bound { listener, address, door, gate })
}

/// Opens the door until the service is told to stop: [`bind`] and [`Bound::serve`].
///
/// # Errors
///
/// [`Unfit`].
pub async fn run<S: JobStore>(
    store: S,
    blobs: Blobs,
    settings: Settings,
    stop: CancellationToken,
) -> Result<(), Unfit> {
    bind(store, blobs, settings, stop)?.serve().await
}

impl<S: JobStore> Bound<S> {
    /// The address, with the port that was found if any would do.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until the service is told to stop, and then until what goes on has ended or the
    /// grace is over.
    ///
    /// # Errors
    ///
    /// [`Unfit::Serve`] if the server fails.
    pub async fn serve(self) -> Result<(), Unfit> {
        let stop = self.gate.stop.clone();
        let hub = self.door.hub.clone().run(self.door.store.clone(), stop.clone());
        let hub = tokio::spawn(hub);
        let keys = tokio::spawn(reread(self.gate.clone()));
        let server = self.server().map_err(Unfit::Serve)?;
        let handle = server.handle();
        let closing = tokio::spawn(async move {
            stop.cancelled().await;
            handle.stop(true).await;
        });
        let outcome = server.await;
        for task in [hub, keys, closing] {
            task.abort();
        }
        outcome.map_err(Unfit::Serve)
    }

    fn server(self) -> std::io::Result<Server> {
        let http = &self.gate.settings.http;
        let cores = available_parallelism().map_or(1, NonZeroUsize::get);
        let threads = if http.threads == 0 { cores } else { http.threads };
        let grace = self.gate.settings.shutdown.grace_seconds;
        let (header, idle, connections) =
            (http.header_seconds, http.keep_alive_seconds, http.max_connections);
        let (gate, door) = (self.gate.clone(), self.door);
        let server = HttpServer::new(move || {
            App::new()
                .app_data(gate.clone())
                .app_data(door.clone())
                .configure(routes::<S>)
                .wrap(from_fn(admit))
                .wrap(from_fn(observe))
        });
        Ok(server
            .workers(threads)
            .backlog(BACKLOG)
            .max_connections(connections.div_ceil(threads))
            .client_request_timeout(Duration::from_secs(header))
            .keep_alive(Duration::from_secs(idle))
            .shutdown_timeout(grace)
            .disable_signals()
            .tcp_nodelay(true)
            .listen(self.listener)?
            .run())
    }
}

/// Looks at the file of keys again and again, so that a key that is struck out is refused soon.
async fn reread(gate: web::Data<Gate>) {
    let Some(keys) = &gate.keys else { return };
    let mut times =
        tokio::time::interval(Duration::from_secs(gate.settings.auth.reread_seconds.max(1)));
    loop {
        tokio::select! {
            () = gate.stop.cancelled() => return,
            _ = times.tick() => {}
        }
        if let Err(error) = keys.reread() {
            metrics::counter!("refmill_keys_unreadable_total").increment(1);
            tracing::error!(error = chain(&error), "the keys are those that were read before");
        }
    }
}
