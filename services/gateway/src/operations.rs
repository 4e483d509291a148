//! Every operation of the API: its address, who may do it, what it answers. The router and
//! `/openapi.json` are both made of these rows.

use ::jobs::ProblemCode::{
    self, CrossSite, Forbidden, Internal, Misdirected, RateLimited, StoreUnavailable, Unauthorized,
};
use actix_web::http::Method;

use crate::keys::Scope;

mod jobs;
mod open;

pub(crate) use self::jobs::{
    CANCEL, CONVERT, DELETE, DIAGNOSTICS, EVENTS, LIST, RESULT, STATUS, SUBMIT,
};
pub(crate) use self::open::{ASSET, DOCS, HEALTHZ, INDEX, OPENAPI, READYZ};

/// One method of one path.
#[derive(Debug)]
pub(crate) struct Operation {
    /// The method; `HEAD` goes with `GET`.
    pub(crate) method: Method,
    /// The path, with its parameters in braces.
    pub(crate) path: &'static str,
    /// Its name for programs.
    pub(crate) id: &'static str,
    /// What it does, in a line.
    pub(crate) summary: &'static str,
    /// What a key must be made for, where keys are asked for.
    pub(crate) scope: Option<Scope>,
    /// Parameters of the query and headers.
    pub(crate) parameters: &'static [Parameter],
    /// Whether its body is an input, and which options it takes.
    pub(crate) takes: Takes,
    /// What it answers when all goes well.
    pub(crate) answers: &'static [Success],
    /// What it answers when not, beside what [`Operation::problems`] adds.
    problems: &'static [ProblemCode],
}

/// A parameter.
#[derive(Debug)]
pub(crate) struct Parameter {
    /// Its name.
    pub(crate) name: &'static str,
    /// Where it stands.
    pub(crate) place: Place,
    /// What it is for.
    pub(crate) about: &'static str,
    /// What it can be.
    pub(crate) kind: Kind,
}

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the query of the address.
    Query,
    /// In a header.
    Header,
}

/// What a parameter can be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// Any text.
    Text,
    /// A text of this pattern, an expression of ECMA-262.
    Like(&'static str),
    /// A number from the first to the second.
    Number(u32, u32),
    /// One of these words.
    Words(&'static [&'static str]),
}

/// What a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takes {
    /// There is none.
    Nothing,
    /// The input of a conversion.
    Input,
}

/// An answer when all goes well.
#[derive(Debug)]
pub(crate) struct Success {
    /// Its status.
    pub(crate) status: u16,
    /// What it says.
    pub(crate) about: &'static str,
    /// Its body.
    pub(crate) content: Content,
    /// Its headers and what they say.
    pub(crate) headers: &'static [(&'static str, &'static str)],
}

/// The body of an answer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Content {
    /// None.
    Nothing,
    /// JSON of this schema.
    Json(&'static str),
    /// Bytes in one of the formats, or all of them in an envelope.
    Formats {
        /// Whether it may be the envelope.
        with_envelope: bool,
    },
    /// Bytes of this media type.
    Bytes(&'static str),
}

impl Operation {
    /// Everything that it may answer when it does not go well.
    pub(crate) fn problems(&self) -> Vec<ProblemCode> {
        let mut problems = self.problems.to_vec();
        problems.extend([Misdirected, Internal]);
        if self.scope.is_some() {
            problems.extend([Unauthorized, Forbidden, RateLimited, StoreUnavailable]);
        }
        if !self.method.is_safe() {
            problems.push(CrossSite);
        }
        problems
    }

    /// Whether a method is this one's.
    pub(crate) fn answers_to(&self, method: &Method) -> bool {
        *method == self.method || (*method == Method::HEAD && self.method == Method::GET)
    }
}

/// The operation of that method and path.
pub(crate) fn find(method: &Method, path: &str) -> Option<&'static Operation> {
    ALL.iter().copied().find(|operation| operation.path == path && operation.answers_to(method))
}

/// All of them.
pub(crate) static ALL: [&Operation; 15] = [
    &CONVERT,
    &SUBMIT,
    &LIST,
    &STATUS,
    &DELETE,
    &CANCEL,
    &EVENTS,
    &RESULT,
    &DIAGNOSTICS,
    &HEALTHZ,
    &READYZ,
    &OPENAPI,
    &DOCS,
    &INDEX,
    &ASSET,
];

/// What a caller has already.
const NOT_MODIFIED: Success = Success {
    status: 304,
    about: "The caller has it already",
    content: Content::Nothing,
    headers: &[("ETag", "The tag that has matched")],
};

/// Results that are handed out by the store itself (`blobs.redirect`).
const ELSEWHERE: Success = Success {
    status: 307,
    about: "It is to be read in the store, within five minutes",
    content: Content::Nothing,
    headers: &[("Location", "A signed address")],
};
