//! Signatures as Standard Webhooks has them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretSlice};
use sha2::Sha256;

/// What a secret begins with.
const PREFIX: &str = "whsec_";

/// A secret that receivers share with us.
#[derive(Clone)]
pub(crate) struct Secret(SecretSlice<u8>);

/// A text that is no secret. It is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a secret is `whsec_` and 24 to 64 bytes in base64")]
pub(crate) struct InvalidSecret;

impl std::str::FromStr for Secret {
    type Err = InvalidSecret;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let encoded = text.strip_prefix(PREFIX).ok_or(InvalidSecret)?;
        let bytes = STANDARD.decode(encoded).map_err(|_| InvalidSecret)?;
        if (24..=64).contains(&bytes.len()) { Ok(Self(bytes.into())) } else { Err(InvalidSecret) }
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("***")
    }
}

/// The value of `webhook-signature`: one signature for each secret, with spaces between them.
pub(crate) fn signature(secrets: &[Secret], id: &str, timestamp: i64, body: &[u8]) -> String {
    let one = |secret: &Secret| {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(secret.0.expose_secret()).expect("a key of any length");
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    };
    secrets.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn secret(text: &str) -> Secret {
        text.parse().expect("a secret")
    }

    /// The vector that the libraries of the specification share.
    #[test]
    fn a_signature_is_that_of_the_specification() {
        let signed = signature(
            &[secret(FIRST)],
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            br#"{"test": 2432232314}"#,
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn both_secrets_sign_while_one_replaces_the_other() {
        let second = format!("whsec_{}", STANDARD.encode([7; 32]));
        let both = signature(&[secret(FIRST), secret(&second)], "id", 1, b"{}");
        let [old, new] = both.split(' ').collect::<Vec<_>>()[..] else { panic!("{both}") };
        assert_eq!(old, signature(&[secret(FIRST)], "id", 1, b"{}"));
        assert_eq!(new, signature(&[secret(&second)], "id", 1, b"{}"));
        assert_ne!(old, new);
    }

    #[test]
    fn secrets_have_a_prefix_and_enough_bytes_and_are_not_shown() {
        let of = |bytes: usize| format!("whsec_{}", STANDARD.encode(vec![1; bytes]));
        for (text, is_one) in [
            (of(23), false),
            (of(24), true),
            (of(64), true),
            (of(65), false),
            (STANDARD.encode([1; 32]), false),
            ("whsec_***".to_owned(), false),
        ] {
            assert_eq!(text.parse::<Secret>().is_ok(), is_one, "{text}");
        }
        assert_eq!(format!("{:?}", secret(FIRST)), "***");
    }
}
