"""The parts that pages are built from: charts, forms, and what a person may do."""
