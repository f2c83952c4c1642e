"""How fast flowcc is, and against what: one script a question, and the harness that asks it."""
