"""Cards of the page of a project."""
