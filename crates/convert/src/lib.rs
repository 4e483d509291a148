//! The request, the pipeline and the report: the only room that knows both readers and writers.
