"""The vocabulary every room shares: assets, readings, findings, alerts, work orders. Standard library only."""
