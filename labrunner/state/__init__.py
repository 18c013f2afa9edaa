"""What is under way: the lab's session, its baseline, journal and log, and what is ours."""
