"""From findings to people: alerts, work orders, dispatch."""
