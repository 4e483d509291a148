//! The role that keeps the state of jobs.
