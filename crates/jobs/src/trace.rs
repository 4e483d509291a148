//! The trace of somebody else that a job belongs to (W3C Trace Context).

use serde::{Deserialize, Serialize};

/// The most bytes of a `tracestate` that is passed on, and the most members that it may have
/// (W3C Trace Context section 3.3).
const MOST_STATE: usize = 512;
const MOST_MEMBERS: usize = 32;

/// A place in a trace: the values of the headers `traceparent` and `tracestate`, well-formed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    parent: String,
    state: Option<String>,
}

impl Trace {
    /// Reads the values of both headers. Without a well-formed `traceparent` there is no trace; a
    /// `tracestate` that is not well-formed, or too long, is passed over.
    #[must_use]
    pub fn read(parent: &str, state: Option<&str>) -> Option<Self> {
        let state = state.filter(|state| is_state(state)).map(str::to_owned);
        is_parent(parent).then(|| Self { parent: parent.to_owned(), state })
    }

    /// The `traceparent`.
    #[must_use]
    pub fn parent(&self) -> &str {
        &self.parent
    }

    /// The `tracestate`.
    #[must_use]
    pub fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }
}

/// Whether this is a version, a trace, a span in it, and flags.
fn is_parent(text: &str) -> bool {
    let is_hexadecimal =
        |part: &str| part.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    let is_set = |part: &str| part.bytes().any(|digit| digit != b'0');
    let parts: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    lengths == [2, 32, 16, 2]
        && parts.iter().all(|part| is_hexadecimal(part))
        && parts[0] != "ff"
        && is_set(parts[1])
        && is_set(parts[2])
}

/// Whether this is a list of members, each with a key of its own; members may be empty.
fn is_state(text: &str) -> bool {
    let members = text.split(',').map(|member| member.trim_matches([' ', '\t']));
    let keys = members.filter(|member| !member.is_empty()).map(key_of).collect::<Option<Vec<_>>>();
    let is_list = |keys: Vec<&str>| {
        let is_new = |at: usize| !keys[..at].contains(&keys[at]);
        (1..=MOST_MEMBERS).contains(&keys.len()) && (0..keys.len()).all(is_new)
    };
    text.len() <= MOST_STATE && keys.is_some_and(is_list)
}

/// The key of a member that has a value.
fn key_of(member: &str) -> Option<&str> {
    let (key, value) = member.split_once('=')?;
    (is_key(key) && is_value(value)).then_some(key)
}

fn is_key(key: &str) -> bool {
    let is_sign =
        |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'*' | b'/' | b'@');
    let begins = key.bytes().next().is_some_and(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9'));
    begins && key.len() <= 256 && key.bytes().all(is_sign)
}

fn is_value(value: &str) -> bool {
    let is_sign = |byte: u8| matches!(byte, b' '..=b'~') && byte != b',' && byte != b'=';
    (1..=256).contains(&value.len()) && value.bytes().all(is_sign)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn state(text: &str) -> Option<String> {
        Trace::read(PARENT, Some(text)).and_then(|trace| trace.state)
    }

    #[test]
    fn a_trace_has_four_parts() {
        let none = PARENT.replace(|sign: char| sign.is_ascii_hexdigit(), "0");
        for wrong in [
            "",
            "00-0-0-00",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            &PARENT.to_uppercase(),
            &PARENT.replace("4bf9", "zzzz"),
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            &format!("{PARENT}-x"),
            &none,
        ] {
            assert_eq!(Trace::read(wrong, Some("a=b")), None, "{wrong}");
        }
    }

    /// The examples of W3C Trace Context sections 3.3.1 and 3.5 are among them.
    #[test]
    fn a_state_is_a_list_of_members_or_passed_over() {
        let long = format!("a={}", "x".repeat(256));
        let longest = format!("{long},b={}", "y".repeat(512 - long.len() - 3));
        let many = |count: u32| (0..count).map(|n| format!("k{n}=v")).collect::<Vec<_>>().join(",");
        for good in [
            "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE",
            "fw529a3039@dt=FfFfFfFf , 0t/a-b_c*d=x y",
            ",a=b,,c=d,",
            &long,
            &longest,
            &many(32),
        ] {
            assert_eq!(state(good).as_deref(), Some(good));
        }
        for wrong in [
            "",
            " ",
            ",",
            "a",
            "a=",
            "=b",
            "A=b",
            "a=b=c",
            "a=b,a=c",
            "@a=b",
            "a=é",
            "a=b\r\nx: y",
            &format!("{long}x"),
            &format!("{longest}z"),
            &many(33),
        ] {
            assert_eq!(state(wrong), None, "{wrong}");
            assert!(Trace::read(PARENT, Some(wrong)).is_some(), "{wrong}");
        }
    }

    proptest! {
        /// S16: what is kept can stand in a header.
        #[test]
        fn hostile_traces_are_passed_over(
            parent in prop_oneof![
                any::<String>(),
                "[0-9a-f-]{50,60}",
                "00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-fé]{2}",
            ],
            state in prop_oneof![any::<String>(), "([a-zé]{0,2}[=, \r\n]){0,8}"],
        ) {
            if let Some(trace) = Trace::read(&parent, Some(&state)) {
                prop_assert_eq!(trace.parent().len(), 55);
                let is_clean = |text: &str| text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t'));
                prop_assert!(is_clean(trace.parent()));
                prop_assert!(trace.state().is_none_or(|state| state.len() <= 512 && is_clean(state)));
            }
        }
    }
}
