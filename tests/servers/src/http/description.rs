//! What a service says of itself in `/openapi.json`, and whether it keeps to it.

use serde_json::Value;

use super::{Answer, Request};

/// The description of an API.
#[derive(Clone, Debug)]
pub struct Description(Value);

impl Description {
    /// Takes what was read from `/openapi.json`.
    #[must_use]
    pub fn new(document: Value) -> Self {
        Self(document)
    }

    /// Fails if the status of an answer, or its media type, is not described for its route.
    ///
    /// # Panics
    ///
    /// See above.
    pub fn check(&self, request: &Request, answer: &Answer) {
        let path = request.target.split('?').next().unwrap_or_default();
        let method = request.method.to_lowercase().replace("head", "get");
        let paths = self.0["paths"].as_object().expect("paths");
        let Some((template, item)) = paths.iter().find(|(template, _)| fits(template, path)) else {
            return;
        };
        let Some(operation) = item.get(&method) else { return };
        let described = operation["responses"].get(answer.status.to_string());
        let described = described.unwrap_or_else(|| {
            panic!("{method} {template} does not describe {}: {answer:?}", answer.status)
        });
        let Some(kind) = answer.header("content-type") else { return };
        let essence = kind.split(';').next().unwrap_or_default();
        let kinds = &described["content"];
        assert!(
            kinds.get(essence).or(kinds.get("*/*")).is_some(),
            "{method} {template} describes no `{essence}` for {}: {answer:?}",
            answer.status
        );
    }
}

/// Whether a path is one of a template.
fn fits(template: &str, path: &str) -> bool {
    let parts = |text: &str| text.split('/').map(str::to_owned).collect::<Vec<_>>();
    let (template, path) = (parts(template), parts(path));
    template.len() == path.len()
        && template
            .iter()
            .zip(&path)
            .all(|(wanted, part)| wanted.starts_with('{') || wanted == part)
}
