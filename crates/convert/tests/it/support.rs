//! Invented documents, and conversions of them in memory.

use std::io::{self, Write};
use std::num::NonZeroUsize;

use convert::{Conversion, Diagnostic, Execution, Failure, Report, Request, Watch};
use model::Code;

/// What a conversion has left.
#[derive(Debug)]
pub(crate) struct Left {
    pub(crate) outputs: Vec<Vec<u8>>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) report: Report,
    pub(crate) fingerprints: Vec<Vec<u64>>,
}

impl Left {
    /// The output in the only format, as text.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.outputs[0]).expect("all outputs are UTF-8")
    }

    /// Index and code of each diagnostic whose code is one of these.
    pub(crate) fn said(&self, codes: &[Code]) -> Vec<(Option<u64>, Code)> {
        let listed = self.diagnostics.iter().filter(|diagnostic| codes.contains(&diagnostic.code));
        listed.map(|diagnostic| (diagnostic.index, diagnostic.code)).collect()
    }
}

/// Keeps the diagnostics.
#[derive(Default)]
pub(crate) struct Keep(pub(crate) Vec<Diagnostic>);

impl Watch for Keep {
    fn diagnostic(&mut self, diagnostic: &Diagnostic) -> io::Result<()> {
        self.0.push(diagnostic.clone());
        Ok(())
    }
}

/// A request with these settings.
pub(crate) fn request(settings: &[(&str, &str)]) -> Request {
    let mut request = Request::default();
    for (name, value) in settings {
        request.set(name, value).expect("a setting");
    }
    request
}

/// Converts these inputs into one set of outputs.
pub(crate) fn convert(
    request: &Request,
    threads: usize,
    inputs: &[&[u8]],
) -> Result<Left, Failure> {
    let execution = Execution {
        threads: NonZeroUsize::new(threads).expect("at least one"),
        digests: true,
        fingerprints: true,
    };
    let mut outputs = vec![Vec::new(); request.formats.len()];
    let mut keep = Keep::default();
    let sinks = outputs.iter_mut().map(|output| Box::new(output) as Box<dyn Write + Send>);
    let mut conversion = Conversion::new(request, execution, sinks.collect())?;
    if conversion.needs_survey() {
        for input in inputs {
            conversion.survey(*input, &mut ())?;
        }
    }
    for input in inputs {
        conversion.convert(*input, &mut keep)?;
    }
    let finished = conversion.finish()?;
    Ok(Left {
        outputs,
        diagnostics: keep.0,
        report: finished.report,
        fingerprints: finished.fingerprints,
    })
}

/// A set of these records.
pub(crate) fn set(records: &[String]) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<PubmedArticleSet>\n{}\n</PubmedArticleSet>\n",
        records.join("\n")
    )
}

/// A record with a title of its own.
pub(crate) fn article(pmid: u64) -> String {
    version(pmid, 1, &format!("Invented work {pmid}"))
}

/// A version of a record.
pub(crate) fn version(pmid: u64, version: u32, title: &str) -> String {
    padded(pmid, version, title, 0)
}

/// A version of a record with an abstract of so many bytes.
pub(crate) fn padded(pmid: u64, version: u32, title: &str, bytes: usize) -> String {
    let words = "Some words. ".repeat(bytes / 12);
    format!(
        "<PubmedArticle><MedlineCitation Status=\"MEDLINE\" Owner=\"NLM\">\
         <PMID Version=\"{version}\">{pmid}</PMID><Article PubModel=\"Print\">\
         <Journal><JournalIssue><PubDate><Year>2020</Year></PubDate></JournalIssue>\
         <Title>Invented journal</Title></Journal><ArticleTitle>{title}.</ArticleTitle>\
         <Abstract><AbstractText>{words}</AbstractText></Abstract>\
         <PublicationTypeList><PublicationType UI=\"D016428\">Journal Article</PublicationType>\
         </PublicationTypeList></Article></MedlineCitation></PubmedArticle>"
    )
}
