"""One module a dashboard; each is written in English, `grafana.languages` gives it the other language."""
