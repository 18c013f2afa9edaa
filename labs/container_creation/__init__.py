"""The lab of the section on how a container is created."""
