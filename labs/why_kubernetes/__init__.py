"""The lab of the section on why one uses Kubernetes."""
