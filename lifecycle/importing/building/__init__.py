"""Building models (IFC2x3 and IFC4): read in a process of its own, and said as facts."""
