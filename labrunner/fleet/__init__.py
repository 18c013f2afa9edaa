"""A class graded on a cluster: an Indexed Job, a Pod for each submission, and the controller that reads the results."""
