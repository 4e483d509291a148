//! The sample for receivers, `examples/verify_webhook.py`: S12 of `service.md` section 11.

use std::io::Write;
use std::process::{Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;

use crate::receiver::Call;

/// Calls the sample as it stands, at a time in seconds that it takes for now. Its exit status is
/// told apart from that of a script that fails.
const SCRIPT: &str = "
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
from verify_webhook import is_genuine
now = int(sys.argv[3]) if sys.argv[3] else None
headers = dict(line.split(': ', 1) for line in sys.argv[4:])
sys.exit(10 + is_genuine(sys.argv[2], headers, sys.stdin.buffer.read(), now))
";

/// Whether the sample takes a call for one that was signed with this secret, now.
pub(crate) fn is_genuine(secret: &str, call: &Call) -> bool {
    is_genuine_at(secret, call, None)
}

fn is_genuine_at(secret: &str, call: &Call, now: Option<i64>) -> bool {
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples");
    let headers = call.headers.iter().map(|(name, value)| format!("{name}: {value}"));
    let mut check = Command::new("python3")
        .args(["-c", SCRIPT, examples, &format!("whsec_{secret}")])
        .arg(now.map(|now| now.to_string()).unwrap_or_default())
        .args(headers)
        .stdin(Stdio::piped())
        .spawn()
        .expect("the sample for receivers needs python3");
    let mut stdin = check.stdin.take().expect("a pipe");
    stdin.write_all(&call.body).expect("it is read");
    drop(stdin);
    match check.wait().expect("an end").code() {
        Some(10) => false,
        Some(11) => true,
        other => panic!("the sample does not decide: {other:?}"),
    }
}

/// What the sample says of a call that has come, and of what somebody makes of it.
pub(crate) fn judges(secret: &str, call: &Call) {
    assert!(is_genuine(secret, call));
    let sent: i64 = call.headers["webhook-timestamp"].parse().expect("seconds");
    assert!((Timestamp::now().as_second() - sent).abs() < 60, "{sent}");
    // A recording that is played again, byte by byte.
    for (later, is_recent) in [(299, true), (300, true), (301, false), (86_400, false)] {
        assert_eq!(is_genuine_at(secret, call, Some(sent + later)), is_recent, "{later}");
        assert_eq!(is_genuine_at(secret, call, Some(sent - later)), is_recent, "-{later}");
    }
    // The same with what is signed changed.
    let other = STANDARD.encode([5; 24]);
    assert!(!is_genuine(&other, call), "another secret");
    assert!(!is_genuine(secret, &Call { body: b"{}".to_vec(), ..call.clone() }), "another body");
    let mut longer = call.clone();
    longer.body.push(b' ');
    assert!(!is_genuine(secret, &longer), "a longer body");
    assert!(!is_genuine(secret, &with(call, "webhook-id", "another")), "another id");
    let later = (sent + 1).to_string();
    assert!(!is_genuine(secret, &with(call, "webhook-timestamp", &later)), "another time");
    for signature in ["", "v1,", "v1, ", "v1,é", "v2,g0hM9SsE", "v1a,g0hM9SsE"] {
        assert!(!is_genuine(secret, &with(call, "webhook-signature", signature)), "{signature}");
    }
    for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        let mut without = call.clone();
        without.headers.remove(name);
        assert!(!is_genuine(secret, &without), "without {name}");
    }
    for timestamp in ["", "now", "1e9", &"9".repeat(400), &"9".repeat(5_000)] {
        assert!(!is_genuine(secret, &with(call, "webhook-timestamp", timestamp)), "{timestamp}");
    }
    // One signature of several is enough, wherever it stands.
    let own = &call.headers["webhook-signature"];
    for several in [format!("{own} v1,AAAA"), format!("v1,AAAA v1a,x {own}")] {
        assert!(is_genuine(secret, &with(call, "webhook-signature", &several)), "{several}");
    }
    // Somebody who has the secret and a clock of his own.
    let now = Timestamp::now().as_second();
    for (seconds, is_recent) in [(-280, true), (280, true), (-320, false), (320, false)] {
        assert_eq!(is_genuine(secret, &signed_at(secret, call, now + seconds)), is_recent);
    }
}

/// The same call with another header.
fn with(call: &Call, name: &str, value: &str) -> Call {
    let mut other = call.clone();
    other.headers.insert(name.to_owned(), value.to_owned());
    other
}

/// The call as it would have been signed at another time.
fn signed_at(secret: &str, call: &Call, timestamp: i64) -> Call {
    let key = STANDARD.decode(secret).expect("base64");
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("a key");
    mac.update(format!("{}.{timestamp}.", call.headers["webhook-id"]).as_bytes());
    mac.update(&call.body);
    let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    with(&with(call, "webhook-timestamp", &timestamp.to_string()), "webhook-signature", &signature)
}

/// The vector that the libraries of the specification share, at its own time and today.
#[test]
fn the_sample_for_receivers_keeps_to_the_specification() {
    const SECRET: &str = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const SENT: i64 = 1_614_265_330;
    let headers = [
        ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
        ("webhook-timestamp", "1614265330"),
        ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
    ];
    let vector = Call {
        line: String::new(),
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        body: br#"{"test": 2432232314}"#.to_vec(),
    };
    assert!(is_genuine_at(SECRET, &vector, Some(SENT)));
    assert!(is_genuine_at(SECRET, &vector, Some(SENT + 300)));
    assert!(!is_genuine_at(SECRET, &vector, Some(SENT + 301)));
    assert!(!is_genuine_at(SECRET, &vector, Some(SENT - 301)));
    assert!(!is_genuine(SECRET, &vector), "it is old");
}
