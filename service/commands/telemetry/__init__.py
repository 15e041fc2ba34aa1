"""The commands about telemetry: ingest, quarantine, devices, liveness."""
