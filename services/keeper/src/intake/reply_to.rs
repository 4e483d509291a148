//! Where replies may go.
//!
//! The keeper may write to the default exchange, so that a free name would let a producer put
//! messages into our own queues, or into those of another (`service.md` section 5.3, S18).

use regex::Regex;

/// The most bytes of a name.
const NAME_BYTES: usize = 255;

/// Queues of a producer that waits on its own channel.
const DIRECT: &str = "amq.rabbitmq.reply-to.";

/// Queues that the broker has named.
const GENERATED: &str = "amq.gen-";

/// The rule for names of reply queues.
#[derive(Clone, Debug)]
pub(crate) struct ReplyRule {
    /// What the names of all our queues begin with: `refmill.`
    ours: String,
    /// What the names of reply queues begin with: `refmill.reply.`
    replies: String,
    allow: Option<Regex>,
}

impl ReplyRule {
    /// The rule for this prefix of our names, with an expression for further names.
    pub(crate) fn new(prefix: &str, allow: Option<&str>) -> Result<Self, regex::Error> {
        // The whole name has to match.
        let allow = allow.map(|allow| Regex::new(&format!("^(?:{allow})$"))).transpose()?;
        Ok(Self { ours: format!("{prefix}."), replies: format!("{prefix}.reply."), allow })
    }

    /// Whether a producer may have replies sent there.
    pub(crate) fn allows(&self, name: &str, user: Option<&str>) -> bool {
        if name.is_empty() || name.len() > NAME_BYTES || name.chars().any(char::is_control) {
            return false;
        }
        if let Some(rest) = name.strip_prefix(&self.replies) {
            return match user {
                Some(user) => {
                    let rest = rest.strip_prefix(user).and_then(|rest| rest.strip_prefix('.'));
                    rest.is_some_and(|rest| !rest.is_empty())
                }
                None => !rest.is_empty(),
            };
        }
        if name.starts_with(&self.ours) {
            return false;
        }
        if let Some(rest) = name.strip_prefix(GENERATED).or_else(|| name.strip_prefix(DIRECT)) {
            return !rest.is_empty();
        }
        self.allow.as_ref().is_some_and(|allow| allow.is_match(name))
    }
}

/// Whether a producer waits there on its own channel.
pub(crate) fn is_direct(name: &str) -> bool {
    name.starts_with(DIRECT)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S18.
    #[test]
    fn replies_reach_no_internal_queue_and_no_other_producer() {
        let rule = ReplyRule::new("refmill", None).expect("a rule");
        let long = format!("refmill.reply.lab-a.{}", "x".repeat(236));
        let rows = [
            ("refmill.reply.lab-a.results", Some("lab-a"), true),
            ("refmill.reply.lab-a.a.b", Some("lab-a"), true),
            ("refmill.reply.lab-b.results", Some("lab-a"), false),
            ("refmill.reply.lab-ab.results", Some("lab-a"), false),
            ("refmill.reply.lab-a", Some("lab-a"), false),
            ("refmill.reply.lab-a.", Some("lab-a"), false),
            ("refmill.reply.", Some("lab-a"), false),
            ("refmill.reply.results", None, true),
            ("refmill.reply.lab-a.results", None, true),
            ("refmill.reply.", None, false),
            ("refmill.reply", None, false),
            ("refmill.jobs.bulk.v1", Some("lab-a"), false),
            ("refmill.jobs.interactive.v1", None, false),
            ("refmill.results.v1", None, false),
            ("refmill.intake.v1", None, false),
            ("refmill.dead.v1", None, false),
            ("refmill.parked.v1", None, false),
            ("refmill.progress.v1", None, false),
            ("refmill.retry.1s.v1", None, false),
            ("refmill.control.w.w-1", None, false),
            ("refmill.", None, false),
            ("Refmill.reply.x", None, false),
            ("other", None, false),
            ("orders", Some("lab-a"), false),
            ("", None, false),
            ("amq.gen-JzTY20BRgKO-HjmUJj0wLg", Some("lab-a"), true),
            ("amq.gen-", None, false),
            ("amq.gen", None, false),
            ("amq.rabbitmq.reply-to.g1h2AA5yZXBs.bQIj==", None, true),
            ("amq.rabbitmq.reply-to", None, false),
            ("amq.rabbitmq.reply-to.", None, false),
            ("amq.rabbitmq.trace", None, false),
            ("amq.rabbitmq.log", None, false),
            ("refmill.reply.x\u{0}", None, false),
            ("refmill.reply.x\r\ny", None, false),
            (&long[..255], Some("lab-a"), true),
            (&long, Some("lab-a"), false),
        ];
        for (name, user, expected) in rows {
            assert_eq!(rule.allows(name, user), expected, "{name} of {user:?}");
        }
    }

    #[test]
    fn an_expression_opens_other_queues_but_never_ours() {
        let rule = ReplyRule::new("refmill", Some("lab-[a-z]+|refmill.*|.*bulk.*"));
        let rule = rule.expect("a rule");
        for (name, expected) in [
            ("lab-a", true),
            ("lab-1", false),
            ("xlab-a", false),
            ("lab-a.x", false),
            ("refmill.jobs.bulk.v1", false),
            ("refmill.results.v1", false),
            ("refmills", true),
            ("refmill.reply.lab-b.results", false),
        ] {
            assert_eq!(rule.allows(name, Some("lab-a")), expected, "{name}");
        }
        let all = ReplyRule::new("refmill", Some("(?s).*")).expect("a rule");
        assert!(all.allows("orders", None));
        for never in ["", "a\0", "a\nb", "refmill.results.v1", &"x".repeat(256)] {
            assert!(!all.allows(never, None), "{never:?}");
        }
        assert!(ReplyRule::new("refmill", Some("(")).is_err());
    }

    #[test]
    fn another_prefix_has_other_queues() {
        let rule = ReplyRule::new("t17", None).expect("a rule");
        assert!(rule.allows("t17.reply.x", None));
        assert!(!rule.allows("refmill.reply.x", None));
        assert!(!rule.allows("t17.jobs.bulk.v1", None));
    }

    #[test]
    fn only_replies_on_the_own_channel_are_direct() {
        assert!(is_direct("amq.rabbitmq.reply-to.g1h2AA5yZXBs"));
        assert!(!is_direct("amq.gen-x"));
    }
}
