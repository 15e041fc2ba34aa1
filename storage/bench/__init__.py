"""What benches measure against, and where they may: scratch databases, bare copies, a plant of many machines."""
