//! Which inputs make which outputs, and where those go.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use formats::Format;

use crate::arguments::Convert;

/// All conversions that a command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// In the order of the inputs.
    pub(crate) conversions: Vec<Planned>,
    /// A folder that must be there.
    pub(crate) folder: Option<PathBuf>,
}

/// One conversion: several inputs become one output of each format.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Planned {
    pub(crate) inputs: Vec<Place>,
    /// In the order of the formats.
    pub(crate) outputs: Vec<Place>,
}

/// Where bytes come from or go to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// Standard input or standard output.
    Standard,
    /// A file.
    File(PathBuf),
}

/// A command line that cannot be followed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Usage {
    #[error("there is no input: name files, or pipe one in")]
    NoInput,
    #[error("standard input can be read only once")]
    StandardTwice,
    #[error("several formats do not fit into one output: name a folder with `--out`")]
    Several,
    #[error("`{}` is a file, and several outputs need a folder: name one with `--out`", .0.display())]
    NoFolder(PathBuf),
    #[error("`{}` would be overwritten, and it is an input", .0.display())]
    Overwrites(PathBuf),
    #[error("`{}` is asked for twice", .0.display())]
    Twice(PathBuf),
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Standard => out.write_str("standard input"),
            Self::File(path) => path.display().fmt(out),
        }
    }
}

/// Decides what becomes what.
///
/// * One format: the records of all inputs go to standard output, or to the file `--out`, as one
///   output.
/// * Several formats, or `--out` is a folder: each input becomes files in it that bear its name.
pub(crate) fn plan(arguments: &Convert) -> Result<Plan, Usage> {
    let inputs = inputs(arguments)?;
    let formats = &arguments.request.formats;
    let out = arguments.out.as_deref().filter(|out| *out != Path::new("-"));
    let plan = match out {
        None if formats.len() > 1 => return Err(Usage::Several),
        None => Plan {
            conversions: vec![Planned { inputs, outputs: vec![Place::Standard] }],
            folder: None,
        },
        Some(out) if is_file(out, &inputs, formats)? => Plan {
            conversions: vec![Planned { inputs, outputs: vec![Place::File(out.to_owned())] }],
            folder: None,
        },
        Some(folder) => Plan {
            conversions: in_folder(folder, inputs, formats),
            folder: Some(folder.to_owned()),
        },
    };
    check_paths(&plan, arguments)?;
    Ok(plan)
}

fn inputs(arguments: &Convert) -> Result<Vec<Place>, Usage> {
    let named: Vec<Place> = arguments
        .inputs
        .iter()
        .map(
            |path| {
                if path.as_os_str() == "-" { Place::Standard } else { Place::File(path.clone()) }
            },
        )
        .collect();
    if named.iter().filter(|place| **place == Place::Standard).count() > 1 {
        return Err(Usage::StandardTwice);
    }
    if !named.is_empty() {
        return Ok(named);
    }
    // Somebody who names nothing at a terminal does not mean to type XML.
    if io::stdin().is_terminal() { Err(Usage::NoInput) } else { Ok(vec![Place::Standard]) }
}

/// Whether `--out` names one file for everything.
fn is_file(out: &Path, inputs: &[Place], formats: &[Format]) -> Result<bool, Usage> {
    let ends_as_folder = out.as_os_str().to_string_lossy().ends_with(['/', '\\']);
    match fs::metadata(out) {
        Ok(found) if found.is_dir() => return Ok(false),
        Ok(_) if formats.len() > 1 => return Err(Usage::NoFolder(out.to_owned())),
        Ok(_) => return Ok(true),
        Err(_) => {}
    }
    match formats {
        [format] if !ends_as_folder => Ok(inputs.len() == 1 || has_extension(out, *format)),
        _ => Ok(false),
    }
}

/// Whether a name ends like a file of that format; then it is not the name of a folder to be.
fn has_extension(path: &Path, format: Format) -> bool {
    let usual = format.extension();
    let last = usual.rsplit('.').next().unwrap_or(usual);
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(last))
}

/// A conversion for each input. Inputs of the same name get a number from the second on.
fn in_folder(folder: &Path, inputs: Vec<Place>, formats: &[Format]) -> Vec<Planned> {
    let mut taken = HashSet::new();
    let plan = |input: Place| {
        let stem = distinct(&stem(&input), &mut taken);
        let name =
            |format: &Format| Place::File(folder.join(format!("{stem}.{}", format.extension())));
        Planned { inputs: vec![input], outputs: formats.iter().map(name).collect() }
    };
    inputs.into_iter().map(plan).collect()
}

/// The name, or with a number behind it if it is taken already.
pub(crate) fn distinct(stem: &str, taken: &mut HashSet<String>) -> String {
    (1_u64..=u64::MAX)
        .map(|number| if number == 1 { stem.to_owned() } else { format!("{stem}-{number}") })
        .find(|stem| taken.insert(stem.to_lowercase()))
        .expect("there are more numbers than inputs")
}

/// Endings of the files that come in.
const ENDINGS: &[&str] = &["xml", "nbib", "medline", "html", "htm", "xhtml", "txt", "text"];

/// The name of an input without what says its kind.
fn stem(input: &Place) -> String {
    let Place::File(path) = input else { return "stdin".to_owned() };
    stem_of(&path.file_name().unwrap_or(OsStr::new("input")).to_string_lossy())
}

/// The name of a file without what says its kind.
pub(crate) fn stem_of(name: &str) -> String {
    let is_ending =
        |ending: &str, known: &[&str]| known.iter().any(|known| ending.eq_ignore_ascii_case(known));
    let without = |name: &str, known: &[&str]| match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && is_ending(ending, known) => stem.to_owned(),
        _ => name.to_owned(),
    };
    without(&without(name, &["gz", "gzip"]), ENDINGS)
}

/// Nothing is written twice, and nothing over an input.
fn check_paths(plan: &Plan, arguments: &Convert) -> Result<(), Usage> {
    fn path(place: &Place) -> Option<&PathBuf> {
        match place {
            Place::File(path) => Some(path),
            Place::Standard => None,
        }
    }
    let inputs = plan.conversions.iter().flat_map(|planned| &planned.inputs);
    let inputs: HashSet<PathBuf> =
        inputs.filter_map(path).filter_map(|path| fs::canonicalize(path).ok()).collect();
    let mut written = HashSet::new();
    let outputs = plan.conversions.iter().flat_map(|planned| &planned.outputs).filter_map(path);
    for output in outputs.chain(&arguments.report).chain(&arguments.diagnostics) {
        let real = fs::canonicalize(output);
        if real.as_ref().is_ok_and(|real| inputs.contains(real)) {
            return Err(Usage::Overwrites(output.clone()));
        }
        // Devices take anything any number of times.
        let is_device = fs::metadata(output).is_ok_and(|found| !found.is_file());
        if !is_device && !written.insert(real.unwrap_or_else(|_| output.clone())) {
            return Err(Usage::Twice(output.clone()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use convert::Request;

    use super::*;

    fn arguments(inputs: &[&str], formats: &str, out: Option<&Path>) -> Convert {
        let mut request = Request::default();
        request.set("formats", formats).expect("formats");
        Convert {
            inputs: inputs.iter().map(PathBuf::from).collect(),
            out: out.map(Path::to_owned),
            report: None,
            diagnostics: None,
            threads: None,
            verify: false,
            quiet: false,
            request,
        }
    }

    /// The names of the outputs of each conversion.
    fn outputs(inputs: &[&str], formats: &str, out: Option<&Path>) -> Result<Vec<String>, Usage> {
        let plan = plan(&arguments(inputs, formats, out))?;
        let names = plan.conversions.iter().flat_map(|planned| &planned.outputs);
        Ok(names
            .map(|place| match place {
                Place::Standard => "-".to_owned(),
                Place::File(path) => {
                    path.file_name().expect("a name").to_string_lossy().into_owned()
                }
            })
            .collect())
    }

    #[test]
    fn one_format_goes_to_standard_output_or_into_one_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("all.ris");
        for (inputs, out, names) in [
            (&["a.xml"][..], None, ["-"]),
            (&["a.xml", "b.xml"], None, ["-"]),
            (&["a.xml"], Some(Path::new("-")), ["-"]),
            (&["a.xml"], Some(&folder.path().join("anything")), ["anything"]),
            (&["a.xml", "b.xml"], Some(&file), ["all.ris"]),
        ] {
            assert_eq!(outputs(inputs, "ris", out).expect("a plan"), names);
        }
    }

    #[test]
    fn in_a_folder_files_bear_the_names_of_their_inputs() {
        let folder = tempfile::tempdir().expect("a folder");
        for (inputs, formats, names) in [
            (&["x/pubmed.xml.gz"][..], "ris", &["pubmed.ris"][..]),
            (&["-"], "ris", &["stdin.ris"]),
            (&["data.v2.xml"], "csl-json", &["data.v2.csl.json"]),
            (&["a.XML"], "bibtex,biblatex", &["a.bib", "a.biblatex.bib"]),
            (&["plain", ".gz"], "endnote-xml", &["plain.endnote.xml", ".gz.endnote.xml"]),
            (&["x/a.xml", "y/A.xml", "a-2.xml"], "jsonl", &["a.jsonl", "A-2.jsonl", "a-2-2.jsonl"]),
        ] {
            assert_eq!(outputs(inputs, formats, Some(folder.path())).expect("a plan"), names);
        }
        let new = folder.path().join("new");
        assert_eq!(outputs(&["a", "b"], "ris", Some(&new)).expect("a plan"), ["a.ris", "b.ris"]);
        let new = folder.path().join("new/");
        assert_eq!(outputs(&["a"], "ris", Some(&new)).expect("a plan"), ["a.ris"]);
    }

    #[test]
    fn what_cannot_be_followed_is_wrong_usage() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("in.xml");
        fs::write(&file, "").expect("a file");
        let name = file.to_str().expect("a name");
        assert_eq!(outputs(&["a", "b"], "ris,jsonl", None), Err(Usage::Several));
        assert_eq!(outputs(&["-", "-"], "ris", None), Err(Usage::StandardTwice));
        let in_file = outputs(&["a"], "ris,jsonl", Some(&file));
        assert_eq!(in_file, Err(Usage::NoFolder(file.clone())));
        assert_eq!(outputs(&[name], "ris", Some(&file)), Err(Usage::Overwrites(file.clone())));
        let mut twice = arguments(&["a.xml"], "ris", Some(&folder.path().join("x.ris")));
        twice.report = Some(folder.path().join("x.ris"));
        assert_eq!(plan(&twice), Err(Usage::Twice(folder.path().join("x.ris"))));
    }
}
