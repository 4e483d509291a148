//! Links to jobs, for those who are told of them.

use jobs::JobId;

/// What stands before the paths of links: nothing, or the public address.
#[derive(Clone, Debug, Default)]
pub(crate) struct Links(String);

impl Links {
    pub(crate) fn new(public_url: Option<&str>) -> Self {
        Self(public_url.unwrap_or_default().trim_end_matches('/').to_owned())
    }

    /// Where the state of a job can be read.
    pub(crate) fn job(&self, id: JobId) -> String {
        format!("{}/v1/jobs/{id}", self.0)
    }

    /// Where a result of a job can be read.
    pub(crate) fn result(&self, id: JobId, format: &str) -> String {
        format!("{}/results/{format}", self.job(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_absolute_when_there_is_a_public_address() {
        let id: JobId = "0193580e-7c1a-7d43-9a51-3c2f6f0b8e11".parse().expect("an id");
        let absolute = Links::new(Some("https://refmill.example/"));
        let job = "/v1/jobs/0193580e-7c1a-7d43-9a51-3c2f6f0b8e11";
        assert_eq!(Links::new(None).job(id), job);
        assert_eq!(absolute.result(id, "ris"), format!("https://refmill.example{job}/results/ris"));
    }
}
