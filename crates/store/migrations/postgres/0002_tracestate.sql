-- The second header of the trace that a job belongs to (service.md section 5.2).
ALTER TABLE jobs ADD COLUMN tracestate text;
