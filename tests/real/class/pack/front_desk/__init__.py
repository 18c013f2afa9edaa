"""A lab of the tests' own."""
