//! Who calls, and what they may do.

use std::future::{Ready, ready};
use std::sync::Arc;
use std::time::Instant;

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use jobs::{Owner, ProblemCode};

use crate::gate::Gate;
use crate::keys::{Key, Scope};
use crate::rate::Rate;
use crate::refusal::Refusal;

/// Who calls.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// Whose jobs they see.
    pub(crate) owner: Owner,
    /// The key that they have shown, where keys are asked for.
    pub(crate) key: Option<Arc<Key>>,
}

impl Caller {
    /// Who calls, if they may do this.
    pub(crate) fn of(gate: &Gate, headers: &HeaderMap, scope: Scope) -> Result<Self, Refusal> {
        let Some(keys) = &gate.keys else {
            return Ok(Self { owner: Owner::local(), key: None });
        };
        let key = bearer(headers).and_then(|text| keys.find(text)).ok_or_else(unauthorized)?;
        let limits = &gate.settings.limits;
        let rate = Rate {
            per_second: key.rate_per_second.unwrap_or(limits.rate_per_second),
            burst: key.rate_burst.unwrap_or(limits.rate_burst),
        };
        if let Err(wait) = gate.rates.take(&key.id, rate, Instant::now()) {
            let burst = u64::from(rate.burst);
            let detail = "this key has made too many requests";
            let refusal =
                Refusal::limit(ProblemCode::RateLimited, detail, burst, "limits.rate_burst");
            return Err(refusal.retry_after(wait.as_secs() + 1));
        }
        if !key.may(scope) {
            return Err(Refusal::new(ProblemCode::Forbidden, "the key is not made for this"));
        }
        Ok(Self { owner: key.owner.clone(), key: Some(key) })
    }

    /// Whether their jobs may announce their end.
    pub(crate) fn may_have_webhooks(&self, gate: &Gate) -> bool {
        self.key.as_ref().map_or(gate.settings.webhooks.enabled, |key| key.webhooks)
    }
}

impl FromRequest for Caller {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    /// Takes what was found out before the request was routed.
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let caller = request.extensions().get::<Self>().cloned();
        ready(caller.ok_or_else(|| {
            tracing::error!(path = request.path(), "a route has no scope");
            Refusal::internal()
        }))
    }
}

fn unauthorized() -> Refusal {
    let detail = "a key is needed: `Authorization: Bearer rm_…`";
    Refusal::new(ProblemCode::Unauthorized, detail)
        .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
}

/// The token of the one `Authorization` header.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION);
    let text = values.next()?.to_str().ok()?;
    let (scheme, token) = text.split_once(' ')?;
    let is_bearer = scheme.eq_ignore_ascii_case("bearer") && values.next().is_none();
    is_bearer.then(|| token.trim())
}
