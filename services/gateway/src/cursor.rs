//! Where a list goes on. Callers give back what they got and read nothing into it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jobs::{JobId, ProblemCode};
use uuid::Uuid;

use crate::refusal::Refusal;

/// Stands before the id, so that another kind of cursor can be told apart one day.
const KIND: u8 = 1;

/// The cursor behind this job.
pub(crate) fn behind(job: JobId) -> String {
    let mut bytes = vec![KIND];
    bytes.extend_from_slice(job.as_uuid().as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The job before which the list goes on.
pub(crate) fn read(cursor: &str) -> Result<JobId, Refusal> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).unwrap_or_default();
    let id = match bytes.split_first() {
        Some((&KIND, id)) => Uuid::from_slice(id).ok(),
        _ => None,
    };
    let detail = "the cursor is none that this service gave";
    id.map(JobId::from_uuid).ok_or_else(|| Refusal::new(ProblemCode::InvalidCursor, detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_went() {
        let job = JobId::new();
        assert_eq!(read(&behind(job)).ok(), Some(job));
        for wrong in ["", "x", "AQ", &job.to_string(), &format!("{}A", behind(job))] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
