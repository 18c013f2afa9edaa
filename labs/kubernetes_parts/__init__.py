"""The lab of the section on the parts of Kubernetes."""
