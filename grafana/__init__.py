"""Grafana dashboards as code, built from the register."""

import warnings

# Grafana's files of dashboards are in the classic form; the library prefers its next one, aloud, at import.
with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message="Prefer using dashboardv2", category=DeprecationWarning)
    import grafana_foundation_sdk.builders.dashboard
    import grafana_foundation_sdk.builders.stat  # noqa: F401
