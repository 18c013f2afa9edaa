"""The lab of the section on what is a container and what is an image."""
