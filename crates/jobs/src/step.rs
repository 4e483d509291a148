//! Steps at which tests end the process, as a power cut would.

/// The process is at this step of a job's way: with the feature `hooks`, and if
/// `REFMILL_DIE_AT` names the step, it ends here. Nothing of it is in what is shipped.
#[cfg(feature = "hooks")]
pub fn step(name: &str) {
    if std::env::var_os("REFMILL_DIE_AT").is_some_and(|wanted| wanted == name) {
        std::process::abort();
    }
}

/// The process is at this step of a job's way, which only tests want to know.
#[cfg(not(feature = "hooks"))]
#[inline]
pub fn step(_name: &str) {}
