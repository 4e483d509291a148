#!/bin/sh
# Makes the secrets that compose.yaml hands out, once: deploy/secrets.sh
# Nothing in the repository is a secret, and nothing has one by default.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
word() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
# The folder is closed; the files are read by users of containers that have no name here.
write() { [ -e "secrets/$1" ] || { printf '%s\n' "$2" > "secrets/$1"; chmod 0644 "secrets/$1"; }; }

[ -e secrets/postgres-password ] || write postgres-password "$(word)"
database=$(cat secrets/postgres-password)
write store-url "postgres://refmill:$database@postgres:5432/refmill"

[ -e secrets/broker-password ] || write broker-password "$(word)"
broker=$(cat secrets/broker-password)
write rabbitmq.conf "default_user = refmill
default_pass = $broker"
write amqp-url "amqp://refmill:$broker@rabbitmq:5672/%2f"

[ -e secrets/s3-key ] || write s3-key "$(word)"
key=$(cat secrets/s3-key)
write s3.json "{\"identities\":[{\"name\":\"refmill\",\"credentials\":[{\"accessKey\":\"refmill\",\"secretKey\":\"$key\"}],\"actions\":[\"Admin\",\"Read\",\"Write\",\"List\",\"Tagging\"]}]}"
