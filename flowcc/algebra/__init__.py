"""Laws of functions: what commutes, what may be merged, and where order or number would show."""
