"""How dashboards come into a Grafana: by files that it reads, or through its API."""
