"""Element code as compiled kernels over columns, with Python's exact meaning."""
