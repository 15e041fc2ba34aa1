"""From bytes to reports: formats, compression, and what a payload becomes."""
