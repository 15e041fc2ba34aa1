"""Tables that people keep in Excel or as text: opened with care, their heads found, their cells read."""
