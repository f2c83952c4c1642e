"""Groups, counts and distinct items: a number for each key, and arrays of what each group comes to."""
