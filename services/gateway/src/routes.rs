//! The one list of paths.

use actix_web::guard::{Guard, GuardContext};
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, Route};
use jobs::ProblemCode;
use store::JobStore;

use crate::operations::{self as operation, Operation};
use crate::refusal::{Answer, Refusal};
use crate::{convert, ending, events, health, list, openapi, page, results, status, submit};

/// Registers every route: each operation with its handler.
pub(crate) fn routes<S: JobStore>(config: &mut ServiceConfig) {
    let list: [(&'static Operation, Route); 15] = [
        (&operation::CONVERT, web::to(convert::convert::<S>)),
        (&operation::SUBMIT, web::to(submit::submit::<S>)),
        (&operation::LIST, web::to(list::list::<S>)),
        (&operation::STATUS, web::to(status::status::<S>)),
        (&operation::DELETE, web::to(ending::delete::<S>)),
        (&operation::CANCEL, web::to(ending::cancel::<S>)),
        (&operation::EVENTS, web::to(events::events::<S>)),
        (&operation::RESULT, web::to(results::result::<S>)),
        (&operation::DIAGNOSTICS, web::to(results::diagnostics::<S>)),
        (&operation::HEALTHZ, web::to(health::healthz)),
        (&operation::READYZ, web::to(health::readyz::<S>)),
        (&operation::OPENAPI, web::to(openapi::document)),
        (&operation::DOCS, web::to(page::docs)),
        (&operation::INDEX, web::to(page::index)),
        (&operation::ASSET, web::to(page::asset)),
    ];
    let mut list = list.into_iter().peekable();
    while let Some((operation, route)) = list.next() {
        let path = operation.path;
        let mut resource = web::resource(path).route(route.guard(Of(operation)));
        while let Some((operation, route)) = list.next_if(|(next, _)| next.path == path) {
            resource = resource.route(route.guard(Of(operation)));
        }
        let resource = resource.default_service(web::to(wrong_method));
        if [operation::RESULT.path, operation::DIAGNOSTICS.path].contains(&path) {
            let packing = resource.wrap(Compress::default());
            config.service(packing.wrap(from_fn(results::negotiate)));
        } else {
            config.service(resource);
        }
    }
    config.default_service(web::to(unknown_path));
}

/// Lets through what has the method of an operation.
struct Of(&'static Operation);

impl Guard for Of {
    fn check(&self, context: &GuardContext<'_>) -> bool {
        self.0.answers_to(&context.head().method)
    }
}

async fn unknown_path() -> Answer {
    Err(Refusal::new(ProblemCode::NotFound, "there is nothing at this path"))
}

async fn wrong_method(request: HttpRequest) -> Answer {
    let path = request.match_pattern().unwrap_or_default();
    let allowed = allowed(&path);
    let value = HeaderValue::from_str(&allowed).expect("names of methods");
    let detail = format!("this path takes {allowed}");
    Err(Refusal::new(ProblemCode::MethodNotAllowed, detail).with_header(header::ALLOW, value))
}

/// The methods of a path: `GET, HEAD, POST`.
fn allowed(path: &str) -> String {
    let mut methods = Vec::new();
    for operation in operation::ALL.iter().filter(|operation| operation.path == path) {
        methods.push(operation.method.as_str());
        if operation.method == actix_web::http::Method::GET {
            methods.push("HEAD");
        }
    }
    methods.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_says_which_methods_it_takes() {
        assert_eq!(allowed("/v1/jobs"), "POST, GET, HEAD");
        assert_eq!(allowed("/v1/jobs/{id}/cancel"), "POST");
        assert_eq!(allowed("/nowhere"), "");
    }
}
