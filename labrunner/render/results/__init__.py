"""The forms of a result: the same record for every program that reads marks."""
