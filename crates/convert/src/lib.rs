//! The request, the pipeline and the report: the only room that knows both readers and writers.

mod input;
mod request;
mod settings;

pub use input::TooMuch;
pub use request::{Duplicates, Limits, OnError, Request, Source, Versions};
pub use settings::{Group, InvalidSetting, SETTINGS, Setting, Values};
