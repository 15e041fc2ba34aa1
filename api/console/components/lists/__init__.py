"""What lists share: filters kept in the address, and pages."""
