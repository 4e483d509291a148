//! The request, the pipeline and the report: the only room that knows both readers and writers.

mod request;
mod settings;

pub use request::{Duplicates, Limits, OnError, Request, Source, Versions};
pub use settings::{Group, InvalidSetting, SETTINGS, Setting, Values};
