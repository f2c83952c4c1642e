"""What a generated stage needs, and nothing of the compiler."""
