"""The rows of what belongs to a work order: rules, comments, plans, parts."""
