"""Tables that people have: files of any usual encoding and layout, read as instants and numbers."""
