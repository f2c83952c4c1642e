"""Running a compiled flow on stages: in threads, in processes."""
