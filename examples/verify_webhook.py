"""Check a webhook of refmill: who has sent it, and when (https://www.standardwebhooks.com).

A receiver calls `is_genuine` with the secret that it shares with the service, the headers in lower
case and the body as it came, and answers 400 if it says no. It remembers each `webhook-id`, since a
webhook may come more than once.

    echo -n '{"type":"job.succeeded"}' | verify_webhook.py SECRET ID TIMESTAMP SIGNATURES
"""

import base64
import hashlib
import hmac
import sys
import time

TOLERANCE_SECONDS = 5 * 60


def is_genuine(secret, headers, body, now=None):
    """Whether a body was signed with this secret within five minutes of now."""
    try:
        message, timestamp = headers["webhook-id"], headers["webhook-timestamp"]
        theirs = headers["webhook-signature"].encode().split(b" ")
        age = (time.time() if now is None else now) - int(timestamp)
    except (KeyError, ValueError, OverflowError):
        return False
    if abs(age) > TOLERANCE_SECONDS:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message}.{timestamp}.".encode() + body
    own = b"v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
    # While one secret replaces another there are two signatures.
    return any(hmac.compare_digest(own, signature) for signature in theirs)


if __name__ == "__main__":
    names = ["webhook-id", "webhook-timestamp", "webhook-signature"]
    genuine = is_genuine(sys.argv[1], dict(zip(names, sys.argv[2:5])), sys.stdin.buffer.read())
    sys.exit(0 if genuine else 1)
