"""Which reports are stored: known devices, the times of readings, and limits."""
