"""Operators over columns: groups, counts, joins and folds as compiled loops over arrays, with Python's results.

Each is an ear beside the Python step of its operator: it takes the batches it can and leaves the others to Python,
with whatever state it has. What is compiled are the routines of `routines`, each once a machine.
"""
