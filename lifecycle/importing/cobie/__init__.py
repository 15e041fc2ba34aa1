"""COBie 2.4 workbooks: read as facts, and written from them."""
