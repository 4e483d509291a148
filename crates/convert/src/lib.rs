//! The request, the pipeline and the report: the only room that knows both readers and writers.
//!
//! In comes a [`Request`] and any [`Read`](std::io::Read); out go any number of formats at once,
//! [`Diagnostic`]s in the order of the records, and a [`Report`]. The input is parsed once however
//! many formats are asked for, on as many cores as there are, in bounded memory, and what is
//! written does not depend on the number of cores.
//!
//! ```
//! use std::io::Write;
//!
//! use convert::{Conversion, Execution, Request};
//!
//! let input = "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>99000001</PMID>\
//!     <Article><ArticleTitle>Invented.</ArticleTitle></Article></MedlineCitation>\
//!     </PubmedArticle></PubmedArticleSet>";
//! let mut request = Request::default();
//! request.set("formats", "ris")?;
//!
//! let mut ris = Vec::new();
//! let sinks: Vec<Box<dyn Write + Send>> = vec![Box::new(&mut ris)];
//! let mut conversion = Conversion::new(&request, Execution::default(), sinks)?;
//! conversion.convert(input.as_bytes(), &mut ())?;
//! let report = conversion.finish()?.report;
//! assert_eq!(report.records_written["ris"], 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A broken record is a diagnostic and the others are written; a broken document is a diagnostic,
//! and the records before stand. A [`Failure`] is what makes the outputs worthless.

mod conversion;
mod diagnostic;
mod digests;
mod error;
mod input;
mod outlet;
mod output;
mod pipeline;
mod report;
mod request;
mod seen;
mod settings;
mod sheet;
mod watch;

pub use conversion::{Conversion, Execution, Finished};
pub use diagnostic::Diagnostic;
pub use error::Failure;
pub use input::TooMuch;
pub use report::{DELETED_KEPT, Report, Written};
pub use request::{Duplicates, Limits, OnError, Request, Source, Versions};
pub use settings::{Group, InvalidSetting, SETTINGS, Setting, Values};
pub use watch::{Progress, Watch};
