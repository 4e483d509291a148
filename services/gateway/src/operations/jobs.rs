//! Conversions and jobs: the operations that ask for a key (`service.md` section 6.1).

use ::jobs::ProblemCode::{
    AlreadyFinished, ConvertDisabled, ConvertTimeout, DecodedTooLarge, Draining,
    IdempotencyInProgress, IdempotencyMismatch, InvalidCursor, InvalidOption, InvalidRequest,
    JobFailed, LimitExceeded, NoRecords, NotAcceptable, NotFinished, NotFound, OutboxFull,
    Overloaded, RangeNotSatisfiable, RatioExceeded, RecordFailed, ResultGone, StorageFull,
    TooLarge, TooManyJobs, TooManyStreams, TruncatedInput, UnreadableInput, UnsupportedCoding,
    UnsupportedMediaType, UploadTimeout, WebhookRefused,
};
use actix_web::http::Method;

use super::{Content, ELSEWHERE, Kind, NOT_MODIFIED, Operation, Parameter, Place, Success, Takes};
use crate::keys::Scope;

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
            kind: Kind::Like("^https://[^/?#@]+(/[!-~]*)?$"),
        },
        Parameter {
            name: "Idempotency-Key",
            place: Place::Header,
            about: "The same key with the same request makes no second job, for a day",
            kind: Kind::Like(r"^[!#-~]{1,255}$"),
        },
        Parameter {
            name: "Prefer",
            place: Place::Header,
            about: "`wait=10`: answer when the job has ended, if that is within 10 seconds",
            kind: Kind::Like("^wait=[0-9]+$"),
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
            kind: Kind::Words(&::jobs::State::NAMES),
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
        ELSEWHERE,
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
        ELSEWHERE,
    ],
    problems: &[NotFound, NotFinished, ResultGone, RangeNotSatisfiable],
};
