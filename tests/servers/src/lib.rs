//! Private RabbitMQ and PostgreSQL servers for tests.
