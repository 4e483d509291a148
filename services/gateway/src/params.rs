//! What a query, or the small parts of a form, ask for (`service.md` section 6.2).

use std::collections::HashSet;

use actix_web::web::Query;
use convert::Setting;
use jobs::{Asked, Lane, ProblemCode};

use crate::filename;
use crate::refusal::Refusal;

/// Bytes up to which `auto` takes a job for one that somebody waits for.
const AUTO_BYTES: u64 = 1 << 20;
/// Bytes up to which a job may say so itself.
const INTERACTIVE_BYTES: u64 = 4 << 20;
/// The most bytes of an address of a webhook.
const URL_BYTES: usize = 2048;

/// What is asked of a conversion or a job.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Params {
    /// Formats and options.
    pub(crate) asked: Asked,
    /// Whether the formats were named.
    pub(crate) names_formats: bool,
    /// The kind of input, if it was named; `auto` is a name as well.
    input: Option<String>,
    /// The lane, if it was named.
    lane: Choice,
    /// What the input is called.
    pub(crate) filename: Option<String>,
    /// Where the end of the job is announced.
    pub(crate) webhook: Option<String>,
    seen: HashSet<String>,
}

/// The lane that was named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Choice {
    #[default]
    Auto,
    Interactive,
    Bulk,
}

/// What parameters are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum For {
    /// A synchronous conversion.
    Conversion,
    /// A job.
    Job,
}

impl Params {
    /// Reads a query.
    pub(crate) fn read(query: &str, purpose: For) -> Result<Self, Refusal> {
        let mut params = Self::default();
        for (name, value) in pairs(query)? {
            params.set(&name, &value, purpose)?;
        }
        Ok(params)
    }

    /// Takes one parameter. No name may come twice.
    pub(crate) fn set(&mut self, name: &str, value: &str, purpose: For) -> Result<(), Refusal> {
        if !self.seen.insert(name.to_owned()) {
            return Err(invalid(format!("`{}` stands twice", shown(name))));
        }
        match (name, purpose) {
            ("filename", _) => self.filename = filename::label(value),
            ("lane", For::Job) => {
                self.lane = match value {
                    "auto" => Choice::Auto,
                    "interactive" => Choice::Interactive,
                    "bulk" => Choice::Bulk,
                    _ => {
                        return Err(invalid("`lane` is auto, interactive or bulk".to_owned()));
                    }
                }
            }
            ("webhook", For::Job) => self.webhook = Some(webhook(value)?),
            ("input", _) => {
                let setting = Setting::find(name).map_err(|error| invalid(error.to_string()))?;
                let mut request = convert::Request::default();
                let set = setting.set(&mut request, value);
                set.map_err(|error| invalid(error.to_string()))?;
                self.input = Some(value.to_owned());
            }
            _ => {
                let set = self.asked.set(name, value);
                set.map_err(|error| invalid(clipped(&error.to_string())))?;
                self.names_formats |= name == "formats";
            }
        }
        Ok(())
    }

    /// The kind of input: as it was named, else as its media type says.
    pub(crate) fn kind(&self, by_type: Option<&str>) -> Option<String> {
        match self.input.as_deref() {
            Some("auto") => None,
            Some(named) => Some(named.to_owned()),
            None => by_type.map(str::to_owned),
        }
    }

    /// The lane of a job of so many bytes.
    pub(crate) fn lane(&self, bytes: u64) -> Lane {
        let most = match self.lane {
            Choice::Auto => AUTO_BYTES,
            Choice::Interactive => INTERACTIVE_BYTES,
            Choice::Bulk => return Lane::Bulk,
        };
        if bytes <= most { Lane::Interactive } else { Lane::Bulk }
    }
}

/// The names and values of a query.
pub(crate) fn pairs(query: &str) -> Result<Vec<(String, String)>, Refusal> {
    let pairs = Query::<Vec<(String, String)>>::from_query(query);
    pairs.map(Query::into_inner).map_err(|_| {
        Refusal::new(ProblemCode::InvalidRequest, "the query of the address cannot be read")
    })
}

/// Parameters that only these names may have, each once.
pub(crate) fn only<const N: usize>(
    query: &str,
    names: [&str; N],
) -> Result<[Option<String>; N], Refusal> {
    let mut values = [const { None }; N];
    for (name, value) in pairs(query)? {
        let Some(at) = names.iter().position(|known| *known == name) else {
            return Err(invalid(format!("there is no parameter `{}` here", shown(&name))));
        };
        if values[at].replace(value).is_some() {
            return Err(invalid(format!("`{name}` stands twice")));
        }
    }
    Ok(values)
}

/// A parameter that cannot be taken.
pub(crate) fn invalid(detail: String) -> Refusal {
    Refusal::new(ProblemCode::InvalidOption, detail)
}

/// The address of a webhook: https, a host, no user, no fragment. Which hosts may be called is
/// decided when it is called, by their addresses.
fn webhook(url: &str) -> Result<String, Refusal> {
    let refused = |detail| Err(Refusal::new(ProblemCode::WebhookRefused, detail));
    if url.len() > URL_BYTES {
        return refused("the address of the webhook is too long");
    }
    let Ok(uri) = url.parse::<actix_web::http::Uri>() else {
        return refused("the address of the webhook cannot be read");
    };
    let Some(authority) = uri.authority() else {
        return refused("the address of the webhook has no host");
    };
    if uri.scheme_str() != Some("https") {
        return refused("a webhook is called over https alone");
    }
    if authority.as_str().contains('@') || url.contains('#') || authority.host().is_empty() {
        return refused("the address of the webhook is a host and a path, without a user");
    }
    Ok(url.to_owned())
}

fn shown(name: &str) -> String {
    clipped(&name.chars().filter(|sign| !sign.is_control()).collect::<String>())
}

/// Not more of what a caller wrote than a person would read.
fn clipped(text: &str) -> String {
    text.chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(query: &str, purpose: For) -> Result<Params, ProblemCode> {
        Params::read(query, purpose).map_err(|refusal| refusal.code())
    }

    #[test]
    fn parameters_are_the_settings_and_some_more() {
        let query = "formats=ris,csl-json&on_error=fail&lane=bulk&filename=a%2Fset.xml&input=nbib";
        let params = code(query, For::Job).expect("parameters");
        assert_eq!(params.asked.formats(), "ris,csl-json");
        assert_eq!(params.asked.options.len(), 1);
        assert_eq!(params.filename.as_deref(), Some("set.xml"));
        assert_eq!(params.kind(Some("pubmed-xml")).as_deref(), Some("nbib"));
        let auto = code("input=auto", For::Job).expect("parameters");
        assert_eq!(auto.kind(Some("pubmed-xml")), None);
        assert!(auto.asked.options.is_empty());
        assert_eq!(Params::default().kind(Some("pubmed-xml")).as_deref(), Some("pubmed-xml"));
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for query in [
            "colour=red",
            "formats=rtf",
            "formats=",
            "formats=ris&formats=ris",
            "lane=fast",
            "input=pdf",
            "on_error=ignore",
        ] {
            assert_eq!(code(query, For::Job), Err(ProblemCode::InvalidOption), "{query}");
        }
        for query in ["lane=bulk", "webhook=https://a.example/"] {
            assert_eq!(code(query, For::Conversion), Err(ProblemCode::InvalidOption), "{query}");
        }
    }

    #[test]
    fn lanes_follow_the_size() {
        let lanes = [
            ("", [Lane::Interactive, Lane::Bulk, Lane::Bulk]),
            ("lane=interactive", [Lane::Interactive, Lane::Interactive, Lane::Bulk]),
            ("lane=bulk", [Lane::Bulk; 3]),
        ];
        for (query, expected) in lanes {
            let params = code(query, For::Job).expect("parameters");
            let found = [1 << 20, 4 << 20, (4 << 20) + 1].map(|bytes| params.lane(bytes));
            assert_eq!(found, expected, "{query}");
        }
    }

    #[test]
    fn webhooks_are_https_and_carry_no_user() {
        assert!(code("webhook=https://hooks.example:8443/a%3Fb=c", For::Job).is_ok());
        for url in [
            "http://hooks.example/",
            "https://user:word@hooks.example/",
            "https://",
            "/path",
            "hooks.example",
            "https://hooks.example/%23fragment",
        ] {
            let found = code(&format!("webhook={url}"), For::Job);
            assert_eq!(found, Err(ProblemCode::WebhookRefused), "{url}");
        }
    }

    #[test]
    fn short_lists_of_names_are_strict() {
        assert_eq!(only("b=2", ["a", "b"]).ok(), Some([None, Some("2".to_owned())]));
        assert!(only("c=1", ["a"]).is_err() && only("a=1&a=2", ["a"]).is_err());
    }
}
