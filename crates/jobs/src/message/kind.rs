//! The types of messages, as their `type` property has them.

use std::str::FromStr;

use super::Unreadable;

/// The media type of jobs.
pub const JOB_TYPE: &str = "application/vnd.refmill.job+json";
/// The media type of everything else.
pub const EVENT_TYPE: &str = "application/vnd.refmill.event+json";

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageKind {
    /// [`JobMessage`](super::JobMessage).
    JobRequested,
    /// [`Finished`](super::Finished) between roles, [`Reply`](super::Reply) to producers.
    JobFinished,
    /// [`Beat`](super::Beat).
    JobProgress,
    /// [`Command`](super::Command).
    JobCancel,
    /// [`Reply`](super::Reply): a submission was taken.
    JobAccepted,
    /// [`Reply`](super::Reply): a submission was refused.
    JobRejected,
}

impl MessageKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::JobRequested,
        Self::JobFinished,
        Self::JobProgress,
        Self::JobCancel,
        Self::JobAccepted,
        Self::JobRejected,
    ];

    /// The name: `job.requested.v1`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::JobRequested => "job.requested.v1",
            Self::JobFinished => "job.finished.v1",
            Self::JobProgress => "job.progress.v1",
            Self::JobCancel => "job.cancel.v1",
            Self::JobAccepted => "job.accepted.v1",
            Self::JobRejected => "job.rejected.v1",
        }
    }
}

impl FromStr for MessageKind {
    type Err = Unreadable;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name).ok_or(Unreadable::Type)
    }
}
