"""Brokers: the embedded one, a gate that has telemetry on disk and a broker behind it; and mosquitto's accounts."""
