"""Checks and rewrites of a flow: one file, one pure function `Flow` → `Flow` each; `pipeline` says in which order."""
