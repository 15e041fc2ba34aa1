"""How a database comes to the present schema, and how it is kept there."""
