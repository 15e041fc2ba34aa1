"""What comes back from people and from the plant: labels, alarm lines, drift, and proposals to train again."""
