"""What the stages of `relative` need, copied by flowcc from sides.py."""
