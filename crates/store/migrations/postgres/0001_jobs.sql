-- Jobs and what belongs to them (service.md section 4.1). Additions to that section:
--   jobs.republished       the message of this attempt was published before
--   jobs.warnings_by_code  how many findings of each code there are
--   jobs.results_swept     the results have outlived their time and were removed
--   outbox.created_at      since when the errand waits: due_at moves with every lease
--   checks                 what the readiness check writes
CREATE TABLE jobs (
    id uuid PRIMARY KEY,
    owner text NOT NULL,
    state text NOT NULL,
    lane text NOT NULL,
    source text NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    attempt int NOT NULL DEFAULT 1,
    failures int NOT NULL DEFAULT 0,
    run text,
    boot text,
    beat bigint NOT NULL DEFAULT 0,
    cancel_requested boolean NOT NULL DEFAULT false,
    republished boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    run_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    input_name text,
    input_type text,
    input_coding text,
    input_bytes bigint NOT NULL,
    input_sha256 bytea NOT NULL,
    input_blob text,
    input_inline bytea,
    formats jsonb NOT NULL,
    options jsonb NOT NULL,
    records_read bigint,
    records_written bigint,
    records_skipped bigint,
    bytes_done bigint,
    warnings bigint,
    warnings_by_code jsonb,
    error jsonb,
    webhook_url text,
    reply_to text,
    correlation_id text,
    notify text,
    traceparent text,
    input_expires_at timestamptz,
    results_expire_at timestamptz,
    results_swept boolean NOT NULL DEFAULT false,
    row_expires_at timestamptz,
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
    job_id uuid NOT NULL REFERENCES jobs ON DELETE CASCADE,
    format text NOT NULL,
    attempt int NOT NULL,
    blob text,
    inline bytea,
    bytes bigint NOT NULL,
    sha256 bytea NOT NULL,
    PRIMARY KEY (job_id, format),
    CHECK ((blob IS NULL) <> (inline IS NULL))
);

CREATE TABLE outbox (
    id bigserial PRIMARY KEY,
    kind text NOT NULL,
    job_id uuid NOT NULL,
    attempt int NOT NULL,
    delay_s int NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    payload jsonb,
    tries int NOT NULL DEFAULT 0
);

CREATE INDEX outbox_due ON outbox (due_at);
CREATE INDEX outbox_by_job ON outbox (job_id);

CREATE TABLE idempotency_keys (
    owner text NOT NULL,
    key text NOT NULL,
    fingerprint bytea,
    job_id uuid NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (owner, key)
);

CREATE INDEX idempotency_keys_by_job ON idempotency_keys (job_id);
CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);

CREATE TABLE webhook_deliveries (
    id uuid PRIMARY KEY,
    job_id uuid NOT NULL,
    url text NOT NULL,
    tries int NOT NULL DEFAULT 0,
    next_at timestamptz,
    last_status int,
    last_error text,
    done_at timestamptz
);

CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_at) WHERE done_at IS NULL;
CREATE INDEX webhook_deliveries_by_job ON webhook_deliveries (job_id);

CREATE TABLE checks (
    id int PRIMARY KEY,
    at timestamptz NOT NULL
);
