"""What operators do with batches: one file an idea, one step a function."""
