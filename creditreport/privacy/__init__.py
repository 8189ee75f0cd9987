"""What is kept of persons, for how long, and the job that removes it when its time is over."""
