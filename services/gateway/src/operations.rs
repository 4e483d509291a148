//! Every operation of the API: its address, who may do it, what it answers. The router and
//! `/openapi.json` are both made of these rows.

use actix_web::http::Method;
use jobs::ProblemCode::{
    self, AlreadyFinished, ConvertDisabled, ConvertTimeout, CrossSite, DecodedTooLarge, Draining,
    Forbidden, IdempotencyInProgress, IdempotencyMismatch, Internal, InvalidCursor, InvalidOption,
    InvalidRequest, JobFailed, LimitExceeded, Misdirected, NoRecords, NotAcceptable, NotFinished,
    NotFound, OutboxFull, Overloaded, RangeNotSatisfiable, RateLimited, RatioExceeded,
    RecordFailed, ResultGone, StorageFull, StoreUnavailable, TooLarge, TooManyJobs, TooManyStreams,
    TruncatedInput, Unauthorized, UnreadableInput, UnsupportedCoding, UnsupportedMediaType,
    UploadTimeout, WebhookRefused,
};

use crate::keys::Scope;

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

const FILENAME: Parameter = Parameter {
    name: "filename",
    place: Place::Query,
    about: "What the input is called; results are named after it",
    kind: Kind::Text,
};
const IF_NONE_MATCH: Parameter = Parameter {
    name: "If-None-Match",
    place: Place::Header,
    about: "Entity tags that the caller has already",
    kind: Kind::Text,
};
const RANGE: Parameter = Parameter {
    name: "Range",
    place: Place::Header,
    about: "One range of bytes; several are answered with the whole",
    kind: Kind::Text,
};
const IF_RANGE: Parameter = Parameter {
    name: "If-Range",
    place: Place::Header,
    about: "The entity tag for which the range is meant",
    kind: Kind::Text,
};

const ETAG: (&str, &str) = ("ETag", "The version of the job");
const RETRY_AFTER: (&str, &str) =
    ("Retry-After", "Seconds after which to ask again, while it is open");
const LOCATION: (&str, &str) = ("Location", "The address of the job");

const FILE_HEADERS: &[(&str, &str)] = &[
    ("ETag", "A strong tag, the SHA-256 of the bytes"),
    ("Content-Disposition", "A name for the file"),
    ("Accept-Ranges", "`bytes`"),
    ("Repr-Digest", "The SHA-256 of the whole (RFC 9530)"),
];
const PART_HEADERS: &[(&str, &str)] = &[
    ("ETag", "A strong tag, the SHA-256 of the bytes"),
    ("Content-Range", "Which bytes these are, and how many there are"),
];

const NOT_MODIFIED: Success = Success {
    status: 304,
    about: "The caller has it already",
    content: Content::Nothing,
    headers: &[("ETag", "The tag that has matched")],
};

/// `POST /v1/convert`
pub(crate) static CONVERT: Operation = Operation {
    method: Method::POST,
    path: "/v1/convert",
    id: "convert",
    summary: "Convert an input at once",
    scope: Some(Scope::Submit),
    parameters: &[FILENAME],
    takes: Takes::Input,
    answers: &[Success {
        status: 200,
        about: "The input in the format that `Accept` or `formats` chose",
        content: Content::Formats { with_envelope: true },
        headers: &[
            ("Refmill-Records", "Records read; how many were skipped; how many warnings"),
            ("Content-Disposition", "A name for the file"),
        ],
    }],
    problems: &[
        InvalidRequest,
        InvalidOption,
        NotAcceptable,
        UploadTimeout,
        TooLarge,
        DecodedTooLarge,
        RatioExceeded,
        UnsupportedMediaType,
        UnsupportedCoding,
        UnreadableInput,
        TruncatedInput,
        NoRecords,
        RecordFailed,
        LimitExceeded,
        Overloaded,
        ConvertTimeout,
        ConvertDisabled,
        Draining,
    ],
};

/// `POST /v1/jobs`
pub(crate) static SUBMIT: Operation = Operation {
    method: Method::POST,
    path: "/v1/jobs",
    id: "submit",
    summary: "Upload an input and make a job of it",
    scope: Some(Scope::Submit),
    parameters: &[
        FILENAME,
        Parameter {
            name: "lane",
            place: Place::Query,
            about: "How soon: interactive up to 4 MiB, bulk, or by its size",
            kind: Kind::Words(&["auto", "interactive", "bulk"]),
        },
        Parameter {
            name: "webhook",
            place: Place::Query,
            about: "An https address that is told when the job has ended",
            kind: Kind::Text,
        },
        Parameter {
            name: "Idempotency-Key",
            place: Place::Header,
            about: "The same key with the same request makes no second job, for a day",
            kind: Kind::Text,
        },
        Parameter {
            name: "Prefer",
            place: Place::Header,
            about: "`wait=10`: answer when the job has ended, if that is within 10 seconds",
            kind: Kind::Text,
        },
    ],
    takes: Takes::Input,
    answers: &[
        Success {
            status: 202,
            about: "The job is accepted and will not be lost",
            content: Content::Json("Job"),
            headers: &[LOCATION, ETAG, RETRY_AFTER],
        },
        Success {
            status: 200,
            about: "The same request has made this job before, or the job has ended in time",
            content: Content::Json("Job"),
            headers: &[
                LOCATION,
                ETAG,
                ("Idempotent-Replayed", "`true` if the job was there before"),
                ("Preference-Applied", "The wait, if the job has ended in it"),
            ],
        },
    ],
    problems: &[
        InvalidRequest,
        InvalidOption,
        WebhookRefused,
        UploadTimeout,
        IdempotencyInProgress,
        TooLarge,
        UnsupportedMediaType,
        UnsupportedCoding,
        IdempotencyMismatch,
        TooManyJobs,
        Overloaded,
        OutboxFull,
        Draining,
        StorageFull,
        // A job that is deleted while its submission waits for its end.
        NotFound,
    ],
};

/// `GET /v1/jobs`
pub(crate) static LIST: Operation = Operation {
    method: Method::GET,
    path: "/v1/jobs",
    id: "list",
    summary: "List the own jobs, the newest first",
    scope: Some(Scope::Read),
    parameters: &[
        Parameter {
            name: "state",
            place: Place::Query,
            about: "Only jobs in this state",
            kind: Kind::Words(&jobs::State::NAMES),
        },
        Parameter {
            name: "limit",
            place: Place::Query,
            about: "At most so many; 50 if nothing is said",
            kind: Kind::Number(1, 500),
        },
        Parameter {
            name: "cursor",
            place: Place::Query,
            about: "`next` of the page before",
            kind: Kind::Text,
        },
    ],
    takes: Takes::Nothing,
    answers: &[Success {
        status: 200,
        about: "A page of jobs",
        content: Content::Json("Jobs"),
        headers: &[],
    }],
    problems: &[InvalidRequest, InvalidOption, InvalidCursor],
};

/// `GET /v1/jobs/{id}`
pub(crate) static STATUS: Operation = Operation {
    method: Method::GET,
    path: "/v1/jobs/{id}",
    id: "status",
    summary: "Look at a job, or wait for its change",
    scope: Some(Scope::Read),
    parameters: &[
        Parameter {
            name: "wait",
            place: Place::Query,
            about: "Seconds to wait: for a change with `If-None-Match`, else for the end",
            kind: Kind::Number(0, 30),
        },
        IF_NONE_MATCH,
    ],
    takes: Takes::Nothing,
    answers: &[
        Success {
            status: 200,
            about: "The job",
            content: Content::Json("Job"),
            headers: &[ETAG, RETRY_AFTER, ("Link", "The results, as `item`")],
        },
        NOT_MODIFIED,
    ],
    problems: &[InvalidRequest, InvalidOption, NotFound],
};

/// `DELETE /v1/jobs/{id}`
pub(crate) static DELETE: Operation = Operation {
    method: Method::DELETE,
    path: "/v1/jobs/{id}",
    id: "delete",
    summary: "Delete a job that has ended, with its results",
    scope: Some(Scope::Submit),
    parameters: &[],
    takes: Takes::Nothing,
    answers: &[Success {
        status: 204,
        about: "It is gone",
        content: Content::Nothing,
        headers: &[],
    }],
    problems: &[NotFound, NotFinished],
};

/// `POST /v1/jobs/{id}/cancel`
pub(crate) static CANCEL: Operation = Operation {
    method: Method::POST,
    path: "/v1/jobs/{id}/cancel",
    id: "cancel",
    summary: "Cancel a job",
    scope: Some(Scope::Submit),
    parameters: &[],
    takes: Takes::Nothing,
    answers: &[
        Success {
            status: 200,
            about: "It waited, and is cancelled",
            content: Content::Json("Job"),
            headers: &[ETAG],
        },
        Success {
            status: 202,
            about: "It runs, and will be cancelled soon",
            content: Content::Json("Job"),
            headers: &[ETAG, RETRY_AFTER],
        },
    ],
    problems: &[NotFound, NotFinished, AlreadyFinished],
};

/// `GET /v1/jobs/{id}/events`
pub(crate) static EVENTS: Operation = Operation {
    method: Method::GET,
    path: "/v1/jobs/{id}/events",
    id: "events",
    summary: "Follow a job: events `state`, `progress` and `end`",
    scope: Some(Scope::Read),
    parameters: &[Parameter {
        name: "Last-Event-ID",
        place: Place::Header,
        about: "The version that the caller has seen last",
        kind: Kind::Text,
    }],
    takes: Takes::Nothing,
    answers: &[Success {
        status: 200,
        about: "Server-sent events",
        content: Content::Bytes("text/event-stream"),
        headers: &[],
    }],
    problems: &[NotFound, TooManyStreams],
};

/// `GET /v1/jobs/{id}/results/{format}`
pub(crate) static RESULT: Operation = Operation {
    method: Method::GET,
    path: "/v1/jobs/{id}/results/{format}",
    id: "result",
    summary: "Download a result",
    scope: Some(Scope::Read),
    parameters: &[RANGE, IF_RANGE, IF_NONE_MATCH],
    takes: Takes::Nothing,
    answers: &[
        Success {
            status: 200,
            about: "The result",
            content: Content::Formats { with_envelope: false },
            headers: FILE_HEADERS,
        },
        Success {
            status: 206,
            about: "A part of it",
            content: Content::Formats { with_envelope: false },
            headers: PART_HEADERS,
        },
        NOT_MODIFIED,
    ],
    problems: &[NotFound, NotFinished, JobFailed, ResultGone, RangeNotSatisfiable],
};

/// `GET /v1/jobs/{id}/diagnostics`
pub(crate) static DIAGNOSTICS: Operation = Operation {
    method: Method::GET,
    path: "/v1/jobs/{id}/diagnostics",
    id: "diagnostics",
    summary: "Download what was said about the records, one JSON object a line",
    scope: Some(Scope::Read),
    parameters: &[RANGE, IF_RANGE, IF_NONE_MATCH],
    takes: Takes::Nothing,
    answers: &[
        Success {
            status: 200,
            about: "The diagnostics",
            content: Content::Bytes("application/x-ndjson"),
            headers: FILE_HEADERS,
        },
        Success {
            status: 206,
            about: "A part of them",
            content: Content::Bytes("application/x-ndjson"),
            headers: PART_HEADERS,
        },
        NOT_MODIFIED,
    ],
    problems: &[NotFound, NotFinished, ResultGone, RangeNotSatisfiable],
};

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
    problems: &'static [ProblemCode],
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
