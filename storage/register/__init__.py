"""What stands in the plant: assets, machines, signals, when they were healthy, who may speak for them."""
