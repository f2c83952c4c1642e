"""Where results go: files written whole or not at all, and standard output."""
