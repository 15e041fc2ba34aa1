"""From engineering to operations: a project's gates in order, evidence from rows, and signatures over a manifest."""
