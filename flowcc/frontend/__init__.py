"""From the text of a Python function to a `Flow`: parse, resolve names, infer facts, lower."""
