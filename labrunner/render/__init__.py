"""What people see: reports, tasks and progress as terminal lines, and the same as JSON records."""
