"""A course of the tests' own: two small labs, quick to grade."""

SECTIONS = (("front_desk", "Docker › front desk"), ("back_office", "Kubernetes › back office"))
