"""The class in its forms: a table for the terminal, CSV, JSON, Markdown, a page."""
