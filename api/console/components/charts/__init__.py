"""Charts: as options of ECharts, and as they stand on a page."""
