//! The HTTP door: jobs and conversions for everybody who speaks HTTP (`service.md` section 6).
//!
//! ```text
//! request → observe: id, log, numbers, headers, panics
//!         → admit:   host, key, scope, rate, site
//!         → routes:  one handler for each row of `operations`
//!                    ├ convert: at once, in a pool of its own
//!                    ├ submit:  body → spool (row or blob) → store, and only then 202
//!                    ├ status, list, events, ending: over the store, woken by the hub
//!                    └ results: blobs and rows, with ranges
//! ```
//!
//! [`bind`] takes the address and says which it is, [`Bound::serve`] serves until the token is
//! cancelled; [`run`] does both. Whatever goes wrong is answered with a problem of RFC 9457.

mod accept;
mod auth;
mod body;
mod capacity;
mod convert;
mod cors;
mod cursor;
mod door;
mod ending;
mod etag;
mod events;
mod filename;
mod form;
mod gate;
mod guard;
mod health;
mod held;
mod hub;
mod keys;
mod list;
mod media;
mod observe;
mod openapi;
mod operations;
mod page;
mod params;
mod range;
mod rate;
mod refusal;
mod request_id;
mod results;
mod routes;
mod server;
mod settings;
mod spool;
mod status;
mod submit;
mod unfinished;
mod unfit;
mod view;
mod wishes;

pub use keys::{KeysError, new_key};
pub use server::{Bound, bind, run};
pub use settings::{
    Auth, AuthMode, Convert, ConvertMode, Http, Limits, Outbox, Settings, Shutdown, Space, Webhooks,
};
pub use unfit::Unfit;
