//! Bytes at rest: inputs and results, in files or in a store that speaks S3.
