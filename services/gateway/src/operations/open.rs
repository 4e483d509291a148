//! Health, the description and the pages: the operations that are open to everybody.

use ::jobs::ProblemCode::{Draining, NotFound, StoreUnavailable};
use actix_web::http::Method;

use super::{Content, NOT_MODIFIED, Operation, Success, Takes};

/// `GET /healthz`
pub(crate) static HEALTHZ: Operation = open(
    "/healthz",
    "healthz",
    "Whether the process answers",
    &[Success { status: 200, about: "It does", content: Content::Json("Health"), headers: &[] }],
    &[],
);

/// `GET /readyz`
pub(crate) static READYZ: Operation = open(
    "/readyz",
    "readyz",
    "Whether jobs can be taken and read",
    &[Success { status: 200, about: "They can", content: Content::Json("Health"), headers: &[] }],
    &[StoreUnavailable, Draining],
);

/// `GET /openapi.json`
pub(crate) static OPENAPI: Operation = open(
    "/openapi.json",
    "openapi",
    "This description",
    &[Success {
        status: 200,
        about: "OpenAPI 3.1",
        content: Content::Bytes("application/json"),
        headers: &[],
    }],
    &[],
);

/// `GET /docs`
pub(crate) static DOCS: Operation = page("/docs", "docs", "This description for people");

/// `GET /`
pub(crate) static INDEX: Operation = page("/", "index", "The page for people");

/// `GET /assets/{name}`
pub(crate) static ASSET: Operation = open(
    "/assets/{name}",
    "asset",
    "A file that the pages load",
    &[
        Success { status: 200, about: "The file", content: Content::Bytes("*/*"), headers: &[] },
        NOT_MODIFIED,
    ],
    &[NotFound],
);

const fn open(
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    answers: &'static [Success],
    problems: &'static [::jobs::ProblemCode],
) -> Operation {
    Operation {
        method: Method::GET,
        path,
        id,
        summary,
        scope: None,
        parameters: &[],
        takes: Takes::Nothing,
        answers,
        problems,
    }
}

const fn page(path: &'static str, id: &'static str, summary: &'static str) -> Operation {
    let answers = &[
        Success {
            status: 200,
            about: "The page",
            content: Content::Bytes("text/html"),
            headers: &[],
        },
        NOT_MODIFIED,
    ];
    open(path, id, summary, answers, &[])
}
