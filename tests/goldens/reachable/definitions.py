"""What the stages of `reachable` need, copied by flowcc from reachability.py."""
