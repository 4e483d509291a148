//! What every role needs to run: the shutdown signal, and later configuration and telemetry.
