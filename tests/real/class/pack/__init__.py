"""A course of the tests' own: one lab, three steps, quick to grade."""

SECTIONS = (("front_desk", "Docker › front desk"),)
