"""The lab of the section on what Docker is."""
