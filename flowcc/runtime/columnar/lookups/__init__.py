"""Collections that are looked into by key: the right side of a join, dicts and sets beside a kernel's items."""
