"""Checks that the class is not shown."""
