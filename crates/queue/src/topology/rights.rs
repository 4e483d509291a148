//! Who may do what on a broker (`service.md` section 5.4). What is not listed is refused.

use super::Topology;

/// A user of the broker, and expressions for the names of what it may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rights {
    /// Its name.
    pub user: String,
    /// What it may declare and delete.
    pub configure: String,
    /// What it may publish to, and bind queues of.
    pub write: String,
    /// What it may consume, and bind to.
    pub read: String,
    /// What it may see of the broker itself.
    pub tags: &'static [&'static str],
}

impl Topology {
    /// The users of the roles; a migration is done by the keeper's.
    #[must_use]
    pub fn roles(&self) -> [Rights; 3] {
        let p = self.prefix.replace('.', r"\.");
        let rights = |user: &str, configure: &str, write: &str, read: &str| Rights {
            user: user.to_owned(),
            configure: configure.replace("PREFIX", &p),
            write: write.replace("PREFIX", &p),
            read: read.replace("PREFIX", &p),
            tags: &[],
        };
        [
            rights("keeper", r"^PREFIX\..*", r"^(PREFIX\..*|amq\.default)$", r"^PREFIX\..*"),
            rights(
                "worker",
                r"^PREFIX\.control\.w\..*",
                r"^PREFIX\.(results|progress|control\.w\..*)$",
                r"^PREFIX\.(jobs\.(interactive|bulk)\.v1|control|control\.w\..*)$",
            ),
            Rights { tags: &["monitoring"], ..rights("metrics", "^$", "^$", "^$") },
        ]
    }

    /// A producer of this name, which consists of letters, digits, hyphens and underscores.
    #[must_use]
    pub fn producer(&self, user: &str) -> Rights {
        let p = self.prefix.replace('.', r"\.");
        let own = format!(r"^{p}\.reply\.{user}\..*");
        Rights {
            user: user.to_owned(),
            configure: own.clone(),
            write: format!(r"^{p}\.intake$"),
            read: own,
            tags: &[],
        }
    }
}
