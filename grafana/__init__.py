"""Grafana dashboards as code, built from the register."""
