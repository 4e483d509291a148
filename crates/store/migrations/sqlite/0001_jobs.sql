-- Jobs and what belongs to them (service.md section 4.1), as for PostgreSQL: times are microseconds
-- since 1970, JSON is text. Additions to that section:
--   jobs.republished       the message of this attempt was published before
--   jobs.warnings_by_code  how many findings of each code there are
--   jobs.results_swept     the results have outlived their time and were removed
--   outbox.created_at      since when the errand waits: due_at moves with every lease
--   checks                 what the readiness check writes
CREATE TABLE jobs (
    id BLOB PRIMARY KEY NOT NULL,
    owner TEXT NOT NULL,
    state TEXT NOT NULL,
    lane TEXT NOT NULL,
    source TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    attempt INTEGER NOT NULL DEFAULT 1,
    failures INTEGER NOT NULL DEFAULT 0,
    run TEXT,
    boot TEXT,
    beat INTEGER NOT NULL DEFAULT 0,
    cancel_requested BOOLEAN NOT NULL DEFAULT false,
    republished BOOLEAN NOT NULL DEFAULT false,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    run_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER,
    input_name TEXT,
    input_type TEXT,
    input_coding TEXT,
    input_bytes INTEGER NOT NULL,
    input_sha256 BLOB NOT NULL,
    input_blob TEXT,
    input_inline BLOB,
    formats TEXT NOT NULL,
    options TEXT NOT NULL,
    records_read INTEGER,
    records_written INTEGER,
    records_skipped INTEGER,
    bytes_done INTEGER,
    warnings INTEGER,
    warnings_by_code TEXT,
    error TEXT,
    webhook_url TEXT,
    reply_to TEXT,
    correlation_id TEXT,
    notify TEXT,
    traceparent TEXT,
    input_expires_at INTEGER,
    results_expire_at INTEGER,
    results_swept BOOLEAN NOT NULL DEFAULT false,
    row_expires_at INTEGER,
    CHECK ((input_blob IS NULL) <> (input_inline IS NULL))
);

-- With the state among the columns, counting needs the index alone.
CREATE INDEX jobs_due ON jobs (lane, run_at, id, state) WHERE state = 'queued';
CREATE INDEX jobs_queued_by_owner ON jobs (owner, state) WHERE state = 'queued';
CREATE INDEX jobs_open ON jobs (id) WHERE state IN ('running', 'receiving');
CREATE INDEX jobs_by_owner ON jobs (owner, id DESC);
CREATE INDEX jobs_input_expiry ON jobs (input_expires_at) WHERE input_expires_at IS NOT NULL;
CREATE INDEX jobs_results_expiry ON jobs (results_expire_at)
    WHERE results_expire_at IS NOT NULL AND NOT results_swept;
CREATE INDEX jobs_row_expiry ON jobs (row_expires_at) WHERE row_expires_at IS NOT NULL;

CREATE TABLE results (
    job_id BLOB NOT NULL REFERENCES jobs ON DELETE CASCADE,
    format TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    blob TEXT,
    inline BLOB,
    bytes INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    PRIMARY KEY (job_id, format),
    CHECK ((blob IS NULL) <> (inline IS NULL))
);

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    job_id BLOB NOT NULL,
    attempt INTEGER NOT NULL,
    delay_s INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    payload TEXT,
    tries INTEGER NOT NULL DEFAULT 0
);

CREATE INDEX outbox_due ON outbox (due_at);
CREATE INDEX outbox_by_job ON outbox (job_id);

CREATE TABLE idempotency_keys (
    owner TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint BLOB,
    job_id BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (owner, key)
);

CREATE INDEX idempotency_keys_by_job ON idempotency_keys (job_id);
CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);

CREATE TABLE webhook_deliveries (
    id BLOB PRIMARY KEY NOT NULL,
    job_id BLOB NOT NULL,
    url TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    next_at INTEGER,
    last_status INTEGER,
    last_error TEXT,
    done_at INTEGER
);

CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_at) WHERE done_at IS NULL;
CREATE INDEX webhook_deliveries_by_job ON webhook_deliveries (job_id);

CREATE TABLE checks (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL
);
