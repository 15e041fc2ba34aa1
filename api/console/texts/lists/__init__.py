"""The texts of the lists that people work from."""
