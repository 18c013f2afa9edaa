"""Docker: containers and virtual machines."""
