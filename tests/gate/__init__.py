"""The gate: every phase of the tests, cheap things first, and a last line that says what came of it."""
