//! Bodies of requests that nobody wants to the end.
//!
//! The server reads on to the end of a chunked body that was let go, however long it is, in order
//! to use the connection again. A body that was not let go ends with its connection. So a refusal
//! keeps hold of the body that it refuses.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::web::Bytes;
use futures_util::Stream;

/// Keeps hold of the body of a request.
#[derive(Clone)]
pub(crate) struct Held(Rc<RefCell<Payload>>);

/// The body as the handler reads it.
struct Shared(Held);

/// The body of an answer that keeps hold of that of its request.
struct Holding {
    body: BoxBody,
    _held: Held,
}

impl Held {
    /// Takes hold of the body of a request, if it is one that has no end known before.
    pub(crate) fn of(request: &mut ServiceRequest) -> Option<Self> {
        if !request.headers().contains_key(header::TRANSFER_ENCODING) {
            return None;
        }
        let (_, payload) = request.parts_mut();
        let held = Self(Rc::new(RefCell::new(std::mem::replace(payload, Payload::None))));
        *payload = Payload::Stream { payload: Box::pin(Shared(held.clone())) };
        Some(held)
    }

    /// The body of an answer that lets go when it is sent.
    pub(crate) fn until_sent(self, body: BoxBody) -> BoxBody {
        BoxBody::new(Holding { body, _held: self })
    }
}

impl Stream for Shared {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut *self.0.0.borrow_mut()).poll_next(context)
    }
}

impl MessageBody for Holding {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(context)
    }
}
