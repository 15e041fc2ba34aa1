"""The embedded broker: a gate that writes telemetry down before it is acknowledged, and a small broker behind it."""
