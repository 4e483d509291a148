"""Publish a file of PubMed to the intake of refmill, and print what comes back (docs/asyncapi.yaml).

    intake.py amqp://lab-a:password@broker.example/%2f article.xml ris,bibtex

Needs pika (Debian: python3-pika). The same file under the same user is the same job, however often.
"""

import hashlib
import json
import mimetypes
import sys
import uuid

import pika

SECONDS = 60


def convert(url, path, formats="ris"):
    """What the service answers: a `job.finished.v1` or a `job.rejected.v1`."""
    with open(path, "rb") as file:
        body = file.read()
    parameters = pika.URLParameters(url)
    user = parameters.credentials.username
    with pika.BlockingConnection(parameters) as connection:
        channel = connection.channel()
        replies = channel.queue_declare(f"refmill.reply.{user}.{uuid.uuid4()}", exclusive=True).method.queue
        channel.confirm_delivery()
        kind, coding = mimetypes.guess_type(path)
        properties = pika.BasicProperties(
            content_type=kind, content_encoding=coding, delivery_mode=2, user_id=user, reply_to=replies,
            message_id=hashlib.sha256(formats.encode() + body).hexdigest(), headers={"formats": formats})
        # Raises when the intake is full (nack) or absent (returned): wait and send again.
        channel.basic_publish("refmill.intake", "submit", body, properties, mandatory=True)
        for _, _, reply in channel.consume(replies, auto_ack=True, inactivity_timeout=SECONDS):
            return json.loads(reply) if reply else sys.exit(f"no answer within {SECONDS} s")


if __name__ == "__main__":
    answer = convert(*sys.argv[1:])
    if answer["problem"]:
        sys.exit(answer["problem"]["detail"])
    for result in answer["results"]:
        # What is larger than 64 KiB is read over HTTP.
        print(result.get("content", result["href"]), end="")
