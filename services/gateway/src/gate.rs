//! What stands before every route: host, caller, site.

use std::path::Path;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::http::uri::Authority;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, ResponseError, web};
use tokio_util::sync::CancellationToken;

use crate::auth::Caller;
use crate::guard::Names;
use crate::keys::Keyring;
use crate::operations;
use crate::rate::Rates;
use crate::refusal::Refusal;
use crate::settings::{AuthMode, Settings};
use crate::unfit::Unfit;

/// What is known of callers and of the configuration.
#[derive(Debug)]
pub(crate) struct Gate {
    /// The configuration.
    pub(crate) settings: Settings,
    /// The keys, if they are asked for.
    pub(crate) keys: Option<Keyring>,
    /// How many requests each key has left.
    pub(crate) rates: Rates,
    /// The names of this server.
    pub(crate) names: Names,
    /// Cancelled when the service stops.
    pub(crate) stop: CancellationToken,
}

impl Gate {
    /// Reads the keys, if there are to be any.
    pub(crate) fn new(settings: Settings, stop: CancellationToken) -> Result<Self, Unfit> {
        let keys = match (settings.auth.mode, settings.auth.keys_file.as_deref()) {
            (AuthMode::None, _) => None,
            (AuthMode::Keys, None) => return Err(Unfit::NoKeysFile),
            (AuthMode::Keys, Some(path)) => Some(read(path)?),
        };
        let names = Names::new(&settings.http);
        if let Some(url) = settings.http.public_url.clone().filter(|_| !names.is_public()) {
            return Err(Unfit::PublicUrl { url });
        }
        Ok(Self { settings, keys, rates: Rates::default(), names, stop })
    }

    /// Whether this request may go on to its route, and who has sent it.
    fn admit(&self, request: &ServiceRequest) -> Result<Option<Caller>, Refusal> {
        let host = request.headers().get(header::HOST).and_then(|value| value.to_str().ok());
        let host = host.or_else(|| request.uri().authority().map(Authority::as_str));
        self.names.check_host(host)?;
        let pattern = request.match_pattern();
        let operation = pattern.and_then(|path| operations::find(request.method(), &path));
        let scope = operation.and_then(|operation| operation.scope);
        let caller = match scope {
            Some(scope) => Some(Caller::of(self, request.headers(), scope)?),
            None => None,
        };
        if caller.as_ref().is_none_or(|caller| caller.key.is_none()) {
            let host = host.unwrap_or_default();
            self.names.check_site(request.method(), request.headers(), host)?;
        }
        Ok(caller)
    }
}

fn read(path: &Path) -> Result<Keyring, Unfit> {
    Ok(Keyring::read(path)?)
}

/// Lets a request go on to its route, or answers it.
pub(crate) async fn admit(
    gate: web::Data<Gate>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    match gate.admit(&request) {
        Ok(caller) => {
            if let Some(caller) = caller {
                request.extensions_mut().insert(caller);
            }
            next.call(request).await.map(ServiceResponse::map_into_left_body)
        }
        Err(refusal) => {
            let answer = refusal.error_response();
            Ok(request.into_response(answer).map_into_right_body())
        }
    }
}
