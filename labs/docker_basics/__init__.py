"""The lab of the section on basic use of Docker."""
