"""Operators that go by where items stand: runs, running states, windows, items side by side."""
