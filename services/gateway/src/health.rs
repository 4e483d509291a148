//! `GET /healthz` and `GET /readyz`: whether the process answers, and whether it can work.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use actix_web::{HttpResponse, web};
use jobs::ProblemCode;
use serde_json::json;
use store::JobStore;
use tokio::time::timeout;

use crate::door::Door;
use crate::refusal::{Answer, Refusal, chain};
use crate::view::Health;

/// For how long what was found is believed.
const FRESH: Duration = Duration::from_secs(2);
/// How long a check may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// What was found, and when.
#[derive(Clone, Debug)]
pub(crate) struct Checked {
    at: Instant,
    checks: BTreeMap<&'static str, &'static str>,
}

/// Says that the process answers.
pub(crate) async fn healthz() -> HttpResponse {
    HttpResponse::Ok().json(Health { status: "ok", checks: BTreeMap::new() })
}

/// Says whether jobs can be taken and read. A broker that is away is no reason not to be ready.
pub(crate) async fn readyz<S: JobStore>(door: web::Data<Door<S>>) -> Answer {
    door.take_work()?;
    let checks = checks(&door).await;
    if checks.values().all(|found| *found == "ok") {
        return Ok(HttpResponse::Ok().json(Health { status: "ok", checks }));
    }
    let detail = "not every check is ok";
    Err(Refusal::new(ProblemCode::StoreUnavailable, detail).with("checks", json!(checks)))
}

async fn checks<S: JobStore>(door: &Door<S>) -> BTreeMap<&'static str, &'static str> {
    let mut known = door.checked.lock().await;
    if let Some(checked) = known.as_ref().filter(|checked| checked.at.elapsed() < FRESH) {
        return checked.checks.clone();
    }
    let (database, blobs, outbox) = tokio::join!(
        timeout(PATIENCE, door.store.check()),
        timeout(PATIENCE, door.blobs.check()),
        timeout(PATIENCE, door.capacity.count(&door.store, None)),
    );
    let most = door.settings().outbox.max_rows;
    let outbox = match outbox {
        Ok(Ok(counted)) if counted.outbox < most => "ok",
        Ok(Ok(_)) => "full",
        Ok(Err(_)) => "failed",
        Err(_) => "slow",
    };
    let checks = BTreeMap::from([
        ("database", found("database", database)),
        ("blobs", found("blobs", blobs)),
        ("outbox", outbox),
    ]);
    *known = Some(Checked { at: Instant::now(), checks: checks.clone() });
    checks
}

fn found<T, E: std::error::Error + 'static, L>(
    check: &'static str,
    outcome: Result<Result<T, E>, L>,
) -> &'static str {
    match outcome {
        Ok(Ok(_)) => "ok",
        Ok(Err(error)) => {
            tracing::warn!(check, error = chain(&error), "a check has failed");
            "failed"
        }
        Err(_) => "slow",
    }
}
