"""Operators over columns: groups, counts, joins, sorts and folds as compiled loops over arrays, with Python's results.

Each is a step beside the Python step of its operator (`step`, `choose`): it takes the batches it can and leaves the
others to Python, with whatever state it has. What is compiled are the loops of `routines`, each once a machine.
"""
