"""The lab of the section on what Kubernetes is."""
