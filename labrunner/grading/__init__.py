"""Courses, submissions and grades: what a teacher signs."""
